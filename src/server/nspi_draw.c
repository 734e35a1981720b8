/* All that has addresses, read from the directory and put in order. */
#include "base/utf16.h"
#include "base/base64.h"
#include "base/hex.h"
#include "server/nspi_book.h"
#include "server/recipient_filter.h"
#include "store/directory_syntax.h"
#include "store/restrict_text.h"

#include <stdlib.h>
#include <strings.h>

#define SCRATCH_MOST ((size_t)512 << 20)
#define NAMES_EACH 8u /* beside one for each address */

/* [MS-OXOABK] 2.2.3.12.1 */
enum display_type_ex {
	DTE_ROOM = 0x07,
	DTE_EQUIPMENT = 0x08,
	DTE_SECURITY_GROUP = 0x09,
	DTE_TAKES_PERMISSIONS = 0x40000000,
};

static const struct {
	enum nspi_text text;
	const char *attribute;
} attributes[] = {
	{ TEXT_DISPLAY_NAME, "DisplayName" }, { TEXT_DN, "LegacyExchangeDN" }, { TEXT_ALIAS, "Alias" },
	{ TEXT_SMTP, "PrimarySmtpAddress" }, { TEXT_PRINTABLE, "SimpleDisplayName" }, { TEXT_GIVEN_NAME, "FirstName" },
	{ TEXT_INITIALS, "Initials" }, { TEXT_SURNAME, "LastName" }, { TEXT_TITLE, "Title" }, { TEXT_COMPANY, "Company" },
	{ TEXT_DEPARTMENT, "Department" }, { TEXT_OFFICE, "Office" }, { TEXT_PHONE, "Phone" }, { TEXT_MOBILE, "MobilePhone" },
	{ TEXT_HOME_PHONE, "HomePhone" }, { TEXT_FAX, "Fax" }, { TEXT_STREET, "StreetAddress" }, { TEXT_CITY, "City" },
	{ TEXT_STATE, "StateOrProvince" }, { TEXT_POSTAL_CODE, "PostalCode" }, { TEXT_COUNTRY, "CountryOrRegion" },
	{ TEXT_NOTES, "Notes" }, { TEXT_ASSISTANT, "AssistantName" }, { TEXT_PHONETIC, "PhoneticDisplayName" },
	{ TEXT_EXTERNAL, "ExternalEmailAddress" },
	{ TEXT_CUSTOM_1, "CustomAttribute1" }, { TEXT_CUSTOM_1 + 1, "CustomAttribute2" }, { TEXT_CUSTOM_1 + 2, "CustomAttribute3" },
	{ TEXT_CUSTOM_1 + 3, "CustomAttribute4" }, { TEXT_CUSTOM_1 + 4, "CustomAttribute5" }, { TEXT_CUSTOM_1 + 5, "CustomAttribute6" },
	{ TEXT_CUSTOM_1 + 6, "CustomAttribute7" }, { TEXT_CUSTOM_1 + 7, "CustomAttribute8" }, { TEXT_CUSTOM_1 + 8, "CustomAttribute9" },
	{ TEXT_CUSTOM_1 + 9, "CustomAttribute10" }, { TEXT_CUSTOM_1 + 10, "CustomAttribute11" }, { TEXT_CUSTOM_1 + 11, "CustomAttribute12" },
	{ TEXT_CUSTOM_1 + 12, "CustomAttribute13" }, { TEXT_CUSTOM_1 + 13, "CustomAttribute14" }, { TEXT_CUSTOM_1 + 14, "CustomAttribute15" },
};

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "the address book takes more memory than there is");
}

/* One entry -------------------------------------------------------------------------------------------------------- */

static const char *text_in(const struct directory_object *o, enum nspi_text which, const char *attribute)
{
	const char *text = directory_text(o, attribute);

	return text || which != TEXT_DISPLAY_NAME ? text : o->name;
}

