/*
 * How a search is carried out.  What must hold of every message that is found is split: words go to the index of words, conditions
 * and folders to SQL, and times narrow the part of the index that is read; what neither can decide for certain is asked of single messages.
 */
#include "store/search_private.h"
#include "store/table_private.h"

#include <inttypes.h>
#include <strings.h>

/* More folders than these are not put into a query. */
#define FOLDERS_MOST 256u

status search_said(struct search_plan *p, status s)
{
	return s ? reason_set(p->why, s, "%s", mailbox_failure(p->m)) : ecNone;
}

static status no_memory(struct search_plan *p)
{
	return reason_set(p->why, ecMemory, "out of memory");
}

/* Words ------------------------------------------------------------------------------------------------------------------------ */

/* What words say about a node. */
struct verdict {
	const struct fulltext_node *node; /* NULL: nothing */
	bool negative;                    /* it holds where these are not found; then `whole` is true */
	bool whole;                       /* it holds wherever they are found; else not elsewhere */
};

struct word_list {
	const struct fulltext_node **positive, **negative;
	size_t n_positive, n_negative;
	bool open, part;
};

static const struct fulltext_node *joined(struct search_plan *p, enum fulltext_kind kind, const struct fulltext_node **nodes, size_t n)
{
	struct fulltext_node *out = n == 1 ? NULL : arena_zalloc(p->arena, sizeof *out);

	if (n == 1)
		return nodes[0];
	if (out)
		*out = (struct fulltext_node){ .kind = kind, .nodes = nodes, .n = n };
	return out;
}

static bool word_list_init(struct search_plan *p, size_t n, struct word_list *l)
{
	*l = (struct word_list){ .positive = arena_array(p->arena, n + 1, sizeof(const struct fulltext_node *)),
				 .negative = arena_array(p->arena, n + 1, sizeof(const struct fulltext_node *)) };
	return l->positive && l->negative;
}

static void word_list_add(struct word_list *l, const struct verdict *v)
{
	l->open = l->open || !v->node;
	l->part = l->part || !v->node || !v->whole;
	if (v->node && v->negative)
		l->negative[l->n_negative++] = v->node;
	else if (v->node)
		l->positive[l->n_positive++] = v->node;
}

/* Those that have all of the positive ones and none of the negative ones. */
static status all_of(struct search_plan *p, struct word_list *l, struct verdict *out)
{
	const struct fulltext_node **but;

	*out = (struct verdict){ .whole = !l->part };
	if (!l->n_positive && l->n_negative && !l->open) {
		*out = (struct verdict){ .negative = true, .whole = true, .node = joined(p, FULLTEXT_OR, l->negative, l->n_negative) };
		return out->node ? ecNone : no_memory(p);
	}
	if (!l->n_positive)
		return ecNone;
	out->node = joined(p, FULLTEXT_AND, l->positive, l->n_positive);
	if (out->node && l->n_negative) {
		but = arena_array(p->arena, l->n_negative + 1, sizeof(const struct fulltext_node *));
		if (!but)
			return no_memory(p);
		but[0] = out->node;
		memcpy(but + 1, l->negative, l->n_negative * sizeof *but);
		out->node = joined(p, FULLTEXT_BUT, but, l->n_negative + 1);
	}
	return out->node ? ecNone : no_memory(p);
}

static status any_of(struct search_plan *p, struct word_list *l, struct verdict *out)
{
	bool negative = l->n_negative != 0;

	*out = (struct verdict){ .negative = negative, .whole = !l->part };
	if (l->open || (negative && l->n_positive) || (!negative && !l->n_positive))
		return ecNone;
	out->node = negative ? joined(p, FULLTEXT_AND, l->negative, l->n_negative) : joined(p, FULLTEXT_OR, l->positive, l->n_positive);
	return out->node ? ecNone : no_memory(p);
}

static status judge(struct search_plan *p, const struct search_node *n, struct verdict *out)
{
	struct word_list l;
	status s = ecNone;

	*out = (struct verdict){ .node = NULL };
	if (n->kind == SEARCH_TEXT) {
		*out = (struct verdict){ .node = &n->text, .whole = true };
		return ecNone;
	}
	if (n->kind == SEARCH_NOT) {
		s = judge(p, n->of[0], out);
		out->negative = !out->negative;
		if (!out->whole)
			*out = (struct verdict){ .node = NULL };
		return s;
	}
	if (n->kind != SEARCH_ALL_OF && n->kind != SEARCH_ANY_OF)
		return ecNone;
	if (!word_list_init(p, n->n, &l))
		return no_memory(p);
	for (size_t i = 0; !s && i < n->n; i++) {
		struct verdict v;

		s = judge(p, n->of[i], &v);
		if (!s)
			word_list_add(&l, &v);
	}
	return s ? s : n->kind == SEARCH_ALL_OF ? all_of(p, &l, out) : any_of(p, &l, out);
}

