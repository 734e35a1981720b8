#include "store/message_groups.h"

#include "base/reader.h"
#include "mapi/propset.h"
#include "mapi/tag.h"

#include <string.h>

#define MAPPING_MAX ((size_t)64 << 10)

/* Which properties -------------------------------------------------------------------------------------------------- */

static const struct {
	enum message_group group;
	uint32_t tag;
} told[] = {
	{ GROUP_STATE, PidTagMessageFlags },
	{ GROUP_STATE, PidTagMessageStatus },
	{ GROUP_STATE, PidTagIconIndex },
	{ GROUP_STATE, PidTagLastVerbExecuted },
	{ GROUP_STATE, PidTagLastVerbExecutionTime },
	{ GROUP_STATE, PidTagLastModifierName },
	{ GROUP_STATE, PidTagLastModifierEntryId },
	{ GROUP_STATE, PidTagReadReceiptRequested },
	{ GROUP_STATE, PidTagNonReceiptNotificationRequested },
	{ GROUP_FLAG, PidTagFlagStatus },
	{ GROUP_FLAG, PidTagFlagCompleteTime },
	{ GROUP_FLAG, PidTagFollowupIcon },
	{ GROUP_FLAG, PidTagToDoItemFlags },
	{ GROUP_FLAG, PidTagSwappedToDoStore },
	{ GROUP_FLAG, PidTagSwappedToDoData },
	{ GROUP_FLAG, PidTagReplyRequested },
	{ GROUP_FLAG, PidTagReplyTime },
	{ GROUP_IMPORTANCE, PidTagImportance },
	{ GROUP_IMPORTANCE, PidTagPriority },
	{ GROUP_IMPORTANCE, PidTagSensitivity },
	{ GROUP_SUBJECT, PidTagSubject },
	{ GROUP_SUBJECT, PidTagSubjectPrefix },
	{ GROUP_SUBJECT, PidTagNormalizedSubject },
	{ GROUP_SUBJECT, PidTagConversationTopic },
	{ GROUP_SUBJECT, PidTagConversationIndex },
	{ GROUP_BODY, PidTagBody },
	{ GROUP_BODY, PidTagHtml },
	{ GROUP_BODY, PidTagRtfCompressed },
	{ GROUP_BODY, PidTagRtfInSync },
	{ GROUP_BODY, PidTagNativeBody },
	{ GROUP_BODY, PidTagInternetCodepage },
	{ GROUP_BODY, PidTagMessageEditorFormat },
	{ GROUP_BODY, PidTagBodyContentLocation },
	{ GROUP_BODY, PidTagBodyContentId },
	{ GROUP_RECIPIENTS, PidTagDisplayTo },
	{ GROUP_RECIPIENTS, PidTagDisplayCc },
	{ GROUP_RECIPIENTS, PidTagDisplayBcc },
	{ GROUP_RECIPIENTS, PidTagMessageRecipients },
	{ GROUP_ATTACHMENTS, PidTagHasAttachments },
	{ GROUP_ATTACHMENTS, PidTagMessageAttachments },
};

