/* New-MailboxRepairRequest: is a mailbox sound, and what can be mended. */
#include "shell/cmdlets/mailbox_open.h"
#include "store/check.h"

#include <strings.h>

/* So many are told one by one; all are counted. */
#define FINDINGS_MOST 100u

static const char *const columns[] = { "Mailbox", "JobState", "CorruptionsDetected", "CorruptionsFixed", NULL };
static const struct object_type type = { "MailboxRepairRequest", columns };

static const char *const kind_names[MAILBOX_CHECK_KINDS] = {
	[MAILBOX_CHECK_DATABASE] = "Database", [MAILBOX_CHECK_CONTENT] = "MessageContent",     [MAILBOX_CHECK_COLUMNS] = "FolderView",
	[MAILBOX_CHECK_COUNTERS] = "AggregateCounts", [MAILBOX_CHECK_ORPHAN] = "ProvisionedFolder", [MAILBOX_CHECK_NAMES] = "NamedProperties",
	[MAILBOX_CHECK_IDS] = "UniqueMidIndex",	  [MAILBOX_CHECK_WORDS] = "SearchIndex",
};

struct findings {
	struct arena *arena;
	struct value *items;
	size_t n;
	bool failed;
};

static void found(void *context, const struct mailbox_finding *f)
{
	struct findings *all = context;

	if (all->n == FINDINGS_MOST)
		return;
	char *text = arena_printf(all->arena, "%s: %s%s", f->kind < MAILBOX_CHECK_KINDS && kind_names[f->kind] ? kind_names[f->kind] : "Other", f->text,
				  f->repaired ? " (repaired)" : "");
	all->failed = all->failed || !text;
	if (text)
		all->items[all->n++] = value_text(text);
}

static status emit_request(struct call *c, const struct open_mailbox *o, bool detect, const struct findings *all,
			   const struct mailbox_check_summary *sum)
{
	struct object *s = object_new(c->item, &type);
	uint64_t detected = 0;

	for (size_t i = 0; i < MAILBOX_CHECK_KINDS; i++)
		detected += sum->findings[i];
	object_set(s, "Mailbox", value_text(o->name));
	object_set(s, "MailboxGuid", value_guid(&o->guid));
	object_set(s, "DetectOnly", value_bool(detect));
	object_set(s, "JobState", value_text("Succeeded"));
	object_set(s, "CorruptionsDetected", value_integer((int64_t)detected));
	object_set(s, "CorruptionsFixed", value_integer((int64_t)sum->repaired));
	object_set(s, "Incomplete", value_integer((int64_t)sum->incomplete));
	object_set(s, "Folders", value_integer((int64_t)sum->folders));
	object_set(s, "Messages", value_integer((int64_t)sum->messages));
	object_set(s, "Corruptions", value_list(all->items, all->n));
	object_set(s, "FinishTime", value_time(clock_system.now(&clock_system)));
	return call_emit_object(c, s);
}

static status process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	bool detect = call_switch(c, "DetectOnly"), go = true;
	struct mailbox_check_summary sum;
	struct reason why = { "" };
	status rc = mailbox_open_named(c, "Mailbox", in, &o);

	if (rc || !o.mailbox)
		return rc;
	if (!detect)
		rc = call_should_process(c, "New-MailboxRepairRequest", o.name, &go);
	if (rc || !go)
		return rc;
	struct findings all = { .arena = &o.arena, .items = arena_array(&o.arena, FINDINGS_MOST, sizeof *all.items) };
	const struct mailbox_check_options options = { .repair = !detect, .found = found, .context = &all };
	if (!all.items)
		return call_fail(c, ecMemory, "the findings need too much memory");
	rc = mailbox_check(o.mailbox, &options, &sum, &why);
	if (rc)
		return call_error(c, rc, "the mailbox of %s cannot be checked: %s", o.name, why.text);
	if (all.failed)
		return call_fail(c, ecMemory, "the findings need too much memory");
	return emit_request(c, &o, detect, &all, &sum);
}

static const char *const types[] = { "AggregateCounts", "FolderView", "MessageContent", "NamedProperties", "ProvisionedFolder", "SearchFolder",
				     "UniqueMidIndex", NULL };

static const struct parameter parameters[] = {
	{ .name = "Mailbox", .alias = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE,
	  .help = "Whose mailbox." },
	{ .name = "DetectOnly", .type = PARAMETER_SWITCH, .help = "Only say what is wrong, and change nothing." },
	{ .name = "CorruptionType", .type = PARAMETER_WORD, .words = types, .flags = PARAMETER_LIST,
	  .help = "Accepted, as handbooks give it; everything is looked for whatever it says." },
	{ .name = NULL },
};

static const struct cmdlet new_repair = {
	.name = "New-MailboxRepairRequest",
	.synopsis = "Looks whether a mailbox is sound, and mends what can be mended, at once.",
	.parameters = parameters,
	.output = "MailboxRepairRequest",
	.example = "New-MailboxRepairRequest alice -DetectOnly | fl\nGet-Mailbox | New-MailboxRepairRequest -DetectOnly | where { $_.CorruptionsDetected -gt 0 }",
	.flags = CMDLET_INPUT | CMDLET_WHAT_IF,
	.process = process,
};

const struct cmdlet *const mailbox_repair_cmdlets[] = { &new_repair, NULL };
