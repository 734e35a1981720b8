#include "cli/transfer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/output.h"
#include "cli/export_ids.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "mime/mime.h"

/* What stands between source and destination while a transfer runs; freed in this order's reverse. */
struct chain {
	const struct transfer *t;
	struct output *output;
	struct pst_writer *pst;
	struct mime_sink *mime;
	struct import *import;
	struct export_ids *ids;
	struct filter *filter;
	struct ledger *ledger;
	struct progress progress;
};

static status open_pst(struct chain *c, struct item_sink **sink, struct reason *why)
{
	const struct transfer *t = c->t;
	status st = output_create(t->destination, t->replace, &c->output, why);

	if (!st)
		st = pst_writer_new(c->output, &t->writer, &c->pst, why);
	if (st)
		return st;
	*sink = pst_writer_sink(c->pst);
	if (!t->from)
		return ecNone;
	c->ids = export_ids_new(t->from, *sink);
	if (!c->ids)
		return reason_set(why, ecMemory, "not enough memory");
	*sink = export_ids_sink(c->ids);
	return ecNone;
}

static enum mime_form mime_form(enum destination_kind kind)
{
	return kind == DESTINATION_MBOX ? MIME_FORM_MBOX : kind == DESTINATION_MAILDIR ? MIME_FORM_MAILDIR : MIME_FORM_TREE;
}

static status open_destination(struct chain *c, struct item_sink **sink, struct reason *why)
{
	const struct transfer *t = c->t;
	status st;

	*sink = NULL;
	if (!t->destination)
		return ecNone;
	if (t->kind == DESTINATION_PST)
		return open_pst(c, sink, why);
	if (t->kind == DESTINATION_MAILBOX) {
		st = import_new(t->mailbox, t->import, &c->import, why);
		if (!st)
			*sink = import_sink(c->import);
		return st;
	}
	st = mime_sink_new(t->destination, mime_form(t->kind), t->replace, &c->mime, why);
	if (!st)
		*sink = mime_sink_sink(c->mime);
	return st;
}

static status build(struct chain *c, struct reason *why)
{
	struct item_sink *sink;
	status st = open_destination(c, &sink, why);

	if (st)
		return st;
	if (c->t->filter) {
		st = filter_new(c->t->filter, sink, &c->filter);
		if (st)
			return reason_set(why, st, "not enough memory");
		sink = filter_sink(c->filter);
	}
	c->ledger = ledger_new(sink);
	if (!c->ledger)
		return reason_set(why, ecMemory, "not enough memory");
	ledger_on_progress(c->ledger, progress_ledger, &c->progress);
	return ecNone;
}

/* Makes the output appear, unless the source was not the same all the time. */
static status finish(struct chain *c, struct reason *why)
{
	const struct transfer *t = c->t;
	status st = ecNone;

	if (c->pst)
		st = pst_writer_finish(c->pst, why);
	if (!st && t->input && input_changed(t->input))
		st = reason_set(why, ecError,
				"%s changed while it was read; %s. Close the program that uses it, or copy the file first",
				t->source,
				c->import ? "what was read until then is in the mailbox, and importing it again brings the rest" :
					    "nothing was written");
	if (!st && c->output)
		st = output_commit(c->output, why);
	if (!st && c->mime)
		st = mime_sink_finish(c->mime, why);
	if (!st && c->import)
		st = import_finish(c->import, why);
	return st;
}

static status move(struct chain *c, struct reason *why)
{
	struct item_source *items = c->t->items;
	status st = build(c, why);

	if (st)
		return st;
	progress_start(&c->progress, !c->t->common->quiet, c->t->input);
	st = items->run(items, ledger_sink(c->ledger), why);
	if (!st && c->t->doubt)
		st = item_problem(ledger_sink(c->ledger), c->t->doubt);
	if (!st)
		st = finish(c, why);
	progress_end(&c->progress);
	return st;
}

static void free_chain(struct chain *c)
{
	ledger_free(c->ledger);
	filter_free(c->filter);
	import_free(c->import);
	export_ids_free(c->ids);
	pst_writer_free(c->pst);
	mime_sink_free(c->mime);
	output_close(c->output);
}

/* --- what is said --- */

static void put_counts(struct json *j, const struct import_counts *n)
{
	json_object(j, "import");
	json_bool(j, "resumed", n->resumed);
	json_number(j, "added", n->added);
	json_number(j, "replaced", n->replaced);
	json_number(j, "brought_before", n->known);
	json_number(j, "same_content", n->there);
	json_number(j, "older_version", n->older);
	json_number(j, "same_mail", n->mail);
	json_number(j, "ids_rewritten", n->ids);
	json_number(j, "ids_dangling", n->dangling);
	json_end_object(j);
}

