/* New-, Get-, Set- and Remove-PublicFolder, and Get-PublicFolderStatistics. */
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"
#include "shell/cmdlets/public_open.h"
#include "shell/value.h"
#include "store/folder_limits.h"
#include "store/folder_times.h"
#include "store/permission.h"
#include "store/public_mail.h"
#include "store/rule.h"

#include <strings.h>

#define FOLDERS_USUAL 10000u
#define STATISTICS_USUAL 1000u
#define ecFolderHasChildren 0x80040609u
#define SCRATCH_MOST ((size_t)16 << 20)

/* Showing ---------------------------------------------------------------------------------------------------------------- */

static const char *const folder_columns[] = { "Name", "ParentPath", NULL };
static const struct object_type folder_type = { "PublicFolder", folder_columns };
static const char *const statistics_columns[] = { "Name", "ItemCount", "LastModificationTime", NULL };
static const struct object_type statistics_type = { "PublicFolderStatistics", statistics_columns };

static status damaged(struct call *c, struct open_public *p, status rc)
{
	return call_fail(c, rc, "the public folders: %s", mailbox_failure(p->open.mailbox));
}

/* "\Marketing" of "\Marketing\Reports"; of the top nothing. */
static const char *parent_of(struct call *c, const char *path)
{
	const char *last = strrchr(path, '\\');

	return !path[1] ? "" : last == path ? "\\" : arena_strndup(c->item, path, (size_t)(last - path));
}

static bool is_mail_enabled(struct call *c, struct open_public *p, uint64_t folder)
{
	const struct directory_object *o;

	return !public_mail_find(site_directory(p->open.site), p->open.mailbox, folder, c->item, &o, NULL);
}

/* What is shown of a folder first, whichever way. */
static status shown_folder(struct call *c, struct open_public *p, uint64_t id, const struct object_type *type, struct folder *f, struct object **out)
{
	const char *path = public_path(p, id, c->item), *entryid = NULL;
	status rc = folder_get(p->open.mailbox, id, c->item, f);
	struct object *s = object_new(c->item, type);

	if (rc)
		return damaged(c, p, rc);
	if (!path || !s)
		return call_fail(c, ecMemory, "a public folder needs too much memory");
	rc = public_mail_entryid(p->open.mailbox, id, c->item, &entryid, &c->why);
	if (rc)
		return rc;
	object_set(s, "Name", value_text(f->name));
	object_set(s, "Identity", value_text(path));
	object_set(s, "EntryId", value_text(entryid));
	*out = s;
	return ecNone;
}

static struct value limit_value(uint64_t bytes)
{
	return value_size(bytes == QUOTA_UNLIMITED ? SIZE_UNLIMITED : bytes);
}

static status emit_folder(struct call *c, struct open_public *p, uint64_t id)
{
	struct folder_limits limits;
	struct object *s = NULL;
	struct folder f;
	size_t rules = 0;
	status rc = shown_folder(c, p, id, &folder_type, &f, &s);

	if (rc)
		return rc;
	rc = rule_count(p->open.mailbox, id, &rules);
	if (!rc)
		rc = folder_limits_get(p->open.mailbox, id, &limits);
	if (rc)
		return damaged(c, p, rc);
	object_set(s, "ParentPath", value_text(parent_of(c, object_get(s, "Identity")->text)));
	object_set(s, "FolderClass", value_text(f.class_name));
	object_set(s, "HasSubFolders", value_bool(f.children != 0));
	object_set(s, "MailEnabled", value_bool(is_mail_enabled(c, p, id)));
	object_set(s, "HasRules", value_bool(rules != 0));
	object_set(s, "ProhibitPostQuota", limit_value(limits.post_quota));
	object_set(s, "MaxItemSize", limit_value(limits.item));
	return call_emit_object(c, s);
}

