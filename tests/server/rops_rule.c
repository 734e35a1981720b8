/* Rules of a folder: added, changed, removed, replaced, and read as a table; search folders' criteria. */
#include "rop_fixture.h"

#include "rop/property_row.h"
#include "rop/rops_folder.h"
#include "rop/rops_rule.h"
#include "rop/rops_table.h"
#include "server/table_object.h"
#include "store/rule.h"
#include "store/search.h"

#include "../store/mailboxes.h"

#define ROW_ADD    0x01
#define ROW_MODIFY 0x02
#define ROW_REMOVE 0x04

static struct fixture f;

static void begin(void)
{
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
}

static struct prop number(uint32_t tag, uint64_t v, size_t n)
{
	uint8_t *p = arena_alloc(&f.arena, 8);

	put_le64(p, v);
	return (struct prop){ .tag = tag, .count = 1, .size = n, .value = bytes_of(p, n) };
}

static struct prop text(uint32_t tag, const char *v)
{
	struct bytes b = fixture_text(&f, v);

	return (struct prop){ .tag = tag, .count = 1, .size = b.n, .value = b };
}

/* Deletes what it is for, when a message has a subject. */
static void fill(struct tagged_value *v, const char *name, uint32_t sequence, uint32_t state)
{
	static const uint8_t condition[] = { RES_EXIST, 0x1F, 0x00, 0x37, 0x00 };
	static const uint8_t actions[] = { 1, 0, 9, 0, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0 };

	v[0].prop = text(PidTagRuleName, name);
	v[1].prop = number(PidTagRuleSequence, sequence, 4);
	v[2].prop = number(PidTagRuleState, state, 4);
	v[3].prop = (struct prop){ .tag = PidTagRuleCondition,
				   .count = 1,
				   .size = sizeof condition,
				   .value = bytes_of(condition, sizeof condition) };
	v[4].prop = (struct prop){ .tag = PidTagRuleActions,
				   .count = 1,
				   .size = sizeof actions,
				   .value = bytes_of(actions, sizeof actions) };
	v[5].prop = text(PidTagRuleProvider, "RuleOrganizer");
	v[6].prop = number(PidTagRuleUserFlags, 0x1234, 4);
}

static status modify(uint8_t flags, uint8_t row_flags, struct tagged_value *v, uint32_t n)
{
	struct rule_data data = { .rule_data_flags = row_flags, .property_values = { n, v } };
	struct rop_modify_rules_request q = { .modify_rules_flags = flags,
					      .rules_data = { 1, &data } };

	return fixture_rop(&f, ROP_MODIFY_RULES, 1, &q).return_value;
}

static uint32_t columns[] = { PidTagRuleId, PidTagRuleName, PidTagRuleState, PidTagRuleUserFlags };

/* Ids, names, states of all rules. */
static size_t read_table(struct prop rows[][4], size_t most)
{
	struct rop_get_rules_table_request q = { .output_handle_index = 2,
						 .table_flags = TABLE_FLAG_USE_UNICODE };
	struct rop_set_columns_request set = { .property_tags = { 4, columns } };
	struct rop_query_rows_request all = { .forward_read = 1, .row_count = 50 };
	struct rop_query_rows_response *r;
	struct bytes data;

	/* MS-OXORULE_R121 */
	(void)fixture_ok(&f, ROP_GET_RULES_TABLE, 1, &q);
	(void)fixture_ok(&f, ROP_SET_COLUMNS, 2, &set);
	r = fixture_ok(&f, ROP_QUERY_ROWS, 2, &all);
	assert_true(r->rows.count <= most);
	data = r->rows.data;
	for (uint32_t i = 0; i < r->rows.count; i++)
		assert_int_equal(property_row_next(&data, columns, 4, &f.arena, rows[i], NULL), 0);
	return r->rows.count;
}

