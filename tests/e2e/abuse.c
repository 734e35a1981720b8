/*
 * Peers that mean harm and of whom nobody knows who they are: slow ones, endless ones, very many, guessers.  Others are served meanwhile and memory stays
 * bounded (abuse.h), and the counters tell what happened.
 */
#include "abuse.h"

/* Of an address, connections of nobody who logged on; the server's own. */
#define STRANGERS 2048u

/* Slow ones ---------------------------------------------------------------------------------------------------------------------- */

static void handshakes_that_do_not_go_on(void **state)
{
	unsigned n = STRANGERS + 500, closed = 0;
	long long refused;

	(void)state;
	witness_begin();
	/* Connections to the port with TLS that say three bytes and no more. */
	struct link *l = open_links(n, false, FROM_ATTACKER);
	for (unsigned i = 0; i < n; i++)
		(void)say(&l[i], "\x16\x03\x01");
	pause_ms(2500);
	for (unsigned i = 0; i < n; i++)
		closed += is_closed(&l[i]);
	refused = counter("\\MSExchange HttpProxy\\Connections");
	witness_end("half-open handshakes");
	print_message("# %u of %u were closed at once; %lld are open\n", closed, n, refused);
	/* No more than so many of one address are let in. */
	assert_in_range(closed, 500, n - 1);
	assert_true(refused <= (long long)STRANGERS + 10);
	close_links(l, n);
}

static void slow_heads(void **state)
{
	unsigned n = scaled(50);

	(void)state;
	witness_begin();
	struct link *l = open_links(n, true, FROM_ATTACKER);
	for (unsigned i = 0; i < n; i++)
		(void)say(&l[i], HEAD_BEGIN);
	for (unsigned turn = 0; turn < 10; turn++) {
		for (unsigned i = 0; i < n; i++)
			(void)say(&l[i], "X-a: b\r\n");
		pause_ms(200);
	}
	witness_end("slow heads");
	close_links(l, n);
}

static void slow_bodies(void **state)
{
	unsigned n = scaled(50);

	(void)state;
	witness_begin();
	struct link *l = open_links(n, true, FROM_ATTACKER);
	for (unsigned i = 0; i < n; i++) {
		(void)say(&l[i], head_of_bob("Execute"));
		(void)say(&l[i], "Content-Length: 100000\r\n\r\n");
	}
	for (unsigned turn = 0; turn < 10; turn++) {
		for (unsigned i = 0; i < n; i++)
			(void)say(&l[i], "x");
		pause_ms(200);
	}
	witness_end("slow bodies");
	close_links(l, n);
}

static void no_body_for_strangers(void **state)
{
	struct link *l = open_links(1, true, FROM_ATTACKER);
	struct http_answer a = { .body = BUF_MAX(65536) };
	struct reason why;

	(void)state;
	/* The answer comes before the body, which is not read. */
	assert_true(say(l, HEAD_BEGIN "Content-Type: application/mapi-http\r\nX-RequestType: Connect\r\nContent-Length: 1000000\r\n\r\nx"));
	assert_int_equal(http_hear(l, &a, &why), 0);
	assert_int_equal(a.code, 401);
	assert_int_equal(link_more(l, &why), ecNetwork);
	buf_free(&a.body);
	close_links(l, 1);
}

/* Endless ones -------------------------------------------------------------------------------------------------------------------- */

/* Says chunks until the server has enough; how many bytes it took. */
static size_t endless_chunks(struct link *l, const char *head)
{
	static char chunk[65536 + 16];
	size_t said = 0;

	if (!*chunk) {
		int n = snprintf(chunk, 16, "%x\r\n", 65536 - 16);

		memset(chunk + n, 'x', 65536 - 16);
		(void)snprintf(chunk + n + 65536 - 16, 3, "\r\n");
	}
	if (!say(l, head) || !say(l, "Transfer-Encoding: chunked\r\n\r\n"))
		return 0;
	while (said < (size_t)1 << 30 && say(l, chunk))
		said += 65536 - 16;
	return said;
}

