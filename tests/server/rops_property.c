/* server/rops_property, rops_name: properties and their names ([MS-OXCPRPT]). */
#include "message_steps.h"

#include "mapi/propset.h"
#include "rop/property_row.h"
#include "rop/rops_property.h"

static const struct prop *row(uint8_t index, const uint32_t *tags, uint32_t n, uint16_t limit, uint16_t unicode)
{
	struct rop_get_properties_specific_request r = { .property_size_limit = limit, .want_unicode = unicode, .property_tags = { .n = n } };
	const struct rop_get_properties_specific_response *a;
	struct prop *v = arena_array(&f.arena, n, sizeof *v);
	struct bytes data;

	r.property_tags.v = arena_memdup(&f.arena, tags, n * sizeof *tags);
	a = fixture_ok(&f, ROP_GET_PROPERTIES_SPECIFIC, index, &r);
	data = a->row_data;
	assert_int_equal(property_row_next(&data, tags, n, &f.arena, v, NULL), 0);
	assert_int_equal(data.n, 0);
	return v;
}

static uint32_t error_in(const struct prop *p)
{
	assert_int_equal(prop_type(p), PT_ERROR);
	return le32(p->value.p);
}

static uint32_t put(uint8_t index, uint8_t rop, const struct prop *values, uint32_t n)
{
	struct rop_set_properties_request r = { .property_values = { .all = { .n = n } } };
	struct tagged_value *v = arena_array(&f.arena, n, sizeof *v);
	const struct rop_set_properties_response *a;

	for (uint32_t i = 0; i < n; i++)
		v[i].prop = values[i];
	r.property_values.all.v = v;
	a = fixture_ok(&f, rop, index, &r);
	if (a->property_problems.n)
		assert_int_not_equal(a->property_problems.v[0].error_code, 0);
	return a->property_problems.n;
}

static struct prop text_prop(uint32_t tag, const char *utf8)
{
	struct bytes t = fixture_text(&f, utf8);

	return (struct prop){ .tag = tag, .count = 1, .size = t.n, .value = t };
}

static uint32_t delete(uint8_t index, uint8_t rop, uint32_t tag)
{
	struct rop_delete_properties_request r = { .property_tags = { .n = 1 } };

	r.property_tags.v = arena_memdup(&f.arena, &tag, sizeof tag);
	return ((const struct rop_delete_properties_response *)fixture_ok(&f, rop, index, &r))->property_problems.n;
}

static void kinds_of_text(void **state)
{
	const uint32_t tags[] = { PidTagSubject, tag_make(tag_id(PidTagSubject), PT_STRING8), tag_make(tag_id(PidTagSubject), PT_UNSPECIFIED), PidTagImportance };
	struct prop subject = text_prop(PidTagSubject, "Köln");
	const struct prop *v;

	(void)state;
	create(MESSAGE);
	/* MS-OXCPRPT_R101 */
	/* MS-OXCPRPT_R475 */
	assert_int_equal(put(MESSAGE, ROP_SET_PROPERTIES, &subject, 1), 0);
	v = row(MESSAGE, tags, 4, 0, 1);
	/* MS-OXCPRPT_R460 */
	/* MS-OXCPRPT_R476 */
	assert_true(bytes_equal(v[0].value, fixture_text(&f, "Köln")));
	/* MS-OXCPRPT_R462 */
	assert_int_equal(v[1].value.n, 4);
	assert_memory_equal(v[1].value.p, "K\xF6ln", 4);
	/* MS-OXCPRPT_R458 */
	assert_int_equal(prop_type(&v[2]), PT_UNICODE);
	/* MS-OXCPRPT_R45701 */
	assert_int_equal(le32(v[3].value.p), 1);
	v = row(MESSAGE, tags, 4, 0, 0);
	/* MS-OXCPRPT_R459 */
	assert_int_equal(prop_type(&v[2]), PT_STRING8);
	release(MESSAGE);
	/* The code page that the message was opened with. */
	struct rop_create_message_request r = { .output_handle_index = MESSAGE, .code_page_id = 65001, .folder_id = drafts };
	(void)fixture_ok(&f, ROP_CREATE_MESSAGE, LOGON, &r);
	assert_int_equal(put(MESSAGE, ROP_SET_PROPERTIES, &subject, 1), 0);
	v = row(MESSAGE, tags, 2, 0, 0);
	/* MS-OXCPRPT_R461 */
	assert_int_equal(v[1].value.n, 5);
	release(MESSAGE);
}

