#include "mime/card_lines.h"

#include <strings.h>

void card_reader_init(struct card_reader *r, const struct extent *from)
{
	line_reader_init(&r->lines, from);
	r->pending = false;
	r->text[0] = '\0';
}

status card_reader_status(const struct card_reader *r)
{
	return r->lines.failed;
}

/* Appends the line that was read from `skip` on; as much as fits, and false when that is not all. */
static bool append_line(struct card_reader *r, size_t *n, uint64_t skip)
{
	const struct line_reader *l = &r->lines;
	uint64_t length = l->length - skip;
	size_t room = CARD_LINE_MAX - *n, got = 0;
	bool fits = length <= room;

	if (r->pieces < CARD_PIECES) {
		r->piece[r->pieces].text = *n;
		r->piece[r->pieces++].at = l->at + skip;
	}
	if (extent_read(&l->from, l->at + skip, r->text + *n, fits ? (size_t)length : room, &got))
		return false;
	for (size_t i = 0; i < got; i++)
		if (!r->text[*n + i])
			r->text[*n + i] = ' ';
	*n += got;
	return fits;
}

static bool continues(const struct line_reader *l)
{
	return l->n && (l->seen[0] == ' ' || l->seen[0] == '\t');
}

/* Reads a line and all that is folded into it. *whole: it fit. */
static bool read_logical(struct card_reader *r, bool *whole, struct extent *line)
{
	uint64_t from, end;
	size_t n = 0;

	if (!r->pending && !line_reader_next(&r->lines))
		return false;
	from = r->lines.at;
	end = from + r->lines.length;
	r->pieces = 0;
	*whole = append_line(r, &n, 0);
	while ((r->pending = line_reader_next(&r->lines)) && continues(&r->lines)) {
		*whole = *whole && append_line(r, &n, 1);
		end = r->lines.at + r->lines.length;
	}
	r->text[n] = '\0';
	*line = extent_part(&r->lines.from, from, end - from);
	return !r->lines.failed;
}

/* Where the part of a line ends that begins at `s`: at one of `stops` outside of quotes. */
static char *find_end(char *s, const char *stops)
{
	bool quoted = false;

	for (; *s; s++) {
		if (*s == '"')
			quoted = !quoted;
		else if (!quoted && strchr(stops, *s))
			return s;
	}
	return s;
}

static char *unquoted(char *s)
{
	size_t n = strlen(s);

	if (n >= 2 && s[0] == '"' && s[n - 1] == '"') {
		s[n - 1] = '\0';
		return s + 1;
	}
	return s;
}

/* Where in the source the character stands that became text[i]. */
static uint64_t source_of(const struct card_reader *r, size_t i)
{
	size_t k = 0;

	while (k + 1 < r->pieces && r->piece[k + 1].text <= i)
		k++;
	return r->piece[k].at + (i - r->piece[k].text);
}

static bool cut(char *text, struct card_line *out)
{
	char *end = find_end(text, ";:"), *dot, stop = *end;

	if (end == text || !stop)
		return false;
	*end = '\0';
	dot = strchr(text, '.'); /* "item1.TEL": groups are of no interest */
	out->name = dot ? dot + 1 : text;
	while (stop == ';') {
		char *name = end + 1, *equals;

		end = find_end(name, ";:");
		stop = *end;
		if (!stop)
			return false;
		*end = '\0';
		equals = strchr(name, '=');
		if (out->parameters == CARD_PARAMETERS_MAX)
			continue;
		if (equals)
			*equals = '\0';
		/* "TEL;HOME:" of vCard 2.1: a type without its name. */
		out->parameter[out->parameters].name = equals ? name : "TYPE";
		out->parameter[out->parameters++].value = equals ? unquoted(equals + 1) : name;
	}
	out->value = end + 1;
	return true;
}

bool card_reader_next(struct card_reader *r, struct card_line *out)
{
	struct extent line;
	bool whole;

	while (read_logical(r, &whole, &line)) {
		struct card_line l = { .line = line };
		uint64_t at;

		if (!cut(r->text, &l))
			continue;
		at = source_of(r, (size_t)(l.value - r->text));
		l.raw = (struct extent){ line.in, r->lines.from.at + at, line.at + line.n - r->lines.from.at - at };
		if (!whole)
			l.value = NULL;
		*out = l;
		return true;
	}
	return false;
}

bool card_line_is(const struct card_line *l, const char *name)
{
	return strcasecmp(l->name, name) == 0;
}

const char *card_parameter(const struct card_line *l, const char *name)
{
	for (size_t i = 0; i < l->parameters; i++)
		if (strcasecmp(l->parameter[i].name, name) == 0)
			return l->parameter[i].value;
	return NULL;
}

bool card_has_type(const struct card_line *l, const char *type)
{
	size_t n = strlen(type);

	for (size_t i = 0; i < l->parameters; i++) {
		const char *s = l->parameter[i].value;

		if (strcasecmp(l->parameter[i].name, "TYPE") != 0)
			continue;
		while (*s) {
			size_t length = strcspn(s, ",");

			if (length == n && strncasecmp(s, type, n) == 0)
				return true;
			s += length;
			s += *s == ',';
		}
	}
	return false;
}

static char *unescape(struct arena *a, const char *s, size_t n)
{
	char *out = arena_alloc(a, n + 1 + n), *to = out; /* a line end is two characters */

	for (size_t i = 0; out && i < n; i++) {
		if (s[i] != '\\' || i + 1 == n) {
			*to++ = s[i];
			continue;
		}
		i++;
		if (s[i] == 'n' || s[i] == 'N') {
			*to++ = '\r';
			*to++ = '\n';
		} else {
			*to++ = s[i];
		}
	}
	if (out)
		*to = '\0';
	return out;
}

char *card_unescape(struct arena *a, const char *value)
{
	return unescape(a, value, strlen(value));
}

size_t card_split(struct arena *a, const char *value, char separator, const char **out, size_t max)
{
	size_t count = 0;

	while (count < max) {
		size_t n = 0;
		const char *part;

		while (value[n] && value[n] != separator)
			n += value[n] == '\\' && value[n + 1] ? 2 : 1;
		part = unescape(a, value, n);
		out[count++] = part ? part : "";
		if (!value[n])
			break;
		value += n + 1;
	}
	return count;
}
