/*
 * What a server answers a client: the first byte says what the rest is: 0 a head and a body of MAPI over HTTP, 1 a message as it comes in a stream, 2 an answer of
 * Autodiscover, 3 one of DNS, 4 a property group mapping, after its length (two bytes), and a message that comes in part.
 */
#include <stdlib.h>
#include <string.h>

#include "client/discover.h"
#include "client/session_answer.h"
#include "client/sync_message_in.h"
#include "client/sync_partial.h"
#include "mapi/tag.h"

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

/* Of a message in part: the groups themselves. */
static bool take_group(struct sync_partial *p, const struct ft_event *e)
{
	if (!p || e->kind != FT_PROP || e->prop.tag != PROPERTY_GROUP_INDEX_TAG)
		return false;
	sync_partial_group(p, le32(e->prop.value.p));
	return true;
}

static void take_stream(struct bytes all, struct item_sink *sink, struct sync_partial *partial)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	CLEANUP_FT_LEXER struct ft_lexer lexer;
	struct item_result result = { 0 };
	struct ft_event e = { .kind = FT_PROP };
	struct reason why = { "" };
	struct message_in in;

	ft_lexer_init(&lexer, &ft_limits_wire);
	if (message_in_init(&in, NULL))
		return;
	message_in_begin(&in, sink, false);
	ft_lexer_feed(&lexer, all);
	while (!ft_lexer_next(&lexer, &arena, &e) && e.kind != FT_MORE) {
		if (!take_group(partial, &e) && message_in_take(&in, &e, &why)) {
			check(*why.text);
			break;
		}
		arena_reset(&arena);
	}
	if (e.kind == FT_MORE && !ft_lexer_finish(&lexer))
		(void)!message_in_end(&in, &result, &why);
	message_in_free(&in);
}

static void one_message(struct bytes all)
{
	static const struct item_sink_ops ops = { .value_chunk = count_chunk };
	struct item_sink sink = { .ops = &ops };

	take_stream(all, &sink, NULL);
}

/* What can be read is the same when it is written again, and each of its properties is found in it. */
static void one_mapping(struct bytes data)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	CLEANUP_BUF struct buf again = BUF_MAX((size_t)4 << 20);
	struct property_group_info i;
	struct reason why = { "" };
	struct wire_out out;

	if (property_group_decode(data, &arena, &i, &why)) {
		check(*why.text);
		return;
	}
	wire_out_init(&out, &again);
	check(!wire_encode(&out, &property_group_info_wire, &i));
	check(again.n == data.n && memcmp(again.p, data.p, data.n) == 0);
	for (uint32_t g = 0; g < i.groups.n && g < 16; g++) {
		const struct group_tag *t = &i.groups.v[g].tags.v[0];

		check(t->id >= NAMED_ID_FIRST || property_group_find(&i, t->id, NULL) <= g);
	}
}

static void one_partial(struct bytes all)
{
	size_t n = all.n < 2 ? 0 : le16(all.p);
	struct sync_partial p;
	struct reason why = { "" };

	if (all.n < 2 || n > all.n - 2)
		return;
	one_mapping(bytes_of(all.p + 2, n));
	sync_partial_init(&p);
	if (!sync_partial_mapping(&p, bytes_of(all.p + 2, n), &why)) {
		sync_partial_choose(&p, le32(all.p + 2));
		take_stream(bytes_of(all.p + 2 + n, all.n - 2 - n), sync_partial_begin(&p), &p);
		check(!sync_partial_is_enough(&p) || p.bag.n <= all.n);
	}
	sync_partial_free(&p);
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
	case 4:
		one_partial(bytes_of(data + 1, size - 1));
		break;
	default:
		break;
	}
	return 0;
}
