/* vCards and calendars as items [MS-OXVCARD], [MS-OXCICAL]. */
#ifndef MIME_CARD_IN_H
#define MIME_CARD_IN_H

#include "mime/card_lines.h"
#include "mime/draft.h"
#include "mime/mail_in.h"
#include "mime/zone.h"

/* Is it the class of an item that is written as card or calendar? */
bool card_class(const char *class_name);

/* The first contact, list, event or task of the text sets the properties of a draft; false when there is none. */
bool card_into_draft(struct draft *d, const struct extent *text);
/* The same of a calendar within a mail: the class, times and place of a meeting request, an answer or a cancellation. */
bool meeting_into_draft(struct draft *d, const char *method, const struct extent *text);
/* Every card of a .vcf, every event and task of an .ics, as an item each. */
status card_emit_all(struct reading *r, const struct extent *text, const struct mail_envelope *envelope) MUST;

/* One of them: from its BEGIN line to its END line. */
void vcard_into_draft(struct draft *d, const struct extent *card);

/* What the events of a calendar share: its zones, and which instances of series have an event of their own. */
struct calendar_zone {
	const char *id;
	struct zone zone;
};
struct moved_instance {
	uint64_t uid; /* a hash */
	const char *when; /* value of RECURRENCE-ID */
	const char *zone; /* its TZID; NULL: none */
};
#define CALENDAR_ZONES_MAX 64
#define CALENDAR_MOVED_MAX 4096
struct calendar {
	struct arena arena; /* its own: zones are found while events are read */
	struct calendar_zone zones[CALENDAR_ZONES_MAX];
	size_t zone_count;
	struct moved_instance *moved;
	size_t moved_count;
	bool request; /* METHOD says that it is about a meeting */
};
/* Of a calendar that is all zeros; calendar_free in any case. */
status calendar_scan(struct calendar *c, const struct extent *text) MUST;
void calendar_free(struct calendar *c);
/* By its id in the calendar, else by its name in the tz database; NULL when it is unknown. */
const struct zone *calendar_zone(struct calendar *c, const char *id);
/* From BEGIN:VTIMEZONE to its END; false when it cannot be understood. */
bool calendar_read_zone(struct calendar *c, const struct extent *component, struct calendar_zone *out);

/* BEGIN:VEVENT or BEGIN:VTODO to its END. */
void ical_into_draft(struct draft *d, struct calendar *c, const struct extent *component);
/* Only what a mail does not say itself. `method` is REQUEST, REPLY or CANCEL. */
void ical_meeting_into_draft(struct draft *d, struct calendar *c, const char *method, const struct extent *component);
uint64_t calendar_uid(const char *uid);

/* A date or a date with time, as a rule or an event has it. */
struct ical_when {
	int64_t minutes; /* since 1601, by the clock of `zone` */
	const struct zone *zone; /* NULL: UTC, or of no zone */
	unsigned seconds;
	bool date_only, utc;
};
/* `c` may be NULL: then no zone is known. */
bool ical_when(struct calendar *c, const char *value, const char *zone, struct ical_when *out);
/* UTC; what is of no zone counts as UTC. */
uint64_t ical_filetime(const struct ical_when *w);

#endif
