/* Objects of a class, by what they have. */
#include "store/directory_private.h"

#include <stdlib.h>

/*
 * Parameters count in the order of the text: first what narrows the search, then kinds, parent, what it must have, since when, and what
 * it must not have.
 */
#define WHERE(k1, k2, k3, parent, must, after, without)                                                                         \
	" WHERE o.kind IN (" k1 ", " k2 ", " k3 ") AND (CAST(" parent " AS INTEGER) = 0 OR o.parent = " parent ") AND (CAST(" must \
	" AS TEXT) = '' OR EXISTS (SELECT 1 FROM attribute_values r WHERE r.object = o.id AND r.attribute = " must "))"         \
	" AND o.change_number > " after " AND NOT EXISTS (SELECT 1 FROM attribute_values x WHERE x.object = o.id AND"           \
	" x.attribute = " without ") ORDER BY o.folded, o.id LIMIT 1000001"
#define HAVING(column)                                                                                                    \
	"SELECT o.id FROM (SELECT DISTINCT v.object FROM attribute_values v WHERE v.attribute = $1 AND v." column             \
	" = $2) f JOIN objects o ON o.id = f.object" WHERE("$3", "$4", "$5", "$6", "$7", "$8", "$9")

static const char all[] = "SELECT o.id FROM objects o" WHERE("$1", "$2", "$3", "$4", "$5", "$6", "$7");
static const char by_target[] = HAVING("target");
static const char by_number[] = HAVING("number");
static const char by_folded[] = HAVING("folded");
static const char by_start[] =
	"SELECT o.id FROM (SELECT n.id FROM objects n WHERE n.kind IN ($1, $2, $3) AND n.folded >= $4 AND n.folded < $5"
	" UNION SELECT v.object FROM attribute_values v WHERE v.attribute IN ('DisplayName', 'Alias', 'FirstName', 'LastName')"
	" AND v.folded >= $4 AND v.folded < $5"
	" UNION SELECT v.object FROM attribute_values v WHERE v.attribute = 'EmailAddresses' AND v.folded >= $6 AND v.folded < $7)"
	" f JOIN objects o ON o.id = f.id" WHERE("$8", "$9", "$10", "$11", "$12", "$13", "$14");

/* An end that no text reaches: UTF-8 has no byte 0xFF. */
static struct bytes past(struct bytes prefix, struct arena *arena)
{
	uint8_t *p = prefix.p ? arena_alloc(arena, prefix.n + 1) : NULL;

	if (!p)
		return bytes_of(NULL, 0);
	memcpy(p, prefix.p, prefix.n);
	p[prefix.n] = 0xFF;
	return bytes_of(p, prefix.n + 1);
}

/* Each says what the next free parameter is. */
static status bind_start(struct directory *d, struct sql_statement *q, const char *const kinds[3], const char *starts, struct arena *scratch,
			 int *next, struct reason *why)
{
	static const struct directory_attribute as_text = { .name = "", .type = DIRECTORY_TEXT };
	const char *address = arena_printf(scratch, "smtp:%s", starts);
	struct bytes plain = directory_key(d, &as_text, &(struct directory_value){ .text = starts }, scratch), mail = bytes_of(NULL, 0);

	if (address)
		mail = directory_key(d, &as_text, &(struct directory_value){ .text = address }, scratch);
	struct bytes end = past(plain, scratch), mail_end = past(mail, scratch);
	if (!plain.p || !mail.p || !end.p || !mail_end.p)
		return reason_set(why, ecMemory, "out of memory");
	sql_bind_text(q, 1, kinds[0]);
	sql_bind_text(q, 2, kinds[1]);
	sql_bind_text(q, 3, kinds[2]);
	sql_bind_blob(q, 4, plain);
	sql_bind_blob(q, 5, end);
	sql_bind_blob(q, 6, mail);
	sql_bind_blob(q, 7, mail_end);
	*next = 8;
	return ecNone;
}

static status bind_value(struct directory *d, struct sql_statement *q, const struct directory_attribute *a, const struct directory_value *v,
			 struct arena *scratch, int *next, struct reason *why)
{
	struct bytes key = directory_key(d, a, v, scratch);

	if (!key.p && (a->type == DIRECTORY_TEXT || a->type == DIRECTORY_WORD || a->type == DIRECTORY_GUID))
		return reason_set(why, ecMemory, "out of memory");
	sql_bind_text(q, 1, a->name);
	if (key.p)
		sql_bind_blob(q, 2, key);
	else
		sql_bind_i64(q, 2, v->number);
	*next = 3;
	return ecNone;
}

