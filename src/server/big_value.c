#include "server/big_value.h"

#include "base/spool.h"

#include <stdlib.h>

#define IN_MEMORY ((size_t)64 << 10)

struct big_value {
	unsigned references;
	struct spool *spool;        /* NULL: it is where the mailbox has it */
	struct message_large where;
};

static status make(struct big_value **out)
{
	struct big_value *v = calloc(1, sizeof *v);

	if (!v)
		return ecMemory;
	v->references = 1;
	*out = v;
	return ecNone;
}

status big_value_new(struct big_value **out)
{
	struct big_value *v;
	status s = make(&v);

	if (s)
		return s;
	s = spool_new(IN_MEMORY, &v->spool);
	if (s)
		free(v);
	else
		*out = v;
	return s;
}

status big_value_stored(const struct message_large *where, struct big_value **out)
{
	status s = make(out);

	if (!s)
		(*out)->where = *where;
	return s;
}

struct big_value *big_value_ref(struct big_value *v)
{
	v->references++;
	return v;
}

void big_value_unref(struct big_value *v)
{
	if (!v || --v->references)
		return;
	spool_free(v->spool);
	free(v);
}

uint64_t big_value_size(const struct big_value *v)
{
	return v->spool ? spool_end(v->spool) : v->where.size;
}

size_t big_value_cost(const struct big_value *v)
{
	uint64_t size = v->spool ? spool_end(v->spool) : 0;

	return sizeof *v + (size_t)(size <= IN_MEMORY ? size : IN_MEMORY + (size - IN_MEMORY) / 8);
}

status big_value_read(const struct big_value *v, struct mailbox *m, uint64_t at, void *to, size_t n, size_t *got)
{
	return v->spool ? spool_read_at(v->spool, at, to, n, got) : message_large_read(m, &v->where, at, to, n, got);
}

status big_value_whole(const struct big_value *v, struct mailbox *m, struct arena *arena, struct bytes *out)
{
	uint64_t size = big_value_size(v);
	uint8_t *p = size <= SIZE_MAX / 2 ? arena_alloc(arena, (size_t)size + 1) : NULL;
	size_t got = 0;
	status s = p ? big_value_read(v, m, 0, p, (size_t)size, &got) : ecMemory;

	if (!s)
		*out = bytes_of(p, got);
	return s;
}

/* In pieces of ITEM_CHUNK_MAX to `take`. */
static status each(const struct big_value *v, struct mailbox *m, status (*take)(void *context, struct bytes b), void *context)
{
	uint64_t size = big_value_size(v);
	uint8_t *piece = malloc(ITEM_CHUNK_MAX);
	status s = piece ? ecNone : ecMemory;
	size_t got = 0;

	for (uint64_t at = 0; !s && at < size; at += got) {
		s = big_value_read(v, m, at, piece, ITEM_CHUNK_MAX, &got);
		if (!s && !got)
			s = ecCorruptData;
		if (!s)
			s = take(context, bytes_of(piece, got));
	}
	free(piece);
	return s;
}

static status to_sink(void *context, struct bytes b)
{
	return item_value_chunk(context, b);
}

status big_value_chunks(const struct big_value *v, struct mailbox *m, struct item_sink *sink)
{
	return each(v, m, to_sink, sink);
}

static status to_spool(void *context, struct bytes b)
{
	return spool_add(context, b);
}

status big_value_own(struct big_value **v, struct mailbox *m, unsigned references)
{
	struct big_value *copy;
	status s;

	if ((*v)->references <= references && (*v)->spool)
		return ecNone;
	s = big_value_new(&copy);
	if (s)
		return s;
	s = each(*v, m, to_spool, copy->spool);
	if (s) {
		big_value_unref(copy);
		return s;
	}
	big_value_unref(*v);
	*v = copy;
	return ecNone;
}

status big_value_write(struct big_value *v, uint64_t at, struct bytes data)
{
	if (at > BIG_VALUE_MAX || data.n > BIG_VALUE_MAX - at)
		return ecTooBig;
	return spool_write_at(v->spool, at, data);
}

status big_value_resize(struct big_value *v, uint64_t size)
{
	return size > BIG_VALUE_MAX ? ecTooBig : spool_resize(v->spool, size);
}
