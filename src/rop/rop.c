#include "rop/rop.h"

#include "mapi/error.h"
#include "rop/context_private.h"
#include "rop/rops_logon.h"
#include "rop/rops_property.h"

/* Contexts ------------------------------------------------------------------------------------- */

void rop_context_set_public(struct rop_context *c, uint8_t logon_id, bool is_public)
{
	uint8_t bit = (uint8_t)(1u << logon_id % 8);

	if (is_public)
		c->public_logons[logon_id / 8] |= bit;
	else
		c->public_logons[logon_id / 8] &= (uint8_t)~bit;
}

bool rop_context_is_public(const struct rop_context *c, uint8_t logon_id)
{
	return c->public_logons[logon_id / 8] >> logon_id % 8 & 1;
}

/* Requests ------------------------------------------------------------------------------------- */

/* The second index of a request is at the beginning of the body. */
static uint8_t second_index(const struct rop_request *r)
{
	return r->body ? *(const uint8_t *)r->body : 0;
}

bool rop_request_output(const struct rop_request *r, uint8_t *index)
{
	const struct rop_info *info = rop_info(r->id);

	if (!info)
		return false;
	if (info->handles == ROP_HANDLES_OUTPUT)
		*index = r->input_handle_index;
	else if (info->handles == ROP_HANDLES_INPUT_OUTPUT)
		*index = second_index(r);
	else
		return false;
	return true;
}

bool rop_request_dest(const struct rop_request *r, uint8_t *index)
{
	const struct rop_info *info = rop_info(r->id);

	if (!info || info->handles != ROP_HANDLES_SOURCE_DEST)
		return false;
	*index = second_index(r);
	return true;
}

static void find_response_index(struct rop_request *r)
{
	if (r->info->handles == ROP_HANDLES_RESPONSE_INPUT)
		return;
	r->response_handle_index = r->input_handle_index;
	if (r->info->handles == ROP_HANDLES_INPUT_OUTPUT)
		r->response_handle_index = second_index(r);
}

static bool pull_body(struct wire_in *in, const struct wire_type *t,
		      const struct rop_wire_context *context, void **body)
{
	const void *outer = in->context;
	bool ok;

	*body = NULL;
	if (!t)
		return true;
	if (!(*body = arena_zalloc(in->arena, t->size)))
		return wire_fail(in, ecMemory, "takes more memory than there may be");
	in->context = context;
	ok = wire_decode(in, t, *body);
	in->context = outer;
	return ok;
}

static bool pull_request(struct wire_in *in, struct rop_context *context, struct rop_request *r)
{
	struct rop_wire_context wire = { .public_logon = false };

	if (!wire_pull_u8(in, &r->id))
		return false;
	r->info = rop_info(r->id);
	if (!r->info || r->info->kind == ROP_KIND_NO_REQUEST)
		return wire_fail(in, ecRpcFormat, "a RopId that no request has");
	if (!wire_pull_u8(in, &r->logon_id))
		return false;
	if (r->info->handles == ROP_HANDLES_RESPONSE_INPUT &&
	    !wire_pull_u8(in, &r->response_handle_index))
		return false;
	if (!wire_pull_u8(in, &r->input_handle_index))
		return false;
	wire.public_logon = rop_context_is_public(context, r->logon_id);
	return pull_body(in, r->info->request, &wire, &r->body);
}

/* What follows a logon in the buffer is of its kind. */
static void note_logon(struct rop_context *context, const struct rop_request *r)
{
	const struct rop_logon_request *logon = r->id == ROP_LOGON ? r->body : NULL;

	if (logon)
		rop_context_set_public(context, r->logon_id, !(logon->logon_flags & LOGON_PRIVATE));
}

