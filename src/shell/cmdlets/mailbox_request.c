/*
 * New-, Get-, Remove- and Resume- of MailboxImportRequest and MailboxExportRequest.  A request runs at once, to its end;
 * what is kept is how it went.
 */
#include "shell/cmdlets/mailbox_open.h"
#include "shell/cmdlets/mailbox_transfer.h"

#include <string.h>
#include <strings.h>

#define LIST_ARENA ((size_t)64 << 20)

static const char *const columns[] = { "Name", "Mailbox", "Status", "ItemsTransferred", NULL };
static const struct object_type types[] = { [REQUEST_IMPORT] = { "MailboxImportRequest", columns },
					    [REQUEST_EXPORT] = { "MailboxExportRequest", columns } };

/* Which of the two a cmdlet is of. */
static enum request_kind kind_of(const struct call *c)
{
	return strstr(c->cmdlet->name, "Export") ? REQUEST_EXPORT : REQUEST_IMPORT;
}

static const char *status_name(const struct request *r)
{
	static const char *const names[REQUEST_STATES] = {
		[REQUEST_RUNNING] = "Suspended", [REQUEST_COMPLETE] = "Completed", [REQUEST_WARNINGS] = "CompletedWithWarning",
		[REQUEST_LOSS] = "CompletedWithSkippedItems", [REQUEST_FAILED] = "Failed",
	};

	return names[r->state];
}

static const char *detail(const struct request *r)
{
	switch (r->state) {
	case REQUEST_RUNNING:
		return "It was interrupted; Resume- goes on with it.";
	case REQUEST_LOSS:
		return "Something is missing; Get- with -IncludeReport shows what.";
	case REQUEST_WARNINGS:
		return "Everything is there, with remarks; Get- with -IncludeReport shows them.";
	default:
		return r->why;
	}
}

static status emit(struct call *c, const struct open_mailbox *o, const struct request *r)
{
	struct object *s = object_new(c->item, &types[r->kind]);

	object_set(s, "Name", value_text(r->name));
	object_set(s, "Identity", value_text(arena_printf(c->item, "%s\\%s", o->name, r->name)));
	object_set(s, "Mailbox", value_text(o->name));
	object_set(s, "FilePath", value_text(r->file));
	object_set(s, r->kind == REQUEST_IMPORT ? "TargetRootFolder" : "SourceRootFolder", value_text(*r->folder ? r->folder : NULL));
	object_set(s, "Status", value_text(status_name(r)));
	object_set(s, "StatusDetail", value_text(detail(r)));
	object_set(s, "ItemsFound", value_integer((int64_t)r->emitted));
	object_set(s, "ItemsTransferred", value_integer((int64_t)r->written));
	object_set(s, "ItemsThere", value_integer((int64_t)r->duplicate));
	object_set(s, "BadItemsEncountered", value_integer((int64_t)r->failed));
	object_set(s, "StartTimestamp", value_time(r->started));
	object_set(s, "CompletionTimestamp", r->finished ? value_time(r->finished) : value_null());
	if (call_switch(c, "IncludeReport"))
		object_set(s, "Report", value_text(*r->ledger ? r->ledger : NULL));
	return call_emit_object(c, s);
}

/* Finding --------------------------------------------------------------------------------------------------------------- */

/* By its name; all when that is NULL or "". */
typedef status request_taker(struct call *c, struct open_mailbox *o, struct request *r);

static status each(struct call *c, struct open_mailbox *o, const char *name, request_taker *take)
{
	enum request_kind kind = kind_of(c);
	uint64_t after = 0;
	bool any = false;

	for (;;) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(LIST_ARENA);
		struct request r;
		bool found = false;
		status rc = request_next(o->mailbox, kind, after, &arena, &r, &found);

		if (rc)
			return call_fail(c, rc, "the mailbox of %s: %s", o->name, sql_failure(mailbox_sql(o->mailbox)));
		if (!found)
			break;
		after = r.id;
		if (name && *name && strcasecmp(name, r.name) != 0)
			continue;
		any = true;
		rc = take(c, o, &r);
		if (rc)
			return rc;
	}
	if (!any && name && *name)
		return call_error(c, ecNotFound, "%s has no request named '%s'", o->name, name);
	return ecNone;
}

