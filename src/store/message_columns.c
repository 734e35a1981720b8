/* What of a message stands in columns, for tables to sort and filter by. */
#include "base/map.h"
#include "base/utf16.h"
#include "rop/xid.h"
#include "store/message_private.h"

#include <stdlib.h>

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

/*
 * What holds a conversation together: the GUID in its index ([MS-OXOMSG] 2.2.1.3), else 16 bytes made of the topic.
 */
static status conversation_of(struct message_row *r, struct arena *arena)
{
	static const uint64_t keys[2][2] = { { 0x706f737465726e63u, 1 }, { 0x706f737465726e63u, 2 } };
	struct bytes topic = bytes_of(r->info.topic, strlen(r->info.topic));
	uint8_t *id;

	if (r->conversation_index.n >= 22) {
		r->info.conversation = bytes_of(r->conversation_index.p + 6, 16);
		return ecNone;
	}
	if (!topic.n)
		return ecNone;
	id = arena_alloc(arena, 16);
	if (!id)
		return ecMemory;
	put_le64(id, siphash24(keys[0], topic));
	put_le64(id + 8, siphash24(keys[1], topic));
	r->info.conversation = bytes_of(id, 16);
	return ecNone;
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
