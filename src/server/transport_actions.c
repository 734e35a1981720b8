/* What rules do with a message, action by action ([MS-OXORULE] 2.2.5.1, 3.2.5.1). */
#include "server/transport_rules.h"

#include "base/reader.h"
#include "mapi/entryid.h"
#include "store/folder.h"
#include "store/message.h"
#include "store/rule.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ActionFlavor [MS-OXORULE] 2.2.5.1.1 */
#define FORWARD_PRESERVE_SENDER 0x01u
#define FORWARD_NO_CHANGE 0x02u
#define FORWARD_AS_ATTACHMENT 0x04u
#define FORWARD_AS_TEXT_MESSAGE 0x08u
#define REPLY_NOT_TO_SENDER 0x01u
#define REPLY_STANDARD_TEXT 0x02u
/* PidTagAutoResponseSuppress [MS-OXOMSG] 2.2.1.77 */
#define SUPPRESS_OOF 0x10u
#define SUPPRESS_AUTO_REPLY 0x20u
#define SUPPRESS_ALL UINT32_MAX

#define TEXT_MOST ((size_t)1 << 20)
#define RECIPIENTS_MOST 1000u
#define STANDARD_REPLY "Your message was received. This answer was sent by a rule of the recipient."

/* On its way ----------------------------------------------------------------------------------------------------------------- */

static struct bytes visited(const struct message_part *p)
{
	const struct held_prop *h = property_set_find(&p->props, TRANSPORT_VISITED >> 16);

	return h && !(h->p.flags & PROP_LARGE) ? h->p.value : bytes_of(NULL, 0);
}

/* Did this mailbox send it on already? */
static bool went_here(const struct delivery *d)
{
	struct bytes v = visited(d->message->part);

	for (size_t at = 0; at + sizeof d->target->key <= v.n; at += sizeof d->target->key)
		if (memcmp(v.p + at, &d->target->key, sizeof d->target->key) == 0)
			return true;
	return false;
}

static status add_visited(const struct delivery *d, struct message_part *p)
{
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)64 << 10);
	struct bytes v = visited(d->message->part);

	buf_add(&b, v.p, v.n);
	buf_add(&b, &d->target->key, sizeof d->target->key);
	return buf_status(&b) ? buf_status(&b) : property_set_put_bytes(&p->props, TRANSPORT_VISITED, buf_bytes(&b));
}

static status from_owner(const struct delivery *d, struct message_part *p)
{
	status s = person_put(&p->props, &person_sender, &d->target->person);

	return s ? s : person_put(&p->props, &person_representing, &d->target->person);
}

static status prefix_subject(struct message_part *p, const char *prefix, const struct message_part *of)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	const char *subject = held_text(&of->props, PidTagSubject, &arena);
	char line[1024];
	status s;

	(void)snprintf(line, sizeof line, "%s%.900s", prefix, subject ? subject : "");
	s = held_put_text(&p->props, PidTagSubject, line);
	if (!s)
		s = held_put_text(&p->props, PidTagSubjectPrefix, prefix);
	return s ? s : held_put_text(&p->props, PidTagNormalizedSubject, subject ? subject : "");
}

static status send_it(struct rule_run *r, struct message_part *p)
{
	status s = property_set_put_u64(&p->props, PidTagClientSubmitTime, transport_now(r->d->t));

	if (!s)
		s = add_visited(r->d, p);
	if (s)
		message_part_unref(p);
	return s ? s : delivery_send(r->d, p, true);
}

/* Moving and copying --------------------------------------------------------------------------------------------------------------- */

/* 0: in another store. */
static bool destination(struct rule_run *r, const struct rule_action *a, uint64_t *folder)
{
	struct reader in = reader_of(a->data);
	bool wide = r->rule->counts == WIRE_COUNTS_32, ours = wide || reader_u8(&in);
	struct bytes id;
	struct entryid e;

	*folder = 0;
	(void)reader_bytes(&in, wide ? reader_u32(&in) : reader_u16(&in));
	id = reader_bytes(&in, wide ? reader_u32(&in) : reader_u16(&in));
	if (ours && id.n == 21 && id.p[0] == 1)
		return id_to_counter(le64(id.p + 1), folder);
	/* Whatever store it says: where a folder is, its entry id knows. */
	if (!id.n || entryid_decode(id, &e, NULL) || e.kind != ENTRYID_FOLDER)
		return !ours;
	if (guid_equal(&e.folder.folder.id.replica, &mailbox_identity(r->d->m)->replica))
		*folder = global_counter_get(e.folder.folder.id.counter);
	return true;
}

