/*
 * Is a store sound?  Every finding says where, what was expected, what stands there, and whether it can be
 * repaired.  Nothing is changed.  Memory is bounded whatever the file's size.
 */
#ifndef PST_CHECK_H
#define PST_CHECK_H

#include "base/input.h"
#include "base/status.h"

enum check_severity {
	CHECK_NOTE,    /* unusual, harmless */
	CHECK_WARNING, /* wrong, but nothing is lost by it */
	CHECK_DAMAGE,  /* something cannot be read as it was */
};

enum check_area {
	CHECK_HEADER,
	CHECK_PAGES,
	CHECK_BTREES,
	CHECK_BLOCKS,
	CHECK_MAPS,
	CHECK_REFERENCES,
	CHECK_HEAPS,
	CHECK_TABLES,
	CHECK_COUNTS,
	CHECK_AREAS
};

struct check_finding {
	enum check_severity severity;
	enum check_area area;
	uint64_t offset; /* in the file; UINT64_MAX when it has no one place */
	uint64_t id;     /* NID or BID it is about; 0 when none */
	bool repairable; /* recover rebuilds it without loss */
	const char *what; /* "NBT leaf page: CRC" */
	const char *expected, *found;
};

struct check_summary {
	uint64_t findings[3]; /* by severity */
	uint64_t by_area[CHECK_AREAS];
	uint64_t pages, blocks, nodes, heaps, tables, folders, messages;
	uint64_t bytes; /* verified */
	bool complete;  /* false when the walk had to stop */
};

struct check_options {
	void (*found)(void *context, const struct check_finding *f); /* called for each finding */
	void (*progress)(void *context, uint64_t done, uint64_t total); /* may be NULL */
	void *context;
	uint64_t most; /* findings reported through `found` (all are counted); 0: no limit */
};

/* Fails only when nothing can be said at all (not a store, unreadable); damage is findings. */
status pst_check(struct input *in, const struct check_options *options, struct check_summary *summary,
		 struct reason *why) MUST;
const char *check_area_name(enum check_area area);

#endif
