#include "store/source.h"

#include "store/message_private.h"

#include <stdlib.h>

#define PAGE 256
#define FOLDER_BUDGET (3 * FOLDER_PROPERTIES_MAX)
/* Of what is not said: strings without a code page come from imports, which say their own. */
#define CODEPAGE 1252u

struct mailbox_source {
	struct item_source source;
	struct mailbox *m;
	struct mailbox_source_options options;
	struct item_sink *sink; /* while it runs */
};

static enum folder_role role_of(const struct folder *f)
{
	if (f->is_search)
		return FOLDER_SEARCH;
	switch (f->role) {
	case MAILBOX_ROOT:
		return FOLDER_ROOT;
	case MAILBOX_IPM_SUBTREE:
		return FOLDER_IPM_SUBTREE;
	case MAILBOX_DELETED_ITEMS:
		return FOLDER_WASTEBASKET;
	case MAILBOX_FINDER:
		return FOLDER_FINDER;
	default:
		return FOLDER_PLAIN;
	}
}

/* Messages -------------------------------------------------------------------------------------------------------------- */

/* A message that cannot be read is lost and said to be; the others go on. */
static status emit_one(struct mailbox_source *s, uint64_t id)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	bool begun = false;
	status st = message_tell(s->m, id, s->sink, &result, &begun);

	if (st != ecCorruptData || begun)
		return st;
	return item_problem(s->sink, &(struct item_problem){ .kind = PROBLEM_MESSAGE,
							      .id = id,
							      .count = 1,
							      .code = st,
							      .text = s->m->why.text });
}

/* A page of ids, then the messages: nothing is kept open while a sink works. */
static status page_of_ids(struct mailbox *m, uint64_t folder, unsigned kind, uint64_t after, uint64_t ids[static PAGE], size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT id FROM message WHERE folder = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT 256");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	bind_u64(s, 2, kind);
	bind_u64(s, 3, after);
	*n = 0;
	while (!(st = sql_step(s, &row)) && row && *n < PAGE)
		ids[(*n)++] = (uint64_t)sql_i64(s, 0);
	return mailbox_error(m, st);
}

static status emit_kind(struct mailbox_source *s, uint64_t folder, unsigned kind)
{
	uint64_t ids[PAGE], after = 0;
	size_t n = PAGE;
	status st = ecNone;

	while (!st && n == PAGE) {
		st = page_of_ids(s->m, folder, kind, after, ids, &n);
		for (size_t i = 0; !st && i < n; i++)
			st = emit_one(s, ids[i]);
		after = n ? ids[n - 1] : after;
	}
	return st;
}

static status emit_messages(struct mailbox_source *s, uint64_t folder)
{
	status st = emit_kind(s, folder, KIND_MESSAGE);

	return st || s->options.no_associated ? st : emit_kind(s, folder, KIND_ASSOCIATED);
}

/* Folders ------------------------------------------------------------------------------------------------------------------ */

static status emit_large(struct mailbox_source *s, struct prop *p)
{
	struct bytes v = p->value;
	struct prop begun = *p;
	status st;

	begun.flags |= PROP_LARGE;
	st = item_value_begin(s->sink, &begun);
	for (size_t i = 0; !st && i < v.n; i += ITEM_CHUNK_MAX)
		st = item_value_chunk(s->sink, bytes_of(v.p + i, v.n - i < ITEM_CHUNK_MAX ? v.n - i : ITEM_CHUNK_MAX));
	return st ? st : item_value_end(s->sink, true);
}

static bool is_large(const struct prop *p)
{
	return !prop_is_list(p->tag) && !(p->flags & PROP_LARGE) && p->value.n > ITEM_INLINE_MAX;
}

/* The bag as events carry it: long values follow. `event` is a copy. */
static status event_bag(struct mailbox_source *s, const struct bag *props, struct bag *event)
{
	for (size_t i = 0; i < props->n; i++) {
		struct prop p = props->v[i];

		if (is_large(&p)) {
			p.flags |= PROP_LARGE;
			p.value = bytes_of(NULL, 0);
		}
		if (!bag_append(event, &p))
			return reason_set(&s->m->why, ecMemory, "out of memory");
	}
	return ecNone;
}

static status emit_values(struct mailbox_source *s, const struct bag *props)
{
	status st = ecNone;

	for (size_t i = 0; !st && i < props->n; i++)
		if (is_large(&props->v[i]))
			st = emit_large(s, &props->v[i]);
	return st;
}

static status folder_bag(struct mailbox_source *s, const struct folder *f, struct bag *props)
{
	status st = folder_stored_props(s->m, f->id, props);

	/* The root has no name unless it came with one. */
	if (!st && (*f->name || f->role != MAILBOX_ROOT) && !bag_find(props, tag_id(PidTagDisplayName)) &&
	    bag_set_text(props, PidTagDisplayName, f->name))
		return reason_set(&s->m->why, ecMemory, "out of memory");
	return st;
}

static status begin_folder(struct mailbox_source *s, const struct folder *f, struct arena *arena)
{
	struct bag props, event_props, criteria;
	status st;

	bag_init(&props, arena);
	bag_init(&event_props, arena);
	bag_init(&criteria, arena);
	st = folder_bag(s, f, &props);
	if (!st)
		st = event_bag(s, &props, &event_props);
	if (!st && f->is_search)
		st = folder_criteria(s->m, f->id, &criteria);
	if (st)
		return st;
	struct folder_event e = {
		.id = f->id,
		.role = role_of(f),
		.props = &event_props,
		.search = criteria.n ? &criteria : NULL,
		.messages = { .nodes = f->is_search ? 0 : (int64_t)f->items, .table = -1, .mid_map = -1, .stated = -1 },
		.associated = { .nodes = s->options.no_associated ? 0 : (int64_t)f->associated, .table = -1, .mid_map = -1, .stated = -1 },
	};
	st = item_folder_begin(s->sink, &e);
	return st ? st : emit_values(s, &props);
}

