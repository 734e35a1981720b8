/* What was changed here and is not at the server yet. */
#include "client/cache_private.h"

#include "store/folder.h"
#include "store/message.h"

#define COLUMNS "seq, kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error, generation"

/* A row as it was read: its number, and how often it had been changed, of which the lower part is enough. */
#define GENERATION_BITS 16u
#define SEQ_OF(told)    ((told) >> GENERATION_BITS)
#define GENERATION(n)   ((n) & ((1u << GENERATION_BITS) - 1))

/* Rows ---------------------------------------------------------------------------------------------------------------------------- */

static void read_row(struct sql_statement *s, struct cache_pending *p)
{
	*p = (struct cache_pending){ .seq = cache_u64(s, 0) << GENERATION_BITS | GENERATION(cache_u64(s, 12)),
				     .kind = (enum cache_pending_kind)cache_u64(s, 1),
				     .associated = cache_u64(s, 2),
				     .hard = cache_u64(s, 3),
				     .fresh = cache_u64(s, 4),
				     .folder = cache_u64(s, 5),
				     .object = cache_u64(s, 6),
				     .old_folder = cache_u64(s, 7),
				     .old_object = cache_u64(s, 8),
				     .made = cache_u64(s, 9),
				     .attempts = (uint32_t)cache_u64(s, 10),
				     .error = (uint32_t)cache_u64(s, 11) };
}

static status find(struct cache *c, uint64_t object, enum cache_pending_kind kind, struct cache_pending *out, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(mailbox_sql(c->mailbox), "SELECT " COLUMNS " FROM client_journal WHERE object = $1 AND kind = $2");
	status st;

	sql_bind_i64(s, 1, (int64_t)object);
	sql_bind_i64(s, 2, (int64_t)kind);
	st = sql_step(s, found);
	if (!st && *found)
		read_row(s, out);
	return st;
}

static status remove_row(struct cache *c, uint64_t object, enum cache_pending_kind kind)
{
	return cache_run(c, "DELETE FROM client_journal WHERE object = $1 AND kind = $2", (const uint64_t[]){ object, kind }, 2);
}

/* A row of that kind, unless there is one; what is changed again was not refused yet. */
static status add_row(struct cache *c, const struct cache_pending *p)
{
	const uint64_t v[] = { p->kind,	  p->associated, p->hard,	p->fresh,     p->folder,
			       p->object, p->old_folder, p->old_object, c->clock.now(&c->clock) };

	c->announce = c->announce || !c->applying;
	return cache_run(c,
			 "INSERT INTO client_journal (kind, associated, hard, fresh, folder, object, old_folder, old_object, made, attempts, error)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)"
			 " ON CONFLICT (object, kind) DO UPDATE SET folder = excluded.folder, attempts = 0, error = 0, generation = generation + 1",
			 v, sizeof v / sizeof *v);
}

/* Messages ------------------------------------------------------------------------------------------------------------------------ */

static status drop_message(struct cache *c, uint64_t object)
{
	status s = remove_row(c, object, PENDING_MESSAGE);

	if (!s)
		s = remove_row(c, object, PENDING_MESSAGE_READ);
	return s ? s : cache_base_forget(c, object);
}

static status made(struct cache *c, const struct mailbox_change *x)
{
	return add_row(c, &(struct cache_pending){
				  .kind = PENDING_MESSAGE, .associated = x->associated, .fresh = true, .folder = x->folder, .object = x->object });
}

static status changed(struct cache *c, const struct mailbox_change *x)
{
	return add_row(c, &(struct cache_pending){ .kind = PENDING_MESSAGE, .associated = x->associated, .folder = x->folder, .object = x->object });
}

/* Of a new one it is a part of what will be sent. */
static status read_changed(struct cache *c, const struct mailbox_change *x)
{
	struct cache_pending p;
	bool found = false;
	status s = find(c, x->object, PENDING_MESSAGE, &p, &found);

	if (s || (found && p.fresh))
		return s;
	return add_row(c, &(struct cache_pending){
				  .kind = PENDING_MESSAGE_READ, .associated = x->associated, .folder = x->folder, .object = x->object });
}