static void too_large(void **state)
{
	const uint32_t tags[] = { 0x65010102, 0x65020102, PidTagImportance };
	static uint8_t big[100000];
	const struct prop *v;

	(void)state;
	create(MESSAGE);
	set_bytes(MESSAGE, 0x65010102, big, sizeof big);
	set_bytes(MESSAGE, 0x65020102, big, 500);
	v = row(MESSAGE, tags, 3, 0, 1);
	assert_int_equal(error_in(&v[0]), ecMemory);
	assert_int_equal(v[1].value.n, 500);
	v = row(MESSAGE, tags, 3, 400, 1);
	/* MS-OXCPRPT_R9070101 */
	/* MS-OXCPRPT_R9070102 */
	assert_int_equal(v[1].value.n, 500);
	assert_int_equal(le32(v[2].value.p), 1);
	release(MESSAGE);
	create(MESSAGE);
	set_bytes(MESSAGE, 0x65020102, big, 500);
	struct rop_get_properties_all_request all = { .property_size_limit = 400, .want_unicode = 1 };
	const struct rop_get_properties_all_response *a = fixture_ok(&f, ROP_GET_PROPERTIES_ALL, MESSAGE, &all);

	/* MS-OXCPRPT_R90707 */
	for (uint32_t i = 0; i < a->property_values.n; i++)
		assert_int_not_equal(prop_type(&a->property_values.v[i].prop), PT_ERROR);
	release(MESSAGE);
}

/* What the client set, what the server set and what it computes; what a message does not have (3.2.5.1). */
static void set_by_all(void **state)
{
	const uint32_t tags[] = { 0x04D3001E, PidTagRecordKey, PidTagConversationId };
	const uint8_t text[] = "A property set by the client.";
	const struct prop set[] = { { .tag = 0x04D3001E, .count = 1, .size = sizeof text - 1, .value = bytes_of(text, sizeof text - 1) },
				    text_prop(PidTagConversationTopic, "Topic") };
	const struct prop *v;

	(void)state;
	create(MESSAGE);
	assert_int_equal(put(MESSAGE, ROP_SET_PROPERTIES, set, 2), 0);
	(void)save(MESSAGE);
	v = row(MESSAGE, tags, 3, 0, 0);
	/* MS-OXCPRPT_R457001 */
	assert_true(bytes_equal(v[0].value, set[0].value));
	/* MS-OXCMSG_R3003 */
	assert_int_equal(error_in(&v[1]), ecNotFound);
	/* MS-OXCPRPT_R457003 */
	assert_int_equal(v[2].value.n, 16);
	release(MESSAGE);
}

/* What clients only read can be said of a message that is new; one that was saved is not saved with it ([MS-OXCMSG] 3.2.5.3). */
static void spoilt(void **state)
{
	static const uint32_t tags[] = { PidTagHasAttachments, PidTagMessageSize,   PidTagAccess,    PidTagAccessLevel,
					 PidTagObjectType,     PidTagMessageStatus, PidTagMessageFlags };
	uint8_t one[4] = { 1 };
	struct prop subject;
	uint64_t id;

	(void)state;
	create(MESSAGE);
	struct prop size = { .tag = PidTagMessageSize, .count = 1, .size = 4, .value = bytes_of(one, 4) };
	assert_int_equal(put(MESSAGE, ROP_SET_PROPERTIES, &size, 1), 1);
	id = save(MESSAGE);
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		size_t n = tag_type(tags[i]) == PT_BOOLEAN ? 1 : 4;
		struct prop p = { .tag = tags[i], .count = 1, .size = n, .value = bytes_of(one, n) };

		assert_int_equal(put(MESSAGE, ROP_SET_PROPERTIES, &p, 1), 0);
		/* MS-OXCMSG_R1644 */
		/* MS-OXCMSG_R1869 */
		/* MS-OXCMSG_R1883 */
		/* MS-OXCMSG_R1884 */
		/* MS-OXCMSG_R1870 */
		assert_int_equal(save_as(MESSAGE, 0x02).return_value, ecError);
		release(MESSAGE);
		(void)open_as(MESSAGE, id, 1);
	}
	subject = text_prop(PidTagSubject, "later");
	assert_int_equal(put(MESSAGE, ROP_SET_PROPERTIES, &subject, 1), 0);
	assert_true(save(MESSAGE) == id);
	release(MESSAGE);
}

