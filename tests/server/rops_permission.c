/* server/rops_permission: who may do what in a folder, and that it holds ([MS-OXCPERM]). */
#include "rop_fixture.h"

#include "mapi/entryid.h"
#include "rop/property_row.h"
#include "rop/rops_message.h"
#include "rop/rops_permission.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"
#include "store/permission.h"

static struct fixture f;

static uint32_t columns[] = { PidTagEntryId, PidTagMemberId, PidTagMemberName, PidTagMemberRights };

struct member {
	uint64_t id;
	const char *name;
	uint32_t rights;
	size_t entryid;
};

/* The list of the folder of a handle; how many there are. */
static size_t list(uint8_t folder, uint8_t flags, struct member *out, size_t most)
{
	struct rop_get_permissions_table_request get = { .output_handle_index = 7,
							 .table_flags = flags };
	struct rop_set_columns_request set = { .property_tags = { 4, columns } };
	struct rop_query_rows_request query = { .forward_read = 1, .row_count = 100 };
	struct rop_query_rows_response *rows;
	struct prop row[4];
	struct bytes rest;

	(void)fixture_ok(&f, ROP_GET_PERMISSIONS_TABLE, folder, &get);
	/* MS-OXCPERM_R9 */
	/* MS-OXCPERM_R179 */
	/* MS-OXCPERM_R2006 */
	assert_int_equal(fixture_object(&f, 7)->kind, OBJECT_TABLE);
	(void)fixture_ok(&f, ROP_SET_COLUMNS, 7, &set);
	rows = fixture_ok(&f, ROP_QUERY_ROWS, 7, &query);
	rest = rows->rows.data;
	assert_true(rows->rows.count <= most);
	for (uint32_t i = 0; i < rows->rows.count; i++) {
		assert_int_equal(property_row_next(&rest, columns, 4, &f.arena, row, &f.why), 0);
		/* MS-OXCPERM_R1066 */
		/* MS-OXCPERM_R1071 */
		/* MS-OXCPERM_R1076 */
		/* MS-OXCPERM_R1082 */
		for (size_t k = 0; k < 4; k++)
			assert_int_equal(row[k].tag, columns[k]);
		out[i] = (struct member){ le64(row[1].value.p), prop_text(&row[2], 1252, &f.arena),
					  le32(row[3].value.p), row[0].value.n };
	}
	/* MS-OXCPERM_R154 */
	/* MS-OXCPERM_R155 */
	assert_int_equal(rest.n, 0);
	fixture_release(&f, 7);
	return rows->rows.count;
}

static struct bytes entryid_of(const char *name)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct person p = { .legacy_dn = fixture_legacy_dn(&f, name) };

	assert_int_equal(person_entryid(&p, &b), 0);
	return bytes_of(arena_memdup(&f.arena, b.p, b.n), b.n);
}

/* One change of the list. */
static status modify(uint8_t folder, uint8_t flags, uint8_t row, struct bytes entryid,
		     const uint64_t *member, const uint32_t *rights)
{
	struct permission_data d = { .permission_data_flags = row };
	struct rop_modify_permissions_request r = { .modify_flags = flags,
						    .permissions_data = { 1, &d } };
	struct bag b;

	bag_init(&b, &f.arena);
	if (entryid.n)
		assert_int_equal(bag_set_bytes(&b, PidTagEntryId, entryid), 0);
	if (member)
		assert_int_equal(bag_set_u64(&b, PidTagMemberId, *member), 0);
	if (rights)
		assert_int_equal(bag_set_u32(&b, PidTagMemberRights, *rights), 0);
	d.property_values.v = arena_array(&f.arena, b.n + 1, sizeof *d.property_values.v);
	for (size_t i = 0; i < b.n; i++)
		d.property_values.v[d.property_values.n++].prop = b.v[i];
	return fixture_rop(&f, ROP_MODIFY_PERMISSIONS, folder, &r).return_value;
}

