/* What an event says as the properties of an appointment [MS-OXOCAL] 2.2 or a task [MS-OXOTASK] 2.2. */
#include <stdlib.h>
#include <strings.h>

#include "base/filetime.h"
#include "base/hex.h"
#include "mime/ical_in.h"
#include "mime/ical_lib.h"
#include "mime/recurrence_in.h"

#define MINUTE_OF_FILETIME (60 * FILETIME_PER_SECOND)
#define NEVER_FILETIME 0x0CB34557A3DD4000ull /* 4501-01-01 */

bool event_duration(const char *text, int *seconds)
{
	struct icaldurationtype d = ical_lib.icaldurationtype_from_string(text);

	if (ical_lib.icaldurationtype_is_bad_duration(d) || d.weeks > 1000 || d.days > 4000 || d.hours > 96000 || d.minutes > 5760000 ||
	    d.seconds > 345600000)
		return false;
	*seconds = (int)((int64_t)ical_lib.icaldurationtype_as_int(d));
	return true;
}

void event_add_deleted(struct event *e, const struct ical_when *w)
{
	if (!e->deleted)
		e->deleted = arena_array(&e->d->r->arena, RECUR_INSTANCES_MAX, sizeof *e->deleted);
	if (e->deleted && e->deleted_count < RECUR_INSTANCES_MAX)
		e->deleted[e->deleted_count++] = *w;
	else
		e->unsaid = true;
}

static uint32_t named(struct event *e, const struct guid *set, uint32_t lid, uint16_t type)
{
	return draft_named(e->d, set, lid, type);
}

static uint32_t appointment(struct event *e, uint32_t lid, uint16_t type)
{
	return named(e, &PSETID_Appointment, lid, type);
}

/* The UID [MS-OXOCAL] 2.2.1.27 --------------------------------------------------------------------------- */

static const uint8_t global_object_id[16] = { 0x04, 0x00, 0x00, 0x00, 0x82, 0x00, 0xE0, 0x00,
					      0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08 };

static bool from_hex(const char *uid, struct buf *out)
{
	size_t n = strlen(uid);

	if (n < 80 || n % 2 || n > 4096)
		return false;
	for (size_t i = 0; i < n; i += 2) {
		int byte = hex_byte(uid + i);

		if (byte < 0)
			return false;
		buf_add_u8(out, (uint8_t)byte);
	}
	return !out->failed && memcmp(out->p, global_object_id, sizeof global_object_id) == 0;
}

static void set_uid(struct event *e)
{
	CLEANUP_BUF struct buf id = BUF_MAX(1 << 16);
	int year, month, day;

	if (!e->uid || !*e->uid || strlen(e->uid) > 4096)
		return;
	if (!from_hex(e->uid, &id)) {
		buf_clear(&id);
		buf_add(&id, global_object_id, sizeof global_object_id);
		buf_add_zeros(&id, 20);
		buf_add_u32(&id, (uint32_t)(12 + strlen(e->uid) + 1));
		buf_add(&id, "vCal-Uid\1\0\0\0", 12);
		buf_add(&id, e->uid, strlen(e->uid) + 1);
	}
	if (id.failed)
		return;
	memset(id.p + 16, 0, 4);
	draft_bytes(e->d, named(e, &PSETID_Meeting, PidLidCleanGlobalObjectId, PT_BINARY), buf_bytes(&id));
	if (e->has[EVENT_MOVED]) {
		date_of_days(e->when[EVENT_MOVED].minutes / MINUTES_PER_DAY, &year, &month, &day);
		id.p[16] = (uint8_t)(year >> 8);
		id.p[17] = (uint8_t)year;
		id.p[18] = (uint8_t)month;
		id.p[19] = (uint8_t)day;
	}
	draft_bytes(e->d, named(e, &PSETID_Meeting, PidLidGlobalObjectId, PT_BINARY), buf_bytes(&id));
}

/* Again ----------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The local midnight of the day an instance would begin on. */
static uint32_t midnight_of(const struct ical_when *w, const struct zone *zone)
{
	int64_t minutes = w->minutes;

	if (w->utc && zone)
		minutes = zone_local(zone, minutes);
	minutes -= minutes % MINUTES_PER_DAY;
	return minutes < 0 || minutes > UINT32_MAX ? 0 : (uint32_t)minutes;
}

/* Instances with an event of their own do not happen in the series. */
static void delete_moved(struct event *e)
{
	uint64_t uid = e->uid ? calendar_uid(e->uid) : 0;

	for (size_t i = 0; i < e->c->moved_count; i++) {
		struct ical_when w;

		if (e->c->moved[i].uid == uid && ical_when(e->c, e->c->moved[i].when, e->c->moved[i].zone, &w))
			event_add_deleted(e, &w);
	}
}

