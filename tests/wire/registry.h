/*
 * Every layout in the program, for what is done with all of them: the round-trip test and the fuzz
 * target. A room that has layouts exposes `const struct wire_type *const ROOM_wire_types[]` and
 * gets a row here. Included once in a program.
 */
#ifndef TESTS_WIRE_REGISTRY_H
#define TESTS_WIRE_REGISTRY_H

#include "mapi/value_wire.h"
#include "rop/rop.h"
#include "samples.h"

#define REGISTRY_BUDGET   ((size_t)8 << 20)
#define REGISTRY_TEXT_MAX ((size_t)1 << 20)

/* A program that tests the layouts of another room says which before it includes this. */
#ifndef WIRE_ROOMS
#define WIRE_ROOMS sample_wire_types, mapi_wire_types, rop_wire_types
#endif

static const struct wire_type *const *const wire_rooms[] = { WIRE_ROOMS };

/* Each layout once for each enum wire_counts, those of address books last. NULL beyond the last. */
static inline const struct wire_type *wire_registry_at(size_t i, enum wire_counts *counts)
{
	size_t left = 0;

	for (size_t room = 0; room < sizeof wire_rooms / sizeof *wire_rooms; room++)
		for (const struct wire_type *const *t = wire_rooms[room]; *t; t++)
			left += 2;
	*counts = i >= left ? WIRE_COUNTS_ADDRESS_BOOK : i % 2 ? WIRE_COUNTS_32 : WIRE_COUNTS_16;
	left = i >= left ? i - left : i / 2;
	for (size_t room = 0; room < sizeof wire_rooms / sizeof *wire_rooms; room++)
		for (const struct wire_type *const *t = wire_rooms[room]; *t; t++)
			if (!left--)
				return *t;
	return NULL;
}

static inline size_t wire_registry_size(void)
{
	enum wire_counts counts;
	size_t n = 0;

	while (wire_registry_at(n, &counts))
		n++;
	return n;
}

static inline const char *check_again(const struct wire_type *t, enum wire_counts counts,
				      const void *first, struct bytes encoded)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(REGISTRY_BUDGET);
	void *second = arena_alloc(&arena, t->size);
	struct wire_in in;

	wire_in_init(&in, encoded, &arena);
	in.counts = (uint8_t)counts;
	if (!second || wire_decode_all(&in, t, second, NULL))
		return "what was encoded cannot be decoded";
	return wire_equal(t, first, second) ? NULL : "the second decoding differs from the first";
}

/*
 * Decodes the bytes; what can be decoded must print, and encode to the same bytes or to bytes that
 * decode to the same structure.  Returns NULL when all is well, also when the bytes are refused;
 * else what is wrong.
 */
static inline const char *wire_registry_check(const struct wire_type *t, enum wire_counts counts,
					      struct bytes data)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(REGISTRY_BUDGET);
	CLEANUP_BUF struct buf text = BUF_MAX(REGISTRY_TEXT_MAX);
	/* In address books, a binary that is not there is one byte and becomes five. */
	CLEANUP_BUF struct buf encoded = BUF_MAX(5 * data.n + 64);
	void *first = arena_alloc(&arena, t->size);
	struct reason why = { "" };
	struct wire_out out;
	struct wire_in in;

	wire_in_init(&in, data, &arena);
	in.counts = (uint8_t)counts;
	if (!first || wire_decode_all(&in, t, first, &why))
		return first && !why.text[0] ? "refused without a reason" : NULL;
	wire_print(t, first, &text);
	if (!text.n && !text.failed)
		return "nothing was printed";
	if (!wire_equal(t, first, first))
		return "differs from itself";
	wire_out_init(&out, &encoded);
	out.counts = (uint8_t)counts;
	if (wire_encode(&out, t, first))
		return "what was decoded cannot be encoded";
	return bytes_equal(data, buf_bytes(&encoded))
		       ? NULL
		       : check_again(t, counts, first, buf_bytes(&encoded));
}

static inline bool open_ended(const struct wire_type *t, unsigned depth)
{
	for (uint16_t i = 0; t && depth < 4 && i < t->n_fields; i++) {
		const struct wire_field *f = &t->fields[i];

		if (f->kind == WIRE_REST)
			return true;
		if ((f->kind == WIRE_STRUCT || f->kind == WIRE_REF) &&
		    open_ended(f->type, depth + 1))
			return true;
		for (size_t arm = 0; f->kind == WIRE_UNION && arm < f->arms->n; arm++)
			if (open_ended(f->arms->arm[arm].type, depth + 1))
				return true;
	}
	return false;
}

/* Takes the bytes that are there, however few: a prefix of it may be whole. */
static inline bool wire_open_ended(const struct wire_type *t)
{
	return open_ended(t, 0);
}

#endif