static void log_on(void)
{
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
}

static void changing(void **state)
{
	struct bytes nobody = bytes_of(NULL, 0);
	uint32_t reviewer = RIGHT_READ_ANY | RIGHT_VISIBLE,
		 editor = reviewer | RIGHT_CREATE | RIGHT_EDIT_OWNED | RIGHT_DELETE_OWNED |
			  RIGHT_EDIT_ANY | RIGHT_DELETE_ANY;
	struct member m[8];
	uint64_t absent = 4711, everybody = 0;

	(void)state;
	log_on();
	(void)fixture_create_folder(&f, 1, "Shared", 2);
	assert_int_equal(list(2, 0, m, 8), 2);
	/* MS-OXCPERM_R190 */
	/* MS-OXCPERM_R1080 */
	assert_int_equal(m[0].id, 0);
	assert_string_equal(m[0].name, "");
	/* MS-OXCPERM_R1070 */
	assert_int_equal(m[0].entryid, 0);
	/* MS-OXCPERM_R189 */
	/* MS-OXCPERM_R1079 */
	assert_int_equal(m[1].id, UINT64_MAX);
	assert_string_equal(m[1].name, "Anonymous");
	assert_int_equal(modify(2, 0, 0x01, entryid_of("bob"), NULL, &reviewer), 0);
	/* MS-OXCPERM_R47 */
	/* MS-OXCPERM_R51 */
	assert_int_equal(list(2, 0, m, 8), 3);
	/* MS-OXCPERM_R1081 */
	assert_string_equal(m[2].name, "bob");
	/* MS-OXCPERM_R74 */
	assert_true(m[2].id != m[0].id && m[2].id != m[1].id);
	/* MS-OXCPERM_R1069 */
	assert_int_equal(m[2].entryid, entryid_of("bob").n);
	/* MS-OXCPERM_R87 */
	assert_int_equal(m[2].rights, reviewer);
	/* MS-OXCPERM_R52 */
	assert_int_equal(modify(2, 0, 0x02, nobody, &m[2].id, &editor), 0);
	assert_int_equal(list(2, 0, m, 8), 3);
	assert_int_equal(m[2].rights, editor);
	/* MS-OXCPERM_R1175 */
	assert_int_equal(modify(2, 0, 0x04, nobody, &absent, NULL), 0);
	assert_int_equal(modify(2, 0, 0x02, nobody, &everybody, &reviewer), 0);
	/* MS-OXCPERM_R1197 */
	assert_int_equal(modify(2, 0x01, 0x01, entryid_of("carol"), NULL, &reviewer), 0);
	assert_int_equal(list(2, 0, m, 8), 3);
	assert_string_equal(m[2].name, "carol");
	assert_int_equal(m[0].rights, reviewer);
	/* MS-OXCPERM_R45 */
	assert_int_equal(modify(2, 0x01, 0x04, nobody, &m[2].id, NULL), ecInvalidParam);
	/* MS-OXCPERM_R186 */
	assert_int_equal(modify(2, 0, 0x04, nobody, &m[2].id, NULL), 0);
	/* MS-OXCPERM_R1188 */
	assert_int_equal(list(2, 0, m, 8), 2);
	fixture_release(&f, 0);
}

static void free_and_busy(void **state)
{
	struct bytes nobody = bytes_of(NULL, 0);
	uint32_t none = 0, all = RIGHT_FREE_BUSY_SIMPLE | RIGHT_FREE_BUSY_DETAILED;
	uint64_t everybody = 0;
	struct member m[8];

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_CALENDAR), 1);
	/* MS-OXCPERM_R40 */
	assert_int_equal(modify(1, 0x02, 0x02, nobody, &everybody, &all), 0);
	/* MS-OXCPERM_R19 */
	assert_int_equal(list(1, 0x02, m, 8), 2);
	assert_int_equal(m[0].rights, all);
	/* Without the flag they are not looked at. */
	assert_int_equal(modify(1, 0, 0x02, nobody, &everybody, &none), 0);
	assert_int_equal(list(1, 0x02, m, 8), 2);
	assert_int_equal(m[0].rights, all);
	fixture_release(&f, 0);
}