static const char *query_of(const struct directory_query *q, const struct directory_attribute *a)
{
	if (q->starts)
		return by_start;
	if (!a)
		return all;
	if (a->type == DIRECTORY_REFERENCE)
		return by_target;
	return a->type == DIRECTORY_TEXT || a->type == DIRECTORY_WORD || a->type == DIRECTORY_GUID ? by_folded : by_number;
}

static status bind(struct directory *d, struct sql_statement *s, const struct directory_query *q, const struct directory_attribute *a,
		   struct arena *scratch, struct reason *why)
{
	const char *name = directory_kind_name(q->as->kind), *kinds[3] = { name, name, name };
	status st = ecNone;
	int next = 1;

	for (unsigned k = 0, i = 0; k < DIRECTORY_KINDS && i < 3; k++)
		if (q->as->kinds & (1u << k))
			kinds[i++] = directory_kind_name((enum directory_kind)k);
	if (q->starts)
		st = bind_start(d, s, kinds, q->starts, scratch, &next, why);
	else if (a)
		st = bind_value(d, s, a, q->value, scratch, &next, why);
	sql_bind_text(s, next, kinds[0]);
	sql_bind_text(s, next + 1, kinds[1]);
	sql_bind_text(s, next + 2, kinds[2]);
	sql_bind_i64(s, next + 3, (int64_t)q->parent);
	sql_bind_text(s, next + 4, q->as->requires ? q->as->requires : "");
	sql_bind_i64(s, next + 5, (int64_t)q->changed_after);
	sql_bind_text(s, next + 6, q->as->lacks ? q->as->lacks : "");
	return st;
}

/* Ids as they come; given to `ids` at the end. */
static status take(struct directory *d, struct sql_statement *s, uint64_t **ids, size_t *n, struct reason *why)
{
	uint64_t *v = NULL;
	size_t cap = 0;
	bool row = true;
	status st = ecNone;

	for (*n = 0; !st;) {
		st = sql_step(s, &row);
		if (st || !row)
			break;
		if (*n == cap) {
			cap = cap ? 2 * cap : 64;
			void *more = reallocarray(v, cap, sizeof *v);
			if (!more) {
				free(v);
				return reason_set(why, ecMemory, "out of memory");
			}
			v = more;
		}
		v[(*n)++] = (uint64_t)sql_i64(s, 0);
	}
	if (st || *n > DIRECTORY_LIST_MOST) {
		free(v);
		return st ? directory_sql_failed(d, st, why) : reason_set(why, ecTooBig, "more than %u objects; ask for fewer", DIRECTORY_LIST_MOST);
	}
	*ids = v;
	return ecNone;
}

static status run(struct directory *d, const struct directory_query *q, uint64_t **ids, size_t *n, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)1 << 20);
	size_t row = q->attribute ? directory_row_index(q->as->kind, q->attribute) : 0;
	const struct directory_attribute *a = NULL;

	if (q->attribute) {
		if (row == directory_rows(q->as->kind)->n)
			return reason_set(why, ecInvalidParam, "a %s has no %s", q->as->name, q->attribute);
		a = &directory_rows(q->as->kind)->rows[row];
		if (a->flags & DIRECTORY_COMPUTED)
			return reason_set(why, ecInvalidParam, "%s is not stored: nothing can be looked for by it", a->name);
	}
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(d->db, query_of(q, a));
	status st = bind(d, s, q, a, &scratch, why);
	return st ? st : take(d, s, ids, n, why);
}

status directory_list(struct directory *d, const struct directory_query *q, struct arena *arena, uint64_t **ids, size_t *n, struct reason *why)
{
	uint64_t *found = NULL, *copy = NULL;
	size_t count = 0;
	status s = run(d, q, &found, &count, why);

	if (s)
		return s;
	copy = arena_array(arena, count + 1, sizeof *copy);
	if (copy && count)
		memcpy(copy, found, count * sizeof *copy);
	free(found);
	if (!copy)
		return reason_set(why, ecMemory, "out of memory");
	*ids = copy;
	*n = count;
	return ecNone;
}

status directory_count(struct directory *d, const struct directory_query *q, uint64_t *out, struct reason *why)
{
	uint64_t *found = NULL;
	size_t count = 0;
	status s = run(d, q, &found, &count, why);

	free(found);
	if (!s)
		*out = count;
	return s;
}
