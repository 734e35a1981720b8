/* store/changes: a replica of the folders below one, which live and move. */
#include "replica.h"

#include "store/mailbox_private.h"

#define NAME "hierarchy_test"
#define MOST 4000

struct tree_item {
	uint64_t id, parent, cn;
};

struct tree {
	uint64_t root;
	struct sync_state state;
	struct tree_item v[MOST];
	size_t n;
};

static struct tree *tree_new(uint64_t root)
{
	struct tree *t = calloc(1, sizeof *t);

	assert_non_null(t);
	t->root = root;
	sync_state_init(&t->state, REPLICA_RANGES);
	return t;
}

static void tree_free(struct tree *t)
{
	sync_state_free(&t->state);
	free(t);
}

static struct tree_item *tree_find(struct tree *t, uint64_t id)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].id == id)
			return &t->v[i];
	return NULL;
}

static void apply(struct mailbox *m, struct tree *t, const struct hierarchy_changes *h)
{
	for (size_t i = 0; i < h->n; i++) {
		struct tree_item *item = tree_find(t, h->v[i].id);

		assert_int_equal(h->v[i].is_new, item == NULL);
		/* It can be put where it belongs at once. */
		assert_true(h->v[i].parent == t->root || tree_find(t, h->v[i].parent));
		if (!item) {
			assert_true(t->n < MOST);
			item = &t->v[t->n++];
		}
		*item = (struct tree_item){ h->v[i].id, h->v[i].parent, h->v[i].cn };
	}
	for_each_id(m, &h->deleted, id) {
		struct tree_item *item = tree_find(t, id);

		assert_non_null(item);
		*item = t->v[--t->n];
	}
	assert_int_equal(sync_state_copy(&h->state, &t->state), 0);
}

static size_t assert_below(struct mailbox *m, struct tree *t, uint64_t parent)
{
	size_t n = 0;

	for (uint64_t id = 0;;) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);

		mailbox_ok(m, folder_next_child(m, parent, id, &id));
		if (!id)
			return n;
		struct folder f = look_at_folder(m, id, &arena);
		const struct tree_item *item = tree_find(t, id);

		if (!item)
			fail_msg("folder %llu is not in the replica", (unsigned long long)id);
		if (!item)
			return n;
		assert_int_equal(item->parent, parent);
		assert_int_equal(item->cn, f.cn);
		n += 1 + assert_below(m, t, id);
	}
}

static size_t synchronise(struct mailbox *m, struct tree *t)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 24);
	CLEANUP_HIERARCHY_CHANGES struct hierarchy_changes h;
	size_t told;

	hierarchy_changes_init(&h, REPLICA_RANGES);
	mailbox_ok(m, hierarchy_changes(m, t->root, &t->state, &arena, &h));
	told = h.n + (size_t)idset_count(&h.deleted);
	apply(m, t, &h);
	assert_int_equal(assert_below(m, t, t->root), t->n);
	assert_int_equal(idset_count(&t->state.given), t->n);
	return told;
}

/* Folders under two roots, of which one is synchronised. */
static void live(struct mailbox *m, uint64_t *ids, size_t *n, unsigned *name)
{
	size_t at = below((uint32_t)*n);
	uint64_t id = ids[at], to = ids[below((uint32_t)*n)], made = 0;
	bool stays = at < 2; /* one of the two roots */
	char text[32];
	status s = ecNone;

	(void)snprintf(text, sizeof text, "Folder %u", ++*name);
	switch (below(8)) {
	case 0:
	case 1:
	case 2:
		s = folder_create(m, id, text, NULL, &made);
		break;
	case 3:
		s = folder_rename(m, id, text);
		break;
	case 4:
	case 5:
		s = stays ? ecNone : folder_move(m, id, to);
		break;
	case 6:
		s = folder_copy(m, id, to, text, true, &made);
		break;
	case 7:
		s = !stays && below(3) == 0 ? folder_delete(m, id) : ecNone;
		break;
	}
	assert_true(s == ecNone || s == ecNotFound || s == ecInvalidParam || s == ecAccessDenied || s == ecDuplicateName);
	if (made)
		ids[(*n)++] = made;
}

static size_t count_folders(struct mailbox *m)
{
	size_t n = 0;

	for (uint64_t id = 0;;) {
		mailbox_ok(m, folder_next(m, id, &id));
		if (!id)
			return n;
		n++;
	}
}

