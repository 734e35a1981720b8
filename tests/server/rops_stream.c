/* server/rops_stream: streams on properties ([MS-OXCPRPT] 2.2.14 to 2.2.27, 3.2.5.11 to 3.2.5.19). */
#include "message_steps.h"

#include "rop/rops_property.h"
#include "rop/rops_stream.h"
#include "server/stream_object.h"

enum { STREAM = 7, SECOND = 8 };
#define BLOB 0x65010102u

static struct rop_response try_stream(uint8_t index, uint32_t tag, uint8_t mode, uint8_t into)
{
	struct rop_open_stream_request r = { .output_handle_index = into, .property_tag = tag, .open_mode_flags = mode };

	return fixture_rop(&f, ROP_OPEN_STREAM, index, &r);
}

static uint32_t stream_on(uint8_t index, uint32_t tag, uint8_t mode, uint8_t into)
{
	struct rop_response a = try_stream(index, tag, mode, into);

	assert_int_equal(a.return_value, 0);
	return ((const struct rop_open_stream_response *)a.body)->stream_size;
}

static struct rop_response write_to(uint8_t index, uint8_t rop, const void *p, size_t n)
{
	struct rop_write_stream_request r = { .data = bytes_of(p, n) };

	return fixture_rop(&f, rop, index, &r);
}

static struct bytes read_from(uint8_t index, uint16_t n, uint32_t most)
{
	struct rop_read_stream_request r = { .byte_count = n, .maximum_byte_count = most };
	const struct rop_read_stream_response *a = fixture_ok(&f, ROP_READ_STREAM, index, &r);

	return a->data;
}

static struct rop_response seek(uint8_t index, uint8_t origin, int64_t offset)
{
	struct rop_seek_stream_request r = { .origin = origin, .offset = (uint64_t)offset };

	return fixture_rop(&f, ROP_SEEK_STREAM, index, &r);
}

static uint64_t position(uint8_t index)
{
	return ((const struct rop_seek_stream_response *)seek(index, 1, 0).body)->new_position;
}

static uint32_t size(uint8_t index)
{
	return ((const struct rop_get_stream_size_response *)fixture_ok(&f, ROP_GET_STREAM_SIZE, index, NULL))->stream_size;
}

static void on_messages(void **state)
{
	static uint8_t data[20000];
	uint64_t id;

	(void)state;
	create(MESSAGE);
	/* MS-OXCPRPT_R549 */
	/* MS-OXCPRPT_R891 */
	assert_int_equal(try_stream(MESSAGE, BLOB, 1, STREAM).return_value, ecNotFound);
	/* MS-OXCPRPT_R548 */
	assert_int_equal(try_stream(MESSAGE, PidTagImportance, 0, STREAM).return_value, ecNotSupported);
	/* MS-OXCPRPT_R271 */
	assert_int_equal(stream_on(MESSAGE, BLOB, 2, STREAM), 0);
	for (unsigned i = 0; i < 20; i++) { /* 400,000 bytes */
		memset(data, (int)i, sizeof data);
		struct rop_response a = write_to(STREAM, ROP_WRITE_STREAM, data, sizeof data);
		assert_int_equal(a.return_value, 0);
		assert_int_equal(((const struct rop_write_stream_response *)a.body)->written_size, sizeof data);
	}
	/* MS-OXCPRPT_R561 */
	assert_int_equal(position(STREAM), 400000);
	/* MS-OXCPRPT_R575 */
	assert_int_equal(size(STREAM), 400000);
	/* MS-OXCPRPT_R56401 */
	assert_int_equal(value(MESSAGE, BLOB).value.n, 400000);
	(void)fixture_ok(&f, ROP_COMMIT_STREAM, STREAM, NULL);
	release(STREAM);
	id = save(MESSAGE);
	release(MESSAGE);
	(void)open_as(MESSAGE, id, 1);
	/* MS-OXCPRPT_R267 */
	/* MS-OXCPRPT_R547 */
	/* MS-OXCPRPT_R56403 */
	assert_int_equal(stream_on(MESSAGE, BLOB, 0, STREAM), 400000);
	assert_int_equal(seek(STREAM, 0, 399990).return_value, 0);
	struct bytes got = read_from(STREAM, 0xBABE, 1000);
	/* MS-OXCPRPT_R552 */
	/* MS-OXCPRPT_R55205 */
	/* MS-OXCPRPT_R555 */
	assert_int_equal(got.n, 10);
	assert_int_equal(got.p[0], 19);
	/* MS-OXCPRPT_R556 */
	assert_int_equal(position(STREAM), 400000);
	assert_int_equal(seek(STREAM, 0, 0).return_value, 0);
	/* MS-OXCPRPT_R55206 */
	assert_int_equal(read_from(STREAM, 5000, 0).n, 5000);
	/* As much as one answer holds. */
	assert_in_range(read_from(STREAM, 0xBABE, 300000).n, 20000, 32768);
	/* MS-OXCPRPT_R900 */
	assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, data, 1).return_value, ecStreamAccessDenied);
	release(STREAM);
	/* MS-OXCPRPT_R269 */
	(void)stream_on(MESSAGE, BLOB, 1, STREAM);
	assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, "first", 5).return_value, 0);
	assert_memory_equal(value(MESSAGE, BLOB).value.p, "first", 5);
	release(STREAM);
	(void)open_as(OTHER, id, 0);
	/* MS-OXCPRPT_R56402 */
	assert_int_equal(value(OTHER, BLOB).value.p[0], 0);
	/* MS-OXCPRPT_R25509 */
	set_text(MESSAGE, PidTagBody, "text");
	assert_int_equal(stream_on(MESSAGE, PidTagBody, 0, STREAM), 8);
	assert_true(bytes_equal(read_from(STREAM, 100, 0), fixture_text(&f, "text")));
	release(STREAM);
	assert_int_equal(stream_on(MESSAGE, tag_make(tag_id(PidTagBody), PT_STRING8), 0, STREAM), 4);
	release(STREAM);
	assert_int_equal(try_stream(OTHER, BLOB, 1, STREAM).return_value, ecAccessDenied);
	release(OTHER);
	release(MESSAGE);
}

