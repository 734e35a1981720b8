#include "client/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/utf16.h"
#include "client/session_private.h"
#include "rop/aux.h"
#include "rop/rpc_header.h"

#define CONNECT_SECONDS 15u
#define ANSWER_SECONDS  90u
#define WAIT_SECONDS    90u /* between two PENDINGs of NotificationWait: servers say one every 15 or 30 seconds */
#define ROPS_ROOM       0x10008u
#define HEAD_ROOM       4096u /* of an answer, before and behind what its operations say */
#define REQUEST_MOST    ((size_t)4 << 20)
/* A link that is slower than this, in bytes a second, is worth the work of packing what goes over it. */
#define SLOW_LINK       1000000u
#define MEASURED_US     2000000u
#define ecRpcFailed     0x80040115u

/* Making -------------------------------------------------------------------------------------------------------------------------- */

static bool copy_options(struct session *s, const struct session_options *o)
{
	s->url = strdup(o->url);
	s->user = strdup(o->user);
	s->password = strdup(o->password);
	s->user_dn = strdup(o->user_dn ? o->user_dn : "");
	s->roots_file = strdup(o->roots_file ? o->roots_file : "");
	s->own_roots = s->roots_file && *s->roots_file;
	s->cached = o->cached;
	s->encrypt = o->encrypt;
	s->connect_seconds = o->connect_seconds ? o->connect_seconds : CONNECT_SECONDS;
	s->answer_seconds = o->answer_seconds ? o->answer_seconds : ANSWER_SECONDS;
	return s->url && s->user && s->password && s->user_dn && s->roots_file;
}

status session_new(const struct session_options *o, struct session **out, struct reason *why)
{
	struct guid id;
	struct session *s;
	status st = curl_open(why);

	if (st)
		return st;
	if (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id)
		return reason_set(why, ecError, "the system gives no random numbers");
	s = calloc(1, sizeof *s);
	if (!s)
		return reason_set(why, ecMemory, "out of memory");
	guid_format(&id, s->id);
	buf_init(&s->body, SESSION_ANSWER_MAX);
	buf_init(&s->request, REQUEST_MOST);
	s->easy = curl.curl_easy_init();
	s->multi = curl.curl_multi_init();
	if (!copy_options(s, o) || !s->easy || !s->multi) {
		session_free(s);
		return reason_set(why, ecMemory, "out of memory");
	}
	*out = s;
	return ecNone;
}

status session_beside(const struct session *s, const char *url, struct session **out, struct reason *why)
{
	struct session_options o = { .url = url ? url : s->url,
				     .user = s->user,
				     .password = s->password,
				     .user_dn = s->user_dn,
				     .roots_file = s->roots_file,
				     .cached = s->cached,
				     .encrypt = s->encrypt,
				     .connect_seconds = s->connect_seconds,
				     .answer_seconds = s->answer_seconds };

	return session_new(&o, out, why);
}

void session_free(struct session *s)
{
	if (!s)
		return;
	session_post_drop(s);
	if (s->easy)
		curl.curl_easy_cleanup(s->easy);
	if (s->multi)
		(void)curl.curl_multi_cleanup(s->multi);
	if (s->password)
		explicit_bzero(s->password, strlen(s->password));
	free(s->url);
	free(s->user);
	free(s->password);
	free(s->user_dn);
	free(s->roots_file);
	answer_cookies_free(&s->cookies);
	buf_free(&s->body);
	buf_free(&s->request);
	free(s);
}

void session_cancel(struct session *s, bool cancel)
{
	atomic_store(&s->canceled, cancel);
	if (cancel)
		(void)curl.curl_multi_wakeup(s->multi);
}

bool session_connected(const struct session *s)
{
	return s->connected;
}

enum session_failure session_failure(const struct session *s)
{
	return s->failure;
}

unsigned session_retry_after_ms(const struct session *s)
{
	return s->retry_after_ms;
}

const struct session_server *session_server(const struct session *s)
{
	return &s->server;
}

const struct session_traffic *session_traffic(const struct session *s)
{
	return &s->traffic;
}

