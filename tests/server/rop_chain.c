/* What an operation leaves to be done ([MS-OXCRPC] 3.1.4.2.1.2.2). */
#include "support.h"

#include "rop/rops_fasttransfer.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"
#include "server/rop_chain.h"

/* The operation that follows, decoded; NULL: there is none. */
static void *follows(uint8_t id, void *asked, void *answer, struct arena *arena)
{
	CLEANUP_BUF struct buf next = BUF_MAX(1024);
	struct rop_request q = { .info = rop_info(id), .id = id, .logon_id = 3, .input_handle_index = 5, .body = asked }, back;
	struct rop_response r = { .id = id, .handle_index = 5, .body = answer };
	struct rop_context context = { .user = NULL };
	struct wire_in in;

	if (!rop_chain(&q, &r, &next)) {
		assert_int_equal(next.n, 0);
		return NULL;
	}
	wire_in_init(&in, bytes_of(arena_memdup(arena, next.p, next.n), next.n), arena);
	assert_int_equal(rop_request_decode(&in, &context, &back), 0);
	assert_true(reader_done(&in.r));
	assert_int_equal(back.id, id);
	assert_int_equal(back.logon_id, 3);
	assert_int_equal(back.input_handle_index, 5);
	return back.body;
}

static void rows(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct rop_query_rows_request q = { .forward_read = 1, .row_count = 1000 };
	struct rop_query_rows_response r = { .origin = 1, .rows = { .count = 100 } };
	struct rop_query_rows_request *next = follows(ROP_QUERY_ROWS, &q, &r, &arena);

	(void)state;
	assert_non_null(next);
	/* MS-OXCRPC_R973 */
	assert_int_equal(next->row_count, 900);
	assert_int_equal(next->forward_read, 1);
	r.rows.count = 1000;
	/* MS-OXCRPC_R972 */
	assert_null(follows(ROP_QUERY_ROWS, &q, &r, &arena));
	r.rows.count = 100;
	r.origin = 2; /* the end */
	assert_null(follows(ROP_QUERY_ROWS, &q, &r, &arena));
	q.forward_read = 0;
	assert_non_null(follows(ROP_QUERY_ROWS, &q, &r, &arena));
	r.origin = 0;
	assert_null(follows(ROP_QUERY_ROWS, &q, &r, &arena));
	r.origin = 1;
	q.query_rows_flags = 1; /* the cursor stands still */
	assert_null(follows(ROP_QUERY_ROWS, &q, &r, &arena));
	q.query_rows_flags = 0;
	r.rows.count = 0;
	assert_null(follows(ROP_QUERY_ROWS, &q, &r, &arena));
}

static void streams(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	static const uint8_t data[30000];
	struct rop_read_stream_request q = { .byte_count = ROP_SIZE_AUTO, .maximum_byte_count = 100000 };
	struct rop_read_stream_response r = { .data = { data, sizeof data } };
	struct rop_read_stream_request *next = follows(ROP_READ_STREAM, &q, &r, &arena);

	(void)state;
	assert_non_null(next);
	/* MS-OXCRPC_R1280 */
	assert_int_equal(next->byte_count == ROP_SIZE_AUTO ? next->maximum_byte_count : next->byte_count, 70000);
	q = (struct rop_read_stream_request){ .byte_count = 30000 };
	assert_null(follows(ROP_READ_STREAM, &q, &r, &arena));
	q.byte_count = 30001;
	assert_non_null(follows(ROP_READ_STREAM, &q, &r, &arena));
	r.data.n = 0; /* the end */
	assert_null(follows(ROP_READ_STREAM, &q, &r, &arena));
}

static void transfers(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct rop_fast_transfer_source_get_buffer_request q = { .buffer_size = ROP_SIZE_AUTO, .maximum_buffer_size = 0x7bc0 };
	struct rop_fast_transfer_source_get_buffer_response r = { .transfer_status = 1 };

	(void)state;
	assert_non_null(follows(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, &q, &r, &arena));
	/* MS-OXCRPC_R1281 */
	r.transfer_status = 3;
	assert_null(follows(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, &q, &r, &arena));
	r.transfer_status = 0;
	assert_null(follows(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, &q, &r, &arena));
}

static void others(void **state)
{
	CLEANUP_BUF struct buf next = BUF_MAX(1024);
	struct rop_query_rows_request q = { .forward_read = 1, .row_count = 1000 };
	struct rop_query_rows_response body = { .origin = 1, .rows = { .count = 100 } };
	struct rop_request asked = { .info = rop_info(ROP_QUERY_ROWS), .id = ROP_QUERY_ROWS, .body = &q };
	struct rop_response failed = { .id = ROP_QUERY_ROWS, .return_value = ecNotSupported, .body = &body }, other = { .id = ROP_GET_STATUS, .body = &body };

	(void)state;
	assert_false(rop_chain(&asked, &failed, &next));
	asked.id = ROP_GET_STATUS;
	assert_false(rop_chain(&asked, &other, &next));
	/* MS-OXCRPC_R968 */
	assert_int_equal(rop_chain_least(ROP_QUERY_ROWS), 32768);
	assert_int_equal(rop_chain_least(ROP_READ_STREAM), 8192);
	assert_int_equal(rop_chain_least(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER), 8192);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rows), cmocka_unit_test(streams), cmocka_unit_test(transfers), cmocka_unit_test(others) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
