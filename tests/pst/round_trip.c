/* What is written is what was told: synthetic mail of every kind, through the writer and back, item by item. */
#include "pst/stores.h"
#include "story.h"

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

/* Messages ------------------------------------------------------------------------------------------------------- */

static void messages_with_everything(void **state)
{
	struct pst_writer_options options = permute;
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, everything);
	for (options.encryption = 0; options.encryption < 3; options.encryption++) {
		write_and_check(&w, &s, &options);
		struct compare_summary summary = compare(&w, &s);
		assert_int_equal(summary.equal, 1);
		assert_int_equal(pst_info(w.pst)->encryption, options.encryption);
		writing_end(&w);
	}
	story_end(&s);
}

static void many_recipients(struct story *s)
{
	struct bag b = mail(s, "to all");

	usual_folders(s);
	begin_message(s, &b, 0);
	for (unsigned i = 0; i < 30000; i++) {
		struct arena_mark mark = arena_mark(&s->arena);

		recipient(s, i);
		arena_rewind(&s->arena, mark);
	}
	end_message(s);
	usual_end(s);
}

/* More than fit into memory: they wait in a scratch file. */
static void a_message_to_thousands(void **state)
{
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, many_recipients);
	write_and_check(&w, &s, &permute);
	assert_int_equal(compare(&w, &s).equal, 1);
	writing_end(&w);
	story_end(&s);
}

static void many_attachments(struct story *s)
{
	struct bag b = mail(s, "attachments");

	usual_folders(s);
	begin_message(s, &b, 0);
	for (unsigned i = 0; i < 2000; i++) {
		struct bag a = bag_new(s);

		assert_int_equal(bag_set_u32(&a, PidTagAttachMethod, ATTACH_BY_VALUE), 0);
		assert_int_equal(bag_set_u32(&a, PidTagAttachNumber, i), 0);
		assert_int_equal(bag_set_bytes(&a, PidTagAttachDataBinary, bytes_of("data", 4)), 0);
		SEND(s, item_attachment_begin(s->sink, &(struct attachment_event){ .props = &a }));
		SEND(s, item_attachment_end(s->sink));
	}
	end_message(s);
	usual_end(s);
}

/* Subnodes of more than one list. */
static void a_message_with_thousands_of_attachments(void **state)
{
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, many_attachments);
	write_and_check(&w, &s, &permute);
	assert_int_equal(compare(&w, &s).equal, 1);
	writing_end(&w);
	story_end(&s);
}

static void same_ids(struct story *s)
{
	usual_folders(s);
	message(s, "first", 0x200024);
	message(s, "second", 0x200024);
	message(s, "third", 0x200844);
	message(s, "of no message", 0x8022);
	message(s, "highest", 0xFFFFFFE4);
	message(s, "higher than there can be", UINT64_MAX);
	usual_end(s);
}

static void ids_that_repeat_or_cannot_be(void **state)
{
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, same_ids);
	write_and_check(&w, &s, &permute);
	assert_int_equal(compare(&w, &s).equal, 6);
	assert_string_equal(text_of(&w, 0x200024, PidTagSubject), "first");
	assert_string_equal(text_of(&w, 0x200844, PidTagSubject), "third");
	writing_end(&w);
	story_end(&s);
}

/* Samples --------------------------------------------------------------------------------------------------------- */

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
		cmocka_unit_test(messages_with_everything),
		cmocka_unit_test(a_message_to_thousands),
		cmocka_unit_test(a_message_with_thousands_of_attachments),
		cmocka_unit_test(ids_that_repeat_or_cannot_be),
		cmocka_unit_test(usual_mail),
		cmocka_unit_test(one_huge_folder),
		cmocka_unit_test(extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
