/* Open messages: opened, changed, saved. */
#include "server/message_private.h"

#include "base/utf16.h"
#include "store/folder_limits.h"

#include <stdlib.h>

#define DEFAULT_CODEPAGE 1252u
#define INFO_BUDGET ((size_t)1 << 20)

/* Objects ------------------------------------------------------------------------------------------------------------- */

struct message_object *message_object_of(struct object *o)
{
	return (struct message_object *)o;
}

struct object *message_object_base(struct message_object *m)
{
	return &m->object;
}

uint64_t message_object_id(const struct message_object *m)
{
	return m->id;
}

bool message_object_associated(const struct message_object *m)
{
	return m->associated;
}

bool message_object_embedded(const struct message_object *m)
{
	return m->object.parent != NULL;
}

bool message_object_writable(const struct message_object *m)
{
	return m->writable;
}

bool message_object_spoil(struct message_object *m)
{
	/* An upload says of a message what it will be, a client that makes one what it was elsewhere. */
	m->spoilt = m->spoilt || (m->id && !m->import);
	return m->spoilt;
}

bool message_object_spoilt(const struct message_object *m)
{
	return m->spoilt;
}

const struct message_part *message_object_part(const struct message_object *m)
{
	return m->part;
}

status message_object_set_codepage(struct message_object *m, unsigned codepage)
{
	if (codepage && !codepage_name(codepage))
		return ecUnknownCodePage;
	m->codepage = codepage;
	return ecNone;
}

unsigned object_codepage(const struct object *o)
{
	for (const struct object *at = o; at; at = at->parent)
		if (at->kind == OBJECT_MESSAGE && ((const struct message_object *)at)->codepage)
			return ((const struct message_object *)at)->codepage;
	return o->session && o->session->client.codepage ? o->session->client.codepage : DEFAULT_CODEPAGE;
}

status object_charge_all(struct object *o, size_t bytes)
{
	if (bytes > o->charged)
		return object_charge(o, bytes - o->charged);
	object_discharge(o, o->charged - bytes);
	return ecNone;
}

static void import_end(struct message_object *m)
{
	if (m->import)
		m->import->free(m->import_context);
	m->import = NULL;
	m->import_context = NULL;
}

void message_object_free(struct object *o)
{
	struct message_object *m = message_object_of(o);

	message_part_unref(m->part);
	part_builder_free(m->builder);
	import_end(m);
	free(m->touched);
	free(m);
}

static struct message_object *make(struct logon *l, struct object *parent)
{
	struct message_object *m = calloc(1, sizeof *m);

	if (m)
		object_init(&m->object, OBJECT_MESSAGE, &message_class, l, parent);
	return m;
}

/* Changes ------------------------------------------------------------------------------------------------------------- */

bool message_touched(const struct message_object *m, uint16_t id)
{
	for (size_t i = 0; i < m->n_touched; i++)
		if (m->touched[i] == id)
			return true;
	return false;
}

status message_touch(struct message_object *m, uint16_t id)
{
	m->changed = true;
	if (message_touched(m, id))
		return ecNone;
	if (m->n_touched == m->cap_touched) {
		size_t cap = m->cap_touched ? 2 * m->cap_touched : 16;
		uint16_t *v = reallocarray(m->touched, cap, sizeof *v);

		if (!v)
			return ecMemory;
		m->touched = v;
		m->cap_touched = cap;
	}
	m->touched[m->n_touched++] = id;
	return ecNone;
}

status message_object_change(struct message_object *m, bool structure, struct message_part **out)
{
	status s = m->writable ? message_part_own(&m->part) : ecAccessDenied;

	if (s)
		return s;
	m->changed = true;
	m->structure = m->structure || structure;
	*out = m->part;
	return ecNone;
}

status message_object_changed(struct message_object *m)
{
	return object_charge_all(&m->object, sizeof *m + message_part_cost(m->part));
}

static void settled(struct message_object *m)
{
	m->changed = m->structure = false;
	m->n_touched = 0;
}

/* Opening ------------------------------------------------------------------------------------------------------------- */

static status read_part(struct mailbox *mb, uint64_t id, struct message_part **out)
{
	struct item_result unused = { .outcome = OUTCOME_WRITTEN };
	struct part_builder *b;
	status s = part_builder_new(&b);

	if (s)
		return s;
	s = message_outline(mb, id, part_builder_sink(b), part_builder_place, &unused);
	if (!s)
		*out = part_builder_take(b);
	part_builder_free(b);
	return s;
}

status message_object_reload(struct message_object *m)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct mailbox *mb = logon_mailbox(m->object.logon);
	struct message_part *part = NULL;
	struct message_info info;
	status s = message_info(mb, m->id, &arena, &info);

	if (!s)
		s = read_part(mb, m->id, &part);
	if (s)
		return s;
	message_part_unref(m->part);
	m->part = part;
	m->folder = info.folder;
	m->cn = info.cn;
	m->associated = info.associated;
	m->deleted = info.deleted;
	settled(m);
	return message_object_changed(m);
}

