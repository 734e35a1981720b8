/* rop/recipient_row: every kind of address, to and from the properties of a recipient. */
#include "rop_support.h"

#include "rop/recipient_row.h"

static const uint32_t columns[] = { PidTagObjectType, PidTagDisplayType, PidTagSmtpAddress };

static struct recipient_row decoded(struct bytes data)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1024);
	struct recipient_row r;

	if (recipient_row_decode(data, columns, 3, &arena, &r, &why))
		fail_msg("%s", why.text);
	assert_int_equal(recipient_row_encode(&r, columns, 3, &b, &why), ecNone);
	same_bytes(buf_bytes(&b), data);
	return r;
}

static struct bag bag_of(const struct recipient_row *r, const char *prefix)
{
	struct bag bag;

	bag_init(&bag, &arena);
	assert_int_equal(recipient_row_to_bag(r, 1252, prefix, &bag), ecNone);
	return bag;
}

static const char *text_in(const struct bag *bag, uint32_t tag)
{
	const char *text = bag_text(bag, tag_id(tag), 1252, &arena);

	return text ? text : "(none)";
}

/* X500DN, with a display name in UTF-16 that is also the one for transmission; two columns. */
static void test_x500(void **state)
{
	struct recipient_row r = decoded(hex("51 02 03 00 63 6E 3D 58 00 41 00 00 00 02 00 "
					     "00 06 00 00 00 00 00 00 00"));
	struct bag bag = bag_of(&r, "/o=First");

	(void)state;
	assert_int_equal(r.flags & RECIPIENT_TYPE_MASK, RECIPIENT_TYPE_X500);
	assert_int_equal(r.address_prefix_used, 3);
	assert_string_equal(text_in(&bag, PidTagEmailAddress), "/o=cn=X");
	assert_string_equal(text_in(&bag, PidTagAddressType), "EX");
	assert_string_equal(text_in(&bag, PidTagDisplayName), "A");
	assert_string_equal(text_in(&bag, PidTagTransmittableDisplayName), "A");
	assert_int_equal(bag_u32(&bag, tag_id(PidTagObjectType), 0), 6);
	assert_true(bag_bool(&bag, tag_id(PidTagSendRichInfo), false));
}

static void test_smtp(void **state)
{
	/* 8-bit texts: address, name, another name for transmission; no rich text */
	struct recipient_row r = decoded(hex("3B 01 61 40 78 00 4E E4 00 54 00 00 00 00"));
	struct bag bag = bag_of(&r, "");

	(void)state;
	assert_string_equal(text_in(&bag, PidTagAddressType), "SMTP");
	assert_string_equal(text_in(&bag, PidTagEmailAddress), "a@x");
	assert_string_equal(text_in(&bag, PidTagDisplayName), "N\xC3\xA4");
	assert_string_equal(text_in(&bag, PidTagTransmittableDisplayName), "T");
	assert_false(bag_bool(&bag, tag_id(PidTagSendRichInfo), true));
}

static void test_personal_dl(void **state)
{
	struct recipient_row r = decoded(hex("86 00 02 00 AA BB 01 00 CC 00 00 00"));
	struct bag bag = bag_of(&r, "");

	(void)state;
	assert_int_equal(bag_bytes(&bag, tag_id(PidTagEntryId)).n, 2);
	assert_int_equal(bag_bytes(&bag, tag_id(PidTagSearchKey)).n, 1);
	assert_string_equal(text_in(&bag, PidTagAddressType), "MAPIPDL");
	assert_true(bag_bool(&bag, tag_id(PidTagResponsibility), false));
	r = decoded(hex("07 00 00 00 00 00 00 00 00"));
	assert_int_equal(r.entry_id.n, 0);
}

static void test_other(void **state)
{
	struct recipient_row r = decoded(hex("08 86 58 4D 50 50 00 61 00 00 00 62 00 00 00 01 00 "
					     "01 0A 0F 01 04 80"));
	struct bag bag = bag_of(&r, "");

	(void)state;
	assert_string_equal(text_in(&bag, PidTagAddressType), "XMPP");
	assert_string_equal(text_in(&bag, PidTagEmailAddress), "a");
	assert_string_equal(text_in(&bag, PidTag7BitDisplayName), "b");
	/* An error is no property. */
	assert_null(bag_find(&bag, tag_id(PidTagObjectType)));
}

static void test_no_type(void **state)
{
	struct recipient_row r = decoded(hex("00 00 00 00 00"));
	struct bag bag = bag_of(&r, "");

	(void)state;
	assert_null(bag_find(&bag, tag_id(PidTagAddressType)));
}

