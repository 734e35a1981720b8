/* rop/aux: every auxiliary block, what a client says of itself, what a server answers, damage. */
#include "support.h"

#include "base/utf16.h"
#include "rop/aux.h"

#define B(s) bytes_of(s, sizeof(s) - 1)

static struct arena arena = ARENA_BUDGET(1 << 20);

static int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct bytes text16(const char *text)
{
	return utf16_bytes(&arena, text);
}

/* The block of that version and type takes so many bytes behind its header, and is of that layout. */
static void takes(uint8_t version, uint8_t type, size_t n, const char *name)
{
	const struct wire_type *wire = aux_block_wire(version, type);

	assert_non_null(wire);
	assert_string_equal(wire->name, name);
	assert_int_equal(wire->wire_min, n);
}

/* [MS-OXCRPC] 2.2.2.2.1 to 2.2.2.2.23: sizes of what is fixed. */
static void test_blocks(void **state)
{
	(void)state;
	/* MS-OXCRPC_R56 */
	takes(1, 0x01, 4, "aux_perf_requestid");
	/* MS-OXCRPC_R57 */
	takes(1, 0x02, 28, "aux_perf_clientinfo");
	/* MS-OXCRPC_R58 */
	takes(1, 0x03, 8, "aux_perf_serverinfo");
	/* MS-OXCRPC_R59 */
	takes(1, 0x04, 20, "aux_perf_sessioninfo");
	/* MS-OXCRPC_R60 */
	takes(1, 0x05, 12, "aux_perf_defmdb_success");
	/* MS-OXCRPC_R61 */
	takes(1, 0x06, 16, "aux_perf_defgc_success");
	/* MS-OXCRPC_R62 */
	takes(1, 0x07, 16, "aux_perf_mdb_success");
	/* MS-OXCRPC_R63 */
	takes(1, 0x08, 20, "aux_perf_gc_success");
	/* MS-OXCRPC_R64 */
	takes(1, 0x09, 24, "aux_perf_failure");
	/* MS-OXCRPC_R65 */
	takes(1, 0x0A, 8, "aux_client_control");
	/* MS-OXCRPC_R66 */
	takes(1, 0x0B, 24, "aux_perf_processinfo");
	/* MS-OXCRPC_R67 */
	takes(1, 0x0C, 12, "aux_perf_defmdb_success");
	/* MS-OXCRPC_R68 */
	takes(1, 0x0D, 16, "aux_perf_defgc_success");
	/* MS-OXCRPC_R69 */
	takes(1, 0x0E, 16, "aux_perf_mdb_success");
	/* MS-OXCRPC_R70 */
	takes(1, 0x0F, 20, "aux_perf_gc_success");
	/* MS-OXCRPC_R71 */
	takes(1, 0x10, 24, "aux_perf_failure");
	/* MS-OXCRPC_R72 */
	takes(1, 0x11, 12, "aux_perf_defmdb_success");
	/* MS-OXCRPC_R73 */
	takes(1, 0x12, 16, "aux_perf_defgc_success");
	/* MS-OXCRPC_R74 */
	takes(1, 0x13, 16, "aux_perf_mdb_success");
	/* MS-OXCRPC_R75 */
	takes(1, 0x14, 20, "aux_perf_gc_success");
	/* MS-OXCRPC_R76 */
	takes(1, 0x15, 24, "aux_perf_failure");
	/* MS-OXCRPC_R77 */
	takes(1, 0x16, 156, "aux_osversioninfo");
	/* MS-OXCRPC_R78 */
	takes(1, 0x17, 4, "aux_exorginfo");
	/* MS-OXCRPC_R1350 */
	takes(1, 0x18, 20, "aux_perf_accountinfo");
	/* MS-OXCRPC_R1350001 */
	takes(1, 0x46, 4, "aux_server_capabilities");
	/* MS-OXCRPC_R1518 */
	takes(1, 0x48, 4, "aux_endpoint_capabilities");
	/* MS-OXCRPC_R1519 */
	takes(1, 0x4A, 28, "aux_client_connection_info");
	/* MS-OXCRPC_R1520 */
	takes(1, 0x4B, 2, "aux_server_session_info");
	/* MS-OXCRPC_R1851 */
	takes(1, 0x4E, 10, "aux_protocol_device_identification");
}

