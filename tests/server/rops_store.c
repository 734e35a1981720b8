/* server/rops_store, rops_public, rops_refused and the properties of a logon ([MS-OXCSTOR] 2.2.1.5 to 2.2.1.13, 2.2.2). */
#include "rop_fixture.h"

#include "rop/rops_property.h"

#include "rop/idset.h"

static struct fixture f;

static void log_on_publicly(uint8_t index)
{
	struct rop_logon_request r = { .open_flags = LOGON_OPEN_PUBLIC };

	(void)fixture_ok(&f, ROP_LOGON, index, &r);
}

/* Ids ---------------------------------------------------------------------------------------------------------------------- */

static void ids(void **state)
{
	struct rop_long_term_id_from_id_request to = { .object_id = 0 };
	struct rop_id_from_long_term_id_request from = { .long_term_id.pad = 0x7777 };
	struct rop_long_term_id_from_id_response *l;
	struct rop_id_from_long_term_id_response *s;
	uint64_t first;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	to.object_id = fixture_folder_id(&f, 0, MAILBOX_INBOX);
	l = fixture_ok(&f, ROP_LONG_TERM_ID_FROM_ID, 0, &to);
	/* MS-OXCSTOR_R1244 */
	assert_memory_equal(l->long_term_id.id.replica.b,
			    ((struct logon *)fixture_object(&f, 0))->replica.b, 16);
	/* MS-OXCDATA_R2188 */
	assert_int_equal(l->long_term_id.pad, 0);
	from.long_term_id.id = l->long_term_id.id;
	s = fixture_ok(&f, ROP_ID_FROM_LONG_TERM_ID, 0, &from);
	/* MS-OXCSTOR_R953 */
	assert_int_equal(s->object_id, to.object_id);
	to.object_id = 0x0001000000000063; /* nobody's REPLID */
	/* MS-OXCSTOR_R946 */
	fixture_refused(&f, ROP_LONG_TERM_ID_FROM_ID, 0, &to, ecNotFound);
	to.object_id = 0;
	/* MS-OXCSTOR_R1337 */
	l = fixture_ok(&f, ROP_LONG_TERM_ID_FROM_ID, 0, &to);
	assert_true(guid_is_zero(&l->long_term_id.id.replica));
	memset(&from, 0, sizeof from);
	from.long_term_id.id.counter[5] = 9;
	/* MS-OXCSTOR_R94801001 */
	s = fixture_ok(&f, ROP_ID_FROM_LONG_TERM_ID, 0, &from);
	assert_int_equal(s->object_id & 0xFFFF, 0);
	from.long_term_id.id.replica.b[0] = 1;
	s = fixture_ok(&f, ROP_ID_FROM_LONG_TERM_ID, 0, &from);
	first = s->object_id;
	/* MS-OXCSTOR_R951 */
	assert_int_equal(first & 0xFFFF, 2);
	s = fixture_ok(&f, ROP_ID_FROM_LONG_TERM_ID, 0, &from);
	/* MS-OXCSTOR_R952 */
	assert_int_equal(s->object_id, first);
	to.object_id = first;
	l = fixture_ok(&f, ROP_LONG_TERM_ID_FROM_ID, 0, &to);
	/* MS-OXCSTOR_R1242 */
	assert_memory_equal(&l->long_term_id.id, &from.long_term_id.id,
			    sizeof from.long_term_id.id);
	from.long_term_id.id.counter[5] = 0;
	/* MS-OXCSTOR_R948 */
	(void)fixture_ok(&f, ROP_ID_FROM_LONG_TERM_ID, 0, &from);
	/* The input object may be any of the mailbox, as in Exchange. */
	to.object_id = fixture_folder_id(&f, 0, MAILBOX_INBOX);
	fixture_open_folder(&f, 0, to.object_id, 1);
	l = fixture_ok(&f, ROP_LONG_TERM_ID_FROM_ID, 1, &to);
	from.long_term_id.id = l->long_term_id.id;
	s = fixture_ok(&f, ROP_ID_FROM_LONG_TERM_ID, 1, &from);
	assert_int_equal(s->object_id, to.object_id);
	fixture_release(&f, 1);
	fixture_release(&f, 0);
}

/* What was read -------------------------------------------------------------------------------------------------------------- */

static struct bytes idset_of(uint64_t last)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct guid replica = { { 3 } };
	struct idset set;

	idset_init(&set, 100);
	assert_int_equal(idset_add(&set, &replica, 1, last), 0);
	assert_int_equal(idset_encode(&set, IDSET_REPLGUID, &b), 0);
	idset_free(&set);
	return bytes_of(arena_memdup(&f.arena, b.p, b.n), b.n);
}