static status move_or_copy(struct rule_run *r, const struct rule_action *a, uint32_t *error)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	struct folder f;
	uint64_t folder, copy;
	status s;

	if (!destination(r, a, &folder)) {
		*error = RULE_ERROR_FOLDER;
		return ecNone;
	}
	/* The client can reach other stores. */
	if (!folder)
		return rule_defer(r, a);
	s = folder_get(r->d->m, folder, &arena, &f);
	if (s == ecNotFound || (!s && f.is_search)) {
		*error = RULE_ERROR_FOLDER;
		return ecNone;
	}
	if (s || a->type == OP_COPY)
		return s ? s : message_copy(r->d->m, r->d->id, folder, &copy);
	if (r->n_moves < RULE_MOVES_MAX)
		r->moves[r->n_moves++] = folder;
	return ecNone;
}

/* Forwarding ------------------------------------------------------------------------------------------------------------------------- */

static bool same_person(const struct property_set *a, const struct person_tags *as, const struct property_set *b, const struct person_tags *bs)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	bool smtp;
	const char *x = person_identity(a, as, &arena, &smtp), *y = person_identity(b, bs, &arena, &smtp);

	return x && y && strcasecmp(x, y) == 0;
}

static status read_block(struct wire_in *in, bool wide, struct property_set *to)
{
	uint32_t n;
	status s = ecNone;

	(void)reader_u8(&in->r);
	n = wide ? reader_u32(&in->r) : reader_u16(&in->r);
	for (uint32_t i = 0; !s && i < n; i++) {
		struct tagged_value v;

		s = wire_decode(in, &tagged_value_wire, &v) ? property_set_put(to, &v.prop) : ecCorruptData;
	}
	return s;
}

/* Those of the action, but for the sender of the message. */
static status put_recipients(struct rule_run *r, const struct rule_action *a, struct message_part *p)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TRANSPORT_WORK);
	bool wide = r->rule->counts == WIRE_COUNTS_32;
	struct wire_in in;
	uint32_t n;
	status s = ecNone;

	wire_in_init(&in, a->data, &arena);
	in.counts = r->rule->counts;
	n = wide ? reader_u32(&in.r) : reader_u16(&in.r);
	if (!n || n > RECIPIENTS_MOST)
		return ecCorruptData;
	message_part_remove_recipients(p);
	for (uint32_t i = 0; !s && i < n; i++) {
		struct property_set who = { .n = 0 };

		s = read_block(&in, wide, &who);
		if (!s && !same_person(&who, &person_recipient, &r->d->message->part->props, &person_sender))
			s = transport_add_recipient(p, 1, &who, &person_recipient);
		property_set_free(&who);
	}
	return s;
}

static status as_attachment(struct rule_run *r, const struct message_part *original, struct message_part **out)
{
	struct attachment_part *a;
	status s = transport_part_new(r->d->t, "IPM.Note", "", out);

	if (s)
		return s;
	s = attachment_part_new(0, &a);
	if (s)
		return s;
	a->embedded = message_part_ref((struct message_part *)(uintptr_t)original);
	s = property_set_put_u32(&a->props, PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE);
	if (!s)
		s = property_set_put_u32(&a->props, PidTagRenderingPosition, UINT32_MAX);
	if (!s)
		s = message_part_put_attachment(*out, a);
	attachment_part_unref(a);
	if (!s)
		s = from_owner(r->d, *out);
	return s ? s : prefix_subject(*out, "FW: ", original);
}

static status as_forward(struct rule_run *r, const struct rule_action *a, struct message_part *p)
{
	status s = ecNone;

	(void)property_set_remove(&p->props, tag_id(PidTagDelegatedByRule));
	if (!(a->flavor & (FORWARD_PRESERVE_SENDER | FORWARD_NO_CHANGE)))
		s = from_owner(r->d, p);
	if (!s && !(a->flavor & (FORWARD_PRESERVE_SENDER | FORWARD_NO_CHANGE)))
		s = prefix_subject(p, "FW: ", p);
	if (!s && a->flavor & FORWARD_AS_TEXT_MESSAGE)
		s = held_put_text(&p->props, PidTagMessageClass, "IPM.Note.Mobile.SMS.Alert");
	return s ? s : property_set_put_bool(&p->props, PidTagAutoForwarded, true);
}