status rop_request_decode(struct wire_in *in, struct rop_context *context, struct rop_request *out)
{
	const uint8_t *start = in->r.p;
	struct rop_request r = { .info = NULL };

	if (in->error.code || !pull_request(in, context, &r))
		return in->error.code == ecMemory ? ecMemory : ecRpcFormat;
	r.raw = bytes_of(start, (size_t)(in->r.p - start));
	find_response_index(&r);
	note_logon(context, &r);
	*out = r;
	return ecNone;
}

/* Encoding ------------------------------------------------------------------------------------- */

static status fail_encode(struct wire_out *out, status code, const char *what)
{
	out->error = (struct wire_error){ .code = code, .what = what, .offset = out->buf->n };
	return code;
}

/* All of it or nothing. */
static status put(struct wire_out *out, struct bytes head, const struct wire_type *t,
		  const void *body)
{
	struct buf *b = out->buf;
	size_t mark = b->n;
	status st = ecNone;

	if (b->failed)
		return fail_encode(out, ecTooBig, "the buffer has failed before");
	buf_add(b, head.p, head.n);
	if (b->failed)
		st = fail_encode(out, ecTooBig, "does not fit");
	else if (t)
		st = wire_encode(out, t, body);
	if (st) {
		buf_truncate(b, mark);
		b->failed = false;
	}
	return st;
}

status rop_request_encode(struct wire_out *out, const struct rop_request *r)
{
	const struct rop_info *info = rop_info(r->id);
	uint8_t head[4] = { r->id, r->logon_id };
	size_t n = 2;

	if (!info || info->kind == ROP_KIND_NO_REQUEST)
		return fail_encode(out, ecInvalidParam, "a RopId that no request has");
	if (info->request && !r->body)
		return fail_encode(out, ecInvalidParam, "a request without its body");
	if (info->handles == ROP_HANDLES_RESPONSE_INPUT)
		head[n++] = r->response_handle_index;
	head[n++] = r->input_handle_index;
	return put(out, bytes_of(head, n), info->request, r->body);
}

/* Responses ------------------------------------------------------------------------------------ */

void rop_response_begin(const struct rop_request *asked, struct rop_response *out)
{
	/* [MS-OXCROPS] 2.2.6.9.2 */
	*out = (struct rop_response){
		.id = asked->id == ROP_GET_MESSAGE_STATUS ? (uint8_t)ROP_SET_MESSAGE_STATUS
							  : asked->id,
		.handle_index = asked->response_handle_index,
	};
	(void)rop_request_dest(asked, &out->dest_handle_index);
}

void rop_response_fail(const struct rop_request *asked, status code, struct rop_response *out)
{
	rop_response_begin(asked, out);
	out->return_value = code;
}

#define BODY_MAX 512

/* A failure that the server has nothing to say about: zeros, but for the index it repeats. */
static status put_zeros(struct wire_out *out, struct bytes head, const struct wire_type *t,
			const struct rop_response *r)
{
	uint64_t zeros[BODY_MAX / 8] = { 0 };
	uint32_t dest = r->dest_handle_index;

	if (t->size > sizeof zeros)
		return fail_encode(out, ecInvalidParam, "a response without its body");
	/* All forms for a destination that is not there begin with it. */
	if (r->return_value == ecDstNullObject && t != rop_info(r->id)->failing)
		memcpy(zeros, &dest, sizeof dest);
	return put(out, head, t, zeros);
}

status rop_response_encode(struct wire_out *out, const struct rop_response *r)
{
	const struct rop_info *info = rop_info(r->id);
	const struct wire_type *t = rop_response_type(r);
	uint8_t head[6] = { r->id, r->handle_index };
	struct bytes all = bytes_of(head, sizeof head);

	if (!info || info->kind == ROP_KIND_NO_ANSWER)
		return fail_encode(out, ecInvalidParam, "a RopId that no response has");
	put_le32(head + 2, r->return_value);
	if (info->kind == ROP_KIND_NO_REQUEST)
		all.n = 1;
	return t && !r->body ? put_zeros(out, all, t, r) : put(out, all, t, r->body);
}

