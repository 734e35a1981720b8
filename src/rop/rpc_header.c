#include "rop/rpc_header.h"

#include "rop/lz77.h"

#define XOR_MAGIC  0xA5u
#define SIZE_MAX16 0xFFFFu
#define AT_FLAGS   2
#define AT_SIZE    4
#define AT_ACTUAL  6

void rpc_obfuscate(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] ^= XOR_MAGIC;
}

/* Reading -------------------------------------------------------------------------------------- */

struct header {
	uint16_t version, flags, size, actual;
};

static status check_header(const struct header *h, size_t left, struct reason *why)
{
	if (h->version)
		return reason_set(why, ecCorruptData,
				  "an extended buffer of version %u instead of 0", h->version);
	if (h->size > left)
		return reason_set(why, ecCorruptData,
				  "an extended buffer of %u bytes where %zu are left", h->size,
				  left);
	if (!(h->flags & RPC_HEADER_COMPRESSED) && h->size != h->actual)
		return reason_set(
			why, ecCorruptData,
			"an extended buffer of %u bytes that is not compressed and says %u",
			h->size, h->actual);
	return ecNone;
}

/* Deobfuscated and decompressed, in the arena. */
static status plain_payload(const struct header *h, struct bytes *data, struct arena *a,
			    struct reason *why)
{
	uint8_t *out;
	status s;

	if (h->flags & RPC_HEADER_XOR_MAGIC) {
		out = arena_memdup(a, data->p, data->n);
		if (!out)
			return reason_set(why, ecMemory, "no memory for an extended buffer");
		rpc_obfuscate(out, data->n);
		data->p = out;
	}
	if (!(h->flags & RPC_HEADER_COMPRESSED))
		return ecNone;
	out = arena_alloc(a, h->actual);
	if (!out)
		return reason_set(why, ecMemory, "no memory for an extended buffer");
	s = lz77_decompress(*data, out, h->actual, why);
	if (!s)
		*data = bytes_of(out, h->actual);
	return s;
}

status rpc_payload_read(struct reader *in, struct arena *a, struct rpc_payload *out,
			struct reason *why)
{
	struct header h;
	struct bytes data;
	status s;

	h.version = reader_u16(in);
	h.flags = reader_u16(in);
	h.size = reader_u16(in);
	h.actual = reader_u16(in);
	if (in->failed)
		return reason_set(why, ecCorruptData,
				  "the header of an extended buffer is cut off");
	s = check_header(&h, reader_left(in), why);
	if (s)
		return s;
	data = reader_bytes(in, h.size);
	s = plain_payload(&h, &data, a, why);
	if (!s)
		*out = (struct rpc_payload){ h.flags, data };
	return s;
}

/* How many extended buffers there are, by their headers alone. */
static size_t count_payloads(struct bytes data, size_t most)
{
	struct reader r = reader_of(data);
	size_t n = 0;
	uint16_t flags;

	do {
		(void)reader_u16(&r);
		flags = reader_u16(&r);
		(void)reader_bytes(&r, 2u + reader_u16(&r));
	} while (!r.failed && ++n <= most && !(flags & RPC_HEADER_LAST));
	return n;
}

status rpc_payloads_read(struct bytes data, size_t most, struct arena *a, struct rpc_payloads *out,
			 struct reason *why)
{
	struct reader r = reader_of(data);
	struct rpc_payloads all = { 0, NULL };
	size_t n = data.n ? count_payloads(data, most) : 0;
	bool last = !data.n;

	if (n > most)
		return reason_set(why, ecTooBig, "more than %zu extended buffers", most);
	/* One more than are whole, for the reason why it is not. */
	all.v = arena_array(a, n + 1, sizeof *all.v);
	if (!all.v)
		return reason_set(why, ecMemory, "no memory for %zu extended buffers", n);
	while (!last) {
		status s = rpc_payload_read(&r, a, &all.v[all.n], why);

		if (s)
			return s;
		last = all.v[all.n++].flags & RPC_HEADER_LAST;
	}
	if (reader_left(&r))
		return reason_set(why, ecCorruptData, "%zu bytes after the last extended buffer",
				  reader_left(&r));
	*out = all;
	return ecNone;
}

/* Writing -------------------------------------------------------------------------------------- */

size_t rpc_payload_begin(struct buf *out)
{
	size_t at = out->n;

	buf_add_zeros(out, RPC_HEADER_SIZE);
	return at;
}

/* In place; false when it would not get smaller. */
static bool compress(struct buf *out, size_t at)
{
	uint8_t packed[SIZE_MAX16];
	struct bytes plain = bytes_of(out->p + at, out->n - at);
	size_t n = plain.n ? lz77_compress(plain, packed, plain.n - 1) : 0;

	if (!n)
		return false;
	memcpy(out->p + at, packed, n);
	buf_truncate(out, at + n);
	return true;
}

status rpc_payload_end(struct buf *out, size_t at, uint16_t flags)
{
	size_t begin = at + RPC_HEADER_SIZE, size = out->n - begin;

	if (out->failed || size > SIZE_MAX16)
		return ecTooBig;
	if ((flags & RPC_HEADER_COMPRESSED) && !compress(out, begin))
		flags &= (uint16_t)~RPC_HEADER_COMPRESSED;
	if (flags & RPC_HEADER_XOR_MAGIC)
		rpc_obfuscate(out->p + begin, out->n - begin);
	put_le16(out->p + at, 0);
	put_le16(out->p + at + AT_FLAGS, flags);
	put_le16(out->p + at + AT_SIZE, (uint16_t)(out->n - begin));
	put_le16(out->p + at + AT_ACTUAL, (uint16_t)size);
	return ecNone;
}

void rpc_payload_continue(struct buf *out, size_t at)
{
	uint8_t *flags = out->p + at + AT_FLAGS;

	put_le16(flags, (uint16_t)(le16(flags) & ~RPC_HEADER_LAST));
}

status rpc_payload_write(struct buf *out, struct bytes payload, uint16_t flags)
{
	size_t at = rpc_payload_begin(out);

	buf_add(out, payload.p, payload.n);
	return rpc_payload_end(out, at, flags);
}
