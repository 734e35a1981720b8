/* rop/lzx_delta, rop/oab_patch: what is packed unpacks to the same bytes, a patch makes the newer file of the older one, and what is damaged is refused. */
#include "support.h"

#include "rop/lzx_delta.h"
#include "rop/oab_patch.h"

static uint64_t random_state = 5;

static uint32_t some(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % below;
}

/* Something like the entries of an address book: names, numbers, what all have in common. */
static void add_entry(struct buf *b, unsigned i)
{
	static const char *const names[] = { "Ada",   "Bertrand", "Cecilia", "Dorothea",
					     "Émile", "Fatima",   "Gottlob", "Hypatia" };

	buf_add_u32(b, 100 + some(3));
	buf_printf(
		b,
		"/o=contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=%08x%s",
		i * 2654435761u, names[i % 8]);
	buf_add_u8(b, 0);
	buf_printf(b, "%s.%u@contoso.example", names[i % 8], i);
	buf_add_u8(b, 0);
	buf_printf(b, "+49 30 %u", some(10000000));
	buf_add_u8(b, 0);
}

static void make_book(struct buf *b, unsigned from, unsigned n)
{
	for (unsigned i = from; i < from + n; i++)
		add_entry(b, i);
}

/* Packing ---------------------------------------------------------------------------------------------------------------- */

static size_t round_trip(struct bytes plain, struct bytes reference)
{
	CLEANUP_BUF struct buf packed = BUF_MAX((size_t)64 << 20), out = BUF_MAX((size_t)64 << 20);
	struct reason why = { "" };

	assert_int_equal(lzx_delta_pack(plain, reference, &packed), 0);
	buf_add_str(&out, "before");
	if (lzx_delta_unpack(buf_bytes(&packed), reference, plain.n, &out, &why))
		fail_msg("%s", why.text);
	assert_int_equal(out.n, 6 + plain.n);
	assert_memory_equal(out.p + 6, plain.p, plain.n);
	return packed.n;
}

static void what_is_packed_unpacks(void **state)
{
	static const size_t sizes[] = {
		1, 2, 3, 15, 255, 32767, 32768, 32769, 65536, 100000, 262144
	};
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)8 << 20), noise = BUF_MAX((size_t)8 << 20),
			       zeros = BUF_MAX((size_t)8 << 20);

	(void)state;
	make_book(&text, 0, 3000);
	for (size_t i = 0; i < 300000; i++)
		buf_add_u8(&noise, (uint8_t)some(256));
	buf_add_zeros(&zeros, 300000);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		const struct bytes none = { NULL, 0 };

		(void)round_trip(bytes_of(noise.p, sizes[i]), none);
		(void)round_trip(bytes_of(zeros.p, sizes[i]), none);
		(void)round_trip(bytes_of(text.p, sizes[i]), none);
		(void)round_trip(bytes_of(text.p, sizes[i]), buf_bytes(&noise));
		(void)round_trip(bytes_of(noise.p, sizes[i]), bytes_of(noise.p, 1000));
		/* What is the same costs next to nothing. */
		assert_true(round_trip(bytes_of(text.p, sizes[i]), bytes_of(text.p, sizes[i])) <
			    400 + sizes[i] / 500);
	}
	assert_true(round_trip(bytes_of(text.p, 262144), bytes_of(NULL, 0)) < 262144 / 3);
}

/* Far away, in the largest windows, and over the seam of the reference. */
static void offsets_of_every_size(void **state)
{
	CLEANUP_BUF struct buf noise = BUF_MAX((size_t)64 << 20), plain = BUF_MAX((size_t)1 << 20);
	static const size_t references[] = { 1,      40,      32768,   100000,  200000,
					     600000, 1500000, 5000000, 20000000 };

	(void)state;
	for (size_t i = 0; i < 20000000; i += 4)
		buf_add_u32(&noise, (uint32_t)some(UINT32_MAX));
	for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
		size_t n = references[i];

		buf_clear(&plain);
		for (size_t at = 0; at < n; at += n / 7 + 1)
			buf_add(&plain, noise.p + at, n - at < 3000 ? n - at : 3000);
		for (size_t half = plain.n / 2, at = 0; at < half; at++)
			buf_add_u8(&plain, plain.p[at]);
		assert_true(round_trip(buf_bytes(&plain), bytes_of(noise.p, n)) <
			    2000 + plain.n / 20 + (n < 200 ? 40000 : 0));
	}
	assert_int_equal(
		lzx_delta_pack(bytes_of(noise.p, 100), bytes_of(noise.p, LZX_WINDOW_MOST), &plain),
		ecTooBig);
	assert_int_equal(lzx_delta_pack(bytes_of(NULL, 0), bytes_of(noise.p, 10), &plain),
			 ecTooBig);
}

