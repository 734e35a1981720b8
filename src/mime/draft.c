#include "mime/draft.h"

#include "base/utf16.h"
#include "mime/mail_in.h"

void draft_init(struct draft *d, struct reading *r, unsigned depth)
{
	*d = (struct draft){ .r = r, .depth = depth };
	bag_init(&d->o.props, &r->arena);
	d->last_recipient = &d->recipients;
	d->last_attachment = &d->attachments;
}

static void check(struct draft *d, status st)
{
	if (st && !d->failed)
		d->failed = st;
}

/* Setters --------------------------------------------------------------------------------------------- */

void draft_text(struct draft *d, uint32_t tag, const char *utf8)
{
	struct bytes v;
	uint64_t from;

	if (!utf8 || !*utf8)
		return;
	v = utf16_bytes(&d->r->arena, utf8);
	if (!v.p) {
		check(d, ecMemory);
		return;
	}
	if (v.n <= ITEM_INLINE_MAX) {
		check(d, bag_set(&d->o.props, &(struct prop){ .tag = tag, .count = 1, .size = v.n, .value = v }));
		return;
	}
	from = spool_end(d->r->spool);
	check(d, spool_add(d->r->spool, v));
	draft_extent(d, tag, &(struct extent){ spool_since(d->r->spool, from).in, from, v.n });
}

void draft_u32(struct draft *d, uint32_t tag, uint32_t v)
{
	check(d, bag_set_u32(&d->o.props, tag, v));
}

void draft_time(struct draft *d, uint32_t tag, uint64_t filetime)
{
	if (filetime)
		check(d, bag_set_u64(&d->o.props, tag, filetime));
}

void draft_bool(struct draft *d, uint32_t tag, bool v)
{
	check(d, bag_set_bool(&d->o.props, tag, v));
}

void draft_bytes(struct draft *d, uint32_t tag, struct bytes v)
{
	if (v.n)
		check(d, bag_set_bytes(&d->o.props, tag, v));
}

static void set_inline(struct draft *d, uint32_t tag, const struct extent *x)
{
	uint8_t *p = arena_alloc(&d->r->arena, (size_t)x->n + 1);
	size_t got = 0;

	if (!p) {
		check(d, ecMemory);
		return;
	}
	check(d, extent_read(x, 0, p, (size_t)x->n, &got));
	check(d, bag_set(&d->o.props, &(struct prop){ .tag = tag, .count = 1, .size = got, .value = bytes_of(p, got) }));
}

void draft_extent(struct draft *d, uint32_t tag, const struct extent *x)
{
	struct prop p = { .tag = tag, .flags = PROP_LARGE, .count = 1, .size = x->n };

	if (x->n <= ITEM_INLINE_MAX) {
		set_inline(d, tag, x);
		return;
	}
	if (d->o.later_count == LATER_MAX) {
		check(d, ecTooComplex);
		return;
	}
	d->o.later[d->o.later_count++] = (struct later){ tag, *x };
	check(d, bag_set(&d->o.props, &p));
}

static uint32_t assign(struct draft *d, const struct prop_name *name, uint16_t type)
{
	uint16_t id = 0;

	check(d, name_map_assign(d->r->names, name, &id));
	return tag_make(id, type);
}

uint32_t draft_named(struct draft *d, const struct guid *set, uint32_t lid, uint16_t type)
{
	return assign(d, &(struct prop_name){ .set = *set, .lid = lid }, type);
}

uint32_t draft_string_named(struct draft *d, const struct guid *set, const char *name, uint16_t type)
{
	struct bytes text = utf16_bytes(&d->r->arena, name);

	return assign(d, &(struct prop_name){ .set = *set, .by_string = true, .string = text }, type);
}

void draft_list(struct draft *d, uint32_t tag, const char *const *texts, size_t n)
{
	struct bytes *list = arena_array(&d->r->arena, n ? n : 1, sizeof *list);

	if (!n)
		return;
	for (size_t i = 0; list && i < n; i++) {
		list[i] = utf16_bytes(&d->r->arena, texts[i]);
		if (!list[i].p)
			list = NULL;
	}
	if (!list) {
		check(d, ecMemory);
		return;
	}
	check(d, bag_set(&d->o.props, &(struct prop){ .tag = tag, .count = (uint32_t)n, .values = list }));
}

struct draft_recipient *draft_add_recipient(struct draft *d, uint32_t type, const char *name, const char *address)
{
	struct draft_recipient *r = arena_zalloc(&d->r->arena, sizeof *r);

	if (!r) {
		check(d, ecMemory);
		return NULL;
	}
	r->type = type;
	r->name = name;
	r->address = address;
	*d->last_recipient = r;
	d->last_recipient = &r->next;
	d->recipient_count++;
	return r;
}

struct draft_attachment *draft_add_attachment(struct draft *d)
{
	struct draft_attachment *a = arena_zalloc(&d->r->arena, sizeof *a);

	if (!a) {
		check(d, ecMemory);
		return NULL;
	}
	bag_init(&a->props, &d->r->arena);
	a->props.v = arena_array(&d->r->arena, 16, sizeof *a->props.v);
	a->props.cap = a->props.v ? 16 : 0;
	*d->last_attachment = a;
	d->last_attachment = &a->next;
	check(d, bag_set_u32(&a->props, PidTagAttachNumber, d->attachment_count++));
	return a;
}

void draft_drop_attachments(struct draft *d)
{
	d->attachments = NULL;
	d->last_attachment = &d->attachments;
	d->attachment_count = 0;
}

/* Emission -------------------------------------------------------------------------------------------- */

static status chunk(void *context, struct bytes piece)
{
	return item_value_chunk(context, piece);
}

