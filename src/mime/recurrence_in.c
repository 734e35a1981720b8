/* An RRULE as a recurrence, where one pattern of [MS-OXOCAL] says the same. */
#include "mime/recurrence_in.h"


#include "mime/ical_lib.h"
#include "mime/zone.h"

#define NONE ICAL_RECURRENCE_ARRAY_MAX

static bool empty(const short *by)
{
	return by[0] == NONE;
}

static bool one(const short *by)
{
	return by[0] != NONE && by[1] == NONE;
}

/* The days of BYDAY as a mask; *position is what all of them say, 0 for none. False when they differ. */
static bool days_of(const struct icalrecurrencetype *rule, uint32_t *mask, int *position)
{
	*mask = 0;
	*position = 0;
	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != NONE; i++) {
		int day = (int)ical_lib.icalrecurrencetype_day_day_of_week(rule->by_day[i]);
		int at = ical_lib.icalrecurrencetype_day_position(rule->by_day[i]);

		if (day < 1 || day > 7 || (i && at != *position))
			return false;
		*mask |= 1u << (day - 1);
		*position = at;
	}
	return true;
}

static uint32_t weekday_of(const struct recurrence *r)
{
	return (r->start_date / MINUTES_PER_DAY + 1) % 7;
}

static bool daily(const struct icalrecurrencetype *rule, struct recurrence *r)
{
	uint32_t mask;
	int position;

	if (!empty(rule->by_month) || !empty(rule->by_month_day) || !empty(rule->by_set_pos) || !days_of(rule, &mask, &position) || position)
		return false;
	r->frequency = RECUR_DAILY;
	if (mask) {
		/* "Every weekday". */
		if (rule->interval != 1)
			return false;
		r->pattern = PATTERN_WEEK;
		r->days = mask;
		r->period = 1;
		return true;
	}
	r->pattern = PATTERN_DAY;
	r->period = (uint32_t)rule->interval * MINUTES_PER_DAY;
	return true;
}

static bool weekly(const struct icalrecurrencetype *rule, struct recurrence *r)
{
	int position;

	if (!empty(rule->by_month) || !empty(rule->by_month_day) || !empty(rule->by_set_pos) || !days_of(rule, &r->days, &position) || position)
		return false;
	r->frequency = RECUR_WEEKLY;
	r->pattern = PATTERN_WEEK;
	r->period = (uint32_t)rule->interval;
	if (!r->days)
		r->days = 1u << weekday_of(r);
	return true;
}

/* What BYMONTHDAY says: one day, or 28,29(,30) of which the last is taken. */
static bool month_day(const struct icalrecurrencetype *rule, struct recurrence *r, int start_day)
{
	const short *by = rule->by_month_day;

	r->pattern = PATTERN_MONTH;
	if (empty(by)) {
		r->day = (uint32_t)start_day;
		return empty(rule->by_set_pos);
	}
	if (one(by) && empty(rule->by_set_pos)) {
		/* The 29th to 31st mean another thing there where a month is shorter: then RRULE passes over it. */
		if (by[0] == -1)
			r->day = 31;
		else if (by[0] >= 1 && by[0] <= 28)
			r->day = (uint32_t)by[0];
		else
			return false;
		return true;
	}
	if (one(rule->by_set_pos) && rule->by_set_pos[0] == -1 && by[0] == 28 && by[1] == 29 && (by[2] == NONE || (by[2] == 30 && by[3] == NONE))) {
		r->day = by[2] == NONE ? 29 : 30;
		return true;
	}
	return false;
}

static bool month_nth(const struct icalrecurrencetype *rule, struct recurrence *r)
{
	int position;

	if (!empty(rule->by_month_day) || !days_of(rule, &r->days, &position))
		return false;
	if (!position && one(rule->by_set_pos))
		position = rule->by_set_pos[0];
	else if (!position || !empty(rule->by_set_pos) || (r->days & (r->days - 1)))
		return false;
	if (position != -1 && (position < 1 || position > 4))
		return false;
	r->pattern = PATTERN_MONTH_NTH;
	r->day = position == -1 ? 5 : (uint32_t)position;
	return true;
}

static bool monthly(const struct icalrecurrencetype *rule, struct recurrence *r)
{
	int year, month, day;
	bool yearly = rule->freq == ICAL_YEARLY_RECURRENCE;

	date_of_days(r->start_date / MINUTES_PER_DAY, &year, &month, &day);
	if (yearly ? !empty(rule->by_month) && !(one(rule->by_month) && rule->by_month[0] == month) : !empty(rule->by_month))
		return false;
	r->frequency = yearly ? RECUR_YEARLY : RECUR_MONTHLY;
	r->period = (uint32_t)rule->interval * (yearly ? 12 : 1);
	return empty(rule->by_day) ? month_day(rule, r, day) : month_nth(rule, r);
}

static bool set_end(const struct icalrecurrencetype *rule, const struct zone *zone, struct recurrence *r)
{
	struct icaltimetype until = rule->until;
	int64_t minutes;

	r->end = END_NEVER;
	r->count = 10; /* what is written there for a series without end [MS-OXOCAL] 2.2.1.44.1 */
	r->end_date = RECUR_FOREVER;
	if (rule->count > 0) {
		r->end = END_AFTER;
		r->count = (uint32_t)rule->count;
		return recurrence_last_day(r, &r->end_date);
	}
	if (ical_lib.icaltime_is_null_time(until))
		return true;
	if (until.year < 1602 || until.year > 4500 || until.month < 1 || until.month > 12 || until.day < 1 || until.day > 31)
		return false;
	minutes = days_of_date(until.year, until.month, until.day) * MINUTES_PER_DAY;
	if (!until.is_date && zone)
		minutes = zone_local(zone, minutes + until.hour * 60 + until.minute);
	minutes -= minutes % MINUTES_PER_DAY;
	if (minutes < (int64_t)r->start_date || minutes > UINT32_MAX)
		return false;
	r->end = END_BY_DATE;
	r->end_date = (uint32_t)minutes;
	r->count = 0;
	return true;
}

bool recurrence_from_rule(const char *text, const struct zone *zone, struct recurrence *r)
{
	struct icalrecurrencetype rule = ical_lib.icalrecurrencetype_from_string(text);
	bool simple;

	if (rule.interval < 1 || rule.interval > 999 || !empty(rule.by_second) || !empty(rule.by_minute) || !empty(rule.by_hour) ||
	    !empty(rule.by_year_day) || !empty(rule.by_week_no))
		return false;
	r->first_day_of_week = rule.week_start >= ICAL_SUNDAY_WEEKDAY && rule.week_start <= ICAL_SATURDAY_WEEKDAY ?
				       (uint32_t)rule.week_start - 1 :
				       1;
	switch (rule.freq) {
	case ICAL_DAILY_RECURRENCE:
		simple = daily(&rule, r);
		break;
	case ICAL_WEEKLY_RECURRENCE:
		simple = weekly(&rule, r);
		break;
	case ICAL_MONTHLY_RECURRENCE:
	case ICAL_YEARLY_RECURRENCE:
		simple = monthly(&rule, r);
		break;
	default:
		simple = false;
	}
	return simple && set_end(&rule, zone, r);
}
