#include "mime/gather.h"

#include "base/map.h"

/* Larger binary values of a bag go into the spool, unless they are named: those are read as structures. */
#define KEPT_BINARY_MAX ((size_t)4 << 10)

status gather_init(struct gather *g)
{
	status st;

	*g = (struct gather){ .codepage = 1252 };
	arena_init(&g->arena, MIME_GATHER_MEMORY);
	st = spool_new(SPOOL_MEMORY, &g->spool);

	if (!st)
		st = spool_new(SPOOL_MEMORY, &g->mails);
	return st ? st : spool_new(SPOOL_MEMORY, &g->scratch);
}

void gather_free(struct gather *g)
{
	if (g->value && g->value_is_text)
		converter_close(&g->text.converter);
	g->value = NULL;
	spool_free(g->spool);
	spool_free(g->mails);
	spool_free(g->scratch);
	g->spool = g->mails = g->scratch = NULL;
	arena_free(&g->arena);
}

static void digest(struct mail *m, struct bytes data)
{
	uint64_t key[2] = { m->digest, 0x4D494D45 };

	m->digest = siphash24(key, data);
}

static status fail(struct gather *g, status st)
{
	/* A full disk stops everything; a lack of memory is this message's alone. */
	if (st == ecMemory && g->mail) {
		g->mail->failed = st;
		return ecNone;
	}
	return st;
}

static bool failed(const struct gather *g)
{
	return !g->mail || g->mail->failed || g->skipped;
}

static bool is_text(uint16_t type)
{
	return type == PT_UNICODE || type == PT_STRING8;
}

static unsigned codepage_of(const struct gather *g, const struct bag *props)
{
	uint32_t own = bag_u32(props, tag_id(PidTagMessageCodepage), 0);

	return own && own != 1200 ? own : g->codepage;
}

/* Values ---------------------------------------------------------------------------------------------- */

static struct kept_value *add_large(struct gather *g, struct kept_object *o, uint32_t tag)
{
	struct kept_value *v = arena_zalloc(&g->arena, sizeof *v);

	if (v) {
		v->tag = tag;
		v->next = o->large;
		o->large = v;
	}
	return v;
}

static status spool_text(struct gather *g, uint16_t type, struct bytes value)
{
	struct text_spool t;
	status st = text_spool_begin(&t, g->spool, type, g->mail ? g->mail->view.codepage : g->codepage), end;

	if (st)
		return st;
	st = text_spool_add(&t, value);
	end = text_spool_end(&t);
	return st ? st : end;
}

static status spool_value(struct gather *g, uint16_t type, struct bytes value, struct extent *out)
{
	uint64_t from = spool_end(g->spool);
	status st = is_text(type) ? spool_text(g, type, value) : spool_add(g->spool, value);

	if (!st)
		*out = spool_since(g->spool, from);
	return st;
}

static bool stays_inline(const struct prop *p)
{
	if (prop_is_list(p->tag))
		return true;
	return p->value.n <= (is_text(prop_type(p)) || prop_id(p) >= NAMED_ID_FIRST ? ITEM_INLINE_MAX : KEPT_BINARY_MAX);
}

static status keep_prop(struct gather *g, struct kept_object *o, const struct prop *p)
{
	struct kept_value *v;

	if (p->flags & PROP_LARGE)
		return ecNone; /* comes by itself */
	if (!prop_is_list(p->tag))
		digest(g->mail, p->value);
	if (stays_inline(p))
		return bag_copy(&o->props, p);
	v = add_large(g, o, p->tag);
	if (!v)
		return ecMemory;
	v->complete = !(p->flags & PROP_DAMAGED);
	return spool_value(g, prop_type(p), p->value, &v->data);
}

static status keep_object(struct gather *g, struct kept_object *o, const struct bag *props)
{
	bag_init(&o->props, &g->arena);
	o->props.v = arena_array(&g->arena, props->n ? props->n : 1, sizeof *o->props.v);
	if (!o->props.v)
		return ecMemory;
	o->props.cap = props->n;
	for (size_t i = 0; i < props->n; i++) {
		status st = keep_prop(g, o, &props->v[i]);

		if (st)
			return st;
	}
	return ecNone;
}

status gather_value_begin(struct gather *g, const struct prop *p)
{
	status st = ecNone;

	g->value = NULL;
	if (failed(g) || !g->object)
		return ecNone;
	g->value = add_large(g, g->object, p->tag);
	if (!g->value)
		return fail(g, ecMemory);
	g->value_from = spool_end(g->spool);
	g->value_is_text = is_text(prop_type(p));
	if (g->value_is_text)
		st = text_spool_begin(&g->text, g->spool, prop_type(p), g->mail->view.codepage);
	return st;
}

status gather_value_chunk(struct gather *g, struct bytes chunk)
{
	if (!g->value)
		return ecNone;
	digest(g->mail, chunk);
	return fail(g, g->value_is_text ? text_spool_add(&g->text, chunk) : spool_add(g->spool, chunk));
}

status gather_value_end(struct gather *g, bool complete)
{
	status st = ecNone;

	if (!g->value)
		return ecNone;
	if (g->value_is_text)
		st = text_spool_end(&g->text);
	g->value->complete = complete;
	g->value->data = spool_since(g->spool, g->value_from);
	g->value = NULL;
	return fail(g, st);
}

