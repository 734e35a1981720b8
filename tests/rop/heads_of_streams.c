/*
 * rop/rop: the id and the index at the beginning of every request and response, by the numbered
 * requirements of [MS-OXCROPS] (streams, permissions, rules, fast transfer, changes, notifications).
 */
#include "rop_support.h"

#include "heads.h"

static void test_stream_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3160 */
	assert_int_equal(request(ROP_OPEN_STREAM).p[0], 0x2B);
	/* MS-OXCROPS_R3177 */
	assert_int_equal(success(ROP_OPEN_STREAM).p[0], 0x2B);
	/* MS-OXCROPS_R3179 */
	assert_int_equal(success(ROP_OPEN_STREAM).p[1], OUTPUT);
	/* MS-OXCROPS_R3188 */
	assert_int_equal(failure(ROP_OPEN_STREAM).p[0], 0x2B);
	/* MS-OXCROPS_R3190 */
	assert_int_equal(failure(ROP_OPEN_STREAM).p[1], OUTPUT);
	/* MS-OXCROPS_R3199 */
	assert_int_equal(request(ROP_READ_STREAM).p[0], 0x2C);
	/* MS-OXCROPS_R3218 */
	assert_int_equal(success(ROP_READ_STREAM).p[0], 0x2C);
	/* MS-OXCROPS_R3220 */
	assert_int_equal(success(ROP_READ_STREAM).p[1], INPUT);
	/* MS-OXCROPS_R3236 */
	assert_int_equal(request(ROP_WRITE_STREAM).p[0], 0x2D);
	/* MS-OXCROPS_R3249 */
	assert_int_equal(success(ROP_WRITE_STREAM).p[0], 0x2D);
	/* MS-OXCROPS_R3251 */
	assert_int_equal(success(ROP_WRITE_STREAM).p[1], INPUT);
	/* MS-OXCROPS_R3256006 */
	assert_int_equal(request(ROP_WRITE_STREAM_EXTENDED).p[0], 0xA3);
	/* MS-OXCROPS_R3256020 */
	assert_int_equal(success(ROP_WRITE_STREAM_EXTENDED).p[0], 0xA3);
	/* MS-OXCROPS_R3256022 */
	assert_int_equal(success(ROP_WRITE_STREAM_EXTENDED).p[1], INPUT);
	/* MS-OXCROPS_R3261 */
	assert_int_equal(request(ROP_COMMIT_STREAM).p[0], 0x5D);
	/* MS-OXCROPS_R3269 */
	assert_int_equal(success(ROP_COMMIT_STREAM).p[0], 0x5D);
	/* MS-OXCROPS_R3271 */
	assert_int_equal(success(ROP_COMMIT_STREAM).p[1], INPUT);
	/* MS-OXCROPS_R3279 */
	assert_int_equal(request(ROP_GET_STREAM_SIZE).p[0], 0x5E);
	/* MS-OXCROPS_R3287 */
	assert_int_equal(success(ROP_GET_STREAM_SIZE).p[0], 0x5E);
	/* MS-OXCROPS_R3289 */
	assert_int_equal(success(ROP_GET_STREAM_SIZE).p[1], INPUT);
	/* MS-OXCROPS_R3298 */
	assert_int_equal(failure(ROP_GET_STREAM_SIZE).p[0], 0x5E);
	/* MS-OXCROPS_R3300 */
	assert_int_equal(failure(ROP_GET_STREAM_SIZE).p[1], INPUT);
	/* MS-OXCROPS_R3309 */
	assert_int_equal(request(ROP_SET_STREAM_SIZE).p[0], 0x2F);
	/* MS-OXCROPS_R3323 */
	assert_int_equal(success(ROP_SET_STREAM_SIZE).p[0], 0x2F);
}

