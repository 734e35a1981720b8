#include "mapi/compare.h"

#include <stdlib.h>

#include "mapi/compare_walk.h"

/* Objects described in one further run over the stores, and the memory for one run's descriptions. */
#define BATCH 1024
#define BATCH_MEMORY ((size_t)64 << 20)

/* --- matching --- */

/* What two items must have in common, in the order of certainty. 0 in `a` and `b`: no match that way. */
struct match_key {
	uint64_t folder, a, b;
};

enum match_way {
	SAME_CONTENT,
	SAME_SEARCH_KEY,
	SAME_MESSAGE_ID,
	SAME_ID,
	MOVED_CONTENT,
	MOVED_SEARCH_KEY,
	MOVED_MESSAGE_ID,
	MATCH_WAYS
};

struct matching {
	const struct compared_item *items;
	enum match_way way;
};

static struct match_key match_key(const struct matching *m, uint32_t index)
{
	const struct compared_item *i = &m->items[index];

	switch (m->way) {
	case SAME_CONTENT:
		return (struct match_key){ i->folder, i->content.lo, i->content.hi };
	case SAME_SEARCH_KEY:
		return (struct match_key){ i->folder, i->search_key, 0 };
	case SAME_MESSAGE_ID:
		return (struct match_key){ i->folder, i->message_id, 0 };
	case SAME_ID:
		return (struct match_key){ i->folder, i->id, 0 };
	case MOVED_CONTENT:
		return (struct match_key){ 0, i->content.lo, i->content.hi };
	case MOVED_SEARCH_KEY:
		return (struct match_key){ 0, i->search_key, 0 };
	default:
		return (struct match_key){ 0, i->message_id, 0 };
	}
}

static int order_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int order_keys(struct match_key x, struct match_key y)
{
	int order = order_u64(x.folder, y.folder);

	if (!order)
		order = order_u64(x.a, y.a);
	return order ? order : order_u64(x.b, y.b);
}

static int by_key(const void *va, const void *vb, void *context)
{
	const uint32_t *a = va, *b = vb;
	int order = order_keys(match_key(context, *a), match_key(context, *b));

	return order ? order : order_u64(*a, *b);
}

/* The items that have no partner yet and could get one this way, sorted. */
static size_t left_over(const struct comparison *c, unsigned side, enum match_way way, uint32_t *out)
{
	struct matching m = { c->items[side], way };
	size_t n = 0;

	for (size_t i = 0; i < c->item_count[side]; i++) {
		struct match_key key = match_key(&m, (uint32_t)i);

		if (m.items[i].pair == COMPARE_NONE && (key.a || key.b))
			out[n++] = (uint32_t)i;
	}
	if (n)
		qsort_r(out, n, sizeof *out, by_key, &m);
	return n;
}

static void match_one_way(struct comparison *c, enum match_way way, uint32_t *const lists[2])
{
	const struct matching a = { c->items[0], way }, b = { c->items[1], way };
	size_t n = left_over(c, 0, way, lists[0]), m = left_over(c, 1, way, lists[1]);

	for (size_t i = 0, j = 0; i < n && j < m;) {
		uint32_t x = lists[0][i], y = lists[1][j];
		int order = order_keys(match_key(&a, x), match_key(&b, y));

		if (order == 0) {
			c->items[0][x].pair = y;
			c->items[1][y].pair = x;
		}
		i += order <= 0;
		j += order >= 0;
	}
}

static status match_items(struct comparison *c)
{
	uint32_t *lists[2] = { malloc((c->item_count[0] + 1) * sizeof **lists),
			       malloc((c->item_count[1] + 1) * sizeof **lists) };
	status st = lists[0] && lists[1] ? ecNone : ecMemory;

	for (unsigned way = 0; !st && way < MATCH_WAYS; way++)
		match_one_way(c, way, lists);
	free(lists[0]);
	free(lists[1]);
	return st;
}

/* --- counting --- */

static bool item_differs(const struct comparison *c, unsigned side, size_t index)
{
	const struct compared_item *i = &c->items[side][index], *other;

	if (i->pair == COMPARE_NONE)
		return true;
	other = &c->items[!side][i->pair];
	return i->folder != other->folder || !fingerprint_equal(i->content, other->content);
}

/* Folders every store has are not missed while they are empty; nor are search folders that one makes anew. */
static bool only_matters(const struct compared_folder *f, unsigned side)
{
	if (f->items || f->role == FOLDER_PLAIN)
		return true;
	return side == 0 && f->role == FOLDER_SEARCH;
}

static bool folder_differs(const struct compared_folder *f)
{
	if (f->path[0] && f->path[1])
		return !fingerprint_equal(f->content[0], f->content[1]);
	return only_matters(f, f->path[0] ? 0 : 1);
}

