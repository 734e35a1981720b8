#include "store/folder_private.h"
#include "store/permission.h"

#include <stdio.h>
#include <stdlib.h>

#define NAMES_TRIED 1000u
#define NAME_MOST   200u /* bytes of it, when a number is to follow: servers take 255 characters */

#define PATH_DEPTH_BUDGET ((size_t)1 << 20)

/* Names --------------------------------------------------------------------------------------------------------- */

/* The name as it is looked for: ASCII letters in lower case. */
static char *key_of(const char *name, struct arena *arena)
{
	char *key = arena_strdup(arena, name);

	for (char *c = key; c && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 'a' - 'A');
	return key;
}

status folder_check_name(struct mailbox *m, const char *name)
{
	size_t n = strnlen(name, FOLDER_NAME_MAX + 1);

	if (!n)
		return reason_set(&m->why, ecInvalidParam, "a folder needs a name");
	if (n > FOLDER_NAME_MAX)
		return reason_set(&m->why, ecTooBig, "a name of a folder of more than %u bytes", FOLDER_NAME_MAX);
	return ecNone;
}

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory");
}

/* Reading --------------------------------------------------------------------------------------------------------- */

static struct bytes keep(struct arena *arena, struct bytes b, bool *good)
{
	const void *p = b.n ? arena_memdup(arena, b.p, b.n) : NULL;

	*good = *good && (p || !b.n);
	return bytes_of(p, p ? b.n : 0);
}

static const char *keep_text(struct arena *arena, const char *text, bool *good)
{
	const char *p = arena_strdup(arena, text);

	*good = *good && p;
	return p;
}

static bool fill(const struct sql_statement *s, struct arena *arena, struct folder *f)
{
	bool good = true;

	*f = (struct folder){
		.id = (uint64_t)sql_i64(s, 0),
		.parent = (uint64_t)sql_i64(s, 1),
		.role = (enum mailbox_role)sql_i64(s, 2),
		.is_search = sql_i64(s, 3) != 0,
		.touched = sql_i64(s, 4) != 0,
		.cn = (uint64_t)sql_i64(s, 5),
		.created = (uint64_t)sql_i64(s, 6),
		.modified = (uint64_t)sql_i64(s, 7),
		.items = (uint64_t)sql_i64(s, 8),
		.unread = (uint64_t)sql_i64(s, 9),
		.associated = (uint64_t)sql_i64(s, 10),
		.size = (uint64_t)sql_i64(s, 11),
		.deleted_items = (uint64_t)sql_i64(s, 12),
		.deleted_size = (uint64_t)sql_i64(s, 13),
		.children = (uint64_t)sql_i64(s, 14),
	};
	f->name = keep_text(arena, sql_text(s, 15), &good);
	f->class_name = keep_text(arena, sql_text(s, 16), &good);
	f->change_key = keep(arena, sql_blob(s, 17), &good);
	f->predecessors = keep(arena, sql_blob(s, 18), &good);
	return good;
}

status folder_get(struct mailbox *m, uint64_t id, struct arena *arena, struct folder *out)
{
	struct folder f;
	bool row = false;
	status st = folder_counts_flush(m);

	if (st)
		return st;
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		m->db, "SELECT id, parent, role, is_search, touched, cn, created, modified, items, unread, associated, size,"
		       " deleted_items, deleted_size,"
		       " (SELECT COUNT(*) FROM folder c WHERE c.parent = folder.id AND c.id <> folder.id),"
		       " name, class, change_key, predecessors FROM folder WHERE id = $1");
	bind_u64(s, 1, id);
	st = sql_step(s, &row);
	if (st)
		return mailbox_error(m, st);
	if (!row)
		return reason_set(&m->why, ecNotFound, "there is no folder %llx", (unsigned long long)id);
	if (!fill(s, arena, &f))
		return no_memory(m);
	*out = f;
	return ecNone;
}

