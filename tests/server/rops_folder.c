/* server/rops_folder: folders opened, made, deleted, moved, copied, emptied ([MS-OXCFOLD]). */
#include "rop_fixture.h"

#include "store/message.h"

static struct fixture f;

/* Handles: 0 the logon, 1 the Inbox, 2 the folder at hand. */
static void log_on(void)
{
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
}

static void log_off(void)
{
	fixture_release(&f, 0);
	fixture_forget(&f);
}

static uint64_t counter_of(uint64_t wire)
{
	uint64_t id = 0;

	assert_true(id_to_counter(wire, &id));
	return id;
}

/* A mail in a folder, past the client. */
static uint64_t put_mail(uint64_t folder, bool associated)
{
	struct mailbox *m = fixture_lock(&f, 0);
	uint64_t id;

	assert_int_equal(mailbox_begin(m), 0);
	id = fixture_mail(&f, m, counter_of(folder), associated);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	return id_from_counter(id);
}

static bool is_there(uint64_t folder)
{
	struct folder found;
	status s = folder_get(fixture_lock(&f, 0), counter_of(folder), &f.arena, &found);

	fixture_unlock(&f, 0);
	assert_true(!s || s == ecNotFound);
	return !s;
}

static struct folder look(uint64_t folder)
{
	struct folder found = { .id = 0 };

	assert_int_equal(folder_get(fixture_lock(&f, 0), counter_of(folder), &f.arena, &found), 0);
	fixture_unlock(&f, 0);
	return found;
}

static struct bag properties(uint8_t index)
{
	struct object *o = fixture_object(&f, index);
	struct bag b;

	bag_init(&b, &f.arena);
	(void)fixture_lock(&f, index);
	assert_int_equal(o->class->get(o, NULL, 0, SIZE_MAX, &b), 0);
	fixture_unlock(&f, index);
	return b;
}

/* Has the id of the other size. */
static uint64_t wide_size(uint8_t index)
{
	const uint32_t tag = PidTagMessageSizeExtended;
	struct object *o = fixture_object(&f, index);
	struct bag b;

	bag_init(&b, &f.arena);
	(void)fixture_lock(&f, index);
	assert_int_equal(o->class->get(o, &tag, 1, SIZE_MAX, &b), 0);
	fixture_unlock(&f, index);
	assert_int_equal(b.v[0].tag, tag);
	return le64(b.v[0].value.p);
}

/* Opening ------------------------------------------------------------------------------------------------------------------ */

static void opening(void **state)
{
	struct rop_open_folder_request r = { .output_handle_index = 2, .open_mode_flags = 0xFB };
	struct rop_open_folder_response *a;

	(void)state;
	log_on();
	r.folder_id = fixture_folder_id(&f, 0, MAILBOX_DRAFTS);
	/* MS-OXCFOLD_R465 */
	a = fixture_ok(&f, ROP_OPEN_FOLDER, 1, &r);
	/* MS-OXCFOLD_R26 */
	assert_int_equal(a->has_rules, 0);
	/* MS-OXCFOLD_R29 */
	assert_int_equal(a->is_ghosted, 0);
	/* MS-OXCFOLD_R16 */
	assert_int_equal(fixture_object(&f, 2)->kind, OBJECT_FOLDER);
	/* Every bit that means nothing alone, and that of softly deleted folders. */
	for (unsigned bit = 0; bit < 8; bit++) {
		/* MS-OXCFOLD_R46501 */
		/* MS-OXCFOLD_R46502 */
		/* MS-OXCFOLD_R46503 */
		/* MS-OXCFOLD_R46504 */
		/* MS-OXCFOLD_R46505 */
		/* MS-OXCFOLD_R46506 */
		/* MS-OXCFOLD_R46507 */
		/* MS-OXCFOLD_R22001 */
		r.open_mode_flags = (uint8_t)(1u << bit);
		(void)fixture_ok(&f, ROP_OPEN_FOLDER, 0, &r);
	}
	/* MS-OXCFOLD_R21 */
	r.open_mode_flags = 0;
	(void)fixture_ok(&f, ROP_OPEN_FOLDER, 0, &r);
	struct rop_get_contents_table_request table = { .output_handle_index = 4 };
	(void)fixture_ok(&f, ROP_GET_CONTENTS_TABLE, 1, &table);
	/* MS-OXCFOLD_R472 */
	/* MS-OXCFOLD_R473 */
	fixture_refused(&f, ROP_OPEN_FOLDER, 4, &r, 0x80040102);
	r.folder_id = id_from_counter(0x123456);
	/* MS-OXCFOLD_R468 */
	/* MS-OXCFOLD_R469 */
	fixture_refused(&f, ROP_OPEN_FOLDER, 0, &r, ecNotFound);
	r.folder_id = 2; /* of another replica */
	fixture_refused(&f, ROP_OPEN_FOLDER, 0, &r, ecNotFound);
	log_off();
}

