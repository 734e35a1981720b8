#include "store/backup_layout.h"

#include "base/output.h"

#include <libdeflate.h>
#include <nettle/sha2.h>
#include <stdlib.h>

/* Of libdeflate: mail packs nearly as well as at 6 in half the time. */
#define LEVEL 3
#define PROBE 16384

struct backup_writer {
	struct output *out;
	struct libdeflate_compressor *deflate;
	struct sha256_ctx sha, also;
	bool digesting; /* into `also` */
	uint32_t crc;
	uint64_t raw;
	uint8_t *frame, *packed;
	size_t n; /* bytes in the frame */
	status failed;
};

static status put(struct backup_writer *w, const void *p, size_t n)
{
	if (!w->failed)
		w->failed = output_append(w->out, p, n);
	sha256_update(&w->sha, n, p);
	return w->failed;
}

static status put_head(struct backup_writer *w, const struct backup_head *h)
{
	uint8_t b[HEAD_SIZE] = { 0 };

	memcpy(b, backup_magic, sizeof backup_magic);
	put_le32(b + 8, FILE_VERSION);
	put_le32(b + 12, h->kind);
	memcpy(b + 16, h->backup.b, 16);
	memcpy(b + 32, h->subject.b, 16);
	put_le64(b + 48, h->time);
	put_le64(b + 56, h->since);
	put_le64(b + 64, h->upto);
	memcpy(b + 72, h->parent.b, sizeof h->parent.b);
	memcpy(b + 104, h->lineage.b, 16);
	w->crc = crc32_pst(CRC_START, bytes_of(b, HEAD_CRC));
	put_le32(b + HEAD_CRC, w->crc);
	return put(w, b, sizeof b);
}

static void put_frame_head(struct backup_writer *w, uint8_t head[static FRAME_HEAD_SIZE], size_t raw, size_t n, struct bytes covered)
{
	put_le32(head, (uint32_t)raw);
	put_le32(head + 4, (uint32_t)n);
	w->crc = crc32_pst(crc32_pst(w->crc, bytes_of(head, 8)), covered);
	put_le32(head + 8, w->crc);
}

/* Pictures and archives are packed already, and most of the bytes of mail are those: a piece from the middle tells. */
static bool worth_packing(struct backup_writer *w)
{
	size_t at = w->n / 2;

	return w->n < 8 * (size_t)PROBE || libdeflate_deflate_compress(w->deflate, w->frame + at, PROBE, w->packed, PROBE - PROBE / 16);
}

static status put_frame(struct backup_writer *w)
{
	uint8_t head[FRAME_HEAD_SIZE];
	size_t n = worth_packing(w) ? libdeflate_deflate_compress(w->deflate, w->frame, w->n, w->packed, w->n - 1) : 0;
	struct bytes body = n ? bytes_of(w->packed, n) : bytes_of(w->frame, w->n);

	put_frame_head(w, head, w->n, body.n, body);
	w->raw += w->n;
	w->n = 0;
	status s = put(w, head, sizeof head);
	return s ? s : put(w, body.p, body.n);
}

static status prepare(struct backup_writer *w, const char *path, const struct backup_head *head, struct reason *why)
{
	status s;

	w->deflate = libdeflate_alloc_compressor(LEVEL);
	w->frame = malloc(BACKUP_FRAME_MAX);
	w->packed = malloc(BACKUP_FRAME_MAX);
	if (!w->deflate || !w->frame || !w->packed)
		return reason_set(why, ecMemory, "out of memory");
	s = output_create(path, true, &w->out, why);
	if (s)
		return s;
	sha256_init(&w->sha);
	s = put_head(w, head);
	return s ? reason_set(why, s, "cannot write %s: %s", path, output_failure(w->out)) : ecNone;
}

status backup_writer_new(const char *path, const struct backup_head *head, struct backup_writer **out, struct reason *why)
{
	struct backup_writer *w = calloc(1, sizeof *w);
	status s = w ? prepare(w, path, head, why) : reason_set(why, ecMemory, "out of memory");

	if (s)
		backup_writer_free(w);
	else
		*out = w;
	return s;
}

status backup_writer_add(struct backup_writer *w, const void *p, size_t n)
{
	const uint8_t *from = p;

	if (w->digesting)
		sha256_update(&w->also, n, from);
	while (n && !w->failed) {
		size_t room = BACKUP_FRAME_MAX - w->n, part = n < room ? n : room;

		memcpy(w->frame + w->n, from, part);
		w->n += part;
		from += part;
		n -= part;
		if (w->n == BACKUP_FRAME_MAX)
			(void)!put_frame(w);
	}
	return w->failed;
}

void backup_writer_digest_begin(struct backup_writer *w)
{
	sha256_init(&w->also);
	w->digesting = true;
}

void backup_writer_digest_end(struct backup_writer *w, struct backup_digest *out)
{
	sha256_digest(&w->also, sizeof out->b, out->b);
	w->digesting = false;
}

uint64_t backup_writer_raw(const struct backup_writer *w)
{
	return w->raw + w->n;
}

status backup_writer_finish(struct backup_writer *w, struct backup_seal *out, struct reason *why)
{
	uint8_t end[FRAME_HEAD_SIZE + END_SIZE];
	struct backup_seal seal;
	status s = w->failed;

	if (!s && w->n)
		s = put_frame(w);
	put_le64(end + FRAME_HEAD_SIZE, w->raw);
	put_frame_head(w, end, 0, END_SIZE, bytes_of(end + FRAME_HEAD_SIZE, 8));
	if (!s)
		s = put(w, end, FRAME_HEAD_SIZE + 8);
	sha256_digest(&w->sha, sizeof seal.digest.b, seal.digest.b);
	if (!s)
		s = output_append(w->out, seal.digest.b, sizeof seal.digest.b);
	if (s)
		return reason_set(why, s, "cannot write %s: %s", output_path(w->out), output_failure(w->out));
	s = output_commit(w->out, why);
	if (s)
		return s;
	seal.size = output_size(w->out);
	seal.raw = w->raw;
	*out = seal;
	return ecNone;
}

void backup_writer_free(struct backup_writer *w)
{
	if (!w)
		return;
	output_close(w->out);
	if (w->deflate)
		libdeflate_free_compressor(w->deflate);
	free(w->frame);
	free(w->packed);
	free(w);
}

void backup_writer_cleanup(struct backup_writer **w)
{
	backup_writer_free(*w);
}
