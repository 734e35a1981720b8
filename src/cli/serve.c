/* postern serve: the Client Access Server, in the foreground. */
#include "cli/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/heap.h"
#include "cli/text.h"
#include "net/work.h"
#include "server/events.h"
#include "server/maintenance.h"
#include "server/notify_hub.h"
#include "server/transport.h"
#include "store/counter_file.h"

#define DRAIN_SECONDS 25u
#define CERTIFICATE_GLANCE_MS 60000u
#define PORT_DEFAULT 8443u

enum { KEY_PLAIN = 256, KEY_NAME, KEY_CERTIFICATE, KEY_CREATE, KEY_ORGANIZATION, KEY_DOMAIN, KEY_DRAIN, KEY_IDLE, KEY_LOOPS, KEY_WORKERS };

static const struct argp_option options[] = {
	{ "data", 'd', "LOCATION", 0, "Where the directory and the mailboxes are: a folder, or postgresql://...", 0 },
	{ "listen", 'l', "ADDRESS:PORT", 0, "Serve here with TLS; may be given several times (default 127.0.0.1:8443)", 0 },
	{ "plain", KEY_PLAIN, "ADDRESS:PORT", 0, "Serve here without TLS; passwords are taken from this host only", 0 },
	{ "name", KEY_NAME, "HOST", 0, "Which server of the organisation this is (default: the one with the name of the host, else the only one)", 0 },
	{ "certificate", KEY_CERTIFICATE, "FILE", 0, "Certificates and their keys as PEM (default: those enabled for IIS, else one is made)", 0 },
	{ "create", KEY_CREATE, NULL, 0, "Make an organisation where there is none", 1 },
	{ "organization", KEY_ORGANIZATION, "NAME", 0, "Its name, when one is made (default Postern)", 1 },
	{ "domain", KEY_DOMAIN, "DOMAIN", 0, "Its first accepted domain (default: that of the host)", 1 },
	{ "drain", KEY_DRAIN, "SECONDS", 0, "How long requests may take to end when the server stops (default 25)", 2 },
	{ "session-idle", KEY_IDLE, "SECONDS", 0, "After how long without a request a session ends (default 900)", 2 },
	{ "loops", KEY_LOOPS, "N", 0, "Threads for connections (default: one a core)", 2 },
	{ "workers", KEY_WORKERS, "N", 0, "Threads for mailboxes (default: four a core, at least eight)", 2 },
	{ 0 },
};

bool serve_address_parse(const char *text, struct serve_address *out)
{
	struct serve_address a = { .port = 0 };
	const char *colon = strrchr(text, ':');
	const char *port = colon ? colon + 1 : text;
	size_t n = colon ? (size_t)(colon - text) : 0;
	unsigned char room[16];
	char *end;

	errno = 0;
	unsigned long number = strtoul(port, &end, 10);
	if (errno || *end || *port < '0' || *port > '9' || number > 65535)
		return false;
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n >= sizeof a.host)
		return false;
	memcpy(a.host, text, n);
	if (!n)
		(void)snprintf(a.host, sizeof a.host, "%s", colon ? "0.0.0.0" : "127.0.0.1");
	if (inet_pton(AF_INET, a.host, room) != 1 && inet_pton(AF_INET6, a.host, room) != 1)
		return false;
	a.port = (uint16_t)number;
	*out = a;
	return true;
}

static void add_address(struct serve_options *o, const char *text, bool plain, struct argp_state *state)
{
	struct serve_address *a = &o->addresses[o->n_addresses];

	if (o->n_addresses == SERVE_ADDRESSES_MOST)
		argp_error(state, "there are more than %u addresses", SERVE_ADDRESSES_MOST);
	else if (!serve_address_parse(text, a))
		argp_error(state, "'%s' is no address with a port, such as 127.0.0.1:8443, [::1]:8443 or :443", text);
	else
		o->n_addresses++;
	a->plain = plain;
}