/* Making ------------------------------------------------------------------------------------------------------------------- */

static struct rop_create_folder_request named(const char *name)
{
	return (struct rop_create_folder_request){ .output_handle_index = 2,
						   .folder_type = 1,
						   .use_unicode_strings = 1,
						   .display_name = fixture_text(&f, name),
						   .comment = fixture_text(&f, "about it") };
}

static void making(void **state)
{
	struct rop_create_folder_request r;
	struct rop_create_folder_response *a;
	struct bag b;
	uint64_t id;

	(void)state;
	log_on();
	r = named("Projects \xC3\xA4");
	a = fixture_ok(&f, ROP_CREATE_FOLDER, 1, &r);
	id = a->folder_id;
	/* MS-OXCFOLD_R1197 */
	assert_int_equal(a->is_existing_folder, 0);
	b = properties(2);
	/* MS-OXCFOLD_R54 */
	assert_string_equal(bag_text(&b, tag_id(PidTagDisplayName), 1252, &f.arena),
			    "Projects \xC3\xA4");
	/* MS-OXCFOLD_R56 */
	assert_string_equal(bag_text(&b, tag_id(PidTagComment), 1252, &f.arena), "about it");
	/* MS-OXCFOLD_R811 */
	assert_int_equal(bag_u32(&b, tag_id(PidTagFolderType), 9), 1);
	assert_int_equal(bag_u64(&b, tag_id(PidTagFolderId), 0), id);
	/* MS-OXCFOLD_R480 */
	/* MS-OXCFOLD_R481 */
	/* MS-OXCFOLD_R491 */
	/* MS-OXCFOLD_R493 */
	/* MS-OXCFOLD_R1065 */
	fixture_refused(&f, ROP_CREATE_FOLDER, 1, &r, 0x80040604);
	r.open_existing = 1;
	a = fixture_ok(&f, ROP_CREATE_FOLDER, 1, &r);
	/* MS-OXCFOLD_R482 */
	assert_int_equal(a->folder_id, id);
	/* MS-OXCFOLD_R483 */
	r = named("Another");
	r.open_existing = 1;
	a = fixture_ok(&f, ROP_CREATE_FOLDER, 1, &r);
	assert_int_not_equal(a->folder_id, id);
	/* MS-OXCFOLD_R49 */
	r = named("x");
	r.use_unicode_strings = 0;
	r.display_name_8 = bytes_of("caf\xE9", 4);
	(void)fixture_ok(&f, ROP_CREATE_FOLDER, 1, &r);
	b = properties(2);
	assert_string_equal(bag_text(&b, tag_id(PidTagDisplayName), 1252, &f.arena), "caf\xC3\xA9");
	/* MS-OXCFOLD_R47 */
	r = named("Search");
	r.folder_type = 2;
	a = fixture_ok(&f, ROP_CREATE_FOLDER, 1, &r);
	assert_true(look(a->folder_id).is_search);
	/* MS-OXCFOLD_R487 */
	r = named("Odd");
	/* MS-OXCFOLD_R486 */
	r.folder_type = 3;
	fixture_refused(&f, ROP_CREATE_FOLDER, 1, &r, 0x80070057);
	r.folder_type = 0;
	fixture_refused(&f, ROP_CREATE_FOLDER, 1, &r, 0x80070057);
	/* MS-OXCFOLD_R494 */
	/* MS-OXCFOLD_R495 */
	r.folder_type = 1;
	fixture_refused(&f, ROP_CREATE_FOLDER, 0, &r, 0x80040102);
	/* MS-OXCFOLD_R478 */
	r.comment = fixture_text(&f, "");
	(void)fixture_ok(&f, ROP_CREATE_FOLDER, 1, &r);
	/* MS-OXCFOLD_R1034 */
	b = properties(2);
	assert_int_equal(bag_find(&b, tag_id(PidTagComment))->value.n, 0);
	/* MS-OXCFOLD_R477 */
	r = named("");
	fixture_refused(&f, ROP_CREATE_FOLDER, 1, &r, ecInvalidParam);
	log_off();
}

