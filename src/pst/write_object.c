/* Objects with properties: opening, translating what the source has into what this store writes, large values, closing. */
#include "base/utf16.h"
#include "pst/writer_private.h"

#include <stdlib.h>

/* Named properties ----------------------------------------------------------------------------------------- */

/* The id under which the store has the property that the source calls `id`. */
static status map_id(struct pst_writer *w, uint16_t id, uint16_t *out)
{
	bool named = id >= NAMED_ID_FIRST && id <= NAMED_ID_LAST;
	uint16_t *known = named ? &w->remap[id - NAMED_ID_FIRST] : NULL;
	const struct prop_name *name = named && !*known && w->source_names ? name_map_name(w->source_names, id) : NULL;

	if (name) {
		/* The source's number where it is free, so that most stay as they were. */
		status s = name_map_id(w->names, name) ? ecNone : name_map_add(w->names, id, name);

		if (s && s != ecDuplicateName)
			return s;
		s = name_map_assign(w->names, name, known);
		if (s)
			return reason_set(&w->file.why, s, "more named properties than a store can have");
	}
	/* An id without a name keeps its number, though nobody knows what it means. */
	*out = known && *known ? *known : id;
	return ecNone;
}

/* Text ----------------------------------------------------------------------------------------------------- */

/* Unicode when the code page explains every byte; else the text stays as it is. */
static bool to_unicode(struct bytes text, unsigned codepage, struct arena *arena, struct bytes *out)
{
	CLEANUP_BUF struct buf utf8 = BUF_MAX(text.n * 4 + 16);
	CLEANUP_BUF struct buf utf16 = BUF_MAX(text.n * 4 + 16);

	codepage_to_utf8(codepage, text, &utf8);
	if (utf8.failed || (utf8.n && memmem(utf8.p, utf8.n, "\xEF\xBF\xBD", 3)))
		return false;
	utf16_from_utf8(buf_bytes(&utf8), &utf16);
	*out = bytes_of(utf16.failed ? NULL : arena_memdup(arena, utf16.p, utf16.n), utf16.n);
	return out->p != NULL;
}

static void convert_string(struct prop *p, unsigned codepage, struct arena *arena)
{
	struct bytes text;

	if (prop_type(p) == PT_STRING8 && to_unicode(p->value, codepage, arena, &text)) {
		p->tag = tag_make(prop_id(p), PT_UNICODE);
		p->value = text;
		p->size = text.n;
	} else if (prop_type(p) == (MV_FLAG | PT_STRING8)) {
		struct bytes *list = arena_array(arena, p->count ? p->count : 1, sizeof *list);

		for (uint32_t i = 0; i < p->count; i++)
			if (!list || !to_unicode(p->values[i], codepage, arena, &list[i]))
				return;
		p->tag = tag_make(prop_id(p), MV_FLAG | PT_UNICODE);
		p->values = list;
	}
}

#define TAG_ID_CODEPAGE 0x3FFD

status object_translate(struct pst_writer *w, struct open_object *o, const struct bag *props, struct bag *out)
{
	o->codepage = bag_u32(props, TAG_ID_CODEPAGE, o->codepage);
	bag_init(out, &o->arena);
	for (size_t i = 0; i < props->n; i++) {
		struct prop p = props->v[i];
		uint16_t id = prop_id(&p);
		status s = map_id(w, id, &id);

		if (s)
			return s;
		p.tag = tag_make(id, prop_type(&p));
		if (w->convert_text && !(p.flags & PROP_LARGE))
			convert_string(&p, o->codepage, &o->arena);
		if (!bag_append(out, &p))
			return ecMemory;
	}
	return ecNone;
}

/* Errors --------------------------------------------------------------------------------------------------- */

status writer_error(struct pst_writer *w, status s)
{
	if (!s)
		return ecNone;
	if (!w->file.why.text[0] && s == ecMemory)
		reason_write(&w->file.why, "out of memory");
	else if (!w->file.why.text[0])
		reason_write(&w->file.why, "the store could not be written (0x%08x)", s);
	w->sink.why = w->file.why;
	return s;
}

/* An item that the format cannot hold is that item's failure; a full disk is everybody's. */
status writer_item_error(struct pst_writer *w, status s)
{
	if (!s || !w->depth || (s != ecTooBig && s != ecTooComplex && s != ecMemory))
		return writer_error(w, s);
	w->failed = true;
	w->item_why = w->file.why;
	if (!w->item_why.text[0])
		reason_write(&w->item_why, s == ecMemory ? "the item needs more memory than any item may" :
							   "the item is larger than the format allows");
	w->file.why.text[0] = '\0';
	return ecNone;
}

status writer_expect(struct pst_writer *w, bool here)
{
	return here ? ecNone : reason_set(&w->file.why, ecInvalidParam, "an event of an item where there can be none");
}

/* Objects -------------------------------------------------------------------------------------------------- */

