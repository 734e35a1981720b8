/* Inside the sink: where the folders of a source go. */
#ifndef STORE_SINK_PRIVATE_H
#define STORE_SINK_PRIVATE_H

#include "base/map.h"
#include "store/message_private.h"
#include "store/sink.h"

struct sink_folder {
	uint64_t id, source_id;
	bool fresh; /* made in this transfer, or taken over: it gets everything */
};

struct mailbox_sink {
	struct item_sink sink;
	struct mailbox *m;
	struct mailbox_sink_options options;
	struct message_writer *writer;
	struct content_writer translator; /* ids of the source to the mailbox's; nothing is written with it */
	const struct name_map *names;
	unsigned codepage;
	struct guid key; /* of the source, in ids of its own objects */
	bool has_key;
	struct sink_folder stack[ITEM_FOLDER_DEPTH_MAX + 2];
	unsigned depth;    /* folders */
	unsigned in_item;  /* message_begin without their message_end */
	struct map used;   /* folders of the mailbox that a folder of the source found */
	uint64_t special[MAILBOX_ROLES]; /* ids of the source */
	struct prop value; /* a large value of a folder or the store */
	struct buf gathered;
	struct message_event event; /* of the message at hand */
	struct message_options message_options;
	uint64_t messages, bytes; /* since the last commit */
};

/* Finds or makes the folder of an event, gives it what it brings, and puts it on the stack. */
status sink_enter_folder(struct mailbox_sink *s, const struct folder_event *e) MUST;
/* A property more for the folder at hand, or for the store when there is none. */
status sink_add_property(struct mailbox_sink *s, const struct prop *p) MUST;
/* What the store says of itself and of its special folders. */
status sink_take_store(struct mailbox_sink *s, const struct bag *props) MUST;

#endif