static void lifetime(void **unused)
{
	struct tagged_value v[8];
	struct prop rows[10][4];

	(void)unused;
	begin();
	fill(v, "second", 20, RULE_ENABLED);
	/* MS-OXORULE_R680 */
	/* MS-OXORULE_R596 */
	assert_int_equal(modify(0, ROW_ADD, v, 7), 0);
	fill(v, "first", 10, RULE_ENABLED | RULE_ERROR | RULE_PARSE_ERROR);
	/* MS-OXORULE_R844 */
	/* MS-OXORULE_R846 */
	assert_int_equal(modify(0, ROW_ADD, v, 7), 0);
	/* MS-OXORULE_R122 */
	assert_int_equal(read_table(rows, 10), 2);
	assert_string_equal(prop_text(&rows[0][1], 1252, &f.arena), "first");
	assert_string_equal(prop_text(&rows[1][1], 1252, &f.arena), "second");
	assert_int_equal(le32(rows[0][2].value.p), RULE_ENABLED);
	/* MS-OXORULE_R96 */
	assert_int_equal(le32(rows[0][3].value.p), 0x1234);
	/* MS-OXORULE_R597 */
	assert_true(le64(rows[0][0].value.p) != 0 &&
		    le64(rows[0][0].value.p) != le64(rows[1][0].value.p));
	v[0].prop = number(PidTagRuleId, le64(rows[0][0].value.p), 8);
	v[1].prop = text(PidTagRuleName, "renamed");
	/* MS-OXORULE_R671 */
	assert_int_equal(modify(0, ROW_MODIFY, v, 2), 0);
	assert_int_equal(read_table(rows, 10), 2);
	assert_string_equal(prop_text(&rows[0][1], 1252, &f.arena), "renamed");
	v[0].prop = number(PidTagRuleId, le64(rows[1][0].value.p), 8);
	assert_int_equal(modify(0, ROW_REMOVE, v, 1), 0);
	assert_int_equal(modify(0, ROW_REMOVE, v, 1), ecNotFound);
	assert_int_equal(read_table(rows, 10), 1);
	fill(v, "only", 1, RULE_ENABLED);
	/* MS-OXORULE_R669 */
	assert_int_equal(modify(1, ROW_ADD, v, 7), 0);
	assert_int_equal(read_table(rows, 10), 1);
	assert_string_equal(prop_text(&rows[0][1], 1252, &f.arena), "only");
}

/* OP_FORWARD to somebody without an entry id, whose Reserved is 0x01. */
static void reserved_of_recipients(void **unused)
{
	static const uint8_t forward[] = { 1, 0, 22, 0, 0x07, 0, 0, 0, 0, 0, 0, 0, 0, /* to: */ 1, 0, 0x01, 1, 0, 0x03, 0x00, 0x15, 0x0C, 1, 0, 0, 0 };
	struct tagged_value v[8];
	struct prop rows[10][4];

	(void)unused;
	begin();
	fill(v, "forwards", 1, RULE_ENABLED);
	v[4].prop.value = bytes_of(forward, sizeof forward);
	assert_int_equal(modify(1, ROW_ADD, v, 7), 0);
	columns[3] = PidTagRuleActions;
	assert_int_equal(read_table(rows, 10), 1);
	columns[3] = PidTagRuleUserFlags;
	assert_int_equal(rows[0][3].value.n, sizeof forward);
	/* MS-OXORULE_R633 */
	assert_int_equal(rows[0][3].value.p[15], 0x00);
	assert_memory_equal(rows[0][3].value.p, forward, 15);
	assert_memory_equal(rows[0][3].value.p + 16, forward + 16, sizeof forward - 16);
	/* A block that ends too early is kept as it came. */
	v[4].prop.value = bytes_of((const uint8_t[]){ 1, 0, 12, 0, 0x07, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0x01 }, 16);
	columns[3] = PidTagRuleActions;
	assert_int_equal(modify(1, ROW_ADD, v, 7), 0);
	assert_int_equal(read_table(rows, 10), 1);
	columns[3] = PidTagRuleUserFlags;
	assert_int_equal(rows[0][3].value.p[15], 0x01);
}