static void bodies_without_end(void **state)
{
	unsigned n = scaled(5);
	size_t most = 0;

	(void)state;
	witness_begin();
	struct link *l = open_links(n, true, FROM_ATTACKER);
	for (unsigned i = 0; i < n; i++) {
		struct http_answer a = { .body = BUF_MAX(65536) };
		struct reason why;
		size_t said = endless_chunks(&l[i], head_of_bob("Execute"));

		most = said > most ? said : most;
		/* In its own words, if it could still say them. */
		if (!http_hear(&l[i], &a, &why))
			assert_int_equal(a.code, 413);
		buf_free(&a.body);
	}
	witness_end("endless chunks");
	/* It is dropped, not kept, while the end of the connection is on its way, and not for ever: 64 MiB, and what the sockets hold. */
	assert_true(most < (size_t)256 << 20);
	close_links(l, n);
}

/* A chunk's size that has no end, too. */
static void sizes_without_end(void **state)
{
	struct link *l = open_links(1, true, FROM_ATTACKER);
	struct http_answer a = { .body = BUF_MAX(65536) };
	struct reason why;

	(void)state;
	assert_true(say(l, head_of_bob("Execute")));
	assert_true(say(l, "Transfer-Encoding: chunked\r\n\r\n"));
	for (unsigned i = 0; i < 5000 && say(l, "0000000000000000"); i++)
		;
	if (!http_hear(l, &a, &why))
		assert_int_equal(a.code, 400);
	assert_int_equal(link_more(l, &why), ecNetwork);
	buf_free(&a.body);
	close_links(l, 1);
}

/* A body that is said to be too long is refused before it comes, by whoever. */
static void bodies_that_are_too_long(void **state)
{
	struct link *l = open_links(1, true, FROM_ATTACKER);
	struct http_answer a = { .body = BUF_MAX(65536) };
	struct reason why;

	(void)state;
	assert_true(say(l, head_of_bob("Execute")));
	assert_true(say(l, "Content-Length: 1000000000\r\n\r\nx"));
	assert_int_equal(http_hear(l, &a, &why), 0);
	assert_int_equal(a.code, 413);
	assert_int_equal(link_more(l, &why), ecNetwork);
	buf_free(&a.body);
	close_links(l, 1);
}

static void huge_cookies(void **state)
{
	static const struct {
		size_t n;
		unsigned code;
	} sizes[] = { { 60000, 200 }, { 1000000, 431 } };

	(void)state;
	witness_begin();
	for (unsigned i = 0; i < 2; i++) {
		struct buf text = BUF_MAX((size_t)2 << 20);
		struct link *l = open_links(1, true, FROM_ATTACKER);
		struct http_answer a = { .body = BUF_MAX(65536) };
		struct reason why;

		buf_add_str(&text, head_of_bob("Execute"));
		buf_add_str(&text, "Content-Length: 0\r\nCookie: MapiContext=");
		for (size_t k = 0; k < sizes[i].n; k++)
			buf_add_u8(&text, 'a');
		buf_add_str(&text, "\r\n\r\n");
		(void)!link_send(l, buf_bytes(&text), &why);
		if (!http_hear(l, &a, &why)) {
			char code[16] = "";

			assert_int_equal(a.code, sizes[i].code);
			/* One that is none of ours: Missing Cookie, or Invalid Context Cookie. */
			if (a.code == 200 && http_answer_header(&a, "X-ResponseCode", code, sizeof code))
				assert_true(strcmp(code, "13") == 0 || strcmp(code, "6") == 0);
		} else {
			assert_int_equal(sizes[i].code, 431);
		}
		buf_free(&a.body);
		buf_free(&text);
		close_links(l, 1);
	}
	witness_end("huge cookies");
}

/* Very many ------------------------------------------------------------------------------------------------------------------------- */