static void test_blocks_version_2(void **state)
{
	(void)state;
	/* MS-OXCRPC_R80 */
	takes(2, 0x04, 24, "aux_perf_sessioninfo_v2");
	/* MS-OXCRPC_R81 */
	takes(2, 0x07, 20, "aux_perf_mdb_success_v2");
	/* MS-OXCRPC_R82 */
	takes(2, 0x08, 20, "aux_perf_gc_success_v2");
	/* MS-OXCRPC_R83 */
	takes(2, 0x09, 28, "aux_perf_failure_v2");
	/* MS-OXCRPC_R84 */
	takes(2, 0x0B, 24, "aux_perf_processinfo");
	/* MS-OXCRPC_R85 */
	takes(2, 0x0E, 20, "aux_perf_mdb_success_v2");
	/* MS-OXCRPC_R86 */
	takes(2, 0x0F, 20, "aux_perf_gc_success_v2");
	/* MS-OXCRPC_R87 */
	takes(2, 0x10, 28, "aux_perf_failure_v2");
	/* MS-OXCRPC_R88 */
	takes(2, 0x13, 20, "aux_perf_mdb_success_v2");
	/* MS-OXCRPC_R89 */
	takes(2, 0x14, 20, "aux_perf_gc_success_v2");
	/* MS-OXCRPC_R90 */
	takes(2, 0x15, 28, "aux_perf_failure_v2");
	for (unsigned type = 0; type < 256; type++) {
		assert_null(aux_block_wire(0, (uint8_t)type));
		assert_null(aux_block_wire(3, (uint8_t)type));
		assert_null(aux_block_wire(33, (uint8_t)type));
	}
	assert_null(aux_block_wire(2, 0x02));
	assert_null(aux_block_wire(1, 0x19));
}

/* A client in online mode, byte by byte; the block's offsets count from its header. */
static const char classic[] = "\x3A\0\1\2"
			      "\xE8\3\0\0"
			      "\1\0"
			      "\x20\0"
			      "\x26\0"
			      "\4\0"
			      "\x2C\0"
			      "\4\0"
			      "\x30\0"
			      "\0\0"
			      "\6\0"
			      "\x34\0"
			      "\1\0"
			      "\0\0"
			      "P\0C\0\0\0"
			      "m\0e\0\0\0"
			      "\x7F\0\0\1"
			      "\xFF\xFF\xFF\0"
			      "\1\2\3\4\5\6";

static void test_client(void **state)
{
	struct aux_client_info info;
	struct reason why = { "" };

	(void)state;
	assert_int_equal(aux_client_info_read(B(classic), &info, &why), 0);
	assert_true(info.has_client && !info.has_process && !info.has_connection);
	assert_int_equal(info.adapter_speed, 1000);
	/* MS-OXCRPC_R133 */
	/* MS-OXCRPC_R134 */
	assert_true(bytes_equal(info.machine, B("P\0C\0")));
	/* MS-OXCRPC_R135 */
	/* MS-OXCRPC_R136 */
	assert_true(bytes_equal(info.user, B("m\0e\0")));
	/* MS-OXCRPC_R138 */
	/* MS-OXCRPC_R139 */
	assert_true(bytes_equal(info.ip, B("\x7F\0\0\1")));
	/* MS-OXCRPC_R141 */
	/* MS-OXCRPC_R142 */
	assert_true(bytes_equal(info.ip_mask, B("\xFF\xFF\xFF\0")));
	/* MS-OXCRPC_R146 */
	/* MS-OXCRPC_R147 */
	assert_true(bytes_equal(info.mac, B("\1\2\3\4\5\6")));
	/* MS-OXCRPC_R1355 */
	assert_int_equal(info.adapter.n, 0);
	assert_int_equal(info.mode, 1);
	/* MS-OXCRPC_R128 */
	assert_int_equal(aux_client_mode_of(&info), AUX_CLIENT_MODE_CLASSIC);
}

