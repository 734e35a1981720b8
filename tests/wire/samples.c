#include "samples.h"

static bool varint_pull(struct wire_in *in, void *field)
{
	uint32_t v = 0;
	uint8_t b = 0x80;

	for (unsigned shift = 0; shift < 28 && b & 0x80; shift += 7) {
		if (!wire_pull_u8(in, &b))
			return false;
		v |= (uint32_t)(b & 0x7F) << shift;
		if (!b && shift)
			return wire_fail(in, ecCorruptData, "a number longer than it must be");
	}
	*(uint32_t *)field = v;
	return !(b & 0x80) || wire_fail(in, ecCorruptData, "a number without end");
}

static bool varint_push(struct wire_out *out, const void *field)
{
	uint32_t v = *(const uint32_t *)field;

	if (v >> 28)
		return wire_out_fail(out, ecInvalidParam, "a number that is too large");
	for (; v >= 0x80; v >>= 7)
		if (!wire_push_u8(out, (uint8_t)(v | 0x80)))
			return false;
	return wire_push_u8(out, (uint8_t)v);
}

static void varint_print(struct buf *out, const void *field)
{
	buf_printf(out, "%u", *(const uint32_t *)field);
}

static bool varint_equal(const void *a, const void *b)
{
	return *(const uint32_t *)a == *(const uint32_t *)b;
}

static bool varint_random(struct wire_random *r, void *field)
{
	*(uint32_t *)field = (uint32_t)wire_random_u64(r) >> (4 + wire_random_below(r, 28));
	return true;
}

const struct wire_custom varint_custom = { varint_pull, varint_push, varint_print, varint_equal, varint_random };

WIRE_DEFINE(column, COLUMN)
WIRE_DEFINE(set_columns, SET_COLUMNS)
WIRE_DEFINE(open_folder, OPEN_FOLDER)
WIRE_DEFINE(scalars, SCALARS)
WIRE_DEFINE(texts, TEXTS)
WIRE_DEFINE(lists, LISTS)
WIRE_DEFINE(tail, TAIL)
WIRE_DEFINE(windows, WINDOWS)
WIRE_UNION_DEFINE(shapes, SHAPES)
WIRE_DEFINE(choices, CHOICES)
WIRE_DEFINE(leaf, LEAF)
WIRE_DEFINE(pair, PAIR)
WIRE_DEFINE(branch, BRANCH)
WIRE_UNION_DEFINE(tree_arms, TREE_ARMS)
WIRE_DEFINE(tree, TREE)
WIRE_DEFINE(customs, CUSTOMS)
WIRE_DEFINE(nothing, NOTHING)

const struct wire_type *const sample_wire_types[] = {
	&set_columns_wire,
	&open_folder_wire,
	&scalars_wire,
	&texts_wire,
	&lists_wire,
	&tail_wire,
	&windows_wire,
	&choices_wire,
	&tree_wire,
	&customs_wire,
	&nothing_wire,
	NULL,
};
