/*
 * A file of a backup: a part is read record by record, a manifest is decoded; what can be decoded must encode to the same.
 * The first byte says whether the checksums are put right first, so that what stands behind them is reached.
 */
#include <stdlib.h>

#include "base/crc32.h"
#include "store/backup_manifest.h"
#include "store/backup_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

/* Head and frames as the format says, whatever checksums there were. */
static void mend(uint8_t *p, size_t n)
{
	uint32_t crc;

	if (n < 128)
		return;
	memcpy(p, "PSTNBKUP", 8);
	put_le32(p + 8, 1);
	crc = crc32_pst(0xFFFFFFFFu, bytes_of(p, 124));
	put_le32(p + 124, crc);
	for (size_t at = 128; n - at >= 12;) {
		size_t body = le32(p + at + 4);

		if (body > n - at - 12)
			return;
		crc = crc32_pst(crc32_pst(crc, bytes_of(p + at, 8)), bytes_of(p + at + 12, le32(p + at) ? body : body < 8 ? body : 8));
		put_le32(p + at + 8, crc);
		at += 12 + body;
	}
}

static void one_part(struct backup_reader *r)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct backup_tables tables = { .arena = &arena };
	struct reason why = { "" };
	bool end = false;
	status s = ecNone;

	while (!s && !end) {
		struct backup_record rec;

		s = backup_next_record(r, &tables, &rec, &end, &why);
		check(s || end || rec.defined);
	}
	check(!s || why.text[0]);
}

static void one_manifest(struct bytes content)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)16 << 20);
	struct backup_manifest m = { .number = 0 };
	struct reason why = { "" };

	if (backup_manifest_decode(content, &arena, &m, &why)) {
		check(why.text[0]);
		return;
	}
	backup_manifest_encode(&m, &b);
	check(b.n == content.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	struct reason why = { "" };
	struct input *in;
	uint8_t *copy;

	if (!size || !(copy = malloc(size)))
		return 0;
	memcpy(copy, data + 1, size - 1);
	if (*data & 1)
		mend(copy, size - 1);
	if (*data & 2) {
		one_manifest(bytes_of(copy, size - 1));
	} else if (!input_open_memory(bytes_of(copy, size - 1), "memory", &in)) {
		if (backup_reader_new(in, &r, &why))
			check(why.text[0]);
		else
			one_part(r);
	}
	backup_reader_free(r);
	r = NULL;
	free(copy);
	return 0;
}
