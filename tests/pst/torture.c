/*
 * Every byte of a small store flipped, every prefix of it: no crash, no hang, an explanation.  And writing: every
 * write that fails leaves nothing under the final name.  POSTERN_TORTURE=1 leaves nothing out, which takes minutes; else the
 * sanitizers see each fourth byte, and what takes longer is done at fewer of them.
 */
#include "pst/stores.h"
#include "torture.h"

#include "pst/check.h"

/* Five notes of Outlook's kind in 17 folders: 51 KB in use of 271. */
static uint8_t *small_store(size_t *n)
{
	const char *source = getenv("POSTERN_SOURCE");
	char path[1024];

	(void)snprintf(path, sizeof path, "%s/fuzz/corpus/inspect/notes.pst", source ? source : ".");
	return read_whole(path, n);
}

/* Places where nothing stands are tried in strides. */
static bool in_use(const uint8_t *p, size_t n, size_t at)
{
	for (size_t i = at & ~(size_t)63; i < n && i < (at | 63); i++)
		if (p[i])
			return true;
	return false;
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

#define STRIDE (SANITIZED ? 4 : 1)

static bool tried(const uint8_t *p, size_t n, size_t at, size_t first)
{
	return torture_all() || (at % STRIDE == first % STRIDE && (at % 997 == 0 || in_use(p, n, at)));
}

/* All three that look at stores; those that take longer not at each of them. */
static void look_at(const uint8_t *p, size_t n, size_t turn)
{
	bool all = torture_all();
	struct counting c;
	struct reason why = { "" };

	if (count_store(bytes_of(p, n), &c, &why))
		assert_true(why.text[0]);
	if (all || turn % 4 == 1)
		check_it(bytes_of(p, n));
	why.text[0] = '\0';
	if ((all || turn % 8 == 2) && count_recovered(bytes_of(p, n), true, &c, &why))
		assert_true(why.text[0]);
}

static void every_byte_flipped(void **state)
{
	size_t n, turn = 0;
	uint8_t *p = small_store(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (!tried(p, n, i, 0))
			continue;
		p[i] ^= 0xFF;
		look_at(p, n, turn++);
		p[i] ^= 0xFF;
	}
	assert_true(turn > 50000 / STRIDE);
	free(p);
}

static void every_prefix(void **state)
{
	size_t n, turn = 0;
	uint8_t *p = small_store(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (!tried(p, n, i, 1))
			continue;
		uint8_t *prefix = malloc(i ? i : 1); /* of its own, so that a read beyond it is seen */

		assert_non_null(prefix);
		memcpy(prefix, p, i);
		look_at(prefix, i, turn++);
		free(prefix);
	}
	assert_true(turn > 50000 / STRIDE);
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
