#include "busy.h"

/* The model ----------------------------------------------------------------------------------------------------- */

void busy_begin(struct busy *b, struct mailbox *m)
{
	*b = (struct busy){ .n_folders = 0 };
	b->root = role_folder(m, MAILBOX_IPM_SUBTREE);
	b->inbox = role_folder(m, MAILBOX_INBOX);
}

static struct busy_folder *folder_of(struct busy *b, uint64_t id)
{
	for (size_t i = 0; i < b->n_folders; i++)
		if (b->folders[i].id == id)
			return &b->folders[i];
	return NULL;
}

static struct busy_message *message_of(struct busy *b, uint64_t id)
{
	for (size_t i = 0; i < b->n_messages; i++)
		if (b->messages[i].id == id)
			return &b->messages[i];
	return NULL;
}

static bool is_within(struct busy *b, uint64_t id, uint64_t around)
{
	const struct busy_folder *f;

	while (id != around && (f = folder_of(b, id)) != NULL)
		id = f->parent;
	return id == around;
}

/* Choosing --------------------------------------------------------------------------------------------------------- */

static uint64_t some_folder(const struct busy *b, uint64_t *random)
{
	size_t i = (size_t)(busy_random(random) % (b->n_folders + 1));

	return i == b->n_folders ? b->inbox : b->folders[i].id;
}

static struct busy_op choose_folder(const struct busy *b, uint64_t *random)
{
	uint64_t r = busy_random(random);
	const struct busy_folder *f = b->n_folders ? &b->folders[(r >> 8) % b->n_folders] : NULL;
	struct busy_op op = { .kind = BUSY_FOLDER_MAKE, .number = (unsigned)(r >> 20) & 0xFFFFF };
	/* Names are numbers that no other folder has: what is refused is tested elsewhere. */
	bool full = b->n_folders > 24;

	op.folder = (r & 0x30) && f ? f->id : b->root;
	if (!f || (r % 4 < 2 && !full))
		return op;
	op.id = f->id;
	op.kind = full || r % 4 == 3 ? BUSY_FOLDER_DELETE : BUSY_FOLDER_RENAME;
	if (op.kind == BUSY_FOLDER_RENAME && r & 0x40) {
		op.kind = BUSY_FOLDER_MOVE;
		op.folder = some_folder(b, random);
		if (op.folder == b->inbox || is_within((struct busy *)(uintptr_t)b, op.folder, f->id))
			op.folder = b->root;
	}
	return op;
}

static struct busy_op choose_change(const struct busy *b, uint64_t *random)
{
	static const enum busy_kind kinds[] = { BUSY_SET, BUSY_SET, BUSY_REPLACE, BUSY_READ, BUSY_READ, BUSY_MOVE, BUSY_MOVE, BUSY_COPY };
	uint64_t r = busy_random(random);
	const struct busy_message *v = &b->messages[(r >> 16) % b->n_messages];
	struct busy_op op = { .kind = kinds[r % 8], .id = v->id, .folder = some_folder(b, random), .seed = v->seed, .flag = !v->read };

	op.number = v->revision + 1;
	if (v->deleted && op.kind != BUSY_COPY)
		op.kind = BUSY_RESTORE;
	if (op.kind == BUSY_REPLACE) {
		op.seed = busy_random(random);
		op.folder = v->folder;
		op.flag = v->associated;
	}
	return op;
}

struct busy_op busy_choose(const struct busy *b, uint64_t *random, size_t size)
{
	uint64_t r = busy_random(random);
	/* The fuller it is, the more is deleted. */
	bool full = busy_random(random) % (2 * size) < b->n_messages || b->n_messages + 2 * BUSY_OPS_MOST > BUSY_MESSAGES_MOST;

	if (r % 24 == 0)
		return choose_folder(b, random);
	if (r % 3 == 0 && b->n_messages && b->n_messages + 2 * BUSY_OPS_MOST < BUSY_MESSAGES_MOST)
		return choose_change(b, random);
	if (full && b->n_messages) {
		const struct busy_message *v = &b->messages[(r >> 16) % b->n_messages];

		return (struct busy_op){ .kind = v->deleted || r & 0x100 ? BUSY_HARD : BUSY_SOFT, .id = v->id };
	}
	return (struct busy_op){ .kind = BUSY_PUT, .folder = some_folder(b, random), .seed = busy_random(random), .flag = r % 10 == 1 };
}

/* Doing -------------------------------------------------------------------------------------------------------------- */

static status name_id(void *context, const struct prop_name *name, uint16_t *id)
{
	return mailbox_name_id(context, name, id);
}

