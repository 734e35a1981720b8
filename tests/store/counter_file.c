/* Counters of a server, read by others while it counts; what it leaves behind counts for nothing. */
#include "support.h"

#include "store/counter_file.h"

#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char folder[256];

static int begin(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof folder, "%s/postern-counters-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int drop(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

static int end(void **state)
{
	(void)state;
	return nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS);
}

static const struct counter_row rows[] = { { "MSExchange A", "Users Now", false }, { "MSExchange A", "Requests", true } };

static size_t readings(struct arena *arena, struct counter_reading **out)
{
	size_t n = 99;

	assert_int_equal(counter_file_read(folder, arena, out, &n, NULL), 0);
	return n;
}

static void counting(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)8 << 20);
	struct counter_reading *r;
	struct counter_file *f;
	int64_t *values;
	struct stat st;
	char path[300];

	(void)state;
	assert_int_equal(readings(&arena, &r), 0);
	assert_int_equal(counter_file_make(folder, rows, 2, &f, &values, NULL), 0);
	values[0] = -3;
	values[1] = (int64_t)1 << 40;
	/* The lock is the process's own, so another one looks. */
	pid_t child = fork();
	if (child == 0) {
		bool good = readings(&arena, &r) == 2 && strcmp(r[0].row.object, "MSExchange A") == 0 && strcmp(r[1].row.name, "Requests") == 0 &&
			    r[0].value == -3 && r[1].value == (int64_t)1 << 40 && !r[0].row.total && r[1].row.total;

		_exit(good ? 0 : 1);
	}
	int code;
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_int_equal(code, 0);
	(void)snprintf(path, sizeof path, "%s/counters/%ld", folder, (long)getpid());
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	counter_file_close(f);
	assert_int_not_equal(stat(path, &st), 0);
	assert_int_equal(readings(&arena, &r), 0);
}

/* A file that nobody has locked, and one that is no such file. */
static void left_over(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)8 << 20);
	struct counter_reading *r;
	struct counter_file *f;
	int64_t *values;
	char path[300];
	struct stat st;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/counters/1", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("postern counters of nobody", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(readings(&arena, &r), 0);
	assert_int_equal(counter_file_make(folder, rows, 2, &f, &values, NULL), 0);
	assert_int_not_equal(stat(path, &st), 0);
	counter_file_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(counting), cmocka_unit_test(left_over) };

	return cmocka_run_group_tests(tests, begin, end);
}
