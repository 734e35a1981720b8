/* Items as a source emits them, kept whole; and mail as a sink writes it, kept whole. */
#ifndef TESTS_MIME_RECORD_H
#define TESTS_MIME_RECORD_H

#include "support.h"

#include "mime/mime.h"

struct recorded_attachment;

struct recorded_item {
	struct recorded_item *next;
	const char *folder; /* "Top of Personal Folders/Inbox" */
	struct bag props;   /* large values, too */
	struct bag recipients[400];
	size_t recipient_count;
	struct recorded_attachment *attachments, **last;
	struct recorded_item *parent;
	unsigned depth;
};

struct recorded_attachment {
	struct recorded_attachment *next;
	struct bag props;
	struct recorded_item *message;
};

struct recorder {
	struct item_sink sink;
	struct arena arena;
	struct recorded_item *items, **last;
	struct recorded_item *open;
	struct bag *object;      /* the innermost that is open */
	struct recorded_attachment *attachment;
	const struct name_map *names; /* of the source: valid while it runs, so names are copied */
	struct name_map *kept_names;
	char path[1000];
	size_t path_length[300];
	size_t depth, folders;
	struct buf value;
	uint32_t value_tag;
	uint64_t value_size;
	char problems[4000];
	size_t problem_count, item_count, embedded_count;
};

void recorder_init(struct recorder *r);
void recorder_free(struct recorder *r);
/* Runs the bytes through a source; fails the test when that does. */
void record_bytes(struct recorder *r, const char *data, size_t n);
void record_text(struct recorder *r, const char *text); /* "\n" becomes CR LF */
void record_path(struct recorder *r, const char *path);

/* NULL when there is none. */
const char *text_of(struct recorder *r, const struct bag *props, uint32_t tag);
struct bytes bytes_of_prop(const struct bag *props, uint32_t tag);
/* Of a named property. */
const struct prop *named_of(struct recorder *r, const struct bag *props, const struct guid *set, uint32_t lid);
const char *named_text_of(struct recorder *r, const struct bag *props, const struct guid *set, uint32_t lid);
uint64_t named_number_of(struct recorder *r, const struct bag *props, const struct guid *set, uint32_t lid);
struct recorded_attachment *attachment_at(struct recorded_item *item, size_t i);

/* What a sink writes: every entry, one after the other. */
#define CAPTURED_MAX 64
struct capture {
	struct mime_destination d;
	struct buf entry[CAPTURED_MAX];
	enum mime_kind kind[CAPTURED_MAX];
	char name[CAPTURED_MAX][256], folder[CAPTURED_MAX][512];
	size_t n;
	bool finished, freed;
	unsigned fail_after; /* writes; 0: never */
};

void capture_init(struct capture *c);
void capture_free(struct capture *c);
/* A source's bytes through a sink into the capture. */
status convert_bytes(struct capture *c, const char *data, size_t n);
void convert_text(struct capture *c, const char *text);
const char *captured(struct capture *c, size_t i);

/* For a group of tests: what the doors of the room do before they read mail. */
int record_setup(void **state);

/* With CR LF for each LF. */
char *crlf(const char *text);

#endif
