/* server/rops_search: what search folders look for, what they find and keep ([MS-OXCFOLD] 2.2.1.4, 2.2.1.5, 3.2.5.4, 3.2.5.5). */
#include "rop_fixture.h"

#include "rop/rops_message.h"
#include "rop/rops_table.h"
#include "store/search.h"

#include "../store/mailboxes.h"

static struct fixture f;

/* Handles: 0 the logon, 1 the Inbox, 2 a folder of it to be searched, 3 one within, 4 a search folder. */
static uint64_t outer, inner, found;

static uint64_t counter_of(uint64_t wire)
{
	uint64_t id = 0;

	assert_true(id_to_counter(wire, &id));
	return id;
}

static uint64_t mail_into(uint64_t folder, const char *subject)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct mailbox *m = fixture_lock(&f, 0);
	struct bag b = plain_mail(&arena, subject);
	uint64_t id = 0;

	assert_int_equal(mailbox_begin(m), 0);
	mailbox_ok(m, try_put(m, counter_of(folder), &b, NULL, &id));
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	return id_from_counter(id);
}

static void make_search_folder(const char *name)
{
	struct rop_create_folder_request make = { .output_handle_index = 4,
						  .folder_type = 2,
						  .use_unicode_strings = 1 };
	struct rop_create_folder_response *a;

	make.display_name = fixture_text(&f, name);
	make.comment = fixture_text(&f, "");
	/* MS-OXCFOLD_R409 */
	a = fixture_ok(&f, ROP_CREATE_FOLDER, 1, &make);
	found = a->folder_id;
}

static void begin(const char *name)
{
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
	outer = fixture_create_folder(&f, 1, arena_printf(&f.arena, "Outer of %s", name), 2);
	inner = fixture_create_folder(&f, 2, "Inner", 3);
	make_search_folder(name);
}

static void end(void)
{
	fixture_release(&f, 0);
	fixture_forget(&f);
}

static const uint8_t has_class[] = { RES_EXIST, 0x1F, 0x00, 0x1A, 0x00 };
static const uint8_t has_subject_prefix[] = { RES_NOT, RES_EXIST, 0x1F, 0x00, 0x1A, 0x00 };

static struct rop_set_search_criteria_request look_in(uint64_t *folder, uint32_t flags)
{
	return (struct rop_set_search_criteria_request){ .restriction_data = { has_class,
									       sizeof has_class },
							 .folder_ids = { 1, folder },
							 .search_flags = flags };
}

static const struct rop_get_search_criteria_response *criteria(bool unicode)
{
	struct rop_get_search_criteria_request get = { .use_unicode = unicode,
						       .include_restriction = 1,
						       .include_folders = 1 };

	return fixture_ok(&f, ROP_GET_SEARCH_CRITERIA, 4, &get);
}

static uint32_t results(void)
{
	struct rop_get_contents_table_request q = { .output_handle_index = 7 };
	const struct rop_get_contents_table_response *r =
		fixture_ok(&f, ROP_GET_CONTENTS_TABLE, 4, &q);
	uint32_t n = r->row_count;

	fixture_release(&f, 7);
	return n;
}

static void delete_for_good(uint8_t folder, uint64_t id)
{
	struct rop_hard_delete_messages_request hard = { .message_ids = { 1, &id } };
	const struct rop_hard_delete_messages_response *a =
		fixture_ok(&f, ROP_HARD_DELETE_MESSAGES, folder, &hard);

	assert_int_equal(a->partial_completion, 0);
}

