/* The log of events: lines there and back, what is no event, two files, and who may read it. */
#include "support.h"

#include "base/filetime.h"
#include "store/event_log.h"

#include <sys/stat.h>

static const uint64_t noon = 134400000000000000u;

static void lines(void **state)
{
	static const char *const messages[] = { "", "plain", "tab\tline\nback\\slash", "gr\xC3\xBC\xC3\x9F", "\\t is no tab", "ends in \\" };
	char line[EVENT_LINE_MOST];

	(void)state;
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
		struct event e = { noon, EVENT_WARNING, 4294967295u, "a\tsource", messages[i] }, back;
		size_t n = event_format(&e, line);

		assert_int_equal(line[n - 1], '\n');
		line[n - 1] = '\0';
		assert_null(strchr(line, '\n'));
		assert_true(event_parse(line, &back));
		assert_int_equal(back.time, noon);
		assert_int_equal(back.type, EVENT_WARNING);
		assert_int_equal(back.id, 4294967295u);
		assert_string_equal(back.source, "a\tsource");
		assert_string_equal(back.message, messages[i]);
	}
}

static void long_lines(void **state)
{
	char text[3 * EVENT_LINE_MOST], line[EVENT_LINE_MOST];
	struct event e = { noon, EVENT_ERROR, 1, text, text }, back;

	(void)state;
	/* Cut between two characters, wherever that is. */
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'x', sizeof text);
		for (size_t i = shift; i + 3 < sizeof text - 1; i += 3)
			memcpy(text + i, "\xE5\x90\x8D", 3);
		text[sizeof text - 1] = '\0';
		size_t n = event_format(&e, line);

		assert_true(n <= EVENT_LINE_MOST && n > EVENT_LINE_MOST - 8);
		line[n - 1] = '\0';
		assert_true(event_parse(line, &back));
		assert_int_equal(back.message[strlen(back.message) - 1] & 0xFF, 0x8D);
	}
}

static void no_events(void **state)
{
	static const char *const texts[] = {
		"", "\t\t\t\t", "x", "2026-11-24T10:00:00Z\tInformation\t1\tsource", "2026-11-24T10:00:00Z\tInformation\t1\ts\tm\textra",
		"yesterday\tInformation\t1\ts\tm", "2026-11-24T10:00:00Z\tBad\t1\ts\tm", "2026-11-24T10:00:00Z\tError\t\ts\tm",
		"2026-11-24T10:00:00Z\tError\t4294967296\ts\tm", "2026-11-24T10:00:00Z\tError\t1x\ts\tm",
	};
	struct event e;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char line[200];

		(void)snprintf(line, sizeof line, "%s", texts[i]);
		assert_false(event_parse(line, &e));
	}
}

static void files(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)128 << 20);
	struct event *events = NULL, e = { noon, EVENT_INFORMATION, 1, "test", "first" };
	char folder[512], path[540], old[560], *filler;
	struct reason why = { "" };
	struct stat st;
	size_t n = 9;
	FILE *f;

	(void)state;
	(void)snprintf(folder, sizeof folder, "%s", scratch_path("events"));
	(void)snprintf(path, sizeof path, "%s/events.log", folder);
	(void)snprintf(old, sizeof old, "%s.1", path);
	assert_int_equal(event_log_read(folder, &arena, &events, &n, &why), ecNone);
	assert_int_equal(n, 0);
	assert_int_equal(event_log_write(folder, &e, &why), ecNone);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* A line that was cut off by a crash costs only itself. */
	f = fopen(path, "a");
	assert_non_null(f);
	assert_true(fputs("2026-11-24T10:0\n", f) >= 0);
	filler = calloc(1, 1001);
	memset(filler, '#', 999);
	filler[999] = '\n';
	for (size_t i = 0; i < EVENT_LOG_MOST / 1000 + 1; i++)
		assert_true(fputs(filler, f) >= 0);
	free(filler);
	assert_int_equal(fclose(f), 0);
	/* The one that makes it too long is its last. */
	e.message = "second";
	assert_int_equal(event_log_write(folder, &e, &why), ecNone);
	assert_int_equal(access(old, F_OK), 0);
	e.message = "third";
	assert_int_equal(event_log_write(folder, &e, &why), ecNone);
	assert_int_equal(event_log_read(folder, &arena, &events, &n, &why), ecNone);
	assert_int_equal(n, 3);
	assert_string_equal(events[0].message, "first");
	assert_string_equal(events[1].message, "second");
	assert_string_equal(events[2].message, "third");
	/* Nothing is written through a link that somebody put there. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(old, path), 0);
	assert_int_equal(event_log_write(folder, &e, &why), ecAccessDenied);
	assert_non_null(strstr(why.text, path));
	(void)unlink(path);
	(void)unlink(old);
	(void)rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines), cmocka_unit_test(long_lines), cmocka_unit_test(no_events), cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
