/* mapi/compare: what is the same, what is not, and how it is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf16.h"
#include "mapi/compare.h"

/* --- a store made of a few lines --- */

struct part {
	char kind; /* 'p' property, 'r' recipient, 'a' attachment, 'm' embedded message, ')' ends one */
	uint32_t tag;
	const char *text; /* PT_UNICODE, PT_STRING8 and PT_BINARY values */
	uint64_t number;  /* others */
	size_t chunk;     /* emit as a large value in pieces of this size */
};

struct item {
	const char *folder;
	uint64_t id;
	bool associated;
	const struct part *parts;
};

struct made {
	struct item_source source;
	const struct item *items;
	size_t n;
	enum folder_role role; /* of every folder */
	const char *comment;   /* of every folder */
	const char *empty;     /* one more, empty folder */
	enum folder_role empty_role;
	const struct name_map *names;
	bool backwards;
	unsigned runs;
};

#define ALL(array) (array), sizeof(array) / sizeof *(array)

static void set(struct bag *b, const struct part *p)
{
	status st;

	switch (tag_type(p->tag)) {
	case PT_UNICODE:
		st = bag_set_text(b, p->tag, p->text);
		break;
	case PT_STRING8:
	case PT_BINARY:
		st = bag_set_bytes(b, p->tag, bytes_of(p->text, strlen(p->text) + p->number));
		break;
	case PT_BOOLEAN:
		st = bag_set_bool(b, p->tag, p->number != 0);
		break;
	case PT_SYSTIME:
		st = bag_set_u64(b, p->tag, p->number);
		break;
	default:
		st = bag_set_u32(b, p->tag, (uint32_t)p->number);
	}
	assert_int_equal(st, 0);
}

/* The properties up to the next part, and where they end. */
static const struct part *fill(struct bag *b, const struct part *p)
{
	for (; p->kind == 'p'; p++)
		if (!p->chunk)
			set(b, p);
	return p;
}

static void emit_large(struct item_sink *s, struct arena *a, const struct part *p)
{
	struct bytes v = tag_type(p->tag) == PT_UNICODE ? utf16_bytes(a, p->text)
							: bytes_of(p->text, strlen(p->text));
	struct prop prop = { .tag = p->tag, .flags = PROP_LARGE, .count = 1, .size = v.n };

	assert_int_equal(item_value_begin(s, &prop), 0);
	for (size_t at = 0; at < v.n; at += p->chunk) {
		size_t n = v.n - at < p->chunk ? v.n - at : p->chunk;

		assert_int_equal(item_value_chunk(s, bytes_of(v.p + at, n)), 0);
	}
	assert_int_equal(item_value_end(s, true), 0);
}

static void emit_larges(struct item_sink *s, struct arena *a, const struct part *p)
{
	for (; p->kind == 'p'; p++)
		if (p->chunk)
			emit_large(s, a, p);
}

static const struct part *emit_message(struct item_sink *s, struct arena *a, const struct part *p,
				       struct message_event e);

static const struct part *emit_attachment(struct item_sink *s, struct arena *a, const struct part *p)
{
	struct bag b;
	const struct part *next;

	bag_init(&b, a);
	next = fill(&b, p);
	assert_int_equal(item_attachment_begin(s, &(struct attachment_event){ 0, &b }), 0);
	emit_larges(s, a, p);
	if (next->kind == 'm')
		next = emit_message(s, a, next + 1,
				    (struct message_event){ .embedded = true, .depth = 1 });
	assert_int_equal(item_attachment_end(s), 0);
	assert_int_equal(next->kind, ')');
	return next + 1;
}

static const struct part *emit_message(struct item_sink *s, struct arena *a, const struct part *p,
				       struct message_event e)
{
	struct item_result result;
	struct bag b;
	const struct part *next;

	bag_init(&b, a);
	next = fill(&b, p);
	e.props = &b;
	e.confidence = 100;
	assert_int_equal(item_message_begin(s, &e), 0);
	emit_larges(s, a, p);
	while (next->kind == 'r' || next->kind == 'a') {
		struct bag r;

		if (next->kind == 'a') {
			next = emit_attachment(s, a, next + 1);
			continue;
		}
		bag_init(&r, a);
		next = fill(&r, next + 1);
		assert_int_equal(item_recipient(s, &r), 0);
		assert_int_equal(next->kind, ')');
		next++;
	}
	assert_int_equal(item_message_end(s, &result), 0);
	return next->kind == ')' ? next + 1 : next;
}