/* Is there anything in it, or did somebody touch it, or something below? */
static status worth(struct mailbox_source *s, uint64_t id, bool *yes)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f = { .id = 0 };
	uint64_t child = 0;
	status st = folder_get(s->m, id, &arena, &f);

	*yes = s->options.untouched || f.touched || f.items || f.associated || f.role == MAILBOX_ROOT;
	if (!st && !*yes)
		st = folder_next_child(s->m, id, 0, &child);
	while (!st && !*yes && child) {
		st = worth(s, child, yes);
		if (!st)
			st = folder_next_child(s->m, id, child, &child);
	}
	return st;
}

static status emit_deleted(struct mailbox_source *s);

/* Depth is bounded: no folder was made deeper than FOLDER_DEPTH_MAX, and a damaged tree ends at ITEM_FOLDER_DEPTH_MAX. */
static status emit_folder(struct mailbox_source *s, uint64_t id, unsigned depth)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(FOLDER_BUDGET);
	struct folder f = { .id = 0 };
	uint64_t child = 0;
	bool yes = false;
	status st = worth(s, id, &yes);

	if (st || !yes)
		return st;
	if (depth > ITEM_FOLDER_DEPTH_MAX)
		return reason_set(&s->m->why, ecCorruptData, "folder %llx stands within itself", (unsigned long long)id);
	st = folder_get(s->m, id, &arena, &f);
	if (!st)
		st = begin_folder(s, &f, &arena);
	arena_free(&arena);
	if (!st)
		st = emit_messages(s, id);
	if (!st)
		st = folder_next_child(s->m, id, 0, &child);
	while (!st && child) {
		st = emit_folder(s, child, depth + 1);
		if (!st)
			st = folder_next_child(s->m, id, child, &child);
	}
	if (!st && s->options.deleted && f.role == MAILBOX_IPM_SUBTREE)
		st = emit_deleted(s);
	return st ? st : item_folder_end(s->sink);
}

/* What was deleted softly, whichever folder it was in. */
static status emit_deleted(struct mailbox_source *s)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder_event e = { .role = FOLDER_PLAIN, .messages = { -1, -1, -1, -1 }, .associated = { -1, -1, -1, -1 } };
	struct bag props;
	uint64_t folder = 0;
	status st;

	bag_init(&props, &arena);
	e.props = &props;
	if (bag_set_text(&props, PidTagDisplayName, folder_role_name(MAILBOX_RECOVERABLE_ITEMS)))
		return reason_set(&s->m->why, ecMemory, "out of memory");
	st = item_folder_begin(s->sink, &e);
	if (!st)
		st = folder_next(s->m, 0, &folder);
	while (!st && folder) {
		st = emit_kind(s, folder, KIND_DELETED | KIND_MESSAGE);
		if (!st)
			st = emit_kind(s, folder, KIND_DELETED | KIND_ASSOCIATED);
		if (!st)
			st = folder_next(s->m, folder, &folder);
	}
	return st ? st : item_folder_end(s->sink);
}

/* The store ---------------------------------------------------------------------------------------------------------------- */

static status begin_store(struct mailbox_source *s)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(FOLDER_BUDGET);
	struct bag props, event_props;
	status st;

	bag_init(&props, &arena);
	bag_init(&event_props, &arena);
	st = mailbox_props(s->m, &props);
	/* The key that entry ids of this mailbox carry as their provider [MS-OXCDATA] 2.2.4.1. */
	if (!st && bag_set_bytes(&props, PidTagRecordKey, bytes_of(s->m->identity.mailbox.b, sizeof s->m->identity.mailbox.b)))
		st = reason_set(&s->m->why, ecMemory, "out of memory");
	if (!st)
		st = event_bag(s, &props, &event_props);
	if (!st)
		st = item_store_begin(s->sink, &(struct store_event){ .props = &event_props,
								      .names = s->m->names,
								      .codepage = CODEPAGE,
								      .format = "Postern mailbox" });
	return st ? st : emit_values(s, &props);
}

static status run(struct item_source *src, struct item_sink *sink, struct reason *why)
{
	struct mailbox_source *s = (struct mailbox_source *)src;
	status st;

	s->sink = sink;
	sink->why.text[0] = '\0';
	st = begin_store(s);
	if (!st)
		st = emit_folder(s, s->options.folder ? s->options.folder : s->m->roles[MAILBOX_ROOT], 0);
	if (!st)
		st = item_store_end(sink);
	return st ? reason_set(why, st, "%s", sink->why.text[0] ? sink->why.text : s->m->why.text) : ecNone;
}

status mailbox_source_new(struct mailbox *m, const struct mailbox_source_options *o, struct mailbox_source **out,
			  struct reason *why)
{
	struct mailbox_source *s = calloc(1, sizeof *s);

	if (!s)
		return reason_set(why, ecMemory, "out of memory");
	s->source.run = run;
	s->m = m;
	if (o)
		s->options = *o;
	*out = s;
	return ecNone;
}

struct item_source *mailbox_source_source(struct mailbox_source *s)
{
	return &s->source;
}

void mailbox_source_free(struct mailbox_source *s)
{
	free(s);
}