static status put(struct mailbox *m, struct busy_op *op, uint64_t replaces, uint64_t *id)
{
	struct message_options o = { .associated = op->flag, .replaces = replaces };
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_writer *w = NULL;
	status s = message_writer_new(m, op->folder, &o, &w);

	if (s)
		return s;
	s = busy_mail_emit(op->seed, 0, name_id, m, message_writer_sink(w), &result);
	if (!s)
		s = message_writer_finish(w, id);
	message_writer_free(w);
	return s;
}

static status change(struct mailbox *m, const struct busy_op *op)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(8 << 20);
	struct bag b;
	status s;

	bag_init(&b, &arena);
	s = busy_mail_change(op->seed, op->number, name_id, m, &b);
	return s ? s : message_set(m, op->id, &b, NULL, 0);
}

static const char *folder_name(unsigned number)
{
	static char name[32];

	(void)snprintf(name, sizeof name, "Folder %u", number);
	return name;
}

status busy_do(struct mailbox *m, struct busy_op *op)
{
	uint64_t same;

	switch (op->kind) {
	case BUSY_PUT:
		return put(m, op, 0, &op->id);
	case BUSY_REPLACE:
		return put(m, op, op->id, &same);
	case BUSY_SET:
		return change(m, op);
	case BUSY_READ:
		return message_set_read(m, op->id, op->flag);
	case BUSY_MOVE:
		return message_move(m, op->id, op->folder, &op->other);
	case BUSY_COPY:
		return message_copy(m, op->id, op->folder, &op->other);
	case BUSY_SOFT:
		return message_delete(m, op->id, DELETE_SOFT);
	case BUSY_RESTORE:
		return message_restore(m, op->id, op->folder);
	case BUSY_HARD:
		return message_delete(m, op->id, DELETE_HARD);
	case BUSY_FOLDER_MAKE:
		return folder_create(m, op->folder, folder_name(op->number), NULL, &op->id);
	case BUSY_FOLDER_RENAME:
		return folder_rename(m, op->id, folder_name(op->number));
	case BUSY_FOLDER_MOVE:
		return folder_move(m, op->id, op->folder);
	case BUSY_FOLDER_DELETE:
	default:
		return folder_delete(m, op->id);
	}
}

/* Applying ------------------------------------------------------------------------------------------------------------ */

static struct busy_message *add_message(struct busy *b, const struct busy_message *v)
{
	assert_true(b->n_messages < BUSY_MESSAGES_MOST);
	b->messages[b->n_messages] = *v;
	return &b->messages[b->n_messages++];
}

static void delete_folder(struct busy *b, uint64_t id)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->n_messages; i++)
		if (!is_within(b, b->messages[i].folder, id))
			b->messages[kept++] = b->messages[i];
	b->n_messages = kept;
	bool gone[BUSY_FOLDERS_MOST] = { false };
	for (size_t i = 0; i < b->n_folders; i++)
		gone[i] = is_within(b, b->folders[i].id, id);
	kept = 0;
	for (size_t i = 0; i < b->n_folders; i++)
		if (!gone[i])
			b->folders[kept++] = b->folders[i];
	b->n_folders = kept;
}

static void apply_to_folder(struct busy *b, const struct busy_op *op)
{
	if (op->kind == BUSY_FOLDER_MAKE) {
		assert_true(b->n_folders < BUSY_FOLDERS_MOST);
		b->folders[b->n_folders++] = (struct busy_folder){ .id = op->id, .parent = op->folder, .name = op->number };
	} else if (op->kind == BUSY_FOLDER_RENAME) {
		folder_of(b, op->id)->name = op->number;
	} else if (op->kind == BUSY_FOLDER_MOVE) {
		folder_of(b, op->id)->parent = op->folder;
	} else {
		delete_folder(b, op->id);
	}
}

static void apply_to_message(struct busy *b, struct busy_message *v, const struct busy_op *op)
{
	struct busy_message copy = *v;

	switch (op->kind) {
	case BUSY_SET:
		v->revision = op->number;
		v->known = false;
		break;
	case BUSY_REPLACE:
		v->seed = op->seed;
		v->revision = 0;
		v->read = busy_mail_read(op->seed);
		v->known = false;
		break;
	case BUSY_READ:
		v->read = op->flag;
		break;
	case BUSY_MOVE:
		v->id = op->other;
		v->folder = op->folder;
		break;
	case BUSY_COPY:
		copy.id = op->other;
		copy.folder = op->folder;
		copy.deleted = false;
		(void)add_message(b, &copy);
		break;
	case BUSY_SOFT:
		v->deleted = true;
		break;
	case BUSY_RESTORE:
		v->deleted = false;
		v->folder = op->folder;
		break;
	default:
		*v = b->messages[--b->n_messages];
	}
}

