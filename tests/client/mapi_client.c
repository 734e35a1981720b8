#include "mapi_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf16.h"
#include "rop/property_row.h"
#include "rop/rops_property.h"
#include "rop/rops_table.h"
#include "rop/rpc_header.h"

#define ARENA_MOST  ((size_t)512 << 20)
#define ANSWER_MOST ((size_t)16 << 20)
#define REQUEST_MOST ((size_t)4 << 20)

static bool columns_of(void *user, const struct rop_request *asked, struct rop_columns *out)
{
	const struct mapi_client *c = user;

	if (asked->input_handle_index >= MAPI_CLIENT_HANDLES || !c->columns[asked->input_handle_index].n)
		return false;
	*out = c->columns[asked->input_handle_index];
	return true;
}

void mapi_client_init(struct mapi_client *c, const struct mapi_account *account)
{
	*c = (struct mapi_client){ .account = account,
				   .arena = ARENA_BUDGET(ARENA_MOST),
				   .answer = { .body = BUF_MAX(ANSWER_MOST) },
				   .execute_flags = MAPIHTTP_EXECUTE_NO_COMPRESSION | MAPIHTTP_EXECUTE_NO_XOR_MAGIC,
				   .max_rops = 0x10008 };
	link_init(&c->link);
	link_init(&c->wait_link);
	for (size_t i = 0; i < MAPI_CLIENT_HANDLES; i++)
		c->handles[i] = ROP_HANDLE_NONE;
	c->context.columns = columns_of;
	c->context.user = c;
}

void mapi_client_forget(struct mapi_client *c)
{
	arena_reset(&c->arena);
	c->outputs = NULL;
	c->n_outputs = 0;
}

void mapi_client_free(struct mapi_client *c)
{
	for (size_t i = 0; i < MAPI_CLIENT_HANDLES; i++)
		free((void *)(uintptr_t)c->columns[i].tags);
	link_close(&c->link);
	link_close(&c->wait_link);
	buf_free(&c->answer.body);
	arena_free(&c->arena);
}

struct bytes mapi_client_text(struct mapi_client *c, const char *utf8)
{
	return utf16_bytes(&c->arena, utf8);
}

/* HTTP ------------------------------------------------------------------------------------------------------------------ */

static status say(struct mapi_client *c, struct link *l, const char *endpoint, const char *type, struct bytes body)
{
	CLEANUP_BUF struct buf headers = BUF_MAX(8192);
	char target[160];

	if (l->fd < 0) {
		status st = link_open(l, &c->account->place, &c->why);

		if (st)
			return st;
	}
	buf_printf(&headers,
		   "Content-Type: application/mapi-http\r\nX-RequestType: %s\r\nX-RequestId: {5B3C0C52-7E0E-4E54-A9A4-0D5D6A1F8E11}:%u\r\n"
		   "X-ClientInfo: {2EF33C39-49C8-421C-B876-CDF7F2AC3AA0}:1\r\nX-ClientApplication: %s\r\n",
		   type, ++c->counter, c->account->application);
	if (c->account->user)
		http_add_basic(&headers, c->account->user, c->account->password);
	if (*c->cookies)
		buf_printf(&headers, "Cookie: %s\r\n", c->cookies);
	(void)snprintf(target, sizeof target, "%s/?MailboxId=f0000000-0000-0000-0000-000000000000@contoso.example", endpoint);
	return http_say(l, "POST", target, buf_cstr(&headers), body, &c->why);
}

/* "a=b; c=d" of all Set-Cookie headers; nothing changes when there is none. */
static void keep_cookies(struct mapi_client *c)
{
	char all[sizeof c->cookies] = "";
	size_t n = 0;

	for (const char *at = c->answer.head; (at = strcasestr(at, "\r\nSet-Cookie: "));) {
		at += strlen("\r\nSet-Cookie: ");
		if (n < sizeof all)
			n += (size_t)snprintf(all + n, sizeof all - n, "%s%.*s", n ? "; " : "", (int)strcspn(at, ";\r"), at);
	}
	if (n && n < sizeof all)
		memcpy(c->cookies, all, sizeof all);
}

/* Behind PROCESSING, PENDINGs and DONE with its additional headers ([MS-OXCMAPIHTTP] 2.2.7). */
static status body_of(struct mapi_client *c, struct bytes *out)
{
	const char *text = buf_cstr(&c->answer.body), *at = text, *code;

	if (strncmp(at, "PROCESSING\r\n", 12) == 0)
		at += 12;
	while (strncmp(at, "PENDING\r\n", 9) == 0)
		at += 9;
	const char *end = strncmp(at, "DONE\r\n", 6) == 0 ? strstr(at, "\r\n\r\n") : NULL;
	if (!end)
		return reason_set(&c->why, ecCorruptData, "the answer does not say DONE: %.60s", text);
	code = strcasestr(at, "\r\nX-ResponseCode: ");
	if (code && code < end)
		c->response_code = (unsigned)strtoul(code + 18, NULL, 10);
	size_t before = (size_t)(end + 4 - text);
	*out = bytes_of(c->answer.body.p + before, c->answer.body.n - before);
	return ecNone;
}

