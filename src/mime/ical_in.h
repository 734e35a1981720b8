/* Inside mime: what one VEVENT or VTODO says, between reading it (ical_in.c) and setting it (ical_in_set.c). */
#ifndef MIME_ICAL_IN_H
#define MIME_ICAL_IN_H

#include "mime/card_in.h"
#include "mime/recurrence.h"

enum event_time {
	EVENT_START, EVENT_END, EVENT_DUE, EVENT_COMPLETED, EVENT_MOVED, EVENT_STAMP, EVENT_CREATED, EVENT_MODIFIED, EVENT_TIMES
};

struct event {
	struct draft *d;
	struct calendar *c;
	bool task;
	bool in_mail; /* subject, text and people are said by the mail */
	bool unsaid; /* it says something no property can: the whole is attached */
	bool has[EVENT_TIMES];
	struct ical_when when[EVENT_TIMES];
	const char *summary, *description, *html, *location, *uid, *rule, *duration, *state, *organizer, *organizer_name;
	uint32_t sensitivity, importance, busy, cdo_busy /* 5: not said */, sequence, reminder_minutes;
	unsigned percent;
	bool reminder;
	uint32_t answer; /* of the last attendee: PidTagRecipientTrackStatus */
	struct ical_when *deleted;
	size_t deleted_count;
};

void event_add_deleted(struct event *e, const struct ical_when *w);
void event_set_appointment(struct event *e);
void event_set_task(struct event *e);
/* Class and times of a mail about a meeting. */
void event_set_meeting(struct event *e, const char *method);
/* "-PT1H30M" in seconds; false when it is no duration. */
bool event_duration(const char *text, int *seconds);

#endif
