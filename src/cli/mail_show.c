/* postern mail: folders, list, search, read, outbox. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/filetime.h"
#include "base/utf16.h"
#include "cli/json.h"
#include "cli/mail.h"
#include "cli/text.h"
#include "store/message.h"

#define WIDTH_LEAST   60u
#define WIDTH_DEFAULT 100u
#define SENDER_WIDTH  22u

static unsigned width(void)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) || !w.ws_col)
		return WIDTH_DEFAULT;
	return w.ws_col < WIDTH_LEAST ? WIDTH_LEAST : w.ws_col;
}

/* So many columns, cut or filled. */
static void put_column(const char *text, unsigned columns)
{
	unsigned shown = 0;
	const char *p = text;

	while (*p && shown < columns) {
		const char *next = p + 1;
		char letter[8];
		size_t n;

		while (((unsigned char)*next & 0xC0) == 0x80)
			next++;
		n = (size_t)(next - p);
		if (n < sizeof letter) {
			memcpy(letter, p, n);
			letter[n] = '\0';
			text_put(stdout, letter);
		}
		shown++;
		p = next;
	}
	printf("%*s", (int)(columns - shown), "");
}

void mail_row_marks(const struct mail_row *r, char out[static MAIL_MARKS_SIZE])
{
	out[0] = r->read ? ' ' : 'N';
	out[1] = r->flag == MAIL_FLAGGED ? '!' : r->flag == MAIL_FLAG_DONE ? 'v' : ' ';
	out[2] = r->has_attachments ? '@' : ' ';
	out[3] = r->importance == 2 ? '^' : ' ';
	out[4] = '\0';
}

void mail_date_text(uint64_t date, bool narrow, char out[static MAIL_DATE_SIZE])
{
	time_t t = (time_t)filetime_to_unix(date), now = time(NULL);
	struct tm then, today;

	out[0] = '\0';
	if (!date || !localtime_r(&t, &then) || !localtime_r(&now, &today))
		return;
	if (then.tm_year != today.tm_year)
		(void)strftime(out, MAIL_DATE_SIZE, narrow ? "%Y-%m" : "%Y-%m-%d", &then);
	else if (then.tm_yday != today.tm_yday)
		(void)strftime(out, MAIL_DATE_SIZE, narrow ? "%d %b" : "%d %b %H:%M", &then);
	else
		(void)strftime(out, MAIL_DATE_SIZE, "%H:%M", &then);
}

bool mail_last_updated_text(uint64_t when, char out[static MAIL_LAST_UPDATED_SIZE])
{
	time_t t = (time_t)filetime_to_unix(when), now = time(NULL);
	struct tm then, today;

	return when && localtime_r(&t, &then) && localtime_r(&now, &today) &&
	       strftime(out, MAIL_LAST_UPDATED_SIZE, then.tm_year == today.tm_year && then.tm_yday == today.tm_yday ? "This folder was last updated at %H:%M" : "This folder was last updated at %H:%M on %d %b", &then);
}

static void put_last_updated(struct mail_at_work *w, uint64_t folder)
{
	char text[MAIL_LAST_UPDATED_SIZE];
	uint64_t when = 0;

	if (isatty(STDOUT_FILENO) && !w->o->common.quiet && !cache_folder_time(w->cache, folder, &when) && mail_last_updated_text(when, text))
		printf("%s%s%s\n", text_style(stdout, TEXT_DIM), text, text_style(stdout, TEXT_PLAIN));
}

/* Folders ------------------------------------------------------------------------------------------------------------------------- */

/* What the server says of a folder that it does not show; 0: it does. */
static uint32_t refusal(struct mail_at_work *w, const struct mail_folder *f)
{
	uint32_t error = 0;

	return cache_refused(w->cache, f->id, &error) ? 0 : error;
}

static void folder_json(struct json *j, struct mail_at_work *w, const struct mail_folder *f)
{
	json_object(j, NULL);
	if (*w->store.name)
		json_text(j, "mailbox", w->store.name);
	json_text(j, "path", f->path);
	json_text(j, "class", f->class_name);
	json_number(j, "items", f->items);
	json_number(j, "unread", f->unread);
	json_number(j, "bytes", f->size);
	if (refusal(w, f))
		json_bool(j, "shown", false);
	json_end_object(j);
}

