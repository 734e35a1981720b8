/* Patterns of recurrence and time zones, against what [MS-OXOCAL] and RFC 5545 say. */
#include "record.h"

#include <string.h>

#include "base/filetime.h"
#include "mime/recurrence.h"
#include "mime/recurrence_in.h"
#include "mime/zone.h"

static struct arena arena;
static struct buf out;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 16);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	buf_free(&out);
	return 0;
}

static uint32_t midnight(int year, int month, int day)
{
	return (uint32_t)(days_of_date(year, month, day) * MINUTES_PER_DAY);
}

static void days_and_dates(void **state)
{
	static const int dates[][3] = { { 1601, 1, 1 }, { 1970, 1, 1 }, { 2000, 2, 29 }, { 2026, 11, 24 }, { 4500, 12, 31 } };
	int year, month, day;

	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		date_of_days(days_of_date(dates[i][0], dates[i][1], dates[i][2]), &year, &month, &day);
		assert_int_equal(year, dates[i][0]);
		assert_int_equal(month, dates[i][1]);
		assert_int_equal(day, dates[i][2]);
	}
	assert_int_equal(days_of_date(1601, 1, 1), 0);
	assert_int_equal(days_of_date(1970, 1, 1), FILETIME_UNIX_EPOCH / FILETIME_PER_SECOND / 86400);
	for (int64_t d = 0; d < 1000000; d += 7) {
		date_of_days(d, &year, &month, &day);
		assert_int_equal(days_of_date(year, month, day), d);
	}
}

