#include "web_fixture.h"

#include "base/utf16.h"
#include "net/authority.h"
#include "rop/aux.h"
#include "rop/rop_buffer.h"
#include "rop/rops_logon.h"
#include "rop/rpc_header.h"
#include "server/events.h"
#include "server/notify_hub.h"
#include "server/person.h"
#include "store/directory_logon.h"

#include <ftw.h>

#define HOST "cas.contoso.example"

static void give_up(const struct web_fixture *f, const char *what)
{
	fail_msg("%s: %s", what, f->why.text);
}

/* The organisation ----------------------------------------------------------------------------------------------------- */

static void make_person(struct web_fixture *f, const char *name)
{
	const struct directory_object *o;
	struct directory *d = NULL;

	if (host_create_mailbox(f->server.host, name, NULL, 0, &f->why) || host_directory(f->server.host, &d, &f->why))
		give_up(f, name);
	if (directory_find(d, directory_class("Mailbox"), name, &f->arena, &o, &f->why) ||
	    directory_set_password(d, o->id, WEB_PASSWORD, &f->why))
		give_up(f, name);
	host_directory_return(f->server.host, d);
}

void web_set(struct web_fixture *f, const char *class, const char *identity, const char *attribute, const char *value)
{
	const struct directory_object *o;
	struct directory_setting s;
	struct directory *d = NULL;
	status st = host_directory(f->server.host, &d, &f->why);

	if (!st)
		st = directory_find(d, directory_class(class), identity, &f->arena, &o, &f->why);
	if (!st)
		st = directory_setting(d, directory_class(class), attribute, DIRECTORY_SET, &value, value ? 1 : 0, &f->arena, &s, &f->why);
	if (!st)
		st = directory_update(d, directory_class(class), o->id, &s, 1, NULL, &f->why);
	if (st)
		give_up(f, attribute);
	host_directory_return(f->server.host, d);
}

static struct person person_of(struct web_fixture *f, const char *name)
{
	struct directory *d = NULL;
	struct person p = { .id = 0 };

	if (host_directory(f->server.host, &d, &f->why) || person_find(d, name, &f->arena, &p, &f->why))
		give_up(f, name);
	host_directory_return(f->server.host, d);
	return p;
}

const char *web_legacy_dn(struct web_fixture *f, const char *name)
{
	return person_of(f, name).legacy_dn;
}

uint64_t web_user(struct web_fixture *f, const char *name)
{
	return person_of(f, name).id;
}

static void start_tls(struct web_fixture *f)
{
	CLEANUP_BUF struct buf pem = BUF_MAX(1 << 20), root = BUF_MAX(1 << 20);
	const char *names[] = { "localhost", HOST };
	char folder[300];
	bool made;

	(void)snprintf(folder, sizeof folder, "%s/tls", f->folder);
	struct authority_wish wish = { folder, names, 2, filetime_to_unix(clock_system.now(&clock_system)) };
	if (authority_server(&wish, &pem, &made, &f->why) || authority_root(folder, wish.now, &root, &f->why))
		give_up(f, "certificates");
	struct bytes one = buf_bytes(&pem);
	if (tls_context_server(&one, 1, &f->tls, &f->why) || tls_context_client(buf_bytes(&root), &f->trust, &f->why))
		give_up(f, "TLS");
}

