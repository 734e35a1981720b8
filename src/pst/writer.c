/* The sink: store and folders [MS-PST] 2.4.3, 2.4.4. Messages are in write_message.c. */
#include "pst/writer.h"

#include "base/map.h"
#include "pst/ltp.h"
#include "pst/writer_private.h"

#include <stdlib.h>

#define STORE_NAME "Postern"
#define TAG_PASSWORD 0x67FF0003u

/* The store ------------------------------------------------------------------------------------------------ */

/* Properties that are computed here, or that speak of the file they stood in. */
static void without(struct bag *props, const uint32_t *tags, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bag_remove(props, tag_id(tags[i]));
}

static status store_begin(struct item_sink *sink, const struct store_event *e)
{
	static const uint32_t own[] = { PidTagRecordKey, PidTagIpmSubTreeEntryId, PidTagIpmWastebasketEntryId, PidTagFinderEntryId,
					TAG_PASSWORD, 0x35DF0003 };
	struct pst_writer *w = (struct pst_writer *)sink;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(OBJECT_ARENA_MAX);
	struct bytes key = bag_bytes(e->props, tag_id(PidTagRecordKey));
	struct bag props, translated;

	w->source_names = e->names;
	w->codepage = e->codepage;
	w->convert_text = e->format && strncmp(e->format, "ANSI", 4) == 0;
	if (key.n == sizeof w->record_key.b) {
		memcpy(w->record_key.b, key.p, key.n);
		w->has_record_key = !guid_is_zero(&w->record_key);
	}
	/* All of the source's names first, so that ids stay as they were, whichever items come first. */
	for (uint32_t id = NAMED_ID_FIRST; e->names && (id = name_map_next(e->names, id)) != 0; id++) {
		status s = name_map_add(w->names, (uint16_t)id, name_map_name(e->names, (uint16_t)id));

		if (s && s != ecDuplicateName)
			return reason_set(&sink->why, s, "the names of properties could not be taken over");
	}
	bag_init(&props, &arena);
	for (size_t i = 0; i < e->props->n; i++)
		if (!bag_append(&props, &e->props->v[i]))
			return ecMemory;
	without(&props, own, sizeof own / sizeof *own);
	status s = object_begin(w, OBJECT_STORE, NID_MESSAGE_STORE, &props, &translated);
	if (s)
		sink->why = w->file.why;
	return s;
}

/* A record key for a source that has none: the same for the same content. */
static void derive_record_key(struct pst_writer *w)
{
	static const uint64_t keys[2][2] = { { 0x706F737465726E00, 1 }, { 0x706F737465726E00, 2 } };
	uint8_t state[32];

	put_le64(state, w->file.next_bid);
	put_le64(state + 8, w->file.at);
	put_le64(state + 16, w->file.blocks);
	put_le64(state + 24, w->nodes.n);
	put_le64(w->record_key.b, siphash24(keys[0], bytes_of(state, sizeof state)));
	put_le64(w->record_key.b + 8, siphash24(keys[1], bytes_of(state, sizeof state)));
}

/* EntryID of a folder of this store [MS-PST] 2.4.3.2 */
static status set_entry_id(struct pst_writer *w, uint32_t tag, pst_nid nid)
{
	uint8_t id[24] = { 0 };

	memcpy(id + 4, w->record_key.b, sizeof w->record_key.b);
	put_le32(id + 20, nid);
	return nid ? object_set_bytes(w->top, tag, bytes_of(id, sizeof id)) : ecNone;
}