/* A dynamic search follows what comes, matches and goes; without flags of depth it is shallow. */
static void dynamic(void **unused)
{
	struct rop_set_search_criteria_request set;
	uint64_t first;

	(void)unused;
	begin("dynamic");
	first = mail_into(outer, "one");
	(void)mail_into(inner, "two");
	set = look_in(&outer, RESTART_SEARCH | NON_CONTENT_INDEXED_SEARCH);
	/* MS-OXCFOLD_R783 */
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	/* MS-OXCFOLD_R515 */
	/* MS-OXCFOLD_R766 */
	assert_int_equal(results(), 1);
	/* MS-OXCFOLD_R1200 */
	/* MS-OXCFOLD_R960 */
	assert_int_equal(criteria(true)->search_flags & SEARCH_RECURSIVE, 0);
	/* MS-OXCFOLD_R1238002 */
	assert_int_equal(criteria(true)->search_flags & SEARCH_STATIC, 0);
	(void)mail_into(outer, "three");
	/* MS-OXCFOLD_R1095 */
	/* MS-OXCFOLD_R1096 */
	/* MS-OXCFOLD_R1097 */
	/* MS-OXCFOLD_R1210 */
	assert_int_equal(results(), 2);
	delete_for_good(2, first);
	assert_int_equal(results(), 1);
	/* MS-OXCFOLD_R770 */
	/* MS-OXCFOLD_R782 */
	set.search_flags = RESTART_SEARCH | RECURSIVE_SEARCH | CONTENT_INDEXED_SEARCH;
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	assert_int_equal(results(), 2);
	/* MS-OXCFOLD_R789 */
	assert_int_equal(criteria(true)->search_flags & SEARCH_RECURSIVE, SEARCH_RECURSIVE);
	/* MS-OXCFOLD_R772 */
	set.search_flags = RESTART_SEARCH | SHALLOW_SEARCH;
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	assert_int_equal(results(), 1);
	/* MS-OXCFOLD_R519 */
	set.restriction_data = bytes_of(has_subject_prefix, sizeof has_subject_prefix);
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	assert_int_equal(results(), 0);
	end();
}

/* A static one finds what is there when it starts, once; nothing comes to it and nothing goes until it is started anew. */
static void fixed(void **unused)
{
	struct rop_set_search_criteria_request set;
	uint64_t first;
	const struct rop_get_search_criteria_response *got;

	(void)unused;
	begin("static");
	first = mail_into(outer, "one");
	set = look_in(&outer, RESTART_SEARCH | STATIC_SEARCH);
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	/* MS-OXCFOLD_R549 */
	assert_int_equal(results(), 1);
	got = criteria(true);
	/* MS-OXCFOLD_R795 */
	assert_int_equal(got->search_flags & SEARCH_STATIC, SEARCH_STATIC);
	assert_int_equal(got->search_flags & SEARCH_RUNNING, 0);
	(void)mail_into(outer, "two");
	/* MS-OXCFOLD_R784 */
	/* MS-OXCFOLD_R1084 */
	/* MS-OXCFOLD_R1093 */
	assert_int_equal(results(), 1);
	delete_for_good(2, first);
	/* MS-OXCFOLD_R1094 */
	assert_int_equal(results(), 1);
	/* Its row says no more than that it was found, and does not open it. */
	struct rop_open_message_request open = { .output_handle_index = 7,
						 .folder_id = found,
						 .message_id = first };
	fixture_refused(&f, ROP_OPEN_MESSAGE, 4, &open, ecNotFound);
	(void)mail_into(outer, "three");
	/* MS-OXCFOLD_R551 */
	/* MS-OXCFOLD_R546 */
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	assert_int_equal(results(), 2);
	end();
}

static void stopping(void **unused)
{
	struct rop_set_search_criteria_request set;

	(void)unused;
	begin("stopped");
	(void)mail_into(outer, "one");
	set = look_in(&outer, RESTART_SEARCH);
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	/* MS-OXCFOLD_R785 */
	assert_int_equal(criteria(true)->search_flags & SEARCH_RUNNING, SEARCH_RUNNING);
	set.search_flags = STOP_SEARCH;
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	/* MS-OXCFOLD_R673 */
	/* MS-OXCFOLD_R54301 */
	assert_int_equal(criteria(true)->search_flags & SEARCH_RUNNING, 0);
	(void)mail_into(outer, "two");
	assert_int_equal(results(), 1);
	/* MS-OXCFOLD_R767 */
	/* MS-OXCFOLD_R768 */
	set.search_flags = RESTART_SEARCH;
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	assert_int_equal(results(), 2);
	end();
}