static struct long_term_id folder_id(uint8_t n)
{
	return (struct long_term_id){ .id = { .replica = { { 3 } },
					      .counter = { 0, 0, 0, 0, 0, n } } };
}

static status write_part(uint8_t folder, uint32_t offset, struct bytes data, bool finished)
{
	struct rop_write_per_user_information_request w = { .folder_id = folder_id(folder),
							    .has_finished = finished,
							    .data_offset = offset,
							    .data = data };

	/* Public folders have it of themselves. */
	w.repl_guid = (struct rop_optional_guid){
		offset == 0 && !session_logon(f.session, 0)->public_store, { { 3 } }
	};
	return fixture_rop(&f, ROP_WRITE_PER_USER_INFORMATION, 0, &w).return_value;
}

static struct rop_read_per_user_information_response *read_part(uint8_t folder, uint32_t offset,
								uint16_t most)
{
	struct rop_read_per_user_information_request r = { .folder_id = folder_id(folder),
							   .data_offset = offset,
							   .max_data_size = most };

	return fixture_ok(&f, ROP_READ_PER_USER_INFORMATION, 0, &r);
}

static void per_user(void **state)
{
	struct rop_read_per_user_information_request beyond = { .folder_id = folder_id(1),
								.data_offset = 1000 };
	struct rop_get_per_user_long_term_ids_request list = { .database_guid = { { 3 } } };
	struct rop_get_per_user_guid_request whose = { .long_term_id = folder_id(1) };
	struct rop_get_per_user_long_term_ids_response *listed;
	struct rop_read_per_user_information_response *a;
	struct rop_get_per_user_guid_response *g;
	struct bytes data;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	data = idset_of(500);
	a = read_part(1, 0, 0);
	/* MS-OXCSTOR_R1255 */
	assert_int_equal(a->data.n, 0);
	/* MS-OXCSTOR_R1010 */
	assert_true(a->has_finished);
	/* MS-OXCSTOR_R1254 */
	fixture_refused(&f, ROP_GET_PER_USER_GUID, 0, &whose, ecNotFound);
	/* MS-OXCSTOR_R1014 */
	assert_int_equal(write_part(1, 0, bytes_of(data.p, 10), false), 0);
	assert_int_equal(write_part(1, 10, bytes_of(data.p + 10, data.n - 10), true), 0);
	a = read_part(1, 0, 7);
	/* MS-OXCSTOR_R1001 */
	assert_false(a->has_finished);
	/* MS-OXCSTOR_R1004 */
	assert_int_equal(a->data.n, 7);
	a = read_part(1, 7, 0);
	assert_int_equal(a->data.n, data.n - 7);
	assert_memory_equal(a->data.p, data.p + 7, data.n - 7);
	assert_true(a->has_finished);
	/* MS-OXCSTOR_R1260 */
	fixture_refused(&f, ROP_READ_PER_USER_INFORMATION, 0, &beyond, ecError);
	beyond.data_offset = 0xFFFFFFFF;
	/* MS-OXCSTOR_R1259 */
	fixture_refused(&f, ROP_READ_PER_USER_INFORMATION, 0, &beyond, ecError);
	/* MS-OXCSTOR_R1019 */
	assert_int_equal(write_part(2, 5, data, true), ecError);
	assert_int_equal(write_part(1, 0, bytes_of(data.p, 10), false), 0);
	assert_int_equal(write_part(1, 11, bytes_of(data.p, 10), false), ecError);
	/* MS-OXCSTOR_R1021 */
	assert_int_equal(write_part(1, 0, bytes_of("nonsense", 8), true), ecCorruptData);
	/* MS-OXCSTOR_R1024 */
	data = idset_of(900);
	assert_int_equal(write_part(1, 0, data, true), 0);
	a = read_part(1, 0, 0);
	assert_memory_equal(a->data.p, data.p, data.n);
	listed = fixture_ok(&f, ROP_GET_PER_USER_LONG_TERM_IDS, 0, &list);
	/* MS-OXCSTOR_R958 */
	assert_int_equal(listed->long_term_ids.n, 1);
	assert_memory_equal(&listed->long_term_ids.v[0].id, &whose.long_term_id.id,
			    sizeof whose.long_term_id.id);
	g = fixture_ok(&f, ROP_GET_PER_USER_GUID, 0, &whose);
	/* MS-OXCSTOR_R964 */
	assert_int_equal(g->database_guid.b[0], 3);
	fixture_release(&f, 0);
}

