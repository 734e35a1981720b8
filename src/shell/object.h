/*
 * An object is an ordered set of named properties.  Names are found without regard to case, as in PowerShell.
 * Property names and types are not copied: they are literals, or live in the pipeline's `keep` arena.
 */
#ifndef SHELL_OBJECT_H
#define SHELL_OBJECT_H

#include "shell/value.h"

#define OBJECT_PROPERTIES_MAX 1024u

struct object_type {
	const char *name;           /* "Mailbox" */
	const char *const *columns; /* what Format-Table shows unasked, NULL-terminated; NULL: the first ten properties */
};

struct property {
	const char *name;
	struct value value;
};

struct object {
	const struct object_type *type;
	struct property *properties;
	size_t n, cap;
	struct arena *arena;
	bool failed; /* a property could not be added; emitting the object reports ecMemory */
};

/* NULL without memory. */
struct object *object_new(struct arena *a, const struct object_type *type);
/*
 * Adds a property, or changes the one of that name.  The value is copied with all it points to.  Accepts a
 * NULL object; a failure sticks to the object.
 */
void object_set(struct object *o, const char *name, struct value v);
/* NULL when there is none. */
const struct value *object_get(const struct object *o, const char *name);
const struct property *object_find(const struct object *o, const char *name);
/* A deep copy; NULL without memory. */
struct object *object_copy(struct arena *a, const struct object *from);
/* The text of its Identity, Name, DisplayName or Guid: what a person knows it by. NULL when it has none. */
const struct value *object_label(const struct object *o);

#endif
