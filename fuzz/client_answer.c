/*
 * What a server answers a client: the first byte says what the rest is: 0 a head and a body of MAPI over HTTP, 1 a message as it comes in a stream, 2 an answer of
 * Autodiscover, 3 one of DNS.
 */
#include <stdlib.h>
#include <string.h>

#include "client/discover.h"
#include "client/session_answer.h"
#include "client/sync_message_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

/* Lines up to an empty one are the head. */
static void one_answer(struct bytes all)
{
	struct answer_cookies cookies = { .n = 0 };
	struct bytes response = { NULL, 0 };
	struct reason why = { "" };
	struct answer a;
	size_t at = 0;

	answer_begin(&a, &cookies);
	while (at < all.n) {
		const uint8_t *end = memchr(all.p + at, '\n', all.n - at);
		size_t n = end ? (size_t)(end - all.p) - at + 1 : all.n - at;

		answer_header(&a, (const char *)all.p + at, n);
		at += n;
		if (n <= 2)
			break;
	}
	check(cookies.n <= ANSWER_COOKIES);
	if (answer_body(&a, bytes_of(all.p + at, all.n - at), &response, &why))
		check(*why.text);
	else
		check(response.n <= all.n - at && response.p + response.n == all.p + all.n);
	answer_cookies_free(&cookies);
}

static status count_chunk(struct item_sink *s, struct bytes chunk)
{
	(void)s;
	check(chunk.n <= ITEM_CHUNK_MAX);
	return ecNone;
}

static void one_message(struct bytes all)
{
	static const struct item_sink_ops ops = { .value_chunk = count_chunk };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	CLEANUP_FT_LEXER struct ft_lexer lexer;
	struct item_sink sink = { .ops = &ops };
	struct item_result result = { 0 };
	struct ft_event e = { .kind = FT_PROP };
	struct reason why = { "" };
	struct message_in in;

	ft_lexer_init(&lexer, &ft_limits_wire);
	if (message_in_init(&in, NULL))
		return;
	message_in_begin(&in, &sink, false);
	ft_lexer_feed(&lexer, all);
	while (!ft_lexer_next(&lexer, &arena, &e) && e.kind != FT_MORE) {
		if (message_in_take(&in, &e, &why)) {
			check(*why.text);
			break;
		}
		arena_reset(&arena);
	}
	if (e.kind == FT_MORE && !ft_lexer_finish(&lexer))
		(void)!message_in_end(&in, &result, &why);
	message_in_free(&in);
}

static void one_discovery(struct bytes all)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	const char *url = "", *address = "";
	struct reason why = { "" };
	struct discovered d;

	if (discover_read(all, &arena, &d, &url, &address, &why))
		check(*why.text);
	else
		check(*d.mail_url || *url || *address);
}

static void one_srv(struct bytes all)
{
	struct discover_srv srv = { .port = 0 };
	struct reason why = { "" };

	if (discover_srv_read(all, &srv, &why)) {
		check(*why.text);
		return;
	}
	check(*srv.host && srv.port && strlen(srv.host) < sizeof srv.host && !strpbrk(srv.host, "/@:?# "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0]) {
	case 0:
		one_answer(bytes_of(data + 1, size - 1));
		break;
	case 1:
		one_message(bytes_of(data + 1, size - 1));
		break;
	case 2:
		one_discovery(bytes_of(data + 1, size - 1));
		break;
	case 3:
		one_srv(bytes_of(data + 1, size - 1));
		break;
	default:
		break;
	}
	return 0;
}
