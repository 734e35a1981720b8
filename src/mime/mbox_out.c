#include "mime/destinations.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/filetime.h"
#include "base/output.h"

/* ">>>>From " is quoted; more quotes than that are copied without being held. */
#define HELD_MAX 64

struct mbox {
	struct mime_destination d;
	struct output *output;
	/* A line's beginning as long as it may still become ">*From ". */
	char held[HELD_MAX];
	size_t n;
	bool at_start, after_cr;
};

static struct mbox *mbox_of(struct mime_destination *d)
{
	return (struct mbox *)d;
}

static status append(struct mbox *b, const void *p, size_t n)
{
	return output_append(b->output, p, n);
}

/* Is the held text the beginning of ">*From "? *whole: all of it. */
static bool may_be_from(const char *s, size_t n, bool *whole)
{
	static const char from[] = "From ";
	size_t quotes = 0;

	while (quotes < n && s[quotes] == '>')
		quotes++;
	*whole = n - quotes == sizeof from - 1;
	return n - quotes <= sizeof from - 1 && memcmp(s + quotes, from, n - quotes) == 0;
}

static status release(struct mbox *b, bool quote)
{
	status st = quote ? append(b, ">", 1) : ecNone;

	if (!st)
		st = append(b, b->held, b->n);
	b->n = 0;
	b->at_start = false;
	return st;
}

static status put_char(struct mbox *b, char c)
{
	bool whole;
	status st = ecNone;

	if (c == '\n') {
		st = release(b, false);
		b->at_start = true;
		return st ? st : append(b, "\n", 1);
	}
	if (!b->at_start)
		return append(b, &c, 1);
	b->held[b->n++] = c;
	if (!may_be_from(b->held, b->n, &whole) || b->n == sizeof b->held)
		return release(b, false);
	return whole ? release(b, true) : ecNone;
}

static status put_piece(struct mbox *b, struct bytes piece)
{
	for (size_t i = 0; i < piece.n; i++) {
		char c = (char)piece.p[i];
		status st = ecNone;

		if (b->after_cr && c != '\n')
			st = put_char(b, '\r');
		b->after_cr = c == '\r';
		if (!st && c != '\r')
			st = put_char(b, c);
		if (st)
			return st;
	}
	return ecNone;
}

/* The middle of lines goes out in one piece. */
static size_t plain_length(const struct mbox *b, struct bytes piece)
{
	size_t n = 0;

	if (b->at_start || b->after_cr)
		return 0;
	while (n < piece.n && piece.p[n] != '\r' && piece.p[n] != '\n')
		n++;
	return n;
}

static status mbox_write(struct mime_destination *d, struct bytes piece, struct reason *why)
{
	struct mbox *b = mbox_of(d);
	status st = ecNone;

	while (piece.n && !st) {
		size_t n = plain_length(b, piece);

		if (n) {
			st = append(b, piece.p, n);
		} else {
			n = 1;
			st = put_piece(b, bytes_of(piece.p, 1));
		}
		piece = bytes_of(piece.p + n, piece.n - n);
	}
	return st ? reason_set(why, st, "cannot write %s", output_path(b->output)) : ecNone;
}

/* "From sender Tue Nov 24 10:00:00 2026": asctime, in UTC. */
static status mbox_entry_begin(struct mime_destination *d, const struct mime_entry *e, struct reason *why)
{
	struct mbox *b = mbox_of(d);
	time_t t = (time_t)filetime_to_unix(e->date ? e->date : FILETIME_UNIX_EPOCH);
	struct tm tm = { .tm_mday = 1, .tm_year = 70, .tm_wday = 4 };
	char date[64], line[512], sender[320];
	size_t n = 0;
	int length;
	status st;

	for (const char *s = e->sender; *s && n < sizeof sender - 1; s++)
		if ((unsigned char)*s > 32 && *s != 127)
			sender[n++] = *s;
	sender[n] = '\0';
	if (!gmtime_r(&t, &tm) || tm.tm_year < 0 || tm.tm_year > 8099)
		tm = (struct tm){ .tm_mday = 1, .tm_year = 70, .tm_wday = 4 };
	if (!strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &tm))
		date[0] = '\0';
	length = snprintf(line, sizeof line, "From %s %s\n", n ? sender : "MAILER-DAEMON", date);
	st = append(b, line, (size_t)length);
	b->at_start = true;
	b->n = 0;
	b->after_cr = false;
	return st ? reason_set(why, st, "cannot write %s", output_path(b->output)) : ecNone;
}

static status mbox_entry_end(struct mime_destination *d, bool whole, struct reason *why)
{
	struct mbox *b = mbox_of(d);
	status st = b->after_cr ? put_char(b, '\r') : ecNone;
	bool open = !b->at_start || b->n;

	(void)whole;
	b->after_cr = false;
	if (!st)
		st = release(b, false);
	if (!st)
		st = append(b, "\n\n", open ? 2 : 1);
	return st ? reason_set(why, st, "cannot write %s", output_path(b->output)) : ecNone;
}

static status mbox_finish(struct mime_destination *d, struct reason *why)
{
	return output_commit(mbox_of(d)->output, why);
}

static void mbox_free(struct mime_destination *d)
{
	struct mbox *b = mbox_of(d);

	output_close(b->output);
	free(b);
}

status mbox_destination(const char *path, bool replace, struct mime_destination **out, struct reason *why)
{
	static const struct mime_destination operations = {
		.mail_only = true,
		.no_folders = true,
		.entry_begin = mbox_entry_begin,
		.write = mbox_write,
		.entry_end = mbox_entry_end,
		.finish = mbox_finish,
		.free = mbox_free,
	};
	struct mbox *b = calloc(1, sizeof *b);
	status st;

	if (!b)
		return reason_set(why, ecMemory, "not enough memory");
	b->d = operations;
	st = output_create(path, replace, &b->output, why);
	if (st) {
		free(b);
		return st;
	}
	*out = &b->d;
	return ecNone;
}