/* Asking -------------------------------------------------------------------------------------------------------------------------- */

enum session_failure session_failure_of(uint32_t code)
{
	switch (code) {
	case ecServerBusy:
	case 0x0000047Fu: /* ecServerPaused [MS-OXCDATA] 2.4 */
	case 0x000003E8u: /* ecServerOOM */
	case 0x0000045Cu: /* ecMdbOffline: the database is not mounted */
	case 0x000004BAu: /* ecTooManyConnections of the user */
	case 0x000004DBu: /* ecMaxConnectionsExceeded */
		return SESSION_UNREACHABLE;
	case 0x000004D5u: /* ecNotInitialized */
	case ecRpcFailed:
		return SESSION_LOST;
	default:
		return SESSION_REFUSED;
	}
}

/* A request of any type. */
static status ask_begin(struct session *s, enum mapihttp_request type, const void *request, struct reason *why)
{
	const struct mapihttp_type *t = &mapihttp_types[type];
	status st = ecNone;

	session_post_drop(s);
	buf_clear(&s->request);
	if (t->request_body)
		st = mapihttp_request_write(t, request, &s->request, why);
	return st ? session_fail(s, SESSION_NONSENSE, st) : session_post_begin(s, t->name, why);
}

/* *response is in `arena`. */
static status ask_end(struct session *s, enum mapihttp_request type, struct arena *arena, void **response, struct reason *why)
{
	const struct mapihttp_type *t = &mapihttp_types[type];
	struct bytes answer;
	uint32_t code = 0;
	status st = session_post_end(s, &answer, why);

	if (st)
		return st;
	/* What is decoded points into the bytes, and is there for as long as its arena. A session that waits keeps nothing. */
	void *to = arena_zalloc(arena, t->response_body->size), *copy = arena_memdup(arena, answer.p, answer.n ? answer.n : 1);
	buf_free(&s->body);
	if (!to || !copy)
		return session_fail(s, SESSION_UNREACHABLE, reason_set(why, ecMemory, "out of memory for an answer of %zu bytes", answer.n));
	st = mapihttp_response_read(t, bytes_of(copy, answer.n), arena, &code, to, why);
	if (st)
		return session_fail(s, SESSION_NONSENSE, reason_prefix(why, st, "the answer to %s", t->name));
	if (code)
		return session_fail(s, session_failure_of(code), reason_set(why, code, "%s fails with StatusCode 0x%x", t->name, code));
	*response = to;
	return session_fail(s, SESSION_FINE, ecNone);
}

static status ask(struct session *s, enum mapihttp_request type, const void *request, struct arena *arena, void **response, struct reason *why)
{
	status st = ask_begin(s, type, request, why);

	return st ? st : ask_end(s, type, arena, response, why);
}

status session_ask(struct session *s, enum mapihttp_request type, const void *request, struct arena *arena, void **response, struct reason *why)
{
	return ask(s, type, request, arena, response, why);
}

/* Connect ------------------------------------------------------------------------------------------------------------------------- */

static status client_blocks(const struct session *s, struct arena *arena, struct buf *out)
{
	char machine[65] = "";
	struct aux_client_info info = { .has_client = true,
					.mode = s->cached ? AUX_CLIENT_MODE_CACHED : AUX_CLIENT_MODE_CLASSIC,
					.has_process = true,
					.process = utf16_bytes(arena, "postern"),
					.user = utf16_bytes(arena, s->user) };

	(void)gethostname(machine, sizeof machine - 1);
	info.machine = utf16_bytes(arena, machine);
	size_t at = rpc_payload_begin(out);
	status st = aux_client_info_write(&info, out);
	return st ? st : rpc_payload_end(out, at, RPC_HEADER_XOR_MAGIC | RPC_HEADER_LAST);
}

