#include "mime/ical.h"

#include <strings.h>

#define EXCEPTION_CLASS "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}"

bool ical_is_item(const char *class_name)
{
	return class_is(class_name, "IPM.Appointment") || class_is(class_name, "IPM.Task");
}

bool ical_is_exception(const struct mail *m)
{
	return m->parent && class_is(m->parent->class_name, "IPM.Appointment") && strcasecmp(m->class_name, EXCEPTION_CLASS) == 0;
}

static bool parse_recurrence(const struct view *v, const struct guid *set, uint32_t lid, struct recurrence *out)
{
	struct bytes blob = view_named_bytes(v, set, lid);

	return blob.n && !recurrence_parse(blob, v->codepage, v->arena, out);
}

static void prepare(struct ical *c, struct emit *e, struct gather *g, const struct mail *m)
{
	const struct view *v = &m->view;
	bool task = class_is(m->class_name, "IPM.Task");

	*c = (struct ical){ .e = e, .g = g, .m = m };
	c->has_zone = zone_of_item(v, &c->zone);
	c->all_day = view_named_bool(v, &PSETID_Appointment, PidLidAppointmentSubType);
	c->repeats = task ? parse_recurrence(v, &PSETID_Task, PidLidTaskRecurrence, &c->recurrence) :
			    parse_recurrence(v, &PSETID_Appointment, PidLidAppointmentRecur, &c->recurrence);
}

static void begin_calendar(struct ical *c)
{
	emit_str(c->e, "BEGIN:VCALENDAR\r\nPRODID:-//Postern//mime//EN\r\nVERSION:2.0\r\n");
	emit_printf(c->e, "METHOD:%s\r\n", c->method ? c->method : "PUBLISH");
	if (c->repeats && c->has_zone && !c->all_day)
		zone_write(&c->zone, c->e);
}

/* Did a changed instance bring its own item? Then the blob need not speak of it. */
static bool has_exceptions(const struct mail *m)
{
	for (const struct mail_attachment *a = m->attachments; a; a = a->next)
		if (a->exception && a->has_message)
			return true;
	return false;
}

/* A changed instance of which only the blob knows. */
static void write_blob_exception(struct ical *c, const struct recurrence_exception *x)
{
	struct ical one = *c;

	one.all_day = x->flags & EXCEPTION_ALL_DAY ? x->all_day : c->all_day;
	emit_str(c->e, "BEGIN:VEVENT\r\n");
	one.series = c->m;
	ical_common(&one);
	put_line_text(c->e, "SUMMARY", x->subject ? x->subject : view_subject(&c->m->view));
	put_line_text(c->e, "LOCATION", x->location ? x->location : view_named_text(&c->m->view, &PSETID_Appointment, PidLidLocation));
	ical_local_time(c, "RECURRENCE-ID", x->original);
	ical_local_time(&one, "DTSTART", x->start);
	ical_local_time(&one, "DTEND", x->end);
	emit_str(c->e, "END:VEVENT\r\n");
}

static void write_exceptions(struct ical *c)
{
	for (const struct mail_attachment *a = c->m->attachments; a; a = a->next)
		if (a->exception && a->has_message)
			emit_extent(c->e, &a->message);
	if (!has_exceptions(c->m) && c->repeats)
		for (uint32_t i = 0; i < c->recurrence.exception_count; i++)
			write_blob_exception(c, &c->recurrence.exceptions[i]);
}

void ical_write(struct emit *e, struct gather *g, const struct mail *m)
{
	struct ical c;

	prepare(&c, e, g, m);
	begin_calendar(&c);
	if (class_is(m->class_name, "IPM.Task")) {
		ical_task(&c);
	} else {
		ical_event(&c);
		write_exceptions(&c);
	}
	emit_str(e, "END:VCALENDAR\r\n");
}

void ical_write_exception(struct emit *e, struct gather *g, const struct mail *m)
{
	struct ical c, series;

	prepare(&series, e, g, m->parent);
	prepare(&c, e, g, m);
	c.series = m->parent;
	c.zone = series.zone;
	c.has_zone = series.has_zone;
	c.repeats = false;
	ical_event(&c);
}

static const char *method_of(const struct mail *m)
{
	static const struct {
		const char *class_name, *method;
	} methods[] = {
		{ "IPM.Schedule.Meeting.Request", "REQUEST" },
		{ "IPM.Schedule.Meeting.Canceled", "CANCEL" },
		{ "IPM.Schedule.Meeting.Resp", "REPLY" },
	};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (class_is(m->class_name, methods[i].class_name))
			return methods[i].method;
	return NULL;
}

static status into_spool(void *context, struct bytes piece)
{
	return spool_add(context, piece);
}

void meeting_of(struct gather *g, const struct mail *m, struct meeting *out)
{
	struct emit e;
	struct ical c;

	*out = (struct meeting){ .method = NULL };
	if (!method_of(m))
		return;
	spool_rewind(g->scratch, 0);
	emit_init(&e, into_spool, g->scratch);
	prepare(&c, &e, g, m);
	c.method = method_of(m);
	begin_calendar(&c);
	ical_event(&c);
	emit_str(&e, "END:VCALENDAR\r\n");
	if (emit_flush(&e))
		return;
	out->method = c.method;
	out->data = spool_since(g->scratch, 0);
}
