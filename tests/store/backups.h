/* Sites with mailboxes, backups of them, what verifying says, and what is there after a restore. */
#ifndef TESTS_STORE_BACKUPS_H
#define TESTS_STORE_BACKUPS_H

#include "places.h"

#include "store/backup.h"
#include "store/backup_db.h"
#include "store/backup_place.h"
#include "store/backup_restore.h"
#include "store/backup_verify.h"
#include "store/folder.h"
#include "store/message.h"

#define ON_EACH(name)                             \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		on_each_engine(name##_on);        \
	}

/* Of whatever failed last. */
static struct reason why;

#define ok(call)                                                                         \
	do {                                                                             \
		status ok_status_ = (call);                                              \
		if (ok_status_)                                                          \
			fail_msg("line %d: 0x%08x %s", __LINE__, ok_status_, why.text);  \
	} while (0)

static char live[600], dest[600], other[600], scratch[600];

static inline void names(enum sql_engine e)
{
	(void)snprintf(live, sizeof live, "%s", place(e));
	(void)snprintf(dest, sizeof dest, "%s", scratch_path("backups"));
	(void)snprintf(scratch, sizeof scratch, "%s", scratch_path("verify"));
	(void)snprintf(other, sizeof other, "%s", scratch_path("other"));
}

static inline void drop(const char *path)
{
	(void)nftw(path, drop_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline struct site *open_at(const char *location, bool create)
{
	const struct site_options o = { .create = create, .organization = "Contoso", .domain = "contoso.example", .host = "cas.contoso.example" };
	struct site_first first;
	struct site *s = NULL;

	ok(site_open(location, &o, &first, &s, &why));
	return s;
}

static inline void person(const char *name)
{
	struct site *s = open_at(live, true);
	uint64_t id = 0;

	ok(site_create_mailbox(s, name, NULL, 0, NULL, &id, &why));
	site_close(s);
}

static inline void begin(enum sql_engine e)
{
	names(e);
	drop_place(e);
	drop(dest);
	drop(other);
	drop(scratch);
	person("alice");
	person("bob");
}

static inline void finish(enum sql_engine e)
{
	drop_place(e);
	drop(dest);
	drop(other);
	drop(scratch);
}

static inline struct guid guid_at(const char *location, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct site *s = open_at(location, false);
	const struct directory_object *o;
	struct guid g = { { 0 } };

	ok(directory_find(site_directory(s), directory_class("Mailbox"), name, &arena, &o, &why));
	assert_true(directory_guid(o, "ExchangeGuid", &g));
	site_close(s);
	return g;
}

/* In the transaction that is open. */
static inline void add_mail(struct mailbox *m, uint64_t folder, const char *subject, size_t size, unsigned i)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	struct item_result result;
	struct message_writer *w;
	struct bag b;
	uint64_t id = 0;

	bag_init(&b, &arena);
	uint8_t *body = arena_zalloc(&arena, size);
	assert_non_null(body);
	for (size_t k = 0; k < size; k++)
		body[k] = (uint8_t)((k + i) * 2654435761u >> 9);
	assert_int_equal(bag_set_text(&b, PidTagMessageClass, "IPM.Note"), 0);
	assert_int_equal(bag_set_text(&b, PidTagSubject, subject), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagHtml, bytes_of(body, size)), 0);
	assert_int_equal(message_writer_new(m, folder, NULL, &w), 0);
	assert_int_equal(item_message_begin(message_writer_sink(w), &(struct message_event){ .props = &b, .confidence = 100 }), 0);
	assert_int_equal(item_message_end(message_writer_sink(w), &result), 0);
	assert_int_equal(message_writer_finish(w, &id), 0);
	message_writer_free(w);
}

