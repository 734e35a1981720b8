/* The SRV record of Autodiscover, "_autodiscover._tcp.contoso.example" ([MS-OXDISCO] 3.1.5.3). */
#include <ctype.h>
#include <netinet/in.h>
#include <arpa/nameser.h>
#include <pthread.h>
#include <resolv.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "client/discover.h"

#define ANSWER_MOST   8192u
#define LABELS_MOST   128u
#define TRY_SECONDS   3
#define TYPE_SRV      33u
#define CLASS_IN      1u

/* An answer ---------------------------------------------------------------------------------------------------------- */

static uint16_t be16(struct reader *r)
{
	return __builtin_bswap16(reader_u16(r));
}

/*
 * A name where the reader stands, which goes behind it.  A pointer leads to what stands before it, so each of them goes further back: no circle.  False: it is no
 * name; a letter that no host has is one of those.
 */
static bool take_name(struct bytes all, struct reader *r, char *out, size_t room)
{
	struct reader at = *r;
	size_t n = 0, limit = all.n;
	bool jumped = false;

	for (unsigned i = 0; i < LABELS_MOST; i++) {
		size_t here = (size_t)(at.p - all.p);
		uint8_t length = reader_u8(&at);

		if (at.failed)
			return reader_fail(r);
		if (length >= 0xC0) {
			size_t to = (size_t)(length & 0x3F) << 8 | reader_u8(&at);

			if (!jumped)
				*r = at;
			jumped = true;
			if (at.failed || to >= here || to >= limit)
				return reader_fail(r);
			limit = to;
			at = reader_of(all);
			(void)reader_bytes(&at, to);
			continue;
		}
		if (!length) {
			if (!jumped)
				*r = at;
			out[n ? n - 1 : 0] = '\0';
			return true;
		}
		struct bytes label = reader_bytes(&at, length);
		if (at.failed || length > 63 || n + length + 1 >= room)
			return reader_fail(r);
		for (size_t k = 0; k < label.n; k++) {
			if (!isalnum(label.p[k]) && label.p[k] != '-' && label.p[k] != '_')
				return reader_fail(r);
			out[n++] = (char)label.p[k];
		}
		out[n++] = '.';
	}
	return reader_fail(r);
}

struct record {
	uint16_t priority, weight;
	struct discover_srv srv;
};

/* *srv: it is one that names a host. */
static bool take_record(struct bytes all, struct reader *r, struct record *out, bool *srv)
{
	char name[256];

	if (!take_name(all, r, name, sizeof name))
		return false;
	uint16_t type = be16(r), class = be16(r);
	(void)reader_u32(r); /* how long it may be kept */
	uint16_t length = be16(r);
	struct reader data = *r;
	(void)reader_bytes(r, length);
	*srv = false;
	if (r->failed || type != TYPE_SRV || class != CLASS_IN)
		return !r->failed;
	data.end = r->p;
	out->priority = be16(&data);
	out->weight = be16(&data);
	out->srv.port = be16(&data);
	/* "." says that there is no such service (RFC 2782). */
	if (!take_name(all, &data, out->srv.host, sizeof out->srv.host))
		return reader_fail(r);
	*srv = *out->srv.host && out->srv.port;
	return true;
}

status discover_srv_read(struct bytes answer, struct discover_srv *out, struct reason *why)
{
	struct reader r = reader_of(answer);
	struct record best = { 0 }, now;
	bool found = false, srv;
	char name[256];

	(void)reader_u32(&r); /* id, flags */
	uint16_t questions = be16(&r), answers = be16(&r);
	(void)reader_u32(&r); /* of the sections behind it */
	for (unsigned i = 0; i < questions && !r.failed; i++)
		if (take_name(answer, &r, name, sizeof name))
			(void)reader_u32(&r);
	for (unsigned i = 0; i < answers && !r.failed; i++)
		if (take_record(answer, &r, &now, &srv) && srv &&
		    (!found || now.priority < best.priority || (now.priority == best.priority && now.weight > best.weight))) {
			best = now;
			found = true;
		}
	if (r.failed)
		return reason_set(why, ecCorruptData, "DNS answers with what is no answer");
	if (!found)
		return reason_set(why, ecNotFound, "the domain has no SRV record of Autodiscover");
	*out = best.srv;
	return ecNone;
}

/* Asking ------------------------------------------------------------------------------------------------------------- */

struct discover_question {
	atomic_uint users; /* the thread, and who waits for it */
	atomic_bool done;
	bool found;
	struct discover_srv srv;
	char name[300];
};

void discover_srv_drop(struct discover_question *q)
{
	if (q && atomic_fetch_sub(&q->users, 1) == 1)
		free(q);
}

static void *ask(void *context)
{
	struct discover_question *q = context;
	struct __res_state state;
	uint8_t answer[ANSWER_MOST];
	int n = -1;

	memset(&state, 0, sizeof state);
	if (res_ninit(&state) == 0) {
		state.retrans = TRY_SECONDS;
		state.retry = 1;
		n = res_nquery(&state, q->name, CLASS_IN, TYPE_SRV, answer, (int)sizeof answer);
		res_nclose(&state);
	}
	if (n > 0)
		q->found = !discover_srv_read(bytes_of(answer, (size_t)n < sizeof answer ? (size_t)n : sizeof answer), &q->srv, NULL);
	atomic_store(&q->done, true);
	discover_srv_drop(q);
	return NULL;
}

status discover_srv_ask(const char *domain, struct discover_question **out)
{
	struct discover_question *q = calloc(1, sizeof *q);
	pthread_t thread;

	if (!q)
		return ecMemory;
	(void)snprintf(q->name, sizeof q->name, "_autodiscover._tcp.%.250s", domain);
	atomic_store(&q->users, 2);
	if (pthread_create(&thread, NULL, ask, q)) {
		free(q);
		return ecError;
	}
	(void)pthread_detach(thread);
	*out = q;
	return ecNone;
}

bool discover_srv_answer(struct discover_question *q, bool *found, struct discover_srv *out)
{
	if (!atomic_load(&q->done))
		return false;
	*found = q->found;
	*out = q->srv;
	return true;
}
