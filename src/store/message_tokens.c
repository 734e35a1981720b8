#include "store/message_tokens.h"

#include "store/message_private.h"
#include "store/read_marks.h"

struct tokens {
	struct mailbox *m;
	struct content content;
	struct ft_lexer lexer;
	struct arena scratch; /* of lists and names, one token long */
	size_t next_large;
	message_token_fn *token;
	void *context;
};

static status damaged(struct tokens *t, const char *what)
{
	return reason_set(&t->m->why, ecCorruptData, "content %llx: %s", (unsigned long long)t->content.id, what);
}

static void set_place(struct tokens *t)
{
	ft_lexer_elsewhere(&t->lexer, t->next_large < t->content.n_large ? t->content.large[t->next_large].place : UINT64_MAX);
}

/* What the value itself takes at the end of a token can be cut; of a list every byte belongs together. */
static size_t firm_part(const struct ft_event *e, size_t n)
{
	size_t size = e->kind == FT_PROP && !(e->prop.tag & MV_FLAG) && !prop_type_fixed_size(prop_type(&e->prop)) ? e->prop.value.n : 0;

	return n - (size < n ? size : n);
}

/* The value is not in the stream: what follows is its terminator. */
static status with_large(struct tokens *t, const struct ft_event *e, struct message_token *out, struct message_large *large)
{
	const struct content_large *l = &t->content.large[t->next_large++];
	struct ft_event end;
	size_t from = (size_t)t->lexer.used;
	status s;

	set_place(t);
	if (l->size != e->prop.size)
		return damaged(t, "a large value has another size than it says");
	s = ft_lexer_next(&t->lexer, &t->scratch, &end);
	if (s || end.kind != FT_VALUE_END)
		return damaged(t, "a large value has no end");
	*large = (struct message_large){ .content = t->content.id, .seq = l->seq, .size = l->size, .checksum = l->checksum };
	out->large = large;
	out->firm = out->raw.n;
	out->tail = bytes_of(t->content.body.p + from, (size_t)t->lexer.used - from);
	return ecNone;
}

static status one_token(struct tokens *t, const struct ft_event *e, size_t from, unsigned depth)
{
	struct bytes raw = bytes_of(t->content.body.p + from, (size_t)t->lexer.used - from);
	struct message_token token = {
		.marker = e->kind == FT_MARKER ? e->marker : 0,
		.prop = e->prop,
		.named = e->named,
		.name = e->name,
		.escaped = e->escaped,
		.depth = depth,
		.raw = raw,
		.firm = firm_part(e, raw.n),
	};
	struct message_large large;
	status s = e->kind == FT_PROP && e->elsewhere ? with_large(t, e, &token, &large) : ecNone;

	return s ? s : t->token(t->context, &token);
}

static status walk(struct tokens *t)
{
	struct ft_event e;
	status s;

	for (;;) {
		size_t from = (size_t)t->lexer.used;
		unsigned depth = t->lexer.depth;

		arena_reset(&t->scratch);
		s = ft_lexer_next(&t->lexer, &t->scratch, &e);
		if (s || e.kind == FT_MORE)
			break;
		s = one_token(t, &e, from, depth < t->lexer.depth ? depth : t->lexer.depth);
		if (s)
			return s;
	}
	if (s == ecMemory)
		return s;
	if (s || ft_lexer_finish(&t->lexer))
		return damaged(t, t->lexer.why.text);
	return t->next_large < t->content.n_large ? damaged(t, "a large value has no place in it") : ecNone;
}

/* From the beginning to the end. */
static status one_pass(struct tokens *t)
{
	struct ft_limits limits = ft_limits_rest;
	status s;

	limits.value_max = MESSAGE_BODY_MAX;
	ft_lexer_init(&t->lexer, &limits);
	ft_lexer_feed(&t->lexer, t->content.body);
	t->next_large = 0;
	set_place(t);
	s = walk(t);
	ft_lexer_free(&t->lexer);
	return s;
}

status message_tokens(struct mailbox *m, uint64_t id, struct arena *arena, struct message_info *info, const struct message_tokens_fns *tell, void *context)
{
	struct tokens t = { .m = m, .token = tell->token, .context = context, .scratch = ARENA_BUDGET(2 * MESSAGE_BODY_MAX) };
	struct message_row row;
	bool again = true;
	status s = message_load(m, id, arena, &row, &t.content);

	if (!s)
		s = read_marks_see(m, &row.info);
	if (s)
		return s;
	*info = row.info;
	if (tell->begin)
		s = tell->begin(context);
	while (!s && again) {
		again = false;
		s = one_pass(&t);
		if (!s && tell->pass)
			s = tell->pass(context, &again);
	}
	arena_free(&t.scratch);
	return s;
}
