/* What tests of the address book have in common: people, a book, calls that go through their form on the wire. */
#ifndef TESTS_SERVER_NSPI_STEPS_H
#define TESTS_SERVER_NSPI_STEPS_H

#include "rop_fixture.h"

#include "base/utf16.h"
#include "rop/mapihttp.h"
#include "server/nspi.h"

#include <stdlib.h>
#include <strings.h>

#define CP_TELETEX 20261u
#define CP_UNICODE 1200u
#define MID_UNKNOWN 0xFFFFFFFFu
#define TEXT8(tag) (((uint32_t)(tag) & 0xFFFF0000u) | PT_STRING8)
#define TYPE(p) tag_type((p)->tag)

static struct fixture f;
static struct nspi_book *book;
static uint64_t caller;

static inline uint64_t user_id(const char *name)
{
	const struct directory_object *o = NULL;
	struct directory *d = NULL;

	assert_int_equal(host_directory(f.host, &d, &f.why), 0);
	assert_int_equal(directory_find(d, directory_class("Recipient"), name, &f.arena, &o, &f.why), 0);
	host_directory_return(f.host, d);
	return o->id;
}

static inline const char *dn_of(const char *name)
{
	const struct directory_object *o = NULL;
	struct directory *d = NULL;

	assert_int_equal(host_directory(f.host, &d, &f.why), 0);
	if (directory_find(d, directory_class("Recipient"), name, &f.arena, &o, &f.why))
		fail_msg("%s: %s", name, f.why.text);
	host_directory_return(f.host, d);
	return directory_text(o, "LegacyExchangeDN");
}

static inline void begin(void)
{
	static const char *const members[] = { "alice", "bob" };

	fixture_set(&f, "User", "alice", "DisplayName", "Alice Adams");
	fixture_set(&f, "User", "alice", "FirstName", "Alice");
	fixture_set(&f, "User", "alice", "LastName", "Adams");
	fixture_set(&f, "User", "alice", "Title", "Caf\xC3\xA9 keeper");
	fixture_set(&f, "User", "alice", "Department", "Kitchen");
	fixture_set(&f, "User", "alice", "Manager", "carol");
	fixture_set(&f, "User", "bob", "DisplayName", "Bob Brown");
	fixture_set(&f, "User", "carol", "DisplayName", "Carol Clark");
	fixture_group(&f, "crew", members, 2);
}

/* Once for each organisation; a book for each test. */
static inline int setup(void **state)
{
	static struct host *populated;

	(void)state;
	if (populated != f.host)
		begin();
	populated = f.host;
	caller = user_id("alice");
	return (int)nspi_book_new(f.host, "cas.contoso.example", &book);
}

static inline int teardown(void **state)
{
	(void)state;
	nspi_book_free(book);
	book = NULL;
	return 0;
}

/* Calls ------------------------------------------------------------------------------------------------------------------ */

static inline void *ask(enum mapihttp_request type, const void *request)
{
	const struct mapihttp_type *t = &mapihttp_types[type];
	CLEANUP_BUF struct buf in = BUF_MAX(1 << 20), out = BUF_MAX(4 << 20);
	void *decoded = arena_zalloc(&f.arena, t->request_body->size), *response = arena_zalloc(&f.arena, t->response_body->size);
	void *again = arena_zalloc(&f.arena, t->response_body->size);
	struct nspi_caller c = { book, caller };
	uint32_t code = 0;

	assert_int_equal(mapihttp_request_write(t, request, &in, &f.why), 0);
	const uint8_t *copy = arena_memdup(&f.arena, in.p, in.n);
	assert_int_equal(mapihttp_request_read(t, bytes_of(copy, in.n), &f.arena, decoded, &f.why), 0);
	if (nspi_call(&c, type, decoded, &f.arena, response, &f.why))
		fail_msg("%s: %s", t->name, f.why.text);
	if (mapihttp_response_write(t, response, &out, &f.why))
		fail_msg("%s: %s", t->name, f.why.text);
	const uint8_t *answer = arena_memdup(&f.arena, out.p, out.n);
	if (mapihttp_response_read(t, bytes_of(answer, out.n), &f.arena, &code, again, &f.why))
		fail_msg("%s: %s", t->name, f.why.text);
	assert_int_equal(code, 0);
	return again;
}

static inline struct nspi_stat stat_of(uint32_t codepage)
{
	return (struct nspi_stat){ .code_page = codepage, .template_locale = 0x409, .sort_locale = 0x409 };
}

static inline struct nspi_ids ids(size_t n, const uint32_t *v)
{
	uint32_t *copy = arena_memdup(&f.arena, v, (n + 1) * sizeof *v);

	return (struct nspi_ids){ (uint32_t)n, copy };
}

#define IDS(...) ids(sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4, (const uint32_t[]){ __VA_ARGS__, 0 })

static inline const char *text(const struct prop *p)
{
	const char *t = prop_text(p, 1252, &f.arena);

	return t ? t : "(none)";
}

static inline uint32_t number(const struct prop *p)
{
	return p->value.n == 4 ? le32(p->value.p) : 0xDEADBEEF;
}

static inline uint32_t mid_of(const char *name)
{
	const struct bytes dn = bytes_of(dn_of(name), strlen(dn_of(name)));
	struct dn_to_mid_request q = { .has_names = 0xFF, .names = { 1, (struct bytes *)(uintptr_t)&dn } };
	const struct dn_to_mid_response *r = ask(MAPIHTTP_DN_TO_MID, &q);

	assert_int_equal(r->error_code, 0);
	assert_int_equal(r->mids.n, 1);
	return r->mids.v[0];
}

static inline const struct query_rows_response *rows_of(struct nspi_stat stat, uint32_t flags, uint32_t count, struct nspi_ids columns)
{
	struct query_rows_request q = { .flags = flags, .has_state = 0xFF, .state = stat, .row_count = count,
					.has_columns = columns.n ? 0xFF : 0, .columns = columns };

	return ask(MAPIHTTP_QUERY_ROWS, &q);
}

static inline const struct get_props_response *props_of(uint32_t mid, uint32_t codepage, uint32_t flags, struct nspi_ids tags)
{
	struct get_props_request q = { .flags = flags, .has_state = 0xFF, .state = stat_of(codepage), .has_tags = tags.n ? 0xFF : 0, .tags = tags };

	q.state.current_rec = mid;
	return ask(MAPIHTTP_GET_PROPS, &q);
}

static inline struct prop text_prop(uint32_t tag, const char *utf8)
{
	struct bytes v = tag_type(tag) == PT_STRING8 ? bytes_of(utf8, strlen(utf8)) : fixture_text(&f, utf8);

	return (struct prop){ .tag = tag, .count = 1, .size = v.n, .value = v };
}

static inline const struct get_matches_response *matches(struct nspi_stat stat, const struct restriction *filter, uint32_t most)
{
	struct get_matches_request q = { .has_state = 0xFF, .state = stat, .has_filter = filter ? 0xFF : 0,
					 .filter = (struct restriction *)(uintptr_t)filter, .row_count = most, .has_columns = 0xFF };

	q.columns = IDS(PidTagEntryId, PidTagDisplayName);
	return ask(MAPIHTTP_GET_MATCHES, &q);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
