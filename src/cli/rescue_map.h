/* Whose file is whose: rows of a table "file,address,name" that people write, or that is proposed to them. */
#ifndef CLI_RESCUE_MAP_H
#define CLI_RESCUE_MAP_H

#include "base/arena.h"

struct rescue_owner {
	const char *pattern; /* of a path below the folder, or of a file's name: alice*.ost */
	const char *address, *name; /* name "" when there is none */
	unsigned line;
	uint64_t files; /* that it fitted */
};

struct rescue_map {
	struct arena arena;
	struct rescue_owner *v;
	size_t n;
};

/*
 * The first line names the columns: file (or pattern, path), address (or mail, mailbox, user), and, if wanted, name (or
 * display name); others are passed over.  The words of an error say the line.
 */
status rescue_map_read(const char *path, struct rescue_map *out, struct reason *why) MUST;
void rescue_map_free(struct rescue_map *m);
/* The first row that fits the path below the folder; NULL when none does. */
struct rescue_owner *rescue_map_find(struct rescue_map *m, const char *path);

#endif