/* Steps ------------------------------------------------------------------------------------------------------------------------ */

/* By its path; else the first one of that name, wherever it is. */
static status find_folder(struct search_plan *p, const char *name, uint64_t *id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	uint64_t at = 0;
	struct folder f;
	status s = folder_by_path(p->m, name, id);

	if (s != ecNotFound)
		return search_said(p, s);
	while (!(s = folder_next(p->m, at, &at)) && at) {
		arena_reset(&arena);
		s = folder_get(p->m, at, &arena, &f);
		if (s)
			break;
		if (strcasecmp(f.name, name) == 0) {
			*id = at;
			return ecNone;
		}
	}
	return s ? search_said(p, s) : reason_set(p->why, ecNotFound, "there is no folder \"%.80s\"", name);
}

static status prepare(struct search_plan *p, const struct search_node *n, struct search_step *out)
{
	struct verdict v;
	uint64_t folder = 0;
	status s = judge(p, n, &v);

	*out = (struct search_step){ .kind = n->kind };
	if (s)
		return s;
	if (v.node && v.whole && !v.negative) {
		out->words = v.node;
		return ecNone;
	}
	if (n->kind == SEARCH_CONDITION)
		return restrict_compile(n->condition, 1252, p->arena, &out->condition, p->why);
	if (n->kind == SEARCH_FOLDER) {
		s = find_folder(p, n->folder, &folder);
		return s ? s : search_said(p, folder_set_of(p->m, &folder, 1, true, p->arena, &out->folders));
	}
	out->of = arena_array(p->arena, n->n ? n->n : 1, sizeof *out->of);
	if (!out->of)
		return no_memory(p);
	out->n = n->n;
	for (size_t i = 0; !s && i < n->n; i++)
		s = prepare(p, n->of[i], &out->of[i]);
	return s;
}

/* SQL -------------------------------------------------------------------------------------------------------------------------- */

/* What only we can decide is of no kind that SQL knows. */
#define NOT_FOR_SQL 0xFF

static bool for_sql(struct search_plan *p, const struct search_step *s, struct restrict_node *out)
{
	static const uint8_t kinds[] = { RES_AND, RES_OR, RES_NOT };

	*out = (struct restrict_node){ .kind = NOT_FOR_SQL };
	if (s->condition) {
		*out = *s->condition;
		return true;
	}
	if (s->words || s->kind > SEARCH_NOT)
		return true;
	*out = (struct restrict_node){ .kind = kinds[s->kind], .n = s->n };
	out->child = arena_array(p->arena, s->n ? s->n : 1, sizeof *out->child);
	for (size_t i = 0; out->child && i < s->n; i++)
		if (!for_sql(p, &s->of[i], &out->child[i]))
			return false;
	return out->child != NULL;
}

static bool is_complete(const struct search_plan *p, const struct restrict_node *n, unsigned first)
{
	struct restrict_sql sql;

	restrict_sql(n, message_restrict_columns(p->m), first, &sql);
	bool complete = sql.complete;
	restrict_sql_free(&sql);
	return complete;
}

/* Those that SQL decides stand first, so that there is room for them. */
static status conditions(struct search_plan *p, const struct search_step *steps, size_t n, bool *done)
{
	struct restrict_node *v = arena_array(p->arena, 2 * n + 1, sizeof *v), *rest, all = { .kind = RES_AND, .child = v };
	unsigned first = p->with_words ? 2 : 1;
	size_t n_rest = 0;

	if (!v)
		return no_memory(p);
	rest = v + n;
	for (size_t i = 0; i < n; i++) {
		struct restrict_node one;

		if (!for_sql(p, &steps[i], &one))
			return no_memory(p);
		bool complete = !done[i] && is_complete(p, &one, first);
		if (complete)
			v[all.n++] = one;
		else
			rest[n_rest++] = one;
		done[i] = done[i] || complete;
	}
	if (!is_complete(p, &all, first))
		for (size_t i = 0; i < n; i++)
			done[i] = done[i] && !steps[i].condition && !steps[i].n;
	memmove(v + all.n, rest, n_rest * sizeof *v);
	all.n += n_rest;
	restrict_sql_free(&p->sql);
	restrict_sql(n ? &all : NULL, message_restrict_columns(p->m), first, &p->sql);
	return ecNone;
}

static void folders(struct search_plan *p, const struct folder_set *f)
{
	buf_add_str(&p->folders, " AND m.folder IN (");
	for (size_t i = 0; i < f->n; i++)
		buf_printf(&p->folders, i ? ", %" PRIu64 : "%" PRIu64, f->v[i]);
	buf_add_str(&p->folders, ")");
	p->nothing = p->nothing || !f->n;
}

