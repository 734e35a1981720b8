/* Which folder is the Inbox, which the Calendar: what the logon says, and what the Inbox says ([MS-OXOSFLD] 2.2). */
#include "client/sync_private.h"
#include "client/sync_stream.h"
#include "mapi/entryid.h"
#include "mapi/tag.h"
#include "rop/property_row.h"
#include "rop/rops_folder.h"
#include "rop/rops_property.h"
#include "store/folder.h"
#include "store/mailbox_copy.h"

static const enum mailbox_role logon_roles[ROP_LOGON_FOLDERS] = {
	MAILBOX_ROOT,	     MAILBOX_DEFERRED_ACTION, MAILBOX_SPOOLER_QUEUE, MAILBOX_IPM_SUBTREE, MAILBOX_INBOX, MAILBOX_OUTBOX,   MAILBOX_SENT_ITEMS,
	MAILBOX_DELETED_ITEMS, MAILBOX_COMMON_VIEWS,  MAILBOX_SCHEDULE,	     MAILBOX_FINDER,	  MAILBOX_VIEWS, MAILBOX_SHORTCUTS,
};

/* [MS-OXOSFLD] 2.2.3: the Inbox says which folders these are. */
static const struct {
	uint32_t tag;
	enum mailbox_role role;
} said_by_inbox[] = {
	{ PidTagIpmAppointmentEntryId, MAILBOX_CALENDAR }, { PidTagIpmContactEntryId, MAILBOX_CONTACTS }, { PidTagIpmJournalEntryId, MAILBOX_JOURNAL },
	{ PidTagIpmNoteEntryId, MAILBOX_NOTES },	   { PidTagIpmTaskEntryId, MAILBOX_TASKS },	  { PidTagIpmDraftsEntryId, MAILBOX_DRAFTS },
};

#define SAID (sizeof said_by_inbox / sizeof *said_by_inbox)

static status set_role(struct sync *s, uint64_t id, enum mailbox_role role)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f;

	if (!id || folder_get(cache_mailbox(s->cache), id, &arena, &f))
		return ecNone;
	return mailbox_set_role(cache_mailbox(s->cache), id, role);
}

/* The folder that an entry id names; 0: none here. */
static uint64_t folder_of(struct sync *s, struct bytes entryid)
{
	struct entryid e;
	uint64_t id = 0;

	if (entryid_decode(entryid, &e, NULL) || e.kind != ENTRYID_FOLDER)
		return 0;
	if (cache_foreign_id(s->cache, &e.folder.folder.id.replica, global_counter_get(e.folder.folder.id.counter), false, &id))
		return 0;
	return id;
}

/* The values stand until the next batch. */
static status ask_inbox(struct sync *s, struct prop *values)
{
	static uint32_t tags[SAID];
	struct remote_batch *b = remote_batch(s->remote);
	struct rop_open_folder_request open = { .folder_id = remote_id(s->remote, remote_mailbox(s->remote)->folder_ids[LOGON_FOLDER_INBOX]) };
	struct rop_get_properties_specific_request q = { .want_unicode = 1, .property_tags = { SAID, tags } };
	struct rop_get_properties_specific_response *a = NULL;
	unsigned inbox;
	status st;

	for (size_t i = 0; i < SAID; i++)
		tags[i] = said_by_inbox[i].tag;
	inbox = remote_add(b, ROP_OPEN_FOLDER, remote_logon_handle(s->remote), &open);
	(void)remote_add(b, ROP_GET_PROPERTIES_SPECIFIC, inbox, &q);
	st = remote_run(b, false, s->why);
	remote_release(s->remote, inbox);
	if (!st)
		st = sync_expect(b, 1, ROP_GET_PROPERTIES_SPECIFIC, &a, s->why);
	struct bytes row = st ? bytes_of(NULL, 0) : a->row_data;
	return st ? st : property_row_next(&row, tags, SAID, remote_arena(b), values, s->why);
}

static status set_roles(struct sync *s, const struct prop *values)
{
	const struct remote_mailbox *r = remote_mailbox(s->remote);
	status st = cache_apply_begin(s->cache);

	for (size_t i = 0; !st && i < ROP_LOGON_FOLDERS; i++)
		st = set_role(s, r->folder_ids[i], logon_roles[i]);
	for (size_t i = 0; !st && values && i < SAID; i++)
		if (prop_type(&values[i]) == PT_BINARY)
			st = set_role(s, folder_of(s, values[i].value), said_by_inbox[i].role);
	return sync_store(s, cache_apply_end(s->cache, st), "special folders");
}

/* Of another's store: what the logon says is all that is known, and some of it may not be seen, or not yet. */
static bool knows_special(struct sync *s)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	const struct remote_mailbox *r = remote_mailbox(s->remote);
	struct mailbox *m = cache_mailbox(s->cache);
	struct folder f;
	uint64_t id;

	for (size_t i = 0; i < ROP_LOGON_FOLDERS; i++)
		if (r->folder_ids[i] && folder_by_role(m, logon_roles[i], &id) && !folder_get(m, r->folder_ids[i], &arena, &f))
			return false;
	return true;
}

status sync_find_special(struct sync *s)
{
	struct prop values[SAID];
	uint64_t id = 0;
	status st = folder_by_role(cache_mailbox(s->cache), MAILBOX_DRAFTS, &id);

	if (!st)
		return ecNone;
	if (remote_store(s->remote) != REMOTE_OWN)
		return knows_special(s) ? ecNone : set_roles(s, NULL);
	st = ask_inbox(s, values);
	return st ? st : set_roles(s, values);
}
