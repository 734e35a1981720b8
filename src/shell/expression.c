#include "shell/expression.h"

#include <strings.h>

#include "base/utf16.h"
#include "shell/object.h"
#include "shell/wildcard.h"

/* Members ----------------------------------------------------------------------------------------------------- */

static status members_of_list(struct arena *a, const struct value_list *l, const char *name, struct value *out)
{
	struct value *items = arena_array(a, l->n, sizeof *items);
	size_t n = 0;

	if (!items)
		return ecMemory;
	for (size_t i = 0; i < l->n; i++) {
		const struct value *v = l->items[i].kind == VALUE_OBJECT ? object_get(l->items[i].object, name) : NULL;

		if (v)
			items[n++] = *v;
	}
	*out = n ? value_list(items, n) : value_null();
	return ecNone;
}

status value_member(struct arena *a, const struct value *v, const char *name, struct value *out)
{
	const struct value *found;

	*out = value_null();
	if (v->kind == VALUE_OBJECT) {
		found = object_get(v->object, name);
		if (found)
			*out = *found;
		return ecNone;
	}
	if (v->kind == VALUE_TEXT && strcasecmp(name, "Length") == 0)
		*out = value_integer((int64_t)utf8_length(v->text));
	if (v->kind != VALUE_LIST)
		return ecNone;
	if (strcasecmp(name, "Count") != 0 && strcasecmp(name, "Length") != 0)
		return members_of_list(a, &v->list, name, out);
	*out = value_integer((int64_t)v->list.n);
	return ecNone;
}

static status evaluate_path(const struct evaluation *ev, const struct expression *e, struct value *out)
{
	struct value v = *ev->item;

	for (size_t i = 0; i < e->path_n; i++) {
		struct value inner;
		status rc = value_member(ev->arena, &v, e->path[i], &inner);

		if (rc)
			return rc;
		v = inner;
	}
	*out = v;
	return ecNone;
}

/* Comparisons ------------------------------------------------------------------------------------------------- */

static bool ordered(enum comparison c, int order)
{
	switch (c) {
	case COMPARE_EQ:
		return order == 0;
	case COMPARE_NE:
		return order != 0;
	case COMPARE_GT:
		return order > 0;
	case COMPARE_GE:
		return order >= 0;
	case COMPARE_LT:
		return order < 0;
	default:
		return order <= 0;
	}
}

static bool is_pattern(enum comparison c)
{
	return c >= COMPARE_LIKE && c <= COMPARE_NOTMATCH;
}

static status compare_pattern(const struct evaluation *ev, const struct value *left, const struct expression *how,
			      const struct value *right, bool *holds)
{
	const char *text = value_string(ev->arena, left), *pattern = value_string(ev->arena, right);
	status rc;

	if (!text || !pattern)
		return ecMemory;
	if (how->compare == COMPARE_LIKE || how->compare == COMPARE_NOTLIKE) {
		*holds = wildcard_match(pattern, text, how->with_case) == (how->compare == COMPARE_LIKE);
		return ecNone;
	}
	rc = matcher_match(ev->matcher, pattern, text, how->with_case, holds, ev->why);
	if (!rc && how->compare == COMPARE_NOTMATCH)
		*holds = !*holds;
	return rc;
}

/* Is it in the list, or the value itself? */
static bool contains(const struct value *in, const struct value *what, bool with_case)
{
	if (in->kind != VALUE_LIST)
		return value_equal(in, what, with_case);
	for (size_t i = 0; i < in->list.n; i++)
		if (value_equal(&in->list.items[i], what, with_case))
			return true;
	return false;
}

static status compare_one(const struct evaluation *ev, const struct value *left, const struct expression *how,
			  const struct value *right, bool *holds)
{
	int order;

	if (is_pattern(how->compare))
		return compare_pattern(ev, left, how, right, holds);
	/* What has no order is different, and neither more nor less. */
	if (!value_compare(left, right, how->with_case, &order))
		*holds = how->compare == COMPARE_NE;
	else
		*holds = ordered(how->compare, order);
	return ecNone;
}

static status compare_list(const struct evaluation *ev, const struct value_list *left, const struct expression *how,
			   const struct value *right, struct value *out)
{
	struct value *items = arena_array(ev->arena, left->n, sizeof *items);
	size_t n = 0;

	if (!items)
		return ecMemory;
	for (size_t i = 0; i < left->n; i++) {
		bool holds;
		status rc = compare_one(ev, &left->items[i], how, right, &holds);

		if (rc)
			return rc;
		if (holds)
			items[n++] = left->items[i];
	}
	*out = value_list(items, n);
	return ecNone;
}

status expression_compare(const struct evaluation *ev, const struct value *left, const struct expression *how,
			  const struct value *right, struct value *out)
{
	bool holds;
	status rc;

	switch (how->compare) {
	case COMPARE_CONTAINS:
	case COMPARE_NOTCONTAINS:
		*out = value_bool(contains(left, right, how->with_case) == (how->compare == COMPARE_CONTAINS));
		return ecNone;
	case COMPARE_IN:
	case COMPARE_NOTIN:
		*out = value_bool(contains(right, left, how->with_case) == (how->compare == COMPARE_IN));
		return ecNone;
	default:
		break;
	}
	if (left->kind == VALUE_LIST)
		return compare_list(ev, &left->list, how, right, out);
	rc = compare_one(ev, left, how, right, &holds);
	if (!rc)
		*out = value_bool(holds);
	return rc;
}

/* Expressions ------------------------------------------------------------------------------------------------- */

static status evaluate_compare(const struct evaluation *ev, const struct expression *e, struct value *out)
{
	struct value left, right;
	status rc = expression_evaluate(ev, e->left, &left);

	if (!rc)
		rc = expression_evaluate(ev, e->right, &right);
	return rc ? rc : expression_compare(ev, &left, e, &right, out);
}

/* The right side is looked at only where it matters. */
static status evaluate_joint(const struct evaluation *ev, const struct expression *e, struct value *out)
{
	struct value v;
	status rc = expression_evaluate(ev, e->left, &v);
	bool left;

	if (rc)
		return rc;
	left = value_truth(&v);
	if (e->kind == EXPRESSION_NOT || (e->kind == EXPRESSION_AND && !left) || (e->kind == EXPRESSION_OR && left)) {
		*out = value_bool(e->kind == EXPRESSION_NOT ? !left : left);
		return ecNone;
	}
	rc = expression_evaluate(ev, e->right, &v);
	if (!rc)
		*out = value_bool(e->kind == EXPRESSION_XOR ? left != value_truth(&v) : value_truth(&v));
	return rc;
}

status expression_evaluate(const struct evaluation *ev, const struct expression *e, struct value *out)
{
	switch (e->kind) {
	case EXPRESSION_VALUE:
		*out = e->value;
		return ecNone;
	case EXPRESSION_PROPERTY:
		return evaluate_path(ev, e, out);
	case EXPRESSION_COMPARE:
		return evaluate_compare(ev, e, out);
	default:
		return evaluate_joint(ev, e, out);
	}
}