/* Deleting ------------------------------------------------------------------------------------------------------------------ */

static struct rop_response delete_folder(uint64_t id, uint8_t flags)
{
	struct rop_delete_folder_request r = { .folder_id = id, .delete_folder_flags = flags };

	return fixture_rop(&f, ROP_DELETE_FOLDER, 1, &r);
}

static bool partial(const struct rop_response *r)
{
	assert_int_equal(r->return_value, 0);
	return ((const struct rop_delete_folder_response *)r->body)->partial_completion;
}

static void deleting(void **state)
{
	struct rop_response a;
	uint64_t id, child;

	(void)state;
	log_on();
	id = fixture_create_folder(&f, 1, "Full", 2);
	child = fixture_create_folder(&f, 2, "Below", 3);
	(void)put_mail(id, false);
	a = delete_folder(id, 0x01);
	/* MS-OXCFOLD_R1081 */
	assert_true(partial(&a));
	/* MS-OXCFOLD_R1079 */
	assert_true(is_there(id) && is_there(child));
	a = delete_folder(id, 0x04);
	/* MS-OXCFOLD_R817 */
	assert_true(partial(&a));
	/* MS-OXCFOLD_R371 */
	assert_true(is_there(id));
	a = delete_folder(id, 0x05);
	/* MS-OXCFOLD_R97 */
	assert_false(partial(&a));
	/* MS-OXCFOLD_R763 */
	assert_false(is_there(id) || is_there(child));
	/* MS-OXCFOLD_R507 */
	assert_int_equal(delete_folder(id, 0x05).return_value, ecNotFound);
	/* MS-OXCFOLD_R504 */
	assert_int_equal(delete_folder(id, 0x02).return_value, 0x8004010F);
	id = fixture_create_folder(&f, 1, "Odd bits", 2);
	a = delete_folder(id, 0x02 | 0x80 | 0x10);
	/* MS-OXCFOLD_R123402 */
	/* MS-OXCFOLD_R94401 */
	assert_false(partial(&a));
	/* MS-OXCFOLD_R764 */
	assert_false(is_there(id));
	/* MS-OXCFOLD_R2509 */
	assert_int_equal(delete_folder(fixture_folder_id(&f, 0, MAILBOX_ROOT), 0x15).return_value,
			 ecNotSupported);
	a = delete_folder(fixture_folder_id(&f, 0, MAILBOX_DRAFTS), 0x15);
	/* MS-OXCFOLD_R2500 */
	assert_int_equal(a.return_value, 0x80070005);
	/* MS-OXCFOLD_R408 */
	assert_int_equal(((const struct rop_delete_folder_response *)a.body)->partial_completion,
			 1);
	struct rop_delete_folder_request of_logon = { .folder_id = id };
	struct rop_get_contents_table_request table = { .output_handle_index = 4 };
	(void)fixture_ok(&f, ROP_GET_CONTENTS_TABLE, 1, &table);
	/* MS-OXCFOLD_R509 */
	/* MS-OXCFOLD_R510 */
	fixture_refused(&f, ROP_DELETE_FOLDER, 4, &of_logon, 0x80040102);
	log_off();
}