static void keeping_what_it_had(void **unused)
{
	struct rop_set_search_criteria_request set;
	const struct rop_get_search_criteria_response *got;

	(void)unused;
	begin("keeping");
	(void)mail_into(outer, "one");
	set = look_in(&outer, RESTART_SEARCH);
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	/* MS-OXCFOLD_R109 */
	set.folder_ids.n = 0;
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	got = criteria(true);
	/* MS-OXCFOLD_R1241 */
	assert_int_equal(got->folder_ids.n, 1);
	assert_int_equal(got->folder_ids.v[0], outer);
	set = look_in(&outer, RESTART_SEARCH);
	set.restriction_data.n = 0;
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	got = criteria(true);
	/* MS-OXCFOLD_R105 */
	assert_int_equal(got->restriction_data.n, sizeof has_class);
	assert_memory_equal(got->restriction_data.p, has_class, sizeof has_class);
	/* MS-OXCFOLD_R1103 */
	/* MS-OXCFOLD_R1104 */
	struct rop_get_search_criteria_request get = { .use_unicode = 1, .include_folders = 1 };
	got = fixture_ok(&f, ROP_GET_SEARCH_CRITERIA, 4, &get);
	/* MS-OXCFOLD_R130 */
	/* MS-OXCFOLD_R959 */
	assert_int_equal(got->restriction_data.n, 0);
	assert_int_equal(got->folder_ids.n, 1);
	get = (struct rop_get_search_criteria_request){ .use_unicode = 1,
							.include_restriction = 1 };
	got = fixture_ok(&f, ROP_GET_SEARCH_CRITERIA, 4, &get);
	/* MS-OXCFOLD_R132 */
	/* MS-OXCFOLD_R2141 */
	assert_int_equal(got->folder_ids.n, 0);
	assert_int_not_equal(got->restriction_data.n, 0);
	end();
}

/* An AND of a content restriction, and of what is not equal. */
static struct restriction decoded(struct bytes data)
{
	struct restriction r;

	assert_int_equal(restriction_decode(data, WIRE_COUNTS_16, &f.arena, &r, &f.why), 0);
	assert_int_equal(r.kind, RES_AND);
	assert_int_equal(r.u.list.all.n, 2);
	return r;
}

static void kinds_of_text(void **unused)
{
	static const uint8_t wide[] = {
		RES_AND,
		2,
		0,
		RES_CONTENT,
		FUZZY_SUBSTRING,
		0,
		FUZZY_IGNORE_CASE,
		0,
		0x1F,
		0x00,
		0x37,
		0x00,
		0x1F,
		0x00,
		0x37,
		0x00,
		'c',
		0,
		0xE4,
		0,
		0,
		0,
		RES_NOT,
		RES_PROPERTY,
		RELOP_EQ,
		0x1F,
		0x00,
		0x1A,
		0x00,
		0x1F,
		0x00,
		0x1A,
		0x00,
		'X',
		0,
		0,
		0,
	};
	struct rop_set_search_criteria_request set;
	const struct rop_get_search_criteria_response *got;
	struct restriction r;

	(void)unused;
	begin("texts");
	set = look_in(&outer, RESTART_SEARCH);
	set.restriction_data = bytes_of(wide, sizeof wide);
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	got = criteria(true);
	/* MS-OXCFOLD_R127 */
	assert_int_equal(got->restriction_data.n, sizeof wide);
	assert_memory_equal(got->restriction_data.p, wide, sizeof wide);
	/* MS-OXCFOLD_R128 */
	r = decoded(criteria(false)->restriction_data);
	assert_int_equal(tag_type(r.u.list.all.v[0].u.content.tag), PT_STRING8);
	assert_int_equal(prop_type(&r.u.list.all.v[0].u.content.value.prop), PT_STRING8);
	assert_memory_equal(r.u.list.all.v[0].u.content.value.prop.value.p, "c\xE4", 2);
	assert_int_equal(prop_type(&r.u.list.all.v[1].u.negated.restriction->u.property.value.prop),
			 PT_STRING8);
	/* And back, of what was set so. */
	set.restriction_data = criteria(false)->restriction_data;
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	got = criteria(true);
	assert_int_equal(got->restriction_data.n, sizeof wide);
	assert_memory_equal(got->restriction_data.p, wide, sizeof wide);
	end();
}

