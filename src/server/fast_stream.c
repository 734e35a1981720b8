#include "server/fast_stream.h"

#include "base/utf16.h"

#include <stdlib.h>
#include <string.h>

#define WAITING_MAX (3 * MESSAGE_BODY_MAX)
#define ecBufferTooSmall 0x0000047Du
/* Elements that belong together and are longer than any buffer are cut all the same: no client could be given them else. */
#define FIRM_MAX ((size_t)16 << 10)
/* Short elements that stand one after the other are given out together. */
#define MERGED_MAX 256u

void fast_stream_init(struct fast_stream *s, fast_producer *more, void *context)
{
	*s = (struct fast_stream){ .arena = ARENA_BUDGET(WAITING_MAX), .more = more, .context = context };
}

void fast_stream_free(struct fast_stream *s)
{
	arena_free(&s->arena);
	free(s->v);
	s->v = NULL;
}

/* Putting ----------------------------------------------------------------------------------------------------------------- */

static struct fast_segment *add(struct fast_stream *s)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 256;
		struct fast_segment *v = reallocarray(s->v, cap, sizeof *v);

		if (!v)
			return NULL;
		s->v = v;
		s->cap = cap;
	}
	return &s->v[s->n++];
}

/* Follows on the one before without a gap, and both are firm: one copy less. */
static bool continues(const struct fast_stream *s, struct bytes bytes, size_t firm)
{
	const struct fast_segment *last = s->n > s->at ? &s->v[s->n - 1] : NULL;

	return last && !last->is_large && last->firm == last->bytes.n && firm == bytes.n && last->bytes.p + last->bytes.n == bytes.p &&
	       last->firm + firm <= MERGED_MAX;
}

status fast_put(struct fast_stream *s, struct bytes bytes, size_t firm)
{
	struct fast_segment *f;

	if (!bytes.n)
		return ecNone;
	if (continues(s, bytes, firm)) {
		s->v[s->n - 1].bytes.n += bytes.n;
		s->v[s->n - 1].firm += firm;
		return ecNone;
	}
	f = add(s);
	if (!f)
		return ecMemory;
	*f = (struct fast_segment){ .bytes = bytes, .firm = firm > FIRM_MAX ? FIRM_MAX : firm };
	return ecNone;
}

status fast_put_large(struct fast_stream *s, const struct message_large *large)
{
	struct fast_segment *f = add(s);

	if (!f)
		return ecMemory;
	*f = (struct fast_segment){ .is_large = true, .large = *large };
	return ecNone;
}

status fast_put_marker(struct fast_stream *s, uint32_t marker)
{
	uint8_t *p = arena_alloc(&s->arena, 4);

	if (!p)
		return ecMemory;
	put_le32(p, marker);
	return fast_put(s, bytes_of(p, 4), 4);
}

status fast_put_prop(struct fast_stream *s, const struct prop *p, const struct name_map *names)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MESSAGE_BODY_MAX);
	size_t value = prop_is_list(p->tag) || prop_type_fixed_size(prop_type(p)) ? 0 : p->value.n;
	const uint8_t *copy;

	if (!ft_can_say(p, names))
		return ecNone;
	ft_put_prop(&b, p, names);
	copy = arena_memdup(&s->arena, b.p, b.n);
	if (b.failed || !copy)
		return ecMemory;
	return fast_put(s, bytes_of(copy, b.n), b.n - (value < b.n ? value : b.n));
}

static status put_value(struct fast_stream *s, uint32_t tag, struct bytes v)
{
	const struct prop p = { .tag = tag, .count = 1, .size = v.n, .value = v };

	return fast_put_prop(s, &p, NULL);
}

status fast_put_u32(struct fast_stream *s, uint32_t tag, uint32_t v)
{
	uint8_t b[4];

	put_le32(b, v);
	return put_value(s, tag, bytes_of(b, sizeof b));
}

