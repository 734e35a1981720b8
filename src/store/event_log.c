#include "store/event_log.h"

#include "base/filetime.h"
#include "base/input.h"
#include "store/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const type_names[] = { "Information", "Warning", "Error" };

const char *event_type_name(enum event_type t)
{
	return type_names[t];
}

/* Lines ----------------------------------------------------------------------------------------------------------------- */

/* What would break the line is written as \t, \n, \\; other control characters become blanks. Stops where it is full. */
static size_t add_escaped(char *out, size_t at, size_t most, const char *text)
{
	for (; *text && at + 2 < most; text++) {
		char code = *text == '\t' ? 't' : *text == '\n' ? 'n' : *text == '\\' ? '\\' : '\0';

		if (code)
			out[at++] = '\\';
		out[at++] = code ? code : (unsigned char)*text < 0x20 || *text == 0x7F ? ' ' : *text;
	}
	return at;
}

/* A character that was cut in two goes. */
static size_t whole_characters(const char *out, size_t at)
{
	size_t back = at;

	while (back && ((unsigned char)out[back - 1] & 0xC0) == 0x80)
		back--;
	if (back && (unsigned char)out[back - 1] >= 0xC0) {
		unsigned char first = (unsigned char)out[back - 1];
		size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;

		return at - (back - 1) < length ? back - 1 : at;
	}
	return at;
}

size_t event_format(const struct event *e, char out[static EVENT_LINE_MOST])
{
	char time[FILETIME_TEXT_SIZE];
	int n;
	size_t at;

	filetime_format(e->time, time);
	n = snprintf(out, EVENT_LINE_MOST, "%s\t%s\t%u\t", time, type_names[e->type], e->id);
	at = add_escaped(out, (size_t)n, 512, e->source);
	out[at++] = '\t';
	at = add_escaped(out, at, EVENT_LINE_MOST - 1, e->message);
	if (at + 3 >= EVENT_LINE_MOST)
		at = whole_characters(out, at);
	out[at++] = '\n';
	return at;
}

static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text == '\\' && text[1]) {
			text++;
			*to++ = *text == 't' ? '\t' : *text == 'n' ? '\n' : *text;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

static bool parse_type(const char *text, enum event_type *out)
{
	for (unsigned i = 0; i < sizeof type_names / sizeof *type_names; i++)
		if (strcmp(type_names[i], text) == 0) {
			*out = (enum event_type)i;
			return true;
		}
	return false;
}

bool event_parse(char *line, struct event *out)
{
	char *fields[5], *end;
	struct event e;
	unsigned long id;

	for (size_t i = 0; i < 5; i++) {
		fields[i] = line;
		line = strchr(line, '\t');
		if ((i < 4) != (line != NULL))
			return false;
		if (line)
			*line++ = '\0';
	}
	errno = 0;
	id = strtoul(fields[2], &end, 10);
	if (errno || end == fields[2] || *end || id > UINT32_MAX || !filetime_parse(fields[0], &e.time) || !parse_type(fields[1], &e.type))
		return false;
	unescape(fields[3]);
	unescape(fields[4]);
	e.id = (unsigned)id;
	e.source = fields[3];
	e.message = fields[4];
	*out = e;
	return true;
}

/* The file --------------------------------------------------------------------------------------------------------------- */

const char *event_log_folder(const char *site_location, struct arena *arena)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (!site_is_postgres(site_location))
		return site_location;
	if (state && *state == '/')
		return arena_printf(arena, "%s/postern", state);
	if (geteuid() == 0)
		return "/var/log/postern";
	return home && *home == '/' ? arena_printf(arena, "%s/.local/state/postern", home) : NULL;
}

static status failed(const char *path, struct reason *why)
{
	return reason_set(why, errno == EACCES || errno == EPERM || errno == ELOOP ? ecAccessDenied : ecDiskError, "the log of events %s: %s", path,
			  strerror(errno));
}

/* Whoever holds the lock sees that it is still the one of that name. */
static bool is_same(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static status append(int fd, const char *path, const char *line, size_t n, struct reason *why)
{
	char old[1200];
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return reason_set(why, ecAccessDenied, "the log of events %s is no file", path);
	if (write(fd, line, n) != (ssize_t)n)
		return failed(path, why);
	if ((size_t)st.st_size + n < EVENT_LOG_MOST)
		return ecNone;
	(void)snprintf(old, sizeof old, "%s.1", path);
	return rename(path, old) == 0 ? ecNone : failed(path, why);
}

status event_log_write(const char *folder, const struct event *e, struct reason *why)
{
	char path[1100], line[EVENT_LINE_MOST];
	size_t n = event_format(e, line);
	status rc = ecBusy;

	if (snprintf(path, sizeof path, "%s/events.log", folder) >= (int)sizeof path)
		return reason_set(why, ecTooBig, "the name of the folder of the log of events is too long");
	(void)mkdir(folder, 0700);
	for (unsigned tries = 0; tries < 8 && rc == ecBusy; tries++) {
		int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

		if (fd < 0)
			return failed(path, why);
		/* Another process may have put it away between the two. */
		if (flock(fd, LOCK_EX) == 0 && is_same(fd, path))
			rc = append(fd, path, line, n, why);
		(void)close(fd);
	}
	return rc == ecBusy ? reason_set(why, rc, "the log of events %s changes all the time", path) : rc;
}

/* Adds the events of one file. */
static status read_file(const char *path, struct arena *arena, struct event **events, size_t *n, size_t *cap, struct reason *why)
{
	CLEANUP_INPUT struct input *in = NULL;
	status rc = input_open_file(path, &in, why);
	char *text, *end;
	size_t got;

	if (rc)
		return rc == ecNotFound ? ecNone : rc;
	if (in->size > EVENT_LOG_MOST + EVENT_LINE_MOST)
		return reason_set(why, ecTooBig, "%s is longer than it ever becomes; move it away", path);
	text = arena_alloc(arena, (size_t)in->size + 1);
	if (!text)
		return reason_set(why, ecMemory, "%s needs too much memory", path);
	rc = input_read_some(in, 0, text, (size_t)in->size, &got);
	if (rc)
		return reason_set(why, rc, "%s cannot be read", path);
	text[got] = '\0';
	for (; *text; text = end) {
		struct event e;

		end = strchrnul(text, '\n');
		if (*end)
			*end++ = '\0';
		if (!event_parse(text, &e))
			continue;
		if (*n == *cap) {
			struct event *more = arena_array(arena, *cap ? *cap * 2 : 256, sizeof *more);

			if (!more)
				return reason_set(why, ecMemory, "%s needs too much memory", path);
			if (*n)
				memcpy(more, *events, *n * sizeof *more);
			*events = more;
			*cap = *cap ? *cap * 2 : 256;
		}
		(*events)[(*n)++] = e;
	}
	return ecNone;
}

status event_log_read(const char *folder, struct arena *arena, struct event **out, size_t *n, struct reason *why)
{
	static const char *const names[] = { "events.log.1", "events.log" };
	struct event *events = NULL;
	size_t count = 0, cap = 0;
	status rc = ecNone;

	for (size_t i = 0; i < 2 && !rc; i++) {
		const char *path = arena_printf(arena, "%s/%s", folder, names[i]);

		rc = path ? read_file(path, arena, &events, &count, &cap, why) : reason_set(why, ecMemory, "out of memory");
	}
	if (rc)
		return rc;
	*out = events;
	*n = count;
	return ecNone;
}
