/* What the tests of bodies share: read and write them, and see that they are the same. */
#ifndef TESTS_ROP_MAPIHTTP_BODIES_H
#define TESTS_ROP_MAPIHTTP_BODIES_H

#include "support.h"

#include "rop/mapihttp.h"

#define B(s) bytes_of(s, sizeof(s) - 1)

static struct arena arena = ARENA_BUDGET(32 << 20);

static inline int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* One of every structure of bodies. */
union any {
	struct connect_request connect;
	struct connect_response connected;
	struct execute_request execute;
	struct execute_response executed;
	struct get_matches_request matches;
	struct get_matches_response matched;
	struct seek_entries_request seek;
	struct resolve_names_request resolve;
	struct resolve_names_response resolved;
	struct mod_link_att_request link;
	struct query_rows_request rows;
	uint8_t room[1024];
};

static inline const struct mapihttp_type *type_of(enum mapihttp_request request)
{
	return &mapihttp_types[request];
}

/* Reads into *dst; what it writes are the same bytes. */
static inline void request(enum mapihttp_request what, struct bytes data, void *dst)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20);
	struct reason why = { "" };

	memset(dst, 0x5A, type_of(what)->request_body->size);
	if (mapihttp_request_read(type_of(what), data, &arena, dst, &why))
		fail_msg("%s", why.text);
	assert_int_equal(mapihttp_request_write(type_of(what), dst, &b, NULL), 0);
	assert_true(bytes_equal(buf_bytes(&b), data));
}

static inline void response(enum mapihttp_request what, const void *src, struct bytes data,
			    void *back)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20);
	struct reason why = { "" };
	uint32_t code = 7;

	if (mapihttp_response_write(type_of(what), src, &b, &why))
		fail_msg("%s", why.text);
	assert_int_equal(b.n, data.n);
	assert_memory_equal(b.p, data.p, data.n);
	if (mapihttp_response_read(type_of(what), data, &arena, &code, back, &why))
		fail_msg("%s", why.text);
	assert_int_equal(code, 0);
	assert_true(wire_equal(type_of(what)->response_body, src, back));
}

#endif
