#include "base/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const units[] = { "B", "KB", "MB", "GB", "TB", "PB" };
#define UNITS (sizeof units / sizeof *units)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A whole number, with commas when `grouped`; where it ends, NULL without a digit or beyond 63 bits. */
static const char *whole(const char *text, bool grouped, int64_t *out)
{
	int64_t n = 0;

	if (!is_digit(*text))
		return NULL;
	for (; is_digit(*text) || (grouped && *text == ',' && is_digit(text[1])); text++)
		if (*text != ',' && (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *text - '0', &n)))
			return NULL;
	*out = n;
	return text;
}

/* "(1,572,864 bytes)" */
static bool exact(const char *text, int64_t *bytes)
{
	int64_t n;
	const char *end = *text == '(' ? whole(text + 1, true, &n) : NULL;

	if (!end || strcasecmp(end, " bytes)") != 0)
		return false;
	*bytes = n;
	return true;
}

static size_t unit_at(const char *text, size_t *length)
{
	for (size_t i = UNITS; i-- > 0;)
		if (strncasecmp(text, units[i], strlen(units[i])) == 0) {
			*length = strlen(units[i]);
			return i;
		}
	*length = 0;
	return 0;
}

bool size_from_text(const char *text, int64_t *bytes)
{
	uint64_t fraction = 0, tenth = 1;
	size_t length;
	int64_t n;

	text = whole(text, true, &n);
	if (!text)
		return false;
	if (*text == '.')
		for (text++; is_digit(*text); text++)
			if (tenth < 1000000000u) {
				fraction = fraction * 10 + (uint64_t)(*text - '0');
				tenth *= 10;
			}
	text += *text == ' ';
	unsigned shift = 10 * (unsigned)unit_at(text, &length);
	text += length;
	unsigned __int128 all = ((unsigned __int128)n << shift) + (((unsigned __int128)fraction << shift) / tenth);
	if (all >= INT64_MAX)
		return false;
	if (*text == ' ')
		return exact(text + 1, bytes);
	if (*text)
		return false;
	*bytes = (int64_t)all;
	return true;
}

void number_grouped(uint64_t n, struct buf *out)
{
	char plain[24];
	int length = snprintf(plain, sizeof plain, "%" PRIu64, n);

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			buf_add_u8(out, ',');
		buf_add_u8(out, (uint8_t)plain[i]);
	}
}

void size_to_text(int64_t bytes, struct buf *out)
{
	double shown = (double)bytes;
	size_t unit = 0;

	if (bytes == QUANTITY_UNLIMITED) {
		buf_add_str(out, "Unlimited");
		return;
	}
	for (; shown >= 1024 && unit + 1 < UNITS; unit++)
		shown /= 1024;
	/* Four digits that count; what is larger than all units in full rather than with an exponent. */
	buf_printf(out, shown < 10000 ? "%.4g %s (" : "%.0f %s (", shown, units[unit]);
	number_grouped((uint64_t)bytes, out);
	buf_add_str(out, " bytes)");
}

/* Two digits and no more than `most`; where they end, NULL otherwise. */
static const char *two_digits(const char *text, int most, int64_t *out)
{
	if (!is_digit(text[0]) || !is_digit(text[1]))
		return NULL;
	int n = (text[0] - '0') * 10 + text[1] - '0';
	if (n > most)
		return NULL;
	*out = n;
	return text + 2;
}

bool duration_from_text(const char *text, int64_t *seconds)
{
	int64_t days = 0, hours = 0, minutes = 0, rest = 0, total;
	const char *dot = strchr(text, '.'), *colon = strchr(text, ':');

	if (dot || !colon) {
		text = whole(text, false, &days);
		if (!text || (*text && *text != '.'))
			return false;
		text += *text == '.';
	}
	if (colon) {
		text = two_digits(text, 23, &hours);
		text = text && *text == ':' ? two_digits(text + 1, 59, &minutes) : NULL;
		if (text && *text == ':')
			text = two_digits(text + 1, 59, &rest);
	}
	if (!text || *text || __builtin_mul_overflow(days, 86400, &total) ||
	    __builtin_add_overflow(total, hours * 3600 + minutes * 60 + rest, &total) || total == QUANTITY_UNLIMITED)
		return false;
	if (dot && !colon)
		return false;
	*seconds = total;
	return true;
}

void duration_to_text(int64_t seconds, struct buf *out)
{
	if (seconds == QUANTITY_UNLIMITED) {
		buf_add_str(out, "Unlimited");
		return;
	}
	if (seconds >= 86400)
		buf_printf(out, "%" PRId64 ".", seconds / 86400);
	buf_printf(out, "%02d:%02d:%02d", (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60), (int)(seconds % 60));
}