static bool copy_texts(const struct directory_object *o, struct arena *arena, struct nspi_entry *e)
{
	struct nspi_kept_text kept[NSPI_TEXTS];

	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
		const char *text = text_in(o, attributes[i].text, attributes[i].attribute);

		if (!text || !*text)
			continue;
		kept[e->n_texts].text = (uint8_t)attributes[i].text;
		kept[e->n_texts].utf8 = arena_strdup(arena, text);
		if (!kept[e->n_texts++].utf8)
			return false;
	}
	e->texts = arena_memdup(arena, kept, e->n_texts * sizeof *kept);
	return e->texts != NULL;
}

static bool copy_ids(const struct directory_object *o, const char *attribute, struct arena *arena, struct nspi_ids64 *out)
{
	size_t n = 0;
	const struct directory_value *v = directory_values(o, attribute, &n);

	if (!n)
		return true;
	out->v = arena_array(arena, n, sizeof *out->v);
	if (!out->v)
		return false;
	for (size_t i = 0; i < n; i++)
		out->v[i] = (uint64_t)v[i].number;
	out->n = n;
	return true;
}

static bool copy_list(const struct directory_object *o, const char *attribute, struct arena *arena, struct nspi_texts *out)
{
	size_t n = 0;
	const struct directory_value *v = directory_values(o, attribute, &n);

	out->v = n ? arena_array(arena, n, sizeof *out->v) : NULL;
	for (; out->v && out->n < n; out->n++) {
		out->v[out->n] = arena_strdup(arena, v[out->n].text);
		if (!out->v[out->n])
			return false;
	}
	return out->n == n;
}

/* What the directory has in base64; it looked at it before it took it. */
static bool copy_certificates(const struct directory_object *o, const char *attribute, struct arena *arena, struct nspi_blobs *out)
{
	size_t n = 0, length;
	const struct directory_value *v = directory_values(o, attribute, &n);

	out->v = n ? arena_array(arena, n, sizeof *out->v) : NULL;
	for (size_t i = 0; out->v && i < n; i++) {
		size_t room = strlen(v[i].text);
		uint8_t *der = arena_alloc(arena, room + 1);

		if (!der)
			return false;
		if (base64_decode(v[i].text, room, der, room, &length))
			out->v[out->n++] = bytes_of(der, length);
	}
	return !n || out->v;
}

static bool copy_key(const char *name, struct arena *arena, struct bytes *out)
{
	CLEANUP_BUF struct buf wide = BUF_MAX(4096), key = BUF_MAX(16384);

	utf16_from_utf8(bytes_of(name, strlen(name)), &wide);
	text_sort_key(PT_UNICODE, buf_bytes(&wide), 0, &key);
	*out = bytes_of(arena_memdup(arena, key.p, key.n), key.n);
	return out->p && !wide.failed && !key.failed;
}

/* Of who has no name to be spoken it is the name as it is written. */
static bool copy_keys(struct arena *arena, struct nspi_entry *e)
{
	const char *spoken = nspi_text_of(e, TEXT_PHONETIC);

	if (!copy_key(nspi_text_of(e, TEXT_DISPLAY_NAME), arena, &e->key))
		return false;
	e->spoken = e->key;
	return !spoken || copy_key(spoken, arena, &e->spoken);
}