static void put_folder(struct mail_at_work *w, const struct mail_folder *f)
{
	uint32_t error = refusal(w, f);

	printf("%8" PRIu64 " %8.0" PRIu64 "  %*s%s", f->items, f->unread, (int)(2 * f->depth), "", f->unread ? text_style(stdout, TEXT_BOLD) : "");
	text_put(stdout, f->name);
	printf("%s%s\n", f->unread ? text_style(stdout, TEXT_PLAIN) : "", error == ecAccessDenied ? "  (no permission)" : error ? "  (not shown any more)" : "");
}

static status put_folders(struct mail_at_work *w, void *context)
{
	struct mail_folder *v;
	size_t n = 0;
	status s = mail_folders(w->mailbox, w->arena, &v, &n, &w->why);

	if (!s && *w->store.name && !w->o->common.json) {
		printf("%17s  ", "");
		text_put(stdout, w->store.title);
		printf("  (--mailbox %s)\n", w->store.name);
	}
	for (size_t i = 0; !s && i < n; i++) {
		if (w->o->common.json)
			folder_json(context, w, &v[i]);
		else
			put_folder(w, &v[i]);
	}
	return s;
}

int mail_show_folders(struct mail_at_work *w)
{
	struct json j;
	status s;

	if (w->o->common.json) {
		json_start(&j, stdout);
		json_array(&j, NULL);
	}
	s = mail_each_store(w, put_folders, &j);
	if (w->o->common.json)
		json_finish(&j);
	return s ? EXIT_LOSS : EXIT_COMPLETE;
}

/* Lists --------------------------------------------------------------------------------------------------------------------------- */

/* `state`: of a letter that is to be sent, else NULL; `mailbox`: where it is, when that is not the own one. */
static void row_json(struct json *j, const struct mail_row *r, const char *mailbox, const char *state)
{
	char id[20], date[FILETIME_TEXT_SIZE];

	(void)snprintf(id, sizeof id, "%" PRIx64, r->id);
	filetime_format(r->date, date);
	json_object(j, NULL);
	json_text(j, "id", id);
	if (mailbox && *mailbox)
		json_text(j, "mailbox", mailbox);
	json_text(j, "from", r->sender);
	json_text(j, "to", r->to);
	json_text(j, "subject", r->subject);
	json_text(j, "class", r->class_name);
	json_text(j, "date", r->date ? date : NULL);
	json_number(j, "bytes", r->size);
	json_bool(j, "read", r->read);
	json_bool(j, "flagged", r->flag == MAIL_FLAGGED);
	json_bool(j, "attachments", r->has_attachments);
	if (state)
		json_text(j, "state", state);
	json_end_object(j);
}

static void put_row(const struct mail_row *r, bool outgoing)
{
	unsigned all = width(), used = 8 + 1 + 4 + 1 + 12 + 1 + SENDER_WIDTH + 1;
	bool behind = r->conversation == 0;
	char marks[MAIL_MARKS_SIZE], date[MAIL_DATE_SIZE];

	mail_row_marks(r, marks);
	mail_date_text(r->date, false, date);
	printf("%8" PRIx64 " %s %-12s %s", r->id, marks, date, r->read ? "" : text_style(stdout, TEXT_BOLD));
	put_column(outgoing ? r->to : *r->sender ? r->sender : r->to, SENDER_WIDTH);
	printf(" %s", behind ? "  " : "");
	put_column(*r->subject ? r->subject : "(no subject)", all > used + 20 ? all - used - (behind ? 2 : 0) : 20);
	printf("%s\n", r->read ? "" : text_style(stdout, TEXT_PLAIN));
}

static int show_page(struct mail_at_work *w, const struct mail_query *q, bool outgoing)
{
	struct mail_page page;
	struct json j;

	if (mail_list(w->mailbox, q, &clock_system, w->arena, &page, &w->why))
		return EXIT_LOSS;
	if (w->o->common.json) {
		json_start(&j, stdout);
		json_array(&j, NULL);
		for (size_t i = 0; i < page.n; i++)
			row_json(&j, &page.rows[i], w->store.name, NULL);
		json_finish(&j);
		return EXIT_COMPLETE;
	}
	for (size_t i = 0; i < page.n; i++)
		put_row(&page.rows[i], outgoing);
	if (!page.n && !w->o->common.quiet)
		note("nothing");
	if (page.more && !w->o->common.quiet)
		note("there are more: --skip %zu", q->skip + page.n);
	return EXIT_COMPLETE;
}

