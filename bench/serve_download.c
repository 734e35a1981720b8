/* A client that synchronises: all of a folder in FastTransfer streams. */
#include "serve.h"

#include <stdio.h>

#include "rop/rops_fasttransfer.h"
#include "rop/rops_ics.h"

/* What a piece of the stream says of itself. */
static uint16_t take(const struct mapi_client *c, uint16_t how, uint64_t *bytes)
{
	for (size_t i = 0; i < c->n_outputs; i++)
		for (uint32_t k = 0; k < c->outputs[i].n_responses; k++) {
			const struct rop_response *a = &c->outputs[i].responses[k];
			const struct rop_fast_transfer_source_get_buffer_response *b = a->body;

			if (a->id != ROP_FAST_TRANSFER_SOURCE_GET_BUFFER)
				continue;
			if (a->return_value)
				die("GetBuffer", "it failed");
			*bytes += b->transfer_buffer.n;
			how = b->transfer_status;
		}
	return how;
}

/* All of the folder: the bytes of its stream. */
static uint64_t synchronise(struct mapi_client *c)
{
	struct rop_synchronization_configure_request q = { .output_handle_index = SYNC,
							   .synchronization_type = 1,
							   .send_options = 1,
							   .synchronization_flags = 0x003D,
							   .synchronization_extra_flags = 0x0007 };
	struct rop_fast_transfer_source_get_buffer_request get = { .buffer_size = ROP_SIZE_AUTO, .maximum_buffer_size = 0x7BC0 };
	uint16_t how = TRANSFER_PARTIAL;
	uint64_t bytes = 0;

	c->execute_flags |= MAPIHTTP_EXECUTE_CHAIN;
	c->max_rops = MAPIHTTP_ROPS_MAX;
	(void)ok(c, ROP_SYNCHRONIZATION_CONFIGURE, FOLDER, &q);
	while (how == TRANSFER_PARTIAL) {
		struct rop_request r = { .id = ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, .input_handle_index = SYNC, .body = &get };

		mapi_client_forget(c);
		good(c, mapi_client_execute(c, &r, 1, NULL), "GetBuffer");
		how = take(c, how, &bytes);
	}
	if (how != TRANSFER_DONE)
		die("GetBuffer", "the stream broke off");
	(void)ok(c, ROP_RELEASE, SYNC, NULL);
	c->execute_flags &= ~(uint32_t)MAPIHTTP_EXECUTE_CHAIN;
	c->max_rops = 0x10008;
	return bytes;
}

void measure_download(const char *who, unsigned n, unsigned turns, const char *name)
{
	struct mapi_account a = served_account(&served, who);
	struct mapi_client c;

	begin(&c, &a);
	(void)fullest(&c);
	for (unsigned turn = 0; turn < turns; turn++) {
		double cpu = served_cpu_seconds(&served), began = now();
		uint64_t bytes = synchronise(&c);
		double took = now() - began;

		cpu = served_cpu_seconds(&served) - cpu;
		printf("%s_%u_size %.0f B/message\n", name, turn, (double)bytes / n);
		printf("%s_%u_cpu %.1f us/message\n", name, turn, cpu / n * 1e6);
		printf("%s_%u_core %.0f MB/s\n", name, turn, cpu > 0 ? (double)bytes / cpu / 1e6 : 0);
		printf("%s_%u_wall %.0f MB/s\n", name, turn, (double)bytes / took / 1e6);
		printf("%s_%u_messages %.0f /s\n", name, turn, n / took);
		(void)fflush(stdout);
	}
	end(&c);
}