static void choose_types(const struct directory_object *o, struct nspi_entry *e)
{
	const char *details = directory_text(o, "RecipientTypeDetails");

	details = details ? details : "";
	/* [MS-OXNSPI] 2.2.1.3: agents are what makes up its members by itself; remote is what another system keeps. */
	if (e->group)
		e->display_type = directory_is_set(o, "IncludedRecipients") ? NSPI_DT_AGENT : NSPI_DT_DISTLIST;
	else if (e->folder)
		e->display_type = NSPI_DT_FORUM;
	else
		e->display_type = directory_is_set(o, "ExternalEmailAddress") ? NSPI_DT_REMOTE_MAILUSER : NSPI_DT_MAILUSER;
	e->display_type_ex = e->display_type;
	if (strcmp(details, "MailUniversalSecurityGroup") == 0)
		e->display_type_ex = DTE_SECURITY_GROUP | DTE_TAKES_PERMISSIONS;
	else if (strcmp(details, "RoomMailbox") == 0)
		e->display_type_ex = DTE_ROOM;
	else if (strcmp(details, "EquipmentMailbox") == 0)
		e->display_type_ex = DTE_EQUIPMENT;
	else if (e->mailbox)
		e->display_type_ex |= DTE_TAKES_PERMISSIONS;
	if (strcmp(details, "PublicFolderMailbox") == 0)
		e->hidden = true;
}

/* False without memory. */
static bool read_entry(const struct directory_object *o, struct arena *arena, struct nspi_entry *e)
{
	const struct directory_value *database;
	struct guid mailbox;
	size_t n = 0;

	e->id = o->id;
	e->mid = (uint32_t)o->id + NSPI_MID_FIRST;
	e->guid = o->guid;
	e->group = o->kind == KIND_GROUP;
	e->folder = o->kind == KIND_PUBLIC_FOLDER;
	e->hidden = directory_is(o, "HiddenFromAddressListsEnabled");
	e->mailbox = !e->group && directory_guid(o, "ExchangeGuid", &mailbox);
	e->created = o->created;
	e->changed = o->changed;
	choose_types(o, e);
	if (!e->group) {
		e->manager = (uint64_t)directory_number(o, "Manager", 0);
		database = directory_values(o, "Database", &n);
		e->database = n && database->text ? arena_strdup(arena, database->text) : NULL;
	}
	return copy_texts(o, arena, e) && copy_keys(arena, e) && copy_list(o, "EmailAddresses", arena, &e->proxies) &&
	       copy_list(o, "OtherTelephone", arena, &e->phones) && copy_list(o, "OtherHomePhone", arena, &e->home_phones) &&
	       copy_certificates(o, "UserCertificate", arena, &e->certificates) &&
	       copy_certificates(o, "UserSMimeCertificate", arena, &e->smime_certificates) &&
	       (!e->group || copy_ids(o, "Members", arena, &e->members)) && (!e->group || copy_ids(o, "ManagedBy", arena, &e->owners)) &&
	       copy_ids(o, "GrantSendOnBehalfTo", arena, &e->delegates);
}

/* In order --------------------------------------------------------------------------------------------------------- */

static int compare_keys(struct bytes x, struct bytes y)
{
	int c = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	return c ? c : (x.n > y.n) - (x.n < y.n);
}

static int by_display_name(const void *a, const void *b)
{
	const struct nspi_entry *x = a, *y = b;
	int c = compare_keys(x->key, y->key);

	return c ? c : (x->mid > y->mid) - (x->mid < y->mid);
}

static int by_key(const void *a, const void *b)
{
	const struct nspi_key *x = a, *y = b;
	int c = compare_keys(x->key, y->key);

	return c ? c : (x->entry > y->entry) - (x->entry < y->entry);
}

/* The key is the mid in order of significance. */
static bool index_mids(struct nspi_picture *p)
{
	p->by_mid = arena_array(&p->arena, (size_t)p->n + 1, sizeof *p->by_mid);
	uint8_t *keys = arena_alloc(&p->arena, 4 * ((size_t)p->n + 1));

	if (!p->by_mid || !keys)
		return false;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t mid = p->entries[i].mid;
		uint8_t *k = keys + 4 * (size_t)i;

		k[0] = (uint8_t)(mid >> 24);
		k[1] = (uint8_t)(mid >> 16);
		k[2] = (uint8_t)(mid >> 8);
		k[3] = (uint8_t)mid;
		p->by_mid[i] = (struct nspi_key){ bytes_of(k, 4), i, true };
	}
	qsort(p->by_mid, p->n, sizeof *p->by_mid, by_key);
	return true;
}

