/*
 * Bytes to read at any place: a file opened read-only, memory, or (in tests) one that fails.
 * Never mapped into memory: a file that shrinks while it is read gives an error, not a signal.
 */
#ifndef BASE_INPUT_H
#define BASE_INPUT_H

#include "base/bytes.h"
#include "base/status.h"

struct input;

struct input_ops {
	/* Reads up to n bytes at `offset`; *got < n only at the end of the data. */
	status (*read)(struct input *in, uint64_t offset, void *to, size_t n, size_t *got);
	/* Has it changed since it was opened? (size, times) */
	bool (*changed)(struct input *in);
	void (*close)(struct input *in);
};

struct input {
	const struct input_ops *ops;
	uint64_t size;
	const char *name; /* for messages; lives as long as the input */
	uint64_t bytes_read;
};

/* Refuses what is not a regular file, in words a person understands. input_close(NULL) is fine. */
status input_open_file(const char *path, struct input **out, struct reason *why) MUST;
/* The memory stays the caller's and must outlive the input. */
status input_open_memory(struct bytes data, const char *name, struct input **out) MUST;
void input_close(struct input *in);
void input_cleanup(struct input **in);

/* Exactly n bytes, or ecCorruptData (beyond the end) or ecDiskError. */
status input_read(struct input *in, uint64_t offset, void *to, size_t n) MUST;
/* As many as there are, up to n. */
status input_read_some(struct input *in, uint64_t offset, void *to, size_t n, size_t *got) MUST;
bool input_changed(struct input *in);

#define CLEANUP_INPUT __attribute__((cleanup(input_cleanup)))

#endif