void web_begin(struct web_fixture *f, const struct web_options *options)
{
	struct host_options o = { .site = { .create = true, .organization = "Contoso", .domain = "contoso.example", .host = HOST }, .changes = notify_hub_changes };
	struct site_first first;

	*f = (struct web_fixture){ .arena = ARENA_BUDGET((size_t)64 << 20), .user = "alice", .password = WEB_PASSWORD, .client = { .fd = -1 } };
	(void)snprintf(f->folder, sizeof f->folder, "%s/postern-web-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(f->folder));
	o.context = f->server.notify = notify_hub_new();
	assert_non_null(o.context);
	if (host_open(f->folder, &o, &first, &f->server.host, &f->why))
		give_up(f, "site");
	make_person(f, "alice");
	make_person(f, "bob");
	f->server.fqdn = HOST;
	f->server.counters = &f->counters;
	web_set(f, "RpcClientAccess", HOST, "EncryptionRequired", "False");
	if (server_events_new(f->folder, host_clock(f->server.host), &f->server.events) || workers_start(4, &f->server.workers, &f->why) ||
	    loops_start(2, &f->loops, &f->why) || web_new(&f->server, f->loops, options, &f->web, &f->why))
		give_up(f, "server");
	start_tls(f);
	if (http_server_listen(web_http(f->web), "127.0.0.1", 0, f->tls, &f->port, &f->why) ||
	    http_server_listen(web_http(f->web), "127.0.0.1", 0, NULL, &f->plain, &f->why))
		give_up(f, "listen");
}

static int drop(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

void web_end(struct web_fixture *f)
{
	client_close(&f->client);
	buf_free(&f->answer.body);
	web_drain(f->web, 5000);
	web_free(f->web);
	workers_stop(f->server.workers);
	loops_stop(f->loops);
	tls_context_free(f->tls);
	tls_context_free(f->trust);
	server_events_free(f->server.events);
	host_close(f->server.host);
	notify_hub_free(f->server.notify);
	arena_free(&f->arena);
	(void)nftw(f->folder, drop, 16, FTW_DEPTH | FTW_PHYS);
}

/* HTTP ----------------------------------------------------------------------------------------------------------------- */

void web_reconnect(struct web_fixture *f)
{
	client_close(&f->client);
	client_open(&f->client, f->over_plain ? f->plain : f->port, f->over_plain ? NULL : f->trust);
}

static void add_base64(struct buf *out, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i += 3) {
		uint32_t bits = (uint32_t)(uint8_t)text[i] << 16;

		if (i + 1 < n)
			bits |= (uint32_t)(uint8_t)text[i + 1] << 8;
		if (i + 2 < n)
			bits |= (uint8_t)text[i + 2];
		buf_add_u8(out, (uint8_t)digits[bits >> 18]);
		buf_add_u8(out, (uint8_t)digits[bits >> 12 & 63]);
		buf_add_u8(out, i + 1 < n ? (uint8_t)digits[bits >> 6 & 63] : '=');
		buf_add_u8(out, i + 2 < n ? (uint8_t)digits[bits & 63] : '=');
	}
}

static void send_request(struct web_fixture *f, const char *method, const char *target, const char *headers, struct bytes body)
{
	CLEANUP_BUF struct buf out = BUF_MAX(8 << 20);
	char credentials[1024];

	if (f->client.fd < 0 || f->client.ended)
		web_reconnect(f);
	buf_printf(&out, "%s %s HTTP/1.1\r\nHost: " HOST "\r\nContent-Length: %zu\r\n", method, target, body.n);
	if (f->user) {
		(void)snprintf(credentials, sizeof credentials, "%s:%s", f->user, f->password);
		buf_add_str(&out, "Authorization: Basic ");
		add_base64(&out, credentials);
		buf_add_str(&out, "\r\n");
	}
	buf_add_str(&out, headers);
	buf_add_str(&out, "\r\n");
	buf_add(&out, body.p, body.n);
	assert_true(client_send_bytes(&f->client, buf_bytes(&out)));
}

unsigned web_ask(struct web_fixture *f, const char *method, const char *target, const char *headers, struct bytes body)
{
	send_request(f, method, target, headers, body);
	buf_free(&f->answer.body);
	client_answer_to(&f->client, method, &f->answer);
	return f->answer.code;
}

/* MAPI over HTTP --------------------------------------------------------------------------------------------------------- */

void web_mapi_send(struct web_fixture *f, const char *type, const char *further, struct bytes body)
{
	char headers[2048];

	(void)snprintf(headers, sizeof headers,
		       "Content-Type: application/mapi-http\r\nX-RequestType: %s\r\nX-RequestId: {E2EA6C1C-E61B-49E9-9CFB-38184F907552}:%u\r\n"
		       "X-ClientInfo: {2EF33C39-49C8-421C-B876-CDF7F2AC3AA0}:123\r\nX-ClientApplication: Outlook/15.0.4420.1017\r\n%s%s%s%s",
		       type, ++f->counter, *f->cookies ? "Cookie: " : "", f->cookies, *f->cookies ? "\r\n" : "", further);
	send_request(f, "POST", f->endpoint ? f->endpoint : "/mapi/emsmdb/?MailboxId=f0000000-0000-0000-0000-000000000000@contoso.example", headers,
		     body);
}

/* "a=b; c=d" of all Set-Cookie headers; nothing changes when there is none. */
static void keep_cookies(struct web_fixture *f)
{
	char all[sizeof f->cookies] = "";
	const char *at = f->answer.head;
	size_t n = 0;

	while ((at = strcasestr(at, "\r\nSet-Cookie: "))) {
		at += strlen("\r\nSet-Cookie: ");
		n += (size_t)snprintf(all + n, sizeof all - n, "%s%.*s", n ? "; " : "", (int)strcspn(at, ";\r"), at);
	}
	if (n)
		memcpy(f->cookies, all, sizeof all);
}

unsigned web_mapi_answer(struct web_fixture *f)
{
	buf_free(&f->answer.body);
	client_answer_to(&f->client, "POST", &f->answer);
	assert_int_equal(f->answer.code, 200);
	keep_cookies(f);
	const char *code = answer_header(&f->answer, "X-ResponseCode");
	assert_non_null(code);
	return (unsigned)strtoul(code, NULL, 10);
}

unsigned web_mapi(struct web_fixture *f, const char *type, const char *further, struct bytes body)
{
	web_mapi_send(f, type, further, body);
	return web_mapi_answer(f);
}

struct bytes web_mapi_body(struct web_fixture *f)
{
	const char *text = buf_cstr(&f->answer.body);
	const char *end;

	assert_int_equal(strncmp(text, "PROCESSING\r\n", 12), 0);
	for (text += 12; strncmp(text, "PENDING\r\n", 9) == 0; text += 9)
		;
	assert_int_equal(strncmp(text, "DONE\r\n", 6), 0);
	end = strstr(text, "\r\n\r\n");
	assert_non_null(end);
	assert_non_null(strstr(text, "X-ElapsedTime: "));
	assert_non_null(strstr(text, "X-StartTime: "));
	const uint8_t *body = (const uint8_t *)end + 4;
	return bytes_of(body, f->answer.body.n - (size_t)(body - f->answer.body.p));
}

struct bytes web_mapi_request(struct web_fixture *f, enum mapihttp_request type, const void *request)
{
	CLEANUP_BUF struct buf out = BUF_MAX(4 << 20);

	if (mapihttp_request_write(&mapihttp_types[type], request, &out, &f->why))
		give_up(f, "request");
	return bytes_of(arena_memdup(&f->arena, out.p, out.n), out.n);
}

void *web_mapi_response(struct web_fixture *f, enum mapihttp_request type)
{
	void *response = arena_zalloc(&f->arena, mapihttp_types[type].response_body->size);
	uint32_t code = 99;

	if (mapihttp_response_read(&mapihttp_types[type], web_mapi_body(f), &f->arena, &code, response, &f->why))
		give_up(f, "response");
	assert_int_equal(code, 0);
	return response;
}

struct bytes web_connect_request(struct web_fixture *f, const char *dn, unsigned mode, uint32_t flags)
{
	CLEANUP_BUF struct buf aux = BUF_MAX(8192);
	struct aux_client_info info = { .has_client = true,
					.mode = (uint16_t)mode,
					.machine = utf16_bytes(&f->arena, "PC1"),
					.user = utf16_bytes(&f->arena, "alice") };
	struct connect_request q = { .user_dn = bytes_of(dn, strlen(dn)), .flags = flags, .code_page = 1252, .lcid_sort = 1033, .lcid_string = 1033 };
	size_t at = rpc_payload_begin(&aux);

	assert_int_equal(aux_client_info_write(&info, &aux), 0);
	assert_int_equal(rpc_payload_end(&aux, at, RPC_HEADER_LAST), 0);
	q.aux = buf_bytes(&aux);
	return web_mapi_request(f, MAPIHTTP_CONNECT, &q);
}

void web_connect(struct web_fixture *f)
{
	assert_int_equal(web_mapi(f, "Connect", "", web_connect_request(f, web_legacy_dn(f, f->user), AUX_CLIENT_MODE_CACHED, 0)), 0);
	const struct connect_response *r = web_mapi_response(f, MAPIHTTP_CONNECT);
	assert_int_equal(r->error_code, 0);
	assert_true(*f->cookies);
}

struct bytes web_logon_request(struct web_fixture *f, uint32_t flags)
{
	CLEANUP_BUF struct buf rops = BUF_MAX(8192), in = BUF_MAX(8192);
	const char *dn = web_legacy_dn(f, f->user);
	struct rop_logon_request logon = { .logon_flags = 1, .open_flags = 0x0100000c, .essdn = bytes_of(dn, strlen(dn) + 1) };
	struct rop_request r = { .id = ROP_LOGON, .body = &logon };
	uint32_t handles[1] = { ROP_HANDLE_NONE };
	struct rop_input input = { .requests = &r, .n_requests = 1, .handles = handles, .n_handles = 1 };

	r.info = rop_info(r.id);
	if (rop_input_encode(&input, &rops, &f->why) || rpc_payload_write(&in, buf_bytes(&rops), RPC_HEADER_LAST))
		give_up(f, "logon");
	return web_mapi_request(f, MAPIHTTP_EXECUTE, &(struct execute_request){ .flags = flags, .rops = buf_bytes(&in), .max_rops = 0x10008 });
}
