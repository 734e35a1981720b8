#include "store/postgres_ear.h"

#include "store/libpq.h"

#include <stdio.h>
#include <stdlib.h>

struct postgres_ear {
	PGconn *conn;
};

static void no_notices(void *context, const PGresult *r)
{
	(void)context;
	(void)r;
}

static status listen_to(struct postgres_ear *e, const char *channel)
{
	char text[80];

	(void)snprintf(text, sizeof text, "LISTEN %s", channel);
	PGresult *r = pq.PQexec(e->conn, text);
	bool good = pq.PQresultStatus(r) == PGRES_COMMAND_OK;

	pq.PQclear(r);
	return good ? ecNone : ecDiskError;
}

status postgres_ear_open(const char *connection, const char *channel, struct postgres_ear **out, struct reason *why)
{
	status s = libpq_open(why);
	struct postgres_ear *e = s ? NULL : calloc(1, sizeof *e);

	if (s)
		return s;
	if (!e)
		return reason_set(why, ecMemory, "out of memory");
	e->conn = pq.PQconnectdb(connection);
	if (pq.PQstatus(e->conn) == CONNECTION_OK) {
		(void)pq.PQsetNoticeReceiver(e->conn, no_notices, NULL);
		s = listen_to(e, channel);
	} else {
		s = ecNotFound;
	}
	if (s) {
		(void)reason_set(why, s, "PostgreSQL: %s", pq.PQerrorMessage(e->conn));
		postgres_ear_close(e);
		return s;
	}
	*out = e;
	return ecNone;
}

void postgres_ear_close(struct postgres_ear *e)
{
	if (!e)
		return;
	pq.PQfinish(e->conn);
	free(e);
}

status postgres_ear_next(struct postgres_ear *e, struct postgres_heard *out, bool *any)
{
	status s = pq.PQconsumeInput(e->conn) && pq.PQstatus(e->conn) == CONNECTION_OK ? ecNone : ecDiskError;
	PGnotify *n = pq.PQnotifies(e->conn);

	*any = n != NULL;
	if (!n)
		return s;
	out->process = n->be_pid;
	(void)snprintf(out->text, sizeof out->text, "%s", n->extra);
	pq.PQfreemem(n);
	return ecNone;
}

int postgres_ear_fd(const struct postgres_ear *e)
{
	return pq.PQsocket(e->conn);
}
