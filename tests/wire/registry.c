#include "registry.h"

#include "mapi/value_wire.h"
#include "samples.h"

#define BUDGET ((size_t)8 << 20)
#define TEXT_MAX ((size_t)1 << 20)

static const struct wire_type *const *const rooms[] = {
	sample_wire_types,
	mapi_wire_types,
};

const struct wire_type *wire_registry_at(size_t i, enum wire_counts *counts)
{
	size_t left = i / 2;

	*counts = i % 2 ? WIRE_COUNTS_32 : WIRE_COUNTS_16;
	for (size_t room = 0; room < sizeof rooms / sizeof *rooms; room++)
		for (const struct wire_type *const *t = rooms[room]; *t; t++)
			if (!left--)
				return *t;
	return NULL;
}

size_t wire_registry_size(void)
{
	enum wire_counts counts;
	size_t n = 0;

	while (wire_registry_at(n, &counts))
		n++;
	return n;
}

static const char *check_again(const struct wire_type *t, enum wire_counts counts, const void *first,
			       struct bytes encoded)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BUDGET);
	void *second = arena_alloc(&arena, t->size);
	struct wire_in in;

	wire_in_init(&in, encoded, &arena);
	in.counts = (uint8_t)counts;
	if (!second || wire_decode_all(&in, t, second, NULL))
		return "what was encoded cannot be decoded";
	return wire_equal(t, first, second) ? NULL : "the second decoding differs from the first";
}

const char *wire_registry_check(const struct wire_type *t, enum wire_counts counts, struct bytes data)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BUDGET);
	CLEANUP_BUF struct buf text = BUF_MAX(TEXT_MAX), encoded = BUF_MAX(data.n + 64);
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
	return bytes_equal(data, buf_bytes(&encoded)) ? NULL : check_again(t, counts, first, buf_bytes(&encoded));
}

static bool open_ended(const struct wire_type *t, unsigned depth)
{
	for (uint16_t i = 0; t && depth < 4 && i < t->n_fields; i++) {
		const struct wire_field *f = &t->fields[i];

		if (f->kind == WIRE_REST)
			return true;
		if ((f->kind == WIRE_STRUCT || f->kind == WIRE_REF) && open_ended(f->type, depth + 1))
			return true;
		for (size_t arm = 0; f->kind == WIRE_UNION && arm < f->arms->n; arm++)
			if (open_ended(f->arms->arm[arm].type, depth + 1))
				return true;
	}
	return false;
}

bool wire_open_ended(const struct wire_type *t)
{
	return open_ended(t, 0);
}