static status count_members(struct call *c, struct open_public *p, uint64_t id, int64_t *owners, int64_t *contacts)
{
	struct permission *list = NULL;
	size_t n = 0;
	status rc = permission_list(p->open.mailbox, id, c->item, &list, &n);

	for (size_t i = 0; !rc && i < n; i++) {
		*owners += (list[i].rights & RIGHT_OWNER) != 0;
		*contacts += (list[i].rights & RIGHT_CONTACT) != 0;
	}
	return rc;
}

static status emit_statistics(struct call *c, struct open_public *p, uint64_t id)
{
	int64_t owners = 0, contacts = 0;
	uint64_t oldest = 0, newest = 0;
	struct object *s = NULL;
	struct folder f;
	status rc = shown_folder(c, p, id, &statistics_type, &f, &s);

	if (rc)
		return rc;
	rc = count_members(c, p, id, &owners, &contacts);
	if (!rc)
		rc = folder_times(p->open.mailbox, id, &oldest, &newest);
	if (rc)
		return damaged(c, p, rc);
	object_set(s, "FolderPath", *object_get(s, "Identity"));
	object_set(s, "ItemCount", value_integer((int64_t)f.items));
	object_set(s, "AssociatedItemCount", value_integer((int64_t)f.associated));
	object_set(s, "TotalItemSize", value_size(f.size));
	object_set(s, "DeletedItemCount", value_integer((int64_t)f.deleted_items));
	object_set(s, "TotalDeletedItemSize", value_size(f.deleted_size));
	object_set(s, "OwnerCount", value_integer(owners));
	object_set(s, "ContactCount", value_integer(contacts));
	object_set(s, "CreationTime", value_time(f.created));
	/* What comes in changes the folder too. */
	object_set(s, "LastModificationTime", value_time(newest > f.modified ? newest : f.modified));
	return call_emit_object(c, s);
}

/* Listing ---------------------------------------------------------------------------------------------------------------- */

static status read_limit(struct call *c, uint64_t usual, uint64_t *most)
{
	const char *text = call_text(c, "ResultSize");
	struct value v = value_integer((int64_t)usual);

	if (text && strcasecmp(text, "Unlimited") == 0)
		v = value_integer(INT64_MAX);
	else if (text && (!number_parse(text, &v) || v.kind != VALUE_INTEGER || v.integer < 1))
		return call_fail(c, ecInvalidParam, "-ResultSize takes a number above 0, or Unlimited, not '%.80s'", text);
	*most = (uint64_t)v.integer;
	return ecNone;
}

typedef status emitter(struct call *c, struct open_public *p, uint64_t id);

/* The folder and all that is below it, or its children only. */
static status list(struct call *c, struct open_public *p, bool deep, uint64_t most, emitter *emit)
{
	uint64_t top = p->open.folder, id = deep ? top : 0, shown = 0;
	status rc = deep ? ecNone : folder_next_child(p->open.mailbox, top, 0, &id);

	while (!rc && id) {
		if (shown++ == most) {
			call_warning(c, "There are more than %llu; -ResultSize Unlimited shows all.", (unsigned long long)most);
			return ecNone;
		}
		rc = emit(c, p, id);
		if (rc)
			return rc;
		rc = deep ? public_next(p, top, &id) : folder_next_child(p->open.mailbox, top, id, &id);
	}
	return rc ? damaged(c, p, rc) : ecNone;
}

static status get_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	uint64_t most = 0;
	status rc = read_limit(c, FOLDERS_USUAL, &most);

	if (!rc)
		rc = public_open_folder(c, "Identity", in, false, &p);
	if (rc || !p.open.mailbox)
		return rc;
	if (call_switch(c, "Recurse"))
		return list(c, &p, true, most, emit_folder);
	return call_switch(c, "GetChildren") ? list(c, &p, false, most, emit_folder) : emit_folder(c, &p, p.open.folder);
}

