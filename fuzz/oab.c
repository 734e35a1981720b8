/*
 * The address book: the first byte says what the rest is: 0 a manifest, 1 a container with the file in it, 2 the file, 3 what is kept here of it.  What comes of a file is
 * kept, searched, and written as recipients.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "client/address_book.h"
#include "client/address_file.h"
#include "client/oab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void one_manifest(struct bytes all)
{
	struct oab_manifest m = { .sequence = 0 };
	struct reason why = { "" };

	if (oab_read_manifest(all, &m, &why)) {
		check(*why.text);
		return;
	}
	check(*m.file && !strchr(m.file, '/') && *m.file != '.');
	check(!*m.sha1 || strlen(m.sha1) == 40);
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
	default:
		break;
	}
	return 0;
}
