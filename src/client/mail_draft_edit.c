/* A draft is opened again, and what was changed in it takes the place of what was there. */
#include <string.h>

#include "client/mail_private.h"
#include "mapi/tag.h"
#include "store/message.h"

#define PEOPLE_MOST ((size_t)4 << 20)
#define CODEPAGE    1252u
#define WORK_MOST   (2 * MAIL_DRAFT_TEXT_MAX + ((size_t)64 << 20))

/* Opening ------------------------------------------------------------------------------------------------------------------------- */

/* What stands in a line of its own for the editor. */
static const char *one_line(const char *text, struct arena *arena)
{
	char *out = arena_strdup(arena, text);

	for (char *p = out; p && *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7F)
			*p = ' ';
	return out;
}

static const char *people_of(const struct mail_view *v, enum mail_person_type type, struct arena *arena)
{
	CLEANUP_BUF struct buf b = BUF_MAX(PEOPLE_MOST);

	for (size_t i = 0; i < v->n_people; i++) {
		struct mail_person p = v->people[i];

		/* Of whom only the name stands there, it is said as it is. */
		if (!*p.address) {
			p.address = p.name;
			p.name = "";
		}
		if (p.type == type)
			mail_put_person(&b, &p);
	}
	return b.failed ? NULL : one_line(buf_cstr(&b), arena);
}

static status take_attached(const struct mail_view *v, struct arena *arena, struct mail_draft *d)
{
	char name[200];

	d->n_attached = v->n_attachments;
	d->attached = arena_array(arena, v->n_attachments + 1, sizeof *d->attached);
	for (size_t i = 0; d->attached && i < v->n_attachments; i++) {
		mail_harmless_name(v->attachments[i].name, name, sizeof name);
		d->attached[i] = (struct mail_draft_attached){ arena_strdup(arena, name), true };
		if (!d->attached[i].name)
			return ecMemory;
	}
	return d->attached ? ecNone : ecMemory;
}

/* Which message it answers, should it have to be written as a new one. */
static status take_thread(struct mailbox *m, const struct mail_view *v, struct arena *arena, struct mail_draft *d)
{
	struct bag b;
	const char *text;
	status s;

	bag_init(&b, arena);
	s = message_props(m, v->row.id, &b);
	text = s ? NULL : bag_text(&b, tag_id(PidTagInReplyToId), CODEPAGE, arena);
	d->in_reply_to = one_line(text ? text : "", arena);
	d->references = one_line(v->references, arena);
	return s;
}

static status is_editable(const struct mail_view *v, struct reason *why)
{
	unsigned long long id = v->row.id;

	if (!v->row.unsent)
		return reason_set(why, ecNotSupported, "%llx is no draft: what was sent or came in stays as it is", id);
	if (strcasecmp(v->row.class_name, "IPM.Note") != 0)
		return reason_set(why, ecNotSupported, "%llx is no letter (%.100s), and cannot be edited as one", id, v->row.class_name);
	if (v->text_cut || v->n_people >= MAIL_PEOPLE_MAX)
		return reason_set(why, ecNotSupported, "%llx is too large to be edited as text", id);
	return ecNone;
}

status mail_draft_open(struct mailbox *m, uint64_t id, struct arena *arena, struct mail_draft *out, struct reason *why)
{
	struct mail_view v;
	struct mail_draft *was = arena_alloc(arena, sizeof *was);
	status s = mail_view(m, id, arena, &v, why);

	if (!s)
		s = is_editable(&v, why);
	if (s)
		return s;
	*out = (struct mail_draft){ .to = people_of(&v, MAIL_TO, arena),
				    .cc = people_of(&v, MAIL_CC, arena),
				    .bcc = people_of(&v, MAIL_BCC, arena),
				    .subject = one_line(v.row.subject, arena),
				    .body = v.text,
				    .original = id,
				    .kind = MAIL_EDIT,
				    .was = was };
	s = take_attached(&v, arena, out);
	if (!s)
		s = take_thread(m, &v, arena, out);
	if (s || !was || !out->to || !out->cc || !out->bcc || !out->subject || !out->in_reply_to || !out->references)
		return reason_set(why, s ? s : ecMemory, "the draft cannot be read");
	*was = *out;
	return ecNone;
}

/* What was changed ---------------------------------------------------------------------------------------------------------------- */

/* Editors end a last line that had no end. */
static bool is_same_text(const char *a, const char *b)
{
	size_t n = strlen(a), k = strlen(b);

	while (n && strchr(" \n", a[n - 1]))
		n--;
	while (k && strchr(" \n", b[k - 1]))
		k--;
	return n == k && memcmp(a, b, n) == 0;
}