static unsigned number_of(const char *text, unsigned long most, struct argp_state *state)
{
	char *end;

	errno = 0;
	unsigned long n = strtoul(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || n > most)
		argp_error(state, "'%s' is no number from 0 to %lu", text, most);
	return (unsigned)n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct serve_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case 'd':
		o->data = arg;
		return 0;
	case 'l':
		add_address(o, arg, false, state);
		return 0;
	case KEY_PLAIN:
		add_address(o, arg, true, state);
		return 0;
	case KEY_NAME:
		o->name = o->site.host = arg;
		return 0;
	case KEY_CERTIFICATE:
		o->certificate = arg;
		return 0;
	case KEY_CREATE:
		o->site.create = true;
		return 0;
	case KEY_ORGANIZATION:
		o->site.organization = arg;
		return 0;
	case KEY_DOMAIN:
		o->site.domain = arg;
		return 0;
	case KEY_DRAIN:
		o->drain = number_of(arg, 3600, state);
		return 0;
	case KEY_IDLE:
		o->session_idle = number_of(arg, 86400, state);
		return 0;
	case KEY_LOOPS:
		o->loops = number_of(arg, 256, state);
		return 0;
	case KEY_WORKERS:
		o->workers = number_of(arg, 1024, state);
		return 0;
	case ARGP_KEY_END:
		if (!o->site.create && (o->site.organization || o->site.domain))
			argp_error(state, "--organization and --domain are for --create");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"",
	"Serves the mailboxes to Outlook and other clients: Autodiscover and MAPI over HTTP, until it is stopped."
	"\vIt runs in the foreground, says where it listens and what to try, and logs to the event log (Get-EventLog). SIGTERM and SIGINT stop it: "
	"requests that are under way are ended first. SIGHUP looks for new certificates at once. Sockets that systemd hands over are used "
	"instead of --listen. Exit codes: 0 stopped when asked to, 2 could not start, 64 wrong usage.",
	common_children,
	NULL,
	NULL,
};

/* The server ------------------------------------------------------------------------------------------------------------------ */

struct serving {
	const struct serve_options *options;
	struct arena arena;
	struct counters counters; /* where there is no folder for them to be seen in */
	struct counter_file *counter_file;
	struct server server;
	struct serve_tls tls;
	struct loops *loops;
	struct web *web;
	struct serve_bound bound[SERVE_ADDRESSES_MOST];
	unsigned n_bound;
	bool has_role; /* ClientAccess */
	char user[320];
	struct loop_timer *glance;
	struct maintenance *maintenance;
	struct task start, look;
	bool looking;
	struct reason why;
};

/* Which server of the organisation this is, and whether it is to serve clients. */
static status find_server(struct serving *s, struct directory *d)
{
	const struct directory_class *as = directory_class("ExchangeServer");
	const struct directory_object *o = NULL;
	struct directory_query q = { .as = as };
	char host[256] = "";
	uint64_t *ids;
	size_t n;

	if (!s->options->name)
		(void)gethostname(host, sizeof host - 1);
	status st = directory_find(d, as, s->options->name ? s->options->name : host, &s->arena, &o, &s->why);
	if (st == ecNotFound && !s->options->name) {
		st = directory_list(d, &q, &s->arena, &ids, &n, &s->why);
		if (!st && n != 1)
			st = reason_set(&s->why, ecNotFound, "the organisation has several servers; say which one this is with --name");
		if (!st)
			st = directory_get(d, as, ids[0], &s->arena, &o, &s->why);
	}
	if (st)
		return st;
	const struct directory_value *roles = directory_values(o, "ServerRole", &n);
	for (size_t i = 0; i < n; i++)
		s->has_role = s->has_role || strcmp(roles[i].text, "ClientAccess") == 0;
	const char *fqdn = directory_text(o, "Fqdn");
	s->server.fqdn = arena_strdup(&s->arena, fqdn ? fqdn : o->name);
	return s->server.fqdn ? ecNone : reason_set(&s->why, ecMemory, "out of memory");
}

/* Somebody whose mailbox can be tried: for what is printed. */
static void find_user(struct serving *s, struct directory *d)
{
	struct directory_query q = { .as = directory_class("Mailbox") };
	const struct directory_object *o;
	uint64_t *ids;
	size_t n;

	(void)snprintf(s->user, sizeof s->user, "ADDRESS");
	if (directory_list(d, &q, &s->arena, &ids, &n, NULL) || !n || directory_get(d, q.as, ids[0], &s->arena, &o, NULL))
		return;
	const char *address = directory_text(o, "PrimarySmtpAddress");
	if (address)
		(void)snprintf(s->user, sizeof s->user, "%s", address);
}

static status read_directory(struct serving *s)
{
	struct directory *d;
	status st = host_directory(s->server.host, &d, &s->why);

	if (st)
		return st;
	st = find_server(s, d);
	if (!st)
		find_user(s, d);
	host_directory_return(s->server.host, d);
	return st;
}

