/*
 * FastTransfer streams: the first byte says how they are read and in pieces of what size, the rest is the stream.  Cut
 * in any way it gives the same; at rest, what was read is written again and read to the same.
 */
#include <stdlib.h>

#include "mapi/fingerprint.h"
#include "rop/fasttransfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

struct reading {
	struct fingerprinter sum; /* of everything that was said */
	struct buf again;         /* written anew, as far as it can be */
	struct name_map *names;
	bool can_repeat;
	uint64_t used;
};

static void say(struct reading *r, const void *p, size_t n)
{
	fingerprinter_add(&r->sum, bytes_of(p, n));
}

static void take_prop(struct reading *r, const struct ft_event *e)
{
	struct prop p = e->prop;
	bool list = prop_is_list(p.tag) && !(p.flags & PROP_LARGE);

	say(r, &p.tag, sizeof p.tag);
	say(r, &p.size, sizeof p.size);
	for (uint32_t i = 0; list && i < p.count; i++)
		say(r, p.values[i].p, p.values[i].n);
	if (!list)
		say(r, p.value.p, p.value.n);
	if (e->named) {
		uint16_t id = 0;

		if (!r->names)
			check((r->names = name_map_new()) != NULL);
		say(r, &e->name.set, sizeof e->name.set);
		r->can_repeat = r->can_repeat && !name_map_assign(r->names, &e->name, &id);
		p.tag = tag_make(id ? id : prop_id(&p), prop_type(&p));
	}
	r->can_repeat = r->can_repeat && !(p.flags & PROP_LARGE);
	if (r->can_repeat)
		ft_put_prop(&r->again, &p, e->named ? r->names : NULL);
}

static status read_stream(struct bytes data, const struct ft_limits *limits, size_t step, struct reading *r)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	CLEANUP_FT_LEXER struct ft_lexer l;
	struct ft_event e;
	status s = ecNone;

	ft_lexer_init(&l, limits);
	while (!s) {
		s = ft_lexer_next(&l, &arena, &e);
		if (s || (e.kind == FT_MORE && !data.n))
			break;
		if (e.kind == FT_MORE) {
			size_t n = data.n < step ? data.n : step;

			ft_lexer_feed(&l, bytes_of(data.p, n));
			data = bytes_of(data.p + n, data.n - n);
		} else if (e.kind == FT_PROP) {
			take_prop(r, &e);
			arena_reset(&arena);
		} else if (e.kind == FT_MARKER) {
			say(r, &e.marker, sizeof e.marker);
			ft_put_marker(&r->again, (enum ft_marker)e.marker);
		} else if (e.kind == FT_CHUNK) {
			say(r, e.chunk.p, e.chunk.n);
		}
	}
	if (!s)
		s = ft_lexer_finish(&l);
	check(!s || l.why.text[0]);
	r->used = l.used;
	return s;
}

static void begin(struct reading *r)
{
	fingerprinter_start(&r->sum);
	buf_init(&r->again, (size_t)64 << 20);
	r->can_repeat = true;
}

static void end(struct reading *r)
{
	buf_free(&r->again);
	name_map_free(r->names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading *r;
	size_t step;

	if (!size || !(r = calloc(3, sizeof *r)))
		return 0;
	struct ft_limits limits = *data & 1 ? ft_limits_rest : ft_limits_wire;
	limits.value_max = *data & 2 ? 16 : limits.value_max;
	step = 1u + (*data >> 2);
	struct bytes stream = bytes_of(data + 1, size - 1);
	for (unsigned i = 0; i < 3; i++)
		begin(&r[i]);
	status whole = read_stream(stream, &limits, SIZE_MAX, &r[0]);
	status pieces = read_stream(stream, &limits, step, &r[1]);
	check(whole == pieces);
	check(whole || fingerprint_equal(fingerprinter_end(&r[0].sum), fingerprinter_end(&r[1].sum)));
	if (!whole && r[0].can_repeat && !r[0].again.failed) {
		check(!read_stream(buf_bytes(&r[0].again), &ft_limits_rest, SIZE_MAX, &r[2]));
		check(r[2].used == r[0].again.n);
	}
	for (unsigned i = 0; i < 3; i++)
		end(&r[i]);
	free(r);
	return 0;
}