status object_begin(struct pst_writer *w, enum object_kind kind, pst_nid nid, const struct bag *props, struct bag *translated)
{
	struct open_object *o = calloc(1, sizeof *o);

	if (!o)
		return ecMemory;
	arena_init(&o->arena, OBJECT_ARENA_MAX);
	o->codepage = w->top ? w->top->codepage : w->codepage;
	o->outer = w->top;
	o->kind = kind;
	o->nid = nid;
	bag_init(&o->cells, &o->arena);
	w->top = o;
	status s = pc_writer_init(&o->pc, &w->file);
	if (!s)
		s = object_translate(w, o, props, translated);
	if (!s)
		s = pc_writer_add_bag(&o->pc, translated);
	for (size_t i = 0; !s && i < translated->n; i++)
		o->size += translated->v[i].size;
	return s;
}

static void table_free(struct tc_writer **t)
{
	if (*t)
		tc_writer_free(*t);
	free(*t);
	*t = NULL;
}

void object_close(struct pst_writer *w)
{
	struct open_object *o = w->top;

	w->top = o->outer;
	pc_writer_free(&o->pc);
	recipients_free(o->recipients);
	table_free(&o->attachments);
	table_free(&o->hierarchy);
	table_free(&o->contents);
	table_free(&o->associated_contents);
	if (o->value)
		tree_writer_free(o->value);
	free(o->value);
	arena_free(&o->arena);
	free(o);
}

status object_set_bytes(struct open_object *o, uint32_t tag, struct bytes v)
{
	struct prop p = { .tag = tag, .count = 1, .size = v.n, .value = v };

	return pc_writer_add(&o->pc, &p);
}

status object_set_u32(struct open_object *o, uint32_t tag, uint32_t v)
{
	uint8_t le[4];

	put_le32(le, v);
	return object_set_bytes(o, tag, bytes_of(le, sizeof le));
}

status object_set_bool(struct open_object *o, uint32_t tag, bool v)
{
	uint8_t byte = v;

	return object_set_bytes(o, tag, bytes_of(&byte, 1));
}

status object_set_text(struct open_object *o, uint32_t tag, const char *v)
{
	struct bytes text = utf16_bytes(&o->arena, v);

	return text.p ? object_set_bytes(o, tag, text) : ecMemory;
}

status object_cells(struct open_object *o, const struct bag *props, const struct table_template *t)
{
	for (unsigned i = 0; i < t->n; i++) {
		const struct prop *p = bag_find(props, tag_id(t->tags[i]));

		if (p && p->tag == t->tags[i] && !(p->flags & PROP_LARGE) && bag_copy(&o->cells, p))
			return ecMemory;
	}
	return ecNone;
}

/* Tables ---------------------------------------------------------------------------------------------------- */

status table_begin(struct pst_writer *w, struct tc_writer **t, const struct table_template *template)
{
	if (*t)
		return ecNone;
	*t = malloc(sizeof **t);
	if (!*t)
		return ecMemory;
	status s = tc_writer_init(*t, &w->file, template->tags, template->n);
	if (s) {
		free(*t);
		*t = NULL;
		return s;
	}
	(*t)->copies = true;
	return ecNone;
}

status table_end(struct pst_writer *w, struct tc_writer **t, const struct table_template *template, pst_bid *data, pst_bid *sub)
{
	status s = table_begin(w, t, template);

	if (!s)
		s = tc_writer_finish(*t, data, sub);
	table_free(t);
	return s;
}

/* Large values -------------------------------------------------------------------------------------------------------- */

status writer_value_begin(struct item_sink *sink, const struct prop *p)
{
	struct pst_writer *w = (struct pst_writer *)sink;
	struct open_object *o = w->top;
	uint16_t id = prop_id(p);

	if (w->failed)
		return ecNone;
	status s = map_id(w, id, &id);
	if (s)
		return writer_item_error(w, s);
	o->value_tag = tag_make(id, prop_type(p));
	o->value = malloc(sizeof *o->value);
	if (!o->value)
		return writer_item_error(w, ecMemory);
	tree_writer_init(o->value, &w->file);
	return ecNone;
}

status writer_value_chunk(struct item_sink *sink, struct bytes chunk)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	if (w->failed)
		return ecNone;
	return writer_item_error(w, tree_writer_add(w->top->value, chunk));
}

static status end_value(struct pst_writer *w)
{
	struct open_object *o = w->top;
	pst_bid root;
	uint64_t size;
	status s = tree_writer_finish(o->value, &root, &size);

	return s ? s : pc_writer_add_tree(&o->pc, o->value_tag, root, size);
}

status writer_value_end(struct item_sink *sink, bool complete)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	(void)complete; /* what there is of a value is kept; the ledger tells that it is not whole */
	if (w->failed)
		return ecNone;
	status s = writer_item_error(w, end_value(w));
	tree_writer_free(w->top->value);
	free(w->top->value);
	w->top->value = NULL;
	return s;
}
