/* Folders, counters, and rows that nobody refers to. */
#include "store/check_private.h"

#include <stdio.h>
#include <stdlib.h>

/* Ids of a query, gathered before anything is changed. */
struct ids {
	uint64_t *v;
	size_t n, cap;
};

static void ids_free(struct ids *i)
{
	free(i->v);
}

static status gather(struct mailbox *m, const char *query, struct ids *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, query);
	bool row = false;
	status st;

	while (!(st = sql_step(s, &row)) && row) {
		if (out->n == out->cap) {
			size_t cap = out->cap ? 2 * out->cap : 64;
			uint64_t *v = reallocarray(out->v, cap, sizeof *v);

			if (!v)
				return reason_set(&m->why, ecMemory, "out of memory");
			out->v = v;
			out->cap = cap;
		}
		out->v[out->n++] = (uint64_t)sql_i64(s, 0);
	}
	return mailbox_error(m, st);
}

#define CLEANUP_IDS __attribute__((cleanup(ids_free)))

static status run_for(struct mailbox *m, const char *text, uint64_t a, uint64_t b)
{
	struct sql_statement *s = sql_prepare(m->db, text);

	bind_u64(s, 1, a);
	bind_u64(s, 2, b);
	return mailbox_error(m, sql_run(s));
}

/* The tree ------------------------------------------------------------------------------------------------------------- */

static status count_folders(struct checking *c)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(c->m->db, "SELECT COUNT(*) FROM folder");
	bool row = false;
	status st = sql_step(s, &row);

	if (!st && row)
		c->summary->folders = (uint64_t)sql_i64(s, 0);
	return mailbox_error(c->m, st);
}

/* A copy has the root alone until the others have come. */
static uint64_t top_folder(const struct mailbox *m)
{
	return m->roles[MAILBOX_IPM_SUBTREE] ? m->roles[MAILBOX_IPM_SUBTREE] : m->roles[MAILBOX_ROOT];
}

/* A new place below the IPM subtree, under a name that is free there. */
static status adopt_folder(struct checking *c, uint64_t id)
{
	uint64_t parent = top_folder(c->m), other = 0;
	char name[64];

	(void)snprintf(name, sizeof name, "Recovered folder %llx", (unsigned long long)id);
	status s = folder_by_name(c->m, parent, name, &other);
	if (s != ecNotFound)
		return s ? s : reason_set(&c->m->why, ecDuplicateName, "two folders of one id");
	s = folder_set_name(c->m, id, name);
	return s ? s : run_for(c->m, "UPDATE folder SET parent = $1 WHERE id = $2", parent, id);
}

/* Up from a folder: does it end at the root? */
static status reaches_root(struct checking *c, uint64_t id, bool *yes)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f = { .id = 0 };

	*yes = false;
	for (unsigned depth = 0; depth <= ITEM_FOLDER_DEPTH_MAX; depth++) {
		status s = folder_get(c->m, id, &arena, &f);

		if (s)
			return s == ecNotFound ? ecNone : s;
		if (id == c->m->roles[MAILBOX_ROOT]) {
			*yes = true;
			return ecNone;
		}
		id = f.parent;
		arena_reset(&arena);
	}
	return ecNone;
}

/* Its lists of properties can be read. */
static status check_lists(struct checking *c, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(4 * FOLDER_PROPERTIES_MAX);
	const struct found f = { .kind = MAILBOX_CHECK_CONTENT, .folder = id, .fixable = true };
	struct bag bag;

	bag_init(&bag, &arena);
	status s = folder_stored_props(c->m, id, &bag);
	if (!s)
		s = folder_criteria(c->m, id, &bag);
	if (s != ecCorruptData)
		return s;
	if (!check_found(c, &f, "the properties of folder %llx cannot be read: %.200s; they are dropped, its messages stay",
			 (unsigned long long)id, c->m->why.text))
		return ecNone;
	struct sql_statement *st = sql_prepare(c->m->db, "UPDATE folder SET properties = $1, criteria = $2 WHERE id = $3");
	sql_bind_blob(st, 1, bytes_of(NULL, 0));
	sql_bind_blob(st, 2, bytes_of(NULL, 0));
	bind_u64(st, 3, id);
	return mailbox_error(c->m, sql_run(st));
}

