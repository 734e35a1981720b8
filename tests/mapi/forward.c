/* A sink in between passes on what comes, takes over words, and holds back when it is told to. */
#include "support.h"

#include "mapi/forward.h"

static const struct item_sink_ops through = {
	.store_begin = forward_store_begin,
	.store_end = forward_store_end,
	.folder_begin = forward_folder_begin,
	.folder_end = forward_folder_end,
	.message_begin = forward_message_begin,
	.message_end = forward_message_end,
	.recipient = forward_recipient,
	.attachment_begin = forward_attachment_begin,
	.attachment_end = forward_attachment_end,
	.value_begin = forward_value_begin,
	.value_chunk = forward_value_chunk,
	.value_end = forward_value_end,
	.problem = forward_problem,
};

/* Writes down which events came, a letter for each; fails at one of them. */
struct last {
	struct item_sink sink;
	char came[32];
	char fails_at;
};

static status came(struct item_sink *s, char what)
{
	struct last *l = (struct last *)s;

	l->came[strlen(l->came)] = what;
	return what == l->fails_at ? reason_set(&s->why, ecDiskError, "failed at %c", what) : ecNone;
}

#define CAME(name, argument, letter)                                       \
	static status came_##name(struct item_sink *s, argument a)         \
	{                                                                  \
		(void)a;                                                   \
		return came(s, letter);                                    \
	}
CAME(store_begin, const struct store_event *, 's')
CAME(folder_begin, const struct folder_event *, 'f')
CAME(message_begin, const struct message_event *, 'm')
CAME(recipient, const struct bag *, 'r')
CAME(attachment_begin, const struct attachment_event *, 'a')
CAME(value_begin, const struct prop *, 'v')
CAME(value_chunk, struct bytes, 'c')
CAME(value_end, bool, 'V')
CAME(problem, const struct item_problem *, 'p')

static status came_message_end(struct item_sink *s, struct item_result *r)
{
	r->outcome = OUTCOME_DUPLICATE;
	return came(s, 'M');
}

static status came_attachment_end(struct item_sink *s)
{
	return came(s, 'A');
}

static status came_folder_end(struct item_sink *s)
{
	return came(s, 'F');
}

static status came_store_end(struct item_sink *s)
{
	return came(s, 'S');
}

static const struct item_sink_ops last_ops = {
	came_store_begin, came_store_end, came_folder_begin, came_folder_end, came_message_begin, came_message_end, came_recipient,
	came_attachment_begin, came_attachment_end, came_value_begin, came_value_chunk, came_value_end, came_problem,
};

/* Every event once; stops at the first failure. */
static status everything(struct item_sink *s, struct item_result *r)
{
	const struct bag none = { 0 };
	status st = item_store_begin(s, &(struct store_event){ .props = &none });

	st = st ? st : item_folder_begin(s, &(struct folder_event){ .props = &none });
	st = st ? st : item_message_begin(s, &(struct message_event){ .props = &none });
	st = st ? st : item_value_begin(s, &(struct prop){ 0 });
	st = st ? st : item_value_chunk(s, bytes_of("x", 1));
	st = st ? st : item_value_end(s, true);
	st = st ? st : item_recipient(s, &none);
	st = st ? st : item_attachment_begin(s, &(struct attachment_event){ .props = &none });
	st = st ? st : item_problem(s, &(struct item_problem){ .text = "" });
	st = st ? st : item_attachment_end(s);
	st = st ? st : item_message_end(s, r);
	st = st ? st : item_folder_end(s);
	return st ? st : item_store_end(s);
}

#define ALL "sfmvcVrapAMFS"

static void passes_everything_on(void **state)
{
	struct last last = { .sink.ops = &last_ops };
	struct forward f = { .sink.ops = &through, .next = &last.sink };
	struct item_result r = { .outcome = OUTCOME_WRITTEN };

	(void)state;
	assert_int_equal(everything(&f.sink, &r), 0);
	assert_string_equal(last.came, ALL);
	assert_int_equal(r.outcome, OUTCOME_DUPLICATE);
}

static void tells_each_failure(void **state)
{
	(void)state;
	for (const char *at = ALL; *at; at++) {
		struct last last = { .sink.ops = &last_ops, .fails_at = *at };
		struct forward f = { .sink.ops = &through, .next = &last.sink };
		char words[32];

		(void)snprintf(words, sizeof words, "failed at %c", *at);
		assert_int_equal(everything(&f.sink, &(struct item_result){ .outcome = OUTCOME_WRITTEN }), ecDiskError);
		assert_string_equal(f.sink.why.text, words);
		assert_int_equal(strlen(last.came), at - ALL + 1);
	}
}

static void holds_back(void **state)
{
	struct last last = { .sink.ops = &last_ops };
	struct forward f = { .sink.ops = &through, .next = &last.sink, .holding = 1 };
	struct forward alone = { .sink.ops = &through };
	struct item_result r = { .outcome = OUTCOME_WRITTEN };

	(void)state;
	assert_int_equal(everything(&f.sink, &r), 0);
	assert_string_equal(last.came, "");
	assert_int_equal(everything(&alone.sink, &r), 0);
	assert_int_equal(r.outcome, OUTCOME_WRITTEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_everything_on),
		cmocka_unit_test(tells_each_failure),
		cmocka_unit_test(holds_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