static void test_stream_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3325 */
	assert_int_equal(success(ROP_SET_STREAM_SIZE).p[1], INPUT);
	/* MS-OXCROPS_R3333 */
	assert_int_equal(request(ROP_SEEK_STREAM).p[0], 0x2E);
	/* MS-OXCROPS_R3346 */
	assert_int_equal(success(ROP_SEEK_STREAM).p[0], 0x2E);
	/* MS-OXCROPS_R3348 */
	assert_int_equal(success(ROP_SEEK_STREAM).p[1], INPUT);
	/* MS-OXCROPS_R3357 */
	assert_int_equal(failure(ROP_SEEK_STREAM).p[0], 0x2E);
	/* MS-OXCROPS_R3359 */
	assert_int_equal(failure(ROP_SEEK_STREAM).p[1], INPUT);
	/* MS-OXCROPS_R3368 */
	assert_int_equal(request(ROP_COPY_TO_STREAM).p[0], 0x3A);
	/* MS-OXCROPS_R3381 */
	assert_int_equal(success(ROP_COPY_TO_STREAM).p[0], 0x3A);
	/* MS-OXCROPS_R3383 */
	assert_int_equal(success(ROP_COPY_TO_STREAM).p[1], SOURCE);
	/* MS-OXCROPS_R3394 */
	assert_int_equal(no_destination(ROP_COPY_TO_STREAM).p[0], 0x3A);
	/* MS-OXCROPS_R3396 */
	assert_int_equal(no_destination(ROP_COPY_TO_STREAM).p[1], SOURCE);
	/* MS-OXCROPS_R3420 */
	assert_int_equal(request(ROP_LOCK_REGION_STREAM).p[0], 0x5B);
	/* MS-OXCROPS_R3435 */
	assert_int_equal(success(ROP_LOCK_REGION_STREAM).p[0], 0x5B);
	/* MS-OXCROPS_R3437 */
	assert_int_equal(success(ROP_LOCK_REGION_STREAM).p[1], INPUT);
	/* MS-OXCROPS_R3445 */
	assert_int_equal(request(ROP_UNLOCK_REGION_STREAM).p[0], 0x5C);
	/* MS-OXCROPS_R3460 */
	assert_int_equal(success(ROP_UNLOCK_REGION_STREAM).p[0], 0x5C);
	/* MS-OXCROPS_R3462 */
	assert_int_equal(success(ROP_UNLOCK_REGION_STREAM).p[1], INPUT);
	/* MS-OXCROPS_R3470 */
	assert_int_equal(request(ROP_WRITE_AND_COMMIT_STREAM).p[0], 0x90);
	/* MS-OXCROPS_R3481 */
	assert_int_equal(success(ROP_WRITE_AND_COMMIT_STREAM).p[0], 0x90);
	/* MS-OXCROPS_R3486 */
	assert_int_equal(request(ROP_CLONE_STREAM).p[0], 0x3B);
	/* MS-OXCROPS_R3497 */
	assert_int_equal(success(ROP_CLONE_STREAM).p[0], 0x3B);
	/* MS-OXCROPS_R3499 */
	assert_int_equal(success(ROP_CLONE_STREAM).p[1], OUTPUT);
}

static void test_permission(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3507 */
	assert_int_equal(request(ROP_MODIFY_PERMISSIONS).p[0], 0x40);
	/* MS-OXCROPS_R3532 */
	assert_int_equal(success(ROP_MODIFY_PERMISSIONS).p[0], 0x40);
	/* MS-OXCROPS_R3534 */
	assert_int_equal(success(ROP_MODIFY_PERMISSIONS).p[1], INPUT);
	/* MS-OXCROPS_R3542 */
	assert_int_equal(request(ROP_GET_PERMISSIONS_TABLE).p[0], 0x3E);
	/* MS-OXCROPS_R3556 */
	assert_int_equal(success(ROP_GET_PERMISSIONS_TABLE).p[0], 0x3E);
	/* MS-OXCROPS_R3558 */
	assert_int_equal(success(ROP_GET_PERMISSIONS_TABLE).p[1], OUTPUT);
}

static void test_rule(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3566 */
	assert_int_equal(request(ROP_MODIFY_RULES).p[0], 0x41);
	/* MS-OXCROPS_R3590 */
	assert_int_equal(success(ROP_MODIFY_RULES).p[0], 0x41);
	/* MS-OXCROPS_R3600 */
	assert_int_equal(request(ROP_GET_RULES_TABLE).p[0], 0x3F);
	/* MS-OXCROPS_R3614 */
	assert_int_equal(success(ROP_GET_RULES_TABLE).p[0], 0x3F);
	/* MS-OXCROPS_R3624 */
	assert_int_equal(request(ROP_UPDATE_DEFERRED_ACTION_MESSAGES).p[0], 0x57);
	/* MS-OXCROPS_R3642 */
	assert_int_equal(success(ROP_UPDATE_DEFERRED_ACTION_MESSAGES).p[0], 0x57);
}

