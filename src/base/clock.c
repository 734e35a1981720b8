#include "base/clock.h"

static uint64_t system_now(const struct clock *c)
{
	struct timespec t;

	(void)c;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return filetime_from_unix(t.tv_sec) + (uint64_t)t.tv_nsec / 100;
}

static uint64_t system_monotonic(const struct clock *c)
{
	struct timespec t;

	(void)c;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

const struct clock clock_system = { system_now, system_monotonic, 0 };

static uint64_t fixed_now(const struct clock *c)
{
	return c->fixed;
}

static uint64_t fixed_monotonic(const struct clock *c)
{
	return c->fixed * 100;
}

struct clock clock_fixed(uint64_t filetime)
{
	return (struct clock){ fixed_now, fixed_monotonic, filetime };
}
