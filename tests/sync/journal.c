/* The cache alone: what the journal says after what was done; ids, states, the outbox, who may have it open. */
#include "support.h"

#include <sys/wait.h>

#include "client/cache.h"
#include "steps.h"
#include "store/mailbox_copy.h"

#define ROOT  7u
#define FIRST 1000u

static char folder[256];
static struct cache *cache;
static uint64_t scene;
static struct reason why;

static void well(status s)
{
	if (s)
		fail_msg("0x%x: %s %s", s, why.text,
			 cache && cache_mailbox(cache) ? mailbox_failure(cache_mailbox(cache))
						       : "");
}

static void from_server(const char *steps)
{
	/* steps_do has a transaction of its own: what it writes into the journal is taken out again. */
	well(steps_do(cache_mailbox(cache), scene, steps, &why));
	well(cache_apply_begin(cache));
	well(sql_execute(mailbox_sql(cache_mailbox(cache)),
			 "DELETE FROM client_journal; DELETE FROM client_base"));
	well(cache_apply_commit(cache));
}

static int begin(void **state)
{
	struct cache_binding b = { .identity = { { { 1 } }, { { 2 } }, { { 3 } } },
				   .address = "alice@contoso.example" };
	const char *temporary = getenv("TMPDIR");
	struct mailbox *m;

	(void)state;
	(void)snprintf(folder, sizeof folder, "%s/postern-journal-XXXXXX",
		       temporary ? temporary : "/tmp");
	assert_non_null(mkdtemp(folder));
	well(cache_make(folder, &clock_system, &b, ROOT, &cache, &why));
	m = cache_mailbox(cache);
	well(cache_apply_begin(cache));
	well(cache_grant_ids(cache, FIRST, 500));
	well(folder_create(m, ROOT, "scene", NULL, &scene));
	well(cache_apply_commit(cache));
	from_server("mkdir F; mkdir G; put A; put B; put C F");
	return 0;
}

static int end(void **state)
{
	char command[300];

	(void)state;
	cache_close(cache);
	cache = NULL;
	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

/* "message*", "moved": a star for what the server has never heard of. */
static void tell(struct buf *out)
{
	static const char *const kinds[] = { "folder", "folder-deleted", "message",
					     "moved",  "read",           "deleted" };
	struct cache_pending p[64];
	size_t n = 0;

	well(cache_pending(cache, 0, p, 64, &n));
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s%s%s", i ? " " : "", kinds[p[i].kind], p[i].fresh ? "*" : "",
			   p[i].hard && p[i].kind == PENDING_MESSAGE_DELETED ? "!" : "");
}

static const struct {
	const char *steps, *journal;
} done[] = {
	{ "put N", "message*" },
	{ "put N; change N x; flag N", "message*" },
	{ "put N; read N", "message*" },
	{ "put N; delete N", "" },
	{ "put N; move N F", "message*" },
	{ "put N; move N F; purge N", "" },
	{ "change A x", "message" },
	{ "change A x; change A y; flag A", "message" },
	{ "read A", "read" },
	{ "read A; unread A; read A", "read" },
	{ "read A; change A x", "read message" },
	{ "delete A", "deleted" },
	{ "purge A", "deleted!" },
	{ "change A x; read A; delete A", "deleted" },
	{ "move A F", "moved" },
	{ "move A F; move A G", "moved" },
	{ "change A x; move A F", "moved message" },
	{ "move A F; change A x; read A", "moved message read" },
	{ "move A F; delete A", "deleted" },
	{ "copy A F", "message*" },
	{ "mkdir H", "folder*" },
	{ "mkdir H; namedir H I", "folder*" },
	{ "mkdir H; rmdir H", "" },
	{ "mkdir H; put N H; rmdir H", "" },
	{ "namedir F H", "folder" },
	{ "mvdir F G", "folder" },
	{ "rmdir F", "folder-deleted" },
	{ "change C x; rmdir F", "folder-deleted" },
	{ "associated N", "message*" },
};

