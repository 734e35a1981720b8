/* Which object somebody means. */
#include "store/directory_private.h"

#include "base/map.h"

#include <strings.h>

#define CANDIDATES_MOST 9
#define IDENTITY_MOST 2048
#define KEY_MOST 900
#define FIND_MOST ((size_t)1 << 20)

struct candidates {
	uint64_t ids[CANDIDATES_MOST];
	size_t n;
};

static void add_candidate(struct candidates *c, uint64_t id)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->ids[i] == id)
			return;
	if (c->n < CANDIDATES_MOST)
		c->ids[c->n++] = id;
}

/* Keys ---------------------------------------------------------------------------------------------------------------- */

static struct bytes folded_key(const struct directory *d, const char *text, struct arena *arena)
{
	static const uint64_t no_secret[2] = { 0, 0 };
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)1 << 16);

	fold(d->folding, text, &b);
	/* PostgreSQL's indexes hold about 2,700 bytes. */
	if (b.n > KEY_MOST) {
		uint64_t rest = siphash24(no_secret, bytes_of(b.p + KEY_MOST, b.n - KEY_MOST));

		buf_truncate(&b, KEY_MOST);
		buf_add_u64(&b, rest);
	}
	return b.failed ? bytes_of(NULL, 0) : bytes_of(arena_memdup(arena, b.n ? (const void *)b.p : "", b.n), b.n);
}

struct bytes directory_key(const struct directory *d, const struct directory_attribute *a, const struct directory_value *v, struct arena *arena)
{
	switch (a->type) {
	case DIRECTORY_GUID:
		return bytes_of(arena_memdup(arena, v->guid.b, sizeof v->guid.b), sizeof v->guid.b);
	case DIRECTORY_TEXT:
	case DIRECTORY_WORD:
		return folded_key(d, v->text, arena);
	default:
		return bytes_of(NULL, 0);
	}
}

const char *directory_scope(enum directory_kind kind, uint64_t parent, struct arena *arena)
{
	/* Users, groups and public folders share their names and addresses. */
	const char *name = directory_is_recipient(kind) ? "Recipient" : directory_kind_name(kind);

	return parent ? arena_printf(arena, "%s/%llu", name, (unsigned long long)parent) : name;
}

/* Looking ----------------------------------------------------------------------------------------------------------- */