static status emit_large(struct draft *d, uint32_t tag, const struct extent *x)
{
	struct prop p = { .tag = tag, .flags = PROP_LARGE, .count = 1, .size = x->n };
	status st = item_value_begin(d->r->sink, &p);

	if (!st)
		st = extent_each(x, chunk, d->r->sink);
	return st ? st : item_value_end(d->r->sink, true);
}

static status emit_recipient(struct draft *d, const struct draft_recipient *from)
{
	struct arena_mark mark = arena_mark(&d->r->arena);
	struct bag props;
	status st;

	bag_init(&props, &d->r->arena);
	st = bag_set_u32(&props, PidTagRecipientType, from->type);
	if (!st)
		st = bag_set_u32(&props, PidTagObjectType, 6); /* a mail user */
	if (!st)
		st = bag_set_u32(&props, PidTagDisplayType, 0);
	if (!st && from->flags)
		st = bag_set_u32(&props, PidTagRecipientFlags, from->flags);
	if (!st && from->track)
		st = bag_set_u32(&props, PidTagRecipientTrackStatus, from->track);
	draft_person(d, &props, &person_of_recipient, from->name, from->address);
	if (!st)
		st = d->failed;
	if (!st)
		st = item_recipient(d->r->sink, &props);
	arena_rewind(&d->r->arena, mark);
	return st;
}

static status into_spool(void *context, struct bytes piece)
{
	return spool_add(context, piece);
}

static status emit_by_value(struct draft *d, struct draft_attachment *a, const struct extent *data)
{
	struct reading *r = d->r;
	bool large = data->n > ITEM_INLINE_MAX;
	struct prop p = { .tag = PidTagAttachDataBinary, .flags = large ? PROP_LARGE : 0, .count = 1, .size = data->n };
	uint8_t *bytes = large ? NULL : arena_alloc(&r->arena, (size_t)data->n + 1);
	struct attachment_event event = { .id = 0, .props = &a->props };
	size_t got = 0;
	status st = bag_set_u32(&a->props, PidTagAttachMethod, ATTACH_BY_VALUE);

	if (!st && !large)
		st = bytes ? extent_read(data, 0, bytes, (size_t)data->n, &got) : ecMemory;
	p.value = bytes_of(bytes, got);
	if (!st)
		st = bag_set_u32(&a->props, PidTagAttachSize, (uint32_t)(data->n < UINT32_MAX ? data->n : UINT32_MAX));
	if (!st)
		st = bag_set(&a->props, &p);
	if (!st)
		st = item_attachment_begin(r->sink, &event);
	if (!st && large)
		st = emit_large(d, PidTagAttachDataBinary, data);
	return st ? st : item_attachment_end(r->sink);
}

static status emit_embedded(struct draft *d, struct draft_attachment *a, const struct extent *data)
{
	struct attachment_event event = { .id = 0, .props = &a->props };
	status st = bag_set_u32(&a->props, PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE);

	if (!st)
		st = bag_set_u32(&a->props, PidTagAttachSize, (uint32_t)(data->n < UINT32_MAX ? data->n : UINT32_MAX));
	if (!st)
		st = item_attachment_begin(d->r->sink, &event);
	if (!st)
		st = mail_emit(d->r, data, d->depth + 1, NULL);
	return st ? st : item_attachment_end(d->r->sink);
}

static status emit_attachment(struct draft *d, struct draft_attachment *a)
{
	struct reading *r = d->r;
	struct arena_mark mark = arena_mark(&r->arena);
	uint64_t spool_mark = spool_end(r->spool);
	struct extent data = a->data;
	status st = ecNone;

	if (a->encoding != PART_IDENTITY) {
		st = content_decode(&a->data, a->encoding, into_spool, r->spool);
		data = spool_since(r->spool, spool_mark);
	}
	/* Deeper than items nest, a message stays as it is written. */
	if (!st && a->is_message && d->depth + 1 < ITEM_DEPTH_MAX)
		st = emit_embedded(d, a, &data);
	else if (!st)
		st = emit_by_value(d, a, &data);
	arena_rewind(&r->arena, mark);
	spool_rewind(r->spool, spool_mark);
	return st;
}

static status emit_parts(struct draft *d)
{
	status st = ecNone;

	for (size_t i = 0; i < d->o.later_count && !st; i++)
		st = emit_large(d, d->o.later[i].tag, &d->o.later[i].data);
	for (const struct draft_recipient *r = d->recipients; r && !st; r = r->next)
		st = emit_recipient(d, r);
	for (struct draft_attachment *a = d->attachments; a && !st; a = a->next)
		st = emit_attachment(d, a);
	return st;
}

static status report_cuts(struct draft *d)
{
	status st = ecNone;

	if (d->parts_cut)
		st = reading_problem(d->r, PROBLEM_FLAGGED, d->id, ecTooComplex,
				     "too many parts or header fields: the rest is kept as one part, or in the header's text");
	if (!st && d->recipients_cut)
		st = reading_problem(d->r, PROBLEM_RECIPIENTS, d->id, ecTooBig, "too many recipients");
	return st;
}

status draft_emit(struct draft *d)
{
	struct message_event event = { .id = d->id, .embedded = d->depth > 0, .depth = d->depth, .confidence = 100,
				       .props = &d->o.props };
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	status st = d->failed;

	if (!st)
		st = item_message_begin(d->r->sink, &event);
	if (!st)
		st = report_cuts(d);
	if (!st)
		st = emit_parts(d);
	return st ? st : item_message_end(d->r->sink, &result);
}

status reading_problem(struct reading *r, enum problem_kind kind, uint64_t id, status code, const char *text)
{
	struct item_problem p = { .kind = kind, .id = id, .count = 1, .code = code, .text = text };

	return item_problem(r->sink, &p);
}