static void keep_server(struct session *s, const struct connect_response *r)
{
	CLEANUP_BUF struct buf name = BUF_MAX(sizeof s->server_name * 4);

	utf16_to_utf8(r->display_name, &name);
	(void)snprintf(s->server_name, sizeof s->server_name, "%s", buf_cstr(&name));
	(void)snprintf(s->server_prefix, sizeof s->server_prefix, "%.*s", (int)r->dn_prefix.n, (const char *)r->dn_prefix.p);
	memcpy(s->server_application, s->answer.application, sizeof s->server_application);
	s->server = (struct session_server){ .polls_max_ms = r->polls_max,
					     .retry_count = r->retry_count,
					     .retry_delay_ms = r->retry_delay,
					     .display_name = s->server_name,
					     .dn_prefix = s->server_prefix,
					     .application = s->server_application,
					     .pending_period_ms = s->answer.pending_period_ms };
}

static status refused(struct session *s, uint32_t code, struct reason *why)
{
	switch (code) {
	case 1249:
		reason_write(why, "The administrator allows this mailbox to be used with a local copy only (ecCachedModeRequired, 1249), and cached mode is off here. "
				  "Turn it on: postern profile set cached on. More: postern explain 1249");
		break;
	case 1247:
		reason_write(why, "The administrator does not let this version of the client in (ecClientVerDisallowed, 1247). More: postern explain 1247");
		break;
	case 2008:
		reason_write(why, "The administrator has turned MAPI off for this mailbox (ecProtocolDisabled, 2008). More: postern explain 2008");
		break;
	case 2416:
		reason_write(why, "The server lets in encrypted connections only (ecNotEncrypted, 2416). Turn encryption on: postern profile set encrypt on");
		break;
	default:
		reason_write(why, "the server refuses the connection with error 0x%x. More: postern explain 0x%x", code, code);
	}
	return session_fail(s, session_failure_of(code), code);
}

status session_connect(struct session *s, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SESSION_ANSWER_MAX * 2);
	CLEANUP_BUF struct buf aux = BUF_MAX(MAPIHTTP_AUX_MAX);
	struct connect_request q = {
		.user_dn = bytes_of(s->user_dn, strlen(s->user_dn)), .code_page = 1252, .lcid_sort = 1033, .lcid_string = 1033
	};
	void *r = NULL;
	status st = client_blocks(s, &arena, &aux);

	s->connected = false;
	answer_cookies_free(&s->cookies);
	if (st)
		return session_fail(s, SESSION_NONSENSE, reason_set(why, st, "the name of this machine or user is too long"));
	q.aux = buf_bytes(&aux);
	st = ask(s, MAPIHTTP_CONNECT, &q, &arena, &r, why);
	if (st || !r)
		return st;
	const struct connect_response *answer = r;
	if (answer->error_code)
		return refused(s, answer->error_code, why);
	keep_server(s, answer);
	s->connected = true;
	return ecNone;
}

status session_disconnect(struct session *s, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SESSION_ANSWER_MAX);
	struct disconnect_request q = { .aux = { NULL, 0 } };
	void *r = NULL;
	status st = s->connected ? ask(s, MAPIHTTP_DISCONNECT, &q, &arena, &r, why) : ecNone;

	s->connected = false;
	return st;
}

status session_wait(struct session *s, bool *event, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SESSION_ANSWER_MAX);
	struct notification_wait_request q = { .flags = 0 };
	void *r = NULL;
	status st = ask(s, MAPIHTTP_NOTIFICATION_WAIT, &q, &arena, &r, why);

	if (st || !r)
		return st;
	const struct notification_wait_response *w = r;
	if (w->error_code)
		return session_fail(s, session_failure_of(w->error_code), reason_set(why, w->error_code, "NotificationWait fails with 0x%x", w->error_code));
	*event = w->event_pending;
	return ecNone;
}

/* Execute ------------------------------------------------------------------------------------------------------------------------- */

static bool is_slow(const struct session *s)
{
	const struct session_traffic *t = &s->traffic;

	/* From a far one an answer is to bring as much as it can: what is limited is its size on the way. */
	return t->least_us >= SESSION_FAR_US || (t->busy_us > MEASURED_US && (t->received + t->sent) / (t->busy_us / 1000000u) < SLOW_LINK);
}

