/*
 * Synthetic mail by seed and size: a source of every item class, nesting, property type and awkward size
 * that a store may hold, for tests, fuzzing, benchmarks and demonstrations; and damage of each kind.
 */
#ifndef PST_SAMPLE_H
#define PST_SAMPLE_H

#include "base/input.h"
#include "mapi/item.h"

struct sample_options {
	uint64_t seed;
	uint64_t messages;     /* how many mails; 0: by `bytes` */
	uint64_t bytes;        /* about how large the store should become; 0: by `messages` */
	bool extremes;         /* XXBLOCK-sized values, huge recipient lists, deep nesting, odd values ... */
	bool huge_folder;      /* all mails in one folder */
};

struct sample;

status sample_new(const struct sample_options *options, struct sample **out) MUST;
struct item_source *sample_source(struct sample *s);
void sample_free(struct sample *s);

/* The kinds of damage by name ("header-zero", "nbt-root-zero", "truncate-50" ...): for help and the test matrix. */
struct damage_kind {
	const char *name, *summary;
};
const struct damage_kind *damage_kinds(size_t *n);
/* Changes a copy of a store in memory or file: reads `in`, writes the damaged bytes to `path`. */
status damage_copy(struct input *in, const char *kind, uint64_t seed, const char *path, struct reason *why) MUST;

#endif
