/* contentsSync: messages that changed, those that are gone, read states, the state ([MS-OXCFXICS] 2.2.4.3.5). */
#include "server/logon.h"
#include "server/sync_download.h"
#include "store/message_groups.h"
#include "store/restrict.h"

#include <stdlib.h>

#define PAGE 256u
/* So much is put into the stream at a time, before what is there is given out. */
#define STEP ((size_t)256 << 10)
#define MAPPING_MAX ((size_t)64 << 10)

/* 2.2.4.3.17 progressTotal, 2.2.4.3.16 progressPerMessage: properties without an id of their own. */
#define PROGRESS_INFORMATION 0x00000102u
#define PROGRESS_MESSAGE_SIZE 0x00000003u
#define PROGRESS_IS_FAI 0x0000000Bu
#define PROGRESS_INFORMATION_SIZE 32u

enum stage { BEGINNING, MESSAGES, DELETIONS, READ_STATES, STATE };

struct sync_contents {
	struct sync_download d;
	enum stage stage;
	struct changes *changes;
	struct change page[PAGE];
	size_t n, at;
	struct buf mapping; /* of the groups of properties, serialized; empty before the first partial change */
};

struct sync_contents *sync_contents_new(void)
{
	struct sync_contents *c = calloc(1, sizeof *c);

	if (c)
		buf_init(&c->mapping, MAPPING_MAX);
	return c;
}

void sync_contents_free(void *context)
{
	struct sync_contents *c = context;

	changes_free(c->changes);
	arena_free(&c->d.arena);
	buf_free(&c->mapping);
	free(c);
}

/* Which messages ------------------------------------------------------------------------------------------------------------ */

static status in_scope(void *context, struct mailbox *m, uint64_t id, bool *yes)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * MESSAGE_BODY_MAX);
	struct sync_contents *c = context;
	struct bag props;
	struct restrict_bag_row row;
	status s;

	bag_init(&props, &arena);
	s = message_props(m, id, &props);
	if (s)
		return s;
	row = restrict_bag(&props, c->d.codepage);
	return restrict_matches(c->d.scope, &row.row, yes);
}

static status open_changes(struct sync_contents *c, struct mailbox *m)
{
	const struct changes_options o = {
		.normal = c->d.flags & SYNC_NORMAL,
		.associated = c->d.flags & SYNC_FAI,
		.read_state = c->d.flags & SYNC_READ_STATE,
		.no_deletions = c->d.flags & SYNC_NO_DELETIONS,
		.order = c->d.extra & SYNC_ORDER_BY_DELIVERY_TIME ? CHANGES_NEWEST_FIRST : CHANGES_OLDEST_FIRST,
		.in_scope = c->d.scope ? in_scope : NULL,
		.context = c,
	};

	return changes_open(m, c->d.folder, &c->d.source->sync->state, &o, &c->changes);
}

static status put_total(struct sync_contents *c, struct fast_stream *s)
{
	const struct changes_total *t = changes_total(c->changes);
	uint8_t b[PROGRESS_INFORMATION_SIZE] = { 0 };
	status st;

	c->d.source->total = (uint32_t)(t->normal + t->associated) + 1;
	if (!(c->d.flags & SYNC_PROGRESS))
		return ecNone;
	put_le32(b + 4, (uint32_t)t->associated);
	put_le64(b + 8, t->associated_bytes);
	put_le32(b + 16, (uint32_t)t->normal);
	put_le64(b + 24, t->normal_bytes);
	st = fast_put_marker(s, FT_INCR_SYNC_PROGRESS_MODE);
	return st ? st : fast_put_bytes(s, PROGRESS_INFORMATION, bytes_of(b, sizeof b));
}

/* Messages ------------------------------------------------------------------------------------------------------------------- */

static status put_progress(struct sync_contents *c, struct fast_stream *s, const struct change *change)
{
	status st;

	if (!(c->d.flags & SYNC_PROGRESS))
		return ecNone;
	st = fast_put_marker(s, FT_INCR_SYNC_PROGRESS_PER_MESSAGE);
	if (!st)
		st = fast_put_u32(s, PROGRESS_MESSAGE_SIZE, (uint32_t)change->size);
	return st ? st : fast_put_bool(s, PROGRESS_IS_FAI, change->associated);
}

