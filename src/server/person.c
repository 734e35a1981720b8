/* Who somebody is, as the directory says. */
#include "server/person.h"

#include "mapi/entryid.h"
#include "store/directory_logon.h"

#include <ctype.h>
#include <string.h>

#define SCRATCH_MOST ((size_t)32 << 20)
#define GROUPS_MOST 10000u

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "out of memory");
}

/* A copy of a text attribute; "" in `otherwise` stands for none. */
static const char *text_of(const struct directory_object *o, const char *attribute, const char *otherwise, struct arena *arena)
{
	const char *text = directory_text(o, attribute);

	return text ? arena_strdup(arena, text) : otherwise;
}

/* Groups ------------------------------------------------------------------------------------------------------------ */

struct group_list {
	struct directory *d;
	uint64_t *ids; /* of objects */
	size_t n, cap;
	struct arena *arena;
};

static bool listed(const struct group_list *l, uint64_t id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->ids[i] == id)
			return true;
	return false;
}

static status list_group(struct group_list *l, uint64_t id, struct reason *why)
{
	if (listed(l, id) || l->n == GROUPS_MOST)
		return ecNone;
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;
		uint64_t *more = arena_array(l->arena, cap, sizeof *more);

		if (!more)
			return no_memory(why);
		if (l->n)
			memcpy(more, l->ids, l->n * sizeof *more);
		l->ids = more;
		l->cap = cap;
	}
	l->ids[l->n++] = id;
	return ecNone;
}

/* Whatever has `member` in its list. */
static status groups_with(struct group_list *l, const char *class, uint64_t member, uint64_t **ids, size_t *n, struct reason *why)
{
	struct directory_value v = { .number = (int64_t)member };
	struct directory_query q = { .as = directory_class(class), .attribute = "Members", .value = &v };

	return directory_list(l->d, &q, l->arena, ids, n, why);
}

static status list_groups_of(struct group_list *l, uint64_t member, struct reason *why)
{
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = groups_with(l, "DistributionGroup", member, &ids, &n, why);

	for (size_t i = 0; i < n && !s; i++)
		s = list_group(l, ids[i], why);
	return s;
}

static status is_administrator(struct group_list *l, uint64_t person, bool *yes, struct reason *why)
{
	status s = ecNone;

	for (size_t g = 0; g <= l->n && !s && !*yes; g++) {
		uint64_t *roles = NULL;
		size_t n = 0;

		s = groups_with(l, "RoleGroup", g ? l->ids[g - 1] : person, &roles, &n, why);
		for (size_t i = 0; i < n && !s; i++) {
			const struct directory_object *role;

			s = directory_get(l->d, directory_class("RoleGroup"), roles[i], l->arena, &role, why);
			*yes |= !s && strcmp(role->name, "Organization Management") == 0;
		}
	}
	return s;
}

/* Groups of groups too; a group that is its own member is listed once. */
static status read_groups(struct directory *d, struct arena *scratch, struct arena *arena, struct person *p, struct reason *why)
{
	struct group_list l = { .d = d, .arena = scratch };
	const struct directory_object *o;
	status s = list_groups_of(&l, p->id, why);

	for (size_t i = 0; i < l.n && !s; i++)
		s = list_groups_of(&l, l.ids[i], why);
	p->groups = s || !l.n ? NULL : arena_array(arena, l.n, sizeof *p->groups);
	if (!s && l.n && !p->groups)
		return no_memory(why);
	for (size_t i = 0; i < l.n && !s; i++) {
		s = directory_get(d, directory_class("DistributionGroup"), l.ids[i], scratch, &o, why);
		if (!s)
			p->groups[p->n_groups++] = o->guid;
	}
	return s ? s : is_administrator(&l, p->id, &p->administrator, why);
}

/* The rest ------------------------------------------------------------------------------------------------------------ */

static uint64_t limit_of(const struct directory_object *o, const char *attribute)
{
	int64_t n = directory_number(o, attribute, DIRECTORY_UNLIMITED_VALUE);

	return n == DIRECTORY_UNLIMITED_VALUE || n < 0 ? QUOTA_UNLIMITED : (uint64_t)n;
}

