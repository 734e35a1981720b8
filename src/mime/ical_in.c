/* One VEVENT or VTODO as an appointment or task [MS-OXCICAL] 2.1.3.1.1.20. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/filetime.h"
#include "mime/ical_in.h"
#include "mime/mime.h"

#define CATEGORIES_MAX 64

/* Reading --------------------------------------------------------------------------------------------- */

static bool take_when(struct event *e, const struct card_line *l)
{
	static const struct {
		const char *name;
		enum event_time which;
	} times[] = {
		{ "DTSTART", EVENT_START },     { "DTEND", EVENT_END },         { "DUE", EVENT_DUE },
		{ "COMPLETED", EVENT_COMPLETED }, { "RECURRENCE-ID", EVENT_MOVED }, { "DTSTAMP", EVENT_STAMP },
		{ "CREATED", EVENT_CREATED },   { "LAST-MODIFIED", EVENT_MODIFIED },
	};

	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (card_line_is(l, times[i].name)) {
			e->has[times[i].which] =
				ical_when(e->c, l->value, card_parameter(l, "TZID"), &e->when[times[i].which]) || e->has[times[i].which];
			return true;
		}
	return false;
}

static bool take_exdate(struct event *e, const struct card_line *l)
{
	const char *value = l->value, *zone = card_parameter(l, "TZID");

	if (!card_line_is(l, "EXDATE"))
		return false;
	while (*value) {
		struct ical_when w;

		if (ical_when(e->c, value, zone, &w))
			event_add_deleted(e, &w);
		value += strcspn(value, ",");
		value += *value == ',';
	}
	return true;
}

static const char *text_of(struct event *e, const struct card_line *l)
{
	return card_unescape(&e->d->r->arena, l->value);
}

static bool take_text(struct event *e, const struct card_line *l)
{
	if (card_line_is(l, "SUMMARY"))
		e->summary = text_of(e, l);
	else if (card_line_is(l, "DESCRIPTION"))
		e->description = text_of(e, l);
	else if (card_line_is(l, "X-ALT-DESC"))
		e->html = text_of(e, l);
	else if (card_line_is(l, "LOCATION"))
		e->location = text_of(e, l);
	else if (card_line_is(l, "UID"))
		e->uid = text_of(e, l);
	else if (card_line_is(l, "RRULE"))
		e->rule = arena_strdup(&e->d->r->arena, l->value);
	else if (card_line_is(l, "DURATION"))
		e->duration = arena_strdup(&e->d->r->arena, l->value);
	else
		return false;
	return true;
}

static bool is_value(const struct card_line *l, const char *value)
{
	return strcasecmp(l->value, value) == 0;
}

static bool take_state(struct event *e, const struct card_line *l)
{
	if (card_line_is(l, "CLASS"))
		e->sensitivity = is_value(l, "PRIVATE") ? 2 : is_value(l, "CONFIDENTIAL") ? 3 : is_value(l, "X-PERSONAL") ? 1 : 0;
	else if (card_line_is(l, "PRIORITY"))
		e->importance = *l->value >= '1' && *l->value <= '4' ? 2 : *l->value >= '6' && *l->value <= '9' ? 0 : 1;
	else if (card_line_is(l, "TRANSP"))
		e->busy = is_value(l, "TRANSPARENT") ? 0 : e->busy;
	else if (card_line_is(l, "X-MICROSOFT-CDO-BUSYSTATUS"))
		e->cdo_busy = is_value(l, "FREE") ? 0 : is_value(l, "TENTATIVE") ? 1 : is_value(l, "OOF") ? 3 :
			      is_value(l, "WORKINGELSEWHERE") ? 4 : 2;
	else if (card_line_is(l, "STATUS"))
		e->state = arena_strdup(&e->d->r->arena, l->value);
	else if (card_line_is(l, "PERCENT-COMPLETE"))
		e->percent = (unsigned)strtoul(l->value, NULL, 10);
	else if (card_line_is(l, "SEQUENCE"))
		e->sequence = (uint32_t)strtoul(l->value, NULL, 10);
	else
		return false;
	return true;
}

static const char *address_of_line(struct event *e, const struct card_line *l)
{
	const char *value = strncasecmp(l->value, "mailto:", 7) == 0 ? l->value + 7 : l->value;

	return arena_strdup(&e->d->r->arena, value);
}

static uint32_t track_of(const char *answer)
{
	return !answer				    ? 0 :
	       strcasecmp(answer, "ACCEPTED") == 0  ? 3 :
	       strcasecmp(answer, "DECLINED") == 0  ? 4 :
	       strcasecmp(answer, "TENTATIVE") == 0 ? 2 :
						      0;
}