static void count(const struct comparison *c, struct compare_summary *s)
{
	for (unsigned side = 0; side < 2; side++) {
		s->folders[side] = c->order_count[side];
		s->items[side] = c->item_count[side];
		s->problems[side] = c->problems[side];
		for (size_t i = 0; i < c->item_count[side]; i++)
			s->only[side] += c->items[side][i].pair == COMPARE_NONE;
	}
	for (size_t i = 0; i < c->folder_count; i++) {
		const struct compared_folder *f = &c->folders[i];

		if (!folder_differs(f))
			continue;
		if (f->path[0] && f->path[1])
			s->folders_different++;
		else
			s->only_folders[f->path[0] ? 0 : 1]++;
	}
	for (size_t i = 0; i < c->item_count[0]; i++) {
		const struct compared_item *a = &c->items[0][i], *b;

		if (a->pair == COMPARE_NONE)
			continue;
		b = &c->items[1][a->pair];
		s->moved += a->folder != b->folder;
		s->equal += fingerprint_equal(a->content, b->content);
		s->different += !fingerprint_equal(a->content, b->content);
	}
	s->store_different = !fingerprint_equal(c->store[0], c->store[1]);
}

/* --- describing --- */

struct describing {
	struct comparison *c;
	const struct compare_options *options;
	uint64_t first, end; /* the objects described now, among all that differ */
	uint64_t met[2];     /* how many that differ were met on either side */
	unsigned side;
	struct arena arena, other; /* of the first store's records; of the second store's one record */
	struct map records;        /* of the first store, by object */
	struct record now;         /* of the second store */
	const char *path[2];       /* of the object that is being compared */
	struct compare_difference difference;
};

static uint64_t object_key(enum walk_object what, size_t index)
{
	return (uint64_t)what << 56 | index;
}

/* The object of the first store that goes with this one of the second. */
static bool partner(const struct comparison *c, enum walk_object what, size_t index, size_t *out)
{
	if (what == WALK_ITEM) {
		if (c->items[1][index].pair == COMPARE_NONE)
			return false;
		*out = c->items[1][index].pair;
		return true;
	}
	*out = index;
	return what == WALK_STORE || c->folders[index].path[0];
}

static bool object_differs(const struct describing *d, enum walk_object what, size_t index)
{
	const struct comparison *c = d->c;

	if (what == WALK_STORE)
		return !fingerprint_equal(c->store[0], c->store[1]);
	if (what == WALK_FOLDER)
		return folder_differs(&c->folders[index]);
	return item_differs(c, d->side, index);
}

static struct record *wanted_first(struct describing *d, enum walk_object what, size_t index)
{
	uint64_t number = d->met[0]++;
	struct record *r;

	if (number < d->first || number >= d->end)
		return NULL;
	r = arena_alloc(&d->arena, sizeof *r);
	if (!r || map_put_u64(&d->records, object_key(what, index), (uintptr_t)r))
		return NULL;
	record_init(r, &d->arena);
	return r;
}

static struct record *wanted_second(struct describing *d, enum walk_object what, size_t index)
{
	size_t first;
	bool paired = partner(d->c, what, index, &first);
	uint64_t number = paired ? 0 : d->met[0] + d->met[1]++;

	if (paired ? !map_get_u64(&d->records, object_key(what, first))
		   : number < d->first || number >= d->end)
		return NULL;
	arena_reset(&d->other);
	record_init(&d->now, &d->other);
	return &d->now;
}

static struct record *wanted(void *context, enum walk_object what, size_t index)
{
	struct describing *d = context;

	if (!object_differs(d, what, index))
		return NULL;
	return d->side == 0 ? wanted_first(d, what, index) : wanted_second(d, what, index);
}

/* Where the parts meet, in the form for people. */
static const char *part_text(struct arena *a, const char *part)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)1 << 20);
	const char *copy;

	for (; *part; part++) {
		if (*part == RECORD_WITHIN)
			buf_add_str(&text, " > ");
		else
			buf_add_u8(&text, (uint8_t)*part);
	}
	copy = arena_strdup(a, buf_cstr(&text));
	return copy ? copy : "";
}

static void report_line(void *context, const struct record_line *a, const struct record_line *b)
{
	struct describing *d = context;
	struct compare_difference out = d->difference;

	out.part = part_text(&d->other, a ? a->part : b->part);
	out.property = a ? a->property : b->property;
	out.value[0] = a ? a->value ? a->value : "there" : NULL;
	out.value[1] = b ? b->value ? b->value : "there" : NULL;
	d->options->found(d->options->context, &out);
}

static const char *item_path(const struct comparison *c, unsigned side, size_t index)
{
	return c->folders[c->items[side][index].folder].path[side];
}

static void start_difference(struct describing *d, enum walk_object what, size_t index,
			     const struct record *r)
{
	static const enum compare_kind kinds[] = { COMPARE_STORE, COMPARE_FOLDER, COMPARE_ITEM };
	struct compare_difference *out = &d->difference;

	*out = (struct compare_difference){ .kind = kinds[what], .path = "", .part = "" };
	out->folder = what == WALK_FOLDER;
	if (what == WALK_FOLDER)
		out->path = d->c->folders[index].path[d->side];
	if (what == WALK_ITEM) {
		out->path = item_path(d->c, d->side, index);
		out->item = r->item ? r->item : "";
	}
	out->id[d->side] = r->id;
}

