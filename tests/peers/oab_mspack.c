/*
 * The files of the offline address book as libmspack reads them, which knows nothing of this program:
 *     oab-mspack whole CONTAINER OUT
 *     oab-mspack difference PATCH OLD OUT
 *     oab-mspack random N DIR       makes N patches of what changed at random, and compares
 */
#include <mspack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rop/lzx_delta.h"
#include "rop/oab_patch.h"

#define FILE_MOST ((size_t)64 << 20)

static uint64_t random_state = 11;

static uint32_t some(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % below;
}

static int whole(const char *container, const char *out)
{
	struct msoab_decompressor *d = mspack_create_oab_decompressor(NULL);
	int error = d ? d->decompress(d, container, out) : MSPACK_ERR_NOMEMORY;

	mspack_destroy_oab_decompressor(d);
	return error;
}

static int difference(const char *patch, const char *old, const char *out)
{
	struct msoab_decompressor *d = mspack_create_oab_decompressor(NULL);
	int error = d ? d->decompress_incremental(d, patch, old, out) : MSPACK_ERR_NOMEMORY;

	mspack_destroy_oab_decompressor(d);
	return error;
}

/* Random pairs ------------------------------------------------------------------------------------------------------------ */

static void add_some(struct buf *b, uint32_t n)
{
	uint32_t kind = some(3);

	for (uint32_t i = 0; i < n; i++)
		buf_add_u8(b, kind == 0   ? (uint8_t)some(256)
			      : kind == 1 ? (uint8_t)('a' + some(3))
					  : (uint8_t) "Exchange Administrative Group"[i % 29]);
}

/* What is left out, what is new, and what is the same. */
static void change(struct bytes old, struct buf *new)
{
	uint32_t often = 1 + some(8);

	for (size_t at = 0; at < old.n;) {
		size_t n = 1 + some((uint32_t)(old.n / often + 1));

		n = n < old.n - at ? n : old.n - at;
		if (some(5))
			buf_add(new, old.p + at, n);
		if (!some(3))
			add_some(new, 1 + some(40000));
		at += n;
	}
	if (!new->n)
		add_some(new, 1);
}

static void write_file(const char *path, struct bytes b)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(b.p ? b.p : (const uint8_t *)"", 1, b.n, f) != b.n || fclose(f))
		abort();
}

static bool holds(const char *path, struct bytes b)
{
	uint8_t *p = malloc(b.n + 1);
	FILE *f = fopen(path, "rb");
	bool same = p && f && fread(p, 1, b.n + 1, f) == b.n && memcmp(p, b.p, b.n) == 0;

	if (f)
		(void)fclose(f);
	free(p);
	return same;
}

static bool one_pair(const char *dir)
{
	CLEANUP_BUF struct buf old = BUF_MAX(FILE_MOST), new = BUF_MAX(FILE_MOST),
			       patch = BUF_MAX(FILE_MOST);
	char paths[3][4096];
	struct reason why = { "" };

	for (uint32_t i = 0, n = some(12); i < n; i++)
		add_some(&old, 1 + some(90000));
	change(buf_bytes(&old), &new);
	if (oab_patch_make(buf_bytes(&old), buf_bytes(&new), &patch, &why)) {
		(void)fprintf(stderr, "%s\n", why.text);
		return false;
	}
	for (unsigned i = 0; i < 3; i++)
		(void)snprintf(paths[i], sizeof paths[i], "%s/%u", dir, i);
	write_file(paths[0], buf_bytes(&old));
	write_file(paths[1], buf_bytes(&patch));
	int error = difference(paths[1], paths[0], paths[2]);
	if (!error && holds(paths[2], buf_bytes(&new)))
		return true;
	(void)fprintf(stderr, "error %d: %zu bytes to %zu by %zu\n", error, old.n, new.n, patch.n);
	return false;
}

static int random_pairs(int n, const char *dir)
{
	for (int i = 0; i < n; i++)
		if (!one_pair(dir)) {
			(void)fprintf(stderr, "pair %d\n", i);
			return 1;
		}
	return 0;
}

int main(int n, char **v)
{
	int self_test;

	MSPACK_SYS_SELFTEST(self_test);
	if (self_test)
		return 2;
	if (n == 4 && strcmp(v[1], "whole") == 0)
		return whole(v[2], v[3]);
	if (n == 5 && strcmp(v[1], "difference") == 0)
		return difference(v[2], v[3], v[4]);
	if (n == 4 && strcmp(v[1], "random") == 0)
		return random_pairs((int)strtol(v[2], NULL, 10), v[3]);
	return 64;
}
