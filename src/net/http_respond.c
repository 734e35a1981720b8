/*
 * The answer, from whatever thread: what is said is staged under the request's lock, and its loop is told once.
 */
#include <stdio.h>
#include <stdlib.h>

#include "net/http_conn.h"

/* With the lock. On its own loop, while the connection is being worked on, it is taken without a word. */
static void tell(struct http_request *r)
{
	if (r->posted)
		return;
	r->noted = loop_is_here(r->conn->place->loop) && r->conn->pumping;
	if (r->noted)
		return;
	r->posted = true;
	loop_post(r->conn->place->loop, &r->task);
}

static void stage(struct http_request *r, struct http_segment *s)
{
	if (!s) {
		r->aborted = true; /* without memory: better no answer than half of one */
		return;
	}
	http_queue_add(&r->staged, s);
	(void)__atomic_add_fetch(&r->staged_bytes, s->n, __ATOMIC_RELAXED);
}

static struct http_segment *copy_of(struct bytes head, struct bytes body, const char *tail)
{
	size_t end = strlen(tail);
	struct http_segment *s = http_segment_new(head.n + body.n + end);

	if (!s)
		return NULL;
	if (head.n)
		memcpy(s->p, head.p, head.n);
	if (body.n)
		memcpy(s->p + head.n, body.p, body.n);
	memcpy(s->p + head.n + body.n, tail, end);
	return s;
}

void http_status(struct http_request *r, unsigned code)
{
	r->code = code;
}

void http_set(struct http_request *r, const char *name, const char *format, ...)
{
	size_t before = r->headers.n;
	va_list args;
	char small[512], *big = NULL, *value = small;
	int n;

	va_start(args, format);
	n = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (n >= (int)sizeof small) {
		va_start(args, format);
		n = vasprintf(&big, format, args);
		va_end(args);
		value = big;
	}
	if (n < 0) {
		r->headers.failed = true;
		return;
	}
	for (char *c = value; *c; c++)
		if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7F)
			*c = ' ';
	buf_printf(&r->headers, "%s: %s\r\n", name, value);
	if (r->headers.failed)
		r->headers.n = before;
	free(big);
}

void http_close_after(struct http_request *r)
{
	r->close = true;
}

/* The head of an answer whose headers could not be kept is that of a failure, without a body. */
static bool head_of(struct http_request *r, uint64_t length, struct buf *head)
{
	bool ok = !r->headers.failed;

	if (!ok) {
		buf_free(&r->headers);
		r->code = 500;
		r->close = true;
		length = 0;
	}
	ATOMIC_SET(r->begun, true);
	http_head_write(r, length, head);
	return ok;
}

/* The last thing done to a request: it may be gone when the lock is. */
static void end_with(struct http_request *r, struct http_segment *first, struct http_segment *second)
{
	(void)pthread_mutex_lock(&r->lock);
	if (first)
		stage(r, first);
	if (second)
		stage(r, second);
	r->ended = true;
	tell(r);
	(void)pthread_mutex_unlock(&r->lock);
}

void http_respond(struct http_request *r, struct bytes body)
{
	struct buf head = BUF_MAX(HTTP_HEADERS_ROOM * 2);
	struct http_segment *s;

	if (!head_of(r, body.n, &head) || r->bodiless)
		body.n = 0;
	r->sent += body.n;
	s = head.failed ? NULL : copy_of(buf_bytes(&head), body, "");
	buf_free(&head);
	if (s)
		end_with(r, s, NULL);
	else
		http_stream_abort(r);
}

void http_respond_buf(struct http_request *r, struct buf *body)
{
	struct buf head = BUF_MAX(HTTP_HEADERS_ROOM * 2);
	struct http_segment *first, *second;

	if (body->n <= HTTP_COPY_MOST) {
		struct buf own = *body;

		*body = (struct buf){ .max = own.max };
		http_respond(r, buf_bytes(&own));
		buf_free(&own);
		return;
	}
	if (!head_of(r, body->n, &head) || r->bodiless)
		buf_free(body);
	r->sent += body->n;
	first = head.failed ? NULL : copy_of(buf_bytes(&head), bytes_of(NULL, 0), "");
	second = body->n ? http_segment_take(body) : NULL;
	buf_free(&head);
	buf_free(body);
	if (first)
		end_with(r, first, second);
	else
		http_stream_abort(r);
}

void http_respond_text(struct http_request *r, unsigned code, const char *text)
{
	http_status(r, code);
	http_set(r, "Content-Type", "text/plain; charset=utf-8");
	http_respond(r, bytes_of(text, strlen(text)));
}