/* 2.2.4.3.12 messageChangeHeader. */
static status put_header(struct sync_contents *c, struct mailbox *m, struct fast_stream *s, const struct message_info *i)
{
	status st = sync_put_source_key(s, m, PidTagSourceKey, i->id);

	if (!st)
		st = fast_put_u64(s, PidTagLastModificationTime, i->modified);
	if (!st)
		st = sync_put_version(s, m, i->change_key, i->predecessors, i->cn);
	if (!st)
		st = fast_put_bool(s, PidTagAssociated, i->associated);
	if (!st && (c->d.extra & SYNC_EID))
		st = fast_put_u64(s, PidTagMid, id_from_counter(i->id));
	if (!st && (c->d.extra & SYNC_MESSAGE_SIZE))
		st = fast_put_u32(s, PidTagMessageSize, (uint32_t)i->size);
	if (!st && (c->d.extra & SYNC_CN))
		st = fast_put_u64(s, PidTagChangeNumber, id_from_counter(i->cn));
	return st;
}

/* 2.2.4.3.13 messageChangeFull, but for the message itself. */
static status begin_full(struct sync_contents *c, struct mailbox *m, struct fast_stream *s, const struct message_info *i)
{
	status st = fast_put_marker(s, FT_INCR_SYNC_CHG);

	if (!st)
		st = put_header(c, m, s, i);
	return st ? st : fast_put_marker(s, FT_INCR_SYNC_MESSAGE);
}

/* 2.2.4.3.15 messageChangePartial, but for the groups: all of them are of one mapping, which is said each time. */
static status begin_partial(struct sync_contents *c, struct mailbox *m, struct fast_stream *s, const struct message_info *i)
{
	status st = c->mapping.n ? ecNone : message_groups_mapping(&c->mapping);

	if (!st)
		st = fast_put_marker(s, FT_INCR_SYNC_GROUP_INFO);
	if (!st)
		st = fast_put_bytes(s, PROPERTY_GROUP_INFO_TAG, buf_bytes(&c->mapping));
	if (!st)
		st = fast_put_u32(s, PROPERTY_GROUP_MAPPING_TAG, MESSAGE_GROUPS_MAPPING);
	if (!st)
		st = fast_put_marker(s, FT_INCR_SYNC_CHG_PARTIAL);
	return st ? st : put_header(c, m, s, i);
}

/* What a message begins with is put when it was read, once. */
struct beginning {
	struct sync_contents *c;
	struct mailbox *m;
	struct fast_stream *s;
	const struct change *change;
	bool partial;
};

static status begin_change(void *context, const struct message_info *i)
{
	struct beginning *b = context;
	status st = put_progress(b->c, b->s, b->change);

	if (st)
		return st;
	return b->partial ? begin_partial(b->c, b->m, b->s, i) : begin_full(b->c, b->m, b->s, i);
}

/* Which groups changed stands in the row; of what is new, or cannot come in part, nobody asks. */
static status find_groups(struct sync_contents *c, struct mailbox *m, struct fast_stream *s, const struct change *change, uint32_t *groups)
{
	struct message_info info;
	status st;

	*groups = 0;
	if (!(c->d.send & SEND_PARTIAL_ITEM) || change->is_new || change->associated)
		return ecNone;
	st = message_info(m, change->id, &s->arena, &info);
	if (!st)
		*groups = changes_groups(c->changes, change, &info);
	return st;
}

/* Of a message that went meanwhile nothing is put: the client is told next time. */
static status put_change(struct sync_contents *c, struct mailbox *m, struct fast_stream *s, const struct change *change)
{
	struct beginning beginning = { .c = c, .m = m, .s = s, .change = change };
	const uint16_t both = SYNC_ONLY_SPECIFIED_PROPERTIES | SYNC_IGNORE_SPECIFIED_ON_FAI;
	bool all = change->associated && (c->d.flags & both) == both;
	struct fast_message how = {
		.filter = c->d.filter.any && !all ? &c->d.filter : NULL,
		.no_recipients = c->d.filter.any && !all && !fast_filter_passes(&c->d.filter, PidTagMessageRecipients, NULL),
		.no_attachments = c->d.filter.any && !all && !fast_filter_passes(&c->d.filter, PidTagMessageAttachments, NULL),
		.del_props = true,
		.no_identity = true,
		.text = fast_text_of(c->d.send),
		.codepage = c->d.codepage,
		.begin = begin_change,
		.context = &beginning,
	};
	struct message_info info;
	status st = find_groups(c, m, s, change, &how.groups);

	beginning.partial = how.groups;
	if (!st)
		st = fast_put_message(s, m, change->id, &how, &info);
	if (st == ecNotFound)
		return ecNone;
	c->d.source->steps++;
	return st;
}

