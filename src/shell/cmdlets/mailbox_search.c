/* Search-Mailbox: what fits a query is counted, copied into another mailbox, deleted. */
#include "shell/cmdlets/mailbox_open.h"

#include "base/quantity.h"
#include "shell/shell_private.h"
#include "store/message.h"
#include "store/search.h"

/* Messages between two commits. */
#define BATCH 200u

static const char *const columns[] = { "Identity", "Success", "ResultItemsCount", "ResultItemsSize", NULL };
static const struct object_type type = { "SearchMailboxResult", columns };

struct found {
	struct search_result ids;
	uint64_t size;
	uint64_t copied, deleted;
};

static status look(struct call *c, struct open_mailbox *o, struct found *f, bool *good)
{
	struct search_node *what;
	struct reason why = { "" };
	status rc = search_parse(call_text(c, "SearchQuery"), mailbox_clock(o->mailbox), &o->arena, &what, &why);

	*good = false;
	if (!rc)
		rc = search_run(o->mailbox, what, NULL, &o->arena, &f->ids, &why);
	if (rc)
		return call_error(c, rc, "-SearchQuery, %s: %s", o->name, why.text);
	for (size_t i = 0; i < f->ids.n; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
		struct message_info info;

		rc = message_info(o->mailbox, f->ids.ids[i], &arena, &info);
		if (rc)
			return mailbox_report(c, o, rc);
		f->size += info.size;
	}
	*good = true;
	return ecNone;
}

/* Copying ---------------------------------------------------------------------------------------------------------------- */

static status copy_one(struct open_mailbox *from, struct message_writer *w, uint64_t id)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	uint64_t copy = 0;
	status rc = message_emit(from->mailbox, id, message_writer_sink(w), &result);

	return rc || result.outcome == OUTCOME_FAILED ? (rc ? rc : ecCorruptData) : message_writer_finish(w, &copy);
}

/* Of one batch; nothing of it is there after a failure. */
static status copy_batch(struct open_mailbox *from, struct open_mailbox *to, const uint64_t *ids, size_t n)
{
	const struct message_options how = { .names = mailbox_names(from->mailbox) };
	struct message_writer *w = NULL;
	status rc = mailbox_begin(to->mailbox);

	if (!rc)
		rc = message_writer_new(to->mailbox, to->folder, &how, &w);
	for (size_t i = 0; !rc && i < n; i++) {
		if (i)
			message_writer_again(w, to->folder, &how);
		rc = copy_one(from, w, ids[i]);
	}
	message_writer_free(w);
	if (!rc)
		return mailbox_commit(to->mailbox);
	mailbox_rollback(to->mailbox);
	return rc;
}

/* Into TargetFolder, below it a folder of the name of whose mail it is. */
static status open_target(struct call *c, const struct open_mailbox *from, struct open_mailbox *to, bool *good)
{
	const char *folder = call_text(c, "TargetFolder");
	status rc = mailbox_open_by(c, call_text(c, "TargetMailbox"), to);

	*good = false;
	if (rc || !to->mailbox)
		return rc;
	if (guid_equal(&to->guid, &from->guid))
		return call_error(c, ecInvalidParam, "-TargetMailbox is the mailbox that is searched (%s)", from->name);
	const char *path = arena_printf(&to->arena, "%s\\%s", folder ? folder : "Search-Mailbox", from->name);
	rc = path ? mailbox_path_folder(to, path, true, &to->folder) : ecMemory;
	if (rc)
		return mailbox_report(c, to, rc);
	*good = true;
	return ecNone;
}

static status copy_all(struct call *c, struct open_mailbox *from, struct found *f)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox to = { .site = NULL };
	bool good = false;
	status rc = open_target(c, from, &to, &good);

	for (size_t i = 0; !rc && good && i < f->ids.n; i += BATCH) {
		size_t n = f->ids.n - i < BATCH ? f->ids.n - i : BATCH;

		if (call_is_interrupted(c))
			return call_fail(c, ecUserCanceled, "stopped after %llu message%s %s copied", (unsigned long long)f->copied, plural(f->copied),
					 f->copied == 1 ? "was" : "were");
		rc = copy_batch(from, &to, f->ids.ids + i, n);
		if (rc)
			return call_error(c, rc, "copying from %s into %s: %s", from->name, to.name,
					  *mailbox_failure(to.mailbox) ? mailbox_failure(to.mailbox) : mailbox_failure(from->mailbox));
		f->copied += n;
	}
	return rc;
}

/* Deleting: into the recoverable items, a batch at a time -------------------------------------------------------------------- */

static status delete_batch(struct open_mailbox *o, const uint64_t *ids, size_t n)
{
	status rc = mailbox_begin(o->mailbox);

	for (size_t i = 0; !rc && i < n; i++)
		rc = message_delete(o->mailbox, ids[i], DELETE_SOFT);
	if (!rc)
		return mailbox_commit(o->mailbox);
	mailbox_rollback(o->mailbox);
	return rc;
}

