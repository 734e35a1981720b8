/* The address book over HTTPS: sessions of /mapi/nspi, and the offline address book. */
#include "web_fixture.h"

#include "base/crc32.h"
#include "base/utf16.h"
#include "net/gnutls_library.h"
#include "rop/oab_patch.h"
#include "server/oab.h"

static struct web_fixture f;

static int begin(void **state)
{
	(void)state;
	web_begin(&f, NULL);
	f.endpoint = "/mapi/nspi/?MailboxId=f0000000-0000-0000-0000-000000000000@contoso.example";
	return 0;
}

static int end(void **state)
{
	(void)state;
	web_end(&f);
	return 0;
}

static struct nspi_stat western(void)
{
	return (struct nspi_stat){ .code_page = 1252, .template_locale = 0x409, .sort_locale = 0x409 };
}

static void *ask(enum mapihttp_request type, const char *name, const void *request)
{
	assert_int_equal(web_mapi(&f, name, "", web_mapi_request(&f, type, request)), 0);
	return web_mapi_response(&f, type);
}

static void session(void **state)
{
	struct bind_request b = { .has_state = 0xFF, .state = western() };
	struct query_rows_request q = { .has_state = 0xFF, .state = western(), .row_count = 50 };
	struct unbind_request u = { .reserved = 0 };

	(void)state;
	/* Without a session. */
	f.cookies[0] = '\0';
	assert_int_equal(web_mapi(&f, "QueryRows", "", web_mapi_request(&f, MAPIHTTP_QUERY_ROWS, &q)), MAPIHTTP_MISSING_COOKIE);
	const struct bind_response *bound = ask(MAPIHTTP_BIND, "Bind", &b);
	assert_int_equal(bound->error_code, 0);
	assert_non_null(strstr(f.answer.head, "path=/mapi/nspi"));
	const struct query_rows_response *rows = ask(MAPIHTTP_QUERY_ROWS, "QueryRows", &q);
	assert_int_equal(rows->error_code, 0);
	assert_true(rows->rows.n >= 3);
	assert_int_equal(web_mapi(&f, "PING", "", bytes_of(NULL, 0)), 0);
	/* What asks where things are stands beside the others: the cookies of before it are still those of the next. */
	char before[sizeof f.cookies];
	memcpy(before, f.cookies, sizeof before);
	struct get_mailbox_url_request where = { .server_dn = bytes_of("/\0", 2) };
	const struct get_mailbox_url_response *url = ask(MAPIHTTP_GET_MAILBOX_URL, "GetMailboxUrl", &where);
	/* MS-OXCMAPIHTTP_R1089 */
	assert_true(!url->error_code && url->url.n);
	memcpy(f.cookies, before, sizeof before);
	/* Not of this endpoint. */
	assert_int_equal(web_mapi(&f, "Execute", "", bytes_of("", 0)), MAPIHTTP_INVALID_REQUEST_TYPE);
	const struct unbind_response *unbound = ask(MAPIHTTP_UNBIND, "Unbind", &u);
	assert_int_equal(unbound->error_code, 1);
	assert_int_equal(web_mapi(&f, "QueryRows", "", web_mapi_request(&f, MAPIHTTP_QUERY_ROWS, &q)), MAPIHTTP_CONTEXT_NOT_FOUND);
}

static void refused_bind(void **state)
{
	struct bind_request b = { .has_state = 0xFF, .state = western() };

	(void)state;
	f.cookies[0] = '\0';
	b.state.code_page = 1200;
	const struct bind_response *r = ask(MAPIHTTP_BIND, "Bind", &b);
	assert_int_equal(r->error_code, ecUnknownCpid);
	/* No session was made. */
	assert_null(strstr(f.answer.head, "Set-Cookie"));
}

/* With a NUL behind it. */
static struct bytes body(void)
{
	const uint8_t *copy = arena_memdup(&f.arena, buf_cstr(&f.answer.body), f.answer.body.n + 1);

	return bytes_of(copy, f.answer.body.n);
}

/* Where a text stands between two others; NULL when it does not. */
static char *between(const char *text, const char *before, const char *after)
{
	const char *at = strstr(text, before), *end = at ? strstr(at + strlen(before), after) : NULL;

	return end ? arena_strndup(&f.arena, at + strlen(before), (size_t)(end - at) - strlen(before)) : NULL;
}

/* The file in a container; asserts every block. */
static struct bytes stored(struct bytes container)
{
	CLEANUP_BUF struct buf file = BUF_MAX(OAB_MOST);
	size_t at = 16;

