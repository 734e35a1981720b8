#include "shell/value.h"

#include <inttypes.h>
#include <strings.h>

#include "base/buf.h"
#include "base/filetime.h"
#include "shell/object.h"

#define STRING_MAX ((size_t)1 << 20)

bool value_truth(const struct value *v)
{
	switch (v->kind) {
	case VALUE_NULL:
		return false;
	case VALUE_BOOL:
		return v->boolean;
	case VALUE_INTEGER:
		return v->integer != 0;
	case VALUE_REAL:
		return v->real < 0 || v->real > 0;
	case VALUE_TEXT:
		return *v->text != '\0';
	case VALUE_LIST:
		return v->list.n > 1 || (v->list.n == 1 && v->list.items[0].kind != VALUE_LIST && value_truth(v->list.items));
	default:
		return true;
	}
}

const char *value_kind_name(enum value_kind kind)
{
	static const char *const names[] = { "Null", "Boolean", "Integer", "Real", "Text", "DateTime", "Size", "Guid", "List", "Object",
					     "SecureString" };

	return names[kind];
}

/* Text -------------------------------------------------------------------------------------------------------- */

static void print_at(const struct value *v, unsigned depth, struct buf *out);

static void print_list(const struct value_list *l, unsigned depth, struct buf *out)
{
	buf_add_u8(out, '{');
	for (size_t i = 0; i < l->n && !out->failed; i++) {
		if (i)
			buf_add_str(out, ", ");
		print_at(&l->items[i], depth + 1, out);
	}
	buf_add_u8(out, '}');
}

static void print_object(const struct object *o, unsigned depth, struct buf *out)
{
	const struct value *label = object_label(o);

	if (label) {
		print_at(label, depth + 1, out);
		return;
	}
	buf_add_str(out, "@{");
	for (size_t i = 0; i < o->n && !out->failed; i++) {
		buf_printf(out, "%s%s=", i ? "; " : "", o->properties[i].name);
		print_at(&o->properties[i].value, depth + 1, out);
	}
	buf_add_u8(out, '}');
}

static void print_time(uint64_t filetime, struct buf *out)
{
	char text[FILETIME_TEXT_SIZE];

	filetime_format(filetime, text);
	buf_add_str(out, text);
}

static void print_guid(const struct guid *g, struct buf *out)
{
	char text[GUID_TEXT_SIZE];

	guid_format(g, text);
	buf_add_str(out, text);
}

static void print_at(const struct value *v, unsigned depth, struct buf *out)
{
	if (depth > VALUE_DEPTH_MAX) {
		buf_add_str(out, "...");
		return;
	}
	switch (v->kind) {
	case VALUE_NULL:
		return;
	case VALUE_BOOL:
		buf_add_str(out, v->boolean ? "True" : "False");
		return;
	case VALUE_INTEGER:
		buf_printf(out, "%" PRId64, v->integer);
		return;
	case VALUE_REAL:
		buf_printf(out, "%.15g", v->real);
		return;
	case VALUE_TEXT:
		buf_add_str(out, v->text);
		return;
	case VALUE_TIME:
		print_time(v->time, out);
		return;
	case VALUE_SIZE:
		size_to_text(v->size < SIZE_UNLIMITED ? (int64_t)v->size : QUANTITY_UNLIMITED, out);
		return;
	case VALUE_GUID:
		print_guid(&v->guid, out);
		return;
	case VALUE_LIST:
		print_list(&v->list, depth, out);
		return;
	case VALUE_OBJECT:
		print_object(v->object, depth, out);
		return;
	case VALUE_SECRET:
		buf_add_str(out, "System.Security.SecureString");
		return;
	}
}

void value_print(const struct value *v, struct buf *out)
{
	print_at(v, 0, out);
}

char *value_string(struct arena *a, const struct value *v)
{
	CLEANUP_BUF struct buf text = BUF_MAX(STRING_MAX);

	if (v->kind == VALUE_TEXT)
		return arena_strdup(a, v->text);
	value_print(v, &text);
	return text.failed ? NULL : arena_strndup(a, text.p ? (const char *)text.p : "", text.n);
}

/* Order ------------------------------------------------------------------------------------------------------- */

static int sign(bool below, bool above)
{
	return above - below;
}

static bool is_number(const struct value *v)
{
	return v->kind == VALUE_BOOL || v->kind == VALUE_INTEGER || v->kind == VALUE_REAL || v->kind == VALUE_SIZE;
}

static double as_real(const struct value *v)
{
	switch (v->kind) {
	case VALUE_BOOL:
		return v->boolean;
	case VALUE_INTEGER:
		return (double)v->integer;
	case VALUE_SIZE:
		return (double)v->size;
	default:
		return v->real;
	}
}

/* Exact for integers and sizes, whose 64 bits a double does not hold. */
static int compare_numbers(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_INTEGER && b->kind == VALUE_INTEGER)
		return sign(a->integer < b->integer, a->integer > b->integer);
	if (a->kind == VALUE_SIZE && b->kind == VALUE_SIZE)
		return sign(a->size < b->size, a->size > b->size);
	if (a->kind == VALUE_SIZE && b->kind == VALUE_INTEGER)
		return b->integer < 0 ? 1 : sign(a->size < (uint64_t)b->integer, a->size > (uint64_t)b->integer);
	if (a->kind == VALUE_INTEGER && b->kind == VALUE_SIZE)
		return -compare_numbers(b, a);
	double x = as_real(a), y = as_real(b);

	return sign(x < y, x > y);
}

