/* Files of cards and calendars: cut into what becomes an item each. */
#include "mime/card_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "mime/ical.h"
#include "mime/mime.h"
#include "mime/vcard_out.h"

bool card_class(const char *class_name)
{
	return vcard_is_item(class_name) || ical_is_item(class_name);
}

enum card_kind { KIND_NONE, KIND_CARD, KIND_EVENT };

static enum card_kind kind_of(const char *name)
{
	if (strcasecmp(name, "VCARD") == 0)
		return KIND_CARD;
	return strcasecmp(name, "VEVENT") == 0 || strcasecmp(name, "VTODO") == 0 ? KIND_EVENT : KIND_NONE;
}

struct component {
	enum card_kind kind;
	struct extent extent;
};

/* Finds components one after the other. */
struct components {
	const struct extent *text;
	struct card_reader reader;
};

static uint64_t end_of(const struct card_line *l)
{
	return l->line.at + l->line.n;
}

/* From BEGIN to the END of the same name; what begins within is part of it. */
static bool next_component(struct components *c, struct component *out)
{
	struct card_line l;
	char name[16] = "";
	unsigned depth = 0;
	uint64_t from = 0;

	while (card_reader_next(&c->reader, &l)) {
		bool begin = card_line_is(&l, "BEGIN"), end = card_line_is(&l, "END");

		if (!l.value || (!begin && !end))
			continue;
		if (!depth && begin && kind_of(l.value) != KIND_NONE) {
			out->kind = kind_of(l.value);
			(void)snprintf(name, sizeof name, "%.15s", l.value);
			from = l.line.at;
			depth = 1;
		} else if (depth && strcasecmp(l.value, name) == 0) {
			depth += begin ? 1u : -1u;
			if (!depth) {
				out->extent = extent_part(c->text, from - c->text->at, end_of(&l) - from);
				return true;
			}
		}
	}
	if (depth) /* it never ended */
		out->extent = extent_part(c->text, from - c->text->at, c->text->n);
	return depth > 0;
}

static void fill(struct draft *d, struct calendar *calendar, const struct component *c)
{
	if (c->kind == KIND_CARD)
		vcard_into_draft(d, &c->extent);
	else
		ical_into_draft(d, calendar, &c->extent);
}

/* A text with all that is needed to go through it. */
struct card_file {
	struct components components;
	struct calendar calendar;
};

static void close_file(struct card_file *f)
{
	if (f)
		calendar_free(&f->calendar);
	free(f);
}

static status open_file(const struct extent *text, struct card_file **out)
{
	struct card_file *f = calloc(1, sizeof *f);
	status st = f ? calendar_scan(&f->calendar, text) : ecMemory;

	if (st) {
		close_file(f);
		return st;
	}
	f->components.text = text;
	card_reader_init(&f->components.reader, text);
	*out = f;
	return ecNone;
}

bool card_into_draft(struct draft *d, const struct extent *text)
{
	struct card_file *f;
	struct component one;
	bool found;

	if (open_file(text, &f))
		return false;
	found = next_component(&f->components, &one);
	if (found)
		fill(d, &f->calendar, &one);
	close_file(f);
	return found;
}

bool meeting_into_draft(struct draft *d, const char *method, const struct extent *text)
{
	static const char *const methods[] = { "REQUEST", "REPLY", "CANCEL" };
	struct card_file *f;
	struct component one;
	bool known = false, found;

	for (size_t i = 0; i < 3; i++)
		known = known || strcasecmp(method, methods[i]) == 0;
	if (!known || open_file(text, &f))
		return false;
	found = next_component(&f->components, &one) && one.kind == KIND_EVENT;
	if (found)
		ical_meeting_into_draft(d, &f->calendar, method, &one.extent);
	close_file(f);
	return found;
}

static status report(struct reading *r, const struct mail_envelope *envelope, enum problem_kind kind, status code, const char *what)
{
	char text[512];

	snprintf(text, sizeof text, "%s: %s", envelope && envelope->name ? envelope->name : "file", what);
	return reading_problem(r, kind, 0, code, text);
}

static status emit_component(struct reading *r, struct calendar *calendar, const struct component *c,
			     const struct mail_envelope *envelope)
{
	struct arena_mark mark = arena_mark(&r->arena);
	uint64_t spool_mark = spool_end(r->spool);
	struct draft d;
	status st;

	draft_init(&d, r, 0);
	r->parts_left = MIME_PARTS_MAX;
	fill(&d, calendar, c);
	if (d.failed == ecMemory || d.failed == ecTooBig || d.failed == ecTooComplex)
		st = report(r, envelope, PROBLEM_MESSAGE, d.failed, "a card or event needs too much memory");
	else
		st = d.failed ? d.failed : draft_emit(&d);
	arena_rewind(&r->arena, mark);
	spool_rewind(r->spool, spool_mark);
	return st;
}

status card_emit_all(struct reading *r, const struct extent *text, const struct mail_envelope *envelope)
{
	struct component one;
	struct card_file *f;
	bool any = false;
	status st = open_file(text, &f);

	if (st)
		return st;
	while (!st && next_component(&f->components, &one)) {
		st = emit_component(r, &f->calendar, &one, envelope);
		any = true;
	}
	if (!st)
		st = card_reader_status(&f->components.reader);
	close_file(f);
	if (!st && !any)
		st = report(r, envelope, PROBLEM_MESSAGE, ecCorruptData, "there is no card and no event in it");
	return st;
}
