/* VEVENT [MS-OXCICAL] 2.1.3.1.1.20, and what it shares with VTODO. */
#include "mime/ical.h"

#include "base/filetime.h"
#include "mime/addresses.h"
#include "mime/eml.h"

#include <stdio.h>
#include <strings.h>

#define MINUTE_OF_FILETIME (60 * FILETIME_PER_SECOND)

/* Times ------------------------------------------------------------------------------------------------ */

static void local_stamp(int64_t minutes, bool date_only, char out[static UTC_STAMP_SIZE])
{
	int year, month, day;
	int64_t days = minutes < 0 ? 0 : minutes / MINUTES_PER_DAY;

	date_of_days(days > 3000000 ? 0 : days, &year, &month, &day);
	if (date_only)
		snprintf(out, UTC_STAMP_SIZE, "%04u%02u%02u", (unsigned)year % 10000, (unsigned)month % 13, (unsigned)day % 32);
	else
		snprintf(out, UTC_STAMP_SIZE, "%04u%02u%02uT%02u%02u00", (unsigned)year % 10000, (unsigned)month % 13,
			 (unsigned)day % 32, (unsigned)(minutes % MINUTES_PER_DAY / 60) % 24, (unsigned)(minutes % 60) % 60);
}

void ical_date(struct ical *c, const char *name, int64_t minutes)
{
	char stamp[UTC_STAMP_SIZE];
	struct content_line l;

	local_stamp(minutes, true, stamp);
	line_begin(&l, c->e, name);
	line_parameter(&l, "VALUE", "DATE");
	line_value(&l);
	line_raw(&l, stamp);
	line_end(&l);
}

void ical_local_time(struct ical *c, const char *name, int64_t minutes)
{
	char stamp[UTC_STAMP_SIZE];
	struct content_line l;

	if (c->all_day) {
		ical_date(c, name, minutes);
		return;
	}
	local_stamp(minutes, false, stamp);
	line_begin(&l, c->e, name);
	if (c->has_zone)
		line_parameter(&l, "TZID", c->zone.name);
	line_value(&l);
	line_raw(&l, stamp);
	line_end(&l);
}

void ical_time(struct ical *c, const char *name, uint64_t filetime)
{
	int64_t minutes = (int64_t)(filetime / MINUTE_OF_FILETIME);

	if (!filetime)
		return;
	if (c->all_day && c->has_zone)
		ical_date(c, name, zone_local(&c->zone, minutes));
	else if (c->all_day) /* midnight of some place: the nearest one */
		ical_date(c, name, minutes + MINUTES_PER_DAY / 2);
	else if (c->has_zone && (c->repeats || c->series))
		ical_local_time(c, name, zone_local(&c->zone, minutes));
	else
		put_line_time(c->e, name, filetime);
}

/* What both kinds have -------------------------------------------------------------------------------- */

static uint64_t prop_time(const struct ical *c, uint32_t tag)
{
	return bag_u64(&c->m->o.props, tag_id(tag), 0);
}

static void put_hex(struct content_line *l, struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		char hex[3];

		snprintf(hex, sizeof hex, "%02X", b.p[i]);
		line_raw(l, hex);
	}
}

/* A UID from elsewhere travels inside the global object id [MS-OXOCAL] 2.2.1.27. */
static const char *foreign_uid(struct gather *g, struct bytes id)
{
	size_t n;

	if (id.n < 53 || memcmp(id.p + 40, "vCal-Uid\1\0\0\0", 12) != 0)
		return NULL;
	for (n = 52; n < id.n && id.p[n]; n++)
		;
	return arena_strndup(&g->arena, (const char *)id.p + 52, n - 52);
}

static void put_uid(struct ical *c)
{
	const struct view *v = &(c->series ? c->series : c->m)->view;
	struct bytes id = view_named_bytes(v, &PSETID_Meeting, PidLidCleanGlobalObjectId);
	struct content_line l;
	const char *foreign;

	if (!id.n)
		id = view_named_bytes(v, &PSETID_Meeting, PidLidGlobalObjectId);
	foreign = foreign_uid(c->g, id);
	if (!id.n)
		id = bag_bytes(v->props, tag_id(PidTagSearchKey));
	line_begin(&l, c->e, "UID");
	line_value(&l);
	if (foreign) {
		line_text(&l, foreign);
	} else if (id.n) {
		put_hex(&l, id);
	} else {
		uint64_t digest = (c->series ? c->series : c->m)->digest;

		put_hex(&l, bytes_of(&digest, sizeof digest));
	}
	line_end(&l);
}

