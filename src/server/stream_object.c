#include "server/stream_object.h"

#include "mapi/string_kind.h"
#include "server/logon.h"
#include "server/message_private.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_BUDGET ((size_t)512 << 20)

/* What clones share. */
struct stream_bytes {
	unsigned references;
	uint32_t tag;
	struct big_value *value;
	/*
	 * Where a seek put the end of it, when that is beyond the value (0: nowhere).  The zeros between are not made before something is
	 * written behind them or they are committed: a write there that is refused leaves the value as it was.
	 */
	uint64_t promised;
	bool unsaved; /* of a folder: written and not set there yet */
};

struct stream_object {
	struct object object; /* parent: what has the property; NULL: a logon */
	struct stream_bytes *bytes;
	uint64_t at;
	bool writable;
};

static struct stream_object *of(struct object *o)
{
	return (struct stream_object *)o;
}

struct stream_object *stream_object_of(struct object *o)
{
	return of(o);
}

struct object *stream_object_base(struct stream_object *s)
{
	return &s->object;
}

enum object_kind stream_object_owner(const struct stream_object *s)
{
	return s->object.parent->kind;
}

uint64_t stream_object_size(const struct stream_object *s)
{
	uint64_t size = big_value_size(s->bytes->value);

	return s->bytes->promised > size ? s->bytes->promised : size;
}

uint64_t stream_object_position(const struct stream_object *s)
{
	return s->at;
}

static struct mailbox *mailbox_of(const struct stream_object *s)
{
	return logon_mailbox(s->object.logon);
}

/* Saving --------------------------------------------------------------------------------------------------------------- */

static status set_through_class(struct stream_object *s)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(VALUE_BUDGET);
	struct object *owner = s->object.parent;
	struct property_problems problems = { .arena = &arena };
	struct prop p = { .tag = s->bytes->tag, .count = 1 };
	struct bag set = { .arena = &arena, .v = &p, .n = 1, .cap = 1 };
	status st = big_value_whole(s->bytes->value, mailbox_of(s), &arena, &p.value);

	p.size = p.value.n;
	if (!st)
		st = owner->class->set(owner, &set, &problems);
	return st ? st : problems.n ? problems.v[0].error_code : ecNone;
}

/* Into the message or attachment, which is saved later. */
static status show(struct stream_object *s)
{
	struct object *owner = s->object.parent;

	if (owner->kind == OBJECT_MESSAGE)
		return message_put_big(message_object_of(owner), s->bytes->tag, s->bytes->value);
	if (owner->kind == OBJECT_ATTACHMENT) {
		struct attachment_part *part;
		status st = attachment_object_change(attachment_object_of(owner), &part);

		if (!st)
			st = property_set_put_big(&part->props, s->bytes->tag, big_value_ref(s->bytes->value));
		return st ? st : attachment_object_changed(attachment_object_of(owner));
	}
	s->bytes->unsaved = true;
	return ecNone;
}

/* NULL: of a folder or logon. */
static const struct property_set *set_of(const struct object *owner)
{
	if (owner->kind == OBJECT_MESSAGE)
		return &((const struct message_object *)owner)->part->props;
	return owner->kind == OBJECT_ATTACHMENT ? &((const struct attachment_object *)owner)->part->props : NULL;
}

/*
 * What is written must be nobody else's; the property of the owner that shows it may have it too, for it is to show what was
 * written.
 */
static status own(struct stream_object *s)
{
	const struct property_set *set = set_of(s->object.parent);
	const struct held_prop *h = set ? property_set_find(set, tag_id(s->bytes->tag)) : NULL;

	if (!s->writable)
		return ecStreamAccessDenied;
	return big_value_own(&s->bytes->value, mailbox_of(s), h && h->big == s->bytes->value ? 2 : 1);
}

/* The zeros that a seek promised, and what belongs to a folder. */
static status save(struct stream_object *s)
{
	struct stream_bytes *b = s->bytes;
	uint64_t size = stream_object_size(s);
	status st = ecNone;

	if (size > big_value_size(b->value)) {
		st = own(s);
		if (!st)
			st = big_value_resize(b->value, size);
		if (!st)
			st = show(s);
	}
	if (!st && b->unsaved)
		st = set_through_class(s);
	if (!st)
		b->unsaved = false;
	return st;
}

static void stream_free(struct object *o)
{
	struct stream_object *s = of(o);

	if (s->bytes && --s->bytes->references == 0) {
		/* [MS-OXCPRPT] 3.2.5.13: released is committed; there is nobody left to hear of a failure. The mailbox is locked. */
		(void)!save(s);
		big_value_unref(s->bytes->value);
		free(s->bytes);
	}
	free(s);
}

static const struct object_class stream_class = { .name = "stream", .free = stream_free };

/* Opening -------------------------------------------------------------------------------------------------------------- */

static bool streams(const struct object *owner, uint32_t tag)
{
	uint16_t type = tag_type(tag);

	if (owner->kind == OBJECT_FOLDER)
		return type == PT_BINARY;
	return (owner->kind & (OBJECT_MESSAGE | OBJECT_ATTACHMENT)) &&
	       (type == PT_BINARY || type == PT_OBJECT || type == PT_STRING8 || type == PT_UNICODE);
}

