#include "mapi/forward.h"

static struct item_sink *next_of(struct item_sink *s)
{
	const struct forward *f = (const struct forward *)s;

	return f->holding ? NULL : f->next;
}

/* What `next` answered, with its words. */
static status answered(struct item_sink *s, const struct item_sink *next, status st)
{
	if (st)
		s->why = next->why;
	return st;
}

status forward_store_begin(struct item_sink *s, const struct store_event *e)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_store_begin(next, e)) : ecNone;
}

status forward_store_end(struct item_sink *s)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_store_end(next)) : ecNone;
}

status forward_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_folder_begin(next, e)) : ecNone;
}

status forward_folder_end(struct item_sink *s)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_folder_end(next)) : ecNone;
}

status forward_message_begin(struct item_sink *s, const struct message_event *e)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_message_begin(next, e)) : ecNone;
}

status forward_message_end(struct item_sink *s, struct item_result *result)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_message_end(next, result)) : ecNone;
}

status forward_recipient(struct item_sink *s, const struct bag *props)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_recipient(next, props)) : ecNone;
}

status forward_attachment_begin(struct item_sink *s, const struct attachment_event *e)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_attachment_begin(next, e)) : ecNone;
}

status forward_attachment_end(struct item_sink *s)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_attachment_end(next)) : ecNone;
}

status forward_value_begin(struct item_sink *s, const struct prop *p)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_value_begin(next, p)) : ecNone;
}

status forward_value_chunk(struct item_sink *s, struct bytes chunk)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_value_chunk(next, chunk)) : ecNone;
}

status forward_value_end(struct item_sink *s, bool complete)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_value_end(next, complete)) : ecNone;
}

status forward_problem(struct item_sink *s, const struct item_problem *p)
{
	struct item_sink *next = next_of(s);

	return next ? answered(s, next, item_problem(next, p)) : ecNone;
}