static void test_journal(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof done / sizeof *done; i++) {
		CLEANUP_BUF struct buf said = BUF_MAX(4096);

		well(steps_do(cache_mailbox(cache), scene, done[i].steps, &why));
		tell(&said);
		if (strcmp(buf_cstr(&said), done[i].journal))
			fail_msg("%s: \"%s\" instead of \"%s\"", done[i].steps, buf_cstr(&said),
				 done[i].journal);
		assert_int_equal(end(state), 0);
		assert_int_equal(begin(state), 0);
	}
}

/* What comes from the server is not told to it. */
static void test_applying(void **state)
{
	struct mailbox *m = cache_mailbox(cache);
	uint64_t id = 0, n = 1, other = 0;

	(void)state;
	well(steps_find(m, scene, "A", &id));
	well(cache_apply_begin(cache));
	assert_true(cache_is_applying(cache));
	well(message_set_read(m, id, true));
	well(cache_apply_commit(cache));
	assert_false(cache_is_applying(cache));
	well(cache_pending_count(cache, &n));
	assert_int_equal(n, 0);
	/* Nor what stays here; what comes out of there is new. */
	well(cache_apply_begin(cache));
	well(folder_by_name(m, scene, "G", &other));
	well(cache_set_local(cache, other));
	well(cache_apply_commit(cache));
	well(steps_do(m, scene, "put L G; move L F", &why));
	CLEANUP_BUF struct buf said = BUF_MAX(200);
	tell(&said);
	assert_string_equal(buf_cstr(&said), "message*");
}

/* A row goes when the version it speaks of is there, and stays when there is a later one. */
static void test_done(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *m = cache_mailbox(cache);
	struct message_info before;
	struct cache_pending p;
	uint64_t id = 0;
	size_t n = 0;

	(void)state;
	well(steps_do(m, scene, "put N", &why));
	well(steps_find(m, scene, "N", &id));
	well(message_info(m, id, &arena, &before));
	well(steps_do(m, scene, "change N x", &why));
	well(cache_pending(cache, 0, &p, 1, &n));
	assert_true(p.fresh);
	well(cache_apply_begin(cache));
	well(cache_pending_done(cache, p.seq, before.cn));
	well(cache_apply_commit(cache));
	well(cache_pending(cache, 0, &p, 1, &n));
	assert_int_equal(n, 1);
	assert_false(p.fresh);
	well(message_info(m, id, &arena, &before));
	well(cache_apply_begin(cache));
	well(cache_pending_done(cache, p.seq, before.cn));
	well(cache_apply_commit(cache));
	well(cache_pending(cache, 0, &p, 1, &n));
	assert_int_equal(n, 0);
}

/* What a property was, the first time; nothing where it had none; not known where all was written anew. */
static void test_base(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *m = cache_mailbox(cache);
	struct bag base;
	uint64_t id = 0;

	(void)state;
	well(steps_find(m, scene, "A", &id));
	well(steps_do(m, scene, "change A x; change A y; flag A", &why));
	bag_init(&base, &arena);
	well(cache_pending_base(cache, id, &base));
	assert_string_equal(bag_text(&base, tag_id(PidTagBody), 1252, &arena), "as it came");
	assert_int_equal(prop_type(bag_find(&base, tag_id(PidTagFlagStatus))), PT_ERROR);
	well(steps_do(m, scene, "attach A", &why));
	bag_init(&base, &arena);
	well(cache_pending_base(cache, id, &base));
	assert_int_equal(base.n, 0);
}