static status hear(struct mapi_client *c, struct link *l, const struct mapihttp_type *t, void **response)
{
	struct bytes body;
	char text[32];
	status st = http_hear(l, &c->answer, &c->why);

	c->http_code = st ? 0 : c->answer.code;
	c->response_code = 0;
	c->status_code = 0;
	if (st) {
		link_close(l);
		return st;
	}
	if (c->http_code != 200)
		return reason_set(&c->why, c->http_code == 401 ? ecAccessDenied : ecNetwork, "HTTP %u", c->http_code);
	if (!http_answer_header(&c->answer, "X-ResponseCode", text, sizeof text))
		return reason_set(&c->why, ecCorruptData, "an answer without X-ResponseCode");
	keep_cookies(c);
	c->response_code = (unsigned)strtoul(text, NULL, 10);
	st = c->response_code ? ecNone : body_of(c, &body);
	if (!st && c->response_code)
		st = reason_set(&c->why, ecNetwork, "X-ResponseCode %u (%s)", c->response_code, mapihttp_code_name(c->response_code));
	if (st || !t->response_body)
		return st;
	void *to = arena_zalloc(&c->arena, t->response_body->size);
	/* What is decoded points into the bytes, and the next answer takes their place. */
	void *copy = to ? arena_memdup(&c->arena, body.p, body.n ? body.n : 1) : NULL;
	if (!copy)
		return reason_set(&c->why, ecMemory, "out of memory");
	st = mapihttp_response_read(t, bytes_of(copy, body.n), &c->arena, &c->status_code, to, &c->why);
	if (!st && c->status_code)
		st = reason_set(&c->why, c->status_code, "StatusCode 0x%x", c->status_code);
	if (!st && response)
		*response = to;
	return st;
}

status mapi_client_ask(struct mapi_client *c, const char *endpoint, enum mapihttp_request type, const void *request, void **response)
{
	const struct mapihttp_type *t = &mapihttp_types[type];
	CLEANUP_BUF struct buf body = BUF_MAX(REQUEST_MOST);
	status st = t->request_body ? mapihttp_request_write(t, request, &body, &c->why) : ecNone;

	if (!st)
		st = say(c, &c->link, endpoint, t->name, buf_bytes(&body));
	return st ? st : hear(c, &c->link, t, response);
}

/* Connect, Disconnect, NotificationWait ------------------------------------------------------------------------------------ */

static status client_blocks(struct mapi_client *c, struct buf *out)
{
	struct aux_client_info info = { .has_client = true,
					.mode = (uint16_t)c->account->mode,
					.machine = mapi_client_text(c, "PC1"),
					.user = mapi_client_text(c, "user"),
					.has_process = true,
					.process = mapi_client_text(c, "OUTLOOK.EXE") };
	size_t at = rpc_payload_begin(out);
	status st = aux_client_info_write(&info, out);

	return st ? st : rpc_payload_end(out, at, RPC_HEADER_XOR_MAGIC | RPC_HEADER_LAST);
}

status mapi_client_connect(struct mapi_client *c)
{
	CLEANUP_BUF struct buf aux = BUF_MAX(MAPIHTTP_AUX_MAX);
	const char *dn = c->account->dn;
	struct connect_request q = {
		.user_dn = bytes_of(dn, strlen(dn)), .flags = c->account->flags, .code_page = 1252, .lcid_sort = 1033, .lcid_string = 1033
	};
	void *r = NULL;
	status st = c->account->mode == MAPI_CLIENT_SILENT ? ecNone : client_blocks(c, &aux);

	c->error_code = 0;
	*c->cookies = '\0';
	q.aux = buf_bytes(&aux);
	if (!st)
		st = mapi_client_ask(c, "/mapi/emsmdb", MAPIHTTP_CONNECT, &q, &r);
	if (st)
		return st;
	c->error_code = ((struct connect_response *)r)->error_code;
	return c->error_code ? reason_set(&c->why, c->error_code, "Connect: error %u", c->error_code) : ecNone;
}

status mapi_client_disconnect(struct mapi_client *c)
{
	struct disconnect_request q = { .aux = { NULL, 0 } };
	void *r = NULL;
	status st = mapi_client_ask(c, "/mapi/emsmdb", MAPIHTTP_DISCONNECT, &q, &r);

	return st ? st : ((struct disconnect_response *)r)->error_code;
}