/* Flags of mail are tasks, and tasks remind ([MS-OXOFLAG] 2.2.1, [MS-OXORMDR] 2.2.1). */
static const struct {
	enum message_group group;
	const struct guid *set;
	uint32_t lid;
	uint16_t type;
} told_by_number[] = {
	{ GROUP_FLAG, &PSETID_Task, 0x8101, PT_LONG },	    /* PidLidTaskStatus */
	{ GROUP_FLAG, &PSETID_Task, 0x8102, PT_DOUBLE },    /* PidLidPercentComplete */
	{ GROUP_FLAG, &PSETID_Task, 0x8104, PT_SYSTIME },   /* PidLidTaskStartDate */
	{ GROUP_FLAG, &PSETID_Task, 0x8105, PT_SYSTIME },   /* PidLidTaskDueDate */
	{ GROUP_FLAG, &PSETID_Task, 0x810F, PT_SYSTIME },   /* PidLidTaskDateCompleted */
	{ GROUP_FLAG, &PSETID_Task, 0x811C, PT_BOOLEAN },   /* PidLidTaskComplete */
	{ GROUP_FLAG, &PSETID_Common, 0x8501, PT_LONG },    /* PidLidReminderDelta */
	{ GROUP_FLAG, &PSETID_Common, 0x8502, PT_SYSTIME }, /* PidLidReminderTime */
	{ GROUP_FLAG, &PSETID_Common, 0x8503, PT_BOOLEAN }, /* PidLidReminderSet */
	{ GROUP_FLAG, &PSETID_Common, 0x8516, PT_SYSTIME }, /* PidLidCommonStart */
	{ GROUP_FLAG, &PSETID_Common, 0x8517, PT_SYSTIME }, /* PidLidCommonEnd */
	{ GROUP_FLAG, &PSETID_Common, 0x851C, PT_BOOLEAN }, /* PidLidReminderOverride */
	{ GROUP_FLAG, &PSETID_Common, 0x851E, PT_BOOLEAN }, /* PidLidReminderPlaySound */
	{ GROUP_FLAG, &PSETID_Common, 0x851F, PT_UNICODE }, /* PidLidReminderFileParameter */
	{ GROUP_FLAG, &PSETID_Common, 0x8530, PT_UNICODE }, /* PidLidFlagRequest */
	{ GROUP_FLAG, &PSETID_Common, 0x8560, PT_SYSTIME }, /* PidLidReminderSignalTime */
	{ GROUP_FLAG, &PSETID_Common, 0x85A0, PT_SYSTIME }, /* PidLidToDoOrdinalDate */
	{ GROUP_FLAG, &PSETID_Common, 0x85A1, PT_UNICODE }, /* PidLidToDoSubOrdinal */
	{ GROUP_FLAG, &PSETID_Common, 0x85A4, PT_UNICODE }, /* PidLidToDoTitle */
	{ GROUP_FLAG, &PSETID_Common, 0x85BF, PT_SYSTIME }, /* PidLidValidFlagStringProof */
	{ GROUP_FLAG, &PSETID_Common, 0x85C0, PT_LONG },    /* PidLidFlagString */
};

/* PidNameKeywords [MS-OXCMSG] 2.2.1.17 */
static const uint8_t keywords[] = { 'K', 0, 'e', 0, 'y', 0, 'w', 0, 'o', 0, 'r', 0, 'd', 0, 's', 0 };

static enum message_group named_group(const struct prop_name *name)
{
	if (name->by_string)
		return guid_equal(&name->set, &PS_PUBLIC_STRINGS) && bytes_equal(name->string, bytes_of(keywords, sizeof keywords)) ?
			       GROUP_CATEGORIES :
			       GROUP_OTHER;
	for (size_t i = 0; i < sizeof told_by_number / sizeof *told_by_number; i++)
		if (told_by_number[i].lid == name->lid && guid_equal(told_by_number[i].set, &name->set))
			return told_by_number[i].group;
	return GROUP_OTHER;
}

bool message_tag_is_internal(uint32_t tag)
{
	return tag_id(tag) >= 0x6600 && tag_id(tag) <= 0x67FF;
}

bool message_tag_is_identity(uint32_t tag)
{
	switch (tag_id(tag)) {
	case PidTagSourceKey >> 16:
	case PidTagParentSourceKey >> 16:
	case PidTagChangeKey >> 16:
	case PidTagPredecessorChangeList >> 16:
	case PidTagLastModificationTime >> 16:
	case PidTagOriginalEntryId >> 16:
	case PidTagMessageSize >> 16:
		return true;
	default:
		return message_tag_is_internal(tag);
	}
}

enum message_group message_group_of(uint32_t tag, const struct prop_name *name)
{
	uint16_t id = tag_id(tag);

	if (id >= NAMED_ID_FIRST)
		return name ? named_group(name) : GROUP_OTHER;
	if (message_tag_is_identity(tag))
		return GROUP_NOT_SENT;
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (tag_id(told[i].tag) == id)
			return told[i].group;
	return GROUP_OTHER;
}

uint32_t message_group_bit(uint32_t tag, const struct prop_name *name, bool gone)
{
	enum message_group g = message_group_of(tag, name);

	if (g == GROUP_OTHER && gone)
		g = GROUP_OTHER_GONE;
	return g < GROUPS_ALL ? 1u << g : 0;
}

/* The mapping ------------------------------------------------------------------------------------------------------- */

#define TAGS_MOST (sizeof told / sizeof *told + sizeof told_by_number / sizeof *told_by_number + 1)

/* An id from 0x8000 says no more than that a name follows; each has its own. */
static struct group_tag named_tag(uint16_t type, size_t n, const struct guid *set)
{
	return (struct group_tag){ .type = type, .id = (uint16_t)(NAMED_ID_FIRST + n), .name.set = *set };
}

