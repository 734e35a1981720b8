/*
 * Those who logged on and mean harm all the same: they do not read what they are answered, open objects without end, ask what takes long to understand,
 * use cookies of others.  Others are served meanwhile and memory stays bounded (abuse.h).
 */
#include "abuse.h"

#include <limits.h>

#include "rop/rops_fasttransfer.h"
#include "rop/rops_ics.h"
#include "rop/rops_table.h"

enum { LOGON, FOLDER, TABLE, SYNC };

/* What each reader that does not read may cost the server: an answer, and one that is under way. */
#define READER_KB_MOST	   1024
#define MESSAGES	   20u
#define LETTERS_OF_MESSAGE 15000u
/* A session has a few more. */
#define HANDLES_OF_SESSION 65000u
/* Requests are sent ahead for so long, if the server takes them. */
#define AHEAD_SECONDS 3.0

/* Readers --------------------------------------------------------------------------------------------------------------------------- */

static void make_large_one(struct mapi_client *c)
{
	struct rop_create_message_request create = { .output_handle_index = 1, .code_page_id = 0x0FFF, .folder_id = c->logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_save_changes_message_request keep = { .save_flags = 0 };
	static char text[LETTERS_OF_MESSAGE + 1];
	struct bag b;

	memset(text, 'x', sizeof text - 1);
	(void)ok(c, ROP_CREATE_MESSAGE, LOGON, &create);
	bag_init(&b, &c->arena);
	assert_int_equal(bag_set_text(&b, PidTagBody, text), 0);
	good(c, mapi_client_set(c, 1, &b));
	(void)ok(c, ROP_SAVE_CHANGES_MESSAGE, 1, &keep);
	(void)ok(c, ROP_RELEASE, 1, NULL);
	mapi_client_forget(c);
}

static void open_inbox(struct mapi_client *c)
{
	struct rop_open_folder_request open = { .output_handle_index = FOLDER, .folder_id = c->logon.folder_ids.id[LOGON_FOLDER_INBOX] };

	(void)ok(c, ROP_OPEN_FOLDER, LOGON, &open);
}

static struct rop_fast_transfer_source_get_buffer_request get = { .buffer_size = ROP_SIZE_AUTO, .maximum_buffer_size = 0x7BC0 };
static struct rop_request get_all = { .id = ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, .input_handle_index = SYNC, .body = &get };

/* In the peer's kernel. */
static void make_room(const struct link *l, int bytes)
{
	(void)setsockopt(l->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

/* Asks for as much of the Inbox as one answer can hold, and does not read it. */
static void ask_for_much(struct mapi_client *c)
{
	struct rop_synchronization_configure_request q = { .output_handle_index = SYNC,
							   .synchronization_type = 1,
							   .send_options = 1,
							   .synchronization_flags = 0x003D,
							   .synchronization_extra_flags = 0x0007 };

	open_inbox(c);
	c->execute_flags |= MAPIHTTP_EXECUTE_CHAIN;
	c->max_rops = MAPIHTTP_ROPS_MAX;
	(void)ok(c, ROP_SYNCHRONIZATION_CONFIGURE, FOLDER, &q);
	good(c, mapi_client_execute_begin(c, &get_all, 1));
	mapi_client_forget(c);
}

/* The connection breaks: what was to be sent over it is nobody's. */
static void break_off(struct mapi_client *c)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(c->link.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	mapi_client_free(c);
}

/* What was there before they came is there again when they have gone. */
static void wait_for_connections(long long most)
{
	long long open = 0;

	for (unsigned i = 0; i < 50; i++) {
		open = counter("\\MSExchange HttpProxy\\Connections");
		if (open <= most)
			return;
		pause_ms(100);
	}
	fail_msg("%lld connections are still open", open);
}

static void answers_that_are_not_read(void **state)
{
	struct mapi_account bob = from("bob", FROM_ATTACKER);
	unsigned n = scaled(40);
	struct mapi_client *c = calloc(n, sizeof *c), filler;

	(void)state;
	assert_non_null(c);
	begin(&filler, &bob);
	for (unsigned i = 0; i < MESSAGES; i++)
		make_large_one(&filler);
	end(&filler);
	long before = served_resident_kb(&served);
	witness_begin();
	for (unsigned i = 0; i < n; i++) {
		begin(&c[i], &bob);
		if (i % 2 == 0)
			make_room(&c[i].link, 4096);
		ask_for_much(&c[i]);
	}
	pause_ms(1000);
	long more = served_resident_kb(&served) - before;
	witness_end("answers that are not read");
	print_message("# %u of them cost %ld KB\n", n, more);
	assert_true(more < (long)(n * READER_KB_MOST) || SANITIZED);
	/* Some, who had no room for it, go without a word; whoever is slow and no more than that gets all of it. */
	for (unsigned i = 0; i < n; i += 2)
		break_off(&c[i]);
	for (unsigned i = 1; i < n; i += 2) {
		good(&c[i], mapi_client_execute_end(&c[i], &get_all, 1, NULL));
		assert_true(c[i].n_outputs > 1);
		end(&c[i]);
	}
	free(c);
	wait_for_connections(5);
}

/* Requests one behind the other, whose answers are not read: what waits to be sent is bounded, so at some time the server takes no more of them. */
static void requests_without_end(void **state)
{
	unsigned n = scaled(2);
	struct link *l = open_links(n, true, FROM_ATTACKER);
	CLEANUP_BUF struct buf many = BUF_MAX((size_t)1 << 20);
	const struct timeval patience = { 0, 200000 };
	size_t most = 0;

	(void)state;
	for (unsigned i = 0; i < 200; i++)
		buf_printf(&many, "%sContent-Length: 0\r\n\r\n", head_of_bob("PING"));
	long before = served_resident_kb(&served);
	witness_begin();
	for (unsigned i = 0; i < n; i++) {
		double until = now() + AHEAD_SECONDS;
		size_t said = 0;

		l[i].patience_ms = 200;
		(void)setsockopt(l[i].fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
		make_room(&l[i], 4096);
		while (now() < until && say(&l[i], buf_cstr(&many)))
			said += many.n;
		most = said > most ? said : most;
	}
	long more = served_resident_kb(&served) - before;
	witness_end("requests without end");
	print_message("# %zu KB of requests were taken at most; %u connections cost %ld KB\n", most / 1024, n, more);
	assert_true(more < (long)(n * READER_KB_MOST) || SANITIZED);
	close_links(l, n);
	wait_for_connections(5);
}

/* Very many objects ------------------------------------------------------------------------------------------------------------------- */

/* Opens the Inbox until that is refused, or often enough: how often it was opened. */
static unsigned open_many(struct mapi_client *c, unsigned most, uint32_t *code)
{
	struct rop_open_folder_request open = { .output_handle_index = 1, .folder_id = c->logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	unsigned opened = 0;

	*code = 0;
	while (!*code && opened < most) {
		struct rop_request r[500];
		struct rop_output *out = NULL;

		for (unsigned i = 0; i < 500; i++)
			r[i] = (struct rop_request){ .id = ROP_OPEN_FOLDER, .body = &open };
		good(c, mapi_client_execute(c, r, 500, &out));
		for (uint32_t i = 0; i < out->n_responses && !*code; i++) {
			*code = out->responses[i].id == ROP_OPEN_FOLDER ? out->responses[i].return_value : 0;
			opened += !*code;
		}
		mapi_client_forget(c);
	}
	return opened;
}

/* Objects that are opened and not released: the session is refused further ones, and works on. */
static void very_many_handles(void **state)
{
	struct mapi_account bob = from("bob", FROM_ATTACKER);
	struct mapi_client c;
	uint32_t code = 0;

	(void)state;
	witness_begin();
	begin(&c, &bob);
	unsigned opened = open_many(&c, 100000, &code);
	witness_end("very many handles");
	print_message("# %u folders were open when the next one was refused: 0x%x\n", opened, code);
	assert_int_equal(code, ecMemory);
	assert_in_range(opened, 1000, 70000);
	end(&c);
}

/* The same in one session after the other: the account has no more than its share (ACCOUNT_MEMORY_MAX) of all of them; without the torture it does not come to that. */
static void very_many_handles_in_many_sessions(void **state)
{
	struct mapi_account bob = from("bob", FROM_ATTACKER);
	unsigned n = torture_all() ? 80 : 3, began = 0, opened = 0, last = UINT_MAX;
	struct mapi_client *c = calloc(n, sizeof *c);
	uint32_t code = 0;

	(void)state;
	assert_non_null(c);
	witness_begin();
	while (began < n && last > HANDLES_OF_SESSION) {
		begin(&c[began], &bob);
		last = open_many(&c[began++], 100000, &code);
		opened += last;
	}
	witness_end("very many handles in many sessions");
	print_message("# %u folders were open in %u sessions\n", opened, began);
	assert_int_equal(code, ecMemory);
	assert_in_range(opened, (n < 80 ? n : 60) * HANDLES_OF_SESSION, 4500000);
	for (unsigned i = 0; i < began; i++)
		end(&c[i]);
	free(c);
	/* With the sessions everything is given back. */
	struct mapi_client again;
	begin(&again, &bob);
	assert_int_equal(open_many(&again, 1000, &code), 1000);
	end(&again);
}

/* What takes long to understand ---------------------------------------------------------------------------------------------------------- */

static uint32_t restrict_to(struct mapi_client *c, const struct buf *restriction)
{
	struct rop_restrict_request q = { .restriction_data = buf_bytes(restriction) };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 500 };
	struct rop_response r;

	good(c, mapi_client_rop_raw(c, ROP_RESTRICT, TABLE, &q, &r));
	uint32_t code = r.return_value;
	if (!code) {
		good(c, mapi_client_rop_raw(c, ROP_QUERY_ROWS, TABLE, &rows, &r));
		code = r.return_value;
	}
	mapi_client_forget(c);
	return code;
}

static void add_conditions(struct buf *b, uint8_t kind, uint16_t n)
{
	buf_add_u8(b, kind);
	buf_add_u16(b, n);
	for (unsigned i = 0; i < n; i++) {
		buf_add_u8(b, RES_CONTENT);
		buf_add_u16(b, FUZZY_SUBSTRING);
		buf_add_u16(b, FUZZY_IGNORE_CASE);
		buf_add_u32(b, PidTagSubject);
		buf_add_u32(b, PidTagSubject);
		buf_add_u16(b, (uint16_t)('a' + i % 26));
		buf_add_u16(b, 0);
	}
}

/* Conditions as deep and as wide as an operation has room for: refused, or looked at and answered. */
static void deep_restrictions(void **state)
{
	struct mapi_account bob = from("bob", FROM_ATTACKER);
	struct rop_get_contents_table_request table = { .output_handle_index = TABLE };
	uint32_t tags[] = { PidTagMid };
	struct rop_set_columns_request columns = { .property_tags = { 1, tags } };
	CLEANUP_BUF struct buf deep = BUF_MAX(65536), half = BUF_MAX(65536), wide = BUF_MAX(65536);
	struct mapi_client c;

	(void)state;
	begin(&c, &bob);
	open_inbox(&c);
	(void)ok(&c, ROP_GET_CONTENTS_TABLE, FOLDER, &table);
	(void)ok(&c, ROP_SET_COLUMNS, TABLE, &columns);
	for (unsigned i = 0; i < 30000; i++)
		buf_add_u8(&deep, RES_NOT);
	add_conditions(&deep, RES_AND, 1);
	for (unsigned i = 0; i < 20; i++)
		buf_add_u8(&half, RES_NOT);
	add_conditions(&half, RES_OR, 1000);
	add_conditions(&wide, RES_OR, 1500);
	witness_begin();
	for (unsigned i = 0; i < scaled(10); i++) {
		assert_int_not_equal(restrict_to(&c, &deep), 0);
		(void)restrict_to(&c, &half);
		(void)restrict_to(&c, &wide);
	}
	witness_end("deep restrictions");
	/* The table is what it was. */
	CLEANUP_BUF struct buf none = BUF_MAX(16);
	assert_int_equal(restrict_to(&c, &none), 0);
	end(&c);
}

/* Thieves --------------------------------------------------------------------------------------------------------------------------------- */

/* Whoever has another one's cookies has nothing: a context belongs to who made it. */
static void stolen_cookies(void **state)
{
	struct mapi_account alice = served_account(&served, "alice"), bob = from("bob", FROM_ATTACKER);
	struct mapi_client victim, thief;
	struct rop_open_folder_request open = { .output_handle_index = 1 };

	(void)state;
	begin(&victim, &alice);
	begin(&thief, &bob);
	open.folder_id = victim.logon.folder_ids.id[LOGON_FOLDER_INBOX];
	memcpy(thief.cookies, victim.cookies, sizeof thief.cookies);
	assert_int_not_equal(mapi_client_rop(&thief, ROP_OPEN_FOLDER, 0, &open, NULL), 0);
	assert_int_equal(thief.response_code, MAPIHTTP_CONTEXT_NOT_FOUND);
	assert_int_not_equal(mapi_client_disconnect(&thief), 0);
	assert_int_equal(thief.response_code, MAPIHTTP_CONTEXT_NOT_FOUND);
	/* The victim notices nothing; its own cookies are good once. */
	char before[sizeof victim.cookies];
	memcpy(before, victim.cookies, sizeof before);
	(void)ok(&victim, ROP_OPEN_FOLDER, 0, &open);
	memcpy(victim.cookies, before, sizeof before);
	assert_int_not_equal(mapi_client_rop(&victim, ROP_OPEN_FOLDER, 0, &open, NULL), 0);
	assert_int_equal(victim.response_code, MAPIHTTP_INVALID_SEQUENCE);
	mapi_client_free(&victim);
	mapi_client_free(&thief);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_that_are_not_read),
		cmocka_unit_test(requests_without_end),
		cmocka_unit_test(very_many_handles),
		cmocka_unit_test(very_many_handles_in_many_sessions),
		cmocka_unit_test(deep_restrictions),
		cmocka_unit_test(stolen_cookies),
	};

	return cmocka_run_group_tests(tests, outside_begin_with_files, outside_end);
}
