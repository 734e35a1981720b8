/*
 * Extended buffers and their compression; the first byte says what is done with the rest:
 *
 *     0   read as extended buffers; written again as they were, and compressed and obfuscated,
 *         they must read the same
 *     1   compressed, which must decompress to the same, also where there is just room enough
 *     2   decompressed to as many bytes as the first two say
 */
#include <stdlib.h>
#include <string.h>

#include "rop/lz77.h"
#include "rop/rpc_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 65535

static void check(bool good)
{
	if (!good)
		abort();
}

static void write_again(const struct rpc_payloads *all, uint16_t flags, bool as_it_was)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)16 << 20);
	struct rpc_payloads again;

	for (size_t i = 0; i < all->n; i++) {
		uint16_t own =
			as_it_was ? all->v[i].flags & (RPC_HEADER_COMPRESSED | RPC_HEADER_XOR_MAGIC)
				  : flags;

		check(!rpc_payload_write(&b, all->v[i].bytes,
					 i + 1 == all->n ? own | RPC_HEADER_LAST : own));
	}
	check(!rpc_payloads_read(buf_bytes(&b), RPC_PAYLOADS_MAX, &arena, &again, NULL));
	check(again.n == all->n);
	for (size_t i = 0; i < all->n; i++)
		check(bytes_equal(all->v[i].bytes, again.v[i].bytes));
}

static void read_payloads(struct bytes data)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	struct rpc_payloads all;
	struct reason why = { "" };

	if (rpc_payloads_read(data, RPC_PAYLOADS_MAX, &arena, &all, &why)) {
		check(why.text[0]);
		return;
	}
	write_again(&all, 0, true);
	write_again(&all, RPC_HEADER_COMPRESSED | RPC_HEADER_XOR_MAGIC, false);
}

static void round_trip(struct bytes data)
{
	size_t room = data.n + data.n / 32 * 4 + 8, n;
	uint8_t *packed = malloc(room), *plain = malloc(data.n ? data.n : 1), *exact;

	check(packed && plain);
	n = lz77_compress(data, packed, room);
	check(!n == !data.n);
	if (n) {
		check(!lz77_decompress(bytes_of(packed, n), plain, data.n, NULL));
		check(!memcmp(plain, data.p, data.n));
		exact = malloc(n - 1);
		check(exact && !lz77_compress(data, exact, n - 1));
		free(exact);
	}
	free(packed);
	free(plain);
}

static void unpack(struct bytes data)
{
	size_t n = le16(data.p);
	uint8_t *out = malloc(n ? n : 1);
	struct reason why = { "" };

	check(out != NULL);
	if (lz77_decompress(bytes_of(data.p + 2, data.n - 2), out, n, &why))
		check(why.text[0]);
	else
		round_trip(bytes_of(out, n));
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size || size > MOST)
		return 0;
	if (*data % 3 == 0)
		read_payloads(bytes_of(data + 1, size - 1));
	else if (*data % 3 == 1)
		round_trip(bytes_of(data + 1, size - 1));
	else if (size >= 3)
		unpack(bytes_of(data + 1, size - 1));
	return 0;
}