static bool text_as_number(const struct value *like, const char *text, struct value *out)
{
	if (like->kind == VALUE_BOOL) {
		bool yes = strcasecmp(text, "true") == 0;

		*out = value_bool(yes);
		return yes || strcasecmp(text, "false") == 0;
	}
	*out = value_size(0);
	return number_parse(text, out) || size_parse(text, &out->size);
}

static int compare_texts(const char *a, const char *b, bool with_case)
{
	return with_case ? strcmp(a, b) : strcasecmp(a, b);
}

/* As texts of at most a few hundred bytes: times, GUIDs and labels against text. */
static bool compare_as_text(const struct value *a, const struct value *b, bool with_case, int *order)
{
	CLEANUP_BUF struct buf x = BUF_MAX(STRING_MAX), y = BUF_MAX(STRING_MAX);

	value_print(a, &x);
	value_print(b, &y);
	if (x.failed || y.failed)
		return false;
	*order = compare_texts(buf_cstr(&x), buf_cstr(&y), with_case);
	return !x.failed && !y.failed;
}

static bool compare_times(const struct value *a, const struct value *b, int *order)
{
	uint64_t t = 0;

	if (b->kind == VALUE_TIME)
		t = b->time;
	else if (b->kind != VALUE_TEXT || !filetime_parse(b->text, &t))
		return false;
	*order = sign(a->time < t, a->time > t);
	return true;
}

static bool compare_guids(const struct value *a, const struct value *b, int *order)
{
	struct guid g;

	if (b->kind == VALUE_GUID)
		g = b->guid;
	else if (b->kind != VALUE_TEXT || !guid_parse(b->text, &g))
		return false;
	*order = memcmp(a->guid.b, g.b, sizeof g.b);
	return true;
}

bool value_compare(const struct value *a, const struct value *b, bool with_case, int *order)
{
	struct value number;

	if (a->kind == VALUE_NULL || b->kind == VALUE_NULL) {
		*order = (a->kind != VALUE_NULL) - (b->kind != VALUE_NULL);
		return true;
	}
	if (is_number(a) && is_number(b)) {
		*order = compare_numbers(a, b);
		return true;
	}
	if (is_number(a) && b->kind == VALUE_TEXT) {
		if (!text_as_number(a, b->text, &number))
			return false;
		*order = compare_numbers(a, &number);
		return true;
	}
	if (a->kind == VALUE_TIME)
		return compare_times(a, b, order);
	if (a->kind == VALUE_GUID)
		return compare_guids(a, b, order);
	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT) {
		*order = compare_texts(a->text, b->text, with_case);
		return true;
	}
	if (a->kind == VALUE_LIST || b->kind == VALUE_LIST || is_number(a))
		return false;
	return compare_as_text(a, b, with_case, order);
}

int value_order(const struct value *a, const struct value *b)
{
	int order;

	if (a->kind == VALUE_NULL || b->kind == VALUE_NULL || a->kind == b->kind || (is_number(a) && is_number(b)))
		if (value_compare(a, b, false, &order))
			return order;
	if (!compare_as_text(a, b, false, &order))
		order = (int)a->kind - (int)b->kind;
	return order;
}

bool value_equal(const struct value *a, const struct value *b, bool with_case)
{
	int order;

	return value_compare(a, b, with_case, &order) && order == 0;
}

/* Copies ------------------------------------------------------------------------------------------------------ */

static status copy_at(struct arena *a, const struct value *from, unsigned depth, struct value *out) MUST;

static status copy_list(struct arena *a, const struct value_list *from, unsigned depth, struct value *out)
{
	struct value *items = arena_array(a, from->n, sizeof *items);

	if (!items)
		return ecMemory;
	for (size_t i = 0; i < from->n; i++) {
		status rc = copy_at(a, &from->items[i], depth + 1, &items[i]);

		if (rc)
			return rc;
	}
	*out = value_list(items, from->n);
	return ecNone;
}

static status copy_object(struct arena *a, const struct object *from, unsigned depth, struct value *out)
{
	struct object *o = object_new(a, from->type);

	if (!o)
		return ecMemory;
	o->properties = arena_array(a, from->n, sizeof *o->properties);
	if (!o->properties)
		return ecMemory;
	o->cap = from->n;
	for (; o->n < from->n; o->n++) {
		const struct property *p = &from->properties[o->n];
		status rc = copy_at(a, &p->value, depth + 1, &o->properties[o->n].value);

		if (rc)
			return rc;
		o->properties[o->n].name = p->name;
	}
	*out = value_object(o);
	return ecNone;
}

static status copy_at(struct arena *a, const struct value *from, unsigned depth, struct value *out)
{
	if (depth > VALUE_DEPTH_MAX)
		return ecTooComplex;
	if (from->kind == VALUE_LIST)
		return copy_list(a, &from->list, depth, out);
	if (from->kind == VALUE_OBJECT)
		return copy_object(a, from->object, depth, out);
	if (from->kind == VALUE_TEXT || from->kind == VALUE_SECRET) {
		const char *text = arena_strdup(a, from->text);

		if (!text)
			return ecMemory;
		*out = *from;
		out->text = text;
		return ecNone;
	}
	*out = *from;
	return ecNone;
}

status value_copy(struct arena *a, const struct value *from, struct value *out)
{
	return copy_at(a, from, 0, out);
}
