/* A sink that remembers what stands in which folder: the tree that inspect shows. */
#ifndef CLI_INSPECT_TREE_H
#define CLI_INSPECT_TREE_H

#include "mapi/item.h"

struct class_count {
	struct class_count *next;
	const char *name;
	uint64_t messages, associated;
};

struct tree_folder {
	const char *name;
	unsigned depth;
	enum folder_role role;
	uint64_t id;
	struct class_count *classes;
	uint64_t messages, associated, attachments, embedded, recipients;
	uint64_t server_known, local_only;
	uint64_t undeleted; /* of the messages: those that were deleted */
};

struct tree_item {
	struct tree_item *next;
	const char *title;
	size_t folder;
	unsigned confidence;
};

struct tree {
	struct item_sink sink;
	struct arena arena;
	struct tree_folder *folders;
	size_t n, cap;
	unsigned codepage;
	unsigned depth;       /* of open folders */
	unsigned messages;    /* open ones */
	size_t open[ITEM_FOLDER_DEPTH_MAX + 1];
	size_t names;         /* named properties */
	uint64_t undeleted;
	bool keep_undeleted;  /* titles of deleted items, too */
	struct tree_item *deleted, **deleted_end;
};

void tree_init(struct tree *t);
void tree_free(struct tree *t);

#endif
