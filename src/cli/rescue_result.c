#include "base/quantity.h"
#include "cli/rescue_result.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/output.h"
#include "base/utf16.h"
#include "cli/text.h"

#define FILE_COLUMN    32
#define MAILBOX_COLUMN 20

static uint64_t of_both(uint64_t messages, uint64_t associated)
{
	return messages + associated;
}

static uint64_t found(const struct rescue_result *r)
{
	return of_both(r->sum.messages.emitted, r->sum.associated.emitted);
}

static uint64_t lost(const struct rescue_result *r)
{
	return r->missing + of_both(r->sum.messages.failed, r->sum.associated.failed);
}

static const char *word(const struct rescue_result *r)
{
	if (!r->address)
		return "nobody's";
	if (!r->done)
		return "failed";
	return r->code == EXIT_LOSS ? "loss" : r->code == EXIT_WARNINGS ? "remarks" : "complete";
}

/* --- for people --- */

/* At most `width` characters, then blanks up to it; of what is too long the end, which tells files apart. */
static void column(const char *text, size_t width)
{
	size_t n = utf8_length(text);

	if (n > width) {
		while (n > width - 3) {
			text++;
			while (((unsigned char)*text & 0xC0) == 0x80)
				text++;
			n--;
		}
		fputs("...", stdout);
		n += 3;
	}
	text_put(stdout, text);
	printf("%*s ", (int)(width - n), "");
}

static void put_row(const struct rescue_result *r)
{
	enum text_style style = !r->address || !r->done || r->code == EXIT_LOSS ? TEXT_RED : r->code ? TEXT_YELLOW : TEXT_GREEN;

	column(r->file, FILE_COLUMN);
	column(r->done ? r->mailbox : r->address ? r->address : "-", MAILBOX_COLUMN);
	if (r->done)
		printf("%9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %7" PRIu64 " %8" PRIu64 " %6" PRIu64 "  ", found(r),
		       r->counts.added + r->counts.replaced, r->sum.server_known, r->sum.local_only, r->unsent, r->sum.partial, lost(r));
	else
		printf("%9s %9s %9s %9s %7s %8s %6s  ", "-", "-", "-", "-", "-", "-", "-");
	printf("%s%s%s\n", text_style(stdout, style), word(r), text_style(stdout, TEXT_PLAIN));
}

static void put_reasons(const struct rescue_result *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!v[i].address || v[i].done)
			continue;
		fputs("  ", stdout);
		text_put(stdout, v[i].file);
		fputs(": ", stdout);
		text_put(stdout, v[i].failure.text);
		putchar('\n');
	}
}

void rescue_table(const struct rescue_result *v, size_t n)
{
	unsigned done = 0, nobody = 0;

	column("File", FILE_COLUMN);
	column("Mailbox", MAILBOX_COLUMN);
	printf("%9s %9s %9s %9s %7s %8s %6s\n", "items", "added", "at server", "only here", "unsent", "partial", "lost");
	for (size_t i = 0; i < n; i++) {
		put_row(&v[i]);
		done += v[i].done;
		nobody += !v[i].address;
	}
	put_reasons(v, n);
	printf("%u of %zu file%s %s in mailboxes", done, n, plural(n), n == 1 ? "is" : "are");
	if (nobody)
		printf("; %u belong%s to nobody in the map", nobody, nobody == 1 ? "s" : "");
	puts(".");
}

/* --- for programs --- */

static void put_numbers(struct json *j, const struct rescue_result *r)
{
	json_bool(j, "mailbox_made", r->made);
	json_bool(j, "damaged", r->damaged);
	json_bool(j, "resumed", r->counts.resumed);
	json_number(j, "items", found(r));
	json_number(j, "added", r->counts.added);
	json_number(j, "replaced", r->counts.replaced);
	json_number(j, "there_already", r->counts.known + r->counts.there + r->counts.older + r->counts.mail);
	json_number(j, "server_known", r->sum.server_known);
	json_number(j, "local_only", r->sum.local_only);
	json_number(j, "unsent", r->unsent);
	json_number(j, "partial", r->sum.partial);
	json_number(j, "lost", lost(r));
}

void rescue_json(FILE *to, const char *from, const struct rescue_result *v, size_t n)
{
	struct json j;

	json_start(&j, to);
	json_object(&j, NULL);
	json_text(&j, "postern", POSTERN_VERSION);
	json_text(&j, "command", "rescue");
	json_text(&j, "from", from);
	json_array(&j, "files");
	for (size_t i = 0; i < n; i++) {
		json_object(&j, NULL);
		json_text(&j, "file", v[i].file);
		json_text(&j, "address", v[i].address);
		json_text(&j, "result", word(&v[i]));
		if (v[i].done) {
			json_text(&j, "mailbox", v[i].mailbox);
			put_numbers(&j, &v[i]);
		} else if (v[i].address) {
			json_text(&j, "failure", v[i].failure.text);
		}
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	json_finish(&j);
}

status rescue_report(const char *path, const char *from, const struct rescue_result *v, size_t n, struct reason *why)
{
	CLEANUP_OUTPUT struct output *out = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&text, &size);
	status st;

	if (!memory)
		return reason_set(why, ecMemory, "not enough memory for the report");
	rescue_json(memory, from, v, n);
	fclose(memory);
	st = output_create(path, true, &out, why);
	if (!st)
		st = output_append(out, text, size);
	if (!st)
		st = output_commit(out, why);
	free(text);
	return st;
}
