/*
 * Restrictions put to use: bytes that decode as one, or one made up from the bytes as a seed, are made ready and asked of
 * rows whose values are made up too.  What is asked twice is answered alike, a negation is the opposite, and keys sort as
 * values compare.
 */
#include <stdlib.h>

#include "store/restrict.h"
#include "store/restrict_sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BUDGET ((size_t)16 << 20)

static void check(bool good)
{
	if (!good)
		abort();
}

static const struct restrict_column columns[] = {
	{ PidTagImportance, COLUMN_NUMBER, "i" },
	{ PidTagMessageDeliveryTime, COLUMN_TIME, "t" },
	{ PidTagFlagStatus, COLUMN_OPTIONAL, "f" },
	{ PidTagSearchKey, COLUMN_BYTES, "k" },
	{ 0, COLUMN_NUMBER, NULL },
};

static const struct bag *object_bag;

static status object(struct restrict_row *row, uint32_t subobject, size_t i, const struct bag **out)
{
	(void)row;
	(void)subobject;
	*out = i < 2 ? object_bag : NULL;
	return ecNone;
}

/* Values of the tags that the restriction asks for, so that it has something to look at. */
static void fill(struct wire_random *random, const struct restrict_node *n, struct bag *bag)
{
	struct tagged_value v;

	if (n->tag && !bag_find(bag, tag_id(n->tag)) && wire_random_fill(random, &tagged_value_wire, &v)) {
		v.prop.tag = tag_make(tag_id(n->tag), tag_type(v.prop.tag));
		(void)!bag_append(bag, n->value && wire_random_below(random, 2) ? n->value : &v.prop);
		bag->v[bag->n - 1].tag = tag_make(tag_id(n->tag), tag_type(bag->v[bag->n - 1].tag));
	}
	for (size_t i = 0; i < n->n; i++)
		fill(random, &n->child[i], bag);
}

static void keys(const struct prop *a, const struct prop *b)
{
	CLEANUP_BUF struct buf x = BUF_MAX(BUDGET), y = BUF_MAX(BUDGET);
	int order = 0;

	/* In a table an error sorts as no value at all. */
	if (tag_type(a->tag) != tag_type(b->tag) || tag_type(a->tag) & MV_FLAG || tag_type(a->tag) == PT_ERROR ||
	    !restrict_compare(a, b, 1252, &order))
		return;
	restrict_sort_key(a, 1252, false, 1 << 20, &x);
	restrict_sort_key(b, 1252, false, 1 << 20, &y);
	check(!x.failed && !y.failed);
	int by_key = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
	check((by_key > 0) - (by_key < 0) == (order > 0) - (order < 0));
}

static bool counts(const struct restrict_node *n)
{
	bool found = n->kind == RES_COUNT;

	for (size_t i = 0; !found && i < n->n; i++)
		found = counts(&n->child[i]);
	return found;
}

static void ask(struct restrict_node *n, const struct bag *bag)
{
	struct restrict_node not = { .kind = RES_NOT, .child = n, .n = 1 };
	struct restrict_bag_row row = restrict_bag(bag, 1252);
	bool first = false, second = false, opposite = false;

	row.row.object = object;
	check(!restrict_matches(n, &row.row, &first));
	restrict_restart(n);
	check(!restrict_matches(n, &row.row, &second));
	check(first == second);
	restrict_restart(n);
	check(!restrict_matches(&not, &row.row, &opposite));
	check(first != opposite);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BUDGET);
	struct restriction r;
	struct restrict_node *n = NULL;
	struct restrict_sql sql;
	struct wire_random random;
	struct bag bag;
	uint64_t seed = 0;

	if (size < 8)
		return 0;
	memcpy(&seed, data, 8);
	wire_random_init(&random, seed, &arena);
	if (data[0] & 1 ? restriction_decode(bytes_of(data + 8, size - 8), WIRE_COUNTS_16, &arena, &r, NULL) != 0 :
			  !wire_random_fill(&random, &restriction_wire, &r))
		return 0;
	if (restrict_compile(&r, 1252, &arena, &n, NULL))
		return 0;
	bag_init(&bag, &arena);
	fill(&random, n, &bag);
	object_bag = &bag;
	ask(n, &bag);
	for (size_t i = 0; i + 1 < bag.n; i++)
		keys(&bag.v[i], &bag.v[i + 1]);
	restrict_sql(n, columns, 3, &sql);
	check(!sql.complete || !counts(n));
	restrict_sql_free(&sql);
	return 0;
}
