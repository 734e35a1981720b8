/*
 * client/cache_journal: what is to be told after everything that can be done to a message, in all pairs and triples, against a small model of what the server
 * has and what it should have; and what else the journal keeps, or does not.
 */
#include "caches.h"

/* The model ------------------------------------------------------------------------------------------------------------------------- */

enum act { CHANGE, READ, UNREAD, MOVE, BACK, COPY, DELETE, PURGE, RESTORE, ACTS };

static const char *const act_names[ACTS] = { "change", "read", "unread", "move", "back", "copy", "delete", "purge", "restore" };

/* One message, as the server knows it and as it is here. */
struct model {
	bool known;   /* the server has had it */
	bool changed; /* content */
	bool read;    /* its read state was touched after the server knew it */
	bool moved;
	bool soft, gone;
	bool told; /* its deletion is in the journal */
	bool hard;
	unsigned copies;
};

static bool can(const struct model *m, enum act a)
{
	return m->gone ? false : m->soft ? a == RESTORE : a != RESTORE;
}

static void act_on_model(struct model *m, enum act a)
{
	switch (a) {
	case CHANGE:
		m->changed = m->known;
		break;
	case READ:
	case UNREAD:
		m->read = m->read || m->known;
		break;
	case MOVE:
	case BACK:
		m->moved = m->known;
		break;
	case COPY:
		m->copies++;
		break;
	case DELETE:
	case PURGE:
		m->soft = a == DELETE;
		m->gone = a == PURGE;
		m->told = m->known;
		m->hard = a == PURGE;
		break;
	case RESTORE:
		/* What had been moved is where the server does not know it: there it is new, and where it was it goes. */
		m->soft = false;
		if (!m->known || m->moved) {
			m->known = false;
			m->changed = m->read = false;
		} else {
			m->told = false;
			m->changed = true;
			m->read = false;
		}
		m->moved = false;
		break;
	default:
		break;
	}
	if (m->soft || m->gone)
		m->read = false;
}

struct expected {
	unsigned fresh, changed, moved, read, deleted, hard;
};

static struct expected expect_of(const struct model *m)
{
	bool here = !m->soft && !m->gone;

	return (struct expected){
		.fresh = m->copies + (here && !m->known),
		.changed = here && m->known && m->changed,
		.moved = here && m->known && m->moved,
		.read = here && m->known && m->read,
		.deleted = m->told,
		.hard = m->told && m->hard,
	};
}

/* The journal ------------------------------------------------------------------------------------------------------------------------ */

static struct expected read_journal(void)
{
	struct cache_pending p[32];
	struct expected e = { 0 };
	size_t n = 0;

	well(cache_pending(scene.cache, 0, p, 32, &n));
	for (size_t i = 0; i < n; i++) {
		e.fresh += p[i].kind == PENDING_MESSAGE && p[i].fresh;
		e.changed += p[i].kind == PENDING_MESSAGE && !p[i].fresh;
		e.moved += p[i].kind == PENDING_MESSAGE_MOVED;
		e.read += p[i].kind == PENDING_MESSAGE_READ;
		e.deleted += p[i].kind == PENDING_MESSAGE_DELETED;
		e.hard += p[i].kind == PENDING_MESSAGE_DELETED && p[i].hard;
		assert_true(p[i].kind >= PENDING_MESSAGE);
		/* A move stands before what is told of what was moved; what is there is in the folder it is in. */
		for (size_t k = 0; k < i; k++)
			assert_false(p[i].kind == PENDING_MESSAGE_MOVED && p[k].object == p[i].object && p[k].kind != PENDING_MESSAGE_DELETED);
		if (p[i].kind == PENDING_MESSAGE_DELETED)
			assert_int_equal(p[i].folder, scene.id);
		if (p[i].kind == PENDING_MESSAGE_MOVED)
			assert_int_equal(p[i].old_folder, scene.id);
	}
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_journal j JOIN message m ON m.id = j.object WHERE j.kind IN (2, 3, 4) AND m.folder <> j.folder"),
			 0);
	/* What was before is kept for what is told as changed, and for nothing else. */
	assert_int_equal(
		ask_sql("SELECT COUNT(*) FROM client_base b WHERE NOT EXISTS (SELECT 1 FROM client_journal j WHERE j.object = b.message AND j.kind = 2)"), 0);
	return e;
}

static void act_here(enum act a, uint64_t *id)
{
	struct mailbox *m = scene_mailbox();
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	static unsigned number;
	uint64_t copy;
	struct bag b;

	bag_init(&b, &arena);
	well(mailbox_begin(m));
	switch (a) {
	case CHANGE:
		well(bag_set_u32(&b, PidTagFlagStatus, ++number));
		well(message_set(m, *id, &b, NULL, 0));
		break;
	case READ:
	case UNREAD:
		well(message_set_read(m, *id, a == READ));
		break;
	case MOVE:
	case BACK:
		well(message_move(m, *id, a == MOVE ? folder_of("F") : scene.id, id));
		break;
	case COPY:
		well(message_copy(m, *id, folder_of("G"), &copy));
		break;
	case RESTORE:
		well(message_restore(m, *id, 0));
		break;
	default:
		well(message_delete(m, *id, a == DELETE ? DELETE_SOFT : DELETE_HARD));
		break;
	}
	well(mailbox_commit(m));
}

