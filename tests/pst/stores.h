/* Stores for tests: made from the sample source, written to a scratch file, read into memory. */
#ifndef TESTS_PST_STORES_H
#define TESTS_PST_STORES_H

#include "support.h"

#include "pst/pst.h"
#include "pst/recover.h"
#include "pst/sample.h"
#include "pst/writer.h"

static inline status write_source(struct item_source *src, const char *path, struct reason *why)
{
	struct pst_writer_options options = { .encryption = PST_ENCRYPT_PERMUTE, .keep_ids = true };
	struct pst_writer *w = NULL;
	struct output *out = NULL;
	status s = output_create(path, true, &out, why);

	if (!s)
		s = pst_writer_new(out, &options, &w, why);
	if (!s)
		s = src->run(src, pst_writer_sink(w), why);
	if (!s)
		s = pst_writer_finish(w, why);
	if (!s)
		s = output_commit(out, why);
	pst_writer_free(w);
	output_close(out);
	return s;
}

static inline void make_sample(const char *path, uint64_t messages, bool extremes)
{
	struct sample_options options = { .seed = 7, .messages = messages, .extremes = extremes };
	struct reason why = { "" };
	struct sample *s;

	assert_int_equal(sample_new(&options, &s), 0);
	status st = write_source(sample_source(s), path, &why);
	sample_free(s);
	if (st)
		fail_msg("%s", why.text);
}

static inline uint8_t *read_whole(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	(void)fseek(f, 0, SEEK_END);
	*n = (size_t)ftell(f);
	(void)fseek(f, 0, SEEK_SET);
	uint8_t *p = malloc(*n ? *n : 1);
	assert_non_null(p);
	assert_int_equal(fread(p, 1, *n, f), *n);
	(void)fclose(f);
	return p;
}

/* Counts through the reader; the status of opening or running. */
static inline status count_store(struct bytes data, struct counting *c, struct reason *why)
{
	struct input *in;
	struct pst *p;

	*c = counting_new();
	assert_int_equal(input_open_memory(data, "test", &in), 0);
	status s = pst_open(in, &p, why);
	if (!s) {
		s = pst_source(p)->run(pst_source(p), &c->sink, why);
		pst_close(p);
	}
	input_close(in);
	return s;
}

static inline status count_recovered(struct bytes data, bool undelete, struct counting *c, struct reason *why)
{
	struct recover_options options = { .undelete = undelete };
	struct pst_recovery *r;
	struct input *in;

	*c = counting_new();
	assert_int_equal(input_open_memory(data, "test", &in), 0);
	status s = pst_recover_open(in, &options, &r, why);
	if (!s) {
		s = pst_recovery_source(r)->run(pst_recovery_source(r), &c->sink, why);
		pst_recovery_close(r);
	}
	input_close(in);
	return s;
}

#endif
