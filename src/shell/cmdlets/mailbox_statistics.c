/* Get-MailboxStatistics and Get-MailboxFolderStatistics: how much there is, and where. */
#include "shell/cmdlets/mailbox_open.h"
#include "store/folder_times.h"
#include "store/quota.h"

#include <strings.h>

/* Get-MailboxStatistics --------------------------------------------------------------------------------------------------- */

static const char *const statistics_columns[] = { "DisplayName", "ItemCount", "StorageLimitStatus", "TotalItemSize", NULL };
static const struct object_type statistics_type = { "MailboxStatistics", statistics_columns };

static uint64_t limit_of(const struct directory_object *o, const char *attribute)
{
	int64_t n = directory_number(o, attribute, DIRECTORY_UNLIMITED_VALUE);

	return n == DIRECTORY_UNLIMITED_VALUE || n < 0 ? QUOTA_UNLIMITED : (uint64_t)n;
}

/* Its own limits, or those of its database. */
static struct quota quota_of(struct open_mailbox *o, const struct directory_object *database)
{
	const struct directory_object *from = o->person;

	if (database && directory_is(o->person, "UseDatabaseQuotaDefaults"))
		from = database;
	return (struct quota){
		.warning = limit_of(from, "IssueWarningQuota"),
		.prohibit_send = limit_of(from, "ProhibitSendQuota"),
		.prohibit_send_receive = limit_of(from, "ProhibitSendReceiveQuota"),
		.recoverable_warning = limit_of(from, "RecoverableItemsWarningQuota"),
		.recoverable = limit_of(from, "RecoverableItemsQuota"),
	};
}

static status emit_statistics(struct call *c, struct open_mailbox *o)
{
	const struct directory_object *database = NULL;
	int64_t id = directory_number(o->person, "Database", 0);
	const char *shown = directory_text(o->person, "DisplayName");
	struct quota_usage u;
	struct quota q;
	status rc = quota_usage(o->mailbox, &u);

	if (rc)
		return mailbox_report(c, o, rc);
	if (id && directory_get(site_directory(o->site), directory_class("MailboxDatabase"), (uint64_t)id, &o->arena, &database, NULL))
		database = NULL;
	q = quota_of(o, database);
	struct object *s = object_new(c->item, &statistics_type);
	object_set(s, "DisplayName", value_text(shown ? shown : o->name));
	object_set(s, "Identity", value_guid(&o->guid));
	object_set(s, "MailboxGuid", value_guid(&o->guid));
	object_set(s, "Database", value_text(database ? database->name : NULL));
	object_set(s, "ItemCount", value_integer((int64_t)u.items));
	object_set(s, "AssociatedItemCount", value_integer((int64_t)u.associated));
	object_set(s, "TotalItemSize", value_size(u.size));
	object_set(s, "DeletedItemCount", value_integer((int64_t)u.deleted_items));
	object_set(s, "TotalDeletedItemSize", value_size(u.deleted_size));
	object_set(s, "StorageLimitStatus", value_text(quota_state_name(quota_state(&q, &u))));
	object_set(s, "IssueWarningQuota", value_size(q.warning));
	object_set(s, "ProhibitSendQuota", value_size(q.prohibit_send));
	object_set(s, "ProhibitSendReceiveQuota", value_size(q.prohibit_send_receive));
	return call_emit_object(c, s);
}

/* All of a database. */
static status database_statistics(struct call *c)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	const struct directory_object *database;
	struct directory_query q = { .as = directory_class("Mailbox"), .attribute = "Database" };
	struct directory *d = NULL;
	uint64_t *ids = NULL;
	size_t n = 0;
	status rc = call_directory(c, &d);

	if (!rc)
		rc = directory_find(d, directory_class("MailboxDatabase"), call_text(c, "Database"), &arena, &database, &c->why);
	if (rc)
		return rc;
	const struct directory_value value = { .number = (int64_t)database->id };
	q.value = &value;
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
			rc = emit_statistics(c, &o);
	}
	return rc;
}

static status statistics_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	status rc;

	if (call_has(c, "Database"))
		return database_statistics(c);
	if (!call_has(c, "Identity"))
		return call_fail(c, ecInvalidParam, "-Identity or -Database is needed: Get-Mailbox | Get-MailboxStatistics shows all");
	rc = mailbox_open_named(c, "Identity", in, &o);
	return rc || !o.mailbox ? rc : emit_statistics(c, &o);
}