static void read_quota(const struct directory_object *from, struct quota *q)
{
	q->warning = limit_of(from, "IssueWarningQuota");
	q->prohibit_send = limit_of(from, "ProhibitSendQuota");
	q->prohibit_send_receive = limit_of(from, "ProhibitSendReceiveQuota");
	q->recoverable_warning = limit_of(from, "RecoverableItemsWarningQuota");
	q->recoverable = limit_of(from, "RecoverableItemsQuota");
}

static status read_database(struct directory *d, const struct directory_object *o, struct arena *scratch, struct arena *arena, struct person *p,
			    struct reason *why)
{
	int64_t id = directory_number(o, "Database", 0), keeping = directory_number(o, "RetainDeletedItemsFor", -1);
	const struct directory_object *database;
	status s;

	read_quota(o, &p->quota);
	p->keep_deleted = keeping < 0 ? UINT64_MAX : (uint64_t)keeping * FILETIME_PER_SECOND;
	if (!id)
		return ecNone;
	s = directory_get(d, directory_class("MailboxDatabase"), (uint64_t)id, scratch, &database, why);
	if (s)
		return s;
	if (directory_is(o, "UseDatabaseQuotaDefaults"))
		read_quota(database, &p->quota);
	p->database = arena_strdup(arena, database->name);
	p->rpc_server = text_of(database, "RpcClientAccessServer", NULL, arena);
	return p->database ? ecNone : no_memory(why);
}

static status read_access(struct directory *d, const struct directory_object *o, struct arena *scratch, struct arena *arena, struct person *p,
			  struct reason *why)
{
	const struct directory_object *organization = NULL;
	status s = ecNone;

	p->account_disabled = directory_is(o, "AccountDisabled");
	p->hidden = directory_is(o, "HiddenFromAddressListsEnabled");
	p->mapi_enabled = directory_is(o, "MAPIEnabled");
	p->block_non_cached = directory_is(o, "MAPIBlockOutlookNonCachedMode");
	p->block_rpc_http = directory_is(o, "MAPIBlockOutlookRpcHttp");
	p->block_versions = text_of(o, "MAPIBlockOutlookVersions", NULL, arena);
	if (!directory_is_set(o, "MapiHttpEnabled"))
		s = directory_find(d, directory_class("OrganizationConfig"), NULL, scratch, &organization, why);
	p->mapi_http_enabled = directory_is(organization ? organization : o, "MapiHttpEnabled");
	return s;
}

static uint64_t limit_within(const struct directory_object *o, const char *attribute, const struct directory_object *all, const char *of_all)
{
	uint64_t n = limit_of(o, attribute);

	return n == QUOTA_UNLIMITED && all ? limit_of(all, of_all) : n;
}

static status read_mail(struct directory *d, const struct directory_object *o, struct arena *scratch, struct arena *arena, struct person *p,
			struct reason *why)
{
	const struct directory_object *all = NULL;
	status s = directory_find(d, directory_class("TransportConfig"), NULL, scratch, &all, why);

	if (s && s != ecNotFound)
		return s;
	p->max_send = limit_within(o, "MaxSendSize", all, "MaxSendSize");
	p->max_receive = limit_within(o, "MaxReceiveSize", all, "MaxReceiveSize");
	p->max_recipients = limit_within(o, "RecipientLimits", all, "MaxRecipientEnvelopeLimit");
	p->forward_to = (uint64_t)directory_number(o, "ForwardingAddress", 0);
	p->forward_smtp = text_of(o, "ForwardingSmtpAddress", NULL, arena);
	p->forward_keeps = directory_is(o, "DeliverToMailboxAndForward");
	return ecNone;
}

static status read_names(const struct directory_object *o, struct arena *arena, struct person *p, struct reason *why)
{
	p->id = o->id;
	p->guid = o->guid;
	(void)directory_guid(o, "ExchangeGuid", &p->mailbox);
	p->name = arena_strdup(arena, o->name);
	p->display_name = text_of(o, "DisplayName", p->name, arena);
	p->alias = text_of(o, "Alias", "", arena);
	p->smtp = text_of(o, "PrimarySmtpAddress", "", arena);
	p->legacy_dn = text_of(o, "LegacyExchangeDN", "", arena);
	return p->name && p->display_name && p->alias && p->smtp && p->legacy_dn ? ecNone : no_memory(why);
}

static status read_person(struct directory *d, const struct directory_object *o, struct arena *scratch, struct arena *arena, struct person *out,
			  struct reason *why)
{
	struct person p = { 0 };
	status s = read_names(o, arena, &p, why);