/* Without flags only what is empty is deleted. */
static void deleting_what_is_empty(void **state)
{
	struct rop_response a;
	uint64_t id, child;

	(void)state;
	log_on();
	id = fixture_create_folder(&f, 1, "With a child", 2);
	child = fixture_create_folder(&f, 2, "Empty", 3);
	a = delete_folder(id, 0);
	/* MS-OXCFOLD_R76 */
	/* MS-OXCFOLD_R948 */
	/* MS-OXCFOLD_R1080 */
	assert_true(partial(&a) && is_there(id));
	a = delete_folder(child, 0);
	assert_true(!partial(&a) && !is_there(child));
	(void)put_mail(id, false);
	a = delete_folder(id, 0x04);
	/* MS-OXCFOLD_R816 */
	assert_true(partial(&a) && is_there(id));
	a = delete_folder(id, 0x01);
	/* MS-OXCFOLD_R762 */
	assert_true(!partial(&a) && !is_there(id));
	/* A folder that is gone has no room for others. */
	struct rop_create_folder_request r = named("Below what is gone");
	/* MS-OXCFOLD_R1072 */
	/* MS-OXCFOLD_R1073 */
	fixture_refused(&f, ROP_CREATE_FOLDER, 2, &r, 0x8004010F);
	log_off();
}

/* What a softly deleted folder held can be found among the recoverable items. */
static void deleting_softly(void **state)
{
	uint64_t id, recoverable, before;
	struct rop_response a;

	(void)state;
	log_on();
	recoverable = fixture_folder_id(&f, 0, MAILBOX_RECOVERABLE_ITEMS);
	before = look(recoverable).deleted_items;
	id = fixture_create_folder(&f, 1, "Soft", 2);
	(void)put_mail(id, false);
	a = delete_folder(id, 0x05);
	assert_false(partial(&a));
	assert_int_equal(look(recoverable).deleted_items, before + 1);
	id = fixture_create_folder(&f, 1, "Hard", 2);
	(void)put_mail(id, false);
	a = delete_folder(id, 0x15);
	assert_false(partial(&a));
	assert_int_equal(look(recoverable).deleted_items, before + 1);
	/* MS-OXCFOLD_R497 */
	assert_false(is_there(id));
	log_off();
}

static void emptying(void **state)
{
	struct rop_empty_folder_request r = { .want_delete_associated = 0 };
	struct rop_hard_delete_messages_and_subfolders_request hard = { .want_delete_associated =
										1 };
	struct rop_empty_folder_response *a;
	uint64_t id, child;

	(void)state;
	log_on();
	id = fixture_create_folder(&f, 1, "Empty me", 2);
	child = fixture_create_folder(&f, 2, "Below", 3);
	(void)put_mail(id, false);
	(void)put_mail(id, true);
	a = fixture_ok(&f, ROP_EMPTY_FOLDER, 2, &r);
	/* MS-OXCFOLD_R243 */
	/* MS-OXCFOLD_R97502 */
	assert_int_equal(a->partial_completion, 0);
	/* MS-OXCFOLD_R225 */
	/* MS-OXCFOLD_R1129 */
	assert_true(is_there(id));
	assert_int_equal(look(id).items, 0);
	assert_int_equal(look(id).deleted_items, 1);
	/* MS-OXCFOLD_R618 */
	/* MS-OXCFOLD_R43201 */
	assert_false(is_there(child));
	/* MS-OXCFOLD_R239 */
	assert_int_equal(look(id).associated, 1);
	/* MS-OXCFOLD_R238 */
	/* MS-OXCFOLD_R617 */
	r.want_delete_associated = 1;
	(void)fixture_ok(&f, ROP_EMPTY_FOLDER, 2, &r);
	assert_int_equal(look(id).associated, 0);
	(void)put_mail(id, false);
	(void)put_mail(id, true);
	child = fixture_create_folder(&f, 2, "Below again", 3);
	hard.want_delete_associated = 0;
	(void)fixture_ok(&f, ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS, 2, &hard);
	/* MS-OXCFOLD_R43202 */
	/* MS-OXCFOLD_R98302 */
	/* MS-OXCFOLD_R113801 */
	/* MS-OXCFOLD_R1138 */
	assert_int_equal(look(id).items, 0);
	assert_int_equal(look(id).deleted_items, 2); /* those of before */
	/* MS-OXCFOLD_R257 */
	assert_int_equal(look(id).associated, 1);
	/* MS-OXCFOLD_R113805 */
	assert_false(is_there(child));
	hard.want_delete_associated = 1;
	a = fixture_ok(&f, ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS, 2, &hard);
	/* MS-OXCFOLD_R256 */
	/* MS-OXCFOLD_R113804 */
	assert_int_equal(look(id).associated, 0);
	/* MS-OXCFOLD_R261 */
	assert_int_equal(((struct rop_hard_delete_messages_and_subfolders_response *)(void *)a)
				 ->partial_completion,
			 0);
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_ROOT), 3);
	/* MS-OXCFOLD_R1248 */
	/* MS-OXCFOLD_R124802 */
	/* MS-OXCFOLD_R3012 */
	fixture_refused(&f, ROP_EMPTY_FOLDER, 3, &r, 0x80040102);
	/* MS-OXCFOLD_R624 */
	/* MS-OXCFOLD_R625 */
	fixture_refused(&f, ROP_EMPTY_FOLDER, 0, &r, 0x80040102);
	/* MS-OXCFOLD_R629 */
	/* MS-OXCFOLD_R630 */
	fixture_refused(&f, ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS, 0, &hard, 0x80040102);
	log_off();
}

