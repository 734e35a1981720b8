/*
 * Event loops: threads, one a core, each with the sockets and timers that were given to it, on libevent_core.
 * What belongs to a loop is touched on its thread only; other threads reach it by posting a task.  Nothing here
 * may block.
 *
 * A task is part of whatever it is for, so posting needs no memory and cannot fail:
 *
 *     struct job { struct task task; ... };
 *     static void job_run(struct task *t) { struct job *j = task_of(t, struct job, task); ... }
 *     j->task.run = job_run;
 *     loop_post(loop, &j->task);
 *
 * From the moment `run` is called the task is its owner's again: it may be posted anew, elsewhere too, or
 * freed.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/status.h"

struct task {
	void (*run)(struct task *t);
	struct task *next; /* of whoever it was posted to */
};

#define task_of(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

struct loops; /* all of a program */
struct loop;

/*
 * Starts `n` threads (0: one a core), which block all signals: those come to the thread that waits.  SIGPIPE is
 * ignored from here on. ecNotFound: libevent_core is not installed.
 */
status loops_start(unsigned n, struct loops **out, struct reason *why) MUST;
/*
 * Ends the threads when what was posted to them by then has run, and frees them; timers and watches that are
 * left are not called any more, so whoever owns some stops it before.  Not to be called on a loop.  NULL is
 * fine.
 */
void loops_stop(struct loops *l);
unsigned loops_count(const struct loops *l);
struct loop *loops_at(struct loops *l, unsigned i);
struct loop *loops_next(struct loops *l); /* one after the other, from any thread */

/* The thread that calls loops_wait sleeps until somebody, on any thread, calls loops_finish. */
void loops_wait(struct loops *l);
void loops_finish(struct loops *l);

/* From any thread. Tasks of one thread run in their order. */
void loop_post(struct loop *l, struct task *t);
bool loop_is_here(const struct loop *l); /* the caller is on its thread */
uint64_t loop_now(void);                 /* milliseconds that only grow */
/* 64 KiB that whoever runs on the loop's thread may use until it returns to the loop. */
#define LOOP_SCRATCH ((size_t)64 << 10)
uint8_t *loop_scratch(struct loop *l);

/* Timers: one shot, set again as often as wished, cheap to move later. On the loop's thread. */
struct loop_timer;
status loop_timer_new(struct loop *l, void (*run)(void *arg), void *arg, struct loop_timer **out) MUST;
void loop_timer_set(struct loop_timer *t, uint64_t ms); /* from now; instead of what was set before */
void loop_timer_clear(struct loop_timer *t);
void loop_timer_free(struct loop_timer *t); /* NULL is fine */

/* What a descriptor is watched for. On the loop's thread. */
#define LOOP_READ  1u
#define LOOP_WRITE 2u
#define LOOP_CLOSED \
	4u /* the peer has closed, though what it sent may not have been read yet; not together with LOOP_READ */
struct loop_watch;
status loop_watch_new(struct loop *l, int fd, void (*ready)(void *arg, unsigned what), void *arg,
		      struct loop_watch **out) MUST;
void loop_watch_for(struct loop_watch *w, unsigned what); /* until it is said anew; 0: nothing */
void loop_watch_free(struct loop_watch *w);               /* before the descriptor is closed; NULL is fine */

/*
 * Calls `run` on the loop whenever one of the signals comes; for the life of the loop; one loop of a program.
 * From any thread; when it returns, none of them ends the program any more.
 */
#define LOOP_SIGNALS_MOST 8u
status loop_signals(struct loop *l, const int *signals, size_t n, void (*run)(void *arg, int signal), void *arg,
		    struct reason *why) MUST;

#endif
