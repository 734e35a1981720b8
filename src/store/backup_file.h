/*
 * A file of a backup: a head that says whose it is, frames of packed bytes, an end.  Every byte of it is covered: the
 * head and each frame by a CRC that continues the one before, all of it by SHA-256.
 *
 *     0    "PSTNBKUP"              8   U32 version (1)         12  U32 kind
 *     16   GUID of the backup      32  GUID of the subject     48  U64 time    56  U64 since    64  U64 upto
 *     72   SHA-256 of the part before it                       104 GUID of the lineage
 *     120  zeros                                               124 U32 CRC of what stands before
 *     128  frames: U32 bytes (at most 1 MiB), U32 packed (as many: they are not packed), U32 CRC, raw deflate
 *     end  a frame of 0 bytes: U32 0, U32 40, U32 CRC, U64 bytes of all frames unpacked, SHA-256 of all before it
 */
#ifndef STORE_BACKUP_FILE_H
#define STORE_BACKUP_FILE_H

#include "base/bytes.h"
#include "base/guid.h"
#include "base/input.h"
#include "base/status.h"

#define BACKUP_FRAME_MAX ((size_t)1 << 20)
/* The longest run of bytes that backup_reader_take gives: a row with the largest body of a message. */
#define BACKUP_TAKE_MAX ((size_t)288 << 20)

enum backup_file_kind { BACKUP_MANIFEST = 1, BACKUP_PART = 2 };

struct backup_digest {
	uint8_t b[32]; /* SHA-256 */
};

struct backup_head {
	enum backup_file_kind kind;
	struct guid backup;  /* the run that made it */
	struct guid subject; /* the mailbox; zeros: the directory, or a manifest */
	uint64_t time;       /* FILETIME */
	uint64_t since, upto; /* change numbers: what was changed after `since` is in it */
	struct backup_digest parent; /* the part that it goes on from; zeros: it stands alone */
	struct guid lineage; /* of the mailbox: another one after each restore (store/backup_dump.h) */
};

/* What there is in all; `digest` is of the whole file but the 32 bytes of the digest itself. */
struct backup_seal {
	struct backup_digest digest;
	uint64_t size, raw; /* bytes of the file, and of its content */
};

static inline bool backup_digest_equal(const struct backup_digest *a, const struct backup_digest *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

struct backup_writer;

/* The file appears whole at backup_writer_finish, or not at all; an existing one is replaced. */
status backup_writer_new(const char *path, const struct backup_head *head, struct backup_writer **out, struct reason *why) MUST;
/* Failures stick; backup_writer_finish has the words. */
status backup_writer_add(struct backup_writer *w, const void *p, size_t n) MUST;
/* From here on what is added is digested too, and what that gave. */
void backup_writer_digest_begin(struct backup_writer *w);
void backup_writer_digest_end(struct backup_writer *w, struct backup_digest *out);
/* Bytes of content so far. */
uint64_t backup_writer_raw(const struct backup_writer *w);
status backup_writer_finish(struct backup_writer *w, struct backup_seal *out, struct reason *why) MUST;
void backup_writer_free(struct backup_writer *w); /* removes what was not finished; NULL is fine */
void backup_writer_cleanup(struct backup_writer **w);
#define CLEANUP_BACKUP_WRITER __attribute__((cleanup(backup_writer_cleanup)))

struct backup_reader;

/* Takes over the input, also when it fails. ecVersion: of a later version; ecCorruptData: not one of ours, or damaged. */
status backup_reader_new(struct input *in, struct backup_reader **out, struct reason *why) MUST;
status backup_reader_open(const char *path, struct backup_reader **out, struct reason *why) MUST;
const struct backup_head *backup_reader_head(const struct backup_reader *r);
const char *backup_reader_name(const struct backup_reader *r);
/* Where the frame at hand begins, for words about damage. */
uint64_t backup_reader_offset(const struct backup_reader *r);
/* Is all content taken? */
status backup_reader_at_end(struct backup_reader *r, bool *end, struct reason *why) MUST;
/* The next n bytes, valid until the next take; ecCorruptData: damage, or they are not there. Words name file and offset. */
status backup_reader_take(struct backup_reader *r, size_t n, struct bytes *out, struct reason *why) MUST;
/* What is left of the frame at hand, at least one byte before the end. */
struct bytes backup_reader_take_frame(struct backup_reader *r);
/* After all content is taken: is the end right, and nothing behind it? */
status backup_reader_finish(struct backup_reader *r, struct backup_seal *out, struct reason *why) MUST;
void backup_reader_free(struct backup_reader *r); /* NULL is fine */
void backup_reader_cleanup(struct backup_reader **r);
#define CLEANUP_BACKUP_READER __attribute__((cleanup(backup_reader_cleanup)))

/* Reads a file from its head to its end, and gives its seal. */
status backup_file_check(const char *path, struct backup_head *head, struct backup_seal *out, struct reason *why) MUST;

#endif