/* A run of bytes as they are, as other encoders write it: size of the frame, no translation, the block's kind and length, three offsets, an odd byte. */
static void a_block_of_bytes(void **state)
{
	static const uint8_t packed[] = { 0x1A, 0x00, 0x00, 0x30, 0x30, 0x00, 1, 0,   0,   0,   2,
					  0,    0,    0,    3,    0,    0,    0, 'a', 'b', 'c', 0 };
	CLEANUP_BUF struct buf out = BUF_MAX(1000);
	struct reason why = { "" };

	(void)state;
	assert_int_equal(
		lzx_delta_unpack(bytes_of(packed, sizeof packed), bytes_of(NULL, 0), 3, &out, &why),
		0);
	assert_memory_equal(out.p, "abc", 3);
	/* One byte more than there is; one whose end is missing. */
	assert_int_equal(
		lzx_delta_unpack(bytes_of(packed, sizeof packed), bytes_of(NULL, 0), 4, &out, &why),
		ecCorruptData);
	assert_int_equal(lzx_delta_unpack(bytes_of(packed, sizeof packed - 2), bytes_of(NULL, 0), 3,
					  &out, &why),
			 ecCorruptData);
	assert_int_equal(lzx_delta_unpack(bytes_of(packed, sizeof packed), bytes_of(NULL, 0), 1001,
					  &out, &why),
			 ecTooBig);
	assert_int_equal(out.n, 3);
}

/* Bits as the format has them: words of 16, the upper bit first. */
struct written {
	struct buf b;
	uint32_t hold;
	unsigned held;
};

static void put(struct written *w, uint32_t v, unsigned n)
{
	w->hold = w->hold << n | v;
	for (w->held += n; w->held >= 16; w->held -= 16)
		buf_add_u16(&w->b, (uint16_t)(w->hold >> (w->held - 16)));
}

/* Lengths of codes that are 0 but for one of 1: codes of two bits for 0, 1, some zeros, many zeros (0, 16, 17, 18). */
static void put_one_length(struct written *w, unsigned n, unsigned at)
{
	for (unsigned i = 0; i < 20; i++)
		put(w, i == 0 || (i >= 16 && i <= 18) ? 2 : 0, 4);
	for (unsigned i = 0; i < n;) {
		unsigned end = i < at && at < n ? at : n, zeros = end - i < 51 ? end - i : 51;

		if (i == at) {
			put(w, 1, 2);
			i++;
			continue;
		}
		if (zeros >= 20) {
			put(w, 3, 2);
			put(w, zeros - 20, 5);
		} else if (zeros >= 4) {
			put(w, 2, 2);
			put(w, zeros - 4, 4);
		} else {
			zeros = 1;
			put(w, 0, 2);
		}
		i += zeros;
	}
}

/*
 * A block with a tree for the last bits of offsets, which is never written here: two bytes from 19 bytes before, an "a", two bytes from 16 before.  The codes
 * are one bit, 0 the "a", 1 a match of two bytes whose offset is 14 and what three bits say.
 */
static void an_aligned_block(void **state)
{
	static const char reference[] = "0123456789abcdefghijklmnop";
	CLEANUP_BUF struct buf out = BUF_MAX(100);
	struct written w = { .b = BUF_MAX(1000) };
	struct reason why = { "" };

	(void)state;
	put(&w, 0, 16);
	put(&w, 0, 1);
	put(&w, 2, 3);
	put(&w, 5, 24);
	for (unsigned i = 0; i < 8; i++)
		put(&w, 3, 3);
	put_one_length(&w, 256, 'a');
	put_one_length(&w, 8 * 34, 8 * 8);
	put_one_length(&w, 249, 249);
	put(&w, 1, 1);
	put(&w, 19 - 14, 3);
	put(&w, 0, 1);
	put(&w, 1, 1);
	put(&w, 16 - 14, 3);
	put(&w, 0, 16);
	if (lzx_delta_unpack(buf_bytes(&w.b), bytes_of(reference, 26), 5, &out, &why))
		fail_msg("%s", why.text);
	assert_memory_equal(out.p, "78ade", 5);
	buf_free(&w.b);
}