static void places(void **state)
{
	struct rop_set_stream_size_request r = { .stream_size = 20 };

	(void)state;
	create(MESSAGE);
	(void)stream_on(MESSAGE, BLOB, 2, STREAM);
	assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, "0123456789", 10).return_value, 0);
	(void)fixture_ok(&f, ROP_SET_STREAM_SIZE, STREAM, &r);
	/* MS-OXCPRPT_R322 */
	/* MS-OXCPRPT_R57705 */
	assert_int_equal(size(STREAM), 20);
	assert_int_equal(seek(STREAM, 0, 8).return_value, 0);
	/* MS-OXCPRPT_R57706 */
	assert_memory_equal(read_from(STREAM, 100, 0).p, "89\0\0\0\0\0\0\0\0\0\0", 12);
	r.stream_size = 5;
	(void)fixture_ok(&f, ROP_SET_STREAM_SIZE, STREAM, &r);
	/* MS-OXCPRPT_R57707 */
	assert_int_equal(size(STREAM), 5);
	/* MS-OXCPRPT_R582 */
	/* MS-OXCPRPT_R584 */
	assert_int_equal(seek(STREAM, 0, ((int64_t)1 << 31) + 1).return_value, ecStreamSeekError);
	assert_int_equal(seek(STREAM, 0, -1).return_value, ecStreamSeekError);
	/* MS-OXCPRPT_R902 */
	assert_int_equal(seek(STREAM, 3, 0).return_value, ecStreamInvalidParam);
	/* MS-OXCPRPT_R583 */
	assert_int_equal(seek(STREAM, 2, 3).return_value, 0);
	assert_int_equal(size(STREAM), 8);
	/* MS-OXCPRPT_R333 */
	assert_int_equal(position(STREAM), 8);
	/* MS-OXCPRPT_R564 */
	assert_int_equal(seek(STREAM, 0, (int64_t)1 << 31).return_value, 0);
	assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, "x", 1).return_value, ecTooBig);
	release(STREAM);
	release(MESSAGE);
}

