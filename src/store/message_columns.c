/* What of a message stands in columns, for tables to sort and filter by. */
#include "base/utf16.h"
#include "rop/xid.h"
#include "store/message_private.h"
#include "store/restrict_text.h"

#include <nettle/md5.h>
#include <stdlib.h>

/* [MS-OXOMSG] 2.2.1.3 */
#define CONVERSATION_INDEX_LEAST 22u
#define CONVERSATION_INDEX_MARK  0x01u
/* Characters of a topic that tell conversations apart, 2.2.1.2. */
#define TOPIC_MOST 255u

/* Cut at COLUMN_TEXT_MAX, but not in the middle of a letter. */
static const char *cut(char *text)
{
	size_t n = COLUMN_TEXT_MAX;

	if (!text || strnlen(text, n + 1) <= n)
		return text;
	while (n && ((uint8_t)text[n] & 0xC0) == 0x80)
		n--;
	text[n] = '\0';
	return text;
}

static status take_text(const char **column, const struct prop *p, unsigned codepage, struct arena *arena)
{
	/* No more is converted than can be kept. */
	struct prop head = *p;

	if (p->flags & PROP_LARGE || (prop_type(p) != PT_UNICODE && prop_type(p) != PT_STRING8))
		return ecNone;
	if (head.value.n > 2 * (COLUMN_TEXT_MAX + 4))
		head.value.n = 2 * (COLUMN_TEXT_MAX + 4);
	char *text = prop_text(&head, codepage, arena);
	if (!text)
		return ecMemory;
	*column = cut(text);
	return ecNone;
}

static status take_bytes(struct bytes *column, const struct prop *p, size_t most, struct arena *arena)
{
	if (p->flags & PROP_LARGE || prop_type(p) != PT_BINARY || p->value.n > most || !p->value.n)
		return ecNone;
	const void *copy = arena_memdup(arena, p->value.p, p->value.n);
	if (!copy)
		return ecMemory;
	*column = bytes_of(copy, p->value.n);
	return ecNone;
}

static void take_time(uint64_t *column, const struct prop *p)
{
	if (prop_type(p) == PT_SYSTIME && p->value.n == 8)
		*column = le64(p->value.p) > INT64_MAX ? INT64_MAX : le64(p->value.p);
}

static bool take_u32(uint32_t *column, const struct prop *p)
{
	bool good = prop_type(p) == PT_LONG && p->value.n == 4;

	if (good)
		*column = le32(p->value.p);
	return good;
}

static status take_texts(struct message_row *r, const struct prop *p, unsigned codepage, struct arena *arena)
{
	switch (prop_id(p)) {
	case PidTagMessageClass >> 16:
		return take_text(&r->info.class_name, p, codepage, arena);
	case PidTagSubject >> 16:
		return take_text(&r->info.subject, p, codepage, arena);
	case PidTagNormalizedSubject >> 16:
		return take_text(&r->normalized, p, codepage, arena);
	case PidTagConversationTopic >> 16:
		return take_text(&r->topic, p, codepage, arena);
	case PidTagSentRepresentingName >> 16:
		return take_text(&r->info.sender, p, codepage, arena);
	case PidTagSenderName >> 16:
		return take_text(&r->sender_name, p, codepage, arena);
	case PidTagDisplayTo >> 16:
		return take_text(&r->info.to, p, codepage, arena);
	case PidTagInternetMessageId >> 16:
		return take_text(&r->info.message_id, p, codepage, arena);
	default:
		return ecNone;
	}
}

status message_columns_take(struct message_row *r, const struct prop *p, unsigned codepage, struct arena *arena)
{
	struct message_info *i = &r->info;

	switch (prop_id(p)) {
	case PidTagMessageFlags >> 16:
		r->has_flags = take_u32(&i->flags, p) || r->has_flags;
		return ecNone;
	case PidTagImportance >> 16:
		(void)take_u32(&i->importance, p);
		return ecNone;
	case PidTagSensitivity >> 16:
		(void)take_u32(&i->sensitivity, p);
		return ecNone;
	case PidTagFlagStatus >> 16:
		(void)take_u32(&i->flag_status, p);
		return ecNone;
	case PidTagMessageDeliveryTime >> 16:
		take_time(&i->received, p);
		return ecNone;
	case PidTagClientSubmitTime >> 16:
		take_time(&i->submitted, p);
		return ecNone;
	case PidTagCreationTime >> 16:
		take_time(&i->created, p);
		return ecNone;
	case PidTagLastModificationTime >> 16:
		take_time(&i->modified, p);
		return ecNone;
	case PidTagSearchKey >> 16:
		return take_bytes(&i->search_key, p, 255, arena);
	case PidTagChangeKey >> 16:
		return take_bytes(&r->own_change_key, p, XID_SIZE_MAX, arena);
	case PidTagPredecessorChangeList >> 16:
		return take_bytes(&r->own_predecessors, p, (size_t)64 << 10, arena);
	case PidTagConversationIndexTracking >> 16:
		r->tracks_index = prop_type(p) == PT_BOOLEAN && p->value.n && *p->value.p;
		return ecNone;
	case PidTagConversationIndex >> 16:
		return take_bytes(&r->conversation_index, p, 1024, arena);
	default:
		return take_texts(r, p, codepage, arena);
	}
}

