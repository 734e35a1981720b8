/*
 * store/search: whichever way a search is carried out, it finds what a look at every message finds, in the same order; as a whole,
 * page after page, and with a part left out.
 */
#include "steps.h"

#include "store/search.h"

#define SAME_NAME "searchsame"
#define MESSAGES 2600u /* more than are looked at one by one before the index is asked (store/search_page.c) */
#define HOUR (3600 * FILETIME_PER_SECOND)
#define SEARCHES 90u

/* Of so many messages of a thousand; `old` is where only the first to arrive have it. */
static const struct word {
	const char *text;
	unsigned of_thousand;
	bool old;
} words[] = {
	{ "ocean", 900, false }, { "harbour", 400, false }, { "harvest", 60, false }, { "lantern", 4, false }, { "pebble", 500, true },
};
#define WORDS_N (sizeof words / sizeof *words)

struct one {
	uint64_t id, received;
	unsigned subject, body; /* bits of words */
	bool unread, important, project, there;
};

struct world {
	struct mailbox *m;
	uint64_t random, inbox, project;
	struct one of[MESSAGES];
};

static unsigned pick(struct world *w, unsigned n)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((w->random >> 33) % n);
}

static unsigned some_words(struct world *w, size_t number, char *text, size_t room)
{
	unsigned bits = 0;
	size_t at = (size_t)snprintf(text, room, "it");

	for (unsigned i = 0; i < WORDS_N; i++) {
		if ((words[i].old && number >= MESSAGES / 20) || pick(w, 1000) >= words[i].of_thousand)
			continue;
		bits |= 1u << i;
		at += (size_t)snprintf(text + at, room - at, " %s", words[i].text);
	}
	return bits;
}

static void put_one(struct world *w, size_t number)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct one *o = &w->of[number];
	char subject[200], body[200];
	struct bag b;

	*o = (struct one){ .unread = pick(w, 4) == 0, .important = pick(w, 50) == 0, .project = pick(w, 5) == 0, .there = true };
	/* Mostly as they come, some of the same time, some much older. */
	o->received = TEST_NOW - (MESSAGES - number) * HOUR / (1 + pick(w, 2)) - (pick(w, 10) ? 0 : pick(w, 2000) * HOUR);
	if (number && pick(w, 4) == 0)
		o->received = w->of[number - 1].received;
	o->subject = some_words(w, number, subject, sizeof subject);
	o->body = some_words(w, number, body, sizeof body);
	b = plain_mail(&arena, subject);
	assert_int_equal(bag_set_text(&b, PidTagBody, body), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, o->unread ? 0 : MSGFLAG_READ), 0);
	assert_int_equal(bag_set_u32(&b, PidTagImportance, o->important ? 2 : 1), 0);
	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, o->received), 0);
	mailbox_ok(w->m, try_put(w->m, o->project ? w->project : w->inbox, &b, NULL, &o->id));
}

static void change_one(struct world *w, size_t number)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct one *o = &w->of[number];
	char text[200];
	struct bag b;

	if (!o->there)
		return;
	bag_init(&b, &arena);
	switch (pick(w, 4)) {
	case 0:
		o->there = false;
		mailbox_ok(w->m, message_delete(w->m, o->id, pick(w, 2) ? DELETE_SOFT : DELETE_HARD));
		break;
	case 1:
		o->body = some_words(w, number, text, sizeof text);
		o->received -= pick(w, 100) * HOUR;
		assert_int_equal(bag_set_text(&b, PidTagBody, text), 0);
		assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, o->received), 0);
		mailbox_ok(w->m, message_set(w->m, o->id, &b, NULL, 0));
		break;
	case 2:
		o->project = !o->project;
		mailbox_ok(w->m, message_move(w->m, o->id, o->project ? w->project : w->inbox, &o->id));
		break;
	default:
		o->unread = !o->unread;
		mailbox_ok(w->m, message_set_read(w->m, o->id, !o->unread));
	}
}

/* Searches: as a text, and as what it means ----------------------------------------------------------------------------------- */

struct query {
	enum { ALL_OF, ANY_OF, NOT_SO, WORD, BEGINNING, IN_SUBJECT, UNREAD, IMPORTANT, BEFORE, PROJECT, LEAVES_END } kind;
	struct query *a, *b;
	unsigned word;
	uint64_t time;
};

static struct query *make_query(struct world *w, unsigned depth, struct arena *arena)
{
	struct query *q = arena_zalloc(arena, sizeof *q);

	assert_non_null(q);
	q->kind = pick(w, depth ? LEAVES_END : LEAVES_END - WORD) + (depth ? 0 : WORD);
	q->word = pick(w, WORDS_N);
	q->time = (TEST_NOW - pick(w, MESSAGES) * HOUR) / (24 * HOUR) * 24 * HOUR;
	if (q->kind <= NOT_SO)
		q->a = make_query(w, depth - 1, arena);
	if (q->kind < NOT_SO)
		q->b = make_query(w, depth - 1, arena);
	return q;
}

