/* Where the folders of a source go, and what they bring. */
#include "base/utf16.h"
#include "store/schema.h"
#include "store/sink_private.h"

#define WORK_BUDGET (3 * FOLDER_PROPERTIES_MAX)
#define NAMELESS "(no name)"

static status no_memory(struct mailbox_sink *s)
{
	return reason_set(&s->m->why, ecMemory, "out of memory");
}

/* What the source's special folders are --------------------------------------------------------------------------- */

/* The node id in an entry id of a .pst. [MS-PST] 2.4.3.2 */
static uint64_t entry_id_node(const struct bag *props, uint16_t id)
{
	struct bytes b = bag_bytes(props, id);

	return b.n == 24 ? le32(b.p + 20) : 0;
}

/* [MS-OXOSFLD] 2.2.2, 2.2.3: of the store, of its root and its inbox. */
static void take_special(struct mailbox_sink *s, const struct bag *props)
{
	static const struct {
		uint16_t id;
		enum mailbox_role role;
	} known[] = {
		{ PidTagIpmOutboxEntryId >> 16, MAILBOX_OUTBOX },
		{ PidTagIpmSentMailEntryId >> 16, MAILBOX_SENT_ITEMS },
		{ PidTagIpmAppointmentEntryId >> 16, MAILBOX_CALENDAR },
		{ PidTagIpmContactEntryId >> 16, MAILBOX_CONTACTS },
		{ PidTagIpmJournalEntryId >> 16, MAILBOX_JOURNAL },
		{ PidTagIpmNoteEntryId >> 16, MAILBOX_NOTES },
		{ PidTagIpmTaskEntryId >> 16, MAILBOX_TASKS },
		{ PidTagIpmDraftsEntryId >> 16, MAILBOX_DRAFTS },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		uint64_t node = entry_id_node(props, known[i].id);

		if (node)
			s->special[known[i].role] = node;
	}
}

/* The folder that knows where the calendar is is the root or the inbox. */
static bool is_inbox(const struct bag *props)
{
	return entry_id_node(props, PidTagIpmAppointmentEntryId >> 16) != 0;
}

static enum mailbox_role role_of(const struct mailbox_sink *s, const struct folder_event *e, uint64_t parent)
{
	switch (e->role) {
	case FOLDER_ROOT:
		return MAILBOX_ROOT;
	case FOLDER_IPM_SUBTREE:
		return MAILBOX_IPM_SUBTREE;
	case FOLDER_WASTEBASKET:
		return MAILBOX_DELETED_ITEMS;
	case FOLDER_FINDER:
		return MAILBOX_FINDER;
	case FOLDER_PLAIN:
		break;
	default:
		return MAILBOX_PLAIN;
	}
	if (parent != s->m->roles[MAILBOX_IPM_SUBTREE])
		return MAILBOX_PLAIN;
	for (unsigned role = 1; e->id && role < MAILBOX_ROLES; role++)
		if (s->special[role] == e->id)
			return (enum mailbox_role)role;
	return is_inbox(e->props) ? MAILBOX_INBOX : MAILBOX_PLAIN;
}

/* Names ------------------------------------------------------------------------------------------------------------- */

/* A name that a folder can have: not empty, not too long. */
static const char *fitting_name(struct mailbox_sink *s, const struct bag *props, struct arena *arena)
{
	char *name = bag_text(props, tag_id(PidTagDisplayName), s->codepage, arena);
	size_t n = FOLDER_NAME_MAX - 16; /* room for a number */

	if (!name || !*name)
		return NAMELESS;
	if (strnlen(name, n + 1) <= n)
		return name;
	while (n && ((uint8_t)name[n] & 0xC0) == 0x80)
		n--;
	name[n] = '\0';
	return name;
}

/* Is the name, as the mailbox will say it, what the source said? */
static bool says_the_same(const struct prop *p, const char *name, struct arena *arena)
{
	struct bytes again = utf16_bytes(arena, name);

	return prop_type(p) == PT_UNICODE && bytes_equal(p->value, again);
}

static bool is_used(const struct mailbox_sink *s, uint64_t id)
{
	return map_get_u64(&s->used, id) != NULL;
}

/* Properties ---------------------------------------------------------------------------------------------------------- */

/* What a mailbox knows by itself, or what is only true in the file. */
static bool left_out(bool of_store, uint16_t id)
{
	static const uint16_t of_folder[] = { PidTagContentCount >> 16, PidTagContentUnreadCount >> 16, PidTagSubfolders >> 16,
					      0x67F2, 0x67F3 };

	if (of_store)
		return (id >= 0x35DF && id <= 0x35E7) || id == 0x67FF || id == 0x0FF9 || id == 0x67F2 || id == 0x67F3;
	for (size_t i = 0; i < sizeof of_folder / sizeof *of_folder; i++)
		if (of_folder[i] == id)
			return true;
	return false;
}

