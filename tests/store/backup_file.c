/* Files of a backup: what is written is read again, and no byte can be another without being noticed. */
#include "support.h"

#include "base/output.h"
#include "store/backup_manifest.h"
#include "store/backup_record.h"

#include <inttypes.h>

#define ok(call)                                                                         \
	do {                                                                             \
		struct reason why = { "" };                                              \
		status ok_status_ = (call);                                              \
		if (ok_status_)                                                          \
			fail_msg("line %d: 0x%08x %s", __LINE__, ok_status_, why.text);  \
	} while (0)

static const struct backup_head head = {
	.kind = BACKUP_PART, .backup = { { 1, 2, 3 } }, .subject = { { 4, 5, 6 } }, .time = 77, .since = 8, .upto = 99,
	.parent = { { 10, 11 } }, .lineage = { { 12 } },
};

static uint8_t noise(size_t i)
{
	return (uint8_t)((i * 2654435761u) >> 11);
}

static struct backup_seal write_file(const char *path, size_t noisy, size_t dull)
{
	CLEANUP_BACKUP_WRITER struct backup_writer *w = NULL;
	struct backup_seal seal;
	uint8_t block[1000];

	ok(backup_writer_new(path, &head, &w, &why));
	for (size_t at = 0; at < noisy; at += sizeof block) {
		for (size_t i = 0; i < sizeof block; i++)
			block[i] = noise(at + i);
		assert_int_equal(backup_writer_add(w, block, noisy - at < sizeof block ? noisy - at : sizeof block), 0);
	}
	memset(block, 'x', sizeof block);
	for (size_t at = 0; at < dull; at += sizeof block)
		assert_int_equal(backup_writer_add(w, block, dull - at < sizeof block ? dull - at : sizeof block), 0);
	ok(backup_writer_finish(w, &seal, &why));
	return seal;
}

static void check_content(const char *path, size_t noisy, size_t dull, size_t step, const struct backup_seal *want)
{
	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	struct backup_seal seal;
	struct bytes b;

	ok(backup_reader_open(path, &r, &why));
	assert_memory_equal(backup_reader_head(r), &head, sizeof head);
	for (size_t at = 0; at < noisy + dull; at += b.n) {
		size_t n = noisy + dull - at < step ? noisy + dull - at : step;

		ok(backup_reader_take(r, n, &b, &why));
		assert_int_equal(b.n, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(b.p[i], at + i < noisy ? noise(at + i) : 'x');
	}
	ok(backup_reader_finish(r, &seal, &why));
	assert_memory_equal(&seal.digest, &want->digest, sizeof seal.digest);
	assert_int_equal(seal.size, want->size);
	assert_int_equal(seal.raw, noisy + dull);
}

static void test_content(void **state)
{
	static const size_t sizes[][2] = { { 0, 0 }, { 1, 0 }, { 0, 1 }, { 700, 3000000 }, { 1u << 20, 0 }, { (1u << 20) + 1, 5 }, { 2500000, 2500000 } };
	char path[512];

	(void)state;
	(void)snprintf(path, sizeof path, "%s", scratch_path("content.part"));
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct backup_seal seal = write_file(path, sizes[i][0], sizes[i][1]);

		check_content(path, sizes[i][0], sizes[i][1], 1777, &seal);
		check_content(path, sizes[i][0], sizes[i][1], 3000000, &seal);
	}
	/* What repeats itself takes little room. */
	assert_true(write_file(path, 0, 3000000).size < 20000);
	(void)unlink(path);
}

static void read_all(const char *path, uint8_t **data, size_t *n)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	*n = (size_t)ftell(f);
	assert_int_equal(fseek(f, 0, SEEK_SET), 0);
	*data = malloc(*n + 1);
	assert_non_null(*data);
	assert_int_equal(fread(*data, 1, *n, f), *n);
	assert_int_equal(fclose(f), 0);
}

/* From memory, to the end: what backup_file_check does with a file. */
static status read_memory(struct bytes data, struct reason *why)
{
	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	struct input *in;
	struct backup_seal seal;
	bool end = false;
	status s = input_open_memory(data, "memory", &in);

	if (!s)
		s = backup_reader_new(in, &r, why);
	while (!s && !end) {
		(void)backup_reader_take_frame(r);
		s = backup_reader_at_end(r, &end, why);
	}
	return s ? s : backup_reader_finish(r, &seal, why);
}

