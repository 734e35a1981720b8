/* What the files about uploaded streams share: the objects that are open, innermost last. */
#ifndef SERVER_FAST_UPLOAD_PRIVATE_H
#define SERVER_FAST_UPLOAD_PRIVATE_H

#include "rop/fasttransfer.h"
#include "server/fast_upload.h"
#include "server/message_object.h"
#include "server/message_part.h"

enum upload_kind {
	IN_FOLDER,
	IN_LIST,        /* of messages: only they may come */
	IN_MESSAGE,
	IN_EMBEDDED,
	IN_RECIPIENT,
	IN_ATTACHMENT,
};

struct upload_frame {
	enum upload_kind kind;
	struct property_set *props;     /* where properties go; NULL for folders */
	struct message_part *message;   /* IN_MESSAGE, IN_EMBEDDED */
	struct attachment_part *attachment;
	struct message_object *object;  /* IN_MESSAGE: of the target, or made for the list (`made`) */
	bool made;
	uint32_t row_id;                /* of the next recipient */
	/* IN_FOLDER */
	uint64_t folder, parent;        /* folder 0: not made yet, its properties are still coming */
	struct bag bag;
};

struct fast_upload {
	struct object *target;
	struct logon *logon;
	enum fast_upload_root root;
	/*
	 * What is written to, held so that it stays; when the client saves or changes the object by other means, the object goes on
	 * with another, and the upload is at its end.
	 */
	struct message_part *into_message;
	struct attachment_part *into_attachment;
	struct ft_lexer lexer;
	struct arena arena;        /* of one token */
	struct arena folder_arena; /* of the properties of folders that are not made yet */
	struct upload_frame frames[FT_DEPTH_MAX + 2];
	unsigned depth;
	uint32_t value_tag;
	struct big_value *value;   /* that comes in pieces */
	status failed;
};

/* The root's frame. */
status upload_begin(struct fast_upload *u) MUST;
/* Is the target still what the upload began to write to? */
bool upload_holds(const struct fast_upload *u);
void upload_let_go(struct fast_upload *u);
status upload_marker(struct fast_upload *u, uint32_t marker) MUST;
/* Is it a directive of the stream rather than a property (2.2.4.1.5)? */
bool upload_is_meta(uint32_t tag);
status upload_meta(struct fast_upload *u, const struct prop *p) MUST;
status upload_put(struct fast_upload *u, const struct prop *p) MUST;
/* Takes over the value. */
status upload_put_big(struct fast_upload *u, uint32_t tag, struct big_value *v) MUST;
/* After each piece: memory is counted. */
status upload_settle(struct fast_upload *u) MUST;
/* The innermost object goes without being complete. */
void upload_abandon(struct fast_upload *u);

#endif
