/* postern inspect: what is in a store. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf16.h"
#include "base/quantity.h"
#include "cli/command.h"
#include "cli/inspect_dump.h"
#include "cli/inspect_tree.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "cli/text.h"
#include "mapi/ledger.h"
#include "pst/recover.h"

struct inspect_options {
	struct common_options common;
	bool all, deleted;
	char **files;
	int n;
};

static const struct argp_option options[] = {
	{ "all", 'a', NULL, 0, "Print every property of every item", 0 },
	{ "deleted", 'd', NULL, 0,
	  "Scan the whole file for deleted items that can still be recovered (-v names them)", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct inspect_options *o = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case 'a':
		o->all = true;
		return 0;
	case 'd':
		o->deleted = true;
		return 0;
	case ARGP_KEY_ARGS:
		o->files = state->argv + state->next;
		o->n = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		common_missing(state, "FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"FILE...",
	"Shows what is in a store: what it is, its folders with counts by class, attachments, embedded "
	"items, named properties, and what only ever was here."
	"\vFILE is a .pst or .ost, or an .mbox, an .eml or a folder of them. With --json: one document "
	"per file. The exit code is 0 when everything could be read, 1 with warnings, 2 with loss.",
	common_children,
	NULL,
	NULL,
};

/* What one file turned out to hold. */
struct inspection {
	const struct inspect_options *options;
	struct source source;
	struct tree tree, deleted;
	struct ledger *ledger;
	bool deleted_known;
	bool changed;
};

/* --- identity --- */

static const char *encryption_name(unsigned encryption)
{
	static const char *const names[] = { "none", "permute", "cyclic" };

	return encryption < 3 ? names[encryption] : "unknown";
}

static void row(const char *name, const char *format, ...) PRINTF(2, 3);