/* What a seek adds is part of the value when something is written behind it, or the stream is committed. */
static void beyond_the_end(void **state)
{
	(void)state;
	create(MESSAGE);
	(void)stream_on(MESSAGE, BLOB, 2, STREAM);
	assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, "0123", 4).return_value, 0);
	assert_int_equal(seek(STREAM, 0, ((int64_t)1 << 31) - 1).return_value, 0);
	assert_int_equal(size(STREAM), ((uint32_t)1 << 31) - 1);
	/* MS-OXCPRPT_R90102 */
	/* MS-OXCPRPT_R55707 */
	assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, "xy", 2).return_value, ecTooBig);
	assert_int_equal(position(STREAM), ((uint32_t)1 << 31) - 1);
	(void)fixture_ok(&f, ROP_COMMIT_STREAM, STREAM, NULL);
	assert_int_equal(value(MESSAGE, BLOB).value.n, 4);
	assert_int_equal(seek(STREAM, 0, 6).return_value, 0);
	assert_int_equal(value(MESSAGE, BLOB).value.n, 4);
	assert_int_equal(seek(STREAM, 0, 3).return_value, 0);
	/* MS-OXCPRPT_R583 */
	assert_memory_equal(read_from(STREAM, 100, 0).p, "3\0\0", 3);
	(void)fixture_ok(&f, ROP_COMMIT_STREAM, STREAM, NULL);
	assert_int_equal(value(MESSAGE, BLOB).value.n, 6);
	assert_int_equal(seek(STREAM, 0, 8).return_value, 0);
	assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, "8", 1).return_value, 0);
	assert_memory_equal(value(MESSAGE, BLOB).value.p, "0123\0\0\0\0" "8", 9);
	assert_int_equal(seek(STREAM, 0, 11).return_value, 0);
	release(STREAM);
	assert_int_equal(value(MESSAGE, BLOB).value.n, 11);
	release(MESSAGE);
}

static void two_streams(void **state)
{
	struct rop_copy_to_stream_request r = { .dest_handle_index = SECOND, .byte_count = 4 };
	struct rop_clone_stream_request clone = { .output_handle_index = SECOND };

	(void)state;
	create(MESSAGE);
	(void)stream_on(MESSAGE, BLOB, 2, STREAM);
	assert_int_equal(write_to(STREAM, ROP_WRITE_AND_COMMIT_STREAM, "0123456789", 10).return_value, 0);
	assert_int_equal(seek(STREAM, 0, 2).return_value, 0);
	r.dest_handle_index = 9;
	/* MS-OXCPRPT_R593 */
	/* MS-OXCPRPT_R895 */
	assert_int_equal(fixture_rop(&f, ROP_COPY_TO_STREAM, STREAM, &r).return_value, 0x503);
	r.dest_handle_index = SECOND;
	(void)stream_on(MESSAGE, 0x65020102, 2, SECOND);
	const struct rop_copy_to_stream_response *a = fixture_ok(&f, ROP_COPY_TO_STREAM, STREAM, &r);
	assert_int_equal(a->read_byte_count, 4);
	assert_int_equal(a->written_byte_count, 4);
	/* MS-OXCPRPT_R592 */
	assert_memory_equal(value(MESSAGE, 0x65020102).value.p, "2345", 4);
	/* MS-OXCPRPT_R591 */
	assert_int_equal(position(STREAM), 6);
	assert_int_equal(position(SECOND), 4);
	release(SECOND);
	(void)fixture_ok(&f, ROP_CLONE_STREAM, STREAM, &clone);
	assert_int_equal(seek(SECOND, 0, 0).return_value, 0);
	assert_int_equal(write_to(SECOND, ROP_WRITE_STREAM, "AB", 2).return_value, 0);
	/* MS-OXCPRPT_R395 */
	assert_int_equal(position(STREAM), 6);
	assert_int_equal(seek(STREAM, 0, 0).return_value, 0);
	assert_memory_equal(read_from(STREAM, 3, 0).p, "AB2", 3);
	release(SECOND);
	release(STREAM);
	release(MESSAGE);
}