static bool take_person(struct event *e, const struct card_line *l)
{
	const char *name = card_parameter(l, "CN"), *role = card_parameter(l, "ROLE");
	const char *kept = name ? arena_strdup(&e->d->r->arena, name) : NULL;
	struct draft_recipient *r;

	if (card_line_is(l, "ORGANIZER")) {
		e->organizer_name = kept;
		e->organizer = address_of_line(e, l);
		return true;
	}
	if (!card_line_is(l, "ATTENDEE"))
		return false;
	e->answer = track_of(card_parameter(l, "PARTSTAT"));
	if (e->in_mail)
		return true;
	if (e->d->recipient_count >= MIME_RECIPIENTS_MAX) {
		e->d->recipients_cut = true;
		return true;
	}
	r = draft_add_recipient(e->d, role && strcasecmp(role, "OPT-PARTICIPANT") == 0 ? 2 :
				      role && strcasecmp(role, "NON-PARTICIPANT") == 0 ? 3 :
											 1,
				kept, address_of_line(e, l));
	if (r) {
		r->flags = 1; /* may be sent to */
		r->track = e->answer;
	}
	return true;
}

static bool take_categories(struct event *e, const struct card_line *l)
{
	const char *words[CATEGORIES_MAX];
	size_t n;

	if (!card_line_is(l, "CATEGORIES") || e->in_mail)
		return false;
	n = card_split(&e->d->r->arena, l->value, ',', words, CATEGORIES_MAX);
	draft_list(e->d, draft_string_named(e->d, &PS_PUBLIC_STRINGS, "Keywords", MV_FLAG | PT_UNICODE), words, n);
	return true;
}

static bool take_attachment(struct event *e, const struct card_line *l)
{
	const char *encoding = card_parameter(l, "ENCODING"), *name = card_parameter(l, "X-FILENAME");
	const char *type = card_parameter(l, "FMTTYPE");
	struct draft_attachment *a;
	status st;

	if (!card_line_is(l, "ATTACH"))
		return false;
	if (!name)
		name = card_parameter(l, "FILENAME");
	name = name ? name : "attachment";
	a = draft_add_attachment(e->d);
	if (!a)
		return true;
	a->data = l->raw;
	/* What is only named by an address is kept as that address. */
	a->encoding = encoding && strcasecmp(encoding, "BASE64") == 0 ? PART_BASE64 : PART_IDENTITY;
	a->is_message = a->encoding == PART_BASE64 && type && strcasecmp(type, "message/rfc822") == 0;
	st = bag_set_text(&a->props, PidTagAttachLongFilename, name);
	if (!st)
		st = bag_set_text(&a->props, PidTagDisplayName, name);
	if (!st && type)
		st = bag_set_text(&a->props, PidTagAttachMimeTag, type);
	if (st && !e->d->failed)
		e->d->failed = st;
	return true;
}

/* "-PT15M" before the start; a reminder at a fixed time is none that an item could have. */
static void take_trigger(struct event *e, const struct card_line *l)
{
	int seconds;

	if (!card_line_is(l, "TRIGGER") || e->reminder || !event_duration(l->value, &seconds) || seconds > 0)
		return;
	e->reminder = true;
	e->reminder_minutes = (uint32_t)(-seconds / 60);
}

static void take(struct event *e, const struct card_line *l)
{
	if (take_attachment(e, l))
		return;
	if (!l->value || card_line_is(l, "RDATE") || card_line_is(l, "EXRULE"))
		e->unsaid = true; /* too long, or more than a pattern can say */
	else if (!take_when(e, l) && !take_exdate(e, l) && !take_text(e, l) && !take_state(e, l) && !take_person(e, l))
		(void)take_categories(e, l);
}

static status read_lines(struct event *e, const struct extent *component)
{
	struct card_reader *r = malloc(sizeof *r);
	struct card_line l;
	unsigned depth = 0;
	status st;

	if (!r)
		return ecMemory;
	card_reader_init(r, component);
	while (card_reader_next(r, &l)) {
		if (card_line_is(&l, "BEGIN"))
			depth++;
		else if (card_line_is(&l, "END"))
			depth -= depth > 0;
		else if (depth == 1)
			take(e, &l);
		else if (depth == 2 && l.value)
			take_trigger(e, &l);
	}
	st = card_reader_status(r);
	free(r);
	return st;
}

/* Setting --------------------------------------------------------------------------------------------- */