/* Set, read in any way, deleted, on objects whose changes wait to be saved. */
static void changes_wait(uint8_t set_rop, uint8_t delete_rop)
{
	const uint32_t tag = PidTagBody;
	struct prop body = text_prop(tag, "text");
	struct rop_get_properties_all_request all = { .want_unicode = 1 };
	uint64_t id;
	bool found = false;

	create(MESSAGE);
	id = save(MESSAGE);
	assert_int_equal(put(MESSAGE, set_rop, &body, 1), 0);
	const struct rop_get_properties_all_response *a = fixture_ok(&f, ROP_GET_PROPERTIES_ALL, MESSAGE, &all);
	for (uint32_t i = 0; i < a->property_values.n; i++)
		found = found || a->property_values.v[i].prop.tag == tag;
	/* MS-OXCPRPT_R477 */
	/* MS-OXCPRPT_R823 */
	/* MS-OXCPRPT_R824 */
	assert_true(found);
	(void)open_as(OTHER, id, 0);
	/* MS-OXCPRPT_R478 */
	/* MS-OXCPRPT_R82401 */
	assert_int_equal(error_in(row(OTHER, &tag, 1, 0, 1)), ecNotFound);
	release(OTHER);
	(void)save(MESSAGE);
	assert_int_equal(delete(MESSAGE, delete_rop, tag), 0);
	/* MS-OXCPRPT_R113 */
	/* MS-OXCPRPT_R487 */
	/* MS-OXCPRPT_R488 */
	/* MS-OXCPRPT_R874 */
	/* MS-OXCPRPT_R83604 */
	assert_int_equal(error_in(row(MESSAGE, &tag, 1, 0, 1)), ecNotFound);
	(void)open_as(OTHER, id, 0);
	/* MS-OXCPRPT_R489 */
	/* MS-OXCPRPT_R83606 */
	assert_int_equal(prop_type(row(OTHER, &tag, 1, 0, 1)), PT_UNICODE);
	release(OTHER);
	(void)save(MESSAGE);
	(void)open_as(OTHER, id, 0);
	/* MS-OXCPRPT_R485 */
	/* MS-OXCPRPT_R486 */
	assert_int_equal(error_in(row(OTHER, &tag, 1, 0, 1)), ecNotFound);
	release(OTHER);
	release(MESSAGE);
}

static void messages(void **state)
{
	(void)state;
	changes_wait(ROP_SET_PROPERTIES, ROP_DELETE_PROPERTIES);
	/* MS-OXCPRPT_R112 */
	/* MS-OXCPRPT_R124 */
	changes_wait(ROP_SET_PROPERTIES_NO_REPLICATE, ROP_DELETE_PROPERTIES_NO_REPLICATE);
}

static void folders(void **state)
{
	const uint32_t tag = PidTagComment;
	struct prop comment = text_prop(tag, "mine");

	(void)state;
	fixture_open_folder(&f, LOGON, drafts, FOLDER);
	assert_int_equal(put(FOLDER, ROP_SET_PROPERTIES, &comment, 1), 0);
	fixture_open_folder(&f, LOGON, drafts, OTHER);
	/* MS-OXCPRPT_R846 */
	assert_true(bytes_equal(row(OTHER, &tag, 1, 0, 1)->value, comment.value));
	assert_int_equal(delete(FOLDER, ROP_DELETE_PROPERTIES, tag), 0);
	/* MS-OXCPRPT_R492 */
	assert_int_equal(error_in(row(OTHER, &tag, 1, 0, 1)), ecNotFound);
	release(OTHER);
	release(FOLDER);
}