static status statistics_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	uint64_t most = 0;
	status rc = read_limit(c, STATISTICS_USUAL, &most);

	if (!rc)
		rc = public_open_folder(c, "Identity", in, false, &p);
	if (rc || !p.open.mailbox)
		return rc;
	return call_has(c, "Identity") ? emit_statistics(c, &p, p.open.folder) : list(c, &p, true, most, emit_statistics);
}

/* Changing --------------------------------------------------------------------------------------------------------------- */

static status finish(struct open_public *p, status rc)
{
	if (!rc)
		return mailbox_commit(p->open.mailbox);
	mailbox_rollback(p->open.mailbox);
	return rc;
}

/* A failure about one folder. */
static status report(struct call *c, struct open_public *p, status rc)
{
	struct reason why = { "" };

	(void)reason_set(&why, rc, "%s: %s", p->open.where, mailbox_failure(p->open.mailbox));
	return call_report(c, rc, &why);
}

/* A backslash parts folders. */
static status check_name(struct call *c, const char *name, bool *good)
{
	*good = name && *name && !strchr(name, '\\');
	return *good ? ecNone : call_error(c, ecInvalidParam, "-Name must not be empty, and have no backslash; -Path says in which folder");
}

static status new_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	const char *name = call_text(c, "Name"), *path;
	bool go = false, good = false;
	uint64_t id = 0;
	status rc = check_name(c, name, &good);

	(void)in;
	if (rc || !good)
		return rc;
	rc = public_open_folder(c, "Path", NULL, true, &p);
	if (rc || !p.open.mailbox)
		return rc;
	path = arena_printf(&p.open.arena, "%s\\%s", p.open.path[1] ? p.open.path : "", name);
	rc = call_should_process(c, "New-PublicFolder", path, &go);
	if (rc || !go)
		return rc;
	rc = mailbox_begin(p.open.mailbox);
	if (!rc)
		rc = finish(&p, folder_create(p.open.mailbox, p.open.folder, name, NULL, &id));
	if (rc == ecDuplicateName)
		return call_error(c, rc, "there is a public folder '%s' already", path);
	if (rc)
		return report(c, &p, rc);
	log_change(c, path);
	return emit_folder(c, &p, id);
}

static status refuse_places(struct call *c, const struct open_public *p, const char *what, bool *good)
{
	*good = !public_is_place(p, p->open.folder);
	return *good ? ecNone : call_error(c, ecAccessDenied, "%s: every store has this folder; it cannot be %s", p->open.where, what);
}

/* One of the limits, when it was given. */
static void take_limit(struct call *c, const char *parameter, uint64_t *limit)
{
	const struct value *v = call_value(c, parameter);

	if (v)
		*limit = v->kind != VALUE_SIZE || v->size == SIZE_UNLIMITED ? QUOTA_UNLIMITED : v->size;
}

static status set_limits(struct call *c, struct open_public *p)
{
	struct folder_limits limits;
	status rc;

	if (!call_has(c, "ProhibitPostQuota") && !call_has(c, "MaxItemSize"))
		return ecNone;
	rc = folder_limits_get(p->open.mailbox, p->open.folder, &limits);
	if (rc)
		return rc;
	take_limit(c, "ProhibitPostQuota", &limits.post_quota);
	take_limit(c, "MaxItemSize", &limits.item);
	return folder_limits_set(p->open.mailbox, p->open.folder, &limits);
}

/* Renamed, moved, or both. `to` 0: it stays where it is; `name` NULL: it keeps its name. */
static status set_place(struct open_public *p, const char *name, uint64_t to)
{
	if (!to)
		return name ? folder_rename(p->open.mailbox, p->open.folder, name) : ecNone;
	return name ? folder_move_as(p->open.mailbox, p->open.folder, to, name) : folder_move(p->open.mailbox, p->open.folder, to);
}

