/* What the files of store/search.h share. */
#ifndef STORE_SEARCH_PRIVATE_H
#define STORE_SEARCH_PRIVATE_H

#include "store/search.h"

/* Ids of folders, rising. */
struct folder_set {
	uint64_t *v;
	size_t n;
};

bool folder_set_has(const struct folder_set *set, uint64_t id);
/* `roots`, and with `below` all that is below them. */
status folder_set_of(struct mailbox *m, const uint64_t *roots, size_t n, bool below, struct arena *arena, struct folder_set *out) MUST;

#endif