static void read_only(void **state)
{
	uint8_t number_of[4] = { 7 };
	struct prop size = { .tag = PidTagMessageSize, .count = 1, .size = 4, .value = { number_of, 4 } };
	struct prop unnamed = text_prop(0xEEEE001F, "x");
	const uint32_t tag = PidTagMessageSize;

	(void)state;
	create(MESSAGE);
	/* MS-OXCPRPT_R47505 */
	/* MS-OXCPRPT_R47506 */
	assert_int_equal(put(MESSAGE, ROP_SET_PROPERTIES, &size, 1), 1);
	assert_int_not_equal(le32(row(MESSAGE, &tag, 1, 0, 1)->value.p), 7);
	assert_int_equal(put(MESSAGE, ROP_SET_PROPERTIES, &unnamed, 1), 1);
	/* MS-OXCPRPT_R48405 */
	assert_int_equal(delete(MESSAGE, ROP_DELETE_PROPERTIES, tag), 1);
	const struct rop_get_properties_list_response *l = fixture_ok(&f, ROP_GET_PROPERTIES_LIST, MESSAGE, NULL);
	bool found = false;
	for (uint32_t i = 0; i < l->property_tags.n; i++)
		found = found || l->property_tags.v[i] == PidTagMessageClass;
	/* MS-OXCPRPT_R472 */
	assert_true(found);
	release(MESSAGE);
}

/* Names ----------------------------------------------------------------------------------------------------------------- */

static struct property_name string_name(const struct guid *set_guid, const char *utf8)
{
	struct prop_name n = { .set = *set_guid, .by_string = true, .string = fixture_text(&f, utf8) };
	struct property_name out;

	assert_true(property_name_set(&n, &out));
	return out;
}

static struct property_name number_name(const struct guid *set_guid, uint32_t lid)
{
	struct prop_name n = { .set = *set_guid, .lid = lid };
	struct property_name out;

	assert_true(property_name_set(&n, &out));
	return out;
}

static const uint16_t *ids_of(uint8_t flags, const struct property_name *names, uint32_t n)
{
	struct rop_get_property_ids_from_names_request r = { .flags = flags, .property_names = { .n = n } };
	const struct rop_get_property_ids_from_names_response *a;

	r.property_names.v = arena_memdup(&f.arena, names, n * sizeof *names);
	a = fixture_ok(&f, ROP_GET_PROPERTY_IDS_FROM_NAMES, LOGON, &r);
	assert_int_equal(a->property_ids.n, n);
	return a->property_ids.v;
}

