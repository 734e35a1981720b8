/* A cache in a folder of its own, with a scene that came from the server: folders F and G, messages A and B in the scene, C in F. */
#ifndef TESTS_CLIENT_CACHES_H
#define TESTS_CLIENT_CACHES_H

#include "support.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../sync/steps.h"
#include "client/cache.h"
#include "store/mailbox_copy.h"

#define ROOT  7u
#define FIRST 1000u
#define IDS   2000u

struct scene {
	char folder[256]; /* the profile's */
	struct cache *cache;
	uint64_t id; /* of the scene */
	struct reason why;
};

static struct scene scene;

static inline struct mailbox *scene_mailbox(void)
{
	return cache_mailbox(scene.cache);
}

static inline void well(status s)
{
	if (s)
		fail_msg("0x%x: %s %s", s, scene.why.text, scene.cache && scene_mailbox() ? mailbox_failure(scene_mailbox()) : "");
}

static inline void run_sql(const char *text)
{
	if (sql_execute(mailbox_sql(scene_mailbox()), text))
		fail_msg("%s: %s", text, sql_failure(mailbox_sql(scene_mailbox())));
}

static inline uint64_t ask_sql(const char *text)
{
	struct sql_statement *q = sql_prepare(mailbox_sql(scene_mailbox()), text);
	bool row = false;
	uint64_t n;

	if (sql_step(q, &row) || !row)
		fail_msg("%s: %s", text, sql_failure(mailbox_sql(scene_mailbox())));
	n = (uint64_t)sql_i64(q, 0);
	sql_done(q);
	return n;
}

static inline void steps(const char *text)
{
	well(steps_do(scene_mailbox(), scene.id, text, &scene.why));
}

static inline uint64_t message_of(const char *subject)
{
	uint64_t id = 0;

	well(steps_find(scene_mailbox(), scene.id, subject, &id));
	return id;
}

static inline uint64_t folder_of(const char *name)
{
	uint64_t id = 0;

	well(folder_by_name(scene_mailbox(), scene.id, name, &id));
	return id;
}

static inline void scene_close(void)
{
	cache_close(scene.cache);
	scene.cache = NULL;
}

static inline void scene_open(void)
{
	well(cache_open(scene.folder, &clock_system, 0, &scene.cache, &scene.why));
}

/* steps_do has a transaction of its own: what it writes into the journal is taken out again. */
static inline void from_server(const char *text)
{
	steps(text);
	well(cache_apply_begin(scene.cache));
	run_sql("DELETE FROM client_journal; DELETE FROM client_base");
	well(cache_apply_commit(scene.cache));
}

static inline int scene_begin(void **state)
{
	struct cache_binding b = { .identity = { { { 1 } }, { { 2 } }, { { 3 } } }, .address = "alice@contoso.example" };
	const char *temporary = getenv("TMPDIR");

	(void)state;
	memset(&scene, 0, sizeof scene);
	(void)snprintf(scene.folder, sizeof scene.folder, "%s/postern-cache-XXXXXX", temporary ? temporary : "/tmp");
	assert_non_null(mkdtemp(scene.folder));
	well(cache_make(scene.folder, &clock_system, &b, ROOT, &scene.cache, &scene.why));
	well(cache_apply_begin(scene.cache));
	well(cache_grant_ids(scene.cache, FIRST, IDS));
	well(folder_create(scene_mailbox(), ROOT, "scene", NULL, &scene.id));
	well(mailbox_set_role(scene_mailbox(), scene.id, MAILBOX_IPM_SUBTREE));
	well(cache_apply_commit(scene.cache));
	from_server("mkdir F; mkdir G; put A; put B; put C F");
	return 0;
}

static inline int scene_end(void **state)
{
	char command[600];

	(void)state;
	scene_close();
	(void)snprintf(command, sizeof command, "rm -rf '%s' '%s.elsewhere'", scene.folder, scene.folder);
	return system(command);
}

#define scene_test(f) cmocka_unit_test_setup_teardown(f, scene_begin, scene_end)

#endif
