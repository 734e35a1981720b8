/* A sink that prints every property of every item, as text or JSON, and passes everything on. */
#ifndef CLI_INSPECT_DUMP_H
#define CLI_INSPECT_DUMP_H

#include "cli/json.h"
#include "mapi/item.h"

struct dump {
	struct item_sink sink;
	struct item_sink *next;
	struct json *json; /* NULL: text */
	const struct name_map *names;
	unsigned codepage;
	unsigned indent;
	struct buf path; /* of the innermost folder */
	size_t path_length[ITEM_FOLDER_DEPTH_MAX + 2];
	unsigned folders;
	struct prop large;
	struct buf large_head; /* its first bytes */
	uint64_t large_size;
};

void dump_init(struct dump *d, struct item_sink *next, struct json *json);
void dump_free(struct dump *d);

#endif