static void row(const char *name, const char *format, ...)
{
	va_list args;

	printf("  %-20s", name);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static void print_store(const struct pst_info *i)
{
	char size[TEXT_NUMBER_SIZE], guid[GUID_TEXT_SIZE];

	row("format", "%s, version %u, client version %u", i->format, i->version, i->client_version);
	row("size", "%s", text_bytes(i->file_size, size));
	if (i->stated_size != i->file_size)
		row("", "the header says %" PRIu64 " bytes, the file has %" PRIu64, i->stated_size,
		    i->file_size);
	row("encoding", "%s", encryption_name(i->encryption));
	if (i->password)
		row("password", "set (CRC %08" PRIX32 "); it protects nothing and is not asked for",
		    i->password_crc);
	else
		row("password", "none");
	if (*i->display_name) {
		printf("  %-20s", "display name");
		text_put(stdout, i->display_name);
		putchar('\n');
	}
	guid_format(&i->record_key, guid);
	row("record key", "%s", guid);
	if (!guid_is_zero(&i->store_uid)) {
		guid_format(&i->store_uid, guid);
		row("store id", "%s", guid);
	}
}

static void json_store(struct json *j, const struct pst_info *i)
{
	char guid[GUID_TEXT_SIZE];

	json_number(j, "version", i->version);
	json_number(j, "client_version", i->client_version);
	json_bool(j, "ost", i->is_ost);
	json_text(j, "encoding", encryption_name(i->encryption));
	json_bool(j, "password", i->password);
	json_number(j, "size", i->file_size);
	json_number(j, "stated_size", i->stated_size);
	json_text(j, "display_name", i->display_name);
	guid_format(&i->record_key, guid);
	json_text(j, "record_key", guid);
	guid_format(&i->store_uid, guid);
	json_text(j, "store_id", guid_is_zero(&i->store_uid) ? NULL : guid);
}

/* --- contents --- */

static const char *role_note(enum folder_role role)
{
	static const char *const notes[] = { "",
					     "the root",
					     "top of the visible folders",
					     "deleted items",
					     "where search folders live",
					     "search folder",
					     "made by the rescue" };

	return notes[role];
}

static void print_classes(const struct tree_folder *f)
{
	const char *before = "  (";

	for (const struct class_count *c = f->classes; c; c = c->next)
		if (c->messages) {
			fputs(before, stdout);
			text_put(stdout, c->name);
			printf(" %" PRIu64, c->messages);
			before = ", ";
		}
	if (*before == ',')
		putchar(')');
}

static void print_count(uint64_t n, const char *what)
{
	char text[TEXT_NUMBER_SIZE];

	if (n)
		printf("  %s %s", text_count(n, text), what);
}

static void print_folder(const struct tree_folder *f, unsigned verbose)
{
	const char *name = *f->name ? f->name : "(no name)";
	int rest = 36 - 2 * (int)f->depth - (int)utf8_length(name);
	bool more = f->messages || f->associated || verbose;

	printf("  %*s%s", (int)(2 * f->depth), "", text_style(stdout, TEXT_BOLD));
	text_put(stdout, name);
	printf("%s%*s", text_style(stdout, TEXT_PLAIN), more && rest > 0 ? rest : 0, "");
	print_count(f->messages, f->messages == 1 ? "message" : "messages");
	print_classes(f);
	print_count(f->associated, "associated");
	print_count(f->attachments, "attachments");
	print_count(f->embedded, "embedded");
	print_count(f->local_only, "only ever here");
	if (verbose)
		printf("  0x%" PRIX64 " %s", f->id, role_note(f->role));
	putchar('\n');
}

static void print_totals(const struct inspection *in)
{
	const struct ledger_totals *t = ledger_totals(in->ledger);
	const struct ledger_row *sum = &t->sum;
	size_t at = 0;
	const char *name;
	uint64_t n;

	puts("\ncontents");
	row("folders", "%" PRIu64, t->folders);
	row("messages", "%" PRIu64, sum->messages.emitted);
	while (ledger_next_class(in->ledger, &at, &name, &n)) {
		printf("    %-32s %" PRIu64 "\n", name, n);
	}
	row("associated", "%" PRIu64, sum->associated.emitted);
	row("attachments", "%" PRIu64, sum->attachments);
	row("embedded items", "%" PRIu64, sum->embedded);
	row("recipients", "%" PRIu64, sum->recipients);
	row("named properties", "%zu", in->tree.names);
	if (sum->server_known || sum->local_only)
		row("origin",
		    "%" PRIu64 " known to the server, %" PRIu64 " only ever here, %" PRIu64 " unknown",
		    sum->server_known, sum->local_only,
		    sum->messages.emitted + sum->associated.emitted - sum->server_known -
			    sum->local_only);
	if (t->missing)
		row("missing", "%" PRIu64 " item%s that the file's own lists name", t->missing, plural(t->missing));
	if (sum->partial)
		row("incomplete", "%" PRIu64 " item%s", sum->partial, plural(sum->partial));
}

static void print_problems(const struct inspection *in)
{
	const struct ledger_totals *t = ledger_totals(in->ledger);
	uint64_t lost = 0;

	for (unsigned kind = PROBLEM_VALUE; kind <= PROBLEM_FOLDER; kind++)
		lost += t->problems[kind];
	if (t->problems[PROBLEM_FLAGGED])
		row("odd values", "%" PRIu64 ", kept as they are", t->problems[PROBLEM_FLAGGED]);
	if (lost)
		row("losses", "%" PRIu64 " (postern check says more; postern recover may get more)", lost);
	if (!in->options->common.verbose)
		return;
	for (const struct ledger_problem *p = ledger_problems(in->ledger); p; p = p->next) {
		printf("    ");
		text_put(stdout, p->folder ? p->folder : "");
		printf("  0x%" PRIX64 "  ", p->id);
		text_put(stdout, p->text ? p->text : "");
		putchar('\n');
	}
}

static void print_deleted(const struct inspection *in)
{
	const struct tree *d = &in->deleted;

	if (!in->deleted_known)
		return;
	row("recoverable", "%" PRIu64 " deleted items (postern recover brings them back)", d->undeleted);
	for (const struct tree_item *i = d->deleted; i; i = i->next) {
		printf("    %3u %%  ", i->confidence);
		text_put(stdout, d->folders[i->folder].name);
		fputs(": ", stdout);
		text_put(stdout, i->title);
		putchar('\n');
	}
}

static void print_text(const struct inspection *in)
{
	printf("%s%s%s\n", text_style(stdout, TEXT_BOLD), in->source.path,
	       text_style(stdout, TEXT_PLAIN));
	if (in->source.pst)
		print_store(pst_info(in->source.pst));
	else
		row("format", "%s", in->source.format);
	puts("\nfolders");
	for (size_t i = 0; i < in->tree.n; i++)
		print_folder(&in->tree.folders[i], in->options->common.verbose);
	print_totals(in);
	print_problems(in);
	print_deleted(in);
}

static void json_folder(struct json *j, const struct tree_folder *f)
{
	json_object(j, NULL);
	json_text(j, "name", f->name);
	json_number(j, "depth", f->depth);
	json_hex(j, "id", f->id);
	json_text(j, "role", role_note(f->role));
	json_number(j, "messages", f->messages);
	json_number(j, "associated", f->associated);
	json_number(j, "attachments", f->attachments);
	json_number(j, "embedded", f->embedded);
	json_number(j, "recipients", f->recipients);
	json_number(j, "server_known", f->server_known);
	json_number(j, "local_only", f->local_only);
	json_object(j, "classes");
	for (const struct class_count *c = f->classes; c; c = c->next)
		if (c->messages)
			json_number(j, c->name, c->messages);
	json_end_object(j);
	json_end_object(j);
}

static void json_deleted(struct json *j, const struct tree *d)
{
	json_number(j, "recoverable", d->undeleted);
	json_array(j, "deleted_items");
	for (const struct tree_item *i = d->deleted; i; i = i->next) {
		json_object(j, NULL);
		json_text(j, "folder", d->folders[i->folder].name);
		json_text(j, "subject", i->title);
		json_number(j, "confidence", i->confidence);
		json_end_object(j);
	}
	json_end_array(j);
}

static void json_totals(struct json *j, const struct inspection *in)
{
	const struct ledger_totals *t = ledger_totals(in->ledger);
	size_t at = 0;
	const char *name;
	uint64_t n;

	json_number(j, "folders", t->folders);
	json_number(j, "messages", t->sum.messages.emitted);
	json_number(j, "associated", t->sum.associated.emitted);
	json_number(j, "attachments", t->sum.attachments);
	json_number(j, "embedded", t->sum.embedded);
	json_number(j, "recipients", t->sum.recipients);
	json_number(j, "named_properties", in->tree.names);
	json_number(j, "server_known", t->sum.server_known);
	json_number(j, "local_only", t->sum.local_only);
	json_number(j, "missing", t->missing);
	json_number(j, "partial", t->sum.partial);
	json_object(j, "classes");
	while (ledger_next_class(in->ledger, &at, &name, &n))
		json_number(j, name, n);
	json_end_object(j);
}

/* Follows whatever members the object has already (--all puts the items first). */
static void print_json(struct json *j, const struct inspection *in)
{
	CLEANUP_BUF struct buf ledger = BUF_MAX(SIZE_MAX);

	json_text(j, "file", in->source.path);
	json_text(j, "format", in->source.format);
	if (in->source.pst)
		json_store(j, pst_info(in->source.pst));
	json_totals(j, in);
	if (in->deleted_known)
		json_deleted(j, &in->deleted);
	json_array(j, "tree");
	for (size_t i = 0; i < in->tree.n; i++)
		json_folder(j, &in->tree.folders[i]);
	json_end_array(j);
	ledger_json(in->ledger, &ledger);
	json_raw(j, "ledger", buf_cstr(&ledger));
}

/* --- the runs --- */

static status scan_deleted(struct inspection *in, struct reason *why)
{
	struct recover_options o = { .undelete = true };
	struct pst_recovery *r;
	struct item_source *items;
	status st = pst_recover_open(in->source.input, &o, &r, why);

	if (st)
		return st;
	in->deleted.keep_undeleted = in->options->common.verbose || in->options->common.json;
	items = pst_recovery_source(r);
	st = items->run(items, &in->deleted.sink, why);
	pst_recovery_close(r);
	in->deleted_known = !st;
	return st;
}

static status run_items(struct inspection *in, struct json *j, struct reason *why)
{
	struct progress progress;
	struct dump dump;
	struct item_source *items = in->source.items;
	status st;

	if (in->options->all)
		dump_init(&dump, &in->tree.sink, in->options->common.json ? j : NULL);
	in->ledger = ledger_new(in->options->all ? &dump.sink : &in->tree.sink);
	if (!in->ledger)
		return reason_set(why, ecMemory, "not enough memory");
	progress_start(&progress, !in->options->common.quiet && !in->options->all, in->source.input);
	ledger_on_progress(in->ledger, progress_ledger, &progress);
	st = items->run(items, ledger_sink(in->ledger), why);
	if (!st && in->options->deleted && in->source.pst)
		st = scan_deleted(in, why);
	progress_end(&progress);
	if (in->options->all)
		dump_free(&dump);
	return st;
}

static int inspect_open(struct inspection *in)
{
	struct json j;
	struct reason why = { "" };
	bool json = in->options->common.json;
	status st;

	json_start(&j, stdout);
	if (json)
		json_object(&j, NULL);
	st = run_items(in, &j, &why);
	if (json) {
		if (in->ledger)
			print_json(&j, in);
		json_end_object(&j);
		json_finish(&j);
	} else if (!st) {
		print_text(in);
	}
	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	if (source_changed(&in->source)) {
		complain("%s changed while it was read: what is shown may be wrong", in->source.path);
		return EXIT_LOSS;
	}
	return (int)ledger_verdict(in->ledger);
}

static int inspect_file(const struct inspect_options *o, const char *path)
{
	struct inspection in = { .options = o };
	struct reason why = { "" };
	status st = source_open(path, NULL, &in.source, &why);
	int code;

	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	tree_init(&in.tree);
	tree_init(&in.deleted);
	code = inspect_open(&in);
	tree_free(&in.tree);
	tree_free(&in.deleted);
	ledger_free(in.ledger);
	source_close(&in.source);
	return code;
}

static int run(const struct command *self, int argc, char **argv)
{
	struct inspect_options o = { 0 };
	int worst = EXIT_COMPLETE;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	for (int i = 0; i < o.n; i++) {
		int code = inspect_file(&o, o.files[i]);

		if (i + 1 < o.n && !o.common.json)
			putchar('\n');
		worst = code > worst ? code : worst;
	}
	return worst;
}

const struct command command_inspect = {
	"inspect", "FILE...", "what is in it: folders, items, classes, origin", run, &argp, NULL,
};
