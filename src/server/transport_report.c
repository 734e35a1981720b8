/* Reports of what could not be delivered, and receipts ([MS-OXOMSG] 2.2.2, 3.2.5.1). */
#include "server/transport_private.h"

#include "base/utf16.h"
#include "server/session.h"
#include "store/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST ((size_t)256 << 10)
#define SUPPRESS_ALL UINT32_MAX
/* PidTagNonDeliveryReportReasonCode, ...DiagCode [MS-OXOMSG] 2.2.2.1 */
#define REASON_TRANSFER_FAILED 0u
#define DIAGNOSTIC_UNKNOWN_ADDRESS 1u
#define DIAGNOSTIC_TOO_LONG 7u
#define DIAGNOSTIC_FULL 13u
#define DIAGNOSTIC_PROHIBITED 29u /* no permission to submit to a distribution list */
#define DIAGNOSTIC_OTHER UINT32_MAX

bool transport_is_automatic(const struct message_part *p)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	const char *class = held_text(&p->props, PidTagMessageClass, &arena);

	return (class && strncasecmp(class, "REPORT.", 7) == 0) || property_set_bool(&p->props, tag_id(PidTagAutoForwarded), false);
}

/* Parts ------------------------------------------------------------------------------------------------------------------------ */

status transport_part_new(struct transport *t, const char *class_name, const char *subject, struct message_part **out)
{
	static const struct {
		uint32_t tag, value;
	} numbers[] = { { PidTagImportance, 1 }, { PidTagSensitivity, 0 }, { PidTagMessageFlags, MSGFLAG_UNMODIFIED } };
	uint64_t now = transport_now(t);
	struct message_part *p;
	struct guid key;
	status s = message_part_new(&p);

	if (s)
		return s;
	s = transport_random(&key);
	if (!s)
		s = property_set_put_bytes(&p->props, PidTagSearchKey, bytes_of(&key, sizeof key));
	if (!s)
		s = held_put_text(&p->props, PidTagMessageClass, class_name);
	if (!s)
		s = held_put_text(&p->props, PidTagSubject, subject);
	if (!s)
		s = held_put_text(&p->props, PidTagNormalizedSubject, subject);
	for (size_t i = 0; !s && i < sizeof numbers / sizeof *numbers; i++)
		s = property_set_put_u32(&p->props, numbers[i].tag, numbers[i].value);
	if (!s)
		s = property_set_put_u64(&p->props, PidTagCreationTime, now);
	if (!s)
		s = property_set_put_u64(&p->props, PidTagLastModificationTime, now);
	if (!s)
		s = property_set_put_u64(&p->props, PidTagClientSubmitTime, now);
	if (s)
		message_part_unref(p);
	else
		*out = p;
	return s;
}

static uint32_t next_row(const struct message_part *p)
{
	return p->n_recipients ? p->recipients[p->n_recipients - 1].row_id + 1 : 0;
}

status transport_add_recipient(struct message_part *p, uint32_t type, const struct property_set *from, const struct person_tags *was)
{
	CLEANUP_BUF struct buf to = BUF_MAX((size_t)16 << 20);
	struct recipient *r;
	status s = message_part_set_recipient(p, next_row(p), &r);

	if (!s)
		s = person_copy(&r->props, &person_recipient, from, was);
	if (!s)
		s = property_set_put_u32(&r->props, PidTagRecipientType, type);
	if (!s)
		s = property_set_put_u32(&r->props, PidTagObjectType, 6);
	if (!s)
		s = message_part_display(p, 1, &to);
	return s ? s : property_set_put_text(&p->props, PidTagDisplayTo, buf_bytes(&to));
}

/* The program that writes reports. */
static status put_postmaster(struct transport *t, struct message_part *p)
{
	char address[320];
	status s;

	(void)snprintf(address, sizeof address, "postmaster@%s", t->server->fqdn ? t->server->fqdn : "localhost");
	s = person_put_outside(&p->props, &person_sender, "Postmaster", address);
	return s ? s : person_put_outside(&p->props, &person_representing, "Postmaster", address);
}

static status attach(struct message_part *p, const struct message_part *original)
{
	struct attachment_part *a;
	status s = attachment_part_new(0, &a);

	if (s)
		return s;
	a->embedded = message_part_ref((struct message_part *)(uintptr_t)original);
	s = property_set_put_u32(&a->props, PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE);
	if (!s)
		s = property_set_put_u32(&a->props, PidTagRenderingPosition, UINT32_MAX);
	if (!s)
		s = message_part_put_attachment(p, a);
	attachment_part_unref(a);
	return s;
}

/* What the report is about ([MS-OXOMSG] 2.2.2: PidTagOriginal...). */
static status put_original(struct message_part *p, const struct message_part *of)
{
	static const uint32_t pairs[][2] = {
		{ PidTagOriginalSubject, PidTagSubject },
		{ PidTagOriginalSubmitTime, PidTagClientSubmitTime },
		{ PidTagOriginalSearchKey, PidTagSearchKey },
		{ PidTagOriginalDisplayTo, PidTagDisplayTo },
		{ PidTagOriginalMessageClass, PidTagMessageClass },
		{ PidTagConversationTopic, PidTagConversationTopic },
		{ PidTagInReplyToId, PidTagInternetMessageId },
		{ PidTagReportTag, PidTagReportTag },
		{ PidTagParentKey, PidTagSearchKey },
	};

	return property_set_put_others(&p->props, &of->props, pairs, sizeof pairs / sizeof *pairs);
}

static const char *report_class(const struct message_part *of, const char *kind, struct arena *arena)
{
	const char *class = held_text(&of->props, PidTagMessageClass, arena);
	char room[512];

	(void)snprintf(room, sizeof room, "REPORT.%s.%s", class && *class ? class : "IPM.Note", kind);
	return arena_strdup(arena, room);
}