status mapi_client_wait_begin(struct mapi_client *c)
{
	struct notification_wait_request q = { .flags = 0 };
	CLEANUP_BUF struct buf body = BUF_MAX(1024);
	status st = mapihttp_request_write(&mapihttp_types[MAPIHTTP_NOTIFICATION_WAIT], &q, &body, &c->why);

	return st ? st : say(c, c->one_link ? &c->link : &c->wait_link, "/mapi/emsmdb", "NotificationWait", buf_bytes(&body));
}

status mapi_client_wait_end(struct mapi_client *c, bool *event)
{
	char cookies[sizeof c->cookies];
	void *r = NULL;

	/* Its cookies are older than those of requests that were beside it. */
	memcpy(cookies, c->cookies, sizeof cookies);
	status st = hear(c, c->one_link ? &c->link : &c->wait_link, &mapihttp_types[MAPIHTTP_NOTIFICATION_WAIT], &r);
	memcpy(c->cookies, cookies, sizeof cookies);
	if (st)
		return st;
	const struct notification_wait_response *w = r;
	*event = w->event_pending;
	return w->error_code;
}

/* Execute -------------------------------------------------------------------------------------------------------------------- */

static void learn(struct mapi_client *c, const struct rop_output *out)
{
	for (uint32_t i = 0; i < out->n_responses; i++) {
		const struct rop_response *r = &out->responses[i];

		if (r->id == ROP_NOTIFY && r->body) {
			c->notified++;
			memcpy(&c->last_notify, r->body, sizeof c->last_notify);
		}
		c->pending = c->pending || r->id == ROP_PENDING;
	}
	for (uint32_t i = 0; i < out->n_handles && i < MAPI_CLIENT_HANDLES; i++)
		c->handles[i] = out->handles[i];
}

/* The first payload answers all of them; those behind it go on with the last one. */
static status decode(struct mapi_client *c, struct bytes data, const struct rop_input *asked)
{
	struct rop_input last = *asked;
	struct rpc_payloads p;
	status st = rpc_payloads_read(data, RPC_PAYLOADS_MAX, &c->arena, &p, &c->why);

	if (st)
		return st;
	if (!p.n)
		return reason_set(&c->why, ecCorruptData, "Execute is answered by nothing");
	c->outputs = arena_array(&c->arena, p.n, sizeof *c->outputs);
	c->n_outputs = p.n;
	if (last.n_requests) {
		last.requests += last.n_requests - 1;
		last.n_requests = 1;
	}
	for (size_t i = 0; i < p.n && c->outputs && !st; i++) {
		st = rop_output_decode(p.v[i].bytes, &c->context, i ? &last : asked, &c->arena, &c->outputs[i], &c->why);
		if (!st)
			learn(c, &c->outputs[i]);
	}
	return c->outputs ? st : ecMemory;
}

static void keep_columns(struct mapi_client *c, const struct rop_request *r)
{
	const struct rop_set_columns_request *q = r->body;
	struct rop_columns *to = &c->columns[r->input_handle_index % MAPI_CLIENT_HANDLES];
	uint32_t *tags = malloc((q->property_tags.n + 1) * sizeof *tags);

	if (!tags)
		return;
	memcpy(tags, q->property_tags.v, q->property_tags.n * sizeof *tags);
	free((void *)(uintptr_t)to->tags);
	*to = (struct rop_columns){ q->property_tags.n, tags };
}

status mapi_client_execute_begin(struct mapi_client *c, struct rop_request *requests, size_t n)
{
	CLEANUP_BUF struct buf rops = BUF_MAX(ROP_SIZE_MAX + 4096), in = BUF_MAX(REQUEST_MOST), body = BUF_MAX(REQUEST_MOST);
	struct rop_input input = { .requests = requests, .n_requests = (uint32_t)n, .handles = c->handles, .n_handles = MAPI_CLIENT_HANDLES };

	for (size_t i = 0; i < n; i++) {
		requests[i].info = rop_info(requests[i].id);
		requests[i].logon_id = c->logon_id;
		if (requests[i].id == ROP_SET_COLUMNS)
			keep_columns(c, &requests[i]);
	}
	status st = rop_input_encode(&input, &rops, &c->why);
	if (!st)
		st = rpc_payload_write(&in, buf_bytes(&rops), RPC_HEADER_LAST);
	struct execute_request q = { .flags = c->execute_flags, .rops = buf_bytes(&in), .max_rops = c->max_rops };
	if (!st)
		st = mapihttp_request_write(&mapihttp_types[MAPIHTTP_EXECUTE], &q, &body, &c->why);
	return st ? st : say(c, &c->link, "/mapi/emsmdb", "Execute", buf_bytes(&body));
}