static void begin_folder(const struct made *m, struct item_sink *s, struct arena *a,
			 const char *name, enum folder_role role)
{
	struct bag b;
	struct folder_event e = { .id = 0x8022, .role = role, .props = &b };

	bag_init(&b, a);
	assert_int_equal(bag_set_text(&b, PidTagDisplayName, name), 0);
	if (m->comment)
		assert_int_equal(bag_set_text(&b, PidTagComment, m->comment), 0);
	assert_int_equal(item_folder_begin(s, &e), 0);
}

static status run_made(struct item_source *source, struct item_sink *s, struct reason *why)
{
	struct made *m = (struct made *)source;
	struct arena a;
	struct bag props;
	const char *open = NULL;

	(void)why;
	arena_init(&a, (size_t)1 << 24);
	bag_init(&props, &a);
	/* Who only wants to know what store it is stops here. */
	if (item_store_begin(s, &(struct store_event){ &props, m->names, 1252, "made" })) {
		arena_free(&a);
		return ecUserCanceled;
	}
	m->runs++;
	for (size_t i = 0; i < m->n; i++) {
		const struct item *item = &m->items[m->backwards ? m->n - 1 - i : i];

		if (!open || strcmp(open, item->folder) != 0) {
			if (open)
				assert_int_equal(item_folder_end(s), 0);
			begin_folder(m, s, &a, item->folder, m->role);
			open = item->folder;
		}
		emit_message(s, &a, item->parts,
			     (struct message_event){ .id = item->id, .associated = item->associated });
	}
	if (open)
		assert_int_equal(item_folder_end(s), 0);
	if (m->empty) {
		begin_folder(m, s, &a, m->empty, m->empty_role);
		assert_int_equal(item_folder_end(s), 0);
	}
	assert_int_equal(item_store_end(s), 0);
	arena_free(&a);
	return ecNone;
}

static struct made made(const struct item *items, size_t n)
{
	return (struct made){ .source = { run_made }, .items = items, .n = n };
}

/* --- what was found, as lines --- */

static char found[4096];

static void on_found(void *context, const struct compare_difference *d)
{
	size_t n = strlen(found);

	(void)context;
	snprintf(found + n, sizeof found - n, "%d%s|%s|%s|%s|%s|%s|%s\n", d->kind,
		 d->kind == COMPARE_ONLY_IN ? d->side ? "B" : "A" : "", d->path,
		 d->item ? d->item : "-", d->part, d->property ? d->property : "-",
		 d->value[0] ? d->value[0] : "-", d->value[1] ? d->value[1] : "-");
}

static struct compare_summary compare(struct made *a, struct made *b)
{
	struct item_source *sources[2] = { &a->source, &b->source };
	struct compare_options o = { .found = on_found };
	struct compare_summary s;
	struct reason why = { "" };

	found[0] = 0;
	assert_int_equal(compare_stores(sources, &o, &s, &why), 0);
	return s;
}

#define P(tag, text) { 'p', tag, text, 0, 0 }
#define N(tag, number) { 'p', tag, NULL, number, 0 }
#define END { ')', 0, NULL, 0, 0 }
#define STOP { 0, 0, NULL, 0, 0 }
#define RECIPIENT { 'r', 0, NULL, 0, 0 }
#define ATTACHMENT { 'a', 0, NULL, 0, 0 }
#define MESSAGE { 'm', 0, NULL, 0, 0 }

static const struct part lunch[] = { P(PidTagSubject, "Lunch"), P(PidTagBody, "At noon?"),
				     N(PidTagImportance, 1), STOP };
static const struct part dinner[] = { P(PidTagSubject, "Dinner"), P(PidTagBody, "At eight."), STOP };

static void test_equal_in_any_order(void **state)
{
	const struct item items[] = { { "Inbox", 4, false, lunch }, { "Inbox", 8, false, dinner } };
	struct made a = made(ALL(items)), b = made(ALL(items));
	struct compare_summary s;

	(void)state;
	b.backwards = true;
	s = compare(&a, &b);
	assert_true(compare_same(&s));
	assert_int_equal(s.equal, 2);
	assert_string_equal(found, "");
	assert_int_equal(a.runs, 1); /* nothing to describe, so nothing is read twice */
}

