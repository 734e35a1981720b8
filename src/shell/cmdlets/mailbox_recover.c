/* Get-RecoverableItems and Restore-RecoverableItems: what was deleted and is not gone yet. */
#include "shell/cmdlets/mailbox_open.h"
#include "shell/wildcard.h"
#include "store/message.h"

#include <string.h>
#include <strings.h>

#define ITEM_ARENA ((size_t)4 << 20)
#define RESULTS_USUAL 1000

static const char *const columns[] = { "Subject", "ItemClass", "LastParentPath", "DeletedTime", NULL };
static const struct object_type type = { "RecoverableItem", columns };
static const char *const restored_columns[] = { "Subject", "LastParentPath", "RestoredToFolderPath", "WasRestoredSuccessfully", NULL };
static const struct object_type restored_type = { "RestoredItem", restored_columns };

/* One that was deleted, and its folder, in memory of its own. */
struct item {
	struct message_info info;
	const char *path;
};

static bool contains(const char *text, const char *part)
{
	return strcasestr(text, part);
}

static bool is_wanted(const struct call *c, const struct item *i)
{
	const char *subject = call_text(c, "SubjectContains"), *class_name = call_text(c, "FilterItemType");
	const struct value *from = call_value(c, "FilterStartTime"), *until = call_value(c, "FilterEndTime");

	return (!subject || contains(i->info.subject, subject)) && (!class_name || wildcard_match(class_name, i->info.class_name, false)) &&
	       (!from || i->info.deleted >= from->time) && (!until || i->info.deleted <= until->time);
}

typedef status item_taker(struct call *c, struct open_mailbox *o, const struct item *i);

static uint64_t most_of(const struct call *c)
{
	int64_t n = call_integer(c, "ResultSize", RESULTS_USUAL);

	return n > 0 ? (uint64_t)n : UINT64_MAX;
}

/* Of one folder, messages or associated ones. */
static status walk_folder(struct call *c, struct open_mailbox *o, uint64_t folder, bool associated, uint64_t *left, item_taker *take)
{
	uint64_t id = 0;
	status rc = ecNone;

	while (!rc && *left) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ITEM_ARENA);
		struct item i;

		if (call_is_interrupted(c))
			return call_fail(c, ecUserCanceled, "stopped");
		rc = message_next(o->mailbox, folder, associated, true, id, &id);
		if (rc || !id)
			break;
		rc = message_info(o->mailbox, id, &arena, &i.info);
		if (rc)
			break;
		i.path = mailbox_folder_path(o, folder, &arena);
		if (!is_wanted(c, &i))
			continue;
		rc = take(c, o, &i);
		if (rc)
			return rc; /* it has its words */
		--*left;
	}
	return rc ? mailbox_report(c, o, rc) : ecNone;
}

static status walk(struct call *c, const struct value *in, item_taker *take)
{
	CLEANUP_OPEN_MAILBOX struct open_mailbox o = { .site = NULL };
	uint64_t folder = 0, left = most_of(c);
	status rc = mailbox_open_named(c, "Identity", in, &o);

	if (rc || !o.mailbox)
		return rc;
	for (;;) {
		rc = folder_next(o.mailbox, folder, &folder);
		if (rc)
			return mailbox_report(c, &o, rc);
		if (!folder)
			return ecNone;
		rc = walk_folder(c, &o, folder, false, &left, take);
		if (rc)
			return rc;
	}
}

static struct object *item_object(struct call *c, const struct open_mailbox *o, const struct item *i, const struct object_type *as)
{
	struct object *s = object_new(c->item, as);

	object_set(s, "Subject", value_text(i->info.subject));
	object_set(s, "ItemClass", value_text(i->info.class_name));
	object_set(s, "LastParentPath", value_text(i->path));
	object_set(s, "Sender", value_text(i->info.sender));
	object_set(s, "ReceivedTime", i->info.received ? value_time(i->info.received) : value_null());
	object_set(s, "DeletedTime", value_time(i->info.deleted));
	object_set(s, "Size", value_size(i->info.size));
	object_set(s, "MessageId", value_text(arena_printf(c->item, "%012llX", (unsigned long long)i->info.id)));
	object_set(s, "Mailbox", value_text(o->name));
	return s;
}

