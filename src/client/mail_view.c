#include "client/mail_view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf16.h"
#include "client/mail_private.h"
#include "mapi/rtf_compressed.h"
#include "mapi/rtf_html.h"
#include "store/html_text.h"
#include "store/message.h"

#define CODEPAGE   1252u
#define NAMES_MOST 1000u

/* What is in it ------------------------------------------------------------------------------------------------------------------- */

struct viewing {
	struct item_sink sink;
	struct arena *arena;
	struct mail_view *view;
	size_t cap_people, cap_attachments;
	unsigned depth; /* of messages within the message */
};

static status grow(struct arena *a, void **v, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? 2 * *cap : 8;
	void *bigger;

	if (n < *cap)
		return ecNone;
	bigger = arena_array(a, more, size);
	if (!bigger)
		return ecMemory;
	if (n)
		memcpy(bigger, *v, n * size);
	*v = bigger;
	*cap = more;
	return ecNone;
}

static const char *text_of(const struct bag *b, uint32_t tag, struct arena *a)
{
	const char *t = bag_text(b, tag_id(tag), CODEPAGE, a);

	return t ? t : "";
}

static status on_message(struct item_sink *sink, const struct message_event *e)
{
	(void)e;
	((struct viewing *)sink)->depth++;
	return ecNone;
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	((struct viewing *)sink)->depth--;
	result->outcome = OUTCOME_WRITTEN;
	return ecNone;
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	struct viewing *v = (struct viewing *)sink;
	struct mail_view *w = v->view;
	struct mail_person *p;
	status s;

	if (v->depth != 1 || w->n_people == MAIL_PEOPLE_MAX)
		return ecNone;
	s = grow(v->arena, (void **)&w->people, w->n_people, &v->cap_people, sizeof *w->people);
	if (s)
		return s;
	p = &w->people[w->n_people++];
	*p = (struct mail_person){ .type = (enum mail_person_type)(bag_u32(props, tag_id(PidTagRecipientType), 1) & 3),
				   .name = text_of(props, PidTagDisplayName, v->arena),
				   .address = text_of(props, PidTagSmtpAddress, v->arena) };
	if (!*p->address)
		p->address = text_of(props, PidTagEmailAddress, v->arena);
	return ecNone;
}

static status on_attachment(struct item_sink *sink, const struct attachment_event *e)
{
	struct viewing *v = (struct viewing *)sink;
	struct mail_view *w = v->view;
	const struct prop *data = bag_find(e->props, tag_id(PidTagAttachDataBinary));
	struct mail_attachment *a;
	status s;

	if (v->depth != 1)
		return ecNone;
	s = grow(v->arena, (void **)&w->attachments, w->n_attachments, &v->cap_attachments, sizeof *w->attachments);
	if (s)
		return s;
	a = &w->attachments[w->n_attachments++];
	*a = (struct mail_attachment){ .name = text_of(e->props, PidTagAttachLongFilename, v->arena),
				       .size = data ? data->size : 0,
				       .is_message = bag_u32(e->props, tag_id(PidTagAttachMethod), 0) == ATTACH_EMBEDDED_MESSAGE };
	if (!*a->name)
		a->name = text_of(e->props, PidTagAttachFilename, v->arena);
	if (!*a->name)
		a->name = text_of(e->props, PidTagDisplayName, v->arena);
	if (!*a->name)
		a->name = a->is_message ? "message" : "attachment";
	return ecNone;
}

static const struct item_sink_ops viewing_ops = {
	.message_begin = on_message, .message_end = on_message_end, .recipient = on_recipient, .attachment_begin = on_attachment
};

/* Large values are passed over. */
static status pass_over(struct item_sink *sink, const struct prop *p, const struct message_large *where)
{
	(void)sink;
	(void)p;
	(void)where;
	return ecNone;
}

/* Its text ------------------------------------------------------------------------------------------------------------------------ */

static void plain_text(const struct prop *p, struct buf *out)
{
	if (prop_type(p) == PT_UNICODE)
		utf16_to_utf8(p->value, out);
	else
		codepage_to_utf8(CODEPAGE, p->value, out);
}

