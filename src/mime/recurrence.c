#include "mime/recurrence.h"

#include "base/reader.h"
#include "mapi/prop.h"
#include "mime/zone.h"

#define READER_VERSION 0x3004
#define READER_VERSION_2 0x3006
#define WRITER_VERSION_2 0x3009

static bool read_dates(struct reader *r, struct arena *a, uint32_t *count, const uint32_t **out)
{
	uint32_t n = reader_u32(r), *dates;

	if (r->failed || n > RECUR_INSTANCES_MAX || n > reader_left(r) / 4)
		return reader_fail(r);
	dates = arena_array(a, n ? n : 1, sizeof *dates);
	if (!dates)
		return reader_fail(r);
	for (uint32_t i = 0; i < n; i++)
		dates[i] = reader_u32(r);
	*count = n;
	*out = dates;
	return true;
}

static void read_specific(struct reader *r, struct recurrence *out, uint16_t pattern)
{
	out->hijri = pattern >= 0x0A;
	out->pattern = (enum recurrence_pattern)(out->hijri ? pattern - 8 : pattern);
	switch (out->pattern) {
	case PATTERN_DAY:
		break;
	case PATTERN_WEEK:
		out->days = reader_u32(r);
		break;
	case PATTERN_MONTH:
	case PATTERN_MONTH_END:
		out->day = reader_u32(r);
		break;
	case PATTERN_MONTH_NTH:
		out->days = reader_u32(r);
		out->day = reader_u32(r);
		break;
	default:
		reader_fail(r);
	}
}

static enum recurrence_end end_of(uint32_t v)
{
	return v == END_BY_DATE ? END_BY_DATE : v == END_AFTER ? END_AFTER : END_NEVER;
}

/* [MS-OXOCAL] 2.2.1.44.1 */
static bool read_pattern(struct reader *r, struct arena *a, struct recurrence *out)
{
	uint16_t pattern, frequency;

	(void)reader_u32(r); /* ReaderVersion, WriterVersion */
	frequency = reader_u16(r);
	pattern = reader_u16(r);
	if (frequency < RECUR_DAILY || frequency > RECUR_YEARLY)
		return reader_fail(r);
	out->frequency = (enum recurrence_frequency)frequency;
	out->calendar = reader_u16(r);
	out->first = reader_u32(r);
	out->period = reader_u32(r);
	out->sliding = reader_u32(r);
	read_specific(r, out, pattern);
	out->end = end_of(reader_u32(r));
	out->count = reader_u32(r);
	out->first_day_of_week = reader_u32(r);
	if (!read_dates(r, a, &out->deleted_count, &out->deleted) || !read_dates(r, a, &out->modified_count, &out->modified))
		return false;
	out->start_date = reader_u32(r);
	out->end_date = reader_u32(r);
	return !r->failed;
}

/* A length with its terminator, the length without it, and the text in the code page. */
static const char *read_ansi(struct reader *r, unsigned codepage, struct arena *a)
{
	struct bytes text;

	(void)reader_u16(r);
	text = reader_bytes(r, reader_u16(r));
	return r->failed ? NULL : prop_text(&(struct prop){ .tag = PT_STRING8, .count = 1, .value = text }, codepage, a);
}

/* ExceptionInfo [MS-OXOCAL] 2.2.1.44.2 */
static bool read_exception(struct reader *r, unsigned codepage, struct arena *a, struct recurrence_exception *x)
{
	x->start = reader_u32(r);
	x->end = reader_u32(r);
	x->original = reader_u32(r);
	x->flags = reader_u16(r);
	if (x->flags & EXCEPTION_SUBJECT)
		x->subject = read_ansi(r, codepage, a);
	if (x->flags & EXCEPTION_MEETING_TYPE)
		(void)reader_u32(r);
	if (x->flags & EXCEPTION_REMINDER_DELTA)
		(void)reader_u32(r);
	if (x->flags & EXCEPTION_REMINDER)
		(void)reader_u32(r);
	if (x->flags & EXCEPTION_LOCATION)
		x->location = read_ansi(r, codepage, a);
	if (x->flags & EXCEPTION_BUSY)
		x->busy = reader_u32(r);
	if (x->flags & EXCEPTION_ATTACHMENT)
		(void)reader_u32(r);
	if (x->flags & EXCEPTION_ALL_DAY)
		x->all_day = reader_u32(r) != 0;
	if (x->flags & EXCEPTION_COLOR)
		(void)reader_u32(r);
	return !r->failed;
}

static const char *read_wide(struct reader *r, struct arena *a)
{
	struct bytes text = reader_bytes(r, (size_t)reader_u16(r) * 2);

	return r->failed ? NULL : prop_text(&(struct prop){ .tag = PT_UNICODE, .count = 1, .value = text }, 0, a);
}