/* Appends one to a list at rest. `has` are those that are in it; `replace` is not possible there: first come, first kept. */
static status append(struct mailbox_sink *s, struct buf *out, const struct bag *has, const struct prop *p)
{
	const struct name_map *known;
	struct prop as;
	status st = content_translate(&s->translator, p, &as, &known);

	if (!st && !bag_find(has, prop_id(&as)))
		ft_put_prop(out, &as, known);
	if (!st && out->failed)
		return reason_set(&s->m->why, ecTooBig, "a folder with more than %zu bytes of properties", FOLDER_PROPERTIES_MAX);
	return st;
}

static status append_all(struct mailbox_sink *s, struct buf *out, const struct bag *has, const struct bag *props, bool of_store,
			 bool without_name)
{
	status st = ecNone;

	for (size_t i = 0; !st && i < props->n; i++) {
		const struct prop *p = &props->v[i];

		if (p->flags & PROP_LARGE || left_out(of_store, prop_id(p)) || (without_name && prop_id(p) == tag_id(PidTagDisplayName)))
			continue;
		st = append(s, out, has, p);
	}
	return st;
}

static status load_list(struct mailbox_sink *s, uint64_t folder, struct buf *raw, struct bag *bag)
{
	CLEANUP_STATEMENT struct sql_statement *st =
		folder ? sql_prepare(s->m->db, "SELECT properties FROM folder WHERE id = $1") :
			 sql_prepare(s->m->db, "SELECT bytes FROM meta WHERE name = 'properties'");
	bool row = false;

	if (folder)
		bind_u64(st, 1, folder);
	status code = sql_step(st, &row);
	if (code)
		return mailbox_error(s->m, code);
	if (!row)
		return ecNone;
	struct bytes b = sql_blob(st, 0);
	buf_add(raw, b.p, b.n);
	return raw->failed ? no_memory(s) : content_decode_bag(s->m, b, bag);
}

static status save_list(struct mailbox_sink *s, uint64_t folder, struct bytes list)
{
	struct sql_statement *st;

	if (!folder)
		return mailbox_error(s->m, meta_set_bytes(s->m->db, "properties", list));
	st = sql_prepare(s->m->db, "UPDATE folder SET properties = $1 WHERE id = $2");
	sql_bind_blob(st, 1, list);
	bind_u64(st, 2, folder);
	return mailbox_error(s->m, sql_run(st));
}

/* Adds to the list of a folder, or (0) of the store, what is not in it. */
static status add_to_list(struct mailbox_sink *s, uint64_t folder, const struct bag *props, bool without_name, bool *changed)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_BUDGET);
	CLEANUP_BUF struct buf list = BUF_MAX(FOLDER_PROPERTIES_MAX);
	struct bag has;

	bag_init(&has, &arena);
	status st = load_list(s, folder, &list, &has);
	size_t before = list.n;
	if (!st)
		st = append_all(s, &list, &has, props, folder == 0, without_name);
	*changed = list.n != before;
	return st || !*changed ? st : save_list(s, folder, buf_bytes(&list));
}

status sink_add_property(struct mailbox_sink *s, const struct prop *p)
{
	const struct bag one = { .v = (struct prop *)p, .n = 1 };
	bool changed = false;

	if (!s->depth && s->options.folder)
		return ecNone;
	return add_to_list(s, s->depth ? s->stack[s->depth - 1].id : 0, &one, false, &changed);
}

status sink_take_store(struct mailbox_sink *s, const struct bag *props)
{
	bool changed = false;

	take_special(s, props);
	return s->options.folder ? ecNone : add_to_list(s, 0, props, false, &changed);
}

/* Finding the folder ---------------------------------------------------------------------------------------------------- */

struct place {
	uint64_t id;
	bool made;
	const char *name; /* as the source has it, fitting */
};

/* A child of that name that no other folder of the source has found; else one is made, under a name that is free. */
static status child_of_name(struct mailbox_sink *s, uint64_t parent, const struct folder_event *e, struct arena *arena,
			    struct place *place)
{
	const char *class_name = bag_text(e->props, tag_id(PidTagContainerClass), s->codepage, arena);
	struct folder_options options = { .class_name = class_name ? class_name : "", .is_search = e->role == FOLDER_SEARCH };
	const char *name = place->name;

	for (unsigned n = 2; name; n++) {
		struct folder f = { .id = 0 };
		status st = folder_by_name(s->m, parent, name, &place->id);

		if (st == ecNotFound) {
			place->made = true;
			return folder_create(s->m, parent, name, &options, &place->id);
		}
		if (!st)
			st = folder_get(s->m, place->id, arena, &f);
		if (st || (!is_used(s, place->id) && f.is_search == options.is_search))
			return st;
		name = arena_printf(arena, "%s (%u)", place->name, n);
	}
	return no_memory(s);
}