static void deleting_messages(void **state)
{
	struct rop_delete_messages_response *a;
	uint64_t id, ids[3];
	struct rop_delete_messages_request r = { .message_ids = { 2, ids } };
	struct rop_hard_delete_messages_request hard = { .message_ids = { 1, ids } };

	(void)state;
	log_on();
	id = fixture_create_folder(&f, 1, "Messages", 2);
	ids[0] = put_mail(id, false);
	ids[1] = put_mail(id, false);
	ids[2] = put_mail(fixture_folder_id(&f, 0, MAILBOX_INBOX), false);
	a = fixture_ok(&f, ROP_DELETE_MESSAGES, 2, &r);
	/* MS-OXCFOLD_R282 */
	assert_int_equal(a->partial_completion, 0);
	/* MS-OXCFOLD_R262 */
	/* MS-OXCFOLD_R436 */
	/* MS-OXCFOLD_R98802 */
	/* MS-OXCFOLD_R632 */
	assert_int_equal(look(id).deleted_items, 2);
	/* One of another folder. */
	r.message_ids.v = &ids[2];
	r.message_ids.n = 1;
	a = fixture_ok(&f, ROP_DELETE_MESSAGES, 2, &r);
	/* MS-OXCFOLD_R991 */
	/* MS-OXCFOLD_R1147 */
	assert_int_equal(a->partial_completion, 1);
	ids[0] = put_mail(id, false);
	a = fixture_ok(&f, ROP_HARD_DELETE_MESSAGES, 2, &hard);
	/* MS-OXCFOLD_R304 */
	assert_int_equal(
		((struct rop_hard_delete_messages_response *)(void *)a)->partial_completion, 0);
	/* MS-OXCFOLD_R437 */
	/* MS-OXCFOLD_R99402 */
	/* MS-OXCFOLD_R1156 */
	assert_int_equal(look(id).deleted_items, 2);
	assert_int_equal(look(id).items, 0);
	/* MS-OXCFOLD_R997 */
	/* MS-OXCFOLD_R115602 */
	a = fixture_ok(&f, ROP_HARD_DELETE_MESSAGES, 2, &hard);
	assert_int_equal(a->partial_completion, 1);
	/* MS-OXCFOLD_R637 */
	/* MS-OXCFOLD_R638 */
	fixture_refused(&f, ROP_DELETE_MESSAGES, 0, &r, 0x80040102);
	/* MS-OXCFOLD_R644 */
	/* MS-OXCFOLD_R645 */
	fixture_refused(&f, ROP_HARD_DELETE_MESSAGES, 0, &hard, 0x80040102);
	log_off();
}

/* Moving and copying ---------------------------------------------------------------------------------------------------------- */

