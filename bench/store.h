/* What the files of bench-store share. */
#ifndef BENCH_STORE_H
#define BENCH_STORE_H

#include "store/folder.h"
#include "store/mailbox.h"
#include "store/message.h"

/* Where a mailbox is: a file, or "postgres:SCHEMA" of the server in POSTERN_BENCH_POSTGRES. */
struct place {
	const char *name;
	const char *only; /* the one thing to ask; NULL: everything */
	struct mailbox *m;
	uint64_t inbox;
	size_t letters; /* of a message that is filled in, beside its words; 0: none, and its words are indexed at once, else later */
	struct reason why;
};

/* A word that 20 messages have, and one that each second has. */
#define RARE_WORD "xylophone"
#define FREQUENT_WORD "meeting"

status place_connect(struct place *p, struct sql **db) MUST; /* the database alone */
status place_open(struct place *p) MUST;
void place_close(struct place *p);
/* The words of a failure, of the mailbox or of opening it. */
const char *place_failure(const struct place *p);

/* Messages into the Inbox, `n` of them; `number` of the first makes them differ. */
status fill(struct place *p, uint64_t number, uint64_t n) MUST;

struct table;
/* The first 50 of a table, as a list shows them. */
status read_first(struct place *p, struct table *t) MUST;
/* The newest 50 of the Inbox. */
status list_newest(struct place *p) MUST;

/* One thing that is asked, again and again, and what the median took: "NAME CPU-ms WALL-ms". */
typedef status question(struct place *p, void *context);
status ask(struct place *p, const char *name, question *what, void *context) MUST;

status ask_search(struct place *p) MUST;
status ask_sorted(struct place *p) MUST;
/* Everything that people wait for. */
status ask_all(struct place *p) MUST;

#endif
