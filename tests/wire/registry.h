/*
 * Every layout in the program, for what is done with all of them: the round-trip test and the fuzz target.
 * A room that has layouts exposes `const struct wire_type *const ROOM_wire_types[]` and gets a row here.
 */
#ifndef TESTS_WIRE_REGISTRY_H
#define TESTS_WIRE_REGISTRY_H

#include "wire/wire.h"

/* Both widths of counts count as layouts of their own. NULL beyond the last. */
const struct wire_type *wire_registry_at(size_t i, enum wire_counts *counts);
size_t wire_registry_size(void);

/*
 * Decodes the bytes; what can be decoded must print, and encode to the same bytes or to bytes that decode to the
 * same structure.  Returns NULL when all is well, also when the bytes are refused; else what is wrong.
 */
const char *wire_registry_check(const struct wire_type *t, enum wire_counts counts, struct bytes data);

/* Takes the bytes that are there, however few: a prefix of it may be whole. */
bool wire_open_ended(const struct wire_type *t);

#endif
