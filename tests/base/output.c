#include "support.h"

#include "base/output.h"

#include <dirent.h>

static char path[512];

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(path, sizeof path, "%s", scratch_path("output"));
	(void)unlink(path);
	return 0;
}

static bool exists(void)
{
	return access(path, F_OK) == 0;
}

/* Is a temporary file of ours left? */
static bool leftovers(void)
{
	char name[512];
	const char *base = strrchr(path, '/') + 1;
	struct dirent *e;
	bool found = false;

	(void)snprintf(name, sizeof name, "%.*s", (int)(base - path), path);
	DIR *d = opendir(name);
	while (d && (e = readdir(d)))
		found |= strncmp(e->d_name, base, strlen(base)) == 0 && strstr(e->d_name, ".part-");
	if (d)
		(void)closedir(d);
	return found;
}

static void appears_whole(void **state)
{
	struct output *o;
	char back[20];

	(void)state;
	assert_int_equal(output_create(path, false, &o, NULL), 0);
	assert_int_equal(output_append(o, "hello", 5), 0);
	assert_int_equal(output_write_at(o, 10, "world", 5), 0);
	assert_int_equal(output_write_at(o, 0, "J", 1), 0);
	assert_true(output_size(o) == 15);
	assert_int_equal(output_read_at(o, 0, back, 15), 0);
	assert_memory_equal(back, "Jello\0\0\0\0\0world", 15);
	assert_false(exists());
	assert_int_equal(output_commit(o, NULL), 0);
	assert_true(exists());
	output_close(o);
	assert_true(exists());
	assert_false(leftovers());
	(void)unlink(path);
}

/* Writes below and across what has gone to the disk already. */
static void writes_anywhere(void **state)
{
	struct output *o;
	uint8_t *big = calloc(1, 3 << 20), *back = malloc(3 << 20);

	(void)state;
	assert_int_equal(output_create(path, false, &o, NULL), 0);
	assert_int_equal(output_append(o, big, 3 << 20), 0);
	memset(big, 7, 3 << 20);
	assert_int_equal(output_write_at(o, 100, big, 2 << 20), 0);
	assert_int_equal(output_read_at(o, 0, back, 3 << 20), 0);
	assert_int_equal(back[99], 0);
	assert_int_equal(back[100], 7);
	assert_int_equal(back[(2 << 20) + 99], 7);
	assert_int_equal(back[(2 << 20) + 100], 0);
	output_close(o);
	assert_false(exists());
	free(big);
	free(back);
}

static void does_not_replace_unless_told(void **state)
{
	struct reason why = { "" };
	struct output *o;

	(void)state;
	assert_int_equal(output_create(path, false, &o, NULL), 0);
	assert_int_equal(output_commit(o, NULL), 0);
	output_close(o);
	assert_int_equal(output_create(path, false, &o, &why), ecDuplicateName);
	assert_int_equal(output_create(path, true, &o, &why), 0);
	output_close(o);
	assert_true(exists());
	(void)unlink(path);
}

static void another_made_the_name_meanwhile(void **state)
{
	struct output *a, *b;

	(void)state;
	assert_int_equal(output_create(path, false, &a, NULL), 0);
	assert_int_equal(output_create(path, false, &b, NULL), 0);
	assert_int_equal(output_commit(a, NULL), 0);
	assert_int_not_equal(output_commit(b, NULL), 0);
	output_close(a);
	output_close(b);
	assert_false(leftovers());
	(void)unlink(path);
}

static void every_failure_leaves_nothing(void **state)
{
	bool whole = false;

	(void)state;
	for (unsigned n = 1; !whole; n++) {
		struct reason why = { "" };
		struct output *o;

		assert_int_equal(output_create(path, false, &o, NULL), 0);
		output_fail_after(n);
		(void)!output_append(o, "x", 1);
		whole = output_commit(o, &why) == ecNone;
		output_fail_after(0);
		output_close(o);
		assert_int_equal(exists(), whole);
		assert_int_equal(why.text[0] != '\0', !whole);
		assert_false(leftovers());
	}
	(void)unlink(path);
}

static void abandoning_removes_what_is_open(void **state)
{
	struct output *o;

	(void)state;
	assert_int_equal(output_create(path, false, &o, NULL), 0);
	assert_true(leftovers());
	output_abandon_all();
	assert_false(leftovers());
	output_close(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(appears_whole, set_up),
		cmocka_unit_test_setup(writes_anywhere, set_up),
		cmocka_unit_test_setup(does_not_replace_unless_told, set_up),
		cmocka_unit_test_setup(another_made_the_name_meanwhile, set_up),
		cmocka_unit_test_setup(every_failure_leaves_nothing, set_up),
		cmocka_unit_test_setup(abandoning_removes_what_is_open, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