/* Times ------------------------------------------------------------------------------------------------------------------------ */

static void narrow(struct search_plan *p, const struct restrict_node *n)
{
	uint64_t step;

	if (n->kind == RES_AND)
		for (size_t i = 0; i < n->n; i++)
			narrow(p, &n->child[i]);
	if (n->kind != RES_PROPERTY || n->tag != PidTagMessageDeliveryTime || prop_type(n->value) != PT_SYSTIME || n->value->value.n != 8)
		return;
	step = fulltext_step(le64(n->value->value.p));
	if ((n->relop == RELOP_GE || n->relop == RELOP_GT || n->relop == RELOP_EQ) && p->from < step << FULLTEXT_STEP_BITS)
		p->from = step << FULLTEXT_STEP_BITS;
	if ((n->relop == RELOP_LE || n->relop == RELOP_LT || n->relop == RELOP_EQ) && p->below > (step + 1) << FULLTEXT_STEP_BITS)
		p->below = (step + 1) << FULLTEXT_STEP_BITS;
}

/* Together --------------------------------------------------------------------------------------------------------------------- */

struct making {
	const struct search_node *const *nodes;
	size_t n_nodes;
	struct search_step *steps; /* of these; and one of the folder in the options */
	size_t n;
	bool *done; /* nothing is to be asked of messages any more */
};

static status make_words(struct search_plan *p, struct making *k)
{
	struct verdict all, v;
	struct word_list l;
	status s = ecNone;

	if (!word_list_init(p, k->n_nodes, &l))
		return no_memory(p);
	for (size_t i = 0; !s && i < k->n_nodes; i++) {
		s = judge(p, k->nodes[i], &v);
		word_list_add(&l, &v);
		k->done[i] = v.node && v.whole;
	}
	if (!s)
		s = all_of(p, &l, &all);
	if (s)
		return s;
	if (all.node && !all.negative) {
		p->with_words = true;
		s = fulltext_say(p->m, all.node, p->arena, &p->words, p->why);
		p->nothing = !s && !p->words;
		return s;
	}
	for (size_t i = 0; i < k->n_nodes; i++)
		k->done[i] = false;
	return ecNone;
}

static status make_steps(struct search_plan *p, struct making *k, const struct search_options *o)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < k->n_nodes; i++)
		s = prepare(p, k->nodes[i], &k->steps[i]);
	k->n = k->n_nodes;
	if (!s && o->folder) {
		struct search_step *within = &k->steps[k->n++];

		*within = (struct search_step){ .kind = SEARCH_FOLDER };
		s = search_said(p, folder_set_of(p->m, &o->folder, 1, true, p->arena, &within->folders));
	}
	for (size_t i = 0; !s && i < k->n; i++) {
		const struct search_step *one = &k->steps[i];

		if (one->kind == SEARCH_FOLDER && one->folders.n <= FOLDERS_MOST) {
			folders(p, &one->folders);
			k->done[i] = true;
		}
		if (one->condition)
			narrow(p, one->condition);
	}
	return s;
}

status search_plan_make(struct search_plan *p, const struct search_node *what, const struct search_options *o)
{
	const struct search_node *const *top = what->kind == SEARCH_ALL_OF ? (const struct search_node *const *)what->of : &what;
	struct making k = { .nodes = top, .n_nodes = what->kind == SEARCH_ALL_OF ? what->n : 1 };
	status s;

	buf_init(&p->folders, (size_t)64 << 10);
	restrict_sql(NULL, message_restrict_columns(p->m), 1, &p->sql);
	p->below = FULLTEXT_STEPS << FULLTEXT_STEP_BITS;
	if (o->after)
		p->below = (fulltext_step(o->after->received) + 1) << FULLTEXT_STEP_BITS;
	k.steps = arena_array(p->arena, k.n_nodes + 1, sizeof *k.steps);
	k.done = arena_array(p->arena, k.n_nodes + 1, sizeof *k.done);
	p->rest = arena_array(p->arena, k.n_nodes + 1, sizeof(struct search_step *));
	if (!k.steps || !k.done || !p->rest)
		return no_memory(p);
	memset(k.done, 0, (k.n_nodes + 1) * sizeof *k.done);
	s = make_words(p, &k);
	if (!s)
		s = make_steps(p, &k, o);
	if (!s)
		s = conditions(p, k.steps, k.n, k.done);
	for (size_t i = 0; !s && i < k.n; i++)
		if (!k.done[i])
			p->rest[p->n_rest++] = &k.steps[i];
	if (!s && (p->sql.text.failed || p->folders.failed))
		s = no_memory(p);
	return s;
}

void search_plan_free(struct search_plan *p)
{
	restrict_sql_free(&p->sql);
	buf_free(&p->folders);
}
