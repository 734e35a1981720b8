/* What the server says in a message: when it begins ([MS-OXCMSG] 3.2.5.2), and whenever it is saved. */
#include "server/message_private.h"

#include "base/utf16.h"

#include <sys/random.h>

#define NAMES_BUDGET ((size_t)64 << 10)
#define DEFAULT_LOCALE 0x0409u

static uint64_t now_of(const struct message_object *m)
{
	const struct clock *c = mailbox_clock(logon_mailbox(m->object.logon));

	return c->now(c);
}

static status put_text(struct property_set *p, uint32_t tag, const char *utf8)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(NAMES_BUDGET);
	struct bytes text = utf16_bytes(&arena, utf8 ? utf8 : "");

	return text.p ? property_set_put_text(p, tag, text) : ecMemory;
}

/* Who does it: the name, and the entry id of the address book. */
static status put_person(const struct message_object *m, struct property_set *p, uint32_t name, uint32_t entryid)
{
	const struct person *who = &m->object.session->user;
	CLEANUP_BUF struct buf id = BUF_MAX(4096);
	status s = put_text(p, name, who->display_name);

	if (!s)
		s = person_entryid(who, &id);
	return s ? s : property_set_put_bytes(p, entryid, buf_bytes(&id));
}

static status put_search_key(struct property_set *p)
{
	struct guid key;

	if (getrandom(key.b, sizeof key.b, 0) != (ssize_t)sizeof key.b)
		return ecError;
	return property_set_put_bytes(p, PidTagSearchKey, bytes_of(&key, sizeof key));
}

status message_begin_again(struct message_object *m, struct property_set *p)
{
	static const struct {
		uint32_t tag, value;
	} numbers[] = {
		{ PidTagImportance, 1 },
		{ PidTagSensitivity, 0 },
		{ PidTagTrustSender, 1 },
	};
	uint32_t locale = m->object.session->client.string_lcid ? m->object.session->client.string_lcid : DEFAULT_LOCALE;
	uint64_t now = now_of(m);
	status s = put_text(p, PidTagMessageClass, "IPM.Note");

	for (size_t i = 0; !s && i < sizeof numbers / sizeof *numbers; i++)
		s = property_set_put_u32(p, numbers[i].tag, numbers[i].value);
	if (!s)
		s = property_set_put_u64(p, PidTagLocalCommitTime, now);
	if (!s)
		s = property_set_put_u32(p, PidTagMessageLocaleId, locale);
	if (!s)
		s = property_set_put_u32(p, PidTagLocaleId, locale);
	return s ? s : put_person(m, p, PidTagLastModifierName, PidTagLastModifierEntryId);
}

status message_begin_new(struct message_object *m, struct property_set *p)
{
	static const uint32_t display[] = { PidTagDisplayTo, PidTagDisplayCc, PidTagDisplayBcc };
	uint64_t now = now_of(m);
	status s = message_begin_again(m, p);

	if (!s)
		s = property_set_put_u32(p, PidTagMessageFlags, MSGFLAG_READ | MSGFLAG_UNSENT | MSGFLAG_EVER_READ);
	if (!s)
		s = property_set_put_u64(p, PidTagCreationTime, now);
	if (!s)
		s = property_set_put_u64(p, PidTagLastModificationTime, now);
	for (size_t i = 0; !s && i < sizeof display / sizeof *display; i++)
		s = put_text(p, display[i], "");
	if (!s)
		s = put_search_key(p);
	return s ? s : put_person(m, p, PidTagCreatorName, PidTagCreatorEntryId);
}

/* PidTagDisplayTo and the others follow from the recipients ([MS-OXOMSG] 2.2.1.7 to 2.2.1.9). */
status message_display_settle(struct message_object *m)
{
	static const uint32_t tags[] = { PidTagDisplayTo, PidTagDisplayCc, PidTagDisplayBcc };
	status s = ecNone;

	for (uint32_t i = 0; !s && i < 3; i++) {
		CLEANUP_BUF struct buf b = BUF_MAX((size_t)16 << 20);

		s = message_part_display(m->part, i + 1, &b);
		if (!s)
			s = property_set_put_text(&m->part->props, tags[i], buf_bytes(&b));
		if (!s)
			s = message_touch(m, tag_id(tags[i]));
	}
	return s;
}

/* Who waits to hear that it was read, or deleted unread: PidTagMessageFlags says it too ([MS-OXCMSG] 2.2.1.6). */
static status put_flags(struct message_object *m, struct property_set *p)
{
	uint32_t old = property_set_u32(p, tag_id(PidTagMessageFlags), MSGFLAG_READ), new = old;

	if (m->id && !message_touched(m, tag_id(PidTagReadReceiptRequested)) &&
	    !message_touched(m, tag_id(PidTagNonReceiptNotificationRequested)))
		return ecNone;
	new &= ~(MSGFLAG_NOTIFY_READ | MSGFLAG_NOTIFY_UNREAD);
	new |= property_set_bool(p, tag_id(PidTagReadReceiptRequested), false) ? MSGFLAG_NOTIFY_READ : 0;
	new |= property_set_bool(p, tag_id(PidTagNonReceiptNotificationRequested), false) ? MSGFLAG_NOTIFY_UNREAD : 0;
	if (new == old)
		return ecNone;
	status s = property_set_put_u32(p, PidTagMessageFlags, message_flags_now(m, new));
	return s ? s : message_touch(m, tag_id(PidTagMessageFlags));
}

status message_stamp(struct message_object *m, struct property_set *p)
{
	static const uint32_t stamped[] = { PidTagLastModificationTime, PidTagLocalCommitTime, PidTagLastModifierName,
					    PidTagLastModifierEntryId };
	uint64_t now = now_of(m);
	status s = ecNone;

	/* What a client says of the time stands, as when it copies old mail. */
	if (!message_touched(m, tag_id(PidTagLastModificationTime)))
		s = property_set_put_u64(p, PidTagLastModificationTime, now);
	if (!s)
		s = property_set_put_u64(p, PidTagLocalCommitTime, now);
	if (!s)
		s = put_person(m, p, PidTagLastModifierName, PidTagLastModifierEntryId);
	if (!s)
		s = put_flags(m, p);
	for (size_t i = 0; !s && i < sizeof stamped / sizeof *stamped; i++)
		s = message_touch(m, tag_id(stamped[i]));
	return s;
}