int mail_show_list(struct mail_at_work *w)
{
	const char *name = w->o->n > 1 ? w->o->words[1] : "Inbox";
	struct mail_query q = { .unread = w->o->unread, .conversations = w->o->conversations, .ascending = w->o->oldest_first, .skip = w->o->skip, .limit = w->o->limit };
	struct mail_folder f;

	if (mail_folder_find(w->mailbox, name, w->arena, &f, &w->why))
		return EXIT_LOSS;
	q.folder = f.id;
	if (!w->o->common.json)
		put_last_updated(w, f.id);
	return show_page(w, &q, mail_folder_is_outgoing(f.role));
}

struct everywhere {
	const struct mail_query *q;
	struct json json;
	size_t n;
};

static status search_one(struct mail_at_work *w, void *context)
{
	struct everywhere *e = context;
	struct mail_page page;
	status s = mail_list(w->mailbox, e->q, &clock_system, w->arena, &page, &w->why);

	if (!s && page.n && *w->store.name && !w->o->common.json) {
		text_put(stdout, w->store.title);
		printf("  (--mailbox %s)\n", w->store.name);
	}
	for (size_t i = 0; !s && i < page.n; i++) {
		if (w->o->common.json)
			row_json(&e->json, &page.rows[i], w->store.name, NULL);
		else
			put_row(&page.rows[i], false);
	}
	if (!s && page.more && !w->o->common.quiet)
		note("there are more%s%s: --skip %zu", *w->store.name ? " in " : "", w->store.name, e->q->skip + page.n);
	e->n += s ? 0 : page.n;
	return s;
}

static int search_everywhere(struct mail_at_work *w, const struct mail_query *q)
{
	struct everywhere e = { .q = q };
	status s;

	if (w->o->common.json) {
		json_start(&e.json, stdout);
		json_array(&e.json, NULL);
	}
	s = mail_each_store(w, search_one, &e);
	if (w->o->common.json)
		json_finish(&e.json);
	else if (!s && !e.n && !w->o->common.quiet)
		note("nothing");
	return s ? EXIT_LOSS : EXIT_COMPLETE;
}

int mail_show_search(struct mail_at_work *w)
{
	CLEANUP_BUF struct buf text = BUF_MAX(8192);
	struct mail_query q = { .unread = w->o->unread, .skip = w->o->skip, .limit = w->o->limit };
	struct mail_folder f;

	if (w->o->all && w->o->folder) {
		(void)reason_set(&w->why, ecInvalidParam, "--folder is of one mailbox, and --all of all");
		return EXIT_LOSS;
	}
	for (size_t i = 1; i < w->o->n; i++)
		buf_printf(&text, "%s%s", i > 1 ? " " : "", w->o->words[i]);
	q.search = buf_cstr(&text);
	if (w->o->folder) {
		if (mail_folder_find(w->mailbox, w->o->folder, w->arena, &f, &w->why))
			return EXIT_LOSS;
		q.folder = f.id;
	}
	return w->o->all ? search_everywhere(w, &q) : show_page(w, &q, false);
}

/* A message ----------------------------------------------------------------------------------------------------------------------- */

/* "Ada Lovelace <ada@contoso.example>"; NULL without memory. */
static const char *person_text(const struct mail_person *p, struct arena *arena)
{
	if (!*p->name || !*p->address || strcmp(p->name, p->address) == 0)
		return *p->name ? p->name : p->address;
	return arena_printf(arena, "%s <%s>", p->name, p->address);
}

/* In the time of this place. */
static void moment_text(uint64_t date, char out[static MAIL_DATE_SIZE])
{
	time_t t = (time_t)filetime_to_unix(date);
	struct tm then;

	out[0] = '\0';
	if (date && localtime_r(&t, &then))
		(void)strftime(out, MAIL_DATE_SIZE, "%Y-%m-%d %H:%M", &then);
}

void mail_headers(const struct mail_view *v, struct arena *arena, mail_header *put, void *context)
{
	static const char *const labels[] = { "From", "To", "Cc", "Bcc" };
	char date[MAIL_DATE_SIZE], size[TEXT_NUMBER_SIZE];

	put(context, "From", person_text(&v->from, arena));
	for (size_t i = 0; i < v->n_people; i++)
		put(context, labels[v->people[i].type], person_text(&v->people[i], arena));
	moment_text(v->row.date, date);
	put(context, "Date", date);
	put(context, "Subject", *v->row.subject ? v->row.subject : "(no subject)");
	for (size_t i = 0; i < v->n_attachments; i++)
		put(context, i ? "" : "Attached",
		    arena_printf(arena, "%zu  %s  %s", i + 1, v->attachments[i].name, v->attachments[i].is_message ? "a message" : text_bytes(v->attachments[i].size, size)));
}

