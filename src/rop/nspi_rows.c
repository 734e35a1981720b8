/* Rows behind their columns: [MS-OXCMAPIHTTP] 2.2.1.4 to 2.2.1.7. */
#include "rop/nspi.h"

#define ROW_PLAIN   0x00 /* every value is there */
#define ROW_FLAGGED 0x01 /* each value stands behind a flag */

enum value_flag { VALUE_PRESENT = 0x00, VALUE_MISSING = 0x01, VALUE_ERROR = 0x0A };

#define PRINT_CODEPAGE 1252

/* The tag that a value of this type has in the column. */
static uint32_t value_tag(uint32_t column, uint16_t type)
{
	return tag_make(tag_id(column), type);
}

/* Decoding ------------------------------------------------------------------------------------- */

static bool pull_flagged(struct wire_in *in, uint32_t column, uint16_t type, struct prop *value)
{
	uint8_t flag = 0;

	if (!wire_pull_u8(in, &flag))
		return false;
	switch (flag) {
	case VALUE_PRESENT:
		return prop_value_pull(in, value_tag(column, type), value);
	case VALUE_MISSING:
		*value = (struct prop){ .tag = value_tag(column, PT_NULL), .count = 1 };
		return true;
	case VALUE_ERROR:
		return prop_value_pull(in, value_tag(column, PT_ERROR), value);
	default:
		return wire_fail(in, ecCorruptData, "a value with a flag that does not exist");
	}
}

static bool pull_value(struct wire_in *in, uint8_t flags, uint32_t column, struct prop *value)
{
	uint16_t type = tag_type(column);

	if (type == PT_UNSPECIFIED && !wire_pull_u16(in, &type))
		return false;
	return flags == ROW_FLAGGED ? pull_flagged(in, column, type, value)
				    : prop_value_pull(in, value_tag(column, type), value);
}

static bool pull_row(struct wire_in *in, const struct nspi_ids *columns, struct nspi_row *row)
{
	uint8_t flags = 0;

	if (!wire_pull_u8(in, &flags))
		return false;
	if (flags > ROW_FLAGGED)
		return wire_fail(in, ecCorruptData, "a row with flags that do not exist");
	row->values = arena_alloc(in->arena, columns->n * sizeof *row->values);
	if (!row->values)
		return wire_fail(in, ecMemory, "takes more memory than there may be");
	for (uint32_t i = 0; i < columns->n; i++)
		if (!pull_value(in, flags, columns->v[i], &row->values[i]))
			return wire_fail_at(&in->error, NULL, i);
	return true;
}

static bool rows_pull(struct wire_in *in, void *field)
{
	struct nspi_rows rows = { .n = 0 };

	if (!nspi_ids_custom.pull(in, &rows.columns) || !nspi_count_custom.pull(in, &rows.n))
		return false;
	if (rows.n && !(rows.v = wire_pull_room(in, rows.n, sizeof *rows.v, 1)))
		return false;
	for (uint32_t i = 0; i < rows.n; i++)
		if (!pull_row(in, &rows.columns, &rows.v[i]))
			return wire_fail_at(&in->error, NULL, i);
	*(struct nspi_rows *)field = rows;
	return true;
}

/* Encoding ------------------------------------------------------------------------------------- */

/*
 * Does the column say all about the value, so that it needs no flag?  An error needs one whatever the column is of: rows
 * without flags are those in which every value is present and without error (2.2.1.7).
 */
static bool is_plain(uint32_t column, const struct prop *value)
{
	uint16_t type = prop_type(value);

	return type != PT_ERROR && type != PT_NULL && (tag_type(column) == PT_UNSPECIFIED || type == tag_type(column));
}

static bool push_flagged(struct wire_out *out, const struct prop *value, bool plain)
{
	if (plain)
		return wire_push_u8(out, VALUE_PRESENT) && prop_value_push(out, value);
	if (prop_type(value) == PT_NULL)
		return wire_push_u8(out, VALUE_MISSING);
	if (prop_type(value) == PT_ERROR)
		return wire_push_u8(out, VALUE_ERROR) && prop_value_push(out, value);
	return wire_out_fail(out, ecInvalidParam, "a value that is not of the type of its column");
}

static bool push_value(struct wire_out *out, uint8_t flags, uint32_t column,
		       const struct prop *value)
{
	if (tag_type(column) == PT_UNSPECIFIED && !wire_push_u16(out, prop_type(value)))
		return false;
	return flags == ROW_FLAGGED ? push_flagged(out, value, is_plain(column, value))
				    : prop_value_push(out, value);
}