/* From a rule to the blob, and from the blob to the same rule. */
static void rules_and_patterns(void **state)
{
	static const struct {
		const char *rule, *again; /* NULL: the same */
		int start[3];
	} rows[] = {
		{ "FREQ=DAILY", NULL, { 2026, 3, 2 } },
		{ "FREQ=DAILY;INTERVAL=3;COUNT=10", NULL, { 2026, 3, 2 } },
		{ "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", { 2026, 3, 2 } },
		{ "FREQ=WEEKLY;BYDAY=MO,WE", NULL, { 2026, 3, 2 } },
		{ "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO", { 2026, 3, 2 } },
		{ "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU;COUNT=5", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU;COUNT=5", { 2026, 3, 3 } },
		{ "FREQ=MONTHLY;BYMONTHDAY=15", NULL, { 2026, 3, 15 } },
		{ "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", NULL, { 2026, 1, 31 } },
		{ "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", NULL, { 2026, 1, 30 } },
		{ "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU;BYSETPOS=2", NULL, { 2026, 3, 10 } },
		{ "FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", { 2026, 3, 10 } },
		{ "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", { 2026, 3, 27 } },
		{ "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", NULL, { 2026, 3, 31 } },
		{ "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=15", NULL, { 2026, 3, 15 } },
		{ "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=15", { 2026, 3, 15 } },
		{ "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYDAY=SU;BYSETPOS=1;COUNT=4", NULL, { 2026, 3, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct recurrence r = { .start_date = midnight(rows[i].start[0], rows[i].start[1], rows[i].start[2]),
					.has_times = true, .start_offset = 600, .end_offset = 660 }, back;
		CLEANUP_BUF struct buf blob = BUF_MAX(10000);

		assert_true(recurrence_from_rule(rows[i].rule, NULL, &r));
		recurrence_build(&r, &blob);
		assert_int_equal(recurrence_parse(buf_bytes(&blob), 1252, &arena, &back), 0);
		assert_int_equal(back.start_offset, 600);
		assert_int_equal(back.end_offset, 660);
		assert_int_equal(back.start_date, r.start_date);
		buf_clear(&out);
		assert_int_equal(recurrence_rule(&back, NULL, &out), 0);
		assert_string_equal(buf_cstr(&out), rows[i].again ? rows[i].again : rows[i].rule);
	}
}

static void rules_no_pattern_says(void **state)
{
	static const char *const rules[] = {
		"FREQ=HOURLY", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=YEARLY;BYMONTH=1,2", "FREQ=MONTHLY;BYMONTHDAY=31",
		"FREQ=YEARLY;BYWEEKNO=20", "FREQ=MONTHLY;BYDAY=1MO,3MO", "", "garbage", "FREQ=WEEKLY;INTERVAL=0",
		"FREQ=DAILY;UNTIL=20200101", "FREQ=MONTHLY;BYDAY=5MO",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		struct recurrence r = { .start_date = midnight(2026, 3, 2) };

		assert_false(recurrence_from_rule(rules[i], NULL, &r));
	}
}

/* The day of the last instance that COUNT stands for. */
static void last_days(void **state)
{
	static const struct {
		const char *rule;
		int start[3], last[3];
	} rows[] = {
		{ "FREQ=DAILY;INTERVAL=3;COUNT=10", { 2026, 3, 2 }, { 2026, 3, 29 } },
		{ "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4", { 2026, 3, 2 }, { 2026, 3, 11 } },
		{ "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4", { 2026, 3, 4 }, { 2026, 3, 16 } },
		{ "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3", { 2026, 3, 3 }, { 2026, 3, 31 } },
		{ "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=12", { 2026, 3, 15 }, { 2027, 2, 15 } },
		{ "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", { 2026, 1, 31 }, { 2026, 2, 28 } },
		{ "FREQ=MONTHLY;BYDAY=2TU;COUNT=2", { 2026, 3, 10 }, { 2026, 4, 14 } },
		{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28;COUNT=3", { 2026, 2, 28 }, { 2028, 2, 28 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct recurrence r = { .start_date = midnight(rows[i].start[0], rows[i].start[1], rows[i].start[2]) };

		assert_true(recurrence_from_rule(rows[i].rule, NULL, &r));
		assert_int_equal(r.end_date, midnight(rows[i].last[0], rows[i].last[1], rows[i].last[2]));
	}
}

/* The example of [MS-OXOCAL] 4.1.1.2 in structure: weekly on Monday and Wednesday, one deleted, one changed. */
static void a_blob_with_exceptions(void **state)
{
	struct recurrence r;

	(void)state;
	buf_add_u16(&out, 0x3004);
	buf_add_u16(&out, 0x3004);
	buf_add_u16(&out, RECUR_WEEKLY);
	buf_add_u16(&out, PATTERN_WEEK);
	buf_add_u16(&out, 0);
	buf_add_u32(&out, 8640);
	buf_add_u32(&out, 1);
	buf_add_u32(&out, 0);
	buf_add_u32(&out, 0x0A);
	buf_add_u32(&out, END_AFTER);
	buf_add_u32(&out, 12);
	buf_add_u32(&out, 0);
	buf_add_u32(&out, 2);
	buf_add_u32(&out, midnight(2026, 3, 4));
	buf_add_u32(&out, midnight(2026, 3, 9));
	buf_add_u32(&out, 1);
	buf_add_u32(&out, midnight(2026, 3, 9));
	buf_add_u32(&out, midnight(2026, 3, 2));
	buf_add_u32(&out, midnight(2026, 4, 8));
	buf_add_u32(&out, 0x3006);
	buf_add_u32(&out, 0x3009);
	buf_add_u32(&out, 600);
	buf_add_u32(&out, 630);
	buf_add_u16(&out, 1);
	buf_add_u32(&out, midnight(2026, 3, 9) + 700); /* ExceptionInfo */
	buf_add_u32(&out, midnight(2026, 3, 9) + 730);
	buf_add_u32(&out, midnight(2026, 3, 9) + 600);
	buf_add_u16(&out, EXCEPTION_SUBJECT | EXCEPTION_LOCATION | EXCEPTION_BUSY);
	buf_add_u16(&out, 4);
	buf_add_u16(&out, 3);
	buf_add(&out, "s\xfcs", 3);
	buf_add_u16(&out, 2);
	buf_add_u16(&out, 1);
	buf_add(&out, "l", 1);
	buf_add_u32(&out, 3);
	buf_add_u32(&out, 0); /* ReservedBlock1 */
	buf_add_u32(&out, 4); /* ExtendedException: ChangeHighlight */
	buf_add_u32(&out, 0);
	buf_add_u32(&out, 0); /* ReservedBlockEE1 */
	buf_add_zeros(&out, 12);
	buf_add_u16(&out, 1);
	buf_add_u16(&out, 0x20AC);
	buf_add_u16(&out, 1);
	buf_add_u16(&out, 'L');
	buf_add_u32(&out, 0);
	buf_add_u32(&out, 0);

	assert_int_equal(recurrence_parse(buf_bytes(&out), 1252, &arena, &r), 0);
	assert_int_equal(r.deleted_count, 2);
	assert_int_equal(r.exception_count, 1);
	assert_string_equal(r.exceptions[0].subject, "€"); /* the Unicode one counts */
	assert_string_equal(r.exceptions[0].location, "L");
	assert_int_equal(r.exceptions[0].busy, 3);
	assert_int_equal(r.exceptions[0].start, midnight(2026, 3, 9) + 700);

	/* Every beginning of it is refused or read, and nothing beyond it is. */
	for (size_t n = 0; n < out.n; n++) {
		uint8_t *copy = arena_memdup(&arena, out.p, n);
		struct recurrence part;

		if (!recurrence_parse(bytes_of(copy, n), 1252, &arena, &part))
			assert_true(n >= 62);
	}
}

static void hostile_counts(void **state)
{
	struct recurrence r = { .start_date = midnight(2026, 3, 2) };

	(void)state;
	assert_true(recurrence_from_rule("FREQ=DAILY", NULL, &r));
	recurrence_build(&r, &out);
	put_le32(out.p + 34, 0xFFFFFFFF); /* DeletedInstanceCount of a daily pattern */
	assert_int_equal(recurrence_parse(buf_bytes(&out), 1252, &arena, &r), ecCorruptData);
}

/* Zones ----------------------------------------------------------------------------------------------- */

static const struct zone berlin = {
	.name = "Berlin", .standard = 60, .daylight = 120,
	.to_standard = { 10, 0, 5, 3, 0 }, .to_daylight = { 3, 0, 5, 2, 0 },
};
static const struct zone sydney = {
	.name = "Sydney", .standard = 600, .daylight = 660,
	.to_standard = { 4, 0, 1, 3, 0 }, .to_daylight = { 10, 0, 1, 2, 0 },
};

static int64_t at(int year, int month, int day, int hour, int minute)
{
	return days_of_date(year, month, day) * MINUTES_PER_DAY + hour * 60 + minute;
}

static void local_times(void **state)
{
	(void)state;
	assert_int_equal(zone_local(&berlin, at(2026, 1, 15, 12, 0)), at(2026, 1, 15, 13, 0));
	assert_int_equal(zone_local(&berlin, at(2026, 7, 15, 12, 0)), at(2026, 7, 15, 14, 0));
	assert_int_equal(zone_local(&berlin, at(2026, 3, 29, 0, 59)), at(2026, 3, 29, 1, 59));
	assert_int_equal(zone_local(&berlin, at(2026, 3, 29, 1, 0)), at(2026, 3, 29, 3, 0));
	assert_int_equal(zone_local(&berlin, at(2026, 10, 25, 0, 59)), at(2026, 10, 25, 2, 59));
	assert_int_equal(zone_local(&berlin, at(2026, 10, 25, 1, 0)), at(2026, 10, 25, 2, 0));
	assert_int_equal(zone_local(&sydney, at(2026, 1, 15, 0, 0)), at(2026, 1, 15, 11, 0));
	assert_int_equal(zone_local(&sydney, at(2026, 7, 15, 0, 0)), at(2026, 7, 15, 10, 0));
	/* There and back, but for the hour that comes twice. */
	for (int64_t t = at(2026, 1, 1, 0, 30); t < at(2027, 1, 1, 0, 0); t += 60) {
		int64_t back = zone_utc(&berlin, zone_local(&berlin, t));

		assert_true(back == t || back == t - 60);
		back = zone_utc(&sydney, zone_local(&sydney, t));
		assert_true(back == t || back == t - 60);
	}
}

static void zone_blobs(void **state)
{
	uint8_t blob[ZONE_STRUCT_SIZE];
	struct zone z;

	(void)state;
	zone_to_struct(&berlin, blob);
	assert_int_equal((int32_t)le32(blob), -60);
	assert_int_equal((int32_t)le32(blob + 8), -60);
	assert_true(zone_from_struct(bytes_of(blob, sizeof blob), "Berlin", &z));
	assert_int_equal(z.standard, 60);
	assert_int_equal(z.daylight, 120);
	assert_int_equal(z.to_daylight.month, 3);
	assert_int_equal(z.to_standard.week, 5);
	for (size_t n = 0; n < sizeof blob; n++)
		assert_false(zone_from_struct(bytes_of(blob, n), "Berlin", &z));
	put_le32(blob, 100000);
	assert_false(zone_from_struct(bytes_of(blob, sizeof blob), "Berlin", &z));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_and_dates),
		cmocka_unit_test_setup_teardown(rules_and_patterns, set_up, tear_down),
		cmocka_unit_test(rules_no_pattern_says),
		cmocka_unit_test(last_days),
		cmocka_unit_test_setup_teardown(a_blob_with_exceptions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hostile_counts, set_up, tear_down),
		cmocka_unit_test(local_times),
		cmocka_unit_test(zone_blobs),
	};

	return cmocka_run_group_tests(tests, record_setup, NULL);
}