static void moving(void **state)
{
	struct rop_move_folder_request r = { .dest_handle_index = 3, .use_unicode = 1 };
	struct rop_response a;
	uint64_t id, inner;

	(void)state;
	log_on();
	id = fixture_create_folder(&f, 1, "Mover", 2);
	inner = fixture_create_folder(&f, 2, "Inner", 4);
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_DRAFTS), 3);
	r.folder_id = id;
	r.new_folder_name = fixture_text(&f, "Moved");
	(void)put_mail(id, false);
	a = fixture_rop(&f, ROP_MOVE_FOLDER, 1, &r);
	assert_int_equal(a.return_value, 0);
	/* MS-OXCFOLD_R190 */
	assert_int_equal(((struct rop_move_folder_response *)a.body)->partial_completion, 0);
	/* MS-OXCFOLD_R183 */
	/* MS-OXCFOLD_R186 */
	assert_string_equal(look(id).name, "Moved");
	/* MS-OXCFOLD_R170 */
	assert_int_equal(look(id).items, 1);
	/* MS-OXCFOLD_R17101 */
	/* MS-OXCFOLD_R185 */
	/* MS-OXCFOLD_R423 */
	assert_int_equal(look(id).parent, counter_of(fixture_folder_id(&f, 0, MAILBOX_DRAFTS)));
	assert_int_equal(look(inner).parent, counter_of(id));
	/* Within itself. */
	r.dest_handle_index = 4;
	fixture_refused(&f, ROP_MOVE_FOLDER, 1, &r, 0x8004060B);
	r.dest_handle_index = 3;
	r.folder_id = id_from_counter(0x777777);
	/* MS-OXCFOLD_R599 */
	/* MS-OXCFOLD_R600 */
	fixture_refused(&f, ROP_MOVE_FOLDER, 1, &r, 0x8004010F);
	/* MS-OXCFOLD_R601 */
	/* MS-OXCFOLD_R602 */
	fixture_refused(&f, ROP_MOVE_FOLDER, 0, &r, 0x80040102);
	r.folder_id = fixture_folder_id(&f, 0, MAILBOX_OUTBOX);
	r.new_folder_name = fixture_text(&f, "Not to be moved");
	a = fixture_rop(&f, ROP_MOVE_FOLDER, 1, &r);
	assert_int_equal(a.return_value, ecAccessDenied);
	/* MS-OXCFOLD_R1114 */
	/* MS-OXCFOLD_R2191 */
	assert_int_equal(((struct rop_move_folder_response *)a.body)->partial_completion, 1);
	r.dest_handle_index = 0;
	fixture_refused(&f, ROP_MOVE_FOLDER, 1, &r, ecNotSupported);
	r.dest_handle_index = 9;
	a = fixture_rop(&f, ROP_MOVE_FOLDER, 1, &r);
	assert_int_equal(a.return_value, 0x503);
	assert_int_equal(((struct rop_move_folder_null_destination *)a.body)->dest_handle_index, 9);
	log_off();
}

static void copying(void **state)
{
	struct rop_copy_folder_request r = { .dest_handle_index = 3, .use_unicode = 1 };
	uint64_t id, inbox, drafts, copy = 0, child = 0;

	(void)state;
	log_on();
	inbox = counter_of(fixture_folder_id(&f, 0, MAILBOX_INBOX));
	drafts = counter_of(fixture_folder_id(&f, 0, MAILBOX_DRAFTS));
	id = fixture_create_folder(&f, 1, "Original", 2);
	(void)fixture_create_folder(&f, 2, "Inner", 4);
	(void)put_mail(id, false);
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_DRAFTS), 3);
	r.folder_id = id;
	r.new_folder_name = fixture_text(&f, "Copy");
	/* MS-OXCFOLD_R219 */
	assert_int_equal(((struct rop_copy_folder_response *)fixture_ok(&f, ROP_COPY_FOLDER, 1, &r))
				 ->partial_completion,
			 0);
	assert_int_equal(folder_by_name(fixture_lock(&f, 0), inbox, "Original", &copy), 0);
	fixture_unlock(&f, 0);
	assert_int_equal(copy, counter_of(id));
	assert_int_equal(folder_by_name(fixture_lock(&f, 0), drafts, "Copy", &copy), 0);
	fixture_unlock(&f, 0);
	/* MS-OXCFOLD_R198 */
	/* MS-OXCFOLD_R605 */
	/* MS-OXCFOLD_R1048 */
	/* MS-OXCFOLD_R19701 */
	/* MS-OXCFOLD_R212 */
	assert_int_equal(look(id_from_counter(copy)).items, 1);
	/* MS-OXCFOLD_R211 */
	assert_int_equal(look(id_from_counter(copy)).children, 0);
	fixture_refused(&f, ROP_COPY_FOLDER, 1, &r, ecDuplicateName);
	r.new_folder_name = fixture_text(&f, "Deep copy");
	r.want_recursive = 1;
	(void)fixture_ok(&f, ROP_COPY_FOLDER, 1, &r);
	assert_int_equal(folder_by_name(fixture_lock(&f, 0), drafts, "Deep copy", &copy), 0);
	/* MS-OXCFOLD_R210 */
	/* MS-OXCFOLD_R429 */
	/* MS-OXCFOLD_R1122 */
	assert_int_equal(folder_by_name(logon_mailbox((struct logon *)fixture_object(&f, 0)), copy,
					"Inner", &child),
			 0);
	fixture_unlock(&f, 0);
	/* MS-OXCFOLD_R613 */
	/* MS-OXCFOLD_R614 */
	fixture_refused(&f, ROP_COPY_FOLDER, 0, &r, 0x80040102);
	r.folder_id = id_from_counter(0x777777);
	/* MS-OXCFOLD_R611 */
	/* MS-OXCFOLD_R612 */
	fixture_refused(&f, ROP_COPY_FOLDER, 1, &r, 0x8004010F);
	r.folder_id = id;
	r.use_unicode = 0;
	r.new_folder_name_8 = bytes_of("caf\xE9", 4);
	(void)fixture_ok(&f, ROP_COPY_FOLDER, 1, &r);
	/* MS-OXCFOLD_R213 */
	assert_int_equal(folder_by_name(fixture_lock(&f, 0), drafts, "caf\xC3\xA9", &copy), 0);
	fixture_unlock(&f, 0);
	log_off();
}

