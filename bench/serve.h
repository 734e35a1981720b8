/*
 * What the files of bench-serve share: the program itself (`postern serve`) on a temporary organisation, clients that share only the codec with it,
 * and what they measured, which is printed as lines of NAME VALUE UNIT.
 */
#ifndef BENCH_SERVE_H
#define BENCH_SERVE_H

#include "client/served.h"

/* Handles of a session. */
enum { LOGON, FOLDER, SYNC, MESSAGE, TABLE, SUBSCRIPTION };

extern struct served served;

/* Nothing that was measured counts: says why, ends the server and the program. */
_Noreturn void die(const char *what, const char *why);
double now(void); /* seconds */
void good(struct mapi_client *c, status st, const char *what);
/* One operation that does not fail: its answer. */
void *ok(struct mapi_client *c, uint8_t id, uint8_t index, void *request);
/* One Execute whose operations do not fail; what they answered is gone. */
struct rop_request;
void all_ok(struct mapi_client *c, struct rop_request *r, size_t n, const char *what);
/* Connected and logged on. */
void begin(struct mapi_client *c, const struct mapi_account *a);
void end(struct mapi_client *c);
/* Opens the folder with the most messages, where an import has put them: its id. */
uint64_t fullest(struct mapi_client *c);
void server_begin(void);
void server_end(void);

/* Messages of 8.5 KB, imported by the program. The server does not run. */
void fill_by_import(const char *who, unsigned n);
/* Messages of the same size straight into the store, which is much faster. */
void fill_large(const char *who, unsigned n);
/* Small messages into the Inbox: number `from` up to `to`. The server does not run. */
void fill_small(const char *who, unsigned from, unsigned to);

/* All of the fullest folder, in FastTransfer streams, `turns` times: the first comes from the disk, the others from memory. */
void measure_download(const char *who, unsigned n, unsigned turns, const char *name);
/* What it takes to make a message in the Inbox, and to change one. */
void measure_changes(const char *who, unsigned size);
/* Many sessions that ask: all of them, then all are answered, and so on. */
void measure_round_trips(const char *who, unsigned sessions);
/* Many sessions that wait and are told of one change. */
void measure_waiting(const char *who, unsigned sessions);

#endif