/* ExtendedException [MS-OXOCAL] 2.2.1.44.4: the same texts in Unicode. */
static bool read_extended(struct reader *r, uint32_t writer, struct arena *a, struct recurrence_exception *x)
{
	const char *subject = NULL, *location = NULL;

	if (writer >= WRITER_VERSION_2)
		(void)reader_bytes(r, reader_u32(r));
	(void)reader_bytes(r, reader_u32(r));
	if (!(x->flags & (EXCEPTION_SUBJECT | EXCEPTION_LOCATION)))
		return !r->failed;
	(void)reader_bytes(r, 12);
	if (x->flags & EXCEPTION_SUBJECT)
		subject = read_wide(r, a);
	if (x->flags & EXCEPTION_LOCATION)
		location = read_wide(r, a);
	(void)reader_bytes(r, reader_u32(r));
	if (r->failed)
		return false;
	x->subject = subject ? subject : x->subject;
	x->location = location ? location : x->location;
	return true;
}

static void read_exceptions(struct reader *r, unsigned codepage, struct arena *a, struct recurrence *out)
{
	uint32_t writer, n, read = 0;
	struct recurrence_exception *list;

	(void)reader_u32(r);
	writer = reader_u32(r);
	out->start_offset = reader_u32(r);
	out->end_offset = reader_u32(r);
	n = reader_u16(r);
	out->has_times = !r->failed && out->start_offset < 2 * MINUTES_PER_DAY && out->end_offset < 10000 * MINUTES_PER_DAY;
	if (!out->has_times || !n || n > RECUR_INSTANCES_MAX || n > reader_left(r) / 14)
		return;
	list = arena_array(a, n, sizeof *list);
	while (list && read < n && read_exception(r, codepage, a, &list[read]))
		read++;
	out->exceptions = list;
	out->exception_count = list ? read : 0;
	(void)reader_bytes(r, reader_u32(r));
	for (uint32_t i = 0; i < out->exception_count && !r->failed; i++)
		if (!read_extended(r, writer, a, &list[i]))
			return;
}

status recurrence_parse(struct bytes blob, unsigned codepage, struct arena *a, struct recurrence *out)
{
	struct reader r = reader_of(blob);
	struct recurrence parsed = { .first_day_of_week = 0 };

	if (!read_pattern(&r, a, &parsed))
		return ecCorruptData;
	if (reader_left(&r))
		read_exceptions(&r, codepage, a, &parsed);
	*out = parsed;
	return ecNone;
}

/* Writing --------------------------------------------------------------------------------------------- */

static uint32_t months_since_1601(uint32_t midnight)
{
	int year, month, day;

	date_of_days(midnight / MINUTES_PER_DAY, &year, &month, &day);
	return (uint32_t)((year - 1601) * 12 + month - 1);
}

/* FirstDateTime: where the pattern stands within its period. */
static uint32_t first_of(const struct recurrence *r)
{
	uint32_t period = r->period ? r->period : 1, weekday, week, months;

	if (r->pattern == PATTERN_DAY)
		return r->start_date % period;
	if (r->frequency == RECUR_DAILY || r->frequency == RECUR_WEEKLY) {
		weekday = (r->start_date / MINUTES_PER_DAY + 1) % 7;
		week = r->start_date - (weekday + 7 - r->first_day_of_week % 7) % 7 * MINUTES_PER_DAY;
		return week % (period * 7 * MINUTES_PER_DAY);
	}
	months = months_since_1601(r->start_date) % period;
	return (uint32_t)(days_of_date(1601 + (int)(months / 12), 1 + (int)(months % 12), 1) * MINUTES_PER_DAY);
}

static void put_dates(struct buf *out, uint32_t n, const uint32_t *dates)
{
	buf_add_u32(out, n);
	for (uint32_t i = 0; i < n; i++)
		buf_add_u32(out, dates[i]);
}

void recurrence_build(struct recurrence *r, struct buf *out)
{
	r->first = first_of(r);
	buf_add_u16(out, READER_VERSION);
	buf_add_u16(out, READER_VERSION);
	buf_add_u16(out, (uint16_t)r->frequency);
	buf_add_u16(out, (uint16_t)r->pattern);
	buf_add_u16(out, r->calendar);
	buf_add_u32(out, r->first);
	buf_add_u32(out, r->period);
	buf_add_u32(out, r->sliding);
	if (r->pattern == PATTERN_WEEK || r->pattern == PATTERN_MONTH_NTH)
		buf_add_u32(out, r->days);
	if (r->pattern >= PATTERN_MONTH)
		buf_add_u32(out, r->day);
	buf_add_u32(out, r->end);
	buf_add_u32(out, r->count);
	buf_add_u32(out, r->first_day_of_week);
	put_dates(out, r->deleted_count, r->deleted);
	put_dates(out, r->modified_count, r->modified);
	buf_add_u32(out, r->start_date);
	buf_add_u32(out, r->end_date);
	if (!r->has_times)
		return;
	buf_add_u32(out, READER_VERSION_2);
	buf_add_u32(out, WRITER_VERSION_2);
	buf_add_u32(out, r->start_offset);
	buf_add_u32(out, r->end_offset);
	buf_add_u16(out, 0); /* ExceptionCount */
	buf_add_u32(out, 0); /* ReservedBlock1Size */
	buf_add_u32(out, 0); /* ReservedBlock2Size */
}
