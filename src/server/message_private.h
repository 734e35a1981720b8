/* What the files about open messages share. */
#ifndef SERVER_MESSAGE_PRIVATE_H
#define SERVER_MESSAGE_PRIVATE_H

#include "server/message_object.h"
#include "server/message_part.h"
#include "server/object_props.h"
#include "server/session.h"

struct message_object {
	struct object object; /* parent: the attachment object that it is embedded in; NULL: none */
	uint64_t folder, id;  /* id 0: not saved yet */
	uint64_t cn;          /* of the version that was opened */
	bool associated, writable;
	uint64_t deleted;     /* softly, when; 0: not */
	unsigned codepage;
	struct message_part *part;
	/* Since it was opened or saved: */
	bool changed, structure; /* at all; recipients or attachments */
	bool spoilt;             /* something was set that clients only read: nothing is saved any more */
	uint16_t *touched;       /* ids of properties that were set or removed */
	size_t n_touched, cap_touched;
	struct part_builder *builder;
	const struct message_import_ops *import; /* NULL: it is no upload */
	void *import_context;
};

struct attachment_object {
	struct object object; /* parent: the message */
	struct attachment_part *part;
	bool writable;
	bool kept;   /* it is in its message */
	bool spoilt; /* as of messages */
};

extern const struct object_class message_class, attachment_class;
void message_object_free(struct object *o);

/* Charges the object with so much, in place of what it was charged with. */
status object_charge_all(struct object *o, size_t bytes) MUST;
/* A property was set or removed. */
status message_touch(struct message_object *m, uint16_t id) MUST;
bool message_touched(const struct message_object *m, uint16_t id);

/* message_new.c: what a new message begins with ([MS-OXCMSG] 3.2.5.2), and what saving sets. */
status message_begin_new(struct message_object *m, struct property_set *props) MUST;
/* The same of one of which all is to come anew: it stays whose it was, of when it was made. */
status message_begin_again(struct message_object *m, struct property_set *props) MUST;
status message_stamp(struct message_object *m, struct property_set *props) MUST;

/* message_subject.c: PidTagSubject, ...Prefix and NormalizedSubject say the same ([MS-OXCMSG] 2.2.1.46). */
struct subject {
	struct bytes whole, prefix, normalized; /* UTF-16 */
	bool there;
};
status message_subject(const struct property_set *p, unsigned codepage, struct arena *arena, struct subject *out) MUST;
/* After any of the three were set or removed: `set` has bits by SUBJECT_*. */
enum { SUBJECT_WHOLE = 1, SUBJECT_PREFIX = 2, SUBJECT_NORMALIZED = 4 };
unsigned message_subject_bit(uint16_t id);
status message_subject_settle(struct property_set *p, unsigned set, unsigned codepage) MUST;

/* The three after one of them was set or removed (set 0), as they will be saved. */
status message_touch_subject(struct message_object *m, unsigned set) MUST;
/* A value that is written as a stream, in place of the one of its id; as if it were set. */
status message_put_big(struct message_object *m, uint32_t tag, struct big_value *v) MUST;
/* PidTagMessageFlags `flags` with what follows from the message, and whether it is read in the mailbox. */
uint32_t message_flags_now(const struct message_object *m, uint32_t flags);
/* PidTagHasNamedProperties */
bool message_has_named(const struct message_object *m);

/* message_body.c: one body in the form that is asked for. ecNotFound: there is none at all. */
bool message_body_tag(uint32_t tag);
status message_body_make(struct object *o, uint32_t tag, struct bag *out) MUST;
/* PidTagNativeBody [MS-OXCMSG] 2.2.1.58.2 */
uint32_t message_native_body(const struct property_set *p);

#endif