/* Of the forms that a body has, the one that needs least to be done. */
static status body_of(struct mailbox *m, uint64_t id, struct arena *arena, struct buf *out)
{
	CLEANUP_BUF struct buf raw = BUF_MAX(MAIL_TEXT_MAX);
	struct prop p;
	unsigned flags;
	status s = message_value(m, id, tag_id(PidTagBody), arena, &p);

	if (!s && p.value.n) {
		plain_text(&p, out);
		return ecNone;
	}
	if (!s || s == ecNotFound)
		s = message_value(m, id, tag_id(PidTagHtml), arena, &p);
	if (!s && p.value.n) {
		if (prop_type(&p) == PT_BINARY)
			html_to_text(p.value, out);
		else {
			plain_text(&p, &raw);
			html_to_text(buf_bytes(&raw), out);
		}
		return ecNone;
	}
	if (!s || s == ecNotFound)
		s = message_value(m, id, tag_id(PidTagRtfCompressed), arena, &p);
	if (!s)
		s = rtf_decompress(p.value, MAIL_TEXT_MAX, &raw, &flags, NULL);
	if (!s)
		s = rtf_to_text(buf_bytes(&raw), out, NULL);
	return s == ecNotFound ? ecNone : s;
}

/* CR LF and CR as LF. */
static char *unix_lines(struct buf *text, struct arena *arena)
{
	char *out = arena_alloc(arena, text->n + 1);
	size_t n = 0;

	if (!out)
		return NULL;
	for (size_t i = 0; i < text->n; i++) {
		if (text->p[i] == '\r' && i + 1 < text->n && text->p[i + 1] == '\n')
			continue;
		out[n++] = text->p[i] == '\r' ? '\n' : text->p[i] ? (char)text->p[i] : ' ';
	}
	out[n] = '\0';
	return out;
}

static status read_props(struct mailbox *m, uint64_t id, struct arena *arena, struct mail_view *out)
{
	struct bag b;
	status s;

	bag_init(&b, arena);
	s = message_props(m, id, &b);
	if (s)
		return s;
	out->from = (struct mail_person){ .type = MAIL_FROM,
					  .name = text_of(&b, PidTagSentRepresentingName, arena),
					  .address = text_of(&b, PidTagSentRepresentingSmtpAddress, arena) };
	if (!*out->from.name)
		out->from.name = text_of(&b, PidTagSenderName, arena);
	if (!*out->from.address)
		out->from.address = text_of(&b, PidTagSenderSmtpAddress, arena);
	if (!*out->from.address && strcmp(text_of(&b, PidTagSentRepresentingAddressType, arena), "SMTP") == 0)
		out->from.address = text_of(&b, PidTagSentRepresentingEmailAddress, arena);
	out->message_id = text_of(&b, PidTagInternetMessageId, arena);
	out->references = text_of(&b, PidTagInternetReferences, arena);
	return ecNone;
}

status mail_view(struct mailbox *m, uint64_t id, struct arena *arena, struct mail_view *out, struct reason *why)
{
	CLEANUP_BUF struct buf text = BUF_MAX(MAIL_TEXT_MAX);
	struct viewing v = { .sink.ops = &viewing_ops, .arena = arena, .view = out };
	struct item_result result = { 0 };
	status s;

	*out = (struct mail_view){ .text = "" };
	s = mail_row(m, id, arena, &out->row, why);
	if (s)
		return s;
	s = read_props(m, id, arena, out);
	if (!s)
		s = message_outline(m, id, &v.sink, pass_over, &result);
	if (!s)
		s = body_of(m, id, arena, &text);
	if (!s) {
		out->text_cut = text.failed;
		out->text = unix_lines(&text, arena);
		s = out->text ? ecNone : ecMemory;
	}
	return s ? mail_failed(m, s, why, "the message cannot be read") : ecNone;
}

/* Saving -------------------------------------------------------------------------------------------------------------------------- */

void mail_harmless_name(const char *name, char *out, size_t room)
{
	size_t n = 0;

	for (const char *p = name; *p && n + 1 < room; p++)
		out[n++] = (unsigned char)*p < ' ' || strchr("/\\:*?\"<>|", *p) || *p == 0x7F ? '_' : *p;
	out[n] = '\0';
	if (*out == '.')
		*out = '_';
	if (!*out)
		memcpy(out, "attachment", 11);
}