static void test_every_byte(void **state)
{
	char path[512];
	uint8_t *data;
	size_t n;

	(void)state;
	(void)snprintf(path, sizeof path, "%s", scratch_path("bytes.part"));
	(void)write_file(path, 1500, 1500000);
	read_all(path, &data, &n);
	assert_int_equal(read_memory(bytes_of(data, n), NULL), 0);
	for (size_t i = 0; i < n; i++)
		for (unsigned bit = 0; bit < 8; bit += 7) {
			struct reason why = { "" };

			data[i] ^= (uint8_t)(1u << bit);
			status s = read_memory(bytes_of(data, n), &why);
			if (s != ecCorruptData && s != ecVersion)
				fail_msg("byte %zu, bit %u: 0x%08x", i, bit, s);
			assert_non_null(strstr(why.text, "byte"));
			data[i] ^= (uint8_t)(1u << bit);
		}
	/* Cut off anywhere, and with something behind it. */
	for (size_t cut = 0; cut < n; cut += cut < 300 || n - cut < 300 ? 1 : 97)
		assert_int_equal(read_memory(bytes_of(data, cut), NULL), ecCorruptData);
	data[n] = 0;
	assert_int_equal(read_memory(bytes_of(data, n + 1), NULL), ecCorruptData);
	free(data);
	(void)unlink(path);
}

static status write_failing(const char *path, unsigned nth, unsigned *failed, struct reason *why)
{
	CLEANUP_BACKUP_WRITER struct backup_writer *w = NULL;
	struct backup_seal seal;
	uint8_t block[4096];
	status s;

	for (size_t i = 0; i < sizeof block; i++)
		block[i] = noise(i);
	output_fail_after(nth);
	s = backup_writer_new(path, &head, &w, why);
	for (unsigned i = 0; !s && i < 700; i++) {
		block[0] = (uint8_t)i;
		s = backup_writer_add(w, block, sizeof block);
	}
	status end = w ? backup_writer_finish(w, &seal, why) : s;
	output_fail_after(0);
	*failed += end != 0;
	assert_true(!s || end == s);
	return end;
}

/* The n-th write or flush fails: then there is no file, or the one that was there before. */
static void test_failing_writes(void **state)
{
	char path[512];
	unsigned failed = 0, nth = 1;
	status s = ecDiskError;

	(void)state;
	(void)snprintf(path, sizeof path, "%s", scratch_path("fails.part"));
	for (; s; nth++) {
		struct reason why = { "" };

		s = write_failing(path, nth, &failed, &why);
		if (s) {
			assert_int_equal(s, ecDiskError);
			assert_non_null(strstr(why.text, "cannot write"));
			assert_int_not_equal(access(path, F_OK), 0);
		}
		assert_true(nth < 100);
	}
	assert_true(failed > 2);
	assert_int_equal(access(path, F_OK), 0);
	(void)unlink(path);
}

/* Records ------------------------------------------------------------------------------------------------------------- */