status mapi_client_execute_end(struct mapi_client *c, struct rop_request *requests, size_t n, struct rop_output **out)
{
	struct rop_input input = { .requests = requests, .n_requests = (uint32_t)n, .handles = c->handles, .n_handles = MAPI_CLIENT_HANDLES };
	void *r = NULL;
	status st = hear(c, &c->link, &mapihttp_types[MAPIHTTP_EXECUTE], &r);

	if (st)
		return st;
	const struct execute_response *e = r;
	c->error_code = e->error_code;
	if (e->error_code)
		return reason_set(&c->why, e->error_code, "Execute: error 0x%x", e->error_code);
	st = decode(c, e->rops, &input);
	if (!st && out)
		*out = &c->outputs[0];
	return st;
}

status mapi_client_execute(struct mapi_client *c, struct rop_request *requests, size_t n, struct rop_output **out)
{
	status st = mapi_client_execute_begin(c, requests, n);

	return st ? st : mapi_client_execute_end(c, requests, n, out);
}

status mapi_client_rop_raw(struct mapi_client *c, uint8_t id, uint8_t index, void *request, struct rop_response *out)
{
	struct rop_request r = { .id = id, .input_handle_index = index, .response_handle_index = index, .body = request };
	struct rop_output *all = NULL;
	status st = mapi_client_execute(c, &r, 1, &all);

	if (st)
		return st;
	*out = (struct rop_response){ .id = id };
	if (id == ROP_RELEASE)
		return ecNone;
	for (uint32_t i = 0; i < all->n_responses; i++)
		if (all->responses[i].id != ROP_NOTIFY && all->responses[i].id != ROP_PENDING) {
			*out = all->responses[i];
			return ecNone;
		}
	return reason_set(&c->why, ecCorruptData, "%s is not answered", r.info->name);
}

status mapi_client_rop(struct mapi_client *c, uint8_t id, uint8_t index, void *request, void *body)
{
	struct rop_response r;
	status st = mapi_client_rop_raw(c, id, index, request, &r);

	if (st)
		return st;
	if (r.return_value)
		return reason_set(&c->why, r.return_value, "%s: 0x%x", rop_info(id)->name, r.return_value);
	if (body)
		*(void **)body = r.body;
	return ecNone;
}

status mapi_client_logon_as(struct mapi_client *c, uint8_t index, const char *dn, uint32_t open_flags)
{
	struct rop_logon_request q = { .logon_flags = LOGON_PRIVATE,
				       .open_flags = LOGON_OPEN_NO_MAIL | LOGON_OPEN_USE_PER_MDB_REPLID_MAPPING | open_flags,
				       .essdn = bytes_of(dn, strlen(dn) + 1) };
	struct rop_logon_response *r = NULL;
	status st = mapi_client_rop(c, ROP_LOGON, index, &q, &r);

	if (!st)
		memcpy(&c->logon, r, sizeof c->logon);
	return st;
}

status mapi_client_logon(struct mapi_client *c, uint8_t index)
{
	return mapi_client_logon_as(c, index, c->account->dn, 0);
}

/* Properties --------------------------------------------------------------------------------------------------------------- */

status mapi_client_set(struct mapi_client *c, uint8_t index, const struct bag *values)
{
	struct rop_set_properties_request q = { .property_values.all.n = 0 };
	struct rop_set_properties_response *r = NULL;
	struct tagged_value *v = arena_array(&c->arena, values->n + 1, sizeof *v);

	if (!v)
		return ecMemory;
	for (size_t i = 0; i < values->n; i++)
		v[i].prop = values->v[i];
	q.property_values.all.n = (uint32_t)values->n;
	q.property_values.all.v = v;
	status st = mapi_client_rop(c, ROP_SET_PROPERTIES, index, &q, &r);
	if (!st && r->property_problems.n)
		st = reason_set(&c->why, ecWarnWithErrors, "0x%x cannot be set: 0x%x", r->property_problems.v[0].property_tag,
				r->property_problems.v[0].error_code);
	return st;
}

status mapi_client_get(struct mapi_client *c, uint8_t index, const uint32_t *tags, size_t n, struct prop **values)
{
	struct rop_get_properties_specific_request q = { .want_unicode = 1 };
	struct rop_get_properties_specific_response *r = NULL;
	struct prop *v = arena_array(&c->arena, n, sizeof *v);

	q.property_tags.n = (uint32_t)n;
	q.property_tags.v = arena_memdup(&c->arena, tags, n * sizeof *tags);
	if (!v || !q.property_tags.v)
		return ecMemory;
	status st = mapi_client_rop(c, ROP_GET_PROPERTIES_SPECIFIC, index, &q, &r);
	struct bytes row = st ? bytes_of(NULL, 0) : r->row_data;
	if (!st)
		st = property_row_next(&row, tags, n, &c->arena, v, &c->why);
	if (!st)
		*values = v;
	return st;
}
