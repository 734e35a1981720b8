/* What cmdlets on the directory ask about their call: the object that is meant, and the settings that were given. */
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"
#include "shell/cmdlets/public_open.h"
#include "shell/shell_private.h"

#include <strings.h>

status call_report(struct call *c, status code, const struct reason *why)
{
	log_failure(c, why->text);
	return call_error(c, code, "%s", why->text);
}

/* What came through the pipe is known by its GUID, whatever else has the same name by now. */
static const char *identity_of(struct call *c, const char *parameter, const struct value *in)
{
	const struct bound *b = binding_get(c->binding, parameter);
	const struct value *guid = in && in->kind == VALUE_OBJECT ? object_get(in->object, "Guid") : NULL;

	if (b && b->how == BOUND_BY_PIPE && guid && guid->kind == VALUE_GUID)
		return value_string(c->item, guid);
	return call_text(c, parameter);
}

status call_object(struct call *c, const struct directory_class *as, const char *parameter, const struct value *in,
		   const struct directory_object **out)
{
	const char *identity = identity_of(c, parameter, in);
	struct reason why = { "" };
	struct directory *d = NULL;
	status rc = call_directory(c, &d);

	*out = NULL;
	if (rc)
		return rc;
	if (!identity && !as->single)
		return call_error(c, ecInvalidParam, "-%s is empty", parameter);
	/* Names have no backslash. */
	if (identity && as->kind == KIND_PUBLIC_FOLDER && strchr(identity, '\\')) {
		rc = public_identity(c, identity, &identity);
		if (rc || !identity)
			return rc;
	}
	rc = directory_find(d, as, identity, c->item, out, &why);
	return rc ? call_report(c, rc, &why) : ecNone;
}

const char *call_target(struct call *c, const struct directory_object *o)
{
	const char *identity = directory_text(o, "Identity");

	return arena_printf(c->item, "%s '%s'", o->as->name, identity ? identity : o->name);
}

bool settings_have(const struct settings *s, const char *attribute)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcasecmp(s->items[i].attribute, attribute) == 0)
			return true;
	return false;
}

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "the settings need too much memory");
}

static status add(struct call *c, const struct directory_class *as, const char *attribute, enum directory_change change,
		  const char *const *texts, size_t n, struct settings *s, struct reason *why)
{
	struct directory *d = NULL;
	status rc = call_directory(c, &d);

	if (rc)
		return reason_set(why, rc, "%s", c->why.text);
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 8;
		struct directory_setting *more = arena_array(c->item, cap, sizeof *more);

		if (!more)
			return no_memory(why);
		if (s->n)
			memcpy(more, s->items, s->n * sizeof *more);
		s->items = more;
		s->cap = cap;
	}
	rc = directory_setting(d, as, attribute, change, texts, n, c->item, &s->items[s->n], why);
	s->n += !rc;
	return rc;
}

status settings_add(struct call *c, const struct directory_class *as, const char *attribute, const char *text, struct settings *s,
		    struct reason *why)
{
	return text ? add(c, as, attribute, DIRECTORY_SET, &text, 1, s, why) : no_memory(why);
}

/* A value, or a list of them, as the texts that the directory reads; $null is none at all. */
static status texts_of(struct call *c, const struct value *v, const char *const **texts, size_t *n)
{
	const struct value *items = v->kind == VALUE_LIST ? v->list.items : v;
	const char **out;

	*n = v->kind == VALUE_NULL ? 0 : v->kind == VALUE_LIST ? v->list.n : 1;
	out = arena_array(c->item, *n, sizeof *out);
	for (size_t i = 0; out && i < *n; i++) {
		out[i] = value_string(c->item, &items[i]);
		if (!out[i])
			return ecMemory;
	}
	*texts = out;
	return out ? ecNone : ecMemory;
}

static status add_value(struct call *c, const struct directory_class *as, const char *attribute, enum directory_change change,
			const struct value *v, struct settings *s, struct reason *why)
{
	const char *const *texts;
	size_t n;

	if (texts_of(c, v, &texts, &n))
		return no_memory(why);
	return add(c, as, attribute, change, texts, n, s, why);
}

/* @{Add=...; Remove=...} */
static status add_changes(struct call *c, const struct directory_class *as, const char *attribute, const struct object *o, struct settings *s,
			  struct reason *why)
{
	const struct value *removed = object_get(o, "Remove"), *added = object_get(o, "Add");
	status rc = removed ? add_value(c, as, attribute, DIRECTORY_REMOVE, removed, s, why) : ecNone;

	if (!rc && added)
		rc = add_value(c, as, attribute, DIRECTORY_ADD, added, s, why);
	return rc;
}

/* Those of one class that `but` has not; NULL: all. */
static status class_settings(struct call *c, const struct directory_class *as, const struct directory_class *but, struct settings *s,
			     struct reason *why)
{
	const struct directory_attribute *a;
	status rc = ecNone;

	for (size_t i = 0; !rc && (a = directory_attribute_at(as, i)) != NULL; i++) {
		/* What is only shown may have the name of another parameter: Identity. */
		const struct value *v = a->flags & DIRECTORY_READ_ONLY || (but && directory_attribute(but, a->name)) ? NULL : call_value(c, a->name);

		/* The name of a new object stands for itself. */
		if (!v || (directory_cmdlet_of(c)->row->action == ACTION_NEW && strcasecmp(a->name, "Name") == 0))
			continue;
		rc = v->kind == VALUE_OBJECT ? add_changes(c, as, a->name, v->object, s, why)
					     : add_value(c, as, a->name, DIRECTORY_SET, v, s, why);
	}
	return rc;
}

status call_settings(struct call *c, struct settings *s, struct reason *why)
{
	const struct directory_cmdlet *d = directory_cmdlet_of(c);
	status rc = class_settings(c, d->as, NULL, s, why);

	return rc || !d->row->also ? rc : class_settings(c, directory_class(d->row->also), d->as, s, why);
}

void warn_later(struct call *c, const struct directory_class *as, const struct settings *s)
{
	CLEANUP_BUF struct buf names = BUF_MAX(600);
	unsigned n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct directory_attribute *a = directory_attribute(as, s->items[i].attribute);

		if (a && a->flags & DIRECTORY_LATER)
			buf_printf(&names, "%s%s", n++ ? ", " : "", a->name);
	}
	if (n)
		call_warning(c, "%s: kept, but not in force yet; the service that obeys %s comes in a later release.", buf_cstr(&names),
			     n > 1 ? "them" : "it");
}
