/* Two messages become one: of a draft what stays of it, of what was written what is new. */
#include "client/mail_private.h"
#include "mapi/tag.h"
#include "store/message.h"

#define PROPS_MOST ((size_t)64 << 20)
#define FILE_MOST  ((size_t)16 << 20)

/* To which part a property belongs; 0: to none. */
static unsigned part_of(uint16_t id)
{
	static const struct {
		uint32_t tag;
		unsigned part;
	} parts[] = {
		{ PidTagSubject, DRAFT_SUBJECT },	  { PidTagSubjectPrefix, DRAFT_SUBJECT },  { PidTagNormalizedSubject, DRAFT_SUBJECT },
		{ PidTagConversationTopic, DRAFT_SUBJECT }, { PidTagBody, DRAFT_TEXT },		   { PidTagHtml, DRAFT_TEXT },
		{ PidTagRtfCompressed, DRAFT_TEXT },	  { PidTagRtfInSync, DRAFT_TEXT },	   { PidTagNativeBody, DRAFT_TEXT },
		{ PidTagInternetCodepage, DRAFT_TEXT },	  { PidTagDisplayTo, DRAFT_PEOPLE },	   { PidTagDisplayCc, DRAFT_PEOPLE },
		{ PidTagDisplayBcc, DRAFT_PEOPLE },	  { PidTagSearchKey, DRAFT_IDENTITY },	   { PidTagInternetMessageId, DRAFT_IDENTITY },
		{ PidTagClientSubmitTime, DRAFT_TIME },
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (tag_id(parts[i].tag) == id)
			return parts[i].part;
	return 0;
}

/* Of the version that it was. */
static bool is_of_version(uint16_t id)
{
	return id == tag_id(PidTagChangeKey) || id == tag_id(PidTagPredecessorChangeList) || id == tag_id(PidTagLastModificationTime);
}

/* What of a message goes on, in one pass over it. */
enum pass { PASS_VALUES, PASS_PEOPLE, PASS_FILES };

struct merging {
	struct item_sink sink;
	struct item_sink *to;
	const struct mail_draft_merge *what;
	struct bag props; /* that went on first */
	enum pass pass;
	bool written;     /* it is the message that was written, not the draft */
	unsigned depth;   /* of messages within the message */
	size_t at;        /* attachments of the message itself that were seen */
	uint32_t number;  /* of the next one that goes on */
	bool in_file, on; /* within an attachment of the message itself; what is within goes on */
};

static bool is_taken(const struct merging *g, uint16_t id)
{
	return ((part_of(id) & g->what->parts) != 0) == g->written;
}

static status on_message(struct item_sink *s, const struct message_event *e)
{
	struct merging *g = (struct merging *)s;

	return g->depth++ && g->on ? item_message_begin(g->to, e) : ecNone;
}

static status on_message_end(struct item_sink *s, struct item_result *result)
{
	struct merging *g = (struct merging *)s;

	result->outcome = OUTCOME_WRITTEN;
	return --g->depth && g->on ? item_message_end(g->to, result) : ecNone;
}

static status on_recipient(struct item_sink *s, const struct bag *props)
{
	struct merging *g = (struct merging *)s;

	return (g->depth == 1 ? g->pass == PASS_PEOPLE : g->on) ? item_recipient(g->to, props) : ecNone;
}

/* They are counted anew. */
static status on_own_attachment(struct merging *g, const struct attachment_event *e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(FILE_MOST);
	struct attachment_event numbered = *e;
	size_t at = g->at++;
	struct bag b;

	g->in_file = true;
	g->on = g->pass == PASS_FILES && (g->written || !g->what->attached || (at < g->what->n_attached && g->what->attached[at].kept));
	if (!g->on)
		return ecNone;
	bag_init(&b, &arena);
	for (size_t i = 0; i < e->props->n; i++)
		if (!bag_append(&b, &e->props->v[i]))
			return ecMemory;
	if (bag_set_u32(&b, PidTagAttachNumber, g->number++))
		return ecMemory;
	numbered.props = &b;
	return item_attachment_begin(g->to, &numbered);
}

static status on_attachment(struct item_sink *s, const struct attachment_event *e)
{
	struct merging *g = (struct merging *)s;

	return g->depth == 1 ? on_own_attachment(g, e) : g->on ? item_attachment_begin(g->to, e) : ecNone;
}

static status on_attachment_end(struct item_sink *s)
{
	struct merging *g = (struct merging *)s;
	status st = g->on ? item_attachment_end(g->to) : ecNone;

	if (g->depth == 1)
		g->in_file = g->on = false;
	return st;
}

/* What went on as a part of the properties is there already. */
static bool is_expected(const struct merging *g, uint16_t id)
{
	const struct prop *p = bag_find(&g->props, id);

	return g->pass == PASS_VALUES && is_taken(g, id) && p && p->flags & PROP_LARGE;
}

static status on_value(struct item_sink *s, const struct prop *p)
{
	struct merging *g = (struct merging *)s;

	if (g->depth == 1 && !g->in_file)
		g->on = is_expected(g, prop_id(p));
	return g->on ? item_value_begin(g->to, p) : ecNone;
}

static status on_chunk(struct item_sink *s, struct bytes chunk)
{
	struct merging *g = (struct merging *)s;

	return g->on ? item_value_chunk(g->to, chunk) : ecNone;
}

static status on_value_end(struct item_sink *s, bool complete)
{
	struct merging *g = (struct merging *)s;
	status st = !complete ? ecCorruptData : g->on ? item_value_end(g->to, true) : ecNone;

	if (!g->in_file)
		g->on = false;
	return st;
}

static const struct item_sink_ops merging_ops = { .message_begin = on_message,
						  .message_end = on_message_end,
						  .recipient = on_recipient,
						  .attachment_begin = on_attachment,
						  .attachment_end = on_attachment_end,
						  .value_begin = on_value,
						  .value_chunk = on_chunk,
						  .value_end = on_value_end };

/* ----------------------------------------------------------------------------------------------------------------------------------- */

static status take_props(struct mailbox *m, struct merging *g, bool written)
{
	struct bag b;
	status s;

	g->written = written;
	bag_init(&b, g->props.arena);
	s = message_props(m, written ? g->what->written : g->what->id, &b);
	for (size_t i = 0; !s && i < b.n; i++)
		if (is_taken(g, prop_id(&b.v[i])) && !is_of_version(prop_id(&b.v[i])))
			s = bag_append(&g->props, &b.v[i]) ? ecNone : ecMemory;
	return s;
}

static status go_over(struct mailbox *m, struct merging *g, enum pass pass, bool written)
{
	struct item_result result = { OUTCOME_WRITTEN, { "" } };

	g->pass = pass;
	g->written = written;
	g->depth = 0;
	g->at = 0;
	g->in_file = g->on = false;
	return message_emit(m, written ? g->what->written : g->what->id, &g->sink, &result);
}

static status write_all(struct mailbox *m, const struct mail_draft_merge *what, struct message_writer *w)
{
	struct merging g = { .sink.ops = &merging_ops, .to = message_writer_sink(w), .what = what };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(PROPS_MOST);
	struct item_result result = { OUTCOME_WRITTEN, { "" } };
	uint64_t id;
	status s;

	bag_init(&g.props, &arena);
	s = take_props(m, &g, false);
	if (!s)
		s = take_props(m, &g, true);
	if (!s)
		s = item_message_begin(g.to, &(struct message_event){ .confidence = 100, .props = &g.props });
	if (!s)
		s = go_over(m, &g, PASS_VALUES, false);
	if (!s)
		s = go_over(m, &g, PASS_VALUES, true);
	if (!s)
		s = go_over(m, &g, PASS_PEOPLE, (what->parts & DRAFT_PEOPLE) != 0);
	if (!s)
		s = go_over(m, &g, PASS_FILES, false);
	if (!s)
		s = go_over(m, &g, PASS_FILES, true);
	if (!s)
		s = item_message_end(g.to, &result);
	return s ? s : message_writer_finish(w, &id);
}

status mail_draft_merge(struct mailbox *m, const struct mail_draft_merge *what, struct reason *why)
{
	struct message_options o = { .replaces = what->id };
	struct message_writer *w = NULL;
	status s = message_writer_new(m, what->folder, &o, &w);

	if (!s)
		s = write_all(m, what, w);
	message_writer_free(w);
	if (!s)
		s = message_delete(m, what->written, DELETE_HARD);
	return s ? mail_failed(m, s, why, "the draft cannot be written") : ecNone;
}
