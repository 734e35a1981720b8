/* The damage matrix: how many items must come back from each kind of damage, of each format. */
#include "pst/stores.h"

#define ENRON "enron.pst"
#define FOUR_K "pstextractortest@outlook.com.ost"
#define ANSI "bfe0c7-2k_outlook_qwerty1234.pst"
#define CYCLIC "24c0c1-2003_high-encryption_quickquick.pst"
#define UNICODE_OST "c0e2bf-SampleOstFile.ost"

struct row {
	const char *damage;
	unsigned least; /* messages */
};

static unsigned recovered(const char *file, const char *damage)
{
	struct reason why = { "" };
	struct counting c;
	struct input *in;
	size_t n;

	assert_int_equal(input_open_file(real_store(file), &in, &why), 0);
	assert_int_equal(damage_copy(in, damage, 7, scratch_path("damaged.pst"), &why), 0);
	input_close(in);
	uint8_t *p = read_whole(scratch_path("damaged.pst"), &n);
	status s = count_recovered(bytes_of(p, n), true, &c, &why);
	free(p);
	(void)unlink(scratch_path("damaged.pst"));
	if (s)
		fail_msg("%s, %s: %s", file, damage, why.text);
	return c.messages;
}

static void matrix(const char *file, unsigned all, unsigned at_75, unsigned at_50, unsigned sectors)
{
	const struct row rows[] = {
		{ "header-crc", all },	   { "header-zero", all },    { "nbt-root-zero", all }, { "bbt-root-zero", all }, { "page-crc", all },
		{ "page-signature", all }, { "bbt-leaf-zero", all },  { "nbt-leaf-zero", all }, { "roots-zero", all },	   { "store-zero", all },
		{ "root-folder-zero", all }, { "names-zero", all },   { "maps-zero", all },	 { "truncate-75", at_75 }, { "truncate-50", at_50 },
		{ "sectors-20", sectors },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned n = recovered(file, rows[i].damage);

		if (n < rows[i].least)
			fail_msg("%s, %s: %u of %u messages", file, rows[i].damage, n, rows[i].least);
	}
}

static void unicode_pst(void **state)
{
	(void)state;
	matrix(ENRON, 71, 51, 50, 69);
}

static void four_k_ost(void **state)
{
	(void)state;
	matrix(FOUR_K, 183, 183, 183, 183);
}

static void ansi_pst(void **state)
{
	(void)state;
	matrix(ANSI, 73, 55, 36, 72);
}

static void cyclic_pst(void **state)
{
	(void)state;
	matrix(CYCLIC, 36, 28, 18, 36);
}

static void unicode_ost(void **state)
{
	(void)state;
	matrix(UNICODE_OST, 92, 92, 90, 90);
}

/* The same on a store of our own, for machines without the real ones. */
static void sample_store(void **state)
{
	static const char *const kinds[] = { "header-zero", "nbt-root-zero", "bbt-root-zero", "roots-zero", "nbt-leaf-zero", "bbt-leaf-zero",
					     "names-zero", "maps-zero" };
	char whole[512], path[512];
	struct reason why = { "" };
	struct counting all, c;
	struct input *in;
	size_t n;

	(void)state;
	(void)snprintf(whole, sizeof whole, "%s", scratch_path("whole.pst"));
	(void)snprintf(path, sizeof path, "%s", scratch_path("damaged.pst"));
	make_sample(whole, 150, false);
	uint8_t *p = read_whole(whole, &n);
	assert_int_equal(count_store(bytes_of(p, n), &all, &why), 0);
	free(p);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		assert_int_equal(input_open_file(whole, &in, &why), 0);
		assert_int_equal(damage_copy(in, kinds[i], 3, path, &why), 0);
		input_close(in);
		p = read_whole(path, &n);
		assert_int_equal(count_recovered(bytes_of(p, n), true, &c, &why), 0);
		/* A leaf page of nodes that has no older version takes the names of its items with it, but not the items. */
		if (c.messages + c.associated < all.messages + all.associated)
			fail_msg("%s: %u of %u", kinds[i], c.messages + c.associated, all.messages + all.associated);
		free(p);
	}
	(void)unlink(whole);
	(void)unlink(path);
}

/* What kind of store it is shows further on too. */
static void beginning_gone(void **state)
{
	struct reason why = { "" };
	struct counting all, c;
	size_t n;

	(void)state;
	make_sample(scratch_path("whole.pst"), 800, false);
	uint8_t *p = read_whole(scratch_path("whole.pst"), &n);
	assert_true(n > (size_t)5 << 20);
	assert_int_equal(count_store(bytes_of(p, n), &all, &why), 0);
	memset(p, 0, (size_t)3 << 20);
	assert_int_equal(count_recovered(bytes_of(p, n), true, &c, &why), 0);
	assert_in_range(c.messages, 1, all.messages);
	memset(p, 0, n);
	assert_int_equal(count_recovered(bytes_of(p, n), true, &c, &why), ecCorruptData);
	assert_non_null(strstr(why.text, "no page and no block"));
	free(p);
	(void)unlink(scratch_path("whole.pst"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sample_store), cmocka_unit_test(beginning_gone) };
	const struct real_test real[] = {
		{ ENRON, cmocka_unit_test(unicode_pst) },	{ FOUR_K, cmocka_unit_test(four_k_ost) },
		{ ANSI, cmocka_unit_test(ansi_pst) },		{ CYCLIC, cmocka_unit_test(cyclic_pst) },
		{ UNICODE_OST, cmocka_unit_test(unicode_ost) },
	};

	return run_with_real(tests, sizeof tests / sizeof *tests, real, sizeof real / sizeof *real);
}