/* A subject may begin with a mark and the length of its prefix. [MS-PST] 2.5.3.1.1.1 */
static const char *without_mark(const char *subject)
{
	if (*subject != 1)
		return subject;
	subject++;
	if (*subject)
		subject++;
	while (((uint8_t)*subject & 0xC0) == 0x80)
		subject++;
	return subject;
}

/* "RE: ", "AW: ": up to three letters, a colon, a space. [MS-OXCMSG] 3.2.5.2 */
static const char *without_prefix(const char *subject)
{
	size_t n = 0;

	while (n < 3 && ((uint8_t)(subject[n] | 0x20) >= 'a' && (uint8_t)(subject[n] | 0x20) <= 'z'))
		n++;
	return n && subject[n] == ':' && subject[n + 1] == ' ' ? subject + n + 2 : subject;
}

/* Of at most 255 characters in capitals; of none where the message has no topic, as in Exchange. */
static status topic_digest(const char *topic, struct arena *arena, uint8_t id[MD5_DIGEST_SIZE])
{
	struct bytes text = utf16_bytes(arena, topic);
	struct md5_ctx md5;

	if (!text.p)
		return ecMemory;
	md5_init(&md5);
	for (size_t i = 0; i + 1 < text.n && i < 2 * (size_t)TOPIC_MOST; i += 2) {
		uint8_t unit[2];

		put_le16(unit, (uint16_t)text_capital(le16(text.p + i)));
		md5_update(&md5, sizeof unit, unit);
	}
	md5_digest(&md5, MD5_DIGEST_SIZE, id);
	return ecNone;
}

/* PidTagConversationId [MS-OXOMSG] 2.2.1.2: the GUID in the index, when that is to be used; else of the topic. */
static status conversation_of(struct message_row *r, struct arena *arena)
{
	struct bytes index = r->conversation_index;
	uint8_t *id;
	status s;

	if (r->tracks_index && index.n >= CONVERSATION_INDEX_LEAST && index.p[0] == CONVERSATION_INDEX_MARK) {
		r->info.conversation = bytes_of(index.p + 6, 16);
		return ecNone;
	}
	id = arena_alloc(arena, MD5_DIGEST_SIZE);
	s = id ? topic_digest(r->info.topic, arena, id) : ecMemory;
	if (!s)
		r->info.conversation = bytes_of(id, MD5_DIGEST_SIZE);
	return s;
}

status message_columns_end(struct message_row *r, uint64_t now, struct arena *arena)
{
	struct message_info *i = &r->info;
	const char **texts[] = { &i->class_name, &i->subject, &i->sender, &i->to, &i->message_id };

	if (!i->sender)
		i->sender = r->sender_name;
	for (size_t n = 0; n < sizeof texts / sizeof *texts; n++)
		if (!*texts[n])
			*texts[n] = "";
	i->subject = without_mark(i->subject);
	i->topic = r->topic ? r->topic : r->normalized ? r->normalized : without_prefix(i->subject);
	/* The same default as the writers of other formats have. */
	if (!r->has_flags)
		i->flags = MSGFLAG_READ;
	i->flags = (i->flags & ~(MSGFLAG_HASATTACH | MSGFLAG_ASSOCIATED)) | (i->has_attachments ? MSGFLAG_HASATTACH : 0) |
		   (i->associated ? MSGFLAG_ASSOCIATED : 0);
	i->read = (i->flags & MSGFLAG_READ) != 0;
	if (!i->received)
		i->received = i->submitted ? i->submitted : i->created ? i->created : i->modified;
	if (!i->modified)
		i->modified = now;
	return conversation_of(r, arena);
}
