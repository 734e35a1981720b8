/*
 * Is a cache sound?  All that is asked of a mailbox (store/check.h), and what only a cache has: the rows of its synchronisation are of things that are there.
 *
 * What is damaged here and is not changed here is whole at the server: repair leaves what can be saved of it and sees to it that the next run brings it anew.
 * What was changed here is kept as far as it can be read, and never goes to the server in the place of what is whole there: it stays in Sync Issues.
 */
#ifndef CLIENT_CACHE_CHECK_H
#define CLIENT_CACHE_CHECK_H

#include "client/cache_care.h"
#include "store/check.h"

struct cache_finding {
	const char *kind;         /* "content", "counters", "journal" ...: a word */
	uint64_t folder, message; /* 0: not about one */
	bool repairable, repaired;
	const char *text; /* what, where, and what repair does or would do */
};

struct cache_check_options {
	bool repair, quick; /* as in store/check.h */
	void (*found)(void *context, const struct cache_finding *f);
	void (*progress)(void *context, uint64_t done, uint64_t of); /* messages; may be NULL */
	void *context;
};

struct cache_check_summary {
	uint64_t folders, messages, bytes;
	uint64_t findings, repairable, repaired;
	uint64_t again; /* folders and messages that the next run brings anew */
	uint64_t headers; /* messages of which only the headers are here: sound, and not whole */
	uint64_t kept;  /* messages with something changed here that are in Sync Issues now */
};

/* Waits its turn like cache_open. Findings are no error; ecBusy, ecNotFound, ecVersion and what hinders the check itself are. */
status cache_check(const char *folder, const struct cache_care *how, const struct cache_check_options *o, struct cache_check_summary *out,
		   struct reason *why) MUST;

#endif
