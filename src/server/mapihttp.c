#include "server/mapihttp.h"

#include "base/guid.h"
#include "net/work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#define COOKIE_ROOM 128u
#define APART_LEAST ((size_t)16 << 10) /* of a body that is sent as a chunk of its own */

/* Cookies ------------------------------------------------------------------------------------------------------------------ */

bool mapihttp_cookie(const struct http_head *h, const char *name, char *out, size_t room)
{
	size_t n = strlen(name), at = 0;
	const char *value;

	while ((value = http_head_next(h, "Cookie", &at)))
		while (*value) {
			value += strspn(value, " ;");
			size_t length = strcspn(value, ";");

			if (length > n && strncmp(value, name, n) == 0 && value[n] == '=') {
				size_t end = length;

				while (end > n + 1 && value[end - 1] == ' ')
					end--;
				if (end - n - 1 >= room)
					return false;
				memcpy(out, value + n + 1, end - n - 1);
				out[end - n - 1] = '\0';
				return true;
			}
			value += length;
		}
	return false;
}

bool mapihttp_is_id(const char *value)
{
	const char *colon = strrchr(value, ':');
	char text[GUID_TEXT_SIZE + 2];
	struct guid g;

	if (!colon || (size_t)(colon - value) >= sizeof text || !colon[1] || colon[1 + strspn(colon + 1, "0123456789")])
		return false;
	memcpy(text, value, (size_t)(colon - value));
	text[colon - value] = '\0';
	return guid_parse(text, &g);
}

/* Answers ------------------------------------------------------------------------------------------------------------------- */

static void echo(struct http_request *r, const char *name)
{
	const char *value = http_header(r, name);

	if (value)
		http_set(r, name, "%s", value);
}

static void set_cookies(const struct mapihttp_call *c)
{
	const struct mapihttp_head *head = c->head;
	char sequence[CONTEXT_SEQUENCE_SIZE];
	struct http_peer peer;

	if (!c->context)
		return;
	http_peer(c->http, &peer);
	context_sequence(c->context, sequence);
	const char *secure = peer.tls ? "; secure" : "";
	http_set(c->http, "Set-Cookie", "%s=%s; path=%s%s; HttpOnly", head->cookie, c->context->cookie, head->path, secure);
	http_set(c->http, "Set-Cookie", "%s=%s; path=%s%s; HttpOnly", head->sequence_cookie, sequence, head->path, secure);
}

/* In the order of [MS-OXCMAPIHTTP] 2.2.2.2. */
static void set_headers(const struct mapihttp_call *c, enum mapihttp_code code)
{
	struct http_request *r = c->http;

	http_set(r, "Cache-Control", "private");
	http_set(r, "Content-Type", "%s", code ? "text/html" : "application/mapi-http");
	echo(r, "X-RequestType");
	http_set(r, "X-ResponseCode", "%u", (unsigned)code);
	echo(r, "X-RequestId");
	echo(r, "X-ClientInfo");
	http_set(r, "X-ServerApplication", "%s", MAPIHTTP_SERVER_APPLICATION);
	http_set(r, "X-ExpirationInfo", "%" PRIu32, sessions_idle_ms(web_server(c->web)->sessions));
	http_set(r, "X-PendingPeriod", "%" PRIu32, web_options(c->web)->pending_ms);
	set_cookies(c);
}

/* What cannot be done, before the answer began. */
static void refuse(const struct mapihttp_call *c, enum mapihttp_code code)
{
	char page[512];
	const char *name = mapihttp_code_name(code);

	set_headers(c, code);
	int n = snprintf(page, sizeof page,
			 "<html><head><title>MAPI over HTTP</title></head><body><p>X-ResponseCode %u: %s.</p>"
			 "<p>This is where Outlook connects to.</p></body></html>\r\n",
			 (unsigned)code, name ? name : "");
	http_respond(c->http, bytes_of(page, n > 0 ? (size_t)n : 0));
}

static void begin_answer(struct mapihttp_call *c)
{
	static const char processing[] = "PROCESSING\r\n";

	set_headers(c, MAPIHTTP_SUCCESS);
	http_stream_begin(c->http, HTTP_CHUNKED);
	http_stream_write(c->http, bytes_of(processing, sizeof processing - 1));
	c->begun = true;
}

static void call_free(struct mapihttp_call *c)
{
	buf_free(&c->body);
	free(c);
}