static bool push_row(struct wire_out *out, const struct nspi_ids *columns,
		     const struct nspi_row *row)
{
	uint8_t flags = ROW_PLAIN;

	for (uint32_t i = 0; i < columns->n; i++)
		if (!is_plain(columns->v[i], &row->values[i]))
			flags = ROW_FLAGGED;
	if (!wire_push_u8(out, flags))
		return false;
	for (uint32_t i = 0; i < columns->n; i++)
		if (!push_value(out, flags, columns->v[i], &row->values[i]))
			return wire_fail_at(&out->error, NULL, i);
	return true;
}

static bool rows_push(struct wire_out *out, const void *field)
{
	const struct nspi_rows *rows = field;

	if (!nspi_ids_custom.push(out, &rows->columns) || !nspi_count_custom.push(out, &rows->n))
		return false;
	for (uint32_t i = 0; i < rows->n; i++)
		if (!push_row(out, &rows->columns, &rows->v[i]))
			return wire_fail_at(&out->error, NULL, i);
	return true;
}

/* The rest ------------------------------------------------------------------------------------- */

static void rows_print(struct buf *out, const void *field)
{
	const struct nspi_rows *rows = field;

	nspi_ids_custom.print(out, &rows->columns);
	for (uint32_t i = 0; i < rows->n && !out->failed; i++) {
		buf_add_str(out, " {");
		for (uint32_t k = 0; k < rows->columns.n; k++) {
			if (k)
				buf_add_u8(out, ' ');
			prop_format(&rows->v[i].values[k], PRINT_CODEPAGE, out);
		}
		buf_add_u8(out, '}');
	}
}

static bool rows_equal(const void *a, const void *b)
{
	const struct nspi_rows *x = a, *y = b;
	bool same = nspi_ids_custom.equal(&x->columns, &y->columns) && x->n == y->n;

	for (uint32_t i = 0; same && i < x->n; i++)
		for (uint32_t k = 0; same && k < x->columns.n; k++)
			same = prop_equal(&x->v[i].values[k], &y->v[i].values[k]);
	return same;
}

/* A value that the column can have: of its type, an error, or none. */
static bool random_value(struct wire_random *r, uint32_t *column, bool first, struct prop *value)
{
	static const uint8_t error[4] = { 0x0F, 0x01, 0x04, 0x80 };

	if (!first && wire_random_below(r, 2)) {
		bool missing = wire_random_below(r, 2);

		*value = (struct prop){ .tag = value_tag(*column, missing ? PT_NULL : PT_ERROR),
					.count = 1 };
		value->value = bytes_of(error, missing ? 0 : sizeof error);
		return true;
	}
	if (first) { /* whose type becomes that of the column, or nobody knows it before */
		if (!tagged_value_custom.random(r, value))
			return false;
		*column = value->tag;
		if (prop_type(value) != PT_ERROR && prop_type(value) != PT_NULL &&
		    wire_random_below(r, 3) == 0)
			*column = value_tag(*column, PT_UNSPECIFIED);
	}
	return true;
}

static bool random_row(struct wire_random *r, struct nspi_rows *rows, uint32_t i)
{
	struct prop *values = arena_array(r->arena, rows->columns.n, sizeof *values);

	rows->v[i].values = values;
	for (uint32_t k = 0; values && k < rows->columns.n; k++) {
		if (i)
			values[k] = rows->v[0].values[k];
		if (!random_value(r, &rows->columns.v[k], !i, &values[k]))
			return false;
	}
	return values != NULL;
}

static bool rows_random(struct wire_random *r, void *field)
{
	struct nspi_rows *rows = field;

	rows->n = wire_random_below(r, 4);
	rows->columns.n = rows->n ? wire_random_below(r, 4) : 0;
	rows->v = arena_array(r->arena, rows->n, sizeof *rows->v);
	rows->columns.v = arena_array(r->arena, rows->columns.n, sizeof *rows->columns.v);
	if (!rows->v || !rows->columns.v)
		return false;
	for (uint32_t i = 0; i < rows->n; i++)
		if (!random_row(r, rows, i))
			return false;
	return true;
}

const struct wire_custom nspi_rows_custom = { rows_pull, rows_push, rows_print, rows_equal,
					      rows_random };
