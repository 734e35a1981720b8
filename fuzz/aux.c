/*
 * Auxiliary blocks: what a client says of itself and what a server answers.  What can be read must
 * be the same when it has been written and read again, and each block by itself must encode.
 */
#include <stdio.h>
#include <stdlib.h>

#include "rop/aux.h"

#define WIRE_ROOMS aux_wire_types
#include "../tests/wire/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 0x1008 /* of an auxiliary buffer */

static void check(bool good)
{
	if (!good)
		abort();
}

static void client(struct bytes data)
{
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)1 << 20);
	struct aux_client_info info, again;
	struct reason why = { "" };

	if (aux_client_info_read(data, &info, &why)) {
		check(why.text[0]);
		return;
	}
	/* Overlapping texts become more than a block holds. */
	if (aux_client_info_write(&info, &b))
		return;
	check(!aux_client_info_read(buf_bytes(&b), &again, NULL));
	check(aux_client_mode_of(&info) == aux_client_mode_of(&again));
	check(bytes_equal(info.machine, again.machine) && bytes_equal(info.user, again.user));
	check(bytes_equal(info.adapter, again.adapter) && bytes_equal(info.process, again.process));
	check(bytes_equal(info.ip, again.ip) && bytes_equal(info.ip_mask, again.ip_mask));
	check(bytes_equal(info.mac, again.mac));
	check(bytes_equal(info.connection_context, again.connection_context));
}

static void server(struct bytes data)
{
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)1 << 20);
	struct aux_server_info info, again;

	if (aux_server_info_read(data, &info, NULL) || aux_server_info_write(&info, &b))
		return;
	check(!aux_server_info_read(buf_bytes(&b), &again, NULL));
	check(info.enable_flags == again.enable_flags && info.endpoint == again.endpoint);
	check(bytes_equal(info.session_context, again.session_context));
}

static void blocks(struct bytes data)
{
	struct reader in = reader_of(data);
	struct aux_block block;

	while (aux_next(&in, &block)) {
		struct bytes rest =
			bytes_of(block.all.p + AUX_HEADER_SIZE, block.all.n - AUX_HEADER_SIZE);
		const char *wrong =
			block.wire ? wire_registry_check(block.wire, WIRE_COUNTS_16, rest) : NULL;

		if (wrong) {
			fprintf(stderr, "%s: %s\n", block.wire->name, wrong);
			abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > MOST)
		return 0;
	client(bytes_of(data, size));
	server(bytes_of(data, size));
	blocks(bytes_of(data, size));
	return 0;
}
