/*
 * Search folders: criteria in the folder's row, links in `search_result`.  What a commit changed is looked at message by
 * message, for every search folder that is running; what moved folders changes the scope, and fills them anew.
 * A static one is filled once and then left alone: its links stay when their messages go, and go along when they are moved.
 */
#include "base/map.h"
#include "store/mailbox_private.h"
#include "store/search.h"
#include "store/search_private.h"
#include "store/table_private.h"

/* The criteria as properties of their own; a .pst's own are others and are kept beside them. */
#define CRITERIA_RESTRICTION tag_make(0x67F0, PT_BINARY) /* counts of 32 bits */
#define CRITERIA_SCOPE       tag_make(0x67F1, PT_MV_I8)
#define CRITERIA_FLAGS       tag_make(0x67F2, PT_LONG)   /* of RopSetSearchCriteria */

#define CRITERIA_MEMORY_MAX ((size_t)64 << 20)
#define CHANGED_MAX ((size_t)1 << 24)
#define FILL_WINDOW 200u

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS search_result (folder INTEGER NOT NULL, message INTEGER NOT NULL, received INTEGER NOT NULL,"
	" is_unread INTEGER NOT NULL, PRIMARY KEY (folder, message)) STRICT;"
	"CREATE INDEX IF NOT EXISTS search_result_received ON search_result (folder, received, message);"
	"CREATE INDEX IF NOT EXISTS search_result_message ON search_result (message)";

struct search_folder {
	uint64_t id;
	struct restriction *restriction; /* what is ready points into it */
	struct restrict_node *ready;
	uint64_t *folders;
	size_t n_folders;
	uint32_t flags;
	struct folder_set scope;
};

static bool is_dynamic(const struct search_folder *f)
{
	return !(f->flags & (STOP_SEARCH | STATIC_SEARCH));
}

static bool is_static(const struct search_folder *f)
{
	return (f->flags & STATIC_SEARCH) != 0;
}

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

/* Criteria ------------------------------------------------------------------------------------------------------------------ */

static status make_ready(struct search_folder *f, struct bytes restriction, struct arena *arena, struct reason *why)
{
	status s;

	f->restriction = arena_zalloc(arena, sizeof *f->restriction);
	if (!f->restriction)
		return reason_set(why, ecMemory, "out of memory");
	s = restriction_decode(restriction, WIRE_COUNTS_32, arena, f->restriction, why);
	return s ? s : restrict_compile(f->restriction, 1252, arena, &f->ready, why);
}

static status decode(struct mailbox *m, const struct bag *bag, struct arena *arena, struct search_folder *f)
{
	const struct prop *scope = bag_find(bag, tag_id(CRITERIA_SCOPE));
	struct bytes r = bag_bytes(bag, tag_id(CRITERIA_RESTRICTION));

	if (!r.n || !scope || scope->tag != CRITERIA_SCOPE || scope->value.n / 8 < scope->count)
		return reason_set(&m->why, ecSearchNotInitialized, "the search folder has no criteria");
	f->flags = bag_u32(bag, tag_id(CRITERIA_FLAGS), 0);
	f->n_folders = scope->count;
	f->folders = arena_array(arena, f->n_folders ? f->n_folders : 1, sizeof *f->folders);
	if (!f->folders)
		return no_memory(m);
	for (size_t i = 0; i < f->n_folders; i++)
		f->folders[i] = le64(scope->value.p + 8 * i);
	return make_ready(f, r, arena, &m->why);
}

static status load(struct mailbox *m, uint64_t id, struct arena *arena, struct search_folder *f)
{
	struct bag bag;
	status s;

	*f = (struct search_folder){ .id = id };
	bag_init(&bag, arena);
	s = folder_criteria(m, id, &bag);
	return s ? s : decode(m, &bag, arena, f);
}

static status load_scope(struct mailbox *m, struct arena *arena, struct search_folder *f)
{
	return folder_set_of(m, f->folders, f->n_folders, f->flags & RECURSIVE_SEARCH, arena, &f->scope);
}

static status save(struct mailbox *m, const struct search_folder *f, struct bytes restriction)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(CRITERIA_MEMORY_MAX);
	uint8_t *scope = arena_alloc(&arena, 8 * f->n_folders + 1);
	struct bag bag;
	status s;

	bag_init(&bag, &arena);
	if (!scope)
		return no_memory(m);
	for (size_t i = 0; i < f->n_folders; i++)
		put_le64(scope + 8 * i, f->folders[i]);
	s = folder_criteria(m, f->id, &bag);
	if (!s)
		s = bag_set_bytes(&bag, CRITERIA_RESTRICTION, restriction);
	if (!s)
		s = bag_set(&bag, &(struct prop){ .tag = CRITERIA_SCOPE,
						  .count = (uint32_t)f->n_folders,
						  .size = 8 * f->n_folders,
						  .value = bytes_of(scope, 8 * f->n_folders) });
	if (!s)
		s = bag_set_u32(&bag, CRITERIA_FLAGS, f->flags);
	return s ? s : folder_set_criteria(m, f->id, &bag);
}

