#include "mapi/ledger.h"

#include "base/map.h"
#include "base/utf16.h"
#include "mapi/ledger_private.h"

#include <stdlib.h>

#define PATH_MAX_BYTES 4096
#define CLASSES_MAX 4096
#define PROGRESS_BYTES ((uint64_t)4 << 20) /* how often a large value lets progress be shown */

/* Rows ------------------------------------------------------------------------------------------------------- */

static struct ledger_row *row_add(struct ledger *l)
{
	if (l->n_rows == l->cap_rows) {
		size_t cap = l->cap_rows ? l->cap_rows * 2 : 64;
		struct ledger_row *v = realloc(l->rows, cap * sizeof *v);

		if (!v)
			return NULL;
		l->rows = v;
		l->cap_rows = cap;
	}
	l->rows[l->n_rows] = (struct ledger_row){ .path = "" };
	return &l->rows[l->n_rows++];
}

static struct ledger_row *row_here(struct ledger *l)
{
	return l->depth ? &l->rows[l->open[l->depth - 1]] : &l->totals.sum;
}

/* "Above/Name"; the root's own name is left out when it is empty. */
static const char *path_of(struct ledger *l, const struct bag *props)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(1 << 16);
	const char *name = bag_text(props, tag_id(PidTagDisplayName), l->codepage, &scratch);
	const char *above = l->depth ? row_here(l)->path : "";
	const char *path;

	if (!name)
		name = "";
	if (strlen(above) + strlen(name) + 2 > PATH_MAX_BYTES)
		return "...";
	path = *above ? arena_printf(&l->arena, "%s/%s", above, name) : arena_strdup(&l->arena, name);
	return path ? path : "...";
}

static uint64_t expected_of(const struct folder_expect *e, enum folder_role role)
{
	int64_t most = 0;

	if (role == FOLDER_SEARCH)
		return 0;
	if (e->nodes > most)
		most = e->nodes;
	if (e->table > most)
		most = e->table;
	return (uint64_t)most;
}

/* Do the places that say how many there should be contradict one another? */
static bool disagree(const struct folder_expect *e)
{
	return (e->nodes >= 0 && e->table >= 0 && e->nodes != e->table);
}

static void add_counts(struct ledger_counts *to, const struct ledger_counts *c)
{
	to->expected += c->expected;
	to->emitted += c->emitted;
	to->written += c->written;
	to->filtered += c->filtered;
	to->duplicate += c->duplicate;
	to->failed += c->failed;
}

static uint64_t missing_of(const struct ledger_counts *c)
{
	return c->expected > c->emitted ? c->expected - c->emitted : 0;
}

static void close_row(struct ledger *l)
{
	const struct ledger_row *r = row_here(l);
	struct ledger_row *sum = &l->totals.sum;

	add_counts(&sum->messages, &r->messages);
	add_counts(&sum->associated, &r->associated);
	sum->attachments += r->attachments;
	sum->embedded += r->embedded;
	sum->recipients += r->recipients;
	sum->partial += r->partial;
	sum->local_only += r->local_only;
	sum->server_known += r->server_known;
	l->totals.missing += missing_of(&r->messages) + missing_of(&r->associated);
	l->disagreements += disagree(&r->expect_messages) + disagree(&r->expect_associated);
}

/* Progress sees the rows that are closed and the ones that are open. */
static void tick(struct ledger *l)
{
	if (!l->tick)
		return;
	struct ledger_totals now = l->totals;
	for (unsigned i = 0; i < l->depth; i++) {
		add_counts(&now.sum.messages, &l->rows[l->open[i]].messages);
		add_counts(&now.sum.associated, &l->rows[l->open[i]].associated);
	}
	l->tick(l->tick_context, &now);
}

/* Events ------------------------------------------------------------------------------------------------------- */

static uint64_t bag_size(const struct bag *b)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (!(b->v[i].flags & PROP_LARGE))
			n += b->v[i].size;
	return n;
}

static status on_store_begin(struct item_sink *s, const struct store_event *e)
{
	struct ledger *l = (struct ledger *)s;

	l->codepage = e->codepage;
	l->totals.bytes += bag_size(e->props);
	return forward_store_begin(s, e);
}

