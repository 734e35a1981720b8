#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/text.h"

#define REDRAW_EVERY 100000000u /* nanoseconds: ten times a second */
#define SECOND 1000000000u

static volatile bool line_is_there;

static uint64_t now(void)
{
	return clock_system.monotonic(&clock_system);
}

void progress_start(struct progress *p, bool wanted, const struct input *input)
{
	const char *term = getenv("TERM");

	*p = (struct progress){ .input = input, .started = now() };
	p->shown = wanted && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
	p->drawn = p->started; /* what ends at once shows nothing */
}

void progress_stage(struct progress *p, const char *stage)
{
	p->stage = stage;
}

static void add_rate(struct buf *line, uint64_t elapsed, uint64_t done, uint64_t total)
{
	char text[TEXT_NUMBER_SIZE];
	double rate = (double)done * SECOND / (double)(elapsed + 1);

	buf_printf(line, "  %s/s", text_bytes((uint64_t)rate, text));
	if (total > done && rate >= 1 && elapsed > SECOND)
		buf_printf(line, "  %s left",
			   text_duration((uint64_t)((double)(total - done) / rate) + 1, text));
}

void progress_draw(struct progress *p, uint64_t items, uint64_t done, uint64_t total)
{
	uint64_t t;
	CLEANUP_BUF struct buf line = BUF_MAX(400);
	char text[TEXT_NUMBER_SIZE];

	if (!p->shown || (t = now()) - p->drawn < REDRAW_EVERY)
		return;
	p->drawn = t;
	buf_add_str(&line, "\r\033[K");
	if (p->stage)
		buf_printf(&line, "%s  ", p->stage);
	if (items)
		buf_printf(&line, "%s items  ", text_count(items, text));
	if (done > total && total)
		done = total; /* some bytes are read twice */
	buf_printf(&line, "%s", text_bytes(done, text));
	if (total)
		buf_printf(&line, " of %s", text_bytes(total, text));
	add_rate(&line, t - p->started, done, total);
	line_is_there = true;
	fputs(buf_cstr(&line), stderr);
	fflush(stderr);
}

void progress_ledger(void *context, const struct ledger_totals *so_far)
{
	struct progress *p = context;
	const struct ledger_row *sum = &so_far->sum;
	uint64_t items = sum->messages.emitted + sum->associated.emitted;

	if (p->input)
		progress_draw(p, items, p->input->bytes_read, p->input->size);
	else
		progress_draw(p, items, so_far->bytes, 0);
}

void progress_end(struct progress *p)
{
	p->shown = false;
	progress_abandon();
}

void progress_abandon(void)
{
	static const char erase[] = "\r\033[K";

	if (line_is_there && write(STDERR_FILENO, erase, sizeof erase - 1) < 0)
		return;
	line_is_there = false;
}
