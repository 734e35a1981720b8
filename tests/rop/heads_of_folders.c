/*
 * rop/rop: the id and the index at the beginning of every request and response, by the numbered
 * requirements of [MS-OXCROPS] (logons, folders and tables).
 */
#include "rop_support.h"

#include "heads.h"

static void test_logon_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R23 */
	assert_int_equal(request(ROP_LOGON).p[0], 0xFE);
	/* MS-OXCROPS_R45 */
	assert_int_equal(success(ROP_LOGON).p[0], 0xFE);
	/* MS-OXCROPS_R93 */
	assert_int_equal(success(ROP_LOGON).p[0], 0xFE);
	/* MS-OXCROPS_R114 */
	assert_int_equal(redirect(ROP_LOGON).p[0], 0xFE);
	/* MS-OXCROPS_R130 */
	assert_int_equal(failure(ROP_LOGON).p[0], 0xFE);
	/* MS-OXCROPS_R141 */
	assert_int_equal(request(ROP_GET_RECEIVE_FOLDER).p[0], 0x27);
	/* MS-OXCROPS_R150 */
	assert_int_equal(success(ROP_GET_RECEIVE_FOLDER).p[0], 0x27);
	/* MS-OXCROPS_R152 */
	assert_int_equal(success(ROP_GET_RECEIVE_FOLDER).p[1], INPUT);
	/* MS-OXCROPS_R162 */
	assert_int_equal(failure(ROP_GET_RECEIVE_FOLDER).p[0], 0x27);
	/* MS-OXCROPS_R164 */
	assert_int_equal(failure(ROP_GET_RECEIVE_FOLDER).p[1], INPUT);
	/* MS-OXCROPS_R172 */
	assert_int_equal(request(ROP_SET_RECEIVE_FOLDER).p[0], 0x26);
	/* MS-OXCROPS_R183 */
	assert_int_equal(success(ROP_SET_RECEIVE_FOLDER).p[0], 0x26);
	/* MS-OXCROPS_R185 */
	assert_int_equal(success(ROP_SET_RECEIVE_FOLDER).p[1], INPUT);
	/* MS-OXCROPS_R192 */
	assert_int_equal(request(ROP_GET_RECEIVE_FOLDER_TABLE).p[0], 0x68);
	/* MS-OXCROPS_R199 */
	assert_int_equal(success(ROP_GET_RECEIVE_FOLDER_TABLE).p[0], 0x68);
	/* MS-OXCROPS_R201 */
	assert_int_equal(success(ROP_GET_RECEIVE_FOLDER_TABLE).p[1], INPUT);
	/* MS-OXCROPS_R217 */
	assert_int_equal(failure(ROP_GET_RECEIVE_FOLDER_TABLE).p[0], 0x68);
	/* MS-OXCROPS_R219 */
	assert_int_equal(failure(ROP_GET_RECEIVE_FOLDER_TABLE).p[1], INPUT);
	/* MS-OXCROPS_R227 */
	assert_int_equal(request(ROP_GET_STORE_STATE).p[0], 0x7B);
	/* MS-OXCROPS_R234 */
	assert_int_equal(success(ROP_GET_STORE_STATE).p[0], 0x7B);
	/* MS-OXCROPS_R236 */
	assert_int_equal(success(ROP_GET_STORE_STATE).p[1], INPUT);
	/* MS-OXCROPS_R245 */
	assert_int_equal(failure(ROP_GET_STORE_STATE).p[0], 0x7B);
	/* MS-OXCROPS_R247 */
	assert_int_equal(failure(ROP_GET_STORE_STATE).p[1], INPUT);
	/* MS-OXCROPS_R255 */
	assert_int_equal(request(ROP_GET_OWNING_SERVERS).p[0], 0x42);
}

