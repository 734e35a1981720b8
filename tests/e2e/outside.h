/*
 * What tests from outside have in common: a server that runs, sessions over TLS, failures with the reason.
 */
#ifndef TESTS_E2E_OUTSIDE_H
#define TESTS_E2E_OUTSIDE_H

#include "support.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "client/served.h"
#include "rop/rops_message.h"

static struct served served;
static const char *const people[] = { "alice", "bob", "carol", NULL };

static inline int outside_begin(void **state)
{
	(void)state;
	if (served_make(&served, people) || served_start(&served, NULL)) {
		print_message("# %s\n", served.why.text);
		served_free(&served);
		return 1;
	}
	return 0;
}

/* As many files and sockets as this user may have. */
static inline int outside_begin_with_files(void **state)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	return outside_begin(state);
}

static inline int outside_end(void **state)
{
	(void)state;
	/* A server that is asked to stop does, and says that all is well. */
	assert_int_equal(served_stop(&served, SIGTERM), 0);
	served_free(&served);
	return 0;
}

static inline void administrator(const char *command)
{
	if (served_shell(&served, command, NULL))
		fail_msg("%s", served.why.text);
}

static inline void good(struct mapi_client *c, status st)
{
	if (st)
		fail_msg("0x%x: %s", st, c->why.text);
}

/* Connected, and logged on at handle 0. */
static inline void begin(struct mapi_client *c, const struct mapi_account *a)
{
	mapi_client_init(c, a);
	good(c, mapi_client_connect(c));
	good(c, mapi_client_logon(c, 0));
}

static inline void end(struct mapi_client *c)
{
	good(c, mapi_client_disconnect(c));
	mapi_client_free(c);
}

/* The operation succeeds: the body of its answer. */
static inline void *ok(struct mapi_client *c, uint8_t id, uint8_t index, void *request)
{
	void *body = NULL;

	good(c, mapi_client_rop(c, id, index, request, &body));
	return body;
}

static inline void pause_ms(unsigned ms)
{
	const struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* One message; its id once the server has said that it is saved. */
static inline status make_one(struct mapi_client *c, uint64_t *id)
{
	struct rop_create_message_request create = { .output_handle_index = 1,
						     .code_page_id = 0x0FFF,
						     .folder_id = c->logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_save_changes_message_request keep = { .save_flags = 0 };
	struct rop_save_changes_message_response *r = NULL;
	status st = mapi_client_rop(c, ROP_CREATE_MESSAGE, 0, &create, NULL);

	if (!st)
		st = mapi_client_rop(c, ROP_SAVE_CHANGES_MESSAGE, 1, &keep, &r);
	if (!st)
		*id = r->message_id;
	return st ? st : mapi_client_rop(c, ROP_RELEASE, 1, NULL, NULL);
}

#endif
