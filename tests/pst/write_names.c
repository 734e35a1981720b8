/* The named property map: streams, and buckets that Outlook looks names up in. [MS-PST] 2.4.7 */
#include "writing.h"

#include "base/crc32.h"
#include "mapi/propset.h"
#include "pst/names.h"
#include "pst/write_names.h"

static void write_and_read(struct writing *w, const struct name_map *names)
{
	pst_bid data, sub;

	writing_begin(w, 1);
	assert_int_equal(names_write(names, &w->file, &data, &sub), 0);
	writing_node(w, NID_NAME_TO_ID_MAP, data, sub);
	writing_read(w);
}

static void expect_same(const struct name_map *a, struct ndb *db)
{
	struct name_map *b = name_map_new();
	size_t bad = 1;

	assert_non_null(b);
	assert_int_equal(pst_names_load(db, b, &bad), 0);
	assert_int_equal(bad, 0);
	assert_int_equal(name_map_count(b), name_map_count(a));
	for (uint32_t id = NAMED_ID_FIRST; (id = name_map_next(a, id)) != 0; id++)
		assert_int_equal(name_map_id(b, name_map_name(a, (uint16_t)id)), id);
	name_map_free(b);
}

/* The bucket a name belongs to, computed from the entry alone as a reader would. [MS-PST] 2.4.7.6 */
static void check_buckets(struct writing *w, size_t names)
{
	struct node_ref node = writing_find(w, NID_NAME_TO_ID_MAP);
	size_t found = 0;
	struct pc pc;

	assert_int_equal(pc_load(&pc, w->db, &w->arena, &node), 0);
	assert_int_equal(bag_u32(&pc.bag, 1, 0), 251);
	struct bytes entries = bag_bytes(&pc.bag, 3), strings = bag_bytes(&pc.bag, 4);
	for (size_t i = 0; i < entries.n; i += 8) {
		uint32_t key = le32(entries.p + i);
		uint16_t guid = le16(entries.p + i + 4);

		assert_true(!(guid & 1) || key % 4 == 0);
		if (guid & 1)
			key = crc32_pst_plain(0, bytes_of(strings.p + key + 4, le32(strings.p + key)));
		struct bytes bucket = bag_bytes(&pc.bag, (uint16_t)(0x1000 + (key ^ guid) % 251));
		for (size_t k = 0; k < bucket.n; k += 8)
			found += le32(bucket.p + k) == key && le32(bucket.p + k + 4) == le32(entries.p + i + 4);
	}
	assert_int_equal(found, names);
}

static void add(struct name_map *names, uint16_t id, const struct guid *set, uint32_t lid, const char *text)
{
	uint8_t wide[64];
	struct prop_name name = { .set = *set, .by_string = text, .lid = lid };

	for (size_t i = 0; text && text[i]; i++)
		put_le16(wide + 2 * i, (uint8_t)text[i]);
	if (text)
		name.string = bytes_of(wide, 2 * strlen(text));
	assert_int_equal(name_map_add(names, id, &name), 0);
}

static void names_of_every_kind(void **state)
{
	static const struct guid none, other = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };
	struct name_map *names = name_map_new();
	struct writing w;

	(void)state;
	add(names, 0x8000, &PSETID_Appointment, 0x8205, NULL);
	add(names, 0x8001, &PS_PUBLIC_STRINGS, 0, "Keywords");
	add(names, 0x8002, &PS_MAPI, 0x3001, NULL);
	add(names, 0x8003, &none, 5, NULL);
	add(names, 0x8004, &PS_PUBLIC_STRINGS, 0, "");
	add(names, 0x8005, &other, 0, "abc"); /* padded to four bytes */
	add(names, 0x8006, &other, 0x8205, NULL);
	add(names, 0x9000, &PSETID_Common, 0x8501, NULL);
	add(names, 0xFFFE, &PSETID_Common, 0xFFFFFFFF, NULL);
	write_and_read(&w, names);
	expect_same(names, w.db);
	check_buckets(&w, 9);
	writing_end(&w);
	name_map_free(names);
}

/* libpff opens no store that names no property set of its own: one harmless name is added, never as 0x8000. */
static void no_names(void **state)
{
	struct prop_name reminder = { .set = PSETID_Common, .lid = PidLidReminderSet };
	struct name_map *names = name_map_new(), *got = name_map_new();
	struct writing w;
	size_t bad = 1;

	(void)state;
	add(names, 0x8001, &PS_PUBLIC_STRINGS, 0, "Keywords");
	write_and_read(&w, names);
	check_buckets(&w, 2);
	assert_int_equal(pst_names_load(w.db, got, &bad), 0);
	assert_int_equal(bad, 0);
	assert_int_equal(name_map_count(got), 2);
	assert_int_equal(name_map_id(got, name_map_name(names, 0x8001)), 0x8001);
	assert_int_equal(name_map_id(got, &reminder), 0x8002);
	writing_end(&w);
	name_map_free(names);
	name_map_free(got);
}

/* What Outlook computed itself. */
static void a_bucket_of_outlooks(void **state)
{
	static const uint8_t keywords[] = { 0x3B, 0x4D, 0xDA, 0x2E, 0x05, 0x00 };
	struct name_map *names = name_map_new();
	struct node_ref node;
	struct writing w;
	struct pc pc;

	(void)state;
	add(names, 0x8013, &PS_PUBLIC_STRINGS, 0, "Keywords");
	add(names, 0x8014, &PSETID_Common, 0x8503, NULL);
	write_and_read(&w, names);
	node = writing_find(&w, NID_NAME_TO_ID_MAP);
	assert_int_equal(pc_load(&pc, w.db, &w.arena, &node), 0);
	struct bytes bucket = bag_bytes(&pc.bag, 0x1065);
	assert_int_equal(bucket.n, 8);
	assert_memory_equal(bucket.p, keywords, sizeof keywords);
	assert_int_equal(le16(bucket.p + 6), 0x13);
	writing_end(&w);
	name_map_free(names);
}

/* All there can be: streams far beyond a block. */
static void every_id(void **state)
{
	struct name_map *names = name_map_new();
	struct writing w;

	(void)state;
	for (uint32_t id = NAMED_ID_FIRST; id <= NAMED_ID_LAST; id++) {
		struct guid set = PSETID_Common;
		char text[32];

		set.b[0] = (uint8_t)id;
		(void)snprintf(text, sizeof text, "name-%u", id);
		add(names, (uint16_t)id, &set, id, id % 3 ? text : NULL);
	}
	write_and_read(&w, names);
	expect_same(names, w.db);
	writing_end(&w);
	name_map_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_names),
		cmocka_unit_test(names_of_every_kind),
		cmocka_unit_test(a_bucket_of_outlooks),
		cmocka_unit_test(every_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