static void test_logon_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R264 */
	assert_int_equal(success(ROP_GET_OWNING_SERVERS).p[0], 0x42);
	/* MS-OXCROPS_R266 */
	assert_int_equal(success(ROP_GET_OWNING_SERVERS).p[1], INPUT);
	/* MS-OXCROPS_R279 */
	assert_int_equal(failure(ROP_GET_OWNING_SERVERS).p[0], 0x42);
	/* MS-OXCROPS_R281 */
	assert_int_equal(failure(ROP_GET_OWNING_SERVERS).p[1], INPUT);
	/* MS-OXCROPS_R289 */
	assert_int_equal(request(ROP_PUBLIC_FOLDER_IS_GHOSTED).p[0], 0x45);
	/* MS-OXCROPS_R298 */
	assert_int_equal(success(ROP_PUBLIC_FOLDER_IS_GHOSTED).p[0], 0x45);
	/* MS-OXCROPS_R300 */
	assert_int_equal(success(ROP_PUBLIC_FOLDER_IS_GHOSTED).p[1], INPUT);
	/* MS-OXCROPS_R323 */
	assert_int_equal(failure(ROP_PUBLIC_FOLDER_IS_GHOSTED).p[0], 0x45);
	/* MS-OXCROPS_R333 */
	assert_int_equal(request(ROP_LONG_TERM_ID_FROM_ID).p[0], 0x43);
	/* MS-OXCROPS_R342 */
	assert_int_equal(success(ROP_LONG_TERM_ID_FROM_ID).p[0], 0x43);
	/* MS-OXCROPS_R353 */
	assert_int_equal(failure(ROP_LONG_TERM_ID_FROM_ID).p[0], 0x43);
	/* MS-OXCROPS_R355 */
	assert_int_equal(failure(ROP_LONG_TERM_ID_FROM_ID).p[1], INPUT);
	/* MS-OXCROPS_R363 */
	assert_int_equal(request(ROP_ID_FROM_LONG_TERM_ID).p[0], 0x44);
	/* MS-OXCROPS_R373 */
	assert_int_equal(success(ROP_ID_FROM_LONG_TERM_ID).p[0], 0x44);
	/* MS-OXCROPS_R375 */
	assert_int_equal(success(ROP_ID_FROM_LONG_TERM_ID).p[1], INPUT);
	/* MS-OXCROPS_R383 */
	assert_int_equal(failure(ROP_ID_FROM_LONG_TERM_ID).p[0], 0x44);
	/* MS-OXCROPS_R385 */
	assert_int_equal(failure(ROP_ID_FROM_LONG_TERM_ID).p[1], INPUT);
	/* MS-OXCROPS_R393 */
	assert_int_equal(request(ROP_GET_PER_USER_LONG_TERM_IDS).p[0], 0x60);
	/* MS-OXCROPS_R402 */
	assert_int_equal(success(ROP_GET_PER_USER_LONG_TERM_IDS).p[0], 0x60);
	/* MS-OXCROPS_R404 */
	assert_int_equal(success(ROP_GET_PER_USER_LONG_TERM_IDS).p[1], INPUT);
	/* MS-OXCROPS_R416 */
	assert_int_equal(failure(ROP_GET_PER_USER_LONG_TERM_IDS).p[0], 0x60);
	/* MS-OXCROPS_R418 */
	assert_int_equal(failure(ROP_GET_PER_USER_LONG_TERM_IDS).p[1], INPUT);
	/* MS-OXCROPS_R426 */
	assert_int_equal(request(ROP_GET_PER_USER_GUID).p[0], 0x61);
	/* MS-OXCROPS_R437 */
	assert_int_equal(success(ROP_GET_PER_USER_GUID).p[0], 0x61);
}

static void test_logon_3(void **state)
{
	(void)state;
	/* MS-OXCROPS_R439 */
	assert_int_equal(success(ROP_GET_PER_USER_GUID).p[1], INPUT);
	/* MS-OXCROPS_R447 */
	assert_int_equal(failure(ROP_GET_PER_USER_GUID).p[0], 0x61);
	/* MS-OXCROPS_R449 */
	assert_int_equal(failure(ROP_GET_PER_USER_GUID).p[1], INPUT);
	/* MS-OXCROPS_R457 */
	assert_int_equal(request(ROP_READ_PER_USER_INFORMATION).p[0], 0x63);
	/* MS-OXCROPS_R478 */
	assert_int_equal(success(ROP_READ_PER_USER_INFORMATION).p[0], 0x63);
	/* MS-OXCROPS_R480 */
	assert_int_equal(success(ROP_READ_PER_USER_INFORMATION).p[1], INPUT);
	/* MS-OXCROPS_R493 */
	assert_int_equal(failure(ROP_READ_PER_USER_INFORMATION).p[0], 0x63);
	/* MS-OXCROPS_R495 */
	assert_int_equal(failure(ROP_READ_PER_USER_INFORMATION).p[1], INPUT);
	/* MS-OXCROPS_R503 */
	assert_int_equal(request(ROP_WRITE_PER_USER_INFORMATION).p[0], 0x64);
	/* MS-OXCROPS_R526 */
	assert_int_equal(success(ROP_WRITE_PER_USER_INFORMATION).p[0], 0x64);
	/* MS-OXCROPS_R528 */
	assert_int_equal(success(ROP_WRITE_PER_USER_INFORMATION).p[1], INPUT);
}

