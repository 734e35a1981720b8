/* Rows of messages: what stands in columns. */
#include "store/table_private.h"

#include "rop/xid.h"
#include "store/read_marks.h"

/* 32 bits as a signed number, as properties have it. */
#define SIGNED32(column) "((" column " + 2147483648) % 4294967296 - 2147483648)"

/* What one person has read is in no column: then these do not count, and the row is asked. */
#define COLUMNS_OF_READ 2u

static const struct restrict_column restrict_columns[] = {
	{ PidTagMessageFlags, COLUMN_NUMBER, SIGNED32("m.flags") },
	{ PidTagRead, COLUMN_NUMBER, "(m.flags & 1)" },
	{ PidTagMessageDeliveryTime, COLUMN_TIME, "m.received" },
	{ PidTagClientSubmitTime, COLUMN_TIME, "m.submitted" },
	{ PidTagCreationTime, COLUMN_TIME, "m.created" },
	{ PidTagLastModificationTime, COLUMN_TIME, "m.modified" },
	{ PidTagDeletedOn, COLUMN_TIME, "m.deleted" },
	{ PidTagMessageSize, COLUMN_NUMBER, "(CASE WHEN m.size > 2147483647 THEN 2147483647 ELSE m.size END)" },
	{ PidTagMessageSizeExtended, COLUMN_NUMBER, "m.size" },
	{ PidTagImportance, COLUMN_NUMBER, SIGNED32("m.importance") },
	{ PidTagSensitivity, COLUMN_NUMBER, SIGNED32("m.sensitivity") },
	{ PidTagFlagStatus, COLUMN_OPTIONAL, SIGNED32("m.flag_status") },
	{ PidTagHasAttachments, COLUMN_NUMBER, "m.has_attachments" },
	{ PidTagSearchKey, COLUMN_BYTES, "m.search_key" },
	{ PidTagConversationId, COLUMN_BYTES, "m.conversation" },
	{ 0, COLUMN_NUMBER, NULL },
};

const struct restrict_column *message_restrict_columns(const struct mailbox *m)
{
	return read_marks_on(m) ? restrict_columns + COLUMNS_OF_READ : restrict_columns;
}

enum made_how {
	AS_LONG,
	AS_LONG_OR_NONE, /* 0: it has none */
	AS_SIZE,
	AS_LONG64,
	AS_TIME,
	AS_BOOL,
	AS_READ,
	AS_ASSOCIATED,
	AS_TEXT,
	AS_TEXT_OR_NONE,
	AS_BYTES,
	AS_SHORT_ID,
	AS_ENTRYID,
	AS_PARENT_ENTRYID,
	AS_SOURCE_KEY,
	AS_CHANGE_KEY,
	AS_PREDECESSORS,
	AS_TYPE,
};

static const struct made_field {
	uint32_t tag;
	enum made_how how;
	enum message_column column;
} fields[] = {
	{ PidTagMid, AS_SHORT_ID, MC_ID },
	{ PidTagFolderId, AS_SHORT_ID, MC_FOLDER },
	{ PidTagParentFolderId, AS_SHORT_ID, MC_FOLDER },
	{ PidTagEntryId, AS_ENTRYID, MC_ID },
	{ PidTagParentEntryId, AS_PARENT_ENTRYID, MC_FOLDER },
	{ PidTagRecordKey, AS_ENTRYID, MC_ID },
	{ PidTagSourceKey, AS_SOURCE_KEY, MC_ID },
	{ PidTagParentSourceKey, AS_SOURCE_KEY, MC_FOLDER },
	{ PidTagChangeNumber, AS_SHORT_ID, MC_CN },
	{ PidTagChangeKey, AS_CHANGE_KEY, MC_CHANGE_KEY },
	{ PidTagPredecessorChangeList, AS_PREDECESSORS, MC_PREDECESSORS },
	{ PidTagObjectType, AS_TYPE, MC_ID },
	{ PidTagMessageClass, AS_TEXT, MC_CLASS },
	{ PidTagSubject, AS_TEXT, MC_SUBJECT },
	{ PidTagConversationTopic, AS_TEXT, MC_TOPIC },
	{ PidTagSentRepresentingName, AS_TEXT, MC_SENDER },
	{ PidTagDisplayTo, AS_TEXT, MC_RECIPIENTS },
	{ PidTagInternetMessageId, AS_TEXT_OR_NONE, MC_MESSAGE_ID },
	{ PidTagMessageFlags, AS_LONG, MC_FLAGS },
	{ PidTagRead, AS_READ, MC_FLAGS },
	{ PidTagAssociated, AS_ASSOCIATED, MC_KIND },
	{ PidTagHasAttachments, AS_BOOL, MC_HAS_ATTACHMENTS },
	{ PidTagMessageSize, AS_SIZE, MC_SIZE },
	{ PidTagMessageSizeExtended, AS_LONG64, MC_SIZE },
	{ PidTagImportance, AS_LONG, MC_IMPORTANCE },
	{ PidTagSensitivity, AS_LONG, MC_SENSITIVITY },
	{ PidTagFlagStatus, AS_LONG_OR_NONE, MC_FLAG_STATUS },
	{ PidTagMessageDeliveryTime, AS_TIME, MC_RECEIVED },
	{ PidTagClientSubmitTime, AS_TIME, MC_SUBMITTED },
	{ PidTagCreationTime, AS_TIME, MC_CREATED },
	{ PidTagLastModificationTime, AS_TIME, MC_MODIFIED },
	{ PidTagDeletedOn, AS_TIME, MC_DELETED },
	{ PidTagSearchKey, AS_BYTES, MC_SEARCH_KEY },
	{ PidTagConversationId, AS_BYTES, MC_CONVERSATION },
};

