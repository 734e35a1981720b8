#include "mapi/item.h"

status item_store_begin(struct item_sink *s, const struct store_event *e)
{
	return s->ops->store_begin ? s->ops->store_begin(s, e) : ecNone;
}

status item_store_end(struct item_sink *s)
{
	return s->ops->store_end ? s->ops->store_end(s) : ecNone;
}

status item_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	return s->ops->folder_begin ? s->ops->folder_begin(s, e) : ecNone;
}

status item_folder_end(struct item_sink *s)
{
	return s->ops->folder_end ? s->ops->folder_end(s) : ecNone;
}

status item_message_begin(struct item_sink *s, const struct message_event *e)
{
	return s->ops->message_begin ? s->ops->message_begin(s, e) : ecNone;
}

status item_message_end(struct item_sink *s, struct item_result *result)
{
	return s->ops->message_end ? s->ops->message_end(s, result) : ecNone;
}

status item_recipient(struct item_sink *s, const struct bag *props)
{
	return s->ops->recipient ? s->ops->recipient(s, props) : ecNone;
}

status item_attachment_begin(struct item_sink *s, const struct attachment_event *e)
{
	return s->ops->attachment_begin ? s->ops->attachment_begin(s, e) : ecNone;
}

status item_attachment_end(struct item_sink *s)
{
	return s->ops->attachment_end ? s->ops->attachment_end(s) : ecNone;
}

status item_value_begin(struct item_sink *s, const struct prop *p)
{
	return s->ops->value_begin ? s->ops->value_begin(s, p) : ecNone;
}

status item_value_chunk(struct item_sink *s, struct bytes chunk)
{
	return s->ops->value_chunk ? s->ops->value_chunk(s, chunk) : ecNone;
}

status item_value_end(struct item_sink *s, bool complete)
{
	return s->ops->value_end ? s->ops->value_end(s, complete) : ecNone;
}

status item_problem(struct item_sink *s, const struct item_problem *p)
{
	return s->ops->problem ? s->ops->problem(s, p) : ecNone;
}
