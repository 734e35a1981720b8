#include "store/backup_layout.h"

#include "base/buf.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <nettle/sha2.h>
#include <stdlib.h>

struct backup_reader {
	struct input *in;
	struct libdeflate_decompressor *inflate;
	struct sha256_ctx sha;
	struct backup_head head;
	struct backup_seal seal;
	uint32_t crc;
	uint64_t at, frame_at; /* in the file: of the next frame, and of the one at hand */
	uint8_t *frame, *packed;
	size_t frame_cap, packed_cap;
	size_t n, used; /* bytes of the frame, and how many of them were taken */
	struct buf held;
	bool ended;
};

static status damaged(struct backup_reader *r, uint64_t offset, struct reason *why, const char *what)
{
	return reason_set(why, ecCorruptData, "%s is damaged at byte %" PRIu64 ": %s", r->in->name, offset, what);
}

static status get(struct backup_reader *r, void *to, size_t n, struct reason *why)
{
	status s;

	if (r->at > r->in->size || n > r->in->size - r->at)
		return damaged(r, r->in->size, why, "it ends too early");
	s = input_read(r->in, r->at, to, n);
	if (s)
		return reason_set(why, s, "cannot read %s at byte %" PRIu64, r->in->name, r->at);
	r->at += n;
	return ecNone;
}

static status read_head(struct backup_reader *r, struct reason *why)
{
	uint8_t b[HEAD_SIZE];
	status s = get(r, b, sizeof b, why);

	if (s)
		return s;
	if (memcmp(b, backup_magic, sizeof backup_magic) != 0)
		return reason_set(why, ecCorruptData, "%s is no file of a backup by Postern (byte 0)", r->in->name);
	r->crc = crc32_pst(CRC_START, bytes_of(b, HEAD_CRC));
	if (r->crc != le32(b + HEAD_CRC))
		return damaged(r, 0, why, "the checksum of its head is wrong");
	if (le32(b + 8) != FILE_VERSION)
		return reason_set(why, ecVersion, "%s was made by a later version of Postern (format %u; this one knows %d)", r->in->name,
				  le32(b + 8), FILE_VERSION);
	if (le32(b + 12) != BACKUP_MANIFEST && le32(b + 12) != BACKUP_PART)
		return damaged(r, 12, why, "a kind of file that there is not");
	r->head.kind = le32(b + 12) == BACKUP_PART ? BACKUP_PART : BACKUP_MANIFEST;
	memcpy(r->head.backup.b, b + 16, 16);
	memcpy(r->head.subject.b, b + 32, 16);
	r->head.time = le64(b + 48);
	r->head.since = le64(b + 56);
	r->head.upto = le64(b + 64);
	memcpy(r->head.parent.b, b + 72, sizeof r->head.parent.b);
	memcpy(r->head.lineage.b, b + 104, 16);
	sha256_update(&r->sha, sizeof b, b);
	return ecNone;
}

status backup_reader_new(struct input *in, struct backup_reader **out, struct reason *why)
{
	CLEANUP_BACKUP_READER struct backup_reader *r = calloc(1, sizeof *r);
	status s;

	if (!r) {
		input_close(in);
		return reason_set(why, ecMemory, "out of memory");
	}
	r->in = in;
	r->inflate = libdeflate_alloc_decompressor();
	buf_init(&r->held, BACKUP_TAKE_MAX);
	if (!r->inflate)
		return reason_set(why, ecMemory, "out of memory");
	sha256_init(&r->sha);
	s = read_head(r, why);
	if (s)
		return s;
	*out = r;
	r = NULL;
	return ecNone;
}

status backup_reader_open(const char *path, struct backup_reader **out, struct reason *why)
{
	struct input *in;
	status s = input_open_file(path, &in, why);

	return s ? s : backup_reader_new(in, out, why);
}

const struct backup_head *backup_reader_head(const struct backup_reader *r)
{
	return &r->head;
}

const char *backup_reader_name(const struct backup_reader *r)
{
	return r->in->name;
}

uint64_t backup_reader_offset(const struct backup_reader *r)
{
	return r->frame_at;
}

static status read_end(struct backup_reader *r, uint32_t packed, uint32_t crc, struct reason *why)
{
	uint8_t b[END_SIZE];
	status s;

	if (packed != END_SIZE)
		return damaged(r, r->frame_at, why, "an end of the wrong size");
	s = get(r, b, sizeof b, why);
	if (s)
		return s;
	if (crc32_pst(r->crc, bytes_of(b, 8)) != crc)
		return damaged(r, r->frame_at, why, "the checksum of its end is wrong");
	sha256_update(&r->sha, 8, b);
	sha256_digest(&r->sha, sizeof r->seal.digest.b, r->seal.digest.b);
	if (memcmp(b + 8, r->seal.digest.b, sizeof r->seal.digest.b) != 0)
		return damaged(r, r->at - sizeof r->seal.digest.b, why, "its SHA-256 is another");
	if (le64(b) != r->seal.raw)
		return damaged(r, r->frame_at, why, "it holds more or less than it says");
	if (r->at != r->in->size)
		return damaged(r, r->at, why, "something stands behind its end");
	r->seal.size = r->at;
	r->ended = true;
	return ecNone;
}