static status open_site(struct serving *s)
{
	struct host_options host = { .site = s->options->site, .changes = notify_hub_changes };
	struct site_first first = { .made = false };
	const char *location = site_default_location(s->options->data, &s->arena);

	host.context = s->server.notify = notify_hub_new();
	if (!s->server.notify)
		return reason_set(&s->why, ecMemory, "out of memory");
	if (!location)
		return reason_set(&s->why, ecNotFound, "neither --data nor POSTERN_DATA nor HOME says where the mailboxes are");
	status st = host_open(location, &host, &first, &s->server.host, &s->why);
	if (st == ecNotFound && !s->options->site.create)
		reason_put_before(&s->why, "postern serve --create makes one");
	if (!st && first.made) {
		fprintf(stderr, "A new organisation was made at %s. Its administrator:\n  address   %s\n  password  %s\n", location, first.address,
			first.password);
		fprintf(stderr, "The password is shown only now; Set-Mailbox -Password (Read-Host -AsSecureString) changes it.\n");
	}
	explicit_bzero(&first, sizeof first);
	return st;
}

/* Counters belong to the role: without it the service starts without them, and says so. */
static void install_counters(struct serving *s)
{
	const char *folder = event_log_folder(host_location(s->server.host), &s->arena);
	struct counter_row rows[COUNTERS];
	int64_t *values;

	if (!s->has_role) {
		server_event(s->server.events, SERVER_EVENT_COUNTERS_NOT_INSTALLED, s->server.fqdn, NULL, NULL);
		return;
	}
	for (unsigned i = 0; i < COUNTERS; i++)
		rows[i] = (struct counter_row){ counter_infos[i].object, counter_infos[i].name, counter_infos[i].kind == COUNTER_KIND_TOTAL };
	s->server.counters = &s->counters;
	/* Where they cannot be shown to others they still count for /metrics. */
	if (folder && !counter_file_make(folder, rows, COUNTERS, &s->counter_file, &values, &s->why))
		s->server.counters = (struct counters *)(void *)values;
}

static status open_services(struct serving *s)
{
	struct web_options web = { .sessions = { .idle_ms = s->options->session_idle * 1000 } };
	const char *folder;
	status st = server_events_new(host_location(s->server.host), host_clock(s->server.host), &s->server.events);

	if (st)
		return reason_set(&s->why, st, "out of memory");
	install_counters(s);
	st = workers_start(s->options->workers, &s->server.workers, &s->why);
	if (!st)
		st = loops_start(s->options->loops, &s->loops, &s->why);
	if (!st)
		st = web_new(&s->server, s->loops, &web, &s->web, &s->why);
	if (!st)
		st = transport_open(&s->server, &(struct transport_options){ .hold = TRANSPORT_HOLD }, &s->why);
	if (!st && maintenance_new(&s->server, &s->maintenance))
		st = reason_set(&s->why, ecMemory, "out of memory");
	if (st)
		return st;
	folder = event_log_folder(host_location(s->server.host), &s->arena);
	s->tls = (struct serve_tls){ .server = &s->server,
				     .file = s->options->certificate,
				     .folder = folder ? arena_printf(&s->arena, "%s/tls", folder) : NULL };
	return serve_tls_start(&s->tls, &s->why);
}

/* Listening -------------------------------------------------------------------------------------------------------------------- */

static status adopt_all(struct serving *s)
{
	char name[64];
	int fd;

	for (unsigned i = 0; (fd = http_inherited(i, name)) >= 0; i++) {
		bool plain = strncmp(name, "plain", 5) == 0;
		status st = http_server_adopt(web_http(s->web), fd, plain ? NULL : s->tls.context, &s->why);

		if (st)
			return st;
		if (s->n_bound < SERVE_ADDRESSES_MOST) {
			(void)snprintf(s->bound[s->n_bound].host, sizeof s->bound[0].host, "%s", s->server.fqdn);
			s->bound[s->n_bound++] = (struct serve_bound){ .port = plain ? 80 : 443, .plain = plain };
		}
	}
	return ecNone;
}

