#include "client/mail_draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/mail_private.h"
#include "mime/addresses.h"
#include "store/message.h"

#define LINE_MOST ((size_t)1 << 20)

/* Beginning ----------------------------------------------------------------------------------------------------------------------- */

static const char *with_prefix(const char *prefix, const char *subject, struct arena *arena)
{
	return strncasecmp(subject, prefix, strlen(prefix)) == 0 ? subject : arena_printf(arena, "%s %s", prefix, subject);
}

/* Somebody of an organisation, of whom only its own name is known, as the Internet writes it. */
static const char *internet_address(const struct mail_person *p, struct arena *arena)
{
	struct address a;

	return *p->address == '/' && address_from(arena, p->name, "EX", p->address, &a) ? a.address : p->address;
}

/* A name with what has a meaning in a list of addresses; it cannot end its own quotes, and make others recipients. */
static void put_in_quotes(struct buf *b, const char *name, const char *address)
{
	buf_printf(b, "\"");
	for (const char *p = name; *p; p++)
		buf_printf(b, "%c", *p == '"' ? '\'' : *p);
	buf_printf(b, "\" <%s>", address);
}

void mail_put_person(struct buf *b, const struct mail_person *p)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	const char *address = internet_address(p, &arena);

	if (!*address)
		return;
	if (b->n)
		buf_printf(b, ", ");
	/* Who is called as the address says needs no name. */
	if (!*p->name || strcasecmp(p->name, address) == 0)
		buf_printf(b, "%s", address);
	else if (strpbrk(p->name, ",;<>\"()@:"))
		put_in_quotes(b, p->name, address);
	else
		buf_printf(b, "%s <%s>", p->name, address);
}

static void put_quoted(struct buf *b, const char *text)
{
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");

		buf_printf(b, "> %.*s\n", (int)(n > LINE_MOST ? LINE_MOST : n), at);
		at += n + (at[n] == '\n');
	}
}

static status keep(struct buf *b, struct arena *arena, const char **out)
{
	*out = b->failed ? NULL : arena_strdup(arena, buf_cstr(b));
	return *out ? ecNone : ecTooBig;
}

static status people_of(const struct mail_view *v, const struct mail_me *me, struct arena *arena, struct mail_draft *d)
{
	CLEANUP_BUF struct buf to = BUF_MAX(LINE_MOST), cc = BUF_MAX(LINE_MOST);
	status s;

	mail_put_person(&to, &v->from);
	for (size_t i = 0; d->kind == MAIL_REPLY_ALL && i < v->n_people; i++)
		if (strcasecmp(v->people[i].address, me->address) != 0 && strcasecmp(v->people[i].address, v->from.address) != 0 && v->people[i].type != MAIL_BCC)
			mail_put_person(v->people[i].type == MAIL_CC ? &cc : &to, &v->people[i]);
	s = keep(&to, arena, &d->to);
	return s ? s : keep(&cc, arena, &d->cc);
}

static status answer(const struct mail_view *v, const struct mail_me *me, struct arena *arena, struct mail_draft *d)
{
	CLEANUP_BUF struct buf body = BUF_MAX(MAIL_DRAFT_TEXT_MAX);
	char when[FILETIME_TEXT_SIZE] = "";
	status s = ecNone;

	if (v->row.date)
		filetime_format(v->row.date, when);
	if (d->kind == MAIL_FORWARD) {
		buf_printf(&body, "\n\n---- Forwarded message ----\nFrom: %s <%s>\nDate: %s\nSubject: %s\n\n%s", v->from.name, v->from.address, when, v->row.subject, v->text);
		d->subject = with_prefix("FW:", v->row.subject, arena);
	} else {
		buf_printf(&body, "\n\nOn %.16s, %s wrote:\n", when, *v->from.name ? v->from.name : v->from.address);
		put_quoted(&body, v->text);
		d->subject = with_prefix("RE:", v->row.subject, arena);
		s = people_of(v, me, arena, d);
	}
	d->in_reply_to = v->message_id;
	d->references = arena_printf(arena, "%s%s%s", v->references, *v->references ? " " : "", v->message_id);
	if (!s)
		s = keep(&body, arena, &d->body);
	return s || !d->subject || !d->references ? ecTooBig : ecNone;
}

