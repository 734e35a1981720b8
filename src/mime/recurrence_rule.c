/* A recurrence as an RRULE, and how long it goes on. */
#include "mime/recurrence.h"

#include "mime/zone.h"

#define ALL_DAYS 0x7Fu

static void put_days(struct buf *out, uint32_t days)
{
	static const char names[7][3] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };
	const char *comma = "";

	for (unsigned i = 0; i < 7; i++)
		if (days >> i & 1) {
			buf_printf(out, "%s%s", comma, names[i]);
			comma = ",";
		}
}

static void put_month(const struct recurrence *r, struct buf *out)
{
	int year, month, day;

	if (r->frequency != RECUR_YEARLY)
		return;
	date_of_days(r->start_date / MINUTES_PER_DAY, &year, &month, &day);
	buf_printf(out, ";BYMONTH=%d", month);
}

static status put_month_pattern(const struct recurrence *r, struct buf *out)
{
	uint32_t period = r->period;

	if (r->frequency == RECUR_YEARLY) {
		if (!period || period % 12)
			return ecNotSupported;
		period /= 12;
	}
	buf_add_str(out, r->frequency == RECUR_YEARLY ? "FREQ=YEARLY" : "FREQ=MONTHLY");
	if (period > 1)
		buf_printf(out, ";INTERVAL=%u", period);
	if (r->pattern == PATTERN_MONTH_NTH) {
		if (!(r->days & ALL_DAYS) || r->day < 1 || r->day > 5)
			return ecNotSupported;
		put_month(r, out);
		buf_add_str(out, ";BYDAY=");
		put_days(out, r->days & ALL_DAYS);
		buf_printf(out, ";BYSETPOS=%d", r->day == 5 ? -1 : (int)r->day);
	} else {
		if (r->pattern == PATTERN_MONTH && (r->day < 1 || r->day > 31))
			return ecNotSupported;
		put_month(r, out);
		/* A day that a month does not have means its last [MS-OXOCAL] 2.2.1.44.1.3. */
		if (r->pattern == PATTERN_MONTH_END || r->day == 31)
			buf_add_str(out, ";BYMONTHDAY=-1");
		else if (r->day > 28)
			buf_printf(out, ";BYMONTHDAY=28,29%s;BYSETPOS=-1", r->day == 30 ? ",30" : "");
		else
			buf_printf(out, ";BYMONTHDAY=%u", r->day);
	}
	return ecNone;
}

static status put_day_pattern(const struct recurrence *r, struct buf *out)
{
	uint32_t days = r->period / MINUTES_PER_DAY;

	if (r->pattern == PATTERN_DAY) {
		if (!days || r->period % MINUTES_PER_DAY)
			return ecNotSupported;
		buf_add_str(out, "FREQ=DAILY");
		if (days > 1)
			buf_printf(out, ";INTERVAL=%u", days);
		return ecNone;
	}
	if (!(r->days & ALL_DAYS) || !r->period)
		return ecNotSupported;
	buf_add_str(out, "FREQ=WEEKLY");
	/* "Every weekday" is daily with the pattern of a week, and its period is 1. */
	if (r->period > 1)
		buf_printf(out, ";INTERVAL=%u", r->period);
	buf_add_str(out, ";BYDAY=");
	put_days(out, r->days & ALL_DAYS);
	if (r->period > 1) {
		buf_add_str(out, ";WKST=");
		put_days(out, 1u << r->first_day_of_week % 7);
	}
	return ecNone;
}

status recurrence_rule(const struct recurrence *r, const char *until, struct buf *out)
{
	size_t from = out->n;
	status st;

	if (r->hijri || r->period > 0x7FFFFFFF)
		return ecNotSupported;
	st = r->pattern <= PATTERN_WEEK ? put_day_pattern(r, out) : put_month_pattern(r, out);
	if (st) {
		buf_truncate(out, from);
		return st;
	}
	if (r->end == END_AFTER && r->count)
		buf_printf(out, ";COUNT=%u", r->count);
	else if (r->end == END_BY_DATE && until)
		buf_printf(out, ";UNTIL=%s", until);
	return buf_status(out);
}

static uint32_t bits(uint32_t v)
{
	uint32_t n = 0;

	for (; v; v &= v - 1)
		n++;
	return n;
}

/* The n-th (1 ...) of the days in `mask` from the one that `day` (days since 1601) is, in weeks `period` apart. */
static uint32_t nth_weekday(const struct recurrence *r, uint32_t day, uint32_t count)
{
	uint32_t mask = r->days & ALL_DAYS, per_week = bits(mask), period = r->period ? r->period : 1;
	uint32_t week = day - (day + 1 + 7 - r->first_day_of_week % 7) % 7, skipped = 0;

	for (uint32_t d = week; d < day; d++)
		skipped += mask >> (d + 1) % 7 & 1;
	count += skipped - 1; /* counted from the first of that week, from 0 */
	week += count / per_week * period * 7;
	for (count %= per_week;; week++)
		if (mask >> (week + 1) % 7 & 1) {
			if (!count)
				return week;
			count--;
		}
}

static uint32_t day_in_month(const struct recurrence *r, int year, int month)
{
	uint32_t length = (uint32_t)days_in_month(year, month);
	uint32_t first = (uint32_t)days_of_date(year, month, 1), last = first + length - 1, seen = 0, found = last;

	if (r->pattern != PATTERN_MONTH_NTH)
		return first + (r->pattern == PATTERN_MONTH_END || r->day > length || !r->day ? length : r->day) - 1;
	for (uint32_t d = first; d <= last; d++)
		if (r->days >> (d + 1) % 7 & 1) {
			found = d;
			if (++seen == r->day)
				break;
		}
	return found;
}

bool recurrence_last_day(const struct recurrence *r, uint32_t *midnight)
{
	uint32_t start = r->start_date / MINUTES_PER_DAY, count = r->count;
	int year, month, day;

	if (r->end == END_BY_DATE) {
		*midnight = r->end_date;
		return true;
	}
	if (r->end != END_AFTER || !count || count > 100000)
		return false;
	if (r->pattern == PATTERN_DAY) {
		start += (count - 1) * (r->period / MINUTES_PER_DAY);
	} else if (r->pattern == PATTERN_WEEK) {
		if (!(r->days & ALL_DAYS) || r->period > 1000)
			return false;
		start = nth_weekday(r, start, count);
	} else {
		uint64_t months = (uint64_t)(count - 1) * r->period;

		date_of_days(start, &year, &month, &day);
		months += (uint64_t)(year * 12 + month - 1);
		if (months / 12 > 4500)
			return false;
		start = day_in_month(r, (int)(months / 12), (int)(months % 12) + 1);
	}
	if (start > 0xFFFFFFFFu / MINUTES_PER_DAY)
		return false;
	*midnight = start * MINUTES_PER_DAY;
	return true;
}
