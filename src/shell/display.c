/* What comes out of a pipeline: tables, lists and text for people, one array of JSON for programs. */
#include "shell/shell_private.h"

#include "base/buf.h"
#include "shell/format.h"
#include "shell/json.h"
#include "shell/printable.h"

/* An object with more properties, whose type has no columns, is shown as a list. */
#define TABLE_PROPERTIES_MAX 4u

struct display {
	struct run *run;
	const struct object_type *type; /* what the table or list that is open shows */
	struct table *table;
	struct list_format *list;
};

struct display *display_new(struct run *r)
{
	struct display *d = arena_zalloc(r->keep, sizeof *d);

	if (d)
		d->run = r;
	return d;
}

static status put_line(void *context, const char *line)
{
	struct display *d = context;
	status rc = shell_write(d->run->shell, line, strlen(line));

	return rc ? rc : shell_write(d->run->shell, "\n", 1);
}

static status show_json(struct shell *s, const struct value *v)
{
	CLEANUP_BUF struct buf out = BUF_MAX(JSON_MAX_BYTES);
	status rc;

	buf_add_str(&out, s->json_open ? ",\n  " : "[\n  ");
	rc = json_print(v, false, VALUE_DEPTH_MAX, 2, &out);
	if (rc)
		return rc;
	s->json_open = true;
	return shell_write(s, (const char *)out.p, out.n);
}

static status close_view(struct display *d)
{
	status rc = d->table ? table_view_end(d->table) : ecNone;

	d->table = NULL;
	d->list = NULL;
	return rc;
}

static status open_view(struct display *d, const struct object *o)
{
	struct line_sink sink = { put_line, d };
	struct table_options options = { .width = d->run->shell->host.width };
	struct value_list all = { NULL, 0 };

	d->type = o->type;
	if ((o->type && o->type->columns) || o->n <= TABLE_PROPERTIES_MAX)
		d->table = table_view_new(d->run->keep, &options, &sink);
	else
		d->list = list_format_new(d->run->keep, all, options.width, &sink);
	return d->table || d->list ? ecNone : ecMemory;
}

static status show_object(struct display *d, const struct object *o)
{
	bool open = d->table || d->list;
	status rc = ecNone;

	if (open && d->type != o->type) {
		rc = close_view(d);
		open = false;
	}
	if (!rc && !open)
		rc = open_view(d, o);
	if (rc)
		return rc;
	return d->table ? table_view_add(d->table, &d->run->item, o) : list_format_add(d->list, &d->run->item, o);
}

static status show_text(struct display *d, const struct value *v)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)4 << 20);
	const char *text = value_string(&d->run->item, v);
	status rc = close_view(d);

	if (rc)
		return rc;
	if (!text)
		return ecMemory;
	printable_add(&out, text, true);
	buf_add_u8(&out, '\n');
	return out.failed ? ecMemory : shell_write(d->run->shell, (const char *)out.p, out.n);
}

status display_value(struct display *d, const struct value *v)
{
	status rc = ecNone;

	if (d->run->shell->host.json)
		return show_json(d->run->shell, v);
	if (v->kind == VALUE_OBJECT)
		return show_object(d, v->object);
	if (v->kind == VALUE_NULL)
		return ecNone;
	if (v->kind != VALUE_LIST)
		return show_text(d, v);
	for (size_t i = 0; i < v->list.n && !rc; i++)
		rc = v->list.items[i].kind == VALUE_LIST ? show_text(d, &v->list.items[i]) : display_value(d, &v->list.items[i]);
	return rc;
}

status display_end(struct display *d)
{
	return close_view(d);
}

status shell_finish(struct shell *s)
{
	const char *end = s->json_open ? "\n]\n" : "[]\n";

	if (!s->host.json)
		return ecNone;
	s->host.json = false;
	return shell_write(s, end, strlen(end));
}
