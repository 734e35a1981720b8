/* The .ost and .pst files below a folder, in the order of their paths. */
#ifndef CLI_RESCUE_FILES_H
#define CLI_RESCUE_FILES_H

#include <stddef.h>

#include "base/status.h"

struct rescue_files {
	char **v; /* paths, with the folder before them */
	size_t n, cap;
	size_t prefix; /* how much of each is the folder */
};

/* Links are not followed. ecNotFound when there is none. */
status rescue_files_find(const char *folder, struct rescue_files *out, struct reason *why) MUST;
void rescue_files_free(struct rescue_files *f);

#endif