static void refusals(void **unused)
{
	struct rop_get_rules_table_request q = { .output_handle_index = 2, .table_flags = 0x01 };
	struct tagged_value v[8];
	struct prop rows[10][4];
	size_t before;

	(void)unused;
	begin();
	before = read_table(rows, 10);
	fill(v, "x", 1, RULE_ENABLED);
	/* MS-OXORULE_R821 */
	/* MS-OXORULE_R822 */
	assert_int_equal(modify(0x02, ROW_ADD, v, 7), ecInvalidParam);
	assert_int_equal(modify(0, 0x08, v, 7), ecInvalidParam);
	assert_int_equal(modify(0, ROW_MODIFY, v, 7), ecInvalidParam);
	/* A condition that is none, for a text cannot be one. */
	v[3].prop = text(tag_make(tag_id(PidTagRuleCondition), PT_UNICODE), "subject");
	assert_int_equal(modify(0, ROW_ADD, v, 7), ecInvalidParam);
	fixture_refused(&f, ROP_GET_RULES_TABLE, 1, &q, 0x80040102);
	fixture_refused(&f, ROP_GET_RULES_TABLE, 0, &q, 0x80040102);
	assert_int_equal(read_table(rows, 10), before);
}

/* Search folders ------------------------------------------------------------------------------------------------------------- */

static void search_criteria(void **unused)
{
	static const uint8_t exists[] = { RES_EXIST, 0x1F, 0x00, 0x37, 0x00 };
	uint64_t scope = 0;
	struct rop_set_search_criteria_request set = {
		.restriction_data = { exists, sizeof exists },
		.search_flags = RESTART_SEARCH | SHALLOW_SEARCH
	};
	struct rop_get_search_criteria_request get = { .use_unicode = 1,
						       .include_restriction = 1,
						       .include_folders = 1 };
	struct rop_create_folder_request make = { .output_handle_index = 3,
						  .folder_type = 2,
						  .use_unicode_strings = 1 };
	const struct rop_get_search_criteria_response *r;

	(void)unused;
	begin();
	/* MS-OXCFOLD_R569 */
	fixture_refused(&f, ROP_GET_SEARCH_CRITERIA, 1, &get, 0x461);
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_FINDER), 2);
	make.display_name = fixture_text(&f, "Found");
	make.comment = fixture_text(&f, "");
	(void)fixture_ok(&f, ROP_CREATE_FOLDER, 2, &make);
	/* MS-OXCFOLD_R1240 */
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 3, &set, 0x80040605);
	scope = fixture_folder_id(&f, 0, MAILBOX_INBOX);
	set.folder_ids.n = 1;
	set.folder_ids.v = &scope;
	set.search_flags = 0x00800000;
	/* MS-OXCFOLD_R1091 */
	/* MS-OXCFOLD_R116001 */
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 3, &set, ecInvalidParam);
	set.search_flags = RESTART_SEARCH | SHALLOW_SEARCH;
	/* MS-OXCFOLD_R98 */
	(void)fixture_ok(&f, ROP_SET_SEARCH_CRITERIA, 3, &set);
	r = fixture_ok(&f, ROP_GET_SEARCH_CRITERIA, 3, &get);
	/* MS-OXCFOLD_R129 */
	assert_int_equal(r->restriction_data.n, sizeof exists);
	assert_memory_equal(r->restriction_data.p, exists, sizeof exists);
	/* MS-OXCFOLD_R131 */
	assert_int_equal(r->folder_ids.n, 1);
	assert_int_equal(r->folder_ids.v[0], scope);
	get.include_restriction = get.include_folders = 0;
	r = fixture_ok(&f, ROP_GET_SEARCH_CRITERIA, 3, &get);
	/* MS-OXCFOLD_R136 */
	/* MS-OXCFOLD_R139 */
	assert_true(r->restriction_data.n == 0 && r->folder_ids.n == 0);
	/* MS-OXCFOLD_R573 */
	fixture_refused(&f, ROP_SET_SEARCH_CRITERIA, 0, &set, 0x80040102);
}