static bool is_touch(enum act a)
{
	return a == READ || a == UNREAD;
}

/* A state that it has already is no change, and a place where it is no move. */
static bool says_nothing(const struct model *m, const enum act *acts, unsigned i)
{
	bool read = false, away = false;

	(void)m;
	for (unsigned k = 0; k < i; k++) {
		read = is_touch(acts[k]) ? acts[k] == READ : read;
		away = acts[k] == MOVE || acts[k] == BACK ? acts[k] == MOVE : away;
	}
	return (is_touch(acts[i]) && (acts[i] == READ) == read) || (acts[i] == MOVE && away) || (acts[i] == BACK && !away);
}

static bool play(const enum act *acts, unsigned n, bool known)
{
	struct model m = { .known = known };
	struct expected want, got;
	uint64_t id;

	for (unsigned i = 0; i < n; i++) {
		if (!can(&m, acts[i]) || says_nothing(&m, acts, i))
			return false;
		act_on_model(&m, acts[i]);
	}
	steps("put P");
	id = message_of("P");
	if (known) {
		well(cache_apply_begin(scene.cache));
		run_sql("DELETE FROM client_journal; DELETE FROM client_base");
		well(cache_apply_commit(scene.cache));
	}
	for (unsigned i = 0; i < n; i++)
		act_here(acts[i], &id);
	want = expect_of(&m);
	got = read_journal();
	if (memcmp(&want, &got, sizeof want))
		fail_msg("%s: %s %s %s: new %u/%u, changed %u/%u, moved %u/%u, read %u/%u, deleted %u/%u, for good %u/%u (told/should be)",
			 known ? "known" : "new", act_names[acts[0]], n > 1 ? act_names[acts[1]] : "", n > 2 ? act_names[acts[2]] : "", got.fresh, want.fresh,
			 got.changed, want.changed, got.moved, want.moved, got.read, want.read, got.deleted, want.deleted, got.hard, want.hard);
	/* All of it away again. */
	well(cache_apply_begin(scene.cache));
	if (!m.gone)
		well(message_delete(scene_mailbox(), id, DELETE_HARD));
	run_sql("DELETE FROM client_journal; DELETE FROM client_base");
	well(cache_apply_commit(scene.cache));
	return true;
}

static void test_matrix(void **state)
{
	unsigned played = 0;

	(void)state;
	for (unsigned all = 0; all < 2 * ACTS * ACTS * ACTS; all++) {
		enum act acts[3] = { (enum act)(all / 2 % ACTS), (enum act)(all / 2 / ACTS % ACTS), (enum act)(all / 2 / ACTS / ACTS) };

		if (all / 2 < ACTS)
			played += play(acts, 1, all % 2);
		if (all / 2 < ACTS * ACTS)
			played += play(acts, 2, all % 2);
		if (ask_sql("SELECT CAST(coalesce(sum(last - first + 1), 0) AS INTEGER) FROM granted_id") < 10) {
			well(cache_apply_begin(scene.cache));
			well(cache_grant_ids(scene.cache, 100000u + all * 100, 99));
			well(cache_apply_commit(scene.cache));
		}
		played += play(acts, 3, all % 2);
	}
	print_message("# %u of them\n", played);
	assert_true(played > 200);
}

/* Changed again ------------------------------------------------------------------------------------------------------------------------ */

static struct cache_pending only_row(void)
{
	struct cache_pending p[2];
	size_t n = 0;

	well(cache_pending(scene.cache, 0, p, 2, &n));
	assert_int_equal(n, 1);
	return p[0];
}

static void done(uint64_t told, uint64_t cn)
{
	well(cache_apply_begin(scene.cache));
	well(cache_pending_done(scene.cache, told, cn));
	well(cache_apply_commit(scene.cache));
}

static uint64_t count(void)
{
	uint64_t n = 0;

	well(cache_pending_count(scene.cache, &n));
	return n;
}

/* Between sending and the answer somebody does it again: what was told is not what is to be told now. */
static void test_again(void **state)
{
	struct cache_pending p;

	(void)state;
	steps("read A");
	p = only_row();
	steps("unread A");
	done(p.seq, 0);
	assert_int_equal(count(), 1);
	done(only_row().seq, 0);
	assert_int_equal(count(), 0);
	/* Refused once, changed since: it was not refused as it is now. */
	steps("change A x");
	p = only_row();
	well(cache_apply_begin(scene.cache));
	well(cache_pending_failed(scene.cache, p.seq, 7));
	well(cache_apply_commit(scene.cache));
	assert_int_equal(only_row().attempts, 1);
	steps("change A y");
	assert_int_equal(only_row().attempts, 0);
}