static void on_folders(void **state)
{
	(void)state;
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	fixture_open_folder(&f, LOGON, drafts, OTHER);
	/* MS-OXCPRPT_R256 */
	(void)stream_on(FOLDER, BLOB, 2, STREAM);
	assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, "one", 3).return_value, 0);
	assert_false(has(OTHER, BLOB));
	(void)fixture_ok(&f, ROP_COMMIT_STREAM, STREAM, NULL);
	/* MS-OXCPRPT_R305 */
	/* MS-OXCPRPT_R571 */
	assert_memory_equal(value(OTHER, BLOB).value.p, "one", 3);
	assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, "two", 3).return_value, 0);
	/* MS-OXCPRPT_R633 */
	assert_int_equal(write_to(STREAM, ROP_WRITE_AND_COMMIT_STREAM, "x", 1).return_value, ecNotSupported);
	release(STREAM);
	/* MS-OXCPRPT_R56405 */
	assert_memory_equal(value(OTHER, BLOB).value.p, "onetwo", 6);
	assert_int_equal(try_stream(FOLDER, PidTagComment, 2, STREAM).return_value, ecNotSupported);
	release(FOLDER);
	release(OTHER);
	assert_int_equal(try_stream(LOGON, BLOB, 2, STREAM).return_value, ecNotSupported);
}

/* Each type on each kind of object that has streams. */
static void types(void **state)
{
	static const uint16_t all[] = { PT_BINARY, PT_OBJECT, PT_UNICODE };
	struct rop_create_attachment_request attach = { .output_handle_index = ATTACHMENT };

	(void)state;
	create(MESSAGE);
	(void)fixture_ok(&f, ROP_CREATE_ATTACHMENT, MESSAGE, &attach);
	for (size_t i = 0; i < 3; i++) {
		uint32_t tag = tag_make((uint16_t)(0x6510 + i), all[i]);

		/* MS-OXCPRPT_R25506 */
		/* MS-OXCPRPT_R25507 */
		/* MS-OXCPRPT_R25509 */
		assert_int_equal(stream_on(MESSAGE, tag, 2, STREAM), 0);
		assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, "1111", 4).return_value, 0);
		(void)fixture_ok(&f, ROP_COMMIT_STREAM, STREAM, NULL);
		release(STREAM);
		assert_int_equal(stream_on(MESSAGE, tag, 0, STREAM), 4);
		release(STREAM);
		/* MS-OXCPRPT_R25502 */
		/* MS-OXCPRPT_R25503 */
		/* MS-OXCPRPT_R25505 */
		assert_int_equal(stream_on(ATTACHMENT, tag, 2, STREAM), 0);
		release(STREAM);
	}
	(void)save(MESSAGE);
	release(ATTACHMENT);
	release(MESSAGE);
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	/* MS-OXCPRPT_R256 */
	assert_int_not_equal(stream_on(FOLDER, PidTagParentEntryId, 0, STREAM), 0);
	release(STREAM);
	assert_int_equal(try_stream(FOLDER, PidTagDisplayName, 0, STREAM).return_value, ecNotSupported);
}

/* A condition of an extended rule that is longer than PidTagExtendedRuleSizeLimit is not saved. */
static void rule_size(void **state)
{
	static uint8_t condition[40000];
	struct rop_create_message_request r = { .output_handle_index = MESSAGE, .code_page_id = 0x0FFF, .folder_id = drafts, .associated_flag = 1 };
	struct prop limit;

	(void)state;
	limit = value(LOGON, PidTagExtendedRuleSizeLimit);
	(void)fixture_ok(&f, ROP_CREATE_MESSAGE, LOGON, &r);
	assert_int_equal(stream_on(MESSAGE, PidTagExtendedRuleMessageCondition, 2, STREAM), 0);
	for (uint32_t at = 0; at <= le32(limit.value.p); at += sizeof condition)
		assert_int_equal(write_to(STREAM, ROP_WRITE_STREAM, condition, sizeof condition).return_value, 0);
	(void)fixture_ok(&f, ROP_COMMIT_STREAM, STREAM, NULL);
	/* MS-OXORULE_R1016 */
	assert_int_not_equal(save_as(MESSAGE, 0x02).return_value, 0);
	struct rop_set_stream_size_request cut = { .stream_size = 10 };
	(void)fixture_ok(&f, ROP_SET_STREAM_SIZE, STREAM, &cut);
	release(STREAM);
	(void)save(MESSAGE);
	release(MESSAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_messages),
		cmocka_unit_test(places),
		cmocka_unit_test(beyond_the_end),
		cmocka_unit_test(two_streams),
		cmocka_unit_test(on_folders),
		cmocka_unit_test(types),
		cmocka_unit_test(rule_size),
	};

	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
