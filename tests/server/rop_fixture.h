/*
 * A small organisation with people who have mailboxes, a session of one of them, and remote operations sent through the
 * codec: encoded, executed, decoded.
 *
 *     fixture_begin(&f, engine);               alice, bob, carol; f.session is alice's
 *     fixture_logon(&f, 0, "alice");           LogonId 0, its handle in f.handles[0]
 *     struct rop_open_folder_request r = { .output_handle_index = 1, .folder_id = ... };
 *     struct rop_open_folder_response *a = fixture_ok(&f, ROP_OPEN_FOLDER, 0, &r);
 *
 * The table of handles is kept from one call to the next: an operation names its objects by index.
 */
#ifndef TESTS_SERVER_ROP_FIXTURE_H
#define TESTS_SERVER_ROP_FIXTURE_H

#include "../store/places.h"

#include "rop/rop_buffer.h"
#include "rop/rops_common.h"
#include "rop/rops_folder.h"
#include "rop/rops_logon.h"
#include "server/logon.h"
#include "server/rop_call.h"
#include "server/server.h"
#include "store/folder.h"

#define FIXTURE_HANDLES 16u
#define FIXTURE_NOW 133700000000000000ull

struct fixture {
	enum sql_engine engine;
	struct arena arena; /* of all that is decoded; fixture_forget empties it */
	struct reason why;
	struct clock clock; /* stands still; a test may set it on */
	struct host *host;
	struct counters counters;
	struct notify_hub *hub;
	struct server server;
	struct session *session; /* whose operations these are */
	uint32_t handles[FIXTURE_HANDLES];
	struct rop_columns columns[FIXTURE_HANDLES]; /* of the tables, by index: as the last RopSetColumns said */
	uint8_t logon_id;        /* of the operations that follow */
	size_t most;             /* room for the answer; 32 KB */
	struct shared_mailbox *held; /* by fixture_lock */
};

void fixture_begin(struct fixture *f, enum sql_engine e);
void fixture_end(struct fixture *f);
/* What main returns: all tests on SQLite, then all on PostgreSQL when it is there, each time with a new organisation in *f. */
int fixture_run(struct fixture *f, const struct CMUnitTest *tests, size_t n);
#define FIXTURE_RUN(f, tests) fixture_run(f, tests, sizeof(tests) / sizeof *(tests))
void fixture_forget(struct fixture *f);

/* Another session, of one of the people ("Administrator" too). The caller closes it (session_close). */
struct session *fixture_session(struct fixture *f, const char *name);
/* Operations that follow are another session's: the table of handles begins anew. */
void fixture_use(struct fixture *f, struct session *s);
/* What an administrator sets: fixture_set(&f, "CASMailbox", "alice", "MAPIEnabled", "False"). */
void fixture_set(struct fixture *f, const char *class, const char *identity, const char *attribute, const char *value);
/* A group of the directory, "name@contoso.example". */
void fixture_group(struct fixture *f, const char *name, const char *const *members, size_t n);
/* An object of the directory, its attributes and their values in pairs; attributes of names and addresses come of `name`. */
void fixture_recipient(struct fixture *f, const char *class, const char *name, const char *address, const char *const (*pairs)[2], size_t n);
/* Somebody, as the directory says; in the fixture's arena. */
struct person fixture_person(struct fixture *f, const char *name);
/* Somebody's mailbox, to be given back with host_mailbox_release. */
struct shared_mailbox *fixture_mailbox(struct fixture *f, const char *name);
/* "/o=.../cn=alice" */
const char *fixture_legacy_dn(struct fixture *f, const char *name);

/*
 * One operation on the object of handles[index] (of RopLogon: the handle goes there). What the answer is.
 */
struct rop_response fixture_rop(struct fixture *f, uint8_t id, uint8_t index, void *request);
/* The same, and it must succeed: the body of the answer. */
void *fixture_ok(struct fixture *f, uint8_t id, uint8_t index, void *request);
/* The same, and it must fail with this. */
void fixture_refused(struct fixture *f, uint8_t id, uint8_t index, void *request, status code);
/* Several in one buffer; requests[i] needs id, input_handle_index, logon_id and body. `code`: of the buffer as a whole. */
status fixture_rops(struct fixture *f, struct rop_request *requests, size_t n, struct rop_output *out);

/* Logs on and asserts that it was done; the handle is handles[index]. */
struct rop_logon_response *fixture_logon(struct fixture *f, uint8_t index, const char *name);
/* An id on the wire of one of the folders that every mailbox has, of the logon of handles[index]. */
uint64_t fixture_folder_id(struct fixture *f, uint8_t index, enum mailbox_role role);
/* Opens it: handles[into]. */
void fixture_open_folder(struct fixture *f, uint8_t index, uint64_t folder, uint8_t into);
uint64_t fixture_create_folder(struct fixture *f, uint8_t parent, const char *name, uint8_t into);
void fixture_release(struct fixture *f, uint8_t index);
struct object *fixture_object(struct fixture *f, uint8_t index);
/* The mailbox of the logon of handles[index], locked; unlocked by fixture_unlock. */
struct mailbox *fixture_lock(struct fixture *f, uint8_t index);
void fixture_unlock(struct fixture *f, uint8_t index);

/* A mail in a folder of a mailbox, past the client; ids as in the store. Needs a transaction. */
uint64_t fixture_mail(struct fixture *f, struct mailbox *m, uint64_t folder, bool associated);

/* UTF-16LE of a text, in the fixture's arena. */
struct bytes fixture_text(struct fixture *f, const char *utf8);

#endif
