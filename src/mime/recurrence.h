/*
 * When something happens again: RecurrencePattern and AppointmentRecurrencePattern ([MS-OXOCAL] 2.2.1.44.1 and .5), to
 * and from memory and RRULE [RFC 5545] 3.3.10.  All times are minutes since 1601 by the local clock.
 */
#ifndef MIME_RECURRENCE_H
#define MIME_RECURRENCE_H

#include "base/arena.h"
#include "base/buf.h"

enum recurrence_frequency { RECUR_DAILY = 0x200A, RECUR_WEEKLY = 0x200B, RECUR_MONTHLY = 0x200C, RECUR_YEARLY = 0x200D };
enum recurrence_pattern {
	PATTERN_DAY = 0,
	PATTERN_WEEK = 1,
	PATTERN_MONTH = 2,     /* a day of the month */
	PATTERN_MONTH_NTH = 3, /* the second Tuesday; the last working day */
	PATTERN_MONTH_END = 4,
};
enum recurrence_end { END_BY_DATE = 0x2021, END_AFTER = 0x2022, END_NEVER = 0x2023 };

#define RECUR_FOREVER 0x5AE980DFu
/* Instances that are deleted or changed; more are not believed. */
#define RECUR_INSTANCES_MAX 4096

enum exception_flag {
	EXCEPTION_SUBJECT = 0x0001,
	EXCEPTION_MEETING_TYPE = 0x0002,
	EXCEPTION_REMINDER_DELTA = 0x0004,
	EXCEPTION_REMINDER = 0x0008,
	EXCEPTION_LOCATION = 0x0010,
	EXCEPTION_BUSY = 0x0020,
	EXCEPTION_ATTACHMENT = 0x0040,
	EXCEPTION_ALL_DAY = 0x0080,
	EXCEPTION_COLOR = 0x0100,
};

struct recurrence_exception {
	uint32_t start, end, original;
	uint16_t flags;
	const char *subject, *location; /* UTF-8; NULL unless flagged */
	uint32_t busy;
	bool all_day;
};

struct recurrence {
	enum recurrence_frequency frequency;
	enum recurrence_pattern pattern;
	uint16_t calendar; /* 0 or 1: Gregorian */
	bool hijri;        /* patterns of the Hijri calendar: no RRULE says them */
	uint32_t first, period; /* days are given in minutes, else weeks or months */
	uint32_t sliding;
	uint32_t days;     /* bit 0: Sunday; for weeks and MONTH_NTH */
	uint32_t day;      /* of the month; for MONTH_NTH 1 to 4, 5: last */
	enum recurrence_end end;
	uint32_t count, first_day_of_week;
	uint32_t deleted_count, modified_count;
	const uint32_t *deleted, *modified; /* midnights; what is modified is among the deleted, too */
	uint32_t start_date, end_date;      /* midnights */
	/* Of appointments only. */
	bool has_times;
	uint32_t start_offset, end_offset; /* minutes of the day */
	uint32_t exception_count;
	const struct recurrence_exception *exceptions;
};

/* Texts and lists live in the arena. ecCorruptData; exceptions that cannot be read are left out. */
status recurrence_parse(struct bytes blob, unsigned codepage, struct arena *a, struct recurrence *out) MUST;
/* The blob of a recurrence without exceptions: sets `first` as [MS-OXOCAL] 2.2.1.44.1 wants it. */
void recurrence_build(struct recurrence *r, struct buf *out);

/*
 * "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"; the end goes into it as COUNT where the series has one.  `until` is the UNTIL of a
 * series that ends by date, as a text, or NULL.  ecNotSupported for what no rule says.
 */
status recurrence_rule(const struct recurrence *r, const char *until, struct buf *out) MUST;
/* The day the series ends, counting what COUNT says, as MAPI wants it; false when it never ends. */
bool recurrence_last_day(const struct recurrence *r, uint32_t *midnight);

#endif