/* Bytes as they are, 20 of them, with the flag and the size of translated jumps before them. */
static void jumps_that_are_translated(void **state)
{
	static const uint8_t plain[20] = { 'x',  0xE8, 0x10, 0, 0, 0, 0xE8, 0xFE, 0xFF, 0xFF,
					   0xFF, 'y',  0xE8, 1, 0, 0, 0,    'z',  'z',  'z' };
	CLEANUP_BUF struct buf out = BUF_MAX(100);
	struct written w = { .b = BUF_MAX(1000) };
	struct reason why = { "" };

	(void)state;
	put(&w, 0, 16);
	put(&w, 1, 1);
	put(&w, 0, 16);
	put(&w, 0x1000, 16);
	put(&w, 3, 3);
	put(&w, sizeof plain, 24);
	put(&w, 0, 4);
	for (unsigned i = 0; i < 3; i++)
		buf_add_u32(&w.b, 1);
	buf_add(&w.b, plain, sizeof plain);
	if (lzx_delta_unpack(buf_bytes(&w.b), bytes_of(NULL, 0), sizeof plain, &out, &why))
		fail_msg("%s", why.text);
	/* To 0x10 from 1, which is 0xF on; to 2 before the end, from 6; the last ten bytes are left alone. */
	assert_memory_equal(out.p, "x\xE8\x0F\0\0\0\xE8\xFE\x0F\0\0y\xE8\1\0\0\0zzz", sizeof plain);
	buf_free(&w.b);
}

static void damage_is_seen(void **state)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)1 << 20), packed = BUF_MAX((size_t)1 << 20),
			       out = BUF_MAX((size_t)1 << 20);
	struct reason why = { "" };

	(void)state;
	make_book(&text, 0, 300);
	assert_int_equal(lzx_delta_pack(buf_bytes(&text), bytes_of(text.p, 500), &packed), 0);
	for (size_t n = 0; n + 2 < packed.n; n++)
		assert_int_equal(lzx_delta_unpack(bytes_of(packed.p, n), bytes_of(text.p, 500),
						  text.n, &out, &why),
				 ecCorruptData);
	/* Whatever becomes of it, it ends, and has as many bytes as it is to have or none. */
	for (unsigned i = 0; i < 3000; i++) {
		size_t at = some((uint32_t)packed.n);
		uint8_t was = packed.p[at];

		packed.p[at] ^= (uint8_t)(1 + some(255));
		buf_clear(&out);
		if (!lzx_delta_unpack(buf_bytes(&packed), bytes_of(text.p, some(500)), text.n, &out,
				      &why))
			assert_int_equal(out.n, text.n);
		else
			assert_int_equal(out.n, 0);
		packed.p[at] = was;
	}
}

/* Patches ---------------------------------------------------------------------------------------------------------------- */

static size_t patch_trip(const struct buf *old, const struct buf *new)
{
	CLEANUP_BUF struct buf patch = BUF_MAX((size_t)64 << 20), out = BUF_MAX((size_t)64 << 20);
	struct oab_patch_head h;
	struct reason why = { "" };

	if (oab_patch_make(buf_bytes(old), buf_bytes(new), &patch, &why) ||
	    oab_patch_apply(buf_bytes(&patch), buf_bytes(old), &out, &why))
		fail_msg("%s", why.text);
	assert_true(bytes_equal(buf_bytes(&out), buf_bytes(new)));
	assert_int_equal(oab_patch_read_head(buf_bytes(&patch), &h, &why), 0);
	assert_true(h.source_size == old->n && h.target_size == new->n);
	assert_true(h.source_crc == oab_crc(buf_bytes(old)) &&
		    h.target_crc == oab_crc(buf_bytes(new)));
	return patch.n;
}

static void patches_make_the_newer_file(void **state)
{
	CLEANUP_BUF struct buf old = BUF_MAX((size_t)64 << 20), new = BUF_MAX((size_t)64 << 20),
			       none = BUF_MAX(1);

	(void)state;
	make_book(&old, 0, 12000);
	/* Nothing, one in the middle, many in the middle, at the beginning and the end; and the other way round. */
	buf_add(&new, old.p, old.n);
	assert_true(patch_trip(&old, &new) < old.n / 200);
	buf_truncate(&new, old.n / 2);
	make_book(&new, 50000, 1);
	buf_add(&new, old.p + old.n / 2, old.n - old.n / 2);
	assert_true(patch_trip(&old, &new) < old.n / 200);
	assert_true(patch_trip(&new, &old) < old.n / 200);
	buf_clear(&new);
	make_book(&new, 60000, 3000);
	buf_add(&new, old.p, old.n / 3);
	make_book(&new, 70000, 3000);
	buf_add(&new, old.p + old.n / 3, old.n - old.n / 3);
	make_book(&new, 80000, 10);
	assert_true(patch_trip(&old, &new) < new.n / 4);
	assert_true(patch_trip(&new, &old) < old.n / 100);
	/* Something else altogether. */
	buf_clear(&new);
	make_book(&new, 90000, 4000);
	(void)patch_trip(&old, &new);
	(void)patch_trip(&none, &new);
	(void)patch_trip(&new, &none);
}

