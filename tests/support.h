/* What tests share: samples made in memory, sinks that count, files in a scratch folder. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

/* clang-format off: cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "mapi/item.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A sink that counts what comes. */
struct counting {
	struct item_sink sink;
	unsigned folders, searches, messages, associated, attachments, embedded, recipients, problems, lost;
	unsigned origins[3];
	unsigned least_confidence;
	uint64_t value_bytes;
	size_t names;
};

static inline status counting_store(struct item_sink *s, const struct store_event *e)
{
	((struct counting *)s)->names = e->names ? name_map_count(e->names) : 0;
	return ecNone;
}

static inline status counting_folder(struct item_sink *s, const struct folder_event *e)
{
	((struct counting *)s)->folders++;
	((struct counting *)s)->searches += e->role == FOLDER_SEARCH;
	return ecNone;
}

static inline status counting_message(struct item_sink *s, const struct message_event *e)
{
	struct counting *c = (struct counting *)s;

	++*(e->embedded ? &c->embedded : e->associated ? &c->associated : &c->messages);
	c->origins[e->origin]++;
	if (!c->least_confidence || e->confidence < c->least_confidence)
		c->least_confidence = e->confidence;
	return ecNone;
}

static inline status counting_attachment(struct item_sink *s, const struct attachment_event *e)
{
	(void)e;
	((struct counting *)s)->attachments++;
	return ecNone;
}

static inline status counting_recipient(struct item_sink *s, const struct bag *b)
{
	(void)b;
	((struct counting *)s)->recipients++;
	return ecNone;
}

static inline status counting_chunk(struct item_sink *s, struct bytes chunk)
{
	((struct counting *)s)->value_bytes += chunk.n;
	return ecNone;
}

static inline status counting_problem(struct item_sink *s, const struct item_problem *p)
{
	((struct counting *)s)->problems++;
	((struct counting *)s)->lost += p->kind != PROBLEM_FLAGGED;
	return ecNone;
}

static const struct item_sink_ops counting_ops = {
	.store_begin = counting_store,
	.folder_begin = counting_folder,
	.message_begin = counting_message,
	.attachment_begin = counting_attachment,
	.recipient = counting_recipient,
	.value_chunk = counting_chunk,
	.problem = counting_problem,
};

static inline struct counting counting_new(void)
{
	return (struct counting){ .sink = { .ops = &counting_ops } };
}

/*
 * Where a real store is: in the folder of samples, else among those that the npm package pst-extractor carries.
 * NULL when it is not here; the same buffer is used again.
 */
static inline const char *real_store(const char *file)
{
	static char path[1024];
	const char *samples = getenv("POSTERN_SAMPLES"), *source = getenv("POSTERN_SOURCE");

	(void)snprintf(path, sizeof path, "%s/%s", samples ? samples : "../shared/data/pst", file);
	if (access(path, R_OK) == 0)
		return path;
	(void)snprintf(path, sizeof path, "%s/.cache/peers/node_modules/pst-extractor/example/testdata/%s", source ? source : ".", file);
	return access(path, R_OK) == 0 ? path : NULL;
}

/* A test that needs a real store; it is left out, and said to be, where that store is not. */
struct real_test {
	const char *file;
	struct CMUnitTest test;
};

#define TESTS_MOST 64

static inline int run_with_real(const struct CMUnitTest *always, size_t n, const struct real_test *real, size_t n_real)
{
	struct CMUnitTest tests[TESTS_MOST];

	assert_true(n + n_real <= TESTS_MOST);
	if (n)
		memcpy(tests, always, n * sizeof *always);
	for (size_t i = 0; i < n_real; i++) {
		if (real_store(real[i].file))
			tests[n++] = real[i].test;
		else
			printf("# left out: %s, %s is not here (POSTERN_SAMPLES)\n", real[i].test.name, real[i].file);
	}
	/* Nothing to run is a skipped test to whoever reads the output. */
	if (!n)
		return puts("1..0 # SKIP no real store is here") < 0;
	return _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
}

/* A name in the scratch folder, the same in processes that are forked later; the same buffer is used again. */
static inline const char *scratch_path(const char *name)
{
	static char path[512];
	static long owner;
	const char *dir = getenv("TMPDIR");

	if (!owner)
		owner = getpid();
	(void)snprintf(path, sizeof path, "%s/postern-test-%ld-%s", dir ? dir : "/tmp", owner, name);
	return path;
}

#endif