static status end_store_object(struct pst_writer *w)
{
	struct open_object *o = w->top;
	pst_bid data, sub;

	if (!w->has_record_key)
		derive_record_key(w);
	status s = object_set_bytes(o, PidTagRecordKey, bytes_of(w->record_key.b, sizeof w->record_key.b));
	if (!s && !pc_writer_has(&o->pc, tag_id(PidTagDisplayName)))
		s = object_set_text(o, PidTagDisplayName, w->options.display_name ? w->options.display_name : STORE_NAME);
	if (!s)
		s = object_set_u32(o, 0x35DF0003, 0x89); /* IPM subtree, Deleted Items and search root are valid */
	if (!s)
		s = set_entry_id(w, PidTagIpmSubTreeEntryId, w->ipm_subtree);
	if (!s)
		s = set_entry_id(w, PidTagIpmWastebasketEntryId, w->wastebasket);
	if (!s)
		s = set_entry_id(w, PidTagFinderEntryId, w->finder);
	if (!s)
		s = object_set_u32(o, TAG_PASSWORD, 0);
	if (!s)
		s = pc_writer_finish(&o->pc, &data, &sub);
	return s ? s : node_writer_add(&w->nodes, NID_MESSAGE_STORE, data, sub, 0);
}

static status store_end(struct item_sink *sink)
{
	struct pst_writer *w = (struct pst_writer *)sink;
	pst_bid data, sub;
	status s = end_store_object(w);

	object_close(w);
	if (!s)
		s = names_write(w->names, &w->file, &data, &sub);
	if (!s)
		s = node_writer_add(&w->nodes, NID_NAME_TO_ID_MAP, data, sub, 0);
	if (!s)
		s = templates_write(&w->file, &w->nodes);
	w->ended = !s;
	if (s)
		sink->why = w->file.why;
	return s;
}

/* Folders ------------------------------------------------------------------------------------------------------ */

static pst_nid *role_nid(struct pst_writer *w, enum folder_role role)
{
	switch (role) {
	case FOLDER_ROOT:
		return &w->root;
	case FOLDER_IPM_SUBTREE:
		return &w->ipm_subtree;
	case FOLDER_WASTEBASKET:
		return &w->wastebasket;
	case FOLDER_FINDER:
		return &w->finder;
	default:
		return NULL;
	}
}

static status folder_nid(struct pst_writer *w, const struct folder_event *e, pst_nid *nid)
{
	unsigned type = e->role == FOLDER_SEARCH ? NID_TYPE_SEARCH_FOLDER : NID_TYPE_FOLDER;
	pst_nid wanted = w->options.keep_ids && e->id != NID_ROOT_FOLDER ? (pst_nid)e->id : 0;
	pst_nid *role = role_nid(w, e->role);

	if (e->role == FOLDER_ROOT && !w->root) {
		*nid = w->root = NID_ROOT_FOLDER;
		return node_writer_reserve(&w->nodes, NID_ROOT_FOLDER) ? ecNone : ecMemory;
	}
	status s = node_writer_take(&w->nodes, type, wanted, nid);
	if (!s && role && !*role)
		*role = *nid;
	return s;
}

static status begin_folder(struct pst_writer *w, const struct folder_event *e)
{
	static const uint32_t own[] = { PidTagContentCount, PidTagContentUnreadCount, PidTagSubfolders };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(OBJECT_ARENA_MAX);
	struct bag props, translated;
	pst_nid nid;
	status s = folder_nid(w, e, &nid);

	bag_init(&props, &arena);
	for (size_t i = 0; !s && i < e->props->n; i++)
		if (!bag_append(&props, &e->props->v[i]))
			s = ecMemory;
	without(&props, own, sizeof own / sizeof *own);
	if (!s)
		s = object_begin(w, OBJECT_FOLDER, nid, &props, &translated);
	if (!s && !bag_find(&translated, tag_id(PidTagDisplayName)))
		s = object_set_text(w->top, PidTagDisplayName, "");
	if (s)
		return s;
	w->top->role = e->role;
	return object_cells(w->top, &translated, &template_hierarchy);
}

