/* Output: pieces that wait, and how they reach the socket with few calls and few copies. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "net/http_conn.h"

#define VECTORS 16

struct http_segment *http_segment_new(size_t n)
{
	struct http_segment *s = malloc(sizeof *s + n);

	if (s)
		*s = (struct http_segment){ .p = (uint8_t *)(s + 1), .n = n };
	return s;
}

struct http_segment *http_segment_take(struct buf *b)
{
	struct http_segment *s = malloc(sizeof *s);

	if (!s)
		return NULL;
	*s = (struct http_segment){ .p = b->p, .own = b->p, .n = b->n };
	b->p = NULL;
	buf_free(b);
	return s;
}

static void segment_free(struct http_segment *s)
{
	free(s->own);
	free(s);
}

void http_queue_add(struct http_queue *q, struct http_segment *s)
{
	s->next = NULL;
	if (q->first)
		q->last->next = s;
	else
		q->first = s;
	q->last = s;
}

void http_queue_free(struct http_queue *q)
{
	while (q->first) {
		struct http_segment *s = q->first;

		q->first = s->next;
		segment_free(s);
	}
	q->last = NULL;
}

/* n bytes are on their way. */
static void sent(struct http_conn *c, size_t n)
{
	(void)__atomic_sub_fetch(&c->out_bytes, n, __ATOMIC_RELAXED);
	c->wrote = true;
	while (c->out.first && n >= c->out.first->n) {
		struct http_segment *s = c->out.first;

		n -= s->n;
		c->out.first = s->next;
		segment_free(s);
	}
	if (!c->out.first) {
		c->out.last = NULL;
		return;
	}
	c->out.first->p += n;
	c->out.first->n -= n;
}

/* A record's worth: in place where one piece has it, else put together from several. */
static struct bytes next_record(struct http_conn *c)
{
	const struct http_segment *s = c->out.first;
	size_t n = 0;

	if (s->n >= TLS_RECORD || !s->next)
		return bytes_of(s->p, s->n < TLS_RECORD ? s->n : TLS_RECORD);
	for (; s && n < TLS_RECORD; s = s->next) {
		size_t take = s->n < TLS_RECORD - n ? s->n : TLS_RECORD - n;

		memcpy(c->place->gather + n, s->p, take);
		n += take;
	}
	return bytes_of(c->place->gather, n);
}

static enum http_sent flush_tls(struct http_conn *c)
{
	enum tls_result end = TLS_OK;

	while (c->out.first && end == TLS_OK) {
		struct bytes record = next_record(c);

		end = tls_write(c->tls, record.p, record.n);
		if (end == TLS_OK)
			sent(c, record.n);
	}
	if (end == TLS_OK)
		end = tls_flush(c->tls);
	return end == TLS_OK ? HTTP_SENT : end == TLS_FAILED || end == TLS_END ? HTTP_BROKEN : HTTP_SENDING;
}

static enum http_sent flush_plain(struct http_conn *c)
{
	while (c->out.first) {
		struct iovec v[VECTORS];
		struct msghdr m = { .msg_iov = v };
		ssize_t n;

		for (struct http_segment *s = c->out.first; s && m.msg_iovlen < VECTORS; s = s->next)
			v[m.msg_iovlen++] = (struct iovec){ s->p, s->n };
		n = sendmsg(c->fd, &m, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? HTTP_SENDING : HTTP_BROKEN;
		sent(c, (size_t)n);
	}
	return HTTP_SENT;
}

enum http_sent http_conn_flush(struct http_conn *c)
{
	return c->tls ? flush_tls(c) : flush_plain(c);
}