static void test_fast_transfer(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3652 */
	assert_int_equal(request(ROP_FAST_TRANSFER_DESTINATION_CONFIGURE).p[0], 0x53);
	/* MS-OXCROPS_R3669 */
	assert_int_equal(success(ROP_FAST_TRANSFER_DESTINATION_CONFIGURE).p[0], 0x53);
	/* MS-OXCROPS_R3671 */
	assert_int_equal(success(ROP_FAST_TRANSFER_DESTINATION_CONFIGURE).p[1], OUTPUT);
	/* MS-OXCROPS_R3679 */
	assert_int_equal(request(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER).p[0], 0x54);
	/* MS-OXCROPS_R3692 */
	assert_int_equal(success(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER).p[0], 0x54);
	/* MS-OXCROPS_R3694 */
	assert_int_equal(success(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER).p[1], INPUT);
	/* MS-OXCROPS_R3708006 */
	assert_int_equal(request(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED).p[0], 0x9D);
	/* MS-OXCROPS_R3708020 */
	assert_int_equal(success(ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED).p[0], 0x9D);
	/* MS-OXCROPS_R3713 */
	assert_int_equal(request(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER).p[0], 0x4E);
	/* MS-OXCROPS_R3726 */
	assert_int_equal(success(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER).p[0], 0x4E);
	/* MS-OXCROPS_R3728 */
	assert_int_equal(success(ROP_FAST_TRANSFER_SOURCE_GET_BUFFER).p[1], INPUT);
	/* MS-OXCROPS_R3754 */
	assert_int_equal(request(ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER).p[0], 0x4C);
	/* MS-OXCROPS_R3771 */
	assert_int_equal(success(ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER).p[0], 0x4C);
	/* MS-OXCROPS_R3773 */
	assert_int_equal(success(ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER).p[1], OUTPUT);
	/* MS-OXCROPS_R3781 */
	assert_int_equal(request(ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES).p[0], 0x4B);
	/* MS-OXCROPS_R3803 */
	assert_int_equal(success(ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES).p[0], 0x4B);
	/* MS-OXCROPS_R3813 */
	assert_int_equal(request(ROP_FAST_TRANSFER_SOURCE_COPY_TO).p[0], 0x4D);
	/* MS-OXCROPS_R3838 */
	assert_int_equal(success(ROP_FAST_TRANSFER_SOURCE_COPY_TO).p[0], 0x4D);
	/* MS-OXCROPS_R3840 */
	assert_int_equal(success(ROP_FAST_TRANSFER_SOURCE_COPY_TO).p[1], OUTPUT);
	/* MS-OXCROPS_R3848 */
	assert_int_equal(request(ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES).p[0], 0x69);
	/* MS-OXCROPS_R3873 */
	assert_int_equal(success(ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES).p[0], 0x69);
	/* MS-OXCROPS_R3875 */
	assert_int_equal(success(ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES).p[1], OUTPUT);
	/* MS-OXCROPS_R3883 */
	assert_int_equal(request(ROP_TELL_VERSION).p[0], 0x86);
	/* MS-OXCROPS_R3894 */
	assert_int_equal(success(ROP_TELL_VERSION).p[0], 0x86);
}

static void test_ics_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R3904 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_CONFIGURE).p[0], 0x70);
	/* MS-OXCROPS_R3939 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_CONFIGURE).p[0], 0x70);
	/* MS-OXCROPS_R3941 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_CONFIGURE).p[1], OUTPUT);
	/* MS-OXCROPS_R3949 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE).p[0], 0x72);
	/* MS-OXCROPS_R3971 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE).p[0], 0x72);
	/* MS-OXCROPS_R3973 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE).p[1], OUTPUT);
	/* MS-OXCROPS_R3982 */
	assert_int_equal(failure(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE).p[0], 0x72);
	/* MS-OXCROPS_R3984 */
	assert_int_equal(failure(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE).p[1], OUTPUT);
	/* MS-OXCROPS_R3993 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES).p[0], 0x80);
	/* MS-OXCROPS_R4015 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES).p[0], 0x80);
	/* MS-OXCROPS_R4017 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES).p[1], INPUT);
	/* MS-OXCROPS_R4025 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE).p[0], 0x73);
	/* MS-OXCROPS_R4045 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE).p[0], 0x73);
	/* MS-OXCROPS_R4047 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE).p[1], INPUT);
	/* MS-OXCROPS_R4056 */
	assert_int_equal(failure(ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE).p[0], 0x73);
	/* MS-OXCROPS_R4058 */
	assert_int_equal(failure(ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE).p[1], INPUT);
	/* MS-OXCROPS_R4067 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_IMPORT_DELETES).p[0], 0x74);
	/* MS-OXCROPS_R4085 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_DELETES).p[0], 0x74);
	/* MS-OXCROPS_R4087 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_DELETES).p[1], INPUT);
	/* MS-OXCROPS_R4095 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE).p[0], 0x78);
	/* MS-OXCROPS_R4127 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE).p[0], 0x78);
	/* MS-OXCROPS_R4129 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE).p[1], INPUT);
	/* MS-OXCROPS_R4138 */
	assert_int_equal(failure(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE).p[0], 0x78);
	/* MS-OXCROPS_R4140 */
	assert_int_equal(failure(ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE).p[1], INPUT);
}