static void test_folder_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R535 */
	assert_int_equal(request(ROP_OPEN_FOLDER).p[0], 0x02);
	/* MS-OXCROPS_R549 */
	assert_int_equal(success(ROP_OPEN_FOLDER).p[0], 0x02);
	/* MS-OXCROPS_R551 */
	assert_int_equal(success(ROP_OPEN_FOLDER).p[1], OUTPUT);
	/* MS-OXCROPS_R574 */
	assert_int_equal(failure(ROP_OPEN_FOLDER).p[0], 0x02);
	/* MS-OXCROPS_R576 */
	assert_int_equal(failure(ROP_OPEN_FOLDER).p[1], OUTPUT);
	/* MS-OXCROPS_R585 */
	assert_int_equal(request(ROP_CREATE_FOLDER).p[0], 0x1C);
	/* MS-OXCROPS_R611 */
	assert_int_equal(success(ROP_CREATE_FOLDER).p[0], 0x1C);
	/* MS-OXCROPS_R613 */
	assert_int_equal(success(ROP_CREATE_FOLDER).p[1], OUTPUT);
	/* MS-OXCROPS_R647 */
	assert_int_equal(failure(ROP_CREATE_FOLDER).p[0], 0x1C);
	/* MS-OXCROPS_R649 */
	assert_int_equal(failure(ROP_CREATE_FOLDER).p[1], OUTPUT);
	/* MS-OXCROPS_R657 */
	assert_int_equal(request(ROP_DELETE_FOLDER).p[0], 0x1D);
	/* MS-OXCROPS_R669 */
	assert_int_equal(success(ROP_DELETE_FOLDER).p[0], 0x1D);
	/* MS-OXCROPS_R671 */
	assert_int_equal(success(ROP_DELETE_FOLDER).p[1], INPUT);
	/* MS-OXCROPS_R680 */
	assert_int_equal(request(ROP_SET_SEARCH_CRITERIA).p[0], 0x30);
	/* MS-OXCROPS_R700 */
	assert_int_equal(success(ROP_SET_SEARCH_CRITERIA).p[0], 0x30);
	/* MS-OXCROPS_R702 */
	assert_int_equal(success(ROP_SET_SEARCH_CRITERIA).p[1], INPUT);
	/* MS-OXCROPS_R709 */
	assert_int_equal(request(ROP_GET_SEARCH_CRITERIA).p[0], 0x31);
	/* MS-OXCROPS_R722 */
	assert_int_equal(success(ROP_GET_SEARCH_CRITERIA).p[0], 0x31);
	/* MS-OXCROPS_R724 */
	assert_int_equal(success(ROP_GET_SEARCH_CRITERIA).p[1], INPUT);
	/* MS-OXCROPS_R745 */
	assert_int_equal(failure(ROP_GET_SEARCH_CRITERIA).p[0], 0x31);
	/* MS-OXCROPS_R747 */
	assert_int_equal(failure(ROP_GET_SEARCH_CRITERIA).p[1], INPUT);
	/* MS-OXCROPS_R755 */
	assert_int_equal(request(ROP_MOVE_COPY_MESSAGES).p[0], 0x33);
	/* MS-OXCROPS_R773 */
	assert_int_equal(success(ROP_MOVE_COPY_MESSAGES).p[0], 0x33);
	/* MS-OXCROPS_R775 */
	assert_int_equal(success(ROP_MOVE_COPY_MESSAGES).p[1], SOURCE);
}

