/*
 * How a client finds its mailbox, the address book and other people: Autodiscover, the address book, and a message from one to another.
 */
#include "outside.h"

#include <time.h>

#include "base/utf16.h"
#include "rop/property_row.h"
#include "rop/recipient_row.h"
#include "rop/rops_folder.h"
#include "rop/rops_message.h"
#include "rop/rops_table.h"
#include "rop/rops_transport.h"

enum { LOGON, FOLDER, MESSAGE, TABLE };

#define PATIENCE_S 20

static struct mapi_account alice, bob;
static struct mapi_client c, other;
static struct link web;
static struct http_answer answer = { .body = BUF_MAX((size_t)4 << 20) };

static unsigned ask(const char *method, const char *target, const char *user, const char *password, const char *further, const char *body)
{
	CLEANUP_BUF struct buf headers = BUF_MAX(8192);
	struct link_place place = alice.place;
	struct reason why = { "" };

	if (user)
		http_add_basic(&headers, user, password);
	buf_add_str(&headers, further);
	if (link_open(&web, &place, &why) || http_say(&web, method, target, buf_cstr(&headers), bytes_of(body, strlen(body)), &why) ||
	    http_hear(&web, &answer, &why))
		fail_msg("%s %s: %s", method, target, why.text);
	return answer.code;
}

/* What stands between two marks of the answer, in the client's arena. */
static const char *between(const char *from, const char *to)
{
	const char *at = strstr(buf_cstr(&answer.body), from), *end = at ? strstr(at + strlen(from), to) : NULL;

	if (!end)
		fail_msg("no %s in: %s", from, buf_cstr(&answer.body));
	at += strlen(from);
	return arena_strndup(&c.arena, at, (size_t)(end - at));
}

#define OUTLOOK_REQUEST                                                                                                          \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/" \
	"requestschema/2006\"><Request><EMailAddress>%s</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/" \
	"autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>"

static void discovers_its_mailbox(void **state)
{
	const char *body = arena_printf(&c.arena, OUTLOOK_REQUEST, "alice@contoso.example");

	(void)state;
	assert_int_equal(ask("POST", "/autodiscover/autodiscover.xml", "alice@contoso.example", SERVED_PASSWORD,
			     "Content-Type: text/xml\r\nX-MapiHttpCapability: 1\r\n", body),
			 200);
	assert_string_equal(between("<LegacyDN>", "</LegacyDN>"), alice.dn);
	assert_non_null(between("Type=\"mapiHttp\"", ">"));
	const char *url = between("<MailStore>", "</MailStore>");
	const char *path = strstr(url, "/mapi/emsmdb/?MailboxId=");
	assert_non_null(path);
	assert_non_null(strstr(url, "https://"));
	/* It is there: a client that goes where it was sent is answered by MAPI over HTTP. */
	path = arena_strndup(&c.arena, path, strcspn(path, "<"));
	assert_int_equal(ask("POST", path, "alice@contoso.example", SERVED_PASSWORD,
			     "Content-Type: application/mapi-http\r\nX-RequestType: PING\r\nX-RequestId: {5B3C0C52-7E0E-4E54-A9A4-0D5D6A1F8E11}:1\r\n"
			     "X-ClientApplication: Outlook/16.0.5134.1000\r\n",
			     ""),
			 200);
	char code[8];
	assert_true(http_answer_header(&answer, "X-ResponseCode", code, sizeof code));
	assert_string_equal(code, "0");
}

static void nothing_without_a_password(void **state)
{
	const char *body = arena_printf(&c.arena, OUTLOOK_REQUEST, "alice@contoso.example");

	(void)state;
	assert_int_equal(ask("POST", "/autodiscover/autodiscover.xml", NULL, NULL, "Content-Type: text/xml\r\n", body), 401);
	char scheme[64];
	assert_true(http_answer_header(&answer, "WWW-Authenticate", scheme, sizeof scheme));
	assert_null(strstr(buf_cstr(&answer.body), "LegacyDN"));
	assert_int_equal(ask("GET", "/healthcheck", NULL, NULL, "", ""), 200);
	assert_int_equal(ask("GET", "/metrics", NULL, NULL, "", ""), 401);
	assert_int_equal(ask("GET", "/metrics", "alice", SERVED_PASSWORD, "", ""), 403);
}

static void the_address_book(void **state)
{
	struct bind_request bind = { .has_state = 0xFF, .state = { .code_page = 1252, .template_locale = 1033, .sort_locale = 1033 } };
	uint32_t tags[] = { PidTagDisplayName, PidTagSmtpAddress };
	struct bytes name[1];
	struct resolve_names_request q = { .has_state = 0xFF, .state = bind.state, .has_tags = 0xFF, .tags = { 2, tags }, .has_names = 0xFF, .names = { 1, name } };
	struct unbind_request unbind = { .reserved = 0 };
	struct mapi_client book;
	void *r = NULL;

	(void)state;
	mapi_client_init(&book, &alice);
	good(&book, mapi_client_ask(&book, "/mapi/nspi", MAPIHTTP_BIND, &bind, &r));
	assert_int_equal(((struct bind_response *)r)->error_code, 0);
	name[0] = mapi_client_text(&book, "bob");
	good(&book, mapi_client_ask(&book, "/mapi/nspi", MAPIHTTP_RESOLVE_NAMES, &q, &r));
	const struct resolve_names_response *found = r;
	assert_int_equal(found->error_code, 0);
	assert_int_equal(found->mids.n, 1);
	assert_int_equal(found->mids.v[0], NSPI_MID_RESOLVED);
	assert_int_equal(found->rows.n, 1);
	assert_string_equal(prop_text(&found->rows.v[0].values[1], 1252, &book.arena), "bob@contoso.example");
	status st = mapi_client_ask(&book, "/mapi/nspi", MAPIHTTP_UNBIND, &unbind, &r);
	assert_true(st == 0 || st == 1);
	mapi_client_free(&book);
}

