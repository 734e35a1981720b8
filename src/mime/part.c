#include "mime/part.h"

#include "mime/gmime_text.h"
#include "mime/line_reader.h"
#include "mime/mime.h"

#include <stdlib.h>
#include <strings.h>

#define BOUNDARY_MAX 255
/* Blank lines that may stand before a message. */
#define LEADING_MAX 16

const char *part_field(const struct part *p, const char *name)
{
	for (size_t i = 0; i < p->field_count; i++)
		if (strcasecmp(p->fields[i].name, name) == 0)
			return p->fields[i].value;
	return NULL;
}

bool part_is(const struct part *p, const char *type, const char *subtype)
{
	return strcmp(p->type, type) == 0 && (!subtype || strcmp(p->subtype, subtype) == 0);
}

/* Headers --------------------------------------------------------------------------------------------- */

/* How long the name of the field is that the line begins; 0 when it begins none. */
static size_t field_name(const uint8_t *s, size_t n)
{
	size_t i = 0, end;

	while (i < n && s[i] > 32 && s[i] < 127 && s[i] != ':')
		i++;
	end = i;
	while (i < n && (s[i] == ' ' || s[i] == '\t'))
		i++;
	return end && i < n && s[i] == ':' ? end : 0;
}

static bool is_mbox_line(const struct line_reader *l)
{
	return (l->n >= 5 && memcmp(l->seen, "From ", 5) == 0) || (l->n >= 6 && memcmp(l->seen, ">From ", 6) == 0);
}

/* Finds where header and body stand. A line that is no field ends the header and begins the body. */
static status find_header(struct line_reader *l, unsigned leading, struct part *out)
{
	uint64_t start = 0, end = 0, body;
	unsigned blank = 0;

	body = 0;
	while (line_reader_next(l)) {
		bool more = end > start && l->n && (l->seen[0] == ' ' || l->seen[0] == '\t');

		if (!l->length) {
			body = l->next;
			if (end > start || ++blank > leading)
				break;
			start = end = l->next;
			continue;
		}
		body = l->at;
		if (!(l->at == start && is_mbox_line(l)) && !more && !field_name(l->seen, l->n))
			break;
		body = end = l->next;
	}
	if (l->failed)
		return l->failed;
	out->header = extent_part(&l->from, start, end - start);
	out->body = extent_part(&l->from, body, l->from.n - body);
	return ecNone;
}

/* Cuts the text into fields, in place: folds go away, NULs become spaces. */
static size_t split(char *text, size_t n, struct field *fields, size_t max)
{
	char *to = text, *from = text, *end = text + n;
	size_t count = 0;
	bool open = false; /* in a field that is kept */

	while (from < end) {
		char *line_end = memchr(from, '\n', (size_t)(end - from)), *next;
		size_t name;

		next = line_end ? line_end + 1 : end;
		line_end = line_end ? line_end : end;
		if (line_end > from && line_end[-1] == '\r')
			line_end--;
		if (from < line_end && (*from == ' ' || *from == '\t') && open) {
			memmove(to, from, (size_t)(line_end - from));
			to += line_end - from;
			from = next;
			continue;
		}
		if (open)
			*to++ = '\0';
		name = field_name((const uint8_t *)from, (size_t)(line_end - from));
		open = name && count < max;
		if (open) {
			char *colon = memchr(from + name, ':', (size_t)(line_end - from) - name), *value = colon + 1;
			size_t rest;

			fields[count].name = to;
			memmove(to, from, name);
			to += name;
			*to++ = '\0';
			while (value < line_end && (*value == ' ' || *value == '\t'))
				value++;
			rest = (size_t)(line_end - value);
			fields[count++].value = to;
			memmove(to, value, rest);
			to += rest;
		}
		from = next;
	}
	if (open)
		*to = '\0';
	return count;
}

static void clean(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!text[i])
			text[i] = ' ';
}