/* Room for so many bytes; most files are small. */
static bool grow(uint8_t **p, size_t *cap, size_t n)
{
	uint8_t *more = n > *cap ? realloc(*p, n) : *p;

	if (more && n > *cap)
		*cap = n;
	*p = more ? more : *p;
	return more;
}

static status read_body(struct backup_reader *r, uint32_t raw, uint32_t packed, uint32_t crc, struct reason *why)
{
	status s;

	if (packed > r->in->size - r->at)
		return damaged(r, r->in->size, why, "it ends too early");
	if (!grow(&r->frame, &r->frame_cap, raw) || !grow(&r->packed, &r->packed_cap, packed))
		return reason_set(why, ecMemory, "out of memory");
	s = get(r, r->packed, packed, why);
	if (s)
		return s;
	if (crc32_pst(r->crc, bytes_of(r->packed, packed)) != crc)
		return damaged(r, r->frame_at, why, "a checksum is wrong");
	r->crc = crc;
	sha256_update(&r->sha, packed, r->packed);
	if (packed == raw)
		memcpy(r->frame, r->packed, raw);
	else if (libdeflate_deflate_decompress(r->inflate, r->packed, packed, r->frame, raw, NULL) != LIBDEFLATE_SUCCESS)
		return damaged(r, r->frame_at, why, "it cannot be unpacked");
	r->n = raw;
	r->seal.raw += raw;
	return ecNone;
}

/* The next frame, when all of this one is taken. */
static status next_frame(struct backup_reader *r, struct reason *why)
{
	uint8_t head[FRAME_HEAD_SIZE];
	status s;

	r->n = r->used = 0;
	r->frame_at = r->at;
	s = get(r, head, sizeof head, why);
	if (s)
		return s;
	uint32_t raw = le32(head), packed = le32(head + 4), crc = le32(head + 8);
	if (raw > BACKUP_FRAME_MAX || packed > BACKUP_FRAME_MAX || (raw && (!packed || packed > raw)))
		return damaged(r, r->frame_at, why, "sizes that cannot be");
	r->crc = crc32_pst(r->crc, bytes_of(head, 8));
	sha256_update(&r->sha, sizeof head, head);
	return raw ? read_body(r, raw, packed, crc, why) : read_end(r, packed, crc, why);
}

status backup_reader_at_end(struct backup_reader *r, bool *end, struct reason *why)
{
	status s = r->used == r->n && !r->ended ? next_frame(r, why) : ecNone;

	if (!s)
		*end = r->ended;
	return s;
}

status backup_reader_take(struct backup_reader *r, size_t n, struct bytes *out, struct reason *why)
{
	bool end = false;

	if (n <= r->n - r->used) {
		*out = bytes_of(r->frame + r->used, n);
		r->used += n;
		return ecNone;
	}
	if (n > BACKUP_TAKE_MAX)
		return damaged(r, r->frame_at, why, "a value larger than any can be");
	buf_clear(&r->held);
	while (r->held.n < n) {
		status s = backup_reader_at_end(r, &end, why);

		if (s)
			return s;
		if (end)
			return damaged(r, r->frame_at, why, "a record that is cut off");
		size_t left = r->n - r->used, part = n - r->held.n < left ? n - r->held.n : left;
		buf_add(&r->held, r->frame + r->used, part);
		r->used += part;
		if (r->held.failed)
			return reason_set(why, ecMemory, "out of memory for a value of %s", r->in->name);
	}
	*out = buf_bytes(&r->held);
	return ecNone;
}

struct bytes backup_reader_take_frame(struct backup_reader *r)
{
	struct bytes left = bytes_of(r->frame + r->used, r->n - r->used);

	r->used = r->n;
	return left;
}

status backup_reader_finish(struct backup_reader *r, struct backup_seal *out, struct reason *why)
{
	bool end = false;
	status s = backup_reader_at_end(r, &end, why);

	if (s)
		return s;
	if (!end)
		return damaged(r, r->frame_at, why, "more records than it should have");
	*out = r->seal;
	return ecNone;
}

void backup_reader_free(struct backup_reader *r)
{
	if (!r)
		return;
	input_close(r->in);
	if (r->inflate)
		libdeflate_free_decompressor(r->inflate);
	free(r->frame);
	free(r->packed);
	buf_free(&r->held);
	free(r);
}

void backup_reader_cleanup(struct backup_reader **r)
{
	backup_reader_free(*r);
}

status backup_file_check(const char *path, struct backup_head *head, struct backup_seal *out, struct reason *why)
{
	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	bool end = false;
	status s = backup_reader_open(path, &r, why);

	while (!s && !end) {
		r->used = r->n;
		s = backup_reader_at_end(r, &end, why);
	}
	if (s)
		return s;
	*head = r->head;
	*out = r->seal;
	return ecNone;
}
