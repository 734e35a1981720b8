/* Inside mapi/compare: one object written down property by property, and two such lists held side by side. */
#ifndef MAPI_COMPARE_RECORD_H
#define MAPI_COMPARE_RECORD_H

#include "mapi/fingerprint.h"

/* Between a part and one within it; sorts before every letter, so that a part's own parts follow it. */
#define RECORD_WITHIN '\001'

struct record_line {
	const char *part, *property, *value; /* property NULL: the part itself */
	struct fingerprint content;
};

struct record {
	struct arena *arena; /* of all it holds */
	const char *item;    /* subject or name; may be "" */
	uint64_t id;
	struct record_line *lines;
	size_t n, cap;
	bool cut; /* the arena's budget ended before the object did */
};

struct record_context {
	const struct name_map *names;
	unsigned codepage;
};

void record_init(struct record *r, struct arena *arena);
void record_prop(struct record *r, const char *part, const struct prop *p,
		 struct fingerprint content, const struct record_context *context);
/* Notes a part (recipient, attachment ...); makes the name in `part` distinct if it is not. */
void record_part(struct record *r, struct buf *part);
/* Appends " name", the first of the properties `tags` (0 ends them) that says something. */
void record_part_name(struct buf *part, const struct bag *props, const uint32_t *tags,
		      unsigned codepage);
/* Calls `differ` for each line that one has and the other has not, or not so. Sorts both. */
void record_compare(struct record *a, struct record *b,
		    void (*differ)(void *context, const struct record_line *a,
				   const struct record_line *b),
		    void *context);

#endif