static void test_folder_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R783 */
	assert_int_equal(no_destination(ROP_MOVE_COPY_MESSAGES).p[0], 0x33);
	/* MS-OXCROPS_R785 */
	assert_int_equal(no_destination(ROP_MOVE_COPY_MESSAGES).p[1], SOURCE);
	/* MS-OXCROPS_R798 */
	assert_int_equal(request(ROP_MOVE_FOLDER).p[0], 0x35);
	/* MS-OXCROPS_R817 */
	assert_int_equal(success(ROP_MOVE_FOLDER).p[0], 0x35);
	/* MS-OXCROPS_R819 */
	assert_int_equal(success(ROP_MOVE_FOLDER).p[1], SOURCE);
	/* MS-OXCROPS_R827 */
	assert_int_equal(no_destination(ROP_MOVE_FOLDER).p[0], 0x35);
	/* MS-OXCROPS_R829 */
	assert_int_equal(no_destination(ROP_MOVE_FOLDER).p[1], SOURCE);
	/* MS-OXCROPS_R841 */
	assert_int_equal(request(ROP_COPY_FOLDER).p[0], 0x36);
	/* MS-OXCROPS_R862 */
	assert_int_equal(success(ROP_COPY_FOLDER).p[0], 0x36);
	/* MS-OXCROPS_R864 */
	assert_int_equal(success(ROP_COPY_FOLDER).p[1], SOURCE);
	/* MS-OXCROPS_R872 */
	assert_int_equal(no_destination(ROP_COPY_FOLDER).p[0], 0x36);
	/* MS-OXCROPS_R874 */
	assert_int_equal(no_destination(ROP_COPY_FOLDER).p[1], SOURCE);
	/* MS-OXCROPS_R886 */
	assert_int_equal(request(ROP_EMPTY_FOLDER).p[0], 0x58);
	/* MS-OXCROPS_R897 */
	assert_int_equal(success(ROP_EMPTY_FOLDER).p[0], 0x58);
	/* MS-OXCROPS_R899 */
	assert_int_equal(success(ROP_EMPTY_FOLDER).p[1], INPUT);
	/* MS-OXCROPS_R908 */
	assert_int_equal(request(ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS).p[0], 0x92);
	/* MS-OXCROPS_R919 */
	assert_int_equal(success(ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS).p[0], 0x92);
	/* MS-OXCROPS_R921 */
	assert_int_equal(success(ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS).p[1], INPUT);
	/* MS-OXCROPS_R930 */
	assert_int_equal(request(ROP_DELETE_MESSAGES).p[0], 0x1E);
	/* MS-OXCROPS_R946 */
	assert_int_equal(success(ROP_DELETE_MESSAGES).p[0], 0x1E);
	/* MS-OXCROPS_R948 */
	assert_int_equal(success(ROP_DELETE_MESSAGES).p[1], INPUT);
	/* MS-OXCROPS_R957 */
	assert_int_equal(request(ROP_HARD_DELETE_MESSAGES).p[0], 0x91);
	/* MS-OXCROPS_R973 */
	assert_int_equal(success(ROP_HARD_DELETE_MESSAGES).p[0], 0x91);
	/* MS-OXCROPS_R975 */
	assert_int_equal(success(ROP_HARD_DELETE_MESSAGES).p[1], INPUT);
}

static void test_folder_3(void **state)
{
	(void)state;
	/* MS-OXCROPS_R984 */
	assert_int_equal(request(ROP_GET_HIERARCHY_TABLE).p[0], 0x04);
	/* MS-OXCROPS_R995 */
	assert_int_equal(success(ROP_GET_HIERARCHY_TABLE).p[0], 0x04);
	/* MS-OXCROPS_R997 */
	assert_int_equal(success(ROP_GET_HIERARCHY_TABLE).p[1], OUTPUT);
	/* MS-OXCROPS_R1005 */
	assert_int_equal(failure(ROP_GET_HIERARCHY_TABLE).p[0], 0x04);
	/* MS-OXCROPS_R1007 */
	assert_int_equal(failure(ROP_GET_HIERARCHY_TABLE).p[1], OUTPUT);
	/* MS-OXCROPS_R1016 */
	assert_int_equal(request(ROP_GET_CONTENTS_TABLE).p[0], 0x05);
	/* MS-OXCROPS_R1028 */
	assert_int_equal(success(ROP_GET_CONTENTS_TABLE).p[0], 0x05);
	/* MS-OXCROPS_R1030 */
	assert_int_equal(success(ROP_GET_CONTENTS_TABLE).p[1], OUTPUT);
	/* MS-OXCROPS_R1038 */
	assert_int_equal(failure(ROP_GET_CONTENTS_TABLE).p[0], 0x05);
	/* MS-OXCROPS_R1040 */
	assert_int_equal(failure(ROP_GET_CONTENTS_TABLE).p[1], OUTPUT);
}