static void set_deleted(struct event *e, const struct zone *zone, struct recurrence *r)
{
	uint32_t *dates = arena_array(&e->d->r->arena, e->deleted_count ? e->deleted_count : 1, sizeof *dates), n = 0;

	if (!dates)
		return;
	for (size_t i = 0; i < e->deleted_count; i++)
		dates[i] = midnight_of(&e->deleted[i], zone);
	qsort(dates, e->deleted_count, sizeof *dates, by_number);
	for (size_t i = 0; i < e->deleted_count; i++)
		if (!n || dates[n - 1] != dates[i])
			dates[n++] = dates[i];
	r->deleted = dates;
	r->deleted_count = n;
}

/* False, and the whole event is kept, when no pattern says the rule. */
static bool make_recurrence(struct event *e, const struct zone *zone, int64_t minutes, struct buf *blob, struct recurrence *r)
{
	const struct ical_when *start = &e->when[e->has[EVENT_START] ? EVENT_START : EVENT_DUE];
	int64_t local = start->utc && zone ? zone_local(zone, start->minutes) : start->minutes;

	*r = (struct recurrence){ .start_date = 0 };
	if (!e->rule || e->has[EVENT_MOVED] || (!e->has[EVENT_START] && !e->has[EVENT_DUE]))
		return false;
	if (local < 0 || local > UINT32_MAX - 2 * MINUTES_PER_DAY || minutes < 0 || minutes > 100 * MINUTES_PER_DAY) {
		e->unsaid = true;
		return false;
	}
	r->start_date = (uint32_t)(local - local % MINUTES_PER_DAY);
	r->start_offset = (uint32_t)(local % MINUTES_PER_DAY);
	r->end_offset = r->start_offset + (uint32_t)minutes;
	r->has_times = !e->task;
	if (!recurrence_from_rule(e->rule, zone, r)) {
		e->unsaid = true;
		return false;
	}
	delete_moved(e);
	set_deleted(e, zone, r);
	recurrence_build(r, blob);
	return !blob->failed;
}

static void set_recurrence(struct event *e, const struct zone *zone, int64_t minutes, uint64_t start)
{
	CLEANUP_BUF struct buf blob = BUF_MAX(1 << 16);
	struct recurrence r;
	bool again = make_recurrence(e, zone, minutes, &blob, &r);
	uint32_t types[] = { 1, 2, 3, 4 }; /* daily ... yearly [MS-OXOCAL] 2.2.1.45 */

	draft_bool(e->d, appointment(e, PidLidRecurring, PT_BOOLEAN), again);
	draft_u32(e->d, appointment(e, PidLidRecurrenceType, PT_LONG), again ? types[r.frequency - RECUR_DAILY] : 0);
	draft_u32(e->d, PidTagIconIndex, again ? 0x401 : 0x400);
	if (!again)
		return;
	draft_bytes(e->d, appointment(e, PidLidAppointmentRecur, PT_BINARY), buf_bytes(&blob));
	draft_time(e->d, appointment(e, PidLidClipStart, PT_SYSTIME), start - start % (MINUTES_PER_DAY * MINUTE_OF_FILETIME));
	draft_time(e->d, appointment(e, PidLidClipEnd, PT_SYSTIME),
		   r.end_date >= RECUR_FOREVER ? NEVER_FILETIME : (uint64_t)r.end_date * MINUTE_OF_FILETIME);
}

/* Appointments ---------------------------------------------------------------------------------------- */

static int64_t length_in_minutes(struct event *e)
{
	const struct ical_when *start = &e->when[EVENT_START], *end = &e->when[EVENT_END];
	int seconds;

	if (e->has[EVENT_END])
		return ((int64_t)ical_filetime(end) - (int64_t)ical_filetime(start)) / (int64_t)MINUTE_OF_FILETIME;
	if (e->duration && event_duration(e->duration, &seconds) && seconds >= 0)
		return seconds / 60;
	return start->date_only ? MINUTES_PER_DAY : 0;
}

static void set_zone(struct event *e, const struct zone *zone)
{
	uint8_t blob[ZONE_STRUCT_SIZE];

	if (!zone)
		return;
	zone_to_struct(zone, blob);
	draft_bytes(e->d, appointment(e, PidLidTimeZoneStruct, PT_BINARY), bytes_of(blob, sizeof blob));
	draft_text(e->d, appointment(e, PidLidTimeZoneDescription, PT_UNICODE), zone->name);
}

static void set_span(struct event *e)
{
	const struct ical_when *when = &e->when[EVENT_START];
	int64_t minutes = length_in_minutes(e);
	uint64_t start = ical_filetime(when), end;

	if (!e->has[EVENT_START])
		return;
	if (minutes < 0 || minutes > INT32_MAX)
		minutes = 0;
	end = start + (uint64_t)minutes * MINUTE_OF_FILETIME;
	draft_time(e->d, appointment(e, PidLidAppointmentStartWhole, PT_SYSTIME), start);
	draft_time(e->d, appointment(e, PidLidAppointmentEndWhole, PT_SYSTIME), end);
	draft_time(e->d, named(e, &PSETID_Common, PidLidCommonStart, PT_SYSTIME), start);
	draft_time(e->d, named(e, &PSETID_Common, PidLidCommonEnd, PT_SYSTIME), end);
	draft_time(e->d, PidTagStartDate, start);
	draft_time(e->d, PidTagEndDate, end);
	draft_u32(e->d, appointment(e, PidLidAppointmentDuration, PT_LONG), (uint32_t)minutes);
	draft_bool(e->d, appointment(e, PidLidAppointmentSubType, PT_BOOLEAN), when->date_only);
	if (e->reminder) {
		uint64_t before = e->reminder_minutes * MINUTE_OF_FILETIME;

		draft_time(e->d, named(e, &PSETID_Common, PidLidReminderTime, PT_SYSTIME), start);
		draft_time(e->d, named(e, &PSETID_Common, PidLidReminderSignalTime, PT_SYSTIME), start > before ? start - before : start);
	}
	set_zone(e, when->zone);
	set_recurrence(e, when->zone, minutes, start);
}

