/* Format-Table. */
#include "shell/format.h"

#include "shell/printable.h"
#include "shell/width.h"

#define LINE_MAX_BYTES ((size_t)4 << 20)
#define COLUMN_MIN 6u      /* no column is made narrower to fit the screen */
#define COLUMN_PAD_MAX 200u /* without a screen, longer values stand out rather than widen all rows */
#define COLUMNS_UNASKED 10u

struct column {
	const char *name;
	size_t width;
	bool right, settled; /* numbers stand to the right; decided by the first value that is there */
};

struct row {
	struct row *next;
	const char **cells;
};

struct table {
	struct arena *keep;
	struct table_options options;
	struct line_sink sink;
	struct column *columns;
	size_t n, rows;
	struct row *first, **last;
	bool laid_out;
};

struct table *table_view_new(struct arena *keep, const struct table_options *options, const struct line_sink *sink)
{
	struct table *t = arena_zalloc(keep, sizeof *t);

	if (t) {
		t->keep = keep;
		t->options = *options;
		t->sink = *sink;
		t->last = &t->first;
	}
	return t;
}

static const char *printable(struct arena *a, const char *text)
{
	CLEANUP_BUF struct buf out = BUF_MAX(LINE_MAX_BYTES);

	printable_add(&out, text, false);
	return out.failed ? NULL : arena_strndup(a, out.p ? (const char *)out.p : "", out.n);
}

/* Columns ----------------------------------------------------------------------------------------------------- */

static status add_columns(struct table *t, const struct property *p, size_t n)
{
	t->columns = arena_array(t->keep, n, sizeof *t->columns);
	if (!t->columns)
		return ecMemory;
	for (size_t i = 0; i < n; i++) {
		t->columns[i].name = printable(t->keep, p[i].name);
		if (!t->columns[i].name)
			return ecMemory;
		t->columns[i].width = width_of(t->columns[i].name);
	}
	t->n = n;
	return ecNone;
}

/* The names asked for, else those of the type, else the first of the object. */
static status choose_columns(struct table *t, struct arena *item, const struct object *o)
{
	const char *const *wanted = o->type ? o->type->columns : NULL;
	size_t n = 0, count = 0;
	struct value *names;
	struct property *shown;

	if (!t->options.names.n) {
		while (wanted && wanted[count])
			count++;
		if (!count)
			count = o->n < COLUMNS_UNASKED ? o->n : COLUMNS_UNASKED;
		names = arena_array(t->keep, count, sizeof *names);
		if (!names)
			return ecMemory;
		for (size_t i = 0; i < count; i++)
			names[i] = value_text(arena_strdup(t->keep, wanted ? wanted[i] : o->properties[i].name));
		t->options.names = (struct value_list){ names, count };
	}
	shown = properties_select(item, o, &t->options.names, &n);
	return shown ? add_columns(t, shown, n) : ecMemory;
}

static void settle(struct column *c, const struct value *v)
{
	if (c->settled || v->kind == VALUE_NULL)
		return;
	c->settled = true;
	c->right = v->kind == VALUE_INTEGER || v->kind == VALUE_REAL;
}

/* The widest column gives way first. */
static void shrink(struct table *t, size_t total)
{
	while (total > t->options.width) {
		struct column *widest = &t->columns[0];

		for (size_t i = 1; i < t->n; i++)
			if (t->columns[i].width > widest->width)
				widest = &t->columns[i];
		if (widest->width <= COLUMN_MIN)
			break;
		widest->width--;
		total--;
	}
	/* As in PowerShell, the last columns are left out when even that is too wide. */
	while (total > t->options.width && t->n > 1)
		total -= t->columns[--t->n].width + 1;
}

static void fit_columns(struct table *t)
{
	size_t total = 0, most = t->options.width ? t->options.width : COLUMN_PAD_MAX;

	for (struct row *r = t->first; r; r = r->next)
		for (size_t i = 0; i < t->n; i++) {
			size_t width = width_of(r->cells[i]);

			if (width > t->columns[i].width)
				t->columns[i].width = width;
		}
	for (size_t i = 0; i < t->n; i++) {
		if (t->columns[i].width > most)
			t->columns[i].width = most;
		total += t->columns[i].width + (i > 0);
	}
	if (t->options.width && t->n)
		shrink(t, total);
}

