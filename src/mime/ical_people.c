/* Who meets, when again, and tasks. */
#include "mime/ical.h"

#include "base/filetime.h"
#include "mime/addresses.h"

#include <strings.h>

/* PidLidAppointmentStateFlags: it is a meeting. */
#define STATE_MEETING 1u
/* PidTagRecipientFlags: the organizer. */
#define RECIPIENT_ORGANIZER 2u

static void put_person(struct ical *c, const char *name, const struct address *a, const char *role, const char *answer)
{
	const char *mail = arena_printf(&c->g->arena, "mailto:%s", a->address);
	struct content_line l;

	line_begin(&l, c->e, name);
	if (*a->name)
		line_parameter(&l, "CN", a->name);
	if (role)
		line_parameter(&l, "ROLE", role);
	if (answer)
		line_parameter(&l, "PARTSTAT", answer);
	if (role && !c->method)
		line_parameter(&l, "RSVP", "FALSE");
	else if (role && strcasecmp(c->method, "REQUEST") == 0)
		line_parameter(&l, "RSVP", "TRUE");
	line_value(&l);
	line_raw(&l, mail ? mail : "mailto:unknown@invalid");
	line_end(&l);
}

static const char *role_of(uint32_t type)
{
	return type == 2 ? "OPT-PARTICIPANT" : type == 3 ? "NON-PARTICIPANT" : "REQ-PARTICIPANT";
}