uint32_t message_row_tag(size_t i)
{
	return i < sizeof fields / sizeof *fields ? fields[i].tag : 0;
}

static bool make_number(struct table_row *r, const struct made_field *f, uint64_t v, struct prop *out, bool *there)
{
	switch (f->how) {
	case AS_LONG_OR_NONE:
	case AS_TIME:
		*there = v != 0;
		break;
	default:
		break;
	}
	switch (f->how) {
	case AS_SIZE:
		return row_long(r->arena, f->tag, v > INT32_MAX ? INT32_MAX : (uint32_t)v, out);
	case AS_LONG64:
	case AS_TIME:
		return row_long64(r->arena, f->tag, v, out);
	case AS_BOOL:
		return row_bool(r->arena, f->tag, v != 0, out);
	case AS_READ:
		return row_bool(r->arena, f->tag, v & MSGFLAG_READ, out);
	case AS_ASSOCIATED:
		return row_bool(r->arena, f->tag, v & 1, out);
	case AS_SHORT_ID:
		return row_long64(r->arena, f->tag, row_short_id(v), out);
	case AS_SOURCE_KEY:
		return row_source_key(r->arena, f->tag, r->m, v, out);
	case AS_PARENT_ENTRYID:
		return row_entryid(r->arena, f->tag, r->m, v, 0, out);
	case AS_TYPE:
		return row_long(r->arena, f->tag, 5 /* MAPI_MESSAGE [MS-OXCPRPT] 2.2.1.7 */, out);
	default:
		return row_long(r->arena, f->tag, (uint32_t)v, out);
	}
}

static bool make_bytes(struct table_row *r, const struct made_field *f, struct prop *out, bool *there)
{
	struct bytes v = sql_blob(r->message, (int)f->column);

	switch (f->how) {
	case AS_TEXT_OR_NONE:
		*there = v.n != 0;
		return row_text(r->arena, f->tag, v, out);
	case AS_TEXT:
		return row_text(r->arena, f->tag, v, out);
	case AS_CHANGE_KEY:
		return row_change_key(r->arena, f->tag, r->m, v, (uint64_t)sql_i64(r->message, MC_CN), out);
	case AS_PREDECESSORS:
		return row_predecessors(r->arena, f->tag, r->m, v, sql_blob(r->message, MC_CHANGE_KEY),
					(uint64_t)sql_i64(r->message, MC_CN), out);
	default:
		*there = v.n != 0;
		return row_bytes(r->arena, f->tag, v, out);
	}
}

static const struct made_field *field_of(uint32_t tag)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (tag_id(fields[i].tag) == tag_id(tag))
			return &fields[i];
	return NULL;
}

status message_row_flags(struct table_row *r, uint64_t *flags)
{
	uint64_t of = (uint64_t)sql_i64(r->message, MC_FLAGS);
	status s = of & MSGFLAG_ASSOCIATED || r->gone ? ecNone : read_marks_flags(r->m, (uint64_t)sql_i64(r->message, MC_FOLDER), (uint64_t)sql_i64(r->message, MC_CN), &of);

	if (!s)
		*flags = of;
	return s;
}

static status number_of(struct table_row *r, const struct made_field *f, uint64_t *out)
{
	if (f->column == MC_FLAGS)
		return message_row_flags(r, out);
	*out = (uint64_t)sql_i64(r->message, (int)f->column);
	return ecNone;
}

/* What is known of a message that is gone. */
static bool link_has(const struct made_field *f)
{
	return f->column == MC_FLAGS || f->column == MC_RECEIVED || f->tag == PidTagMid || f->how == AS_TYPE;
}

status message_row_made(struct table_row *r, uint32_t tag, struct prop *out, bool *made, bool *there)
{
	const struct made_field *f = field_of(tag);
	uint64_t number = 0;
	status s = ecNone;
	bool good;

	if (!f)
		return ecNone;
	*made = true;
	if (r->gone && !link_has(f)) {
		*there = false;
		return ecNone;
	}
	switch (f->how) {
	case AS_TEXT:
	case AS_TEXT_OR_NONE:
	case AS_BYTES:
	case AS_CHANGE_KEY:
	case AS_PREDECESSORS:
		good = make_bytes(r, f, out, there);
		break;
	case AS_ENTRYID:
		good = row_entryid(r->arena, f->tag, r->m, (uint64_t)sql_i64(r->message, MC_FOLDER), r->id, out);
		break;
	default:
		s = number_of(r, f, &number);
		good = !s && make_number(r, f, number, out, there);
	}
	return s ? s : good ? ecNone : ecMemory;
}

uint32_t message_columns_of(uint32_t tag)
{
	const struct made_field *f = field_of(tag);
	uint32_t own = f ? 1u << f->column : 0;

	if (!f)
		return 0;
	if (f->column == MC_FLAGS)
		return own | 1u << MC_FOLDER | 1u << MC_CN;
	switch (f->how) {
	case AS_ENTRYID:
		return own | 1u << MC_FOLDER;
	case AS_CHANGE_KEY:
	case AS_PREDECESSORS:
		return own | 1u << MC_CN | 1u << MC_CHANGE_KEY;
	default:
		return own;
	}
}

void message_columns_write(const char *all, uint32_t columns, struct buf *out)
{
	for (unsigned i = 0; *all; i++) {
		size_t length = strcspn(all, ",");

		buf_add_str(out, i ? ", " : "");
		if (i >= MESSAGE_COLUMNS_N || columns & 1u << i)
			buf_add(out, (const uint8_t *)all, length);
		else
			buf_add_u8(out, '0');
		all += length + (all[length] == ',');
	}
}
