/* CPU and wall time of a stretch of work. */
#ifndef BENCH_STORE_CLOCK_H
#define BENCH_STORE_CLOCK_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

struct stopwatch {
	double cpu, wall; /* milliseconds */
};

static inline double clock_ms(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline struct stopwatch stopwatch_start(void)
{
	return (struct stopwatch){ clock_ms(CLOCK_PROCESS_CPUTIME_ID), clock_ms(CLOCK_MONOTONIC) };
}

static inline struct stopwatch stopwatch_stop(const struct stopwatch *w)
{
	struct stopwatch now = stopwatch_start();

	return (struct stopwatch){ now.cpu - w->cpu, now.wall - w->wall };
}

static inline void stopwatch_print(const struct stopwatch *w, const char *what)
{
	struct stopwatch took = stopwatch_stop(w);

	printf("%s %.3f %.3f\n", what, took.cpu, took.wall);
}

static inline void stopwatch_print_with(const struct stopwatch *w, const char *what, uint64_t a, uint64_t b)
{
	struct stopwatch took = stopwatch_stop(w);

	printf("%s %.3f %.3f %llu %llu\n", what, took.cpu, took.wall, (unsigned long long)a, (unsigned long long)b);
}

#endif