static void put_description(struct ical *c)
{
	struct bodies bodies;
	struct content_line l;

	eml_bodies(c->g, &c->m->o, &bodies);
	if (bodies.part[BODY_TEXT].present) {
		line_begin(&l, c->e, "DESCRIPTION");
		line_value(&l);
		line_text_extent(&l, &bodies.part[BODY_TEXT].data);
		line_end(&l);
	}
	if (bodies.part[BODY_HTML].present && strcasecmp(bodies.part[BODY_HTML].charset, "utf-8") == 0) {
		line_begin(&l, c->e, "X-ALT-DESC;FMTTYPE=text/html");
		line_value(&l);
		line_text_extent(&l, &bodies.part[BODY_HTML].data);
		line_end(&l);
	}
}

static void put_categories(struct ical *c)
{
	const struct prop *p = view_string_named(&c->m->view, &PS_PUBLIC_STRINGS, "Keywords");
	struct content_line l;

	if (!p || !p->count || !view_element(&c->m->view, p, 0))
		return;
	line_begin(&l, c->e, "CATEGORIES");
	line_value(&l);
	for (uint32_t i = 0; i < p->count; i++) {
		const char *word = view_element(&c->m->view, p, i);

		if (i)
			line_raw(&l, ",");
		line_text(&l, word ? word : "");
	}
	line_end(&l);
}

static void put_attachment(struct ical *c, const struct mail_attachment *a)
{
	struct value data = kept_value(c->g, &a->o, PidTagAttachDataBinary);
	struct view v = kept_view(c->g, &a->o);
	const char *path = view_text(&v, PidTagAttachLongPathname);
	struct content_line l;

	line_begin(&l, c->e, "ATTACH");
	if (!a->has_message && !data.present) {
		line_parameter(&l, "X-FILENAME", attachment_name(c->g, a));
		line_value(&l);
		line_raw(&l, path ? path : "about:blank");
	} else {
		line_parameter(&l, "FMTTYPE", a->has_message ? "message/rfc822" : attachment_mime_type(c->g, a));
		line_parameter(&l, "ENCODING", "BASE64");
		line_parameter(&l, "VALUE", "BINARY");
		line_parameter(&l, "X-FILENAME", attachment_name(c->g, a));
		line_value(&l);
		line_base64(&l, a->has_message ? &a->message : &data.data);
	}
	line_end(&l);
}

static void put_classification(struct ical *c)
{
	static const char *const classes[] = { "PUBLIC", "X-PERSONAL", "PRIVATE", "CONFIDENTIAL" };
	uint32_t sensitivity = bag_u32(&c->m->o.props, tag_id(PidTagSensitivity), 0);
	uint32_t importance = bag_u32(&c->m->o.props, tag_id(PidTagImportance), 1);

	put_line_raw(c->e, "CLASS", classes[sensitivity < 4 ? sensitivity : 0]);
	put_line_raw(c->e, "PRIORITY", importance == 2 ? "1" : importance == 0 ? "9" : "5");
}

/* DTSTAMP must be there; without any time it is the first there can be. */
static void put_stamps(struct ical *c)
{
	uint64_t stamp = view_named_u64(&c->m->view, &PSETID_Appointment, PidLidOwnerCriticalChange, 0);

	stamp = stamp ? stamp : prop_time(c, PidTagLastModificationTime);
	stamp = stamp ? stamp : prop_time(c, PidTagCreationTime);
	put_line_time(c->e, "DTSTAMP", stamp ? stamp : FILETIME_UNIX_EPOCH);
	put_line_time(c->e, "CREATED", prop_time(c, PidTagCreationTime));
	put_line_time(c->e, "LAST-MODIFIED", prop_time(c, PidTagLastModificationTime));
}

void ical_common(struct ical *c)
{
	put_uid(c);
	put_stamps(c);
	put_classification(c);
	put_categories(c);
	put_description(c);
	/* What travels in a mail has its attachments beside it. */
	for (const struct mail_attachment *a = c->method ? NULL : c->m->attachments; a; a = a->next)
		if (!a->exception && c->series != c->m)
			put_attachment(c, a);
}