/* Bits that are no rights are nobody's, and there is no list as XML. */
static void refusals(void **state)
{
	struct rop_open_stream_request stream = { .output_handle_index = 3,
						  .property_tag = tag_make(0x0E6A, PT_UNICODE) };
	uint32_t odd = 0x20000000;
	struct member m[8];

	(void)state;
	log_on();
	(void)fixture_create_folder(&f, 1, "Odd", 2);
	/* MS-OXCPERM_R1093 */
	assert_int_equal(modify(2, 0, 0x01, entryid_of("bob"), NULL, &odd), ecInvalidParam);
	assert_int_equal(list(2, 0, m, 8), 2);
	/* MS-OXCPERM_R152 */
	/* MS-OXCPERM_R183 */
	fixture_refused(&f, ROP_OPEN_STREAM, 2, &stream, 0x80040102);
	fixture_release(&f, 0);
}

/* Who may not see a folder any more has no rows of its list. */
static void list_of_others(void **state)
{
	struct session *alice = f.session, *bob = fixture_session(&f, "bob");
	struct rop_get_permissions_table_request get = { .output_handle_index = 7 };
	struct rop_set_columns_request set = { .property_tags = { 4, columns } };
	struct rop_query_rows_request query = { .forward_read = 1, .row_count = 100 };
	struct bytes nobody = bytes_of(NULL, 0);
	uint32_t owner = RIGHT_VISIBLE | RIGHT_OWNER, none = 0;
	struct member m[8];
	uint64_t shared;

	(void)state;
	log_on();
	shared = fixture_create_folder(&f, 1, "Listed", 2);
	assert_int_equal(modify(2, 0, 0x01, entryid_of("bob"), NULL, &owner), 0);
	fixture_use(&f, bob);
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, shared, 1);
	/* MS-OXCPERM_R2014 */
	/* MS-OXCPERM_R103 */
	assert_int_equal(list(1, 0, m, 8), 3);
	/* MS-OXCPERM_R182 */
	/* MS-OXCPERM_R115002 */
	assert_int_equal(modify(1, 0, 0x02, nobody, &m[2].id, &none), 0);
	(void)fixture_ok(&f, ROP_GET_PERMISSIONS_TABLE, 1, &get);
	(void)fixture_ok(&f, ROP_SET_COLUMNS, 7, &set);
	/* MS-OXCPERM_R2007 */
	fixture_refused(&f, ROP_QUERY_ROWS, 7, &query, 0x80070005);
	/* MS-OXCPERM_R116001 */
	assert_int_equal(modify(1, 0, 0x02, nobody, &m[2].id, &owner), 0x80070005);
	session_close(bob);
	fixture_use(&f, alice);
}