/* Properties -------------------------------------------------------------------------------------------------------------------- */

static void reading_properties(void **state)
{
	struct bag b;
	uint64_t id;

	(void)state;
	log_on();
	id = fixture_create_folder(&f, 1, "Read me", 2);
	(void)put_mail(id, false);
	(void)put_mail(id, true);
	b = properties(2);
	/* MS-OXCFOLD_R346 */
	/* MS-OXCFOLD_R10345 */
	assert_int_equal(bag_u32(&b, tag_id(PidTagContentCount), 9), 1);
	/* MS-OXCFOLD_R10353 */
	assert_int_not_equal(bag_u32(&b, tag_id(PidTagMessageSize), 0), 0);
	/* MS-OXCFOLD_R10354 */
	/* MS-OXCFOLD_R354 */
	assert_int_equal(wide_size(2), bag_u32(&b, tag_id(PidTagMessageSize), 0));
	/* MS-OXCFOLD_R3006 */
	assert_int_equal(bag_u32(&b, tag_id(PidTagDeletedCountTotal), 9), 0);
	/* MS-OXCFOLD_R352001 */
	/* MS-OXCFOLD_R352002 */
	assert_int_not_equal(bag_u64(&b, tag_id(PidTagHierRev), 0), 0);
	/* MS-OXCFOLD_R10347 */
	assert_int_equal(bag_u32(&b, tag_id(PidTagContentUnreadCount), 9), 1);
	/* MS-OXCFOLD_R1030 */
	assert_false(bag_bool(&b, tag_id(PidTagSubfolders), true));
	/* MS-OXCFOLD_R1033 */
	assert_false(bag_bool(&b, tag_id(PidTagAttributeHidden), true));
	/* MS-OXCFOLD_R10351 */
	assert_int_equal(bag_u64(&b, tag_id(PidTagFolderId), 0), id);
	/* MS-OXCFOLD_R368 */
	assert_int_equal(bag_u32(&b, tag_id(PidTagRights), 0), RIGHTS_ALL & ~0x1800);
	/* MS-OXCFOLD_R1035103 */
	assert_int_equal(bag_u32(&b, tag_id(PidTagFolderFlags), 0), 5);
	assert_int_equal(bag_u32(&b, tag_id(PidTagAccess), 0), 0x3F);
	assert_int_equal(bag_bytes(&b, tag_id(PidTagParentEntryId)).n, 46);
	/* MS-OXCFOLD_R352 */
	assert_int_equal(bag_u32(&b, tag_id(PidTagHierarchyChangeNumber), 9), 0);
	(void)fixture_create_folder(&f, 2, "Sub", 3);
	b = properties(2);
	assert_int_equal(bag_u32(&b, tag_id(PidTagHierarchyChangeNumber), 0), 1);
	/* MS-OXCFOLD_R1029 */
	assert_true(bag_bool(&b, tag_id(PidTagSubfolders), false));
	/* MS-OXCFOLD_R3003 */
	assert_int_equal(bag_u64(&b, tag_id(PidTagLocalCommitTimeMax), 0), f.clock.fixed);
	log_off();
}