static void test_table_1(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1049 */
	assert_int_equal(request(ROP_SET_COLUMNS).p[0], 0x12);
	/* MS-OXCROPS_R1065 */
	assert_int_equal(success(ROP_SET_COLUMNS).p[0], 0x12);
	/* MS-OXCROPS_R1067 */
	assert_int_equal(success(ROP_SET_COLUMNS).p[1], INPUT);
	/* MS-OXCROPS_R1076 */
	assert_int_equal(failure(ROP_SET_COLUMNS).p[0], 0x12);
	/* MS-OXCROPS_R1078 */
	assert_int_equal(failure(ROP_SET_COLUMNS).p[1], INPUT);
	/* MS-OXCROPS_R1086 */
	assert_int_equal(request(ROP_SORT_TABLE).p[0], 0x13);
	/* MS-OXCROPS_R1106 */
	assert_int_equal(success(ROP_SORT_TABLE).p[0], 0x13);
	/* MS-OXCROPS_R1108 */
	assert_int_equal(success(ROP_SORT_TABLE).p[1], INPUT);
	/* MS-OXCROPS_R1117 */
	assert_int_equal(failure(ROP_SORT_TABLE).p[0], 0x13);
	/* MS-OXCROPS_R1119 */
	assert_int_equal(failure(ROP_SORT_TABLE).p[1], INPUT);
	/* MS-OXCROPS_R1127 */
	assert_int_equal(request(ROP_RESTRICT).p[0], 0x14);
	/* MS-OXCROPS_R1143 */
	assert_int_equal(success(ROP_RESTRICT).p[0], 0x14);
	/* MS-OXCROPS_R1145 */
	assert_int_equal(success(ROP_RESTRICT).p[1], INPUT);
	/* MS-OXCROPS_R1154 */
	assert_int_equal(failure(ROP_RESTRICT).p[0], 0x14);
	/* MS-OXCROPS_R1156 */
	assert_int_equal(failure(ROP_RESTRICT).p[1], INPUT);
	/* MS-OXCROPS_R1164 */
	assert_int_equal(request(ROP_QUERY_ROWS).p[0], 0x15);
	/* MS-OXCROPS_R1178 */
	assert_int_equal(success(ROP_QUERY_ROWS).p[0], 0x15);
	/* MS-OXCROPS_R1180 */
	assert_int_equal(success(ROP_QUERY_ROWS).p[1], INPUT);
	/* MS-OXCROPS_R1195 */
	assert_int_equal(failure(ROP_QUERY_ROWS).p[0], 0x15);
	/* MS-OXCROPS_R1197 */
	assert_int_equal(failure(ROP_QUERY_ROWS).p[1], INPUT);
	/* MS-OXCROPS_R1205 */
	assert_int_equal(request(ROP_ABORT).p[0], 0x38);
	/* MS-OXCROPS_R1212 */
	assert_int_equal(success(ROP_ABORT).p[0], 0x38);
	/* MS-OXCROPS_R1214 */
	assert_int_equal(success(ROP_ABORT).p[1], INPUT);
	/* MS-OXCROPS_R1223 */
	assert_int_equal(failure(ROP_ABORT).p[0], 0x38);
}

