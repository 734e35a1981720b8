/* Objects of the directory as objects of the shell. */
#include "shell/cmdlets/directory_cmdlet.h"

#include "base/buf.h"

static struct value printed(struct arena *a, const struct directory_attribute *attribute, const struct directory_value *v)
{
	CLEANUP_BUF struct buf text = BUF_MAX(4096);

	directory_print(attribute, v, &text);
	return value_text(arena_strdup(a, buf_cstr(&text)));
}

static struct value shown_value(struct arena *a, const struct directory_attribute *attribute, const struct directory_value *v)
{
	switch (attribute->type) {
	case DIRECTORY_BOOL:
		return value_bool(v->number != 0);
	case DIRECTORY_INTEGER:
		return v->number == DIRECTORY_UNLIMITED_VALUE ? printed(a, attribute, v) : value_integer(v->number);
	case DIRECTORY_SIZE:
		return value_size((uint64_t)v->number);
	case DIRECTORY_TIME:
		return value_time((uint64_t)v->number);
	case DIRECTORY_GUID:
		return value_guid(&v->guid);
	case DIRECTORY_DURATION:
		return printed(a, attribute, v);
	default:
		return value_text(v->text);
	}
}

static struct value shown_entry(struct arena *a, const struct directory_entry *e)
{
	struct value *items;

	if (!(e->attribute->flags & DIRECTORY_LIST))
		return e->n ? shown_value(a, e->attribute, &e->values[0]) : value_null();
	items = arena_array(a, e->n, sizeof *items);
	for (size_t i = 0; items && i < e->n; i++)
		items[i] = shown_value(a, e->attribute, &e->values[i]);
	return value_list(items, items ? e->n : 0);
}

/* What somebody set that no service obeys yet. */
static struct value not_in_force(struct arena *a, const struct directory_object *o)
{
	struct value *names = arena_array(a, o->n, sizeof *names);
	size_t n = 0;

	for (size_t i = 0; names && i < o->n; i++) {
		const struct directory_entry *e = &o->entries[i];

		if (e->set && e->attribute->flags & DIRECTORY_LATER && e->attribute->views & o->as->view)
			names[n++] = value_text(e->attribute->name);
	}
	return value_list(names, n);
}

struct object *directory_shown(struct call *c, const struct directory_object *o, const struct object_type *type)
{
	struct object *shown = object_new(c->item, type);
	struct value later = not_in_force(c->item, o);

	for (size_t i = 0; i < o->n; i++) {
		const struct directory_entry *e = &o->entries[i];

		if (e->attribute->views & o->as->view && !(e->attribute->flags & DIRECTORY_SECRET))
			object_set(shown, e->attribute->name, shown_entry(c->item, e));
	}
	if (later.list.n)
		object_set(shown, "NotYetInForce", later);
	return shown;
}

status directory_emit(struct call *c, const struct directory_class *as, uint64_t id)
{
	const struct directory_object *o = NULL;
	struct reason why = { "" };
	struct directory *d = NULL;
	status rc = call_directory(c, &d);

	if (rc)
		return rc;
	rc = directory_get(d, as, id, c->item, &o, &why);
	if (rc)
		return call_report(c, rc, &why);
	return call_emit_object(c, directory_shown(c, o, &directory_cmdlet_of(c)->type));
}