/* All rows of a query whose first column is an id. */
static status collect(struct directory *d, struct sql_statement *q, struct candidates *found, struct reason *why)
{
	bool row = true;
	status s = ecNone;

	while (!s && row) {
		s = sql_step(q, &row);
		if (!s && row)
			add_candidate(found, (uint64_t)sql_i64(q, 0));
	}
	sql_done(q);
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

static status by_name(struct directory *d, enum directory_kind kind, struct bytes key, struct candidates *found, struct reason *why)
{
	struct sql_statement *q = sql_prepare(d->db, "SELECT id FROM objects WHERE kind = $1 AND folded = $2 ORDER BY id LIMIT 9");

	sql_bind_text(q, 1, directory_kind_name(kind));
	sql_bind_blob(q, 2, key);
	return collect(d, q, found, why);
}

static status by_value(struct directory *d, enum directory_kind kind, const char *attribute, struct bytes key, struct candidates *found,
		       struct reason *why)
{
	struct sql_statement *q = sql_prepare(d->db, "SELECT v.object FROM attribute_values v JOIN objects o ON o.id = v.object"
						     " WHERE v.attribute = $1 AND v.folded = $2 AND o.kind = $3 ORDER BY v.object LIMIT 9");

	sql_bind_text(q, 1, attribute);
	sql_bind_blob(q, 2, key);
	sql_bind_text(q, 3, directory_kind_name(kind));
	return collect(d, q, found, why);
}

/* What a server has, by the server: its name or its whole name; and by the name of the thing unless that is NULL. */
static status by_parent(struct directory *d, enum directory_kind kind, struct bytes server, const struct bytes *name, struct candidates *found,
			struct reason *why)
{
	struct sql_statement *q = sql_prepare(
		d->db, name ? "SELECT o.id FROM objects o JOIN objects p ON p.id = o.parent WHERE o.kind = $1 AND (p.folded = $2 OR p.id IN"
			      " (SELECT v.object FROM attribute_values v WHERE v.attribute = 'Fqdn' AND v.folded = $2)) AND o.folded = $3 ORDER BY o.id LIMIT 9" :
			      "SELECT o.id FROM objects o JOIN objects p ON p.id = o.parent WHERE o.kind = $1 AND (p.folded = $2 OR p.id IN"
			      " (SELECT v.object FROM attribute_values v WHERE v.attribute = 'Fqdn' AND v.folded = $2)) ORDER BY o.id LIMIT 9");

	sql_bind_text(q, 1, directory_kind_name(kind));
	sql_bind_blob(q, 2, server);
	if (name)
		sql_bind_blob(q, 3, *name);
	return collect(d, q, found, why);
}

/* The forms in which an address may have been written: with its type or without. */
static const char *const address_types[] = { "", "smtp:", "x500:" };

static status by_attribute(struct directory *d, enum directory_kind kind, const struct directory_attribute *a, const char *identity,
			   struct arena *arena, struct candidates *found, struct reason *why)
{
	size_t forms = a->syntax == SYNTAX_PROXY ? sizeof address_types / sizeof *address_types : 1;
	struct guid guid;
	status s = ecNone;

	if (a->type == DIRECTORY_GUID)
		return guid_parse(identity, &guid) ? by_value(d, kind, a->name, bytes_of(guid.b, sizeof guid.b), found, why) : ecNone;
	for (size_t i = 0; i < forms && !s; i++) {
		const char *text = arena_printf(arena, "%s%s", address_types[i], identity);
		struct bytes key = text ? folded_key(d, text, arena) : bytes_of(NULL, 0);

		if (!key.p)
			return reason_set(why, ecMemory, "out of memory");
		s = by_value(d, kind, a->name, key, found, why);
	}
	return s;
}

/* By all attributes that name objects of the kind and are, or are not, unique. */
static status by_attributes(struct directory *d, enum directory_kind kind, bool unique, const char *identity, struct arena *arena,
			    struct candidates *found, struct reason *why)
{
	const struct directory_rows *rows = directory_rows(kind);
	status s = ecNone;

	for (size_t i = 0; i < rows->n && !s; i++) {
		const struct directory_attribute *a = &rows->rows[i];

		if (a->flags & DIRECTORY_IDENTITY && !(a->flags & DIRECTORY_COMPUTED) && !(a->flags & DIRECTORY_UNIQUE) == !unique)
			s = by_attribute(d, kind, a, identity, arena, found, why);
	}
	return s;
}

static bool owned_by_server(enum directory_kind kind)
{
	return kind == KIND_RPC_CLIENT_ACCESS || (kind >= KIND_VDIR_OWA && kind <= KIND_VDIR_OUTLOOK_ANYWHERE);
}

/* Does "CONTOSO" mean one of our domains: the whole of it, or what stands before its first dot? */
static status is_our_domain(struct directory *d, const char *text, struct arena *arena, bool *yes, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(d->db, "SELECT folded FROM attribute_values WHERE attribute = 'DomainName'");
	struct bytes wanted = folded_key(d, text, arena);
	bool row = true;
	status s = ecNone;

	*yes = false;
	while (!s && row && !*yes && wanted.n) {
		s = sql_step(q, &row);
		struct bytes domain = !s && row ? sql_blob(q, 0) : bytes_of(NULL, 0);
		*yes = domain.n >= wanted.n && memcmp(domain.p, wanted.p, wanted.n) == 0 && (domain.n == wanted.n || domain.p[wanted.n] == '.');
	}
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

/* "SERVER\owa (Default Web Site)", "CONTOSO\alice". */
static status by_path(struct directory *d, enum directory_kind kind, const char *identity, struct arena *arena, struct candidates *found,
		      struct reason *why)
{
	const char *slash = strchr(identity, '\\');
	char *left = slash ? arena_strndup(arena, identity, (size_t)(slash - identity)) : NULL;
	bool ours;

	if (!left)
		return ecNone;
	struct bytes name = folded_key(d, slash + 1, arena), server = folded_key(d, left, arena);
	if (owned_by_server(kind))
		return by_parent(d, kind, server, &name, found, why);
	if (kind != KIND_USER && kind != KIND_GROUP)
		return ecNone;
	status s = is_our_domain(d, left, arena, &ours, why);
	if (!s && ours)
		s = by_value(d, kind, "SamAccountName", name, found, why);
	if (!s && ours)
		s = by_value(d, kind, "Alias", name, found, why);
	return s;
}

/* What names one object surely. */
static status look(struct directory *d, enum directory_kind kind, const char *identity, struct arena *arena, struct candidates *found,
		   struct reason *why)
{
	struct bytes key = folded_key(d, identity, arena);
	struct guid guid;

	if (!key.p)
		return reason_set(why, ecMemory, "out of memory");
	status s = by_name(d, kind, key, found, why);
	if (!s)
		s = by_attributes(d, kind, true, identity, arena, found, why);
	if (!s)
		s = by_path(d, kind, identity, arena, found, why);
	if (!s && owned_by_server(kind))
		s = by_parent(d, kind, key, NULL, found, why);
	if (!s && guid_parse(identity, &guid)) {
		struct sql_statement *q = sql_prepare(d->db, "SELECT id FROM objects WHERE guid = $1 AND kind = $2");

		sql_bind_blob(q, 1, bytes_of(guid.b, sizeof guid.b));
		sql_bind_text(q, 2, directory_kind_name(kind));
		s = collect(d, q, found, why);
	}
	return s;
}

/* Choosing ---------------------------------------------------------------------------------------------------------- */

static status ambiguous(struct directory *d, const struct directory_class *as, const char *identity, const struct candidates *found,
			struct arena *arena, struct reason *why)
{
	CLEANUP_BUF struct buf list = BUF_MAX(300);
	struct directory_object *o;

	for (size_t i = 0; i < found->n && i + 1 < CANDIDATES_MOST; i++) {
		o = NULL;
		if (directory_read(d, found->ids[i], arena, &o, why) || !o)
			continue;
		const char *address = directory_text(o, "PrimarySmtpAddress");
		buf_printf(&list, "%s%s%s%s%s", list.n ? "; " : "", directory_text(o, "Identity"), address ? " (" : "", address ? address : "",
			   address ? ")" : "");
	}
	return reason_set(why, ecAmbiguousRecip, "\"%.64s\" means several objects of class %s: %s%s; name one by its address or GUID", identity, as->name,
			  buf_cstr(&list), list.failed || found->n == CANDIDATES_MOST ? " ..." : "");
}

/* Leaves only what the class shows. */
static status keep_ours(struct directory *d, const struct directory_class *as, struct candidates *found, struct arena *arena,
			const struct directory_object **last, struct reason *why)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n; i++) {
		struct directory_object *o = NULL;
		status s = directory_read(d, found->ids[i], arena, &o, why);

		if (s)
			return s;
		if (!o || !directory_belongs(as, o))
			continue;
		o->as = as;
		*last = o;
		found->ids[n++] = found->ids[i];
	}
	found->n = n;
	return ecNone;
}

