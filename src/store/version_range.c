#include "store/version_range.h"

#include <string.h>

struct range {
	uint64_t from, to;
};

static uint64_t order(uint64_t major, uint64_t minor, uint64_t build)
{
	return major << 32 | minor << 16 | build;
}

/* "11.5603.0"; where it ends, NULL when it is no version. */
static const char *version(const char *at, uint64_t *out)
{
	static const uint32_t most[3] = { 65535, 32767, 65535 };
	uint32_t part[3];

	for (unsigned i = 0; i < 3; i++) {
		if (i && *at++ != '.')
			return NULL;
		if (*at < '0' || *at > '9')
			return NULL;
		for (part[i] = 0; *at >= '0' && *at <= '9'; at++) {
			part[i] = part[i] * 10 + (uint32_t)(*at - '0');
			if (part[i] > most[i])
				return NULL;
		}
	}
	*out = order(part[0], part[1], part[2]);
	return at;
}

static const char *skip_spaces(const char *at)
{
	return at + strspn(at, " ");
}

/* One range and what separates it from the next; NULL when it cannot be read. */
static const char *next_range(const char *at, struct range *out)
{
	struct range r = { 0, UINT64_MAX };
	bool open = false;

	at = skip_spaces(at);
	if (*at == '-')
		open = true;
	else if (!(at = version(at, &r.from)))
		return NULL;
	at = skip_spaces(at);
	if (*at == '-') {
		at = skip_spaces(at + 1);
		if ((*at && *at != ';') || open)
			at = version(at, &r.to);
	} else {
		r.to = r.from;
	}
	if (!at || r.from > r.to)
		return NULL;
	at = skip_spaces(at);
	if (*at && *at != ';')
		return NULL;
	*out = r;
	return *at ? skip_spaces(at + 1) : at;
}

status version_ranges_check(const char *ranges, struct reason *why)
{
	struct range r;

	while (*ranges) {
		const char *next = next_range(ranges, &r);

		if (!next)
			return reason_set(why, ecInvalidParam,
					  "\"%.*s\" is no range of versions; write 11.5603.0, -6.0.0, 10.0.0-11.5603.0 or 15.0.0-, with ; between them",
					  (int)strcspn(ranges, ";"), ranges);
		ranges = next;
	}
	return ecNone;
}

bool version_ranges_contain(const char *ranges, struct client_version v)
{
	uint64_t at = order(v.major, v.minor, v.build);
	struct range r;

	while (ranges && *ranges) {
		ranges = next_range(ranges, &r);
		if (!ranges || (at >= r.from && at <= r.to))
			return true;
	}
	return false;
}