static const struct parameter statistics_parameters[] = {
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_BY_VALUE, .help = "Whose mailbox." },
	{ .name = "Database", .type = PARAMETER_TEXT, .help = "All mailboxes of this database." },
	{ .name = NULL },
};

static const struct cmdlet get_statistics = {
	.name = "Get-MailboxStatistics",
	.synopsis = "Shows how much a mailbox holds, and how that stands to its limits.",
	.parameters = statistics_parameters,
	.output = "MailboxStatistics",
	.example = "Get-MailboxStatistics alice | fl\nGet-Mailbox | Get-MailboxStatistics | sort TotalItemSize -Descending | select -First 10",
	.flags = CMDLET_INPUT,
	.process = statistics_process,
};

/* Get-MailboxFolderStatistics ----------------------------------------------------------------------------------------------- */

static const char *const folder_columns[] = { "Name", "FolderPath", "ItemsInFolder", "FolderSize", NULL };
static const struct object_type folder_type = { "MailboxFolderStatistics", folder_columns };

struct counted_folder {
	struct folder f;
	const char *path;
	size_t parent; /* in the list; its own place: it has none there */
	uint64_t items, deleted, size;
};

struct folder_list {
	struct open_mailbox *o;
	struct counted_folder *v;
	size_t n, cap;
};

static status add_folder(struct call *c, struct folder_list *l, uint64_t id, size_t parent, const char *above)
{
	struct counted_folder *f;
	status rc;

	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		struct counted_folder *more = arena_array(&l->o->arena, l->cap, sizeof *more);

		if (!more)
			return call_fail(c, ecMemory, "the folders need too much memory");
		if (l->n)
			memcpy(more, l->v, l->n * sizeof *more);
		l->v = more;
	}
	f = &l->v[l->n];
	*f = (struct counted_folder){ .parent = parent == SIZE_MAX ? l->n : parent };
	rc = folder_get(l->o->mailbox, id, &l->o->arena, &f->f);
	if (rc)
		return call_fail(c, rc, "%s", mailbox_failure(l->o->mailbox));
	f->path = f->f.role == MAILBOX_IPM_SUBTREE ? "" : arena_printf(&l->o->arena, "%s/%s", above, f->f.name);
	f->items = f->f.items;
	f->deleted = f->f.deleted_items;
	f->size = f->f.size;
	l->n++;
	return f->path ? ecNone : call_fail(c, ecMemory, "the folders need too much memory");
}

/* Each before those below it. */
static status list_below(struct call *c, struct folder_list *l, uint64_t id, size_t parent, const char *above, unsigned depth)
{
	size_t mine = l->n;
	uint64_t child = 0;
	status rc = depth > FOLDER_DEPTH_MAX ? call_fail(c, ecTooComplex, "the folders nest too deep") : add_folder(c, l, id, parent, above);

	while (!rc) {
		rc = folder_next_child(l->o->mailbox, id, child, &child);
		if (rc)
			return call_fail(c, rc, "%s", mailbox_failure(l->o->mailbox));
		if (!child)
			break;
		if (child != id)
			rc = list_below(c, l, child, mine, l->v[mine].path, depth + 1);
	}
	return rc;
}

static struct value time_or_null(uint64_t t)
{
	return t ? value_time(t) : value_null();
}