static void set_place_and_state(struct event *e, bool meeting)
{
	uint32_t busy = e->cdo_busy < 5 ? e->cdo_busy : e->state && strcasecmp(e->state, "TENTATIVE") == 0 ? 1 : e->busy;

	draft_text(e->d, appointment(e, PidLidLocation, PT_UNICODE), e->location);
	draft_u32(e->d, appointment(e, PidLidBusyStatus, PT_LONG), busy);
	draft_u32(e->d, appointment(e, PidLidAppointmentSequence, PT_LONG), e->sequence);
	draft_u32(e->d, appointment(e, PidLidAppointmentStateFlags, PT_LONG), meeting ? 1 : 0);
	if (e->has[EVENT_STAMP])
		draft_time(e->d, appointment(e, PidLidOwnerCriticalChange, PT_SYSTIME), ical_filetime(&e->when[EVENT_STAMP]));
	set_span(e);
	set_uid(e);
}

void event_set_appointment(struct event *e)
{
	bool meeting = e->d->recipient_count > 0 || e->organizer;

	draft_text(e->d, PidTagMessageClass, "IPM.Appointment");
	draft_u32(e->d, appointment(e, PidLidResponseStatus, PT_LONG), meeting ? 1 : 0);
	set_place_and_state(e, meeting);
}

void event_set_meeting(struct event *e, const char *method)
{
	const char *class_name = "IPM.Schedule.Meeting.Request";

	if (strcasecmp(method, "CANCEL") == 0)
		class_name = "IPM.Schedule.Meeting.Canceled";
	else if (strcasecmp(method, "REPLY") == 0)
		class_name = e->answer == 3 ? "IPM.Schedule.Meeting.Resp.Pos" :
			     e->answer == 4 ? "IPM.Schedule.Meeting.Resp.Neg" :
					      "IPM.Schedule.Meeting.Resp.Tent";
	draft_text(e->d, PidTagMessageClass, class_name);
	set_place_and_state(e, true);
}

/* Tasks ----------------------------------------------------------------------------------------------- */

static void set_day(struct event *e, enum event_time which, uint32_t lid)
{
	const struct ical_when *w = &e->when[which];
	int64_t day = w->minutes - w->minutes % MINUTES_PER_DAY;

	if (e->has[which])
		draft_time(e->d, named(e, &PSETID_Task, lid, PT_SYSTIME), (uint64_t)day * MINUTE_OF_FILETIME);
}

static void set_percent(struct event *e, bool done)
{
	double part = done ? 1 : (e->percent < 100 ? e->percent : 100) / 100.0;
	uint8_t bytes[sizeof part];

	memcpy(bytes, &part, sizeof part);
	draft_bytes(e->d, named(e, &PSETID_Task, PidLidPercentComplete, PT_DOUBLE), bytes_of(bytes, sizeof bytes));
}

void event_set_task(struct event *e)
{
	CLEANUP_BUF struct buf blob = BUF_MAX(1 << 16);
	bool done = e->has[EVENT_COMPLETED] || (e->state && strcasecmp(e->state, "COMPLETED") == 0);
	bool begun = e->percent || (e->state && strcasecmp(e->state, "IN-PROCESS") == 0);
	struct recurrence r;

	draft_text(e->d, PidTagMessageClass, "IPM.Task");
	draft_u32(e->d, named(e, &PSETID_Task, PidLidTaskStatus, PT_LONG), done ? 2 : begun ? 1 : 0);
	draft_bool(e->d, named(e, &PSETID_Task, PidLidTaskComplete, PT_BOOLEAN), done);
	set_percent(e, done);
	set_day(e, EVENT_START, PidLidTaskStartDate);
	set_day(e, EVENT_DUE, PidLidTaskDueDate);
	if (e->has[EVENT_COMPLETED])
		draft_time(e->d, named(e, &PSETID_Task, PidLidTaskDateCompleted, PT_SYSTIME), ical_filetime(&e->when[EVENT_COMPLETED]));
	if (!e->rule)
		return;
	if (make_recurrence(e, NULL, 0, &blob, &r)) {
		draft_bytes(e->d, named(e, &PSETID_Task, PidLidTaskRecurrence, PT_BINARY), buf_bytes(&blob));
		draft_bool(e->d, named(e, &PSETID_Task, PidLidTaskFRecurring, PT_BOOLEAN), true);
	}
}