/* Links ------------------------------------------------------------------------------------------------------------------------ */

static status run(struct mailbox *m, const char *text, const uint64_t *v, unsigned n)
{
	struct sql_statement *s = sql_prepare(m->db, text);

	for (unsigned i = 0; i < n; i++)
		bind_u64(s, (int)i + 1, v[i]);
	return mailbox_error(m, sql_run(s));
}

static status count(struct mailbox *m, uint64_t folder, int64_t items, int64_t unread)
{
	return items || unread ? folder_count(m, &(struct folder_delta){ .folder = folder, .items = items, .unread = unread }) : ecNone;
}

struct link {
	bool there, unread;
	uint64_t received;
};

static status find_link(struct mailbox *m, uint64_t folder, uint64_t message, struct link *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		m->db, "SELECT received, is_unread FROM search_result WHERE folder = $1 AND message = $2");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	bind_u64(s, 2, message);
	st = sql_step(s, &row);
	*out = (struct link){ .there = !st && row };
	if (out->there) {
		out->received = (uint64_t)sql_i64(s, 0);
		out->unread = sql_i64(s, 1) != 0;
	}
	return mailbox_error(m, st);
}

static status put_link(struct mailbox *m, uint64_t folder, uint64_t message, const struct link *was, const struct link *now)
{
	status s = ecNone;

	if (was->there && now->there && was->received == now->received && was->unread == now->unread)
		return ecNone;
	if (was->there)
		s = run(m, "DELETE FROM search_result WHERE folder = $1 AND message = $2", (uint64_t[]){ folder, message }, 2);
	if (!s && now->there)
		s = run(m, "INSERT INTO search_result (folder, message, received, is_unread) VALUES ($1, $2, $3, $4)",
			(uint64_t[]){ folder, message, now->received, now->unread }, 4);
	return s ? s : count(m, folder, (int64_t)now->there - was->there, (int64_t)now->unread - was->unread);
}

static status set_counters(struct mailbox *m)
{
	return mailbox_error(m, sql_execute(m->db, "UPDATE folder SET"
						   " items = (SELECT COUNT(*) FROM search_result l WHERE l.folder = folder.id),"
						   " unread = (SELECT COUNT(*) FROM search_result l WHERE l.folder = folder.id AND l.is_unread <> 0)"
						   " WHERE is_search <> 0"));
}

/* Filling ------------------------------------------------------------------------------------------------------------------------ */

static status fill_window(struct mailbox *m, struct search_folder *f, struct table *t, bool *more)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)8 << 20);
	struct table_rows rows = { .n = 0 };
	status s = table_query_rows(t, true, FILL_WINDOW, true, &arena, &rows);
	const struct link none = { .there = false };

	if (s)
		return reason_set(&m->why, s, "%s", table_failure(t));
	for (size_t i = 0; !s && i < rows.n; i++) {
		const struct bag *b = &rows.v[i];
		struct link now = { .there = true,
				    .unread = !bag_bool(b, tag_id(PidTagRead), false),
				    .received = bag_u64(b, tag_id(PidTagMessageDeliveryTime), 0) };

		s = put_link(m, f->id, row_globcnt(bag_u64(b, tag_id(PidTagMid), 0)), &none, &now);
	}
	*more = rows.n == FILL_WINDOW;
	return s;
}

static status fill_from(struct mailbox *m, struct search_folder *f, uint64_t folder)
{
	static const uint32_t columns[] = { PidTagMid, PidTagRead, PidTagMessageDeliveryTime };
	struct table *t = NULL;
	bool more = true;
	status s = table_open(m, TABLE_CONTENTS, folder, 0, &t);

	if (s)
		return s;
	s = table_set_columns(t, columns, 3);
	if (!s)
		s = table_restrict(t, f->restriction);
	if (s)
		s = reason_set(&m->why, s, "%s", table_failure(t));
	while (!s && more)
		s = fill_window(m, f, t, &more);
	table_free(t);
	return s;
}