static enum aux_client_mode mode_of(uint16_t mode, uint32_t flags)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct aux_client_info out, in = {
		.has_client = true, .has_connection = true, .mode = mode, .connection_flags = flags
	};

	assert_int_equal(aux_client_info_write(&in, &b), 0);
	assert_int_equal(aux_client_info_read(buf_bytes(&b), &out, NULL), 0);
	assert_int_equal(out.mode, mode);
	assert_int_equal(out.connection_flags, flags);
	return aux_client_mode_of(&out);
}

static void test_modes(void **state)
{
	(void)state;
	/* MS-OXCRPC_R127 */
	assert_int_equal(mode_of(0, 0), AUX_CLIENT_MODE_UNKNOWN);
	assert_int_equal(mode_of(1, 0), AUX_CLIENT_MODE_CLASSIC);
	/* MS-OXCRPC_R129 */
	assert_int_equal(mode_of(2, 0), AUX_CLIENT_MODE_CACHED);
	/* MS-OXCRPC_R1531 */
	assert_int_equal(mode_of(0, 1), AUX_CLIENT_MODE_CACHED);
	assert_int_equal(mode_of(1, 1), AUX_CLIENT_MODE_CACHED);
	assert_int_equal(mode_of(3, 0), AUX_CLIENT_MODE_UNKNOWN);
	assert_int_equal(mode_of(0x102, 2), AUX_CLIENT_MODE_UNKNOWN);
}

static void test_whole_client(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4000);
	struct aux_client_info out, in = { .has_client = true,
					   .has_process = true,
					   .has_account = true,
					   .has_connection = true,
					   .has_session = true,
					   .mode = 2,
					   .connection_attempts = 7,
					   .connection_flags = 1 };

	(void)state;
	in.machine = text16("WORKSTATION");
	in.user = text16("alice");
	in.adapter = text16("Ethernet0");
	in.process = text16("OUTLOOK.EXE");
	in.connection_context = text16("context");
	in.session = (struct guid){ { 1 } };
	in.process_guid = (struct guid){ { 2 } };
	in.account = (struct guid){ { 3 } };
	in.connection = (struct guid){ { 4 } };
	assert_int_equal(aux_client_info_write(&in, &b), 0);
	assert_int_equal(aux_client_info_read(buf_bytes(&b), &out, NULL), 0);
	assert_int_equal(out.blocks, 5);
	assert_int_equal(out.unknown_blocks, 0);
	assert_true(out.has_client && out.has_process && out.has_account && out.has_connection &&
		    out.has_session);
	assert_true(bytes_equal(out.machine, in.machine) && bytes_equal(out.user, in.user) &&
		    bytes_equal(out.adapter, in.adapter));
	/* MS-OXCRPC_R172 */
	/* MS-OXCRPC_R173 */
	assert_true(bytes_equal(out.process, in.process));
	/* MS-OXCRPC_R1533 */
	/* MS-OXCRPC_R1534 */
	assert_true(bytes_equal(out.connection_context, in.connection_context));
	assert_memory_equal(&out.session, &in.session, 16);
	assert_memory_equal(&out.process_guid, &in.process_guid, 16);
	assert_memory_equal(&out.account, &in.account, 16);
	assert_memory_equal(&out.connection, &in.connection, 16);
	assert_int_equal(out.connection_attempts, 7);

	/* Nothing is said without has_..., and there must be room. */
	buf_clear(&b);
	assert_int_equal(aux_client_info_write(&(struct aux_client_info){ .mode = 1 }, &b), 0);
	assert_int_equal(b.n, 0);
	CLEANUP_BUF struct buf small = BUF_MAX(100);
	assert_int_equal(aux_client_info_write(&in, &small), ecTooBig);
}