static status listen_all(struct serving *s)
{
	const struct serve_address usual = { "127.0.0.1", PORT_DEFAULT, false };
	unsigned n = s->options->n_addresses;
	status st = adopt_all(s);

	if (st || s->n_bound)
		return st;
	for (unsigned i = 0; i < (n ? n : 1); i++) {
		const struct serve_address *a = n ? &s->options->addresses[i] : &usual;
		struct serve_bound *b = &s->bound[s->n_bound];

		st = http_server_listen(web_http(s->web), a->host, a->port, a->plain ? NULL : s->tls.context, &b->port, &s->why);
		if (st)
			return st;
		(void)snprintf(b->host, sizeof b->host, "%s", a->host);
		b->plain = a->plain;
		s->n_bound++;
	}
	return ecNone;
}

/* Running ---------------------------------------------------------------------------------------------------------------------- */

static void look(struct task *t)
{
	struct serving *s = task_of(t, struct serving, look);

	serve_tls_look(&s->tls);
	maintenance_look(s->maintenance);
	host_close_idle(s->server.host);
	__atomic_store_n(&s->looking, false, __ATOMIC_RELEASE);
}

static void glance(void *arg)
{
	struct serving *s = arg;

	if (!s->glance) /* it does not look yet, or not any more: soon there are no workers */
		return;
	if (!__atomic_exchange_n(&s->looking, true, __ATOMIC_ACQUIRE))
		work_post(s->server.workers, &s->look);
	loop_timer_set(s->glance, CERTIFICATE_GLANCE_MS);
}

static void start_glancing(struct task *t)
{
	struct serving *s = task_of(t, struct serving, start);

	if (!loop_timer_new(loops_at(s->loops, 0), glance, s, &s->glance))
		loop_timer_set(s->glance, CERTIFICATE_GLANCE_MS);
}

/* On the loop of the timer. */
static void on_signal(void *arg, int signal)
{
	struct serving *s = arg;

	if (signal == SIGHUP) {
		glance(s);
		return;
	}
	loop_timer_free(s->glance);
	s->glance = NULL;
	loops_finish(s->loops);
}

static status run_server(struct serving *s)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	status st = loop_signals(loops_at(s->loops, 0), signals, sizeof signals / sizeof *signals, on_signal, s, &s->why);

	if (st)
		return st;
	s->look.run = look;
	s->start.run = start_glancing;
	loop_post(loops_at(s->loops, 0), &s->start);
	server_event(s->server.events, SERVER_EVENT_STARTED, s->server.fqdn, NULL, NULL);
	serve_show(s->options, &s->server, &s->tls, s->bound, s->n_bound, s->user);
	serve_notify("READY=1");
	loops_wait(s->loops);
	serve_notify("STOPPING=1");
	if (!s->options->common.quiet)
		fprintf(stderr, "Stopping.\n");
	return ecNone;
}

/* In the order in which they stand on each other; all of it may be missing. */
static void stop_server(struct serving *s, bool ran)
{
	unsigned seconds = s->options->drain ? s->options->drain : DRAIN_SECONDS;

	if (s->web)
		web_drain(s->web, seconds * 1000);
	web_free(s->web);
	workers_stop(s->server.workers);
	loops_stop(s->loops);
	transport_close(&s->server);
	maintenance_free(s->maintenance);
	tls_context_free(s->tls.context);
	if (ran)
		server_event(s->server.events, SERVER_EVENT_STOPPED, "a signal", NULL, NULL);
	server_events_free(s->server.events);
	host_close(s->server.host);
	counter_file_close(s->counter_file);
	notify_hub_free(s->server.notify); /* which mailboxes tell as long as they are open */
	arena_free(&s->arena);
}

static int run(const struct command *self, int argc, char **argv)
{
	struct serve_options o = { .data = NULL };
	struct serving s = { .options = &o, .arena = ARENA_BUDGET((size_t)32 << 20) };

	(void)self;
	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return EXIT_USAGE;
	heap_keep_much();
	status st = open_site(&s);
	if (!st)
		st = read_directory(&s);
	if (!st)
		st = open_services(&s);
	if (!st)
		st = listen_all(&s);
	if (!st)
		st = run_server(&s);
	if (st)
		fprintf(stderr, "postern serve: %s\n", s.why.text);
	stop_server(&s, !st);
	return st ? EXIT_LOSS : EXIT_COMPLETE;
}

static void no_words(void (*add)(void *context, const char *word), void *context)
{
	(void)add;
	(void)context;
}

const struct command command_serve = {
	"serve", "", "Serve the mailboxes to Outlook and other clients", run, &argp, no_words,
};