/* What the server is told stands beside what it was, until it is known whether it heard; of which version it is a change goes with it. */
static void test_told(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *m = cache_mailbox(cache);
	struct message_version was, base;
	struct message_info info;
	struct bag told, again;
	uint64_t id = 0, next = 0;
	bool found = true;

	(void)state;
	well(steps_find(m, scene, "A", &id));
	well(message_info(m, id, &arena, &info));
	well(cache_version_of(cache, &info, &arena, &was));
	well(steps_do(m, scene, "important A; flag A", &why));
	well(steps_do(m, scene, "important A", &why));
	well(cache_base_version(cache, id, &arena, &base));
	assert_true(bytes_equal(base.change_key, was.change_key) && bytes_equal(base.predecessors, was.predecessors));
	well(cache_next_told(cache, 0, &next, &found));
	assert_false(found);
	bag_init(&told, &arena);
	well(bag_set_u32(&told, PidTagImportance, 2));
	well(bag_set_u32(&told, tag_make(tag_id(PidTagFlagStatus), PT_ERROR), ecNotFound));
	well(cache_apply_begin(cache));
	well(cache_base_tell(cache, id, &told));
	well(cache_apply_commit(cache));
	well(cache_next_told(cache, 0, &next, &found));
	assert_true(found);
	assert_int_equal(next, id);
	well(cache_next_told(cache, id, &next, &found));
	assert_false(found);
	bag_init(&again, &arena);
	well(cache_base_told(cache, id, &again));
	assert_int_equal(again.n, 2);
	assert_int_equal(bag_u32(&again, tag_id(PidTagImportance), 0), 2);
	assert_int_equal(prop_type(bag_find(&again, tag_id(PidTagFlagStatus))), PT_ERROR);
	/* What it was is as it was. */
	bag_init(&again, &arena);
	well(cache_pending_base(cache, id, &again));
	assert_int_equal(bag_u32(&again, tag_id(PidTagImportance), 0), 1);
	well(cache_apply_begin(cache));
	well(cache_base_untell(cache, id));
	well(cache_apply_commit(cache));
	well(cache_next_told(cache, 0, &next, &found));
	assert_false(found);
}

/* A change that is none any more leaves that it was read to be told. */
static void test_forget_change(void **state)
{
	CLEANUP_BUF struct buf said = BUF_MAX(200);
	uint64_t id = 0;

	(void)state;
	well(steps_do(cache_mailbox(cache), scene, "flag A; read A", &why));
	well(steps_find(cache_mailbox(cache), scene, "A", &id));
	well(cache_apply_begin(cache));
	well(cache_pending_forget_change(cache, id));
	well(cache_apply_commit(cache));
	tell(&said);
	assert_string_equal(buf_cstr(&said), "read");
}

/* Ids are those that were granted, to the last; then nothing can be made. */
static void test_ids(void **state)
{
	struct mailbox *m = cache_mailbox(cache);
	uint64_t left = 0, id = 0;

	(void)state;
	well(cache_ids_left(cache, &left));
	while (left) {
		well(steps_do(m, scene, "put N", &why));
		well(steps_find(m, scene, "N", &id));
		assert_in_range(id, FIRST, FIRST + 499);
		well(steps_do(m, scene, "purge N", &why));
		well(cache_ids_left(cache, &left));
	}
	assert_int_equal(steps_do(m, scene, "put N", &why), ecTooBig);
	well(cache_apply_begin(cache));
	well(cache_grant_ids(cache, 90000, 2));
	well(cache_apply_commit(cache));
	well(steps_do(m, scene, "put N", &why));
	well(steps_find(m, scene, "N", &id));
	assert_int_equal(id, 90000);
}

static void test_outbox(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct mailbox *m = cache_mailbox(cache);
	struct outbox_item *v;
	uint64_t id = 0, pending = 1;
	size_t n = 0;

	(void)state;
	well(steps_do(m, scene, "letter L bob", &why));
	well(steps_find(m, scene, "L", &id));
	well(mailbox_begin(m));
	well(outbox_add(cache, id, 5));
	well(mailbox_commit(m));
	well(cache_pending_count(cache, &pending));
	assert_int_equal(pending, 0); /* sending tells of it */
	well(mailbox_begin(m));
	well(outbox_set(cache, id, OUTBOX_SUBMITTING, 0));
	well(mailbox_commit(m));
	well(outbox_list(cache, &arena, &v, &n));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].state, OUTBOX_SUBMITTING);
	assert_int_equal(v[0].not_before, 5);
	well(mailbox_begin(m));
	well(outbox_remove(cache, id));
	well(mailbox_commit(m));
	well(outbox_list(cache, &arena, &v, &n));
	assert_int_equal(n, 0);
}