static status into_spool(void *context, struct bytes piece)
{
	return spool_add(context, piece);
}

/* The event as it was, where no property says all of it. */
static void keep_whole(struct event *e, const struct extent *component)
{
	static const char before[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", after[] = "\r\nEND:VCALENDAR\r\n";
	struct spool *spool = e->d->r->spool;
	uint64_t from = spool_end(spool);
	struct draft_attachment *a = draft_add_attachment(e->d);
	status st = spool_add(spool, bytes_of(before, sizeof before - 1));

	if (!st)
		st = extent_each(component, into_spool, spool);
	if (!st)
		st = spool_add(spool, bytes_of(after, sizeof after - 1));
	if (a && !st) {
		a->data = spool_since(spool, from);
		st = bag_set_text(&a->props, PidTagAttachLongFilename, "event.ics");
	}
	if (a && !st)
		st = bag_set_text(&a->props, PidTagAttachMimeTag, "text/calendar");
	if (st && !e->d->failed)
		e->d->failed = st;
}

static void set_body(struct event *e)
{
	const char *text = e->description ? e->description : "";

	if (e->unsaid && e->rule)
		text = arena_printf(&e->d->r->arena, "%s%sRRULE: %s", text, *text ? "\r\n" : "", e->rule);
	draft_text(e->d, PidTagBody, text);
	if (e->html)
		draft_bytes(e->d, PidTagHtml, bytes_of(e->html, strlen(e->html)));
	draft_u32(e->d, PidTagInternetCodepage, 65001);
}

static void set_common(struct event *e)
{
	struct draft *d = e->d;

	draft_text(d, PidTagSubject, e->summary);
	draft_text(d, PidTagNormalizedSubject, e->summary);
	draft_text(d, PidTagConversationTopic, e->summary);
	draft_u32(d, PidTagSensitivity, e->sensitivity);
	draft_bool(d, draft_named(d, &PSETID_Common, PidLidPrivate, PT_BOOLEAN), e->sensitivity == 2);
	draft_u32(d, PidTagImportance, e->importance);
	draft_u32(d, PidTagMessageFlags, 1);
	if (e->has[EVENT_CREATED])
		draft_time(d, PidTagCreationTime, ical_filetime(&e->when[EVENT_CREATED]));
	if (e->has[EVENT_MODIFIED])
		draft_time(d, PidTagLastModificationTime, ical_filetime(&e->when[EVENT_MODIFIED]));
	if (e->organizer)
		draft_person(d, &d->o.props, &person_of_sender, e->organizer_name, e->organizer);
}

static void set_organizer_and_reminder(struct event *e)
{
	struct draft *d = e->d;

	draft_bool(d, draft_named(d, &PSETID_Common, PidLidReminderSet, PT_BOOLEAN), e->reminder);
	if (e->reminder)
		draft_u32(d, draft_named(d, &PSETID_Common, PidLidReminderDelta, PT_LONG), e->reminder_minutes);
	if (e->organizer)
		draft_person(d, &d->o.props, &person_of_representing, e->organizer_name, e->organizer);
}

static bool is_task(const struct extent *component)
{
	char head[11];
	size_t got = 0;

	return !extent_read(component, 0, head, sizeof head, &got) && got == sizeof head && strncasecmp(head, "BEGIN:VTODO", 11) == 0;
}

void ical_into_draft(struct draft *d, struct calendar *c, const struct extent *component)
{
	struct event e = { .d = d, .c = c, .task = is_task(component), .importance = 1, .busy = 2, .cdo_busy = 5 };
	status st = read_lines(&e, component);

	if (st && !d->failed)
		d->failed = st;
	set_common(&e);
	set_organizer_and_reminder(&e);
	if (e.task)
		event_set_task(&e);
	else
		event_set_appointment(&e);
	set_body(&e);
	if (e.unsaid)
		keep_whole(&e, component);
	mail_finish_flags(d);
}

void ical_meeting_into_draft(struct draft *d, struct calendar *c, const char *method, const struct extent *component)
{
	struct event e = { .d = d, .c = c, .in_mail = true, .busy = 2, .cdo_busy = 5 };
	status st = read_lines(&e, component);

	if (st && !d->failed)
		d->failed = st;
	/* An answer comes from whom the mail says, not from the organizer. */
	if (strcasecmp(method, "REPLY") == 0)
		e.organizer = NULL;
	set_organizer_and_reminder(&e);
	event_set_meeting(&e, method);
	if (e.unsaid)
		keep_whole(&e, component);
}
