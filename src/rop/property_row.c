#include "rop/property_row.h"

enum row_form { ROW_STANDARD = 0x00, ROW_FLAGGED = 0x01 };
enum value_flag { VALUE_THERE = 0x00, VALUE_ABSENT = 0x01, VALUE_ERROR = 0x0A };

/* Encoding ------------------------------------------------------------------------------------- */

/* What a column wants of a value: its type, or with MV_INSTANCE that of one element. */
static bool fits(uint32_t tag, const struct prop *p)
{
	uint16_t want = tag_type(tag), have = prop_type(p);

	if (p->flags & PROP_LARGE)
		return false;
	if (want == PT_UNSPECIFIED || want == have)
		return true;
	return (want & MV_FLAG) && (want & MV_INSTANCE) &&
	       have == (want & (uint16_t) ~(MV_FLAG | MV_INSTANCE));
}

static bool is_there(uint32_t tag, const struct prop *p)
{
	return p && prop_type(p) != PT_ERROR && prop_type(p) != PT_NULL && fits(tag, p);
}

static bool push_error(struct wire_out *out, const struct prop *p)
{
	uint32_t code = ecNotFound;

	if (p && prop_type(p) == PT_NULL)
		return wire_push_u8(out, VALUE_ABSENT);
	if (p && prop_type(p) == PT_ERROR && p->value.n == 4)
		code = le32(p->value.p);
	return wire_push_u8(out, VALUE_ERROR) && wire_push_u32(out, code);
}

static bool push_value(struct wire_out *out, uint32_t tag, const struct prop *p, bool flagged)
{
	bool there = is_there(tag, p);
	struct prop value;

	if (tag_type(tag) == PT_UNSPECIFIED) {
		uint16_t type = there ? prop_type(p) : PT_ERROR;

		if (!wire_push_u16(out, type))
			return false;
	}
	if (!there)
		return push_error(out, p);
	if (flagged && !wire_push_u8(out, VALUE_THERE))
		return false;
	value = *p;
	if (tag_type(tag) != PT_UNSPECIFIED)
		value.tag = tag;
	return prop_value_push(out, &value);
}

struct row {
	const uint32_t *tags;
	size_t n;
	/* One of these; from the bag by id. */
	const struct prop *const *values;
	const struct prop *array;
	const struct bag *bag;
};

static const struct prop *value_at(const struct row *row, size_t i)
{
	if (row->values)
		return row->values[i];
	return row->array ? &row->array[i] : bag_find(row->bag, tag_id(row->tags[i]));
}

static bool push_row(struct wire_out *out, const struct row *row)
{
	bool flagged = false;

	for (size_t i = 0; i < row->n && !flagged; i++)
		flagged = !is_there(row->tags[i], value_at(row, i));
	if (!wire_push_u8(out, flagged ? ROW_FLAGGED : ROW_STANDARD))
		return false;
	for (size_t i = 0; i < row->n; i++)
		if (!push_value(out, row->tags[i], value_at(row, i), flagged))
			return wire_fail_at(&out->error, NULL, i);
	return true;
}

static status put_row(struct buf *out, const struct row *row, struct reason *why)
{
	size_t mark = out->n;
	struct wire_out o;

	if (out->failed)
		return reason_set(why, ecTooBig, "row: the buffer has failed before");
	wire_out_init(&o, out);
	if (push_row(&o, row))
		return ecNone;
	buf_truncate(out, mark);
	out->failed = false;
	wire_fail_at(&o.error, "row", 0);
	return wire_error_reason(&o.error, why);
}

status property_row_put_values(struct buf *out, const uint32_t *tags, size_t n,
			       const struct prop *const *values, struct reason *why)
{
	struct row row = { .tags = tags, .n = n, .values = values };

	return put_row(out, &row, why);
}

status property_row_put(struct buf *out, const uint32_t *tags, size_t n, const struct bag *values,
			struct reason *why)
{
	struct row row = { .tags = tags, .n = n, .bag = values };

	return put_row(out, &row, why);
}

bool property_row_push(struct wire_out *out, const uint32_t *tags, size_t n,
		       const struct prop *values)
{
	struct row row = { .tags = tags, .n = n, .array = values };

	return push_row(out, &row);
}

/* Decoding ------------------------------------------------------------------------------------- */

static bool pull_error(struct wire_in *in, uint32_t tag, struct prop *value)
{
	struct bytes code = { NULL, 0 };

	if (!wire_pull_bytes(in, 4, &code))
		return false;
	*value = (struct prop){
		.tag = tag_make(tag_id(tag), PT_ERROR), .count = 1, .size = 4, .value = code
	};
	return true;
}

static bool pull_value(struct wire_in *in, uint32_t tag, bool flagged, struct prop *value)
{
	uint16_t type = tag_type(tag);
	uint8_t flag = VALUE_THERE;

	if (type == PT_UNSPECIFIED && !wire_pull_u16(in, &type))
		return false;
	if (flagged && !wire_pull_u8(in, &flag))
		return false;
	switch (flag) {
	case VALUE_THERE:
		return prop_value_pull(in, tag_make(tag_id(tag), type), value);
	case VALUE_ABSENT:
		*value = (struct prop){ .tag = tag_make(tag_id(tag), PT_NULL), .count = 1 };
		return true;
	case VALUE_ERROR:
		return pull_error(in, tag, value);
	default:
		return wire_fail(in, ecCorruptData, "a flag that does not exist before a value");
	}
}

static bool pull_form(struct wire_in *in, bool *flagged)
{
	uint8_t form = 0;

	if (!wire_pull_u8(in, &form))
		return false;
	*flagged = form == ROW_FLAGGED;
	return form == ROW_STANDARD || form == ROW_FLAGGED ||
	       wire_fail(in, ecCorruptData, "a row of a form that does not exist");
}

bool property_row_pull(struct wire_in *in, const uint32_t *tags, size_t n, struct prop *values)
{
	bool flagged = false;

	if (!pull_form(in, &flagged))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!pull_value(in, tags[i], flagged, &values[i]))
			return wire_fail_at(&in->error, NULL, i);
	return true;
}

bool property_row_skip(struct wire_in *in, const uint32_t *tags, size_t n)
{
	struct arena_mark mark = arena_mark(in->arena);
	bool flagged = false, ok = pull_form(in, &flagged);
	struct prop value;

	for (size_t i = 0; ok && i < n; i++) {
		ok = pull_value(in, tags[i], flagged, &value);
		if (!ok)
			wire_fail_at(&in->error, NULL, i);
		arena_rewind(in->arena, mark);
	}
	return ok;
}

status property_row_next(struct bytes *data, const uint32_t *tags, size_t n, struct arena *a,
			 struct prop *values, struct reason *why)
{
	struct wire_in in;

	wire_in_init(&in, *data, a);
	if (!property_row_pull(&in, tags, n, values)) {
		wire_fail_at(&in.error, "row", 0);
		return wire_error_reason(&in.error, why);
	}
	*data = bytes_of(in.r.p, reader_left(&in.r));
	return ecNone;
}
