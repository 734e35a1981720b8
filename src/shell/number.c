/* Numbers as they are typed. */
#include "shell/value.h"

#include <ctype.h>
#include <errno.h>
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

bool size_parse(const char *text, uint64_t *bytes)
{
	int64_t n;

	if (strcasecmp(text, "unlimited") == 0)
		n = QUANTITY_UNLIMITED;
	else if (!size_from_text(text, &n))
		return false;
	*bytes = (uint64_t)n;
	return true;
}
