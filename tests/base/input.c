#include "support.h"

#include "base/input.h"

#include <fcntl.h>
#include <sys/stat.h>

static void reads_memory(void **state)
{
	struct input *in;
	char two[2];
	size_t got;

	(void)state;
	assert_int_equal(input_open_memory(bytes_of("abcdef", 6), "m", &in), 0);
	assert_int_equal(input_read(in, 4, two, 2), 0);
	assert_memory_equal(two, "ef", 2);
	assert_int_equal(input_read(in, 5, two, 2), ecCorruptData);
	assert_int_equal(input_read(in, UINT64_MAX, two, 2), ecCorruptData);
	assert_int_equal(input_read_some(in, 5, two, 2, &got), 0);
	assert_int_equal(got, 1);
	assert_false(input_changed(in));
	input_close(in);
}

static void refuses_what_is_no_file(void **state)
{
	struct reason why = { "" };
	struct input *in;

	(void)state;
	assert_int_equal(input_open_file("/nowhere/at/all", &in, &why), ecNotFound);
	assert_non_null(strstr(why.text, "/nowhere/at/all"));
	assert_int_equal(input_open_file("/tmp", &in, &why), ecInvalidParam);
	assert_non_null(strstr(why.text, "folder"));
	assert_int_equal(input_open_file("/dev/null", &in, &why), ecInvalidParam);
}

static void sees_changes(void **state)
{
	const char *path = scratch_path("input");
	struct input *in;
	char c;
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	(void)state;
	assert_int_equal(write(fd, "0123456789", 10), 10);
	assert_int_equal(input_open_file(path, &in, NULL), 0);
	assert_false(input_changed(in));
	assert_int_equal(ftruncate(fd, 5), 0);
	assert_true(input_changed(in));
	assert_int_equal(input_read(in, 8, &c, 1), ecCorruptData); /* it shrank: an error, not a signal */
	input_close(in);
	(void)close(fd);
	(void)unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_memory),
		cmocka_unit_test(refuses_what_is_no_file),
		cmocka_unit_test(sees_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
