/* Tables of comma-separated values: any bytes; what is read, written with every field quoted, is read as the same. */
#include "base/buf.h"
#include "base/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_field(struct buf *out, const char *text)
{
	buf_add_u8(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			buf_add_u8(out, '"');
		buf_add_u8(out, (uint8_t)*text);
	}
	buf_add_u8(out, '"');
}

static void expect_same(const struct csv_row *row)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)64 << 20);
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)64 << 20);
	struct csv_row again;
	struct csv csv;
	bool more = false;

	for (size_t i = 0; i < row->n; i++) {
		if (i)
			buf_add_u8(&text, ',');
		put_field(&text, row->v[i]);
	}
	csv_init(&csv, buf_bytes(&text));
	csv.separator = ',';
	if (csv_next(&csv, &a, &again, &more, NULL) || !more || again.n != row->n)
		abort();
	for (size_t i = 0; i < row->n; i++)
		if (strcmp(row->v[i], again.v[i]) != 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)64 << 20);
	struct csv_row row;
	struct csv csv;
	bool more = true;

	if (size > (size_t)1 << 20)
		return 0;
	csv_init(&csv, bytes_of(data, size));
	while (!csv_next(&csv, &a, &row, &more, NULL) && more)
		expect_same(&row);
	return 0;
}