/* Mail for one that is to be handled by another ([MS-OXORULE] 3.2.5.1). */
static status as_delegate(struct rule_run *r, struct message_part *p)
{
	status s = person_put(&p->props, &person_received_representing, &r->d->target->person);

	return s ? s : property_set_put_bool(&p->props, PidTagDelegatedByRule, true);
}

static status make_forward(struct rule_run *r, const struct rule_action *a, struct message_part **out)
{
	struct message_part *p = NULL, *original;
	status s = message_part_read(r->d->m, r->d->id, &p);

	if (!s && a->type == OP_FORWARD && a->flavor & FORWARD_AS_ATTACHMENT) {
		original = p;
		p = NULL;
		s = as_attachment(r, original, &p);
		message_part_unref(original);
		if (!s)
			s = property_set_put_bool(&p->props, PidTagAutoForwarded, true);
	} else if (!s) {
		s = a->type == OP_FORWARD ? as_forward(r, a, p) : as_delegate(r, p);
	}
	if (!s)
		s = put_recipients(r, a, p);
	if (s)
		message_part_unref(p);
	else
		*out = p;
	return s;
}

static status forward(struct rule_run *r, const struct rule_action *a, uint32_t *error)
{
	struct message_part *p = NULL;
	status s;

	if (went_here(r->d))
		return ecNone;
	s = make_forward(r, a, &p);
	if (s == ecCorruptData) {
		*error = RULE_ERROR_PARSE;
		return ecNone;
	}
	if (!s && !p->n_recipients) {
		message_part_unref(p);
		return ecNone;
	}
	return s ? s : send_it(r, p);
}

/* Replying ----------------------------------------------------------------------------------------------------------------------------- */

static bool is_report(const struct message_part *p)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	const char *class = held_text(&p->props, PidTagMessageClass, &arena);

	return class && strncasecmp(class, "REPORT.", 7) == 0;
}

static bool may_reply(const struct rule_run *r, const struct rule_action *a)
{
	const struct message_part *of = r->d->message->part;
	uint32_t suppressed = property_set_u32(&of->props, tag_id(PidTagAutoResponseSuppress), 0);

	return !went_here(r->d) && !is_report(of) && !(suppressed & (a->type == OP_OOF_REPLY ? SUPPRESS_OOF : SUPPRESS_AUTO_REPLY));
}

/* The template, by its id in this mailbox. */
static bool template_of(const struct rule_run *r, const struct rule_action *a, uint64_t *id)
{
	struct reader in = reader_of(a->data);
	struct entryid e;

	if (r->rule->counts == WIRE_COUNTS_16) {
		(void)reader_u64(&in);
		return id_to_counter(reader_u64(&in), id);
	}
	if (entryid_decode(reader_bytes(&in, reader_u32(&in)), &e, NULL) || e.kind != ENTRYID_MESSAGE)
		return false;
	*id = global_counter_get(e.message.message.id.counter);
	return *id != 0;
}

static status put_thread(struct message_part *p, const struct message_part *of)
{
	static const uint32_t pairs[][2] = { { PidTagInReplyToId, PidTagInternetMessageId }, { PidTagConversationTopic, PidTagConversationTopic } };

	return property_set_put_others(&p->props, &of->props, pairs, sizeof pairs / sizeof *pairs);
}

static status fill_reply(struct rule_run *r, const struct rule_action *a, struct message_part *p)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	const struct message_part *of = r->d->message->part;
	const char *subject = held_text(&p->props, PidTagSubject, &arena);
	status s = from_owner(r->d, p);

	(void)property_set_remove(&p->props, tag_id(PidTagReplyTemplateId));
	(void)property_set_remove(&p->props, tag_id(PidTagSearchKey));
	/* Exchange says so since 2010, whatever the template is called. */
	if (!s && a->type == OP_OOF_REPLY)
		s = prefix_subject(p, "Automatic reply: ", of);
	else if (!s && (!subject || !*subject))
		s = prefix_subject(p, "RE: ", of);
	if (!s && a->flavor & REPLY_STANDARD_TEXT) {
		(void)property_set_remove(&p->props, tag_id(PidTagHtml));
		(void)property_set_remove(&p->props, tag_id(PidTagRtfCompressed));
		s = held_put_text(&p->props, PidTagBody, STANDARD_REPLY);
	}
	if (!s)
		s = put_thread(p, of);
	if (!s)
		s = property_set_put_u32(&p->props, PidTagAutoResponseSuppress, SUPPRESS_ALL);
	if (!s)
		s = property_set_put_u32(&p->props, PidTagMessageFlags, MSGFLAG_UNMODIFIED);
	if (!s && !(a->flavor & REPLY_NOT_TO_SENDER))
		s = transport_add_recipient(p, 1, &of->props, &person_representing);
	return s;
}