static status find_place(struct mailbox_sink *s, const struct folder_event *e, struct arena *arena, struct place *place)
{
	uint64_t base = s->options.folder ? s->options.folder : s->m->roles[MAILBOX_ROOT];
	uint64_t parent = s->depth ? s->stack[s->depth - 1].id : base;
	enum mailbox_role role = role_of(s, e, parent);

	if (!s->depth && role == MAILBOX_PLAIN && !s->options.folder)
		parent = s->m->roles[MAILBOX_IPM_SUBTREE]; /* a source without a root */
	if (s->options.folder) {
		if (role == MAILBOX_ROOT || role == MAILBOX_IPM_SUBTREE) {
			place->id = parent;
			return ecNone;
		}
		role = MAILBOX_PLAIN;
	}
	if (role != MAILBOX_PLAIN && !is_used(s, s->m->roles[role])) {
		place->id = s->m->roles[role];
		return ecNone;
	}
	return child_of_name(s, parent, e, arena, place);
}

/* Giving it what it brings ------------------------------------------------------------------------------------------------ */

/* A special folder that nobody has touched takes the name, where no brother has it. */
static status take_name(struct mailbox_sink *s, const struct folder *f, const char *name, bool *taken)
{
	uint64_t other = 0;
	status st = folder_by_name(s->m, f->parent, name, &other);

	*taken = false;
	if (f->id == f->parent)
		return ecNone;
	if (st && st != ecNotFound)
		return st;
	*taken = st == ecNotFound || other == f->id;
	return *taken ? folder_set_name(s->m, f->id, name) : ecNone;
}

static status take_class(struct mailbox_sink *s, const struct folder *f, const struct folder_event *e, struct arena *arena)
{
	const char *class_name = bag_text(e->props, tag_id(PidTagContainerClass), s->codepage, arena);
	struct sql_statement *st;

	if (!class_name || !*class_name)
		return ecNone;
	st = sql_prepare(s->m->db, "UPDATE folder SET class = $1 WHERE id = $2");
	sql_bind_text(st, 1, class_name);
	bind_u64(st, 2, f->id);
	return mailbox_error(s->m, sql_run(st));
}

static status take_criteria(struct mailbox_sink *s, uint64_t folder, const struct bag *criteria)
{
	CLEANUP_BUF struct buf list = BUF_MAX(FOLDER_PROPERTIES_MAX);
	const struct bag none = { .n = 0 };
	struct sql_statement *st;
	status code = append_all(s, &list, &none, criteria, false, false);

	if (code)
		return code;
	st = sql_prepare(s->m->db, "UPDATE folder SET criteria = $1 WHERE id = $2");
	sql_bind_blob(st, 1, buf_bytes(&list));
	bind_u64(st, 2, folder);
	return mailbox_error(s->m, sql_run(st));
}

static status furnish(struct mailbox_sink *s, const struct folder_event *e, const struct place *place, struct arena *arena)
{
	const struct prop *name = bag_find(e->props, tag_id(PidTagDisplayName));
	struct folder f;
	bool named = true, changed = false;
	status st = folder_get(s->m, place->id, arena, &f);

	if (st)
		return st;
	bool fresh = place->made || !f.touched;
	s->stack[s->depth - 1].fresh = fresh;
	if (!fresh)
		return add_to_list(s, f.id, e->props, true, &changed);
	if (!place->made)
		st = take_name(s, &f, place->name, &named);
	if (!st && !place->made)
		st = take_class(s, &f, e, arena);
	if (!st)
		st = folder_get(s->m, place->id, arena, &f);
	if (!st)
		st = add_to_list(s, f.id, e->props, name && named && says_the_same(name, f.name, arena), &changed);
	if (!st && e->search)
		st = take_criteria(s, f.id, e->search);
	return st ? st : folder_changed(s->m, &f, CHANGE_FOLDER_MODIFIED, f.parent);
}

status sink_enter_folder(struct mailbox_sink *s, const struct folder_event *e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_BUDGET);
	struct place place = { .id = 0 };
	status st = ecNone;

	if (s->depth > ITEM_FOLDER_DEPTH_MAX)
		return reason_set(&s->m->why, ecTooComplex, "folders nest deeper than %d", ITEM_FOLDER_DEPTH_MAX);
	if (e->role == FOLDER_ROOT || e->role == FOLDER_PLAIN)
		take_special(s, e->props);
	place.name = fitting_name(s, e->props, &arena);
	st = find_place(s, e, &arena, &place);
	if (!st && map_put_u64(&s->used, place.id, 1))
		st = no_memory(s);
	if (st)
		return st;
	s->stack[s->depth++] = (struct sink_folder){ .id = place.id, .source_id = e->id };
	st = s->options.folder && place.id == s->options.folder ? ecNone : furnish(s, e, &place, &arena);
	if (!st && s->options.folder_found)
		s->options.folder_found(s->options.context, e->id, place.id);
	return st;
}