status message_object_open(struct logon *l, struct object *folder, uint64_t folder_id, uint64_t id, bool writable,
			   struct message_object **out)
{
	struct message_object *m = make(l, NULL);
	status s = m ? ecNone : ecMemory;

	(void)folder;
	if (s)
		return s;
	m->id = id;
	s = message_object_reload(m);
	if (!s && m->folder != folder_id)
		s = ecNotFound;
	m->writable = writable;
	if (s)
		object_unref(&m->object);
	else
		*out = m;
	return s;
}

status message_object_new(struct logon *l, uint64_t folder_id, bool associated, struct message_object **out)
{
	struct message_object *m = make(l, NULL);
	status s = m ? message_part_new(&m->part) : ecMemory;

	if (!s) {
		m->folder = folder_id;
		m->associated = associated;
		m->writable = m->changed = m->structure = true;
		s = message_begin_new(m, &m->part->props);
	}
	if (!s)
		s = message_object_changed(m);
	if (s && m)
		object_unref(&m->object);
	if (!s)
		*out = m;
	return s;
}

status attachment_object_embedded(struct attachment_object *a, bool create, bool writable, struct message_object **out)
{
	const struct message_object *around = (const struct message_object *)a->object.parent;
	struct message_object *m;
	status s;

	if (!a->part->embedded && !create)
		return ecNotFound;
	m = make(a->object.logon, &a->object);
	if (!m)
		return ecMemory;
	m->folder = around->folder;
	m->writable = writable || !a->part->embedded;
	if (a->part->embedded) {
		m->part = message_part_ref(a->part->embedded);
		s = ecNone;
	} else {
		s = message_part_new(&m->part);
		m->changed = m->structure = true;
		if (!s)
			s = message_begin_new(m, &m->part->props);
	}
	if (!s)
		s = message_object_changed(m);
	if (s)
		object_unref(&m->object);
	else
		*out = m;
	return s;
}

/* As events -------------------------------------------------------------------------------------------------------------- */

status message_object_emit(struct message_object *m, struct item_sink *sink)
{
	struct item_result unused = { .outcome = OUTCOME_WRITTEN };

	return message_part_emit(m->part, logon_mailbox(m->object.logon), m->id, m->associated, 0, sink, &unused);
}

/* What an upload says is all there is: the object takes it over when it is saved or asked for. */
static status take_upload(struct message_object *m)
{
	struct message_part *built = m->builder ? part_builder_take(m->builder) : NULL;

	if (!built)
		return ecNone;
	message_part_unref(m->part);
	m->part = built;
	m->changed = m->structure = true;
	return message_object_changed(m);
}

status message_object_sink(struct message_object *m, struct item_sink **out)
{
	status s = m->builder ? ecNone : part_builder_new(&m->builder);

	if (s)
		return s;
	part_builder_reset(m->builder);
	*out = part_builder_sink(m->builder);
	return ecNone;
}

/* Saving ----------------------------------------------------------------------------------------------------------------- */

/* Into the attachment that holds it; that is to be saved too. */
static status save_embedded(struct message_object *m)
{
	struct attachment_object *a = (struct attachment_object *)m->object.parent;
	struct attachment_part *part;
	status s = message_part_own(&m->part);

	if (!s && m->changed)
		s = message_stamp(m, &m->part->props);
	if (!s)
		s = attachment_object_change(a, &part);
	if (s)
		return s;
	message_part_unref(part->embedded);
	part->embedded = message_part_ref(m->part);
	if (property_set_u32(&part->props, tag_id(PidTagAttachMethod), ATTACH_NONE) == ATTACH_NONE)
		s = property_set_put_u32(&part->props, PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE);
	settled(m);
	return s ? s : attachment_object_changed(a);
}

/* Room in the mailbox, or in the public folder: what grows must fit, what shrinks always may. */
static status may_grow(struct message_object *m, uint64_t before, uint64_t now)
{
	struct mailbox *mb = logon_mailbox(m->object.logon);
	struct quota_usage usage;
	status s;

	if (m->object.logon->public_store)
		return folder_limits_verdict(mb, m->folder, before, now);
	if (now <= before)
		return ecNone;
	s = quota_usage(mb, &usage);
	return s ? s : quota_verdict(&m->object.logon->person.quota, &usage, QUOTA_SAVE, now - before, NULL);
}

