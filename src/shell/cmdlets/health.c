/* Test-ServiceHealth and Get-Counter: what runs, and what can be counted. */
#include "shell/cmdlets/site.h"
#include "shell/shell_private.h"
#include "shell/wildcard.h"
#include "store/counter_file.h"
#include "store/event_log.h"

#define COUNTERS_MOST ((size_t)32 << 20)

/* What the servers of this host count for the site; none when none runs, or one that cannot be seen. */
static status read_counters(struct call *c, struct arena *arena, struct counter_reading **out, size_t *n)
{
	struct site *site = NULL;
	status rc = call_site(c, &site);

	*n = 0;
	if (rc)
		return rc;
	const char *folder = event_log_folder(site_location(site), arena);
	return folder ? counter_file_read(folder, arena, out, n, &c->why) : ecNone;
}

/* Test-ServiceHealth ---------------------------------------------------------------------------------------------------- */

static const char *const health_columns[] = { "Role", "RequiredServicesRunning", "ServicesRunning", "ServicesNotRunning", NULL };
static const struct object_type health_type = { "ServiceHealth", health_columns };

struct services {
	struct value *running, *stopped;
	size_t n_running, n_stopped;
};

static status emit_role(struct call *c, const char *role, const struct services *s)
{
	struct object *o = object_new(c->item, &health_type);

	object_set(o, "Role", value_text(role));
	object_set(o, "RequiredServicesRunning", value_bool(s->n_stopped == 0));
	object_set(o, "ServicesRunning", value_list(s->running, s->n_running));
	object_set(o, "ServicesNotRunning", value_list(s->stopped, s->n_stopped));
	return call_emit_object(c, o);
}

/* The directory answers, or we would not be here; each database is mounted or not. */
static status emit_mailbox_role(struct call *c, struct directory *d)
{
	struct directory_query q = { .as = directory_class("MailboxDatabase") };
	struct services s = { .n_running = 0 };
	uint64_t *ids = NULL;
	size_t n = 0;
	status rc = directory_list(d, &q, c->item, &ids, &n, &c->why);

	if (rc)
		return rc;
	s.running = arena_array(c->item, n + 1, sizeof *s.running);
	s.stopped = arena_array(c->item, n + 1, sizeof *s.stopped);
	if (!s.running || !s.stopped)
		return call_fail(c, ecMemory, "the databases need too much memory");
	s.running[s.n_running++] = value_text("Directory");
	for (size_t i = 0; i < n; i++) {
		const struct directory_object *o;
		struct value name;

		if (directory_get(d, q.as, ids[i], c->item, &o, NULL))
			continue;
		name = value_text(arena_printf(c->item, "MailboxDatabase '%s'", o->name));
		if (directory_is(o, "Mounted"))
			s.running[s.n_running++] = name;
		else
			s.stopped[s.n_stopped++] = name;
	}
	return emit_role(c, "Mailbox Server Role", &s);
}

/* A server of this host that counts is one that serves clients. What comes with later releases does not run. */
static status emit_access_role(struct call *c)
{
	struct value all[] = { value_text("Autodiscover"), value_text("MapiHttp"), value_text("Ews"), value_text("ActiveSync"), value_text("Owa"),
			       value_text("Imap4"), value_text("Pop3"), value_text("Smtp") };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(COUNTERS_MOST);
	struct counter_reading *readings = NULL;
	size_t n = 0, total = sizeof all / sizeof *all;
	status rc = read_counters(c, &arena, &readings, &n);
	size_t running = n ? 2 : 0;
	struct services s = { .running = all, .n_running = running, .stopped = all + running, .n_stopped = total - running };

	return rc ? rc : emit_role(c, "Client Access Server Role", &s);
}

static status health_process(struct call *c, const struct value *in)
{
	struct directory *d = NULL;
	status rc = call_directory(c, &d);

	(void)in;
	if (!rc)
		rc = emit_mailbox_role(c, d);
	return rc ? rc : emit_access_role(c);
}

static const struct parameter none[] = { { .name = NULL } };

