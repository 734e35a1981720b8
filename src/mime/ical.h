/* Appointments, meetings and tasks as iCalendar [MS-OXCICAL]. */
#ifndef MIME_ICAL_H
#define MIME_ICAL_H

#include "mime/gather.h"
#include "mime/recurrence.h"
#include "mime/zone.h"

/* Is it written as an .ics? */
bool ical_is_item(const char *class_name);
/* The whole VCALENDAR of such an item. */
void ical_write(struct emit *e, struct gather *g, const struct mail *m);

/* Is `m` a changed instance of the series it is embedded in? Then this writes its VEVENT alone. */
bool ical_is_exception(const struct mail *m);
void ical_write_exception(struct emit *e, struct gather *g, const struct mail *m);

/* What travels with a meeting request, an answer or a cancellation: stands in g->scratch until the next one. */
struct meeting {
	const char *method; /* NULL: it is none of these */
	struct extent data;
};
void meeting_of(struct gather *g, const struct mail *m, struct meeting *out);

/* One VEVENT or VTODO and what it is part of. */
struct ical {
	struct emit *e;
	struct gather *g;
	const struct mail *m;
	const struct mail *series; /* of an exception: where it takes what it lacks; else NULL */
	const char *method;        /* NULL: published */
	struct zone zone;
	struct recurrence recurrence;
	bool has_zone, repeats, all_day;
};

void ical_event(struct ical *c);
void ical_task(struct ical *c);
/* Of both kinds: UID, texts, classification, times of change, attachments. */
void ical_common(struct ical *c);
/* DTSTART, DTEND or the like, in the zone where there is one and the event repeats; a date alone for all-day events. */
void ical_time(struct ical *c, const char *name, uint64_t filetime);
/* The same of local minutes since 1601. */
void ical_local_time(struct ical *c, const char *name, int64_t minutes);
void ical_date(struct ical *c, const char *name, int64_t minutes);
/* RRULE and EXDATE. */
void ical_recurrence(struct ical *c);
void ical_attendees(struct ical *c);

#endif