void busy_apply(struct busy *b, const struct busy_op *op)
{
	if (op->kind >= BUSY_FOLDER_MAKE)
		apply_to_folder(b, op);
	else if (op->kind == BUSY_PUT)
		(void)add_message(b, &(struct busy_message){ .id = op->id,
							     .folder = op->folder,
							     .seed = op->seed,
							     .associated = op->flag,
							     .read = busy_mail_read(op->seed) });
	else
		apply_to_message(b, message_of(b, op->id), op);
}

/* Comparing ------------------------------------------------------------------------------------------------------------ */

struct recount {
	struct mailbox *m;
	struct busy *b;
	struct reason *why;
	struct folder sum;
	size_t messages, folders;
};

static bool differs(struct recount *r, const char *what, uint64_t id)
{
	reason_write(r->why, "%s (%llx)", what, (unsigned long long)id);
	return false;
}

static bool failed(struct recount *r, const char *what, uint64_t id)
{
	reason_write(r->why, "%s %llx cannot be read: %s", what, (unsigned long long)id, mailbox_failure(r->m));
	return false;
}

static bool same_message(struct recount *r, const struct message_info *i)
{
	struct busy_message *v = message_of(r->b, i->id);
	struct fingerprint f;

	if (!v)
		return differs(r, "a message that should not be there", i->id);
	if (v->folder != i->folder)
		return differs(r, "a message in another folder", i->id);
	if (v->deleted != (i->deleted != 0) || v->associated != i->associated)
		return differs(r, "a message among others than it should be", i->id);
	if (v->read != i->read)
		return differs(r, "a message with another read state", i->id);
	if (busy_stored_fingerprint(r->m, i->id, &f))
		return failed(r, "message", i->id);
	if (!v->known)
		v->fingerprint = busy_mail_fingerprint(v->seed, v->revision);
	v->known = true;
	return fingerprint_equal(f, v->fingerprint) || differs(r, "a message with another content", i->id);
}

static void count(struct folder *sum, const struct message_info *i)
{
	if (i->deleted) {
		sum->deleted_items++;
		sum->deleted_size += i->size;
		return;
	}
	sum->items += !i->associated;
	sum->unread += !i->associated && !i->read;
	sum->associated += i->associated;
	sum->size += i->size;
}

static bool same_messages(struct recount *r, uint64_t folder, bool associated, bool deleted)
{
	uint64_t id = 0;

	for (;;) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
		struct message_info i;

		if (message_next(r->m, folder, associated, deleted, id, &id))
			return failed(r, "folder", folder);
		if (!id)
			return true;
		if (message_info(r->m, id, &arena, &i))
			return failed(r, "message", id);
		if (!same_message(r, &i))
			return false;
		count(&r->sum, &i);
		r->messages++;
	}
}

static bool same_counters(struct recount *r, const struct folder *f)
{
	const struct folder *s = &r->sum;

	return (f->items == s->items && f->unread == s->unread && f->associated == s->associated && f->size == s->size &&
		f->deleted_items == s->deleted_items && f->deleted_size == s->deleted_size) ||
	       differs(r, "counters that are not what is there", f->id);
}

static bool same_folder(struct recount *r, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct busy_folder *v = folder_of(r->b, id);
	struct folder f;

	if (folder_get(r->m, id, &arena, &f))
		return failed(r, "folder", id);
	if (!v && f.role == MAILBOX_PLAIN)
		return differs(r, "a folder that should not be there", id);
	if (v && (v->parent != f.parent || strcmp(folder_name(v->name), f.name) != 0))
		return differs(r, "a folder of another name or place", id);
	r->folders += v != NULL;
	r->sum = (struct folder){ .id = id };
	for (unsigned kind = 0; kind < 4; kind++)
		if (!same_messages(r, id, kind & 1, kind & 2))
			return false;
	return same_counters(r, &f);
}

bool busy_same(struct mailbox *m, struct busy *b, struct reason *why)
{
	struct recount r = { .m = m, .b = b, .why = why };
	uint64_t id = 0;

	do {
		if (folder_next(m, id, &id))
			return failed(&r, "folder after", id);
		if (id && !same_folder(&r, id))
			return false;
	} while (id);
	if (r.folders != b->n_folders)
		return differs(&r, "a folder is missing", r.folders);
	return r.messages == b->n_messages || differs(&r, "a message is missing", r.messages);
}