/* A large value is read where it stands; any other is copied. */
static status load(struct object *owner, uint32_t tag, struct big_value **out)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(VALUE_BUDGET);
	const struct property_set *set = set_of(owner);
	const struct held_prop *h = set ? property_set_find(set, tag_id(tag)) : NULL;
	struct prop p;
	status s;

	if (h && h->big && h->p.tag == tag) {
		*out = big_value_ref(h->big);
		return ecNone;
	}
	s = owner->class->value(owner, tag, &arena, &p);
	if (!s)
		s = string_kind_set(&p, tag_type(tag), object_codepage(owner), &arena);
	if (!s && (prop_type(&p) != tag_type(tag) || p.flags & PROP_LARGE))
		s = ecNotFound;
	if (!s)
		s = big_value_new(out);
	if (s)
		return s;
	s = big_value_write(*out, 0, p.value);
	if (s)
		big_value_unref(*out);
	return s;
}

static status may_write(struct object *owner)
{
	switch (owner->kind) {
	case OBJECT_MESSAGE:
		return message_object_writable(message_object_of(owner)) ? ecNone : ecAccessDenied;
	case OBJECT_ATTACHMENT:
		return attachment_object_writable(attachment_object_of(owner)) ? ecNone : ecAccessDenied;
	default:
		return owner->logon->public_store ? ecNotSupported : ecNone;
	}
}

/* What a message or attachment shows is charged there. */
static status charge(struct stream_object *s)
{
	return object_charge_all(&s->object, sizeof *s + (set_of(s->object.parent) ? 0 : big_value_cost(s->bytes->value)));
}

/* Takes over the reference. */
static status make(struct object *owner, struct stream_bytes *bytes, bool writable, struct stream_object **out)
{
	struct stream_object *s = calloc(1, sizeof *s);

	if (!s)
		return ecMemory;
	object_init(&s->object, OBJECT_STREAM, &stream_class, owner->logon, owner);
	s->bytes = bytes;
	s->writable = writable;
	*out = s;
	return ecNone;
}

status stream_object_open(struct object *owner, uint32_t tag, bool writable, bool create, struct stream_object **out)
{
	struct stream_bytes *bytes;
	struct big_value *value;
	status s = streams(owner, tag) ? ecNone : ecNotSupported;

	if (!s && writable)
		s = may_write(owner);
	if (!s)
		s = create ? big_value_new(&value) : load(owner, tag, &value);
	if (s)
		return s;
	bytes = calloc(1, sizeof *bytes);
	if (!bytes) {
		big_value_unref(value);
		return ecMemory;
	}
	*bytes = (struct stream_bytes){ .references = 1, .tag = tag, .value = value };
	s = make(owner, bytes, writable, out);
	if (s) {
		big_value_unref(value);
		free(bytes);
		return s;
	}
	s = create ? show(*out) : ecNone;
	if (!s)
		s = charge(*out);
	if (s) {
		bytes->unsaved = false;
		object_unref(&(*out)->object);
	}
	return s;
}

status stream_object_clone(struct stream_object *s, struct stream_object **out)
{
	status st = make(s->object.parent, s->bytes, s->writable, out);

	if (st)
		return st;
	s->bytes->references++;
	(*out)->at = s->at;
	return ecNone;
}

/* Bytes ---------------------------------------------------------------------------------------------------------------- */

status stream_object_read(struct stream_object *s, void *to, size_t n, size_t *got)
{
	uint64_t size = stream_object_size(s), left = s->at < size ? size - s->at : 0;
	size_t have = left < n ? (size_t)left : n;
	status st = big_value_read(s->bytes->value, mailbox_of(s), s->at, to, n, got);

	if (st)
		return st;
	if (*got < have) {
		memset((uint8_t *)to + *got, 0, have - *got);
		*got = have;
	}
	s->at += *got;
	return ecNone;
}

static status written(struct stream_object *s)
{
	status st = show(s);

	return st ? st : charge(s);
}

status stream_object_write(struct stream_object *s, struct bytes data)
{
	status st = own(s);

	if (!st)
		st = big_value_write(s->bytes->value, s->at, data);
	if (st == ecTooBig)
		s->bytes->promised = 0;
	if (!st)
		st = written(s);
	if (!st)
		s->at += data.n;
	return st;
}

status stream_object_resize(struct stream_object *s, uint64_t size)
{
	status st = size > BIG_VALUE_MAX ? ecStreamSizeError : own(s);

	if (!st)
		st = big_value_resize(s->bytes->value, size);
	if (!st)
		s->bytes->promised = 0;
	return st ? st : written(s);
}

status stream_object_seek(struct stream_object *s, uint64_t position)
{
	status st = position > BIG_VALUE_MAX ? ecStreamSeekError : ecNone;

	/* Who stays where he is lengthens nothing: after a refused write that is beyond the end. */
	if (!st && position != s->at && position > stream_object_size(s) && s->writable)
		s->bytes->promised = position;
	if (!st)
		s->at = position;
	return st;
}

status stream_object_commit(struct stream_object *s)
{
	status st = save(s);

	return st ? st : charge(s);
}
