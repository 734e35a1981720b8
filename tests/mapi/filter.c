/* What a filter lets through: folders, classes, ages, deleted and associated items, confidence. */
#include "support.h"

#include "mapi/filter.h"

/* Writes down the subjects that arrive. */
struct list {
	struct item_sink sink;
	char text[512];
};

static status take_message(struct item_sink *s, const struct message_event *e)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 16);
	struct list *l = (struct list *)s;
	size_t n = strlen(l->text);

	(void)snprintf(l->text + n, sizeof l->text - n, "%s%s", n ? " " : "", bag_text(e->props, tag_id(PidTagSubject), 1252, &a));
	return ecNone;
}

static status take_recipient(struct item_sink *s, const struct bag *props)
{
	struct list *l = (struct list *)s;
	size_t n = strlen(l->text);

	(void)props;
	(void)snprintf(l->text + n, sizeof l->text - n, "+");
	return ecNone;
}

static const struct item_sink_ops list_ops = { .message_begin = take_message, .recipient = take_recipient };

struct story {
	struct item_sink *to;
	struct arena arena;
	unsigned left_out;
};

static void folder(struct story *s, const char *name, enum folder_role role)
{
	struct folder_event e = { .role = role };
	struct bag props;

	bag_init(&props, &s->arena);
	assert_int_equal(bag_set_text(&props, PidTagDisplayName, name), 0);
	e.props = &props;
	assert_int_equal(item_folder_begin(s->to, &e), 0);
}

static void folder_done(struct story *s)
{
	assert_int_equal(item_folder_end(s->to), 0);
}

struct mail {
	const char *subject, *class_name;
	uint64_t received;
	unsigned confidence;
	bool associated;
};

static void begin(struct story *s, const struct mail *m, bool embedded)
{
	struct message_event e = { .associated = m->associated, .embedded = embedded, .confidence = m->confidence ? m->confidence : 100 };
	struct bag props;

	bag_init(&props, &s->arena);
	assert_int_equal(bag_set_text(&props, PidTagSubject, m->subject), 0);
	assert_int_equal(bag_set_text(&props, PidTagMessageClass, m->class_name ? m->class_name : "IPM.Note"), 0);
	if (m->received)
		assert_int_equal(bag_set_u64(&props, PidTagMessageDeliveryTime, m->received), 0);
	e.props = &props;
	assert_int_equal(item_message_begin(s->to, &e), 0);
}

static void end(struct story *s)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };

	assert_int_equal(item_message_end(s->to, &result), 0);
	s->left_out += result.outcome == OUTCOME_FILTERED;
}

static void mail(struct story *s, const struct mail *m)
{
	struct bag props;

	begin(s, m, false);
	bag_init(&props, &s->arena);
	assert_int_equal(item_recipient(s->to, &props), 0);
	end(s);
}

static void tell(struct story *s)
{
	struct store_event e = { .codepage = 1252 };
	struct bag props;

	bag_init(&props, &s->arena);
	e.props = &props;
	assert_int_equal(item_store_begin(s->to, &e), 0);
	folder(s, "", FOLDER_ROOT);
	folder(s, "Top", FOLDER_IPM_SUBTREE);
	folder(s, "Inbox", FOLDER_PLAIN);
	mail(s, &(struct mail){ .subject = "old", .received = 100 });
	mail(s, &(struct mail){ .subject = "new", .received = 200 });
	mail(s, &(struct mail){ .subject = "timeless" });
	mail(s, &(struct mail){ .subject = "view", .class_name = "IPM.Microsoft.FolderDesign", .associated = true, .received = 1 });
	folder(s, "Project", FOLDER_PLAIN);
	mail(s, &(struct mail){ .subject = "deep", .received = 150 });
	folder_done(s);
	folder_done(s);
	folder(s, "Calendar", FOLDER_PLAIN);
	mail(s, &(struct mail){ .subject = "meeting", .class_name = "IPM.Appointment", .received = 150 });
	mail(s, &(struct mail){ .subject = "lookalike", .class_name = "IPM.AppointmentX", .received = 150 });
	mail(s, &(struct mail){ .subject = "occurrence", .class_name = "ipm.appointment.Exception", .received = 150 });
	folder_done(s);
	folder(s, "Deleted Items", FOLDER_WASTEBASKET);
	mail(s, &(struct mail){ .subject = "waste", .received = 150 });
	folder(s, "Inbox", FOLDER_PLAIN);
	mail(s, &(struct mail){ .subject = "wasted", .received = 150, .confidence = 60 });
	folder_done(s);
	folder_done(s);
	folder_done(s);
	folder_done(s);
	assert_int_equal(item_store_end(s->to), 0);
}

