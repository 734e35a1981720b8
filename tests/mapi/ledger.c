/* The ledger counts what passes, and a difference is never silent. */
#include "support.h"

#include "base/filetime.h"
#include "mapi/filter.h"
#include "mapi/ledger.h"

static struct arena arena;
static const struct folder_expect nothing_said = { -1, -1, -1, -1 };

static struct bag named(uint32_t tag, const char *text)
{
	struct bag b;

	bag_init(&b, &arena);
	assert_int_equal(bag_set_text(&b, tag, text), 0);
	return b;
}

static void begin_store(struct item_sink *s)
{
	struct bag props;

	arena_init(&arena, 1 << 20);
	bag_init(&props, &arena);
	assert_int_equal(item_store_begin(s, &(struct store_event){ .props = &props, .codepage = 1252 }), 0);
}

static void begin_folder(struct item_sink *s, const char *name, int64_t nodes, int64_t rows, enum folder_role role)
{
	struct bag props = named(PidTagDisplayName, name);
	struct folder_event e = { .role = role, .props = &props, .messages = { nodes, rows, -1, -1 }, .associated = nothing_said };

	assert_int_equal(item_folder_begin(s, &e), 0);
}

static enum item_outcome message(struct item_sink *s, const char *class_name, uint64_t time)
{
	struct bag props = named(PidTagMessageClass, class_name);
	struct item_result result;

	if (time)
		assert_int_equal(bag_set_u64(&props, PidTagMessageDeliveryTime, time), 0);
	struct message_event e = { .confidence = 100, .props = &props };
	assert_int_equal(item_message_begin(s, &e), 0);
	assert_int_equal(item_message_end(s, &result), 0);
	return result.outcome;
}

static void end(struct item_sink *s, unsigned folders)
{
	while (folders--)
		assert_int_equal(item_folder_end(s), 0);
	assert_int_equal(item_store_end(s), 0);
	arena_free(&arena);
}

static void complete_transfer(void **state)
{
	struct ledger *l = ledger_new(NULL);
	struct item_sink *s = ledger_sink(l);
	CLEANUP_BUF struct buf text = BUF_MAX(1 << 16);

	(void)state;
	begin_store(s);
	begin_folder(s, "", 0, 0, FOLDER_ROOT);
	begin_folder(s, "Inbox", 2, 2, FOLDER_PLAIN);
	(void)message(s, "IPM.Note", 0);
	(void)message(s, "IPM.Note", 0);
	assert_int_equal(ledger_verdict(l), LEDGER_LOSS); /* not ended yet */
	end(s, 2);
	assert_int_equal(ledger_verdict(l), LEDGER_COMPLETE);
	assert_true(ledger_totals(l)->sum.messages.written == 2);
	ledger_format(l, &text);
	assert_non_null(strstr(buf_cstr(&text), "Complete: 2 of 2 messages; nothing is missing."));
	ledger_free(l);
}

static void what_is_missing_is_loss(void **state)
{
	struct ledger *l = ledger_new(NULL);
	struct item_sink *s = ledger_sink(l);
	CLEANUP_BUF struct buf text = BUF_MAX(1 << 16);

	(void)state;
	begin_store(s);
	begin_folder(s, "Inbox", 1, 3, FOLDER_PLAIN);
	(void)message(s, "IPM.Note", 0);
	end(s, 1);
	assert_int_equal(ledger_verdict(l), LEDGER_LOSS);
	assert_true(ledger_totals(l)->missing == 2);
	ledger_format(l, &text);
	assert_non_null(strstr(buf_cstr(&text), "NOT complete: 1 of 3 messages; 2 missing."));
	ledger_free(l);
}

