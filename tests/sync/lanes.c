/*
 * A large folder over several sessions side by side, and many small ones that are asked for ahead: what is here at the end is what one session brings, also when it is interrupted again and again, and when the
 * server goes away in the middle.
 */
#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"
#include "torture.h"

#define MESSAGES  1200u
#define LANES     4u
#define FOLDERS   40u
#define IN_FOLDER 3u
#define TELL_MOST ((size_t)64 << 20)

static const char *const people[] = { "alice", NULL };
static struct served served;
static struct device one, many;

static void well(struct device *d, status s)
{
	if (s)
		fail_msg("%s: 0x%x: %s", d->profile.name, s, d->why.text);
}

/* One in a hundred is large; `first`: their numbers begin so. */
static bool write_mail(const char *path, unsigned first, unsigned n)
{
	FILE *f = fopen(path, "w");

	for (unsigned i = first; f && i < first + n; i++) {
		fprintf(f, "From a@b Thu Jan  1 00:00:00 2026\nFrom: Bob <bob@contoso.example>\nTo: alice@contoso.example\nSubject: number %u\n"
			   "Date: Thu, 26 Nov 2026 %02u:%02u:%02u +0000\nMessage-ID: <%u@lanes.example>\n\n", i, i / 3600 % 24, i / 60 % 60, i % 60, i);
		for (unsigned k = 0; k < (i % 100 ? 10 : 2000); k++)
			fprintf(f, "line %u of number %u, which says what the others say\n", k, i);
		fputc('\n', f);
	}
	return f && fclose(f) == 0;
}

/* Into every `step`-th of the folders. */
static void bring_folders(const char *name, unsigned first, unsigned step)
{
	char folder[300], file[400];
	const char *const bring[] = { "import", "--quiet", folder, "alice", NULL };

	(void)snprintf(folder, sizeof folder, "%s/%s", served.folder, name);
	assert_int_equal(mkdir(folder, 0700), 0);
	for (unsigned i = 0; i < FOLDERS; i += step) {
		(void)snprintf(file, sizeof file, "%s/folder %u.mbox", folder, i);
		assert_true(write_mail(file, first + i * IN_FOLDER, IN_FOLDER));
	}
	if (served_run(&served, bring, NULL) > 1)
		fail_msg("%s", served.why.text);
}

static int begin(void **state)
{
	char file[300];

	(void)state;
	if (served_make(&served, people))
		fail_msg("%s", served.why.text);
	(void)snprintf(file, sizeof file, "%s/large.mbox", served.folder);
	const char *const bring[] = { "import", "--quiet", file, "alice", NULL };
	if (!write_mail(file, 0, MESSAGES) || served_run(&served, bring, NULL) > 1)
		fail_msg("%s", served.why.text);
	bring_folders("folders", 10001, 1);
	if (served_start(&served, NULL))
		fail_msg("%s", served.why.text);
	device_init(&one, &served, "one", 0, served.port);
	device_init(&many, &served, "many", 0, served.port);
	one.at_once = 1;
	many.at_once = LANES;
	return 0;
}

static int end(void **state)
{
	(void)state;
	device_close(&one);
	device_close(&many);
	served_free(&served);
	return 0;
}

static void expect_same(void)
{
	CLEANUP_BUF struct buf a = BUF_MAX(TELL_MOST), b = BUF_MAX(TELL_MOST), difference = BUF_MAX(TELL_MOST);

	well(&one, device_sync(&one));
	well(&one, device_tell(&one, 0, true, &a));
	well(&many, device_tell(&many, 0, true, &b));
	device_difference(buf_cstr(&a), buf_cstr(&b), &difference);
	if (difference.n)
		fail_msg("the caches differ:\n%.2000s", buf_cstr(&difference));
	assert_true(a.n > 10000);
	/* Nothing moves any more. */
	well(&many, device_sync(&many));
	assert_int_equal(many.counts.messages_new + many.counts.messages_changed + many.counts.messages_deleted, 0);
}

static void anew(void)
{
	char name[20];
	static unsigned n;

	device_close(&many);
	(void)snprintf(name, sizeof name, "many%u", ++n);
	device_init(&many, &served, name, 0, served.port);
	many.at_once = LANES;
}

static void test_side_by_side(void **state)
{
	(void)state;
	anew();
	well(&one, device_sync(&one));
	uint64_t bytes = one.counts.bytes;
	well(&many, device_sync(&many));
	assert_true(many.counts.messages_new >= MESSAGES + FOLDERS * IN_FOLDER);
	assert_int_equal(many.counts.local_failures, 0);
	/* It came through the others, and once. */
	assert_true(many.counts.bytes < bytes + bytes / 10);
	assert_true(session_traffic(many.session)->received < many.counts.bytes / 2);
	expect_same();
}

/* So the others are ahead, as they are where the server is far. */
static bool takes_its_time(void *context)
{
	(void)context;
	(void)usleep(50000);
	return false;
}

/* What comes later to some of many folders. */
static void test_ahead(void **state)
{
	static unsigned times;
	char name[20];

	(void)state;
	assert_int_equal(served_stop(&served, SIGTERM), 0);
	(void)snprintf(name, sizeof name, "more%u", ++times);
	bring_folders(name, 20001 + 1000 * times, 3);
	assert_int_equal(served_start(&served, NULL), 0);
	device_close(&one);
	device_close(&many);
	many.canceled = takes_its_time;
	well(&many, device_sync(&many));
	many.canceled = NULL;
	assert_int_equal(many.counts.messages_new, (FOLDERS + 2) / 3 * IN_FOLDER);
	/* Not all of them by the session of the run; how many depends on when the others were connected. */
	print_message("# %u requests of its own\n", (unsigned)session_traffic(many.session)->requests);
	assert_true(session_traffic(many.session)->requests < FOLDERS + 15);
	expect_same();
}

/* After so many questions whether to go on, none; each time a little further. */
static unsigned left;

static bool is_canceled(void *context)
{
	(void)context;
	return left-- == 0;
}

static void test_interrupted(void **state)
{
	unsigned cuts = 0;
	status s;

	(void)state;
	anew();
	many.canceled = is_canceled;
	for (s = ecUserCanceled; s && cuts < 200; cuts++) {
		/* The state is empty at the first time alone: that is cut in the first batches, from new. */
		left = (SANITIZED ? 4 : 1) * cuts + 8;
		if (cuts < 3)
			anew(), many.canceled = is_canceled;
		s = device_sync(&many);
		if (s && s != ecUserCanceled)
			well(&many, s);
		device_close(&many);
	}
	many.canceled = NULL;
	assert_true(cuts > 1);
	well(&many, device_sync(&many));
	expect_same();
}

static void *kill_soon(void *arg)
{
	(void)usleep(*(unsigned *)arg);
	(void)kill(served.pid, SIGKILL);
	return NULL;
}

static void test_server_dies(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		unsigned after = 200000 + i * 300000;
		pthread_t killer;

		anew();
		assert_int_equal(pthread_create(&killer, NULL, kill_soon, &after), 0);
		status s = device_sync(&many);
		assert_int_equal(pthread_join(killer, NULL), 0);
		(void)served_stop(&served, SIGKILL);
		print_message("# after %u ms: %s\n", after / 1000, s ? many.why.text : "it was through");
		device_close(&many);
		assert_int_equal(served_start(&served, NULL), 0);
		well(&many, device_sync(&many));
		device_close(&one);
		expect_same();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_side_by_side),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_server_dies),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
