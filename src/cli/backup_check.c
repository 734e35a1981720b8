/* postern backup verify DEST */
#include "base/quantity.h"
#include "cli/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "store/backup_verify.h"

struct verifying {
	const struct backup_command *o;
	struct progress progress;
	struct json json;
	char stage[160];
	char scratch[4096];
	bool made; /* the scratch folder is ours */
};

static const char *const kinds[BACKUP_FINDINGS] = {
	[BACKUP_FINDING_FILE] = "file",	      [BACKUP_FINDING_RESTORE] = "restore", [BACKUP_FINDING_CHECK] = "check",
	[BACKUP_FINDING_COUNT] = "count",     [BACKUP_FINDING_CONTENT] = "content", [BACKUP_FINDING_MISSING] = "missing",
	[BACKUP_FINDING_LOST] = "lost-since",
};

static void on_progress(void *context, const char *name, uint64_t nth, uint64_t of)
{
	struct verifying *v = context;

	(void)snprintf(v->stage, sizeof v->stage, "verifying %" PRIu64 " of %" PRIu64 "  %.100s", nth + 1, of, name);
	progress_stage(&v->progress, v->stage);
	progress_draw(&v->progress, 0, 0, 0);
}

static void on_found(void *context, const struct backup_finding *f)
{
	struct verifying *v = context;

	progress_abandon();
	if (v->o->common.json) {
		json_object(&v->json, NULL);
		json_text(&v->json, "finding", kinds[f->kind]);
		json_text(&v->json, "name", f->name);
		json_text(&v->json, "text", f->text);
		json_end_object(&v->json);
		return;
	}
	printf("  %s%-10s%s ", text_style(stdout, f->kind == BACKUP_FINDING_LOST ? TEXT_YELLOW : TEXT_RED), kinds[f->kind],
	       text_style(stdout, TEXT_PLAIN));
	text_put(stdout, f->name);
	printf(": ");
	text_put(stdout, f->text);
	putchar('\n');
}

static void on_done(void *context, const struct backup_verified *r)
{
	struct verifying *v = context;
	char count[TEXT_NUMBER_SIZE], equal[TEXT_NUMBER_SIZE];

	progress_abandon();
	if (v->o->common.json) {
		json_object(&v->json, NULL);
		json_text(&v->json, "verified", r->name);
		json_bool(&v->json, "good", r->good);
		json_number(&v->json, "objects", r->messages);
		json_number(&v->json, "compared", r->compared);
		json_number(&v->json, "changed_since", r->changed);
		json_text(&v->json, "not_compared", r->not_compared);
		json_end_object(&v->json);
		return;
	}
	if (v->o->common.quiet)
		return;
	printf("  %s%-10s%s ", text_style(stdout, r->good ? TEXT_GREEN : TEXT_RED), r->good ? "good" : "not good",
	       text_style(stdout, TEXT_PLAIN));
	text_put(stdout, r->name);
	printf("  %s %s restored and checked", text_count(r->messages, count), r->directory ? "rows" : "messages");
	if (r->not_compared)
		printf("; not compared: %s", r->not_compared);
	else
		printf(", %s equal to the live ones", text_count(r->compared, equal));
	if (r->changed)
		printf(", %s changed since", text_count(r->changed, count));
	putchar('\n');
}

/* A folder of our own, gone at the end, unless one was named. */
static status scratch(struct verifying *v, struct reason *why)
{
	const char *dir = getenv("TMPDIR");

	if (v->o->scratch) {
		(void)snprintf(v->scratch, sizeof v->scratch, "%s", v->o->scratch);
		return ecNone;
	}
	(void)snprintf(v->scratch, sizeof v->scratch, "%s/postern-verify-XXXXXX", dir && *dir ? dir : "/tmp");
	if (!mkdtemp(v->scratch))
		return reason_set(why, ecDiskError, "cannot make %s: %s", v->scratch, strerror(errno));
	v->made = true;
	return ecNone;
}

static void remove_scratch(const struct verifying *v)
{
	char below[sizeof v->scratch + 16];

	if (!v->made)
		return;
	(void)snprintf(below, sizeof below, "%s/mailboxes", v->scratch);
	(void)rmdir(below);
	(void)rmdir(v->scratch);
}

