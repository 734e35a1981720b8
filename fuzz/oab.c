/*
 * The address book: the first byte says what the rest is: 0 a manifest, 1 a container with the file in it, 2 the file, 3 what is kept here of it, 4 a difference behind the
 * older file (and its size, 2 bytes), 5 a packed block behind what it refers to (its size, and that of what is made), 6 what is to be packed.  What comes of a file is kept,
 * searched, and written as recipients.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "client/address_book.h"
#include "client/address_file.h"
#include "client/oab.h"
#include "rop/lzx_delta.h"
#include "rop/oab_patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_part(const struct oab_part *p)
{
	check(*p->file && !strchr(p->file, '/') && *p->file != '.');
	check(!*p->sha1 || strlen(p->sha1) == 40);
}

static void one_manifest(struct bytes all)
{
	struct oab_manifest m = { .n = 0 };
	struct reason why = { "" };

	if (oab_read_manifest(all, &m, &why)) {
		check(*why.text);
		return;
	}
	check_part(&m.full);
	check(m.n <= OAB_PARTS_MOST);
	for (size_t i = 0; i < m.n; i++) {
		check_part(&m.differences[i]);
		check(oab_difference(&m, m.differences[i].sequence) != NULL);
	}
}

/* No control character, no quote that would end a name early. */
static void check_entry(const struct address_entry *e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 16);
	const char *written = address_written(e, &arena), *quote;

	check(address_is_one(e->address));
	for (const char *p = e->name; *p; p++)
		check((unsigned char)*p >= ' ' && *p != 0x7F);
	if (!written)
		return;
	quote = *written == '"' ? strchr(written + 1, '"') : NULL;
	check(*written != '"' || (quote && strncmp(quote, "\" <", 3) == 0));
}

static void one_kept(struct bytes all)
{
	struct address_file f;
	struct address_row row;
	struct address_entry e;
	struct reason why = { "" };

	if (address_file_of(all, &f, &why)) {
		check(*why.text);
		return;
	}
	for (size_t at = 0; address_file_next(&f, &at, &row);)
		if (address_row_entry(&row, &e))
			check(strlen(row.keys) + strlen(e.name) + strlen(e.others) < all.n);
}

static status keep(void *context, const struct address_entry *e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 18);
	struct address_entry c;

	if (address_entry_clean(e, &arena, &c))
		check_entry(&c);
	return address_writer_add(context, e);
}

static void one_file(struct bytes all)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	CLEANUP_ADDRESS_WRITER struct address_writer w;
	struct reason why = { "" };
	const char *name = "";

	address_writer_init(&w);
	if (oab_read(all, keep, &w, &arena, &name, &why))
		check(*why.text);
	else
		check(name != NULL);
}

static void one_container(struct bytes all)
{
	CLEANUP_BUF struct buf file = BUF_MAX((size_t)16 << 20);
	struct reason why = { "" };

	if (oab_unpack(all, &file, &why))
		check(*why.text);
	else
		one_file(buf_bytes(&file));
}

/* A reference behind its size, and what is behind it. */
static bool split(struct bytes all, struct bytes *reference, struct bytes *rest)
{
	size_t n = all.n >= 2 ? le16(all.p) : 0;

	if (all.n < 2 + n)
		return false;
	*reference = bytes_of(all.p + 2, n);
	*rest = bytes_of(all.p + 2 + n, all.n - 2 - n);
	return true;
}

#define PATCH_HEAD     28u
#define SOURCE_SIZE_AT 12u
#define SOURCE_CRC_AT  20u

static void apply(struct bytes patch, struct bytes source)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)16 << 20);
	struct oab_patch_head h;
	struct reason why = { "" };
	status s = oab_patch_apply(patch, source, &out, &why);

	check(!s || *why.text);
	if (!s)
		check(!oab_patch_read_head(patch, &h, &why) && out.n == h.target_size &&
		      oab_crc(buf_bytes(&out)) == h.target_crc);
}

/* As it is, and as if it were one to the file that is there, or nothing behind its head would ever be reached. */
static void one_patch(struct bytes all)
{
	struct bytes source, patch;
	uint8_t *copy;

	if (!split(all, &source, &patch))
		return;
	apply(patch, source);
	copy = patch.n >= PATCH_HEAD ? malloc(patch.n) : NULL;
	if (!copy)
		return;
	memcpy(copy, patch.p, patch.n);
	put_le32(copy + SOURCE_SIZE_AT, (uint32_t)source.n);
	put_le32(copy + SOURCE_CRC_AT, oab_crc(source));
	apply(bytes_of(copy, patch.n), source);
	free(copy);
}

static void one_packed(struct bytes all)
{
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)16 << 20);
	struct bytes reference, rest;
	struct reason why = { "" };

	if (!split(all, &reference, &rest) || rest.n < 2)
		return;
	size_t n = (size_t)le16(rest.p) * 2;
	status s = lzx_delta_unpack(bytes_of(rest.p + 2, rest.n - 2), reference, n, &out, &why);
	check(s ? *why.text && out.n == 0 : out.n == n);
}

static void one_plain(struct bytes all)
{
	CLEANUP_BUF struct buf packed = BUF_MAX((size_t)16 << 20), out = BUF_MAX((size_t)16 << 20);
	struct bytes reference, plain;
	struct reason why = { "" };

	if (!split(all, &reference, &plain) || !plain.n ||
	    lzx_delta_pack(plain, reference, &packed))
		return;
	check(!lzx_delta_unpack(buf_bytes(&packed), reference, plain.n, &out, &why));
	check(bytes_equal(buf_bytes(&out), plain));
}

/* With its check sum made right, or nothing behind it would ever be reached. */
static void summed(struct bytes all)
{
	uint8_t *copy = malloc(all.n);

	if (!copy)
		return;
	memcpy(copy, all.p, all.n);
	put_le32(copy + 4, crc32_pst(0, bytes_of(copy + 8, all.n - 8)));
	one_kept(bytes_of(copy, all.n));
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data + 1, size ? size - 1 : 0);

	if (!size)
		return 0;
	switch (data[0]) {
	case 0:
		one_manifest(rest);
		break;
	case 1:
		one_container(rest);
		break;
	case 2:
		one_file(rest);
		break;
	case 3:
		one_kept(rest);
		if (rest.n >= 8)
			summed(rest);
		break;
	case 4:
		one_patch(rest);
		break;
	case 5:
		one_packed(rest);
		break;
	case 6:
		one_plain(rest);
		break;
	default:
		break;
	}
	return 0;
}
