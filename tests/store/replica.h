/* A client's replica of a folder, as plain as can be: what a stream of changes must make of it. */
#ifndef TESTS_STORE_REPLICA_H
#define TESTS_STORE_REPLICA_H

#include "steps.h"

#include "store/changes.h"

#define REPLICA_MOST 4096
#define REPLICA_RANGES ((size_t)1 << 14)

struct replica_item {
	uint64_t id, cn;
	bool read, associated;
};

struct replica {
	struct sync_state state;
	struct replica_item v[REPLICA_MOST];
	size_t n;
};

static uint64_t random_state;

static inline uint32_t below(uint32_t n)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(random_state >> 33) % n;
}

static inline struct replica *replica_new(void)
{
	struct replica *r = calloc(1, sizeof *r);

	assert_non_null(r);
	sync_state_init(&r->state, REPLICA_RANGES);
	return r;
}

static inline void replica_free(struct replica *r)
{
	sync_state_free(&r->state);
	free(r);
}

static inline struct replica_item *replica_find(struct replica *r, uint64_t id)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].id == id)
			return &r->v[i];
	return NULL;
}

static inline void replica_put(struct replica *r, const struct replica_item *item)
{
	struct replica_item *there = replica_find(r, item->id);

	assert_true(there || r->n < REPLICA_MOST);
	*(there ? there : &r->v[r->n++]) = *item;
}

static inline bool replica_drop(struct replica *r, uint64_t id)
{
	struct replica_item *there = replica_find(r, id);

	if (there)
		*there = r->v[--r->n];
	return there != NULL;
}

/* Each id of our replica. */
#define for_each_id(m, set, id)                                                                                \
	for (const struct globset *ids_ = idset_find((set), &mailbox_identity(m)->replica); ids_; ids_ = NULL)  \
		for (size_t range_ = 0; range_ < ids_->n; range_++)                                             \
			for (uint64_t id = ids_->v[range_].first; id <= ids_->v[range_].last; id++)

/* The state goes through its bytes, as it does on its way to a client and back. */
static inline void replica_keep_state(struct replica *r, const struct sync_state *state)
{
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)1 << 20);
	struct reason why = { "" };

	assert_int_equal(sync_state_encode(state, false, &b), 0);
	if (sync_state_decode(buf_bytes(&b), &r->state, &why))
		fail_msg("%s", why.text);
	assert_true(sync_state_equal(state, &r->state));
}

static inline void replica_take_page(struct mailbox *m, struct replica *r, const struct change *page, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
		struct message_info info;
		status s = message_info(m, page[i].id, &arena, &info);

		/* Gone since then: left out, as a server does. */
		if (s == ecNotFound)
			continue;
		assert_int_equal(s, 0);
		assert_int_equal(info.associated, page[i].associated);
		replica_put(r, &(struct replica_item){ info.id, info.cn, info.read, info.associated });
	}
}

/* What is gone, and read states, then the new state. */
static inline void replica_end(struct mailbox *m, struct replica *r, struct changes *c)
{
	CLEANUP_IDSET struct idset deleted = { .max = REPLICA_RANGES }, gone = { .max = REPLICA_RANGES };
	CLEANUP_IDSET struct idset read = { .max = REPLICA_RANGES }, unread = { .max = REPLICA_RANGES };
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(REPLICA_RANGES);

	mailbox_ok(m, changes_deleted(c, &deleted, &gone));
	mailbox_ok(m, changes_read(c, &read, &unread));
	mailbox_ok(m, changes_state(c, &state));
	/* Nothing is told that the client was not given; what was gone before it could be had was never there. */
	for_each_id(m, &deleted, id) {
		assert_true(idset_contains(&r->state.given, &mailbox_identity(m)->replica, id));
		(void)replica_drop(r, id);
	}
	for_each_id(m, &gone, id)
		assert_true(replica_drop(r, id));
	for_each_id(m, &read, id) {
		assert_non_null(replica_find(r, id));
		replica_find(r, id)->read = true;
	}
	for_each_id(m, &unread, id) {
		assert_non_null(replica_find(r, id));
		replica_find(r, id)->read = false;
	}
	replica_keep_state(r, &state);
}

/* Is it what the folder is? `wanted`: of messages that the client wants. */
static inline void replica_assert(struct mailbox *m, struct replica *r, uint64_t folder,
				  bool (*wanted)(const struct message_info *i))
{
	size_t there = 0;

	for (int associated = 0; associated < 2; associated++) {
		uint64_t id = 0;

		for (;;) {
			CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);

			mailbox_ok(m, message_next(m, folder, associated, false, id, &id));
			if (!id)
				break;
			struct message_info info = look_at(m, id, &arena);
			if (wanted && !wanted(&info))
				continue;
			const struct replica_item *item = replica_find(r, id);

			there++;
			if (!item)
				fail_msg("message %llu is not in the replica", (unsigned long long)id);
			if (!item)
				return;
			assert_int_equal(item->cn, info.cn);
			assert_int_equal(item->associated, info.associated);
			if (!associated)
				assert_int_equal(item->read, info.read);
			assert_true(idset_contains(&r->state.given, &mailbox_identity(m)->replica, id));
		}
	}
	assert_int_equal(r->n, there);
	assert_int_equal(idset_count(&r->state.given), there);
}

#endif