/* The first payload answers all of them; those behind it go on with the last one. */
static status decode(struct session *s, struct bytes data, const struct rop_input *asked, const struct session_ask *a, struct arena *arena,
		     struct rop_output **outputs, size_t *n, struct reason *why)
{
	struct rop_context context = { .columns = a->columns, .user = a->user };
	struct rop_input last = *asked;
	struct rpc_payloads p;
	status st = rpc_payloads_read(data, RPC_PAYLOADS_MAX, arena, &p, why);

	if (st || !p.n)
		return session_fail(s, SESSION_NONSENSE, st ? st : reason_set(why, ecCorruptData, "Execute is answered by nothing"));
	struct rop_output *v = arena_array(arena, p.n, sizeof *v);
	if (!v)
		return session_fail(s, SESSION_UNREACHABLE, reason_set(why, ecMemory, "out of memory"));
	if (last.n_requests) {
		last.requests += last.n_requests - 1;
		last.n_requests = 1;
	}
	for (size_t i = 0; i < p.n && !st; i++)
		st = rop_output_decode(p.v[i].bytes, &context, i ? &last : asked, arena, &v[i], why);
	if (st)
		return session_fail(s, SESSION_NONSENSE, reason_prefix(why, st, "the answer to Execute"));
	for (uint32_t i = 0; i < v[0].n_handles && i < a->n_handles; i++)
		a->handles[i] = v[p.n - 1].n_handles > i ? v[p.n - 1].handles[i] : v[0].handles[i];
	*outputs = v;
	*n = p.n;
	return ecNone;
}

static struct rop_input input_of(const struct session_ask *a)
{
	return (struct rop_input){ .requests = a->requests, .n_requests = (uint32_t)a->n, .handles = a->handles, .n_handles = (uint32_t)a->n_handles };
}

status session_execute_begin(struct session *s, const struct session_ask *a, struct reason *why)
{
	CLEANUP_BUF struct buf rops = BUF_MAX(ROP_SIZE_MAX + 4096), in = BUF_MAX(REQUEST_MOST);
	struct rop_input input = input_of(a);
	uint32_t flags = MAPIHTTP_EXECUTE_NO_XOR_MAGIC | (a->chain ? MAPIHTTP_EXECUTE_CHAIN : 0) | (is_slow(s) ? 0 : MAPIHTTP_EXECUTE_NO_COMPRESSION);
	status st;

	if (!s->connected)
		return session_fail(s, SESSION_LOST, reason_set(why, ecRpcFailed, "the session is not connected"));
	for (size_t i = 0; i < a->n; i++)
		a->requests[i].info = rop_info(a->requests[i].id);
	st = rop_input_encode(&input, &rops, why);
	if (!st)
		st = rpc_payload_write(&in, buf_bytes(&rops), RPC_HEADER_LAST | (is_slow(s) ? RPC_HEADER_COMPRESSED : 0));
	if (st)
		return session_fail(s, SESSION_NONSENSE, st);
	struct execute_request q = { .flags = flags, .rops = buf_bytes(&in), .max_rops = a->chain ? MAPIHTTP_ROPS_MAX : ROPS_ROOM };
	s->body_room = a->chain ? MAPIHTTP_ROPS_MAX + HEAD_ROOM : 0;
	return ask_begin(s, MAPIHTTP_EXECUTE, &q, why);
}

status session_execute_end(struct session *s, const struct session_ask *a, struct arena *arena, struct rop_output **outputs, size_t *n, struct reason *why)
{
	struct rop_input input = input_of(a);
	void *r = NULL;
	status st = ask_end(s, MAPIHTTP_EXECUTE, arena, &r, why);

	if (st || !r)
		return st;
	const struct execute_response *e = r;
	if (e->error_code)
		return session_fail(s, session_failure_of(e->error_code), reason_set(why, e->error_code, "Execute fails with 0x%x", e->error_code));
	return decode(s, e->rops, &input, a, arena, outputs, n, why);
}

status session_execute(struct session *s, const struct session_ask *a, struct arena *arena, struct rop_output **outputs, size_t *n, struct reason *why)
{
	status st = session_execute_begin(s, a, why);

	return st ? st : session_execute_end(s, a, arena, outputs, n, why);
}
