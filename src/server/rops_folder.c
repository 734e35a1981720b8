/* Folders opened, made, deleted, moved, copied and emptied ([MS-OXCFOLD] 2.2.1, 3.2.5). */
#include "rop/rops_folder.h"

#include "base/utf16.h"
#include "server/folder_delete.h"
#include "server/folder_object.h"
#include "server/public_store.h"
#include "server/rop_call.h"
#include "store/folder.h"
#include "store/rule.h"

#define ecSearchFolder 0x00000460u
#define ecFolderCycle  0x8004060Bu
#define CODEPAGE_USUAL 1252u

enum { FOLDER_TYPE_GENERIC = 1, FOLDER_TYPE_SEARCH = 2 };

enum { DEL_MESSAGES = 0x01, DEL_FOLDERS = 0x04, DELETE_HARD_DELETE = 0x10 };

/* What several of them need -------------------------------------------------------------------------------------------- */

/* A name as the client gave it, as UTF-8. NULL without memory. */
static const char *name_of(struct rop_call *c, bool unicode, struct bytes wide, struct bytes narrow)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4 * FOLDER_NAME_MAX);
	unsigned codepage = c->session->client.codepage;

	if (unicode)
		return utf16_text(c->arena, wide);
	codepage_to_utf8(codepage ? codepage : CODEPAGE_USUAL, narrow, &b);
	return b.failed || !b.n ? "" : arena_strndup(c->arena, (const char *)b.p, b.n);
}

/*
 * A folder that whoever asks may see: others are not there.  The root is there for all whom the store has let in: it is from there that they find what they may
 * see (RopSynchronizationConfigure), and what is in it is not theirs thereby.
 */
static status visible_folder(struct rop_call *c, uint64_t wire_id, struct folder *out)
{
	uint32_t rights = 0;
	uint64_t id;
	status s;

	if (!id_to_counter(wire_id, &id))
		return ecNotFound;
	s = folder_get(logon_mailbox(c->logon), id, c->arena, out);
	if (!s)
		s = logon_rights(c->logon, id, &rights);
	return s                                                         ? s
	       : rights & (RIGHT_VISIBLE | RIGHT_READ_ANY | RIGHT_OWNER) || out->role == MAILBOX_ROOT ? ecNone
												      : ecNotFound;
}

static status own_folder(struct rop_call *c, struct folder *out)
{
	return folder_get(logon_mailbox(c->logon), folder_object_id(c->object), c->arena, out);
}