	if (!s)
		s = read_database(d, o, scratch, arena, &p, why);
	if (!s)
		s = read_access(d, o, scratch, arena, &p, why);
	if (!s)
		s = read_mail(d, o, scratch, arena, &p, why);
	if (!s)
		s = read_groups(d, scratch, arena, &p, why);
	if (!s)
		*out = p;
	return s;
}

status person_find(struct directory *d, const char *identity, struct arena *arena, struct person *out, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	const struct directory_object *o;
	status s = ecNotFound;

	/* NULL and "" mean the only one there is, for a cmdlet. */
	if (!identity || !*identity)
		return reason_set(why, ecNotFound, "no name was given");
	s = directory_find(d, directory_class("User"), identity, &scratch, &o, why);
	return s ? s : read_person(d, o, &scratch, arena, out, why);
}

status person_by_id(struct directory *d, uint64_t id, struct arena *arena, struct person *out, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	const struct directory_object *o;
	status s = directory_get(d, directory_class("User"), id, &scratch, &o, why);

	return s ? s : read_person(d, o, &scratch, arena, out, why);
}

status person_by_mailbox(struct directory *d, const struct guid *mailbox, struct arena *arena, struct person *out, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	struct directory_value v = { .guid = *mailbox };
	struct directory_query q = { .as = directory_class("User"), .attribute = "ExchangeGuid", .value = &v };
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = directory_list(d, &q, &scratch, &ids, &n, why);

	if (!s && !n)
		return reason_set(why, ecNotFound, "this mailbox belongs to nobody");
	return s ? s : person_by_id(d, ids[0], arena, out, why);
}

/* Access ---------------------------------------------------------------------------------------------------------------- */

/* Is it the person, or a group that the person is in? */
static status stands_for(struct directory *d, uint64_t listed_id, const struct person *who, struct arena *scratch, bool *yes, struct reason *why)
{
	const struct directory_object *o;
	status s;

	if (listed_id == who->id) {
		*yes = true;
		return ecNone;
	}
	s = directory_get(d, directory_class("Recipient"), listed_id, scratch, &o, why);
	for (size_t i = 0; !s && i < who->n_groups; i++)
		*yes |= guid_equal(&o->guid, &who->groups[i]);
	return s == ecNotFound ? ecNone : s;
}

status person_is_among(struct directory *d, const struct person *who, const struct directory_object *o, const char *attribute, bool *yes,
		       struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	size_t n = 0;
	const struct directory_value *v = directory_values(o, attribute, &n);
	bool is = false;
	status s = ecNone;

	for (size_t i = 0; i < n && !s && !is; i++)
		s = stands_for(d, (uint64_t)v[i].number, who, &scratch, &is, why);
	if (!s)
		*yes = is;
	return s;
}

status person_is_listed(struct directory *d, const struct person *who, const struct person *owner, const char *attribute, bool *yes,
			struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	const struct directory_object *o;
	status s = directory_get(d, directory_class("User"), owner->id, &scratch, &o, why);

	return s ? s : person_is_among(d, who, o, attribute, yes, why);
}

status person_full_access(struct directory *d, const struct person *who, const struct person *owner, bool *yes, struct reason *why)
{
	if (who->id != owner->id && !who->administrator)
		return person_is_listed(d, who, owner, "FullAccess", yes, why);
	*yes = true;
	return ecNone;
}

/* Ids -------------------------------------------------------------------------------------------------------------------- */

#define AB_VERSION 1u
#define AB_LOCAL_USER 0u

status person_entryid(const struct person *p, struct buf *out)
{
	struct entryid id = { .kind = ENTRYID_ADDRESS_BOOK };

	id.address_book.provider = entryid_uid_address_book;
	id.address_book.version = AB_VERSION;
	id.address_book.type = AB_LOCAL_USER;
	id.address_book.dn = bytes_of(p->legacy_dn, strlen(p->legacy_dn));
	return entryid_encode(&id, out, NULL);
}

/* [MS-OXCDATA] 2.2.3: "EX:" and the address in capitals, with the NUL. */
status person_search_key(const struct person *p, struct buf *out)
{
	buf_add_str(out, "EX:");
	for (const char *c = p->legacy_dn; *c; c++)
		buf_add_u8(out, (uint8_t)toupper((unsigned char)*c));
	buf_add_u8(out, 0);
	return buf_status(out);
}
