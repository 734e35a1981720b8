#include "mapi/compare_record.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mapi/label.h"

/* Columns of a value that are shown. */
#define VALUE_MAX 120
#define PART_NAME_MAX 200

void record_init(struct record *r, struct arena *arena)
{
	*r = (struct record){ .arena = arena, .item = "" };
}

static struct record_line *add_line(struct record *r)
{
	if (r->cut)
		return NULL;
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 64;
		struct record_line *more = arena_array(r->arena, cap, sizeof *more);

		if (!more) {
			r->cut = true;
			return NULL;
		}
		if (r->n)
			memcpy(more, r->lines, r->n * sizeof *more);
		r->lines = more;
		r->cap = cap;
	}
	return &r->lines[r->n];
}

/* Cuts at VALUE_MAX, but not in the middle of a letter. */
static void shorten(struct buf *line)
{
	size_t n = VALUE_MAX;

	if (line->n <= VALUE_MAX)
		return;
	while (n && (line->p[n] & 0xC0) == 0x80)
		n--;
	buf_truncate(line, n);
	buf_add_str(line, "...");
}

static const char *value_line(struct arena *a, const struct prop *p, unsigned codepage)
{
	CLEANUP_BUF struct buf line = BUF_MAX((size_t)1 << 20);

	if (p->flags & PROP_LARGE)
		return arena_printf(a, "%" PRIu64 " bytes", p->size);
	prop_format(p, codepage, &line);
	shorten(&line);
	return arena_strdup(a, buf_cstr(&line));
}

void record_prop(struct record *r, const char *part, const struct prop *p,
		 struct fingerprint content, const struct record_context *context)
{
	struct record_line *line = add_line(r);
	struct record_line new;

	if (!line)
		return;
	new.part = arena_strdup(r->arena, part);
	new.property = prop_label(p, context->names, r->arena);
	new.value = value_line(r->arena, p, context->codepage);
	new.content = content;
	if (!new.part || !new.property || !new.value) {
		r->cut = true;
		return;
	}
	*line = new;
	r->n++;
}

static bool part_is_there(const struct record *r, const char *part)
{
	for (size_t i = 0; i < r->n; i++)
		if (!r->lines[i].property && strcmp(r->lines[i].part, part) == 0)
			return true;
	return false;
}

void record_part(struct record *r, struct buf *part)
{
	size_t n = part->n;
	struct record_line *line;
	const char *name;

	for (unsigned i = 2; !part->failed && part_is_there(r, buf_cstr(part)); i++) {
		buf_truncate(part, n);
		buf_printf(part, " (%u)", i);
	}
	line = add_line(r);
	name = line ? arena_strdup(r->arena, buf_cstr(part)) : NULL;
	if (!name) {
		r->cut = true;
		return;
	}
	*line = (struct record_line){ .part = name };
	r->n++;
}

void record_part_name(struct buf *part, const struct bag *props, const uint32_t *tags,
		      unsigned codepage)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);

	for (; *tags; tags++) {
		const char *name = bag_text(props, tag_id(*tags), codepage, &a);

		if (name && *name) {
			buf_add_u8(part, ' ');
			for (size_t i = 0; i < PART_NAME_MAX && name[i]; i++)
				buf_add_u8(part, (uint8_t)name[i] < ' ' ? ' ' : (uint8_t)name[i]);
			return;
		}
	}
}

static int by_place(const void *va, const void *vb)
{
	const struct record_line *a = va, *b = vb;
	int order = strcmp(a->part, b->part);

	if (order)
		return order;
	return strcmp(a->property ? a->property : "", b->property ? b->property : "");
}

/* Past the lines of a part that only one has, and of the parts within it. */
static size_t skip_part(const struct record *r, size_t i)
{
	const char *part = r->lines[i].part;
	size_t n = strlen(part);

	for (i++; i < r->n && strncmp(r->lines[i].part, part, n) == 0; i++)
		if (r->lines[i].part[n] && r->lines[i].part[n] != RECORD_WITHIN)
			break;
	return i;
}

static size_t step(const struct record *r, size_t i, bool alone)
{
	return alone && !r->lines[i].property ? skip_part(r, i) : i + 1;
}

void record_compare(struct record *a, struct record *b,
		    void (*differ)(void *context, const struct record_line *a,
				   const struct record_line *b),
		    void *context)
{
	size_t i = 0, j = 0;

	if (a->n)
		qsort(a->lines, a->n, sizeof *a->lines, by_place);
	if (b->n)
		qsort(b->lines, b->n, sizeof *b->lines, by_place);
	while (i < a->n || j < b->n) {
		int order = i == a->n ? 1 : j == b->n ? -1 : by_place(&a->lines[i], &b->lines[j]);

		if (order < 0) {
			differ(context, &a->lines[i], NULL);
			i = step(a, i, true);
		} else if (order > 0) {
			differ(context, NULL, &b->lines[j]);
			j = step(b, j, true);
		} else {
			if (!fingerprint_equal(a->lines[i].content, b->lines[j].content))
				differ(context, &a->lines[i], &b->lines[j]);
			i++, j++;
		}
	}
}