/* It never was at the server: nothing is to be told. Else its deletion, from where the server has it. */
static status gone(struct cache *c, const struct mailbox_change *x, uint64_t folder, uint64_t object, bool hard)
{
	struct cache_pending message = { 0 }, move = { 0 };
	bool changed_here = false, moved = false;
	status s = find(c, object, PENDING_MESSAGE, &message, &changed_here);

	if (!s)
		s = find(c, object, PENDING_MESSAGE_MOVED, &move, &moved);
	if (!s)
		s = drop_message(c, object);
	if (!s && moved)
		s = remove_row(c, object, PENDING_MESSAGE_MOVED);
	/* What can come back is still no more than it was. */
	if (!s && hard)
		s = cache_set_fullness(c, object, CACHE_FULL);
	if (s || (changed_here && message.fresh))
		return s;
	return add_row(c, &(struct cache_pending){ .kind = PENDING_MESSAGE_DELETED,
						   .associated = x->associated,
						   .hard = hard,
						   .folder = moved ? move.old_folder : folder,
						   .object = moved ? move.old_object : object });
}

/* What is pending of it goes on under its new name, behind the move. */
static status follow(struct cache *c, const struct mailbox_change *x, enum cache_pending_kind kind)
{
	struct cache_pending p;
	bool found = false;
	status s = find(c, x->old_object, kind, &p, &found);

	if (s || !found)
		return s;
	s = remove_row(c, x->old_object, kind);
	p.folder = x->folder;
	p.object = x->object;
	return s ? s : add_row(c, &p);
}

static status moved(struct cache *c, const struct mailbox_change *x)
{
	struct cache_pending message = { 0 }, move = { 0 };
	bool was_changed = false, was_moved = false;
	status s = find(c, x->old_object, PENDING_MESSAGE, &message, &was_changed);

	if (!s)
		s = find(c, x->old_object, PENDING_MESSAGE_MOVED, &move, &was_moved);
	if (s)
		return s;
	if (!was_changed || !message.fresh) {
		if (was_moved)
			s = remove_row(c, x->old_object, PENDING_MESSAGE_MOVED);
		if (!s)
			s = add_row(c, &(struct cache_pending){ .kind = PENDING_MESSAGE_MOVED,
								.associated = x->associated,
								.folder = x->folder,
								.object = x->object,
								.old_folder = was_moved ? move.old_folder : x->old_folder,
								.old_object = was_moved ? move.old_object : x->old_object });
	}
	if (!s)
		s = follow(c, x, PENDING_MESSAGE);
	if (!s)
		s = follow(c, x, PENDING_MESSAGE_READ);
	if (!s)
		s = cache_partial_moved(c, x->old_object, x->object);
	return s ? s : cache_base_rename(c, x->old_object, x->object);
}

/* Deleted softly, and back: as if nothing had been, but for the version it is now. */
static status restored(struct cache *c, const struct mailbox_change *x)
{
	struct cache_pending p;
	bool found = false;
	status s = find(c, x->object, PENDING_MESSAGE_DELETED, &p, &found);

	if (!s && found)
		s = remove_row(c, x->object, PENDING_MESSAGE_DELETED);
	if (s)
		return s;
	return found ? changed(c, x) : made(c, x);
}

static status is_gone_for_good(struct cache *c, uint64_t message, bool *hard)
{
	uint64_t id = 0;
	bool found = false;
	status s = cache_ask(c, "SELECT id FROM message WHERE id = $1", &message, 1, &id, &found);

	*hard = !found;
	return s;
}

static status deleted(struct cache *c, const struct mailbox_change *x)
{
	bool hard = false;
	status s = is_gone_for_good(c, x->object, &hard);

	return s ? s : gone(c, x, x->old_folder, x->object, hard);
}

/* Nobody will ask what it was before it was changed. */
static status stays(struct cache *c, const struct mailbox_change *x)
{
	status s = cache_base_forget(c, x->object);

	return s || !x->old_object ? s : cache_base_forget(c, x->old_object);
}

/* Out of what stays here it comes as something new; into it, it goes away from the server. */
static status moved_across(struct cache *c, const struct mailbox_change *x)
{
	enum cache_fullness fullness = CACHE_FULL;
	status s = stays(c, x);

	if (!s)
		s = cache_fullness(c, x->old_object, &fullness);
	if (s || cache_is_local(c, x->old_folder))
		return s ? s : made(c, x);
	/* Of this one the server has more than there is here: it stays there. */
	if (fullness == CACHE_HEADERS) {
		s = drop_message(c, x->old_object);
		return s ? s : cache_set_fullness(c, x->old_object, CACHE_FULL);
	}
	return gone(c, x, x->old_folder, x->old_object, false);
}