static uint32_t fill_group(enum message_group group, struct group_tag *v)
{
	uint32_t n = 0;

	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (told[i].group == group)
			v[n++] = (struct group_tag){ .type = tag_type(told[i].tag), .id = tag_id(told[i].tag) };
	for (size_t i = 0; i < sizeof told_by_number / sizeof *told_by_number; i++)
		if (told_by_number[i].group == group) {
			v[n] = named_tag(told_by_number[i].type, 1 + i, told_by_number[i].set);
			v[n++].name.lid = told_by_number[i].lid;
		}
	if (group == GROUP_CATEGORIES) {
		v[n] = named_tag(PT_MV_UNICODE, 0, &PS_PUBLIC_STRINGS);
		v[n].name.kind = GROUP_NAME_STRING;
		v[n++].name.name = bytes_of(keywords, sizeof keywords);
	}
	return n;
}

status message_groups_mapping(struct buf *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MAPPING_MAX);
	struct property_group groups[GROUPS_TOLD];
	struct group_tag tags[TAGS_MOST], *at = tags;
	struct property_group_info info = { .group_id = MESSAGE_GROUPS_MAPPING, .groups = { GROUPS_TOLD, groups } };
	struct wire_out w;
	status s;

	for (uint32_t g = 0; g < GROUPS_TOLD; g++) {
		groups[g].tags.n = fill_group(g, at);
		groups[g].tags.v = at;
		at += groups[g].tags.n;
	}
	wire_out_init(&w, &b);
	s = wire_encode(&w, &property_group_info_wire, &info);
	if (s)
		return s;
	buf_add(out, b.p, b.n);
	return buf_status(out);
}

/* The record -------------------------------------------------------------------------------------------------------- */

/*
 *     U8   MESSAGE_GROUPS_MAPPING: of another mapping nothing is known
 *     U64  the change number of all groups that are not named
 *     then for each that is: U8 which, U64 its change number
 */
#define RECORD_HEAD 9u
#define RECORD_GROUP 9u

static void all_at(struct message_groups *g, uint64_t cn)
{
	for (unsigned i = 0; i < GROUPS_ALL; i++)
		g->cn[i] = cn;
}

void message_groups_read(struct bytes record, uint64_t cn, struct message_groups *out)
{
	struct reader r = reader_of(record);

	all_at(out, cn);
	if (record.n < RECORD_HEAD || (record.n - RECORD_HEAD) % RECORD_GROUP || reader_u8(&r) != MESSAGE_GROUPS_MAPPING)
		return;
	all_at(out, reader_u64(&r));
	while (reader_left(&r) && !r.failed) {
		unsigned g = reader_u8(&r);
		uint64_t at = reader_u64(&r);

		if (g >= GROUPS_ALL) {
			all_at(out, cn);
			return;
		}
		out->cn[g] = at;
	}
}

/* That of most groups: those that never changed since the message came. */
static uint64_t common(const struct message_groups *g)
{
	uint64_t best = g->cn[0];
	unsigned most = 0;

	for (unsigned i = 0; i < GROUPS_ALL; i++) {
		unsigned n = 0;

		for (unsigned j = 0; j < GROUPS_ALL; j++)
			n += g->cn[j] == g->cn[i];
		if (n > most) {
			most = n;
			best = g->cn[i];
		}
	}
	return best;
}

void message_groups_write(const struct message_groups *g, uint64_t cn, struct buf *out)
{
	uint64_t base = common(g);
	size_t start = out->n;

	buf_add_u8(out, MESSAGE_GROUPS_MAPPING);
	buf_add_u64(out, base);
	for (unsigned i = 0; i < GROUPS_ALL; i++)
		if (g->cn[i] != base) {
			buf_add_u8(out, (uint8_t)i);
			buf_add_u64(out, g->cn[i]);
		}
	if (base == cn && out->n == start + RECORD_HEAD)
		buf_truncate(out, start);
}

/* What waited for a version gets this one. */
void message_groups_touch(struct message_groups *g, uint32_t touched, uint64_t cn)
{
	for (unsigned i = 0; i < GROUPS_ALL; i++)
		if (touched & 1u << i || !g->cn[i])
			g->cn[i] = cn;
}

uint32_t message_groups_unseen(const struct message_groups *g, const struct globset *seen, bool *whole)
{
	const uint32_t heavy = 1u << GROUP_BODY | 1u << GROUP_ATTACHMENTS;
	uint32_t unseen = 1u << GROUP_STATE;

	for (unsigned i = 0; i < GROUPS_ALL; i++)
		if (!g->cn[i] || !seen || !globset_contains(seen, g->cn[i]))
			unseen |= 1u << i;
	*whole = unseen & 1u << GROUP_OTHER_GONE || (unseen & heavy) == heavy;
	return unseen & ~(1u << GROUP_OTHER_GONE);
}
