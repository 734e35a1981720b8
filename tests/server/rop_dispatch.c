/* server/rop_dispatch: one buffer of operations ([MS-OXCROPS] 3.2.5). */
#include "rop_fixture.h"

static struct fixture f;

static struct rop_request open_inbox(uint8_t input, uint8_t output, struct rop_open_folder_request *body, uint64_t id)
{
	*body = (struct rop_open_folder_request){ .output_handle_index = output, .folder_id = id };
	return (struct rop_request){ .id = ROP_OPEN_FOLDER, .input_handle_index = input, .body = body };
}

static uint64_t inbox_id(void)
{
	return fixture_folder_id(&f, 0, MAILBOX_INBOX);
}

static void handles(void **state)
{
	struct rop_open_folder_request r = { .output_handle_index = 1 };
	struct rop_create_folder_request create = { .output_handle_index = 2, .folder_type = 1, .use_unicode_strings = 1 };

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	r.folder_id = inbox_id();
	/* MS-OXCROPS_R457302 */
	fixture_refused(&f, ROP_OPEN_FOLDER, 5, &r, ecNullObject);
	f.handles[5] = 4711;
	fixture_refused(&f, ROP_OPEN_FOLDER, 5, &r, ecNullObject);
	/* MS-OXCROPS_R471201 */
	fixture_refused(&f, ROP_OPEN_FOLDER, FIXTURE_HANDLES, &r, ecNullObject);
	r.output_handle_index = FIXTURE_HANDLES;
	fixture_refused(&f, ROP_OPEN_FOLDER, 0, &r, ecNullObject);
	r.output_handle_index = 1;
	(void)fixture_ok(&f, ROP_OPEN_FOLDER, 0, &r);
	/* MS-OXCROPS_R4560 */
	assert_int_not_equal(f.handles[1], ROP_HANDLE_NONE);
	/* The LogonId is not that of the handle. */
	f.logon_id = 3;
	/* MS-OXCROPS_R457303 */
	fixture_refused(&f, ROP_OPEN_FOLDER, 0, &r, ecAccessDenied);
	f.logon_id = 0;
	/* Not asked of this kind of object. */
	create.display_name = create.comment = fixture_text(&f, "x");
	fixture_refused(&f, ROP_CREATE_FOLDER, 0, &create, ecNotSupported);
	fixture_refused(&f, ROP_GET_RECEIVE_FOLDER_TABLE, 1, NULL, ecNullObject); /* the handle went with the refused opening */
	fixture_release(&f, 0);
	/* MS-OXCROPS_R457301 */
	fixture_refused(&f, ROP_GET_RECEIVE_FOLDER_TABLE, 0, NULL, 0x80040108);
}

/* What one opens another one uses, in the same buffer; one that fails leaves the next without its object. */
static void one_after_the_other(void **state)
{
	struct rop_open_folder_request bodies[3];
	struct rop_create_folder_request create = { .output_handle_index = 3, .folder_type = 1, .use_unicode_strings = 1 };
	struct rop_request r[4];
	struct rop_output out;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	r[0] = open_inbox(0, 1, &bodies[0], inbox_id());
	r[1] = open_inbox(1, 2, &bodies[1], inbox_id());
	r[2] = open_inbox(0, 4, &bodies[2], id_from_counter(0x999999));
	create.display_name = create.comment = fixture_text(&f, "below nothing");
	r[3] = (struct rop_request){ .id = ROP_CREATE_FOLDER, .input_handle_index = 4, .body = &create };
	assert_int_equal(fixture_rops(&f, r, 4, &out), 0);
	/* MS-OXCROPS_R4719 */
	assert_int_equal(out.n_responses, 4);
	/* MS-OXCROPS_R4558 */
	assert_non_null(fixture_object(&f, 1));
	/* MS-OXCROPS_R4559 */
	assert_int_equal(out.responses[1].return_value, 0);
	assert_int_equal(out.responses[1].handle_index, 2);
	assert_int_equal(out.responses[2].return_value, ecNotFound);
	assert_int_equal(out.responses[3].return_value, ecNullObject);
	fixture_release(&f, 0);
}

static void releases_are_not_answered(void **state)
{
	struct rop_open_folder_request body;
	struct rop_request r[3];
	struct rop_output out;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	r[0] = open_inbox(0, 1, &body, inbox_id());
	r[1] = (struct rop_request){ .id = ROP_RELEASE, .input_handle_index = 1 };
	r[2] = (struct rop_request){ .id = ROP_RELEASE, .input_handle_index = 1 }; /* of nothing */
	assert_int_equal(fixture_rops(&f, r, 3, &out), 0);
	/* MS-OXCROPS_R4581 */
	assert_int_equal(out.n_responses, 1);
	assert_null(fixture_object(&f, 1));
	assert_int_equal(f.session->objects.used, 1);
	fixture_release(&f, 0);
	assert_int_equal(f.session->objects.used, 0);
	assert_int_equal(f.session->memory, 0);
}

/* Nothing of a buffer that cannot be understood is executed. */
static void refused_whole(void **state)
{
	static const uint8_t reserved[] = { 0x05, 0x00, 0x28, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF };
	static const uint8_t short_one[] = { 0x06, 0x00, 0x02, 0x00, 0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFF };
	CLEANUP_BUF struct buf out = BUF_MAX(32 << 10);

	(void)state;
	assert_int_equal(rop_execute(f.session, bytes_of(reserved, sizeof reserved), 32 << 10, &out, &f.why), ecRpcFormat);
	/* MS-OXCROPS_R4551 */
	assert_int_equal(rop_execute(f.session, bytes_of(short_one, sizeof short_one), 32 << 10, &out, &f.why), ecRpcFormat);
	assert_int_equal(out.n, 0);
}

#define MANY 60

static void too_small(void **state)
{
	struct rop_open_folder_request bodies[MANY];
	struct rop_request r[MANY];
	struct rop_output out;
	uint32_t done;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	for (size_t i = 0; i < MANY; i++)
		r[i] = open_inbox(0, (uint8_t)(1 + i % 8), &bodies[i], inbox_id());
	f.most = 400;
	assert_int_equal(fixture_rops(&f, r, MANY, &out), 0);
	f.most = 32 << 10;
	done = out.n_responses - 1;
	assert_true(done > 0 && done < MANY);
	/* MS-OXCROPS_R4517 */
	assert_int_equal(out.responses[done].id, ROP_BUFFER_TOO_SMALL);
	/* MS-OXCROPS_R4545 */
	assert_int_equal(f.session->objects.used, 1 + done);
	fixture_release(&f, 0);
	/* Not even one: the client cannot help it. */
	(void)fixture_logon(&f, 0, "alice");
	r[0] = open_inbox(0, 1, &bodies[0], inbox_id());
	f.most = 80;
	/* MS-OXCROPS_R20009 */
	assert_int_equal(fixture_rops(&f, r, 1, &out), ecBufferTooSmall);
	f.most = 32 << 10;
	fixture_release(&f, 0);
}

static void counting(void **state)
{
	int64_t before = counter_get(&f.counters, COUNTER_RPC_OPERATIONS);

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	fixture_release(&f, 0);
	assert_int_equal(counter_get(&f.counters, COUNTER_RPC_OPERATIONS), before + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handles),	 cmocka_unit_test(one_after_the_other), cmocka_unit_test(releases_are_not_answered),
		cmocka_unit_test(refused_whole), cmocka_unit_test(too_small),		cmocka_unit_test(counting),
	};

	return FIXTURE_RUN(&f, tests);
}
