#include "cli/json.h"

#include <inttypes.h>
#include <string.h>

void json_start(struct json *j, FILE *to)
{
	memset(j, 0, sizeof *j);
	j->to = to;
}

/* The length of the valid UTF-8 sequence at p, 0 when there is none. */
static unsigned sequence(const unsigned char *p)
{
	unsigned n = p[0] < 0x80 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;

	if (n == 1)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	for (unsigned i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
	    (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
		return 0;
	return n;
}

static void put_string(FILE *to, const char *utf8)
{
	fputc('"', to);
	for (const unsigned char *p = (const unsigned char *)utf8; *p;) {
		unsigned n = sequence(p);

		if (n == 0) {
			fputs("\\ufffd", to);
			p++;
			continue;
		}
		if (*p == '"' || *p == '\\')
			fprintf(to, "\\%c", *p);
		else if (*p == '\n')
			fputs("\\n", to);
		else if (*p < 0x20 || *p == 0x7F)
			fprintf(to, "\\u%04x", (unsigned)*p);
		else
			fwrite(p, 1, n, to);
		p += n;
	}
	fputc('"', to);
}

static void begin(struct json *j, const char *key)
{
	if (j->depth) {
		fputs(j->some[j->depth] ? ",\n" : "\n", j->to);
		fprintf(j->to, "%*s", (int)(2 * j->depth), "");
		j->some[j->depth] = true;
	}
	if (key) {
		put_string(j->to, key);
		fputs(": ", j->to);
	}
}

static void open_level(struct json *j, const char *key, char c)
{
	begin(j, key);
	fputc(c, j->to);
	if (j->depth + 1 < JSON_DEPTH_MAX)
		j->depth++;
	j->some[j->depth] = false;
	j->closing[j->depth] = c == '{' ? '}' : ']';
}

static void close_level(struct json *j)
{
	bool some = j->some[j->depth];
	char c = j->closing[j->depth];

	if (j->depth)
		j->depth--;
	if (some)
		fprintf(j->to, "\n%*s", (int)(2 * j->depth), "");
	fputc(c, j->to);
}

void json_finish(struct json *j)
{
	while (j->depth)
		close_level(j);
	fputc('\n', j->to);
	fflush(j->to);
}

void json_object(struct json *j, const char *key)
{
	open_level(j, key, '{');
}

void json_array(struct json *j, const char *key)
{
	open_level(j, key, '[');
}

void json_end_object(struct json *j)
{
	close_level(j);
}

void json_end_array(struct json *j)
{
	close_level(j);
}

void json_text(struct json *j, const char *key, const char *utf8)
{
	begin(j, key);
	if (utf8)
		put_string(j->to, utf8);
	else
		fputs("null", j->to);
}

void json_number(struct json *j, const char *key, uint64_t n)
{
	begin(j, key);
	fprintf(j->to, "%" PRIu64, n);
}

void json_bool(struct json *j, const char *key, bool b)
{
	begin(j, key);
	fputs(b ? "true" : "false", j->to);
}

void json_hex(struct json *j, const char *key, uint64_t n)
{
	begin(j, key);
	fprintf(j->to, "\"0x%" PRIX64 "\"", n);
}

void json_raw(struct json *j, const char *key, const char *text)
{
	begin(j, key);
	fputs(text, j->to);
}