static void problems_weigh(void **state)
{
	struct ledger *l = ledger_new(NULL);
	struct item_sink *s = ledger_sink(l);
	struct item_problem p = { .kind = PROBLEM_FLAGGED, .count = 1, .text = "odd" };

	(void)state;
	begin_store(s);
	assert_int_equal(item_problem(s, &p), 0);
	end(s, 0);
	assert_int_equal(ledger_verdict(l), LEDGER_WARNINGS);
	p.kind = PROBLEM_VALUE;
	assert_int_equal(item_problem(s, &p), 0);
	assert_int_equal(ledger_verdict(l), LEDGER_LOSS);
	ledger_free(l);
}

static void filters_are_told_apart(void **state)
{
	static const char *const folders[] = { "Inbox", NULL }, *const classes[] = { "IPM.Note", NULL };
	struct filter_options options = { .folders = folders, .classes = classes, .since = filetime_from_unix(1000) };
	struct counting counts = counting_new();
	struct filter *f;

	(void)state;
	assert_int_equal(filter_new(&options, &counts.sink, &f), 0);
	struct ledger *l = ledger_new(filter_sink(f));
	struct item_sink *s = ledger_sink(l);
	begin_store(s);
	begin_folder(s, "Top", -1, -1, FOLDER_IPM_SUBTREE);
	assert_int_equal(message(s, "IPM.Note", 0), OUTCOME_FILTERED); /* not in the folder */
	begin_folder(s, "INBOX", -1, -1, FOLDER_PLAIN);
	assert_int_equal(message(s, "IPM.Note", filetime_from_unix(2000)), OUTCOME_WRITTEN);
	assert_int_equal(message(s, "IPM.Note.SMIME", 0), OUTCOME_WRITTEN); /* no time: not old */
	assert_int_equal(message(s, "IPM.Notebook", filetime_from_unix(2000)), OUTCOME_FILTERED);
	assert_int_equal(message(s, "IPM.Note", filetime_from_unix(500)), OUTCOME_FILTERED);
	begin_folder(s, "Below", -1, -1, FOLDER_PLAIN);
	assert_int_equal(message(s, "ipm.note", 0), OUTCOME_WRITTEN);
	end(s, 3);
	assert_int_equal(counts.messages, 3);
	assert_true(ledger_totals(l)->sum.messages.filtered == 3);
	assert_int_equal(ledger_verdict(l), LEDGER_COMPLETE);
	ledger_free(l);
	filter_free(f);
}

static void deleted_items_left_out(void **state)
{
	struct filter_options options = { .no_deleted = true };
	struct counting counts = counting_new();
	struct filter *f;

	(void)state;
	assert_int_equal(filter_new(&options, &counts.sink, &f), 0);
	struct item_sink *s = filter_sink(f);
	begin_store(s);
	begin_folder(s, "Deleted Items", -1, -1, FOLDER_WASTEBASKET);
	begin_folder(s, "Below", -1, -1, FOLDER_PLAIN);
	assert_int_equal(message(s, "IPM.Note", 0), OUTCOME_FILTERED);
	assert_int_equal(item_folder_end(s), 0);
	assert_int_equal(item_folder_end(s), 0);
	begin_folder(s, "Inbox", -1, -1, FOLDER_PLAIN);
	(void)message(s, "IPM.Note", 0);
	end(s, 1);
	assert_int_equal(counts.messages, 1);
	filter_free(f);
}

static void json_is_whole(void **state)
{
	struct ledger *l = ledger_new(NULL);
	struct item_sink *s = ledger_sink(l);
	CLEANUP_BUF struct buf json = BUF_MAX(1 << 16);

	(void)state;
	begin_store(s);
	begin_folder(s, "A \"quoted\"\n name", 0, 0, FOLDER_PLAIN);
	end(s, 1);
	ledger_json(l, &json);
	assert_non_null(strstr(buf_cstr(&json), "A \\\"quoted\\\"\\n name"));
	assert_non_null(strstr(buf_cstr(&json), "\"verdict\":\t\"complete\""));
	ledger_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_transfer),	  cmocka_unit_test(what_is_missing_is_loss), cmocka_unit_test(problems_weigh),
		cmocka_unit_test(filters_are_told_apart), cmocka_unit_test(deleted_items_left_out),  cmocka_unit_test(json_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
