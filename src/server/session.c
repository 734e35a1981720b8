/* Sessions: made, refreshed, ended. */
#include "server/session.h"

#include "server/notify.h"
#include "server/notify_hub.h"
#include "server/server.h"

#include <stdlib.h>

#define SESSION_ARENA_MOST ((size_t)4 << 20)

static status read_user(struct session *s, uint64_t user, struct reason *why)
{
	struct arena arena = { .budget = SESSION_ARENA_MOST, .first = SESSION_PERSON_BYTES };
	struct directory *d = NULL;
	struct person p;
	status st = host_directory_reading(s->host, &d, why);

	if (st)
		return st;
	st = person_by_id(d, user, &arena, &p, why);
	host_directory_return(s->host, d);
	if (st) {
		arena_free(&arena);
		return st;
	}
	arena_free(&s->user_arena);
	s->user_arena = arena;
	s->user = p;
	return ecNone;
}

status session_open(struct server *server, uint64_t user, const struct client_info *client, struct session **out, struct reason *why)
{
	struct session *s = calloc(1, sizeof *s);

	if (!s)
		return reason_set(why, ecMemory, "out of memory");
	s->server = server;
	s->host = server->host;
	arena_init(&s->arena, SESSION_ARENA_MOST);
	arena_init(&s->user_arena, SESSION_ARENA_MOST);
	object_table_init(&s->objects);
	if (client)
		s->client = *client;
	status st = read_user(s, user, why);
	if (st) {
		session_close(s);
		return st;
	}
	*out = s;
	return ecNone;
}

status session_refresh(struct session *s, struct reason *why)
{
	return read_user(s, s->user.id, why);
}

struct logon *session_logon(const struct session *s, uint8_t id)
{
	return id < s->n_logons ? s->logons[id] : NULL;
}

status session_set_logon(struct session *s, uint8_t id, struct logon *logon)
{
	if (id >= s->n_logons && logon) {
		struct logon **more = reallocarray(s->logons, (size_t)id + 1, sizeof *more);

		if (!more)
			return ecMemory;
		memset(more + s->n_logons, 0, (id + 1u - s->n_logons) * sizeof *more);
		s->logons = more;
		s->n_logons = id + 1u;
	}
	if (id < s->n_logons)
		s->logons[id] = logon;
	return ecNone;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	object_table_free(&s->objects);
	notify_queue_free(s->notify);
	notify_feed_free(s->feed);
	arena_free(&s->user_arena);
	arena_free(&s->arena);
	free(s->logons);
	free(s);
}