/* What was to be sent was moved or deleted: it is not sent, and from here on is a message like others, of which the server may never have heard. */
static status taken_back(struct cache *c, uint64_t message, uint64_t folder, enum outbox_state state)
{
	status s = outbox_remove(c, message);

	if (s || state != OUTBOX_WAITING)
		return s;
	return add_row(c, &(struct cache_pending){ .kind = PENDING_MESSAGE, .fresh = true, .folder = folder, .object = message });
}

static status message_changed(struct cache *c, const struct mailbox_change *x)
{
	bool here = cache_is_local(c, x->folder), was_here = x->old_folder && cache_is_local(c, x->old_folder), sending = false;
	uint64_t was = x->kind == CHANGE_MESSAGE_MOVED ? x->old_object : x->object;
	enum outbox_state state;
	status s = outbox_state_of(c, was, &state, &sending);

	if (!s && sending && (x->kind == CHANGE_MESSAGE_MOVED || x->kind == CHANGE_MESSAGE_DELETED)) {
		s = taken_back(c, was, x->old_folder, state);
		sending = false;
	}
	/* What the server has of it is not what is to be sent any more: it is told again. */
	if (!s && sending && state == OUTBOX_UPLOADED && x->kind == CHANGE_MESSAGE_MODIFIED)
		s = outbox_set(c, x->object, OUTBOX_WAITING, 0);
	if (s)
		return s;
	if (x->kind == CHANGE_MESSAGE_MOVED && here != was_here)
		return moved_across(c, x);
	if (here || sending)
		return stays(c, x);
	switch (x->kind) {
	case CHANGE_MESSAGE_CREATED:
		return made(c, x);
	case CHANGE_MESSAGE_COPIED:
		s = cache_partial_copied(c, x->old_object, x->object);
		return s ? s : made(c, x);
	case CHANGE_MESSAGE_MODIFIED:
		return changed(c, x);
	case CHANGE_MESSAGE_READ:
		return read_changed(c, x);
	case CHANGE_MESSAGE_MOVED:
		return moved(c, x);
	case CHANGE_MESSAGE_DELETED:
		return deleted(c, x);
	case CHANGE_MESSAGE_RESTORED:
		return restored(c, x);
	default:
		/* What was deleted softly and is gone now: the server keeps its own time for that. */
		return ecNone;
	}
}

/* Folders ------------------------------------------------------------------------------------------------------------------------- */

/* With everything that was to be told of what was in it; what was moved out of it before is told. */
static status folder_gone(struct cache *c, uint64_t id)
{
	struct cache_pending p = { 0 };
	bool found = false;
	status s = find(c, id, PENDING_FOLDER, &p, &found);

	if (!s)
		s = remove_row(c, id, PENDING_FOLDER);
	if (!s)
		s = cache_run(c, "DELETE FROM client_journal WHERE folder = $1 AND kind IN (2, 4, 5)", &id, 1);
	/* Should it come back, all that is in it comes again. */
	if (!s)
		s = cache_forget_folder(c, id);
	if (s || (found && p.fresh))
		return s;
	return add_row(c, &(struct cache_pending){ .kind = PENDING_FOLDER_DELETED, .folder = id, .object = id, .hard = true });
}

/* A folder that stays here is gone. */
static status local_gone(struct cache *c, uint64_t id)
{
	return cache_run(c, "DELETE FROM client_local WHERE folder = $1", &id, 1);
}

static status is_search(struct cache *c, uint64_t id, bool *search)
{
	uint64_t is = 0;
	bool found = false;
	status s = cache_ask(c, "SELECT is_search FROM folder WHERE id = $1", &id, 1, &is, &found);

	*search = found && is;
	return s;
}

static status folder_changed(struct cache *c, const struct mailbox_change *x)
{
	bool search = false;
	status s = is_search(c, x->object, &search);

	if (s)
		return s;
	if (cache_is_local(c, x->object))
		return x->kind == CHANGE_FOLDER_DELETED ? local_gone(c, x->object) : ecNone;
	/* What is made here to search in here is nothing to the server. */
	if (search)
		return x->kind == CHANGE_FOLDER_CREATED ? cache_set_local(c, x->object) : ecNone;
	if (x->kind == CHANGE_FOLDER_DELETED)
		return folder_gone(c, x->object);
	return add_row(c, &(struct cache_pending){
				  .kind = PENDING_FOLDER, .fresh = x->kind == CHANGE_FOLDER_CREATED, .folder = x->object, .object = x->object });
}