/* "alice\MailboxImport": the mailbox, and a name. */
static status by_identity(struct call *c, request_taker *take)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	const char *text = call_text(c, "Identity"), *slash = text ? strchr(text, '\\') : NULL;
	char *person = text ? arena_strndup(c->keep, text, slash ? (size_t)(slash - text) : strlen(text)) : NULL;
	status rc;

	if (!person)
		return call_error(c, ecInvalidParam, "-Identity takes the mailbox and the name of a request: alice\\MailboxImport");
	rc = mailbox_open_by(c, person, &o);
	return rc || !o.mailbox ? rc : each(c, &o, slash ? slash + 1 : "", take);
}

static status all_mailboxes(struct call *c, request_taker *take)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(LIST_ARENA);
	const struct directory_query q = { .as = directory_class("Mailbox") };
	struct directory *d = NULL;
	uint64_t *ids = NULL;
	size_t n = 0;
	status rc = call_directory(c, &d);

	if (!rc)
		rc = directory_list(d, &q, &arena, &ids, &n, &c->why);
	for (size_t i = 0; !rc && i < n; i++) {
		CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
		const struct directory_object *person;
		char guid[GUID_TEXT_SIZE];

		if (directory_get(d, q.as, ids[i], &arena, &person, NULL))
			continue;
		guid_format(&person->guid, guid);
		rc = mailbox_open_by(c, guid, &o);
		if (!rc && o.mailbox)
			rc = each(c, &o, call_text(c, "Name"), take);
	}
	return rc;
}

static status emit_one(struct call *c, struct open_mailbox *o, struct request *r)
{
	return emit(c, o, r);
}

static status get_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	status rc;

	if (call_has(c, "Identity"))
		return by_identity(c, emit_one);
	if (!call_has(c, "Mailbox"))
		return all_mailboxes(c, emit_one);
	rc = mailbox_open_named(c, "Mailbox", in, &o);
	return rc || !o.mailbox ? rc : each(c, &o, call_text(c, "Name"), emit_one);
}

static status remove_one(struct call *c, struct open_mailbox *o, struct request *r)
{
	struct reason why = { "" };
	bool go = false;
	status rc = call_should_process(c, c->cmdlet->name, arena_printf(c->keep, "%s\\%s", o->name, r->name), &go);

	if (rc || !go)
		return rc;
	rc = request_remove(o->mailbox, r->id, &why);
	return rc ? call_error(c, rc, "the mailbox of %s: %s", o->name, why.text) : ecNone;
}

static status remove_process(struct call *c, const struct value *in)
{
	(void)in;
	return by_identity(c, remove_one);
}

/* Running --------------------------------------------------------------------------------------------------------------- */

static status transfer(struct open_mailbox *o, struct request *r, struct reason *why)
{
	return r->kind == REQUEST_IMPORT ? mailbox_import_file(o->mailbox, r->file, o->folder, &o->arena, r, why) :
					   mailbox_export_file(o->mailbox, r->file, o->folder, o->name, &o->arena, r, why);
}

/* From here on it is in the list, whatever becomes of it. */
static status run(struct call *c, struct open_mailbox *o, struct request *r)
{
	struct reason why = { "" }, words = { "" };
	status rc = transfer(o, r, &why), kept;

	if (rc) {
		r->state = REQUEST_FAILED;
		r->why = arena_strdup(&o->arena, why.text);
	}
	r->finished = clock_system.now(&clock_system);
	kept = request_end(o->mailbox, r, &words);
	if (kept)
		return call_error(c, kept, "the mailbox of %s: %s", o->name, words.text);
	if (rc)
		return call_error(c, rc, "%s\\%s: %s", o->name, r->name, why.text);
	if (r->state == REQUEST_LOSS)
		call_warning(c, "%s\\%s: something is missing; Get- with -IncludeReport shows what.", o->name, r->name);
	return emit(c, o, r);
}

