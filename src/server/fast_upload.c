#include "server/fast_upload.h"

#include "rop/fasttransfer.h"
#include "server/fast_upload_private.h"
#include "server/folder_object.h"

#include <stdlib.h>

#define TOKEN_MEMORY ((size_t)64 << 20)

status fast_upload_new(struct object *target, enum fast_upload_root root, struct fast_upload **out)
{
	struct fast_upload *u;
	bool folder = target->kind == OBJECT_FOLDER;

	if (root != UPLOAD_CONTENT && !folder)
		return ecInvalidParam;
	u = calloc(1, sizeof *u);
	if (!u)
		return ecMemory;
	u->target = object_ref(target);
	u->logon = target->logon;
	u->root = root;
	arena_init(&u->arena, TOKEN_MEMORY);
	arena_init(&u->folder_arena, TOKEN_MEMORY);
	ft_lexer_init(&u->lexer, &ft_limits_wire);
	status s = upload_begin(u);
	if (s) {
		fast_upload_free(u);
		return s;
	}
	*out = u;
	return ecNone;
}

void fast_upload_free(struct fast_upload *u)
{
	if (!u)
		return;
	while (u->depth)
		upload_abandon(u);
	upload_let_go(u);
	big_value_unref(u->value);
	ft_lexer_free(&u->lexer);
	arena_free(&u->arena);
	arena_free(&u->folder_arena);
	object_unref(u->target);
	free(u);
}

/* Properties -------------------------------------------------------------------------------------------------------------- */

/* The mailbox's id for a name; *known false: the mailbox can have no more names, and the property is left out. */
static status translate(struct fast_upload *u, const struct ft_event *e, struct prop *p)
{
	uint16_t id;
	status s;

	*p = e->prop;
	if (!e->named)
		return prop_id(p) >= NAMED_ID_FIRST ? ecCorruptData : ecNone;
	s = mailbox_name_id(logon_mailbox(u->logon), &e->name, &id);
	if (!s)
		p->tag = tag_make(id, prop_type(p));
	return s;
}

static status on_property(struct fast_upload *u, const struct ft_event *e)
{
	struct prop p;
	status s;

	if (upload_is_meta(e->prop.tag))
		return upload_meta(u, &e->prop);
	s = translate(u, e, &p);
	if (s)
		return s;
	if (!(p.flags & PROP_LARGE))
		return upload_put(u, &p);
	u->value_tag = p.tag;
	return big_value_new(&u->value);
}

static status on_chunk(struct fast_upload *u, struct bytes chunk)
{
	return u->value ? big_value_write(u->value, big_value_size(u->value), chunk) : ecCorruptData;
}

static status on_value_end(struct fast_upload *u)
{
	struct big_value *v = u->value;

	u->value = NULL;
	return v ? upload_put_big(u, u->value_tag, v) : ecCorruptData;
}

/* The stream ----------------------------------------------------------------------------------------------------------------- */

static status on_event(struct fast_upload *u, const struct ft_event *e)
{
	switch (e->kind) {
	case FT_MARKER:
		return upload_marker(u, e->marker);
	case FT_PROP:
		return on_property(u, e);
	case FT_CHUNK:
		return on_chunk(u, e->chunk);
	case FT_VALUE_END:
		return on_value_end(u);
	case FT_MORE:
		break;
	}
	return ecNone;
}

static status feed(struct fast_upload *u, struct bytes piece)
{
	struct ft_event e = { .kind = FT_PROP };
	status s = ecNone;

	ft_lexer_feed(&u->lexer, piece);
	while (!s && e.kind != FT_MORE) {
		arena_reset(&u->arena);
		s = ft_lexer_next(&u->lexer, &u->arena, &e);
		if (!s)
			s = on_event(u, &e);
	}
	return s;
}

status fast_upload_put(struct fast_upload *u, struct bytes piece, struct reason *why)
{
	if (!u->failed && !upload_holds(u))
		return u->failed = reason_set(why, ecError, "what the stream goes into was saved or changed meanwhile");
	if (!u->failed) {
		u->failed = feed(u, piece);
		if (!u->failed)
			u->failed = upload_settle(u);
	}
	return u->failed ? reason_set(why, u->failed, "a stream that was sent: %s", u->lexer.why.text) : ecNone;
}