static void test_records(void **state)
{
	struct backup_column columns[] = { { .name = "id", .type = BACKUP_INTEGER, .mandatory = true, .key = 1 },
					    { .name = "name", .type = BACKUP_TEXT },
					    { .name = "data", .type = BACKUP_BLOB } };
	const struct backup_table table = { "things", columns, 3 };
	const struct backup_value values[] = { { .type = BACKUP_INTEGER, .number = -5 },
					       { .type = BACKUP_TEXT, .bytes = { (const uint8_t *)"n\xc3\xa4me", 5 } },
					       { .type = BACKUP_BLOB, .bytes = { (const uint8_t *)"\0\1\2", 3 } } };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct backup_tables tables = { .arena = &arena };
	struct backup_record rec;
	struct backup_seal seal;
	char path[512];
	bool end = false;

	(void)state;
	(void)snprintf(path, sizeof path, "%s", scratch_path("records.part"));
	CLEANUP_BACKUP_WRITER struct backup_writer *w = NULL;
	ok(backup_writer_new(path, &head, &w, &why));
	assert_int_equal(backup_put_table(w, 3, &table), 0);
	assert_int_equal(backup_put_erase(w, 3, &table, 0, NULL), 0);
	assert_int_equal(backup_put_erase(w, 3, &table, 7, values), 0);
	ok(backup_writer_finish(w, &seal, &why));

	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	ok(backup_reader_open(path, &r, &why));
	ok(backup_next_record(r, &tables, &rec, &end, &why));
	assert_int_equal(rec.kind, RECORD_TABLE);
	assert_string_equal(rec.defined->name, "things");
	assert_int_equal(rec.defined->n, 3);
	assert_string_equal(rec.defined->columns[2].name, "data");
	assert_true(rec.defined->columns[0].mandatory && rec.defined->columns[0].key == 1 && !rec.defined->columns[2].mandatory);
	ok(backup_next_record(r, &tables, &rec, &end, &why));
	assert_int_equal(rec.kind, RECORD_ERASE);
	assert_int_equal(rec.columns, 0);
	ok(backup_next_record(r, &tables, &rec, &end, &why));
	assert_int_equal(rec.columns, 7);
	assert_int_equal(rec.values[0].number, -5);
	assert_true(bytes_equal(rec.values[1].bytes, values[1].bytes));
	assert_int_equal(rec.values[1].bytes.p[5], 0);
	assert_true(bytes_equal(rec.values[2].bytes, values[2].bytes));
	ok(backup_next_record(r, &tables, &rec, &end, &why));
	assert_true(end);
	(void)unlink(path);
}

static status one_record(const uint8_t *bytes, size_t n, unsigned before)
{
	struct backup_column columns[] = { { .name = "id", .type = BACKUP_INTEGER } };
	const struct backup_table table = { "t", columns, 1 };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct backup_tables tables = { .arena = &arena };
	struct backup_record rec;
	struct backup_seal seal;
	bool end = false;
	status s = ecNone;
	char path[512];

	(void)snprintf(path, sizeof path, "%s", scratch_path("bad.part"));
	CLEANUP_BACKUP_WRITER struct backup_writer *w = NULL;
	ok(backup_writer_new(path, &head, &w, &why));
	for (unsigned i = 0; i < before; i++)
		assert_int_equal(backup_put_table(w, i, &table), 0);
	assert_int_equal(backup_writer_add(w, bytes, n), 0);
	ok(backup_writer_finish(w, &seal, &why));
	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	ok(backup_reader_open(path, &r, &why));
	while (!s && !end)
		s = backup_next_record(r, &tables, &rec, &end, NULL);
	(void)unlink(path);
	return s;
}

#define REC(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

static void test_bad_records(void **state)
{
	(void)state;
	/* A row as it should be, for the others to differ from. */
	assert_int_equal(one_record(REC('R', 0, 9, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0), 1), 0);
	assert_int_equal(one_record(REC('T', 1, 8, 0, 0, 0, 1, 't', 1, 1, 0, 0, 1, 'a'), 1), 0);
	/* An unknown kind, a table that was not spoken of, one that was spoken of already. */
	assert_int_equal(one_record(REC('Q', 0, 0, 0, 0, 0), 1), ecCorruptData);
	assert_int_equal(one_record(REC('R', 1, 9, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0), 1), ecCorruptData);
	assert_int_equal(one_record(REC('T', 0, 8, 0, 0, 0, 1, 't', 1, 1, 0, 0, 1, 'a'), 1), ecCorruptData);
	assert_int_equal(one_record(REC('T', 200, 8, 0, 0, 0, 1, 't', 1, 1, 0, 0, 1, 'a'), 1), ecCorruptData);
	/* Names that would say something to SQL. */
	assert_int_equal(one_record(REC('T', 1, 8, 0, 0, 0, 1, '"', 1, 1, 0, 0, 1, 'a'), 1), ecCorruptData);
	assert_int_equal(one_record(REC('T', 1, 8, 0, 0, 0, 1, 't', 1, 1, 0, 0, 1, ';'), 1), ecCorruptData);
	/* No column, an unknown type, a column too many, something behind. */
	assert_int_equal(one_record(REC('T', 1, 3, 0, 0, 0, 1, 't', 0), 1), ecCorruptData);
	assert_int_equal(one_record(REC('T', 1, 8, 0, 0, 0, 1, 't', 1, 9, 0, 0, 1, 'a'), 1), ecCorruptData);
	assert_int_equal(one_record(REC('R', 0, 10, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0), 1), ecCorruptData);
	assert_int_equal(one_record(REC('E', 0, 4, 0, 0, 0, 2, 0, 0, 0), 1), ecCorruptData);
	/* Text without its end, or with one within; more than there is. */
	assert_int_equal(one_record(REC('R', 0, 6, 0, 0, 0, 2, 1, 0, 0, 0, 'a'), 1), ecCorruptData);
	assert_int_equal(one_record(REC('R', 0, 8, 0, 0, 0, 2, 2, 0, 0, 0, 'a', 0, 0), 1), ecCorruptData);
	assert_int_equal(one_record(REC('R', 0, 0xFF, 0xFF, 0xFF, 0x7F), 1), ecCorruptData);
	assert_int_equal(one_record(REC('R', 0, 9, 0, 0), 1), ecCorruptData);
}

