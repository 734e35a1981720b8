#include "server/rop_chain.h"

#include "rop/rops_fasttransfer.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"

#define NO_ADVANCE 0x01u
/* [MS-OXCDATA]: where the cursor stands behind the rows. */
#define AT_BEGINNING 0u
#define AT_END 2u
/* [MS-OXCROPS] 2.2.12.4.2: TransferStatus */
#define PARTIAL 1u
#define NO_ROOM 2u

#define LEAST_ROWS ((size_t)32 << 10)
#define LEAST_BYTES ((size_t)8 << 10)

size_t rop_chain_least(uint8_t id)
{
	return id == ROP_QUERY_ROWS ? LEAST_ROWS : LEAST_BYTES;
}

static bool append(const struct rop_request *asked, void *body, struct buf *next)
{
	struct rop_request r = *asked;
	struct wire_out out;

	r.body = body;
	wire_out_init(&out, next);
	return rop_request_encode(&out, &r) == ecNone;
}

static bool chain_rows(const struct rop_request *asked, const struct rop_query_rows_response *answer, struct buf *next)
{
	struct rop_query_rows_request q = *(const struct rop_query_rows_request *)asked->body;
	bool over = answer->origin == (q.forward_read ? AT_END : AT_BEGINNING);

	if (over || q.query_rows_flags & NO_ADVANCE || !answer->rows.count || answer->rows.count >= q.row_count)
		return false;
	q.row_count = (uint16_t)(q.row_count - answer->rows.count);
	return append(asked, &q, next);
}

static bool chain_stream(const struct rop_request *asked, const struct rop_read_stream_response *answer, struct buf *next)
{
	struct rop_read_stream_request q = *(const struct rop_read_stream_request *)asked->body;
	uint32_t wanted = q.byte_count == ROP_SIZE_AUTO ? q.maximum_byte_count : q.byte_count;

	if (!answer->data.n || answer->data.n >= wanted)
		return false;
	q.byte_count = ROP_SIZE_AUTO;
	q.maximum_byte_count = wanted - (uint32_t)answer->data.n;
	return append(asked, &q, next);
}

static bool chain_transfer(const struct rop_request *asked, const struct rop_fast_transfer_source_get_buffer_response *answer, struct buf *next)
{
	if (answer->transfer_status != PARTIAL && answer->transfer_status != NO_ROOM)
		return false;
	return append(asked, asked->body, next);
}

bool rop_chain(const struct rop_request *asked, const struct rop_response *answer, struct buf *next)
{
	if (answer->return_value || !answer->body || answer->id != asked->id)
		return false;
	switch (asked->id) {
	case ROP_QUERY_ROWS:
		return chain_rows(asked, answer->body, next);
	case ROP_READ_STREAM:
		return chain_stream(asked, answer->body, next);
	case ROP_FAST_TRANSFER_SOURCE_GET_BUFFER:
		return chain_transfer(asked, answer->body, next);
	default:
		return false;
	}
}