static status on_store_end(struct item_sink *s)
{
	status st = forward_store_end(s);

	((struct ledger *)s)->ended = !st;
	return st;
}

static status on_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct ledger *l = (struct ledger *)s;
	const char *path = path_of(l, e->props);
	struct ledger_row *r = l->depth < ITEM_FOLDER_DEPTH_MAX + 4 ? row_add(l) : NULL;

	if (!r)
		return reason_set(&s->why, ecMemory, "too many folders, or folders nest too deep");
	r->path = path;
	r->role = e->role;
	r->expect_messages = e->messages;
	r->expect_associated = e->associated;
	r->messages.expected = expected_of(&e->messages, e->role);
	r->associated.expected = expected_of(&e->associated, e->role);
	l->open[l->depth++] = l->n_rows - 1;
	l->totals.folders++;
	l->totals.bytes += bag_size(e->props);
	return forward_folder_begin(s, e);
}

static status on_folder_end(struct item_sink *s)
{
	struct ledger *l = (struct ledger *)s;
	status st = forward_folder_end(s);

	if (st)
		return st;
	close_row(l);
	l->depth--;
	return ecNone;
}

static void count_class(struct ledger *l, const struct bag *props)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(1 << 14);
	const char *name = bag_text(props, tag_id(PidTagMessageClass), l->codepage, &scratch);

	if (!name)
		name = "";
	struct bytes key = bytes_of(name, strlen(name));
	uint64_t *n = map_get(&l->classes, key);
	if (n)
		++*n;
	else
		(void)!map_put(&l->classes, key, 1); /* beyond the limit, classes are no longer told apart */
}

static status on_message_begin(struct item_sink *s, const struct message_event *e)
{
	struct ledger *l = (struct ledger *)s;
	struct ledger_row *r = row_here(l);

	if (!e->associated)
		count_class(l, e->props);
	l->totals.bytes += bag_size(e->props);
	l->message_depth++;
	if (e->embedded) {
		r->embedded++;
	} else {
		l->associated = e->associated;
		l->harmed = false;
		++*(e->associated ? &r->associated.emitted : &r->messages.emitted);
		r->local_only += e->origin == ORIGIN_LOCAL;
		r->server_known += e->origin == ORIGIN_SERVER;
	}
	return forward_message_begin(s, e);
}

static void keep_problem(struct ledger *l, const struct item_problem *p)
{
	struct ledger_problem *kept = l->n_problems < LEDGER_PROBLEMS_KEPT ? arena_zalloc(&l->arena, sizeof *kept) : NULL;

	l->totals.problems[p->kind] += p->count ? p->count : 1;
	if (!kept)
		return;
	*kept = (struct ledger_problem){ .kind = p->kind, .id = p->id, .tag = p->tag, .count = p->count ? p->count : 1, .code = p->code,
					 .folder = row_here(l)->path ? row_here(l)->path : "" };
	kept->text = arena_strdup(&l->arena, p->text ? p->text : "");
	if (!kept->text)
		kept->text = "";
	*l->last_problem = kept;
	l->last_problem = &kept->next;
	l->n_problems++;
}

static void count_outcome(struct ledger *l, const struct item_result *result)
{
	struct ledger_row *r = row_here(l);
	struct ledger_counts *c = l->associated ? &r->associated : &r->messages;

	switch (result->outcome) {
	case OUTCOME_WRITTEN:
		c->written++;
		r->partial += l->harmed;
		break;
	case OUTCOME_FILTERED:
		c->filtered++;
		break;
	case OUTCOME_DUPLICATE:
		c->duplicate++;
		break;
	case OUTCOME_FAILED:
		c->failed++;
		keep_problem(l, &(struct item_problem){ .kind = PROBLEM_MESSAGE, .count = 1, .code = ecError, .text = result->why.text });
		break;
	}
}

static status on_message_end(struct item_sink *s, struct item_result *result)
{
	struct ledger *l = (struct ledger *)s;
	status st;

	result->outcome = OUTCOME_WRITTEN;
	st = forward_message_end(s, result);
	if (st)
		return st;
	if (--l->message_depth == 0) {
		count_outcome(l, result);
		tick(l);
	}
	return ecNone;
}