static status find_single(struct directory *d, const struct directory_class *as, struct arena *arena, const struct directory_object **out,
			  struct reason *why)
{
	struct candidates found = { .n = 0 };
	struct sql_statement *q = sql_prepare(d->db, "SELECT id FROM objects WHERE kind = $1 ORDER BY id LIMIT 1");

	sql_bind_text(q, 1, directory_kind_name(as->kind));
	status s = collect(d, q, &found, why);
	if (!s && !found.n)
		s = reason_set(why, ecNotFound, "there is no %s", as->name);
	return s ? s : directory_get(d, as, found.ids[0], arena, out, why);
}

static status look_in_kinds(struct directory *d, const struct directory_class *as, bool surely, const char *identity, struct candidates *found,
			    struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(FIND_MOST);
	status s = ecNone;

	for (unsigned k = 0; k < DIRECTORY_KINDS && !s; k++) {
		if (!(as->kinds & (1u << k)))
			continue;
		s = surely ? look(d, (enum directory_kind)k, identity, &scratch, found, why) :
			     by_attributes(d, (enum directory_kind)k, false, identity, &scratch, found, why);
	}
	return s;
}

static status find(struct directory *d, const struct directory_class *as, const char *identity, unsigned tiers, struct arena *arena,
		   const struct directory_object **out, struct reason *why)
{
	const struct directory_object *o = NULL;
	struct candidates found = { .n = 0 };
	status s = ecNone;

	if (strlen(identity) > IDENTITY_MOST)
		return reason_set(why, ecNotFound, "there is no %s of that name: it has %zu bytes", as->name, strlen(identity));
	if (!utf8_valid(identity))
		return reason_set(why, ecNotFound, "there is no %s of that name: it is not UTF-8 text", as->name);
	/* What several may have, as a display name, counts only when nothing else fits. */
	for (unsigned tier = 0; tier < tiers && !found.n && !s; tier++) {
		s = look_in_kinds(d, as, tier == 0, identity, &found, why);
		if (!s)
			s = keep_ours(d, as, &found, arena, &o, why);
	}
	if (s)
		return s;
	if (!found.n)
		return reason_set(why, ecNotFound, "there is no %s \"%.200s\"", as->name, identity);
	if (found.n > 1)
		return ambiguous(d, as, identity, &found, arena, why);
	*out = o;
	return ecNone;
}

status directory_find(struct directory *d, const struct directory_class *as, const char *identity, struct arena *arena,
		      const struct directory_object **out, struct reason *why)
{
	if (identity && *identity)
		return find(d, as, identity, 2, arena, out, why);
	return as->single ? find_single(d, as, arena, out, why) : reason_set(why, ecInvalidParam, "which %s? Give its name", as->name);
}

status directory_find_surely(struct directory *d, const struct directory_class *as, const char *identity, struct arena *arena,
			     const struct directory_object **out, struct reason *why)
{
	return find(d, as, identity, 1, arena, out, why);
}
