/* Connect ([MS-OXCMAPIHTTP] 2.2.4.1, [MS-OXCRPC] 3.1.4.1): who may have a session, with what client. */
#include "server/mapihttp_emsmdb.h"

#include "base/utf16.h"
#include "mapi/error.h"
#include "rop/aux.h"
#include "rop/client_version.h"
#include "rop/rpc_header.h"
#include "server/events.h"
#include "server/policy.h"
#include "store/directory_logon.h"

#include <stdio.h>

/* How often and after how long clients are to try again when the server has too much to do. */
#define RETRY_COUNT 6u
#define RETRY_DELAY_MS 10000u

/* What Connect works with; all of it is gone when it ends. */
struct connecting {
	struct mapihttp_call *call;
	const struct connect_request *request;
	struct server *server;
	struct arena *arena;
	struct client_info client;
	struct server_policy policy;
	struct person user; /* who authenticated */
	struct reason why;
};

/* What the client says of itself ------------------------------------------------------------------------------------------- */

/* Printable, for logs; UTF-16LE. */
static void print_text(struct bytes utf16, char *out, size_t room)
{
	CLEANUP_BUF struct buf text = BUF_MAX(1024);
	size_t n = 0;

	utf16_to_utf8(bytes_of(utf16.p, utf16.n < 256 ? utf16.n : 256), &text);
	for (const char *c = buf_cstr(&text); *c && n + 1 < room; c++)
		if ((unsigned char)*c >= ' ' && *c != 0x7f)
			out[n++] = *c;
	/* Not in the middle of a character. */
	while (n && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
		n--;
	if (n && ((unsigned char)out[n - 1] & 0xc0) == 0xc0)
		n--;
	out[n] = '\0';
}

static void read_application(struct connecting *x)
{
	const char *application = http_header(x->call->http, "X-ClientApplication");
	struct product_version v;
	char name[PRODUCT_NAME_SIZE];

	if (!application || product_application_parse(application, name, &v))
		return;
	(void)snprintf(x->client.name, sizeof x->client.name, "%s", name);
	x->client.version[0] = v.major;
	x->client.version[1] = v.minor;
	x->client.version[2] = v.build;
	x->client.version[3] = v.revision;
}

static status read_client(struct connecting *x)
{
	struct aux_client_info aux = { .mode = 0 };
	struct http_peer peer;
	struct bytes blocks;

	http_peer(x->call->http, &peer);
	x->client.transport = TRANSPORT_MAPI_HTTP;
	x->client.encrypted = peer.tls;
	x->client.codepage = x->request->code_page;
	x->client.sort_lcid = x->request->lcid_sort;
	x->client.string_lcid = x->request->lcid_string;
	(void)snprintf(x->client.address, sizeof x->client.address, "%s", peer.address);
	read_application(x);
	status s = mapihttp_auxiliary(x->request->aux, x->arena, &blocks, &x->why);
	if (s)
		return s;
	if (blocks.n && aux_client_info_read(blocks, &aux, &x->why))
		return ecRpcFormat;
	switch (aux_client_mode_of(&aux)) {
	case AUX_CLIENT_MODE_CACHED:
		x->client.mode = CLIENT_MODE_CACHED;
		break;
	case AUX_CLIENT_MODE_CLASSIC:
		x->client.mode = CLIENT_MODE_ONLINE;
		break;
	case AUX_CLIENT_MODE_UNKNOWN:
		break;
	}
	print_text(aux.machine, x->client.machine, sizeof x->client.machine);
	print_text(aux.process, x->client.process, sizeof x->client.process);
	return ecNone;
}

/* Who it is, and whose name was given ------------------------------------------------------------------------------------------ */

static status check_user(struct connecting *x, struct directory *d)
{
	char *dn = arena_strndup(x->arena, (const char *)x->request->user_dn.p, x->request->user_dn.n);
	struct person named;
	bool may = true;
	status s;

	if (!dn)
		return ecMemory;
	if (!*dn)
		return reason_set(&x->why, ecAccessDenied, "the client gives no name");
	if (*dn != '/')
		return reason_set(&x->why, ecUnknownUser, "the client gives a name that is no X.500 address");
	s = person_find(d, dn, x->arena, &named, &x->why);
	if (s == ecNotFound || s == ecAmbiguousRecip || (!s && guid_is_zero(&named.mailbox)))
		return reason_set(&x->why, ecUnknownUser, "there is no mailbox \"%s\"", dn);
	if (s)
		return s;
	if (named.id != x->user.id)
		s = person_full_access(d, &x->user, &named, &may, &x->why);
	if (!s && !may)
		return reason_set(&x->why, ecAccessDenied, "%s may not connect as %s", x->user.name, named.name);
	/* MAPIHTTP_CONNECT_ADMIN asks for the behaviour of administrators, which who is one has anyhow; who is none connects without it. Clients set it for everybody. */
	return s;
}

static status check(struct connecting *x)
{
	struct directory *d;
	status s = host_directory_reading(x->server->host, &d, &x->why);

	if (s)
		return s;
	s = person_by_id(d, x->call->user, x->arena, &x->user, &x->why);
	if (!s && x->user.account_disabled)
		s = reason_set(&x->why, ecLoginFailure, "the account is disabled");
	if (!s)
		s = server_policy_read(d, x->server->fqdn, x->arena, &x->policy, &x->why);
	if (!s)
		s = check_user(x, d);
	if (!s)
		s = policy_connect(&x->policy, &x->user, &x->client, &x->why);
	host_directory_return(x->server->host, d);
	return s;
}

static status make_session(struct connecting *x, struct context **out)
{
	struct session *session = NULL;
	struct context *context;
	status s = context_new(x->server->sessions, CONTEXT_MAILBOX, x->user.id, &x->user.mailbox, x->policy.most_connections, &context);

	if (s == ecTooBig)
		server_event(x->server->events, SERVER_EVENT_TOO_MANY_SESSIONS, x->user.name, NULL, NULL);
	if (s)
		return s;
	s = session_open(x->server, x->user.id, &x->client, &session, &x->why);
	if (s) {
		context_end(context);
		context_return(context, CONTEXT_REQUEST);
		return s;
	}
	context_attach(context, session);
	*out = context;
	return ecNone;
}

/* What is said to it --------------------------------------------------------------------------------------------------------------- */

static status write_auxiliary(struct buf *out)
{
	const struct aux_server_info info = {
		.organization = true,
		.organization_flags = AUX_PUBLIC_FOLDERS_ENABLED,
		.endpoint = true,
		.endpoint_flags = AUX_ENDPOINT_CAPABILITIES_SINGLE_ENDPOINT,
	};
	size_t at = rpc_payload_begin(out);
	status s = aux_server_info_write(&info, out);

	return s ? s : rpc_payload_end(out, at, RPC_HEADER_LAST);
}

static void welcome(struct connecting *x)
{
	CLEANUP_BUF struct buf aux = BUF_MAX(MAPIHTTP_AUX_MAX);
	struct connect_response r = { .status_code = 0,
				      .polls_max = x->policy.polling_interval,
				      .retry_count = RETRY_COUNT,
				      .retry_delay = RETRY_DELAY_MS,
				      /* Addresses of recipients are whole: nothing is to be put before them. */
				      .dn_prefix = bytes_of("", 0),
				      .display_name = utf16_bytes(x->arena, x->user.display_name ? x->user.display_name : x->user.name) };

	if (!write_auxiliary(&aux))
		r.aux = buf_bytes(&aux);
	mapihttp_success(x->call, &r);
}

static void refuse(struct connecting *x, status s)
{
	struct connect_response r = { .status_code = 0, .error_code = s, .dn_prefix = bytes_of("", 0), .display_name = bytes_of("", 0) };
	const struct mapi_error *e = mapi_error_by_code(s);
	char code[64];

	(void)snprintf(code, sizeof code, "%s (%u)", e ? e->name : "an error", s);
	counter_add(x->server->counters, COUNTER_RPC_REFUSED, 1);
	server_event4(x->server->events, SERVER_EVENT_CLIENT_REFUSED, *x->client.name ? x->client.name : x->client.address,
		      x->user.name ? x->user.name : "nobody", code, x->why.text);
	mapihttp_success(x->call, &r);
}

bool mapihttp_connect(struct mapihttp_call *c)
{
	struct connecting x = { .call = c, .request = c->request, .server = web_server(c->web), .arena = http_arena(c->http) };
	struct context *context;
	status s = read_client(&x);

	if (!s)
		s = check(&x);
	if (!s)
		s = make_session(&x, &context);
	if (s) {
		refuse(&x, s);
		return MAPIHTTP_ANSWER;
	}
	mapihttp_made(c, context);
	welcome(&x);
	return MAPIHTTP_ANSWER;
}