static size_t count_lines(const char *text, size_t n)
{
	size_t lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

static status read_fields(struct part_parser *p, struct part *part)
{
	size_t n = part->header.n < MIME_HEADER_MAX ? (size_t)part->header.n : MIME_HEADER_MAX, got = 0, max;
	/* A name and its value each get a terminator; what they replace is at least as long. */
	char *text = arena_alloc(p->arena, n + 2);
	status st = text ? extent_read(&part->header, 0, text, n, &got) : ecMemory;

	if (st)
		return st;
	clean(text, got);
	max = count_lines(text, got);
	if (max > MIME_FIELDS_MAX || part->header.n > MIME_HEADER_MAX)
		p->cut = true;
	if (max > MIME_FIELDS_MAX)
		max = MIME_FIELDS_MAX;
	part->fields = arena_array(p->arena, max, sizeof *part->fields);
	if (!part->fields)
		return ecMemory;
	part->field_count = split(text, got, part->fields, max);
	return ecNone;
}

static enum part_encoding encoding_of(const char *value)
{
	size_t n;

	if (!value)
		return PART_IDENTITY;
	value += strspn(value, " \t\"");
	n = strcspn(value, " \t;\"(");
	if (n == 6 && strncasecmp(value, "base64", n) == 0)
		return PART_BASE64;
	if (n == 16 && strncasecmp(value, "quoted-printable", n) == 0)
		return PART_QUOTED;
	if ((n == 10 && strncasecmp(value, "x-uuencode", n) == 0) || (n == 8 && strncasecmp(value, "uuencode", n) == 0))
		return PART_UUENCODE;
	return PART_IDENTITY;
}

static const char *between_brackets(struct arena *a, const char *s)
{
	size_t n;

	if (!s)
		return NULL;
	s += strspn(s, " \t<");
	n = strcspn(s, " \t>");
	return n ? arena_strndup(a, s, n) : NULL;
}

static status describe(struct part_parser *p, struct part *part, char **boundary)
{
	const char *type = part_field(part, "Content-Type"), *disposition = part_field(part, "Content-Disposition");
	struct content_type ct;

	*boundary = NULL;
	part->typed = type != NULL;
	if (!content_type_parse(p->arena, type, disposition, &ct))
		return ecMemory;
	part->type = ct.type;
	part->subtype = ct.subtype;
	part->charset = ct.charset;
	part->method = ct.method;
	part->name = ct.name;
	part->attachment = ct.attachment;
	part->modified = ct.modified;
	part->encoding = encoding_of(part_field(part, "Content-Transfer-Encoding"));
	part->id = between_brackets(p->arena, part_field(part, "Content-ID"));
	part->location = part_field(part, "Content-Location");
	if (ct.boundary && *ct.boundary && strlen(ct.boundary) <= BOUNDARY_MAX)
		*boundary = ct.boundary;
	return ecNone;
}

/* Multiparts ------------------------------------------------------------------------------------------ */

enum delimiter { DELIMITER_NONE, DELIMITER_PART, DELIMITER_LAST };

static enum delimiter delimiter_of(const struct line_reader *l, const char *boundary, size_t n)
{
	size_t at = 2 + n;
	bool last;

	if (l->n < at || l->seen[0] != '-' || l->seen[1] != '-' || memcmp(l->seen + 2, boundary, n) != 0)
		return DELIMITER_NONE;
	last = l->n >= at + 2 && l->seen[at] == '-' && l->seen[at + 1] == '-';
	at += last ? 2 : 0;
	while (at < l->n && (l->seen[at] == ' ' || l->seen[at] == '\t'))
		at++;
	return at != l->n ? DELIMITER_NONE : last ? DELIMITER_LAST : DELIMITER_PART;
}

static status parse_entity(struct part_parser *p, const struct extent *whole, unsigned depth, struct part **out);

/* The line end before a delimiter belongs to it. */
static uint64_t without_line_end(const struct extent *body, uint64_t from, uint64_t to)
{
	uint8_t end[2];
	size_t got = 0, n = to - from < 2 ? (size_t)(to - from) : 2;

	if (!n || extent_read(body, to - n, end, n, &got) || got != n || end[n - 1] != '\n')
		return to;
	return to - (n == 2 && end[0] == '\r' ? 2 : 1);
}

static status add_child(struct part_parser *p, const struct extent *body, uint64_t from, uint64_t to, unsigned depth,
			struct part ***last)
{
	struct extent whole;
	status st;

	to = without_line_end(body, from, to);
	whole = extent_part(body, from, to - from);
	st = parse_entity(p, &whole, depth, *last);
	if (!st)
		*last = &(**last)->next;
	return st;
}

static status parse_children(struct part_parser *p, struct part *part, const char *boundary, unsigned depth)
{
	struct line_reader *l = malloc(sizeof *l);
	struct part **last = &part->children;
	size_t n = strlen(boundary);
	uint64_t from = 0;
	bool open = false;
	status st = ecNone;

	if (!l)
		return ecMemory;
	line_reader_init(l, &part->body);
	while (!st && line_reader_next(l)) {
		enum delimiter d = delimiter_of(l, boundary, n);

		if (d == DELIMITER_NONE)
			continue;
		if (open)
			st = add_child(p, &part->body, from, l->at, depth, &last);
		open = d == DELIMITER_PART;
		from = l->next;
		p->cut = p->cut || !*p->parts_left;
		if (!open || !*p->parts_left)
			break;
	}
	if (!st)
		st = l->failed;
	free(l);
	/* It ended without saying so, or there are too many: the rest is one part. */
	if (!st && open)
		st = add_child(p, &part->body, from, part->body.n, depth, &last);
	return st;
}

static status parse_entity(struct part_parser *p, const struct extent *whole, unsigned depth, struct part **out)
{
	struct part *part = arena_zalloc(p->arena, sizeof *part);
	struct line_reader *l = malloc(sizeof *l);
	char *boundary = NULL;
	status st;

	if (!part || !l) {
		free(l);
		return ecMemory;
	}
	line_reader_init(l, whole);
	part->whole = *whole;
	st = find_header(l, depth ? 0 : LEADING_MAX, part);
	free(l);
	if (!st)
		st = read_fields(p, part);
	if (!st)
		st = describe(p, part, &boundary);
	if (st)
		return st;
	if (*p->parts_left)
		--*p->parts_left;
	if (part_is(part, "multipart", NULL) && boundary) {
		if (depth < ITEM_DEPTH_MAX && *p->parts_left)
			st = parse_children(p, part, boundary, depth + 1);
		else
			p->cut = true;
	}
	if (!st)
		*out = part;
	return st;
}

status part_parse(struct part_parser *p, const struct extent *whole, struct part **out)
{
	return parse_entity(p, whole, 0, out);
}

status part_parse_header(struct arena *a, const struct extent *whole, struct part **out)
{
	unsigned none = 0;
	struct part_parser p = { .arena = a, .parts_left = &none };

	return parse_entity(&p, whole, 0, out);
}