static status write_whole(struct message_object *m, const struct message_options *o, uint64_t before)
{
	struct mailbox *mb = logon_mailbox(m->object.logon);
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_writer *w;
	struct message_info info;
	uint64_t id = 0;
	status s = message_writer_new(mb, m->folder, o, &w);

	if (s)
		return s;
	s = message_part_emit(m->part, mb, m->id, m->associated, 0, message_writer_sink(w), &result);
	if (!s && result.outcome == OUTCOME_WRITTEN) {
		s = message_writer_info(w, &info);
		if (!s)
			s = may_grow(m, before, info.size);
	}
	if (!s)
		s = message_writer_finish(w, &id);
	message_writer_free(w);
	if (!s)
		m->id = id;
	return s;
}

/* Of a message whose recipients and attachments stay, only what was touched is written. */
static status write_touched(struct message_object *m)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)512 << 20);
	struct mailbox *mb = logon_mailbox(m->object.logon);
	uint16_t *gone = arena_array(&arena, m->n_touched + 1, sizeof *gone);
	size_t n = 0, bytes = 0;
	struct bag set;
	status s = gone ? ecNone : ecMemory;

	bag_init(&set, &arena);
	for (size_t i = 0; !s && i < m->n_touched; i++) {
		struct prop p;

		s = property_set_value(&m->part->props, m->touched[i], mb, &arena, &p);
		if (s == ecNotFound) {
			gone[n++] = m->touched[i];
			s = ecNone;
			continue;
		}
		bytes += s || prop_is_list(p.tag) ? 0 : p.value.n;
		if (!s && !bag_append(&set, &p))
			s = ecMemory;
	}
	/* Little things, a flag or a category, are set in a full mailbox too. */
	if (!s && bytes > ITEM_INLINE_MAX)
		s = may_grow(m, 0, bytes);
	return s ? s : message_set(mb, m->id, &set, gone, n);
}

/* Is it still what was opened? */
static status still_there(struct message_object *m, bool force, uint64_t *size)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct message_info info;
	status s = message_info(logon_mailbox(m->object.logon), m->id, &arena, &info);

	if (s == ecNotFound || (!s && info.folder != m->folder))
		return ecObjectDeleted;
	if (!s && info.cn != m->cn && !force)
		return ecObjectModified;
	if (!s)
		*size = info.size;
	return s;
}

static status save_within(struct message_object *m, const struct message_save *how)
{
	struct message_options o = how->options ? *how->options : (struct message_options){ .associated = m->associated };
	uint64_t before = 0;
	bool upload = how->options != NULL;
	status s = m->id && !upload ? still_there(m, how->force, &before) : ecNone;

	if (s || (m->id && !upload && !m->changed))
		return s;
	s = message_part_own(&m->part);
	if (!s && !upload)
		s = message_stamp(m, &m->part->props);
	if (s)
		return s;
	if (m->id && !m->structure && !upload)
		return write_touched(m);
	if (!o.codepage)
		o.codepage = object_codepage(&m->object);
	if (!upload) {
		o.replaces = m->id;
		o.deleted = m->deleted;
	}
	return write_whole(m, &o, before);
}

/* What a client made while it was away: as it says, or not at all. */
static status save_imported(struct message_object *m)
{
	struct mailbox *mb = logon_mailbox(m->object.logon);
	struct message_options o = { .associated = m->associated };
	bool discard = false;
	status s = m->import->prepare(m->import_context, mb, &o, &discard);

	if (!s && !discard)
		s = save_within(m, &(struct message_save){ .options = &o });
	return s ? s : m->import->written(m->import_context, mb);
}

void message_object_import(struct message_object *m, const struct message_import_ops *ops, void *context)
{
	import_end(m);
	m->import = ops;
	m->import_context = context;
}

/* The version that it is now; values that were read from the store may stand elsewhere. */
static status after_save(struct message_object *m, bool whole)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(INFO_BUDGET);
	struct message_info info;
	status s;

	if (whole && message_part_has_big(m->part))
		return message_object_reload(m);
	s = message_info(logon_mailbox(m->object.logon), m->id, &arena, &info);
	if (s)
		return s;
	m->cn = info.cn;
	settled(m);
	return message_object_changed(m);
}

status message_object_save(struct message_object *m, const struct message_save *how)
{
	struct mailbox *mb = logon_mailbox(m->object.logon);
	bool mine = !mailbox_in_transaction(mb), whole = !m->id || m->structure || how->options || m->import;
	uint64_t id = m->id;
	status s = take_upload(m);

	if (!s && message_object_embedded(m))
		return save_embedded(m);
	if (!s && mine)
		s = mailbox_begin(mb);
	if (s)
		return s;
	s = m->import ? save_imported(m) : save_within(m, how);
	if (!s && mine)
		s = mailbox_commit(mb);
	if (s) {
		m->id = id;
		if (mine)
			mailbox_rollback(mb);
		return s;
	}
	import_end(m);
	return after_save(m, whole || m->structure);
}
