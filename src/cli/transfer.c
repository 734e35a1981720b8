#include "cli/transfer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/output.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "mime/mime.h"

/* What stands between source and destination while a transfer runs; freed in this order's reverse. */
struct chain {
	const struct transfer *t;
	struct output *output;
	struct pst_writer *pst;
	struct mime_sink *mime;
	struct filter *filter;
	struct ledger *ledger;
	struct progress progress;
};

static status open_destination(struct chain *c, struct item_sink **sink, struct reason *why)
{
	const struct transfer *t = c->t;
	status st;

	*sink = NULL;
	if (!t->destination)
		return ecNone;
	if (t->kind != DESTINATION_PST) {
		st = mime_sink_new(t->destination, t->kind == DESTINATION_MBOX, t->replace, &c->mime, why);
		if (!st)
			*sink = mime_sink_sink(c->mime);
		return st;
	}
	st = output_create(t->destination, t->replace, &c->output, why);
	if (!st)
		st = pst_writer_new(c->output, &t->writer, &c->pst, why);
	if (!st)
		*sink = pst_writer_sink(c->pst);
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
				"%s changed while it was read; nothing was written. Close the program that uses it, "
				"or copy the file first",
				t->source);
	if (!st && c->output)
		st = output_commit(c->output, why);
	if (!st && c->mime)
		st = mime_sink_finish(c->mime, why);
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
	pst_writer_free(c->pst);
	mime_sink_free(c->mime);
	output_close(c->output);
}

static int report(struct chain *c, status st, const struct reason *why)
{
	const struct transfer *t = c->t;
	struct report r = {
		.command = t->command,
		.source = t->source,
		.destination = st ? NULL : t->destination,
		.ledger = c->ledger,
		.failure = st ? why->text : NULL,
		.extra = t->extra,
		.context = t->context,
	};
	struct reason unsaved = { "" };

	if (c->ledger && !(t->common->quiet && !t->common->json))
		report_print(&r, t->common);
	if (st) {
		complain_status(st, why);
		return EXIT_LOSS;
	}
	if (!t->common->json && !t->common->quiet && t->after)
		t->after(t->context, c->ledger);
	if (t->destination && report_save(&r, &unsaved)) {
		complain("the ledger could not be saved: %s", unsaved.text);
		return EXIT_LOSS;
	}
	return (int)ledger_verdict(c->ledger);
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
