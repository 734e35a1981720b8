/*
 * The program itself, `postern serve` (POSTERN says where it is), on a temporary organisation with people who have mailboxes and passwords; and
 * what an administrator does there (`postern shell -c`).
 */
#ifndef TESTS_CLIENT_SERVED_H
#define TESTS_CLIENT_SERVED_H

#include <sys/types.h>

#include "mapi_client.h"

#define SERVED_PASSWORD "correct horse battery"
#define SERVED_PEOPLE   8u

struct served {
	char folder[256]; /* of the site and what is beside it */
	const char *location; /* of the site; NULL: in the folder. served_make_at */
	pid_t pid;        /* of the server; 0: it does not run */
	uint16_t port, plain;
	struct trust *trust;
	struct arena arena;
	struct reason why;
	const char *dn[SERVED_PEOPLE]; /* of the people, in their order */
	const char *const *people;
};

/* An organisation "Contoso" (contoso.example); `people`, at most SERVED_PEOPLE and a NULL behind them, have mailboxes. */
status served_make(struct served *s, const char *const *people) MUST;
/* The same in a database of PostgreSQL. */
status served_make_at(struct served *s, const char *location, const char *const *people) MUST;
/* Another server of the organisation that `first` made, whose people must stay. */
status served_join(struct served *s, const struct served *first) MUST;
/* Starts the server; `further` are arguments, NULL at the end, or NULL.  Again: on the ports that it had. */
status served_start(struct served *s, const char *const *further) MUST;
/* SIGTERM, and waits for its end: the exit code. Or SIGKILL: 0. */
int served_stop(struct served *s, int signal);
/* Stops the server when it runs, removes the folder, unless POSTERN_KEEP is set. */
void served_free(struct served *s);

/* Runs a command in the shell; `out` (NULL: none) gets what it shows. ecError: its exit code was not 0. */
status served_shell(struct served *s, const char *command, struct buf *out) MUST;
/* Runs `postern ARGUMENTS... --data SITE`; its exit code, and what it said in `out`. */
int served_run(struct served *s, const char *const *arguments, struct buf *out);

/* alice's or another's account: a cached client of a version of today, over TLS. */
struct mapi_account served_account(const struct served *s, const char *person);

/* Of the server, all of its threads, from the kernel. */
double served_cpu_seconds(const struct served *s);
long served_resident_kb(const struct served *s);

#endif