/* Events ---------------------------------------------------------------------------------------------- */

/* From the item, else from the series it is an exception of. */
static const char *text_or_series(struct ical *c, const struct guid *set, uint32_t lid)
{
	const char *text = view_named_text(&c->m->view, set, lid);

	return text || !c->series ? text : view_named_text(&c->series->view, set, lid);
}

static const char *subject_of(struct ical *c)
{
	const char *subject = view_subject(&c->m->view);

	return *subject || !c->series ? subject : view_subject(&c->series->view);
}

static uint64_t appointment_time(struct ical *c, uint32_t lid, uint32_t common, uint32_t tag)
{
	uint64_t t = view_named_u64(&c->m->view, &PSETID_Appointment, lid, 0);

	t = t ? t : view_named_u64(&c->m->view, &PSETID_Common, common, 0);
	return t ? t : prop_time(c, tag);
}

static void put_times(struct ical *c)
{
	uint64_t start = appointment_time(c, PidLidAppointmentStartWhole, PidLidCommonStart, PidTagStartDate);
	uint64_t end = appointment_time(c, PidLidAppointmentEndWhole, PidLidCommonEnd, PidTagEndDate);

	if (c->repeats && c->recurrence.has_times && c->recurrence.pattern <= PATTERN_MONTH_END) {
		/* The pattern itself is local, so no zone can put it wrong. */
		int64_t day = c->recurrence.start_date / MINUTES_PER_DAY * (int64_t)MINUTES_PER_DAY;

		ical_local_time(c, "DTSTART", day + c->recurrence.start_offset);
		ical_local_time(c, "DTEND", day + c->recurrence.end_offset);
		return;
	}
	start = start ? start : prop_time(c, PidTagCreationTime);
	ical_time(c, "DTSTART", start ? start : FILETIME_UNIX_EPOCH);
	if (end > start || (end == start && !c->all_day))
		ical_time(c, "DTEND", end);
}

static void put_busy(struct ical *c)
{
	static const char *const words[] = { "FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE" };
	uint32_t busy = view_named_u32(&c->m->view, &PSETID_Appointment, PidLidBusyStatus, 2);

	put_line_raw(c->e, "TRANSP", busy == 0 ? "TRANSPARENT" : "OPAQUE");
	put_line_raw(c->e, "X-MICROSOFT-CDO-BUSYSTATUS", words[busy < 5 ? busy : 2]);
	if (c->method && strcasecmp(c->method, "CANCEL") == 0)
		put_line_raw(c->e, "STATUS", "CANCELLED");
	else
		put_line_raw(c->e, "STATUS", busy == 1 ? "TENTATIVE" : "CONFIRMED");
}

static void put_alarm(struct ical *c)
{
	uint32_t delta = view_named_u32(&c->m->view, &PSETID_Common, PidLidReminderDelta, 15);

	if (!view_named_bool(&c->m->view, &PSETID_Common, PidLidReminderSet))
		return;
	if (delta == 0x5AE980E1) /* "the default" [MS-OXORMDR] 2.2.1.3 */
		delta = 15;
	emit_printf(c->e, "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Reminder\r\nTRIGGER:-PT%uM\r\nEND:VALARM\r\n", delta);
}

void ical_event(struct ical *c)
{
	uint64_t replaced = view_named_u64(&c->m->view, &PSETID_Appointment, PidLidExceptionReplaceTime, 0);

	emit_str(c->e, "BEGIN:VEVENT\r\n");
	ical_common(c);
	put_line_text(c->e, "SUMMARY", subject_of(c));
	put_line_text(c->e, "LOCATION", text_or_series(c, &PSETID_Appointment, PidLidLocation));
	if (c->series && replaced)
		ical_time(c, "RECURRENCE-ID", replaced);
	put_times(c);
	ical_recurrence(c);
	emit_printf(c->e, "SEQUENCE:%u\r\n", view_named_u32(&c->m->view, &PSETID_Appointment, PidLidAppointmentSequence, 0));
	put_busy(c);
	if (c->all_day)
		put_line_raw(c->e, "X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE");
	ical_attendees(c);
	put_alarm(c);
	emit_str(c->e, "END:VEVENT\r\n");
}
