#include "store/receive.h"

#include "store/folder.h"
#include "store/mailbox_private.h"

#include <stdlib.h>
#include <strings.h>

static const struct always {
	const char *class_name;
	enum mailbox_role role;
	bool fixed;
} always[] = {
	{ "", MAILBOX_INBOX, false },
	{ "IPC", MAILBOX_ROOT, false },
	{ "IPM", MAILBOX_INBOX, true },
	{ "REPORT.IPM", MAILBOX_INBOX, true },
};

#define N_ALWAYS (sizeof always / sizeof *always)

bool receive_class_valid(const char *class_name)
{
	size_t n = strnlen(class_name, RECEIVE_CLASS_MAX + 1);

	if (n > RECEIVE_CLASS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool dot = class_name[i] == '.';

		if (class_name[i] < 0x20 || class_name[i] > 0x7E)
			return false;
		if (dot && (i == 0 || i + 1 == n || class_name[i - 1] == '.'))
			return false;
	}
	return true;
}

/* Classes are the same whatever the case of their letters. */
static void key_of(char key[RECEIVE_CLASS_MAX + 1], const char *class_name)
{
	size_t n = strlen(class_name);

	for (size_t i = 0; i <= n; i++)
		key[i] = (char)(class_name[i] >= 'a' && class_name[i] <= 'z' ? class_name[i] - 'a' + 'A' : class_name[i]);
}

static const struct always *find_always(const char *key)
{
	for (size_t i = 0; i < N_ALWAYS; i++)
		if (strcmp(always[i].class_name, key) == 0)
			return &always[i];
	return NULL;
}

static status from_row(const struct sql_statement *s, struct arena *arena, struct receive_folder *out)
{
	out->class_name = arena_strdup(arena, sql_text(s, 0));
	out->folder = (uint64_t)sql_i64(s, 1);
	out->modified = (uint64_t)sql_i64(s, 2);
	return out->class_name ? ecNone : ecMemory;
}

static status find_set(struct mailbox *m, const char *key, struct arena *arena, struct receive_folder *out, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT class, folder, modified FROM receive_folder WHERE class_key = $1");
	status st;

	sql_bind_text(s, 1, key);
	st = mailbox_error(m, sql_step(s, found));
	return !st && *found ? from_row(s, arena, out) : st;
}

status receive_folder_find(struct mailbox *m, const char *class_name, struct arena *arena, struct receive_folder *out)
{
	char key[RECEIVE_CLASS_MAX + 1];
	struct receive_folder found = { "", 0, 0 };
	const struct always *a;
	bool is_set = false;
	status s;

	if (!receive_class_valid(class_name))
		return reason_set(&m->why, ecInvalidParam, "this is no message class: parts of printable ASCII with dots between them");
	key_of(key, class_name);
	for (;;) {
		char *dot = strrchr(key, '.');

		s = find_set(m, key, arena, &found, &is_set);
		if (s || is_set)
			break;
		a = find_always(key);
		if (a) {
			found.class_name = a->class_name;
			s = folder_by_role(m, a->role, &found.folder);
			break;
		}
		*(dot ? dot : key) = '\0';
	}
	if (!s)
		*out = found;
	return s;
}

/* Setting --------------------------------------------------------------------------------------------------------- */

static status refuse(struct mailbox *m, const char *class_name, const char *key, uint64_t folder)
{
	const struct always *a = find_always(key);

	if (a && a->fixed)
		return reason_set(&m->why, ecAccessDenied, "the receive folder of %s is the Inbox and stays so", class_name);
	if (!folder && !*key)
		return reason_set(&m->why, ecError, "messages without a class need a receive folder: set another instead");
	return ecNone;
}

