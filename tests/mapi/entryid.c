/* mapi/entryid: each kind against bytes by [MS-OXCDATA] 2.2 and [MS-PST] 2.4.3.2. */
#include "support.h"

#include "mapi/entryid.h"

#define B(text)      bytes_of(text, sizeof(text) - 1)
#define ONE_OFF      "\x81\x2B\x1F\xA4\xBE\xA3\x10\x19\x9D\x6E\x00\xDD\x01\x0F\x54\x02"
#define ADDRESS_BOOK "\xDC\xA7\x40\xC8\xC0\x42\x10\x1A\xB4\xB9\x08\x00\x2B\x2F\xE1\x82"
#define CONTACT      "\xFE\x42\xAA\x0A\x18\xC7\x1A\x10\xE8\x85\x0B\x65\x1C\x24\x00\x00"
#define STORE        "\x38\xA1\xBB\x10\x05\xE5\x10\x1A\xA1\xBB\x08\x00\x2B\x2A\x56\xC2"
#define MAILBOX      "\x1B\x55\xFA\x20\xAA\x66\x11\xCD\x9B\xC8\x00\xAA\x00\x2F\xC4\x5A"
#define PUBLIC       "\x1C\x83\x02\x10\xAA\x66\x11\xCD\x9B\xC8\x00\xAA\x00\x2F\xC4\x5A"
#define SOMEBODY     "0123456789abcdef"
#define LONG_ID      "ABCDEFGHIJKLMNOP\0\0\0\1\2\3\0\0"

static struct reason why;

static void reads(struct bytes data, enum entryid_kind kind, struct entryid *id)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);

	if (entryid_decode(data, id, &why))
		fail_msg("%s", why.text);
	assert_int_equal(id->kind, kind);
	assert_int_equal(entryid_encode(id, &b, &why), 0);
	assert_true(bytes_equal(buf_bytes(&b), data));
	assert_true(entryid_equal(id, id));
	buf_clear(&b);
	entryid_print(id, &b);
	assert_true(b.n > 10);
}

/* [MS-OXODLGT] 4.1.5 has the beginning of this one. */
static void test_address_book(void **state)
{
	struct bytes data =
		B("\0\0\0\0" ADDRESS_BOOK "\1\0\0\0\0\0\0\0/o=First Organization/ou=Exchange "
		  "Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=someone\0");
	struct entryid id;

	(void)state;
	reads(data, ENTRYID_ADDRESS_BOOK, &id);
	assert_int_equal(id.address_book.version, 1);
	assert_int_equal(id.address_book.type, 0);
	assert_memory_equal(id.address_book.dn.p, "/o=First Organization/ou=", 25);
	assert_int_equal(id.address_book.dn.n, 97);
	assert_int_equal(entryid_decode(bytes_of(data.p, data.n - 1), &id, &why), ecCorruptData);
	assert_string_equal(why.text,
			    "address_book_entryid.dn at byte 28: text without its terminator");
}

static void test_one_off(void **state)
{
	struct bytes wide =
		B("\0\0\0\0" ONE_OFF "\0\0\1\x90J\0o\0\0\0S\0M\0T\0P\0\0\0j\0@\0x\0\0\0");
	struct bytes narrow = B("\0\0\0\0" ONE_OFF "\0\0\0\0Unknown\0UNKNOWN\0Unknown\0");
	struct entryid id, other;

	(void)state;
	reads(wide, ENTRYID_ONE_OFF, &id);
	assert_int_equal(id.one_off.bits,
			 ONE_OFF_UNICODE | ONE_OFF_DONT_LOOK_UP | ONE_OFF_NO_RICH_INFO);
	assert_true(bytes_equal(id.one_off.text16.name, B("J\0o\0")));
	assert_true(bytes_equal(id.one_off.text16.type, B("S\0M\0T\0P\0")));
	assert_true(bytes_equal(id.one_off.text16.address, B("j\0@\0x\0")));
	reads(narrow, ENTRYID_ONE_OFF, &other);
	assert_true(bytes_equal(other.one_off.text8.type, B("UNKNOWN")));
	assert_false(entryid_equal(&id, &other));
	assert_int_equal(entryid_decode(bytes_of(wide.p, wide.n - 1), &id, &why), ecCorruptData);
	assert_string_equal(
		why.text, "one_off_entryid.text16.address at byte 40: text without its terminator");
}