/* What a bag says comes back. */
static void round_trip(const char *type, const char *address, uint16_t flags)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1024);
	struct recipient_row r, again;
	struct bag bag, back;

	bag_init(&bag, &arena);
	assert_int_equal(bag_set_text(&bag, PidTagAddressType, type), ecNone);
	assert_int_equal(bag_set_text(&bag, PidTagEmailAddress, address), ecNone);
	assert_int_equal(bag_set_text(&bag, PidTagDisplayName, "Ada \xC3\x84"), ecNone);
	assert_int_equal(bag_set_text(&bag, PidTagTransmittableDisplayName, "Ada \xC3\x84"),
			 ecNone);
	assert_int_equal(bag_set_u32(&bag, PidTagObjectType, 6), ecNone);
	assert_int_equal(bag_set_u32(&bag, PidTagDisplayType, 0), ecNone);
	assert_int_equal(recipient_row_from_bag(&bag, columns, 3, &arena, &r), ecNone);
	assert_int_equal(r.flags, flags);
	assert_int_equal(recipient_row_encode(&r, columns, 3, &b, &why), ecNone);
	assert_int_equal(recipient_row_decode(buf_bytes(&b), columns, 3, &arena, &again, &why),
			 ecNone);
	back = bag_of(&again, "");
	for (size_t i = 0; i < bag.n; i++) {
		const struct prop *p = bag_find(&back, tag_id(bag.v[i].tag));

		assert_non_null(p);
		assert_true(prop_equal(p, &bag.v[i]));
	}
	/* The third column is not in the bag. */
	assert_null(bag_find(&back, tag_id(PidTagSmtpAddress)));
}

static void test_from_bag(void **state)
{
	(void)state;
	round_trip("EX", "/o=First Organization/cn=Recipients/cn=ada",
		   RECIPIENT_UNICODE | RECIPIENT_DISPLAY | RECIPIENT_SAME | RECIPIENT_TYPE_X500);
	round_trip("SMTP", "ada@example.com",
		   RECIPIENT_UNICODE | RECIPIENT_DISPLAY | RECIPIENT_SAME | RECIPIENT_EMAIL |
			   RECIPIENT_TYPE_SMTP);
	round_trip("XMPP", "ada@example.com",
		   RECIPIENT_UNICODE | RECIPIENT_DISPLAY | RECIPIENT_SAME | RECIPIENT_EMAIL |
			   RECIPIENT_OTHER);
}

static void test_from_little(void **state)
{
	struct recipient_row r;
	struct bag bag;

	(void)state;
	bag_init(&bag, &arena);
	assert_int_equal(bag_set_bool(&bag, PidTagSendRichInfo, false), ecNone);
	assert_int_equal(bag_set_bool(&bag, PidTagResponsibility, true), ecNone);
	assert_int_equal(recipient_row_from_bag(&bag, NULL, 0, &arena, &r), ecNone);
	assert_int_equal(r.flags,
			 RECIPIENT_UNICODE | RECIPIENT_NO_RICH_INFO | RECIPIENT_RESPONSIBLE);
	assert_int_equal(r.column_count, 0);
}

static void test_without_memory(void **state)
{
	struct recipient_row r;
	struct bag bag;
	status st = ecMemory;

	(void)state;
	bag_init(&bag, &arena);
	assert_int_equal(bag_set_text(&bag, PidTagAddressType, "SMTP"), ecNone);
	assert_int_equal(bag_set_text(&bag, PidTagEmailAddress, "ada@example.com"), ecNone);
	for (unsigned n = 1; n < 50 && st; n++) {
		arena_fail_after(n);
		st = recipient_row_from_bag(&bag, columns, 3, &arena, &r);
		arena_fail_after(0);
		assert_true(st == ecNone || st == ecMemory);
	}
	assert_int_equal(st, ecNone);
	assert_int_equal(r.flags & RECIPIENT_TYPE_MASK, RECIPIENT_TYPE_SMTP);
}

static void test_broken(void **state)
{
	static const char *const bad[] = { "",
					   "00",
					   "00 00",
					   "00 00 04 00 00",
					   "00 00 00 00 00 00",
					   "00 00 00 00",
					   "01 00 00 00 41",
					   "06 00 05 00 AA",
					   "18 02 41 00 00 00" };
	struct recipient_row r = { .flags = 0x77 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(recipient_row_decode(hex(bad[i]), columns, 3, &arena, &r, &why),
				 ecCorruptData);
		assert_memory_equal(why.text, "recipient_row", 13);
		assert_int_equal(r.flags, 0x77);
	}
}

static void test_without_room(void **state)
{
	struct recipient_row r = decoded(hex("3B 01 61 40 78 00 4E E4 00 54 00 00 00 00"));
	CLEANUP_BUF struct buf b = BUF_MAX(8);

	(void)state;
	buf_add_u8(&b, 1);
	assert_int_equal(recipient_row_encode(&r, columns, 3, &b, &why), ecTooBig);
	assert_int_equal(b.n, 1);
	r.column_count = 4;
	assert_int_equal(recipient_row_encode(&r, columns, 3, &b, &why), ecInvalidParam);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_x500, forget),
		cmocka_unit_test_setup(test_smtp, forget),
		cmocka_unit_test_setup(test_personal_dl, forget),
		cmocka_unit_test_setup(test_other, forget),
		cmocka_unit_test_setup(test_no_type, forget),
		cmocka_unit_test_setup(test_from_bag, forget),
		cmocka_unit_test_setup(test_from_little, forget),
		cmocka_unit_test_setup(test_without_memory, forget),
		cmocka_unit_test_setup(test_broken, forget),
		cmocka_unit_test_setup(test_without_room, forget),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
