/*
 * What can be done with any layout (wire/layout.h): decode, encode, print, compare, fill at random.
 *
 * Bytes from outside are believed only as far as they are there: a count is checked against what is
 * left before anything is allocated, what is allocated has the arena's budget, structures nest up
 * to WIRE_DEPTH_MAX pointers deep (ecTooComplex).  The first error sticks, with the path of the
 * field ("set_columns.columns[3]").
 *
 * Decoded `struct bytes` point into the input, which must outlive the structure; arrays and what
 * REF points to are in the arena.  Nothing here is ever freed singly.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/reader.h"
#include "wire/layout.h"

#define WIRE_DEPTH_MAX 32
#define WIRE_PATH_SIZE 192

/* The width of counts of kind WIRE_COUNT ([MS-OXCDATA] 2.11.1.1). */
enum wire_counts {
	WIRE_COUNTS_16, /* in ROP buffers */
	WIRE_COUNTS_32, /* in extended rules and in MAPI over HTTP */
	/* 32 bits too; and property values say whether they are there ([MS-OXCMAPIHTTP] 2.2.1.1) */
	WIRE_COUNTS_ADDRESS_BOOK,
};

struct wire_error {
	status code; /* 0: none so far */
	const char *what;
	size_t offset;             /* decoding: bytes from the beginning of the input */
	char path[WIRE_PATH_SIZE]; /* of the field; "..." for the beginning of a long one */
};

/* Decoding ------------------------------------------------------------------------------------- */

struct wire_in {
	struct reader r;
	struct arena *arena;
	const void *context; /* for CUSTOM fields: what only the caller knows, or NULL */
	const uint8_t *start;
	uint8_t counts; /* enum wire_counts */
	uint8_t depth;
	struct wire_error error;
};

/* Counts of 16 bits, no context. The arena's budget bounds what the bytes can grow to. */
void wire_in_init(struct wire_in *in, struct bytes data, struct arena *arena);
/*
 * One structure; what follows it stays in in->r. After false *dst is undefined and the input stays
 * failed.
 */
bool wire_decode(struct wire_in *in, const struct wire_type *t, void *dst);
/* After wire_decode: its error, or ecCorruptData when something was left over, in words. */
status wire_finish(struct wire_in *in, const struct wire_type *t, struct reason *why) MUST;
/* One structure and nothing after it. *dst is touched on success only. */
status wire_decode_all(struct wire_in *in, const struct wire_type *t, void *dst,
		       struct reason *why) MUST;
/* The error in words: "set_columns.columns[3] at byte 17: the data ends too early". */
status wire_error_reason(const struct wire_error *e, struct reason *why);

/* Encoding ------------------------------------------------------------------------------------- */

struct wire_out {
	struct buf *buf; /* its maximum is the limit */
	const void *context;
	uint8_t counts;
	uint8_t depth;
	struct wire_error error;
};

void wire_out_init(struct wire_out *out, struct buf *buf);
/*
 * Appends all of it, or nothing: after a failure the buffer is as it was (ecTooBig when there was
 * no room, ecInvalidParam when the structure cannot be expressed) and the next call starts afresh.
 */
status wire_encode(struct wire_out *out, const struct wire_type *t, const void *src) MUST;

/* The rest ------------------------------------------------------------------------------------- */

/*
 * On one line: "set_columns{flags=0 columns=[0x37001f 0xe070003]}". For people and traces, not to
 * be read back.
 */
void wire_print(const struct wire_type *t, const void *src, struct buf *out);
/* Fields that are not there (WHEN, other arms) are not looked at. */
bool wire_equal(const struct wire_type *t, const void *a, const void *b);

struct wire_random {
	uint64_t state; /* the seed; the same seed gives the same structure */
	struct arena *arena;
	uint8_t counts;
	uint8_t depth;
};

void wire_random_init(struct wire_random *r, uint64_t seed, struct arena *arena);
/* A structure that wire_encode takes; small, with odd values often. False without memory. */
bool wire_random_fill(struct wire_random *r, const struct wire_type *t, void *dst);

/* For CUSTOM fields ---------------------------------------------------------------------------- */

/*
 * All five must be there.  They return false only after wire_fail / wire_out_fail (random: without
 * memory), and go deeper only between enter and leave, so that nothing nests without end.
 */
struct wire_custom {
	bool (*pull)(struct wire_in *in, void *field);
	bool (*push)(struct wire_out *out, const void *field);
	void (*print)(struct buf *out, const void *field);
	bool (*equal)(const void *a, const void *b);
	bool (*random)(struct wire_random *r, void *field);
};

/* `what` must outlive the input. Always false. */
bool wire_fail(struct wire_in *in, status code, const char *what);
/* Puts ".name" (name) or "[i]" (name NULL) before the path of the error. Always false. */
bool wire_fail_at(struct wire_error *e, const char *name, size_t i);
bool wire_enter(struct wire_in *in);
void wire_leave(struct wire_in *in);
/* A structure inside another. */
bool wire_pull(struct wire_in *in, const struct wire_type *t, void *dst);
bool wire_pull_u8(struct wire_in *in, uint8_t *v);
bool wire_pull_u16(struct wire_in *in, uint16_t *v);
bool wire_pull_u32(struct wire_in *in, uint32_t *v);
bool wire_pull_u64(struct wire_in *in, uint64_t *v);
bool wire_pull_count(struct wire_in *in, unsigned width, uint32_t *n);
bool wire_pull_bytes(struct wire_in *in, size_t n, struct bytes *v);
bool wire_pull_str8(struct wire_in *in, struct bytes *v);
bool wire_pull_str16(struct wire_in *in, struct bytes *v);
/*
 * n elements of `size` bytes each, which take `least` bytes each on the wire at the least; n > 0.
 */
void *wire_pull_room(struct wire_in *in, uint32_t n, size_t size, size_t least);

bool wire_out_fail(struct wire_out *out, status code, const char *what);
bool wire_out_enter(struct wire_out *out);
void wire_out_leave(struct wire_out *out);
bool wire_push(struct wire_out *out, const struct wire_type *t, const void *src);
bool wire_push_u8(struct wire_out *out, uint8_t v);
bool wire_push_u16(struct wire_out *out, uint16_t v);
bool wire_push_u32(struct wire_out *out, uint32_t v);
bool wire_push_u64(struct wire_out *out, uint64_t v);
bool wire_push_count(struct wire_out *out, unsigned width, size_t n);
bool wire_push_bytes(struct wire_out *out, struct bytes v);
bool wire_push_str8(struct wire_out *out, struct bytes v);
bool wire_push_str16(struct wire_out *out, struct bytes v);

/* Text in quotes with what is not printable escaped; bytes as "3 bytes 01 02 03". */
void wire_print_str8(struct buf *out, struct bytes v);
void wire_print_str16(struct buf *out, struct bytes v);
void wire_print_bytes(struct buf *out, struct bytes v);

uint64_t wire_random_u64(struct wire_random *r);
uint32_t wire_random_below(struct wire_random *r, uint32_t n); /* 0 .. n - 1; n > 0 */
bool wire_random_bytes(struct wire_random *r, size_t n, struct bytes *v);
bool wire_random_str8(struct wire_random *r, struct bytes *v);
bool wire_random_str16(struct wire_random *r, struct bytes *v);

#endif
