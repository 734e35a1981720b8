/* A restriction against a row. */
#include "store/restrict_private.h"

#include "store/restrict_text.h"

/* Of one folded text: all that a property may hold. */
#define FOLDED_MAX ((size_t)1 << 30)

static bool holds(uint8_t relop, int order)
{
	switch (relop) {
	case RELOP_LT:
		return order < 0;
	case RELOP_LE:
		return order <= 0;
	case RELOP_GT:
		return order > 0;
	case RELOP_GE:
		return order >= 0;
	case RELOP_EQ:
		return order == 0;
	default:
		return order != 0;
	}
}

/* In RES_SUB the row is an object of the row. */
static status bag_prop(struct restrict_row *row, uint32_t tag, bool whole, const struct prop **out)
{
	const struct restrict_bag_row *b = (const struct restrict_bag_row *)row;

	*out = bag_find(b->bag, tag_id(tag));
	if (*out && whole && (*out)->flags & PROP_LARGE)
		*out = NULL;
	return ecNone;
}

struct restrict_bag_row restrict_bag(const struct bag *bag, unsigned codepage)
{
	return (struct restrict_bag_row){ .row = { .prop = bag_prop, .codepage = codepage }, .bag = bag };
}

/* What is there and no error in a column. */
static status find(struct restrict_row *row, uint32_t tag, bool whole, const struct prop **out)
{
	status s = row->prop(row, tag, whole, out);

	if (!s && *out && prop_type(*out) == PT_ERROR && tag_type(tag) != PT_ERROR)
		*out = NULL;
	return s;
}

static bool text_holds(const struct restrict_node *n, const struct element *e, unsigned codepage)
{
	CLEANUP_BUF struct buf folded = BUF_MAX(FOLDED_MAX);

	text_fold_value(e->type, e->value, codepage, n->folding, &folded);
	if (folded.failed)
		return false;
	struct bytes has = buf_bytes(&folded), wants = n->folded;
	if (has.n < wants.n || (n->fuzzy_low == FUZZY_FULL_STRING && has.n != wants.n))
		return false;
	if (!wants.n)
		return true;
	return n->fuzzy_low == FUZZY_SUBSTRING ? memmem(has.p, has.n, wants.p, wants.n) != NULL : memcmp(has.p, wants.p, wants.n) == 0;
}

static bool bytes_hold(const struct restrict_node *n, struct bytes has)
{
	struct bytes wants = n->folded;

	if (has.n < wants.n || (n->fuzzy_low == FUZZY_FULL_STRING && has.n != wants.n))
		return false;
	if (!wants.n)
		return true;
	return n->fuzzy_low == FUZZY_SUBSTRING ? memmem(has.p, has.n, wants.p, wants.n) != NULL : memcmp(has.p, wants.p, wants.n) == 0;
}

static status match_content(const struct restrict_node *n, struct restrict_row *row, bool *out)
{
	const struct prop *p = NULL;
	status s = find(row, n->tag, true, &p);
	enum value_kind wanted = restrict_kind(prop_type(n->value));

	if (s || !p || restrict_kind(prop_type(p)) != wanted)
		return s;
	for (uint32_t i = 0; !*out && i < restrict_count(p); i++) {
		struct element e = restrict_element(p, i);

		*out = wanted == VALUE_TEXT ? text_holds(n, &e, row->codepage) : bytes_hold(n, e.value);
	}
	return ecNone;
}

/* The operand's key is made already. */
static bool text_compares(const struct restrict_node *n, const struct element *e, unsigned codepage, int *order)
{
	CLEANUP_BUF struct buf key = BUF_MAX(FOLDED_MAX);

	if (restrict_kind(e->type) != VALUE_TEXT)
		return false;
	text_sort_key(e->type, e->value, codepage, &key);
	*order = restrict_order(buf_bytes(&key), n->folded);
	return !key.failed;
}

static status match_property(const struct restrict_node *n, struct restrict_row *row, bool *out)
{
	const struct prop *p = NULL;
	status s = find(row, n->tag, true, &p);
	bool many = prop_type(n->value) & MV_FLAG;
	int order = 0;

	if (s || !p || restrict_kind(prop_type(p)) == VALUE_NONE) {
		*out = !s && n->relop == RELOP_NE;
		return s;
	}
	if (many) {
		*out = restrict_compare(p, n->value, row->codepage, &order) && holds(n->relop, order);
		return ecNone;
	}
	struct element wanted = restrict_element(n->value, 0);
	for (uint32_t i = 0; !*out && i < restrict_count(p); i++) {
		struct element e = restrict_element(p, i);

		*out = (n->folded.p ? text_compares(n, &e, row->codepage, &order) :
				      restrict_compare_elements(&e, &wanted, row->codepage, &order)) &&
		       holds(n->relop, order);
	}
	return ecNone;
}