static status change_now(struct call *c, struct open_public *p)
{
	CLEANUP_OPEN_PUBLIC struct open_public target = { .open = { .site = NULL } };
	status rc = ecNone;

	if (call_text(c, "Path")) {
		rc = public_open_folder(c, "Path", NULL, false, &target);
		if (rc || !target.open.mailbox)
			return rc;
	}
	rc = mailbox_begin(p->open.mailbox);
	if (rc)
		return report(c, p, rc);
	rc = set_limits(c, p);
	rc = finish(p, rc ? rc : set_place(p, call_text(c, "Name"), target.open.folder));
	if (rc == ecDuplicateName)
		return call_error(c, rc, "%s: there is a public folder of that name already", p->open.where);
	if (rc)
		return report(c, p, rc);
	log_change(c, p->open.where);
	return ecNone;
}

static status set_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	bool go = false, good = true;
	status rc = call_has(c, "Name") ? check_name(c, call_text(c, "Name"), &good) : ecNone;

	if (rc || !good)
		return rc;
	if (!call_has(c, "Name") && !call_text(c, "Path") && !call_has(c, "ProhibitPostQuota") && !call_has(c, "MaxItemSize"))
		return call_error(c, ecInvalidParam, "nothing is to be changed; -Name renames the folder, -Path moves it, -ProhibitPostQuota and -MaxItemSize limit it");
	rc = public_open_folder(c, "Identity", in, false, &p);
	if (rc || !p.open.mailbox)
		return rc;
	rc = refuse_places(c, &p, "changed", &good);
	if (!rc && good)
		rc = call_should_process(c, "Set-PublicFolder", p.open.where, &go);
	return rc || !go ? rc : change_now(c, &p);
}

static status remove_now(struct call *c, struct open_public *p)
{
	struct reason why = { "" };
	status rc = mailbox_begin(p->open.mailbox);

	if (!rc)
		rc = finish(p, folder_delete(p->open.mailbox, p->open.folder));
	if (rc)
		return report(c, p, rc);
	log_change(c, p->open.where);
	rc = public_mail_sweep(site_directory(p->open.site), p->open.mailbox, &why);
	if (rc)
		call_warning(c, "The addresses of what was removed are still there: %s", why.text);
	return ecNone;
}

static status remove_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_PUBLIC struct open_public p = { .open = { .site = NULL } };
	bool go = false, good = false;
	struct folder f;
	status rc = public_open_folder(c, "Identity", in, false, &p);

	if (rc || !p.open.mailbox)
		return rc;
	rc = refuse_places(c, &p, "removed", &good);
	if (rc || !good)
		return rc;
	rc = folder_get(p.open.mailbox, p.open.folder, &p.open.arena, &f);
	if (rc)
		return report(c, &p, rc);
	if (f.children && !call_switch(c, "Recurse"))
		return call_error(c, ecFolderHasChildren, "%s has folders below it; -Recurse removes them too", p.open.where);
	rc = call_should_process(c, "Remove-PublicFolder", p.open.where, &go);
	return rc || !go ? rc : remove_now(c, &p);
}

/* Cmdlets ---------------------------------------------------------------------------------------------------------------- */

#define IDENTITY(MORE, HELP) \
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_BY_VALUE | PARAMETER_BY_NAME | (MORE), .complete = public_complete, .help = HELP }
#define RESULT_SIZE(USUAL) { .name = "ResultSize", .type = PARAMETER_TEXT, .help = "How many at most, " USUAL " unless given, or Unlimited." }

