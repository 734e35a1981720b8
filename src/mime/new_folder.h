/* A folder that appears whole or not at all: it is filled under a temporary name, flushed, and renamed. */
#ifndef MIME_NEW_FOLDER_H
#define MIME_NEW_FOLDER_H

#include "base/bytes.h"
#include "base/status.h"

struct new_folder {
	char *path, *temporary;
	int fd;
	bool finished;
};

/* An empty folder of that name may be there; one that holds something is refused. */
status new_folder_open(const char *path, struct new_folder *out, struct reason *why) MUST;
/* In words, with what errno says: "cannot write WHAT in PATH: ...". */
status new_folder_failed(const struct new_folder *f, const char *what, struct reason *why) MUST;
/* All of the bytes into a file of it. */
status new_folder_write(const struct new_folder *f, int file, struct bytes piece, struct reason *why) MUST;
status new_folder_finish(struct new_folder *f, struct reason *why) MUST;
void new_folder_free(struct new_folder *f); /* with all in it, unless it is finished */

#endif
