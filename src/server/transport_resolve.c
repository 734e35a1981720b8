/* Who gets a message: recipients as the directory knows them, members in place of groups. */
#include "rop/recipient_row.h"
#include "server/recipient_filter.h"
#include "server/transport_private.h"
#include "store/message.h"
#include "store/public_folders.h"

#include <ctype.h>
#include <string.h>

/* Mailboxes that forward to the next one; the last of so many keeps it. */
#define HOPS_MOST 10u
/* So many members are looked at, and groups of groups so deep, for one who keeps what a mailbox passes on; then that mailbox keeps it. */
#define LOOKS_MOST 100000u
#define DEPTH_MOST 20u

struct resolving {
	struct directory *d;
	struct arena *arena;
	struct transport_sender sender;
	struct principal who; /* the same, for the permissions of public folders */
	struct target *v;
	size_t n, cap;
	uint64_t *groups; /* that were expanded */
	size_t n_groups, cap_groups;
	uint32_t row, type;
	unsigned hops;
	unsigned looks; /* for somebody who keeps it */
};

/* FNV-1a, twice: addresses of one message are told apart by it. */
static void digest(const char *address, struct guid *out)
{
	uint64_t a = 0xcbf29ce484222325u, b = 0x84222325cbf29ce4u;

	for (const char *c = address; *c; c++) {
		a = (a ^ (uint64_t)tolower((unsigned char)*c)) * 0x100000001b3u;
		b = (b ^ (uint64_t)tolower((unsigned char)*c)) * 0x10000000233u;
	}
	put_le64(out->b, a);
	put_le64(out->b + 8, b);
}

static const struct target *there(const struct resolving *r, const struct guid *key)
{
	for (size_t i = 0; i < r->n; i++)
		if (guid_equal(&r->v[i].key, key))
			return &r->v[i];
	return NULL;
}

static status add(struct resolving *r, const struct target *t)
{
	if (there(r, &t->key))
		return ecNone;
	if (r->n == TARGETS_MAX)
		return ecTooBig;
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 16;
		struct target *v = arena_array(r->arena, cap, sizeof *v);

		if (!v)
			return ecMemory;
		if (r->n)
			memcpy(v, r->v, r->n * sizeof *v);
		r->v = v;
		r->cap = cap;
	}
	r->v[r->n] = *t;
	r->v[r->n].row = r->row;
	r->v[r->n].type = r->type;
	r->n++;
	return ecNone;
}

static status add_address(struct resolving *r, enum target_kind kind, const char *address, const char *name, bool by_name)
{
	struct target t = { .kind = kind, .address = address, .name = name, .by_name = by_name };

	digest(address, &t.key);
	return add(r, &t);
}

/* Is the domain of the address one of ours? */
static bool is_ours(struct resolving *r, const char *address)
{
	const char *at = strrchr(address, '@');
	const struct directory_object *o;

	return at && !directory_find(r->d, directory_class("AcceptedDomain"), at + 1, r->arena, &o, NULL);
}

static status forward(struct resolving *r, size_t at);

static status add_person(struct resolving *r, uint64_t id, bool by_name)
{
	struct target t = { .kind = TARGET_LOCAL, .by_name = by_name };
	status s = person_by_id(r->d, id, r->arena, &t.person, NULL);

	if (s)
		return s;
	t.address = t.person.smtp;
	t.name = t.person.display_name;
	t.key = t.person.mailbox;
	if (guid_is_zero(&t.key))
		return add_address(r, TARGET_UNKNOWN, t.person.smtp, t.person.display_name, by_name);
	if (there(r, &t.key))
		return ecNone;
	s = add(r, &t);
	return s ? s : forward(r, r->n - 1);
}

/* Groups ------------------------------------------------------------------------------------------------------------------- */

static status add_group(struct resolving *r, uint64_t id)
{
	for (size_t i = 0; i < r->n_groups; i++)
		if (r->groups[i] == id)
			return ecNone;
	if (r->n_groups == r->cap_groups) {
		size_t cap = r->cap_groups ? 2 * r->cap_groups : 16;
		uint64_t *v = arena_array(r->arena, cap, sizeof *v);

		if (!v)
			return ecMemory;
		if (r->n_groups)
			memcpy(v, r->groups, r->n_groups * sizeof *v);
		r->groups = v;
		r->cap_groups = cap;
	}
	r->groups[r->n_groups++] = id;
	return ecNone;
}

