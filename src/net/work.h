/*
 * Worker threads for what may block: the store, passwords, files.  Tasks (net/loop.h) of one *strand* run one
 * at a time and in their order, on whichever worker is free; strands take turns, a task each.  So a mailbox
 * with a strand is served by one worker at a time and needs no lock.  When a task is done it posts itself, or
 * another, to the loop that waits for it.
 */
#ifndef NET_WORK_H
#define NET_WORK_H

#include "net/loop.h"

struct workers;

/* `n` threads (0: four a core, at least eight), which block all signals. */
status workers_start(unsigned n, struct workers **out, struct reason *why) MUST;
/*
 * Runs all that was posted, also by tasks that still run, then ends the threads.  Not to be called on a worker.
 * NULL is fine.
 */
void workers_stop(struct workers *w);
/*
 * Returns when nothing waits and nothing runs: a strand is looked at once more after its last task, so whoever frees strands that others
 * posted to waits here first.  Not to be called on a worker, nor while somebody still posts.
 */
void workers_settle(struct workers *w);
/*
 * Tasks that wait for a worker, for counters and for refusing work when there is too much of it. From any
 * thread.
 */
size_t workers_waiting(const struct workers *w);
/* A task that belongs to no strand. From any thread. */
void work_post(struct workers *w, struct task *t);

/* Part of what it orders. Freed when it is idle, or in its last task after strand_end. */
struct strand {
	struct workers *workers;
	struct task *first, *last;
	struct strand *next;
	bool queued; /* stands in the queue, or one of its tasks runs */
};

void strand_init(struct strand *s, struct workers *w);
/* From any thread, also from a task of the strand: it runs after those posted before. */
void strand_post(struct strand *s, struct task *t);
/*
 * In the strand's last task: nothing else waits in it, nobody posts to it any more, and it may be freed from
 * here on.
 */
void strand_end(struct strand *s);
/* Nothing of it waits or runs. Only for one who knows that nobody posts at the same time. */
bool strand_is_idle(struct strand *s);

#endif