static void per_user_of_public_folders(void **state)
{
	struct rop_get_per_user_long_term_ids_request list = { .database_guid = { { 3 } } };
	struct rop_get_per_user_guid_request whose = { .long_term_id = folder_id(1) };
	struct bytes data;

	(void)state;
	log_on_publicly(0);
	data = idset_of(70);
	/* Of a folder that is not in this store. */
	assert_int_equal(write_part(1, 0, data, true), ecNotFound);
	assert_int_equal(read_part(1, 0, 0)->data.n, 0);
	/* MS-OXCSTOR_R59771 */
	fixture_refused(&f, ROP_GET_PER_USER_LONG_TERM_IDS, 0, &list, ecNotSupported);
	/* MS-OXCSTOR_R962 */
	fixture_refused(&f, ROP_GET_PER_USER_GUID, 0, &whose, ecNotSupported);
	fixture_release(&f, 0);
}

/* Public folders ---------------------------------------------------------------------------------------------------------------- */

static void where_they_are(void **state)
{
	struct rop_public_folder_is_ghosted_request r = { .folder_id = 0 };
	struct rop_get_owning_servers_response *owning;
	struct rop_public_folder_is_ghosted_response *a;
	struct rop_logon_request logon = { .open_flags = LOGON_OPEN_PUBLIC };
	struct rop_logon_response *l = fixture_ok(&f, ROP_LOGON, 0, &logon);
	const char *name =
		"/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=cas";

	(void)state;
	r.folder_id = l->folder_ids.id[PUBLIC_LOGON_FOLDER_IPM_SUBTREE];
	a = fixture_ok(&f, ROP_PUBLIC_FOLDER_IS_GHOSTED, 0, &r);
	/* MS-OXCSTOR_R1239 */
	assert_int_equal(a->is_ghosted, 0);
	owning = fixture_ok(&f, ROP_GET_OWNING_SERVERS, 0, &r);
	/* MS-OXCSTOR_R914 */
	assert_int_equal(owning->owning_servers.n, 1);
	/* MS-OXCSTOR_R913 */
	assert_int_equal(owning->cheap_servers_count, 1);
	/* MS-OXCSTOR_R916 */
	assert_memory_equal(owning->owning_servers.v[0].name.p, name, strlen(name));
	r.folder_id = id_from_counter(0x123456);
	/* MS-OXCSTOR_R1236 */
	fixture_refused(&f, ROP_PUBLIC_FOLDER_IS_GHOSTED, 0, &r, ecNotFound);
	/* MS-OXCSTOR_R1232 */
	fixture_refused(&f, ROP_GET_OWNING_SERVERS, 0, &r, ecNotFound);
	fixture_release(&f, 0);
	(void)fixture_logon(&f, 0, "alice");
	a = fixture_ok(&f, ROP_PUBLIC_FOLDER_IS_GHOSTED, 0, &r);
	/* MS-OXCSTOR_R917 */
	assert_int_equal(a->is_ghosted, 0);
	fixture_release(&f, 0);
}

static void refused(void **state)
{
	int64_t before = counter_get(&f.counters, COUNTER_ROP_UNSUPPORTED);

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	/* MS-OXCSTOR_R882 */
	/* MS-OXCSTOR_R884 */
	/* MS-OXCSTOR_R1091 */
	fixture_refused(&f, ROP_GET_STORE_STATE, 0, NULL, 0x80040FFF);
	assert_int_equal(counter_get(&f.counters, COUNTER_ROP_UNSUPPORTED), before + 1);
	fixture_release(&f, 0);
	struct rop_logon_request r = { .open_flags = LOGON_OPEN_PUBLIC };
	(void)fixture_ok(&f, ROP_LOGON, 0, &r);
	/* MS-OXCSTOR_R341 */
	/* MS-OXCSTOR_R342 */
	/* MS-OXCSTOR_R888 */
	fixture_refused(&f, ROP_GET_STORE_STATE, 0, NULL, 0x80040102);
	fixture_release(&f, 0);
}

/* Set one property of the logon of handle 0: what the answer says of it. */
static status try_to_set(const struct prop *p)
{
	struct tagged_value value = { .prop = *p };
	struct rop_set_properties_request r = { .property_values.all = { .v = &value, .n = 1 } };
	struct rop_set_properties_response *a = fixture_ok(&f, ROP_SET_PROPERTIES, 0, &r);

	return a->property_problems.n ? a->property_problems.v[0].error_code : ecNone;
}

static struct prop text_of(uint32_t tag, const char *text)
{
	struct bytes b = fixture_text(&f, text);

	return (struct prop){ .tag = tag, .count = 1, .size = b.n, .value = b };
}