static void test_table_2(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1225 */
	assert_int_equal(failure(ROP_ABORT).p[1], INPUT);
	/* MS-OXCROPS_R1234 */
	assert_int_equal(request(ROP_GET_STATUS).p[0], 0x16);
	/* MS-OXCROPS_R1241 */
	assert_int_equal(success(ROP_GET_STATUS).p[0], 0x16);
	/* MS-OXCROPS_R1243 */
	assert_int_equal(success(ROP_GET_STATUS).p[1], INPUT);
	/* MS-OXCROPS_R1252 */
	assert_int_equal(failure(ROP_GET_STATUS).p[0], 0x16);
	/* MS-OXCROPS_R1254 */
	assert_int_equal(failure(ROP_GET_STATUS).p[1], INPUT);
	/* MS-OXCROPS_R1262 */
	assert_int_equal(request(ROP_QUERY_POSITION).p[0], 0x17);
	/* MS-OXCROPS_R1269 */
	assert_int_equal(success(ROP_QUERY_POSITION).p[0], 0x17);
	/* MS-OXCROPS_R1271 */
	assert_int_equal(success(ROP_QUERY_POSITION).p[1], INPUT);
	/* MS-OXCROPS_R1281 */
	assert_int_equal(failure(ROP_QUERY_POSITION).p[0], 0x17);
	/* MS-OXCROPS_R1283 */
	assert_int_equal(failure(ROP_QUERY_POSITION).p[1], INPUT);
	/* MS-OXCROPS_R1291 */
	assert_int_equal(request(ROP_SEEK_ROW).p[0], 0x18);
	/* MS-OXCROPS_R1305 */
	assert_int_equal(success(ROP_SEEK_ROW).p[0], 0x18);
	/* MS-OXCROPS_R1307 */
	assert_int_equal(success(ROP_SEEK_ROW).p[1], INPUT);
	/* MS-OXCROPS_R1317 */
	assert_int_equal(failure(ROP_SEEK_ROW).p[0], 0x18);
	/* MS-OXCROPS_R1319 */
	assert_int_equal(failure(ROP_SEEK_ROW).p[1], INPUT);
	/* MS-OXCROPS_R1327 */
	assert_int_equal(request(ROP_SEEK_ROW_BOOKMARK).p[0], 0x19);
	/* MS-OXCROPS_R1343 */
	assert_int_equal(success(ROP_SEEK_ROW_BOOKMARK).p[0], 0x19);
	/* MS-OXCROPS_R1345 */
	assert_int_equal(success(ROP_SEEK_ROW_BOOKMARK).p[1], INPUT);
	/* MS-OXCROPS_R1357 */
	assert_int_equal(failure(ROP_SEEK_ROW_BOOKMARK).p[0], 0x19);
	/* MS-OXCROPS_R1359 */
	assert_int_equal(failure(ROP_SEEK_ROW_BOOKMARK).p[1], INPUT);
	/* MS-OXCROPS_R1367 */
	assert_int_equal(request(ROP_SEEK_ROW_FRACTIONAL).p[0], 0x1A);
	/* MS-OXCROPS_R1378 */
	assert_int_equal(success(ROP_SEEK_ROW_FRACTIONAL).p[0], 0x1A);
	/* MS-OXCROPS_R1380 */
	assert_int_equal(success(ROP_SEEK_ROW_FRACTIONAL).p[1], INPUT);
}

static void test_table_3(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1387 */
	assert_int_equal(request(ROP_CREATE_BOOKMARK).p[0], 0x1B);
	/* MS-OXCROPS_R1394 */
	assert_int_equal(success(ROP_CREATE_BOOKMARK).p[0], 0x1B);
	/* MS-OXCROPS_R1396 */
	assert_int_equal(success(ROP_CREATE_BOOKMARK).p[1], INPUT);
	/* MS-OXCROPS_R1407 */
	assert_int_equal(failure(ROP_CREATE_BOOKMARK).p[0], 0x1B);
	/* MS-OXCROPS_R1409 */
	assert_int_equal(failure(ROP_CREATE_BOOKMARK).p[1], INPUT);
	/* MS-OXCROPS_R1418 */
	assert_int_equal(request(ROP_QUERY_COLUMNS_ALL).p[0], 0x37);
	/* MS-OXCROPS_R1425 */
	assert_int_equal(success(ROP_QUERY_COLUMNS_ALL).p[0], 0x37);
	/* MS-OXCROPS_R1427 */
	assert_int_equal(success(ROP_QUERY_COLUMNS_ALL).p[1], INPUT);
	/* MS-OXCROPS_R1439 */
	assert_int_equal(failure(ROP_QUERY_COLUMNS_ALL).p[0], 0x37);
	/* MS-OXCROPS_R1441 */
	assert_int_equal(failure(ROP_QUERY_COLUMNS_ALL).p[1], INPUT);
	/* MS-OXCROPS_R1449 */
	assert_int_equal(request(ROP_FIND_ROW).p[0], 0x4F);
	/* MS-OXCROPS_R1473 */
	assert_int_equal(success(ROP_FIND_ROW).p[0], 0x4F);
	/* MS-OXCROPS_R1489 */
	assert_int_equal(failure(ROP_FIND_ROW).p[0], 0x4F);
	/* MS-OXCROPS_R1491 */
	assert_int_equal(failure(ROP_FIND_ROW).p[1], INPUT);
	/* MS-OXCROPS_R1499 */
	assert_int_equal(request(ROP_FREE_BOOKMARK).p[0], 0x89);
	/* MS-OXCROPS_R1511 */
	assert_int_equal(success(ROP_FREE_BOOKMARK).p[0], 0x89);
	/* MS-OXCROPS_R1513 */
	assert_int_equal(success(ROP_FREE_BOOKMARK).p[1], INPUT);
	/* MS-OXCROPS_R1520 */
	assert_int_equal(request(ROP_RESET_TABLE).p[0], 0x81);
	/* MS-OXCROPS_R1527 */
	assert_int_equal(success(ROP_RESET_TABLE).p[0], 0x81);
	/* MS-OXCROPS_R1529 */
	assert_int_equal(success(ROP_RESET_TABLE).p[1], INPUT);
	/* MS-OXCROPS_R1536 */
	assert_int_equal(request(ROP_EXPAND_ROW).p[0], 0x59);
	/* MS-OXCROPS_R1547 */
	assert_int_equal(success(ROP_EXPAND_ROW).p[0], 0x59);
	/* MS-OXCROPS_R1549 */
	assert_int_equal(success(ROP_EXPAND_ROW).p[1], INPUT);
	/* MS-OXCROPS_R1563 */
	assert_int_equal(failure(ROP_EXPAND_ROW).p[0], 0x59);
}