static void test_ics_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R4149 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_OPEN_COLLECTOR).p[0], 0x7E);
	/* MS-OXCROPS_R4162 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_OPEN_COLLECTOR).p[0], 0x7E);
	/* MS-OXCROPS_R4164 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_OPEN_COLLECTOR).p[1], OUTPUT);
	/* MS-OXCROPS_R4172 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_GET_TRANSFER_STATE).p[0], 0x82);
	/* MS-OXCROPS_R4183 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_GET_TRANSFER_STATE).p[0], 0x82);
	/* MS-OXCROPS_R4185 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_GET_TRANSFER_STATE).p[1], OUTPUT);
	/* MS-OXCROPS_R4651 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN).p[0], 0x75);
	/* MS-OXCROPS_R4205 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN).p[0], 0x75);
	/* MS-OXCROPS_R4207 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN).p[1], INPUT);
	/* MS-OXCROPS_R4215 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE).p[0], 0x76);
	/* MS-OXCROPS_R4228 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE).p[0], 0x76);
	/* MS-OXCROPS_R4230 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE).p[1], INPUT);
	/* MS-OXCROPS_R4238 */
	assert_int_equal(request(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_END).p[0], 0x77);
	/* MS-OXCROPS_R4246 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_END).p[0], 0x77);
	/* MS-OXCROPS_R4248 */
	assert_int_equal(success(ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_END).p[1], INPUT);
	/* MS-OXCROPS_R4256 */
	assert_int_equal(request(ROP_SET_LOCAL_REPLICA_MIDSET_DELETED).p[0], 0x93);
	/* MS-OXCROPS_R4278 */
	assert_int_equal(success(ROP_SET_LOCAL_REPLICA_MIDSET_DELETED).p[0], 0x93);
	/* MS-OXCROPS_R4280 */
	assert_int_equal(success(ROP_SET_LOCAL_REPLICA_MIDSET_DELETED).p[1], INPUT);
	/* MS-OXCROPS_R4288 */
	assert_int_equal(request(ROP_GET_LOCAL_REPLICA_IDS).p[0], 0x7F);
	/* MS-OXCROPS_R4298 */
	assert_int_equal(success(ROP_GET_LOCAL_REPLICA_IDS).p[0], 0x7F);
	/* MS-OXCROPS_R4300 */
	assert_int_equal(success(ROP_GET_LOCAL_REPLICA_IDS).p[1], INPUT);
	/* MS-OXCROPS_R4313 */
	assert_int_equal(failure(ROP_GET_LOCAL_REPLICA_IDS).p[0], 0x7F);
	/* MS-OXCROPS_R4315 */
	assert_int_equal(failure(ROP_GET_LOCAL_REPLICA_IDS).p[1], INPUT);
}

static void test_notification(void **state)
{
	(void)state;
	/* MS-OXCROPS_R4324 */
	assert_int_equal(request(ROP_REGISTER_NOTIFICATION).p[0], 0x29);
	/* MS-OXCROPS_R4348 */
	assert_int_equal(success(ROP_REGISTER_NOTIFICATION).p[0], 0x29);
	/* MS-OXCROPS_R4350 */
	assert_int_equal(success(ROP_REGISTER_NOTIFICATION).p[1], OUTPUT);
	/* MS-OXCROPS_R4425 */
	assert_int_equal(success(ROP_NOTIFY).p[0], 0x2A);
	/* MS-OXCROPS_R4436 */
	assert_int_equal(success(ROP_PENDING).p[0], 0x6E);
}

static void test_release(void **state)
{
	(void)state;
	/* MS-OXCROPS_R4655 */
	assert_int_equal(success(ROP_BUFFER_TOO_SMALL).p[0], 0xFF);
	/* MS-OXCROPS_R4453 */
	assert_int_equal(success(ROP_BACKOFF).p[0], 0xF9);
	/* MS-OXCROPS_R4476 */
	assert_int_equal(request(ROP_RELEASE).p[0], 0x01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_stream_1, forget),
		cmocka_unit_test_setup(test_stream_2, forget),
		cmocka_unit_test_setup(test_permission, forget),
		cmocka_unit_test_setup(test_rule, forget),
		cmocka_unit_test_setup(test_fast_transfer, forget),
		cmocka_unit_test_setup(test_ics_1, forget),
		cmocka_unit_test_setup(test_ics_2, forget),
		cmocka_unit_test_setup(test_notification, forget),
		cmocka_unit_test_setup(test_release, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