static void write_query(const struct query *q, struct buf *out)
{
	char day[FILETIME_TEXT_SIZE];

	switch (q->kind) {
	case ALL_OF:
	case ANY_OF:
		buf_add_str(out, "(");
		write_query(q->a, out);
		buf_add_str(out, q->kind == ALL_OF ? " " : " OR ");
		write_query(q->b, out);
		buf_add_str(out, ")");
		break;
	case NOT_SO:
		buf_add_str(out, "-");
		write_query(q->a, out);
		break;
	case WORD:
		buf_add_str(out, words[q->word].text);
		break;
	case BEGINNING:
		buf_add_str(out, "har*");
		break;
	case IN_SUBJECT:
		buf_printf(out, "subject:%s", words[q->word].text);
		break;
	case BEFORE:
		filetime_format(q->time, day);
		buf_printf(out, "before:%.10s", day);
		break;
	default:
		buf_add_str(out, q->kind == UNREAD ? "is:unread" : q->kind == IMPORTANT ? "is:important" : "folder:Project");
	}
}

static bool fits(const struct query *q, const struct one *o)
{
	switch (q->kind) {
	case ALL_OF:
		return fits(q->a, o) && fits(q->b, o);
	case ANY_OF:
		return fits(q->a, o) || fits(q->b, o);
	case NOT_SO:
		return !fits(q->a, o);
	case WORD:
		return (o->subject | o->body) & 1u << q->word;
	case BEGINNING:
		return (o->subject | o->body) & 6u;
	case IN_SUBJECT:
		return o->subject & 1u << q->word;
	case UNREAD:
		return o->unread;
	case IMPORTANT:
		return o->important;
	case BEFORE:
		return o->received < q->time;
	default:
		return o->project;
	}
}

static int newest_first(const void *a, const void *b)
{
	const struct one *x = *(const struct one *const *)a, *y = *(const struct one *const *)b;

	if (x->received != y->received)
		return x->received < y->received ? 1 : -1;
	return (x->id < y->id) - (x->id > y->id);
}

/* By a look at every message. */
static size_t look(struct world *w, const struct query *q, bool only_project, const struct one **out)
{
	size_t n = 0;

	for (size_t i = 0; i < MESSAGES; i++)
		if (w->of[i].there && (!only_project || w->of[i].project) && fits(q, &w->of[i]))
			out[n++] = &w->of[i];
	qsort(out, n, sizeof(struct one *), newest_first);
	return n;
}

static struct search_result run(struct world *w, const char *text, const struct search_options *o, struct arena *arena)
{
	struct clock clock = clock_fixed(TEST_NOW);
	struct search_result out = { .n = 0 };
	struct search_node *n = NULL;
	struct reason why = { "" };

	if (search_parse(text, &clock, arena, &n, &why) || search_run(w->m, n, o, arena, &out, &why))
		fail_msg("%s: %s", text, why.text);
	return out;
}

static void same(const char *text, const struct search_result *r, const struct one *const *wanted, size_t n, bool more)
{
	if (r->n != n || r->more != more)
		fail_msg("%s: %zu%s found, not %zu%s", text, r->n, r->more ? " and more" : "", n, more ? " and more" : "");
	for (size_t i = 0; i < n; i++)
		if (r->ids[i] != wanted[i]->id)
			fail_msg("%s: number %zu is another message", text, i);
}

static void compare(struct world *w, const struct query *q, const char *text)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(64 << 20);
	static const struct one *wanted[MESSAGES];
	bool project = pick(w, 4) == 0;
	struct search_options o = { .folder = project ? w->project : 0 };
	size_t n = look(w, q, project, wanted), skip = pick(w, 20), limit = 1 + pick(w, 60);
	struct search_result r = run(w, text, &o, &arena);

	same(text, &r, wanted, n, false);
	o.limit = limit;
	for (size_t at = 0, pages = 0; pages < 4 && at < n; pages++, at += limit) {
		size_t left = n - at;
		struct search_place last = r.last;

		o.after = pages ? &last : NULL;
		r = run(w, text, &o, &arena);
		same(text, &r, wanted + at, left < limit ? left : limit, left > limit);
	}
	o.after = NULL;
	o.skip = skip = skip < n ? skip : n;
	r = run(w, text, &o, &arena);
	same(text, &r, wanted + skip, n - skip < limit ? n - skip : limit, n - skip > limit);
}

static void whichever_way(enum sql_engine e)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	w->m = fresh_mailbox(e, SAME_NAME);
	w->random = 20270131;
	w->inbox = role_folder(w->m, MAILBOX_INBOX);
	w->project = new_folder(w->m, w->inbox, "Project");
	for (size_t i = 0; i < MESSAGES;) {
		mailbox_ok(w->m, mailbox_begin(w->m));
		for (size_t end = i + 1 + pick(w, 500); i < end && i < MESSAGES; i++)
			put_one(w, i);
		mailbox_ok(w->m, mailbox_commit(w->m));
	}
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < SEARCHES / 2; i++) {
			CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
			CLEANUP_BUF struct buf text = BUF_MAX(SEARCH_QUERY_MAX);
			struct query *q = make_query(w, pick(w, 5), &arena);

			write_query(q, &text);
			compare(w, q, buf_cstr(&text));
		}
		mailbox_ok(w->m, mailbox_begin(w->m));
		for (unsigned i = 0; i < 250; i++)
			change_one(w, pick(w, MESSAGES));
		mailbox_ok(w->m, mailbox_commit(w->m));
	}
	mailbox_close(w->m);
	engine_drop(e, SAME_NAME);
	free(w);
}
ON_EACH(whichever_way)

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_whichever_way) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