status folder_by_name(struct mailbox *m, uint64_t parent, const char *name, uint64_t *id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	bool row = false;
	const char *key = key_of(name, &arena);

	if (!key)
		return no_memory(m);
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		m->db, "SELECT id FROM folder WHERE parent = $1 AND key = $2 AND id <> $3");
	bind_u64(s, 1, parent);
	sql_bind_text(s, 2, key);
	bind_u64(s, 3, m->roles[MAILBOX_ROOT]);
	status st = sql_step(s, &row);
	if (st)
		return mailbox_error(m, st);
	if (!row)
		return reason_set(&m->why, ecNotFound, "there is no folder \"%.80s\"", name);
	*id = (uint64_t)sql_i64(s, 0);
	return ecNone;
}

/* The first part of a path without its escapes; *path goes behind it. */
static bool next_part(const char **path, struct buf *part)
{
	const char *c = *path;

	buf_clear(part);
	for (; *c && *c != '/'; c++) {
		c += *c == '\\' && c[1];
		buf_add_u8(part, (uint8_t)*c);
	}
	*path = *c ? c + 1 : c;
	return !part->failed;
}

status folder_by_path(struct mailbox *m, const char *path, uint64_t *id)
{
	CLEANUP_BUF struct buf part = BUF_MAX(FOLDER_NAME_MAX + 1);
	uint64_t at = m->roles[MAILBOX_IPM_SUBTREE];
	status s = ecNone;

	while (!s && *path) {
		if (!next_part(&path, &part))
			return reason_set(&m->why, ecNotFound, "there is no folder with so long a name");
		if (part.n)
			s = folder_by_name(m, at, buf_cstr(&part), &at);
	}
	if (!s)
		*id = at;
	return s;
}

static status first_id(struct mailbox *m, struct sql_statement *s, uint64_t *out)
{
	bool row = false;
	status st = sql_step(s, &row);

	if (!st)
		*out = row ? (uint64_t)sql_i64(s, 0) : 0;
	return mailbox_error(m, st);
}

status folder_next_child(struct mailbox *m, uint64_t parent, uint64_t after, uint64_t *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		m->db, "SELECT id FROM folder WHERE parent = $1 AND id > $2 AND id <> $3 ORDER BY id LIMIT 1");

	bind_u64(s, 1, parent);
	bind_u64(s, 2, after);
	bind_u64(s, 3, m->roles[MAILBOX_ROOT]); /* its own parent */
	return first_id(m, s, out);
}

status folder_next(struct mailbox *m, uint64_t after, uint64_t *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id FROM folder WHERE id > $1 ORDER BY id LIMIT 1");

	bind_u64(s, 1, after);
	return first_id(m, s, out);
}

/* Making and changing ------------------------------------------------------------------------------------------------- */

status folder_insert(struct mailbox *m, const struct folder_row *f)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	const char *key = key_of(f->name, &arena);
	uint64_t now = mailbox_now(m), cn = mailbox_next_cn(m);

	if (!key)
		return no_memory(m);
	struct sql_statement *s = sql_prepare(
		m->db, "INSERT INTO folder (id, parent, role, is_search, touched, name, key, class, cn, change_key, predecessors,"
		       " created, modified, items, unread, associated, size, deleted_items, deleted_size, properties, criteria)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0, 0, 0, 0, $14, $15)");
	bind_u64(s, 1, f->id);
	bind_u64(s, 2, f->parent);
	sql_bind_i64(s, 3, f->role);
	sql_bind_i64(s, 4, f->is_search);
	sql_bind_i64(s, 5, f->role == MAILBOX_PLAIN);
	sql_bind_text(s, 6, f->name);
	sql_bind_text(s, 7, key);
	sql_bind_text(s, 8, f->class_name);
	bind_u64(s, 9, cn);
	bind_optional(s, 10, f->change_key);
	bind_optional(s, 11, f->predecessors);
	bind_u64(s, 12, now);
	bind_u64(s, 13, now);
	sql_bind_blob(s, 14, f->properties);
	sql_bind_blob(s, 15, f->criteria);
	status st = mailbox_error(m, sql_run(s));
	if (st)
		return st;
	return mailbox_note(m, &(struct mailbox_change){ .kind = CHANGE_FOLDER_CREATED,
							 .folder = f->id,
							 .object = f->id,
							 .old_folder = f->parent,
							 .parent = f->parent,
							 .cn = cn });
}