static status emit_folder(struct call *c, struct open_mailbox *o, const struct counted_folder *f)
{
	struct object *s = object_new(c->item, &folder_type);
	uint64_t oldest = 0, newest = 0;
	const char *path = *f->path ? f->path : "/Top of Information Store";

	if (call_switch(c, "IncludeOldestAndNewestItems") && folder_times(o->mailbox, f->f.id, &oldest, &newest))
		return call_fail(c, ecError, "%s", sql_failure(mailbox_sql(o->mailbox)));
	object_set(s, "Name", value_text(*f->f.name ? f->f.name : mailbox_folder_type(&f->f)));
	char *identity = arena_printf(c->item, "%s%s", o->name, path);
	for (char *at = identity; at && *at; at++)
		*at = *at == '/' ? '\\' : *at;
	object_set(s, "Identity", value_text(identity));
	object_set(s, "FolderPath", value_text(path));
	object_set(s, "FolderId", value_text(arena_printf(c->item, "%012llX", (unsigned long long)f->f.id)));
	object_set(s, "FolderType", value_text(mailbox_folder_type(&f->f)));
	object_set(s, "ContainerClass", value_text(f->f.class_name));
	object_set(s, "ItemsInFolder", value_integer((int64_t)f->f.items));
	object_set(s, "UnreadItemsInFolder", value_integer((int64_t)f->f.unread));
	object_set(s, "HiddenItemsInFolder", value_integer((int64_t)f->f.associated));
	object_set(s, "DeletedItemsInFolder", value_integer((int64_t)f->f.deleted_items));
	object_set(s, "FolderSize", value_size(f->f.size));
	object_set(s, "ItemsInFolderAndSubfolders", value_integer((int64_t)f->items));
	object_set(s, "DeletedItemsInFolderAndSubfolders", value_integer((int64_t)f->deleted));
	object_set(s, "FolderAndSubfolderSize", value_size(f->size));
	object_set(s, "OldestItemReceivedDate", time_or_null(oldest));
	object_set(s, "NewestItemReceivedDate", time_or_null(newest));
	return call_emit_object(c, s);
}

static bool in_scope(const char *scope, const struct folder_list *l, size_t i)
{
	if (!scope || strcasecmp(scope, "All") == 0)
		return true;
	/* The folder of that type, and what is below. */
	for (;; i = l->v[i].parent) {
		if (strcasecmp(mailbox_folder_type(&l->v[i].f), scope) == 0)
			return true;
		if (l->v[i].parent == i)
			return false;
	}
}

static status folder_process(struct call *c, const struct value *in)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	const char *scope = call_text(c, "FolderScope");
	struct folder_list l = { .o = &o };
	uint64_t root = 0;
	status rc = mailbox_open_named(c, "Identity", in, &o);

	if (rc || !o.mailbox)
		return rc;
	rc = folder_by_role(o.mailbox, scope && strcasecmp(scope, "NonIpmRoot") == 0 ? MAILBOX_ROOT : MAILBOX_IPM_SUBTREE, &root);
	if (rc)
		return mailbox_report(c, &o, rc);
	rc = list_below(c, &l, root, SIZE_MAX, "", 0);
	for (size_t i = l.n; !rc && i-- > 1;) {
		l.v[l.v[i].parent].items += l.v[i].items;
		l.v[l.v[i].parent].deleted += l.v[i].deleted;
		l.v[l.v[i].parent].size += l.v[i].size;
	}
	if (scope && strcasecmp(scope, "NonIpmRoot") == 0)
		scope = NULL;
	for (size_t i = 0; !rc && i < l.n; i++)
		if (in_scope(scope, &l, i))
			rc = emit_folder(c, &o, &l.v[i]);
	return rc;
}

static const char *const scopes[] = { "All",	   "Inbox",  "SentItems", "DeletedItems", "Drafts", "Outbox",	  "JunkEmail", "Calendar",
				      "Contacts", "Tasks", "Notes",	  "Journal",	  "NonIpmRoot", NULL };

static const struct parameter folder_parameters[] = {
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE, .help = "Whose mailbox." },
	{ .name = "FolderScope", .type = PARAMETER_WORD, .words = scopes,
	  .help = "Only this folder and what is below it; NonIpmRoot: also those that people do not see." },
	{ .name = "IncludeOldestAndNewestItems", .type = PARAMETER_SWITCH, .help = "When the oldest and the newest item of each folder came." },
	{ .name = NULL },
};

static const struct cmdlet get_folder_statistics = {
	.name = "Get-MailboxFolderStatistics",
	.synopsis = "Shows the folders of a mailbox, and how much is in each.",
	.parameters = folder_parameters,
	.output = "MailboxFolderStatistics",
	.example = "Get-MailboxFolderStatistics alice | ft Name, ItemsInFolder, FolderSize\n"
		   "Get-MailboxFolderStatistics alice -FolderScope Inbox -IncludeOldestAndNewestItems",
	.flags = CMDLET_INPUT,
	.process = folder_process,
};

const struct cmdlet *const mailbox_statistics_cmdlets[] = { &get_statistics, &get_folder_statistics, NULL };
