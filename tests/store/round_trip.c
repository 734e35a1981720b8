/* What goes into a mailbox comes out of it: real and made stores, through a mailbox and into a .pst again. */
#include "mailboxes.h"

#include "mapi/compare.h"
#include "mapi/ledger.h"
#include "pst/sample.h"
#include "pst/writer.h"
#include "store/sink.h"
#include "store/source.h"

#include <dirent.h>

static void tell(void *context, const struct compare_difference *d)
{
	print_message("# %s: %s | %s | %s | %s: %s -> %s\n", (const char *)context, d->path ? d->path : "", d->item ? d->item : "", d->part ? d->part : "",
		      d->property ? d->property : "", d->value[0] ? d->value[0] : "(none)", d->value[1] ? d->value[1] : "(none)");
}

static void expect_same(struct item_source *a, struct item_source *b, const char *what)
{
	struct item_source *sources[2] = { a, b };
	struct compare_options options = { .found = tell, .context = (void *)(uintptr_t)what, .most = 10 };
	struct compare_summary summary;
	struct reason why = { "" };

	if (compare_stores(sources, &options, &summary, &why))
		fail_msg("%s: %s", what, why.text);
	if (!compare_same(&summary))
		fail_msg("%s: not the same", what);
}

static void take_in(struct mailbox *m, struct item_source *from, struct ledger **ledger, const char *what)
{
	struct mailbox_sink *sink = NULL;
	struct reason why = { "" };

	assert_int_equal(mailbox_sink_new(m, NULL, &sink, &why), 0);
	*ledger = ledger_new(mailbox_sink_sink(sink));
	assert_non_null(*ledger);
	if (from->run(from, ledger_sink(*ledger), &why))
		fail_msg("%s: %s", what, why.text);
	mailbox_sink_free(sink);
}

static void write_pst(struct mailbox *m, const char *path)
{
	struct pst_writer_options options = { .encryption = PST_ENCRYPT_PERMUTE };
	struct mailbox_source *source = NULL;
	struct pst_writer *w = NULL;
	struct output *out = NULL;
	struct reason why = { "" };

	assert_int_equal(mailbox_source_new(m, NULL, &source, &why), 0);
	assert_int_equal(output_create(path, true, &out, &why), 0);
	assert_int_equal(pst_writer_new(out, &options, &w, &why), 0);
	struct item_source *items = mailbox_source_source(source);
	if (items->run(items, pst_writer_sink(w), &why) || pst_writer_finish(w, &why) || output_commit(out, &why))
		fail_msg("%s", why.text);
	pst_writer_free(w);
	output_close(out);
	mailbox_source_free(source);
}

/* store -> mailbox: the same. Opened again: the same. -> .pst: the same. */
static void there_and_back(enum sql_engine e, struct item_source *from, const char *what)
{
	const char *path = scratch_path("back.pst");
	struct mailbox_source *source = NULL;
	struct ledger *ledger = NULL;
	struct reason why = { "" };
	struct input *in = NULL;
	struct pst *p = NULL;
	struct mailbox *m = fresh_mailbox(e, "round_trip");
	char copy[512];

	(void)snprintf(copy, sizeof copy, "%s", path);
	take_in(m, from, &ledger, what);
	assert_int_equal(ledger_totals(ledger)->sum.messages.failed + ledger_totals(ledger)->sum.associated.failed, 0);
	ledger_free(ledger);
	mailbox_close(m);
	m = open_mailbox(e, "round_trip");
	assert_int_equal(mailbox_source_new(m, NULL, &source, &why), 0);
	expect_same(from, mailbox_source_source(source), what);
	mailbox_source_free(source);
	write_pst(m, copy);
	assert_int_equal(input_open_file(copy, &in, &why), 0);
	assert_int_equal(pst_open(in, &p, &why), 0);
	expect_same(from, pst_source(p), what);
	pst_close(p);
	input_close(in);
	(void)unlink(copy);
	mailbox_close(m);
	engine_drop(e, "round_trip");
}

static void each_file(enum sql_engine e)
{
	const char *folder = getenv("POSTERN_SAMPLES");
	DIR *dir = opendir(folder ? folder : "");
	struct dirent *entry;
	unsigned files = 0;

	if (!dir) {
		printf("# left out: no real store is here (POSTERN_SAMPLES)\n");
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		const char *dot = strrchr(entry->d_name, '.');
		struct reason why = { "" };
		struct input *in = NULL;
		struct pst *p = NULL;
		char path[1024];

		if (!dot || (strcmp(dot, ".pst") != 0 && strcmp(dot, ".ost") != 0))
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		assert_int_equal(input_open_file(path, &in, &why), 0);
		if (!pst_open(in, &p, &why)) {
			there_and_back(e, pst_source(p), entry->d_name);
			files++;
			pst_close(p);
		}
		input_close(in);
	}
	(void)closedir(dir);
	assert_true(files > 0);
}

static void real_stores(void **state)
{
	(void)state;
	on_each_engine(each_file);
}

static void made_store(enum sql_engine e)
{
	struct sample_options options = { .seed = 7, .messages = 300, .extremes = true };
	struct sample *s;

	assert_int_equal(sample_new(&options, &s), 0);
	there_and_back(e, sample_source(s), "sample");
	sample_free(s);
}

static void sample_with_extremes(void **state)
{
	(void)state;
	on_each_engine(made_store);
}

/* One that cannot be read is said to be lost; the others come. */
static void lost_on(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, "round_trip");
	struct mailbox_source *source = NULL;
	struct counting counting = counting_new();
	struct reason why = { "" };
	uint64_t id = 0;

	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < 5; i++)
		id = put_mail(m, role_folder(m, MAILBOX_INBOX), "mail");
	mailbox_ok(m, mailbox_commit(m));
	struct sql_statement *s = sql_prepare(mailbox_sql(m), "UPDATE content SET checksum = checksum + 1 WHERE id = $1");
	sql_bind_i64(s, 1, (int64_t)id - 2);
	assert_int_equal(sql_run(s), 0);
	assert_int_equal(mailbox_source_new(m, NULL, &source, &why), 0);
	struct item_source *items = mailbox_source_source(source);
	if (items->run(items, &counting.sink, &why))
		fail_msg("%s", why.text);
	assert_int_equal(counting.messages, 4);
	assert_int_equal(counting.problems, 1);
	mailbox_source_free(source);
	mailbox_close(m);
	engine_drop(e, "round_trip");
}

static void a_lost_message_is_told(void **state)
{
	(void)state;
	on_each_engine(lost_on);
}

int main(void)
{
	const struct CMUnitTest always[] = {
		cmocka_unit_test(a_lost_message_is_told),
		cmocka_unit_test(sample_with_extremes),
	};
	const struct real_test real[] = { { "enron.pst", cmocka_unit_test(real_stores) } };

	return run_with_real(always, sizeof always / sizeof *always, real, 1);
}