static status write_criteria(struct pst_writer *w, pst_nid folder, const struct bag *criteria)
{
	struct bag translated;
	pst_bid data, sub;
	status s = object_begin(w, OBJECT_FOLDER, nid_sibling(folder, NID_TYPE_SEARCH_CRITERIA), criteria, &translated);

	if (!s)
		s = pc_writer_finish(&w->top->pc, &data, &sub);
	if (!s)
		s = node_writer_add(&w->nodes, w->top->nid, data, sub, 0);
	object_close(w);
	return s;
}

static status folder_begin(struct item_sink *sink, const struct folder_event *e)
{
	struct pst_writer *w = (struct pst_writer *)sink;
	status s = begin_folder(w, e);

	if (!s && e->role == FOLDER_SEARCH)
		s = e->search ? write_criteria(w, w->top->nid, e->search) :
				node_writer_add(&w->nodes, nid_sibling(w->top->nid, NID_TYPE_SEARCH_CRITERIA), 0, 0, 0);
	if (s)
		sink->why = w->file.why;
	return s;
}

struct folder_table {
	struct tc_writer **table;
	const struct table_template *template;
	unsigned type;
};

static status write_tables(struct pst_writer *w, struct open_object *o)
{
	const struct folder_table tables[] = {
		{ &o->hierarchy, &template_hierarchy, NID_TYPE_HIERARCHY_TABLE },
		{ &o->contents, &template_contents, NID_TYPE_CONTENTS_TABLE },
		{ &o->associated_contents, &template_associated, NID_TYPE_ASSOC_CONTENTS_TABLE },
	};
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof tables / sizeof *tables; i++) {
		pst_bid data, sub;

		s = table_end(w, tables[i].table, tables[i].template, &data, &sub);
		if (!s)
			s = node_writer_add(&w->nodes, nid_sibling(o->nid, tables[i].type), data, sub, 0);
	}
	return s;
}

/* A search folder has links, which this writer does not make: its search has to run again. */
static status write_search_tables(struct pst_writer *w, struct open_object *o)
{
	pst_bid data;
	status s = template_table(&w->file, &template_search_contents, &data);

	if (!s)
		s = node_writer_add(&w->nodes, nid_sibling(o->nid, NID_TYPE_SEARCH_CONTENTS_TABLE), data, 0, 0);
	return s ? s : node_writer_add(&w->nodes, nid_sibling(o->nid, NID_TYPE_SEARCH_UPDATE_QUEUE), 0, 0, 0);
}

static status set_counts(struct open_object *o)
{
	status s = bag_set_u32(&o->cells, PidTagContentCount, o->n_messages);

	if (!s)
		s = bag_set_u32(&o->cells, PidTagContentUnreadCount, o->n_unread);
	if (!s)
		s = bag_set_bool(&o->cells, PidTagSubfolders, o->n_children > 0);
	if (!s)
		s = object_set_u32(o, PidTagContentCount, o->n_messages);
	if (!s)
		s = object_set_u32(o, PidTagContentUnreadCount, o->n_unread);
	return s ? s : object_set_bool(o, PidTagSubfolders, o->n_children > 0);
}

/* A row in the table of the folder above; the root has none. */
static status enter_into_parent(struct pst_writer *w, struct open_object *o)
{
	struct open_object *parent = o->outer;

	if (parent->kind != OBJECT_FOLDER)
		return ecNone;
	parent->n_children++;
	status s = table_begin(w, &parent->hierarchy, &template_hierarchy);
	return s ? s : tc_writer_add(parent->hierarchy, o->nid, &o->cells);
}

/* What every store has and this source did not: below the root, before it ends. */
static status add_missing_folder(struct pst_writer *w, enum folder_role role, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct folder_event e = { .role = role };
	struct bag props;

	bag_init(&props, &arena);
	e.props = &props;
	status s = bag_set_text(&props, PidTagDisplayName, name);
	if (!s)
		s = item_folder_begin(&w->sink, &e);
	if (!s && role == FOLDER_IPM_SUBTREE && !w->wastebasket)
		s = add_missing_folder(w, FOLDER_WASTEBASKET, "Deleted Items");
	return s ? s : item_folder_end(&w->sink);
}

