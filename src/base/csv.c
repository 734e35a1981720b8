#include "base/csv.h"

#include "base/buf.h"

void csv_init(struct csv *c, struct bytes text)
{
	static const char separators[] = ",;\t";
	size_t best = 0;

	*c = (struct csv){ .left = text, .separator = ',', .line = 1 };
	if (text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
		c->left = bytes_of(text.p + 3, text.n - 3);
	for (const char *s = separators; *s; s++) {
		size_t n = 0;

		for (size_t i = 0; i < c->left.n && c->left.p[i] != '\n'; i++)
			n += c->left.p[i] == (uint8_t)*s;
		if (n > best) {
			best = n;
			c->separator = *s;
		}
	}
}

static bool at_end_of_line(const struct csv *c)
{
	return !c->left.n || *c->left.p == '\n' || (*c->left.p == '\r' && (c->left.n == 1 || c->left.p[1] == '\n'));
}

static uint8_t take(struct csv *c)
{
	uint8_t b = *c->left.p;

	c->left = bytes_of(c->left.p + 1, c->left.n - 1);
	c->line += b == '\n';
	return b;
}

static void pass_end_of_line(struct csv *c)
{
	if (c->left.n && *c->left.p == '\r')
		(void)take(c);
	if (c->left.n && *c->left.p == '\n')
		(void)take(c);
}

/* After the opening quote; two quotes are one of the text. */
static status read_quoted(struct csv *c, struct buf *out, struct reason *why)
{
	unsigned from = c->line;

	while (c->left.n) {
		uint8_t b = take(c);

		if (b != '"')
			buf_add_u8(out, b);
		else if (c->left.n && *c->left.p == '"')
			buf_add_u8(out, take(c));
		else if (at_end_of_line(c) || *c->left.p == (uint8_t)c->separator)
			return ecNone;
		else
			return reason_set(why, ecCorruptData, "line %u: text behind a closing quote; a quote within quotes is written twice",
					  c->line);
	}
	return reason_set(why, ecCorruptData, "line %u: a quote is opened and never closed", from);
}

static status read_field(struct csv *c, struct arena *arena, const char **out, struct reason *why)
{
	CLEANUP_BUF struct buf text = BUF_MAX(CSV_FIELD_MAX);
	status st = ecNone;

	if (c->left.n && *c->left.p == '"') {
		(void)take(c);
		st = read_quoted(c, &text, why);
	} else {
		while (!at_end_of_line(c) && *c->left.p != (uint8_t)c->separator)
			buf_add_u8(&text, take(c));
	}
	if (st)
		return st;
	if (text.failed)
		return reason_set(why, ecTooBig, "line %u: a field of more than %zu bytes", c->line, CSV_FIELD_MAX);
	if (text.n && memchr(text.p, 0, text.n))
		return reason_set(why, ecCorruptData, "line %u: a NUL; is this a text file?", c->line);
	*out = arena_strndup(arena, buf_cstr(&text), text.n);
	return *out ? ecNone : reason_set(why, ecMemory, "not enough memory");
}

static status read_row(struct csv *c, struct arena *arena, struct csv_row *row, struct reason *why)
{
	const char *fields[CSV_FIELDS_MAX];
	size_t n = 0;
	bool more = true;

	row->line = c->line;
	while (more) {
		status st = n == CSV_FIELDS_MAX ? reason_set(why, ecTooBig, "line %u: more than %u fields", c->line, CSV_FIELDS_MAX) :
						  read_field(c, arena, &fields[n], why);

		if (st)
			return st;
		n++;
		more = c->left.n && *c->left.p == (uint8_t)c->separator;
		if (more)
			(void)take(c);
	}
	pass_end_of_line(c);
	row->v = arena_memdup(arena, fields, n * sizeof *fields);
	row->n = n;
	return row->v ? ecNone : reason_set(why, ecMemory, "not enough memory");
}

status csv_next(struct csv *c, struct arena *arena, struct csv_row *row, bool *more, struct reason *why)
{
	struct csv_row found;
	status st;

	while (c->left.n && at_end_of_line(c))
		pass_end_of_line(c);
	if (!c->left.n) {
		*more = false;
		return ecNone;
	}
	st = read_row(c, arena, &found, why);
	if (st)
		return st;
	*row = found;
	*more = true;
	return ecNone;
}