/* Behind a row means behind its number, not behind how often it was changed. */
static void test_pages(void **state)
{
	struct cache_pending p[8];
	uint64_t after = 0;
	unsigned rows = 0;
	size_t n = 1;

	(void)state;
	steps("change A x; read B; put N; mkdir H");
	steps("change A y");
	steps("change A z; unread B; read B");
	while (n) {
		well(cache_pending(scene.cache, after, p, 1, &n));
		after = n ? p[0].seq : after;
		rows += n != 0;
	}
	assert_int_equal(rows, 4);
}

/* What stays here ------------------------------------------------------------------------------------------------------------------ */

/* A folder to search in, made here, is nothing to the server: neither made, nor changed, nor deleted. */
static void test_search_folder(void **state)
{
	const struct folder_options o = { .is_search = true };
	struct mailbox *m = scene_mailbox();
	uint64_t id = 0;

	(void)state;
	well(mailbox_begin(m));
	well(folder_create(m, scene.id, "found", &o, &id));
	well(mailbox_commit(m));
	assert_true(cache_is_local(scene.cache, id));
	steps("namedir found looked; mvdir looked F");
	assert_int_equal(count(), 0);
	steps("rmdir looked");
	assert_int_equal(count(), 0);
	assert_false(cache_is_local(scene.cache, id));
}

/* Nobody asks what was before, of what stays here or is being sent. */
static void test_base_of_what_stays(void **state)
{
	struct mailbox *m = scene_mailbox();

	(void)state;
	well(cache_apply_begin(scene.cache));
	well(cache_set_local(scene.cache, folder_of("G")));
	well(cache_apply_commit(scene.cache));
	steps("put L G; change L x; flag L");
	steps("change L y");
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_base"), 0);
	steps("letter S bob");
	well(mailbox_begin(m));
	well(outbox_add(scene.cache, message_of("S"), 0));
	well(mailbox_commit(m));
	steps("change S x");
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_base"), 0);
	assert_int_equal(count(), 0);
	/* Changed, then moved to where it stays: it goes at the server. */
	steps("change A x");
	steps("move A G");
	assert_int_equal(only_row().kind, PENDING_MESSAGE_DELETED);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_base"), 0);
}

/* A folder goes with all that is in it, in one row; what was moved out of it before is told. */
static void test_folder_gone(void **state)
{
	struct cache_pending p[8];
	CLEANUP_SYNC_STATE struct sync_state s = SYNC_STATE_MAX(10);
	uint64_t folder = folder_of("F");
	size_t n = 0;

	(void)state;
	from_server("put D F; put E F; mkdir H F; put I H");
	well(idset_add(&s.given, &(struct guid){ { 2 } }, 1, 5));
	well(cache_apply_begin(scene.cache));
	well(cache_set_state(scene.cache, folder, &s));
	well(cache_apply_commit(scene.cache));
	steps("change D x; read E; move C G; put N F");
	steps("rmdir F");
	well(cache_pending(scene.cache, 0, p, 8, &n));
	assert_int_equal(n, 3);
	assert_int_equal(p[0].kind, PENDING_MESSAGE_MOVED);
	assert_int_equal(p[0].old_folder, folder);
	assert_int_equal(p[1].kind, PENDING_FOLDER_DELETED);
	assert_int_equal(p[2].kind, PENDING_FOLDER_DELETED);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_base"), 0);
	/* Should it come back, all that was in it comes again. */
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_state WHERE folder <> 0"), 0);
}

/* That only the headers of a message are here goes with it. */
static void test_partial(void **state)
{
	enum cache_fullness f = CACHE_FULL;

	(void)state;
	well(cache_apply_begin(scene.cache));
	well(cache_set_fullness(scene.cache, message_of("A"), CACHE_HEADERS));
	well(cache_apply_commit(scene.cache));
	steps("move A F");
	well(cache_fullness(scene.cache, message_of("A"), &f));
	assert_int_equal(f, CACHE_HEADERS);
	/* A copy has its rest from where it came from, and what can come back is still no more than it was. */
	steps("copy A G; delete A");
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_partial WHERE source <> 0 AND source IN (SELECT message FROM client_partial)"), 1);
	assert_int_equal(ask_sql("SELECT COUNT(*) FROM client_partial"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(test_matrix),
		scene_test(test_again),
		scene_test(test_pages),
		scene_test(test_search_folder),
		scene_test(test_base_of_what_stays),
		scene_test(test_folder_gone),
		scene_test(test_partial),
	};

	return cmocka_run_group_tests_name("cache_journal", tests, NULL, NULL);
}