/* In one transaction: so many mails of a size, and so many of the oldest ones gone. */
static inline void change(const char *location, const char *name, unsigned more, size_t size, unsigned fewer)
{
	struct guid g = guid_at(location, name);
	struct site *s = open_at(location, false);
	struct mailbox *m;
	uint64_t inbox = 0, id = 0;

	ok(site_mailbox(s, &g, &m, &why));
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	assert_int_equal(mailbox_begin(m), 0);
	for (unsigned i = 0; i < more; i++)
		add_mail(m, inbox, name, size, i);
	for (unsigned i = 0; i < fewer; i++) {
		assert_int_equal(message_next(m, inbox, false, false, 0, &id), 0);
		assert_true(id);
		assert_int_equal(message_delete(m, id, i % 2 ? DELETE_HARD : DELETE_SOFT), 0);
	}
	assert_int_equal(mailbox_commit(m), 0);
	site_release(s, m);
	site_close(s);
}

static inline uint64_t items(const char *location, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct guid g = guid_at(location, name);
	struct site *s = open_at(location, false);
	struct folder f = { .id = 0 };
	struct mailbox *m;
	uint64_t inbox = 0;

	ok(site_mailbox(s, &g, &m, &why));
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	assert_int_equal(folder_get(m, inbox, &arena, &f), 0);
	site_release(s, m);
	site_close(s);
	return f.items;
}

static inline status try_backup(bool full, struct backup_result *r)
{
	const struct backup_options o = { .full = full, .version = "test" };
	struct site *s = open_at(live, false);
	status st = backup_run(s, dest, &o, r, &why);

	site_close(s);
	return st;
}

static inline struct backup_result backup(bool full)
{
	struct backup_result r;

	ok(try_backup(full, &r));
	return r;
}

static char last_finding[800];
static unsigned findings_told;

static inline void told(void *context, const struct backup_finding *f)
{
	(void)context;
	findings_told++;
	(void)snprintf(last_finding, sizeof last_finding, "%s: %s", f->name, f->text);
}

static inline status try_verify(struct backup_verdict *v)
{
	const struct backup_verify_options o = { .scratch = scratch, .every_file = true, .found = told };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	CLEANUP_BACKUP_SET struct backup_set set = { .lock = -1 };
	struct backup_manifest m;
	status st = backup_set_open(dest, BACKUP_SET_READ, &set, &why);

	findings_told = 0;
	last_finding[0] = '\0';
	if (!st)
		st = backup_set_newest(&set, &arena, &m, &why);
	if (st)
		return st;
	struct site *s = open_at(live, false);
	st = backup_verify(&set, &m, s, &o, v, &why);
	site_close(s);
	return st;
}

static inline struct backup_verdict verify(void)
{
	struct backup_verdict v;

	ok(try_verify(&v));
	return v;
}

static inline status try_restore(const char *mailbox, const char *at, const char *location, const char *as, bool replace,
			  struct backup_restored_mailbox *r)
{
	const struct backup_restore_options o = { .replace = replace };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	CLEANUP_BACKUP_SET struct backup_set set = { .lock = -1 };
	const struct backup_entry *e;
	struct backup_manifest m;
	status st = backup_set_open(dest, BACKUP_SET_READ, &set, &why);

	if (!st)
		st = backup_set_at(&set, at, &arena, &m, &why);
	if (st || !mailbox)
		return st ? st : backup_restore_site(&set, &m, location, &o, &why);
	st = backup_manifest_find(&m, mailbox, &e, &why);
	return st ? st : backup_restore_mailbox(&set, e, location, as, &o, r, &why);
}

static inline bool is_set(const char *attribute)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	const struct directory_query all = { .as = directory_class("MailboxDatabase") };
	struct site *s = open_at(live, false);
	const struct directory_object *o;
	uint64_t *ids;
	size_t n;

	ok(directory_list(site_directory(s), &all, &arena, &ids, &n, &why));
	assert_true(n > 0);
	ok(directory_get(site_directory(s), all.as, ids[0], &arena, &o, &why));
	bool set = directory_is_set(o, attribute);
	site_close(s);
	return set;
}

#endif
