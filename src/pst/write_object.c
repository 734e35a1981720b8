/* Objects with properties: opening, translating what the source has into what this store writes, closing. */
#include "base/utf16.h"
#include "pst/writer_private.h"

#include <stdlib.h>

/* Named properties ----------------------------------------------------------------------------------------- */

static status map_id(struct pst_writer *w, uint16_t id, uint16_t *out)
{
	uint16_t *known = &w->remap[id - NAMED_ID_FIRST];
	const struct prop_name *name = w->source_names ? name_map_name(w->source_names, id) : NULL;

	if (!*known) {
		/* The source's number where it is free, so that most stay as they were; an id without a name keeps it anyway. */
		status s = !name || name_map_id(w->names, name) ? ecNone : name_map_add(w->names, id, name);

		if (s && s != ecDuplicateName)
			return s;
		if (name) {
			s = name_map_assign(w->names, name, known);
			if (s)
				return s;
		} else {
			*known = id;
		}
	}
	*out = *known;
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
	o->codepage = bag_u32(props, TAG_ID_CODEPAGE, w->codepage);
	bag_init(out, &o->arena);
	for (size_t i = 0; i < props->n; i++) {
		struct prop p = props->v[i];
		uint16_t id = prop_id(&p);

		if (id >= NAMED_ID_FIRST && id <= NAMED_ID_LAST) {
			status s = map_id(w, id, &id);

			if (s)
				return reason_set(&w->file.why, s, "more named properties than a store can have");
			p.tag = tag_make(id, prop_type(&p));
		}
		if (w->convert_text && !(p.flags & PROP_LARGE))
			convert_string(&p, o->codepage, &o->arena);
		if (!bag_append(out, &p))
			return ecMemory;
	}
	return ecNone;
}

/* Objects -------------------------------------------------------------------------------------------------- */

status object_begin(struct pst_writer *w, enum object_kind kind, pst_nid nid, const struct bag *props, struct bag *translated)
{
	struct open_object *o = calloc(1, sizeof *o);

	if (!o)
		return ecMemory;
	arena_init(&o->arena, OBJECT_ARENA_MAX);
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