/* The root does not count. */
static status check_depth(struct mailbox *m, uint64_t parent)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	struct folder f = { .id = 0 };
	unsigned depth = 0;
	status s;

	for (s = folder_get(m, parent, &arena, &f); !s && f.id != f.parent; s = folder_get(m, f.parent, &arena, &f)) {
		if (++depth >= FOLDER_DEPTH_MAX)
			return reason_set(&m->why, ecTooComplex, "folders nest deeper than %u", FOLDER_DEPTH_MAX);
		arena_reset(&arena);
	}
	return s;
}

/* A violated constraint would end the transaction: names are looked up before. */
static status name_is_free(struct mailbox *m, uint64_t parent, const char *name, uint64_t except)
{
	uint64_t id = 0;
	status s = folder_by_name(m, parent, name, &id);

	if (!s && id != except)
		return reason_set(&m->why, ecDuplicateName, "there is a folder \"%.80s\" already", name);
	return s == ecNotFound ? ecNone : s;
}

static size_t cut(const char *name, size_t n)
{
	if (n > NAME_MOST)
		for (n = NAME_MOST; n && ((unsigned char)name[n] & 0xC0) == 0x80; n--)
			;
	return n;
}

/* Without the number that it was given when another had its name. */
static size_t plain_name(const char *name)
{
	size_t n = strlen(name), at = n;

	if (!n || name[--at] != ')')
		return n;
	while (at && name[at - 1] >= '0' && name[at - 1] <= '9')
		at--;
	return at > 2 && at < n - 1 && name[at - 1] == '(' && name[at - 2] == ' ' ? at - 2 : n;
}

status folder_free_name(struct mailbox *m, uint64_t parent, const char *name, char out[static FOLDER_NAME_MAX])
{
	int n = (int)cut(name, plain_name(name));
	uint64_t taken;
	status s = ecNone;

	for (unsigned i = 2; !s && i < NAMES_TRIED; i++) {
		(void)snprintf(out, FOLDER_NAME_MAX, "%.*s (%u)", n, name, i);
		s = folder_by_name(m, parent, out, &taken);
	}
	return s == ecNotFound ? ecNone : s ? s : ecDuplicateName;
}

status folder_create(struct mailbox *m, uint64_t parent, const char *name, const struct folder_options *o, uint64_t *id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	struct folder above = { .id = 0 };
	struct folder_options none = { .class_name = NULL };
	status s = folder_to_change(m, parent, &arena, &above);

	o = o ? o : &none;
	if (!s)
		s = folder_check_name(m, name);
	if (!s)
		s = check_depth(m, parent);
	if (!s)
		s = name_is_free(m, parent, name, 0);
	if (s)
		return s;
	struct folder_row row = {
		.parent = parent,
		.is_search = o->is_search,
		.name = name,
		.class_name = o->class_name ? o->class_name : above.class_name,
		.change_key = o->change_key,
		.predecessors = o->predecessors,
	};
	/* A class that was said is a property too; one that follows from the parent is not. */
	s = o->class_name && *o->class_name ? folder_class_list(m, o->class_name, &arena, &row.properties) : ecNone;
	if (!s)
		s = mailbox_choose_id(m, o->id, &row.id);
	if (!s)
		s = folder_insert(m, &row);
	if (!s)
		s = permission_inherit(m, row.id, parent);
	if (!s)
		*id = row.id;
	return s;
}

status folder_to_change(struct mailbox *m, uint64_t id, struct arena *arena, struct folder *out)
{
	status s = mailbox_must_write(m);

	return s ? s : folder_get(m, id, arena, out);
}

status folder_changed(struct mailbox *m, const struct folder *f, enum mailbox_change_kind kind, uint64_t parent)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	uint64_t cn = mailbox_next_cn(m);
	struct bytes predecessors;
	status s = mailbox_predecessors(m, f->change_key, f->predecessors, f->cn, cn, &arena, &predecessors);

	if (s)
		return s;
	struct sql_statement *st = sql_prepare(m->db, "UPDATE folder SET cn = $1, change_key = NULL, predecessors = $2,"
						      " modified = $3, touched = 1 WHERE id = $4");
	bind_u64(st, 1, cn);
	bind_optional(st, 2, predecessors);
	bind_u64(st, 3, mailbox_now(m));
	bind_u64(st, 4, f->id);
	s = mailbox_error(m, sql_run(st));
	if (s)
		return s;
	return mailbox_note(m, &(struct mailbox_change){
				       .kind = kind,
				       .folder = f->id,
				       .object = f->id,
				       .old_folder = f->parent,
				       .parent = parent,
				       .cn = cn });
}

