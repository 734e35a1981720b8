#include "mapi/named.h"

#include "base/buf.h"
#include "base/map.h"

#include <stdlib.h>

#define IDS (NAMED_ID_LAST - NAMED_ID_FIRST + 1)
#define STRING_MAX 65536

struct name_map {
	struct arena arena;
	struct prop_name **by_id; /* of the first `size` ids: few have many names, and those stand close together */
	struct map by_name;
	size_t n, size;
	uint32_t first_free; /* below it every id is taken */
};

struct name_map *name_map_new(void)
{
	struct name_map *m = calloc(1, sizeof *m);

	if (!m)
		return NULL;
	arena_init(&m->arena, (size_t)64 << 20);
	map_init(&m->by_name, IDS);
	m->first_free = NAMED_ID_FIRST;
	return m;
}

void name_map_free(struct name_map *m)
{
	if (!m)
		return;
	map_free(&m->by_name);
	arena_free(&m->arena);
	free(m->by_id);
	free(m);
}

/* The name as one run of bytes: set, kind, then the number or the string. */
static bool name_key(const struct prop_name *name, struct buf *key)
{
	buf_add(key, name->set.b, sizeof name->set.b);
	buf_add_u8(key, name->by_string);
	if (name->by_string)
		buf_add(key, name->string.p, name->string.n);
	else
		buf_add_u32(key, name->lid);
	return !key->failed;
}

const struct prop_name *name_map_name(const struct name_map *m, uint16_t id)
{
	return id >= NAMED_ID_FIRST && id - NAMED_ID_FIRST < m->size ? m->by_id[id - NAMED_ID_FIRST] : NULL;
}

static status make_room(struct name_map *m, size_t index)
{
	size_t size = m->size ? m->size : 64;

	if (index < m->size)
		return ecNone;
	while (size <= index)
		size *= 2;
	struct prop_name **by_id = reallocarray(m->by_id, size, sizeof *by_id);
	if (!by_id)
		return ecMemory;
	for (size_t i = m->size; i < size; i++)
		by_id[i] = NULL;
	m->by_id = by_id;
	m->size = size;
	return ecNone;
}

uint16_t name_map_id(const struct name_map *m, const struct prop_name *name)
{
	CLEANUP_BUF struct buf key = BUF_MAX(STRING_MAX + 32);

	const uint64_t *id = name_key(name, &key) ? map_get(&m->by_name, buf_bytes(&key)) : NULL;
	return id ? (uint16_t)*id : 0;
}

static struct prop_name *copy_name(struct name_map *m, const struct prop_name *name)
{
	struct prop_name *copy = arena_memdup(&m->arena, name, sizeof *name);

	if (copy && name->by_string) {
		copy->string.p = arena_memdup(&m->arena, name->string.p, name->string.n);
		if (!copy->string.p)
			return NULL;
	}
	return copy;
}

status name_map_add(struct name_map *m, uint16_t id, const struct prop_name *name)
{
	CLEANUP_BUF struct buf key = BUF_MAX(STRING_MAX + 32);

	if (id < NAMED_ID_FIRST || id > NAMED_ID_LAST)
		return ecInvalidParam;
	if (name_map_name(m, id))
		return ecDuplicateName;
	if (!name_key(name, &key))
		return ecTooBig;
	if (map_get(&m->by_name, buf_bytes(&key)))
		return ecDuplicateName;
	struct prop_name *copy = copy_name(m, name);
	if (!copy || make_room(m, id - NAMED_ID_FIRST))
		return ecMemory;
	status s = map_put(&m->by_name, buf_bytes(&key), id);
	if (s)
		return s;
	m->by_id[id - NAMED_ID_FIRST] = copy;
	m->n++;
	return ecNone;
}

void name_map_begin_at(struct name_map *m, uint16_t first)
{
	m->first_free = first;
}

status name_map_assign(struct name_map *m, const struct prop_name *name, uint16_t *id)
{
	uint16_t known = name_map_id(m, name);

	if (known) {
		*id = known;
		return ecNone;
	}
	while (m->first_free <= NAMED_ID_LAST && name_map_name(m, (uint16_t)m->first_free))
		m->first_free++;
	if (m->first_free > NAMED_ID_LAST)
		return ecTooBig;
	status s = name_map_add(m, (uint16_t)m->first_free, name);
	if (!s)
		*id = (uint16_t)m->first_free;
	return s;
}

size_t name_map_count(const struct name_map *m)
{
	return m->n;
}

uint16_t name_map_next(const struct name_map *m, uint32_t from)
{
	for (size_t i = from < NAMED_ID_FIRST ? 0 : from - NAMED_ID_FIRST; i < m->size; i++)
		if (m->by_id[i])
			return (uint16_t)(NAMED_ID_FIRST + i);
	return 0;
}
