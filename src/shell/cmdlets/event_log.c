#include "shell/cmdlets/event_log.h"

#include <pwd.h>
#include <strings.h>
#include <unistd.h>

#include "shell/shell_private.h"
#include "shell/wildcard.h"
#include "store/event_log.h"

#define SOURCE "Postern Shell"
/* As Exchange numbers what its cmdlets log. */
#define EVENT_SUCCEEDED 1u
#define EVENT_FAILED 6u

/* Writing ---------------------------------------------------------------------------------------------------------------- */

static void add_caller(const struct call *c, struct buf *out)
{
	char room[1024];
	struct passwd p, *found = NULL;
	unsigned n = 0;

	buf_printf(out, " by %s", getpwuid_r(getuid(), &p, room, sizeof room, &found) == 0 && found ? found->pw_name : "");
	if (!found)
		buf_printf(out, "user %ld", (long)getuid());
	for (size_t i = 0; i < c->binding->n; i++)
		if (c->binding->items[i].how == BOUND_BY_LINE)
			buf_printf(out, "%s-%s", n++ ? " " : ", with ", c->binding->items[i].parameter->name);
}

static void write_event(struct call *c, enum event_type type, unsigned id, const char *message)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 10);
	struct event e = { clock_system.now(&clock_system), type, id, SOURCE, message };
	const struct site_context *x = c->context;
	struct reason why = { "" };
	const char *folder;

	if (!x->site)
		return;
	folder = event_log_folder(site_location(x->site), &arena);
	if (!folder || event_log_write(folder, &e, &why))
		call_warning(c, "It is done, but not written down: %s", folder ? why.text : "there is no folder for the log of events");
}

void log_change(struct call *c, const char *target)
{
	CLEANUP_BUF struct buf text = BUF_MAX(3000);

	buf_printf(&text, "%s on %s", c->cmdlet->name, target);
	add_caller(c, &text);
	write_event(c, EVENT_INFORMATION, EVENT_SUCCEEDED, buf_cstr(&text));
}

void log_failure(struct call *c, const char *words)
{
	CLEANUP_BUF struct buf text = BUF_MAX(3000);

	/* Only what would have changed something. */
	if (!(c->cmdlet->flags & CMDLET_WHAT_IF))
		return;
	buf_printf(&text, "%s failed: %s", c->cmdlet->name, words);
	add_caller(c, &text);
	write_event(c, EVENT_WARNING, EVENT_FAILED, buf_cstr(&text));
}

/* Get-EventLog ----------------------------------------------------------------------------------------------------------- */

static const char *const columns[] = { "Index", "TimeGenerated", "EntryType", "Source", "InstanceId", "Message", NULL };
static const struct object_type entry_type = { "EventLogEntry", columns };
static const char *const logs[] = { "Application", NULL };
static const char *const types[] = { "Information", "Warning", "Error", NULL };

static const struct parameter parameters[] = {
	{ .name = "LogName", .type = PARAMETER_WORD, .position = 1, .words = logs, .help = "Application; there is only one." },
	{ .name = "Newest", .type = PARAMETER_INTEGER, .help = "Only so many, the newest." },
	{ .name = "EntryType", .type = PARAMETER_WORD, .flags = PARAMETER_LIST, .words = types, .help = "Only events of these types." },
	{ .name = "Source", .type = PARAMETER_TEXT, .flags = PARAMETER_LIST, .help = "Only events from there; wildcards may stand in it." },
	{ .name = "Message", .type = PARAMETER_TEXT, .help = "Only events whose message matches, with wildcards." },
	{ .name = "After", .type = PARAMETER_TIME, .help = "Only later events." },
	{ .name = "Before", .type = PARAMETER_TIME, .help = "Only earlier events." },
	{ .name = NULL },
};

static bool one_matches(const struct call *c, const char *parameter, const char *text)
{
	struct value_list wanted = call_list(c, parameter);

	for (size_t i = 0; i < wanted.n; i++)
		if (wildcard_match(wanted.items[i].text, text, false))
			return true;
	return wanted.n == 0;
}

static bool is_wanted(const struct call *c, const struct event *e)
{
	const struct value *after = call_value(c, "After"), *before = call_value(c, "Before");
	const char *message = call_text(c, "Message");

	return (!after || e->time > after->time) && (!before || e->time < before->time) && one_matches(c, "EntryType", event_type_name(e->type)) &&
	       one_matches(c, "Source", e->source) && (!message || wildcard_match(message, e->message, false));
}

static status emit_entry(struct call *c, const struct event *e, size_t index)
{
	struct object *o = object_new(c->item, &entry_type);

	object_set(o, "Index", value_integer((int64_t)index));
	object_set(o, "TimeGenerated", value_time(e->time));
	object_set(o, "EntryType", value_text(event_type_name(e->type)));
	object_set(o, "Source", value_text(e->source));
	object_set(o, "InstanceId", value_integer(e->id));
	object_set(o, "Message", value_text(e->message));
	return call_emit_object(c, o);
}

/* The newest first, as in Windows. */
static status process(struct call *c, const struct value *in)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)128 << 20);
	int64_t most = call_integer(c, "Newest", INT64_MAX);
	struct event *events = NULL;
	struct site *site = NULL;
	const char *folder;
	size_t n = 0;
	status rc = call_site(c, &site);

	(void)in;
	if (rc)
		return rc;
	if (most < 1)
		return call_fail(c, ecInvalidParam, "-Newest is above 0");
	folder = event_log_folder(site_location(site), &arena);
	rc = folder ? event_log_read(folder, &arena, &events, &n, &c->why) : ecNone;
	for (size_t i = n; i-- > 0 && most > 0 && !rc;) {
		if (!is_wanted(c, &events[i]))
			continue;
		rc = emit_entry(c, &events[i], i + 1);
		most--;
	}
	return rc;
}

static const struct cmdlet get_event_log = {
	.name = "Get-EventLog",
	.synopsis = "Shows what happened: changes, by whom, and what failed; the newest first.",
	.parameters = parameters,
	.output = "EventLogEntry",
	.example = "Get-EventLog Application -Newest 20\nGet-EventLog -EntryType Warning -After 2026-11-24 | fl",
	.process = process,
};

const struct cmdlet *const event_log_cmdlets[] = { &get_event_log, NULL };