/* The name's row; that it is another version is the caller's to say. */
status folder_set_name(struct mailbox *m, uint64_t id, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	const char *key = key_of(name, &arena);
	struct sql_statement *s;

	if (!key)
		return no_memory(m);
	s = sql_prepare(m->db, "UPDATE folder SET name = $1, key = $2 WHERE id = $3");
	sql_bind_text(s, 1, name);
	sql_bind_text(s, 2, key);
	bind_u64(s, 3, id);
	return mailbox_error(m, sql_run(s));
}

status folder_rename(struct mailbox *m, uint64_t id, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	struct folder f = { .id = 0 };
	status s = folder_to_change(m, id, &arena, &f);

	if (!s)
		s = folder_check_name(m, name);
	if (!s)
		s = name_is_free(m, f.parent, name, id);
	if (!s)
		s = folder_set_name(m, id, name);
	if (!s)
		s = folder_forget_name(m, id);
	return s ? s : folder_changed(m, &f, CHANGE_FOLDER_MODIFIED, f.parent);
}

/* In one statement: neither the old name there nor the new one here has to be free. */
static status set_place(struct mailbox *m, uint64_t id, uint64_t parent, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	const char *key = key_of(name, &arena);
	struct sql_statement *s;

	if (!key)
		return no_memory(m);
	s = sql_prepare(m->db, "UPDATE folder SET parent = $1, name = $2, key = $3 WHERE id = $4");
	bind_u64(s, 1, parent);
	sql_bind_text(s, 2, name);
	sql_bind_text(s, 3, key);
	bind_u64(s, 4, id);
	return mailbox_error(m, sql_run(s));
}

status folder_is_within(struct mailbox *m, uint64_t id, uint64_t outer, bool *within)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	struct folder f = { .id = 0 };
	status s = ecNone;

	for (unsigned depth = 0; !s && id != outer && depth <= FOLDER_DEPTH_MAX; depth++) {
		s = folder_get(m, id, &arena, &f);
		if (!s && f.parent == id)
			break;
		id = f.parent;
		arena_reset(&arena);
	}
	if (!s)
		*within = id == outer;
	return s;
}

/* `name`: what it is called there. */
static status may_move(struct mailbox *m, const struct folder *f, uint64_t parent, const char *name)
{
	bool within = false;
	status s = folder_is_within(m, parent, f->id, &within);

	if (!s && f->role != MAILBOX_PLAIN)
		s = reason_set(&m->why, ecAccessDenied, "the folder \"%.80s\" stays where it is: the mailbox needs it", f->name);
	if (!s && within)
		s = reason_set(&m->why, ecInvalidParam, "the folder \"%.80s\" would come to stand within itself", f->name);
	if (!s)
		s = check_depth(m, parent);
	return s ? s : name_is_free(m, parent, name, f->id);
}

status folder_move_as(struct mailbox *m, uint64_t id, uint64_t parent, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	struct folder f = { .name = "" };
	status s = folder_to_change(m, id, &arena, &f);
	bool other_name = !s && strcmp(name, f.name) != 0;

	if (!s && parent == f.parent)
		return other_name ? folder_rename(m, id, name) : ecNone;
	if (other_name)
		s = folder_check_name(m, name);
	if (!s)
		s = may_move(m, &f, parent, name);
	if (!s)
		s = set_place(m, id, parent, name);
	if (!s && other_name)
		s = folder_forget_name(m, id);
	return s ? s : folder_changed(m, &f, CHANGE_FOLDER_MOVED, parent);
}

status folder_move(struct mailbox *m, uint64_t id, uint64_t parent)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PATH_DEPTH_BUDGET);
	struct folder f = { .id = 0 };
	status s = folder_get(m, id, &arena, &f);

	return s ? s : folder_move_as(m, id, parent, f.name);
}