static void test_property_differs(void **state)
{
	static const struct part late[] = { P(PidTagSubject, "Lunch"), P(PidTagBody, "At one?"),
					    N(PidTagImportance, 1), STOP };
	const struct item x[] = { { "Inbox", 4, false, lunch } }, y[] = { { "Inbox", 4, false, late } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_false(compare_same(&s));
	assert_int_equal(s.different, 1);
	assert_string_equal(found, "2|Inbox|Lunch||PidTagBody|\"At noon?\"|\"At one?\"\n");
}

static void test_property_missing(void **state)
{
	static const struct part less[] = { P(PidTagSubject, "Lunch"), P(PidTagBody, "At noon?"), STOP };
	const struct item x[] = { { "Inbox", 4, false, lunch } }, y[] = { { "Inbox", 4, false, less } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_int_equal(s.different, 1);
	assert_string_equal(found, "2|Inbox|Lunch||PidTagImportance|1|-\n");
}

static void test_associated_is_no_mail(void **state)
{
	const struct item x[] = { { "Inbox", 4, false, lunch } }, y[] = { { "Inbox", 4, true, lunch } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_false(compare_same(&s));
}

/* However text is kept: code page, terminators, pieces. */
static void test_text_is_text(void **state)
{
	static const struct part ansi[] = { P(0x0037001E, "Caf\xE9"),
					    { 'p', 0x1000001E, "au lait", 1, 0 },
					    STOP };
	static const struct part wide[] = { P(PidTagSubject, "Caf\xC3\xA9"),
					    { 'p', PidTagBody, "au lait", 0, 2 },
					    STOP };
	static const struct part pieces[] = { P(PidTagSubject, "Caf\xC3\xA9"),
					      { 'p', 0x1000001E, "au lait", 0, 3 },
					      STOP };
	const struct item x[] = { { "Inbox", 4, false, ansi } }, y[] = { { "Inbox", 8, false, wide } },
			  z[] = { { "Inbox", 8, false, pieces } };
	struct made a = made(ALL(x)), b = made(ALL(y)), c = made(ALL(z));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_true(compare_same(&s));
	s = compare(&a, &c);
	assert_true(compare_same(&s));
}

static void test_chunks_do_not_count(void **state)
{
	static char long_text[20001];
	static struct part whole[] = { P(PidTagSubject, "Long"), P(PidTagBody, long_text), STOP };
	static struct part cut[] = { P(PidTagSubject, "Long"), { 'p', PidTagBody, long_text, 0, 4098 },
				     STOP };
	const struct item x[] = { { "Inbox", 4, false, whole } }, y[] = { { "Inbox", 4, false, cut } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof long_text; i++)
		long_text[i] = (char)('a' + i % 23);
	s = compare(&a, &b);
	assert_true(compare_same(&s));
}

static void test_large_value_differs(void **state)
{
	static const struct part one[] = { P(PidTagSubject, "Long"), { 'p', PidTagBody, "as it was", 0, 4 },
					   STOP };
	static const struct part two[] = { P(PidTagSubject, "Long"), { 'p', PidTagBody, "as it is", 0, 4 },
					   STOP };
	const struct item x[] = { { "Inbox", 4, false, one } }, y[] = { { "Inbox", 4, false, two } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_int_equal(s.different, 1);
	assert_string_equal(found, "2|Inbox|Long||PidTagBody|18 bytes|16 bytes\n");
}

static void test_named_by_name(void **state)
{
	static const struct part low[] = { P(PidTagSubject, "Named"), N(0x80050003, 7), STOP };
	static const struct part high[] = { P(PidTagSubject, "Named"), N(0x80FF0003, 7), STOP };
	const struct prop_name name = { .set = { { 1, 2, 3 } }, .lid = 0x8501 };
	struct name_map *first = name_map_new(), *second = name_map_new();
	const struct item x[] = { { "Inbox", 4, false, low } }, y[] = { { "Inbox", 4, false, high } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s;

	(void)state;
	assert_int_equal(name_map_add(first, 0x8005, &name), 0);
	assert_int_equal(name_map_add(second, 0x80FF, &name), 0);
	a.names = first;
	b.names = second;
	s = compare(&a, &b);
	assert_true(compare_same(&s));
	b.names = first; /* the same number, but it has no name there */
	s = compare(&a, &b);
	assert_false(compare_same(&s));
	name_map_free(first);
	name_map_free(second);
}

static const struct part meeting[] = { P(PidTagSubject, "Meeting"),
				       RECIPIENT,
				       P(PidTagDisplayName, "Ann"),
				       END,
				       RECIPIENT,
				       P(PidTagDisplayName, "Bob"),
				       END,
				       ATTACHMENT,
				       P(PidTagAttachLongFilename, "plan.txt"),
				       P(PidTagAttachDataBinary, "one"),
				       END,
				       STOP };

static void test_recipients_in_any_order(void **state)
{
	static const struct part turned[] = { P(PidTagSubject, "Meeting"),
					      RECIPIENT,
					      P(PidTagDisplayName, "Bob"),
					      END,
					      RECIPIENT,
					      P(PidTagDisplayName, "Ann"),
					      END,
					      ATTACHMENT,
					      P(PidTagAttachDataBinary, "one"),
					      P(PidTagAttachLongFilename, "plan.txt"),
					      END,
					      STOP };
	const struct item x[] = { { "Inbox", 4, false, meeting } },
			  y[] = { { "Inbox", 4, false, turned } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_true(compare_same(&s));
}

static void test_recipient_lost(void **state)
{
	static const struct part fewer[] = { P(PidTagSubject, "Meeting"),
					     RECIPIENT,
					     P(PidTagDisplayName, "Bob"),
					     END,
					     ATTACHMENT,
					     P(PidTagAttachLongFilename, "plan.txt"),
					     P(PidTagAttachDataBinary, "two"),
					     END,
					     STOP };
	const struct item x[] = { { "Inbox", 4, false, meeting } },
			  y[] = { { "Inbox", 4, false, fewer } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_int_equal(s.different, 1);
	assert_non_null(strstr(found, "|recipient Ann|-|there|-\n"));
	assert_non_null(strstr(found, "|attachment plan.txt|PidTagAttachDataBinary|"));
	assert_null(strstr(found, "Bob"));
}

static void test_embedded_differs(void **state)
{
	static const struct part one[] = { P(PidTagSubject, "Outer"),
					   ATTACHMENT,
					   P(PidTagDisplayName, "Inner"),
					   N(PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE),
					   MESSAGE,
					   P(PidTagSubject, "Inner"),
					   END,
					   END,
					   STOP };
	static const struct part two[] = { P(PidTagSubject, "Outer"),
					   ATTACHMENT,
					   P(PidTagDisplayName, "Inner"),
					   N(PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE),
					   MESSAGE,
					   P(PidTagSubject, "Changed"),
					   END,
					   END,
					   STOP };
	const struct item x[] = { { "Inbox", 4, false, one } }, y[] = { { "Inbox", 4, false, two } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_int_equal(s.different, 1);
	assert_string_equal(found, "2|Inbox|Outer|attachment Inner > message|PidTagSubject|\"Inner\"|"
				   "\"Changed\"\n");
}

static void test_only_in_one(void **state)
{
	const struct item both[] = { { "Inbox", 4, false, lunch }, { "Inbox", 8, false, dinner } };
	struct made a = made(both, 2), b = made(both, 1);
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_int_equal(s.only[0], 1);
	assert_int_equal(s.only[1], 0);
	assert_string_equal(found, "3A|Inbox|Dinner||-|-|-\n");
	s = compare(&b, &a);
	assert_int_equal(s.only[1], 1);
	assert_string_equal(found, "3B|Inbox|Dinner||-|-|-\n");
}

/* The same id in both stores for items that have nothing in common pairs nothing that has a better partner. */
static void test_ids_are_the_last_resort(void **state)
{
	const struct item x[] = { { "Inbox", 4, false, lunch }, { "Inbox", 8, false, dinner } };
	const struct item y[] = { { "Inbox", 8, false, lunch }, { "Inbox", 4, false, dinner } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_true(compare_same(&s));
}

static void test_search_key_pairs(void **state)
{
	static const struct part one[] = { P(PidTagSubject, "Before"), P(PidTagSearchKey, "key"), STOP };
	static const struct part two[] = { P(PidTagSubject, "After"), P(PidTagSearchKey, "key"), STOP };
	const struct item x[] = { { "Inbox", 4, false, one } }, y[] = { { "Inbox", 99, false, two } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_int_equal(s.different, 1);
	assert_int_equal(s.only[0] + s.only[1], 0);
}

static void test_moved(void **state)
{
	const struct item x[] = { { "Inbox", 4, false, lunch } }, y[] = { { "Saved", 8, false, lunch } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_int_equal(s.moved, 1);
	assert_int_equal(s.only[0] + s.only[1], 0);
	assert_non_null(strstr(found, "4|Inbox|Lunch|"));
}

static void test_copies_are_counted(void **state)
{
	const struct item x[] = { { "Inbox", 4, false, lunch }, { "Inbox", 8, false, lunch } };
	struct made a = made(x, 2), b = made(x, 1);
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_int_equal(s.equal, 1);
	assert_int_equal(s.only[0], 1);
}

static void test_folders(void **state)
{
	const struct item x[] = { { "Inbox", 4, false, lunch } };
	struct made a = made(ALL(x)), b = made(ALL(x));
	struct compare_summary s;

	(void)state;
	b.comment = "new";
	s = compare(&a, &b);
	assert_int_equal(s.folders_different, 1);
	assert_string_equal(found, "1|Inbox|-||PidTagComment|-|\"new\"\n");
	b.comment = NULL;
	a.empty = "Projects";
	s = compare(&a, &b);
	assert_int_equal(s.only_folders[0], 1);
	assert_string_equal(found, "3A|Projects|-||-|-|-\n");
	a.empty_role = FOLDER_WASTEBASKET; /* every store has one */
	s = compare(&a, &b);
	assert_true(compare_same(&s));
}

static void test_role_beats_name(void **state)
{
	const struct item x[] = { { "Top of Personal Folders", 4, false, lunch } };
	const struct item y[] = { { "IPM_SUBTREE", 4, false, lunch } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s;

	(void)state;
	a.role = b.role = FOLDER_IPM_SUBTREE;
	s = compare(&a, &b);
	assert_int_equal(s.equal, 1);
	assert_int_equal(s.moved, 0);
}

static void test_ignored(void **state)
{
	static const struct part one[] = { P(PidTagSubject, "Row"), N(PidTagLtpRowId, 1), STOP };
	static const struct part two[] = { P(PidTagSubject, "Row"), N(PidTagLtpRowId, 2), STOP };
	const struct item x[] = { { "Inbox", 4, false, one } }, y[] = { { "Inbox", 4, false, two } };
	struct made a = made(ALL(x)), b = made(ALL(y));
	struct compare_summary s = compare(&a, &b);

	(void)state;
	assert_true(compare_same(&s));
}

/* More differences than are described in one run. */
static void test_many(void **state)
{
	enum { MANY = 2500 };
	static struct item x[MANY];
	static struct part parts[MANY][3];
	struct made a, b;
	struct compare_summary s;
	size_t lines = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		parts[i][0] = (struct part)P(PidTagSubject, "One of many");
		parts[i][1] = (struct part)N(PidTagImportance, i);
		x[i] = (struct item){ "Inbox", 4 * (i + 1), false, parts[i] };
	}
	a = made(x, MANY);
	b = made(x, 1);
	s = compare(&a, &b);
	assert_int_equal(s.only[0], MANY - 1);
	assert_true(a.runs >= 4);
	for (const char *p = found; (p = strchr(p, '\n')); p++)
		lines++;
	assert_true(lines > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_in_any_order),
		cmocka_unit_test(test_property_differs),
		cmocka_unit_test(test_property_missing),
		cmocka_unit_test(test_associated_is_no_mail),
		cmocka_unit_test(test_text_is_text),
		cmocka_unit_test(test_chunks_do_not_count),
		cmocka_unit_test(test_large_value_differs),
		cmocka_unit_test(test_named_by_name),
		cmocka_unit_test(test_recipients_in_any_order),
		cmocka_unit_test(test_recipient_lost),
		cmocka_unit_test(test_embedded_differs),
		cmocka_unit_test(test_only_in_one),
		cmocka_unit_test(test_ids_are_the_last_resort),
		cmocka_unit_test(test_search_key_pairs),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_copies_are_counted),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_role_beats_name),
		cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
