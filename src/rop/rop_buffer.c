#include "rop/rop_buffer.h"

#define ROP_SIZE_WIDTH 2u
#define HANDLE_WIDTH   4u
#define FIRST_ROOM     8u

/* What both directions have in common ---------------------------------------------------------- */

/* The list of ROPs as a window, and the handles behind it. */
static status split(struct bytes data, status code, struct bytes *list, struct bytes *handles,
		    struct reason *why)
{
	struct reader r = reader_of(data);
	size_t size = reader_u16(&r);

	if (r.failed)
		return reason_set(why, code, "ROP buffer: %zu bytes are not even RopSize", data.n);
	if (size < ROP_SIZE_WIDTH || size > data.n)
		return reason_set(why, code, "ROP buffer: RopSize is %zu in a buffer of %zu bytes",
				  size, data.n);
	*list = reader_bytes(&r, size - ROP_SIZE_WIDTH);
	*handles = reader_rest(&r);
	if (handles->n % HANDLE_WIDTH)
		return reason_set(why, code,
				  "ROP buffer: the table of handles has %zu bytes, which is not "
				  "a multiple of 4",
				  handles->n);
	return ecNone;
}

static bool load_handles(struct bytes raw, struct arena *a, uint32_t *n, uint32_t **handles)
{
	*n = (uint32_t)(raw.n / HANDLE_WIDTH);
	*handles = arena_array(a, *n, sizeof **handles);
	for (uint32_t i = 0; *handles && i < *n; i++)
		(*handles)[i] = le32(raw.p + (size_t)i * HANDLE_WIDTH);
	return *handles != NULL;
}

/* Room for one more in a growing array of the arena; false without memory. */
static bool grow(struct arena *a, void **v, uint32_t n, uint32_t *cap, size_t size)
{
	uint32_t more = *cap ? *cap * 2 : FIRST_ROOM;
	void *bigger;

	if (n < *cap)
		return true;
	if (!(bigger = arena_array(a, more, size)))
		return false;
	if (n)
		memcpy(bigger, *v, n * size);
	*v = bigger;
	*cap = more;
	return true;
}

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "ROP buffer: takes more memory than there may be");
}

static status put_handles(struct buf *out, const uint32_t *handles, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		buf_add_u32(out, handles[i]);
	return buf_status(out);
}

/* Input ---------------------------------------------------------------------------------------- */

static status explain(const struct wire_in *in, status code, uint32_t i, const char *what,
		      uint8_t id, struct reason *why)
{
	const struct wire_error *e = &in->error;
	const char *path = e->path + (e->path[0] == '.' && e->path[1] != '.');
	char scratch[ROP_NAME_SCRATCH];

	return reason_set(why, code, "%s %u of the buffer, %s: %s%sat byte %zu: %s", what, i + 1,
			  rop_name(id, scratch), path, path[0] ? " " : "", e->offset, e->what);
}

status rop_input_decode(struct bytes data, struct rop_context *context, struct arena *a,
			struct rop_input *out, struct reason *why)
{
	struct rop_input input = { .requests = NULL };
	struct bytes list, handles;
	struct wire_in in;
	uint32_t cap = 0;
	status st = split(data, ecRpcFormat, &list, &handles, why);

	if (st)
		return st;
	wire_in_init(&in, list, a);
	while (reader_left(&in.r)) {
		uint8_t id = *in.r.p;
		void *v = input.requests;

		if (!grow(a, &v, input.n_requests, &cap, sizeof *input.requests))
			return no_memory(why);
		input.requests = v;
		st = rop_request_decode(&in, context, &input.requests[input.n_requests]);
		if (st)
			return explain(&in, st, input.n_requests, "request", id, why);
		input.n_requests++;
	}
	if (!load_handles(handles, a, &input.n_handles, &input.handles))
		return no_memory(why);
	*out = input;
	return ecNone;
}

static status put_requests(const struct rop_input *input, struct buf *out, struct reason *why)
{
	struct wire_out o;

	wire_out_init(&o, out);
	for (uint32_t i = 0; i < input->n_requests; i++)
		if (rop_request_encode(&o, &input->requests[i]))
			return wire_error_reason(&o.error, why);
	return ecNone;
}

status rop_input_encode(const struct rop_input *input, struct buf *out, struct reason *why)
{
	size_t start = out->n;
	status st;

	buf_add_u16(out, 0);
	if (out->failed)
		return reason_set(why, ecTooBig, "ROP buffer: no room");
	st = put_requests(input, out, why);
	if (!st && out->n - start > ROP_SIZE_MAX)
		st = reason_set(why, ecTooBig, "ROP buffer: more than RopSize can say");
	if (!st) {
		put_le16(out->p + start, (uint16_t)(out->n - start));
		st = put_handles(out, input->handles, input->n_handles);
	}
	if (st)
		buf_truncate(out, start);
	return st;
}