static status show(struct call *c, struct open_mailbox *o, const struct item *i)
{
	return call_emit_object(c, item_object(c, o, i, &type));
}

/* Where it was; the Inbox when that folder is gone. */
static status put_back(struct open_mailbox *o, const struct item *i, uint64_t *folder)
{
	status rc = mailbox_begin(o->mailbox);

	if (rc)
		return rc;
	*folder = i->info.folder;
	rc = message_restore(o->mailbox, i->info.id, 0);
	if (rc == ecNotFound && !folder_by_role(o->mailbox, MAILBOX_INBOX, folder))
		rc = message_restore(o->mailbox, i->info.id, *folder);
	if (!rc)
		return mailbox_commit(o->mailbox);
	mailbox_rollback(o->mailbox);
	return rc;
}

static status restore(struct call *c, struct open_mailbox *o, const struct item *i)
{
	uint64_t folder = 0;
	bool go = false;
	status rc = call_should_process(c, "Restore-RecoverableItems", arena_printf(c->item, "'%s' of %s", i->info.subject, o->name), &go);

	if (rc || !go)
		return rc;
	rc = put_back(o, i, &folder);
	if (rc)
		return call_error(c, rc, "'%s' of %s cannot be restored: %s", i->info.subject, o->name, mailbox_failure(o->mailbox));
	if (call_switch(c, "NoOutput"))
		return ecNone;
	struct object *s = item_object(c, o, i, &restored_type);
	object_set(s, "RestoredToFolderPath", value_text(mailbox_folder_path(o, folder, c->item)));
	object_set(s, "WasRestoredSuccessfully", value_bool(true));
	return call_emit_object(c, s);
}

static status get_process(struct call *c, const struct value *in)
{
	return walk(c, in, show);
}

static status restore_process(struct call *c, const struct value *in)
{
	return walk(c, in, restore);
}

#define FILTERS                                                                                                                        \
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE, .help = "Whose mailbox." }, \
	{ .name = "SubjectContains", .type = PARAMETER_TEXT, .help = "Only those with this in their subject." },                      \
	{ .name = "FilterItemType", .type = PARAMETER_TEXT, .help = "Only those of this class: IPM.Note, IPM.Appointment*." },        \
	{ .name = "FilterStartTime", .type = PARAMETER_TIME, .help = "Only those that were deleted from then on." },                  \
	{ .name = "FilterEndTime", .type = PARAMETER_TIME, .help = "Only those that were deleted until then." },                      \
	{ .name = "ResultSize", .type = PARAMETER_INTEGER, .help = "At most so many; 1000 when it is not given, 0 for all." }

static const struct parameter get_parameters[] = { FILTERS, { .name = NULL } };
static const struct parameter restore_parameters[] = {
	FILTERS,
	{ .name = "NoOutput", .type = PARAMETER_SWITCH, .help = "Emit nothing." },
	{ .name = NULL },
};

static const struct cmdlet get_recoverable = {
	.name = "Get-RecoverableItems",
	.synopsis = "Shows what was deleted from a mailbox and can be restored.",
	.parameters = get_parameters,
	.output = "RecoverableItem",
	.example = "Get-RecoverableItems alice -SubjectContains invoice",
	.flags = CMDLET_INPUT,
	.process = get_process,
};
static const struct cmdlet restore_recoverable = {
	.name = "Restore-RecoverableItems",
	.synopsis = "Puts deleted items back where they were.",
	.parameters = restore_parameters,
	.output = "RestoredItem",
	.example = "Restore-RecoverableItems alice -SubjectContains invoice -FilterStartTime 2026-11-01",
	.flags = CMDLET_INPUT | CMDLET_WHAT_IF,
	.process = restore_process,
};

const struct cmdlet *const mailbox_recover_cmdlets[] = { &get_recoverable, &restore_recoverable, NULL };
