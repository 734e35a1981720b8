#include "support.h"

#include "net/work.h"

#include <pthread.h>

#define STRANDS 8
#define TASKS   2000

struct line {
	struct strand strand;
	unsigned next; /* which task comes next: touched by one worker at a time, or the test fails */
	bool inside, broken;
};

struct step {
	struct task task;
	struct line *line;
	unsigned number;
};

static void step_run(struct task *t)
{
	struct step *s = task_of(t, struct step, task);

	s->line->broken |= s->line->inside || s->line->next != s->number;
	s->line->inside = true;
	s->line->next++;
	if (s->number % 64 == 0)
		(void)usleep(1);
	s->line->inside = false;
}

static void test_strands_keep_order(void **state)
{
	static struct line lines[STRANDS];
	static struct step steps[STRANDS][TASKS];
	struct workers *w = NULL;

	(void)state;
	assert_int_equal(workers_start(4, &w, NULL), 0);
	for (unsigned s = 0; s < STRANDS; s++)
		strand_init(&lines[s].strand, w);
	for (unsigned i = 0; i < TASKS; i++)
		for (unsigned s = 0; s < STRANDS; s++) {
			steps[s][i] =
				(struct step){ .task = { .run = step_run }, .line = &lines[s], .number = i };
			strand_post(&lines[s].strand, &steps[s][i].task);
		}
	workers_stop(w);
	for (unsigned s = 0; s < STRANDS; s++) {
		assert_int_equal(lines[s].next, TASKS);
		assert_false(lines[s].broken);
	}
}

/* A chain: each task posts the next, the last ends its strand and frees it; stopping waits for all of them. */
struct chain {
	struct strand strand;
	struct task task;
	unsigned left;
	unsigned *done;
};

static void chain_run(struct task *t)
{
	struct chain *c = task_of(t, struct chain, task);

	if (c->left--) {
		strand_post(&c->strand, &c->task);
		return;
	}
	__atomic_fetch_add(c->done, 1, __ATOMIC_RELAXED);
	strand_end(&c->strand);
	free(c);
}

static void test_tasks_that_post_more_are_waited_for(void **state)
{
	struct workers *w = NULL;
	unsigned done = 0;

	(void)state;
	assert_int_equal(workers_start(0, &w, NULL), 0);
	for (unsigned i = 0; i < 50; i++) {
		struct chain *c = calloc(1, sizeof *c);

		assert_non_null(c);
		strand_init(&c->strand, w);
		assert_true(strand_is_idle(&c->strand));
		c->task.run = chain_run;
		c->left = 100;
		c->done = &done;
		strand_post(&c->strand, &c->task);
	}
	workers_stop(w);
	assert_int_equal(done, 50);
}

/* Tasks without a strand run beside a strand that never ends by itself. */
struct gate {
	struct task task;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool open;
};

static void gate_wait(struct task *t)
{
	struct gate *g = task_of(t, struct gate, task);

	(void)pthread_mutex_lock(&g->lock);
	while (!g->open)
		(void)pthread_cond_wait(&g->changed, &g->lock);
	(void)pthread_mutex_unlock(&g->lock);
}

static struct gate *opened_by_work;

static void gate_open(struct task *t)
{
	(void)t;
	(void)pthread_mutex_lock(&opened_by_work->lock);
	opened_by_work->open = true;
	(void)pthread_cond_broadcast(&opened_by_work->changed);
	(void)pthread_mutex_unlock(&opened_by_work->lock);
}

static void test_loose_work_runs_beside_a_blocked_strand(void **state)
{
	struct gate gate = { .task = { .run = gate_wait },
			     .lock = PTHREAD_MUTEX_INITIALIZER,
			     .changed = PTHREAD_COND_INITIALIZER };
	struct task open = { .run = gate_open };
	struct strand strand;
	struct workers *w = NULL;

	(void)state;
	opened_by_work = &gate;
	assert_int_equal(workers_start(2, &w, NULL), 0);
	strand_init(&strand, w);
	strand_post(&strand, &gate.task);
	work_post(w, &open);
	workers_stop(w);
	assert_true(gate.open);
}

/* Strands freed while the workers live on: under a sanitizer a worker that looks at one again is seen. */
static void test_strands_are_free_once_workers_settle(void **state)
{
	struct workers *w = NULL;

	(void)state;
	assert_int_equal(workers_start(4, &w, NULL), 0);
	workers_settle(w);
	for (unsigned round = 0; round < 200; round++) {
		struct line *lines = calloc(STRANDS, sizeof *lines);
		struct step steps[STRANDS];

		assert_non_null(lines);
		for (unsigned i = 0; i < STRANDS; i++) {
			strand_init(&lines[i].strand, w);
			steps[i] = (struct step){ .task = { .run = step_run }, .line = &lines[i] };
			strand_post(&lines[i].strand, &steps[i].task);
		}
		workers_settle(w);
		for (unsigned i = 0; i < STRANDS; i++) {
			assert_int_equal(lines[i].next, 1);
			assert_true(strand_is_idle(&lines[i].strand));
		}
		free(lines);
	}
	workers_stop(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strands_keep_order),
		cmocka_unit_test(test_tasks_that_post_more_are_waited_for),
		cmocka_unit_test(test_loose_work_runs_beside_a_blocked_strand),
		cmocka_unit_test(test_strands_are_free_once_workers_settle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