/* Of what is not taken the sender hears. */
static status add_refused(struct resolving *r, const struct directory_object *o, enum target_refusal refusal)
{
	const char *address = directory_text(o, "PrimarySmtpAddress"), *name = directory_text(o, "DisplayName");
	struct target t = { .kind = TARGET_REFUSED,
			    .refusal = refusal,
			    .folder = o->kind == KIND_PUBLIC_FOLDER,
			    .address = address ? address : o->name,
			    .name = name ? name : o->name };

	digest(t.address, &t.key);
	return add(r, &t);
}

/* Public folders ----------------------------------------------------------------------------------------------------------- */

static const char *text_of(const struct directory_object *o, const char *attribute, const char *otherwise)
{
	const char *text = directory_text(o, attribute);

	return text ? text : otherwise;
}

/* What is said of who received it: the folder, in a store that belongs to nobody. */
static void name_folder(const struct directory_object *o, struct person *p)
{
	p->id = o->id;
	p->guid = o->guid;
	p->name = o->name;
	p->display_name = text_of(o, "DisplayName", o->name);
	p->alias = text_of(o, "Alias", "");
	p->smtp = text_of(o, "PrimarySmtpAddress", "");
	p->legacy_dn = text_of(o, "LegacyExchangeDN", "");
}

static status add_folder(struct resolving *r, const struct directory_object *o, bool by_name)
{
	struct target t = { .kind = TARGET_FOLDER, .key = o->guid, .by_name = by_name, .sender = r->who };
	enum target_refusal refusal = NOT_REFUSED;
	status s = transport_refuses(r->d, o, &r->sender, &refusal);

	if (s)
		return s;
	if (refusal)
		return add_refused(r, o, refusal);
	s = public_folders_mailbox(r->d, &t.store, NULL);
	if (!s)
		s = person_by_mailbox(r->d, &t.store, r->arena, &t.person, NULL);
	if (s == ecNotFound)
		return add_address(r, TARGET_UNKNOWN, text_of(o, "PrimarySmtpAddress", o->name), text_of(o, "DisplayName", o->name), by_name);
	if (s)
		return s;
	name_folder(o, &t.person);
	t.entryid = text_of(o, "EntryId", "");
	t.address = t.person.smtp;
	t.name = t.person.display_name;
	return add(r, &t);
}

static status add_object(struct resolving *r, const struct directory_object *o, bool by_name)
{
	const char *elsewhere = directory_text(o, "ExternalEmailAddress");

	if (elsewhere)
		return add_address(r, is_ours(r, elsewhere) ? TARGET_UNKNOWN : TARGET_OUTSIDE, elsewhere, directory_text(o, "DisplayName"), by_name);
	if (o->kind == KIND_PUBLIC_FOLDER)
		return add_folder(r, o, by_name);
	return o->kind == KIND_GROUP ? add_group(r, o->id) : add_person(r, o->id, by_name);
}

/* Does the group mean it? Mailboxes of the program's own are nobody's. */
static bool is_meant(const struct directory_object *group, const struct directory_object *o)
{
	const char *details = directory_text(o, "RecipientTypeDetails");
	struct recipient_traits traits;

	if (o->id == group->id || (details && (strcmp(details, "PublicFolderMailbox") == 0 || strcmp(details, "SystemMailbox") == 0)))
		return false;
	recipient_traits(o, &traits);
	return recipient_included(group, &traits);
}

/* Of a group that says whom it means: they are looked for each time. */
static status those_meant(struct resolving *r, const struct directory_object *group, uint64_t **ids, size_t *n)
{
	CLEANUP_ARENA struct arena one = ARENA_BUDGET(TRANSPORT_WORK);
	struct directory_query q = { .as = directory_class("Recipient") };
	const struct directory_object *o;
	size_t all = 0;
	status s = directory_list(r->d, &q, r->arena, ids, &all, NULL);

	for (size_t i = 0; !s && i < all; i++) {
		arena_reset(&one);
		s = directory_get(r->d, q.as, (*ids)[i], &one, &o, NULL);
		if (!s && is_meant(group, o))
			(*ids)[(*n)++] = (*ids)[i];
		s = s == ecNotFound ? ecNone : s;
	}
	return s;
}