/* "MailboxImport", "MailboxImport1" ...: the first that is free. */
static status begin(struct call *c, struct open_mailbox *o, struct request *r)
{
	const char *given = call_text(c, "Name"), *base = r->kind == REQUEST_IMPORT ? "MailboxImport" : "MailboxExport";
	struct reason why = { "" };
	status rc = ecDuplicateName;

	for (unsigned i = 0; rc == ecDuplicateName && i < (given ? 1u : 1000u); i++) {
		r->name = given ? given : i ? arena_printf(&o->arena, "%s%u", base, i) : base;
		if (!r->name)
			return call_fail(c, ecMemory, "a name needs too much memory");
		rc = request_begin(o->mailbox, r, &r->id, &why);
	}
	return rc ? call_fail(c, rc, "%s", why.text) : ecNone;
}

static status find_root(struct call *c, struct open_mailbox *o, const char *path, bool make, bool *good)
{
	status rc = *path ? mailbox_path_folder(o, path, make, &o->folder) : ecNone;

	*good = !rc;
	return rc ? call_error(c, rc, "%s has no folder '%s'", o->name, path) : ecNone;
}

static status new_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	enum request_kind kind = kind_of(c);
	const char *folder = call_text(c, kind == REQUEST_IMPORT ? "TargetRootFolder" : "SourceRootFolder");
	struct request r = { .kind = kind, .file = call_text(c, "FilePath"), .folder = folder ? folder : "", .why = "", .ledger = "",
			     .started = clock_system.now(&clock_system) };
	bool go = false, good = false;
	status rc = r.file ? mailbox_open_named(c, "Mailbox", in, &o) : call_fail(c, ecInvalidParam, "-FilePath is empty");

	if (rc || !o.mailbox)
		return rc;
	rc = call_should_process(c, c->cmdlet->name, arena_printf(&o.arena, "%s, %s", o.name, r.file), &go);
	if (rc || !go)
		return rc;
	rc = find_root(c, &o, r.folder, kind == REQUEST_IMPORT, &good);
	if (rc || !good)
		return rc;
	rc = begin(c, &o, &r);
	return rc ? rc : run(c, &o, &r);
}

static status resume_one(struct call *c, struct open_mailbox *o, struct request *r)
{
	bool go = false, good = false;
	status rc = call_should_process(c, c->cmdlet->name, arena_printf(c->keep, "%s\\%s", o->name, r->name), &go);

	if (!rc && go)
		rc = find_root(c, o, r->folder, r->kind == REQUEST_IMPORT, &good);
	if (rc || !go || !good)
		return rc;
	r->started = clock_system.now(&clock_system);
	r->emitted = r->written = r->duplicate = r->filtered = r->failed = 0;
	r->why = r->ledger = "";
	return run(c, o, r);
}

static status resume_process(struct call *c, const struct value *in)
{
	(void)in;
	return by_identity(c, resume_one);
}

/* Rows ------------------------------------------------------------------------------------------------------------------ */

#define MAILBOX                                                                                                              \
	{ .name = "Mailbox", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE, .help = "Whose mailbox." }
#define NAME(HELP) { .name = "Name", .type = PARAMETER_TEXT, .help = HELP }
#define IDENTITY(MORE)                                                                                                       \
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = (MORE) | PARAMETER_BY_NAME,                    \
	  .help = "The mailbox and the name of the request: alice\\MailboxImport; alice alone: all of hers." }

