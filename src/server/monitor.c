#include "server/monitor.h"

#include "net/work.h"
#include "server/http.h"
#include "server/person.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

#define METRICS_MOST ((size_t)256 << 10)
#define ARENA_MOST ((size_t)4 << 20)

/* Metrics ---------------------------------------------------------------------------------------------------------------- */

/* "postern_rpcclientaccess_rpc_operations": letters and digits of object and counter, without "MSExchange". */
static void print_name(const struct counter_info *i, struct buf *out)
{
	const char *object = strncasecmp(i->object, "MSExchange", 10) == 0 ? i->object + 10 : i->object;

	buf_add_str(out, "postern_");
	for (object += *object == ' '; *object; object++)
		buf_add_u8(out, isalnum((unsigned char)*object) ? (uint8_t)tolower((unsigned char)*object) : '_');
	buf_add_u8(out, '_');
	for (const char *c = i->name; *c; c++)
		buf_add_u8(out, isalnum((unsigned char)*c) ? (uint8_t)tolower((unsigned char)*c) : '_');
	if (i->kind == COUNTER_KIND_TOTAL)
		buf_add_str(out, "_total");
}

static void print_one(const struct counter_info *i, int64_t value, struct buf *out)
{
	buf_add_str(out, "# HELP ");
	print_name(i, out);
	buf_printf(out, " %s\n# TYPE ", i->help);
	print_name(i, out);
	buf_printf(out, " %s\n", i->kind == COUNTER_KIND_TOTAL ? "counter" : "gauge");
	print_name(i, out);
	buf_printf(out, " %" PRId64 "\n", value);
}

static int64_t value_of(const struct counters *c, const struct http_counters *http, unsigned id)
{
	switch (id) {
	case COUNTER_HTTP_CONNECTIONS:
		return http ? (int64_t)http->open : 0;
	case COUNTER_HTTP_REQUESTS:
		return http ? (int64_t)http->requests : 0;
	case COUNTER_HTTP_REFUSED:
		return http ? (int64_t)http->bad_requests : 0;
	default:
		return counter_get(c, (enum counter)id);
	}
}

void monitor_print(const struct counters *c, const struct http_counters *http, struct buf *out)
{
	for (unsigned i = 0; i < COUNTERS; i++)
		print_one(&counter_infos[i], value_of(c, http, i), out);
	if (!http)
		return;
	const struct counter_info further[] = {
		{ "HttpProxy", "TLS Connections", "Connections with TLS that are open", COUNTER_KIND_NOW },
		{ "HttpProxy", "Failed Handshakes", "TLS handshakes that failed", COUNTER_KIND_TOTAL },
		{ "HttpProxy", "Timeouts", "Connections closed because nothing came", COUNTER_KIND_TOTAL },
		{ "HttpProxy", "Refused Connections", "Connections beyond a limit, of all or of one address", COUNTER_KIND_TOTAL },
		{ "HttpProxy", "Bytes Received", "Bytes of bodies received", COUNTER_KIND_TOTAL },
		{ "HttpProxy", "Bytes Sent", "Bytes of bodies sent", COUNTER_KIND_TOTAL },
	};
	const uint64_t values[] = { http->open_tls, http->handshakes_failed, http->timeouts, http->refused, http->bytes_in, http->bytes_out };
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		print_one(&further[i], (int64_t)values[i], out);
}

struct asking {
	struct task task;
	struct http_request *request;
	uint64_t user;
};

static bool is_administrator(struct server *server, uint64_t user)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct directory *d;
	struct person p;

	if (host_directory(server->host, &d, NULL))
		return false;
	status s = person_by_id(d, user, &arena, &p, NULL);
	host_directory_return(server->host, d);
	return !s && p.administrator && !p.account_disabled;
}

static void show(struct task *t)
{
	struct asking *a = task_of(t, struct asking, task);
	struct http_request *r = a->request;
	struct web *w = web_of(r);
	struct http_counters http;
	struct buf out = BUF_MAX(METRICS_MOST);
	uint64_t user = a->user;

	free(a);
	if (!is_administrator(web_server(w), user)) {
		web_answer(r, 403, "text/plain; charset=utf-8", "This is for administrators of the organisation.\n");
		return;
	}
	http_server_counters(web_http(w), &http);
	monitor_print(web_server(w)->counters, &http, &out);
	http_set(r, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	http_respond_buf(r, &out);
	buf_free(&out);
}

static void ask(struct http_request *r, uint64_t user)
{
	struct asking *a = calloc(1, sizeof *a);

	if (!a) {
		http_respond_text(r, 500, "The server is out of memory.");
		return;
	}
	*a = (struct asking){ { show, NULL }, r, user };
	work_post(web_server(web_of(r))->workers, &a->task);
}

void monitor_metrics(struct http_request *r)
{
	auth_request(web_auth(web_of(r)), r, ask);
}

/* Health -------------------------------------------------------------------------------------------------------------------- */

/* Well: a worker is free and the directory answers. */
static void look(struct task *t)
{
	struct asking *a = task_of(t, struct asking, task);
	struct http_request *r = a->request;
	struct server *server = web_server(web_of(r));
	struct directory *d = NULL;
	uint64_t number;
	bool well = !web_is_draining(web_of(r)) && !host_directory(server->host, &d, NULL) && !directory_change_number(d, &number, NULL);

	free(a);
	host_directory_return(server->host, d);
	http_set(r, "Cache-Control", "no-store");
	web_answer(r, well ? 200 : 503, "text/plain; charset=utf-8", well ? "200 OK\n" : "503 the server is not well, or stops\n");
}

void monitor_health(struct http_request *r)
{
	struct asking *a = calloc(1, sizeof *a);

	if (!a) {
		http_respond_text(r, 503, "The server is out of memory.");
		return;
	}
	*a = (struct asking){ { look, NULL }, r, 0 };
	work_post(web_server(web_of(r))->workers, &a->task);
}
