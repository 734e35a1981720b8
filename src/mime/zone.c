#include "mime/zone.h"

#include "base/reader.h"

#include <stdio.h>

#define MINUTES_MAX ((int64_t)4335000 * MINUTES_PER_DAY) /* well beyond the year 9999 */

/* Dates ----------------------------------------------------------------------------------------------- */

static int64_t days_before_year(int year)
{
	int64_t y = year - 1;

	return 365 * y + y / 4 - y / 100 + y / 400 - (365 * 1600ll + 400 - 16 + 4);
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(int year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[(month - 1) % 12] + (month == 2 && is_leap(year));
}

int64_t days_of_date(int year, int month, int day)
{
	int64_t days = days_before_year(year) + day - 1;

	for (int m = 1; m < month; m++)
		days += days_in_month(year, m);
	return days;
}

void date_of_days(int64_t days, int *year, int *month, int *day)
{
	int y = 1601 + (int)(days / 366), m = 1;

	while (days_before_year(y + 1) <= days)
		y++;
	days -= days_before_year(y);
	for (; days >= days_in_month(y, m); m++)
		days -= days_in_month(y, m);
	*year = y;
	*month = m;
	*day = (int)days + 1;
}

/* Reading --------------------------------------------------------------------------------------------- */

/* SYSTEMTIME [MS-DTYP] 2.3.13 as a rule: a year of 0, else that one day. */
static struct zone_change read_change(struct reader *r)
{
	uint16_t field[8];
	struct zone_change c;

	for (size_t i = 0; i < 8; i++)
		field[i] = reader_u16(r);
	c = (struct zone_change){ field[1], field[2], field[3], field[4], field[5] };
	if (c.month > 12 || c.day > 6 || c.week > 31 || c.hour > 23 || c.minute > 59)
		c.month = 0;
	if (field[0] && c.month) {
		/* That day of one year: the rule it most likely stands for. */
		c.week = (uint16_t)((c.week + 6) / 7);
		c.day = 0;
	}
	if (c.week > 5 || c.week < 1)
		c.week = 5;
	return c;
}

/* Bias is to be added to local time to have UTC, so the offset has the other sign. */
static bool set_offsets(struct zone *z, int32_t bias, int32_t standard, int32_t daylight)
{
	if (bias < -MINUTES_PER_DAY || bias > MINUTES_PER_DAY || standard < -MINUTES_PER_DAY || standard > MINUTES_PER_DAY ||
	    daylight < -MINUTES_PER_DAY || daylight > MINUTES_PER_DAY)
		return false;
	z->standard = -(bias + standard);
	z->daylight = -(bias + daylight);
	if (!z->to_standard.month || !z->to_daylight.month || z->standard == z->daylight) {
		z->to_standard.month = z->to_daylight.month = 0;
		z->daylight = z->standard;
	}
	return true;
}

bool zone_from_struct(struct bytes blob, const char *name, struct zone *out)
{
	struct reader r = reader_of(blob);
	int32_t bias = (int32_t)reader_u32(&r), standard = (int32_t)reader_u32(&r), daylight = (int32_t)reader_u32(&r);
	struct zone z = { .name = name && *name ? name : "Local" };

	(void)reader_u16(&r);
	z.to_standard = read_change(&r);
	(void)reader_u16(&r);
	z.to_daylight = read_change(&r);
	if (r.failed || !set_offsets(&z, bias, standard, daylight))
		return false;
	*out = z;
	return true;
}

/* TZRule [MS-OXOCAL] 2.2.1.41.1; returns its flags, 0 when there is none. */
static uint16_t read_rule(struct reader *r, struct zone *z)
{
	uint16_t flags;
	int32_t bias, standard, daylight;

	(void)reader_bytes(r, 4);
	flags = reader_u16(r);
	(void)reader_bytes(r, 16);
	bias = (int32_t)reader_u32(r);
	standard = (int32_t)reader_u32(r);
	daylight = (int32_t)reader_u32(r);
	z->to_standard = read_change(r);
	z->to_daylight = read_change(r);
	return !r->failed && set_offsets(z, bias, standard, daylight) ? flags | 0x8000 : 0;
}

bool zone_from_definition(struct bytes blob, struct arena *a, struct zone *out)
{
	struct reader r = reader_of(blob);
	struct zone z = { .name = NULL }, last = z;
	bool found = false;
	uint16_t count;
	const char *name;

	(void)reader_bytes(&r, 6);
	struct bytes key = reader_bytes(&r, (size_t)reader_u16(&r) * 2);
	count = reader_u16(&r);
	for (uint16_t i = 0; i < count && !r.failed; i++) {
		uint16_t flags = read_rule(&r, &z);

		if (!flags)
			break;
		last = z;
		found = true;
		if (flags & 2) /* TZRULE_FLAG_EFFECTIVE_TZREG: the one in force */
			break;
	}
	if (!found)
		return false;
	name = prop_text(&(struct prop){ .tag = PT_UNICODE, .count = 1, .value = key }, 0, a);
	last.name = name && *name ? name : "Local";
	*out = last;
	return true;
}

bool zone_of_item(const struct view *v, struct zone *out)
{
	static const uint32_t definitions[] = { PidLidAppointmentTimeZoneDefinitionRecur,
						PidLidAppointmentTimeZoneDefinitionStartDisplay };
	struct bytes blob = view_named_bytes(v, &PSETID_Appointment, PidLidTimeZoneStruct);

	for (size_t i = 0; i < 2; i++)
		if (zone_from_definition(view_named_bytes(v, &PSETID_Appointment, definitions[i]), v->arena, out))
			return true;
	return blob.n && zone_from_struct(blob, view_named_text(v, &PSETID_Appointment, PidLidTimeZoneDescription), out);
}

static void put_change(const struct zone_change *c, uint8_t *p)
{
	put_le16(p + 2, c->month);
	if (!c->month)
		return;
	put_le16(p + 4, c->day);
	put_le16(p + 6, c->week);
	put_le16(p + 8, c->hour);
	put_le16(p + 10, c->minute);
}

void zone_to_struct(const struct zone *z, uint8_t out[static ZONE_STRUCT_SIZE])
{
	memset(out, 0, ZONE_STRUCT_SIZE);
	put_le32(out, (uint32_t)-z->standard);
	put_le32(out + 8, (uint32_t)(z->standard - z->daylight));
	put_change(&z->to_standard, out + 14);
	put_change(&z->to_daylight, out + 32);
}

/* Local and UTC --------------------------------------------------------------------------------------- */

/* The minute of the change in that year, by the clock until then. */
static int64_t change_in_year(const struct zone_change *c, int year)
{
	int64_t first = days_of_date(year, c->month, 1);
	/* 1601-01-01 was a Monday. */
	int weekday = (int)((first + 1) % 7), day = (c->day - weekday + 7) % 7 + (c->week - 1) * 7;

	while (day >= days_in_month(year, c->month))
		day -= 7;
	return (first + day) * MINUTES_PER_DAY + c->hour * 60 + c->minute;
}

/* `minutes` by the clock of standard time. */
static bool is_daylight(const struct zone *z, int64_t minutes)
{
	int year, month, day;
	int64_t begin, end;

	if (!z->to_daylight.month)
		return false;
	date_of_days(minutes / MINUTES_PER_DAY, &year, &month, &day);
	begin = change_in_year(&z->to_daylight, year);
	end = change_in_year(&z->to_standard, year) - (z->daylight - z->standard);
	return begin < end ? minutes >= begin && minutes < end : minutes >= begin || minutes < end;
}

int64_t zone_local(const struct zone *z, int64_t utc)
{
	int64_t standard = utc + z->standard;

	if (standard < 0 || standard > MINUTES_MAX)
		return utc;
	return is_daylight(z, standard) ? utc + z->daylight : standard;
}

int64_t zone_utc(const struct zone *z, int64_t local)
{
	int64_t standard = local - (z->daylight - z->standard);

	if (local < MINUTES_PER_DAY || local > MINUTES_MAX)
		return local;
	/* In the hour that comes twice, the first is meant. */
	return z->to_daylight.month && is_daylight(z, standard) ? local - z->daylight : local - z->standard;
}

/* VTIMEZONE ------------------------------------------------------------------------------------------- */

static void put_offset(struct emit *e, const char *name, int32_t minutes)
{
	int32_t m = minutes < 0 ? -minutes : minutes;

	emit_printf(e, "%s:%c%02d%02d\r\n", name, minutes < 0 ? '-' : '+', (int)(m / 60), (int)(m % 60));
}

static void put_part(struct emit *e, const char *part, int32_t from, int32_t to, const struct zone_change *c)
{
	static const char days[7][3] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };

	emit_printf(e, "BEGIN:%s\r\n", part);
	if (c->month) {
		int64_t at = change_in_year(c, 1601);

		emit_printf(e, "DTSTART:1601%02d%02dT%02d%02d00\r\n", c->month,
			    (int)(at / MINUTES_PER_DAY - days_of_date(1601, c->month, 1)) + 1, c->hour, c->minute);
		emit_printf(e, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s\r\n", c->month, c->week == 5 ? -1 : c->week, days[c->day]);
	} else {
		emit_str(e, "DTSTART:16010101T000000\r\n");
	}
	put_offset(e, "TZOFFSETFROM", from);
	put_offset(e, "TZOFFSETTO", to);
	emit_printf(e, "END:%s\r\n", part);
}

void zone_write(const struct zone *z, struct emit *e)
{
	emit_str(e, "BEGIN:VTIMEZONE\r\n");
	put_line_text(e, "TZID", z->name);
	put_part(e, "STANDARD", z->daylight, z->standard, &z->to_standard);
	if (z->to_daylight.month)
		put_part(e, "DAYLIGHT", z->standard, z->daylight, &z->to_daylight);
	emit_str(e, "END:VTIMEZONE\r\n");
}