/* Over time ------------------------------------------------------------------------------------------- */

static void send_staged(struct http_request *r, struct http_segment *s, struct http_segment *more)
{
	(void)pthread_mutex_lock(&r->lock);
	stage(r, s);
	if (s && more)
		stage(r, more);
	tell(r);
	(void)pthread_mutex_unlock(&r->lock);
}

void http_stream_begin(struct http_request *r, uint64_t length)
{
	struct buf head = BUF_MAX(HTTP_HEADERS_ROOM * 2);

	if (!head_of(r, length, &head))
		r->bodiless = true;
	send_staged(r, head.failed ? NULL : copy_of(buf_bytes(&head), bytes_of(NULL, 0), ""), NULL);
	buf_free(&head);
}

/* Of a piece, what may still be sent: never more than was promised. */
static size_t allowed(struct http_request *r, size_t n)
{
	if (r->bodiless || http_is_gone(r))
		return 0;
	if (r->stream_left != HTTP_CHUNKED) {
		n = n < r->stream_left ? n : (size_t)r->stream_left;
		r->stream_left -= n;
	}
	r->sent += n;
	return n;
}

void http_stream_write(struct http_request *r, struct bytes piece)
{
	char size[24];
	int n = 0;

	piece.n = allowed(r, piece.n);
	if (!piece.n)
		return;
	if (r->chunked)
		n = snprintf(size, sizeof size, "%zx\r\n", piece.n);
	send_staged(r, copy_of(bytes_of(size, (size_t)n), piece, r->chunked ? "\r\n" : ""), NULL);
}

void http_stream_buf(struct http_request *r, struct buf *piece)
{
	char size[24];
	struct http_segment *body;
	int n;

	if (piece->n <= HTTP_COPY_MOST || !r->chunked) {
		size_t take = piece->n <= HTTP_COPY_MOST ? 0 : allowed(r, piece->n);

		if (piece->n <= HTTP_COPY_MOST) {
			http_stream_write(r, buf_bytes(piece));
		} else if (take) {
			buf_truncate(piece, take);
			send_staged(r, http_segment_take(piece), NULL);
		}
		buf_free(piece);
		return;
	}
	if (allowed(r, piece->n)) {
		n = snprintf(size, sizeof size, "%zx\r\n", piece->n);
		piece->max += 2;
		buf_add_str(piece, "\r\n");
		body = piece->failed ? NULL : http_segment_take(piece);
		send_staged(r, body ? copy_of(bytes_of(size, (size_t)n), bytes_of(NULL, 0), "") : NULL, body);
	}
	buf_free(piece);
}

void http_stream_end(struct http_request *r)
{
	struct http_segment *s = NULL;

	if (r->chunked && !r->bodiless) {
		s = copy_of(bytes_of(NULL, 0), bytes_of(NULL, 0), "0\r\n\r\n");
		if (!s) {
			http_stream_abort(r);
			return;
		}
	}
	if (!r->bodiless && r->stream_left != HTTP_CHUNKED && r->stream_left) {
		http_stream_abort(r); /* less than was promised */
		return;
	}
	end_with(r, s, NULL);
}

void http_stream_abort(struct http_request *r)
{
	(void)pthread_mutex_lock(&r->lock);
	r->aborted = r->ended = true;
	tell(r);
	(void)pthread_mutex_unlock(&r->lock);
}

size_t http_stream_queued(const struct http_request *r)
{
	return __atomic_load_n(&r->staged_bytes, __ATOMIC_RELAXED) +
	       __atomic_load_n(&r->conn->out_bytes, __ATOMIC_RELAXED);
}

void http_on_gone(struct http_request *r, void (*gone)(struct http_request *r))
{
	(void)pthread_mutex_lock(&r->lock);
	r->on_gone = gone;
	if (r->gone)
		tell(r);
	(void)pthread_mutex_unlock(&r->lock);
}

void http_on_drained(struct http_request *r, size_t low, void (*drained)(struct http_request *r))
{
	(void)pthread_mutex_lock(&r->lock);
	r->on_drained = drained;
	r->low = low;
	tell(r);
	(void)pthread_mutex_unlock(&r->lock);
}

bool http_is_gone(const struct http_request *r)
{
	return ATOMIC_GET(r->gone);
}

void http_body_resume(struct http_request *r)
{
	(void)pthread_mutex_lock(&r->lock);
	r->resumed = true;
	tell(r);
	(void)pthread_mutex_unlock(&r->lock);
}