static bool add_key(struct nspi_picture *p, struct nspi_key *keys, uint32_t *n, const char *text, uint32_t entry,
		    bool whole)
{
	CLEANUP_BUF struct buf folded = BUF_MAX(16384);

	if (!text || !*text)
		return true;
	nspi_fold(text, &folded);
	if (!folded.n)
		return true;
	const uint8_t *copy = arena_memdup(&p->arena, folded.p, folded.n);
	keys[*n] = (struct nspi_key){ bytes_of(copy, folded.n), entry, whole };
	(*n)++;
	return copy && !folded.failed;
}

static bool add_names(struct nspi_picture *p, uint32_t i)
{
	static const enum nspi_text names[] = { TEXT_DISPLAY_NAME, TEXT_ALIAS, TEXT_GIVEN_NAME, TEXT_SURNAME, TEXT_OFFICE };
	const struct nspi_entry *e = &p->entries[i];
	bool ok = add_key(p, p->by_dn, &p->n_dns, nspi_text_of(e, TEXT_DN), i, true);

	for (size_t k = 0; ok && k < e->proxies.n; k++) {
		bool smtp = proxy_is_smtp(e->proxies.v[k]), x500 = strncasecmp(e->proxies.v[k], "X500:", 5) == 0;

		if (smtp && !e->hidden)
			ok = add_key(p, p->by_name, &p->n_names, proxy_address(e->proxies.v[k]), i, true);
		else if (x500)
			ok = add_key(p, p->by_dn, &p->n_dns, proxy_address(e->proxies.v[k]), i, true);
	}
	for (size_t k = 0; ok && !e->hidden && k < sizeof names / sizeof *names; k++)
		ok = add_key(p, p->by_name, &p->n_names, nspi_text_of(e, names[k]), i, k < 2);
	return ok;
}

static bool index_names(struct nspi_picture *p)
{
	size_t most = 1;

	for (uint32_t i = 0; i < p->n; i++)
		most += NAMES_EACH + p->entries[i].proxies.n;
	p->by_dn = arena_array(&p->arena, most, sizeof *p->by_dn);
	p->by_name = arena_array(&p->arena, most, sizeof *p->by_name);
	if (!p->by_dn || !p->by_name)
		return false;
	for (uint32_t i = 0; i < p->n; i++)
		if (!add_names(p, i))
			return false;
	qsort(p->by_dn, p->n_dns, sizeof *p->by_dn, by_key);
	qsort(p->by_name, p->n_names, sizeof *p->by_name, by_key);
	return true;
}

/* Lists ------------------------------------------------------------------------------------------------------------ */

static struct recipient_traits traits(const struct nspi_entry *e)
{
	uint32_t type = e->display_type_ex & 0xFF;

	return (struct recipient_traits){ .group = e->group,
					  .folder = e->folder,
					  .mailbox = e->mailbox,
					  .resource = !e->group && (type == DTE_ROOM || type == DTE_EQUIPMENT),
					  .department = nspi_text_of(e, TEXT_DEPARTMENT),
					  .company = nspi_text_of(e, TEXT_COMPANY) };
}

static bool fill_list(struct nspi_picture *p, const struct directory_object *o, struct nspi_list *l)
{
	l->rows = arena_array(&p->arena, (size_t)p->n + 1, sizeof *l->rows);
	if (!l->rows)
		return false;
	for (uint32_t i = 0; i < p->n; i++) {
		const struct recipient_traits t = traits(&p->entries[i]);

		if (!p->entries[i].hidden && (!l->mid || recipient_included(o, &t)))
			l->rows[l->n++] = i;
	}
	return true;
}

