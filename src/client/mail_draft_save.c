/* A draft becomes a message: as mail, which is read as any mail that comes in. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/filetime.h"
#include "base/utf16.h"
#include "client/mail_draft.h"
#include "client/mail_private.h"
#include "mapi/forward.h"
#include "mime/mime.h"
#include "store/message.h"

#define MAIL_MOST       ((size_t)1 << 30)
#define VERB_REPLIED    102u /* [MS-OXOMSG] 2.2.1.7 */
#define VERB_TO_ALL     103u
#define VERB_FORWARDED  104u

/* As mail ------------------------------------------------------------------------------------------------------------------------- */

/* "=?UTF-8?B?...?=" where it is not plain. */
static void put_text(struct buf *b, const char *text)
{
	bool plain = true;

	for (const char *p = text; *p; p++)
		plain = plain && *p >= ' ' && *p <= '~';
	if (plain) {
		buf_printf(b, "%s", text);
		return;
	}
	for (size_t n = strlen(text), at = 0; at < n;) {
		size_t take = n - at < 42 ? n - at : 42;

		/* Not within a letter. */
		while (take > 1 && at + take < n && ((unsigned char)text[at + take] & 0xC0) == 0x80)
			take--;
		buf_printf(b, "%s=?UTF-8?B?", at ? "\r\n " : "");
		base64_encode(bytes_of(text + at, take), b);
		buf_printf(b, "?=");
		at += take;
	}
}

/* A list of addresses: names in it that are not plain are encoded, addresses stay. */
static void put_addresses(struct buf *b, const char *name, const char *list)
{
	if (!*list)
		return;
	buf_printf(b, "%s: ", name);
	for (const char *at = list; *at;) {
		size_t n = strcspn(at, ",;"), bracket = strcspn(at, "<,;");
		bool quoted = *at == '"' && strchr(at + 1, '"');

		if (quoted) {
			size_t end = (size_t)(strchr(at + 1, '"') - at);

			bracket = end + strcspn(at + end, "<,;");
			n = end + strcspn(at + end, ",;");
		}
		if (bracket < n) {
			char phrase[400];
			size_t from = quoted ? 1 : 0, k = quoted ? (size_t)(strchr(at + 1, '"') - at) : bracket;

			while (k > from && at[k - 1] == ' ')
				k--;
			(void)snprintf(phrase, sizeof phrase, "%.*s", (int)(k - from), at + from);
			if (strpbrk(phrase, ",;<>()@:."))
				buf_printf(b, "\"%s\"", phrase);
			else
				put_text(b, phrase);
			buf_printf(b, " %.*s", (int)(n - bracket), at + bracket);
		} else {
			buf_printf(b, "%.*s", (int)n, at);
		}
		at += n;
		if (*at)
			buf_printf(b, ", ");
		at += *at ? 1 : 0;
		at += strspn(at, " ,;");
	}
	buf_printf(b, "\r\n");
}