static status add_missing_folders(struct pst_writer *w)
{
	status s = w->ipm_subtree ? ecNone : add_missing_folder(w, FOLDER_IPM_SUBTREE, "Top of Personal Folders");

	if (!s && !w->wastebasket)
		s = add_missing_folder(w, FOLDER_WASTEBASKET, "Deleted Items");
	return s || w->finder ? s : add_missing_folder(w, FOLDER_FINDER, "Search Root");
}

static status end_folder(struct pst_writer *w)
{
	struct open_object *o = w->top;
	pst_nid parent = o->outer->kind == OBJECT_FOLDER ? o->outer->nid : o->nid;
	pst_bid data, sub;
	status s = set_counts(o);

	if (!s)
		s = o->role == FOLDER_SEARCH ? write_search_tables(w, o) : write_tables(w, o);
	if (!s)
		s = pc_writer_finish(&o->pc, &data, &sub);
	if (!s)
		s = node_writer_add(&w->nodes, o->nid, data, sub, parent);
	return s ? s : enter_into_parent(w, o);
}

static status folder_end(struct item_sink *sink)
{
	struct pst_writer *w = (struct pst_writer *)sink;
	status s = w->top->nid == NID_ROOT_FOLDER ? add_missing_folders(w) : ecNone;

	if (!s)
		s = end_folder(w);
	if (s) {
		sink->why = w->file.why;
		return s;
	}
	object_close(w);
	return ecNone;
}

/* The writer ------------------------------------------------------------------------------------------------------ */

static const struct item_sink_ops ops = {
	.store_begin = store_begin,
	.store_end = store_end,
	.folder_begin = folder_begin,
	.folder_end = folder_end,
	.message_begin = writer_message_begin,
	.message_end = writer_message_end,
	.recipient = writer_recipient,
	.attachment_begin = writer_attachment_begin,
	.attachment_end = writer_attachment_end,
	.value_begin = writer_value_begin,
	.value_chunk = writer_value_chunk,
	.value_end = writer_value_end,
};

status pst_writer_new(struct output *out, const struct pst_writer_options *options, struct pst_writer **writer, struct reason *why)
{
	struct pst_writer *w = calloc(1, sizeof *w);

	if (!w)
		return reason_set(why, ecMemory, "out of memory");
	w->sink.ops = &ops;
	w->options = *options;
	w->out = out;
	w->names = name_map_new();
	w->remap = calloc(NAMED_ID_LAST - NAMED_ID_FIRST + 1, sizeof *w->remap);
	status s = w->names && w->remap ? file_writer_init(&w->file, out, options->encryption) : ecMemory;
	if (!s)
		s = node_writer_init(&w->nodes, &w->file, output_path(out));
	if (s) {
		(void)reason_set(why, s, "%s", s == ecMemory ? "out of memory" : w->file.why.text);
		pst_writer_free(w);
		return s;
	}
	templates_reserve(&w->nodes);
	*writer = w;
	return ecNone;
}

struct item_sink *pst_writer_sink(struct pst_writer *w)
{
	return &w->sink;
}

status pst_writer_finish(struct pst_writer *w, struct reason *why)
{
	uint32_t next_nid[32];
	struct file_root nbt;

	if (!w->ended)
		return reason_set(why, ecInvalidParam, "the transfer did not reach its end");
	status s = node_writer_finish(&w->nodes, &nbt, next_nid);
	if (!s)
		s = file_writer_finish(&w->file, &nbt, next_nid, w->options.as_ost);
	return s ? reason_set(why, s, "%s", w->file.why.text) : ecNone;
}

void pst_writer_free(struct pst_writer *w)
{
	if (!w)
		return;
	while (w->top)
		object_close(w);
	node_writer_free(&w->nodes);
	name_map_free(w->names);
	free(w->remap);
	free(w);
}