static bool read_list(struct nspi_picture *p, const struct directory_object *o, bool global, struct nspi_list *l)
{
	const char *name = directory_text(o, "DisplayName");
	char dn[sizeof "/guid=" + 32] = "/guid=", *at = dn + strlen(dn);

	for (size_t i = 0; i < 16; i++)
		at = hex_put(at, HEX_UPPER, o->guid.b[i]);
	l->mid = global ? 0 : (uint32_t)o->id + NSPI_MID_FIRST;
	l->guid = o->guid;
	l->name = arena_strdup(&p->arena, name ? name : o->name);
	l->dn = arena_strdup(&p->arena, global ? "/" : dn);
	return l->name && l->dn && fill_list(p, o, l);
}

/* There always is a global one, with everybody in it, whatever the directory says. */
static bool add_global(struct nspi_picture *p)
{
	struct nspi_list *l = &p->lists[p->n_lists++];

	l->name = "Global Address List";
	l->dn = "/";
	l->rows = arena_array(&p->arena, (size_t)p->n + 1, sizeof *l->rows);
	for (uint32_t i = 0; l->rows && i < p->n; i++)
		if (!p->entries[i].hidden)
			l->rows[l->n++] = i;
	return l->rows != NULL;
}

static status read_lists(struct directory *d, struct nspi_picture *p, struct arena *scratch, struct reason *why)
{
	struct directory_query q = { .as = directory_class("AddressList") };
	const struct directory_object *o;
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = directory_list(d, &q, scratch, &ids, &n, why);

	p->lists = s ? NULL : arena_array(&p->arena, n + 1, sizeof *p->lists);
	if (!s && !p->lists)
		s = no_memory(why);
	/* The first that says so is the global one. */
	for (int pass = 0; pass < 2 && !s; pass++) {
		for (size_t i = 0; i < n && !s; i++) {
			s = directory_get(d, q.as, ids[i], scratch, &o, why);
			if (s == ecNotFound) {
				s = ecNone;
				continue;
			}
			bool global = !s && directory_is(o, "IsGlobal");

			if (s || global != (pass == 0) || (global && p->n_lists))
				continue;
			s = read_list(p, o, global, &p->lists[p->n_lists++]) ? ecNone : no_memory(why);
		}
		if (!s && pass == 0 && !p->n_lists && !add_global(p))
			s = no_memory(why);
	}
	return s;
}

/* All -------------------------------------------------------------------------------------------------------------- */

static bool duplicate_texts(struct arena *arena, struct nspi_texts *t)
{
	const char *const *from = t->v;

	t->v = t->n ? arena_array(arena, t->n, sizeof *t->v) : NULL;
	for (size_t i = 0; t->v && i < t->n; i++)
		if (!(t->v[i] = arena_strdup(arena, from[i])))
			return false;
	return !t->n || t->v;
}

static bool duplicate_blobs(struct arena *arena, struct nspi_blobs *b)
{
	const struct bytes *from = b->v;

	b->v = b->n ? arena_array(arena, b->n, sizeof *b->v) : NULL;
	for (size_t i = 0; b->v && i < b->n; i++) {
		b->v[i] = bytes_of(arena_memdup(arena, from[i].p, from[i].n), from[i].n);
		if (!b->v[i].p)
			return false;
	}
	return !b->n || b->v;
}

