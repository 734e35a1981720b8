/*
 * Properties: a tag and a value, in the one form that every room speaks.
 *
 *   fixed-size types     little-endian, the size of the type (PT_BOOLEAN: one byte, 0 or 1)
 *   PT_UNICODE           UTF-16LE without terminator
 *   PT_STRING8           bytes in the code page of the item or store, without terminator
 *   PT_BINARY and kin    the bytes
 *   PT_MV_ of fixed size packed in `value`, `count` elements
 *   PT_MV_ of strings, binaries   `values[0 .. count)`
 *
 * Values are kept as they were found, also when they are odd; `flags` says how they are odd.
 * Memory belongs to the arena of the bag, or to whoever made the event: valid until the event returns.
 */
#ifndef MAPI_PROP_H
#define MAPI_PROP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/guid.h"
#include "mapi/tag.h"

enum prop_flag {
	PROP_LARGE = 1,        /* the value follows in value_begin/chunk/end events; `size` bytes */
	PROP_DAMAGED = 2,      /* the value could not be read whole; what there is stands here */
	PROP_UNKNOWN_TYPE = 4, /* a type that [MS-OXCDATA] 2.11.1 does not know; the raw bytes */
	PROP_TRAILING_NUL = 8, /* a string with terminators that do not belong there; kept */
	PROP_ODD_SIZE = 16,    /* the bytes do not fit the type (kept) */
};

struct prop {
	uint32_t tag;
	uint16_t flags; /* enum prop_flag */
	uint32_t count; /* elements of a multi-valued property; else 1 */
	uint64_t size;  /* bytes of a PROP_LARGE value; else value.n */
	union {
		struct bytes value;
		const struct bytes *values; /* multi-valued strings and binaries only (prop_is_list) */
	};
};

static inline uint16_t prop_id(const struct prop *p)
{
	return tag_id(p->tag);
}

static inline uint16_t prop_type(const struct prop *p)
{
	return tag_type(p->tag);
}

/* Is the value in `values` rather than `value`? */
bool prop_is_list(uint32_t tag);

/* A set of properties in the order they were added; ids occur once. */
struct bag {
	struct arena *arena;
	struct prop *v;
	size_t n, cap;
};

void bag_init(struct bag *b, struct arena *arena);
/* Appends without looking for the id (sources that know it is new). NULL without memory. */
struct prop *bag_append(struct bag *b, const struct prop *p);
/* Appends a copy whose value lives in the bag's arena. */
status bag_copy(struct bag *b, const struct prop *p) MUST;
/* Adds, or replaces the property of that id. The bytes are not copied. */
status bag_set(struct bag *b, const struct prop *p) MUST;
void bag_remove(struct bag *b, uint16_t id);
const struct prop *bag_find(const struct bag *b, uint16_t id); /* any type */

/* Setters copy into the arena. */
status bag_set_u32(struct bag *b, uint32_t tag, uint32_t v) MUST;  /* PT_LONG, PT_ERROR; PT_SHORT takes the low half */
status bag_set_u64(struct bag *b, uint32_t tag, uint64_t v) MUST;  /* PT_I8, PT_SYSTIME, PT_CURRENCY */
status bag_set_bool(struct bag *b, uint32_t tag, bool v) MUST;
status bag_set_text(struct bag *b, uint32_t tag, const char *utf8) MUST; /* PT_UNICODE */
status bag_set_bytes(struct bag *b, uint32_t tag, struct bytes v) MUST;  /* any single-valued type, canonical form */

/* Getters look at the id only and take what the type allows; the fallback when there is none or it is odd. */
uint32_t bag_u32(const struct bag *b, uint16_t id, uint32_t fallback);
uint64_t bag_u64(const struct bag *b, uint16_t id, uint64_t fallback);
bool bag_bool(const struct bag *b, uint16_t id, bool fallback);
struct bytes bag_bytes(const struct bag *b, uint16_t id); /* empty when absent, large or a list */
/* UTF-8 in `a`, trailing NULs gone; NULL when absent, large, not a string, or without memory. */
char *bag_text(const struct bag *b, uint16_t id, unsigned codepage, struct arena *a);

/* One value as UTF-8 (strings of either kind). */
char *prop_text(const struct prop *p, unsigned codepage, struct arena *a);
/* Any value as a short line for people: "42", "2026-11-24T10:00:00Z", "\"text\"", "3 bytes 01 02 03", "[...]". */
void prop_format(const struct prop *p, unsigned codepage, struct buf *out);
bool prop_equal(const struct prop *a, const struct prop *b);

#endif