static const struct cmdlet test_service_health = {
	.name = "Test-ServiceHealth",
	.synopsis = "Shows which services of each role run, and which do not.",
	.parameters = none,
	.output = "ServiceHealth",
	.example = "Test-ServiceHealth | fl",
	.process = health_process,
};

/* Get-Counter ----------------------------------------------------------------------------------------------------------- */

static const char *const counter_columns[] = { "Path", "CookedValue", NULL };
static const struct object_type counter_type = { "CounterSample", counter_columns };

/* "\Postern Directory\Mailboxes": how many objects of a class there are. */
static const struct {
	const char *path, *class_name;
} counted[] = {
	{ "\\Postern Directory\\Users", "User" },
	{ "\\Postern Directory\\Mailboxes", "Mailbox" },
	{ "\\Postern Directory\\Disconnected Mailboxes", "DisconnectedMailbox" },
	{ "\\Postern Directory\\Distribution Groups", "DistributionGroup" },
	{ "\\Postern Directory\\Mailbox Databases", "MailboxDatabase" },
	{ "\\Postern Directory\\Accepted Domains", "AcceptedDomain" },
};

static bool is_wanted(const struct call *c, const char *path)
{
	struct value_list wanted = call_list(c, "Counter");

	for (size_t i = 0; i < wanted.n; i++)
		if (wildcard_match(wanted.items[i].text, path, false))
			return true;
	return wanted.n == 0;
}

static status emit_counter(struct call *c, const char *path, int64_t n)
{
	struct object *o = object_new(c->item, &counter_type);

	object_set(o, "Timestamp", value_time(clock_system.now(&clock_system)));
	object_set(o, "Path", value_text(path));
	object_set(o, "CookedValue", value_integer(n));
	return call_emit_object(c, o);
}

/* "\\MSExchange RpcClientAccess\\User Count", of each server that runs. */
static status emit_server_counters(struct call *c, unsigned *shown)
{
	/* What is emitted takes the place of the item's arena. */
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(COUNTERS_MOST);
	struct counter_reading *readings = NULL;
	size_t n = 0;
	status rc = read_counters(c, &arena, &readings, &n);

	for (size_t i = 0; i < n && !rc; i++) {
		const char *path = arena_printf(c->item, "\\%s\\%s", readings[i].row.object, readings[i].row.name);

		if (!path)
			return call_fail(c, ecMemory, "the counters need too much memory");
		if (!is_wanted(c, path))
			continue;
		rc = emit_counter(c, path, readings[i].value);
		++*shown;
	}
	return rc;
}

static status counter_process(struct call *c, const struct value *in)
{
	static const char change_path[] = "\\Postern Directory\\Change Number";
	struct directory *d = NULL;
	unsigned shown = 0;
	uint64_t n = 0;
	status rc = call_directory(c, &d);

	(void)in;
	for (size_t i = 0; i < sizeof counted / sizeof *counted && !rc; i++) {
		struct directory_query q = { .as = directory_class(counted[i].class_name) };

		if (!is_wanted(c, counted[i].path))
			continue;
		rc = directory_count(d, &q, &n, &c->why);
		if (!rc)
			rc = emit_counter(c, counted[i].path, (int64_t)n);
		shown++;
	}
	if (!rc && is_wanted(c, change_path)) {
		shown++;
		rc = directory_change_number(d, &n, &c->why);
		if (!rc)
			rc = emit_counter(c, change_path, (int64_t)n);
	}
	if (!rc)
		rc = emit_server_counters(c, &shown);
	return rc || shown ? rc : call_error(c, ecNotFound, "there is no such counter; Get-Counter shows all");
}

static const struct parameter counter_parameters[] = {
	{ .name = "Counter", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_LIST, .help = "Paths of counters, with wildcards; all when not given." },
	{ .name = NULL },
};

static const struct cmdlet get_counter = {
	.name = "Get-Counter",
	.synopsis = "Shows what is counted: users, mailboxes, groups, databases; and what servers of this host that run count.",
	.parameters = counter_parameters,
	.output = "CounterSample",
	.example = "Get-Counter '*\\Mailboxes'",
	.process = counter_process,
};

const struct cmdlet *const health_cmdlets[] = { &test_service_health, &get_counter, NULL };
