/* postern backup DEST */
#include "base/quantity.h"
#include "cli/backup.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/json.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "store/backup.h"

struct making {
	const struct backup_command *o;
	struct progress progress;
	struct json json;
	char stage[160];
};

static const char *const outcomes[BACKUP_OUTCOMES] = {
	[BACKUP_TAKEN_FULL] = "full",  [BACKUP_TAKEN_CHANGES] = "changes", [BACKUP_UNCHANGED] = "unchanged",
	[BACKUP_BUSY] = "busy",	       [BACKUP_FAILED] = "failed",
};

static void on_progress(void *context, const struct backup_progress *p)
{
	struct making *m = context;

	(void)snprintf(m->stage, sizeof m->stage, "%" PRIu64 " of %" PRIu64 "  %.100s", p->subject, p->of, p->name);
	progress_stage(&m->progress, m->stage);
	progress_draw(&m->progress, p->messages, p->bytes, 0);
}

static void json_done(struct json *j, const struct backup_done *d)
{
	json_object(j, NULL);
	json_text(j, "name", d->name);
	json_text(j, "outcome", outcomes[d->outcome]);
	json_bool(j, "resumed", d->resumed);
	json_bool(j, "in_backup", d->entry);
	if (d->entry) {
		char text[GUID_TEXT_SIZE];

		guid_format(&d->entry->mailbox, text);
		json_text(j, "mailbox", d->entry->directory ? NULL : text);
		json_text(j, "address", d->entry->address);
		json_text(j, "database", d->entry->database);
		json_number(j, "folders", d->entry->folders);
		json_number(j, "messages", d->entry->messages);
		json_number(j, "parts", d->entry->n);
	}
	json_number(j, "messages_written", d->messages);
	json_number(j, "messages_gone", d->erased);
	json_number(j, "bytes_written", d->size);
	json_text(j, "reason", d->text);
	json_end_object(j);
}

static void print_done(const struct backup_done *d)
{
	static const enum text_style styles[BACKUP_OUTCOMES] = {
		TEXT_PLAIN, TEXT_PLAIN, TEXT_DIM, TEXT_YELLOW, TEXT_RED,
	};
	char count[TEXT_NUMBER_SIZE], size[TEXT_NUMBER_SIZE];

	printf("  %s%-9s%s  ", text_style(stdout, styles[d->outcome]), outcomes[d->outcome], text_style(stdout, TEXT_PLAIN));
	text_put(stdout, d->name);
	if (d->outcome == BACKUP_TAKEN_FULL || d->outcome == BACKUP_TAKEN_CHANGES) {
		if (d->entry && !d->entry->directory)
			printf("  %s message%s", text_count(d->messages, count), plural(d->messages));
		if (d->erased)
			printf(", %s gone", text_count(d->erased, count));
		printf(", %s", text_bytes(d->size, size));
	}
	if (d->resumed)
		printf("  (went on from an interrupted backup)");
	if (d->text) {
		printf("  ");
		text_put(stdout, d->text);
		printf(d->entry ? "; as the backup before has it" : "; it is in no backup");
	}
	putchar('\n');
}

static void on_done(void *context, const struct backup_done *d)
{
	struct making *m = context;

	progress_abandon();
	if (m->o->common.json)
		json_done(&m->json, d);
	else if (!m->o->common.quiet || d->text)
		print_done(d);
}

static int verdict(status st, const struct backup_result *r)
{
	if (st && st != ecWarnWithErrors)
		return EXIT_LOSS;
	return r->outcomes[BACKUP_FAILED] ? EXIT_LOSS : st || r->outcomes[BACKUP_BUSY] ? EXIT_WARNINGS : EXIT_COMPLETE;
}

static void json_result(struct making *m, status st, const struct backup_result *r, const struct reason *why)
{
	struct json *j = &m->json;

	json_end_array(j);
	if (!st || st == ecWarnWithErrors) {
		json_number(j, "backup", r->number);
		json_number(j, "parent", r->parent);
		json_bool(j, "whole", r->whole);
		json_number(j, "messages_written", r->messages);
		json_number(j, "bytes_written", r->size);
		for (size_t i = 0; i < BACKUP_OUTCOMES; i++)
			json_number(j, outcomes[i], r->outcomes[i]);
	}
	json_text(j, "failure", st ? why->text : NULL);
	json_number(j, "exit", (uint64_t)verdict(st, r));
	json_end_object(j);
	json_finish(j);
}

static void print_result(const struct making *m, const struct backup_result *r)
{
	char count[TEXT_NUMBER_SIZE], size[TEXT_NUMBER_SIZE];
	uint64_t taken = r->outcomes[BACKUP_TAKEN_FULL] + r->outcomes[BACKUP_TAKEN_CHANGES] + r->outcomes[BACKUP_UNCHANGED];

	printf("backup %" PRIu64 " in %s: %" PRIu64 " mailbox%s", r->number, m->o->destination, taken, plural_es(taken));
	if (r->outcomes[BACKUP_BUSY] + r->outcomes[BACKUP_FAILED])
		printf(", %" PRIu64 " not", r->outcomes[BACKUP_BUSY] + r->outcomes[BACKUP_FAILED]);
	printf("; %s message%s", text_count(r->messages, count), plural(r->messages));
	printf(", %s written\n", text_bytes(r->size, size));
	if (!r->whole)
		puts("  not every mailbox of the site is in it");
	if (!m->o->common.quiet && !r->parent)
		printf("  nobody knows yet whether it can be restored: postern backup verify %s\n", m->o->destination);
}

static status make(struct making *m, struct backup_result *r, struct reason *why)
{
	const struct backup_command *c = m->o;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	const struct site_options how = { .create = false };
	const struct backup_options o = {
		.mailboxes = c->n_mailboxes ? c->mailboxes : NULL,
		.databases = c->n_databases ? c->databases : NULL,
		.full = c->full,
		.wait_seconds = (unsigned)c->wait,
		.version = POSTERN_VERSION,
		.progress = on_progress,
		.done = on_done,
		.context = m,
	};
	struct site *site = NULL;
	status st = site_open(site_default_location(c->data, &arena), &how, NULL, &site, why);

	if (!st)
		st = backup_run(site, c->destination, &o, r, why);
	site_close(site);
	return st;
}

int backup_make(const struct backup_command *o)
{
	struct making m = { .o = o };
	struct backup_result r = { 0 };
	struct reason why = { "" };
	status st;

	(void)umask(077); /* mail is for nobody else to read */
	if (o->common.json) {
		json_start(&m.json, stdout);
		json_object(&m.json, NULL);
		json_text(&m.json, "command", "backup");
		json_text(&m.json, "destination", o->destination);
		json_array(&m.json, "subjects");
	}
	progress_start(&m.progress, !o->common.quiet, NULL);
	st = make(&m, &r, &why);
	progress_end(&m.progress);
	if (o->common.json)
		json_result(&m, st, &r, &why);
	else if (!st || st == ecWarnWithErrors)
		print_result(&m, &r);
	if (st)
		complain_status(st, &why);
	return verdict(st, &r);
}
