#include "rop_fixture.h"

#include "rop_record.h"

#include "base/utf16.h"
#include "mapi/tag.h"
#include "rop/rops_table.h"
#include "server/notify_hub.h"
#include "store/mailbox.h"
#include "store/message.h"

static const char *const people[] = { "alice", "bob", "carol" };

void fixture_begin(struct fixture *f, enum sql_engine e)
{
	struct host_options o = { .site = { .create = true, .organization = "Contoso", .domain = "contoso.example", .host = "cas.contoso.example" } };
	struct site_first first;

	memset(f, 0, sizeof *f);
	f->engine = e;
	f->clock = clock_fixed(FIXTURE_NOW);
	f->most = 32 << 10;
	arena_init(&f->arena, (size_t)256 << 20);
	drop_place(e);
	o.clock = &f->clock;
	f->hub = notify_hub_new();
	assert_non_null(f->hub);
	o.changes = notify_hub_changes;
	o.context = f->hub;
	if (host_open(place(e), &o, &first, &f->host, &f->why))
		fail_msg("%s: %s", engine_name(e), f->why.text);
	for (size_t i = 0; i < sizeof people / sizeof *people; i++)
		if (host_create_mailbox(f->host, people[i], NULL, 0, &f->why))
			fail_msg("%s: %s", people[i], f->why.text);
	f->server = (struct server){ .host = f->host, .counters = &f->counters, .notify = f->hub, .fqdn = "cas.contoso.example" };
	fixture_use(f, fixture_session(f, "alice"));
}

void fixture_end(struct fixture *f)
{
	/* A test that failed may have left it. */
	if (f->held)
		shared_mailbox_unlock(f->held);
	session_close(f->session);
	host_close(f->host);
	notify_hub_free(f->hub);
	arena_free(&f->arena);
	drop_place(f->engine);
}

void fixture_forget(struct fixture *f)
{
	arena_reset(&f->arena);
}

/* People ---------------------------------------------------------------------------------------------------------------- */

struct person fixture_person(struct fixture *f, const char *name)
{
	struct directory *d = NULL;
	struct person p = { .id = 0 };

	if (host_directory_reading(f->host, &d, &f->why) || person_find(d, name, &f->arena, &p, &f->why))
		fail_msg("%s: %s", name, f->why.text);
	host_directory_return(f->host, d);
	return p;
}

struct shared_mailbox *fixture_mailbox(struct fixture *f, const char *name)
{
	struct person p = fixture_person(f, name);
	struct shared_mailbox *s = NULL;

	if (host_mailbox(f->host, &p.mailbox, &s, &f->why))
		fail_msg("%s: %s", name, f->why.text);
	return s;
}

const char *fixture_legacy_dn(struct fixture *f, const char *name)
{
	return fixture_person(f, name).legacy_dn;
}

struct session *fixture_session(struct fixture *f, const char *name)
{
	struct session *s = NULL;

	if (session_open(&f->server, fixture_person(f, name).id, &(struct client_info){ .mode = CLIENT_MODE_CACHED, .version = { 15, 0, 4420, 1017 }, .encrypted = true }, &s, &f->why))
		fail_msg("%s: %s", name, f->why.text);
	return s;
}

void fixture_use(struct fixture *f, struct session *s)
{
	f->session = s;
	f->logon_id = 0;
	for (size_t i = 0; i < FIXTURE_HANDLES; i++)
		f->handles[i] = ROP_HANDLE_NONE;
	memset(f->columns, 0, sizeof f->columns);
}

void fixture_set(struct fixture *f, const char *class, const char *identity, const char *attribute, const char *value)
{
	const struct directory_object *o;
	struct directory_setting s;
	struct directory *d = NULL;
	status st = host_directory(f->host, &d, &f->why);

	if (!st)
		st = directory_find(d, directory_class(class), identity, &f->arena, &o, &f->why);
	if (!st)
		st = directory_setting(d, directory_class(class), attribute, DIRECTORY_SET, &value, value ? 1 : 0, &f->arena, &s, &f->why);
	if (!st)
		st = directory_update(d, directory_class(class), o->id, &s, 1, NULL, &f->why);
	if (st)
		fail_msg("%s of %s: %s", attribute, identity, f->why.text);
	host_directory_return(f->host, d);
}

