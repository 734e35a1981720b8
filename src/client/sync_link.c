/*
 * How fast the link is.  Only what comes within a stream of messages is measured, where requests follow each other and answers are full: of short answers one learns how far the
 * server is, not how fast the link.
 *
 * Slow is a link on which a letter with an ordinary attachment (1 MB) takes more than some seconds to come, so that hundreds of new letters are better seen than waited for;
 * fast again is one on which the headers alone would not come noticeably sooner.  Between the two it stays what it was, or a link in the middle would go to and fro.
 */
#include "client/sync_lanes.h"
#include "client/sync_private.h"

#define SLOW_BELOW   ((uint64_t)256 << 10) /* bytes in a second */
#define FAST_ABOVE   ((uint64_t)1 << 20)
#define WINDOW_US    10000000u /* so much is remembered */
#define LEAST_US     3000000u  /* before that nothing is said */
#define SAMPLE_LEAST ((uint64_t)64 << 10)

static const struct session_traffic *traffic(struct sync *s)
{
	return s->traffic ? s->traffic : session_traffic(remote_session(s->remote));
}

void sync_link_begin(struct sync *s)
{
	s->link_received = traffic(s)->received;
	s->link_busy = traffic(s)->busy_us;
}

void sync_link_look(struct sync *s)
{
	const struct session_traffic *t = traffic(s);
	struct sync_link *l = s->link;
	uint64_t bytes = t->received - s->link_received, us = t->busy_us - s->link_busy;

	if (bytes < SAMPLE_LEAST)
		return;
	sync_link_begin(s);
	l->bytes += bytes;
	l->us += us;
	if (l->us > WINDOW_US) {
		l->bytes = (uint64_t)((double)l->bytes * WINDOW_US / (double)l->us);
		l->us = WINDOW_US;
	}
	if (l->us < LEAST_US)
		return;
	if (l->bytes < SLOW_BELOW * l->us / 1000000u)
		l->slow = true;
	else if (l->bytes > FAST_ABOVE * l->us / 1000000u)
		l->slow = false;
}

/* Of public folders each session may be with another server. */
unsigned sync_sessions_wanted(const struct sync *s)
{
	uint64_t most = s->options->at_once_max;

	if (remote_store(s->remote) == REMOTE_PUBLIC || most == 1)
		return 0;
	if (!most)
		most = session_traffic(remote_session(s->remote))->least_us >= SESSION_FAR_US ? SYNC_LANES_MOST : 0;
	return (unsigned)(most < SYNC_LANES_MOST ? most : SYNC_LANES_MOST);
}
