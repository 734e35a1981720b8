#include "server/events.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#define ARGUMENTS 4
/* Of one event with one first argument. */
#define QUIET_SECONDS 60u
/* How many of those are remembered; all are forgotten when there are more. */
#define REMEMBERED_MOST 4096u

const struct server_event_info server_event_infos[SERVER_EVENTS] = {
#define EVENT_ROW(name, type_, id_, source_, message_, remedy_) \
	[SERVER_EVENT_##name] = { id_, EVENT_##type_, source_, message_, remedy_ },
	EVENT_LIST(EVENT_ROW)
#undef EVENT_ROW
};

struct server_events {
	pthread_mutex_t lock;
	struct arena arena;
	const char *folder; /* NULL: there is no log */
	const struct clock *clock;
	struct map last; /* event and first argument -> the second when it was written, and 16 bits of how many were left out */
};

status server_events_new(const char *location, const struct clock *clock, struct server_events **out)
{
	struct server_events *e = calloc(1, sizeof *e);

	if (!e)
		return ecMemory;
	pthread_mutex_init(&e->lock, NULL);
	arena_init(&e->arena, (size_t)64 << 10);
	map_init(&e->last, REMEMBERED_MOST);
	e->clock = clock;
	e->folder = event_log_folder(location, &e->arena);
	/* Certificates and counters are to stand there too; what is wrong with it they say. */
	if (e->folder)
		(void)mkdir(e->folder, 0700);
	*out = e;
	return ecNone;
}

void server_events_free(struct server_events *e)
{
	if (!e)
		return;
	map_free(&e->last);
	arena_free(&e->arena);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

/* Is it to be written now? Then *left_out is how many were not since the last one. */
static bool due(struct server_events *e, enum server_event which, const char *first, uint64_t now, unsigned *left_out)
{
	CLEANUP_BUF struct buf key = BUF_MAX(1024);
	uint64_t second = now / FILETIME_PER_SECOND;

	buf_add_u8(&key, (uint8_t)which);
	buf_add(&key, first, strnlen(first, 512));
	uint64_t *at = map_get(&e->last, buf_bytes(&key));
	*left_out = 0;
	if (at && second >= *at >> 16 && second - (*at >> 16) < QUIET_SECONDS) {
		*at += (*at & 0xffff) < 0xffff;
		return false;
	}
	if (at) {
		*left_out = *at & 0xffff;
		*at = second << 16;
		return true;
	}
	if (map_put(&e->last, buf_bytes(&key), second << 16)) {
		map_free(&e->last);
		map_init(&e->last, REMEMBERED_MOST);
	}
	return true;
}

/* The message with its arguments in place; what a peer said is made printable by the log. */
static void put_together(const struct server_event_info *info, const char *const arguments[ARGUMENTS], unsigned left_out, struct buf *out)
{
	unsigned next = 0;

	for (const char *c = info->message; *c; c++) {
		if (c[0] == '%' && c[1] == 's' && next < ARGUMENTS) {
			const char *text = arguments[next++];

			buf_add(out, text, strnlen(text, 512));
			c++;
		} else {
			buf_add_u8(out, (uint8_t)*c);
		}
	}
	if (*info->remedy)
		buf_printf(out, " %s", info->remedy);
	if (left_out)
		buf_printf(out, " (%u more like this were not written.)", left_out);
}

void server_event4(struct server_events *e, enum server_event which, const char *a, const char *b, const char *c, const char *d)
{
	const char *const arguments[ARGUMENTS] = { a ? a : "", b ? b : "", c ? c : "", d ? d : "" };
	const struct server_event_info *info = &server_event_infos[which];
	CLEANUP_BUF struct buf text = BUF_MAX(EVENT_LINE_MOST);
	unsigned left_out;

	if (!e || !e->folder)
		return;
	uint64_t now = e->clock->now(e->clock);
	pthread_mutex_lock(&e->lock);
	if (due(e, which, arguments[0], now, &left_out)) {
		put_together(info, arguments, left_out, &text);
		struct event event = { now, info->type, info->id, info->source, buf_cstr(&text) };
		/* A log that cannot be written to does not stop the server; the next event tries again. */
		status ignored = event_log_write(e->folder, &event, NULL);
		(void)ignored;
	}
	pthread_mutex_unlock(&e->lock);
}

void server_event(struct server_events *e, enum server_event which, const char *a, const char *b, const char *c)
{
	server_event4(e, which, a, b, c, NULL);
}
