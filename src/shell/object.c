#include "shell/object.h"

#include <strings.h>

struct object *object_new(struct arena *a, const struct object_type *type)
{
	struct object *o = arena_zalloc(a, sizeof *o);

	if (o) {
		o->type = type;
		o->arena = a;
	}
	return o;
}

static struct property *find(const struct object *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcasecmp(o->properties[i].name, name) == 0)
			return &o->properties[i];
	return NULL;
}

/* Room for one more; the old array stays behind in the arena. */
static bool grow(struct object *o)
{
	size_t cap = o->cap ? o->cap * 2 : 8;
	struct property *more;

	if (o->n < o->cap)
		return true;
	if (o->n >= OBJECT_PROPERTIES_MAX)
		return false;
	more = arena_array(o->arena, cap, sizeof *more);
	if (!more)
		return false;
	if (o->n)
		memcpy(more, o->properties, o->n * sizeof *more);
	o->properties = more;
	o->cap = cap;
	return true;
}

void object_set(struct object *o, const char *name, struct value v)
{
	struct property *p;
	struct value copy;

	if (!o || o->failed)
		return;
	p = find(o, name);
	if ((!p && !grow(o)) || value_copy(o->arena, &v, &copy)) {
		o->failed = true;
		return;
	}
	if (!p) {
		p = &o->properties[o->n++];
		p->name = name;
	}
	p->value = copy;
}

const struct property *object_find(const struct object *o, const char *name)
{
	return find(o, name);
}

const struct value *object_get(const struct object *o, const char *name)
{
	const struct property *p = find(o, name);

	return p ? &p->value : NULL;
}

struct object *object_copy(struct arena *a, const struct object *from)
{
	struct value in = value_object(from), out;

	if (from->failed || value_copy(a, &in, &out))
		return NULL;
	/* It was made a moment ago, in this arena. */
	return (struct object *)(uintptr_t)out.object;
}

const struct value *object_label(const struct object *o)
{
	static const char *const names[] = { "Identity", "Name", "DisplayName", "Guid" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct value *v = object_get(o, names[i]);

		if (v && v->kind != VALUE_NULL && v->kind != VALUE_OBJECT && v->kind != VALUE_LIST && !(v->kind == VALUE_TEXT && !*v->text))
			return v;
	}
	return NULL;
}