/* Bob has what Alice gives him, and no more. */
static void rights_hold(void **state)
{
	struct session *alice = f.session, *bob = fixture_session(&f, "bob");
	uint32_t visible = RIGHT_VISIBLE, maker = RIGHT_VISIBLE | RIGHT_CREATE_SUBFOLDER;
	struct rop_create_folder_request create = { .output_handle_index = 4,
						    .folder_type = 1,
						    .use_unicode_strings = 1 };
	struct rop_open_folder_request open = { .output_handle_index = 3 };
	struct rop_delete_folder_request drop = { .delete_folder_flags = 0x05 };
	uint64_t shared, hidden;

	(void)state;
	create.display_name = fixture_text(&f, "Bob's");
	create.comment = fixture_text(&f, "");
	log_on();
	shared = fixture_create_folder(&f, 1, "For Bob", 2);
	hidden = fixture_create_folder(&f, 1, "Not for Bob", 3);
	assert_int_equal(modify(2, 0, 0x01, entryid_of("bob"), NULL, &visible), 0);
	fixture_use(&f, bob);
	/* MS-OXCPERM_R1120 */
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, shared, 1);
	open.folder_id = hidden;
	/* MS-OXCFOLD_R470 */
	fixture_refused(&f, ROP_OPEN_FOLDER, 0, &open, ecNotFound);
	/* MS-OXCPERM_R119 */
	fixture_refused(&f, ROP_CREATE_FOLDER, 1, &create, ecAccessDenied);
	/* MS-OXCPERM_R181 */
	assert_int_equal(modify(1, 0, 0x01, entryid_of("carol"), NULL, &visible), ecAccessDenied);
	drop.folder_id = hidden;
	/* MS-OXCFOLD_R508 */
	fixture_refused(&f, ROP_DELETE_FOLDER, 1, &drop, ecNotFound);
	drop.folder_id = shared;
	/* MS-OXCFOLD_R503 */
	fixture_refused(&f, ROP_DELETE_FOLDER, 1, &drop, ecAccessDenied);
	fixture_use(&f, alice);
	log_on();
	fixture_open_folder(&f, 0, shared, 2);
	assert_int_equal(modify(2, 0, 0x01, entryid_of("bob"), NULL, &maker), 0);
	fixture_use(&f, bob);
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, shared, 1);
	/* MS-OXCPERM_R118 */
	(void)fixture_ok(&f, ROP_CREATE_FOLDER, 1, &create);
	session_close(bob);
	fixture_use(&f, alice);
}

/* What Bob may do with messages of a folder of Alice's ------------------------------------------------------------- */

static uint64_t shared_folder, hers, his;