static status delete_all(struct call *c, struct open_mailbox *o, struct found *f)
{
	status rc = ecNone;

	for (size_t i = 0; !rc && i < f->ids.n; i += BATCH) {
		size_t n = f->ids.n - i < BATCH ? f->ids.n - i : BATCH;

		if (call_is_interrupted(c))
			return call_fail(c, ecUserCanceled, "stopped after %llu message%s %s deleted", (unsigned long long)f->deleted, plural(f->deleted),
					 f->deleted == 1 ? "was" : "were");
		rc = delete_batch(o, f->ids.ids + i, n);
		if (rc)
			return mailbox_report(c, o, rc);
		f->deleted += n;
	}
	return rc;
}

/* The cmdlet ---------------------------------------------------------------------------------------------------------------- */

static status emit(struct call *c, const struct open_mailbox *o, const struct found *f)
{
	struct object *s = object_new(c->item, &type);
	bool copy = call_has(c, "TargetMailbox"), delete = call_switch(c, "DeleteContent"), estimate = call_switch(c, "EstimateResultOnly");

	object_set(s, "Identity", value_text(o->name));
	object_set(s, "Success", value_bool(estimate || ((!copy || f->copied == f->ids.n) && (!delete || f->deleted == f->ids.n))));
	object_set(s, "ResultItemsCount", value_integer((int64_t)f->ids.n));
	object_set(s, "ResultItemsSize", value_size(f->size));
	object_set(s, "ItemsCopied", value_integer((int64_t)f->copied));
	object_set(s, "ItemsDeleted", value_integer((int64_t)f->deleted));
	object_set(s, "TargetMailbox", value_text(call_text(c, "TargetMailbox")));
	object_set(s, "TargetFolder", value_text(copy && !call_text(c, "TargetFolder") ? "Search-Mailbox" : call_text(c, "TargetFolder")));
	return call_emit_object(c, s);
}

/* Only deleting asks a person; -WhatIf holds for copying too. */
static status may_go_on(struct call *c, const struct open_mailbox *o, const struct found *f, bool *go)
{
	bool delete = call_switch(c, "DeleteContent");

	*go = true;
	if (!f->ids.n || call_switch(c, "EstimateResultOnly") || (!delete && !call_stage(c)->what_if))
		return ecNone;
	return call_should_process(c, delete ? "Search-Mailbox -DeleteContent" : "Search-Mailbox",
				   arena_printf(c->keep, "%zu message%s of %s", f->ids.n, plural(f->ids.n), o->name), go);
}

static status process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	bool copy = call_has(c, "TargetMailbox"), delete = call_switch(c, "DeleteContent"), estimate = call_switch(c, "EstimateResultOnly");
	struct found f = { .size = 0 };
	bool good = false, go = false;
	status rc;

	if (!copy && !delete && !estimate)
		return call_fail(c, ecInvalidParam, "what is to be done with it? -EstimateResultOnly counts, -TargetMailbox copies, -DeleteContent deletes");
	if (estimate && (copy || delete))
		return call_fail(c, ecInvalidParam, "-EstimateResultOnly stands alone: it changes nothing");
	rc = mailbox_open_named(c, "Identity", in, &o);
	if (rc || !o.mailbox)
		return rc;
	rc = look(c, &o, &f, &good);
	if (!rc && good)
		rc = may_go_on(c, &o, &f, &go);
	if (rc || !go)
		return rc;
	if (copy)
		rc = copy_all(c, &o, &f);
	/* What could not be copied is not deleted. */
	if (!rc && delete && (!copy || f.copied == f.ids.n))
		rc = delete_all(c, &o, &f);
	return rc ? rc : emit(c, &o, &f);
}

static const struct parameter parameters[] = {
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE, .help = "Whose mailbox." },
	{ .name = "SearchQuery", .type = PARAMETER_TEXT, .position = 2, .flags = PARAMETER_MANDATORY,
	  .help = "Words, and subject: from: to: has:attachment before:2026-01-31 size>1M folder:\"Inbox\"; OR, -not, ( )." },
	{ .name = "EstimateResultOnly", .type = PARAMETER_SWITCH, .help = "Only count what fits." },
	{ .name = "TargetMailbox", .type = PARAMETER_TEXT, .help = "Copy what fits into this mailbox." },
	{ .name = "TargetFolder", .type = PARAMETER_TEXT, .help = "There below this folder, which is made; Search-Mailbox when it is not given." },
	{ .name = "DeleteContent", .type = PARAMETER_SWITCH,
	  .help = "Delete what fits, once it is copied where -TargetMailbox says; Restore-RecoverableItems brings it back." },
	{ .name = NULL },
};

static const struct cmdlet search_mailbox = {
	.name = "Search-Mailbox",
	.synopsis = "Looks for messages in a mailbox, and counts, copies or deletes them.",
	.parameters = parameters,
	.output = "SearchMailboxResult",
	.example = "Search-Mailbox alice -SearchQuery 'invoice from:bob' -EstimateResultOnly\n"
		   "Get-Mailbox | Search-Mailbox -SearchQuery 'subject:\"You have won\"' -TargetMailbox quarantine -DeleteContent",
	.flags = CMDLET_INPUT | CMDLET_WHAT_IF | CMDLET_CONFIRM,
	.process = process,
};

const struct cmdlet *const mailbox_search_cmdlets[] = { &search_mailbox, NULL };