static const struct parameter new_import_parameters[] = {
	MAILBOX,
	{ .name = "FilePath", .type = PARAMETER_TEXT, .position = 2, .flags = PARAMETER_MANDATORY, .help = "The .pst or .ost, sound or damaged." },
	{ .name = "TargetRootFolder", .type = PARAMETER_TEXT, .help = "Everything goes below this folder, which is made: Old mail\\2024." },
	NAME("What the request is called; MailboxImport, MailboxImport1 ... when it is not given."),
	{ .name = NULL },
};
static const struct parameter new_export_parameters[] = {
	MAILBOX,
	{ .name = "FilePath", .type = PARAMETER_TEXT, .position = 2, .flags = PARAMETER_MANDATORY, .help = "The .pst that is made; nothing is replaced." },
	{ .name = "SourceRootFolder", .type = PARAMETER_TEXT, .help = "Only this folder and what is below it: Inbox\\Projects." },
	NAME("What the request is called; MailboxExport, MailboxExport1 ... when it is not given."),
	{ .name = NULL },
};
static const struct parameter get_parameters[] = {
	IDENTITY(0),
	{ .name = "Mailbox", .type = PARAMETER_TEXT, .help = "Whose mailbox; of all when neither is given." },
	NAME("Only requests of this name."),
	{ .name = "IncludeReport", .type = PARAMETER_SWITCH, .help = "With the whole ledger, as JSON: what was expected, found and written in each folder." },
	{ .name = NULL },
};
static const struct parameter one_parameters[] = { IDENTITY(PARAMETER_MANDATORY), { .name = NULL } };

#define CMDLET(VARIABLE, NAME_, SYNOPSIS, PARAMETERS, OUTPUT, EXAMPLE, FLAGS, PROCESS)                                   \
	static const struct cmdlet VARIABLE = { .name = NAME_, .synopsis = SYNOPSIS, .parameters = PARAMETERS, .output = OUTPUT, \
						.example = EXAMPLE, .flags = FLAGS, .process = PROCESS }

CMDLET(new_import, "New-MailboxImportRequest", "Brings a .pst or .ost into a mailbox, at once; the same file twice adds nothing.",
       new_import_parameters, "MailboxImportRequest", "New-MailboxImportRequest alice -FilePath /srv/pst/alice.pst -TargetRootFolder 'Old mail'",
       CMDLET_INPUT | CMDLET_WHAT_IF, new_process);
CMDLET(get_import, "Get-MailboxImportRequest", "Shows what was imported into mailboxes, and how it went.", get_parameters, "MailboxImportRequest",
       "Get-MailboxImportRequest\nGet-MailboxImportRequest -Mailbox alice | fl", 0, get_process);
CMDLET(remove_import, "Remove-MailboxImportRequest", "Forgets a request; what it imported stays.", one_parameters, NULL,
       "Get-MailboxImportRequest | Remove-MailboxImportRequest", CMDLET_WHAT_IF | CMDLET_CONFIRM, remove_process);
CMDLET(resume_import, "Resume-MailboxImportRequest", "Runs a request again: one that was interrupted goes on where it was.", one_parameters,
       "MailboxImportRequest", "Resume-MailboxImportRequest alice\\MailboxImport", CMDLET_WHAT_IF, resume_process);
CMDLET(new_export, "New-MailboxExportRequest", "Writes a mailbox, or a folder of it, into a new .pst, at once.", new_export_parameters,
       "MailboxExportRequest", "New-MailboxExportRequest alice -FilePath /srv/pst/alice.pst", CMDLET_INPUT | CMDLET_WHAT_IF, new_process);
CMDLET(get_export, "Get-MailboxExportRequest", "Shows what was exported from mailboxes, and how it went.", get_parameters, "MailboxExportRequest",
       "Get-MailboxExportRequest -Mailbox alice | fl", 0, get_process);
CMDLET(remove_export, "Remove-MailboxExportRequest", "Forgets a request; the file that it wrote stays.", one_parameters, NULL,
       "Remove-MailboxExportRequest alice\\MailboxExport", CMDLET_WHAT_IF | CMDLET_CONFIRM, remove_process);

const struct cmdlet *const mailbox_request_cmdlets[] = { &new_import, &get_import,    &remove_import, &resume_import,
							 &new_export, &get_export, &remove_export, NULL };
