/*
 * A sink that prints every property of every item and passes everything on: an indented paragraph for each
 * object, or one JSON array "objects" in which messages carry "parts" (recipients, attachments).
 */
#ifndef CLI_INSPECT_DUMP_H
#define CLI_INSPECT_DUMP_H

#include "cli/json.h"
#include "mapi/item.h"

#define DUMP_LEVELS (2 * (ITEM_DEPTH_MAX + 4))

struct dump {
	struct item_sink sink;
	struct item_sink *next;
	struct json *json; /* NULL: text */
	const struct name_map *names;
	unsigned codepage;
	struct buf path; /* of the innermost folder */
	size_t path_length[ITEM_FOLDER_DEPTH_MAX + 1];
	unsigned folders;
	/* What is open of the objects that are: the list of properties, the list of parts. */
	struct dump_level {
		bool properties, parts;
	} levels[DUMP_LEVELS];
	unsigned depth;
	struct prop large;
	struct buf large_head; /* the first bytes of a large value */
	uint64_t large_size;
};

void dump_init(struct dump *d, struct item_sink *next, struct json *json);
void dump_free(struct dump *d);

#endif