/* All of its links anew. */
static status fill(struct mailbox *m, struct search_folder *f)
{
	CLEANUP_ARENA struct arena scope = ARENA_BUDGET((size_t)16 << 20);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct folder is;
	status s = load_scope(m, &scope, f);

	if (!s)
		s = folder_get(m, f->id, &arena, &is);
	if (!s)
		s = run(m, "DELETE FROM search_result WHERE folder = $1", &f->id, 1);
	if (!s)
		s = count(m, f->id, -(int64_t)is.items, -(int64_t)is.unread);
	for (size_t i = 0; !s && i < f->scope.n; i++) {
		arena_reset(&arena);
		s = folder_get(m, f->scope.v[i], &arena, &is);
		if (!s && !is.is_search)
			s = fill_from(m, f, is.id);
	}
	f->scope = (struct folder_set){ .n = 0 };
	return s;
}

/* Keeping -------------------------------------------------------------------------------------------------------------------------- */

struct keeping {
	struct mailbox *m;
	struct arena arena; /* of the folders */
	struct search_folder *folders;
	size_t n;
	struct map done;
};

static status find_folders(struct keeping *k)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(k->m->db, "SELECT id FROM folder WHERE is_search <> 0 ORDER BY id");
	size_t cap = 0;
	bool row = false;
	status st = ecNone;

	while (!st && !(st = mailbox_error(k->m, sql_step(s, &row))) && row) {
		struct search_folder f;

		st = load(k->m, (uint64_t)sql_i64(s, 0), &k->arena, &f);
		/* One without criteria, or with what nobody can read, has no links. */
		if (st == ecSearchNotInitialized || st == ecCorruptData || st == ecTooComplex) {
			st = ecNone;
			continue;
		}
		if (!st && k->n == cap) {
			struct search_folder *v = arena_array(&k->arena, cap ? 2 * cap : 8, sizeof *v);

			if (!v)
				return no_memory(k->m);
			if (k->n)
				memcpy(v, k->folders, k->n * sizeof *v);
			k->folders = v;
			cap = cap ? 2 * cap : 8;
		}
		if (!st)
			k->folders[k->n++] = f;
	}
	return st;
}

/* To one that was stopped nothing comes; from a static one nothing goes, either. */
static status look(struct keeping *k, struct search_folder *f, uint64_t message, struct table_row *row)
{
	struct link was = { .there = false }, now = { .there = false };
	bool matches = false;
	status s = find_link(k->m, f->id, message, &was);

	if (s)
		return s;
	if (row->message && (was.there || is_dynamic(f))) {
		now.received = (uint64_t)sql_i64(row->message, MC_RECEIVED);
		now.unread = !((uint64_t)sql_i64(row->message, MC_FLAGS) & MSGFLAG_READ);
		now.there = was.there;
	}
	if (row->message && is_dynamic(f)) {
		restrict_restart(f->ready);
		if (folder_set_has(&f->scope, (uint64_t)sql_i64(row->message, MC_FOLDER)))
			s = restrict_matches(f->ready, &row->row, &matches);
		now.there = matches;
	}
	if (!row->message && was.there && is_static(f)) {
		now = was;
		now.unread = false; /* nobody can read it any more */
	}
	if (!now.there)
		now = (struct link){ .there = false };
	return s ? s : put_link(k->m, f->id, message, &was, &now);
}

static status look_at(struct keeping *k, uint64_t message)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ROW_MEMORY_MAX);
	struct table_row row;
	bool there = false;
	status s;

	if (!message || map_get_u64(&k->done, message))
		return ecNone;
	s = map_put_u64(&k->done, message, 1);
	if (s)
		return no_memory(k->m);
	CLEANUP_STATEMENT struct sql_statement *st = sql_prepare(
		k->m->db, "SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.id = $1 AND m.kind = 0");
	bind_u64(st, 1, message);
	s = mailbox_error(k->m, sql_step(st, &there));
	table_row_init(&row, k->m, &arena);
	row.id = message;
	row.message = there ? st : NULL;
	for (size_t i = 0; !s && i < k->n; i++)
		s = look(k, &k->folders[i], message, &row);
	return s;
}

/* A message that moves is another one, which the search did find. */
static status follow(struct keeping *k, const struct mailbox_change *c)
{
	status s = ecNone;

	if (c->kind != CHANGE_MESSAGE_MOVED || c->object == c->old_object)
		return ecNone;
	for (size_t i = 0; !s && i < k->n; i++)
		if (is_static(&k->folders[i]))
			s = run(k->m, "UPDATE search_result SET message = $1 WHERE folder = $2 AND message = $3",
				(uint64_t[]){ c->object, k->folders[i].id, c->old_object }, 3);
	return s;
}

