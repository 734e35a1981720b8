/*
 * ROP buffers: the first byte says which direction and what the decoder is told.  What can be decoded
 * prints, and encodes to the same bytes or to bytes that decode to the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "rop/property_row.h"
#include "rop/recipient_row.h"
#include "rop/rop_buffer.h"
#include "rop/rops_message.h"
#include "rop/rops_table.h"

#define BUDGET ((size_t)16 << 20)
#define MOST   ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Some of every form, one that says its type, one of many values. */
static const uint32_t columns[] = { 0x674A0014, 0x0037001F, 0x00170003,
				    0x10000000, 0x8001301F, 0x80021102 };

static bool columns_of(void *user, const struct rop_request *asked, struct rop_columns *out)
{
	(void)user;
	(void)asked;
	*out = (struct rop_columns){ sizeof columns / sizeof *columns, columns };
	return true;
}

static void read_rows(struct bytes rows, uint32_t n, struct arena *a)
{
	struct prop values[sizeof columns / sizeof *columns];

	for (uint32_t i = 0; i < n; i++)
		check(!property_row_next(&rows, columns, sizeof columns / sizeof *columns, a,
					 values, NULL),
		      "a row that was decoded before cannot be");
	check(!rows.n, "more than the rows");
}

/* Recipients in a request are rows of their own. */
static void read_recipients(const struct rop_request *r, struct arena *a)
{
	const struct rop_modify_recipients_request *m = r->body;

	for (uint32_t i = 0; i < m->recipient_rows.n; i++) {
		CLEANUP_BUF struct buf again = BUF_MAX(MOST);
		struct bytes row = m->recipient_rows.v[i].recipient_row;
		struct recipient_row one;
		struct bag bag;

		if (!row.n || recipient_row_decode(row, m->recipient_columns.v,
						   m->recipient_columns.n, a, &one, NULL))
			continue;
		check(!recipient_row_encode(&one, m->recipient_columns.v, m->recipient_columns.n,
					    &again, NULL),
		      "a recipient that was decoded cannot be encoded");
		bag_init(&bag, a);
		if (recipient_row_to_bag(&one, 1252, "/o=X", &bag))
			continue;
		check(recipient_row_from_bag(&bag, m->recipient_columns.v, m->recipient_columns.n,
					     a, &one) != ecInvalidParam,
		      "a recipient that cannot be made from its properties");
	}
}

static void try_requests(struct bytes data, struct rop_context context, struct arena *a)
{
	CLEANUP_BUF struct buf again = BUF_MAX(MOST), text = BUF_MAX(MOST);
	struct rop_context before = context;
	struct rop_input input, second;
	struct reason why = { "" };
	status st = rop_input_decode(data, &context, a, &input, &why);

	if (st) {
		check(why.text[0] && (st == ecRpcFormat || st == ecMemory), "refused otherwise");
		return;
	}
	for (uint32_t i = 0; i < input.n_requests; i++) {
		rop_request_print(&input.requests[i], &text);
		if (input.requests[i].id == ROP_MODIFY_RECIPIENTS)
			read_recipients(&input.requests[i], a);
	}
	check(!rop_input_encode(&input, &again, &why), "what was decoded cannot be encoded");
	if (bytes_equal(data, buf_bytes(&again)))
		return;
	check(!rop_input_decode(buf_bytes(&again), &before, a, &second, &why),
	      "what was encoded cannot be decoded");
	check(second.n_requests == input.n_requests, "another number of requests");
	for (uint32_t i = 0; i < input.n_requests; i++)
		check(second.requests[i].id == input.requests[i].id &&
			      (!input.requests[i].body ||
			       wire_equal(input.requests[i].info->request, input.requests[i].body,
					  second.requests[i].body)),
		      "another request");
}

static void write_again(const struct rop_output *output, struct buf *again)
{
	struct rop_writer w;

	check(!rop_writer_begin(&w, again, MOST, output->n_handles), "no room");
	for (uint32_t i = 0; i < output->n_responses; i++)
		check(!rop_writer_put(&w, &output->responses[i], NULL),
		      "what was decoded cannot be encoded");
	check(!rop_writer_end(&w, output->handles), "no end");
}

static void try_responses(struct bytes data, const struct rop_context *context, struct arena *a)
{
	CLEANUP_BUF struct buf again = BUF_MAX(MOST), text = BUF_MAX(MOST);
	struct rop_output output, second;
	struct reason why = { "" };

	if (rop_output_decode(data, context, NULL, a, &output, &why)) {
		check(why.text[0], "refused without a reason");
		return;
	}
	for (uint32_t i = 0; i < output.n_responses; i++) {
		const struct rop_response *r = &output.responses[i];

		rop_response_print(r, &text);
		if (r->id == ROP_QUERY_ROWS && !r->return_value && context->columns) {
			const struct rop_query_rows_response *rows = r->body;

			read_rows(rows->rows.data, rows->rows.count, a);
		}
	}
	write_again(&output, &again);
	if (bytes_equal(data, buf_bytes(&again)))
		return;
	check(!rop_output_decode(buf_bytes(&again), context, NULL, a, &second, &why),
	      "what was encoded cannot be decoded");
	check(second.n_responses == output.n_responses, "another number of responses");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BUDGET);
	struct rop_context context = { .user = NULL };

	if (!size)
		return 0;
	if (*data & 2)
		memset(context.public_logons, 0xFF, sizeof context.public_logons);
	if (*data & 4)
		context.columns = columns_of;
	if (*data & 1)
		try_responses(bytes_of(data + 1, size - 1), &context, &arena);
	else
		try_requests(bytes_of(data + 1, size - 1), context, &arena);
	return 0;
}