static status commit(struct rop_call *c, status s)
{
	struct mailbox *m = logon_mailbox(c->logon);

	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

static status open_it(struct rop_call *c, uint64_t id, struct rop_existing_folder *out)
{
	struct object *o = NULL;
	size_t rules = 0;
	status s = rule_count(logon_mailbox(c->logon), id, &rules);

	if (!s)
		s = folder_object_new(c->logon, id, &o);
	if (s)
		return s;
	if (out)
		out->has_rules = rules > 0;
	rop_call_open(c, o);
	return ecNone;
}

/* Opening and making ---------------------------------------------------------------------------------------------------- */

static status open_folder(struct rop_call *c)
{
	const struct rop_open_folder_request *r = c->request;
	struct rop_existing_folder state = { .has_rules = 0 };
	struct rop_open_folder_response *a = c->response;
	struct folder f;
	status s = visible_folder(c, r->folder_id, &f);

	if (!s)
		s = open_it(c, f.id, &state);
	a->has_rules = state.has_rules;
	return s;
}

/* Who makes a folder in somebody else's store owns it. */
static status own_it(struct rop_call *c, uint64_t id)
{
	const struct person *who = &c->session->user;
	CLEANUP_BUF struct buf entryid = BUF_MAX(MEMBER_ENTRYID_MAX);
	struct mailbox *m = logon_mailbox(c->logon);
	struct permission p = { .person = who->guid,
				.name = who->display_name,
				.rights = RIGHTS_ALL },
			  old;
	uint64_t member;
	status s;

	if (c->logon->owner)
		return ecNone;
	s = person_entryid(who, &entryid);
	p.entryid = buf_bytes(&entryid);
	if (s)
		return s;
	s = permission_of(m, id, &who->guid, c->arena, &old);
	if (!s)
		return permission_set(m, id, old.member, RIGHTS_ALL);
	return s == ecNotFound ? permission_add(m, id, &p, &member) : s;
}

static status make_folder(struct rop_call *c, uint64_t parent, const char *name,
			  const char *comment, bool is_search, uint64_t *id)
{
	struct folder_options o = { .class_name = "IPF.Note", .is_search = is_search };
	struct mailbox *m = logon_mailbox(c->logon);
	struct bag props;
	status s = logon_may(c->logon, parent, RIGHT_CREATE_SUBFOLDER);

	if (s)
		return s;
	s = mailbox_begin(m);
	if (!s)
		s = folder_create(m, parent, name, &o, id);
	bag_init(&props, c->arena);
	/* Also an empty one: the client says that there is none ([MS-OXCFOLD] 2.2.2.2.2.2). */
	if (!s)
		s = bag_set_text(&props, PidTagComment, comment);
	if (!s)
		s = folder_set(m, *id, &props, NULL, 0);
	if (!s)
		s = own_it(c, *id);
	return commit(c, s);
}

static status create_folder(struct rop_call *c)
{
	const struct rop_create_folder_request *r = c->request;
	struct rop_create_folder_response *a = c->response;
	const char *name = name_of(c, r->use_unicode_strings, r->display_name, r->display_name_8);
	const char *comment = name_of(c, r->use_unicode_strings, r->comment, r->comment_8);
	uint64_t parent = folder_object_id(c->object), id = 0;
	struct folder f;
	status s;

	if (!name || !comment)
		return ecMemory;
	if ((r->folder_type != FOLDER_TYPE_GENERIC && r->folder_type != FOLDER_TYPE_SEARCH) ||
	    !*name)
		return ecInvalidParam;
	if (r->folder_type == FOLDER_TYPE_SEARCH && c->logon->public_store)
		return ecNotSupported;
	s = own_folder(c, &f);
	if (!s)
		s = folder_by_name(logon_mailbox(c->logon), parent, name, &id);
	if (s == ecNotFound && !id)
		s = make_folder(c, parent, name, comment, r->folder_type == FOLDER_TYPE_SEARCH,
				&id);
	else if (!s)
		s = r->open_existing ? visible_folder(c, id_from_counter(id), &f) : ecDuplicateName;
	if (!s)
		s = open_it(c, id, NULL);
	a->folder_id = id_from_counter(id);
	return s;
}

/* Deleting ---------------------------------------------------------------------------------------------------------------- */

/* Without the bits for them nothing of a folder with messages or subfolders is deleted, and that is no error. */
static bool is_kept(const struct folder *f, unsigned flags)
{
	return (!(flags & DEL_MESSAGES) && !f->is_search && f->items + f->associated) ||
	       (!(flags & DEL_FOLDERS) && f->children);
}

/* Bits of DeleteFolderFlags that mean nothing are ignored, as Exchange does ([MS-OXCFOLD] 6, <15>). */
static status delete_folder(struct rop_call *c)
{
	const struct rop_delete_folder_request *r = c->request;
	struct rop_delete_folder_response *a = c->response;
	bool partial = false;
	struct folder f;
	status s;

	s = visible_folder(c, r->folder_id, &f);
	if (s)
		return s;
	if (f.role == MAILBOX_ROOT)
		return ecNotSupported;
	s = f.role == MAILBOX_PLAIN ? logon_may(c->logon, f.id, RIGHT_OWNER) : ecAccessDenied;
	if (s)
		return rop_call_refused(c, s, sizeof *a, offsetof(struct rop_delete_folder_response, partial_completion));
	if (is_kept(&f, r->delete_folder_flags)) {
		a->partial_completion = 1;
		return ecNone;
	}
	s = mailbox_begin(logon_mailbox(c->logon));
	if (!s)
		s = folder_delete_tree(c->logon, f.id, r->delete_folder_flags & DELETE_HARD_DELETE,
				       &partial);
	a->partial_completion = partial;
	s = commit(c, s);
	if (!s)
		public_store_deleted(c->logon);
	return s;
}

static status empty(struct rop_call *c, bool hard, bool associated, uint8_t *partial_completion)
{
	bool partial = false;
	struct folder f;
	status s = own_folder(c, &f);

	if (s)
		return s;
	if (f.role == MAILBOX_ROOT || f.is_search)
		return ecNotSupported;
	s = mailbox_begin(logon_mailbox(c->logon));
	if (!s)
		s = folder_delete_contents(c->logon, f.id, hard, associated, &partial);
	*partial_completion = partial;
	s = commit(c, s);
	if (!s)
		public_store_deleted(c->logon);
	return s;
}

static status empty_folder(struct rop_call *c)
{
	const struct rop_empty_folder_request *r = c->request;

	return empty(c, false, r->want_delete_associated,
		     &((struct rop_empty_folder_response *)c->response)->partial_completion);
}

static status hard_delete_messages_and_subfolders(struct rop_call *c)
{
	const struct rop_hard_delete_messages_and_subfolders_request *r = c->request;

	return empty(c, true, r->want_delete_associated,
		     &((struct rop_hard_delete_messages_and_subfolders_response *)c->response)
			      ->partial_completion);
}

static status delete_listed(struct rop_call *c, const uint64_t *ids, size_t n, bool hard,
			    uint8_t *partial_completion)
{
	bool partial = false;
	status s = mailbox_begin(logon_mailbox(c->logon));

	for (size_t i = 0; i < n && !s; i++) {
		uint64_t id;

		if (id_to_counter(ids[i], &id))
			s = folder_delete_message(c->logon, folder_object_id(c->object), id, hard,
						  &partial);
		else
			partial = true;
	}
	*partial_completion = partial;
	return commit(c, s);
}

static status delete_messages(struct rop_call *c)
{
	const struct rop_delete_messages_request *r = c->request;

	return delete_listed(
		c, r->message_ids.v, r->message_ids.n, false,
		&((struct rop_delete_messages_response *)c->response)->partial_completion);
}

static status hard_delete_messages(struct rop_call *c)
{
	const struct rop_hard_delete_messages_request *r = c->request;

	return delete_listed(
		c, r->message_ids.v, r->message_ids.n, true,
		&((struct rop_hard_delete_messages_response *)c->response)->partial_completion);
}

/* Moving and copying ------------------------------------------------------------------------------------------------------ */

/* The folder that is to become a parent. */
static status destination(struct rop_call *c, uint8_t index, struct folder *out)
{
	struct object *o = NULL;
	status s = rop_call_other(c, index, OBJECT_FOLDER, &o);

	if (s == ecNullObject)
		return ecDstNullObject;
	if (s)
		return s;
	/* Between two stores a client copies message by message. */
	if (o->logon->store != c->logon->store)
		return ecNotSupported;
	s = folder_get(logon_mailbox(c->logon), folder_object_id(o), c->arena, out);
	if (!s && out->is_search)
		return ecSearchFolder;
	return s ? s : logon_may(c->logon, out->id, RIGHT_CREATE_SUBFOLDER);
}

static status check_within(struct rop_call *c, uint64_t id, const struct folder *parent)
{
	struct folder at = *parent;
	status s = ecNone;

	for (unsigned depth = 0; !s && depth <= FOLDER_DEPTH_MAX; depth++) {
		if (at.id == id)
			return ecFolderCycle;
		if (at.parent == at.id)
			return ecNone;
		s = folder_get(logon_mailbox(c->logon), at.parent, c->arena, &at);
	}
	return s;
}

static status is_free(struct rop_call *c, uint64_t parent, const char *name, uint64_t but)
{
	uint64_t taken = 0;
	status s = folder_by_name(logon_mailbox(c->logon), parent, name, &taken);

	if (s)
		return s == ecNotFound ? ecNone : s;
	return taken == but ? ecNone : ecDuplicateName;
}

/* The folder, its new parent, and that nobody else has the name there. */
static status prepare(struct rop_call *c, uint64_t folder_id, uint8_t dest, const char *name,
		      struct folder *f, struct folder *parent)
{
	status s = name ? destination(c, dest, parent) : ecMemory;

	if (!s)
		s = visible_folder(c, folder_id, f);
	if (!s && !*name)
		return ecInvalidParam;
	return s ? s : is_free(c, parent->id, name, f->id);
}

static status move_folder(struct rop_call *c)
{
	const struct rop_move_folder_request *r = c->request;
	const char *name = name_of(c, r->use_unicode, r->new_folder_name, r->new_folder_name_8);
	struct mailbox *m = logon_mailbox(c->logon);
	struct folder f, parent;
	status s = prepare(c, r->folder_id, r->dest_handle_index, name, &f, &parent);

	if (s)
		return s;
	if (f.role == MAILBOX_ROOT)
		return ecNotSupported;
	s = f.role == MAILBOX_PLAIN ? logon_may(c->logon, f.id, RIGHT_OWNER) : ecAccessDenied;
	if (!s)
		s = check_within(c, f.id, &parent);
	if (s)
		return rop_call_refused(c, s, sizeof(struct rop_move_folder_response), offsetof(struct rop_move_folder_response, partial_completion));
	s = mailbox_begin(m);
	return commit(c, s ? s : folder_move_as(m, f.id, parent.id, name));
}

/* A folder and all below it may be read: who copies it owns the copy. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as folders are, FOLDER_DEPTH_MAX */
static status may_read_tree(struct rop_call *c, uint64_t id)
{
	status s = logon_may(c->logon, id, RIGHT_READ_ANY);

	for (uint64_t child = 0; !s;) {
		s = folder_next_child(logon_mailbox(c->logon), id, child, &child);
		if (s || !child)
			break;
		s = may_read_tree(c, child);
	}
	return s;
}

static status copy_folder(struct rop_call *c)
{
	const struct rop_copy_folder_request *r = c->request;
	const char *name = name_of(c, r->use_unicode, r->new_folder_name, r->new_folder_name_8);
	struct mailbox *m = logon_mailbox(c->logon);
	struct folder f, parent;
	uint64_t copy;
	status s = prepare(c, r->folder_id, r->dest_handle_index, name, &f, &parent);

	if (s)
		return s;
	if (f.role == MAILBOX_ROOT)
		return ecNotSupported;
	/* To where it is, under its own name. */
	if (parent.id == f.parent && strcmp(name, f.name) == 0)
		return ecDuplicateName;
	s = r->want_recursive ? may_read_tree(c, f.id) : logon_may(c->logon, f.id, RIGHT_READ_ANY);
	if (!s && r->want_recursive)
		s = check_within(c, f.id, &parent);
	if (s)
		return s;
	s = mailbox_begin(m);
	if (!s)
		s = folder_copy(m, f.id, parent.id, name, r->want_recursive, &copy);
	if (!s)
		s = own_it(c, copy);
	return commit(c, s);
}

const struct rop_entry rops_folder[] = {
	{ ROP_OPEN_FOLDER, OBJECT_FOLDER | OBJECT_LOGON, open_folder },
	{ ROP_CREATE_FOLDER, OBJECT_FOLDER, create_folder },
	{ ROP_DELETE_FOLDER, OBJECT_FOLDER, delete_folder },
	{ ROP_DELETE_MESSAGES, OBJECT_FOLDER, delete_messages },
	{ ROP_HARD_DELETE_MESSAGES, OBJECT_FOLDER, hard_delete_messages },
	{ ROP_EMPTY_FOLDER, OBJECT_FOLDER, empty_folder },
	{ ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS, OBJECT_FOLDER,
	  hard_delete_messages_and_subfolders },
	{ ROP_MOVE_FOLDER, OBJECT_FOLDER, move_folder },
	{ ROP_COPY_FOLDER, OBJECT_FOLDER, copy_folder },
	{ 0, 0, NULL },
};