void fixture_group(struct fixture *f, const char *name, const char *const *members, size_t n)
{
	const char *const values[] = { name, arena_printf(&f->arena, "SMTP:%s@contoso.example", name),
				       arena_printf(&f->arena, "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=%s", name) };
	static const char *const attributes[] = { "Alias", "EmailAddresses", "LegacyExchangeDN" };
	const struct directory_class *class = directory_class("DistributionGroup");
	struct directory_setting settings[4];
	struct directory *d = NULL;
	uint64_t id;
	status st = host_directory(f->host, &d, &f->why);

	for (size_t i = 0; !st && i < 3; i++)
		st = directory_setting(d, class, attributes[i], DIRECTORY_SET, &values[i], 1, &f->arena, &settings[i], &f->why);
	if (!st)
		st = directory_setting(d, class, "Members", DIRECTORY_SET, members, n, &f->arena, &settings[3], &f->why);
	if (!st)
		st = directory_create(d, class, name, 0, settings, 4, &id, &f->why);
	if (st)
		fail_msg("%s: %s", name, f->why.text);
	host_directory_return(f->host, d);
}

#define PAIRS_MOST 8u

void fixture_recipient(struct fixture *f, const char *class, const char *name, const char *address, const char *const (*pairs)[2], size_t n)
{
	const struct directory_class *as = directory_class(class);
	const char *const own[][2] = {
		{ "DisplayName", name },
		{ "Alias", name },
		{ "EmailAddresses", arena_printf(&f->arena, "SMTP:%s", address) },
		{ "LegacyExchangeDN", arena_printf(&f->arena, "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=%s", name) },
	};
	struct directory_setting settings[PAIRS_MOST];
	struct directory *d = NULL;
	uint64_t id;
	status st = host_directory(f->host, &d, &f->why);

	assert_true(n + 4 <= PAIRS_MOST);
	for (size_t i = 0; !st && i < n + 4; i++) {
		const char *const *pair = i < 4 ? own[i] : pairs[i - 4];

		st = directory_setting(d, as, pair[0], DIRECTORY_SET, &pair[1], 1, &f->arena, &settings[i], &f->why);
	}
	if (!st)
		st = directory_create(d, as, name, 0, settings, n + 4, &id, &f->why);
	if (st)
		fail_msg("%s: %s", name, f->why.text);
	host_directory_return(f->host, d);
}

/* Operations -------------------------------------------------------------------------------------------------------------- */

static bool columns_of(void *user, const struct rop_request *asked, struct rop_columns *out)
{
	const struct fixture *f = user;

	*out = f->columns[asked->input_handle_index % FIXTURE_HANDLES];
	return out->n > 0;
}

static void remember_columns(struct fixture *f, const struct rop_request *r)
{
	const struct rop_set_columns_request *set = r->body;

	if (r->id == ROP_SET_COLUMNS)
		f->columns[r->input_handle_index] =
			(struct rop_columns){ set->property_tags.n, arena_memdup(&f->arena, set->property_tags.v, set->property_tags.n * sizeof(uint32_t)) };
}

