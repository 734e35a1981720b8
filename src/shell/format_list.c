/* Format-List, and which properties are shown. */
#include "shell/format.h"

#include <strings.h>

#include "shell/printable.h"
#include "shell/width.h"
#include "shell/wildcard.h"

#define LINE_MAX_BYTES ((size_t)4 << 20)
/* A narrower column is not broken into lines. */
#define VALUE_WIDTH_MIN 10u

static bool is_chosen(const struct property *chosen, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(chosen[i].name, name) == 0)
			return true;
	return false;
}

static size_t choose_matching(const struct object *o, const char *pattern, struct property *chosen, size_t n)
{
	for (size_t i = 0; i < o->n; i++)
		if (wildcard_match(pattern, o->properties[i].name, false) && !is_chosen(chosen, n, o->properties[i].name))
			chosen[n++] = o->properties[i];
	return n;
}

static size_t choose(const struct object *o, const char *name, struct property *chosen, size_t n)
{
	const struct property *p;

	if (wildcard_has(name))
		return choose_matching(o, name, chosen, n);
	if (is_chosen(chosen, n, name))
		return n;
	p = object_find(o, name);
	chosen[n] = p ? *p : (struct property){ name, value_null() };
	return n + 1;
}

struct property *properties_select(struct arena *a, const struct object *o, const struct value_list *names, size_t *n)
{
	struct property *chosen = arena_array(a, o->n + names->n, sizeof *chosen);

	*n = 0;
	if (!chosen)
		return NULL;
	if (!names->n)
		*n = choose_matching(o, "*", chosen, 0);
	for (size_t i = 0; i < names->n; i++)
		if (names->items[i].kind == VALUE_TEXT)
			*n = choose(o, names->items[i].text, chosen, *n);
	return chosen;
}

struct list_format {
	struct value_list names;
	unsigned width;
	struct line_sink sink;
	bool some;
};

struct list_format *list_format_new(struct arena *keep, struct value_list names, unsigned width, const struct line_sink *sink)
{
	struct list_format *l = arena_alloc(keep, sizeof *l);

	if (l)
		*l = (struct list_format){ names, width, *sink, false };
	return l;
}

/* One line of a value, broken where the screen ends; the lines after the first stand under it. */
static status put_line(const struct list_format *l, const char *title, size_t indent, const char *text)
{
	size_t room = l->width > indent + VALUE_WIDTH_MIN ? l->width - indent : SIZE_MAX;

	do {
		CLEANUP_BUF struct buf line = BUF_MAX(LINE_MAX_BYTES);
		size_t n = room == SIZE_MAX ? strlen(text) : width_fitting(text, room, NULL);
		status rc;

		buf_printf(&line, "%s%*s", title, (int)(indent - width_of(title)), "");
		buf_add(&line, text, n);
		while (line.n && line.p[line.n - 1] == ' ' && !*text)
			line.n--;
		rc = line.failed ? ecTooBig : l->sink.put(l->sink.context, buf_cstr(&line));
		if (rc)
			return rc;
		title = "";
		text += n;
	} while (*text);
	return ecNone;
}

/* Line feeds of the value stay line feeds, under each other. */
static status put_property(const struct list_format *l, struct arena *item, const struct property *p, size_t names)
{
	CLEANUP_BUF struct buf title = BUF_MAX(LINE_MAX_BYTES), text = BUF_MAX(LINE_MAX_BYTES);
	const char *value = value_string(item, &p->value);
	char *at, *end;

	if (!value)
		return ecMemory;
	printable_add(&title, p->name, false);
	buf_printf(&title, "%*s : ", (int)(names - width_of(buf_cstr(&title))), "");
	printable_add(&text, value, true);
	(void)buf_cstr(&text);
	(void)buf_cstr(&title);
	if (text.failed || title.failed)
		return ecMemory;
	for (at = (char *)text.p;; at = end + 1) {
		status rc;

		end = strchr(at, '\n');
		if (end)
			*end = '\0';
		for (char *tab = strchr(at, '\t'); tab; tab = strchr(tab, '\t'))
			*tab = ' ';
		rc = put_line(l, at == (char *)text.p ? (const char *)title.p : "", names + 3, at);
		if (rc || !end)
			return rc;
	}
}

status list_format_add(struct list_format *l, struct arena *item, const struct object *o)
{
	size_t n, widest = 0;
	struct property *shown = properties_select(item, o, &l->names, &n);
	status rc = shown ? ecNone : ecMemory;

	if (!rc && !l->some)
		rc = l->sink.put(l->sink.context, "");
	l->some = true;
	for (size_t i = 0; !rc && i < n; i++)
		if (width_of(shown[i].name) > widest)
			widest = width_of(shown[i].name);
	for (size_t i = 0; !rc && i < n; i++)
		rc = put_property(l, item, &shown[i], widest);
	return rc ? rc : l->sink.put(l->sink.context, "");
}
