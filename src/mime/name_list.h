/* The names in a folder, in order. */
#ifndef MIME_NAME_LIST_H
#define MIME_NAME_LIST_H

#include <stddef.h>

#include "base/status.h"

struct name_list {
	char **v;
	size_t n, cap;
};

/* `hidden`: those that begin with a dot, and no others; else the others. */
status name_list_read(const char *path, bool hidden, struct name_list *out) MUST;
void name_list_free(struct name_list *l);

#endif