/* The ids of those in a group; in the arena. */
static status members_of(struct resolving *r, const struct directory_object *group, uint64_t **ids, size_t *n)
{
	const struct directory_value *v;
	size_t members = 0;

	*n = 0;
	if (directory_is_set(group, "IncludedRecipients"))
		return those_meant(r, group, ids, n);
	v = directory_values(group, "Members", &members);
	*ids = arena_array(r->arena, members + 1, sizeof **ids);
	for (; *ids && *n < members; (*n)++)
		(*ids)[*n] = (uint64_t)v[*n].number;
	return *ids ? ecNone : ecMemory;
}

static status expand(struct resolving *r, uint64_t group)
{
	const struct directory_object *o, *member;
	enum target_refusal refusal = NOT_REFUSED;
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = directory_get(r->d, directory_class("Recipient"), group, r->arena, &o, NULL);

	if (!s)
		s = transport_refuses(r->d, o, &r->sender, &refusal);
	if (s)
		return s == ecNotFound ? ecNone : s;
	if (refusal)
		return add_refused(r, o, refusal);
	s = members_of(r, o, &ids, &n);
	for (size_t i = 0; !s && i < n; i++) {
		s = directory_get(r->d, directory_class("Recipient"), ids[i], r->arena, &member, NULL);
		if (!s)
			s = add_object(r, member, false);
		else if (s == ecNotFound)
			s = ecNone;
	}
	return s;
}

/* Recipients ------------------------------------------------------------------------------------------------------------------- */

/* Who is meant: `o`, or NULL and what kind of address it is. */
static status look_up(struct resolving *r, const char *identity, bool smtp, const struct directory_object **o, enum target_kind *kind)
{
	status s = directory_find(r->d, directory_class("Recipient"), identity, r->arena, o, NULL);

	if (!s)
		return ecNone;
	*o = NULL;
	*kind = smtp && s == ecNotFound && !is_ours(r, identity) ? TARGET_OUTSIDE : TARGET_UNKNOWN;
	return s == ecNotFound || s == ecAmbiguousRecip ? ecNone : s;
}

static status resolve_one(struct resolving *r, const struct recipient *to)
{
	const struct directory_object *o = NULL;
	enum target_kind kind = TARGET_UNKNOWN;
	bool smtp = false;
	const char *identity = person_identity(&to->props, &person_recipient, r->arena, &smtp);
	const char *name = held_text(&to->props, PidTagDisplayName, r->arena);
	status s;

	if (!identity)
		return add_address(r, TARGET_UNKNOWN, name && *name ? name : "(no address)", name, true);
	s = look_up(r, identity, smtp, &o, &kind);
	if (s)
		return s;
	return o ? add_object(r, o, true) : add_address(r, kind, identity, name, true);
}

/* Forwarding ---------------------------------------------------------------------------------------------------------------- */

/* *circle: back to a mailbox that it came from. */
static status pass_to(struct resolving *r, size_t at, const struct directory_object *o, bool *circle)
{
	struct target *t = &r->v[at];
	const struct target *was;

	if (o->kind == KIND_GROUP) {
		t->to_group = o->id;
	} else if (directory_guid(o, "ExchangeGuid", &t->passed_to)) {
		was = there(r, &t->passed_to);
		*circle = was && was->passing;
	}
	return *circle ? ecNone : add_object(r, o, false);
}

static status pass_on(struct resolving *r, size_t at, const struct person *p, bool *gone)
{
	const struct directory_object *o = NULL;
	enum target_kind kind = TARGET_UNKNOWN;
	bool circle = false;
	status s = p->forward_to ? directory_get(r->d, directory_class("Recipient"), p->forward_to, r->arena, &o, NULL) :
				   look_up(r, p->forward_smtp, true, &o, &kind);

	/* Whoever it was is gone: better here than nowhere. */
	if (s == ecNotFound)
		return ecNone;
	if (!s)
		s = o ? pass_to(r, at, o, &circle) : add_address(r, kind, p->forward_smtp, p->forward_smtp, false);
	*gone = !s && !circle && !p->forward_keeps;
	return s;
}

/* In a circle, or after too many, the last one keeps it: it is not lost. */
static status forward(struct resolving *r, size_t at)
{
	const struct person p = r->v[at].person;
	bool gone = false;
	status s;

	if ((!p.forward_to && !p.forward_smtp) || r->hops == HOPS_MOST)
		return ecNone;
	r->v[at].passing = true;
	r->hops++;
	s = pass_on(r, at, &p, &gone);
	r->hops--;
	r->v[at].passing = false;
	r->v[at].passed_on = gone;
	return s;
}