/* Mail ------------------------------------------------------------------------------------------------------------------------- */

static void write_to_bob(const char *subject)
{
	static uint32_t none[1];
	struct rop_create_message_request create = { .output_handle_index = MESSAGE,
						     .code_page_id = 0x0FFF,
						     .folder_id = c.logon.folder_ids.id[LOGON_FOLDER_OUTBOX] };
	struct recipient_row r = { .flags = RECIPIENT_TYPE_SMTP | RECIPIENT_EMAIL | RECIPIENT_DISPLAY | RECIPIENT_UNICODE,
				   .email_address = mapi_client_text(&c, "bob@contoso.example"),
				   .display_name = mapi_client_text(&c, "Bob") };
	CLEANUP_BUF struct buf row = BUF_MAX(4096);
	struct rop_submit_message_request submit = { .submit_flags = 0 };
	struct bag b;

	(void)ok(&c, ROP_CREATE_MESSAGE, LOGON, &create);
	bag_init(&b, &c.arena);
	assert_int_equal(bag_set_text(&b, PidTagSubject, subject), 0);
	assert_int_equal(bag_set_text(&b, PidTagBody, "Come to tea."), 0);
	good(&c, mapi_client_set(&c, MESSAGE, &b));
	good(&c, recipient_row_encode(&r, none, 0, &row, &c.why));
	struct modify_recipient_row m = { .row_id = 0, .recipient_type = 1, .recipient_row = buf_bytes(&row) };
	struct rop_modify_recipients_request q = { .recipient_columns = { 0, none }, .recipient_rows = { 1, &m } };
	(void)ok(&c, ROP_MODIFY_RECIPIENTS, MESSAGE, &q);
	(void)ok(&c, ROP_SUBMIT_MESSAGE, MESSAGE, &submit);
}

/* How many of that subject are in a folder of a session. */
static unsigned count(struct mapi_client *who, uint64_t folder, const char *subject)
{
	struct rop_open_folder_request open = { .output_handle_index = FOLDER, .folder_id = folder };
	struct rop_get_contents_table_request q = { .output_handle_index = TABLE };
	uint32_t tags[] = { PidTagSubject };
	struct rop_set_columns_request columns = { .property_tags = { 1, tags } };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 100 };
	unsigned n = 0;

	(void)ok(who, ROP_OPEN_FOLDER, LOGON, &open);
	(void)ok(who, ROP_GET_CONTENTS_TABLE, FOLDER, &q);
	(void)ok(who, ROP_SET_COLUMNS, TABLE, &columns);
	const struct rop_query_rows_response *r = ok(who, ROP_QUERY_ROWS, TABLE, &rows);
	struct bytes data = r->rows.data;
	for (uint16_t i = 0; i < r->rows.count; i++) {
		struct prop v[1];

		good(who, property_row_next(&data, tags, 1, &who->arena, v, &who->why));
		const char *text = prop_text(&v[0], 1252, &who->arena);
		n += text && strcmp(text, subject) == 0;
	}
	(void)ok(who, ROP_RELEASE, TABLE, NULL);
	return n;
}

static void mail_arrives(void **state)
{
	const struct timespec a_moment = { 0, 100000000 };
	uint64_t inbox = other.logon.folder_ids.id[LOGON_FOLDER_INBOX];
	unsigned turns = PATIENCE_S * 10;

	(void)state;
	write_to_bob("An invitation");
	while (!count(&other, inbox, "An invitation")) {
		if (!--turns)
			fail_msg("nothing came within %d s", PATIENCE_S);
		(void)nanosleep(&a_moment, NULL);
	}
	assert_int_equal(count(&other, inbox, "An invitation"), 1);
	/* And the sender's copy is no longer to be sent. */
	assert_int_equal(count(&c, c.logon.folder_ids.id[LOGON_FOLDER_OUTBOX], "An invitation"), 0);
}

static int begin_group(void **state)
{
	if (outside_begin(state))
		return 1;
	link_init(&web);
	alice = served_account(&served, "alice");
	bob = served_account(&served, "bob");
	begin(&c, &alice);
	begin(&other, &bob);
	return 0;
}

static int end_group(void **state)
{
	link_close(&web);
	buf_free(&answer.body);
	end(&c);
	end(&other);
	return outside_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(discovers_its_mailbox),
		cmocka_unit_test(nothing_without_a_password),
		cmocka_unit_test(the_address_book),
		cmocka_unit_test(mail_arrives),
	};

	return cmocka_run_group_tests(tests, begin_group, end_group);
}