static void print_date(uint64_t filetime, char out[static 40])
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)filetime_to_unix(filetime);
	struct tm tm;

	if (!gmtime_r(&t, &tm))
		tm = (struct tm){ .tm_mday = 1 };
	(void)snprintf(out, 40, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday % 7], tm.tm_mday, months[tm.tm_mon % 12], tm.tm_year + 1900,
		       tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void mapihttp_finish(struct mapihttp_call *c)
{
	const struct clock *clock = host_clock(web_server(c->web)->host);
	CLEANUP_BUF struct buf out = BUF_MAX(APART_LEAST + 1024);
	struct buf body = c->body;
	struct http_request *r = c->http;
	char date[40];

	if (c->keepalive.list)
		keepalive_remove(&c->keepalive);
	if (c->body.failed)
		c->late = MAPIHTTP_INVALID_RESPONSE;
	if (c->late && !c->begun) {
		refuse(c, c->late);
	} else {
		if (!c->begun)
			begin_answer(c);
		print_date(c->started, date);
		buf_printf(&out, "DONE\r\nX-ElapsedTime: %" PRIu64 "\r\nX-StartTime: %s\r\n", (clock->monotonic(clock) - c->started_ns) / 1000000u, date);
		if (c->late)
			buf_printf(&out, "X-ResponseCode: %u\r\n", (unsigned)c->late);
		buf_add_str(&out, "\r\n");
	}
	bool begun = c->begun, late = c->late;
	c->body = (struct buf){ .p = NULL };
	/* Before the client hears that it is done: its next request may be quick. */
	if (c->context)
		context_return(c->context, c->use);
	call_free(c);
	if (begun && !late && body.n <= APART_LEAST)
		buf_add(&out, body.p, body.n);
	if (begun)
		http_stream_write(r, buf_bytes(&out));
	/* A large one goes as it is, behind its head. */
	if (begun && !late && body.n > APART_LEAST)
		http_stream_buf(r, &body);
	if (begun)
		http_stream_end(r);
	buf_free(&body);
}

/* Responses ----------------------------------------------------------------------------------------------------------------- */

void mapihttp_success(struct mapihttp_call *c, const void *response)
{
	if (mapihttp_response_write(c->type, response, &c->body, NULL))
		c->late = MAPIHTTP_INVALID_RESPONSE;
}

void mapihttp_failure(struct mapihttp_call *c, uint32_t status_code)
{
	if (mapihttp_failure_write(c->type, status_code, status_code, &c->body))
		c->late = MAPIHTTP_INVALID_RESPONSE;
}

void mapihttp_made(struct mapihttp_call *c, struct context *context)
{
	c->context = context;
	c->use = CONTEXT_REQUEST;
}

/* Requests ------------------------------------------------------------------------------------------------------------------ */

static const struct mapihttp_operation *operation_of(const struct mapihttp_head *h, const struct mapihttp_type *t)
{
	for (size_t i = 0; i < h->n_operations; i++)
		if (h->operations[i].request == t->request)
			return &h->operations[i];
	return NULL;
}