/* Does it come to somebody who keeps it, or to an address of which the sender hears? */
static bool arrives(struct resolving *r, const struct target *t, unsigned depth);

static bool member_gets_it(struct resolving *r, uint64_t id, unsigned depth)
{
	const struct directory_object *o;
	const struct target *t;
	struct guid mailbox;
	uint64_t *ids = NULL;
	size_t n = 0;

	if (++r->looks > LOOKS_MOST || depth > DEPTH_MOST || directory_get(r->d, directory_class("Recipient"), id, r->arena, &o, NULL))
		return false;
	if (o->kind != KIND_GROUP) {
		if (!directory_guid(o, "ExchangeGuid", &mailbox))
			return true;
		t = there(r, &mailbox);
		return t && arrives(r, t, depth + 1);
	}
	if (members_of(r, o, &ids, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (member_gets_it(r, ids[i], depth + 1))
			return true;
	return false;
}

static bool arrives(struct resolving *r, const struct target *t, unsigned depth)
{
	const struct target *next;

	if (!t->passed_on || depth > DEPTH_MOST)
		return !t->passed_on;
	if (t->to_group)
		return member_gets_it(r, t->to_group, depth + 1);
	next = guid_is_zero(&t->passed_to) ? NULL : there(r, &t->passed_to);
	return next ? arrives(r, next, depth + 1) : guid_is_zero(&t->passed_to);
}

/* Groups have members when all is expanded: one that has nobody, or only who passes it back, keeps nothing. */
static void keep_what_is_lost(struct resolving *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].passed_on && !arrives(r, &r->v[i], 0))
			r->v[i].passed_on = false;
}

static uint32_t type_of(const struct recipient *r)
{
	return property_set_u32(&r->props, tag_id(PidTagRecipientType), 1);
}

/* A message that is sent again goes to those that are to get it; where none is named, to all who do not have it. */
static bool names_some(const struct message_part *part)
{
	if (!(property_set_u32(&part->props, tag_id(PidTagMessageFlags), 0) & MSGFLAG_RESEND))
		return false;
	for (size_t i = 0; i < part->n_recipients; i++)
		if (type_of(&part->recipients[i]) & RECIPIENT_RESEND)
			return true;
	return false;
}

static status resolve_all(struct resolving *r, const struct message_part *part)
{
	bool some = names_some(part);
	size_t expanded = 0;
	status s = ecNone;

	for (size_t i = 0; !s && i < part->n_recipients; i++) {
		const struct recipient *to = &part->recipients[i];
		uint32_t type = type_of(to);

		if (type & RECIPIENT_SENT || (some && !(type & RECIPIENT_RESEND)))
			continue;
		r->row = to->row_id;
		r->type = type & RECIPIENT_KIND;
		s = resolve_one(r, to);
		/* Groups of groups too. */
		for (; !s && expanded < r->n_groups; expanded++)
			s = expand(r, r->groups[expanded]);
	}
	return s;
}

/* Who did not log on is anonymous; whoever sends in the name of a group has the rights of everybody. */
static status read_sender(struct resolving *r, const struct message_part *part)
{
	status s = transport_sender_read(r->d, part, r->arena, &r->sender);

	if (s || !r->sender.logged_on)
		return s;
	r->who = (struct principal){ .owner = r->sender.person.administrator, .groups = r->sender.person.groups, .n_groups = r->sender.person.n_groups };
	r->who.person = arena_memdup(r->arena, &r->sender.person.guid, sizeof r->sender.person.guid);
	return r->who.person ? ecNone : ecMemory;
}

status transport_resolve(struct transport *t, const struct message_part *part, struct arena *arena, struct target **out, size_t *n)
{
	struct resolving r = { .arena = arena };
	status s = host_directory(t->server->host, &r.d, NULL);

	if (s)
		return s;
	s = read_sender(&r, part);
	if (!s)
		s = resolve_all(&r, part);
	if (!s)
		keep_what_is_lost(&r);
	host_directory_return(t->server->host, r.d);
	if (!s) {
		*out = r.v;
		*n = r.n;
	}
	return s;
}
