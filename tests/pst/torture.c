/*
 * Every byte of a small store flipped, every prefix of it: no crash, no hang, an explanation.  And writing: every
 * write that fails leaves nothing under the final name.
 */
#include "pst/stores.h"

#include "pst/check.h"

static uint8_t *small_store(size_t *n)
{
	char path[512];

	(void)snprintf(path, sizeof path, "%s", scratch_path("small.pst"));
	make_sample(path, 1, false);
	uint8_t *p = read_whole(path, n);
	(void)unlink(path);
	return p;
}

static void check_it(struct bytes data)
{
	struct check_options options = { .most = 1 };
	struct check_summary summary;
	struct reason why = { "" };
	struct input *in;

	assert_int_equal(input_open_memory(data, "test", &in), 0);
	if (pst_check(in, &options, &summary, &why))
		assert_true(why.text[0]);
	input_close(in);
}

/* Where bytes say something: header, and every place that is not zero; the zeros between are tried at random. */
static void every_byte_flipped(void **state)
{
	struct counting c;
	struct reason why;
	size_t n;
	uint8_t *p = small_store(&n);
	unsigned step = getenv("POSTERN_TORTURE") ? 1 : 97;

	(void)state;
	for (size_t i = 0; i < n; i += i < 1024 ? 1 : step) {
		p[i] ^= 0xFF;
		why.text[0] = '\0';
		if (count_store(bytes_of(p, n), &c, &why))
			assert_true(why.text[0]);
		if (i % 5 == 0)
			check_it(bytes_of(p, n));
		if (i % 11 == 0)
			(void)!count_recovered(bytes_of(p, n), true, &c, &why);
		p[i] ^= 0xFF;
	}
	free(p);
}

static void every_prefix(void **state)
{
	struct counting c;
	struct reason why;
	size_t n;
	uint8_t *p = small_store(&n);
	unsigned step = getenv("POSTERN_TORTURE") ? 1 : 509;

	(void)state;
	for (size_t i = 0; i < n; i += i < 2048 ? 16 : step) {
		uint8_t *prefix = malloc(i ? i : 1); /* of its own, so that a read beyond it is seen */

		assert_non_null(prefix);
		memcpy(prefix, p, i);
		why.text[0] = '\0';
		if (count_store(bytes_of(prefix, i), &c, &why))
			assert_true(why.text[0]);
		why.text[0] = '\0';
		if (count_recovered(bytes_of(prefix, i), true, &c, &why))
			assert_true(why.text[0]);
		check_it(bytes_of(prefix, i));
		free(prefix);
	}
	free(p);
}

static void every_failing_write(void **state)
{
	struct sample_options options = { .seed = 1, .messages = 3 };
	char path[512];
	struct sample *s;
	bool whole = false;

	(void)state;
	(void)snprintf(path, sizeof path, "%s", scratch_path("never.pst"));
	assert_int_equal(sample_new(&options, &s), 0);
	for (unsigned n = 1; !whole && n < 200; n++) {
		struct reason why = { "" };

		output_fail_after(n);
		status st = write_source(sample_source(s), path, &why);
		output_fail_after(0);
		whole = st == ecNone;
		if (!whole) {
			assert_true(why.text[0]);
			assert_int_not_equal(access(path, F_OK), 0);
		}
	}
	assert_true(whole);
	(void)unlink(path);
	sample_free(s);
}

static void every_failing_allocation(void **state)
{
	struct counting c;
	size_t n;
	uint8_t *p = small_store(&n);

	(void)state;
	for (unsigned k = 1; k < 400; k++) {
		struct reason why = { "" };

		arena_fail_after(k);
		(void)!count_store(bytes_of(p, n), &c, &why);
		arena_fail_after(0);
	}
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_flipped),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(every_failing_write),
		cmocka_unit_test(every_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
