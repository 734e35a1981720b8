/* What is written is what was told: synthetic mail of every kind, through the writer and back, item by item. */
#include "pst/stores.h"

#include "mapi/compare.h"
#include "pst/check.h"

static void tell(void *context, const struct compare_difference *d)
{
	(void)context;
	print_message("%s | %s | %s | %s: %s -> %s\n", d->path ? d->path : "", d->item ? d->item : "", d->part ? d->part : "",
		      d->property ? d->property : "", d->value[0] ? d->value[0] : "(none)", d->value[1] ? d->value[1] : "(none)");
}

static void expect_same(struct item_source *a, struct item_source *b, uint64_t items)
{
	struct item_source *sources[2] = { a, b };
	struct compare_options options = { .found = tell, .most = 20 };
	struct compare_summary summary;
	struct reason why = { "" };

	if (compare_stores(sources, &options, &summary, &why))
		fail_msg("%s", why.text);
	assert_true(summary.equal >= items);
	assert_true(compare_same(&summary));
}

static void expect_sound(struct input *in)
{
	struct check_options options = { .most = 0 };
	struct check_summary summary;
	struct reason why = { "" };

	assert_int_equal(pst_check(in, &options, &summary, &why), 0);
	assert_int_equal(summary.findings[CHECK_NOTE] + summary.findings[CHECK_WARNING] + summary.findings[CHECK_DAMAGE], 0);
}

/* sample -> .pst -> .pst: the first is sound and holds the sample, the second holds the first. */
static void both_ways(const struct sample_options *options)
{
	char first[512], second[512];
	struct reason why = { "" };
	struct input *in[2];
	struct pst *p[2];
	struct sample *sample;

	(void)snprintf(first, sizeof first, "%s", scratch_path("first.pst"));
	(void)snprintf(second, sizeof second, "%s", scratch_path("second.pst"));
	assert_int_equal(sample_new(options, &sample), 0);
	if (write_source(sample_source(sample), first, &why))
		fail_msg("%s", why.text);
	assert_int_equal(input_open_file(first, &in[0], &why), 0);
	expect_sound(in[0]);
	assert_int_equal(pst_open(in[0], &p[0], &why), 0);
	expect_same(sample_source(sample), pst_source(p[0]), options->messages);
	if (write_source(pst_source(p[0]), second, &why))
		fail_msg("%s", why.text);
	assert_int_equal(input_open_file(second, &in[1], &why), 0);
	expect_sound(in[1]);
	assert_int_equal(pst_open(in[1], &p[1], &why), 0);
	expect_same(pst_source(p[0]), pst_source(p[1]), options->messages);
	for (unsigned i = 0; i < 2; i++) {
		pst_close(p[i]);
		input_close(in[i]);
	}
	sample_free(sample);
	(void)unlink(first);
	(void)unlink(second);
}

static void usual_mail(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++)
		both_ways(&(struct sample_options){ .seed = seed, .messages = 300 });
}

static void one_huge_folder(void **state)
{
	(void)state;
	both_ways(&(struct sample_options){ .seed = 5, .messages = 3000, .huge_folder = true });
}

static void extremes(void **state)
{
	(void)state;
	both_ways(&(struct sample_options){ .seed = 6, .messages = 40, .extremes = true });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_mail),
		cmocka_unit_test(one_huge_folder),
		cmocka_unit_test(extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