static int verdict(status st, const struct backup_verdict *r)
{
	if (st || !r->good)
		return EXIT_LOSS;
	return r->findings[BACKUP_FINDING_LOST] ? EXIT_WARNINGS : EXIT_COMPLETE;
}

static status verify(struct verifying *v, struct backup_verdict *r, struct reason *why)
{
	CLEANUP_BACKUP_SET struct backup_set set = { .lock = -1 };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BACKUP_MANIFEST_MAX);
	const struct site_options how = { .create = false };
	const struct backup_verify_options o = { .scratch = v->scratch, .every_file = !v->o->at, .progress = on_progress, .found = on_found,
						 .done = on_done, .context = v };
	struct backup_manifest m;
	struct reason words = { "" };
	struct site *site = NULL;
	status st = backup_set_open(v->o->destination, BACKUP_SET_READ, &set, why);

	if (!st)
		st = backup_set_at(&set, v->o->at, &arena, &m, why);
	if (!st)
		st = scratch(v, why);
	if (st)
		return st;
	/* A backup can be verified where its site is not; then there is nothing to compare with and nobody to tell. */
	if (site_open(site_default_location(v->o->data, &arena), &how, NULL, &site, &words) && !v->o->common.json)
		note("%s: the backup is not compared with the mailboxes", words.text);
	st = backup_verify(&set, &m, site, &o, r, why);
	site_close(site);
	remove_scratch(v);
	return st;
}

static void json_result(struct verifying *v, status st, const struct backup_verdict *r, const struct reason *why)
{
	struct json *j = &v->json;

	json_end_array(j);
	if (!st) {
		json_number(j, "backup", r->number);
		json_bool(j, "good", r->good);
		json_number(j, "files", r->files);
		json_number(j, "mailboxes", r->mailboxes);
		json_number(j, "messages", r->messages);
		json_number(j, "compared", r->compared);
		json_bool(j, "noted", r->noted);
		json_object(j, "findings");
		for (size_t i = 0; i < BACKUP_FINDINGS; i++)
			json_number(j, kinds[i], r->findings[i]);
		json_end_object(j);
	}
	json_text(j, "failure", st ? why->text : NULL);
	json_number(j, "exit", (uint64_t)verdict(st, r));
	json_end_object(j);
	json_finish(j);
}

static void print_result(const struct verifying *v, const struct backup_verdict *r)
{
	char count[TEXT_NUMBER_SIZE];
	uint64_t all = 0;

	for (size_t i = 0; i < BACKUP_FINDINGS; i++)
		all += r->findings[i];
	printf("backup %" PRIu64 " in %s: %s%s%s: %" PRIu64 " file%s read, %" PRIu64 " mailbox%s restored, %s message%s", r->number,
	       v->o->destination, text_style(stdout, r->good ? TEXT_GREEN : TEXT_RED), r->good ? "it can be restored" : "it is NOT good",
	       text_style(stdout, TEXT_PLAIN), r->files, plural(r->files), r->mailboxes, plural_es(r->mailboxes),
	       text_count(r->messages, count), plural(r->messages));
	printf(", %" PRIu64 " finding%s\n", all, plural(all));
	if (!r->good)
		puts("  the next 'postern backup --full' does not build on it");
}

int backup_check(const struct backup_command *o)
{
	struct verifying v = { .o = o };
	struct backup_verdict r = { 0 };
	struct reason why = { "" };
	status st;

	(void)umask(077);
	if (o->common.json) {
		json_start(&v.json, stdout);
		json_object(&v.json, NULL);
		json_text(&v.json, "command", "backup verify");
		json_text(&v.json, "destination", o->destination);
		json_array(&v.json, "report");
	}
	progress_start(&v.progress, !o->common.quiet, NULL);
	st = verify(&v, &r, &why);
	progress_end(&v.progress);
	if (o->common.json)
		json_result(&v, st, &r, &why);
	else if (!st)
		print_result(&v, &r);
	if (st)
		complain_status(st, &why);
	return verdict(st, &r);
}