	assert_int_equal(le32(container.p), 3);
	assert_int_equal(le32(container.p + 4), 1);
	while (at < container.n) {
		uint32_t n = le32(container.p + at + 8);

		assert_int_equal(le32(container.p + at), 0);
		assert_int_equal(le32(container.p + at + 4), n);
		assert_true(n <= le32(container.p + 8) && at + 16 + n <= container.n);
		assert_int_equal(le32(container.p + at + 12), crc32_pst_plain(0xFFFFFFFF, bytes_of(container.p + at + 16, n)));
		buf_add(&file, container.p + at + 16, n);
		at += 16 + n;
	}
	assert_int_equal(at, container.n);
	assert_int_equal(file.n, le32(container.p + 12));
	const uint8_t *copy = arena_memdup(&f.arena, file.p, file.n);
	return bytes_of(copy, file.n);
}

/* A public folder with an address. */
static void add_board(void)
{
	struct directory_value v[] = { { .text = "Board" }, { .text = "board" }, { .text = "SMTP:board@contoso.example" }, { .text = "/o=Contoso/cn=board" }, { .text = "00" } };
	const struct directory_setting settings[] = { { "DisplayName", DIRECTORY_SET, &v[0], 1 },
						      { "Alias", DIRECTORY_SET, &v[1], 1 },
						      { "EmailAddresses", DIRECTORY_SET, &v[2], 1 },
						      { "LegacyExchangeDN", DIRECTORY_SET, &v[3], 1 },
						      { "EntryId", DIRECTORY_SET, &v[4], 1 } };
	struct directory *d = NULL;

	if (host_directory(f.server.host, &d, &f.why) || directory_create(d, directory_class("MailPublicFolder"), "Board", 0, settings, 5, NULL, &f.why))
		fail_msg("%s", f.why.text);
	host_directory_return(f.server.host, d);
}

static void offline(void **state)
{
	/* Behind its addresses: PidTagObjectType, PidTagDisplayType and PidTagDisplayTypeEx of a folder. */
	static const char board[] = "SMTP:board@contoso.example\0\3\2\2";
	char target[160], header[64];
	uint8_t hash[20];
	struct bytes file;

	(void)state;
	add_board();
	assert_int_equal(web_ask(&f, "GET", "/oab/x/oab.xml", "", bytes_of(NULL, 0)), 200);
	const char *manifest = (const char *)arena_strndup(&f.arena, (const char *)f.answer.body.p, f.answer.body.n);
	(void)snprintf(target, sizeof target, "/oab/x/%s", strrchr(between(manifest, "<Full ", "</Full>"), '>') + 1);
	assert_int_equal(web_ask(&f, "GET", target, "", bytes_of(NULL, 0)), 200);
	struct bytes container = body();
	assert_int_equal(strtoul(between(manifest, " size=\"", "\""), NULL, 10), container.n);
	file = stored(container);
	assert_int_equal(strtoul(between(manifest, "uncompressedsize=\"", "\""), NULL, 10), file.n);
	assert_int_equal(gt.gnutls_hash_fast(GNUTLS_DIG_SHA1, container.p, container.n, hash), 0);
	const char *said = between(manifest, "SHA=\"", "\"");
	for (size_t i = 0; i < sizeof hash; i++) {
		(void)snprintf(header, sizeof header, "%02x", hash[i]);
		assert_memory_equal(said + 2 * i, header, 2);
	}
	/* Version 4, its check sum, and one record for each person. */
	assert_int_equal(le32(file.p), 0x20);
	assert_int_equal(le32(file.p + 4), crc32_pst_plain(0xFFFFFFFF, bytes_of(file.p + 12, file.n - 12)));
	size_t at = 12, records = 0;
	for (; at < file.n; records++) {
		assert_true(le32(file.p + at) >= 4 && le32(file.p + at) <= file.n - at);
		at += le32(file.p + at);
	}
	assert_int_equal(at, file.n);
	assert_int_equal(records, le32(file.p + 8) + 2);
	assert_non_null(memmem(file.p, file.n, "alice@contoso.example", sizeof "alice@contoso.example"));
	assert_non_null(memmem(file.p, file.n, board, sizeof board - 1));
	/* A part of it. */
	assert_int_equal(web_ask(&f, "GET", target, "Range: bytes=4-19\r\n", bytes_of(NULL, 0)), 206);
	assert_int_equal(f.answer.body.n, 16);
	assert_memory_equal(f.answer.body.p, container.p + 4, 16);
	assert_int_equal(web_ask(&f, "GET", target, "Range: bytes=-5\r\n", bytes_of(NULL, 0)), 206);
	assert_memory_equal(f.answer.body.p, container.p + container.n - 5, 5);
	assert_int_equal(web_ask(&f, "GET", target, "Range: bytes=99999999-\r\n", bytes_of(NULL, 0)), 416);
	assert_int_equal(web_ask(&f, "GET", "/oab/x/other.lzx", "", bytes_of(NULL, 0)), 404);
	assert_int_equal(web_ask(&f, "POST", "/oab/x/oab.xml", "", bytes_of("", 0)), 405);
}

