/*
 * Remote operations ([MS-OXCROPS]): one request or one response of a ROP buffer, as structures.
 *
 * The list of them is rop/rop_list.def, their structures are in rop/rops_*.h, whole buffers in
 * rop/rop_buffer.h.  The body of a request is `struct rop_open_folder_request` for
 * ROP_OPEN_FOLDER.  That of a response is `struct rop_open_folder_response` when ReturnValue is 0;
 * what it is else, rop_response_type says.  Nothing here knows what a ROP does.
 *
 * How a server answers a request:
 *
 *     rop_response_begin(asked, &answer);    then answer.body = a struct rop_X_response
 *     rop_response_fail(asked, ecNotFound, &answer);
 */
#ifndef ROP_ROP_H
#define ROP_ROP_H

#include "wire/wire.h"

/* ROP_OPEN_FOLDER = 0x02 and all others of [MS-OXCROPS] 2.2.2. */
enum rop_id {
#define ROP(id, ID, ...) ID = id,
#include "rop/rop_list.def"
#undef ROP
};

/* ReturnValues that the protocol itself knows ([MS-OXCDATA] 2.4). */
#define ecWrongServer    0x00000478u
#define ecBufferTooSmall 0x0000047Du
#define ecServerBusy     0x00000480u
#define ecRpcFormat      0x000004B6u
#define ecNullObject     0x000004B9u
#define ecDstNullObject  0x00000503u
#define ecNotImplemented 0x80040FFFu

enum rop_kind {
	ROP_KIND_NORMAL,
	ROP_KIND_NO_ANSWER,  /* RopRelease */
	ROP_KIND_NO_REQUEST, /* a response that nobody asked for; it has no head but RopId */
};

/* The indexes into the table of handles that follow LogonId in the request, a byte each. */
enum rop_handles {
	ROP_HANDLES_NONE,
	ROP_HANDLES_INPUT,          /* InputHandleIndex */
	ROP_HANDLES_INPUT_OUTPUT,   /* then OutputHandleIndex, which is in the body */
	ROP_HANDLES_SOURCE_DEST,    /* SourceHandleIndex; DestHandleIndex is in the body */
	ROP_HANDLES_RESPONSE_INPUT, /* ResponseHandleIndex, InputHandleIndex */
	ROP_HANDLES_OUTPUT,         /* OutputHandleIndex alone: RopLogon */
};

struct rop_info {
	const char *name; /* "RopOpenFolder" */
	uint8_t id;
	uint8_t kind;    /* enum rop_kind */
	uint8_t handles; /* enum rop_handles */
	/* What follows; NULL when nothing does. */
	const struct wire_type *request;
	const struct wire_type *response; /* ReturnValue 0 */
	const struct wire_type *failing;  /* ReturnValue not 0; but see rop_response_type */
};

/* NULL for a reserved id. */
const struct rop_info *rop_info(uint8_t id);
/* "RopOpenFolder", in any case of letters and without "Rop" too. NULL when there is none. */
const struct rop_info *rop_info_by_name(const char *name);
#define ROP_NAME_SCRATCH 24

/* For people: "RopOpenFolder", or "reserved ROP 0x28" in `scratch`. */
const char *rop_name(uint8_t id, char scratch[ROP_NAME_SCRATCH]);

/* What is not in the bytes ------------------------------------------------------------------------ */

struct rop_request;

struct rop_columns {
	uint32_t n;
	const uint32_t *tags;
};

#define ROP_LOGONS 256

struct rop_context {
	/*
	 * A bit for each LogonId whose logon is no private one. Requests of RopLogon that are
	 * decoded set and clear theirs, so that what follows them in the same buffer is right.
	 */
	uint8_t public_logons[ROP_LOGONS / 8];
	/*
	 * For decoding responses: the columns of the table that `asked` works on, for RopQueryRows,
	 * RopFindRow and RopExpandRow.  False, or no function: unknown, and rows are refused.
	 */
	bool (*columns)(void *user, const struct rop_request *asked, struct rop_columns *out);
	void *user;
};

void rop_context_set_public(struct rop_context *c, uint8_t logon_id, bool is_public);
bool rop_context_is_public(const struct rop_context *c, uint8_t logon_id);

/* Requests ---------------------------------------------------------------------------------------- */

struct rop_request {
	const struct rop_info *info;
	uint8_t id;
	uint8_t logon_id;
	uint8_t input_handle_index;    /* also SourceHandleIndex; RopLogon: OutputHandleIndex */
	uint8_t response_handle_index; /* what the response repeats: decoding fills it in, encoding
					  looks at it for ROP_HANDLES_RESPONSE_INPUT only */
	void *body;                    /* of type info->request; NULL when it has none */
	struct bytes raw;              /* decoded: all of its bytes, in the input */
};

/*
 * Takes one request off the beginning of the input; everything is in the input or in its arena.
 * ecRpcFormat with words in in->error when it cannot be understood, also for reserved ids: the
 * whole buffer is refused then ([MS-OXCROPS] 3.2.5.1, 2.2.2).  ecMemory and ecTooBig as they are.
 * *out is touched on success only.
 */
status rop_request_decode(struct wire_in *in, struct rop_context *context,
			  struct rop_request *out) MUST;
/* Appends all of it or nothing; errors as wire_encode. `info` is not needed. */
status rop_request_encode(struct wire_out *out, const struct rop_request *r) MUST;
/* Where the handle of the object that it makes goes (RopLogon too); false when it makes none. */
bool rop_request_output(const struct rop_request *r, uint8_t *index);
/* The index of the destination of those that have one. */
bool rop_request_dest(const struct rop_request *r, uint8_t *index);
/* On one line, for traces: "RopOpenFolder logon=0 handle=1 {output_handle_index=2 ...}". */
void rop_request_print(const struct rop_request *r, struct buf *out);

/* Responses --------------------------------------------------------------------------------------- */

struct rop_response {
	uint8_t id;
	uint8_t handle_index; /* Input-, Output-, Source- or ResponseHandleIndex of the request */
	uint8_t dest_handle_index; /* with ecDstNullObject, when there is no body */
	uint32_t return_value;
	void *body; /* of rop_response_type; NULL: all zeros, which is right for failures */
};

/* The head of the response, with ReturnValue 0 and no body. */
void rop_response_begin(const struct rop_request *asked, struct rop_response *out);
/* All of a failing response; `code` is not 0. */
void rop_response_fail(const struct rop_request *asked, status code, struct rop_response *out);
/* What the body must be, by id and ReturnValue; NULL when nothing follows. */
const struct wire_type *rop_response_type(const struct rop_response *r);
/* Appends all of it or nothing; ecTooBig when there is no room. */
status rop_response_encode(struct wire_out *out, const struct rop_response *r) MUST;
/*
 * Takes one response off the beginning of the input.  `asked` is the request that is to be answered,
 * NULL when only what nobody asks for can come; such a response, and RopProgress, may also come
 * instead of the answer, so look at out->id.  ecCorruptData.
 */
status rop_response_decode(struct wire_in *in, const struct rop_context *context,
			   const struct rop_request *asked, struct rop_response *out) MUST;
void rop_response_print(const struct rop_response *r, struct buf *out);

/* Every layout of this room, NULL at the end: for tests, fuzzing and tools. */
extern const struct wire_type *const rop_wire_types[];

#endif