static status match_compare(const struct restrict_node *n, struct restrict_row *row, bool *out)
{
	const struct prop *a = NULL, *b = NULL;
	status s = find(row, n->tag, true, &a);
	int order = 0;

	if (!s)
		s = find(row, n->tag2, true, &b);
	if (s)
		return s;
	if (!a || !b)
		*out = n->relop == RELOP_NE && a != b;
	else
		*out = restrict_compare(a, b, row->codepage, &order) && holds(n->relop, order);
	return ecNone;
}

static status match_bitmask(const struct restrict_node *n, struct restrict_row *row, bool *out)
{
	const struct prop *p = NULL;
	status s = find(row, n->tag, true, &p);

	if (!s && p && prop_type(p) == PT_LONG && p->value.n == 4)
		*out = ((le32(p->value.p) & n->number) != 0) == (n->relop == BITMAP_NEZ);
	return s;
}

static uint64_t size_of(const struct prop *p)
{
	uint64_t size = 0;

	if (!prop_is_list(p->tag) || p->flags & PROP_LARGE)
		return p->flags & PROP_LARGE ? p->size : p->value.n;
	for (uint32_t i = 0; i < p->count; i++)
		size += p->values[i].n;
	return size;
}

static status match_size(const struct restrict_node *n, struct restrict_row *row, bool *out)
{
	const struct prop *p = NULL;
	status s = find(row, n->tag, false, &p);

	if (!s && p)
		*out = holds(n->relop, size_of(p) < n->number ? -1 : size_of(p) > n->number);
	return s;
}

static status match_exist(const struct restrict_node *n, struct restrict_row *row, bool *out)
{
	const struct prop *p = NULL;
	status s = find(row, n->tag, false, &p);

	*out = !s && p;
	return s;
}

static status match_list(struct restrict_node *n, struct restrict_row *row, bool *out)
{
	bool all = n->kind == RES_AND;
	status s = ecNone;

	*out = all;
	for (size_t i = 0; !s && *out == all && i < n->n; i++)
		s = restrict_matches(&n->child[i], row, out);
	return s;
}

static status match_sub(struct restrict_node *n, struct restrict_row *row, bool *out)
{
	const struct bag *object = NULL;
	status s = ecNone;

	for (size_t i = 0; row->object && !s && !*out; i++) {
		s = row->object(row, n->tag, i, &object);
		if (s || !object)
			break;
		struct restrict_bag_row inner = restrict_bag(object, row->codepage);
		s = restrict_matches(n->child, &inner.row, out);
	}
	return s;
}

static status match_count(struct restrict_node *n, struct restrict_row *row, bool *out)
{
	status s = n->left ? restrict_matches(n->child, row, out) : ecNone;

	*out = !s && *out && n->left;
	n->left -= *out;
	return s;
}

/* The depth was bounded when it was compiled. */
static status match(struct restrict_node *n, struct restrict_row *row, bool *out)
{
	status s;

	switch (n->kind) {
	case RES_AND:
	case RES_OR:
		return match_list(n, row, out);
	case RES_NOT:
		s = restrict_matches(n->child, row, out);
		*out = !s && !*out;
		return s;
	case RES_CONTENT:
		return match_content(n, row, out);
	case RES_PROPERTY:
		return match_property(n, row, out);
	case RES_COMPARE:
		return match_compare(n, row, out);
	case RES_BITMASK:
		return match_bitmask(n, row, out);
	case RES_SIZE:
		return match_size(n, row, out);
	case RES_EXIST:
		return match_exist(n, row, out);
	case RES_SUB:
		return match_sub(n, row, out);
	case RES_COMMENT:
		*out = true;
		return n->n ? restrict_matches(n->child, row, out) : ecNone;
	default:
		return match_count(n, row, out);
	}
}

status restrict_matches(struct restrict_node *n, struct restrict_row *row, bool *out)
{
	bool found = false;
	status s = n ? match(n, row, &found) : ecNone;

	if (!s)
		*out = n ? found : true;
	return s;
}