static void send(const char *name, enum outbox_state state, uint64_t *id)
{
	struct mailbox *m = cache_mailbox(cache);
	char step[64];

	(void)snprintf(step, sizeof step, "letter %s bob", name);
	well(steps_do(m, scene, step, &why));
	well(steps_find(m, scene, name, id));
	well(mailbox_begin(m));
	well(outbox_add(cache, *id, 0));
	well(outbox_set(cache, *id, state, 0));
	well(mailbox_commit(m));
}

static void assert_no_outbox(void)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct outbox_item *v;
	size_t n = 1;

	well(outbox_list(cache, &arena, &v, &n));
	assert_int_equal(n, 0);
}

/* What waits to be sent is moved away or deleted: it is not sent, and the server is told what it does not know. */
static void test_take_back(void **state)
{
	struct mailbox *m = cache_mailbox(cache);
	struct cache_pending p[8];
	uint64_t id = 0, pending = 0;
	size_t n = 0;

	(void)state;
	send("L", OUTBOX_WAITING, &id);
	well(steps_do(m, scene, "delete L", &why));
	assert_no_outbox();
	well(cache_pending_count(cache, &pending));
	assert_int_equal(pending, 0);

	send("M", OUTBOX_WAITING, &id);
	well(steps_do(m, scene, "move M F", &why));
	assert_no_outbox();
	well(cache_pending(cache, 0, p, 8, &n));
	assert_int_equal(n, 1);
	assert_int_equal(p[0].kind, PENDING_MESSAGE);
	assert_true(p[0].fresh);
	assert_int_not_equal(p[0].object, id);

	send("N", OUTBOX_UPLOADED, &id);
	well(steps_do(m, scene, "move N F", &why));
	assert_no_outbox();
	well(cache_pending(cache, p[0].seq, p, 8, &n));
	assert_int_equal(n, 1);
	assert_int_equal(p[0].kind, PENDING_MESSAGE_MOVED);
	assert_int_equal(p[0].old_object, id);
}

/* All of it is there when it is opened again, and it is whose copy it was. */
static void test_again(void **state)
{
	struct cache *second = NULL;
	uint64_t n = 0;

	(void)state;
	well(steps_do(cache_mailbox(cache), scene, "change A x; put N", &why));
	assert_int_equal(cache_open(folder, &clock_system, 20, &second, &why), ecBusy);
	cache_close(cache);
	cache = NULL;
	well(cache_open(folder, &clock_system, 0, &cache, &why));
	assert_string_equal(cache_binding(cache)->address, "alice@contoso.example");
	assert_true(mailbox_is_copy(cache_mailbox(cache)));
	assert_int_equal(mailbox_identity(cache_mailbox(cache))->mailbox.b[0], 1);
	well(cache_pending_count(cache, &n));
	assert_int_equal(n, 2);
	assert_int_equal(
		cache_make(folder, &clock_system, cache_binding(cache), ROOT, &second, &why),
		ecBusy);
}

/* Who waits for it is let in, and it comes back. */
static void test_pause(void **state)
{
	pid_t other = fork();
	int how = 0;

	(void)state;
	/* Another program, not a copy of this one, which would have what this one has open. */
	if (other == 0)
		_exit(execl("/proc/self/exe", "journal", folder, (char *)NULL) ? 127 : 0);
	while (!cache_is_wanted(cache))
		(void)usleep(1000);
	well(cache_pause(cache, &why));
	assert_int_equal(waitpid(other, &how, 0), other);
	assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
	well(steps_do(cache_mailbox(cache), scene, "flag A", &why));
}