/* "application/mapi-http", parameters behind it or not. */
static bool is_mapi(const char *type)
{
	static const char wanted[] = "application/mapi-http";
	size_t n = sizeof wanted - 1;

	return strncasecmp(type, wanted, n) == 0 && (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

static enum mapihttp_code check_headers(struct mapihttp_call *c, const struct mapihttp_operation **operation)
{
	struct http_request *r = c->http;
	const char *type = http_header(r, "X-RequestType"), *id = http_header(r, "X-RequestId"), *content = http_header(r, "Content-Type");
	const char *info = http_header(r, "X-ClientInfo");

	if (strcmp(http_method(r), "POST") != 0)
		return MAPIHTTP_INVALID_VERB;
	if (!type)
		return MAPIHTTP_MISSING_HEADER;
	c->type = mapihttp_find(type);
	if (!c->type || !(c->type->endpoints & (unsigned)c->head->kind))
		return MAPIHTTP_INVALID_REQUEST_TYPE;
	*operation = operation_of(c->head, c->type);
	if (!*operation)
		return MAPIHTTP_INVALID_REQUEST_TYPE;
	if (!id || !content)
		return MAPIHTTP_MISSING_HEADER;
	if (!mapihttp_is_id(id) || !is_mapi(content) || (info && !*info))
		return MAPIHTTP_INVALID_HEADER;
	return http_body(r).n > MAPIHTTP_BODY_MOST ? MAPIHTTP_TOO_LARGE : MAPIHTTP_SUCCESS;
}

static enum mapihttp_code take_context(struct mapihttp_call *c, const struct mapihttp_operation *o)
{
	const struct http_head *h = http_request_head(c->http);
	struct sessions *sessions = web_server(c->web)->sessions;
	char cookie[COOKIE_ROOM], sequence[COOKIE_ROOM];
	bool has = mapihttp_cookie(h, c->head->cookie, cookie, sizeof cookie);
	bool in_sequence = mapihttp_cookie(h, c->head->sequence_cookie, sequence, sizeof sequence);

	if (o->creates) {
		context_replace(sessions, c->head->kind, has ? cookie : NULL, c->user);
		return web_is_draining(c->web) ? MAPIHTTP_ENDPOINT_SHUTTING_DOWN : MAPIHTTP_SUCCESS;
	}
	/* Whether the endpoint is there can be asked without a context (2.2.6). */
	if (c->type->request == MAPIHTTP_PING && !has)
		return MAPIHTTP_SUCCESS;
	c->use = o->use;
	return context_take(sessions, c->head->kind, has ? cookie : NULL, in_sequence ? sequence : NULL, c->user, o->use, &c->context);
}

static enum mapihttp_code read_body(struct mapihttp_call *c)
{
	const struct wire_type *t = c->type->request_body;

	if (!t)
		return MAPIHTTP_SUCCESS;
	c->request = arena_zalloc(http_arena(c->http), t->size);
	if (!c->request)
		return MAPIHTTP_UNKNOWN_FAILURE;
	/* These two may come without a body ([MS-OXCMAPIHTTP] 3.1.5.4), whatever 2.2.4.3.1 says: as if all of it were zero. */
	if (!http_body(c->http).n && (c->type->request == MAPIHTTP_DISCONNECT || c->type->request == MAPIHTTP_UNBIND))
		return MAPIHTTP_SUCCESS;
	return mapihttp_request_read(c->type, http_body(c->http), http_arena(c->http), c->request, NULL) ? MAPIHTTP_INVALID_REQUEST_BODY :
													    MAPIHTTP_SUCCESS;
}

static void run(struct task *t)
{
	struct mapihttp_call *c = task_of(t, struct mapihttp_call, task);

	if (c->handle(c))
		mapihttp_finish(c);
}

static bool say_pending(struct keepalive *k)
{
	static const char pending[] = "PENDING\r\n";
	struct mapihttp_call *c = task_of(k, struct mapihttp_call, keepalive);

	http_stream_write(c->http, bytes_of(pending, sizeof pending - 1));
	return true;
}

/* Who it is is known; on any thread. */
static void begin(struct http_request *r, uint64_t user)
{
	struct mapihttp_call *c = calloc(1, sizeof *c);
	const struct mapihttp_operation *o = NULL;
	struct guid asker = { { 0 } };

	if (!c) {
		http_respond_text(r, 500, "The server is out of memory.");
		return;
	}
	c->http = r;
	c->web = web_of(r);
	c->head = http_route(r)->data;
	c->user = user;
	c->body = (struct buf)BUF_MAX(MAPIHTTP_BODY_MOST);
	struct server *server = web_server(c->web);
	const struct clock *clock = host_clock(server->host);
	c->started = clock->now(clock);
	c->started_ns = clock->monotonic(clock);
	enum mapihttp_code code = check_headers(c, &o);
	if (!code)
		code = take_context(c, o);
	if (!code)
		code = read_body(c);
	if (code) {
		refuse(c, code);
		if (c->context)
			context_return(c->context, c->use);
		call_free(c);
		return;
	}
	c->task = (struct task){ run, NULL };
	c->handle = o->handle;
	c->keepalive.due = say_pending;
	if (!o->creates)
		begin_answer(c);
	if (!o->creates && o->handle)
		keepalive_add(web_keepalives(c->web), &c->keepalive);
	memcpy(asker.b, &user, sizeof user);
	if (o->handle)
		strand_post(c->context ? c->context->strand : sessions_strand(server->sessions, &asker), &c->task);
	else
		mapihttp_finish(c);
}

void mapihttp_handle(struct http_request *r)
{
	auth_request(web_auth(web_of(r)), r, begin);
}

void mapihttp_begin(struct http_request *r)
{
	auth_head(web_auth(web_of(r)), r);
}