/* Output --------------------------------------------------------------------------------------- */

/* The request that the next response answers, from *next on. */
static const struct rop_request *next_asked(const struct rop_input *asked, uint32_t *next)
{
	while (asked && *next < asked->n_requests) {
		const struct rop_request *r = &asked->requests[(*next)++];
		const struct rop_info *info = rop_info(r->id);

		if (info && info->kind != ROP_KIND_NO_ANSWER)
			return r;
	}
	return NULL;
}

static bool comes_unasked(uint8_t id)
{
	const struct rop_info *info = rop_info(id);

	return info && info->kind == ROP_KIND_NO_REQUEST;
}

static status take_responses(struct wire_in *in, const struct rop_context *context,
			     const struct rop_input *asked, struct rop_output *output,
			     struct reason *why)
{
	uint32_t cap = 0, next = 0;

	while (reader_left(&in->r)) {
		uint8_t id = *in->r.p;
		const struct rop_request *r = NULL;
		void *v = output->responses;

		if (!comes_unasked(id) && asked && !(r = next_asked(asked, &next)))
			return reason_set(why, ecCorruptData,
					  "ROP buffer: more responses than requests");
		if (!grow(in->arena, &v, output->n_responses, &cap, sizeof *output->responses))
			return no_memory(why);
		output->responses = v;
		if (rop_response_decode(in, context, r, &output->responses[output->n_responses]))
			return explain(in, in->error.code, output->n_responses, "response", id,
				       why);
		output->n_responses++;
	}
	return ecNone;
}

status rop_output_decode(struct bytes data, const struct rop_context *context,
			 const struct rop_input *asked, struct arena *a, struct rop_output *out,
			 struct reason *why)
{
	struct rop_output output = { .responses = NULL };
	struct bytes list, handles;
	struct wire_in in;
	status st = split(data, ecCorruptData, &list, &handles, why);

	if (st)
		return st;
	wire_in_init(&in, list, a);
	st = take_responses(&in, context, asked, &output, why);
	if (st)
		return st;
	if (!load_handles(handles, a, &output.n_handles, &output.handles))
		return no_memory(why);
	*out = output;
	return ecNone;
}

/* Writing -------------------------------------------------------------------------------------- */

status rop_writer_begin(struct rop_writer *w, struct buf *out, size_t max, uint32_t n_handles)
{
	size_t least = ROP_SIZE_WIDTH + (size_t)n_handles * HANDLE_WIDTH;

	if (out->failed || max < least || out->max - out->n < max)
		return ecTooBig;
	*w = (struct rop_writer){ .out = out, .start = out->n, .max = max, .n_handles = n_handles };
	buf_add_u16(out, 0);
	return buf_status(out);
}

/* Where the responses must end. */
static size_t list_end(const struct rop_writer *w)
{
	size_t most = w->max - (size_t)w->n_handles * HANDLE_WIDTH;

	return w->start + (most < ROP_SIZE_MAX ? most : ROP_SIZE_MAX);
}

size_t rop_writer_room(const struct rop_writer *w)
{
	return list_end(w) - w->out->n;
}

status rop_writer_put(struct rop_writer *w, const struct rop_response *r, struct reason *why)
{
	size_t max = w->out->max;
	struct wire_out o;
	status st;

	wire_out_init(&o, w->out);
	w->out->max = list_end(w);
	st = rop_response_encode(&o, r);
	w->out->max = max;
	return st ? wire_error_reason(&o.error, why) : ecNone;
}

status rop_writer_too_small(struct rop_writer *w, size_t size_needed, struct bytes rest)
{
	size_t room = rop_writer_room(w);

	if (room < ROP_TOO_SMALL_MIN)
		return ecTooBig;
	room -= ROP_TOO_SMALL_MIN;
	buf_add_u8(w->out, ROP_BUFFER_TOO_SMALL);
	buf_add_u16(w->out, (uint16_t)(size_needed < ROP_SIZE_MAX ? size_needed : ROP_SIZE_MAX));
	buf_add(w->out, rest.p, rest.n < room ? rest.n : room);
	return buf_status(w->out);
}

status rop_writer_end(struct rop_writer *w, const uint32_t *handles)
{
	put_le16(w->out->p + w->start, (uint16_t)(w->out->n - w->start));
	return put_handles(w->out, handles, w->n_handles);
}