static void setting_properties(void **state)
{
	struct property_problems p = { .arena = &f.arena };
	struct object *o;
	struct bag b;

	(void)state;
	log_on();
	(void)fixture_create_folder(&f, 1, "Taken", 3);
	(void)fixture_create_folder(&f, 1, "Set me", 2);
	o = fixture_object(&f, 2);
	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_text(&b, PidTagDisplayName, "Taken"), 0);
	assert_int_equal(bag_set_text(&b, PidTagContainerClass, "IPF.Task"), 0);
	assert_int_equal(bag_set_u32(&b, PidTagContentCount, 7), 0);
	assert_int_equal(bag_set_bool(&b, PidTagAttributeHidden, true), 0);
	(void)fixture_lock(&f, 0);
	assert_int_equal(o->class->set(o, &b, &p), 0);
	fixture_unlock(&f, 0);
	assert_int_equal(p.n, 2);
	/* MS-OXCFOLD_R1039 */
	assert_int_equal(p.v[0].index, 0);
	assert_int_equal(p.v[0].error_code, ecDuplicateName);
	/* MS-OXCFOLD_R1225 */
	assert_int_equal(p.v[1].property_tag, PidTagContentCount);
	b = properties(2);
	assert_string_equal(bag_text(&b, tag_id(PidTagDisplayName), 1252, &f.arena), "Set me");
	assert_string_equal(bag_text(&b, tag_id(PidTagContainerClass), 1252, &f.arena), "IPF.Task");
	/* MS-OXCFOLD_R1032 */
	assert_true(bag_bool(&b, tag_id(PidTagAttributeHidden), false));
	assert_int_equal(bag_u32(&b, tag_id(PidTagContentCount), 9), 0);
	log_off();
}

/* Public folders ------------------------------------------------------------------------------------------------------------------ */

static void public_folders(void **state)
{
	struct rop_logon_request logon = { .open_flags = LOGON_OPEN_PUBLIC };
	struct rop_logon_response *l = fixture_ok(&f, ROP_LOGON, 0, &logon);
	struct rop_create_folder_request r;
	struct session *alice = f.session, *bob = fixture_session(&f, "bob");
	uint64_t subtree = l->folder_ids.id[PUBLIC_LOGON_FOLDER_IPM_SUBTREE], id;

	(void)state;
	/* MS-OXCFOLD_R90002 */
	fixture_open_folder(&f, 0, subtree, 1);
	/* MS-OXCFOLD_R3802 */
	id = fixture_create_folder(&f, 1, "News", 2);
	r = named("Search");
	r.folder_type = 2;
	/* MS-OXCFOLD_R49601 */
	fixture_refused(&f, ROP_CREATE_FOLDER, 1, &r, ecNotSupported);
	/* Others may see it, but it is not theirs. */
	fixture_use(&f, bob);
	(void)fixture_ok(&f, ROP_LOGON, 0, &logon);
	fixture_open_folder(&f, 0, subtree, 1);
	/* MS-OXCFOLD_R503 */
	assert_int_equal(delete_folder(id, 0x05).return_value, ecAccessDenied);
	session_close(bob);
	fixture_use(&f, alice);
	(void)fixture_ok(&f, ROP_LOGON, 0, &logon);
	fixture_open_folder(&f, 0, subtree, 1);
	/* MS-OXCFOLD_R94402 */
	assert_int_equal(delete_folder(id, 0x05).return_value, 0);
	fixture_release(&f, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening),
		cmocka_unit_test(making),
		cmocka_unit_test(deleting),
		cmocka_unit_test(deleting_softly),
		cmocka_unit_test(emptying),
		cmocka_unit_test(deleting_messages),
		cmocka_unit_test(deleting_what_is_empty),
		cmocka_unit_test(moving),
		cmocka_unit_test(copying),
		cmocka_unit_test(reading_properties),
		cmocka_unit_test(setting_properties),
		cmocka_unit_test(public_folders),
	};

	return FIXTURE_RUN(&f, tests);
}
