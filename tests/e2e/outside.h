/*
 * What tests from outside have in common: a server that runs, sessions over TLS, failures with the reason.  An operation that this server does not have
 * is a test that is skipped, with a line that says so.
 */
#ifndef TESTS_E2E_OUTSIDE_H
#define TESTS_E2E_OUTSIDE_H

#include "support.h"

#include <signal.h>

#include "client/served.h"

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
	status st = mapi_client_rop(c, id, index, request, &body);

	if (st == ecNotSupported) {
		print_message("# skipped: %s is not there yet\n", rop_info(id)->name);
		skip();
	}
	good(c, st);
	return body;
}

static inline void supported(struct mapi_client *c, status st, const char *what)
{
	if (st == ecNotSupported) {
		print_message("# skipped: %s is not there yet\n", what);
		skip();
	}
	good(c, st);
}

#endif