static void extra(void *context, struct json *j)
{
	const struct chain *c = context;

	if (c->import)
		put_counts(j, import_counts(c->import));
	if (c->t->extra)
		c->t->extra(c->t->context, j);
}

static void say(uint64_t n, const char *words)
{
	char count[TEXT_NUMBER_SIZE];

	if (n)
		printf("  %10s %s\n", text_count(n, count), words);
}

static void say_counts(const struct import_counts *n)
{
	say(n->added, "added");
	say(n->replaced, "replaced an older version");
	say(n->known, n->resumed ? "brought before it was interrupted" : "brought by an earlier import of this file");
	say(n->there, "were there already, with the same content");
	say(n->older, "were older versions of what is there");
	say(n->mail, "were there already, from another kind of file");
	say(n->dangling, "ids point to something that did not come over");
}

static void say_all(const struct chain *c, const struct report *r)
{
	const struct transfer *t = c->t;

	if (c->ledger && !(t->common->quiet && !t->common->json))
		report_print(r, t->common);
	if (!r->failure && !t->common->json && !t->common->quiet && c->import)
		say_counts(import_counts(c->import));
	if (!r->failure && !t->common->json && !t->common->quiet && t->after)
		t->after(t->context, c->ledger);
}

static int report(struct chain *c, status st, const struct reason *why)
{
	const struct transfer *t = c->t;
	struct report r = {
		.command = t->command,
		.source = t->source,
		.destination = st && !c->import ? NULL : t->destination,
		.path = t->ledger,
		.ledger = c->ledger,
		.failure = st ? why->text : NULL,
		.extra = extra,
		.context = c,
	};
	struct reason unsaved = { "" };

	if (t->summed)
		t->summed(t->context, c->ledger, c->import ? import_counts(c->import) : NULL, st ? why : NULL);
	if (!t->silent)
		say_all(c, &r);
	if (st && !t->silent)
		complain_status(st, why);
	if (r.destination && c->ledger && report_save(&r, &unsaved)) {
		complain("the ledger could not be saved: %s", unsaved.text);
		return EXIT_LOSS;
	}
	return st ? EXIT_LOSS : (int)ledger_verdict(c->ledger);
}

int transfer_run(const struct transfer *t)
{
	struct chain c = { .t = t };
	struct reason why = { "" };
	status st = move(&c, &why);
	int code = report(&c, st, &why);

	free_chain(&c);
	return code;
}

/* "alice-mail.pst-20261126T101500.ledger.json" */
static status ledger_name(const struct source *s, const struct place *to, char *out, size_t size, struct reason *why)
{
	const char *slash = strrchr(s->path, '/'), *base = slash && slash[1] ? slash + 1 : s->path;
	char name[512], when[FILETIME_TEXT_SIZE], stamp[FILETIME_TEXT_SIZE];
	size_t n = 0;

	filetime_format(clock_system.now(&clock_system), when);
	for (const char *c = when; *c && *c != '.'; c++)
		if (*c != '-' && *c != ':')
			stamp[n++] = *c;
	stamp[n] = '\0';
	(void)snprintf(name, sizeof name, "%.120s-%.200s-%s.ledger.json", to->name, base, stamp);
	for (char *c = name; *c; c++)
		if (*c == '/' || (unsigned char)*c < ' ')
			*c = '_';
	return place_ledger(to->site, name, out, size, why);
}

int transfer_into(const struct transfer *t, const struct source *s, const struct place *to, const struct import_options *import)
{
	CLEANUP_BUF struct buf identity = BUF_MAX(1024);
	struct import_options how = *import;
	struct transfer into = *t;
	char path[4096], destination[400];
	struct reason why = { "" };
	status st = source_identity(s, &identity);

	if (!st && !t->ledger)
		st = ledger_name(s, to, path, sizeof path, &why);
	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	(void)snprintf(destination, sizeof destination, "mailbox:%s", to->name);
	how.name = s->path;
	how.identity = buf_bytes(&identity);
	into.kind = DESTINATION_MAILBOX;
	into.mailbox = to->mailbox;
	into.import = &how;
	into.ledger = t->ledger ? t->ledger : path;
	into.destination = destination;
	into.doubt = s->doubtful ? &s->doubt.problem : NULL;
	return transfer_run(&into);
}