static void refusals(void **unused)
{
	struct rop_set_search_criteria_request set;
	struct rop_get_search_criteria_request get = { .use_unicode = 1 };
	uint64_t itself;

	(void)unused;
	begin("refused");
	set = look_in(&outer, RESTART_SEARCH);
	/* MS-OXCFOLD_R570 */
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 2, &set, 0x461);
	/* MS-OXCFOLD_R579 */
	/* MS-OXCFOLD_R580 */
	fixture_refused(&f, ROP_GET_SEARCH_CRITERIA, 2, &get, 0x461);
	/* MS-OXCFOLD_R574 */
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 0, &set, 0x80040102);
	/* MS-OXCFOLD_R581 */
	/* MS-OXCFOLD_R582 */
	fixture_refused(&f, ROP_GET_SEARCH_CRITERIA, 0, &get, 0x80040102);
	set.folder_ids.n = 0;
	/* MS-OXCFOLD_R565 */
	/* MS-OXCFOLD_R566 */
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 4, &set, 0x80040605);
	itself = found;
	set = look_in(&itself, RESTART_SEARCH);
	/* MS-OXCFOLD_R124201 */
	/* MS-OXCFOLD_R1243 */
	/* MS-OXCFOLD_R1244 */
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 4, &set, 0x490);
	set = look_in(&outer, 0x80000000);
	/* MS-OXCFOLD_R1092 */
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 4, &set, 0x80070057);
	set.search_flags = RECURSIVE_SEARCH | SHALLOW_SEARCH;
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 4, &set, 0x80070057);
	set.search_flags = RESTART_SEARCH | STOP_SEARCH;
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 4, &set, 0x80070057);
	end();
}

/* Its links are messages of other folders: they can be copied and moved from it, not to it. */
static void messages_of_it(void **unused)
{
	struct rop_set_search_criteria_request set;
	struct rop_move_copy_messages_request move = { .dest_handle_index = 3,
						       .message_ids = { 1, NULL },
						       .want_copy = 1 };
	struct rop_empty_folder_request empty = { .want_delete_associated = 0 };
	const struct rop_move_copy_messages_response *a;
	uint64_t id;

	(void)unused;
	begin("links");
	id = mail_into(outer, "one");
	set = look_in(&outer, RESTART_SEARCH | SHALLOW_SEARCH);
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 4, &set);
	assert_int_equal(results(), 1);
	move.message_ids.v = &id;
	/* MS-OXCFOLD_R121702 */
	/* MS-OXCFOLD_R159 */
	a = fixture_ok(&f, ROP_MOVE_COPY_MESSAGES, 4, &move);
	assert_int_equal(a->partial_completion, 0);
	assert_int_equal(results(), 1);
	/* MS-OXCFOLD_R121701 */
	/* MS-OXCFOLD_R160 */
	move.want_copy = 0;
	a = fixture_ok(&f, ROP_MOVE_COPY_MESSAGES, 4, &move);
	assert_int_equal(a->partial_completion, 0);
	assert_int_equal(results(), 0);
	id = mail_into(outer, "two");
	move.dest_handle_index = 4;
	/* MS-OXCFOLD_R121801 */
	/* MS-OXCFOLD_R1216 */
	/* MS-OXCFOLD_R1245 */
	/* MS-OXCFOLD_R1246 */
	fixture_refused(&f, ROP_MOVE_COPY_MESSAGES, 2, &move, 0x460);
	move.want_copy = 1;
	/* MS-OXCFOLD_R121802 */
	fixture_refused(&f, ROP_MOVE_COPY_MESSAGES, 2, &move, 0x460);
	/* MS-OXCFOLD_R124901 */
	fixture_refused(&f, ROP_EMPTY_FOLDER, 4, &empty, 0x80040102);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dynamic),        cmocka_unit_test(fixed),
		cmocka_unit_test(stopping),       cmocka_unit_test(keeping_what_it_had),
		cmocka_unit_test(kinds_of_text),  cmocka_unit_test(refusals),
		cmocka_unit_test(messages_of_it),
	};

	return FIXTURE_RUN(&f, tests);
}