static void test_session_version_1(void **state)
{
	struct aux_client_info info;

	(void)state;
	assert_int_equal(aux_client_info_read(B("\x18\0\1\4"
						"\1\0"
						"\xFF\xFF"
						"\x0A\x0B\x0C\x0D\x0E\x0F\0\0\0\0\0\0\0\0\0\x10"),
					      &info, NULL),
			 0);
	assert_true(info.has_session);
	assert_memory_equal(&info.session, "\x0A\x0B\x0C\x0D\x0E\x0F\0\0\0\0\0\0\0\0\0\x10", 16);
}

/* What is not known is passed over by its size; reserved fields are of no account. */
static void test_unknown(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct aux_client_info info, again;

	(void)state;
	buf_add(&b,
		"\7\0\1\x77"
		"abc",
		7);
	buf_add(&b, "\4\0\3\2", 4);
	buf_add(&b, classic, sizeof classic - 1);
	/* MS-OXCRPC_R1601 */
	/* MS-OXCRPC_R1602 */
	assert_int_equal(aux_client_info_read(buf_bytes(&b), &info, NULL), 0);
	assert_int_equal(info.blocks, 3);
	assert_int_equal(info.unknown_blocks, 2);
	assert_int_equal(info.mode, 1);
	b.p[11 + 30] = 0xAA; /* AUX_PERF_CLIENTINFO.Reserved */
	/* MS-OXCRPC_R1605 */
	assert_int_equal(aux_client_info_read(buf_bytes(&b), &again, NULL), 0);
	assert_memory_equal(&info, &again, sizeof info);
}

static void refused(struct bytes payload, const char *words)
{
	struct aux_client_info info = { .blocks = 77 };
	struct reason why = { "" };

	assert_int_equal(aux_client_info_read(payload, &info, &why), ecCorruptData);
	assert_int_equal(info.blocks, 77);
	if (!strstr(why.text, words))
		fail_msg("\"%s\" instead of \"%s\"", why.text, words);
}

static void test_damaged(void **state)
{
	uint8_t data[sizeof classic];
	struct aux_client_info info;

	(void)state;
	for (size_t n = 1; n < sizeof classic - 1; n++)
		refused(bytes_of(classic, n), "cut off");
	refused(B("\3\0\1\1"), "cut off");
	refused(B("\0\0\1\1"), "cut off");
	refused(B("\5\0\1\2x"), "aux_perf_clientinfo.adapter_speed");
	assert_int_equal(aux_client_info_read(bytes_of(NULL, 0), &info, NULL), 0);
	assert_int_equal(info.blocks, 0);

	/* Offsets that lead out of the block, or texts without an end, harm nobody. */
	memcpy(data, classic, sizeof classic);
	data[10] = 0x3A; /* MachineNameOffset: the end */
	data[12] = 0x34; /* UserNameOffset: six bytes without a NUL */
	data[17] = 0xFF; /* ClientIPOffset */
	data[18] = 0xFF; /* ClientIPMaskSize */
	assert_int_equal(aux_client_info_read(bytes_of(data, sizeof classic - 1), &info, NULL), 0);
	assert_int_equal(info.machine.n, 0);
	assert_true(bytes_equal(info.user, B("\1\2\3\4\5\6")));
	assert_int_equal(info.ip.n, 0);
	assert_int_equal(info.ip_mask.n, 0);
}