static void put_header(void *context, const char *label, const char *text)
{
	(void)context;
	printf("%s%-8s%s %s", text_style(stdout, TEXT_DIM), label, text_style(stdout, TEXT_PLAIN), strcmp(label, "Subject") == 0 ? text_style(stdout, TEXT_BOLD) : "");
	text_put(stdout, text ? text : "");
	printf("%s\n", text_style(stdout, TEXT_PLAIN));
}

static void put_message(const struct mail_view *v, struct arena *arena)
{
	mail_headers(v, arena, put_header, NULL);
	putchar('\n');
	text_put_lines(stdout, v->text);
	putchar('\n');
	if (v->text_cut)
		note("the text is cut here; the whole message can be exported");
}

static void message_json(const struct mail_view *v, bool whole)
{
	struct json j;

	json_start(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "subject", v->row.subject);
	json_text(&j, "from", v->from.address);
	json_array(&j, "recipients");
	for (size_t i = 0; i < v->n_people; i++)
		json_text(&j, NULL, *v->people[i].address ? v->people[i].address : v->people[i].name);
	json_end_array(&j);
	json_array(&j, "attachments");
	for (size_t i = 0; i < v->n_attachments; i++)
		json_text(&j, NULL, v->attachments[i].name);
	json_end_array(&j);
	json_text(&j, "text", v->text);
	json_bool(&j, "headersOnly", !whole);
	json_end_object(&j);
	json_finish(&j);
}

int mail_show_message(struct mail_at_work *w)
{
	struct mail_view v;
	uint64_t id;
	bool whole;

	if (mail_id_of(w->o->words[1], &id, &w->why))
		return EXIT_LOSS;
	whole = !mail_rest(w, id);
	if (!w->mailbox || mail_view(w->mailbox, id, w->arena, &v, &w->why))
		return EXIT_LOSS;
	if (w->o->common.json)
		message_json(&v, whole);
	else
		put_message(&v, w->arena);
	if (!whole) {
		note("%s", w->why.text);
		return EXIT_WARNINGS;
	}
	/* As with any reader of mail: what was shown is read. */
	if (v.row.read)
		return EXIT_COMPLETE;
	if (mailbox_begin(w->mailbox) || message_set_read(w->mailbox, id, true) || mailbox_commit(w->mailbox)) {
		mailbox_rollback(w->mailbox);
		return EXIT_WARNINGS;
	}
	return EXIT_COMPLETE;
}

/* The outbox ---------------------------------------------------------------------------------------------------------------------- */

const char *mail_outbox_words(const struct outbox_item *i)
{
	switch (i->state) {
	case OUTBOX_FAILED:
		return "refused by the server";
	case OUTBOX_SUBMITTING:
		return "handed over; not confirmed yet";
	case OUTBOX_UPLOADED:
		return "at the server, about to be sent";
	case OUTBOX_HANDED_OVER:
		return "handed over; the server sends it";
	default:
		return i->not_before ? "waiting for its time" : "waiting for the server";
	}
}

int mail_show_outbox(struct mail_at_work *w)
{
	struct outbox_item *v;
	struct mail_row r;
	struct json j;
	size_t n = 0;

	if (outbox_list(w->cache, w->arena, &v, &n)) {
		(void)reason_set(&w->why, ecCorruptData, "the outbox cannot be read");
		return EXIT_LOSS;
	}
	if (w->o->common.json) {
		json_start(&j, stdout);
		json_array(&j, NULL);
	}
	for (size_t i = 0; i < n; i++) {
		if (mail_row(w->mailbox, v[i].message, w->arena, &r, &w->why))
			continue;
		if (w->o->common.json) {
			row_json(&j, &r, NULL, mail_outbox_words(&v[i]));
			continue;
		}
		put_row(&r, true);
		printf("%8s      %s\n", "", mail_outbox_words(&v[i]));
	}
	if (w->o->common.json)
		json_finish(&j);
	else if (!n && !w->o->common.quiet)
		note("nothing is waiting to be sent");
	w->why.text[0] = '\0';
	return EXIT_COMPLETE;
}
