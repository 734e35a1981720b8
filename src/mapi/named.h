/*
 * Named properties: ids from 0x8000 mean nothing without the map of the store they come from
 * ([MS-OXCPRPT] 3.2.5.9, [MS-PST] 2.4.7).  Bags carry ids of their source; a sink asks the source's map for
 * the name and its own map for the id.
 */
#ifndef MAPI_NAMED_H
#define MAPI_NAMED_H

#include "base/arena.h"
#include "base/guid.h"

struct prop_name {
	struct guid set;
	bool by_string;
	uint32_t lid;        /* when not by_string */
	struct bytes string; /* UTF-16LE, when by_string */
};

struct name_map;

#define NAMED_ID_FIRST 0x8000u
#define NAMED_ID_LAST 0xFFFEu

struct name_map *name_map_new(void); /* NULL without memory */
void name_map_free(struct name_map *m);
/* Records that `id` means `name` (copied). A second name for an id, or a second id for a name, is ecDuplicateName. */
status name_map_add(struct name_map *m, uint16_t id, const struct prop_name *name) MUST;
/* NULL when the id is not named there. */
const struct prop_name *name_map_name(const struct name_map *m, uint16_t id);
/* 0 when the name has no id. */
uint16_t name_map_id(const struct name_map *m, const struct prop_name *name);
/* The id of the name; a new one, from `first_free` upward, when it has none. ecTooBig when all are taken. */
status name_map_assign(struct name_map *m, const struct prop_name *name, uint16_t *id) MUST;
/* New ids are this one or above. */
void name_map_begin_at(struct name_map *m, uint16_t first);
size_t name_map_count(const struct name_map *m);
/* In the order of ids; 0 when there is none at or above `from`. */
uint16_t name_map_next(const struct name_map *m, uint32_t from);

#endif
