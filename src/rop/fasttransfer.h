/*
 * FastTransfer streams: properties, messages and folders as a run of bytes ([MS-OXCFXICS] 2.2.4).  This is how mail
 * travels between client and server, and how a message lies in a mailbox.
 *
 *   property   type (2 bytes), id (2), for ids from 0x8000 the name (set, kind, number or text), then the value:
 *              fixed sizes as they are (PT_BOOLEAN in 2 bytes); strings, binaries and kin with 4 bytes of length;
 *              multi-valued ones with 4 bytes of count and then each as above
 *   marker     4 bytes, a tag without a value: where an object begins and ends
 *
 * Strings have their terminator in the stream and not in a struct prop: one is added, one is taken off.
 *
 * What the stream has no words for (an unknown type, a size that is not the type's, a list that came as raw bytes, a
 * NUL within a text, a boolean that is neither 0 nor 1, an id from 0x8000 without a name, a tag that would read as a
 * marker) is kept in a private form: a PT_BINARY property named (FT_ESCAPE_SET, number = the tag), whose value is
 *
 *   U16 flags (enum prop_flag), U32 count, U8 kind (0: no name; 1: set, number; 2: set, U16 length, string),
 *   then the bytes of the value, or for a list each with 4 bytes of length.
 *
 * Such a property is a valid one to whoever reads the stream.  It is for data at rest: a server leaves it out
 * (ft_event.escaped), and an upload that has one is read as the plain binary that it is (ft_limits.private_form).
 */
#ifndef ROP_FASTTRANSFER_H
#define ROP_FASTTRANSFER_H

#include "mapi/item.h"

/* [MS-OXCFXICS] 2.2.4.1.4 */
enum ft_marker {
	FT_NEW_ATTACH = 0x40000003,
	FT_START_EMBED = 0x40010003,
	FT_END_EMBED = 0x40020003,
	FT_START_RECIP = 0x40030003,
	FT_END_TO_RECIP = 0x40040003,
	FT_START_TOP_FOLDER = 0x40090003,
	FT_START_SUB_FOLDER = 0x400A0003,
	FT_END_FOLDER = 0x400B0003,
	FT_START_MESSAGE = 0x400C0003,
	FT_END_MESSAGE = 0x400D0003,
	FT_END_ATTACH = 0x400E0003,
	FT_START_FAI_MESSAGE = 0x40100003,
	FT_INCR_SYNC_CHG = 0x40120003,
	FT_INCR_SYNC_DEL = 0x40130003,
	FT_INCR_SYNC_END = 0x40140003,
	FT_INCR_SYNC_MESSAGE = 0x40150003,
	FT_FX_ERROR_INFO = 0x40180003,
	FT_INCR_SYNC_READ = 0x402F0003,
	FT_INCR_SYNC_STATE_BEGIN = 0x403A0003,
	FT_INCR_SYNC_STATE_END = 0x403B0003,
	FT_INCR_SYNC_PROGRESS_MODE = 0x4074000B,
	FT_INCR_SYNC_PROGRESS_PER_MESSAGE = 0x4075000B,
	FT_INCR_SYNC_GROUP_INFO = 0x407B0102,
	FT_INCR_SYNC_CHG_PARTIAL = 0x407D0003,
};

bool ft_is_marker(uint32_t tag);
/* "StartRecip"; NULL when it is none. */
const char *ft_marker_name(uint32_t marker);

/* {90F10D86-5D9C-4E5A-8E0B-4C6C1E9D5F3A} */
extern const struct guid FT_ESCAPE_SET;

/* Writing ------------------------------------------------------------------------------------------------------ */

void ft_put_marker(struct buf *out, enum ft_marker marker);
/* Can the stream say it? `names` as below. */
bool ft_can_say(const struct prop *p, const struct name_map *names);
/*
 * Appends a property that is at hand (not PROP_LARGE), in the private form where it must be.  `names` gives the names
 * of ids from 0x8000; NULL: none has one.  A full buffer is `out->failed`.
 */
