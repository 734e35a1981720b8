/*
 * Properties of logons and folders: some are kept as they were set, some follow from the object and are made when they are asked
 * for.  Both kinds of object have a table of the latter and share the rest.
 */
#ifndef SERVER_OBJECT_PROPS_H
#define SERVER_OBJECT_PROPS_H

#include "server/object.h"

struct computed_property {
	uint32_t tag;
	/* Appends it, in the bag's arena. ecNotFound: the object has none. NULL: none ever has it. */
	status (*make)(struct object *o, uint32_t tag, struct bag *out);
	bool writable;     /* what a client sets stands in its place */
	bool unlisted;     /* only for who asks for it by name */
};

struct object_props {
	struct object *object;
	const struct computed_property *computed;
	size_t n;
	const struct bag *stored;
};

/* NULL when it is not computed. PT_UNSPECIFIED and the two kinds of string fit any type; else the type must be that. */
const struct computed_property *computed_find(const struct computed_property *table, size_t n, uint32_t tag);
/* Is the id that of something a client cannot set? */
bool computed_read_only(const struct computed_property *table, size_t n, uint32_t tag);

/* As of struct object_class. Two tags of one id (PidTagMessageSize, ...Extended) may both be in the bag. */
status object_props_get(const struct object_props *p, const uint32_t *tags, size_t n, size_t most, struct bag *out) MUST;
status object_props_list(const struct object_props *p, struct arena *arena, uint32_t **tags, size_t *n) MUST;
status object_props_value(const struct object_props *p, uint32_t tag, struct arena *arena, struct prop *out) MUST;

#endif
