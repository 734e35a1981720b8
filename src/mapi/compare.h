/*
 * Do two stores hold the same?  Item by item and property by property, leaving out what may differ by
 * nature (compare_ignored).  This is how a conversion, a rescue or a migration is proven.
 *
 * Both sources run once for fingerprints (128 bits per item; 56 bytes per item are kept) and, when items
 * differ, again for those alone, to say what differs.  Order does not count: items of one folder are
 * matched by equal content first, then by search key, by message id, by id in the source; and what is
 * left over in one folder is looked for in the others (moved).
 *
 * Strings compare as text: PT_STRING8 equals PT_UNICODE of the same letters, and terminators that do not
 * belong there are no letters.  Named properties compare by name, recipients and attachments without
 * their order.
 */
#ifndef MAPI_COMPARE_H
#define MAPI_COMPARE_H

#include "mapi/item.h"

enum compare_kind {
	COMPARE_STORE,    /* a property of the store itself */
	COMPARE_FOLDER,   /* a property of a folder both have */
	COMPARE_ITEM,     /* a property of an item both have */
	COMPARE_ONLY_IN,  /* a folder or an item only one of them has */
	COMPARE_MOVED,    /* the same item, in different folders */
};

struct compare_difference {
	enum compare_kind kind;
	unsigned side;        /* COMPARE_ONLY_IN: 0 or 1, the store that has it */
	bool folder;          /* COMPARE_ONLY_IN: a folder rather than an item */
	const char *path;     /* of the folder, as people see it */
	const char *other;    /* COMPARE_MOVED: the folder in the second store */
	const char *item;     /* subject or name of the item; NULL when it is about a folder or the store */
	uint64_t id[2];       /* of the item or folder in its source; 0 when it has none */
	const char *part;     /* "attachment plan.pdf > message"; "" for the object itself */
	const char *property; /* its name; NULL when a whole part is there only once */
	const char *value[2]; /* as short lines; NULL: that store has none */
};

struct compare_summary {
	uint64_t folders[2], items[2]; /* seen */
	uint64_t problems[2];          /* what the sources could not read */
	uint64_t equal, different;     /* pairs of items */
	uint64_t moved;                /* pairs of items in different folders */
	uint64_t only[2];              /* items only one has */
	uint64_t only_folders[2];
	uint64_t folders_different;
	bool store_different;
};

struct compare_options {
	/* Called for each difference; may be NULL. */
	void (*found)(void *context, const struct compare_difference *d);
	/* Called at every item of every pass; may be NULL. */
	void (*progress)(void *context, unsigned pass, unsigned side);
	void *context;
	uint64_t most; /* objects that are described through `found` (all are counted); 0: no limit */
};

/* Each source must emit the same, in the same order, each time it runs. Differences are no error. */
status compare_stores(struct item_source *const sources[static 2], const struct compare_options *options,
		      struct compare_summary *summary, struct reason *why) MUST;
/* Is nothing different and nothing left over? */
bool compare_same(const struct compare_summary *summary);

enum compare_scope { IN_STORE = 1, IN_FOLDER = 2, IN_MESSAGE = 4, IN_RECIPIENT = 8, IN_ATTACHMENT = 16 };

/* What may differ by nature, and why: for help and documentation. */
struct compare_ignored {
	uint16_t first, last; /* property ids, below 0x8000 */
	unsigned scope;       /* of which objects (enum compare_scope) */
	const char *why;
};
const struct compare_ignored *compare_ignored(size_t *n);

#endif
