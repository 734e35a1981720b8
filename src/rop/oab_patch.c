/* What the files of an offline address book come in. */
#include "rop/oab_patch.h"

#include "base/crc32.h"
#include "base/reader.h"
#include "rop/lzx_delta.h"

/* 2.11.1, 2.10.1 */
#define VERSION_HIGH       3u
#define VERSION_WHOLE      1u
#define VERSION_PATCH      2u
#define BLOCK_STORED       0u
#define BLOCK_PACKED       1u
#define PATCH_BLOCK_MAX_AT 8u /* ulBlockMax */

#define BLOCK_MOST  ((size_t)1 << 18) /* of a file that is made, */
#define SOURCE_MOST ((size_t)1 << 22) /* and of the older one that it is made of */

/* Where a block of the newer file ends, the older one is looked for this: so long, so often, each further before it, so far on. */
#define ANCHOR        ((size_t)48)
#define ANCHOR_TRIES  64u
#define ANCHOR_STEP   ((size_t)61)
#define ANCHOR_WITHIN ((size_t)8 << 20)

uint32_t oab_crc(struct bytes b)
{
	return crc32_pst(0xFFFFFFFFu, b);
}

/* Whole files ---------------------------------------------------------------------------------------------------------- */

void oab_store(struct bytes file, struct buf *out)
{
	buf_add_u32(out, VERSION_HIGH);
	buf_add_u32(out, VERSION_WHOLE);
	buf_add_u32(out, BLOCK_MOST);
	buf_add_u32(out, (uint32_t)file.n);
	for (size_t at = 0; at < file.n; at += BLOCK_MOST) {
		struct bytes b =
			bytes_of(file.p + at, file.n - at < BLOCK_MOST ? file.n - at : BLOCK_MOST);

		buf_add_u32(out, BLOCK_STORED);
		buf_add_u32(out, (uint32_t)b.n);
		buf_add_u32(out, (uint32_t)b.n);
		buf_add_u32(out, oab_crc(b));
		buf_add(out, b.p, b.n);
	}
}

/* The block that was appended is the one that was meant. */
static status check_block(const struct buf *out, size_t begun, uint32_t crc, struct reason *why)
{
	if (oab_crc(bytes_of(out->p + begun, out->n - begun)) != crc)
		return reason_set(why, ecCorruptData, "a block of the address book is damaged");
	return ecNone;
}

static status take_block(struct reader *r, uint32_t most, struct buf *out, struct reason *why)
{
	uint32_t flags = reader_u32(r), packed = reader_u32(r), unpacked = reader_u32(r),
		 crc = reader_u32(r);
	struct bytes data = reader_bytes(r, packed);
	size_t begun = out->n;
	status s = ecNone;

	if (r->failed || unpacked > most || !unpacked)
		return reason_set(
			why, ecCorruptData,
			"a block of the address book is cut off or has a size it cannot have");
	if (flags > BLOCK_PACKED)
		return reason_set(
			why, ecNotSupported,
			"a block of the address book is of a kind 0x%x, which is not known here",
			flags);
	if (flags == BLOCK_STORED && packed != unpacked)
		return reason_set(why, ecCorruptData, "a block of the address book has two sizes");
	if (flags == BLOCK_PACKED)
		s = lzx_delta_unpack(data, bytes_of(NULL, 0), unpacked, out, why);
	else
		buf_add(out, data.p, data.n);
	if (s || out->failed)
		return s ? s : reason_set(why, ecTooBig, "the address book is too large");
	return check_block(out, begun, crc, why);
}

status oab_unpack(struct bytes container, struct buf *out, struct reason *why)
{
	struct reader r = reader_of(container);
	uint32_t high = reader_u32(&r), low = reader_u32(&r), most = reader_u32(&r),
		 size = reader_u32(&r);
	size_t begun = out->n;
	status s = ecNone;

	if (r.failed || high != VERSION_HIGH || low != VERSION_WHOLE)
		return reason_set(why, ecCorruptData, "what the server sends is no address book");
	while (!s && reader_left(&r) && out->n - begun <= size)
		s = take_block(&r, most, out, why);
	if (!s && out->n - begun != size)
		s = reason_set(why, ecCorruptData,
			       "the address book has %zu bytes where it says %u", out->n - begun,
			       size);
	return s;
}

/* Patches, made -------------------------------------------------------------------------------------------------------- */

/* n bytes of it from there on. */
static struct bytes part(struct bytes b, size_t from, size_t n)
{
	return n ? bytes_of(b.p + from, n) : bytes_of(NULL, 0);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Where it is, when that is one place. */
static const uint8_t *only(struct bytes in, const uint8_t *what, bool *some)
{
	const uint8_t *found = memmem(in.p, in.n, what, ANCHOR), *next = found ? found + 1 : NULL;

	*some = *some || found;
	return found && !memmem(next, in.n - (size_t)(next - in.p), what, ANCHOR) ? found : NULL;
}

/*
 * Blocks of a patch take the older file in order, so each has to end where the newer one's does: what stands a little before the end of
 * the newer one's, and nowhere else, is looked for.  Where all of it is new, nothing is taken of the older one.
 */
static size_t source_end(struct bytes source, size_t from, struct bytes target, size_t begun,
			 size_t end)
{
	struct bytes in = part(source, from, least(source.n - from, ANCHOR_WITHIN));
	size_t take = 0;
	bool some = false;

	if (end == target.n)
		return from + least(source.n - from, SOURCE_MOST);
	for (unsigned i = 0; i < ANCHOR_TRIES && !take && in.n; i++) {
		size_t back = ANCHOR + i * ANCHOR_STEP;
		const uint8_t *found =
			end - begun < back ? NULL : only(in, target.p + end - back, &some);

		take = found ? (size_t)(found - in.p) + back : 0;
	}
	if (!take && some)
		take = end - begun;
	return from + least(least(take, source.n - from), SOURCE_MOST);
}

static status make_block(struct bytes source, struct bytes target, struct buf *out,
			 struct reason *why)
{
	size_t at = out->n;
	status s;

