#include "cli/report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/output.h"
#include "cli/text.h"

#define LEDGER_TEXT_MAX ((size_t)64 << 20)

static void put_json(const struct report *r, FILE *to)
{
	CLEANUP_BUF struct buf ledger = BUF_MAX(LEDGER_TEXT_MAX);
	struct json j;

	ledger_json(r->ledger, &ledger);
	json_start(&j, to);
	json_object(&j, NULL);
	json_text(&j, "postern", POSTERN_VERSION);
	json_text(&j, "command", r->command);
	json_text(&j, "source", r->source);
	json_text(&j, "destination", r->destination);
	json_text(&j, "failure", r->failure);
	json_number(&j, "exit", r->failure ? EXIT_LOSS : (uint64_t)ledger_verdict(r->ledger));
	if (r->extra)
		r->extra(r->context, &j);
	json_raw(&j, "ledger", buf_cstr(&ledger));
	json_end_object(&j);
	json_finish(&j);
}

static const char *kind_word(enum problem_kind kind)
{
	static const char *const words[] = { "flagged",		   "value lost",   "recipients lost",
					     "attachment lost", "message lost", "folder lost" };

	return words[kind];
}

static void put_problem(const struct ledger_problem *p)
{
	printf("  %s%s%s", text_style(stdout, p->kind == PROBLEM_FLAGGED ? TEXT_YELLOW : TEXT_RED),
	       kind_word(p->kind), text_style(stdout, TEXT_PLAIN));
	if (p->folder && *p->folder) {
		fputs("  ", stdout);
		text_put(stdout, p->folder);
	}
	if (p->id)
		printf("  0x%" PRIX64, p->id);
	fputs("  ", stdout);
	text_put(stdout, p->text ? p->text : "");
	if (p->count > 1)
		printf("  (%" PRIu64 " times)", p->count);
	fputc('\n', stdout);
}

/* The table has the first problems only. */
static void put_problems(const struct ledger *l)
{
	if (!ledger_problems(l))
		return;
	puts("\nproblems");
	for (const struct ledger_problem *p = ledger_problems(l); p; p = p->next)
		put_problem(p);
}

void report_print(const struct report *r, const struct common_options *o)
{
	CLEANUP_BUF struct buf table = BUF_MAX(LEDGER_TEXT_MAX);

	if (o->json) {
		put_json(r, stdout);
		return;
	}
	ledger_format(r->ledger, &table);
	text_put_lines(stdout, buf_cstr(&table));
	if (o->verbose)
		put_problems(r->ledger);
}

status report_save(const struct report *r, struct reason *why)
{
	char path[4096], *text = NULL;
	size_t n = 0;
	CLEANUP_OUTPUT struct output *out = NULL;
	FILE *memory;
	status st;

	const char *name = r->path ? r->path : r->destination;

	if ((size_t)snprintf(path, sizeof path, "%s%s", name, r->path ? "" : ".ledger.json") >= sizeof path)
		return reason_set(why, ecInvalidParam, "%s: the name is too long", name);
	memory = open_memstream(&text, &n);
	if (!memory)
		return reason_set(why, ecMemory, "not enough memory for the ledger");
	put_json(r, memory);
	fclose(memory);
	st = output_create(path, true, &out, why);
	if (!st)
		st = output_append(out, text, n);
	if (!st)
		st = output_commit(out, why);
	free(text);
	return st;
}