static uint64_t sender_digest(const struct rule_run *r)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	bool smtp;
	const char *who = person_identity(&r->d->message->part->props, &person_representing, &arena, &smtp);
	uint64_t h = 0xcbf29ce484222325u;

	for (; who && *who; who++)
		h = (h ^ (uint64_t)tolower((unsigned char)*who)) * 0x100000001b3u;
	return h;
}

/* ST_KEEP_OOF_HIST: everybody hears it once. *told: they did already. */
static status note_told(struct rule_run *r, bool *told)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)128 << 10);
	uint64_t who = sender_digest(r);
	struct bytes v = r->rule->told;
	struct bag set;
	status s;

	*told = false;
	if (!(r->rule->state & RULE_KEEP_OOF_HISTORY) || r->rule->message)
		return ecNone;
	for (size_t at = 0; at + 8 <= v.n && !*told; at += 8)
		*told = le64(v.p + at) == who;
	if (*told)
		return ecNone;
	buf_add(&b, v.p, v.n);
	buf_add_u64(&b, who);
	bag_init(&set, &arena);
	s = buf_status(&b);
	if (!s)
		s = bag_set_bytes(&set, RULE_TOLD, buf_bytes(&b));
	/* A list that is full forgets nobody, and tells others again. */
	return s == ecTooBig ? ecNone : s ? s : rule_modify(r->d->m, r->folder, r->rule->id, &set);
}

static status reply(struct rule_run *r, const struct rule_action *a, uint32_t *error)
{
	struct message_part *p = NULL;
	bool told = false;
	uint64_t id;
	status s;

	if (!may_reply(r, a))
		return ecNone;
	s = a->type == OP_OOF_REPLY ? note_told(r, &told) : ecNone;
	if (s || told)
		return s;
	s = template_of(r, a, &id) ? message_part_read(r->d->m, id, &p) : ecNotFound;
	if (s == ecNotFound) {
		*error = RULE_ERROR_TEMPLATE;
		return ecNone;
	}
	if (!s)
		s = fill_reply(r, a, p);
	if (s || !p->n_recipients) {
		message_part_unref(p);
		return s;
	}
	return send_it(r, p);
}

/* The others --------------------------------------------------------------------------------------------------------------------------- */

static status tag_it(struct rule_run *r, const struct rule_action *a, uint32_t *error)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TRANSPORT_WORK);
	struct tagged_value v;
	struct wire_in in;
	struct bag set;
	status s;

	wire_in_init(&in, a->data, &arena);
	in.counts = r->rule->counts;
	bag_init(&set, &arena);
	if (wire_decode_all(&in, &tagged_value_wire, &v, NULL)) {
		*error = RULE_ERROR_PARSE;
		return ecNone;
	}
	s = bag_set(&set, &v.prop);
	if (!s)
		s = message_set(r->d->m, r->d->id, &set, NULL, 0);
	if (s == ecInvalidParam) {
		*error = RULE_ERROR_EXECUTE;
		return ecNone;
	}
	return s;
}

status rule_act(struct rule_run *r, const struct rule_action *a, uint32_t *error)
{
	switch (a->type) {
	case OP_MOVE:
	case OP_COPY:
		return move_or_copy(r, a, error);
	case OP_REPLY:
	case OP_OOF_REPLY:
		return reply(r, a, error);
	case OP_DEFER_ACTION:
		return rule_defer(r, a);
	case OP_BOUNCE:
		r->d->bounced = true;
		r->d->bounce_code = a->data.n >= 4 ? le32(a->data.p) : 0;
		return ecNone;
	case OP_FORWARD:
	case OP_DELEGATE:
		return forward(r, a, error);
	case OP_TAG:
		return tag_it(r, a, error);
	case OP_DELETE:
		r->deleted = true;
		return ecNone;
	case OP_MARK_AS_READ:
		return message_set_read(r->d->m, r->d->id, true);
	default:
		*error = RULE_ERROR_PARSE;
		return ecNone;
	}
}