	buf_add_u32(out, 0);
	buf_add_u32(out, (uint32_t)target.n);
	buf_add_u32(out, (uint32_t)source.n);
	buf_add_u32(out, oab_crc(target));
	s = lzx_delta_pack(target, source, out);
	if (s)
		return reason_set(why, s, "the difference of the address book could not be made");
	put_le32(out->p + at, (uint32_t)(out->n - at - 16));
	return ecNone;
}

static void note_most(struct buf *out, size_t at, size_t n, size_t begun)
{
	uint8_t *p = out->p + at + PATCH_BLOCK_MAX_AT;
	size_t made = out->n - begun;

	if (n > le32(p))
		put_le32(p, (uint32_t)n);
	if (made > le32(p))
		put_le32(p, (uint32_t)made);
}

status oab_patch_make(struct bytes source, struct bytes target, struct buf *out, struct reason *why)
{
	size_t at = out->n, from = 0;
	status s = ecNone;

	if (source.n > UINT32_MAX || target.n > UINT32_MAX)
		return reason_set(why, ecTooBig, "the address book is too large");
	buf_add_u32(out, VERSION_HIGH);
	buf_add_u32(out, VERSION_PATCH);
	buf_add_u32(out, (uint32_t)BLOCK_MOST);
	buf_add_u32(out, (uint32_t)source.n);
	buf_add_u32(out, (uint32_t)target.n);
	buf_add_u32(out, oab_crc(source));
	buf_add_u32(out, oab_crc(target));
	for (size_t begun = 0; !s && begun < target.n; begun += BLOCK_MOST) {
		size_t end = least(target.n, begun + BLOCK_MOST),
		       until = source_end(source, from, target, begun, end), was = out->n;

		s = make_block(part(source, from, until - from), part(target, begun, end - begun),
			       out, why);
		if (!s)
			note_most(out, at, until - from, was);
		from = until;
	}
	return s             ? s
	       : out->failed ? reason_set(why, ecTooBig,
					  "the difference of the address book is too large")
			     : ecNone;
}

/* Patches, applied ----------------------------------------------------------------------------------------------------- */

static bool take_head(struct reader *r, uint32_t *most, struct oab_patch_head *h)
{
	uint32_t high = reader_u32(r), low = reader_u32(r);

	*most = reader_u32(r);
	h->source_size = reader_u32(r);
	h->target_size = reader_u32(r);
	h->source_crc = reader_u32(r);
	h->target_crc = reader_u32(r);
	return !r->failed && high == VERSION_HIGH && low == VERSION_PATCH;
}

status oab_patch_read_head(struct bytes patch, struct oab_patch_head *out, struct reason *why)
{
	struct reader r = reader_of(patch);
	struct oab_patch_head h;
	uint32_t most;

	if (!take_head(&r, &most, &h))
		return reason_set(why, ecCorruptData,
				  "what the server sends is no difference of an address book");
	*out = h;
	return ecNone;
}

static status apply_block(struct reader *r, struct reader *source, uint32_t most, struct buf *out,
			  struct reason *why)
{
	uint32_t packed = reader_u32(r), made = reader_u32(r), taken = reader_u32(r),
		 crc = reader_u32(r);
	struct bytes data = reader_bytes(r, packed), reference = reader_bytes(source, taken);
	size_t begun = out->n;
	status s;

	if (r->failed || source->failed || !made || made > most || taken > most)
		return reason_set(
			why, ecCorruptData,
			"a block of the difference of the address book is cut off or has a size it cannot have");
	s = lzx_delta_unpack(data, reference, made, out, why);
	return s ? s : check_block(out, begun, crc, why);
}

status oab_patch_apply(struct bytes patch, struct bytes source, struct buf *out, struct reason *why)
{
	struct reader r = reader_of(patch), old = reader_of(source.n ? source : bytes_of("", 0));
	size_t begun = out->n;
	struct oab_patch_head h;
	uint32_t most;
	status s = ecNone;

	if (!take_head(&r, &most, &h))
		return reason_set(why, ecCorruptData,
				  "what the server sends is no difference of an address book");
	if (h.source_size != source.n || h.source_crc != oab_crc(source))
		return reason_set(
			why, ecNotFound,
			"the difference is to another address book than the one that is here");
	while (!s && reader_left(&r) && out->n - begun <= h.target_size)
		s = apply_block(&r, &old, most, out, why);
	if (!s && (out->n - begun != h.target_size ||
		   oab_crc(part(buf_bytes(out), begun, out->n - begun)) != h.target_crc))
		s = reason_set(why, ecCorruptData,
			       "the difference makes another address book than it says");
	return s;
}