static void lives(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), root = new_folder(m, inbox, "Root"), other = new_folder(m, inbox, "Other");
	static uint64_t ids[MOST];
	struct tree *t = tree_new(root);
	size_t n = 2;
	unsigned name = 0;

	ids[0] = root;
	ids[1] = other;
	random_state = 4711;
	for (unsigned round = 0; round < 150; round++) {
		mailbox_ok(m, mailbox_begin(m));
		for (unsigned i = below(6); i > 0 && n < MOST / 4 && count_folders(m) < 120; i--)
			live(m, ids, &n, &name);
		/* The two stay; what was deleted is not chosen again. */
		size_t kept = 2;
		for (size_t i = 2; i < n; i++) {
			CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
			struct folder f;

			if (!folder_get(m, ids[i], &arena, &f))
				ids[kept++] = ids[i];
		}
		n = kept;
		mailbox_ok(m, mailbox_commit(m));
		if (below(12) == 0) {
			/* The client lost all it had, or had no more than the beginning of it. */
			sync_state_free(&t->state);
			t->n = 0;
		}
		(void)synchronise(m, t);
		assert_int_equal(synchronise(m, t), 0);
	}
	assert_true(t->n > 3);
	tree_free(t);
	mailbox_close(m);
}

/* A tree that is moved out and in as a whole: the versions of what is below it are as before. */
static void whole_trees(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), root = new_folder(m, inbox, "Root"), other = new_folder(m, inbox, "Other");
	uint64_t a = new_folder(m, other, "A"), b = new_folder(m, a, "B"), c = new_folder(m, b, "C");
	struct tree *t = tree_new(root);

	assert_int_equal(synchronise(m, t), 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_move(m, a, root));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(synchronise(m, t), 3);
	assert_non_null(tree_find(t, c));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_move(m, b, root));
	mailbox_ok(m, folder_move(m, a, other));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(synchronise(m, t), 2);
	assert_null(tree_find(t, a));
	assert_non_null(tree_find(t, c));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_move(m, b, other));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(synchronise(m, t), 2);
	assert_int_equal(t->n, 0);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_move(m, b, root));
	mailbox_ok(m, folder_delete(m, b));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(synchronise(m, t), 0);
	tree_free(t);
	mailbox_close(m);
}

static void from_the_future(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), root = new_folder(m, inbox, "Root"), last;
	struct tree *t = tree_new(root);
	const struct guid *replica = &mailbox_identity(m)->replica;

	(void)new_folder(m, root, "A");
	(void)new_folder(m, root, "B");
	assert_int_equal(synchronise(m, t), 2);
	last = mailbox_last_cn(m);
	/* One more that the mailbox never had, and one whose version is another. */
	t->v[t->n++] = (struct tree_item){ 900000, root, last + 4 };
	t->v[0].cn = 3;
	assert_int_equal(idset_add(&t->state.given, replica, 900000, 900000), 0);
	assert_int_equal(idset_add(&t->state.seen, replica, last + 4, last + 4), 0);
	{
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
		CLEANUP_HIERARCHY_CHANGES struct hierarchy_changes h;

		hierarchy_changes_init(&h, 100);
		mailbox_ok(m, hierarchy_changes(m, root, &t->state, &arena, &h));
		assert_int_equal(h.n, 2);
		assert_int_equal(idset_count(&h.deleted), 1);
		apply(m, t, &h);
	}
	assert_int_equal(assert_below(m, t, root), t->n);
	assert_int_equal(synchronise(m, t), 0);
	tree_free(t);
	mailbox_close(m);
}

static void failing_steps(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), root = new_folder(m, inbox, "Root"), a = new_folder(m, root, "A");
	struct tree *t = tree_new(root);

	assert_int_equal(synchronise(m, t), 1);
	(void)new_folder(m, root, "B");
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, folder_delete(m, a));
	mailbox_ok(m, mailbox_commit(m));
	for (int memory = 0; memory < 2; memory++) {
		bool done = false;
		unsigned n;

		for (n = 1; !done; n++) {
			CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
			CLEANUP_HIERARCHY_CHANGES struct hierarchy_changes h;

			hierarchy_changes_init(&h, 100);
			memory ? globset_fail_after(n) : sql_fail_after(n);
			status s = hierarchy_changes(m, root, &t->state, &arena, &h);
			memory ? globset_fail_after(0) : sql_fail_after(0);
			done = !s;
			assert_true(done || s == (memory ? ecMemory : ecDiskError));
			assert_int_equal(h.n, done);
			assert_int_equal(idset_count(&h.deleted), done);
			assert_true(n < 200);
		}
		assert_true(n > 4);
	}
	tree_free(t);
	mailbox_close(m);
}

ON_EACH(lives)
ON_EACH(whole_trees)
ON_EACH(from_the_future)
ON_EACH(failing_steps)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lives),
		cmocka_unit_test(test_whole_trees),
		cmocka_unit_test(test_from_the_future),
		cmocka_unit_test(test_failing_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
