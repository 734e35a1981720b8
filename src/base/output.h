/*
 * A file that appears whole or not at all: written under a temporary name in the same folder, flushed to
 * the disk, then renamed.  Closing without committing removes it.  Writes go through a buffer; any
 * failure sticks and is what output_commit returns.
 */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include "base/bytes.h"
#include "base/status.h"

struct output;

/*
 * Refuses to replace an existing file unless `replace`.  The temporary file is PATH.part-XXXXXX, mode 0600
 * until it is committed.
 */
status output_create(const char *path, bool replace, struct output **out, struct reason *why) MUST;
/* The file stays 0600 when it is committed, whatever the umask: nobody else may ever read it. */
void output_keep_private(struct output *o);
/* An unnamed scratch file beside `path`, for what does not fit into memory; never committed. */
status output_scratch(const char *path, struct output **out, struct reason *why) MUST;
status output_append(struct output *o, const void *p, size_t n) MUST;
/* Anywhere below or beyond the end; a gap is filled with zeros. */
status output_write_at(struct output *o, uint64_t offset, const void *p, size_t n) MUST;
/* Reads back what was written. */
status output_read_at(struct output *o, uint64_t offset, void *p, size_t n) MUST;
uint64_t output_size(const struct output *o);
/* Why writing failed, in the system's words; "" when it did not. */
const char *output_failure(const struct output *o);
const char *output_path(const struct output *o); /* the final name */
/* Flush, fsync, rename, fsync of the folder. The output stays open for output_close. */
status output_commit(struct output *o, struct reason *why) MUST;
void output_close(struct output *o); /* NULL is fine; removes what was not committed */
void output_cleanup(struct output **o);

/* Removes every uncommitted temporary file of this process; safe in a signal handler. */
void output_abandon_all(void);

/* Fails the n-th write or flush from now on with ENOSPC (0 = never), for tests. */
void output_fail_after(unsigned n);

#define CLEANUP_OUTPUT __attribute__((cleanup(output_cleanup)))

#endif
