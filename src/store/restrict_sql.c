#include "store/restrict_sql.h"

#include "store/restrict_private.h"

/* What a condition came to. */
enum verdict {
	OPEN,  /* nothing was written: any row may match */
	PART,  /* every row that matches fulfils what was written */
	WHOLE, /* and every row that fulfils it matches */
};

struct writer {
	struct restrict_sql *out;
	const struct restrict_column *columns;
};

static enum verdict write_node(struct writer *w, const struct restrict_node *n);

static const struct restrict_column *column_of(const struct writer *w, uint32_t tag)
{
	for (const struct restrict_column *c = w->columns; c->tag; c++)
		if (tag_id(c->tag) == tag_id(tag) && (tag_type(c->tag) == tag_type(tag) || tag_type(tag) == PT_UNSPECIFIED))
			return c;
	return NULL;
}

/* The number of the parameter; 0 when there is no room. */
static unsigned add_number(struct writer *w, int64_t v)
{
	struct restrict_sql *o = w->out;

	if (o->n == RESTRICT_SQL_VALUES)
		return 0;
	o->values[o->n].is_bytes = false;
	o->values[o->n].number = v;
	return o->first + o->n++;
}

static unsigned add_bytes(struct writer *w, struct bytes v)
{
	struct restrict_sql *o = w->out;

	if (o->n == RESTRICT_SQL_VALUES)
		return 0;
	o->values[o->n].is_bytes = true;
	o->values[o->n].bytes = v;
	return o->first + o->n++;
}

static const char *const relops[] = { "<", "<=", ">", ">=", "=", "<>" };

static bool operand(const struct prop *p, enum restrict_column_kind kind, int64_t *out)
{
	bool time = restrict_kind(prop_type(p)) == VALUE_TIME;
	struct bytes v = p->value;

	if (prop_type(p) & MV_FLAG || time != (kind == COLUMN_TIME) || v.n != prop_type_fixed_size(prop_type(p)))
		return false;
	switch (prop_type(p)) {
	case PT_BOOLEAN:
		*out = v.p[0] != 0;
		return true;
	case PT_SHORT:
		*out = (int16_t)le16(v.p);
		return true;
	case PT_LONG:
		*out = (int32_t)le32(v.p);
		return true;
	case PT_I8:
	case PT_CURRENCY:
	case PT_SYSTIME:
		*out = (int64_t)le64(v.p);
		return !time || *out >= 0; /* a column holds what is below 2^63 */
	default:
		return false;
	}
}

static enum verdict write_number(struct writer *w, const struct restrict_node *n, const struct restrict_column *c)
{
	int64_t v = 0;
	unsigned i;

	if (!operand(n->value, c->kind, &v))
		return OPEN;
	i = add_number(w, v);
	if (!i)
		return OPEN;
	if (c->kind == COLUMN_NUMBER)
		buf_printf(&w->out->text, "(%s %s $%u)", c->sql, relops[n->relop], i);
	else if (n->relop == RELOP_NE)
		buf_printf(&w->out->text, "(%s = 0 OR %s <> $%u)", c->sql, c->sql, i);
	else
		buf_printf(&w->out->text, "(%s <> 0 AND %s %s $%u)", c->sql, c->sql, relops[n->relop], i);
	return WHOLE;
}

static enum verdict write_property(struct writer *w, const struct restrict_node *n)
{
	const struct restrict_column *c = column_of(w, n->tag);
	unsigned i;

	if (!c)
		return OPEN;
	if (c->kind != COLUMN_BYTES)
		return write_number(w, n, c);
	if (prop_type(n->value) != PT_BINARY || (n->relop != RELOP_EQ && n->relop != RELOP_NE))
		return OPEN;
	i = add_bytes(w, n->value->value);
	if (!i)
		return OPEN;
	if (n->relop == RELOP_EQ)
		buf_printf(&w->out->text, "(%s IS NOT NULL AND %s = $%u)", c->sql, c->sql, i);
	else
		buf_printf(&w->out->text, "(%s IS NULL OR %s <> $%u)", c->sql, c->sql, i);
	return WHOLE;
}

static enum verdict write_bitmask(struct writer *w, const struct restrict_node *n)
{
	const struct restrict_column *c = column_of(w, n->tag);

