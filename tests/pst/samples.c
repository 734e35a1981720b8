/* Real stores: every count of the manifest, through the reader, through recovery, and after conversion. */
#include "pst/stores.h"

#include "pst/check.h"

#define MANIFEST "MANIFEST.tsv"
#define FOUR_K "pstextractortest@outlook.com.ost"

struct expected {
	char file[256];
	unsigned folders, messages, associated, attachments, embedded, names;
};

static bool next_row(FILE *f, struct expected *e)
{
	char line[2048], *field[12];

	while (fgets(line, sizeof line, f)) {
		unsigned n = 0;

		for (char *p = line, *tab; p && n < 12; p = tab ? tab + 1 : NULL) {
			tab = strchr(p, '\t');
			if (tab)
				*tab = '\0';
			field[n++] = p;
		}
		if (n < 11 || !strcmp(field[0], "file"))
			continue;
		(void)snprintf(e->file, sizeof e->file, "%.250s", field[0]);
		unsigned *counts[] = { &e->folders, &e->messages, &e->associated, &e->attachments, &e->embedded, &e->names };
		for (unsigned i = 0; i < 6; i++)
			*counts[i] = (unsigned)strtoul(field[5 + i], NULL, 10);
		return true;
	}
	return false;
}

static void compare(const struct expected *e, const struct counting *c, const char *how)
{
	if (c->folders != e->folders || c->messages != e->messages || c->associated != e->associated ||
	    c->attachments != e->attachments || c->embedded != e->embedded || c->names != e->names)
		fail_msg("%s %s: folders %u/%u messages %u/%u associated %u/%u attachments %u/%u embedded %u/%u names %zu/%u", e->file, how,
			 c->folders, e->folders, c->messages, e->messages, c->associated, e->associated, c->attachments, e->attachments,
			 c->embedded, e->embedded, c->names, e->names);
}

typedef void each_sample(const struct expected *e, struct bytes data);

static void for_each(each_sample *look)
{
	FILE *f = fopen(real_store(MANIFEST), "r");
	struct expected e;

	assert_non_null(f);
	while (next_row(f, &e)) {
		size_t n;

		assert_non_null(real_store(e.file));
		uint8_t *p = read_whole(real_store(e.file), &n);
		look(&e, bytes_of(p, n));
		free(p);
	}
	(void)fclose(f);
}

static void read_one(const struct expected *e, struct bytes data)
{
	struct reason why = { "" };
	struct counting c;

	if (count_store(data, &c, &why))
		fail_msg("%s: %s", e->file, why.text);
	compare(e, &c, "read");
	assert_int_equal(c.lost, 0);
}

static void recover_one(const struct expected *e, struct bytes data)
{
	struct reason why = { "" };
	struct counting c;

	if (count_recovered(data, false, &c, &why))
		fail_msg("%s: %s", e->file, why.text);
	compare(e, &c, "recovered");
	assert_int_equal(c.lost, 0);
}

static void convert_one(const struct expected *e, struct bytes data)
{
	struct check_options options = { .most = 0 };
	struct check_summary summary;
	struct reason why = { "" };
	struct counting c;
	struct expected expected = *e;
	struct input *in;
	struct pst *p;
	char path[512];
	size_t n;

	/* The search that every store of Outlook's has is made where it is missing. */
	assert_int_equal(count_store(data, &c, &why), 0);
	expected.folders += c.searches == 0;
	(void)snprintf(path, sizeof path, "%s", scratch_path("converted.pst"));
	assert_int_equal(input_open_memory(data, e->file, &in), 0);
	assert_int_equal(pst_open(in, &p, &why), 0);
	if (write_source(pst_source(p), path, &why))
		fail_msg("%s: %s", e->file, why.text);
	pst_close(p);
	input_close(in);
	uint8_t *out = read_whole(path, &n);
	assert_int_equal(count_store(bytes_of(out, n), &c, &why), 0);
	compare(&expected, &c, "converted");
	assert_int_equal(c.lost, 0);
	assert_int_equal(input_open_memory(bytes_of(out, n), path, &in), 0);
	assert_int_equal(pst_check(in, &options, &summary, &why), 0);
	if (summary.findings[0] + summary.findings[1] + summary.findings[2])
		fail_msg("%s converted: check finds %llu", e->file,
			 (unsigned long long)(summary.findings[0] + summary.findings[1] + summary.findings[2]));
	input_close(in);
	free(out);
	(void)unlink(path);
}

static void reads_what_the_manifest_says(void **state)
{
	(void)state;
	for_each(read_one);
}

static void recovers_what_the_manifest_says(void **state)
{
	(void)state;
	for_each(recover_one);
}

static void converts_without_loss(void **state)
{
	(void)state;
	for_each(convert_one);
}

static void tells_server_known_from_local(void **state)
{
	struct counting c;
	size_t n;

	(void)state;
	uint8_t *p = read_whole(real_store(FOUR_K), &n);
	assert_int_equal(count_store(bytes_of(p, n), &c, NULL), 0);
	assert_int_equal(c.origins[ORIGIN_LOCAL], 2); /* two folders hold one item each that the server never acknowledged */
	assert_int_equal(c.origins[ORIGIN_SERVER], 211);
	free(p);
}

int main(void)
{
	const struct real_test real[] = {
		{ MANIFEST, cmocka_unit_test(reads_what_the_manifest_says) },
		{ MANIFEST, cmocka_unit_test(recovers_what_the_manifest_says) },
		{ MANIFEST, cmocka_unit_test(converts_without_loss) },
		{ FOUR_K, cmocka_unit_test(tells_server_known_from_local) },
	};

	return run_with_real(NULL, 0, real, sizeof real / sizeof *real);
}
