/* Backups that are interrupted, on disks that fail, and whose files are damaged. */
#include "backups.h"

#include "base/output.h"

/* Interrupted -------------------------------------------------------------------------------------------------------------------- */

/* The n-th write or flush fails: what was there before is there, and the next run makes it whole. */
static void failing_writes_on(enum sql_engine e)
{
	struct backup_result r;
	status s = ecDiskError;

	begin(e);
	change(live, "alice", 5, 2000, 0);
	(void)backup(false);
	change(live, "alice", 3, 2000, 1);
	change(live, "bob", 3, 2000, 0);
	for (unsigned nth = 1; s; nth++) {
		CLEANUP_BACKUP_SET struct backup_set set = { .lock = -1 };

		assert_true(nth < 60);
		output_fail_after(nth);
		s = try_backup(false, &r);
		output_fail_after(0);
		if (!s)
			break;
		assert_int_equal(s, ecDiskError);
		assert_non_null(strstr(why.text, "cannot write"));
		assert_int_equal(backup_set_open(dest, BACKUP_SET_READ, &set, &why), 0);
		assert_int_equal(set.n, 1);
	}
	assert_int_equal(r.number, 2);
	struct backup_verdict v = verify();
	if (!v.good)
		fail_msg("%s", last_finding);
	drop(other);
	ok(try_restore(NULL, NULL, other, NULL, false, NULL));
	assert_int_equal(items(other, "alice"), 7);
	assert_int_equal(items(other, "bob"), 3);
	finish(e);
}

static unsigned subjects_seen;

static bool stop_after_two(void *context)
{
	(void)context;
	return ++subjects_seen > 2;
}

static unsigned resumed;

static void count_resumed(void *context, const struct backup_done *d)
{
	(void)context;
	resumed += d->resumed;
}

/* What an interrupted run wrote is not written again, and what changed since is added. */
static void resume_on(enum sql_engine e)
{
	const struct backup_options halting = { .stop = stop_after_two }, counting = { .done = count_resumed };
	struct backup_result r;

	begin(e);
	change(live, "alice", 5, 2000, 0);
	change(live, "bob", 5, 2000, 0);
	subjects_seen = resumed = 0;
	struct site *s = open_at(live, false);
	assert_int_equal(backup_run(s, dest, &halting, &r, &why), ecUserCanceled);
	site_close(s);
	change(live, "alice", 2, 100, 1);
	change(live, "bob", 2, 100, 1);
	s = open_at(live, false);
	ok(backup_run(s, dest, &counting, &r, &why));
	site_close(s);
	assert_int_equal(resumed, 2);
	assert_int_equal(r.number, 1);
	struct backup_verdict v = verify();
	if (!v.good)
		fail_msg("%s", last_finding);
	ok(try_restore(NULL, NULL, other, NULL, false, NULL));
	assert_int_equal(items(other, "alice"), 6);
	assert_int_equal(items(other, "bob"), 6);
	finish(e);
}

/* A restore that fails at the n-th statement leaves the mailbox as it was. */
static void failing_restore_on(enum sql_engine e)
{
	struct backup_restored_mailbox r;
	unsigned failed = 0;

	begin(e);
	change(live, "alice", 3, 100, 0);
	(void)backup(false);
	change(live, "alice", 4, 100, 0);
	for (unsigned nth = 1; nth < 4000; nth += 1 + nth / 3) {

		sql_fail_after(nth);
		status s = try_restore("alice", NULL, live, NULL, true, &r);
		sql_fail_after(0);
		if (!s)
			break;
		failed++;
		assert_int_equal(items(live, "alice"), 7);
	}
	assert_true(failed > 5);
	assert_int_equal(items(live, "alice"), 3);
	finish(e);
}

ON_EACH(failing_writes)
ON_EACH(resume)
ON_EACH(failing_restore)

/* Damaged ------------------------------------------------------------------------------------------------------------------------ */

#define FILES_MAX 64

static char files[FILES_MAX][700];
static unsigned n_files;

static int add_file(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)where;
	if (type == FTW_F && !strstr(path, "/lock") && n_files < FILES_MAX)
		(void)snprintf(files[n_files++], sizeof files[0], "%s", path);
	return 0;
}

static void list_files(void)
{
	n_files = 0;
	assert_int_equal(nftw(dest, add_file, 8, FTW_PHYS), 0);
	assert_true(n_files >= 6);
}

static long size_of(const char *path)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	return (long)info.st_size;
}