static void names(void **state)
{
	const struct property_name asked[] = { string_name(&PS_PUBLIC_STRINGS, "Keywords of mine"), number_name(&PSETID_Common, 0x8503),
					       number_name(&PS_MAPI, 0x0037), string_name(&PS_MAPI, "not a name") };
	struct rop_get_names_from_property_ids_request back = { .property_ids = { .n = 3 } };
	struct rop_query_named_properties_request query = { .query_flags = 0 };
	const struct rop_query_named_properties_response *q;
	const uint16_t *ids = ids_of(0, asked, 4), *again;
	uint32_t all, strings = 0;

	(void)state;
	query.query_flags = 1;
	q = fixture_ok(&f, ROP_QUERY_NAMED_PROPERTIES, LOGON, &query);
	assert_true(q->property_ids.n > 0 && q->property_names.v[0].kind == PROPERTY_NAME_LID);
	query.query_flags = 0;
	/* MS-OXCPRPT_R62801 */
	/* MS-OXCPRPT_R220 */
	/* MS-OXCPRPT_R226 */
	assert_int_equal(ids[0], 0);
	ids = ids_of(2, asked, 4);
	/* MS-OXCPRPT_R628 */
	/* MS-OXCPRPT_R535 */
	assert_true(ids[0] > 0x8000 && ids[0] < 0xFFFF && ids[1] > 0x8000 && ids[0] != ids[1]);
	assert_int_equal(ids[2], 0x37);
	/* MS-OXCPRPT_R225 */
	assert_int_equal(ids[3], 0);
	again = ids_of(0, asked, 2);
	/* MS-OXCPRPT_R530 */
	/* MS-OXCPRPT_R531 */
	/* MS-OXCPRPT_R222 */
	assert_memory_equal(again, ids, 2 * sizeof *ids);
	uint16_t of[] = { ids[0], 0x0037, 0xEEEE };
	back.property_ids.v = arena_memdup(&f.arena, of, sizeof of);
	const struct rop_get_names_from_property_ids_response *n = fixture_ok(&f, ROP_GET_NAMES_FROM_PROPERTY_IDS, LOGON, &back);
	struct prop_name got;
	/* MS-OXCPRPT_R249 */
	assert_int_equal(n->property_names.n, 3);
	/* MS-OXCPRPT_R521 */
	assert_true(property_name_get(&n->property_names.v[0], &got));
	assert_true(bytes_equal(got.string, fixture_text(&f, "Keywords of mine")));
	/* MS-OXCPRPT_R519 */
	assert_true(property_name_get(&n->property_names.v[1], &got));
	assert_true(guid_equal(&got.set, &PS_MAPI) && got.lid == 0x37);
	/* MS-OXCPRPT_R523 */
	assert_int_equal(n->property_names.v[2].kind, 0xFF);
	q = fixture_ok(&f, ROP_QUERY_NAMED_PROPERTIES, LOGON, &query);
	all = q->property_ids.n;
	assert_true(all >= 2);
	for (uint32_t i = 0; i < all; i++)
		strings += q->property_names.v[i].kind == PROPERTY_NAME_STRING;
	query.query_flags = 1;
	q = fixture_ok(&f, ROP_QUERY_NAMED_PROPERTIES, LOGON, &query);
	/* MS-OXCPRPT_R876 */
	assert_int_equal(q->property_ids.n, all - strings);
	query.query_flags = 2;
	q = fixture_ok(&f, ROP_QUERY_NAMED_PROPERTIES, LOGON, &query);
	/* MS-OXCPRPT_R877 */
	assert_int_equal(q->property_ids.n, strings);
	query = (struct rop_query_named_properties_request){ .has_guid = 1, .property_guid = PSETID_Common };
	q = fixture_ok(&f, ROP_QUERY_NAMED_PROPERTIES, LOGON, &query);
	/* MS-OXCPRPT_R878 */
	for (uint32_t i = 0; i < q->property_names.n; i++)
		assert_true(guid_equal(&q->property_names.v[i].set, &PSETID_Common));
	assert_true(q->property_names.n > 0);
	/* None asked for, on the logon: all. */
	struct rop_get_property_ids_from_names_request every = { .flags = 0 };
	const struct rop_get_property_ids_from_names_response *e = fixture_ok(&f, ROP_GET_PROPERTY_IDS_FROM_NAMES, LOGON, &every);
	/* MS-OXCPRPT_R526 */
	/* MS-OXCPRPT_R217 */
	assert_int_equal(e->property_ids.n, all);
	/* A named property is one of the message as others are. */
	create(MESSAGE);
	struct prop named = text_prop(tag_make(ids[0], PT_UNICODE), "value");
	assert_int_equal(put(MESSAGE, ROP_SET_PROPERTIES, &named, 1), 0);
	uint64_t id = save(MESSAGE);
	release(MESSAGE);
	/* MS-OXCMSG_R1668 */
	assert_int_not_equal(open_as(MESSAGE, id, 0)->has_named_properties, 0);
	/* MS-OXCMSG_R1799 */
	assert_int_equal(number(MESSAGE, PidTagHasNamedProperties), 1);
	assert_true(bytes_equal(row(MESSAGE, &named.tag, 1, 0, 1)->value, named.value));
	release(MESSAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_text), cmocka_unit_test(too_large), cmocka_unit_test(messages), cmocka_unit_test(folders),
		cmocka_unit_test(read_only),	 cmocka_unit_test(names),     cmocka_unit_test(set_by_all),
		cmocka_unit_test(spoilt),
	};

	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