_Static_assert(PENDING_MESSAGE == 2 && PENDING_MESSAGE_MOVED == 3 && PENDING_MESSAGE_READ == 4 && PENDING_MESSAGE_DELETED == 5, "statements say them as numbers");

static status keep(void *context, struct mailbox *m, const struct mailbox_change *changes, size_t n)
{
	struct cache *c = context;
	status s = ecNone;

	(void)m;
	if (c->applying)
		return ecNone;
	for (size_t i = 0; !s && i < n; i++)
		s = changes[i].kind <= CHANGE_FOLDER_DELETED ? folder_changed(c, &changes[i]) : message_changed(c, &changes[i]);
	return s;
}

status cache_keep_journal(struct cache *c)
{
	return mailbox_keep(c->mailbox, keep, c);
}

/* Reading it ---------------------------------------------------------------------------------------------------------------------- */

status cache_pending(struct cache *c, uint64_t after, struct cache_pending *out, size_t room, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(mailbox_sql(c->mailbox), "SELECT " COLUMNS " FROM client_journal WHERE seq > $1 ORDER BY seq LIMIT $2");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, (int64_t)SEQ_OF(after));
	sql_bind_i64(s, 2, (int64_t)room);
	for (*n = 0; !(st = sql_step(s, &row)) && row && *n < room; ++*n)
		read_row(s, &out[*n]);
	return st;
}

status cache_pending_of(struct cache *c, uint64_t object, enum cache_pending_kind kind, struct cache_pending *out, bool *found)
{
	*found = false;
	return find(c, object, kind, out, found);
}

status cache_pending_count(struct cache *c, uint64_t *n)
{
	bool found = false;

	return cache_ask(c, "SELECT count(*) FROM client_journal", NULL, 0, n, &found);
}

static status has_row(struct cache *c, const char *query, uint64_t object, bool *has)
{
	uint64_t unused = 0;

	return cache_ask(c, query, &object, 1, &unused, has);
}

status cache_is_pending(struct cache *c, uint64_t object, bool *pending)
{
	return has_row(c, "SELECT seq FROM client_journal WHERE object = $1 LIMIT 1", object, pending);
}

status cache_is_edited(struct cache *c, uint64_t object, bool *edited)
{
	return has_row(c, "SELECT seq FROM client_journal WHERE object = $1 AND kind IN (2, 3) LIMIT 1", object, edited);
}

status cache_is_changed(struct cache *c, uint64_t object, bool *changed)
{
	return has_row(c, "SELECT seq FROM client_journal WHERE object = $1 AND kind = 2 LIMIT 1", object, changed);
}

status cache_is_read_here(struct cache *c, uint64_t object, bool *read_here)
{
	return has_row(c, "SELECT seq FROM client_journal WHERE object = $1 AND kind = 4 LIMIT 1", object, read_here);
}

status cache_has_twin(struct cache *c, uint64_t message, bool *twin)
{
	return has_row(c, "SELECT b.id FROM message a JOIN message b ON b.change_key = a.change_key AND b.id <> a.id WHERE a.id = $1 LIMIT 1", message, twin);
}

status cache_is_fresh(struct cache *c, uint64_t object, bool *fresh)
{
	return has_row(c, "SELECT seq FROM client_journal WHERE object = $1 AND fresh = 1 LIMIT 1", object, fresh);
}

/* Was there more of it since it was read? A version says it of the object as it was sent, which may be later. */
static status changed_again(struct cache *c, uint64_t object, uint64_t told, uint64_t cn, bool *again)
{
	uint64_t now = 0;
	bool found = false;
	status s = ecNone;

	if (cn)
		s = cache_ask(c, "SELECT cn FROM message WHERE id = $1 UNION ALL SELECT cn FROM folder WHERE id = $1", &object, 1, &now, &found);
	if (s || found) {
		*again = now != cn;
		return s;
	}
	s = cache_ask(c, "SELECT generation FROM client_journal WHERE seq = $1", (const uint64_t[]){ SEQ_OF(told) }, 1, &now, &found);
	*again = GENERATION(now) != GENERATION(told);
	return s;
}