static void write_all(const char *path, const uint8_t *data, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static uint8_t *read_all(const char *path, size_t n)
{
	uint8_t *data = malloc(n);
	FILE *f = fopen(path, "rb");

	assert_non_null(data);
	assert_non_null(f);
	assert_int_equal(fread(data, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	return data;
}

static void flip(const char *path, long at)
{
	FILE *f = fopen(path, "r+b");
	int c;

	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	c = fgetc(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fputc(c ^ 0x20, f), c ^ 0x20);
	assert_int_equal(fclose(f), 0);
}

/* Found, and by its name: by the verdict, or because the list of parts itself cannot be read. */
static void is_found(const char *file)
{
	struct backup_verdict v = { .good = true };
	status s = try_verify(&v);
	const char *name = strrchr(file, '/') + 1, *said = s ? why.text : last_finding;

	if (!s && v.good)
		fail_msg("%s is damaged, and nobody noticed", file);
	if (!strstr(said, name))
		fail_msg("%s is damaged, and is not named: %s", file, said);
}

/* The files are the same on both engines: on the second one fewer places will do. */
static void damage(const char *file, size_t step)
{
	long size = size_of(file), at[] = { 0, 9, 20, 40, 80, 126, 129, 140, size / 2, size - 45, size - 1 };
	uint8_t *data = read_all(file, (size_t)size);

	for (size_t k = 0; k < sizeof at / sizeof *at; k += step) {
		flip(file, at[k]);
		is_found(file);
		flip(file, at[k]);
	}
	/* Cut off, and gone. */
	write_all(file, data, (size_t)size - 1);
	is_found(file);
	assert_int_equal(unlink(file), 0);
	if (!strstr(file, ".backup"))
		is_found(file);
	write_all(file, data, (size_t)size);
	free(data);
}

static void damaged_on(enum sql_engine e)
{
	begin(e);
	change(live, "alice", 5, 2000, 0);
	(void)backup(false);
	change(live, "alice", 1, 200, 1);
	(void)backup(false);
	list_files();
	for (unsigned i = 0; i < n_files; i++)
		damage(files[i], e == SQL_SQLITE ? 1 : 6);
	assert_true(verify().good);
	finish(e);
}

/* Nothing that is damaged is restored, not even the part of it that is good. */
static void damaged_restore_on(enum sql_engine e)
{
	struct backup_restored_mailbox r;
	bool there = true;

	begin(e);
	change(live, "alice", 50, 20000, 0);
	(void)backup(false);
	char guid[GUID_TEXT_SIZE], part[700];
	struct guid alice = guid_at(live, "alice");
	guid_format(&alice, guid);
	(void)snprintf(part, sizeof part, "%s/parts/%s/000001.part", dest, guid);
	flip(part, size_of(part) - 100);
	assert_int_equal(try_restore(NULL, NULL, other, NULL, false, NULL), ecCorruptData);
	assert_non_null(strstr(why.text, part));
	assert_int_not_equal(access(other, F_OK), 0);
	assert_int_equal(try_restore("alice", NULL, live, NULL, true, &r), ecCorruptData);
	assert_int_equal(items(live, "alice"), 50);
	assert_int_equal(try_restore("alice", NULL, live, "carol", false, &r), ecCorruptData);
	struct site *s = open_at(live, false);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	const struct directory_object *o;
	assert_int_equal(directory_find(site_directory(s), directory_class("User"), "carol", &arena, &o, NULL), ecNotFound);
	site_close(s);
	/* The part of one mailbox in the place of another's. */
	flip(part, size_of(part) - 100);
	struct guid bob = guid_at(live, "bob");
	char theirs[700], his[GUID_TEXT_SIZE];
	guid_format(&bob, his);
	(void)snprintf(theirs, sizeof theirs, "%s/parts/%s/000001.part", dest, his);
	assert_int_equal(rename(theirs, part), 0);
	assert_int_equal(try_restore("alice", NULL, live, NULL, true, &r), ecCorruptData);
	assert_int_equal(try_restore("bob", NULL, live, NULL, true, &r), ecNotFound);
	assert_int_equal(items(live, "alice"), 50);
	assert_int_equal(backup_place_exists(live, &bob, &there, &why), 0);
	assert_true(there);
	finish(e);
}

ON_EACH(damaged)
ON_EACH(damaged_restore)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failing_writes), cmocka_unit_test(resume),	     cmocka_unit_test(failing_restore),
		cmocka_unit_test(damaged),	  cmocka_unit_test(damaged_restore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
