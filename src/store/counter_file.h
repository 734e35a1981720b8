/*
 * The counters of a server that runs, for other programs of the host (Get-Counter): a file in the folder of the event log that the server has mapped and
 * counts in, so that counting costs what it costs in memory.  It is locked as long as the server lives; what is not locked is left over and counts for
 * nothing.
 *
 *     counters/PID        64 bytes: "postern counters", 1, how many, the size of the names; then the values (8 bytes each); then the names, a line for
 *                         each: object, tab, name, tab, "total" or "now"
 */
#ifndef STORE_COUNTER_FILE_H
#define STORE_COUNTER_FILE_H

#include "base/arena.h"

#define COUNTER_FILE_MOST 4096u /* counters */

struct counter_row {
	const char *object, *name;
	bool total; /* only grows; else what is now */
};

struct counter_file;

/* Removes what servers left behind that are gone. `*values` are n of them, all 0, until counter_file_close. `folder` is event_log_folder's. */
status counter_file_make(const char *folder, const struct counter_row *rows, size_t n, struct counter_file **out, int64_t **values,
			 struct reason *why) MUST;
/* Removes it; the values are gone. NULL is fine. */
void counter_file_close(struct counter_file *f);

struct counter_reading {
	struct counter_row row;
	int64_t value;
	uint64_t process;
};
/* Of all servers that run; none when none does. */
status counter_file_read(const char *folder, struct arena *arena, struct counter_reading **out, size_t *n, struct reason *why) MUST;

#endif
