/* Threads as loops and workers want them: no signal comes to them. */
#ifndef NET_THREAD_H
#define NET_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static inline unsigned thread_cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (unsigned)n : 1;
}

static inline bool thread_start(pthread_t *out, void *(*run)(void *arg), void *arg)
{
	sigset_t all, before;
	bool started;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(out, NULL, run, arg) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

/* A condition whose times (thread_time) do not jump with the clock. */
static inline void thread_cond_init(pthread_cond_t *c)
{
	pthread_condattr_t monotonic;

	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(c, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
}

/* So many milliseconds from now, for pthread_cond_timedwait. */
static inline struct timespec thread_time(uint64_t ms)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

#endif
