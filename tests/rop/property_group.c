/* rop/property_group: which properties belong together, as bytes and back. */
#include "support.h"

#include "mapi/propset.h"
#include "mapi/tag.h"
#include "rop/property_group.h"

#define COMMON 0x08, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46
#define STRINGS 0x29, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46

/* Two groups: PidTagFlagStatus and PidLidFlagRequest; a property with a name of three letters. */
static const uint8_t mapping[] = {
	7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,                                     /* GroupId, Reserved, GroupCount */
	2, 0, 0, 0,                                                             /* PropertyTagCount */
	0x03, 0x00, 0x90, 0x10,                                                 /* a tag by its id alone */
	0x1F, 0x00, 0x01, 0x80, COMMON, 0, 0, 0, 0, 0x30, 0x85, 0, 0,           /* Kind 0: a LID */
	1, 0, 0, 0, 0x1F, 0x10, 0x00, 0x80, STRINGS, 1, 0, 0, 0, 6, 0, 0, 0,    /* Kind 1: NameSize in bytes */
	'K', 0, 'e', 0, 'y', 0,
};

static struct arena arena = ARENA_BUDGET(1 << 20);

static int forget(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct bytes whole(void)
{
	return bytes_of(mapping, sizeof mapping);
}

static struct property_group_info decoded(struct bytes data)
{
	struct property_group_info i = { 0 };
	struct reason why = { "" };

	if (property_group_decode(data, &arena, &i, &why))
		fail_msg("%s", why.text);
	return i;
}

static void layout(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1000);
	struct property_group_info i = decoded(whole());
	struct wire_out out;

	(void)state;
	/* MS-OXCFXICS_R240 */
	assert_int_equal(i.group_id, 7);
	/* MS-OXCFXICS_R243 */
	/* MS-OXCFXICS_R247 */
	assert_int_equal(i.groups.n, 2);
	/* MS-OXCFXICS_R248 */
	/* MS-OXCFXICS_R254 */
	assert_int_equal(i.groups.v[0].tags.n, 2);
	assert_int_equal(i.groups.v[0].tags.v[0].id, tag_id(PidTagFlagStatus));
	/* MS-OXCFXICS_R252 */
	/* MS-OXCFXICS_R257 */
	assert_int_equal(i.groups.v[0].tags.v[1].name.kind, GROUP_NAME_LID);
	/* MS-OXCFXICS_R255 */
	assert_true(guid_equal(&i.groups.v[0].tags.v[1].name.set, &PSETID_Common));
	/* MS-OXCFXICS_R259 */
	assert_int_equal(i.groups.v[0].tags.v[1].name.lid, 0x8530);
	/* MS-OXCFXICS_R258 */
	assert_int_equal(i.groups.v[1].tags.v[0].name.kind, GROUP_NAME_STRING);
	/* MS-OXCFXICS_R262 */
	/* MS-OXCFXICS_R3670 */
	assert_int_equal(i.groups.v[1].tags.v[0].name.name.n, 6);
	wire_out_init(&out, &b);
	assert_int_equal(wire_encode(&out, &property_group_info_wire, &i), 0);
	assert_int_equal(b.n, sizeof mapping);
	assert_memory_equal(b.p, mapping, sizeof mapping);
}

static void find(void **state)
{
	static const uint8_t key[] = { 'K', 0, 'e', 0, 'y', 0, 0, 0 };
	struct prop_name lid = { .set = PSETID_Common, .lid = 0x8530 }, string = { .set = PS_PUBLIC_STRINGS, .by_string = true };
	struct property_group_info i = decoded(whole());

	(void)state;
	string.string = bytes_of(key, 6);
	assert_int_equal(property_group_find(&i, tag_id(PidTagFlagStatus), NULL), 0);
	assert_int_equal(property_group_find(&i, tag_id(PidTagSubject), NULL), PROPERTY_GROUP_NONE);
	/* The id of a named property says nothing: it is that of another store. */
	assert_int_equal(property_group_find(&i, 0x9123, &lid), 0);
	assert_int_equal(property_group_find(&i, 0x9124, &string), 1);
	assert_int_equal(property_group_find(&i, 0x8001, NULL), PROPERTY_GROUP_NONE);
	lid.lid++;
	assert_int_equal(property_group_find(&i, 0x8001, &lid), PROPERTY_GROUP_NONE);
	lid.set = PSETID_Task;
	assert_int_equal(property_group_find(&i, 0x9123, &lid), PROPERTY_GROUP_NONE);
	/* A text may come with its end. */
	i.groups.v[1].tags.v[0].name.name = bytes_of(key, 8);
	assert_int_equal(property_group_find(&i, 0x9124, &string), 1);
}

static void refused(struct bytes data)
{
	struct property_group_info i;
	struct reason why = { "" };

	assert_int_equal(property_group_decode(data, &arena, &i, &why), ecCorruptData);
	assert_true(why.text[0]);
}

static void refusals(void **state)
{
	uint8_t copy[sizeof mapping + 1] = { 0 };

	(void)state;
	for (size_t n = 0; n < sizeof mapping; n++)
		refused(bytes_of(mapping, n));
	memcpy(copy, mapping, sizeof mapping);
	refused(bytes_of(copy, sizeof copy));
	/* Counts of more than there is. */
	put_le32(copy + 8, 0x10000000);
	refused(bytes_of(copy, sizeof mapping));
	memcpy(copy, mapping, sizeof mapping);
	put_le32(copy + 12, 0xFFFFFFFF);
	refused(bytes_of(copy, sizeof mapping));
	/* No groups, and one without properties. */
	memset(copy, 0, 12);
	refused(bytes_of(copy, 12));
	put_le32(copy + 8, 1);
	put_le32(copy + 12, 0);
	refused(bytes_of(copy, 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout),
		cmocka_unit_test(find),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
