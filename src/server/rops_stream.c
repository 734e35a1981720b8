/* Streams on properties ([MS-OXCPRPT] 2.2.14 to 2.2.27). */
#include "rop/rops_stream.h"

#include "server/folder_object.h"
#include "server/rop_call.h"
#include "server/stream_object.h"

/* OpenModeFlags [MS-OXCPRPT] 2.2.14.1 */
enum { OPEN_READ_ONLY = 0, OPEN_READ_WRITE = 1, OPEN_CREATE = 2 };
enum { FROM_BEGINNING = 0, FROM_HERE = 1, FROM_END = 2 };

/* [MS-OXCROPS] 2.2.9.2.1 */
#define MAXIMUM_BYTE_COUNT 0x80000000u
#define DATA_MOST 0xFFFFu

static struct stream_object *stream(const struct rop_call *c)
{
	return stream_object_of(c->object);
}

static status open_stream(struct rop_call *c)
{
	const struct rop_open_stream_request *r = c->request;
	struct rop_open_stream_response *a = c->response;
	struct stream_object *s;
	status st;

	if (r->open_mode_flags > OPEN_CREATE)
		return ecInvalidParam;
	if (c->object->kind == OBJECT_FOLDER && r->open_mode_flags != OPEN_READ_ONLY) {
		st = logon_may(c->logon, folder_object_id(c->object), RIGHT_OWNER);
		if (st)
			return st;
	}
	st = stream_object_open(c->object, r->property_tag, r->open_mode_flags != OPEN_READ_ONLY, r->open_mode_flags == OPEN_CREATE, &s);
	if (st)
		return st;
	rop_call_open(c, stream_object_base(s));
	a->stream_size = (uint32_t)stream_object_size(s);
	return ecNone;
}

static status read_stream(struct rop_call *c)
{
	const struct rop_read_stream_request *r = c->request;
	struct rop_read_stream_response *a = c->response;
	size_t n = r->byte_count == ROP_SIZE_AUTO ? r->maximum_byte_count : r->byte_count, got = 0;
	uint8_t *data;
	status st;

	if (r->byte_count == ROP_SIZE_AUTO && r->maximum_byte_count > MAXIMUM_BYTE_COUNT)
		return ecRpcFormat;
	if (n > DATA_MOST)
		n = DATA_MOST;
	if (n + 2 > c->room)
		n = c->room > 2 ? c->room - 2 : 0;
	data = arena_alloc(c->arena, n + 1);
	if (!data)
		return ecMemory;
	st = stream_object_read(stream(c), data, n, &got);
	if (!st)
		a->data = bytes_of(data, got);
	return st;
}

static status write_stream(struct rop_call *c)
{
	const struct rop_write_stream_request *r = c->request;
	struct rop_write_stream_response *a = c->response;
	status st = stream_object_write(stream(c), r->data);

	if (!st)
		a->written_size = (uint16_t)r->data.n;
	return st;
}

static status write_extended(struct rop_call *c)
{
	const struct rop_write_stream_extended_request *r = c->request;
	struct rop_write_stream_extended_response *a = c->response;
	status st = stream_object_write(stream(c), r->data);

	if (!st)
		a->written_size = (uint32_t)r->data.n;
	return st;
}

static status write_and_commit(struct rop_call *c)
{
	const struct rop_write_and_commit_stream_request *r = c->request;
	struct rop_write_and_commit_stream_response *a = c->response;
	status st;

	/* [MS-OXCPRPT] 2.2.26: not on a property of a folder. */
	if (stream_object_owner(stream(c)) == OBJECT_FOLDER)
		return ecNotSupported;
	st = stream_object_write(stream(c), r->data);
	if (!st)
		st = stream_object_commit(stream(c));
	if (!st)
		a->written_size = (uint16_t)r->data.n;
	return st;
}

static status commit_stream(struct rop_call *c)
{
	return stream_object_commit(stream(c));
}

static status get_size(struct rop_call *c)
{
	struct rop_get_stream_size_response *a = c->response;

	a->stream_size = (uint32_t)stream_object_size(stream(c));
	return ecNone;
}

static status set_size(struct rop_call *c)
{
	const struct rop_set_stream_size_request *r = c->request;

	return stream_object_resize(stream(c), r->stream_size);
}

static status seek_stream(struct rop_call *c)
{
	const struct rop_seek_stream_request *r = c->request;
	struct rop_seek_stream_response *a = c->response;
	int64_t offset = (int64_t)r->offset, from;
	status st;

	switch (r->origin) {
	case FROM_BEGINNING:
		from = 0;
		break;
	case FROM_HERE:
		from = (int64_t)stream_object_position(stream(c));
		break;
	case FROM_END:
		from = (int64_t)stream_object_size(stream(c));
		break;
	default:
		return ecStreamInvalidParam;
	}
	if (offset < -from || offset > (int64_t)BIG_VALUE_MAX)
		return ecStreamSeekError;
	st = stream_object_seek(stream(c), (uint64_t)(from + offset));
	if (!st)
		a->new_position = stream_object_position(stream(c));
	return st;
}

#define COPY_PIECE ((size_t)64 << 10)

static status copy_to_stream(struct rop_call *c)
{
	const struct rop_copy_to_stream_request *r = c->request;
	struct rop_copy_to_stream_response *a = c->response;
	uint64_t left = r->byte_count < BIG_VALUE_MAX ? r->byte_count : BIG_VALUE_MAX;
	struct object *to = NULL;
	uint8_t *piece = arena_alloc(c->arena, COPY_PIECE);
	status st = rop_call_other(c, r->dest_handle_index, OBJECT_STREAM, &to);

	if (st == ecNullObject)
		return ecDstNullObject;
	if (st || !piece)
		return st ? st : ecMemory;
	while (!st && left) {
		size_t got = 0;

		st = stream_object_read(stream(c), piece, left < COPY_PIECE ? (size_t)left : COPY_PIECE, &got);
		if (st || !got)
			break;
		a->read_byte_count += got;
		st = stream_object_write(stream_object_of(to), bytes_of(piece, got));
		if (!st)
			a->written_byte_count += got;
		left -= got;
	}
	return st;
}

static status clone_stream(struct rop_call *c)
{
	struct stream_object *s;
	status st = stream_object_clone(stream(c), &s);

	if (!st)
		rop_call_open(c, stream_object_base(s));
	return st;
}

const struct rop_entry rops_stream[] = {
	{ ROP_OPEN_STREAM, OBJECT_WITH_PROPERTIES, open_stream },
	{ ROP_READ_STREAM, OBJECT_STREAM, read_stream },
	{ ROP_WRITE_STREAM, OBJECT_STREAM, write_stream },
	{ ROP_WRITE_STREAM_EXTENDED, OBJECT_STREAM, write_extended },
	{ ROP_WRITE_AND_COMMIT_STREAM, OBJECT_STREAM, write_and_commit },
	{ ROP_COMMIT_STREAM, OBJECT_STREAM, commit_stream },
	{ ROP_GET_STREAM_SIZE, OBJECT_STREAM, get_size },
	{ ROP_SET_STREAM_SIZE, OBJECT_STREAM, set_size },
	{ ROP_SEEK_STREAM, OBJECT_STREAM, seek_stream },
	{ ROP_COPY_TO_STREAM, OBJECT_STREAM, copy_to_stream },
	{ ROP_CLONE_STREAM, OBJECT_STREAM, clone_stream },
	{ 0, 0, NULL },
};