/* Deferred actions: messages that a client tells where they are now. */
static uint64_t put_deferred(const char *server_id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct mailbox *m = fixture_lock(&f, 0);
	struct bag b = plain_mail(&arena, "deferred");
	uint64_t folder, id = 0;

	assert_int_equal(folder_by_role(m, MAILBOX_DEFERRED_ACTION, &folder), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagDeferredActionMessageOriginalEntryId,
				       bytes_of(server_id, 4)),
			 0);
	assert_int_equal(bag_set_bool(&b, PidTagDamBackPatched, false), 0);
	assert_int_equal(mailbox_begin(m), 0);
	mailbox_ok(m, try_put(m, folder, &b, NULL, &id));
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	return id;
}

static struct bag properties_of(uint64_t id)
{
	struct bag b;

	bag_init(&b, &f.arena);
	assert_int_equal(message_props(fixture_lock(&f, 0), id, &b), 0);
	fixture_unlock(&f, 0);
	return b;
}

static void deferred_messages(void **unused)
{
	struct rop_update_deferred_action_messages_request q = {
		.server_entry_id = bytes_of("AAAA", 4), .client_entry_id = bytes_of("client", 6)
	};
	uint64_t one, two;
	struct bag b;

	(void)unused;
	begin();
	one = put_deferred("AAAA");
	two = put_deferred("BBBB");
	/* MS-OXORULE_R617 */
	(void)fixture_ok(&f, ROP_UPDATE_DEFERRED_ACTION_MESSAGES, 0, &q);
	b = properties_of(one);
	/* MS-OXORULE_R618 */
	/* MS-OXORULE_R619 */
	assert_true(bytes_equal(bag_bytes(&b, tag_id(PidTagDeferredActionMessageOriginalEntryId)),
				q.client_entry_id));
	/* MS-OXORULE_R620 */
	assert_true(bag_bool(&b, tag_id(PidTagDamBackPatched), false));
	b = properties_of(two);
	assert_true(bytes_equal(bag_bytes(&b, tag_id(PidTagDeferredActionMessageOriginalEntryId)),
				bytes_of("BBBB", 4)));
	assert_false(bag_bool(&b, tag_id(PidTagDamBackPatched), true));
	fixture_refused(&f, ROP_UPDATE_DEFERRED_ACTION_MESSAGES, 1, &q, ecNotSupported);
}

/* MS-OXORULE_R839 */
/* MS-OXORULE_R840 */
/* MS-OXORULE_R258 */
static void of_public_folders(void **unused)
{
	static const uint8_t refused[] = { 0x01, 0x02, 0x05 };
	struct rop_logon_request q = { .open_flags = LOGON_OPEN_PUBLIC };
	struct rop_create_folder_request make = { .output_handle_index = 1,
						  .folder_type = 1,
						  .use_unicode_strings = 1,
						  .display_name = fixture_text(&f, "Board") };
	struct tagged_value v[8];
	uint8_t actions[] = { 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

	(void)unused;
	const struct rop_logon_response *a = fixture_ok(&f, ROP_LOGON, 0, &q);
	fixture_open_folder(&f, 0, a->folder_ids.id[PUBLIC_LOGON_FOLDER_IPM_SUBTREE], 2);
	(void)fixture_ok(&f, ROP_CREATE_FOLDER, 2, &make);
	fill(v, "of all", 1, RULE_ENABLED);
	assert_int_equal(modify(0, ROW_ADD, v, 7), 0);
	for (size_t i = 0; i < sizeof refused; i++) {
		actions[4] = refused[i];
		v[4].prop.value = bytes_of(actions, sizeof actions);
		assert_int_equal(modify(0, ROW_ADD, v, 7), ecNotSupported);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lifetime),
		cmocka_unit_test(reserved_of_recipients),
		cmocka_unit_test(refusals),
		cmocka_unit_test(search_criteria),
		cmocka_unit_test(deferred_messages),
		cmocka_unit_test(of_public_folders),
	};

	return FIXTURE_RUN(&f, tests);
}