struct value kept_value(struct gather *g, const struct kept_object *o, uint32_t tag)
{
	const struct prop *p = bag_find(&o->props, tag_id(tag));
	struct value out = { .present = true };

	for (const struct kept_value *v = o->large; v; v = v->next)
		if (tag_id(v->tag) == tag_id(tag)) {
			out.type = tag_type(v->tag);
			out.complete = v->complete;
			out.data = v->data;
			return out;
		}
	if (!p || prop_is_list(p->tag) || spool_value(g, prop_type(p), p->value, &out.data))
		return (struct value){ .present = false };
	out.type = prop_type(p);
	out.complete = !(p->flags & PROP_DAMAGED);
	return out;
}

/* Objects --------------------------------------------------------------------------------------------- */

struct view kept_view(struct gather *g, const struct kept_object *o)
{
	return (struct view){ .props = &o->props, .names = g->names, .codepage = g->mail->view.codepage, .arena = &g->arena };
}

static struct mail *new_mail(struct gather *g, const struct message_event *e)
{
	struct arena_mark mark = arena_mark(&g->arena);
	struct mail *m = arena_zalloc(&g->arena, sizeof *m);

	if (!m)
		return NULL;
	m->mark = mark;
	m->parent = g->mail;
	m->depth = e->depth;
	m->associated = e->associated;
	m->last_recipient = &m->recipients;
	m->last_attachment = &m->attachments;
	m->class_name = "IPM.Note";
	m->view = (struct view){ &m->o.props, g->names, codepage_of(g, e->props), &g->arena };
	return m;
}

status gather_message_begin(struct gather *g, const struct message_event *e)
{
	struct mail *m = failed(g) && g->mail ? NULL : new_mail(g, e);
	const char *class_name;
	status st;

	if (!m && !g->mail)
		return ecMemory;
	if (!m) {
		g->mail->failed = ecMemory;
		g->skipped++;
		return ecNone;
	}
	g->mail = m;
	g->object = &m->o;
	st = keep_object(g, &m->o, e->props);
	if (st)
		return fail(g, st);
	class_name = view_text(&m->view, PidTagMessageClass);
	if (class_name)
		m->class_name = class_name;
	return ecNone;
}

static bool matters_of_recipient(uint16_t id)
{
	static const uint32_t tags[] = {
		PidTagRecipientType, PidTagDisplayName, PidTagAddressType, PidTagEmailAddress, PidTagSmtpAddress, PidTagEntryId,
		PidTagRecipientDisplayName, PidTagRecipientTrackStatus, PidTagRecipientFlags, PidTagTransmittableDisplayName,
	};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (tag_id(tags[i]) == id)
			return true;
	return false;
}

static status keep_recipient(struct gather *g, const struct bag *props)
{
	struct mail_recipient *r = arena_zalloc(&g->arena, sizeof *r);
	size_t n = 0;

	if (!r)
		return ecMemory;
	bag_init(&r->props, &g->arena);
	for (size_t i = 0; i < props->n; i++)
		n += matters_of_recipient(prop_id(&props->v[i]));
	r->props.v = arena_array(&g->arena, n ? n : 1, sizeof *r->props.v);
	if (!r->props.v)
		return ecMemory;
	r->props.cap = n;
	for (size_t i = 0; i < props->n; i++) {
		const struct prop *p = &props->v[i];
		bool fits = matters_of_recipient(prop_id(p)) && !prop_is_list(p->tag) && !(p->flags & PROP_LARGE);

		if (fits && bag_copy(&r->props, p))
			return ecMemory;
	}
	*g->mail->last_recipient = r;
	g->mail->last_recipient = &r->next;
	return ecNone;
}

status gather_recipient(struct gather *g, const struct bag *props)
{
	return failed(g) ? ecNone : fail(g, keep_recipient(g, props));
}

status gather_attachment_begin(struct gather *g, const struct attachment_event *e)
{
	struct mail_attachment *a;

	if (failed(g))
		return ecNone;
	a = arena_zalloc(&g->arena, sizeof *a);
	if (!a)
		return fail(g, ecMemory);
	*g->mail->last_attachment = a;
	g->mail->last_attachment = &a->next;
	g->mail->newest = a;
	g->object = &a->o;
	return fail(g, keep_object(g, &a->o, e->props));
}

void gather_attachment_end(struct gather *g)
{
	if (g->mail && !g->skipped)
		g->object = &g->mail->o;
}

void gather_message_end(struct gather *g, const struct extent *content)
{
	struct mail *m = g->mail, *parent;
	struct mail_attachment *a;
	uint64_t sum;

	if (g->skipped) {
		g->skipped--;
		return;
	}
	parent = m->parent;
	sum = m->digest;
	arena_rewind(&g->arena, m->mark);
	g->mail = parent;
	if (!parent) {
		g->object = NULL;
		spool_rewind(g->spool, 0);
		spool_rewind(g->mails, 0);
		return;
	}
	digest(parent, bytes_of(&sum, sizeof sum));
	a = parent->newest;
	g->object = a ? &a->o : &parent->o;
	if (a && content) {
		a->message = *content;
		a->has_message = true;
	}
}

bool gather_exhausted(const struct gather *g)
{
	/* No text that is asked for is larger than this; so while there is as much, none was refused. */
	return g->arena.budget - g->arena.used < 4 * ITEM_INLINE_MAX;
}