static status put_messages(struct sync_contents *c, struct mailbox *m, struct fast_stream *s)
{
	status st = ecNone;

	while (!st && s->arena.used < STEP) {
		if (c->at == c->n) {
			c->at = 0;
			st = changes_next(c->changes, c->page, PAGE, &c->n);
			if (st)
				break;
			if (!c->n) {
				c->stage = DELETIONS;
				break;
			}
		}
		st = put_change(c, m, s, &c->page[c->at++]);
	}
	return st;
}

/* What is gone, what was read, the end ------------------------------------------------------------------------------------------ */

static status put_deletions(struct sync_contents *c, struct mailbox *m, struct fast_stream *s)
{
	CLEANUP_IDSET struct idset deleted = { .max = IDSET_RANGES_MAX }, out_of_scope = { .max = IDSET_RANGES_MAX };
	const struct guid *replica = &mailbox_identity(m)->replica;
	status st = changes_deleted(c->changes, &deleted, &out_of_scope);
	bool scope = !(c->d.flags & SYNC_IGNORE_NO_LONGER_IN_SCOPE) && !idset_is_empty(&out_of_scope);

	if (st || (idset_is_empty(&deleted) && !scope) || (c->d.flags & SYNC_NO_DELETIONS))
		return st;
	st = fast_put_marker(s, FT_INCR_SYNC_DEL);
	if (!st)
		st = sync_put_idset(s, MetaTagIdsetDeleted, &deleted, replica);
	return st || !scope ? st : sync_put_idset(s, MetaTagIdsetNoLongerInScope, &out_of_scope, replica);
}

static status put_read_states(struct sync_contents *c, struct mailbox *m, struct fast_stream *s)
{
	CLEANUP_IDSET struct idset read = { .max = IDSET_RANGES_MAX }, unread = { .max = IDSET_RANGES_MAX };
	const struct guid *replica = &mailbox_identity(m)->replica;
	status st;

	if (!(c->d.flags & SYNC_READ_STATE))
		return ecNone;
	st = changes_read(c->changes, &read, &unread);
	if (st || (idset_is_empty(&read) && idset_is_empty(&unread)))
		return st;
	st = fast_put_marker(s, FT_INCR_SYNC_READ);
	if (!st)
		st = sync_put_idset(s, MetaTagIdsetRead, &read, replica);
	return st ? st : sync_put_idset(s, MetaTagIdsetUnread, &unread, replica);
}

/* The context has the state that the client has then, for RopSynchronizationGetTransferState. */
static status put_state(struct sync_contents *c, struct fast_stream *s)
{
	CLEANUP_SYNC_STATE struct sync_state now = SYNC_STATE_MAX(IDSET_RANGES_MAX);
	status st = changes_state(c->changes, &now);

	if (!st)
		st = sync_put_end(s, &now, false);
	if (!st)
		st = sync_state_copy(&now, &c->d.source->sync->state);
	s->ended = true;
	c->d.source->steps = c->d.source->total;
	return st;
}

status sync_contents_more(void *context, struct mailbox *m, struct fast_stream *s)
{
	struct sync_contents *c = context;
	status st = ecNone;

	switch (c->stage) {
	case BEGINNING:
		st = open_changes(c, m);
		if (!st)
			st = put_total(c, s);
		c->stage = MESSAGES;
		return st;
	case MESSAGES:
		return put_messages(c, m, s);
	case DELETIONS:
		c->stage = READ_STATES;
		return put_deletions(c, m, s);
	case READ_STATES:
		c->stage = STATE;
		return put_read_states(c, m, s);
	case STATE:
		return put_state(c, s);
	}
	return ecError;
}