status mail_draft_make(struct mailbox *m, enum mail_draft_kind kind, uint64_t original, const struct mail_me *me, struct arena *arena, struct mail_draft *out,
		       struct reason *why)
{
	struct mail_view v;
	status s;

	if (kind == MAIL_EDIT)
		return mail_draft_open(m, original, arena, out, why);
	*out = (struct mail_draft){ .to = "", .cc = "", .bcc = "", .subject = "", .body = "", .in_reply_to = "", .references = "", .original = original, .kind = kind };
	if (kind == MAIL_NEW)
		return ecNone;
	s = mail_view(m, original, arena, &v, why);
	if (!s && answer(&v, me, arena, out))
		s = reason_set(why, ecTooBig, "the message is too large to be quoted");
	return s;
}

/* As text ------------------------------------------------------------------------------------------------------------------------- */

status mail_draft_write(const struct mail_draft *d, struct buf *out)
{
	buf_printf(out, "To: %s\nCc: %s\nBcc: %s\nSubject: %s\n", d->to, d->cc, d->bcc, d->subject);
	for (size_t i = 0; i < d->n_files; i++)
		buf_printf(out, "Attach: %s\n", d->files[i]);
	for (size_t i = 0; i < d->n_attached; i++)
		if (d->attached[i].kept)
			buf_printf(out, "Attached: %zu %s\n", i + 1, d->attached[i].name);
	buf_printf(out, "\n%s", d->body);
	return buf_status(out);
}

/* "2 plan.pdf": that of this number stays. */
static status keep_attached(struct mail_draft *d, const char *value, struct reason *why)
{
	size_t number = (size_t)strtoul(value, NULL, 10);

	if (!number || number > d->n_attached)
		return reason_set(why, ecInvalidParam, "\"Attached: %.60s\" is none of what is attached already, which are called by number; a file is \"Attach:\"", value);
	d->attached[number - 1].kept = true;
	return ecNone;
}

static status take_header(struct mail_draft *d, const char *name, size_t n, const char *value, struct reason *why)
{
	const struct {
		const char *name;
		const char **to;
	} known[] = { { "To", &d->to }, { "Cc", &d->cc }, { "Bcc", &d->bcc }, { "Subject", &d->subject } };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].name) == n && strncasecmp(name, known[i].name, n) == 0) {
			*known[i].to = value;
			return ecNone;
		}
	if (d->n_attached && n == 8 && strncasecmp(name, "Attached", 8) == 0)
		return keep_attached(d, value, why);
	if (n != 6 || strncasecmp(name, "Attach", 6) != 0)
		return reason_set(why, ecInvalidParam, "\"%.*s:\" is none of To, Cc, Bcc, Subject, Attach; the text begins behind an empty line", (int)n, name);
	if (d->n_files == MAIL_DRAFT_FILES_MAX)
		return reason_set(why, ecInvalidParam, "more than %u attachments", MAIL_DRAFT_FILES_MAX);
	if (*value)
		d->files[d->n_files++] = value;
	return ecNone;
}

status mail_draft_read(struct mail_draft *d, const char *text, struct arena *arena, struct reason *why)
{
	d->n_files = 0;
	for (size_t i = 0; i < d->n_attached; i++)
		d->attached[i].kept = false;
	while (*text && *text != '\n') {
		size_t line = strcspn(text, "\n"), colon = strcspn(text, ":\n");
		const char *value;
		status s;

		if (colon == line)
			return reason_set(why, ecInvalidParam, "\"%.60s\" is no header line like \"To: ...\"; the text begins behind an empty line", text);
		value = text + colon + 1;
		while (*value == ' ' || *value == '\t')
			value++;
		value = arena_strndup(arena, value, (size_t)(text + line - value) > line ? 0 : (size_t)(text + line - value));
		if (!value)
			return reason_set(why, ecMemory, "out of memory");
		s = take_header(d, text, colon, value, why);
		if (s)
			return s;
		text += line + (text[line] == '\n');
	}
	d->body = arena_strdup(arena, *text ? text + 1 : "");
	return d->body ? ecNone : reason_set(why, ecMemory, "out of memory");
}
