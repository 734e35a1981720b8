/* Recipients and attachments of a message: gathered from its events. */
#include "store/table_objects.h"

#include <string.h>

static status add(struct table_gather *g, struct bag **list, size_t *n, size_t *cap, const struct bag *props, struct bag **added)
{
	status s = ecNone;

	if (*n == *cap) {
		size_t more = *cap ? 2 * *cap : 8;
		struct bag *v = arena_array(g->arena, more, sizeof *v);

		if (!v)
			return ecMemory;
		if (*n)
			memcpy(v, *list, *n * sizeof *v);
		*list = v;
		*cap = more;
	}
	*added = &(*list)[(*n)++];
	bag_init(*added, g->arena);
	for (size_t i = 0; !s && i < props->n; i++) {
		struct prop large = props->v[i];

		if (!(large.flags & PROP_LARGE))
			s = bag_copy(*added, &large);
		else
			s = bag_append(*added, &large) ? ecNone : ecMemory;
	}
	return s;
}

static status on_message(struct item_sink *sink, const struct message_event *e)
{
	(void)e;
	((struct table_gather *)sink)->depth++;
	return ecNone;
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	((struct table_gather *)sink)->depth--;
	*result = (struct item_result){ .outcome = OUTCOME_WRITTEN };
	return ecNone;
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	struct table_gather *g = (struct table_gather *)sink;
	struct bag *added;
	status s;

	if (g->depth != 1)
		return ecNone;
	s = add(g, &g->found.recipients, &g->found.n_recipients, &g->cap_recipients, props, &added);
	if (!s && !bag_find(added, tag_id(PidTagRowid)))
		s = bag_set_u32(added, PidTagRowid, (uint32_t)g->found.n_recipients - 1);
	return s;
}

static status on_attachment(struct item_sink *sink, const struct attachment_event *e)
{
	struct table_gather *g = (struct table_gather *)sink;
	struct bag *added;
	status s;

	if (g->depth != 1)
		return ecNone;
	s = add(g, &g->found.attachments, &g->found.n_attachments, &g->cap_attachments, e->props, &added);
	if (!s && !bag_find(added, tag_id(PidTagAttachNumber)))
		s = bag_set_u32(added, PidTagAttachNumber, (uint32_t)g->found.n_attachments - 1);
	return s;
}

static const struct item_sink_ops ops = {
	.message_begin = on_message,
	.message_end = on_message_end,
	.recipient = on_recipient,
	.attachment_begin = on_attachment,
};

void table_gather_init(struct table_gather *g, struct arena *arena)
{
	*g = (struct table_gather){ .sink = { .ops = &ops }, .arena = arena };
}

status table_objects(struct mailbox *m, uint64_t message, struct arena *arena, struct table_objects *out)
{
	struct table_gather g;
	struct item_result result;
	status s;

	table_gather_init(&g, arena);
	s = message_emit(m, message, &g.sink, &result);
	if (!s)
		*out = g.found;
	return s;
}