/* Bob's rights there; his session goes on. */
static void allow(uint32_t rights)
{
	struct permission p;
	uint64_t id = 0;
	struct mailbox *m = fixture_lock(&f, 0);

	assert_true(id_to_counter(shared_folder, &id));
	assert_int_equal(permission_of(m, id, &f.session->user.guid, &f.arena, &p), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(permission_set(m, id, p.member, rights), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
}

static status create_message(uint64_t *id)
{
	struct rop_create_message_request r = { .output_handle_index = 5,
						.code_page_id = 0x0FFF,
						.folder_id = shared_folder };
	struct rop_save_changes_message_request save = { .save_flags = 2 };
	struct rop_response a = fixture_rop(&f, ROP_CREATE_MESSAGE, 0, &r);

	if (a.return_value)
		return a.return_value;
	*id = ((struct rop_save_changes_message_response *)fixture_ok(&f, ROP_SAVE_CHANGES_MESSAGE,
								      5, &save))
		      ->message_id;
	fixture_release(&f, 5);
	return ecNone;
}

/* Opened, for reading or for both. */
static status open_message(uint64_t id, uint8_t mode)
{
	struct rop_open_message_request r = { .output_handle_index = 5,
					      .code_page_id = 0x0FFF,
					      .folder_id = shared_folder,
					      .open_mode_flags = mode,
					      .message_id = id };
	status s = fixture_rop(&f, ROP_OPEN_MESSAGE, 0, &r).return_value;

	if (!s)
		fixture_release(&f, 5);
	return s;
}

static bool may_delete(uint64_t id)
{
	struct rop_delete_messages_request r = { .message_ids = { 1, &id } };

	return !((struct rop_delete_messages_response *)fixture_ok(&f, ROP_DELETE_MESSAGES, 1, &r))
			->partial_completion;
}

static void rights_to_messages(void **state)
{
	struct session *alice = f.session, *bob = fixture_session(&f, "bob");
	uint32_t visible = RIGHT_VISIBLE;
	uint64_t other = 0;

	(void)state;
	log_on();
	shared_folder = fixture_create_folder(&f, 1, "Messages for Bob", 2);
	assert_int_equal(modify(2, 0, 0x01, entryid_of("bob"), NULL, &visible), 0);
	assert_int_equal(create_message(&hers), 0);
	fixture_use(&f, bob);
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, shared_folder, 1);
	/* MS-OXCPERM_R141 */
	assert_int_equal(create_message(&his), 0x80070005);
	allow(RIGHT_VISIBLE | RIGHT_CREATE);
	/* MS-OXCPERM_R140 */
	assert_int_equal(create_message(&his), 0);
	/* MS-OXCPERM_R144 */
	assert_int_equal(open_message(hers, 0), 0x80070005);
	/* MS-OXCPERM_R132 */
	assert_int_equal(open_message(his, 1), 0x80070005);
	/* MS-OXCPERM_R128 */
	assert_false(may_delete(his));
	allow(RIGHT_VISIBLE | RIGHT_READ_ANY);
	/* MS-OXCPERM_R143 */
	assert_int_equal(open_message(hers, 0), 0);
	/* MS-OXCPERM_R125 */
	assert_int_equal(open_message(hers, 1), 0x80070005);
	/* MS-OXCPERM_R122 */
	assert_false(may_delete(hers));
	allow(RIGHT_VISIBLE | RIGHT_READ_ANY | RIGHT_EDIT_OWNED | RIGHT_DELETE_OWNED);
	/* MS-OXCPERM_R131 */
	assert_int_equal(open_message(his, 1), 0);
	assert_int_equal(open_message(hers, 1), 0x80070005);
	assert_false(may_delete(hers));
	/* MS-OXCPERM_R127 */
	assert_true(may_delete(his));
	allow(RIGHT_VISIBLE | RIGHT_READ_ANY | RIGHT_EDIT_ANY | RIGHT_EDIT_OWNED);
	/* MS-OXCPERM_R124 */
	assert_int_equal(open_message(hers, 1), 0);
	allow(RIGHT_VISIBLE | RIGHT_DELETE_ANY | RIGHT_DELETE_OWNED);
	/* MS-OXCPERM_R121 */
	assert_true(may_delete(hers));
	/* MS-OXCPERM_R173 */
	/* MS-OXCPERM_R175 */
	/* MS-OXCPERM_R1192 */
	allow(0);
	assert_int_equal(create_message(&other), 0x80070005);
	session_close(bob);
	fixture_use(&f, alice);
}

/* Who copies a folder owns the copy: nothing below it is copied that he may not read. */
static void trees_are_copied_by_who_may_read_them(void **state)
{
	struct session *alice = f.session, *bob = fixture_session(&f, "bob");
	uint32_t reader = RIGHT_VISIBLE | RIGHT_READ_ANY, visible = RIGHT_VISIBLE, maker = RIGHT_VISIBLE | RIGHT_CREATE_SUBFOLDER;
	struct rop_copy_folder_request r = { .dest_handle_index = 2, .want_recursive = 1, .use_unicode = 1 };
	uint64_t target;

	(void)state;
	log_on();
	shared_folder = fixture_create_folder(&f, 1, "A tree", 2);
	(void)fixture_create_folder(&f, 2, "Not for Bob", 3);
	target = fixture_create_folder(&f, 1, "For copies", 4);
	assert_int_equal(modify(2, 0, 0x01, entryid_of("bob"), NULL, &reader), 0);
	assert_int_equal(modify(3, 0, 0x01, entryid_of("bob"), NULL, &visible), 0);
	assert_int_equal(modify(4, 0, 0x01, entryid_of("bob"), NULL, &maker), 0);
	fixture_use(&f, bob);
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, shared_folder, 1);
	fixture_open_folder(&f, 0, target, 2);
	r.folder_id = shared_folder;
	r.new_folder_name = fixture_text(&f, "Copy");
	fixture_refused(&f, ROP_COPY_FOLDER, 1, &r, 0x80070005);
	r.want_recursive = 0;
	(void)fixture_ok(&f, ROP_COPY_FOLDER, 1, &r);
	session_close(bob);
	fixture_use(&f, alice);
}