/* [MS-OXCROPS] 2.2.3.4.2 */
static const uint32_t receive_folder_columns[] = {
	PidTagFolderId,
	0x001A001E, /* PidTagMessageClass in 8 bits */
	PidTagLastModificationTime,
};

static void find_columns(const struct rop_context *context, const struct rop_request *asked,
			 uint8_t id, struct rop_wire_context *wire)
{
	if (id == ROP_GET_RECEIVE_FOLDER_TABLE) {
		wire->columns_known = true;
		wire->columns = (struct rop_columns){ 3, receive_folder_columns };
	} else if (asked && id == ROP_GET_PROPERTIES_SPECIFIC) {
		const struct rop_get_properties_specific_request *r = asked->body;

		wire->columns_known = true;
		wire->columns = (struct rop_columns){ r->property_tags.n, r->property_tags.v };
	} else if (context && context->columns) {
		wire->columns_known = context->columns(context->user, asked, &wire->columns);
	}
}

static bool answers(uint8_t id, const struct rop_request *asked)
{
	return id == ROP_PROGRESS || !asked || id == asked->id ||
	       (id == ROP_SET_MESSAGE_STATUS && asked->id == ROP_GET_MESSAGE_STATUS);
}

static bool pull_response(struct wire_in *in, const struct rop_context *context,
			  const struct rop_request *asked, struct rop_response *r)
{
	struct rop_wire_context wire = { .public_logon = false };
	const struct rop_info *info;

	if (!wire_pull_u8(in, &r->id))
		return false;
	info = rop_info(r->id);
	if (!info || info->kind == ROP_KIND_NO_ANSWER)
		return wire_fail(in, ecCorruptData, "a RopId that no response has");
	if (info->kind != ROP_KIND_NO_REQUEST) {
		if (!answers(r->id, asked))
			return wire_fail(in, ecCorruptData, "not the response to the request");
		if (!wire_pull_u8(in, &r->handle_index) || !wire_pull_u32(in, &r->return_value))
			return false;
		find_columns(context, asked, r->id, &wire);
	}
	return pull_body(in, rop_response_type(r), &wire, &r->body);
}

status rop_response_decode(struct wire_in *in, const struct rop_context *context,
			   const struct rop_request *asked, struct rop_response *out)
{
	struct rop_response r = { .id = 0 };

	if (!in->error.code && pull_response(in, context, asked, &r)) {
		if (asked)
			(void)rop_request_dest(asked, &r.dest_handle_index);
		*out = r;
	}
	return in->error.code;
}

/* For people ----------------------------------------------------------------------------------- */

void rop_request_print(const struct rop_request *r, struct buf *out)
{
	const struct rop_info *info = rop_info(r->id);
	char scratch[ROP_NAME_SCRATCH];

	buf_printf(out, "%s logon=%u handle=%u", rop_name(r->id, scratch), r->logon_id,
		   r->input_handle_index);
	if (info && info->request && r->body) {
		buf_add_u8(out, ' ');
		wire_print(info->request, r->body, out);
	}
}

static void print_error(uint32_t code, struct buf *out)
{
	const struct mapi_error *e = mapi_error_by_code(code);

	if (e)
		buf_printf(out, " failed=%s", e->name);
	else
		buf_printf(out, " failed=0x%x", code);
}

void rop_response_print(const struct rop_response *r, struct buf *out)
{
	const struct rop_info *info = rop_info(r->id);
	const struct wire_type *t = rop_response_type(r);
	char scratch[ROP_NAME_SCRATCH];

	buf_add_str(out, rop_name(r->id, scratch));
	if (!info || info->kind != ROP_KIND_NO_REQUEST)
		buf_printf(out, " handle=%u", r->handle_index);
	if (r->return_value)
		print_error(r->return_value, out);
	if (t && r->body) {
		buf_add_u8(out, ' ');
		wire_print(t, r->body, out);
	}
}