static const char *answer_of(uint32_t track)
{
	static const char *const words[] = { "NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "ACCEPTED", "DECLINED", "NEEDS-ACTION" };

	return words[track < 6 ? track : 0];
}

static const char *own_answer(const struct mail *m)
{
	return class_is(m->class_name, "IPM.Schedule.Meeting.Resp.Pos") ? "ACCEPTED" :
	       class_is(m->class_name, "IPM.Schedule.Meeting.Resp.Neg") ? "DECLINED" :
									  "TENTATIVE";
}

static bool organizer(struct ical *c, struct address *out)
{
	return address_of(&c->m->view, &tags_of_representing, out) || address_of(&c->m->view, &tags_of_sender, out);
}

static void put_recipient(struct ical *c, const struct mail_recipient *r, const char *as)
{
	struct view v = { &r->props, c->g->names, c->m->view.codepage, &c->g->arena };
	uint32_t type = bag_u32(&r->props, tag_id(PidTagRecipientType), 1) & 0x0F;
	uint32_t flags = bag_u32(&r->props, tag_id(PidTagRecipientFlags), 0);
	struct address a;

	if (!address_of(&v, &tags_of_recipient, &a) || flags & RECIPIENT_ORGANIZER || type == 0)
		return;
	if (as)
		put_person(c, as, &a, NULL, NULL);
	else
		put_person(c, "ATTENDEE", &a, role_of(type), answer_of(bag_u32(&r->props, tag_id(PidTagRecipientTrackStatus), 0)));
}

void ical_attendees(struct ical *c)
{
	uint32_t state = view_named_u32(&c->m->view, &PSETID_Appointment, PidLidAppointmentStateFlags, 0);
	struct address a;

	if (c->method && strcasecmp(c->method, "REPLY") == 0) {
		/* An answer goes to the organizer, from the one who answers. */
		for (const struct mail_recipient *r = c->m->recipients; r; r = r->next)
			put_recipient(c, r, r == c->m->recipients ? "ORGANIZER" : NULL);
		if (organizer(c, &a))
			put_person(c, "ATTENDEE", &a, NULL, own_answer(c->m));
		return;
	}
	if (!c->m->recipients && !(state & STATE_MEETING) && !c->method)
		return;
	if (organizer(c, &a))
		put_person(c, "ORGANIZER", &a, NULL, NULL);
	for (const struct mail_recipient *r = c->m->recipients; r; r = r->next)
		put_recipient(c, r, NULL);
}

/* Again ----------------------------------------------------------------------------------------------- */

static bool is_changed(const struct recurrence *r, uint32_t day)
{
	for (uint32_t i = 0; i < r->exception_count; i++)
		if (r->exceptions[i].original / MINUTES_PER_DAY == day)
			return true;
	return false;
}

/* UNTIL is UTC when the start has a zone, and a date when the start is one [RFC 5545] 3.3.10. */
static void until_of(struct ical *c, char out[static UTC_STAMP_SIZE])
{
	const struct recurrence *r = &c->recurrence;
	int64_t last = r->end_date / MINUTES_PER_DAY * (int64_t)MINUTES_PER_DAY + (r->has_times ? r->start_offset : 0);

	if (c->has_zone && !c->all_day)
		last = zone_utc(&c->zone, last);
	utc_stamp((uint64_t)(last < 0 ? 0 : last) * 60 * FILETIME_PER_SECOND, out);
	if (c->all_day || !r->has_times)
		out[8] = '\0';
	else if (!c->has_zone)
		out[15] = '\0';
}

void ical_recurrence(struct ical *c)
{
	const struct recurrence *r = &c->recurrence;
	CLEANUP_BUF struct buf rule = BUF_MAX(1024);
	char until[UTC_STAMP_SIZE];

	if (!c->repeats)
		return;
	until_of(c, until);
	if (recurrence_rule(r, until, &rule)) {
		put_line_text(c->e, "X-RECURRENCE", view_named_text(&c->m->view, &PSETID_Appointment, PidLidRecurrencePattern));
		return;
	}
	put_line_raw(c->e, "RRULE", buf_cstr(&rule));
	for (uint32_t i = 0; i < r->deleted_count; i++)
		if (!is_changed(r, r->deleted[i] / MINUTES_PER_DAY))
			ical_local_time(c, "EXDATE", (int64_t)r->deleted[i] / MINUTES_PER_DAY * MINUTES_PER_DAY + r->start_offset);
}

/* Tasks [MS-OXCICAL] has none: VTODO as RFC 5545 3.6.2 and [MS-OXOTASK] suggest ------------------------- */

static void put_task_date(struct ical *c, const char *name, uint32_t lid)
{
	uint64_t t = view_named_u64(&c->m->view, &PSETID_Task, lid, 0);

	/* Dates of tasks are midnights that know no zone [MS-OXOTASK] 2.2.2.2.4. 0x0CB34557A3DD4000: none. */
	if (t && t < 0x0CB34557A3DD4000)
		ical_date(c, name, (int64_t)(t / (60 * FILETIME_PER_SECOND)));
}

static unsigned percent_of(const struct ical *c)
{
	struct bytes b = view_named_bytes(&c->m->view, &PSETID_Task, PidLidPercentComplete);
	double part = 0;

	if (b.n == sizeof part)
		memcpy(&part, b.p, sizeof part);
	return part > 0 && part <= 1 ? (unsigned)(part * 100 + 0.5) : 0;
}

void ical_task(struct ical *c)
{
	static const char *const words[] = { "NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "NEEDS-ACTION", "NEEDS-ACTION" };
	uint32_t state = view_named_u32(&c->m->view, &PSETID_Task, PidLidTaskStatus, 0);
	uint64_t completed = view_named_u64(&c->m->view, &PSETID_Task, PidLidTaskDateCompleted, 0);

	emit_str(c->e, "BEGIN:VTODO\r\n");
	ical_common(c);
	put_line_text(c->e, "SUMMARY", view_subject(&c->m->view));
	put_task_date(c, "DTSTART", PidLidTaskStartDate);
	put_task_date(c, "DUE", PidLidTaskDueDate);
	if (completed && completed < 0x0CB34557A3DD4000)
		put_line_time(c->e, "COMPLETED", completed);
	put_line_raw(c->e, "STATUS", words[state < 5 ? state : 0]);
	emit_printf(c->e, "PERCENT-COMPLETE:%u\r\n", percent_of(c));
	c->all_day = true;
	ical_recurrence(c);
	emit_str(c->e, "END:VTODO\r\n");
}