static void test_table_4(void **state)
{
	(void)state;
	/* MS-OXCROPS_R1565 */
	assert_int_equal(failure(ROP_EXPAND_ROW).p[1], INPUT);
	/* MS-OXCROPS_R1573 */
	assert_int_equal(request(ROP_COLLAPSE_ROW).p[0], 0x5A);
	/* MS-OXCROPS_R1582 */
	assert_int_equal(success(ROP_COLLAPSE_ROW).p[0], 0x5A);
	/* MS-OXCROPS_R1584 */
	assert_int_equal(success(ROP_COLLAPSE_ROW).p[1], INPUT);
	/* MS-OXCROPS_R1592 */
	assert_int_equal(failure(ROP_COLLAPSE_ROW).p[0], 0x5A);
	/* MS-OXCROPS_R1594 */
	assert_int_equal(failure(ROP_COLLAPSE_ROW).p[1], INPUT);
	/* MS-OXCROPS_R1602 */
	assert_int_equal(request(ROP_GET_COLLAPSE_STATE).p[0], 0x6B);
	/* MS-OXCROPS_R1614 */
	assert_int_equal(success(ROP_GET_COLLAPSE_STATE).p[0], 0x6B);
	/* MS-OXCROPS_R1616 */
	assert_int_equal(success(ROP_GET_COLLAPSE_STATE).p[1], INPUT);
	/* MS-OXCROPS_R1627 */
	assert_int_equal(failure(ROP_GET_COLLAPSE_STATE).p[0], 0x6B);
	/* MS-OXCROPS_R1629 */
	assert_int_equal(failure(ROP_GET_COLLAPSE_STATE).p[1], INPUT);
	/* MS-OXCROPS_R1637 */
	assert_int_equal(request(ROP_SET_COLLAPSE_STATE).p[0], 0x6C);
	/* MS-OXCROPS_R1649 */
	assert_int_equal(success(ROP_SET_COLLAPSE_STATE).p[0], 0x6C);
	/* MS-OXCROPS_R1651 */
	assert_int_equal(success(ROP_SET_COLLAPSE_STATE).p[1], INPUT);
	/* MS-OXCROPS_R1662 */
	assert_int_equal(failure(ROP_SET_COLLAPSE_STATE).p[0], 0x6C);
	/* MS-OXCROPS_R1664 */
	assert_int_equal(failure(ROP_SET_COLLAPSE_STATE).p[1], INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_logon_1, forget),
		cmocka_unit_test_setup(test_logon_2, forget),
		cmocka_unit_test_setup(test_logon_3, forget),
		cmocka_unit_test_setup(test_folder_1, forget),
		cmocka_unit_test_setup(test_folder_2, forget),
		cmocka_unit_test_setup(test_folder_3, forget),
		cmocka_unit_test_setup(test_table_1, forget),
		cmocka_unit_test_setup(test_table_2, forget),
		cmocka_unit_test_setup(test_table_3, forget),
		cmocka_unit_test_setup(test_table_4, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