static void test_store(void **state)
{
	struct bytes mailbox = B("\0\0\0\0" STORE "\0\0EMSMDB.DLL\0\0\0\0\0\0\0\0" MAILBOX
				 "\x0C\0\0\0MAIL1\0/o=x/cn=y\0");
	struct bytes newer = B("\0\0\0\0" STORE "\0\0EMSMDB.DLL\0\0\0\0\0\0\0\0" MAILBOX
			       "\x0C\0\0\0MAIL1\0/o=x/cn=y\0\xD8\x35\x21\xF3\x1C\0\0\0");
	struct bytes folders =
		B("\0\0\0\0" STORE "\0\0EMSMDB.DLL\0\0\0\0\0\0\0\0" PUBLIC "\x06\0\0\0MAIL1\0");
	struct entryid id;

	(void)state;
	reads(mailbox, ENTRYID_STORE, &id);
	assert_true(guid_equal(&id.store.wrapped_provider, &entryid_uid_mailbox));
	assert_true(bytes_equal(id.store.server, B("MAIL1")));
	assert_true(bytes_equal(id.store.mailbox_dn, B("/o=x/cn=y")));
	assert_int_equal(id.store.more.n, 0);
	reads(newer, ENTRYID_STORE, &id);
	assert_int_equal(id.store.more.n, 8);
	reads(folders, ENTRYID_STORE, &id);
	assert_true(guid_equal(&id.store.wrapped_provider, &entryid_uid_public));
	assert_int_equal(id.store.mailbox_dn.n, 0);
}

static void test_folders_and_messages(void **state)
{
	struct bytes folder = B("\0\0\0\0" SOMEBODY "\1\0" LONG_ID);
	struct bytes message =
		B("\0\0\0\0" SOMEBODY "\7\0" LONG_ID "QRSTUVWXYZ123456\0\0\0\4\5\6\0\0");
	struct entryid id;

	(void)state;
	reads(folder, ENTRYID_FOLDER, &id);
	assert_int_equal(id.folder.object, EITLT_PRIVATE_FOLDER);
	assert_true(global_counter_get(id.folder.folder.id.counter) == 0x010203);
	reads(message, ENTRYID_MESSAGE, &id);
	assert_true(global_counter_get(id.message.message.id.counter) == 0x040506);
	assert_memory_equal(id.message.message.id.replica.b, "QRST", 4);
}

static void test_pst(void **state)
{
	struct entryid id;

	(void)state;
	reads(B("\0\0\0\0" SOMEBODY "\x22\x01\0\0"), ENTRYID_PST, &id);
	assert_int_equal(id.pst.nid, 0x122);
	assert_memory_equal(id.pst.provider.b, SOMEBODY, 16);
}

static void test_contact(void **state)
{
	struct entryid id;

	(void)state;
	reads(B("\0\0\0\0" CONTACT "\3\0\0\0\4\0\0\0\1\0\0\0\5\0\0\0inner\0\0\0"), ENTRYID_CONTACT,
	      &id);
	assert_int_equal(id.contact.index, 1);
	assert_true(bytes_equal(id.contact.entryid, B("inner")));
	assert_int_equal(id.contact.more.n, 3);
}

static void test_other(void **state)
{
	struct entryid id = { .kind = ENTRYID_PST };

	(void)state;
	reads(B("\1\2\3\4" SOMEBODY), ENTRYID_OTHER, &id);
	reads(B("\1\2\3\4" SOMEBODY "and more"), ENTRYID_OTHER, &id);
	/* The sizes of a folder's and a message's, but not their objects. */
	reads(B("\0\0\0\0" SOMEBODY "\7\0" LONG_ID), ENTRYID_OTHER, &id);
	reads(B("\0\0\0\0" SOMEBODY "\1\0" LONG_ID LONG_ID), ENTRYID_OTHER, &id);
	assert_int_equal(entryid_decode(B("\0\0\0\0"
					  "0123456789abcde"),
					&id, &why),
			 ecCorruptData);
	assert_int_equal(entryid_decode(bytes_of(NULL, 0), &id, &why), ecCorruptData);
	assert_int_equal(id.kind, ENTRYID_OTHER);
	assert_string_equal(entryid_kind_name(ENTRYID_ONE_OFF), "one-off");
}

/* [MS-OXCFOLD] 4.5.1: FolderId 01 00 00 00 0E 8E DF 36 is 0001-00000E8EDF36. */
static void test_ids(void **state)
{
	struct bytes data = B("\x01\x00\x00\x00\x0E\x8E\xDF\x36");
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4096);
	struct short_term_id id, back;
	struct wire_in in;
	uint8_t counter[GLOBAL_COUNTER_SIZE];

	(void)state;
	wire_in_init(&in, data, &arena);
	assert_int_equal(wire_decode_all(&in, &short_term_id_wire, &id, &why), 0);
	assert_int_equal(id.replica, 1);
	assert_true(global_counter_get(id.counter) == 0x00000E8EDF36);
	assert_true(short_term_id_get(&id) == le64(data.p));
	back = short_term_id_of(short_term_id_get(&id));
	assert_true(wire_equal(&short_term_id_wire, &id, &back));
	global_counter_set(counter, 0x010203040506);
	assert_memory_equal(counter, "\1\2\3\4\5\6", 6);
	assert_true(global_counter_get(counter) == 0x010203040506);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_book), cmocka_unit_test(test_one_off),
		cmocka_unit_test(test_store),        cmocka_unit_test(test_folders_and_messages),
		cmocka_unit_test(test_pst),          cmocka_unit_test(test_contact),
		cmocka_unit_test(test_other),        cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
