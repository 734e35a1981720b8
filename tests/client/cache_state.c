/* client/cache_state and what a cache knows in memory: it is as the file says, after a rollback and when it is opened again. */
#include "caches.h"

static void apply(void)
{
	well(cache_apply_begin(scene.cache));
}

static void commit(void)
{
	well(cache_apply_commit(scene.cache));
}

static void again(void)
{
	scene_close();
	scene_open();
}

/* A state is written with what it is the state of, or not at all. */
static void test_states(void **state)
{
	CLEANUP_SYNC_STATE struct sync_state a = SYNC_STATE_MAX(100), got = SYNC_STATE_MAX(100);
	struct guid replica = { { 2 } };
	uint64_t time = 1;

	(void)state;
	well(cache_state(scene.cache, 77, &got));
	assert_true(idset_is_empty(&got.given));
	well(idset_add(&a.given, &replica, 1, 1000));
	well(idset_add(&a.seen, &replica, 5, 50));
	well(idset_add(&a.seen_associated, &replica, 6, 60));
	well(idset_add(&a.read, &replica, 7, 70));
	apply();
	well(cache_set_state(scene.cache, scene.id, &a));
	cache_apply_rollback(scene.cache);
	well(cache_state(scene.cache, scene.id, &got));
	assert_true(idset_is_empty(&got.given));
	apply();
	well(cache_set_state(scene.cache, scene.id, &a));
	well(cache_set_folder_time(scene.cache, scene.id, 99));
	well(cache_set_state(scene.cache, CACHE_HIERARCHY, &a));
	commit();
	again();
	well(cache_state(scene.cache, scene.id, &got));
	assert_true(sync_state_equal(&a, &got));
	well(cache_folder_time(scene.cache, scene.id, &time));
	assert_int_equal(time, 99);
	/* Of the hierarchy there are two sets. */
	well(cache_state(scene.cache, CACHE_HIERARCHY, &got));
	assert_true(idset_equal(&a.given, &got.given) && idset_equal(&a.seen, &got.seen));
	assert_true(idset_is_empty(&got.read));
	/* A new state does not make the folder less complete; a folder that is forgotten has neither. */
	apply();
	well(cache_set_state(scene.cache, scene.id, &a));
	commit();
	well(cache_folder_time(scene.cache, scene.id, &time));
	assert_int_equal(time, 99);
	apply();
	well(cache_forget_folder(scene.cache, scene.id));
	commit();
	well(cache_folder_time(scene.cache, scene.id, &time));
	assert_int_equal(time, 0);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_state WHERE folder <> 0"), 0);
}

static uint64_t put_one(const char *name)
{
	char text[64];

	(void)snprintf(text, sizeof text, "put %s", name);
	steps(text);
	return message_of(name);
}

/* No id is given twice, and none is lost that was not given: across rollbacks, an end of a run, and opening again. */
static void test_granted(void **state)
{
	uint64_t left = 0, after = 0, first, id = 0;

	(void)state;
	well(cache_ids_left(scene.cache, &left));
	first = put_one("N1");
	well(mailbox_begin(scene_mailbox()));
	for (int i = 0; i < 20; i++)
		well(folder_create(scene_mailbox(), scene.id, (char[]){ 'x', (char)('a' + i), 0 }, NULL, &id));
	mailbox_rollback(scene_mailbox());
	assert_int_equal(put_one("N2"), first + 1);
	well(cache_ids_left(scene.cache, &after));
	assert_int_equal(left - after, 2);
	again();
	assert_int_equal(put_one("N3"), first + 2);
	/* A rollback gives back a run that was begun in it. */
	run_sql("UPDATE meta SET number = (SELECT number FROM meta WHERE name = 'granted_end') WHERE name = 'granted_next'");
	again();
	apply();
	well(cache_grant_ids(scene.cache, 50000, 3));
	commit();
	well(mailbox_begin(scene_mailbox()));
	well(folder_create(scene_mailbox(), scene.id, "x", NULL, &id));
	assert_int_equal(id, 50000);
	mailbox_rollback(scene_mailbox());
	assert_int_equal(put_one("N4"), 50000);
	again();
	assert_int_equal(put_one("N5"), 50001);
	assert_int_equal(put_one("N6"), 50002);
	well(cache_ids_left(scene.cache, &left));
	assert_int_equal(left, 0);
	assert_int_equal(steps_do(scene_mailbox(), scene.id, "put N7", &scene.why), ecTooBig);
	/* Grants that cannot be are none. */
	apply();
	assert_int_equal(cache_grant_ids(scene.cache, 0, 5), ecInvalidParam);
	cache_apply_rollback(scene.cache);
	apply();
	assert_int_equal(cache_grant_ids(scene.cache, UINT64_MAX, 5), ecInvalidParam);
	cache_apply_rollback(scene.cache);
}