status fixture_rops(struct fixture *f, struct rop_request *requests, size_t n, struct rop_output *out)
{
	CLEANUP_BUF struct buf in = BUF_MAX(1 << 20), answer = BUF_MAX(1 << 20);
	struct rop_input input = { .requests = requests, .n_requests = (uint32_t)n, .handles = f->handles, .n_handles = FIXTURE_HANDLES };
	struct rop_context context = { .columns = columns_of, .user = f };
	const uint8_t *copy;
	status s;

	for (unsigned i = 0; i < ROP_LOGONS; i++)
		rop_context_set_public(&context, (uint8_t)i, session_logon(f->session, (uint8_t)i) && session_logon(f->session, (uint8_t)i)->public_store);
	for (size_t i = 0; i < n; i++) {
		requests[i].info = rop_info(requests[i].id);
		remember_columns(f, &requests[i]);
	}
	if (rop_input_encode(&input, &in, &f->why))
		fail_msg("request: %s", f->why.text);
	s = rop_execute(f->session, buf_bytes(&in), f->most, &answer, &f->why);
	if (s)
		return s;
	assert_true(answer.n <= f->most);
	copy = arena_memdup(&f->arena, answer.p, answer.n);
	assert_non_null(copy);
	for (unsigned i = 0; i < ROP_LOGONS; i++)
		rop_context_set_public(&context, (uint8_t)i, session_logon(f->session, (uint8_t)i) && session_logon(f->session, (uint8_t)i)->public_store);
	if (rop_output_decode(bytes_of(copy, answer.n), &context, &input, &f->arena, out, &f->why))
		fail_msg("response: %s", f->why.text);
	assert_int_equal(out->n_handles, FIXTURE_HANDLES);
	memcpy(f->handles, out->handles, sizeof f->handles);
	if (n == 1 && out->n_responses <= 1)
		rop_record(&requests[0], out->n_responses ? &out->responses[0] : NULL, &f->columns[requests[0].input_handle_index % FIXTURE_HANDLES],
			   rop_context_is_public(&context, requests[0].logon_id), buf_bytes(&in), buf_bytes(&answer));
	return ecNone;
}

struct rop_response fixture_rop(struct fixture *f, uint8_t id, uint8_t index, void *request)
{
	struct rop_request r = { .id = id, .logon_id = f->logon_id, .input_handle_index = index, .response_handle_index = index, .body = request };
	struct rop_response none = { .id = id };
	struct rop_output out = { .n_responses = 0 };
	status s = fixture_rops(f, &r, 1, &out);

	if (s)
		fail_msg("%s: 0x%x %s", rop_info(id)->name, s, f->why.text);
	if (id == ROP_RELEASE) {
		assert_int_equal(out.n_responses, 0);
		return none;
	}
	assert_true(out.n_responses >= 1);
	/* [MS-OXCROPS] 2.2.6.9.2: this one answers as another. */
	assert_int_equal(out.responses[0].id, id == ROP_GET_MESSAGE_STATUS ? ROP_SET_MESSAGE_STATUS : id);
	return out.responses[0];
}

void *fixture_ok(struct fixture *f, uint8_t id, uint8_t index, void *request)
{
	struct rop_response r = fixture_rop(f, id, index, request);

	if (r.return_value)
		fail_msg("%s: 0x%x", rop_info(id)->name, r.return_value);
	return r.body;
}

void fixture_refused(struct fixture *f, uint8_t id, uint8_t index, void *request, status code)
{
	struct rop_response r = fixture_rop(f, id, index, request);

	if (r.return_value != code)
		fail_msg("%s: 0x%x instead of 0x%x", rop_info(id)->name, r.return_value, code);
}

/* What most tests begin with ------------------------------------------------------------------------------------------------ */

struct rop_logon_response *fixture_logon(struct fixture *f, uint8_t index, const char *name)
{
	const char *dn = fixture_legacy_dn(f, name);
	struct rop_logon_request r = { .logon_flags = LOGON_PRIVATE,
				       .open_flags = LOGON_OPEN_HOME_LOGON | LOGON_OPEN_TAKE_OWNERSHIP | LOGON_OPEN_USE_PER_MDB_REPLID_MAPPING,
				       .essdn = bytes_of(dn, strlen(dn) + 1) };

	return fixture_ok(f, ROP_LOGON, index, &r);
}

struct object *fixture_object(struct fixture *f, uint8_t index)
{
	return object_table_find(&f->session->objects, f->handles[index]);
}

static struct logon *logon_at(struct fixture *f, uint8_t index)
{
	struct object *o = fixture_object(f, index);

	assert_non_null(o);
	return o->kind == OBJECT_LOGON ? (struct logon *)o : o->logon;
}