void ft_put_prop(struct buf *out, const struct prop *p, const struct name_map *names);
/*
 * A value of p->size bytes in the form of mapi/prop.h that is put elsewhere, or appended by the caller: what stands
 * before it, then what stands after it.  `escape`: in the private form (ft_large_fits says when that must be).
 */
void ft_put_large_begin(struct buf *out, const struct prop *p, const struct name_map *names, bool escape);
void ft_put_large_end(struct buf *out, const struct prop *p, bool escape);
/* Does the stream say values of that type and size? Of strings the caller must know that no NUL is within. */
bool ft_large_fits(const struct prop *p, const struct name_map *names);
/*
 * Is there a NUL within a text that comes in pieces (whole code units each)?  *ended says that a piece before ended in
 * one: false at the beginning.
 */
bool ft_text_broken(uint16_t type, struct bytes piece, bool *ended);

/* Reading ------------------------------------------------------------------------------------------------------- */

#define FT_DEPTH_MAX 128u

struct ft_limits {
	unsigned depth;         /* objects within objects; at most FT_DEPTH_MAX */
	size_t value_max;       /* strings and binaries above it come in chunks */
	size_t list_max;        /* bytes of a multi-valued property */
	uint64_t stream_max;    /* bytes in all; 0: no limit */
	bool private_form;      /* data at rest: see above */
};

extern const struct ft_limits ft_limits_rest, ft_limits_wire;

enum ft_kind {
	FT_MORE,      /* all that was fed is used up */
	FT_MARKER,    /* nesting is right: an end ends what was begun last */
	FT_PROP,      /* with its value, or (`large`) before it */
	FT_CHUNK,     /* a piece of the value of the last FT_PROP, canonical form */
	FT_VALUE_END, /* after the last piece */
};

struct ft_event {
	enum ft_kind kind;
	uint32_t marker;
	/* FT_PROP: in the form of mapi/prop.h, with the id of the stream; PROP_LARGE when chunks follow. */
	struct prop prop;
	bool named;            /* `name` is the name of the id */
	struct prop_name name;
	bool escaped;          /* it was in the private form */
	bool elsewhere;        /* its value is not in the stream: see ft_lexer_elsewhere */
	unsigned codepage;     /* of a PT_STRING8 whose type said it ([MS-OXCFXICS] 2.2.4.1.1.1); 0: it did not */
	struct bytes chunk;
};

struct ft_lexer {
	struct ft_limits limits;
	struct reason why;
	struct bytes in;       /* fed and not used yet */
	struct buf held;       /* the beginning of an element whose rest was not fed yet */
	size_t held_used;
	uint64_t used;         /* bytes of the stream that events were made of */
	uint32_t open[FT_DEPTH_MAX]; /* the end markers that are awaited */
	unsigned depth;
	uint64_t left;         /* of the value that comes in chunks */
	unsigned terminator;   /* bytes of it after that */
	bool in_value;
	uint64_t elsewhere;
	uint32_t scanned;      /* elements of a list that are there, */
	size_t scanned_to;     /* and where they end */
	status failed;
};

void ft_lexer_init(struct ft_lexer *l, const struct ft_limits *limits);
void ft_lexer_free(struct ft_lexer *l);
/* More of the stream, after FT_MORE. The bytes must stand until the next FT_MORE. */
void ft_lexer_feed(struct ft_lexer *l, struct bytes data);
/*
 * The next event; values point into what was fed or into the lexer, until the next call; lists have their array in
 * `arena`.  ecCorruptData (what and where is in l->why), ecTooBig, ecTooComplex; failures stick.
 */
status ft_lexer_next(struct ft_lexer *l, struct arena *arena, struct ft_event *out) MUST;
/*
 * The value that begins at this byte of the stream (`used` after its FT_PROP) is not in it, its terminator is: such a
 * property is PROP_LARGE and no chunks follow.  One place at a time; UINT64_MAX: none.
 */
void ft_lexer_elsewhere(struct ft_lexer *l, uint64_t place);
/* After the last FT_MORE: ecCorruptData when an element or an object is not at its end. */
status ft_lexer_finish(struct ft_lexer *l) MUST;

#define CLEANUP_FT_LEXER __attribute__((cleanup(ft_lexer_free)))

#endif