/* Manifests ------------------------------------------------------------------------------------------------------------ */

static void test_manifest(void **state)
{
	struct backup_part parts[] = { { .file = "parts/x/000001.part", .seal = { .size = 5, .raw = 6 }, .upto = 9, .rows = 3, .messages = 2 },
				       { .file = "parts/x/000002.part", .since = 9, .upto = 12, .erased = 1 } };
	struct backup_entry entries[] = {
		{ .directory = true, .name = "directory", .address = "", .database = "", .parts = parts, .n = 1 },
		{ .mailbox = { { 7 } }, .name = "Ada", .address = "ada@contoso.example", .database = "DB1", .carried = true, .upto = 12, .schema = 1,
		  .folders = 4, .messages = 5, .bytes = 6, .parts = parts, .n = 2 },
		{ .mailbox = { { 8 } }, .name = "Ada", .address = "countess@contoso.example", .database = "DB1", .parts = parts, .n = 2 },
	};
	struct backup_manifest m = { .number = 2, .parent = 1, .id = { { 9 } }, .site = { { 1 } }, .time = 5, .organization = "Contoso",
				     .location = "/var/lib/postern", .version = "0.1", .whole = true, .entries = entries, .n = 3 };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 20), again = BUF_MAX(1 << 20);
	struct backup_manifest out = { .number = 0 };
	const struct backup_entry *e;

	(void)state;
	backup_manifest_encode(&m, &b);
	ok(backup_manifest_decode(buf_bytes(&b), &arena, &out, &why));
	backup_manifest_encode(&out, &again);
	assert_true(bytes_equal(buf_bytes(&b), buf_bytes(&again)));
	assert_true(out.entries[1].carried);
	assert_string_equal(out.entries[1].parts[1].file, "parts/x/000002.part");
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(backup_manifest_decode(bytes_of(b.p, n), &arena, &out, NULL), ecCorruptData);
	/* By whatever it is called. */
	ok(backup_manifest_find(&out, "ADA@contoso.example", &e, &why));
	assert_int_equal(e->mailbox.b[0], 7);
	ok(backup_manifest_find(&out, "countess", &e, &why));
	assert_int_equal(e->mailbox.b[0], 8);
	assert_int_equal(backup_manifest_find(&out, "Bob", &e, NULL), ecNotFound);
	assert_int_not_equal(backup_manifest_find(&out, "directory", &e, NULL), 0);
	/* Parts that do not go on from one another, or stand elsewhere, are none of ours. */
	parts[1].since = 8;
	buf_clear(&b);
	backup_manifest_encode(&m, &b);
	assert_int_equal(backup_manifest_decode(buf_bytes(&b), &arena, &out, NULL), ecCorruptData);
	parts[1].since = 9;
	parts[1].file = "parts/../../etc/passwd";
	buf_clear(&b);
	backup_manifest_encode(&m, &b);
	assert_int_equal(backup_manifest_decode(buf_bytes(&b), &arena, &out, NULL), ecCorruptData);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_content),	     cmocka_unit_test(test_every_byte),	 cmocka_unit_test(test_failing_writes),
		cmocka_unit_test(test_records),	     cmocka_unit_test(test_bad_records), cmocka_unit_test(test_manifest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
