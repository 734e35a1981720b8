/*
 * The store under the clock.
 *
 *   bench-store fill PLACE N        N small messages into the Inbox; prints "fill CPU-ms WALL-ms"
 *   bench-store ask PLACE [NAME]    what people wait for; prints "NAME CPU-ms WALL-ms" for each
 *   bench-store import PLACE FILE   a .pst or .ost, without looking for duplicates; prints "import CPU-ms WALL-ms MESSAGES BYTES"
 *   bench-store memory PLACE...     opens all of them and lists 50 messages of each; prints "memory KIB-EACH SERVER-KIB-EACH"
 */
#include "store.h"

#include "mapi/ledger.h"
#include "pst/pst.h"
#include "store/sink.h"

#include "store_clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *place_failure(const struct place *p)
{
	return p->m && *mailbox_failure(p->m) ? mailbox_failure(p->m) : p->why.text;
}

status place_connect(struct place *p, struct sql **db)
{
	const char *server = getenv("POSTERN_BENCH_POSTGRES");

	if (strncmp(p->name, "postgres:", 9) == 0)
		return sql_open_postgres(server ? server : "", p->name + 9, SQL_CREATE, db, &p->why);
	return sql_open_sqlite(p->name, SQL_CREATE, db, &p->why);
}

status place_open(struct place *p)
{
	struct sql *db = NULL;
	status s = place_connect(p, &db);

	if (!s)
		s = mailbox_open(db, &clock_system, &p->m, &p->why);
	return s ? s : folder_by_role(p->m, MAILBOX_INBOX, &p->inbox);
}

void place_close(struct place *p)
{
	mailbox_close(p->m);
	p->m = NULL;
}

static int gave_up(const struct place *p, status s)
{
	fprintf(stderr, "bench-store: %s: 0x%08x %s\n", p->name, s, place_failure(p));
	return 1;
}

static int run_fill(struct place *p, const char *count)
{
	struct stopwatch w = stopwatch_start();
	status s = place_open(p);

	if (!s)
		s = fill(p, 1, strtoull(count, NULL, 10));
	if (s)
		return gave_up(p, s);
	place_close(p);
	stopwatch_print(&w, "fill");
	return 0;
}

static int run_ask(struct place *p)
{
	status s = ask_all(p);

	return s ? gave_up(p, s) : 0;
}

static status take_in(struct place *p, struct item_source *from, struct ledger **ledger)
{
	struct mailbox_sink *sink = NULL;
	status s = mailbox_sink_new(p->m, NULL, &sink, &p->why);

	if (s)
		return s;
	*ledger = ledger_new(mailbox_sink_sink(sink));
	s = *ledger ? from->run(from, ledger_sink(*ledger), &p->why) : ecMemory;
	mailbox_sink_free(sink);
	return s;
}

static int run_import(struct place *p, const char *file)
{
	struct stopwatch w = stopwatch_start();
	struct ledger *ledger = NULL;
	struct input *in = NULL;
	struct pst *pst = NULL;
	status s = input_open_file(file, &in, &p->why);

	if (!s)
		s = pst_open(in, &pst, &p->why);
	if (!s)
		s = place_open(p);
	if (!s)
		s = take_in(p, pst_source(pst), &ledger);
	if (s)
		return gave_up(p, s);
	place_close(p);
	stopwatch_print_with(&w, "import", ledger_totals(ledger)->sum.messages.written, in->size);
	ledger_free(ledger);
	pst_close(pst);
	input_close(in);
	return 0;
}

/* Memory that is a process's own; what is mapped from files does not count. */
static long own_memory(long pid)
{
	char path[64], line[256];
	long kib = 0;

	(void)snprintf(path, sizeof path, "/proc/%ld/status", pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtol(line + 8, NULL, 10);
	if (f)
		(void)fclose(f);
	return kib;
}

/* PostgreSQL has a process for each connection, here on the same machine. */
static long server_memory(struct place *p)
{
	struct sql *db = mailbox_sql(p->m);
	struct sql_statement *s = sql_engine(db) == SQL_POSTGRES ? sql_prepare(db, "SELECT pg_backend_pid()") : NULL;
	bool row = false;
	long kib = s && !sql_step(s, &row) && row ? own_memory((long)sql_i64(s, 0)) : 0;

	sql_done(s);
	return kib;
}

static int run_memory(char **names, int n)
{
	struct place *places = calloc((size_t)n, sizeof *places);
	status s = places ? ecNone : ecMemory;
	long server = 0;
	int i;

	long before = own_memory(getpid());
	for (i = 0; !s && i < n; i++) {
		places[i].name = names[i];
		s = place_open(&places[i]);
		if (!s)
			s = list_newest(&places[i]);
		if (!s)
			server += server_memory(&places[i]);
	}
	if (s)
		return gave_up(&places[i ? i - 1 : 0], s);
	printf("memory %ld %ld\n", (own_memory(getpid()) - before) / n, server / n);
	for (i = 0; i < n; i++)
		place_close(&places[i]);
	free(places);
	return 0;
}

int main(int argc, char **argv)
{
	struct place p = { .name = argc > 2 ? argv[2] : "" };

	if (argc == 4 && strcmp(argv[1], "fill") == 0)
		return run_fill(&p, argv[3]);
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "ask") == 0) {
		p.only = argv[3];
		return run_ask(&p);
	}
	if (argc == 4 && strcmp(argv[1], "import") == 0)
		return run_import(&p, argv[3]);
	if (argc >= 3 && strcmp(argv[1], "memory") == 0)
		return run_memory(argv + 2, argc - 2);
	fputs("usage: bench-store fill PLACE N | ask PLACE [NAME] | import PLACE FILE | memory PLACE...\n", stderr);
	return 64;
}
