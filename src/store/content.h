/*
 * A message at rest: its FastTransfer stream in `content` (store/content_pack.h), the large values that are left out of it in `large` and
 * `piece`.  Inside the mailbox; store/message.h is what others use.
 */
#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

#include "rop/fasttransfer.h"
#include "store/mailbox_private.h"
#include "store/message.h"

#define PIECE_SIZE ((size_t)64 << 10)
/* Values above stand in pieces. */
#define CONTENT_INLINE_MAX ITEM_INLINE_MAX

/* A value that is left out of the body. */
struct content_large {
	uint64_t seq, place, size;
	uint32_t checksum; /* of the value */
};

/* Writing --------------------------------------------------------------------------------------------------------- */

struct content_writer {
	struct mailbox *m;
	uint64_t id;
	struct buf body, packed;
	struct content_large *large;
	size_t n_large, cap_large;
	uint64_t large_bytes;
	uint64_t next_seq;            /* the number that the next large value gets */
	bool plain;                   /* so far no private form */
	const struct name_map *names; /* of the source; the mailbox's own: nothing is translated */
	uint16_t *remap;              /* by id - NAMED_ID_FIRST */
	unsigned generation;
	/* The value that comes in chunks. */
	struct prop value;
	struct buf piece;
	struct content_large open;
	uint64_t parts;
	bool broken, ended;           /* a NUL is within the text; it ended in one */
};

status content_writer_init(struct content_writer *w, struct mailbox *m) MUST;
void content_writer_free(struct content_writer *w);
/* A new content. `names` NULL: the mailbox's own. */
void content_begin(struct content_writer *w, uint64_t id, const struct name_map *names);
/* The mailbox's property for one of the source: *as has its id, *known the map it is known in (NULL: it has no name). */
status content_translate(struct content_writer *w, const struct prop *p, struct prop *as, const struct name_map **known) MUST;
/* Appends; large values (PROP_LARGE) are left for the calls below. */
status content_put_prop(struct content_writer *w, const struct prop *p) MUST;
void content_put_marker(struct content_writer *w, enum ft_marker marker);
status content_value_begin(struct content_writer *w, const struct prop *p) MUST;
status content_value_chunk(struct content_writer *w, struct bytes chunk) MUST;
status content_value_end(struct content_writer *w) MUST;
/* A large value that is at hand. */
status content_put_large(struct content_writer *w, const struct prop *p) MUST;
uint64_t content_size(const struct content_writer *w);
/* The rows. */
status content_write(struct content_writer *w) MUST;
/* Nothing of it is in the database; for what was not written with content_write. */
status content_abandon(struct content_writer *w) MUST;

/* Reading ------------------------------------------------------------------------------------------------------------ */

struct content {
	uint64_t id;
	struct bytes body;
	struct content_large *large; /* by place */
	size_t n_large;
};

/* The rows, whether they are what was written or not; ecNotFound when there is none. */
status content_load_any(struct mailbox *m, uint64_t id, struct arena *arena, struct content *out, bool *as_written) MUST;
/* ecCorruptData when it is not there or is not what was written. Lives in `arena`. */
status content_load(struct mailbox *m, uint64_t id, struct arena *arena, struct content *out) MUST;
/*
 * A content whose row is at hand, the body (which is copied) as it stands there; `size` is what it has in all: where that is the
 * body's, nobody looks for large values.  ecCorruptData when it is not what was written.
 */
status content_from(struct mailbox *m, uint64_t id, struct bytes stored, uint64_t checksum, uint64_t size, struct arena *arena,
		    struct content *out) MUST;
/* The pieces of a value to a sink's value_chunk, or into a buffer (one is NULL); what it gave is checked against `l`. */
status content_stream(struct mailbox *m, uint64_t content, const struct content_large *l, struct item_sink *sink,
		      struct buf *into) MUST;

/* Steps through the tokens of a content. */
struct content_walk {
	struct mailbox *m;
	const struct content *c;
	struct ft_lexer lexer;
	size_t next_large;
	/* For check: a name that the mailbox does not know is counted and no failure. */
	bool any_name;
	uint64_t unknown_names;
};

void content_walk_begin(struct content_walk *w, struct mailbox *m, const struct content *c);
void content_walk_end(struct content_walk *w);
/*
 * FT_PROP, FT_MARKER, or FT_MORE at the end (which is checked).  Named properties have the mailbox's ids.  *large is
 * where a PROP_LARGE value stands; NULL: in e->chunk.  Values stand in the body, lists in `arena`.
 */
status content_walk_next(struct content_walk *w, struct arena *arena, struct ft_event *e,
			 const struct content_large **large) MUST;
#define CLEANUP_CONTENT_WALK __attribute__((cleanup(content_walk_end)))

/* The rows of a content are gone; of all contents of a folder. */
status content_delete(struct mailbox *m, uint64_t id) MUST;
status content_copy(struct mailbox *m, uint64_t id, uint64_t copy) MUST;

/* Lists of properties -------------------------------------------------------------------------------------------------- */

/* A list of properties in the form of rest, of folders and the store; ids are the mailbox's. */
status content_encode_bag(struct mailbox *m, const struct bag *bag, struct buf *out) MUST;
/* The values are copied into the bag's arena. */
status content_decode_bag(struct mailbox *m, struct bytes data, struct bag *out) MUST;
/* *bag becomes what it is after `set` and `remove`. */
status content_change_bag(struct bag *bag, const struct bag *set, const uint16_t *remove, size_t n) MUST;

#endif