static status put_file(struct buf *b, const char *path, const char *boundary, struct reason *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *name = strrchr(path, '/');
	struct stat st;
	uint8_t *data = NULL;
	status s = ecNone;
	size_t at = 0;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		s = reason_set(why, ecInvalidParam, "%s cannot be attached: %s", path, fd < 0 ? strerror(errno) : "it is no file");
	else if ((uint64_t)st.st_size > MAIL_DRAFT_FILE_MAX)
		s = reason_set(why, ecInvalidParam, "%s is too large to be attached", path);
	else if (!(data = malloc((size_t)st.st_size + 1)))
		s = reason_set(why, ecMemory, "out of memory");
	while (!s && at < (size_t)st.st_size && (n = read(fd, data + at, (size_t)st.st_size - at)) > 0)
		at += (size_t)n;
	if (fd >= 0)
		(void)close(fd);
	if (!s) {
		buf_printf(b, "--%s\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"", boundary);
		put_text(b, name ? name + 1 : path);
		buf_printf(b, "\"\r\n\r\n");
		for (size_t k = 0; k < at; k += 57) {
			base64_encode(bytes_of(data + k, at - k < 57 ? at - k : 57), b);
			buf_printf(b, "\r\n");
		}
		buf_printf(b, "\r\n");
	}
	free(data);
	return s;
}

static void put_body(struct buf *b, const char *body)
{
	buf_printf(b, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	for (size_t n = strlen(body), at = 0; at < n; at += 57) {
		base64_encode(bytes_of(body + at, n - at < 57 ? n - at : 57), b);
		buf_printf(b, "\r\n");
	}
	buf_printf(b, "\r\n");
}

static status as_mail(const struct mail_draft *d, const struct mail_me *me, struct buf *b, struct reason *why)
{
	const char *at = strchr(me->address, '@');
	char boundary[40];
	uint64_t random[2];
	status s = ecNone;

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return reason_set(why, ecError, "the system gives no random numbers");
	(void)snprintf(boundary, sizeof boundary, "=_%016llx%016llx", (unsigned long long)random[0], (unsigned long long)random[1]);
	buf_printf(b, "MIME-Version: 1.0\r\nFrom: ");
	put_text(b, *me->name ? me->name : me->address);
	buf_printf(b, " <%s>\r\n", me->address);
	put_addresses(b, "To", d->to);
	put_addresses(b, "Cc", d->cc);
	put_addresses(b, "Bcc", d->bcc);
	buf_printf(b, "Subject: ");
	put_text(b, d->subject);
	buf_printf(b, "\r\nMessage-ID: <%s@%s>\r\n", boundary + 2, at ? at + 1 : "localhost");
	if (*d->in_reply_to)
		buf_printf(b, "In-Reply-To: %s\r\nReferences: %s\r\n", d->in_reply_to, d->references);
	if (!d->n_files) {
		put_body(b, d->body);
	} else {
		buf_printf(b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary);
		put_body(b, d->body);
		for (size_t i = 0; !s && i < d->n_files; i++)
			s = put_file(b, d->files[i], boundary, why);
		buf_printf(b, "--%s--\r\n", boundary);
	}
	return s ? s : b->failed ? reason_set(why, ecTooBig, "the message is too large") : ecNone;
}

/* Into the mailbox ---------------------------------------------------------------------------------------------------------------- */

/* Of what a source of mail says, the message alone goes on; it is counted who gets it. */
struct taking {
	struct forward forward;
	struct mailbox *mailbox;
	uint64_t folder;
	struct message_writer *writer;
	unsigned depth, people, odd;
	uint64_t id;
	status failed;
};

static status nothing(struct item_sink *s)
{
	(void)s;
	return ecNone;
}

static status take_store(struct item_sink *s, const struct store_event *e)
{
	struct taking *t = (struct taking *)s;
	struct message_options o = { .names = e->names };

	if (!t->writer)
		t->failed = message_writer_new(t->mailbox, t->folder, &o, &t->writer);
	else
		message_writer_again(t->writer, t->folder, &o);
	t->forward.next = t->writer ? message_writer_sink(t->writer) : NULL;
	return t->failed;
}

static status take_folder(struct item_sink *s, const struct folder_event *e)
{
	(void)s;
	(void)e;
	return ecNone;
}

static status take_message(struct item_sink *s, const struct message_event *e)
{
	((struct taking *)s)->depth++;
	return forward_message_begin(s, e);
}

static status take_message_end(struct item_sink *s, struct item_result *result)
{
	struct taking *t = (struct taking *)s;
	status st = forward_message_end(s, result);

	if (--t->depth || st)
		return st;
	t->failed = result->outcome == OUTCOME_WRITTEN ? message_writer_finish(t->writer, &t->id) : ecCorruptData;
	return t->failed;
}

static status take_recipient(struct item_sink *s, const struct bag *props)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct taking *t = (struct taking *)s;
	const char *address = bag_text(props, tag_id(PidTagEmailAddress), 1252, &arena);

	if (t->depth == 1) {
		t->people++;
		/* Somebody of an organisation is called by another kind of address. */
		t->odd += !address || (!strchr(address, '@') && *address != '/');
	}
	return forward_recipient(s, props);
}

static status take_problem(struct item_sink *s, const struct item_problem *p)
{
	(void)s;
	(void)p;
	return ecNone;
}

static const struct item_sink_ops taking_ops = { .store_begin = take_store,
						 .store_end = nothing,
						 .folder_begin = take_folder,
						 .folder_end = nothing,
						 .message_begin = take_message,
						 .message_end = take_message_end,
						 .recipient = take_recipient,
						 .attachment_begin = forward_attachment_begin,
						 .attachment_end = forward_attachment_end,
						 .value_begin = forward_value_begin,
						 .value_chunk = forward_value_chunk,
						 .value_end = forward_value_end,
						 .problem = take_problem };

static status take_in(struct taking *t, struct bytes mail, struct reason *why)
{
	struct mime_source *source = NULL;
	struct input *in = NULL;
	status s = input_open_memory(mail, "the draft", &in);

	if (!s)
		s = mime_source_open_input(in, &source, why);
	if (!s)
		s = mime_source_items(source)->run(mime_source_items(source), &t->forward.sink, why);
	mime_source_close(source);
	input_close(in);
	message_writer_free(t->writer);
	if (!s && !t->id)
		s = ecError;
	return s && !*why->text ? mail_failed(t->mailbox, s, why, "the message cannot be written") : s;
}

/* What mail that comes in has and mail that is written does not, and the other way round. */
static status make_unsent(struct mailbox *m, uint64_t id, const struct clock *clock, struct arena *arena)
{
	static const uint16_t remove[] = { PidTagTransportMessageHeaders >> 16, PidTagMessageDeliveryTime >> 16 };
	uint64_t key[2];
	struct bag b;
	status s;

	if (getrandom(key, sizeof key, 0) != (ssize_t)sizeof key)
		return ecError;
	bag_init(&b, arena);
	s = bag_set_u32(&b, PidTagMessageFlags, MSGFLAG_READ | MSGFLAG_UNSENT | MSGFLAG_EVER_READ | MSGFLAG_FROMME);
	if (!s)
		s = bag_set_u64(&b, PidTagCreationTime, clock->now(clock));
	if (!s)
		s = bag_set_u64(&b, PidTagClientSubmitTime, clock->now(clock));
	if (!s)
		s = bag_set_u32(&b, PidTagImportance, 1);
	if (!s)
		s = bag_set_bytes(&b, PidTagSearchKey, bytes_of(key, sizeof key));
	if (!s)
		s = bag_set_bool(&b, PidTagDeleteAfterSubmit, false);
	return s ? s : message_set(m, id, &b, remove, sizeof remove / sizeof *remove);
}

static status mark_original(struct mailbox *m, const struct mail_draft *d, const struct clock *clock, struct arena *arena)
{
	struct bag b;
	status s;

	bag_init(&b, arena);
	s = bag_set_u32(&b, PidTagLastVerbExecuted, d->kind == MAIL_FORWARD ? VERB_FORWARDED : d->kind == MAIL_REPLY_ALL ? VERB_TO_ALL : VERB_REPLIED);
	if (!s)
		s = bag_set_u64(&b, PidTagLastVerbExecutionTime, clock->now(clock));
	if (!s)
		s = message_set(m, d->original, &b, NULL, 0);
	return s == ecNotFound ? ecNone : s;
}

status mail_draft_save(struct mailbox *m, const struct mail_draft *d, const struct mail_me *me, const struct clock *clock, uint64_t folder, bool sending,
		       uint64_t *id, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	CLEANUP_BUF struct buf mail = BUF_MAX(MAIL_MOST);
	struct taking t = { .forward.sink.ops = &taking_ops, .mailbox = m, .folder = folder };
	struct reason words = { "" };
	status s;

	if (d->kind == MAIL_EDIT)
		return mail_draft_update(m, d, me, clock, folder, sending, id, why);
	s = as_mail(d, me, &mail, &words);

	if (!s)
		s = take_in(&t, buf_bytes(&mail), &words);
	if (!s && sending && !t.people)
		s = reason_set(&words, ecInvalidParam, "there is nobody to send it to");
	if (!s && sending && t.odd)
		s = reason_set(&words, ecInvalidParam, "an address in To, Cc or Bcc is none: write them like Ada Lovelace <ada@contoso.example>, with commas between them");
	if (!s && make_unsent(m, t.id, clock, &arena))
		s = mail_failed(m, ecError, &words, "the message cannot be written");
	if (!s && sending && d->original && mark_original(m, d, clock, &arena))
		s = mail_failed(m, ecError, &words, "what it answers cannot be marked");
	if (s)
		return reason_set(why, s, "%s", words.text);
	*id = t.id;
	return ecNone;
}
