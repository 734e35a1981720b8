/*
 * The log of events of a host: what was changed by whom, what failed.  A text file of lines that people can read too,
 *
 *     2026-11-24T10:00:00Z <tab> Information <tab> 1 <tab> Postern Shell <tab> message
 *
 * with \t, \n and \\ for what would break a line.  Any number of processes append to it; a line is written whole.  At
 * EVENT_LOG_MOST bytes it becomes events.log.1, and what was that before is gone.  Nobody else can read it (0600).
 */
#ifndef STORE_EVENT_LOG_H
#define STORE_EVENT_LOG_H

#include "base/arena.h"

#define EVENT_LOG_MOST ((size_t)8 << 20)
/* Of one line; a longer message is cut. */
#define EVENT_LINE_MOST 4096u

enum event_type { EVENT_INFORMATION, EVENT_WARNING, EVENT_ERROR };

struct event {
	uint64_t time; /* FILETIME */
	enum event_type type;
	unsigned id;
	const char *source, *message;
};

/* "Information" ... */
const char *event_type_name(enum event_type t);

/* The folder of a site, or of the host's state when the site is in PostgreSQL (made when it is not there); NULL: there is none. */
const char *event_log_folder(const char *site_location, struct arena *arena);
status event_log_write(const char *folder, const struct event *e, struct reason *why) MUST;
/* The oldest first; none when there is no log. Lines that are no events are left out. */
status event_log_read(const char *folder, struct arena *arena, struct event **out, size_t *n, struct reason *why) MUST;

/* One line without its line feed, cut up in place; false when it is no event. For tests. */
bool event_parse(char *line, struct event *out);
/* With its line feed; at most EVENT_LINE_MOST bytes. */
size_t event_format(const struct event *e, char out[static EVENT_LINE_MOST]);

#endif