static const struct parameter new_parameters[] = {
	{ .name = "Name", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_NAME, .help = "What it is to be called." },
	{ .name = "Path", .type = PARAMETER_TEXT, .flags = PARAMETER_BY_NAME, .complete = public_complete,
	  .help = "In which folder: \\Marketing; the top unless given." },
	{ .name = NULL },
};
static const struct parameter get_parameters[] = {
	IDENTITY(0, PUBLIC_FOLDER_HELP " The top when not given."),
	{ .name = "Recurse", .type = PARAMETER_SWITCH, .help = "With all folders below it." },
	{ .name = "GetChildren", .type = PARAMETER_SWITCH, .help = "The folders in it, instead of itself." },
	RESULT_SIZE("10000"),
	{ .name = NULL },
};
static const struct parameter set_parameters[] = {
	IDENTITY(PARAMETER_MANDATORY, PUBLIC_FOLDER_HELP),
	{ .name = "Name", .type = PARAMETER_TEXT, .help = "Another name; its addresses stay as they are." },
	{ .name = "Path", .type = PARAMETER_TEXT, .complete = public_complete, .help = "Another folder to be in." },
	{ .name = "ProhibitPostQuota", .alias = "StorageQuota", .type = PARAMETER_SIZE, .flags = PARAMETER_NULLABLE,
	  .help = "Size from which nothing more comes into it; Unlimited: any. Folders below it have their own." },
	{ .name = "MaxItemSize", .type = PARAMETER_SIZE, .flags = PARAMETER_NULLABLE, .help = "Largest item that comes into it; Unlimited: any." },
	{ .name = NULL },
};
static const struct parameter remove_parameters[] = {
	IDENTITY(PARAMETER_MANDATORY, PUBLIC_FOLDER_HELP),
	{ .name = "Recurse", .type = PARAMETER_SWITCH, .help = "With the folders below it." },
	{ .name = NULL },
};
static const struct parameter statistics_parameters[] = {
	IDENTITY(0, PUBLIC_FOLDER_HELP " All when not given."),
	RESULT_SIZE("1000"),
	{ .name = NULL },
};

static const struct cmdlet new_folder = {
	.name = "New-PublicFolder",
	.synopsis = "Makes a public folder; who may do what in it is as in the folder that it is made in.",
	.parameters = new_parameters,
	.output = "PublicFolder",
	.example = "New-PublicFolder Marketing\nNew-PublicFolder Reports -Path \\Marketing",
	.flags = CMDLET_WHAT_IF,
	.process = new_process,
};
static const struct cmdlet get_folder = {
	.name = "Get-PublicFolder",
	.synopsis = "Shows public folders.",
	.parameters = get_parameters,
	.output = "PublicFolder",
	.example = "Get-PublicFolder -Recurse | ft Identity,MailEnabled\nGet-PublicFolder \\Marketing -GetChildren",
	.flags = CMDLET_INPUT,
	.process = get_process,
};
static const struct cmdlet set_folder = {
	.name = "Set-PublicFolder",
	.synopsis = "Renames, moves or limits a public folder; there are no age limits and no replicas.",
	.parameters = set_parameters,
	.example = "Set-PublicFolder \\Marketing -Name Sales\nSet-PublicFolder \\Marketing -ProhibitPostQuota 2GB -MaxItemSize 10MB",
	.flags = CMDLET_WHAT_IF | CMDLET_INPUT,
	.process = set_process,
};
static const struct cmdlet remove_folder = {
	.name = "Remove-PublicFolder",
	.synopsis = "Removes a public folder with all that is in it, for good; its addresses end.",
	.parameters = remove_parameters,
	.example = "Remove-PublicFolder \\Marketing -Recurse",
	.flags = CMDLET_WHAT_IF | CMDLET_CONFIRM | CMDLET_INPUT,
	.process = remove_process,
};
static const struct cmdlet get_statistics = {
	.name = "Get-PublicFolderStatistics",
	.synopsis = "Shows how much is in public folders, and when something was changed last.",
	.parameters = statistics_parameters,
	.output = "PublicFolderStatistics",
	.example = "Get-PublicFolderStatistics | sort TotalItemSize -Descending | ft Identity,ItemCount,TotalItemSize",
	.flags = CMDLET_INPUT,
	.process = statistics_process,
};

const struct cmdlet *const public_folder_cmdlets[] = { &new_folder, &get_folder, &set_folder, &remove_folder, &get_statistics, NULL };