static status check_folder(struct checking *c, uint64_t id)
{
	const struct found f = { .kind = MAILBOX_CHECK_ORPHAN, .folder = id, .lossless = true, .fixable = true };
	bool yes = false;
	status s = reaches_root(c, id, &yes);

	if (!s && !yes &&
	    check_found(c, &f, "folder %llx stands nowhere below the root; it gets a place below the top folder",
			(unsigned long long)id))
		s = adopt_folder(c, id);
	return s ? s : check_lists(c, id);
}

status check_tree(struct checking *c)
{
	CLEANUP_IDS struct ids ids = { .n = 0 };
	status s = gather(c->m, "SELECT id FROM folder ORDER BY id", &ids);

	if (!s)
		s = count_folders(c);
	for (size_t i = 0; !s && i < ids.n; i++)
		s = check_folder(c, ids.v[i]);
	return s;
}

/* What nobody refers to ---------------------------------------------------------------------------------------------------- */

/* The folder for messages that have none. */
static status recovered_folder(struct checking *c, uint64_t *id)
{
	static const char name[] = "Recovered";
	uint64_t parent = top_folder(c->m);
	status s = folder_by_name(c->m, parent, name, id);

	return s == ecNotFound ? folder_create(c->m, parent, name, NULL, id) : s;
}

static status check_homeless(struct checking *c)
{
	CLEANUP_IDS struct ids ids = { .n = 0 };
	uint64_t home = 0;
	status s = gather(c->m, "SELECT id FROM message WHERE NOT EXISTS (SELECT 1 FROM folder WHERE folder.id = message.folder)", &ids);

	for (size_t i = 0; !s && i < ids.n; i++) {
		const struct found f = { .kind = MAILBOX_CHECK_ORPHAN, .message = ids.v[i], .lossless = true, .fixable = true };

		if (!check_found(c, &f, "the folder of message %llx is gone; the message goes to \"Recovered\"", (unsigned long long)ids.v[i]))
			continue;
		s = home ? ecNone : recovered_folder(c, &home);
		if (!s)
			s = run_for(c->m, "UPDATE message SET folder = $1 WHERE id = $2", home, ids.v[i]);
	}
	return s;
}

/* Rows by content id that no message, or no content, stands above. */
static status check_leftover(struct checking *c, const char *what, const char *query, const char *remove)
{
	CLEANUP_IDS struct ids ids = { .n = 0 };
	status s = gather(c->m, query, &ids);

	for (size_t i = 0; !s && i < ids.n; i++) {
		const struct found f = { .kind = MAILBOX_CHECK_ORPHAN, .lossless = true, .fixable = true };

		if (!check_found(c, &f, "%s %llx belongs to nothing; it is removed", what, (unsigned long long)ids.v[i]))
			continue;
		struct sql_statement *st = sql_prepare(c->m->db, remove);
		bind_u64(st, 1, ids.v[i]);
		s = mailbox_error(c->m, sql_run(st));
	}
	return s;
}

status check_orphans(struct checking *c)
{
	status s = check_homeless(c);

	if (!s)
		s = check_leftover(c, "content",
				   "SELECT id FROM content WHERE NOT EXISTS"
				   " (SELECT 1 FROM message m WHERE m.id = content.id AND m.content = content.id) AND NOT EXISTS"
				   " (SELECT 1 FROM message m WHERE m.content = content.id AND m.content <> m.id)",
				   "DELETE FROM content WHERE id = $1");
	if (!s)
		s = check_leftover(c, "a large value of content",
				   "SELECT DISTINCT content FROM large WHERE NOT EXISTS"
				   " (SELECT 1 FROM content WHERE content.id = large.content)",
				   "DELETE FROM large WHERE content = $1");
	return s ? s : check_leftover(c, "a piece of content",
				      "SELECT DISTINCT content FROM piece WHERE NOT EXISTS"
				      " (SELECT 1 FROM large WHERE large.content = piece.content)",
				      "DELETE FROM piece WHERE content = $1");
}