static status write_row(struct mailbox *m, const char *class_name, const char *key, uint64_t folder)
{
	struct sql_statement *s = sql_prepare(
		m->db, "INSERT INTO receive_folder (class_key, class, folder, modified) VALUES ($1, $2, $3, $4)"
		       " ON CONFLICT (class_key) DO UPDATE SET class = excluded.class, folder = excluded.folder, modified = excluded.modified");

	sql_bind_text(s, 1, key);
	sql_bind_text(s, 2, class_name);
	sql_bind_i64(s, 3, (int64_t)folder);
	sql_bind_i64(s, 4, (int64_t)mailbox_now(m));
	return mailbox_error(m, sql_run(s));
}

static status delete_row(struct mailbox *m, const char *key)
{
	struct sql_statement *s = sql_prepare(m->db, "DELETE FROM receive_folder WHERE class_key = $1");

	sql_bind_text(s, 1, key);
	return mailbox_error(m, sql_run(s));
}

static status must_exist(struct mailbox *m, uint64_t folder)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id FROM folder WHERE id = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	st = mailbox_error(m, sql_step(s, &row));
	return st || row ? st : reason_set(&m->why, ecNotFound, "there is no folder %llx", (unsigned long long)folder);
}

/* Another one, if it is one. */
static status check_room(struct mailbox *m, const char *key)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 10);
	struct receive_folder there;
	bool found = false;
	status st = find_set(m, key, &arena, &there, &found);

	if (st || found)
		return st;
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT count(*) FROM receive_folder");
	bool row = false;

	st = mailbox_error(m, sql_step(s, &row));
	if (!st && row && sql_i64(s, 0) >= (int64_t)RECEIVE_FOLDERS_MAX)
		return reason_set(&m->why, ecTooBig, "more than %u receive folders", RECEIVE_FOLDERS_MAX);
	return st;
}

status receive_folder_set(struct mailbox *m, const char *class_name, uint64_t folder)
{
	char key[RECEIVE_CLASS_MAX + 1];
	status s = mailbox_must_write(m);

	if (s)
		return s;
	if (!receive_class_valid(class_name))
		return reason_set(&m->why, ecInvalidParam, "this is no message class: parts of printable ASCII with dots between them");
	key_of(key, class_name);
	s = refuse(m, class_name, key, folder);
	if (s || !folder)
		return s ? s : delete_row(m, key);
	s = must_exist(m, folder);
	if (!s)
		s = check_room(m, key);
	return s ? s : write_row(m, class_name, key, folder);
}

/* Listing --------------------------------------------------------------------------------------------------------- */

static status list_set(struct mailbox *m, struct arena *arena, struct receive_folder *v, size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT class, folder, modified FROM receive_folder ORDER BY class_key LIMIT $1");
	bool row = false;
	status st;

	sql_bind_i64(s, 1, RECEIVE_FOLDERS_MAX);
	while (!(st = mailbox_error(m, sql_step(s, &row))) && row && *n < RECEIVE_FOLDERS_MAX) {
		st = from_row(s, arena, &v[*n]);
		if (st)
			return st;
		++*n;
	}
	return st;
}

static bool is_listed(const struct receive_folder *v, size_t n, const char *class_name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(v[i].class_name, class_name) == 0)
			return true;
	return false;
}

static int by_class(const void *a, const void *b)
{
	return strcasecmp(((const struct receive_folder *)a)->class_name, ((const struct receive_folder *)b)->class_name);
}

status receive_folder_list(struct mailbox *m, struct arena *arena, struct receive_folder **out, size_t *n)
{
	struct receive_folder *v = arena_array(arena, RECEIVE_FOLDERS_MAX + N_ALWAYS, sizeof *v);
	size_t count = 0, set;
	status s = v ? list_set(m, arena, v, &count) : ecMemory;

	set = count;
	for (size_t i = 0; !s && i < N_ALWAYS; i++) {
		if (is_listed(v, set, always[i].class_name))
			continue;
		v[count] = (struct receive_folder){ .class_name = always[i].class_name };
		s = folder_by_role(m, always[i].role, &v[count++].folder);
	}
	if (s)
		return s;
	qsort(v, count, sizeof *v, by_class);
	*out = v;
	*n = count;
	return ecNone;
}