status cache_pending_done(struct cache *c, uint64_t told, uint64_t cn)
{
	uint64_t object = 0, seq = SEQ_OF(told);
	bool found = false, again = false;
	status s = cache_ask(c, "SELECT object FROM client_journal WHERE seq = $1", &seq, 1, &object, &found);

	if (s || !found)
		return s;
	s = changed_again(c, object, told, cn, &again);
	if (s)
		return s;
	/* That is still to be told, of something that the server knows. */
	if (again)
		return cache_run(c, "UPDATE client_journal SET fresh = 0 WHERE seq = $1", &seq, 1);
	s = cache_run(c, "DELETE FROM client_journal WHERE seq = $1", &seq, 1);
	return s || !cn ? s : cache_base_forget(c, object);
}

status cache_pending_failed(struct cache *c, uint64_t told, uint32_t error)
{
	return cache_run(c, "UPDATE client_journal SET attempts = attempts + 1, error = $1 WHERE seq = $2", (const uint64_t[]){ error, SEQ_OF(told) }, 2);
}

/* What was to be told of an object is told by nobody any more. */
status cache_pending_forget(struct cache *c, uint64_t object)
{
	status s = cache_run(c, "DELETE FROM client_journal WHERE object = $1", &object, 1);

	return s ? s : cache_base_forget(c, object);
}

status cache_pending_forget_change(struct cache *c, uint64_t object)
{
	status s = remove_row(c, object, PENDING_MESSAGE);

	return s ? s : cache_base_forget(c, object);
}

/* It shall be told, though nothing was changed by the user. */
status cache_pending_add(struct cache *c, uint64_t folder, uint64_t message, bool associated, bool fresh)
{
	return add_row(c, &(struct cache_pending){
				  .kind = PENDING_MESSAGE, .associated = associated, .fresh = fresh, .folder = folder, .object = message });
}

status cache_pending_add_read(struct cache *c, uint64_t folder, uint64_t message)
{
	return add_row(c, &(struct cache_pending){ .kind = PENDING_MESSAGE_READ, .folder = folder, .object = message });
}

status cache_pending_add_deleted(struct cache *c, uint64_t folder, uint64_t message, bool associated)
{
	return add_row(c, &(struct cache_pending){ .kind = PENDING_MESSAGE_DELETED, .associated = associated, .folder = folder, .object = message });
}

status cache_pending_add_folder(struct cache *c, uint64_t folder)
{
	return add_row(c, &(struct cache_pending){ .kind = PENDING_FOLDER, .folder = folder, .object = folder });
}

status cache_pending_new_folder(struct cache *c, uint64_t folder)
{
	return add_row(c, &(struct cache_pending){ .kind = PENDING_FOLDER, .fresh = true, .folder = folder, .object = folder });
}

status cache_pending_forget_folder(struct cache *c, uint64_t folder)
{
	return cache_run(c, "DELETE FROM client_journal WHERE folder = $1", &folder, 1);
}

status cache_pending_carry(struct cache *c, uint64_t object, uint64_t folder, uint64_t as, bool associated)
{
	struct cache_pending move;
	bool moved = false;
	status s = find(c, object, PENDING_MESSAGE_MOVED, &move, &moved);

	/* What was moved there has its rest where it was; what the server has no more will not come. */
	if (!s)
		s = moved ? cache_partial_moved(c, object, as) : cache_set_fullness(c, object, CACHE_FULL);
	if (s)
		return s;
	if (moved)
		return cache_run(c, "UPDATE client_journal SET object = $1, folder = $2 WHERE object = $3", (const uint64_t[]){ as, folder, object }, 3);
	s = cache_pending_forget(c, object);
	return s ? s : cache_pending_add(c, folder, as, associated, true);
}

status cache_pending_seen(struct cache *c, uint64_t object)
{
	struct cache_pending p;
	bool found = false;
	status s = find(c, object, PENDING_MESSAGE, &p, &found);

	if (!s && found && p.fresh) {
		s = cache_run(c, "UPDATE client_journal SET fresh = 0 WHERE object = $1 AND kind = 2", &object, 1);
		/* Of something fresh, the read state was told with it. */
		if (!s && !p.associated)
			s = cache_pending_add_read(c, p.folder, object);
	}
	return s ? s : remove_row(c, object, PENDING_MESSAGE_MOVED);
}

status cache_pending_forget_move(struct cache *c, uint64_t object)
{
	return remove_row(c, object, PENDING_MESSAGE_MOVED);
}
