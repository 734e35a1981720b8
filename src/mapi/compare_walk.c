/*
 * The sink that looks at everything.  Every open object (store, folder, message, recipient, attachment)
 * has a frame with the sum of its properties' fingerprints; when it closes, the sealed sum goes into the
 * frame around it.  When a record is wanted, each property also leaves a line there.
 */
#include "mapi/compare_walk.h"

#include <stdlib.h>

#include "mapi/label.h"

/* A message and an attachment for each level of nesting, the item itself and a recipient. */
#define FRAMES_MAX (2 * (ITEM_DEPTH_MAX + 2))

struct frame {
	enum compare_scope scope;
	struct fingerprint sum;
	unsigned codepage;
	size_t part; /* where its name begins in walk.part */
	bool embeds; /* an attachment whose data is the embedded message */
};

struct walk {
	struct item_sink sink;
	struct comparison *c;
	const struct walk_options *options;
	unsigned side;
	const struct name_map *names;
	unsigned codepage;
	struct frame frames[FRAMES_MAX];
	unsigned depth;
	struct folder_mark {
		size_t key_length, key_start, path_length; /* to go back to */
		uint32_t index;
	} marks[ITEM_FOLDER_DEPTH_MAX + 1];
	unsigned folder_depth;
	struct buf key, path; /* of the innermost open folder; its key begins at key_start */
	size_t key_start;
	size_t next_item, next_folder; /* how many have been met */
	unsigned messages;             /* open ones: 1 inside an item, more inside an embedded message */
	struct compared_item item;     /* the open one */
	struct record *record;         /* of the open object; NULL: not wanted */
	struct prop_fingerprint work;
	struct prop large;
	struct buf part;
};

static struct walk *walk_of(struct item_sink *s)
{
	return (struct walk *)s;
}

/* Is anybody interested in what comes? In a describing run only in the objects that were asked for. */
static bool looking(const struct walk *w)
{
	return !w->options->wanted || w->record;
}

static bool ignored(const struct frame *f, uint32_t tag)
{
	size_t n;
	const struct compare_ignored *list = compare_ignored(&n);
	uint16_t id = tag_id(tag);

	if (f->embeds && id == tag_id(PidTagAttachDataObject))
		return true;
	for (size_t i = 0; i < n; i++)
		if (id >= list[i].first && id <= list[i].last && list[i].scope & (unsigned)f->scope)
			return true;
	return false;
}

static struct frame *top(struct walk *w)
{
	return &w->frames[w->depth - 1];
}

static void count_prop(struct walk *w, const struct prop *p, struct fingerprint content)
{
	fingerprint_add(&top(w)->sum, content);
	if (w->record)
		record_prop(w->record, buf_cstr(&w->part), p, content,
			    &(struct record_context){ w->names, top(w)->codepage });
}

static void count_bag(struct walk *w, const struct bag *props)
{
	for (size_t i = 0; i < props->n; i++) {
		const struct prop *p = &props->v[i];

		if (!(p->flags & PROP_LARGE) && !ignored(top(w), p->tag))
			count_prop(w, p, compare_ids_fingerprint(&w->c->ids, &w->work, p, w->names, top(w)->codepage));
	}
}

/* Codepage 0: that of the frame around it. */
static status push(struct walk *w, enum compare_scope scope, unsigned codepage)
{
	unsigned around = w->depth ? top(w)->codepage : w->codepage;

	if (w->depth == FRAMES_MAX)
		return reason_set(&w->sink.why, ecTooComplex, "messages nest too deep to be compared");
	w->frames[w->depth++] = (struct frame){
		.scope = scope,
		.codepage = codepage ? codepage : around,
		.part = w->part.n,
	};
	return ecNone;
}

static struct fingerprint pop(struct walk *w, char kind)
{
	struct frame *f = top(w);
	struct fingerprint sealed = fingerprint_seal(f->sum, kind);

	buf_truncate(&w->part, f->part);
	w->depth--;
	if (w->depth)
		fingerprint_add(&top(w)->sum, sealed);
	return sealed;
}

/* Appends "kind name" to where we are, distinct within the record. */
static void enter_part(struct walk *w, const char *kind, const struct bag *props,
		       const uint32_t *name_tags)
{
	if (!w->record)
		return;
	if (w->part.n)
		buf_add_u8(&w->part, RECORD_WITHIN);
	buf_add_str(&w->part, kind);
	if (name_tags)
		record_part_name(&w->part, props, name_tags, top(w)->codepage);
	record_part(w->record, &w->part);
}

/* --- store and folders --- */

static status grow(void **p, size_t *cap, size_t n, size_t size)
{
	void *more;

	if (n < *cap)
		return ecNone;
	if (*cap > UINT32_MAX / 2)
		return ecTooBig;
	*cap = *cap ? *cap * 2 : 64;
	more = reallocarray(*p, *cap, size);
	if (!more)
		return ecMemory;
	*p = more;
	return ecNone;
}