	if (!c || (c->kind != COLUMN_NUMBER && c->kind != COLUMN_OPTIONAL))
		return OPEN;
	if (c->kind == COLUMN_OPTIONAL)
		buf_printf(&w->out->text, "(%s <> 0 AND (%s & %u) %s 0)", c->sql, c->sql, n->number,
			   n->relop == BITMAP_EQZ ? "=" : "<>");
	else
		buf_printf(&w->out->text, "((%s & %u) %s 0)", c->sql, n->number, n->relop == BITMAP_EQZ ? "=" : "<>");
	return WHOLE;
}

static enum verdict write_exist(struct writer *w, const struct restrict_node *n)
{
	const struct restrict_column *c = column_of(w, n->tag);

	if (!c)
		return OPEN;
	if (c->kind == COLUMN_NUMBER)
		buf_add_str(&w->out->text, "(1 = 1)");
	else
		buf_printf(&w->out->text, c->kind == COLUMN_BYTES ? "(%s IS NOT NULL)" : "(%s <> 0)", c->sql);
	return WHOLE;
}

static void forget(struct writer *w, size_t length, unsigned n)
{
	buf_truncate(&w->out->text, length);
	w->out->n = n;
}

/* Conditions that stay open are left out of an AND; an OR with one of them is open. */
static enum verdict write_list(struct writer *w, const struct restrict_node *n)
{
	struct buf *text = &w->out->text;
	size_t start = text->n;
	unsigned had = w->out->n;
	bool all = n->kind == RES_AND, any = false;
	enum verdict verdict = WHOLE;

	if (!n->n) {
		buf_add_str(text, all ? "(1 = 1)" : "(1 = 0)");
		return WHOLE;
	}
	buf_add_u8(text, '(');
	for (size_t i = 0; i < n->n; i++) {
		size_t before = text->n;
		unsigned values = w->out->n;

		if (any)
			buf_add_str(text, all ? " AND " : " OR ");
		enum verdict v = write_node(w, &n->child[i]);
		if (v == OPEN && !all) {
			forget(w, start, had);
			return OPEN;
		}
		if (v == OPEN)
			forget(w, before, values);
		any = any || v != OPEN;
		verdict = v == WHOLE ? verdict : PART;
	}
	buf_add_u8(text, ')');
	if (any)
		return verdict;
	forget(w, start, had);
	return OPEN;
}

static enum verdict write_not(struct writer *w, const struct restrict_node *n)
{
	size_t start = w->out->text.n;
	unsigned had = w->out->n;

	buf_add_str(&w->out->text, "(NOT ");
	if (write_node(w, n->child) != WHOLE) {
		forget(w, start, had);
		return OPEN;
	}
	buf_add_u8(&w->out->text, ')');
	return WHOLE;
}

static enum verdict write_node(struct writer *w, const struct restrict_node *n)
{
	switch (n->kind) {
	case RES_AND:
	case RES_OR:
		return write_list(w, n);
	case RES_NOT:
		return write_not(w, n);
	case RES_PROPERTY:
		return write_property(w, n);
	case RES_BITMASK:
		return write_bitmask(w, n);
	case RES_EXIST:
		return write_exist(w, n);
	case RES_COMMENT:
		if (n->n)
			return write_node(w, n->child);
		buf_add_str(&w->out->text, "(1 = 1)");
		return WHOLE;
	default:
		return OPEN;
	}
}

void restrict_sql(const struct restrict_node *n, const struct restrict_column *columns, unsigned first, struct restrict_sql *out)
{
	struct writer w = { .out = out, .columns = columns };

	*out = (struct restrict_sql){ .text = BUF_MAX(RESTRICT_SQL_MAX), .complete = true, .first = first };
	if (!n)
		return;
	out->complete = write_node(&w, n) == WHOLE;
	if (out->text.failed) {
		buf_clear(&out->text);
		out->n = 0;
		out->complete = false;
	}
}

void restrict_sql_bind(const struct restrict_sql *r, struct sql_statement *s)
{
	for (unsigned i = 0; i < r->n; i++) {
		if (r->values[i].is_bytes)
			sql_bind_blob(s, (int)(r->first + i), r->values[i].bytes);
		else
			sql_bind_i64(s, (int)(r->first + i), r->values[i].number);
	}
}

void restrict_sql_free(struct restrict_sql *r)
{
	buf_free(&r->text);
}
