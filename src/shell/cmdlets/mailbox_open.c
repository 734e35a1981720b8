#include "shell/cmdlets/mailbox_open.h"

#include "shell/cmdlets/directory_cmdlet.h"

#include <string.h>

#define WORK_MAX ((size_t)64 << 20)

void mailbox_open_release(struct open_mailbox *o)
{
	if (o->site)
		site_release(o->site, o->mailbox);
	o->mailbox = NULL;
	arena_free(&o->arena);
}

status mailbox_report(struct call *c, const struct open_mailbox *o, status code)
{
	return call_error(c, code, "the mailbox of %s: %s", o->name, mailbox_failure(o->mailbox));
}

static status open_person(struct call *c, struct open_mailbox *o)
{
	struct reason why = { "" };
	status rc;

	if (!directory_guid(o->person, "ExchangeGuid", &o->guid))
		return call_error(c, ecNotFound, "%s has no mailbox", o->person->name);
	o->name = o->person->name;
	rc = site_mailbox(o->site, &o->guid, &o->mailbox, &why);
	if (!rc)
		return ecNone;
	o->mailbox = NULL;
	return call_error(c, rc, "the mailbox of %s cannot be opened: %s", o->name, why.text);
}

status mailbox_open_named(struct call *c, const char *parameter, const struct value *in, struct open_mailbox *out)
{
	const struct directory_object *found = NULL;
	status rc;

	*out = (struct open_mailbox){ .arena = ARENA_BUDGET(WORK_MAX) };
	rc = call_site(c, &out->site);
	if (!rc)
		rc = call_object(c, directory_class("Mailbox"), parameter, in, &found);
	if (rc || !found)
		return rc;
	/* Again, into memory that outlives what is emitted. */
	rc = directory_get(site_directory(out->site), directory_class("Mailbox"), found->id, &out->arena, &out->person, &c->why);
	return rc ? rc : open_person(c, out);
}

static status find_person(struct call *c, const char *identity, struct open_mailbox *o, struct reason *why)
{
	status rc = call_site(c, &o->site);

	if (rc)
		return reason_set(why, rc, "%s", c->why.text);
	return directory_find(site_directory(o->site), directory_class("Mailbox"), identity, &o->arena, &o->person, why);
}

status mailbox_open_by(struct call *c, const char *identity, struct open_mailbox *out)
{
	struct reason why = { "" };
	status rc;

	*out = (struct open_mailbox){ .arena = ARENA_BUDGET(WORK_MAX) };
	rc = find_person(c, identity, out, &why);
	return rc ? call_report(c, rc, &why) : open_person(c, out);
}

/* One step down; the name ends at a backslash. */
static status step(struct open_mailbox *o, const char *name, size_t n, bool make, uint64_t *folder)
{
	char *own = arena_strndup(&o->arena, name, n);
	status rc = own ? folder_by_name(o->mailbox, *folder, own, folder) : ecMemory;

	if (rc != ecNotFound || !make)
		return rc;
	rc = mailbox_begin(o->mailbox);
	if (!rc)
		rc = folder_create(o->mailbox, *folder, own, NULL, folder);
	if (!rc)
		return mailbox_commit(o->mailbox);
	mailbox_rollback(o->mailbox);
	return rc;
}

status mailbox_path_folder(struct open_mailbox *o, const char *path, bool make, uint64_t *folder)
{
	status rc = folder_by_role(o->mailbox, MAILBOX_IPM_SUBTREE, folder);

	while (!rc && *(path += strspn(path, "\\"))) {
		size_t n = strcspn(path, "\\");

		rc = step(o, path, n, make, folder);
		path += n;
	}
	return rc;
}