static status on_store_begin(struct item_sink *s, const struct store_event *e)
{
	struct walk *w = walk_of(s);
	status st;

	w->names = e->names;
	w->codepage = e->codepage;
	w->record = w->options->wanted ? w->options->wanted(w->options->context, WALK_STORE, 0) : NULL;
	if (!looking(w))
		return ecNone;
	st = push(w, IN_STORE, 0);
	if (st)
		return st;
	count_bag(w, e->props);
	w->c->store[w->side] = pop(w, 'S');
	if (w->record)
		w->options->described(w->options->context, WALK_STORE, 0, w->record);
	w->record = NULL;
	return ecNone;
}

/* Folders that a role makes unique are known by it, wherever they hang and whatever they are called. */
static const char *role_key(enum folder_role role)
{
	switch (role) {
	case FOLDER_ROOT:
		return "\001root";
	case FOLDER_IPM_SUBTREE:
		return "\001ipm";
	case FOLDER_WASTEBASKET:
		return "\001deleted";
	case FOLDER_FINDER:
		return "\001finder";
	case FOLDER_RECOVERED:
		return "\001recovered";
	default:
		return NULL;
	}
}

static struct bytes folder_key(const struct walk *w)
{
	return bytes_of(w->key.p + w->key_start, w->key.n - w->key_start);
}

static bool taken(struct walk *w, uint32_t *index)
{
	const uint64_t *at = map_get(&w->c->folder_by_key, folder_key(w));

	*index = at ? (uint32_t)*at : COMPARE_NONE;
	return at && w->c->folders[*at].path[w->side];
}

/* The folder of both stores that the key names, or a new one. Brothers of one name are numbered. */
static status find_folder(struct walk *w, uint32_t *index)
{
	struct comparison *c = w->c;
	size_t n = w->key.n;
	status st;

	for (unsigned i = 2; taken(w, index); i++) {
		buf_truncate(&w->key, n);
		buf_printf(&w->key, "\002%u", i);
	}
	if (buf_status(&w->key))
		return ecTooBig;
	if (*index != COMPARE_NONE)
		return ecNone;
	st = grow((void **)&c->folders, &c->folder_cap, c->folder_count, sizeof *c->folders);
	if (!st)
		st = map_put(&c->folder_by_key, folder_key(w), c->folder_count);
	if (st)
		return st;
	*index = (uint32_t)c->folder_count++;
	c->folders[*index] = (struct compared_folder){ 0 };
	return ecNone;
}

/* A search without criteria has a node that says so, or none: both mean that it never runs. */
#define TAG_SEARCH_STATE 0x660B0003u

static bool says_something(const struct bag *criteria)
{
	return criteria->n > 1 || (criteria->n == 1 && (criteria->v[0].tag != TAG_SEARCH_STATE || bag_u32(criteria, 0x660B, 1) != 0));
}

static status count_folder(struct walk *w, const struct folder_event *e, struct fingerprint *out)
{
	status st = push(w, IN_FOLDER, 0);

	if (st)
		return st;
	count_bag(w, e->props);
	if (e->search && says_something(e->search)) {
		st = push(w, IN_FOLDER, 0);
		if (st)
			return st;
		enter_part(w, "search criteria", NULL, NULL);
		count_bag(w, e->search);
		pop(w, 'C');
	}
	*out = pop(w, 'F');
	return ecNone;
}

static status note_folder(struct walk *w, const struct folder_event *e)
{
	struct comparison *c = w->c;
	uint32_t index;
	struct compared_folder *f;
	status st = find_folder(w, &index);

	if (!st)
		st = grow((void **)&c->folder_order[w->side], &c->order_cap[w->side],
			  c->order_count[w->side], sizeof **c->folder_order);
	if (st)
		return st;
	f = &c->folders[index];
	f->path[w->side] = arena_strdup(&c->arena, buf_cstr(&w->path));
	if (!f->path[w->side])
		return ecMemory;
	f->id[w->side] = e->id;
	f->role = e->role;
	c->folder_order[w->side][c->order_count[w->side]++] = index;
	w->marks[w->folder_depth - 1].index = index;
	return count_folder(w, e, &f->content[w->side]);
}

static status describe_folder(struct walk *w, const struct folder_event *e, uint32_t index)
{
	struct fingerprint unused;
	status st;

	w->record = w->options->wanted(w->options->context, WALK_FOLDER, index);
	if (!w->record)
		return ecNone;
	w->record->id = e->id;
	st = count_folder(w, e, &unused);
	if (!st)
		w->options->described(w->options->context, WALK_FOLDER, index, w->record);
	w->record = NULL;
	return st;
}