/* The subjects that come through; each with the "+" of its recipient. */
static void expect(const struct filter_options *options, const char *text, unsigned left_out)
{
	struct list list = { .sink = { .ops = &list_ops } };
	struct story s = { 0 };
	struct filter *f;

	arena_init(&s.arena, 1 << 20);
	assert_int_equal(filter_new(options, &list.sink, &f), 0);
	s.to = filter_sink(f);
	tell(&s);
	assert_string_equal(list.text, text);
	assert_int_equal(s.left_out, left_out);
	filter_free(f);
	arena_free(&s.arena);
}

static void everything(void **state)
{
	(void)state;
	expect(&(struct filter_options){ 0 }, "old+ new+ timeless+ view+ deep+ meeting+ lookalike+ occurrence+ waste+ wasted+", 0);
}

static void by_folder(void **state)
{
	static const char *const inbox[] = { "inbox", NULL }, *const path[] = { "Top/Inbox", NULL }, *const two[] = { "Project", "CALENDAR", NULL };
	static const char *const part[] = { "box", NULL };

	(void)state;
	expect(&(struct filter_options){ .folders = inbox }, "old+ new+ timeless+ view+ deep+ wasted+", 4);
	expect(&(struct filter_options){ .folders = path }, "old+ new+ timeless+ view+ deep+", 5);
	expect(&(struct filter_options){ .folders = two }, "deep+ meeting+ lookalike+ occurrence+", 6);
	expect(&(struct filter_options){ .folders = part }, "", 10);
}

static void by_class(void **state)
{
	static const char *const appointments[] = { "IPM.Appointment", NULL }, *const all[] = { "IPM", NULL };

	(void)state;
	/* Associated items are no mail of any class that one would ask for. */
	expect(&(struct filter_options){ .classes = appointments }, "view+ meeting+ occurrence+", 7);
	expect(&(struct filter_options){ .classes = appointments, .no_associated = true }, "meeting+ occurrence+", 8);
	expect(&(struct filter_options){ .classes = all, .no_associated = true },
	       "old+ new+ timeless+ deep+ meeting+ lookalike+ occurrence+ waste+ wasted+", 1);
}

static void by_age(void **state)
{
	(void)state;
	expect(&(struct filter_options){ .since = 150, .no_associated = true },
	       "new+ timeless+ deep+ meeting+ lookalike+ occurrence+ waste+ wasted+", 2);
	expect(&(struct filter_options){ .before = 150, .no_associated = true }, "old+ timeless+", 8);
	expect(&(struct filter_options){ .since = 150, .before = 151, .no_associated = true, .no_deleted = true },
	       "timeless+ deep+ meeting+ lookalike+ occurrence+", 5);
}

static void by_state(void **state)
{
	(void)state;
	expect(&(struct filter_options){ .no_deleted = true }, "old+ new+ timeless+ view+ deep+ meeting+ lookalike+ occurrence+", 2);
	expect(&(struct filter_options){ .min_confidence = 61 }, "old+ new+ timeless+ view+ deep+ meeting+ lookalike+ occurrence+ waste+", 1);
}

/* A message that is left out takes what is in it along, and what stands behind it is there again. */
static void what_is_inside(void **state)
{
	struct filter_options options = { .since = 50 };
	struct list list = { .sink = { .ops = &list_ops } };
	struct attachment_event attachment = { .id = 1 };
	struct story s = { 0 };
	struct filter *f;
	struct bag none;

	(void)state;
	arena_init(&s.arena, 1 << 20);
	bag_init(&none, &s.arena);
	attachment.props = &none;
	assert_int_equal(filter_new(&options, &list.sink, &f), 0);
	s.to = filter_sink(f);
	for (uint64_t received = 10; received <= 60; received += 50) {
		begin(&s, &(struct mail){ .subject = "outer", .received = received }, false);
		assert_int_equal(item_attachment_begin(s.to, &attachment), 0);
		begin(&s, &(struct mail){ .subject = "inner", .received = 10 }, true);
		assert_int_equal(item_recipient(s.to, &none), 0);
		end(&s);
		assert_int_equal(item_attachment_end(s.to), 0);
		end(&s);
	}
	assert_string_equal(list.text, "outer inner+");
	filter_free(f);
	arena_free(&s.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything), cmocka_unit_test(by_folder), cmocka_unit_test(by_class),
		cmocka_unit_test(by_age),     cmocka_unit_test(by_state),  cmocka_unit_test(what_is_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
