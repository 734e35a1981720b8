/*
 * A sink in between: it passes every event on to the sink behind it, and takes over that one's words when it fails.  A sink
 * that looks at some events, or changes them, embeds it as what it is, fills its table from these operations, and calls the
 * same ones for what shall go on.
 */
#ifndef MAPI_FORWARD_H
#define MAPI_FORWARD_H

#include "mapi/item.h"

/* Its sink is the first member: the operations take that for the whole. */
struct forward {
	struct item_sink sink;
	struct item_sink *next; /* stays whose it is; NULL: there is nobody behind */
	unsigned holding;       /* not 0: nothing goes on, and nothing fails */
};

status forward_store_begin(struct item_sink *s, const struct store_event *e);
status forward_store_end(struct item_sink *s);
status forward_folder_begin(struct item_sink *s, const struct folder_event *e);
status forward_folder_end(struct item_sink *s);
status forward_message_begin(struct item_sink *s, const struct message_event *e);
status forward_message_end(struct item_sink *s, struct item_result *result);
status forward_recipient(struct item_sink *s, const struct bag *props);
status forward_attachment_begin(struct item_sink *s, const struct attachment_event *e);
status forward_attachment_end(struct item_sink *s);
status forward_value_begin(struct item_sink *s, const struct prop *p);
status forward_value_chunk(struct item_sink *s, struct bytes chunk);
status forward_value_end(struct item_sink *s, bool complete);
status forward_problem(struct item_sink *s, const struct item_problem *p);

#endif