static status enter_folder(struct walk *w, const struct folder_event *e)
{
	const char *role = role_key(e->role);
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	const char *name;

	if (w->folder_depth > ITEM_FOLDER_DEPTH_MAX)
		return reason_set(&w->sink.why, ecTooComplex, "folders nest too deep to be compared");
	name = bag_text(e->props, tag_id(PidTagDisplayName), w->codepage, &a);
	name = name ? name : "";
	w->marks[w->folder_depth++] = (struct folder_mark){
		w->key.n, w->key_start, w->path.n, COMPARE_NONE
	};
	if (w->path.n)
		buf_add_str(&w->path, "/");
	buf_add_str(&w->path, name);
	if (role)
		w->key_start = w->key.n;
	buf_add_str(&w->key, "\003");
	buf_add_str(&w->key, role ? role : name);
	return ecNone;
}

static void leave_folder(struct walk *w)
{
	const struct folder_mark *m = &w->marks[--w->folder_depth];

	buf_truncate(&w->key, m->key_length);
	buf_truncate(&w->path, m->path_length);
	w->key_start = m->key_start;
}

static status on_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct walk *w = walk_of(s);
	struct comparison *c = w->c;
	status st = enter_folder(w, e);
	size_t at = w->next_folder++;

	if (st)
		return st;
	if (!w->options->wanted)
		return note_folder(w, e);
	if (at >= c->order_count[w->side])
		return reason_set(&s->why, ecError, "the store changed while it was compared");
	return describe_folder(w, e, c->folder_order[w->side][at]);
}

static status on_folder_end(struct item_sink *s)
{
	leave_folder(walk_of(s));
	return ecNone;
}

/* --- messages --- */

static uint64_t hash_key(const struct bag *props, const uint32_t *tags, bool associated)
{
	struct prop_fingerprint work;
	struct fingerprint sum = { associated, 0 };

	for (; *tags; tags++) {
		const struct prop *p = bag_find(props, tag_id(*tags));

		if (p && !(p->flags & PROP_LARGE) && !prop_is_list(p->tag) && p->value.n)
			fingerprint_add(&sum, prop_fingerprint(&work, p, NULL, 0));
		else if (sum.hi == 0)
			return 0; /* the first one must be there */
	}
	return sum.lo;
}

static void begin_item(struct walk *w, const struct message_event *e)
{
	static const uint32_t search_key[] = { PidTagSearchKey, 0 };
	static const uint32_t message_id[] = { PidTagInternetMessageId, PidTagClientSubmitTime, 0 };

	w->item = (struct compared_item){
		.folder = w->folder_depth ? w->marks[w->folder_depth - 1].index : COMPARE_NONE,
		.pair = COMPARE_NONE,
		.id = e->id,
		.search_key = hash_key(e->props, search_key, e->associated),
		.message_id = hash_key(e->props, message_id, e->associated),
	};
}

static status on_message_begin(struct item_sink *s, const struct message_event *e)
{
	struct walk *w = walk_of(s);
	const struct walk_options *o = w->options;
	status st;

	if (w->messages++ == 0) {
		w->record = o->wanted ? o->wanted(o->context, WALK_ITEM, w->next_item) : NULL;
		begin_item(w, e);
		if (w->record) {
			w->record->id = e->id;
			w->record->item = item_title(e->props, w->codepage, w->record->arena);
		}
	}
	if (!looking(w))
		return ecNone;
	st = push(w, IN_MESSAGE, bag_u32(e->props, tag_id(PidTagMessageCodepage), 0));
	if (st)
		return st;
	if (w->depth > 1)
		enter_part(w, "message", NULL, NULL);
	top(w)->sum.lo = e->associated;
	count_bag(w, e->props);
	return ecNone;
}

static status keep_item(struct walk *w)
{
	struct comparison *c = w->c;
	status st = grow((void **)&c->items[w->side], &c->item_cap[w->side], c->item_count[w->side],
			 sizeof **c->items);

	if (st)
		return st;
	if (w->item.folder == COMPARE_NONE)
		return reason_set(&w->sink.why, ecError, "an item outside of every folder");
	c->folders[w->item.folder].items++;
	c->items[w->side][c->item_count[w->side]++] = w->item;
	return ecNone;
}

static status end_item(struct walk *w, struct fingerprint content)
{
	size_t index = w->next_item++;

	if (w->options->progress)
		w->options->progress(w->options->context);
	if (!w->options->wanted) {
		w->item.content = content;
		return keep_item(w);
	}
	if (w->record)
		w->options->described(w->options->context, WALK_ITEM, index, w->record);
	w->record = NULL;
	return ecNone;
}

