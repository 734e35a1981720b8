/* store/content_pack: what is packed comes back, byte for byte, wherever its texts stand; what is damaged says so, and gives what it can. */
#include "support.h"

#include "store/content_pack.h"

#define MOST ((size_t)1 << 20)

static struct buf room = BUF_MAX(MOST);

static struct bytes pack(struct bytes body)
{
	return content_pack(body, &room);
}

static void expect_back(struct bytes body, const char *what)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(MOST);
	struct bytes back = { NULL, 0 };
	bool whole = false;

	assert_int_equal(content_unpack(pack(body), MOST, &arena, &back, &whole), 0);
	if (!whole || !bytes_equal(back, body))
		fail_msg("%s: %zu bytes do not come back", what, body.n);
}

/* Text as most of it is, with a letter here and there that needs both bytes. */
static void put_text(struct buf *b, size_t letters, size_t other)
{
	for (size_t i = 0; i < letters; i++)
		buf_add_u16(b, (uint16_t)(other && i % other == other - 1 ? 0x4E2D : 'a' + i % 26));
}

static void text(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MOST);

	(void)state;
	buf_add_str(&b, "\x1F\x01\x37 something else before it");
	put_text(&b, 9000, 0);
	buf_add_str(&b, "and behind");
	struct bytes packed = pack(buf_bytes(&b));
	assert_true(packed.n < 9000 + 100);
	assert_int_equal(le32(packed.p), 0);
	expect_back(buf_bytes(&b), "text");
}

/* Wherever it begins and ends, with runs of all lengths around those that are worth it. */
static void places(void **state)
{
	(void)state;
	for (size_t before = 0; before < 20; before++)
		for (size_t letters = 50; letters < 900; letters += letters < 90 ? 1 : 101)
			for (size_t other = 0; other < 200; other += 33) {
				CLEANUP_BUF struct buf b = BUF_MAX(MOST);

				for (size_t i = 0; i < before; i++)
					buf_add_u8(&b, (uint8_t)(i * 37));
				put_text(&b, letters, other);
				buf_add_zeros(&b, before % 5);
				put_text(&b, letters / 2, 0);
				expect_back(buf_bytes(&b), "a place");
			}
}

static void noise(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (size_t n = 0; n < 3000; n += 7) {
		CLEANUP_BUF struct buf b = BUF_MAX(MOST);

		for (size_t i = 0; i < n; i++) {
			random = random * 1664525 + 1013904223;
			buf_add_u8(&b, n % 2 || random >> 30 ? 0 : (uint8_t)(random >> 16));
		}
		expect_back(buf_bytes(&b), "noise");
	}
}

/* What it would not make much smaller stands as it is. */
static void other_things(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MOST);

	(void)state;
	for (size_t i = 0; i < 20000; i++)
		buf_add_u8(&b, (uint8_t)(1 + i % 255));
	assert_ptr_equal(pack(buf_bytes(&b)).p, b.p);
	put_text(&b, 100, 0);
	assert_ptr_equal(pack(buf_bytes(&b)).p, b.p);
	assert_int_equal(pack(bytes_of(NULL, 0)).n, 0);
	expect_back(bytes_of("x", 1), "one byte");
}

/* Cut anywhere, and with any length another: never more than it says, never what was not there, and whole only if it is the same. */
static void damaged(void **state)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MOST), copy = BUF_MAX(MOST);
	struct bytes packed, back = { NULL, 0 };
	bool whole = true;

	(void)state;
	buf_add_str(&b, "\x1F\x01\x37 head");
	put_text(&b, 300, 0);
	buf_add_str(&b, "\x01\x02\x03\x04");
	put_text(&b, 200, 0);
	packed = pack(buf_bytes(&b));
	assert_ptr_equal(packed.p, room.p);
	buf_add(&copy, packed.p, packed.n);
	for (size_t n = 8; n < copy.n; n++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(MOST);

		assert_int_equal(content_unpack(bytes_of(copy.p, n), MOST, &arena, &back, &whole),
				 0);
		assert_false(whole);
		assert_true(back.n <= b.n);
		assert_memory_equal(back.p, b.p, back.n);
	}
	for (size_t i = 4; i < copy.n; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(MOST);
		status s;

		copy.p[i] ^= 0x81;
		s = content_unpack(buf_bytes(&copy), 2 * b.n, &arena, &back, &whole);
		assert_true(s == ecNone || s == ecTooBig);
		if (!s && whole)
			assert_int_equal(back.n, b.n);
		copy.p[i] ^= 0x81;
	}
}

static void too_big(void **state)
{
	static const uint8_t huge[] = {
		0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0
	};
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(MOST);
	struct bytes back = { NULL, 0 };
	bool whole = true;

	(void)state;
	assert_int_equal(content_unpack(bytes_of(huge, sizeof huge), MOST, &arena, &back, &whole),
			 ecTooBig);
}

static int drop_room(void **state)
{
	(void)state;
	buf_free(&room);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),    cmocka_unit_test(places),
		cmocka_unit_test(noise),   cmocka_unit_test(other_things),
		cmocka_unit_test(damaged), cmocka_unit_test(too_big),
	};

	return cmocka_run_group_tests(tests, NULL, drop_room);
}