/* Lines ------------------------------------------------------------------------------------------------------- */

static void add_spaces(struct buf *out, size_t n)
{
	uint8_t *p = buf_extend(out, n);

	if (p)
		memset(p, ' ', n);
}

static void add_cell(const struct table *t, const struct column *c, const char *text, struct buf *out)
{
	size_t width = width_of(text), n = strlen(text), pad;
	bool cut = width > c->width && t->options.width;

	/* A wide character may not fit beside the dots. */
	if (cut) {
		n = width_fitting(text, c->width - 1, &width);
		width++;
	}
	pad = width < c->width ? c->width - width : 0;
	if (c->right)
		add_spaces(out, pad);
	buf_add(out, text, n);
	buf_add_str(out, cut ? "\xE2\x80\xA6" : ""); /* … */
	if (!c->right)
		add_spaces(out, pad);
}

static status put(const struct table *t, struct buf *line)
{
	while (line->n && line->p[line->n - 1] == ' ')
		line->n--;
	buf_cstr(line);
	return line->failed ? ecTooBig : t->sink.put(t->sink.context, buf_cstr(line));
}

static status put_row(const struct table *t, const char *const *cells)
{
	CLEANUP_BUF struct buf line = BUF_MAX(LINE_MAX_BYTES);

	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_add_u8(&line, ' ');
		add_cell(t, &t->columns[i], cells[i], &line);
	}
	return put(t, &line);
}

static void underline(const struct column *c, struct buf *out)
{
	size_t width = width_of(c->name), n = width < c->width ? width : c->width;
	uint8_t *p;

	if (c->right)
		add_spaces(out, c->width - n);
	p = buf_extend(out, n);
	if (p)
		memset(p, '-', n);
	if (!c->right)
		add_spaces(out, c->width - n);
}

static status put_header(const struct table *t)
{
	CLEANUP_BUF struct buf names = BUF_MAX(LINE_MAX_BYTES), lines = BUF_MAX(LINE_MAX_BYTES);
	status rc = t->sink.put(t->sink.context, "");

	if (rc || t->options.hide_headers)
		return rc;
	for (size_t i = 0; i < t->n; i++) {
		if (i) {
			buf_add_u8(&names, ' ');
			buf_add_u8(&lines, ' ');
		}
		add_cell(t, &t->columns[i], t->columns[i].name, &names);
		underline(&t->columns[i], &lines);
	}
	rc = put(t, &names);
	return rc ? rc : put(t, &lines);
}

/* What was held back to see how wide it is. */
static status lay_out(struct table *t)
{
	status rc;

	t->laid_out = true;
	fit_columns(t);
	rc = put_header(t);
	for (struct row *r = t->first; r && !rc; r = r->next)
		rc = put_row(t, r->cells);
	t->first = NULL;
	return rc;
}

/* Rows -------------------------------------------------------------------------------------------------------- */

static const char **make_cells(struct table *t, struct arena *a, const struct object *o)
{
	const char **cells = arena_array(a, t->n, sizeof *cells);

	for (size_t i = 0; cells && i < t->n; i++) {
		const struct value nothing = value_null(), *v = object_get(o, t->columns[i].name);
		const char *text;

		v = v ? v : &nothing;
		text = value_string(a, v);
		cells[i] = text ? printable(a, text) : NULL;
		if (!cells[i])
			return NULL;
		settle(&t->columns[i], v);
	}
	return cells;
}

status table_view_add(struct table *t, struct arena *item, const struct object *o)
{
	const char **cells;
	status rc = t->columns ? ecNone : choose_columns(t, item, o);

	if (rc)
		return rc;
	cells = make_cells(t, t->laid_out ? item : t->keep, o);
	if (!cells)
		return ecMemory;
	if (t->laid_out)
		return put_row(t, cells);
	*t->last = arena_zalloc(t->keep, sizeof **t->last);
	if (!*t->last)
		return ecMemory;
	(*t->last)->cells = cells;
	t->last = &(*t->last)->next;
	return ++t->rows >= TABLE_SAMPLE && !t->options.all_rows ? lay_out(t) : ecNone;
}

status table_view_end(struct table *t)
{
	status rc = t->columns && !t->laid_out ? lay_out(t) : ecNone;

	return rc || !t->columns ? rc : t->sink.put(t->sink.context, "");
}