status fast_put_u64(struct fast_stream *s, uint32_t tag, uint64_t v)
{
	uint8_t b[8];

	put_le64(b, v);
	return put_value(s, tag, bytes_of(b, sizeof b));
}

status fast_put_bool(struct fast_stream *s, uint32_t tag, bool v)
{
	uint8_t b = v;

	return put_value(s, tag, bytes_of(&b, 1));
}

status fast_put_bytes(struct fast_stream *s, uint32_t tag, struct bytes v)
{
	return put_value(s, tag, v);
}

status fast_put_text(struct fast_stream *s, uint32_t tag, const char *utf8)
{
	struct bytes text = utf16_bytes(&s->arena, utf8);

	return text.p ? put_value(s, tag, text) : ecMemory;
}

/* Giving ------------------------------------------------------------------------------------------------------------------ */

static status give_large(struct fast_stream *s, struct mailbox *m, const struct fast_segment *f, struct buf *out, size_t room)
{
	uint64_t left = f->large.size - s->offset;
	size_t n = left < room ? (size_t)left : room, got = 0;
	uint8_t *to = n ? buf_extend(out, n) : NULL;
	status st;

	if (!n)
		return ecNone;
	if (!to)
		return ecMemory;
	st = message_large_read(m, &f->large, s->offset, to, n, &got);
	if (!st && got != n)
		st = ecCorruptData;
	s->offset += got;
	return st;
}

/* What fits of one segment; nothing when not even its firm part does, and that need not be cut. */
static void give_bytes(struct fast_stream *s, const struct fast_segment *f, struct buf *out, size_t room, bool cut)
{
	size_t at = (size_t)s->offset, n = f->bytes.n - at;

	if (n > room)
		n = cut || at >= f->firm || room >= f->firm - at ? room : 0;
	buf_add(out, f->bytes.p + at, n);
	s->offset += n;
}

static uint64_t size_of(const struct fast_segment *f)
{
	return f->is_large ? f->large.size : f->bytes.n;
}

/* All that waits has been given. */
static status refill(struct fast_stream *s, struct mailbox *m)
{
	s->n = s->at = 0;
	s->offset = 0;
	arena_reset(&s->arena);
	return s->more(s->context, m, s);
}

static bool is_drained(const struct fast_stream *s)
{
	return s->at == s->n;
}

static status give(struct fast_stream *s, struct mailbox *m, struct buf *out, size_t room)
{
	size_t start = out->n;
	status st = ecNone;

	while (!st && out->n - start < room) {
		const struct fast_segment *f;
		uint64_t was;

		if (is_drained(s)) {
			if (s->ended)
				return ecNone;
			st = refill(s, m);
			continue;
		}
		f = &s->v[s->at];
		was = s->offset;
		if (f->is_large)
			st = give_large(s, m, f, out, room - (out->n - start));
		else
			give_bytes(s, f, out, room - (out->n - start), s->cut && out->n == start);
		if (s->offset == size_of(f)) {
			s->at++;
			s->offset = 0;
		} else if (s->offset == was) {
			return st ? st : out->n == start ? ecBufferTooSmall : ecNone;
		}
	}
	return st ? st : out->failed ? ecMemory : ecNone;
}

/* Whether there is more is known only when it was looked for. */
static status look_ahead(struct fast_stream *s, struct mailbox *m)
{
	status st = ecNone;

	while (!st && is_drained(s) && !s->ended)
		st = refill(s, m);
	return st;
}

status fast_stream_read(struct fast_stream *s, struct mailbox *m, struct buf *out, size_t room, bool *done)
{
	size_t start = out->n;
	status st = s->failed;

	if (!st)
		st = give(s, m, out, room);
	if (!st)
		st = look_ahead(s, m);
	s->given += out->n - start;
	if (st && st != ecBufferTooSmall)
		s->failed = st;
	if (!st)
		*done = is_drained(s) && s->ended;
	return st;
}
