/* What is another in a message that is changed, or written anew: clients send all of it, whatever they changed. */
#include "store/message_groups.h"
#include "store/message_private.h"

#include <string.h>

#define COMPARE_BUDGET (2 * MESSAGE_BODY_MAX)
/* Messages with more properties than that are another in all of them. */
#define PROPS_MOST 4096u

struct own_prop {
	uint32_t tag;
	struct bytes raw; /* with its type, id and name; of a large value, what stands around it */
	const struct content_large *large;
	bool unsaid; /* no stream has it: it is in the private form */
};

/* A content, taken apart at its top. */
struct outline {
	const struct content *content;
	struct own_prop *v;
	size_t n;
	struct bytes recipients, attachments;
	size_t large; /* the first that stands in the attachments */
};

static status add_prop(struct outline *o, const struct ft_event *e, const struct content_large *large, size_t from, size_t to)
{
	if (o->n == PROPS_MOST)
		return ecTooComplex;
	o->v[o->n++] = (struct own_prop){ e->prop.tag, bytes_of(o->content->body.p + from, to - from), large, e->escaped };
	return ecNone;
}

static status take_apart(struct mailbox *m, const struct content *c, struct arena *arena, struct outline *o)
{
	CLEANUP_CONTENT_WALK struct content_walk walk;
	const struct content_large *large = NULL;
	struct ft_event e = { .kind = FT_PROP };
	size_t from = 0, children = SIZE_MAX;
	status s = ecNone;

	*o = (struct outline){ .content = c, .v = arena_array(arena, PROPS_MOST, sizeof *o->v) };
	content_walk_begin(&walk, m, c);
	for (; !s; from = (size_t)walk.lexer.used + walk.lexer.terminator) {
		unsigned depth = walk.lexer.depth;
		size_t before = walk.next_large;

		s = o->v ? content_walk_next(&walk, arena, &e, &large) : ecMemory;
		if (s || e.kind == FT_MORE || (e.kind == FT_MARKER && !depth && e.marker == FT_NEW_ATTACH)) {
			o->large = before;
			break;
		}
		if (e.kind == FT_MARKER && children == SIZE_MAX)
			children = from;
		if (e.kind == FT_PROP && !depth)
			s = add_prop(o, &e, large, from, (size_t)walk.lexer.used + walk.lexer.terminator);
	}
	children = children < from ? children : from;
	o->recipients = bytes_of(c->body.p + children, from - children);
	o->attachments = bytes_of(c->body.p + from, c->body.n - from);
	return s;
}

/* Large values ------------------------------------------------------------------------------------------------------- */

static status same_pieces(struct mailbox *m, uint64_t a, uint64_t a_seq, uint64_t b, uint64_t b_seq, bool *same)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT a.part FROM piece AS a LEFT JOIN piece AS b ON b.content = $3 AND b.seq = $4 AND b.part = a.part"
				   " WHERE a.content = $1 AND a.seq = $2 AND (b.data IS NULL OR b.data <> a.data) LIMIT 1");
	bool row = false;
	status st;

	bind_u64(s, 1, a);
	bind_u64(s, 2, a_seq);
	bind_u64(s, 3, b);
	bind_u64(s, 4, b_seq);
	st = mailbox_error(m, sql_step(s, &row));
	*same = !row;
	return st;
}

static status same_large(struct mailbox *m, const struct outline *o, const struct content_large *a, const struct outline *p,
			 const struct content_large *b, bool *same)
{
	*same = !a && !b;
	if (!a || !b || a->size != b->size || a->checksum != b->checksum)
		return ecNone;
	return same_pieces(m, o->content->id, a->seq, p->content->id, b->seq, same);
}

/* Parts --------------------------------------------------------------------------------------------------------------- */

static void touch(struct mailbox *m, uint32_t tag, bool gone, uint32_t *touched)
{
	uint16_t id = tag_id(tag);

	*touched |= message_group_bit(tag, id >= NAMED_ID_FIRST ? name_map_name(mailbox_names(m), id) : NULL, gone);
}

static const struct own_prop *find(const struct outline *o, uint32_t tag)
{
	for (size_t i = 0; i < o->n; i++)
		if (tag_id(o->v[i].tag) == tag_id(tag))
			return &o->v[i];
	return NULL;
}

static status compare_props(struct mailbox *m, const struct outline *old, const struct outline *new, uint32_t *touched)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < new->n; i++) {
		const struct own_prop *p = &new->v[i], *was = find(old, p->tag);
		bool same = was && bytes_equal(was->raw, p->raw);

		if (same)
			s = same_large(m, old, was->large, new, p->large, &same);
		if (!same)
			touch(m, p->tag, p->unsaid, touched);
	}
	for (size_t i = 0; !s && i < old->n; i++)
		if (!find(new, old->v[i].tag))
			touch(m, old->v[i].tag, true, touched);
	return s;
}

static status same_attachments(struct mailbox *m, const struct outline *old, const struct outline *new, bool *same)
{
	size_t n = new->content->n_large - new->large;
	status s = ecNone;

	*same = bytes_equal(old->attachments, new->attachments) && old->content->n_large - old->large == n;
	for (size_t i = 0; !s && *same && i < n; i++)
		s = same_large(m, old, &old->content->large[old->large + i], new, &new->content->large[new->large + i], same);
	return s;
}

status message_groups_next(struct mailbox *m, const struct message_info *old, uint32_t touched, uint64_t cn, struct arena *arena,
			   struct message_info *out)
{
	CLEANUP_BUF struct buf record = BUF_MAX((size_t)64 << 10);
	struct message_groups g;

	message_groups_read(old->groups, old->cn, &g);
	message_groups_touch(&g, touched, cn);
	message_groups_write(&g, out->cn, &record);
	out->groups = bytes_of(arena_memdup(arena, record.p, record.n), record.n);
	return record.failed || (record.n && !out->groups.p) ? reason_set(&m->why, ecMemory, "out of memory") : ecNone;
}

status message_groups_compare(struct mailbox *m, const struct content *old, const struct content *new, uint32_t *touched)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(COMPARE_BUDGET);
	struct outline was, is;
	uint32_t bits = 0;
	bool same = false;
	status s = take_apart(m, old, &arena, &was);

	if (!s)
		s = take_apart(m, new, &arena, &is);
	if (!s)
		s = compare_props(m, &was, &is, &bits);
	if (!s)
		s = same_attachments(m, &was, &is, &same);
	if (s)
		return s;
	*touched = bits | (same ? 0 : 1u << GROUP_ATTACHMENTS) | (bytes_equal(was.recipients, is.recipients) ? 0 : 1u << GROUP_RECIPIENTS);
	return ecNone;
}