static status find_folder(struct call *c, struct open_mailbox *o, const char *path)
{
	status rc;

	o->path = *path ? arena_strdup(&o->arena, path) : "\\";
	o->where = o->path ? arena_printf(&o->arena, "%s:%s", o->name, o->path) : NULL;
	if (!o->where)
		return call_fail(c, ecMemory, "the path of a folder needs too much memory");
	rc = mailbox_path_folder(o, path, false, &o->folder);
	if (!rc)
		return ecNone;
	site_release(o->site, o->mailbox);
	o->mailbox = NULL;
	return call_error(c, rc, "%s has no folder '%s'; Get-MailboxFolderStatistics lists the folders", o->name, o->path);
}

status mailbox_open_folder(struct call *c, const char *parameter, struct open_mailbox *out)
{
	const char *text = call_text(c, parameter), *colon = text ? strstr(text, ":\\") : NULL, *slash = text ? strchr(text, '\\') : NULL;
	const char *path = "";
	struct reason why = { "" };
	status rc = ecNotFound;

	*out = (struct open_mailbox){ .arena = ARENA_BUDGET(WORK_MAX) };
	if (!text)
		return call_error(c, ecInvalidParam, "-%s is empty", parameter);
	/* A mailbox may be named DOMAIN\alias: what is a mailbox as it stands is one. */
	if (!colon)
		rc = find_person(c, text, out, &why);
	if (rc == ecNotFound && (colon || slash)) {
		const char *end = colon ? colon : slash;
		char *person = arena_strndup(&out->arena, text, (size_t)(end - text));

		path = colon ? colon + 1 : slash;
		rc = person ? find_person(c, person, out, &why) : reason_set(&why, ecMemory, "a name needs too much memory");
	}
	if (rc)
		return call_report(c, rc, &why);
	rc = open_person(c, out);
	return rc || !out->mailbox ? rc : find_folder(c, out, path);
}

const char *mailbox_folder_type(const struct folder *f)
{
	static const char *const types[MAILBOX_ROLES] = {
		[MAILBOX_PLAIN] = "User Created",     [MAILBOX_ROOT] = "Root",		  [MAILBOX_DEFERRED_ACTION] = "DeferredActionFolder",
		[MAILBOX_SPOOLER_QUEUE] = "SpoolerQueue", [MAILBOX_IPM_SUBTREE] = "IpmSubtree", [MAILBOX_INBOX] = "Inbox",
		[MAILBOX_OUTBOX] = "Outbox",	      [MAILBOX_SENT_ITEMS] = "SentItems", [MAILBOX_DELETED_ITEMS] = "DeletedItems",
		[MAILBOX_COMMON_VIEWS] = "CommonViews", [MAILBOX_SCHEDULE] = "Schedule",  [MAILBOX_FINDER] = "Finder",
		[MAILBOX_VIEWS] = "Views",	      [MAILBOX_SHORTCUTS] = "Shortcuts",  [MAILBOX_CALENDAR] = "Calendar",
		[MAILBOX_CONTACTS] = "Contacts",      [MAILBOX_DRAFTS] = "Drafts",	  [MAILBOX_JOURNAL] = "Journal",
		[MAILBOX_NOTES] = "Notes",	      [MAILBOX_TASKS] = "Tasks",	  [MAILBOX_JUNK_EMAIL] = "JunkEmail",
		[MAILBOX_RECOVERABLE_ITEMS] = "RecoverableItemsRoot",
	};

	return f->role < MAILBOX_ROLES && types[f->role] ? types[f->role] : "User Created";
}

const char *mailbox_folder_path(struct open_mailbox *o, uint64_t folder, struct arena *arena)
{
	char *path = arena_strdup(arena, "");

	for (unsigned depth = 0; path && depth <= FOLDER_DEPTH_MAX; depth++) {
		struct folder f;

		if (folder_get(o->mailbox, folder, arena, &f))
			return NULL;
		if (f.role == MAILBOX_IPM_SUBTREE || f.parent == f.id)
			return *path ? path : "\\";
		path = arena_printf(arena, "\\%s%s", f.name, path);
		folder = f.parent;
	}
	return NULL;
}
