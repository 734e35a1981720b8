#include "base/quantity.h"
#include "cli/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "mapi/error.h"

static const char *command_name = "postern";

const char *text_style(FILE *to, enum text_style style)
{
	static const char *const escapes[] = { "\033[0m",  "\033[1m",  "\033[2m",
					       "\033[31m", "\033[32m", "\033[33m" };
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if ((no_color && *no_color) || !term || strcmp(term, "dumb") == 0 || !isatty(fileno(to)))
		return "";
	return escapes[style];
}

void text_command(const char *name)
{
	command_name = name;
}

void complain(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s%s: ", text_style(stderr, TEXT_RED), command_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "%s\n", text_style(stderr, TEXT_PLAIN));
}

void complain_status(status code, const struct reason *why)
{
	const struct mapi_error *e = mapi_error_by_code(code);
	const char *words = why && why->text[0] ? why->text : e ? e->meaning : "failed";

	complain("%s", words);
	if (e)
		fprintf(stderr, "(%s 0x%08" PRIX32 "; more: postern explain %s)\n", e->name, code,
			e->name);
	else
		fprintf(stderr, "(0x%08" PRIX32 ")\n", code);
}

void note(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%snote:%s ", text_style(stderr, TEXT_YELLOW), text_style(stderr, TEXT_PLAIN));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

const char *text_count(uint64_t n, char out[static TEXT_NUMBER_SIZE])
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n), at = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = 0;
	return out;
}

const char *text_bytes(uint64_t n, char out[static TEXT_NUMBER_SIZE])
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB" };
	double v = (double)n / 1000;
	size_t unit = 0;

	if (n < 1000) {
		snprintf(out, TEXT_NUMBER_SIZE, "%u byte%s", (unsigned)n, plural(n));
		return out;
	}
	for (; v >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
		v /= 1000;
	snprintf(out, TEXT_NUMBER_SIZE, v < 10 ? "%.2f %s" : v < 100 ? "%.1f %s" : "%.0f %s", v,
		 units[unit]);
	return out;
}

const char *text_duration(uint64_t seconds, char out[static TEXT_NUMBER_SIZE])
{
	unsigned s = (unsigned)(seconds % 60), m = (unsigned)(seconds / 60 % 60);

	if (seconds >= 3600)
		snprintf(out, TEXT_NUMBER_SIZE, "%" PRIu64 ":%02u:%02u", seconds / 3600, m, s);
	else
		snprintf(out, TEXT_NUMBER_SIZE, "%u:%02u", m, s);
	return out;
}

#define DISTANCE_MAX 40

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Optimal string alignment. */
unsigned text_distance(const char *a, const char *b)
{
	unsigned row[DISTANCE_MAX + 1][DISTANCE_MAX + 1];
	size_t n = strnlen(a, DISTANCE_MAX), m = strnlen(b, DISTANCE_MAX);

	for (size_t i = 0; i <= n; i++)
		row[i][0] = (unsigned)i;
	for (size_t j = 0; j <= m; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			unsigned change = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;

			row[i][j] = least(least(row[i - 1][j] + 1, row[i][j - 1] + 1),
					  row[i - 1][j - 1] + change);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]))
				row[i][j] = least(row[i][j], row[i - 2][j - 2] + 1);
		}
	return row[n][m];
}

static void put_harmless(FILE *to, const char *utf8, bool lines)
{
	for (const unsigned char *p = (const unsigned char *)utf8; *p; p++) {
		/* C1 controls are C2 80 .. C2 9F in UTF-8. */
		if (p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0)
			p++, fputc(' ', to);
		else if (*p == '\n' && lines)
			fputc('\n', to);
		else
			fputc(*p < 0x20 || *p == 0x7F ? ' ' : *p, to);
	}
}

void text_put(FILE *to, const char *utf8)
{
	put_harmless(to, utf8, false);
}

void text_put_lines(FILE *to, const char *utf8)
{
	put_harmless(to, utf8, true);
}

/* "Get-CasMailbox" begins a command of the management shell. */
static bool begins_command(const char *word, size_t n)
{
	const char *dash = memchr(word, '-', n);

	return dash && dash > word && dash + 1 < word + n && isupper((unsigned char)word[0]) &&
	       isupper((unsigned char)dash[1]);
}

static bool is_upper(const char *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isupper((unsigned char)word[i]))
			return false;
	return n > 0;
}

/*
 * The length of what may not be broken: a word, or a command with its arguments (names in capitals, options,
 * and what stands behind a bar), so that it can be copied.
 */
static size_t unbroken(const char *text)
{
	size_t n = strcspn(text, " \n");
	bool behind_bar = false;

	if (!begins_command(text, n))
		return n;
	while (text[n] == ' ') {
		const char *word = text + n + 1;
		size_t length = strcspn(word, " \n");

		if (!behind_bar && *word != '-' && *word != '|' && !is_upper(word, length))
			break;
		behind_bar = *word == '|' || (behind_bar && text[n - 1] == '|');
		n += 1 + length;
	}
	return n;
}

void text_wrap(FILE *to, const char *text, unsigned indent, unsigned width)
{
	unsigned column = 0;

	while (*text) {
		size_t n = unbroken(text);

		if (column && column + 1 + n > width) {
			fputc('\n', to);
			column = 0;
		}
		if (n) {
			fprintf(to, "%*s%.*s", column ? 1 : (int)indent, "", (int)n, text);
			column += (column ? 1 : indent) + (unsigned)n;
		}
		text += n;
		if (*text == '\n') {
			fputc('\n', to);
			column = 0;
		}
		text += *text != 0;
	}
	if (column)
		fputc('\n', to);
}

static bool parse_digits(const char *text, char **end, uint64_t *out)
{
	uint64_t n;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	n = strtoull(text, end, 10);
	if (errno)
		return false;
	*out = n;
	return true;
}

bool text_parse_number(const char *text, uint64_t *out)
{
	char *end;
	uint64_t n;

	if (!parse_digits(text, &end, &n) || *end)
		return false;
	*out = n;
	return true;
}

bool text_parse_size(const char *text, uint64_t *out)
{
	static const char letters[] = "KMGT";
	char *end;
	uint64_t n, base = 1000;

	if (!parse_digits(text, &end, &n))
		return false;
	if (*end) {
		const char *at = strchr(letters, toupper((unsigned char)*end));

		if (!at || !*at)
			return false;
		end++;
		if (*end == 'i')
			base = 1024, end++;
		if (*end == 'B' || *end == 'b')
			end++;
		for (const char *p = letters; p <= at; p++)
			if (__builtin_mul_overflow(n, base, &n))
				return false;
		if (*end)
			return false;
	}
	*out = n;
	return true;
}