static char *manifest_now(void)
{
	assert_int_equal(web_ask(&f, "GET", "/oab/oab.xml", "", bytes_of(NULL, 0)), 200);
	return arena_strndup(&f.arena, (const char *)f.answer.body.p, f.answer.body.n);
}

static unsigned long sequence_of(const char *manifest)
{
	return strtoul(between(manifest, "<Full seq=\"", "\""), NULL, 10);
}

/* A file that an element of the manifest names, as its size and hash say. */
static struct bytes fetch(const char *manifest, const char *from, const char *to)
{
	const char *element = between(manifest, from, to), *said = between(element, "SHA=\"", "\"");
	char target[160], digits[3];
	uint8_t hash[20];

	(void)snprintf(target, sizeof target, "/oab/%s", strrchr(element, '>') + 1);
	assert_int_equal(web_ask(&f, "GET", target, "", bytes_of(NULL, 0)), 200);
	struct bytes file = body();
	assert_int_equal(strtoul(between(element, " size=\"", "\""), NULL, 10), file.n);
	assert_int_equal(gt.gnutls_hash_fast(GNUTLS_DIG_SHA1, file.p, file.n, hash), 0);
	for (size_t i = 0; i < sizeof hash; i++) {
		(void)snprintf(digits, sizeof digits, "%02x", hash[i]);
		assert_memory_equal(said + 2 * i, digits, 2);
	}
	return file;
}

static void changes_make_another(void **state)
{
	unsigned long before = sequence_of(manifest_now());

	(void)state;
	web_set(&f, "User", "alice", "DisplayName", "Alice Adams");
	assert_int_equal(sequence_of(manifest_now()), before + 1);
	/* What is not in it makes no other one. */
	web_set(&f, "Mailbox", "alice", "MaxSendSize", "1234567");
	assert_int_equal(sequence_of(manifest_now()), before + 1);
}

/* Each generation is made of the one before: byte for byte what the whole file is. */
static void differences(void **state)
{
	CLEANUP_BUF struct buf file = BUF_MAX(OAB_MOST), newer = BUF_MAX(OAB_MOST);
	char *manifest = manifest_now(), from[40];
	unsigned long before = sequence_of(manifest);
	struct bytes old = stored(fetch(manifest, "<Full ", "</Full>"));

	(void)state;
	/* Enough of them for a difference to be worth its while. */
	for (unsigned i = 0; i < 40; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "person%u", i);
		assert_int_equal(host_create_mailbox(f.server.host, name, NULL, 0, &f.why), 0);
	}
	manifest = manifest_now();
	assert_int_equal(sequence_of(manifest), before + 1);
	/* More than half of it is new: no difference is offered. */
	assert_null(strstr(manifest, "<Diff "));
	old = stored(fetch(manifest, "<Full ", "</Full>"));
	buf_add(&file, old.p, old.n);
	for (unsigned i = 0; i < 3; i++) {
		web_set(&f, "User", i == 1 ? "person20" : "alice", "Title", i == 2 ? "Countess" : "Baroness");
		manifest = manifest_now();
		assert_int_equal(sequence_of(manifest), before + 2 + i);
	}
	for (unsigned i = 0; i < 3; i++) {
		(void)snprintf(from, sizeof from, "<Diff seq=\"%lu\"", before + 2 + i);
		assert_int_equal(oab_patch_apply(fetch(manifest, from, "</Diff>"), buf_bytes(&file), &newer, &f.why), 0);
		buf_clear(&file);
		buf_add(&file, newer.p, newer.n);
		buf_clear(&newer);
	}
	assert_true(bytes_equal(buf_bytes(&file), stored(fetch(manifest, "<Full ", "</Full>"))));
	assert_true(strstr(manifest, "</Full>") < strstr(manifest, "<Diff "));
	/* Only so many are kept. */
	for (unsigned i = 0; i < OAB_DIFFERENCES_MOST + 5; i++) {
		web_set(&f, "User", "alice", "Title", i % 2 ? "Duchess" : "Queen");
		manifest = manifest_now();
	}
	unsigned n = 0;
	for (const char *at = manifest; (at = strstr(at, "<Diff ")); at++)
		n++;
	assert_true(n > 3 && n <= OAB_DIFFERENCES_MOST);
}

static void nobody(void **state)
{
	const char *user = f.user;

	(void)state;
	f.user = NULL;
	web_reconnect(&f);
	assert_int_equal(web_ask(&f, "GET", "/oab/x/oab.xml", "", bytes_of(NULL, 0)), 401);
	f.user = user;
	web_reconnect(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session), cmocka_unit_test(refused_bind), cmocka_unit_test(offline), cmocka_unit_test(changes_make_another),
		cmocka_unit_test(differences),
		cmocka_unit_test(nobody),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