/* The server has it, though its answer was never heard: what is deleted then is told, where the server has it. */
static void test_seen(void **state)
{
	struct mailbox *m = cache_mailbox(cache);
	struct cache_pending p[8];
	uint64_t id = 0, moved = 0;
	size_t n = 0;

	(void)state;
	well(steps_do(m, scene, "put N", &why));
	well(steps_find(m, scene, "N", &id));
	well(steps_do(m, scene, "move A F", &why));
	well(cache_pending(cache, 0, p, 8, &n));
	assert_int_equal(n, 2);
	assert_int_equal(p[1].kind, PENDING_MESSAGE_MOVED);
	moved = p[1].object;
	well(cache_apply_begin(cache));
	well(cache_pending_seen(cache, id));
	well(cache_pending_seen(cache, moved));
	well(cache_apply_commit(cache));
	well(cache_pending(cache, 0, p, 8, &n));
	assert_int_equal(n, 2);
	assert_int_equal(p[0].kind, PENDING_MESSAGE);
	assert_false(p[0].fresh);
	assert_int_equal(p[1].kind, PENDING_MESSAGE_READ);
	well(steps_do(m, scene, "delete N", &why));
	well(mailbox_begin(m));
	well(message_delete(m, moved, DELETE_SOFT));
	well(mailbox_commit(m));
	well(cache_pending(cache, 0, p, 8, &n));
	assert_int_equal(n, 2);
	assert_int_equal(p[0].kind, PENDING_MESSAGE_DELETED);
	assert_int_equal(p[0].object, id);
	assert_int_equal(p[1].kind, PENDING_MESSAGE_DELETED);
	assert_int_equal(p[1].object, moved);
}

static void test_foreign(void **state)
{
	struct guid other = { { 9 } };
	uint8_t key[22];
	uint64_t id = 0, again = 0;

	(void)state;
	assert_int_equal(cache_foreign_id(cache, &other, 5, false, &id), ecNotFound);
	well(cache_apply_begin(cache));
	well(cache_foreign_id(cache, &other, 5, true, &id));
	well(cache_apply_commit(cache));
	well(cache_foreign_id(cache, &other, 5, false, &again));
	assert_int_equal(id, again);
	well(cache_source_key(cache, id, key));
	assert_int_equal(key[0], 9);
	assert_int_equal(key[21], 5);
	well(cache_foreign_id(cache, &mailbox_identity(cache_mailbox(cache))->replica, 77, false,
			      &id));
	assert_int_equal(id, 77);
}

/* With a folder: opens the cache that is in it, and says whether it could. */
static int open_and_go(const char *where)
{
	struct cache *c = NULL;
	int code = cache_open(where, &clock_system, 10000, &c, &why) ? 1 : 0;

	cache_close(c);
	return code;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return open_and_go(argv[1]);

	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_journal, begin, end),
		cmocka_unit_test_setup_teardown(test_applying, begin, end),
		cmocka_unit_test_setup_teardown(test_done, begin, end),
		cmocka_unit_test_setup_teardown(test_base, begin, end),
		cmocka_unit_test_setup_teardown(test_told, begin, end),
		cmocka_unit_test_setup_teardown(test_forget_change, begin, end),
		cmocka_unit_test_setup_teardown(test_ids, begin, end),
		cmocka_unit_test_setup_teardown(test_outbox, begin, end),
		cmocka_unit_test_setup_teardown(test_take_back, begin, end),
		cmocka_unit_test_setup_teardown(test_again, begin, end),
		cmocka_unit_test_setup_teardown(test_pause, begin, end),
		cmocka_unit_test_setup_teardown(test_seen, begin, end),
		cmocka_unit_test_setup_teardown(test_foreign, begin, end),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
