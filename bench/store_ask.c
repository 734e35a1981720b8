/* What people wait for when a mailbox is large. */
#include "store.h"

#include "store/changes.h"
#include "store/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_clock.h"

#define RUNS 31 /* the median of them counts */
#define NEWEST 50
#define PAGE 256

static int by_cpu(const void *a, const void *b)
{
	const struct stopwatch *x = a, *y = b;

	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

status ask(struct place *p, const char *name, question *what, void *context)
{
	struct stopwatch took[RUNS];
	status s = ecNone;

	if (p->only && strcmp(p->only, name) != 0)
		return ecNone;
	for (int i = 0; !s && i < RUNS; i++) {
		struct stopwatch w = stopwatch_start();

		s = what(p, context);
		took[i] = stopwatch_stop(&w);
	}
	if (s)
		return s;
	qsort(took, RUNS, sizeof *took, by_cpu);
	printf("%s %.4f %.4f\n", name, took[RUNS / 2].cpu, took[RUNS / 2].wall);
	return ecNone;
}

/* Listing ------------------------------------------------------------------------------------------------------ */

status read_first(struct place *p, struct table *t)
{
	/* What a list of messages shows. */
	static const uint32_t columns[] = {
		PidTagMid,     PidTagSubject,	 PidTagSentRepresentingName, PidTagSenderName,	PidTagMessageDeliveryTime, PidTagMessageFlags,
		PidTagMessageSize, PidTagImportance, PidTagHasAttachments,	     PidTagMessageClass, PidTagFlagStatus,
	};
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct table_rows rows = { .n = 0 };
	status s = table_set_columns(t, columns, sizeof columns / sizeof *columns);

	if (!s)
		s = table_query_rows(t, true, NEWEST, true, &arena, &rows);
	if (s || !rows.n)
		return reason_set(&p->why, s ? s : ecNotFound, "no rows: %s", table_failure(t));
	return ecNone;
}

status list_newest(struct place *p)
{
	struct table *t = NULL;
	status s = table_open(p->m, TABLE_CONTENTS, p->inbox, 0, &t);

	if (!s)
		s = read_first(p, t);
	table_free(t);
	return s;
}

static status list(struct place *p, void *context)
{
	(void)context;
	return list_newest(p);
}

/* The database alone: of PostgreSQL mostly the time in which it starts a process. */
static status connect_only(struct place *p, void *context)
{
	struct sql *db = NULL;

	(void)context;
	place_close(p);
	status s = place_connect(p, &db);
	sql_close(db);
	return s;
}

static status open_and_list(struct place *p, void *context)
{
	(void)context;
	place_close(p);
	status s = place_open(p);
	return s ? s : list_newest(p);
}

/* Synchronisation ------------------------------------------------------------------------------------------------- */

struct synced {
	struct sync_state before; /* of a client that had everything, before the changes */
	size_t changes;
};

static status walk(struct place *p, const struct sync_state *state, struct sync_state *after, size_t *n)
{
	static const struct changes_options all = { .normal = true, .associated = true, .read_state = true };
	struct idset sets[4] = { { .max = PAGE }, { .max = PAGE }, { .max = PAGE }, { .max = PAGE } };
	struct change page[PAGE];
	struct changes *c = NULL;
	size_t got = 1;
	status s = changes_open(p->m, p->inbox, state, &all, &c);

	for (*n = 0; !s && got; *n += got)
		s = changes_next(c, page, PAGE, &got);
	if (!s)
		s = changes_deleted(c, &sets[0], &sets[1]);
	if (!s)
		s = changes_read(c, &sets[2], &sets[3]);
	if (!s)
		s = changes_state(c, after);
	for (size_t i = 0; i < 4; i++)
		idset_free(&sets[i]);
	changes_free(c);
	return s;
}

static status what_changed(struct place *p, void *context)
{
	struct synced *y = context;
	CLEANUP_SYNC_STATE struct sync_state after = SYNC_STATE_MAX(1 << 16);

	return walk(p, &y->before, &after, &y->changes);
}

/* Ten: five are new, three are other versions, one is gone, one is read. */
static status make_changes(struct place *p)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint64_t id = 0;
	struct bag b;
	status s = fill(p, 1, 5);

	bag_init(&b, &arena);
	if (!s)
		s = bag_set_u32(&b, PidTagImportance, 2);
	if (!s)
		s = mailbox_begin(p->m);
	for (unsigned i = 0; !s && i < 5; i++) {
		s = message_next(p->m, p->inbox, false, false, id, &id);
		if (!s && i < 3)
			s = message_set(p->m, id, &b, NULL, 0);
		else if (!s && i == 3)
			s = message_delete(p->m, id, DELETE_SOFT);
		else if (!s)
			s = message_set_read(p->m, id, true);
	}
	return s ? s : mailbox_commit(p->m);
}

static status ask_changes(struct place *p)
{
	CLEANUP_SYNC_STATE struct sync_state empty = SYNC_STATE_MAX(1 << 16);
	struct synced y = { .before = SYNC_STATE_MAX(1 << 16) };

	if (p->only && strcmp(p->only, "changes") != 0)
		return ecNone;
	status s = walk(p, &empty, &y.before, &y.changes);

	if (!s)
		s = make_changes(p);
	if (!s)
		s = ask(p, "changes", what_changed, &y);
	if (!s && y.changes != 8)
		s = reason_set(&p->why, ecError, "%zu messages changed, not 8", y.changes);
	sync_state_free(&y.before);
	return s;
}

/* Single messages -------------------------------------------------------------------------------------------------- */

static status read_one(struct place *p, void *context)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint64_t *after = context;
	struct bag b;
	status s = message_next(p->m, p->inbox, false, false, *after, after);

	bag_init(&b, &arena);
	return s ? s : message_props(p->m, *after, &b);
}

static status deliver_one(struct place *p, void *context)
{
	uint64_t *number = context;

	return fill(p, ++*number, 1);
}

static status check_count(struct place *p, void *context)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct folder f;

	(void)context;
	return folder_get(p->m, p->inbox, &arena, &f);
}

status ask_all(struct place *p)
{
	uint64_t after = 0, number = 1;
	status s = ask(p, "connect", connect_only, NULL);

	if (!s)
		s = place_open(p);
	if (!s)
		s = ask(p, "open-list", open_and_list, NULL);
	if (!s)
		s = ask(p, "list", list, NULL);
	if (!s)
		s = ask_changes(p);
	if (!s)
		s = ask_sorted(p);
	if (!s)
		s = ask_search(p);
	if (!s)
		s = ask(p, "read", read_one, &after);
	if (!s)
		s = ask(p, "deliver", deliver_one, &number);
	if (!s)
		s = ask(p, "counters", check_count, NULL);
	if (!s)
		place_close(p);
	return s;
}
