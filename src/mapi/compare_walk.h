/* Inside mapi/compare: one run over one store, for fingerprints or for descriptions. */
#ifndef MAPI_COMPARE_WALK_H
#define MAPI_COMPARE_WALK_H

#include "base/map.h"
#include "mapi/compare.h"
#include "mapi/compare_ids.h"
#include "mapi/compare_record.h"
#include "mapi/fingerprint.h"

/* Items whose folder or partner is unknown. */
#define COMPARE_NONE UINT32_MAX

struct compared_item {
	uint32_t folder; /* index into comparison.folders */
	uint32_t pair;   /* index of its partner in the other store, or COMPARE_NONE */
	uint64_t id;
	uint64_t search_key, message_id; /* hashes; 0: has none */
	struct fingerprint content;
};

struct compared_folder {
	const char *path[2]; /* NULL: that store has no such folder */
	uint64_t id[2];
	struct fingerprint content[2];
	enum folder_role role;
	uint64_t items;
};

struct comparison {
	struct compared_item *items[2];
	size_t item_count[2], item_cap[2];
	struct compared_folder *folders; /* of both stores; shared where the key is the same */
	size_t folder_count, folder_cap;
	uint32_t *folder_order[2]; /* indices into folders, as they were emitted */
	size_t order_count[2], order_cap[2];
	struct map folder_by_key;
	struct arena arena; /* paths */
	struct fingerprint store[2];
	uint64_t problems[2];
	struct compare_ids ids;
};

void comparison_init(struct comparison *c);
void comparison_free(struct comparison *c);

enum walk_object { WALK_STORE, WALK_FOLDER, WALK_ITEM };

struct walk_options {
	/*
	 * NULL: everything is fingerprinted into the comparison.  Otherwise asked for each object in the same
	 * order: a record to fill, or NULL to pass over it.
	 */
	struct record *(*wanted)(void *context, enum walk_object what, size_t index);
	/* The record is filled. */
	void (*described)(void *context, enum walk_object what, size_t index, struct record *r);
	void (*progress)(void *context); /* at every item; may be NULL */
	void *context;
};

status compare_walk(struct comparison *c, unsigned side, struct item_source *source,
		    const struct walk_options *options, struct reason *why) MUST;

#endif
