/* One request or response of each form, with an index of its own for each kind of index. */
#ifndef TESTS_ROP_HEADS_H
#define TESTS_ROP_HEADS_H

#include "rop_support.h"

#include "rop/rops_property.h"

enum index { INPUT = 1, OUTPUT = 2, SOURCE = 1, DEST = 2, RESPONSE = 3 };

static inline struct rop_request asked_for(uint8_t id)
{
	struct rop_request r = plain_request(id);

	if (r.info->handles == ROP_HANDLES_RESPONSE_INPUT)
		r.response_handle_index = RESPONSE;
	if (r.info->handles == ROP_HANDLES_OUTPUT)
		r.input_handle_index = r.response_handle_index = OUTPUT;
	return r;
}

static inline struct bytes request(uint8_t id)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MOST);
	struct rop_request r = asked_for(id);
	struct wire_out out;

	wire_out_init(&out, &b);
	assert_int_equal(rop_request_encode(&out, &r), ecNone);
	return bytes_of(arena_memdup(&arena, b.p, b.n), b.n);
}

static inline struct bytes answer(uint8_t id, uint32_t return_value)
{
	struct rop_get_properties_specific_response row = { .row_data = bytes_of("", 1) };
	struct rop_request asked = asked_for(id);
	struct rop_response r;

	rop_response_begin(&asked, &r);
	r.return_value = return_value;
	if (id == ROP_GET_PROPERTIES_SPECIFIC && !return_value)
		r.body = &row;
	return encoded(&r);
}

static inline struct bytes success(uint8_t id)
{
	if (rop_info(id)->kind == ROP_KIND_NO_REQUEST) {
		struct rop_response r = { .id = id };

		return encoded(&r);
	}
	return answer(id, ecNone);
}

static inline struct bytes failure(uint8_t id)
{
	return answer(id, ecNotFound);
}

static inline struct bytes no_destination(uint8_t id)
{
	return answer(id, ecDstNullObject);
}

static inline struct bytes redirect(uint8_t id)
{
	return answer(id, ecWrongServer);
}

/* One byte of id, one of index, four of ReturnValue, and only then anything else. */
static inline void has_head(struct bytes r, uint8_t id, uint8_t index, uint32_t return_value)
{
	assert_true(r.n >= 6);
	assert_int_equal(r.p[0], id);
	assert_int_equal(r.p[1], index);
	assert_int_equal(le32(r.p + 2), return_value);
}

#endif