/* Roles, the mapping signature and what stays here are as before when it is rolled back. */
static void test_rollback(void **state)
{
	const struct guid other = { { 9 } };
	uint64_t f = folder_of("F"), g = folder_of("G"), id = 0;

	(void)state;
	apply();
	well(mailbox_set_role(scene_mailbox(), f, MAILBOX_INBOX));
	commit();
	apply();
	well(mailbox_set_role(scene_mailbox(), g, MAILBOX_INBOX));
	well(mailbox_set_role(scene_mailbox(), f, MAILBOX_OUTBOX));
	well(cache_remap(scene.cache, &other));
	well(cache_set_local(scene.cache, g));
	assert_true(cache_is_local(scene.cache, g));
	cache_apply_rollback(scene.cache);
	well(folder_by_role(scene_mailbox(), MAILBOX_INBOX, &id));
	assert_int_equal(id, f);
	assert_int_equal(folder_by_role(scene_mailbox(), MAILBOX_OUTBOX, &id), ecNotFound);
	assert_int_equal(mailbox_identity(scene_mailbox())->mapping_signature.b[0], 3);
	assert_int_equal(cache_binding(scene.cache)->identity.mapping_signature.b[0], 3);
	assert_false(cache_is_local(scene.cache, g));
	apply();
	well(cache_remap(scene.cache, &other));
	well(mailbox_set_role(scene_mailbox(), g, MAILBOX_INBOX));
	commit();
	again();
	assert_int_equal(cache_binding(scene.cache)->identity.mapping_signature.b[0], 9);
	well(folder_by_role(scene_mailbox(), MAILBOX_INBOX, &id));
	assert_int_equal(id, g);
}

/* More folders may stay here than anybody counts. */
static void test_many_stay(void **state)
{
	(void)state;
	apply();
	for (uint64_t i = 0; i < 200; i++)
		well(cache_set_local(scene.cache, 10000 + i));
	commit();
	again();
	for (uint64_t i = 0; i < 200; i++)
		assert_true(cache_is_local(scene.cache, 10000 + i));
	assert_false(cache_is_local(scene.cache, 10200));
}

static size_t next(const struct cache_partial_ask *ask, struct cache_partial v[static 8], size_t room)
{
	size_t n = 0;

	well(cache_next_partial(scene.cache, ask, v, room, &n));
	return n;
}

/* The newest first, what is wanted before it, of one folder or of all; what is gone is none of them. */
static void test_partial(void **state)
{
	const struct cache_partial_ask all = { .all = true }, here = { .folder = scene.id, .all = true }, small = { .all = true, .most = 1000 }, wanted = { .folder = 0 };
	enum cache_fullness f = CACHE_FULL;
	struct cache_partial v[8];

	(void)state;
	apply();
	well(cache_set_partial(scene.cache, message_of("A"), 71, 5000));
	well(cache_set_fullness(scene.cache, message_of("C"), CACHE_HEADERS));
	well(cache_set_fullness(scene.cache, message_of("C"), CACHE_HEADERS));
	commit();
	assert_int_equal(next(&all, v, 8), 2);
	assert_int_equal(v[0].message, message_of("C"));
	assert_int_equal(v[1].cn, 71);
	assert_int_equal(v[1].size, 5000);
	assert_int_equal(next(&here, v, 8), 1);
	assert_int_equal(next(&all, v, 1), 1);
	assert_int_equal(next(&small, v, 8), 1);
	assert_int_equal(next(&wanted, v, 8), 0);
	well(cache_fullness(scene.cache, message_of("A"), &f));
	assert_int_equal(f, CACHE_HEADERS);
	apply();
	well(cache_want(scene.cache, message_of("A")));
	commit();
	assert_int_equal(next(&all, v, 8), 2);
	assert_int_equal(v[0].message, message_of("A"));
	assert_int_equal(next(&wanted, v, 8), 1);
	assert_int_equal(next(&small, v, 8), 2);
	apply();
	well(cache_partial_tried(scene.cache, message_of("A")));
	commit();
	assert_int_equal(next(&wanted, v, 8), 0);
	apply();
	well(cache_partial_again(scene.cache));
	well(cache_set_fullness(scene.cache, message_of("A"), CACHE_FULL));
	commit();
	well(cache_fullness(scene.cache, message_of("A"), &f));
	assert_int_equal(f, CACHE_FULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(test_states), scene_test(test_granted), scene_test(test_rollback), scene_test(test_many_stay), scene_test(test_partial),
	};

	return cmocka_run_group_tests_name("cache_state", tests, NULL, NULL);
}
