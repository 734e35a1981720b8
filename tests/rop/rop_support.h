/* What the tests of ROPs share: bytes in hexadecimal, one request or response there and back. */
#ifndef TESTS_ROP_SUPPORT_H
#define TESTS_ROP_SUPPORT_H

#include "support.h"

#include "rop/rop.h"

#define BUDGET ((size_t)4 << 20)
#define MOST   ((size_t)1 << 16)

static struct arena arena = ARENA_BUDGET(BUDGET);
static struct rop_context context;
static struct reason why;

static inline int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	arena_init(&arena, BUDGET);
	memset(&context, 0, sizeof context);
	why.text[0] = '\0';
	return 0;
}

/* "0A ff-00", in the arena. */
static inline struct bytes hex(const char *text)
{
	uint8_t *p = arena_alloc(&arena, strlen(text) / 2 + 1);
	size_t n = 0;

	for (; *text; text++) {
		unsigned v = 0;

		if (*text == ' ' || *text == '-')
			continue;
		assert_int_equal(sscanf(text, "%2x", &v), 1);
		p[n++] = (uint8_t)v;
		text++;
	}
	return bytes_of(p, n);
}

static inline void same_bytes(struct bytes a, struct bytes b)
{
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p, b.p, a.n);
}

/* Decodes all of it, encodes the same bytes again, prints. */
static inline struct rop_request request_of(struct bytes data)
{
	CLEANUP_BUF struct buf again = BUF_MAX(MOST), text = BUF_MAX(MOST);
	struct rop_request r;
	struct wire_out out;
	struct wire_in in;

	wire_in_init(&in, data, &arena);
	if (rop_request_decode(&in, &context, &r)) {
		(void)wire_error_reason(&in.error, &why);
		fail_msg("%s", why.text);
	}
	assert_int_equal(reader_left(&in.r), 0);
	same_bytes(r.raw, data);
	wire_out_init(&out, &again);
	assert_int_equal(rop_request_encode(&out, &r), ecNone);
	same_bytes(buf_bytes(&again), data);
	rop_request_print(&r, &text);
	assert_memory_equal(buf_cstr(&text), r.info->name, strlen(r.info->name));
	return r;
}

static inline struct rop_response response_of(const struct rop_request *asked, struct bytes data)
{
	CLEANUP_BUF struct buf again = BUF_MAX(MOST), text = BUF_MAX(MOST);
	struct rop_response r;
	struct wire_out out;
	struct wire_in in;

	wire_in_init(&in, data, &arena);
	if (rop_response_decode(&in, &context, asked, &r)) {
		(void)wire_error_reason(&in.error, &why);
		fail_msg("%s", why.text);
	}
	assert_int_equal(reader_left(&in.r), 0);
	wire_out_init(&out, &again);
	assert_int_equal(rop_response_encode(&out, &r), ecNone);
	same_bytes(buf_bytes(&again), data);
	rop_response_print(&r, &text);
	assert_true(text.n > 0 && !text.failed);
	return r;
}

static inline struct bytes encoded(const struct rop_response *r)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MOST);
	struct wire_out out;

	wire_out_init(&out, &b);
	assert_int_equal(rop_response_encode(&out, r), ecNone);
	return bytes_of(arena_memdup(&arena, b.p, b.n), b.n);
}

/* A request of that id with nothing but zeros in it, but for its indexes: 1, then 2. */
static inline struct rop_request plain_request(uint8_t id)
{
	struct rop_request r = { .info = rop_info(id), .id = id, .logon_id = 3 };

	r.input_handle_index = 1;
	r.response_handle_index = 1;
	if (r.info->request)
		r.body = arena_zalloc(&arena, r.info->request->size);
	if (r.info->handles == ROP_HANDLES_INPUT_OUTPUT ||
	    r.info->handles == ROP_HANDLES_SOURCE_DEST)
		*(uint8_t *)r.body = 2;
	if (r.info->handles == ROP_HANDLES_INPUT_OUTPUT ||
	    r.info->handles == ROP_HANDLES_RESPONSE_INPUT)
		r.response_handle_index = 2;
	return r;
}

#endif
