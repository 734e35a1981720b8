/* Steps of synchronisation that several tests take: downloading a stream, reading it, bringing a state along. */
#ifndef TESTS_SERVER_SYNC_STEPS_H
#define TESTS_SERVER_SYNC_STEPS_H

#include "rop_fixture.h"

#include "rop/fasttransfer.h"
#include "rop/rops_fasttransfer.h"
#include "rop/rops_ics.h"
#include "rop/sync_state.h"
#include "server/sync_download.h"

#define SYNC_TYPE_CONTENTS 1
#define SYNC_TYPE_HIERARCHY 2

/* All of a source, in buffers of `size` bytes at most. */
static inline void download(struct fixture *f, uint8_t index, uint16_t size, struct buf *out)
{
	struct rop_fast_transfer_source_get_buffer_request q = { .buffer_size = size };
	uint16_t how = TRANSFER_PARTIAL;

	buf_clear(out);
	while (how == TRANSFER_PARTIAL) {
		struct rop_fast_transfer_source_get_buffer_response *r = fixture_ok(f, ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, index, &q);

		assert_true(r->transfer_buffer.n <= size);
		assert_true(r->transfer_buffer.n || r->transfer_status == TRANSFER_DONE);
		assert_true(r->in_progress_count <= r->total_step_count);
		buf_add(out, r->transfer_buffer.p, r->transfer_buffer.n);
		how = r->transfer_status;
		fixture_forget(f);
	}
	assert_int_equal(how, TRANSFER_DONE);
	assert_false(out->failed);
}

static inline void upload_property(struct fixture *f, uint8_t index, uint32_t tag, struct bytes value)
{
	struct rop_synchronization_upload_state_stream_begin_request b = { .state_property = tag, .transfer_buffer_size = (uint32_t)value.n };
	size_t half = value.n / 2;
	struct rop_synchronization_upload_state_stream_continue_request one = { .stream_data = bytes_of(value.p, half) },
								two = { .stream_data = bytes_of(half ? value.p + half : value.p, value.n - half) };

	(void)fixture_ok(f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN, index, &b);
	(void)fixture_ok(f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE, index, &one);
	(void)fixture_ok(f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE, index, &two);
	(void)fixture_ok(f, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_END, index, NULL);
}

static inline void upload_set(struct fixture *f, uint8_t index, uint32_t tag, const struct idset *set)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20);

	assert_int_equal(idset_encode(set, IDSET_REPLGUID, &b), 0);
	upload_property(f, index, tag, buf_bytes(&b));
}

static inline void upload_state(struct fixture *f, uint8_t index, const struct sync_state *s, bool hierarchy)
{
	upload_set(f, index, MetaTagIdsetGiven, &s->given);
	upload_set(f, index, MetaTagCnsetSeen, &s->seen);
	if (hierarchy)
		return;
	upload_set(f, index, MetaTagCnsetSeenFAI, &s->seen_associated);
	upload_set(f, index, MetaTagCnsetRead, &s->read);
}

/* Where the state at the end of a stream begins. */
static inline size_t state_at(struct bytes stream)
{
	uint8_t mark[4];
	size_t at = stream.n - 4;

	put_le32(mark, FT_INCR_SYNC_END);
	assert_memory_equal(stream.p + at, mark, 4);
	put_le32(mark, FT_INCR_SYNC_STATE_BEGIN);
	while (memcmp(stream.p + --at, mark, 4) != 0)
		assert_true(at > 0);
	return at;
}

static inline void state_of(struct bytes stream, struct sync_state *out)
{
	size_t at = state_at(stream);

	assert_int_equal(sync_state_decode(bytes_of(stream.p + at, stream.n - 4 - at), out, NULL), 0);
}

/* What comes before it: MetaTagIdsetGiven is not of the type that it says, so a lexer stops there. */
static inline struct bytes before_state(struct bytes stream)
{
	return bytes_of(stream.p, state_at(stream));
}

/* Steps through a stream. */
struct stream_reader {
	struct ft_lexer lexer;
	struct arena arena;
	struct ft_event e;
};

static inline void reader_begin(struct stream_reader *r, struct bytes stream)
{
	struct ft_limits limits = ft_limits_wire;

	limits.value_max = (size_t)64 << 20;
	ft_lexer_init(&r->lexer, &limits);
	arena_init(&r->arena, (size_t)256 << 20);
	ft_lexer_feed(&r->lexer, stream);
}

static inline bool reader_next(struct stream_reader *r)
{
	if (ft_lexer_next(&r->lexer, &r->arena, &r->e))
		fail_msg("%s", r->lexer.why.text);
	return r->e.kind != FT_MORE;
}

static inline void reader_end(struct stream_reader *r)
{
	if (ft_lexer_finish(&r->lexer))
		fail_msg("%s", r->lexer.why.text);
	ft_lexer_free(&r->lexer);
	arena_free(&r->arena);
}

#endif