/* Counters ------------------------------------------------------------------------------------------------------------------- */

struct counters {
	int64_t n[6]; /* items, unread, associated, size, deleted_items, deleted_size */
};

static status recount(struct mailbox *m, uint64_t folder, struct counters *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		m->db, "SELECT CAST(COALESCE(SUM(CASE WHEN kind = 0 THEN 1 ELSE 0 END), 0) AS INTEGER),"
		       " CAST(COALESCE(SUM(CASE WHEN kind = 0 AND flags % 2 = 0 THEN 1 ELSE 0 END), 0) AS INTEGER),"
		       " CAST(COALESCE(SUM(CASE WHEN kind = 1 THEN 1 ELSE 0 END), 0) AS INTEGER),"
		       " CAST(COALESCE(SUM(CASE WHEN kind < 2 THEN size ELSE 0 END), 0) AS INTEGER),"
		       " CAST(COALESCE(SUM(CASE WHEN kind >= 2 THEN 1 ELSE 0 END), 0) AS INTEGER),"
		       " CAST(COALESCE(SUM(CASE WHEN kind >= 2 THEN size ELSE 0 END), 0) AS INTEGER)"
		       " FROM message WHERE folder = $1");
	bool row = false;

	bind_u64(s, 1, folder);
	status st = sql_step(s, &row);
	for (int i = 0; !st && row && i < 6; i++)
		out->n[i] = sql_i64(s, i);
	return mailbox_error(m, st);
}

/* A search folder counts its links, and nothing else. */
static status recount_links(struct mailbox *m, uint64_t folder, struct counters *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		m->db, "SELECT COUNT(*), CAST(COALESCE(SUM(is_unread), 0) AS INTEGER) FROM search_result WHERE folder = $1");
	bool row = false;

	bind_u64(s, 1, folder);
	status st = sql_step(s, &row);
	for (int i = 0; !st && row && i < 2; i++)
		out->n[i] = sql_i64(s, i);
	return mailbox_error(m, st);
}

static status set_counters(struct mailbox *m, uint64_t folder, const struct counters *c)
{
	struct sql_statement *s = sql_prepare(m->db, "UPDATE folder SET items = $1, unread = $2, associated = $3, size = $4,"
						     " deleted_items = $5, deleted_size = $6 WHERE id = $7");

	for (int i = 0; i < 6; i++)
		sql_bind_i64(s, i + 1, c->n[i]);
	bind_u64(s, 7, folder);
	return mailbox_error(m, sql_run(s));
}

static status check_counter(struct checking *c, uint64_t id)
{
	static const char *const names[] = { "items", "unread items", "associated items", "bytes", "deleted items", "deleted bytes" };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	const struct found f = { .kind = MAILBOX_CHECK_COUNTERS, .folder = id, .lossless = true, .fixable = true };
	struct counters counted = { { 0 } };
	struct folder folder = { .id = 0 };
	status s = folder_get(c->m, id, &arena, &folder);

	if (!s)
		s = folder.is_search ? recount_links(c->m, id, &counted) : recount(c->m, id, &counted);
	if (s)
		return s;
	const uint64_t says[] = { folder.items,	       folder.unread,	    folder.associated, folder.size,
				  folder.deleted_items, folder.deleted_size };
	bool repair = false;
	for (size_t i = 0; i < 6; i++)
		if (says[i] != (uint64_t)counted.n[i])
			repair = check_found(c, &f, "folder \"%.80s\" says %lld %s, there are %lld; the counter is set right", folder.name,
					     (long long)says[i], names[i], (long long)counted.n[i]) ||
				 repair;
	return repair ? set_counters(c->m, id, &counted) : ecNone;
}

status check_counters(struct checking *c)
{
	CLEANUP_IDS struct ids ids = { .n = 0 };
	status s = gather(c->m, "SELECT id FROM folder ORDER BY id", &ids);

	for (size_t i = 0; !s && i < ids.n; i++)
		s = check_counter(c, ids.v[i]);
	return s;
}
