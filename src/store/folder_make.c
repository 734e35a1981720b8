/* The folders that every mailbox has. */
#include "store/folder_private.h"

/* In the order they are made: a parent before its children. */
static const struct special {
	enum mailbox_role role, parent;
	const char *name, *class_name;
} specials[] = {
	/* [MS-OXCSTOR] 2.2.1.1.3 */
	{ MAILBOX_ROOT, MAILBOX_ROOT, "", "" },
	{ MAILBOX_DEFERRED_ACTION, MAILBOX_ROOT, "Deferred Action", "" },
	{ MAILBOX_SPOOLER_QUEUE, MAILBOX_ROOT, "Spooler Queue", "" },
	{ MAILBOX_IPM_SUBTREE, MAILBOX_ROOT, "Top of Information Store", "IPF.Note" },
	{ MAILBOX_INBOX, MAILBOX_IPM_SUBTREE, "Inbox", "IPF.Note" },
	{ MAILBOX_OUTBOX, MAILBOX_IPM_SUBTREE, "Outbox", "IPF.Note" },
	{ MAILBOX_SENT_ITEMS, MAILBOX_IPM_SUBTREE, "Sent Items", "IPF.Note" },
	{ MAILBOX_DELETED_ITEMS, MAILBOX_IPM_SUBTREE, "Deleted Items", "IPF.Note" },
	{ MAILBOX_COMMON_VIEWS, MAILBOX_ROOT, "Common Views", "" },
	{ MAILBOX_SCHEDULE, MAILBOX_ROOT, "Schedule", "" },
	{ MAILBOX_FINDER, MAILBOX_ROOT, "Finder", "" },
	{ MAILBOX_VIEWS, MAILBOX_ROOT, "Views", "" },
	{ MAILBOX_SHORTCUTS, MAILBOX_ROOT, "Shortcuts", "" },
	/* [MS-OXOSFLD] 2.2.1 */
	{ MAILBOX_CALENDAR, MAILBOX_IPM_SUBTREE, "Calendar", "IPF.Appointment" },
	{ MAILBOX_CONTACTS, MAILBOX_IPM_SUBTREE, "Contacts", "IPF.Contact" },
	{ MAILBOX_DRAFTS, MAILBOX_IPM_SUBTREE, "Drafts", "IPF.Note" },
	{ MAILBOX_JOURNAL, MAILBOX_IPM_SUBTREE, "Journal", "IPF.Journal" },
	{ MAILBOX_NOTES, MAILBOX_IPM_SUBTREE, "Notes", "IPF.StickyNote" },
	{ MAILBOX_TASKS, MAILBOX_IPM_SUBTREE, "Tasks", "IPF.Task" },
	{ MAILBOX_JUNK_EMAIL, MAILBOX_IPM_SUBTREE, "Junk E-Mail", "IPF.Note" },
	{ MAILBOX_RECOVERABLE_ITEMS, MAILBOX_ROOT, "Recoverable Items", "" },
};

#define SPECIALS (sizeof specials / sizeof *specials)

_Static_assert(SPECIALS == MAILBOX_ROLES - 1, "a role has no folder");

const char *folder_role_name(enum mailbox_role role)
{
	for (size_t i = 0; i < SPECIALS; i++)
		if (specials[i].role == role)
			return specials[i].name;
	return "";
}

status folders_make(struct mailbox *m)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < SPECIALS; i++) {
		const struct special *f = &specials[i];
		uint64_t id = mailbox_next_content(m);

		m->roles[f->role] = id;
		s = folder_insert(m, &(struct folder_row){ .id = id,
							   .parent = m->roles[f->parent],
							   .role = f->role,
							   .name = f->name,
							   .class_name = f->class_name });
	}
	return s;
}

status folders_load(struct mailbox *m)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id, role FROM folder WHERE role <> 0");
	bool row = false;
	size_t found = 0;
	status st;

	while (!(st = sql_step(s, &row)) && row) {
		int64_t role = sql_i64(s, 1);

		if (role <= MAILBOX_PLAIN || role >= MAILBOX_ROLES || sql_i64(s, 0) <= 0)
			return reason_set(&m->why, ecCorruptData, "a folder with a role that does not exist (%lld)", (long long)role);
		m->roles[role] = (uint64_t)sql_i64(s, 0);
		found++;
	}
	if (!st && found != SPECIALS && !m->is_copy)
		return reason_set(&m->why, ecCorruptData, "%zu of the %zu folders that every mailbox has are there", found, SPECIALS);
	return mailbox_error(m, st);
}

status folder_by_role(struct mailbox *m, enum mailbox_role role, uint64_t *id)
{
	if (role <= MAILBOX_PLAIN || role >= MAILBOX_ROLES || !m->roles[role])
		return reason_set(&m->why, ecNotFound, "there is no folder of role %d", (int)role);
	*id = m->roles[role];
	return ecNone;
}