/* The folder of handle 2, whose third member gets what is written like this: it is this right (some bring others along), and is read as written. */
static void is_right(uint32_t wire, uint32_t right)
{
	struct bytes nobody = bytes_of(NULL, 0);
	struct permission p;
	struct member m[8];
	uint64_t id = 0;

	assert_int_equal(list(2, 0x02, m, 8), 3);
	assert_int_equal(modify(2, 0x02, 0x02, nobody, &m[2].id, &wire), 0);
	assert_int_equal(list(2, 0x02, m, 8), 3);
	assert_int_equal(m[2].rights & wire, wire);
	struct mailbox *box = fixture_lock(&f, 0);
	assert_true(id_to_counter(shared_folder, &id));
	assert_int_equal(permission_get(box, id, m[2].id, &f.arena, &p), 0);
	assert_int_equal(p.rights & right, right);
	assert_int_equal(right, wire);
	fixture_unlock(&f, 0);
}

static void values_of_rights(void **state)
{
	uint32_t none = 0;

	(void)state;
	log_on();
	shared_folder = fixture_create_folder(&f, 1, "Values", 2);
	assert_int_equal(modify(2, 0, 0x01, entryid_of("bob"), NULL, &none), 0);
	/* MS-OXCPERM_R142 */
	is_right(0x00000001, RIGHT_READ_ANY);
	/* MS-OXCPERM_R139 */
	is_right(0x00000002, RIGHT_CREATE);
	/* MS-OXCPERM_R130 */
	is_right(0x00000008, RIGHT_EDIT_OWNED);
	/* MS-OXCPERM_R126 */
	is_right(0x00000010, RIGHT_DELETE_OWNED);
	/* MS-OXCPERM_R123 */
	is_right(0x00000020, RIGHT_EDIT_ANY);
	/* MS-OXCPERM_R120 */
	is_right(0x00000040, RIGHT_DELETE_ANY);
	/* MS-OXCPERM_R117 */
	is_right(0x00000080, RIGHT_CREATE_SUBFOLDER);
	/* MS-OXCPERM_R114 */
	is_right(0x00000100, RIGHT_OWNER);
	/* MS-OXCPERM_R102 */
	is_right(0x00000400, RIGHT_VISIBLE);
}

/* Who is not in the list has what everybody has. */
static void rights_of_everybody(void **state)
{
	struct session *alice = f.session, *carol = fixture_session(&f, "carol");
	struct bytes nobody = bytes_of(NULL, 0);
	uint32_t reviewer = RIGHT_VISIBLE | RIGHT_READ_ANY;
	uint64_t everybody = 0, id = 0;

	(void)state;
	log_on();
	shared_folder = fixture_create_folder(&f, 1, "For everybody", 2);
	/* MS-OXCPERM_R1187 */
	assert_int_equal(modify(2, 0, 0x02, nobody, &everybody, &reviewer), 0);
	assert_int_equal(create_message(&id), 0);
	fixture_use(&f, carol);
	(void)fixture_logon(&f, 0, "alice");
	/* MS-OXCPERM_R176 */
	/* MS-OXCPERM_R2016 */
	assert_int_equal(open_message(id, 0), 0);
	assert_int_equal(open_message(id, 1), 0x80070005);
	session_close(carol);
	fixture_use(&f, alice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changing),           cmocka_unit_test(free_and_busy),
		cmocka_unit_test(refusals),           cmocka_unit_test(list_of_others),
		cmocka_unit_test(rights_hold),        cmocka_unit_test(rights_to_messages),
		cmocka_unit_test(rights_of_everybody), cmocka_unit_test(trees_are_copied_by_who_may_read_them),
		cmocka_unit_test(values_of_rights),
	};

	return FIXTURE_RUN(&f, tests);
}
