#include "shell/cmdlets/mailbox_transfer.h"

#include "mapi/ledger.h"
#include "pst/recover.h"
#include "pst/writer.h"
#include "store/import.h"
#include "store/source.h"

#include <sys/stat.h>

#define LEDGER_MAX ((size_t)8 << 20)

/* The file, opened through its own trees, or by searching all of it. */
struct opened {
	struct input *input;
	struct pst *pst;
	struct pst_recovery *recovery;
	struct item_source *items;
};

static void close_file(struct opened *f)
{
	pst_recovery_close(f->recovery);
	pst_close(f->pst);
	input_close(f->input);
}

#define CLEANUP_OPENED __attribute__((cleanup(close_file)))

static status open_file(const char *path, struct opened *f, struct reason *why)
{
	struct recover_options how = { .undelete = false };
	status s = input_open_file(path, &f->input, why);

	if (s)
		return s;
	s = pst_recognize(f->input) ? pst_open(f->input, &f->pst, why) : ecCorruptData;
	if (!s) {
		f->items = pst_source(f->pst);
		return ecNone;
	}
	s = pst_recover_open(f->input, &how, &f->recovery, why);
	if (s)
		return reason_set(why, s, "%s is no .pst or .ost that anything can be read from; 'postern import' takes other kinds of mail too", path);
	f->items = pst_recovery_source(f->recovery);
	return ecNone;
}

/* Tells the file from all others, and from itself when it has changed. */
static void identify(const char *path, const struct opened *f, struct buf *out)
{
	struct stat info;

	if (stat(path, &info) != 0)
		return;
	buf_add_u8(out, f->recovery ? 4 : 3);
	buf_add_u64(out, f->input->size);
	buf_add_u64(out, (uint64_t)info.st_mtim.tv_sec);
	buf_add_u64(out, (uint64_t)info.st_mtim.tv_nsec);
}

static status take_ledger(const struct ledger *l, struct arena *arena, struct request *out, struct reason *why)
{
	static const enum request_state states[] = { [LEDGER_COMPLETE] = REQUEST_COMPLETE, [LEDGER_WARNINGS] = REQUEST_WARNINGS,
						     [LEDGER_LOSS] = REQUEST_LOSS };
	const struct ledger_row *sum = &ledger_totals(l)->sum;
	const struct ledger_counts *kinds[] = { &sum->messages, &sum->associated };
	CLEANUP_BUF struct buf json = BUF_MAX(LEDGER_MAX);

	for (size_t i = 0; i < 2; i++) {
		out->emitted += kinds[i]->emitted;
		out->written += kinds[i]->written;
		out->duplicate += kinds[i]->duplicate;
		out->filtered += kinds[i]->filtered;
		out->failed += kinds[i]->failed;
	}
	out->state = states[ledger_verdict(l)];
	ledger_json(l, &json);
	out->ledger = arena_strdup(arena, json.failed ? "" : buf_cstr(&json));
	return out->ledger ? ecNone : reason_set(why, ecMemory, "the ledger needs too much memory");
}

static status run_import(struct opened *f, struct import *i, struct arena *arena, struct request *out, struct reason *why)
{
	struct ledger *l = ledger_new(import_sink(i));
	status s = l ? f->items->run(f->items, ledger_sink(l), why) : reason_set(why, ecMemory, "out of memory");

	if (!s)
		s = import_finish(i, why);
	if (!s)
		s = take_ledger(l, arena, out, why);
	ledger_free(l);
	return s;
}

status mailbox_import_file(struct mailbox *m, const char *file, uint64_t folder, struct arena *arena, struct request *out, struct reason *why)
{
	CLEANUP_OPENED struct opened f = { .input = NULL };
	CLEANUP_BUF struct buf identity = BUF_MAX(64);
	struct import *i = NULL;
	status s = open_file(file, &f, why);

	if (s)
		return s;
	identify(file, &f, &identity);
	const struct import_options how = { .name = file, .identity = buf_bytes(&identity), .folder = folder };
	s = import_new(m, &how, &i, why);
	if (!s)
		s = run_import(&f, i, arena, out, why);
	if (!s && input_changed(f.input))
		s = reason_set(why, ecError, "%s changed while it was read: request it again", file);
	import_free(i);
	return s;
}

static status run_export(struct item_source *items, struct pst_writer *w, struct arena *arena, struct request *out, struct reason *why)
{
	struct ledger *l = ledger_new(pst_writer_sink(w));
	status s = l ? items->run(items, ledger_sink(l), why) : reason_set(why, ecMemory, "out of memory");

	if (!s)
		s = pst_writer_finish(w, why);
	if (!s)
		s = take_ledger(l, arena, out, why);
	ledger_free(l);
	return s;
}

status mailbox_export_file(struct mailbox *m, const char *file, uint64_t folder, const char *display_name, struct arena *arena,
			   struct request *out, struct reason *why)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	const struct mailbox_source_options what = { .folder = folder };
	const struct pst_writer_options how = { .encryption = PST_ENCRYPT_PERMUTE, .display_name = display_name };
	struct mailbox_source *from = NULL;
	struct pst_writer *w = NULL;
	status s = output_create(file, false, &o, why);

	if (!s)
		s = mailbox_source_new(m, &what, &from, why);
	if (!s)
		s = pst_writer_new(o, &how, &w, why);
	if (!s)
		s = run_export(mailbox_source_source(from), w, arena, out, why);
	if (!s)
		s = output_commit(o, why);
	pst_writer_free(w);
	mailbox_source_free(from);
	return s;
}
