/* The sink: store and folders [MS-PST] 2.4.3, 2.4.4. Messages are in write_message.c. */
#include "pst/writer.h"

#include "base/map.h"
#include "pst/ltp.h"
#include "pst/writer_private.h"

#include <stdlib.h>

#define STORE_NAME "Postern"
#define TAG_PASSWORD 0x67FF0003u
#define TAG_VALID_FOLDERS 0x35DF0003u
#define TAG_SEARCH_FLAGS 0x660B0003u
#define VALID_FOLDERS 0x89u /* IPM subtree, Deleted Items and search root are valid */

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
					TAG_PASSWORD, TAG_VALID_FOLDERS };
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
			return writer_error(w, s);
	}
	bag_init(&props, &arena);
	for (size_t i = 0; i < e->props->n; i++)
		if (!bag_append(&props, &e->props->v[i]))
			return writer_error(w, ecMemory);
	w->valid_folders = bag_u32(&props, tag_id(TAG_VALID_FOLDERS), 0) | VALID_FOLDERS;
	without(&props, own, sizeof own / sizeof *own);
	return writer_error(w, object_begin(w, OBJECT_STORE, NID_MESSAGE_STORE, &props, &translated));
}

/* A record key for a source that has none: the same for the same content. */
static void derive_record_key(struct pst_writer *w)
{
	static const uint64_t keys[2][2] = { { 0x706F737465726E00, 1 }, { 0x706F737465726E00, 2 } };
	uint8_t state[24];

	put_le64(state, w->file.digest);
	put_le64(state + 8, w->file.next_bid);
	put_le64(state + 16, w->nodes.n);
	for (unsigned i = 0; i < 2; i++)
		put_le64(w->record_key.b + 8 * (size_t)i, siphash24(keys[i], bytes_of(state, sizeof state)));
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
		s = object_set_u32(o, TAG_VALID_FOLDERS, w->valid_folders);
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

/* The source's id; else, for the folders everybody knows, the one that Outlook gives them. */
static pst_nid wanted_nid(const struct pst_writer *w, const struct folder_event *e)
{
	if (w->options.keep_ids && e->id && e->id <= UINT32_MAX && e->id != NID_ROOT_FOLDER)
		return (pst_nid)e->id;
	switch (e->role) {
	case FOLDER_IPM_SUBTREE:
		return 0x8022;
	case FOLDER_FINDER:
		return 0x8042;
	case FOLDER_WASTEBASKET:
		return 0x8062;
	default:
		return 0;
	}
}

static status folder_nid(struct pst_writer *w, const struct folder_event *e, pst_nid *nid)
{
	unsigned type = e->role == FOLDER_SEARCH ? NID_TYPE_SEARCH_FOLDER : NID_TYPE_FOLDER;
	pst_nid *role = role_nid(w, e->role);

	if (e->role == FOLDER_ROOT && !w->root) {
		*nid = w->root = NID_ROOT_FOLDER;
		return node_writer_reserve(&w->nodes, NID_ROOT_FOLDER) ? ecNone : ecMemory;
	}
	status s = node_writer_take(&w->nodes, type, wanted_nid(w, e), nid);
	if (!s && role && !*role)
		*role = *nid;
	return s;
}

static status begin_folder_at(struct pst_writer *w, const struct folder_event *e, pst_nid nid)
{
	static const uint32_t own[] = { PidTagContentCount, PidTagContentUnreadCount, PidTagSubfolders };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(OBJECT_ARENA_MAX);
	struct bag props, translated;
	status s = ecNone;

	bag_init(&props, &arena);
	for (size_t i = 0; !s && i < e->props->n; i++)
		if (!bag_append(&props, &e->props->v[i]))
			s = ecMemory;
	without(&props, own, sizeof own / sizeof *own);
	if (!s)
		s = object_begin(w, OBJECT_FOLDER, nid, &props, &translated);
	if (!s && !bag_find(&translated, tag_id(PidTagDisplayName))) {
		s = bag_set_text(&translated, PidTagDisplayName, "");
		if (!s)
			s = object_set_text(w->top, PidTagDisplayName, "");
	}
	if (s)
		return s;
	w->top->role = e->role;
	return object_cells(w->top, &translated, &template_hierarchy);
}

static status begin_folder(struct pst_writer *w, const struct folder_event *e)
{
	pst_nid nid = 0;
	status s = folder_nid(w, e, &nid);

	return s ? s : begin_folder_at(w, e, nid);
}

/* What a search folder looks for. [MS-PST] 2.4.8.6.4 */
static status write_criteria(struct pst_writer *w, const struct bag *criteria)
{
	struct bag translated;
	pst_nid nid = nid_sibling(w->top->nid, NID_TYPE_SEARCH_CRITERIA);
	pst_bid data, sub;
	status s = object_begin(w, OBJECT_FOLDER, nid, criteria, &translated);

	if (!s)
		s = pc_writer_finish(&w->top->pc, &data, &sub);
	if (!s)
		s = node_writer_add(&w->nodes, nid, data, sub, 0);
	object_close(w);
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
	if (!s)
		s = enter_into_parent(w, o);
	if (!s)
		object_close(w);
	return s;
}

static status begin_made_folder(struct pst_writer *w, enum folder_role role, const char *name)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct folder_event e = { .role = role };
	struct bag props;

	bag_init(&props, &arena);
	e.props = &props;
	status s = bag_set_text(&props, PidTagDisplayName, name);
	return s ? s : begin_folder(w, &e);
}