static unsigned parts_changed(const struct mail_draft *d)
{
	const struct mail_draft *was = d->was;
	unsigned parts = d->n_files ? DRAFT_FILES : 0;

	parts |= strcmp(d->subject, was->subject) != 0 ? DRAFT_SUBJECT : 0;
	parts |= strcmp(d->to, was->to) != 0 || strcmp(d->cc, was->cc) != 0 || strcmp(d->bcc, was->bcc) != 0 ? DRAFT_PEOPLE : 0;
	parts |= is_same_text(d->body, was->body) ? 0 : DRAFT_TEXT;
	for (size_t i = 0; i < d->n_attached; i++)
		parts |= d->attached[i].kept ? 0 : DRAFT_FILES;
	return parts;
}

static bool has_same_files(const struct mail_draft *a, const struct mail_draft *b)
{
	for (size_t i = 0; i < a->n_attached && i < b->n_attached; i++)
		if (strcmp(a->attached[i].name, b->attached[i].name) != 0)
			return false;
	return a->n_attached == b->n_attached;
}

static status look(struct mailbox *m, const struct mail_draft *d, struct arena *arena, struct mail_draft *now, enum mail_draft_now *out, struct reason *why)
{
	struct reason words = { "" };
	status s = mail_draft_open(m, d->original, arena, now, &words);

	if (s == ecNotFound || s == ecNotSupported) {
		*out = MAIL_DRAFT_GONE;
		return ecNone;
	}
	if (s)
		return reason_set(why, s, "%s", words.text);
	now->was = d->was;
	*out = parts_changed(now) || !has_same_files(now, d) ? MAIL_DRAFT_OTHER : MAIL_DRAFT_SAME;
	return ecNone;
}

status mail_draft_look(struct mailbox *m, const struct mail_draft *d, struct arena *arena, enum mail_draft_now *out, struct reason *why)
{
	struct mail_draft now;

	return look(m, d, arena, &now, out, why);
}

/* Saving -------------------------------------------------------------------------------------------------------------------------- */

/* As the draft is now that somebody else changed: it is theirs, and what was written stands beside it. */
static status beside(struct mailbox *m, const struct mail_draft *d, const struct mail_draft *now, struct mail_draft_merge *merge)
{
	merge->parts |= DRAFT_SUBJECT | DRAFT_TEXT | DRAFT_PEOPLE | DRAFT_IDENTITY;
	/* Others are attached now than those that were spoken of. */
	if (!has_same_files(now, d))
		merge->attached = NULL;
	return message_copy(m, d->original, merge->folder, &merge->id);
}

static status put_in_place(struct mailbox *m, const struct mail_draft *d, const struct mail_draft *written, const struct mail_draft *now, enum mail_draft_now how,
			   const struct mail_me *me, const struct clock *clock, bool sending, struct mail_draft_merge *merge, struct reason *why)
{
	status s = mail_draft_save(m, written, me, clock, merge->folder, sending, &merge->written, why);

	if (!s && how == MAIL_DRAFT_OTHER && beside(m, d, now, merge))
		s = mail_failed(m, ecError, why, "the draft cannot be written");
	return s ? s : mail_draft_merge(m, merge, why);
}

status mail_draft_update(struct mailbox *m, const struct mail_draft *d, const struct mail_me *me, const struct clock *clock, uint64_t folder, bool sending,
			 uint64_t *id, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_MOST);
	struct mail_draft_merge merge = {
		.id = d->original, .parts = parts_changed(d) | DRAFT_TIME, .attached = d->attached, .n_attached = d->n_attached
	};
	struct mail_draft now, written = *d;
	enum mail_draft_now how = MAIL_DRAFT_GONE;
	struct mail_row row;
	status s = sending && !*d->to && !*d->cc && !*d->bcc ? reason_set(why, ecInvalidParam, "there is nobody to send it to") : look(m, d, &arena, &now, &how, why);

	written.kind = MAIL_NEW;
	written.original = 0;
	if (!s && how == MAIL_DRAFT_GONE)
		return mail_draft_save(m, &written, me, clock, folder, sending, id, why);
	if (!s)
		s = mail_row(m, d->original, &arena, &row, why);
	if (s)
		return s;
	merge.folder = row.folder;
	/* It stays the version it is. */
	if (merge.parts != DRAFT_TIME)
		s = put_in_place(m, d, &written, &now, how, me, clock, sending, &merge, why);
	if (!s)
		*id = merge.id;
	return s;
}