static status new_report(struct transport *t, const struct message_part *of, const char *kind, const char *prefix, struct message_part **out)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	const char *subject = held_text(&of->props, PidTagSubject, &arena), *class = report_class(of, kind, &arena);
	char line[1024];
	status s = class ? ecNone : ecMemory;

	(void)snprintf(line, sizeof line, "%s%.900s", prefix, subject ? subject : "");
	if (!s)
		s = transport_part_new(t, class, line, out);
	if (s)
		return s;
	s = put_original(*out, of);
	if (!s)
		s = property_set_put_u64(&(*out)->props, PidTagReportTime, transport_now(t));
	if (!s)
		s = property_set_put_u32(&(*out)->props, PidTagAutoResponseSuppress, SUPPRESS_ALL);
	if (s) {
		message_part_unref(*out);
		*out = NULL;
	}
	return s;
}

/* Not delivered ----------------------------------------------------------------------------------------------------------------- */

static uint32_t diagnostic_of(const struct failure *f)
{
	if ((f->target->kind == TARGET_REFUSED || f->target->kind == TARGET_FOLDER) && f->code == ecAccessDenied)
		return DIAGNOSTIC_PROHIBITED;
	return f->code == ecNotFound	  ? DIAGNOSTIC_UNKNOWN_ADDRESS :
	       f->code == ecTooBig	  ? DIAGNOSTIC_TOO_LONG :
	       f->code == ecQuotaExceeded ? DIAGNOSTIC_FULL :
					    DIAGNOSTIC_OTHER;
}

static status put_words(struct message_part *p, const struct failure *f, size_t n)
{
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)4 << 20), wide = BUF_MAX((size_t)8 << 20);
	static const char head[] = "Your message was not delivered to these recipients:\r\n";

	buf_add(&b, head, sizeof head - 1);
	for (size_t i = 0; i < n; i++) {
		const char *name = f[i].target->name, *address = f[i].target->address;

		buf_printf(&b, "\r\n%s (%s)\r\n%s\r\n", name ? name : "", address ? address : "", f[i].text);
	}
	status s = buf_status(&b);
	utf16_from_utf8(buf_bytes(&b), &wide);
	if (!s)
		s = property_set_put_text(&p->props, PidTagBody, buf_bytes(&wide));
	return s ? s : property_set_put_text(&p->props, PidTagReportText, buf_bytes(&wide));
}

status transport_report(struct transport *t, const struct message_part *of, const struct failure *f, size_t n, struct message_part **out)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	struct message_part *p = NULL;
	bool smtp;
	status s;

	/* Nobody waits for the report of a report. */
	const char *class = held_text(&of->props, PidTagMessageClass, &arena);
	if ((class && strncasecmp(class, "REPORT.", 7) == 0) || !person_identity(&of->props, &person_sender, &arena, &smtp))
		return ecNotFound;
	s = new_report(t, of, "NDR", "Undeliverable: ", &p);
	if (s)
		return s;
	s = put_postmaster(t, p);
	if (!s)
		s = put_words(p, f, n);
	if (!s)
		s = property_set_put_u32(&p->props, PidTagNonDeliveryReportReasonCode, REASON_TRANSFER_FAILED);
	if (!s)
		s = property_set_put_u32(&p->props, PidTagNonDeliveryReportDiagCode, diagnostic_of(&f[0]));
	if (!s)
		s = transport_add_recipient(p, 1, &of->props, &person_sender);
	if (!s)
		s = attach(p, of);
	if (s)
		message_part_unref(p);
	else
		*out = p;
	return s;
}

/* Read -------------------------------------------------------------------------------------------------------------------------- */

static const struct person_tags receipt_to = { PidTagReadReceiptName, PidTagReadReceiptAddressType, PidTagReadReceiptEmailAddress,
					       PidTagReadReceiptEntryId, PidTagReadReceiptSearchKey, PidTagReadReceiptSmtpAddress };

static status make_receipt(struct transport *t, struct logon *l, const struct message_part *of, struct message_part **out)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(TEXT_MOST);
	bool smtp, named = person_identity(&of->props, &receipt_to, &arena, &smtp);
	struct message_part *p = NULL;
	status s;

	if (!named && !person_identity(&of->props, &person_sender, &arena, &smtp))
		return ecNotFound;
	s = new_report(t, of, "IPNRN", "Read: ", &p);
	if (s)
		return s;
	s = person_put(&p->props, &person_sender, &l->object.session->user);
	if (!s)
		s = person_put(&p->props, &person_representing, &l->person);
	if (!s)
		s = property_set_put_u64(&p->props, PidTagReceiptTime, transport_now(t));
	if (!s)
		s = transport_add_recipient(p, 1, &of->props, named ? &receipt_to : &person_sender);
	if (s)
		message_part_unref(p);
	else
		*out = p;
	return s;
}

status transport_receipt(struct logon *l, uint64_t folder, uint64_t message)
{
	struct transport *t = l->object.session->server->transport;
	struct queue_item item = { .state = QUEUE_READY };
	struct message_part *of = NULL, *receipt = NULL;
	uint64_t id;
	status s = message_part_read(logon_mailbox(l), message, &of);

	(void)folder;
	if (!s)
		s = make_receipt(t, l, of, &receipt);
	if (!s)
		s = transport_random(&item.key);
	item.since = transport_now(t);
	item.due = item.since;
	if (!s)
		s = queue_put(t->queue, &item, receipt, logon_mailbox(l), NULL, &id);
	message_part_unref(of);
	message_part_unref(receipt);
	if (!s) {
		counter_add(t->server->counters, COUNTER_QUEUED, 1);
		transport_poke(t);
	}
	return s == ecNotFound ? ecNone : s;
}
