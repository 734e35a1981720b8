#include "base/filetime.h"

#include <stdio.h>
#include <string.h>

#define YEAR_9999_END 253402300799ll

int64_t filetime_to_unix(uint64_t filetime)
{
	int64_t s = (int64_t)(filetime / FILETIME_PER_SECOND) - (int64_t)(FILETIME_UNIX_EPOCH / FILETIME_PER_SECOND);

	return s > YEAR_9999_END ? YEAR_9999_END : s;
}

uint64_t filetime_from_unix(int64_t seconds)
{
	const int64_t since_1601 = (int64_t)(FILETIME_UNIX_EPOCH / FILETIME_PER_SECOND);

	if (seconds < -since_1601)
		return 0;
	if (seconds > YEAR_9999_END)
		seconds = YEAR_9999_END;
	return (uint64_t)(seconds + since_1601) * FILETIME_PER_SECOND;
}

void filetime_format(uint64_t filetime, char out[static FILETIME_TEXT_SIZE])
{
	time_t s = (time_t)filetime_to_unix(filetime);
	unsigned fraction = (unsigned)(filetime % FILETIME_PER_SECOND);
	struct tm tm;
	char text[FILETIME_TEXT_SIZE] = "";

	if (gmtime_r(&s, &tm))
		(void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (fraction)
		(void)snprintf(out, FILETIME_TEXT_SIZE, "%.22s.%07uZ", text, fraction);
	else
		(void)snprintf(out, FILETIME_TEXT_SIZE, "%.30sZ", text);
}

/* ".1451829": one to seven digits; what is not there is 0. */
static const char *parse_fraction(const char *text, uint64_t *out)
{
	uint64_t unit = FILETIME_PER_SECOND;

	*out = 0;
	if (*text != '.')
		return text;
	for (text++; *text >= '0' && *text <= '9' && unit > 1; text++) {
		unit /= 10;
		*out += unit * (uint64_t)(*text - '0');
	}
	return unit < FILETIME_PER_SECOND ? text : NULL;
}

bool filetime_parse(const char *text, uint64_t *out)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	uint64_t fraction = 0;

	if (end && *end == 'T') {
		end = strptime(end, "T%H:%M:%S", &tm);
		end = end ? parse_fraction(end, &fraction) : NULL;
	}
	if (!end || (*end && strcmp(end, "Z") != 0))
		return false;
	*out = filetime_from_unix((int64_t)timegm(&tm)) + fraction;
	return true;
}