static void patches_are_for_one_file(void **state)
{
	CLEANUP_BUF struct buf old = BUF_MAX((size_t)8 << 20), new = BUF_MAX((size_t)8 << 20),
			       patch = BUF_MAX((size_t)8 << 20), out = BUF_MAX((size_t)8 << 20);
	struct reason why = { "" };

	(void)state;
	make_book(&old, 0, 2000);
	make_book(&new, 0, 1900);
	assert_int_equal(oab_patch_make(buf_bytes(&old), buf_bytes(&new), &patch, &why), 0);
	old.p[17] ^= 1;
	assert_int_equal(oab_patch_apply(buf_bytes(&patch), buf_bytes(&old), &out, &why),
			 ecNotFound);
	old.p[17] ^= 1;
	assert_int_equal(oab_patch_apply(buf_bytes(&patch), bytes_of(old.p, old.n - 1), &out, &why),
			 ecNotFound);
	for (size_t n = 0; n < patch.n; n += n < 60 ? 1 : 997)
		assert_int_equal(oab_patch_apply(bytes_of(patch.p, n), buf_bytes(&old), &out, &why),
				 ecCorruptData);
	buf_add_u8(&patch, 0);
	assert_int_equal(oab_patch_apply(buf_bytes(&patch), buf_bytes(&old), &out, &why),
			 ecCorruptData);
	buf_truncate(&patch, patch.n - 1);
	/* Any byte of it that is another is seen: those of the largest block, which is no more than a hint, do no harm. */
	for (size_t at = 0; at < patch.n; at += at < 60 ? 1 : 101) {
		status s;

		patch.p[at] ^= 0x10;
		buf_clear(&out);
		s = oab_patch_apply(buf_bytes(&patch), buf_bytes(&old), &out, &why);
		if (s)
			assert_true(*why.text != '\0');
		else
			assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&new)));
		patch.p[at] ^= 0x10;
	}
}

static void whole_files(void **state)
{
	CLEANUP_BUF struct buf file = BUF_MAX((size_t)8 << 20),
			       container = BUF_MAX((size_t)8 << 20), out = BUF_MAX((size_t)8 << 20);
	struct reason why = { "" };

	(void)state;
	make_book(&file, 0, 3000);
	oab_store(buf_bytes(&file), &container);
	assert_int_equal(oab_unpack(buf_bytes(&container), &out, &why), 0);
	assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&file)));
	/* Packed, as Exchange has them. */
	buf_clear(&container);
	buf_clear(&out);
	buf_add_u32(&container, 3);
	buf_add_u32(&container, 1);
	buf_add_u32(&container, 1 << 18);
	buf_add_u32(&container, 100000);
	buf_add_u32(&container, 1);
	buf_add_u32(&container, 0);
	buf_add_u32(&container, 100000);
	buf_add_u32(&container, oab_crc(bytes_of(file.p, 100000)));
	assert_int_equal(lzx_delta_pack(bytes_of(file.p, 100000), bytes_of(NULL, 0), &container),
			 0);
	put_le32(container.p + 20, (uint32_t)container.n - 32);
	assert_int_equal(oab_unpack(buf_bytes(&container), &out, &why), 0);
	assert_memory_equal(out.p, file.p, 100000);
	container.p[28] ^= 1;
	assert_int_equal(oab_unpack(buf_bytes(&container), &out, &why), ecCorruptData);
	container.p[16] = 2;
	assert_int_equal(oab_unpack(buf_bytes(&container), &out, &why), ecNotSupported);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_unpacks),
		cmocka_unit_test(offsets_of_every_size),
		cmocka_unit_test(jumps_that_are_translated),
		cmocka_unit_test(an_aligned_block),
		cmocka_unit_test(a_block_of_bytes),
		cmocka_unit_test(damage_is_seen),
		cmocka_unit_test(patches_make_the_newer_file),
		cmocka_unit_test(patches_are_for_one_file),
		cmocka_unit_test(whole_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