static void kept_from_clients(void **state)
{
	static const uint8_t yes = 1;
	const struct prop after_submit = {
		.tag = PidTagDeleteAfterSubmit, .count = 1, .size = 1, .value = bytes_of(&yes, 1)
	};
	const struct prop away = {
		.tag = PidTagOutOfOfficeState, .count = 1, .size = 1, .value = bytes_of(&yes, 1)
	};
	struct prop text;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	text = text_of(PidTagComment, "mine");
	/* MS-OXCSTOR_R6280001 */
	assert_int_equal(try_to_set(&text), 0x80070005);
	text = text_of(PidTagDisplayName, "MailboxDisplayName");
	/* MS-OXCSTOR_R306800301 */
	assert_int_equal(try_to_set(&text), 0x80070005);
	/* MS-OXCSTOR_R3128 */
	assert_int_equal(try_to_set(&after_submit), 0x80070005);
	struct rop_delete_properties_request gone = {
		.property_tags = { 1, (uint32_t[]){ PidTagDeleteAfterSubmit } }
	};
	const struct rop_delete_properties_response *deleted =
		fixture_ok(&f, ROP_DELETE_PROPERTIES, 0, &gone);
	/* MS-OXCSTOR_R654001 */
	assert_int_equal(deleted->property_problems.n, 0);
	assert_int_equal(try_to_set(&away), 0);
	gone.property_tags.v[0] = PidTagOutOfOfficeState;
	deleted = fixture_ok(&f, ROP_DELETE_PROPERTIES, 0, &gone);
	/* A state is not removed: the mailbox stays out of office. */
	assert_int_equal(deleted->property_problems.n, 1);
	assert_int_equal(deleted->property_problems.v[0].error_code, 0x80070005);
	assert_true(fixture_logon(&f, 0, "alice")->response_flags & LOGON_RESPONSE_OOF);
	text = text_of(PidTagMailboxOwnerName, "me");
	/* MS-OXCSTOR_R3055008 */
	assert_int_equal(try_to_set(&text), 0x80070005);
	fixture_release(&f, 0);
}

/* Properties of the logon --------------------------------------------------------------------------------------------------------- */

static struct bag get(const uint32_t *tags, size_t n)
{
	struct object *o = fixture_object(&f, 0);
	struct bag b;

	bag_init(&b, &f.arena);
	(void)fixture_lock(&f, 0);
	assert_int_equal(o->class->get(o, tags, n, 4096, &b), 0);
	fixture_unlock(&f, 0);
	return b;
}

static struct property_problems set(const struct bag *b)
{
	struct property_problems p = { .arena = &f.arena };
	struct object *o = fixture_object(&f, 0);

	(void)fixture_lock(&f, 0);
	assert_int_equal(o->class->set(o, b, &p), 0);
	fixture_unlock(&f, 0);
	return p;
}

static void logon_properties(void **state)
{
	static const uint32_t asked[] = { PidTagMessageSize, PidTagMessageSizeExtended,
					  PidTagContentCount, PidTagMailboxOwnerName,
					  PidTagStoreState };
	struct bag b, changes;
	struct property_problems p;

	(void)state;
	(void)fixture_logon(&f, 0, "alice");
	b = get(asked, 5);
	assert_int_equal(b.n, 5);
	assert_int_equal(b.v[0].tag, PidTagMessageSize);
	/* MS-OXPROPS_R7009 */
	assert_int_equal(b.v[1].tag, PidTagMessageSizeExtended);
	/* MS-OXCSTOR_R657 */
	assert_string_equal(bag_text(&b, tag_id(PidTagMailboxOwnerName), 1252, &f.arena), "alice");
	/* MS-OXCSTOR_R1141 */
	assert_int_equal(bag_u32(&b, tag_id(PidTagStoreState), 1), 0);
	bag_init(&changes, &f.arena);
	assert_int_equal(bag_set_u32(&changes, PidTagContentCount, 7), 0);
	assert_int_equal(bag_set_text(&changes, tag_make(0x6601, PT_UNICODE), "mine"), 0);
	assert_int_equal(bag_set_bool(&changes, PidTagOutOfOfficeState, true), 0);
	p = set(&changes);
	/* MS-OXCSTOR_R3055006 */
	assert_int_equal(p.n, 1);
	assert_int_equal(p.v[0].index, 0);
	assert_int_equal(p.v[0].error_code, ecAccessDenied);
	b = get(NULL, 0);
	assert_string_equal(bag_text(&b, 0x6601, 1252, &f.arena), "mine");
	/* MS-OXCSTOR_R3068004 */
	assert_true(bag_bool(&b, tag_id(PidTagOutOfOfficeState), false));
	/* MS-OXCSTOR_R129 */
	assert_true(fixture_logon(&f, 0, "alice")->response_flags & LOGON_RESPONSE_OOF);
	fixture_release(&f, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),
		cmocka_unit_test(per_user),
		cmocka_unit_test(per_user_of_public_folders),
		cmocka_unit_test(where_they_are),
		cmocka_unit_test(refused),
		cmocka_unit_test(kept_from_clients),
		cmocka_unit_test(logon_properties),
	};

	return FIXTURE_RUN(&f, tests);
}