/* "plan.pdf", "plan (2).pdf" ...: the first that is free, opened so that nothing is replaced. */
static int open_free(const char *folder, const char *name, struct arena *arena, const char **path)
{
	const char *dot = strrchr(name, '.');
	int stem = dot && dot != name ? (int)(dot - name) : (int)strlen(name), fd = -1;

	for (unsigned i = 1; fd < 0 && i < NAMES_MOST; i++) {
		*path = i == 1 ? arena_printf(arena, "%s/%s", folder, name) : arena_printf(arena, "%s/%.*s (%u)%s", folder, stem, name, i, name + stem);
		if (!*path)
			return -1;
		fd = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	return fd;
}

struct saving {
	struct item_sink sink;
	size_t wanted, at; /* attachments of the message itself */
	unsigned depth;
	bool here, in_value, done;
	int fd;
	int error;
};

static void put(struct saving *v, struct bytes b)
{
	while (b.n && !v->error) {
		ssize_t n = write(v->fd, b.p, b.n);

		if (n < 0 && errno != EINTR)
			v->error = errno;
		if (n > 0)
			b = bytes_of(b.p + n, b.n - (size_t)n);
	}
}

static status save_message(struct item_sink *sink, const struct message_event *e)
{
	(void)e;
	((struct saving *)sink)->depth++;
	return ecNone;
}

static status save_message_end(struct item_sink *sink, struct item_result *result)
{
	((struct saving *)sink)->depth--;
	result->outcome = OUTCOME_WRITTEN;
	return ecNone;
}

static status save_attachment(struct item_sink *sink, const struct attachment_event *e)
{
	struct saving *v = (struct saving *)sink;
	const struct prop *data = bag_find(e->props, tag_id(PidTagAttachDataBinary));

	v->here = v->depth == 1 && v->at++ == v->wanted;
	if (v->here && data && !(data->flags & PROP_LARGE)) {
		put(v, data->value);
		v->done = true;
	}
	return ecNone;
}

static status save_attachment_end(struct item_sink *sink)
{
	struct saving *v = (struct saving *)sink;

	v->here = v->here && v->depth > 1;
	return ecNone;
}

static status save_value(struct item_sink *sink, const struct prop *p)
{
	struct saving *v = (struct saving *)sink;

	v->in_value = v->here && v->depth == 1 && prop_id(p) == tag_id(PidTagAttachDataBinary);
	v->done = v->done || v->in_value;
	return ecNone;
}

static status save_chunk(struct item_sink *sink, struct bytes chunk)
{
	struct saving *v = (struct saving *)sink;

	if (v->in_value)
		put(v, chunk);
	return ecNone;
}

static status save_value_end(struct item_sink *sink, bool complete)
{
	((struct saving *)sink)->in_value = false;
	return complete ? ecNone : ecCorruptData;
}

static const struct item_sink_ops saving_ops = { .message_begin = save_message,
						 .message_end = save_message_end,
						 .attachment_begin = save_attachment,
						 .attachment_end = save_attachment_end,
						 .value_begin = save_value,
						 .value_chunk = save_chunk,
						 .value_end = save_value_end };

status mail_attachment_save(struct mailbox *m, uint64_t id, size_t index, const char *folder, struct arena *arena, const char **written, struct reason *why)
{
	struct saving v = { .sink.ops = &saving_ops, .wanted = index };
	struct item_result result = { 0 };
	struct mail_view view;
	char name[200];
	status s = mail_view(m, id, arena, &view, why);

	if (s)
		return s;
	if (index >= view.n_attachments)
		return reason_set(why, ecNotFound, "the message has %zu attachments", view.n_attachments);
	if (view.attachments[index].is_message)
		return reason_set(why, ecNotSupported, "that attachment is a message, which is no file: postern export writes it with the one it is in");
	mail_harmless_name(view.attachments[index].name, name, sizeof name);
	v.fd = open_free(folder, name, arena, written);
	if (v.fd < 0)
		return reason_set(why, ecDiskError, "%s/%s: %s", folder, name, strerror(errno));
	s = message_emit(m, id, &v.sink, &result);
	if (close(v.fd) && !v.error)
		v.error = errno;
	if (!s && !v.error)
		return ecNone;
	(void)unlink(*written);
	return v.error ? reason_set(why, ecDiskError, "%s: %s", *written, strerror(v.error)) : mail_failed(m, s, why, "the attachment cannot be read");
}