static status on_recipient(struct item_sink *s, const struct bag *props)
{
	struct ledger *l = (struct ledger *)s;

	row_here(l)->recipients++;
	return forward_recipient(s, props);
}

static status on_attachment_begin(struct item_sink *s, const struct attachment_event *e)
{
	struct ledger *l = (struct ledger *)s;

	row_here(l)->attachments++;
	l->totals.bytes += bag_size(e->props);
	return forward_attachment_begin(s, e);
}

static status on_value_chunk(struct item_sink *s, struct bytes chunk)
{
	struct ledger *l = (struct ledger *)s;
	uint64_t before = l->totals.bytes / PROGRESS_BYTES;

	l->totals.bytes += chunk.n;
	if (l->totals.bytes / PROGRESS_BYTES != before)
		tick(l);
	return forward_value_chunk(s, chunk);
}

static status on_problem(struct item_sink *s, const struct item_problem *p)
{
	struct ledger *l = (struct ledger *)s;

	keep_problem(l, p);
	l->harmed |= l->message_depth && p->kind != PROBLEM_FLAGGED;
	return forward_problem(s, p);
}

static const struct item_sink_ops ops = {
	.store_begin = on_store_begin,
	.store_end = on_store_end,
	.folder_begin = on_folder_begin,
	.folder_end = on_folder_end,
	.message_begin = on_message_begin,
	.message_end = on_message_end,
	.recipient = on_recipient,
	.attachment_begin = on_attachment_begin,
	.attachment_end = forward_attachment_end,
	.value_begin = forward_value_begin,
	.value_chunk = on_value_chunk,
	.value_end = forward_value_end,
	.problem = on_problem,
};

/* The ledger --------------------------------------------------------------------------------------------------- */

struct ledger *ledger_new(struct item_sink *next)
{
	struct ledger *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->forward.sink.ops = &ops;
	l->forward.next = next;
	l->last_problem = &l->problems;
	l->codepage = 1252;
	arena_init(&l->arena, (size_t)256 << 20);
	map_init(&l->classes, CLASSES_MAX);
	return l;
}

void ledger_free(struct ledger *l)
{
	if (!l)
		return;
	free(l->rows);
	map_free(&l->classes);
	arena_free(&l->arena);
	free(l);
}

struct item_sink *ledger_sink(struct ledger *l)
{
	return &l->forward.sink;
}

void ledger_on_progress(struct ledger *l, void (*call)(void *context, const struct ledger_totals *so_far), void *context)
{
	l->tick = call;
	l->tick_context = context;
}

const struct ledger_totals *ledger_totals(const struct ledger *l)
{
	return &l->totals;
}

size_t ledger_row_count(const struct ledger *l)
{
	return l->n_rows;
}

const struct ledger_row *ledger_row(const struct ledger *l, size_t i)
{
	return i < l->n_rows ? &l->rows[i] : NULL;
}

const struct ledger_problem *ledger_problems(const struct ledger *l)
{
	return l->problems;
}

bool ledger_next_class(const struct ledger *l, size_t *at, const char **class_name, uint64_t *count)
{
	struct bytes key;

	if (!map_next(&l->classes, at, &key, count))
		return false;
	char *name = arena_strndup((struct arena *)(uintptr_t)&l->arena, (const char *)key.p, key.n);
	*class_name = name ? name : "";
	return true;
}

enum ledger_verdict ledger_verdict(const struct ledger *l)
{
	const struct ledger_totals *t = &l->totals;
	bool lost = !l->ended || t->missing || t->sum.messages.failed || t->sum.associated.failed;

	for (unsigned kind = PROBLEM_VALUE; kind <= PROBLEM_FOLDER; kind++)
		lost |= t->problems[kind] != 0;
	if (lost)
		return LEDGER_LOSS;
	return t->problems[PROBLEM_FLAGGED] || l->disagreements ? LEDGER_WARNINGS : LEDGER_COMPLETE;
}