/* What was in folders that are gone, and links of search folders that are. */
static status sweep(struct keeping *k)
{
	status s = folder_counts_flush(k->m);

	for (size_t i = 0; !s && i < k->n; i++)
		s = run(k->m, is_static(&k->folders[i]) ?
				     "UPDATE search_result SET is_unread = 0 WHERE folder = $1 AND message NOT IN (SELECT id FROM message WHERE kind = 0)" :
				     "DELETE FROM search_result WHERE folder = $1 AND message NOT IN (SELECT id FROM message WHERE kind = 0)",
			&k->folders[i].id, 1);
	if (!s)
		s = mailbox_error(k->m, sql_execute(k->m->db, "DELETE FROM search_result WHERE folder NOT IN"
							      " (SELECT id FROM folder WHERE is_search <> 0)"));
	return s ? s : set_counters(k->m);
}

static status look_at_all(struct keeping *k, const struct mailbox_change *changes, size_t n, bool swept, bool moved)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < k->n; i++)
		s = load_scope(k->m, &k->arena, &k->folders[i]);
	for (size_t i = 0; !s && i < n; i++) {
		if (changes[i].kind <= CHANGE_FOLDER_DELETED || changes[i].associated)
			continue;
		s = follow(k, &changes[i]);
		if (!s)
			s = look_at(k, changes[i].object);
		if (!s)
			s = look_at(k, changes[i].old_object);
	}
	if (!s && swept)
		s = sweep(k);
	for (size_t i = 0; !s && moved && i < k->n; i++)
		if (is_dynamic(&k->folders[i]) && k->folders[i].flags & RECURSIVE_SEARCH)
			s = fill(k->m, &k->folders[i]);
	return s;
}

static status on_changes(void *context, struct mailbox *m, const struct mailbox_change *changes, size_t n)
{
	struct keeping k = { .m = m, .arena = ARENA_BUDGET(CRITERIA_MEMORY_MAX) };
	bool messages = false, swept = false, moved = false;
	status s;

	(void)context;
	for (size_t i = 0; i < n; i++) {
		messages = messages || changes[i].kind > CHANGE_FOLDER_DELETED;
		swept = swept || changes[i].kind == CHANGE_FOLDER_DELETED;
		moved = moved || changes[i].kind == CHANGE_FOLDER_MOVED;
	}
	if (!messages && !swept && !moved)
		return ecNone;
	map_init(&k.done, CHANGED_MAX);
	s = find_folders(&k);
	if (!s && (k.n || swept))
		s = look_at_all(&k, changes, n, swept, moved);
	map_free(&k.done);
	arena_free(&k.arena);
	return s;
}

/* Setting and getting ----------------------------------------------------------------------------------------------------------- */

static status check_scope(struct mailbox *m, const uint64_t *folders, size_t n, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct folder f;
	status s = n > SEARCH_FOLDERS_MAX ? reason_set(why, ecTooBig, "more than %u folders to search", SEARCH_FOLDERS_MAX) : ecNone;

	for (size_t i = 0; !s && i < n; i++) {
		arena_reset(&arena);
		s = folder_get(m, folders[i], &arena, &f);
		if (s)
			return reason_set(why, s, "%s", mailbox_failure(m));
		if (f.is_search)
			s = reason_set(why, ecSearchFolderScopeViolation, "\"%.80s\" is a search folder: it cannot be searched by another one", f.name);
	}
	return s;
}

/* What it had stays where nothing new is given. */
static status change(struct mailbox *m, struct search_folder *f, const struct restriction *r, const uint64_t *folders, size_t n,
		     struct arena *arena, struct reason *why)
{
	CLEANUP_BUF struct buf b = BUF_MAX(CRITERIA_MEMORY_MAX);
	const void *copy;
	status s;

	if (n) {
		f->folders = arena_memdup(arena, folders, n * sizeof *folders);
		f->n_folders = n;
	}
	s = restriction_encode(r ? r : f->restriction, WIRE_COUNTS_32, &b, why);
	copy = s ? NULL : arena_memdup(arena, b.p, b.n);
	if (!s && (!copy || !f->folders))
		s = reason_set(why, ecMemory, "out of memory");
	if (!s)
		s = make_ready(f, bytes_of(copy, b.n), arena, why);
	if (s)
		return s;
	s = save(m, f, bytes_of(copy, b.n));
	return s ? reason_set(why, s, "%s", mailbox_failure(m)) : ecNone;
}