/* A copy of an entry, with all that it points to. */
static bool copy_entry(const struct nspi_entry *from, struct arena *arena, struct nspi_entry *e)
{
	*e = *from;
	e->texts = arena_memdup(arena, from->texts, from->n_texts * sizeof *from->texts);
	e->key.p = arena_memdup(arena, from->key.p, from->key.n);
	e->spoken.p = from->spoken.p == from->key.p ? e->key.p : arena_memdup(arena, from->spoken.p, from->spoken.n);
	if (!e->texts || !e->key.p || !e->spoken.p)
		return false;
	for (size_t i = 0; i < e->n_texts; i++)
		if (!(e->texts[i].utf8 = arena_strdup(arena, from->texts[i].utf8)))
			return false;
	if (!duplicate_texts(arena, &e->proxies) || !duplicate_texts(arena, &e->phones) || !duplicate_texts(arena, &e->home_phones) ||
	    !duplicate_blobs(arena, &e->certificates) || !duplicate_blobs(arena, &e->smime_certificates))
		return false;
	if (from->database && !(e->database = arena_strdup(arena, from->database)))
		return false;
	struct nspi_ids64 *ids[] = { &e->members, &e->owners, &e->delegates };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (ids[i]->n && !(ids[i]->v = arena_memdup(arena, ids[i]->v, ids[i]->n * sizeof *ids[i]->v)))
			return false;
	return true;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* What was there before and did not change; NULL: it is to be read. */
static const struct nspi_entry *unchanged(const struct nspi_picture *before, const struct nspi_ids64 *changed, uint64_t id)
{
	if (!before || (changed->n && bsearch(&id, changed->v, changed->n, sizeof id, by_number)))
		return NULL;
	return nspi_by_id(before, id);
}

static status read_one(struct directory *d, uint64_t id, struct arena *one, struct nspi_picture *p, struct reason *why)
{
	const struct directory_object *o;
	status s;

	arena_reset(one);
	s = directory_get(d, directory_class("Recipient"), id, one, &o, why);
	if (s)
		return s == ecNotFound ? ecNone : s;
	return read_entry(o, &p->arena, &p->entries[p->n]) ? (p->n++, ecNone) : no_memory(why);
}

static status read_entries(struct directory *d, const struct nspi_picture *before, struct nspi_picture *p, struct arena *scratch, struct reason *why)
{
	CLEANUP_ARENA struct arena one = ARENA_BUDGET(SCRATCH_MOST);
	struct directory_query q = { .as = directory_class("Recipient"), .changed_after = before ? before->number : 0 };
	struct nspi_ids64 all = { NULL, 0 }, changed = { NULL, 0 };
	status s = before ? directory_list(d, &q, scratch, &changed.v, &changed.n, why) : ecNone;

	q.changed_after = 0;
	if (!s)
		s = directory_list(d, &q, scratch, &all.v, &all.n, why);
	if (s)
		return s;
	if (changed.n)
		qsort(changed.v, changed.n, sizeof *changed.v, by_number);
	p->entries = arena_array(&p->arena, all.n + 1, sizeof *p->entries);
	if (!p->entries)
		return no_memory(why);
	for (size_t i = 0; i < all.n && !s; i++) {
		const struct nspi_entry *old = unchanged(before, &changed, all.v[i]);

		/* Beyond 32 bits there are no minimal ids: such are not shown. */
		if (all.v[i] > UINT32_MAX - 2 * NSPI_MID_FIRST)
			continue;
		if (old)
			s = copy_entry(old, &p->arena, &p->entries[p->n]) ? (p->n++, ecNone) : no_memory(why);
		else
			s = read_one(d, all.v[i], &one, p, why);
	}
	return s;
}

static status read_organization(struct directory *d, struct nspi_picture *p, struct arena *scratch, struct reason *why)
{
	const struct directory_object *o;
	status s = directory_find(d, directory_class("OrganizationConfig"), NULL, scratch, &o, why);

	if (s)
		return s;
	p->server = o->guid;
	p->organization = arena_strdup(&p->arena, o->name);
	return p->organization ? ecNone : no_memory(why);
}

status nspi_draw(struct directory *d, const struct nspi_picture *before, struct nspi_picture *p, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	status s = read_organization(d, p, &scratch, why);

	if (!s)
		s = read_entries(d, before, p, &scratch, why);
	if (s)
		return s;
	qsort(p->entries, p->n, sizeof *p->entries, by_display_name);
	s = read_lists(d, p, &scratch, why);
	if (!s && (!index_mids(p) || !index_names(p)))
		s = no_memory(why);
	return s;
}