static status on_message_end(struct item_sink *s, struct item_result *result)
{
	struct walk *w = walk_of(s);
	struct fingerprint content = { 0, 0 };

	result->outcome = OUTCOME_WRITTEN;
	if (looking(w))
		content = pop(w, 'M');
	return --w->messages ? ecNone : end_item(w, content);
}

static status on_recipient(struct item_sink *s, const struct bag *props)
{
	static const uint32_t names[] = { PidTagSmtpAddress, PidTagEmailAddress, PidTagDisplayName, 0 };
	struct walk *w = walk_of(s);
	status st;

	if (!looking(w))
		return ecNone;
	st = push(w, IN_RECIPIENT, 0);
	if (st)
		return st;
	enter_part(w, "recipient", props, names);
	count_bag(w, props);
	pop(w, 'R');
	return ecNone;
}

static status on_attachment_begin(struct item_sink *s, const struct attachment_event *e)
{
	static const uint32_t names[] = { PidTagAttachLongFilename, PidTagAttachFilename,
					  PidTagDisplayName, 0 };
	struct walk *w = walk_of(s);
	status st;

	if (!looking(w))
		return ecNone;
	st = push(w, IN_ATTACHMENT, 0);
	if (st)
		return st;
	top(w)->embeds = bag_u32(e->props, tag_id(PidTagAttachMethod), 0) == ATTACH_EMBEDDED_MESSAGE;
	enter_part(w, "attachment", e->props, names);
	count_bag(w, e->props);
	return ecNone;
}

static status on_attachment_end(struct item_sink *s)
{
	struct walk *w = walk_of(s);

	if (looking(w))
		pop(w, 'A');
	return ecNone;
}

/* --- large values --- */

static bool large_counts(struct walk *w)
{
	return looking(w) && w->depth && !ignored(top(w), w->large.tag);
}

static status on_value_begin(struct item_sink *s, const struct prop *p)
{
	struct walk *w = walk_of(s);

	w->large = *p;
	w->large.size = 0;
	if (large_counts(w))
		prop_fingerprint_begin(&w->work, p, w->names, top(w)->codepage);
	return ecNone;
}

static status on_value_chunk(struct item_sink *s, struct bytes chunk)
{
	struct walk *w = walk_of(s);

	w->large.size += chunk.n;
	if (large_counts(w))
		prop_fingerprint_chunk(&w->work, chunk);
	return ecNone;
}

static status on_value_end(struct item_sink *s, bool complete)
{
	struct walk *w = walk_of(s);

	(void)complete; /* the bytes that came are what there is to compare */
	w->large.flags = PROP_LARGE;
	if (large_counts(w))
		count_prop(w, &w->large, prop_fingerprint_end(&w->work));
	return ecNone;
}

static status on_problem(struct item_sink *s, const struct item_problem *p)
{
	struct walk *w = walk_of(s);

	if (!w->options->wanted && p->kind != PROBLEM_FLAGGED)
		w->c->problems[w->side] += p->count ? p->count : 1;
	return ecNone;
}

static const struct item_sink_ops walk_ops = {
	.store_begin = on_store_begin,
	.folder_begin = on_folder_begin,
	.folder_end = on_folder_end,
	.message_begin = on_message_begin,
	.message_end = on_message_end,
	.recipient = on_recipient,
	.attachment_begin = on_attachment_begin,
	.attachment_end = on_attachment_end,
	.value_begin = on_value_begin,
	.value_chunk = on_value_chunk,
	.value_end = on_value_end,
	.problem = on_problem,
};

status compare_walk(struct comparison *c, unsigned side, struct item_source *source,
		    const struct walk_options *options, struct reason *why)
{
	struct walk *w = calloc(1, sizeof *w);
	status st;

	if (!w)
		return reason_set(why, ecMemory, "not enough memory");
	w->sink.ops = &walk_ops;
	w->c = c;
	w->side = side;
	w->options = options;
	buf_init(&w->key, (size_t)1 << 20);
	buf_init(&w->path, (size_t)1 << 20);
	buf_init(&w->part, (size_t)1 << 16);
	st = source->run(source, &w->sink, why);
	prop_fingerprint_free(&w->work);
	buf_free(&w->key);
	buf_free(&w->path);
	buf_free(&w->part);
	free(w);
	return st;
}

/* --- the comparison itself --- */

void comparison_init(struct comparison *c)
{
	memset(c, 0, sizeof *c);
	arena_init(&c->arena, (size_t)256 << 20);
	map_init(&c->folder_by_key, (size_t)1 << 20);
}

void comparison_free(struct comparison *c)
{
	for (unsigned side = 0; side < 2; side++) {
		free(c->items[side]);
		free(c->folder_order[side]);
	}
	free(c->folders);
	map_free(&c->folder_by_key);
	arena_free(&c->arena);
}