struct mailbox *fixture_lock(struct fixture *f, uint8_t index)
{
	struct shared_mailbox *store = logon_at(f, index)->store;

	assert_null(f->held);
	f->held = store;
	return shared_mailbox_lock(store);
}

void fixture_unlock(struct fixture *f, uint8_t index)
{
	assert_ptr_equal(f->held, logon_at(f, index)->store);
	shared_mailbox_unlock(f->held);
	f->held = NULL;
}

uint64_t fixture_folder_id(struct fixture *f, uint8_t index, enum mailbox_role role)
{
	uint64_t id = 0;

	status s = folder_by_role(fixture_lock(f, index), role, &id);

	fixture_unlock(f, index);
	assert_int_equal(s, 0);
	return id_from_counter(id);
}

void fixture_open_folder(struct fixture *f, uint8_t index, uint64_t folder, uint8_t into)
{
	struct rop_open_folder_request r = { .output_handle_index = into, .folder_id = folder };

	(void)fixture_ok(f, ROP_OPEN_FOLDER, index, &r);
}

uint64_t fixture_create_folder(struct fixture *f, uint8_t parent, const char *name, uint8_t into)
{
	struct rop_create_folder_request r = { .output_handle_index = into,
					       .folder_type = 1,
					       .use_unicode_strings = 1,
					       .display_name = fixture_text(f, name),
					       .comment = fixture_text(f, "") };
	const struct rop_create_folder_response *a = fixture_ok(f, ROP_CREATE_FOLDER, parent, &r);

	return a->folder_id;
}

void fixture_release(struct fixture *f, uint8_t index)
{
	(void)fixture_rop(f, ROP_RELEASE, index, NULL);
}

uint64_t fixture_mail(struct fixture *f, struct mailbox *m, uint64_t folder, bool associated)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_options o = { .associated = associated };
	struct message_writer *w = NULL;
	struct item_sink *sink;
	struct bag b;
	uint64_t id = 0;

	bag_init(&b, &f->arena);
	assert_int_equal(bag_set_text(&b, PidTagMessageClass, "IPM.Note"), 0);
	assert_int_equal(bag_set_text(&b, PidTagSubject, "Hello"), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, 0), 0);
	assert_int_equal(message_writer_new(m, folder, &o, &w), 0);
	sink = message_writer_sink(w);
	assert_int_equal(item_message_begin(sink, &(struct message_event){ .props = &b, .confidence = 100, .associated = associated }), 0);
	assert_int_equal(item_message_end(sink, &result), 0);
	assert_int_equal(message_writer_finish(w, &id), 0);
	message_writer_free(w);
	return id;
}

struct bytes fixture_text(struct fixture *f, const char *utf8)
{
	return utf16_bytes(&f->arena, utf8);
}

/* Tests --------------------------------------------------------------------------------------------------------------------- */

#define FIXTURE_TESTS_MOST 200

static struct fixture *running;

static void begins_on_sqlite(void **state)
{
	(void)state;
	fixture_begin(running, SQL_SQLITE);
}

static void begins_on_postgresql(void **state)
{
	(void)state;
	fixture_begin(running, SQL_POSTGRES);
}

static void ends(void **state)
{
	(void)state;
	fixture_end(running);
}

int fixture_run(struct fixture *f, const struct CMUnitTest *tests, size_t n)
{
	static struct CMUnitTest all[FIXTURE_TESTS_MOST];
	size_t count = 0;

	running = f;
	for (enum sql_engine e = SQL_SQLITE; e <= SQL_POSTGRES; e++) {
		if (!engine_here(e))
			continue;
		all[count++] = (struct CMUnitTest)cmocka_unit_test(e == SQL_SQLITE ? begins_on_sqlite : begins_on_postgresql);
		for (size_t i = 0; i < n && count + 1 < FIXTURE_TESTS_MOST; i++)
			all[count++] = tests[i];
		all[count++] = (struct CMUnitTest)cmocka_unit_test(ends);
	}
	return _cmocka_run_group_tests("operations", all, count, NULL, NULL);
}
