/* Threads as loops and workers want them: no signal comes to them. */
#ifndef NET_THREAD_H
#define NET_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
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

#endif