status search_set(struct mailbox *m, uint64_t folder, const struct restriction *r, const uint64_t *folders, size_t n, uint32_t flags,
		  struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(CRITERIA_MEMORY_MAX);
	struct search_folder f = { .id = folder };
	struct folder is;
	status s = mailbox_must_write(m), had;
	bool anew;

	if (!s)
		s = folder_get(m, folder, &arena, &is);
	if (s)
		return reason_set(why, s, "%s", mailbox_failure(m));
	if (!is.is_search)
		return reason_set(why, ecNotSearchFolder, "\"%.80s\" is no search folder", is.name);
	s = check_scope(m, folders, n, why);
	if (s)
		return s;
	had = load(m, folder, &arena, &f);
	if (had && (!r || !n))
		return reason_set(why, ecSearchNotInitialized, "the search folder needs %s", r ? "folders to search" : "a restriction");
	anew = had || r || n || (flags & RESTART_SEARCH) || (is_static(&f) && !(flags & (STATIC_SEARCH | STOP_SEARCH))) ||
	       ((flags ^ f.flags) & RECURSIVE_SEARCH && flags & (RECURSIVE_SEARCH | SHALLOW_SEARCH));
	if (!(flags & (RECURSIVE_SEARCH | SHALLOW_SEARCH)) && !had)
		flags |= f.flags & RECURSIVE_SEARCH;
	if (flags & STOP_SEARCH && !had)
		flags |= f.flags & STATIC_SEARCH;
	f.flags = flags & (STOP_SEARCH | RECURSIVE_SEARCH | STATIC_SEARCH);
	s = change(m, &f, r, folders, n, &arena, why);
	if (!s && anew && !(flags & STOP_SEARCH)) {
		s = fill(m, &f);
		if (s)
			s = reason_set(why, s, "%s", mailbox_failure(m));
	}
	return s;
}

status search_get(struct mailbox *m, uint64_t folder, struct arena *arena, struct search_criteria *out, struct reason *why)
{
	struct search_folder f = { .id = folder };
	struct folder is;
	status s = folder_get(m, folder, arena, &is);

	if (!s && !is.is_search)
		return reason_set(why, ecNotSearchFolder, "\"%.80s\" is no search folder", is.name);
	if (!s)
		s = load(m, folder, arena, &f);
	if (s)
		return reason_set(why, s, "%s", mailbox_failure(m));
	*out = (struct search_criteria){ .restriction = f.restriction, .folders = f.folders, .n = f.n_folders, .state = TWIR_TOTALLY | SEARCH_COMPLETE };
	out->state |= f.flags & RECURSIVE_SEARCH ? SEARCH_RECURSIVE : 0;
	out->state |= f.flags & STATIC_SEARCH ? SEARCH_STATIC : 0;
	out->state |= is_dynamic(&f) ? SEARCH_RUNNING : 0;
	return ecNone;
}

/* Attaching -------------------------------------------------------------------------------------------------------------------------- */

static status fill_all(struct mailbox *m)
{
	struct keeping k = { .m = m, .arena = ARENA_BUDGET(CRITERIA_MEMORY_MAX) };
	status s = find_folders(&k);

	for (size_t i = 0; !s && i < k.n; i++)
		s = fill(m, &k.folders[i]);
	arena_free(&k.arena);
	return s;
}

/* Links are left out of backups: where there were none, every search runs once. */
static status make(struct mailbox *m)
{
	status s = mailbox_begin(m);

	if (!s)
		s = mailbox_error(m, sql_execute(m->db, schema));
	if (!s)
		s = mailbox_error(m, sql_execute(m->db, "DELETE FROM search_result"));
	if (!s)
		s = set_counters(m);
	if (!s)
		s = fill_all(m);
	if (!s)
		s = mailbox_error(m, sql_execute(m->db, "INSERT INTO fts_state (id, version, next) VALUES (2, 1, 0)"));
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

status search_attach(struct mailbox *m, struct reason *why)
{
	struct sql_statement *st = sql_prepare(m->db, "SELECT version FROM fts_state WHERE id = 2");
	bool made = false;
	status s = mailbox_error(m, sql_step(st, &made));

	sql_done(st);
	if (!s && !made)
		s = make(m);
	if (!s)
		s = mailbox_keep(m, on_changes, NULL);
	return s ? reason_set(why, s, "%s", mailbox_failure(m)) : ecNone;
}