/* An account has a quarter of all sessions at most: others find room. */
static void a_flood_of_sessions(void **state)
{
	struct mapi_account bob = from("bob", FROM_ATTACKER), alice = served_account(&served, "alice");
	unsigned n = 0, most = scaled(100);
	struct mapi_client *c = calloc(most + 10, sizeof *c), other;
	char command[100];
	status st = ecNone;

	(void)state;
	assert_non_null(c);
	(void)snprintf(command, sizeof command, "Get-RpcClientAccess | Set-RpcClientAccess -MaximumConnections %u", 4 * most);
	administrator(command);
	witness_begin();
	while (n < most + 10 && !st) {
		mapi_client_init(&c[n], &bob);
		st = mapi_client_connect(&c[n++]);
	}
	assert_int_equal(st, c[n - 1].error_code);
	assert_int_not_equal(st, 0);
	assert_in_range(n, most, most + 3);
	begin(&other, &alice);
	end(&other);
	witness_end("a flood of sessions");
	for (unsigned i = 0; i < n; i++) {
		if (i + 1 < n)
			good(&c[i], mapi_client_disconnect(&c[i]));
		mapi_client_free(&c[i]);
	}
	free(c);
	administrator("Get-RpcClientAccess | Set-RpcClientAccess -MaximumConnections 65536");
	begin(&other, &bob);
	end(&other);
}

/* Thieves and guessers ----------------------------------------------------------------------------------------------------------------- */

struct guesser {
	pthread_t thread;
	unsigned refused, other;
};

static unsigned guess(const char *person, const char *password, uint8_t address)
{
	struct mapi_account a = from(person, address);
	struct mapi_client c;

	a.password = password;
	mapi_client_init(&c, &a);
	(void)!mapi_client_connect(&c);
	unsigned code = c.http_code;
	mapi_client_free(&c);
	return code;
}

static void *guess_on(void *arg)
{
	struct guesser *g = arg;

	for (unsigned i = 0; i < scaled(20); i++) {
		unsigned code = guess("alice", "not this one", FROM_GUESSER);

		g->refused += code == 401;
		g->other += code != 401 && code != 503;
	}
	return NULL;
}

/* The account is closed, the address slowed down; everybody else logs on as ever. */
static void wrong_passwords(void **state)
{
	struct guesser g[8] = { { 0 } };
	struct mapi_account alice = served_account(&served, "alice");
	struct mapi_client before;
	long long failures = counter("\\MSExchange Authentication\\Failed Logons");
	CLEANUP_BUF struct buf said = BUF_MAX((size_t)1 << 20);

	(void)state;
	administrator("Set-OrganizationConfig -LockoutDelayAfter 5 -LockoutThreshold 5");
	begin(&before, &alice);
	witness_begin();
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&g[i].thread, NULL, guess_on, &g[i]), 0);
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(g[i].thread, NULL), 0);
		assert_int_equal(g[i].other, 0);
		assert_true(g[i].refused > 0);
	}
	witness_end("wrong passwords");
	/* The right one does not help that account, from wherever; another person is not shut out by it. */
	assert_int_equal(guess("alice", SERVED_PASSWORD, FROM_GUESSER), 401);
	assert_int_equal(guess("alice", SERVED_PASSWORD, FROM_VICTIM), 401);
	assert_int_equal(guess("bob", SERVED_PASSWORD, FROM_VICTIM), 200);
	/* Who is in stays in. */
	struct rop_open_folder_request open = { .output_handle_index = 1, .folder_id = before.logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	(void)ok(&before, ROP_OPEN_FOLDER, 0, &open);
	end(&before);
	long long more = counter("\\MSExchange Authentication\\Failed Logons") - failures;
	print_message("# %lld of %u guesses were looked at and counted\n", more, 8 * scaled(20));
	/* Most were not looked at. */
	assert_in_range(more, 3, 60);
	if (served_shell(&served, "Get-EventLog | Select-Object -ExpandProperty Message", &said))
		fail_msg("%s", served.why.text);
	assert_non_null(strstr(buf_cstr(&said), "alice"));
	assert_null(strstr(buf_cstr(&said), "not this one"));
	assert_null(strstr(buf_cstr(&said), SERVED_PASSWORD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshakes_that_do_not_go_on), cmocka_unit_test(slow_heads),	      cmocka_unit_test(slow_bodies),
		cmocka_unit_test(no_body_for_strangers),	cmocka_unit_test(bodies_without_end), cmocka_unit_test(sizes_without_end),
		cmocka_unit_test(bodies_that_are_too_long),	cmocka_unit_test(huge_cookies),	      cmocka_unit_test(a_flood_of_sessions),
		cmocka_unit_test(wrong_passwords),
	};

	return cmocka_run_group_tests(tests, outside_begin_with_files, outside_end);
}
