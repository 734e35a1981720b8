/* Numbers as they are typed, and sizes as Exchange prints them. */
#include "shell/value.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"

#define UNITS 6

static const char unit_names[UNITS][3] = { "B", "KB", "MB", "GB", "TB", "PB" };

/* "KB" and all after it: how many bits to the left; -1 when it is none. */
static int unit_shift(const char *text)
{
	if (!*text)
		return 0;
	for (int i = 1; i < UNITS; i++)
		if (strcasecmp(text, unit_names[i]) == 0)
			return 10 * i;
	return -1;
}

static size_t digits(const char *p)
{
	size_t n = 0;

	while (isdigit((unsigned char)p[n]))
		n++;
	return n;
}

/* The length of "12", "12.5", ".5", "1e6"; 0 when there is no number. */
static size_t decimal_length(const char *text, bool *whole)
{
	size_t n = digits(text), fraction = 0;

	*whole = true;
	if (text[n] == '.') {
		fraction = digits(text + n + 1);
		if (!fraction)
			return 0;
		n += 1 + fraction;
		*whole = false;
	}
	if (n && (text[n] | 32) == 'e') {
		size_t sign = text[n + 1] == '-' || text[n + 1] == '+', power = digits(text + n + 1 + sign);

		if (power) {
			n += 1 + sign + power;
			*whole = false;
		}
	}
	return n;
}

static bool parse_hex(const char *text, bool negative, struct value *out)
{
	char *end;

	if (!isxdigit((unsigned char)text[2]))
		return false;
	errno = 0;
	uint64_t n = strtoull(text, &end, 16);
	if (errno || *end || n > INT64_MAX)
		return false;
	*out = value_integer(negative ? -(int64_t)n : (int64_t)n);
	return true;
}

static bool parse_whole(const char *text, bool negative, int shift, struct value *out)
{
	int64_t n, factor = (int64_t)1 << shift;

	errno = 0;
	n = strtoll(text, NULL, 10);
	if (errno || __builtin_mul_overflow(n, negative ? -factor : factor, &n))
		return false;
	*out = value_integer(n);
	return true;
}

/* What is whole after its unit was counted ("1.5KB") is an integer. */
static bool parse_fraction(const char *text, bool negative, int shift, struct value *out)
{
	double d = strtod(text, NULL) * (double)((int64_t)1 << shift);

	if (!(d < 9e300))
		return false;
	if (negative)
		d = -d;
	if (shift && d > -9e15 && d < 9e15)
		*out = value_integer((int64_t)d);
	else
		*out = value_real(d);
	return true;
}

bool number_parse(const char *text, struct value *out)
{
	bool negative = *text == '-', whole;

	text += *text == '-' || *text == '+';
	if (text[0] == '0' && (text[1] | 32) == 'x')
		return parse_hex(text, negative, out);
	size_t n = decimal_length(text, &whole);
	if (!n || n > 400)
		return false;
	int shift = unit_shift(text + n);
	if (shift < 0)
		return false;
	return whole ? parse_whole(text, negative, shift, out) : parse_fraction(text, negative, shift, out);
}

/* The number before the unit, its commas left out; how much of the text it took, 0 when there is none. */
static size_t size_number(const char *text, char *out, size_t size)
{
	size_t i = 0, n = 0;

	for (; (isdigit((unsigned char)text[i]) || text[i] == '.' || text[i] == ',') && n + 4 < size; i++)
		if (text[i] != ',')
			out[n++] = text[i];
	out[n] = '\0';
	return n ? i : 0;
}

/* "(1,572,864 bytes)": exact, so it wins over the rounded number before it. */
static bool exact_bytes(const char *text, uint64_t *bytes)
{
	char number[32] = "";
	struct value v;
	size_t n = *text == '(' ? size_number(text + 1, number, sizeof number) : 0;

	if (!n || strcasecmp(text + 1 + n, " bytes)") != 0 || !number_parse(number, &v) || v.kind != VALUE_INTEGER)
		return false;
	*bytes = (uint64_t)v.integer;
	return true;
}

static bool sized_number(const char *number, uint64_t *bytes)
{
	struct value v;

	if (!number_parse(number, &v))
		return false;
	if (v.kind == VALUE_REAL && v.real >= 0 && v.real < 9e15)
		*bytes = (uint64_t)v.real;
	else if (v.kind == VALUE_INTEGER && v.integer >= 0)
		*bytes = (uint64_t)v.integer;
	else
		return false;
	return true;
}

bool size_parse(const char *text, uint64_t *bytes)
{
	char number[64] = "";
	size_t i = size_number(text, number, sizeof number), n = strlen(number), unit = 0;

	if (strcasecmp(text, "unlimited") == 0) {
		*bytes = SIZE_UNLIMITED;
		return true;
	}
	if (!i || n + 4 >= sizeof number)
		return false;
	i += text[i] == ' ';
	for (; unit < 2 && isalpha((unsigned char)text[i]); i++, unit++)
		number[n + unit] = text[i];
	number[n + unit] = '\0';
	if (strcasecmp(number + n, "B") == 0)
		number[n] = '\0';
	if (text[i] == ' ')
		return exact_bytes(text + i + 1, bytes);
	return !text[i] && sized_number(number, bytes);
}

void grouped_print(uint64_t n, struct buf *out)
{
	char plain[24];
	int length = snprintf(plain, sizeof plain, "%" PRIu64, n);

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			buf_add_u8(out, ',');
		buf_add_u8(out, (uint8_t)plain[i]);
	}
}

void size_print(uint64_t bytes, struct buf *out)
{
	double shown = (double)bytes;
	unsigned unit = 0;

	if (bytes == SIZE_UNLIMITED) {
		buf_add_str(out, "Unlimited");
		return;
	}
	for (; shown >= 1024 && unit + 1 < UNITS; unit++)
		shown /= 1024;
	/* Four digits that count, as Exchange shows; large petabytes in full rather than with an exponent. */
	buf_printf(out, shown < 10000 ? "%.4g %s (" : "%.0f %s (", shown, unit_names[unit]);
	grouped_print(bytes, out);
	buf_add_str(out, " bytes)");
}