static void test_server(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000), small = BUF_MAX(20);
	struct aux_server_info out, in = {
		.client_control = true,
		.enable_flags = AUX_ENABLE_COMPRESSION | AUX_ENABLE_HTTP_TUNNELING,
		.expiry_time = 60000,
		.organization = true,
		.organization_flags = AUX_PUBLIC_FOLDERS_ENABLED,
		.capabilities = true,
		.capability_flags = 0x0B,
		.endpoint = true,
		.endpoint_flags = AUX_ENDPOINT_CAPABILITIES_SINGLE_ENDPOINT,
	};
	static const char expected[] = "\x0C\0\1\x0A\x0C\0\0\0\x60\xEA\0\0"
				       "\x08\0\1\x17\1\0\0\0"
				       "\x08\0\1\x46\x0B\0\0\0"
				       "\x08\0\1\x48\1\0\0\0";

	(void)state;
	assert_int_equal(aux_server_info_write(&in, &b), 0);
	/* MS-OXCRPC_R1061 */
	/* MS-OXCRPC_R1842 */
	/* MS-OXCRPC_R1843 */
	/* MS-OXCRPC_R291004 */
	/* MS-OXCRPC_R291007 */
	/* MS-OXCRPC_R291009 */
	assert_true(bytes_equal(buf_bytes(&b), B(expected)));
	assert_int_equal(aux_server_info_write(&in, &small), ecTooBig);

	in.os_version = true;
	in.os_major = 6;
	in.os_minor = 3;
	in.os_build = 9600;
	in.service_pack_major = 1;
	in.session_context = text16("server01");
	buf_clear(&b);
	assert_int_equal(aux_server_info_write(&in, &b), 0);
	assert_int_equal(b.n % 4, 0);
	assert_int_equal(aux_server_info_read(buf_bytes(&b), &out, NULL), 0);
	assert_true(bytes_equal(in.session_context, out.session_context));
	in.session_context = out.session_context;
	assert_memory_equal(&in, &out, sizeof in);
	assert_int_equal(aux_server_info_read(bytes_of(b.p, b.n - 1), &out, NULL), ecCorruptData);
}

/* AUX_OSVERSIONINFO: 132 bytes in the middle that mean nothing. */
static void test_os_version(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct aux_server_info in = { .os_version = true, .os_major = 6, .service_pack_minor = 2 };

	(void)state;
	assert_int_equal(aux_server_info_write(&in, &b), 0);
	assert_int_equal(b.n, 160);
	/* MS-OXCRPC_R272 */
	assert_int_equal(le32(b.p + 4), 156);
	/* MS-OXCRPC_R4819 */
	assert_int_equal(le16(b.p + 4 + 16 + 132 + 2), 2);
}

static void test_one_block(void **state)
{
	struct reader in = reader_of(B("\x08\0\1\1\1\0\2\0\4\0\7\7"));
	struct aux_perf_requestid id;
	struct aux_block block;
	struct reason why = { "" };
	CLEANUP_BUF struct buf b = BUF_MAX(100);

	(void)state;
	assert_true(aux_next(&in, &block));
	assert_int_equal(aux_block_decode(&block, &id, &why), 0);
	assert_int_equal(id.session_id, 1);
	assert_int_equal(id.request_id, 2);
	assert_true(aux_next(&in, &block));
	assert_int_equal(aux_block_decode(&block, &id, &why), ecNotFound);
	assert_string_equal(why.text, "an auxiliary block of type 0x07, version 7 is not known");
	assert_false(aux_next(&in, &block));
	assert_false(in.failed);
	assert_int_equal(aux_block_write(1, 1, &id, &b), 0);
	assert_true(bytes_equal(buf_bytes(&b), B("\x08\0\1\1\1\0\2\0")));
	assert_int_equal(aux_block_write(7, 7, &id, &b), ecInvalidParam);
	assert_int_equal(b.n, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),       cmocka_unit_test(test_blocks_version_2),
		cmocka_unit_test(test_client),       cmocka_unit_test(test_modes),
		cmocka_unit_test(test_whole_client), cmocka_unit_test(test_session_version_1),
		cmocka_unit_test(test_unknown),      cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_server),       cmocka_unit_test(test_os_version),
		cmocka_unit_test(test_one_block),
	};

	return cmocka_run_group_tests_name("aux", tests, NULL, forget);
}