static status close_folder(struct pst_writer *w);

/* What every store has and this source did not. */
static status make_folder(struct pst_writer *w, enum folder_role role, const char *name)
{
	status s = begin_made_folder(w, role, name);

	return s ? s : close_folder(w);
}

/* The search that Outlook keeps in every store, without results [MS-PST] 2.7.3.4.4. */
static status make_spam_search(struct pst_writer *w)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct folder_event e = { .role = FOLDER_SEARCH };
	struct bag props, criteria;

	bag_init(&props, &arena);
	bag_init(&criteria, &arena);
	e.props = &props;
	status s = bag_set_text(&props, PidTagDisplayName, "SPAM Search Folder 2");
	if (!s)
		s = bag_set_u32(&criteria, TAG_SEARCH_FLAGS, 0);
	if (!s)
		s = begin_folder_at(w, &e, NID_SPAM_SEARCH_FOLDER);
	if (!s)
		s = write_criteria(w, &criteria);
	return s ? s : end_folder(w);
}

/* Ends a folder, after what Outlook expects to find in it. */
static status close_folder(struct pst_writer *w)
{
	enum folder_role role = w->top->nid == w->root ? FOLDER_ROOT : w->top->role;
	status s = ecNone;

	if (role == FOLDER_ROOT && !w->ipm_subtree)
		s = make_folder(w, FOLDER_IPM_SUBTREE, "Top of Personal Folders");
	if (!s && !w->wastebasket && (role == FOLDER_ROOT || w->top->nid == w->ipm_subtree))
		s = make_folder(w, FOLDER_WASTEBASKET, "Deleted Items");
	if (!s && role == FOLDER_ROOT && !w->finder)
		s = make_folder(w, FOLDER_FINDER, "Search Root");
	if (!s && role == FOLDER_ROOT && node_writer_reserve(&w->nodes, NID_SPAM_SEARCH_FOLDER))
		s = make_spam_search(w);
	return s ? s : end_folder(w);
}

/*
 * A folder that the source has at its top is one below the root here, and, where the source knows no root, below
 * the IPM subtree, where people look for it.  Root and subtree stay open for the next until the store ends.
 */
static status begin_above(struct pst_writer *w, enum folder_role role)
{
	bool below_subtree = role != FOLDER_ROOT && role != FOLDER_IPM_SUBTREE && role != FOLDER_FINDER;
	status s = ecNone;

	if (w->folder_depth || (role == FOLDER_ROOT && !w->root))
		return ecNone;
	if (!w->root)
		s = begin_made_folder(w, FOLDER_ROOT, "");
	if (!s && w->top->nid == w->root && below_subtree && !w->ipm_subtree)
		s = begin_made_folder(w, FOLDER_IPM_SUBTREE, "Top of Personal Folders");
	return s;
}

static status folder_begin(struct item_sink *sink, const struct folder_event *e)
{
	struct pst_writer *w = (struct pst_writer *)sink;
	status s = begin_above(w, e->role);

	if (!s)
		s = begin_folder(w, e);
	if (!s && e->role == FOLDER_SEARCH)
		s = e->search ? write_criteria(w, e->search) :
				node_writer_add(&w->nodes, nid_sibling(w->top->nid, NID_TYPE_SEARCH_CRITERIA), 0, 0, 0);
	w->folder_depth++;
	return writer_error(w, s);
}

static status folder_end(struct item_sink *sink)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	if (--w->folder_depth == 0 && w->top->nid == w->root)
		return ecNone;
	return writer_error(w, close_folder(w));
}

static status end_store(struct pst_writer *w)
{
	pst_bid data, sub;
	status s = end_store_object(w);

	object_close(w);
	if (!s)
		s = names_write(w->names, &w->file, &data, &sub);
	if (!s)
		s = node_writer_add(&w->nodes, NID_NAME_TO_ID_MAP, data, sub, 0);
	return s ? s : templates_write(&w->file, &w->nodes);
}

/* Folders that a source leaves out stay open until here: see folder_begin. */
static status store_end(struct item_sink *sink)
{
	struct pst_writer *w = (struct pst_writer *)sink;
	status s = w->root ? ecNone : begin_made_folder(w, FOLDER_ROOT, "");

	while (!s && w->top->kind == OBJECT_FOLDER)
		s = close_folder(w);
	if (!s && w->top->kind != OBJECT_STORE)
		s = reason_set(&w->file.why, ecInvalidParam, "the store ended inside a message");
	if (!s)
		s = end_store(w);
	w->ended = !s;
	return writer_error(w, s);
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