static void report_only(struct describing *d, enum walk_object what, size_t index,
			const struct record *r)
{
	start_difference(d, what, index, r);
	d->difference.kind = COMPARE_ONLY_IN;
	d->difference.side = d->side;
	d->options->found(d->options->context, &d->difference);
}

static void report_pair(struct describing *d, enum walk_object what, size_t first, size_t second,
			struct record *a)
{
	struct record *b = &d->now;

	start_difference(d, what, second, b);
	d->difference.id[0] = a->id;
	if (what == WALK_ITEM) {
		d->difference.path = item_path(d->c, 0, first);
		d->difference.other = item_path(d->c, 1, second);
		if (d->c->items[0][first].folder != d->c->items[1][second].folder) {
			d->difference.kind = COMPARE_MOVED;
			d->options->found(d->options->context, &d->difference);
			d->difference.kind = COMPARE_ITEM;
		}
	}
	if (a->cut || b->cut) {
		d->difference.part = "it is too large to say what differs";
		d->options->found(d->options->context, &d->difference);
		return;
	}
	record_compare(a, b, report_line, d);
}

static void described(void *context, enum walk_object what, size_t index, struct record *r)
{
	struct describing *d = context;
	size_t first;
	const uint64_t *at;

	if (d->side == 0) {
		bool paired = what == WALK_STORE ||
			      (what == WALK_FOLDER ? d->c->folders[index].path[1] != NULL
						   : d->c->items[0][index].pair != COMPARE_NONE);

		if (!paired)
			report_only(d, what, index, r);
		return;
	}
	if (!partner(d->c, what, index, &first)) {
		report_only(d, what, index, r);
		return;
	}
	at = map_get_u64(&d->records, object_key(what, first));
	if (at)
		report_pair(d, what, first, index, (struct record *)(uintptr_t)*at);
}

/* --- the runs --- */

struct ticking {
	const struct compare_options *options;
	unsigned pass, side;
	struct describing *describing;
};

static struct record *tick_wanted(void *context, enum walk_object what, size_t index)
{
	return wanted(((struct ticking *)context)->describing, what, index);
}

static void tick_described(void *context, enum walk_object what, size_t index, struct record *r)
{
	described(((struct ticking *)context)->describing, what, index, r);
}

static void tick(void *context)
{
	const struct ticking *t = context;

	if (t->options->progress)
		t->options->progress(t->options->context, t->pass, t->side);
}

static status run(struct comparison *c, struct item_source *source, struct ticking *t,
		  struct reason *why)
{
	struct walk_options o = { .progress = tick, .context = t };

	if (t->describing) {
		o.wanted = tick_wanted;
		o.described = tick_described;
		t->describing->side = t->side;
	}
	return compare_walk(c, t->side, source, &o, why);
}

static status describe_batch(struct describing *d, struct item_source *const sources[2],
			     struct ticking *t, struct reason *why)
{
	status st = ecNone;

	arena_init(&d->arena, BATCH_MEMORY);
	arena_init(&d->other, BATCH_MEMORY);
	map_init(&d->records, BATCH);
	d->met[0] = d->met[1] = 0;
	for (t->side = 0; !st && t->side < 2; t->side++)
		st = run(d->c, sources[t->side], t, why);
	map_free(&d->records);
	arena_free(&d->arena);
	arena_free(&d->other);
	return st;
}

static status describe(struct comparison *c, struct item_source *const sources[2],
		       const struct compare_options *options, struct reason *why)
{
	struct describing d = { .c = c, .options = options };
	struct ticking t = { .options = options, .describing = &d };
	uint64_t most = options->most ? options->most : UINT64_MAX;
	status st = ecNone;

	for (t.pass = 2; !st && d.first < most; t.pass++) {
		d.end = d.first + BATCH < most ? d.first + BATCH : most;
		st = describe_batch(&d, sources, &t, why);
		if (d.met[0] + d.met[1] <= d.end)
			break;
		d.first = d.end;
	}
	return st;
}

bool compare_same(const struct compare_summary *s)
{
	return !s->different && !s->moved && !s->only[0] && !s->only[1] && !s->only_folders[0] &&
	       !s->only_folders[1] && !s->folders_different && !s->store_different;
}

static status compare(struct comparison *c, struct item_source *const sources[2],
		      const struct compare_options *options, struct compare_summary *s,
		      struct reason *why)
{
	struct ticking t = { .options = options, .pass = 1 };
	status st = ecNone;

	for (t.side = 0; !st && t.side < 2; t.side++)
		st = run(c, sources[t.side], &t, why);
	if (!st)
		st = match_items(c);
	if (st)
		return st;
	count(c, s);
	return options->found && !compare_same(s) ? describe(c, sources, options, why) : ecNone;
}

status compare_stores(struct item_source *const sources[static 2],
		      const struct compare_options *options, struct compare_summary *summary,
		      struct reason *why)
{
	struct compare_summary s = { 0 };
	struct comparison c;
	status st;

	comparison_init(&c);
	for (unsigned side = 0; side < 2; side++)
		compare_ids_learn(&c.ids, side, sources[side]);
	st = compare(&c, sources, options, &s, why);
	comparison_free(&c);
	if (!st)
		*summary = s;
	return st;
}
