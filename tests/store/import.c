/* Imports: nothing twice, versions, several caches of one person, interruptions, ids that point within the source. */
#include "mailboxes.h"

#include "mapi/compare.h"
#include "mapi/entryid.h"
#include "mapi/filter.h"
#include "mapi/ledger.h"
#include "pst/sample.h"
#include "store/import.h"
#include "store/source.h"

/* A source by hand -------------------------------------------------------------------------------------------------- */

struct script_message {
	uint64_t id;
	const char *folder; /* "Inbox", "Contacts" */
	const char *subject, *body, *search_key, *message_id;
	const char *change_key, *predecessors; /* as below */
	uint64_t modified;
	bool read;
	uint32_t points_to; /* a node: PidTagSentMailEntryId */
};

struct script {
	struct item_source source;
	const struct script_message *v;
	size_t n;
	size_t stop_after; /* messages; 0: never */
	uint32_t drafts;   /* the node of a folder "My drafts"; 0: there is none */
};

static const struct guid script_key = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };

static void set_bytes(struct bag *b, uint32_t tag, const void *p, size_t n)
{
	assert_int_equal(bag_set_bytes(b, tag, bytes_of(p, n)), 0);
}

static void set_node_id(struct bag *b, uint32_t tag, uint32_t nid)
{
	uint8_t id[24] = { 0 };

	memcpy(id + 4, script_key.b, 16);
	put_le32(id + 20, nid);
	set_bytes(b, tag, id, sizeof id);
}

/* "A5": the change 5 of replica A. */
static size_t put_xid(uint8_t *out, const char *text)
{
	memset(out, text[0], 16);
	memset(out + 16, 0, 5);
	out[21] = (uint8_t)strtoul(text + 1, NULL, 10);
	return 22;
}

static void set_versions(struct bag *b, const struct script_message *m)
{
	uint8_t bytes[256];
	size_t n = 0;

	if (!m->change_key)
		return;
	set_bytes(b, PidTagChangeKey, bytes, put_xid(bytes, m->change_key));
	for (const char *p = m->predecessors; p && *p; p += strcspn(p, " "), p += strspn(p, " ")) {
		bytes[n] = 22;
		n += 1 + put_xid(bytes + n + 1, p);
	}
	if (n)
		set_bytes(b, PidTagPredecessorChangeList, bytes, n);
}

static void fill(struct bag *b, const struct script_message *m)
{
	assert_int_equal(bag_set_text(b, PidTagMessageClass, "IPM.Note"), 0);
	assert_int_equal(bag_set_text(b, PidTagSubject, m->subject), 0);
	assert_int_equal(bag_set_text(b, PidTagBody, m->body ? m->body : "Hello"), 0);
	assert_int_equal(bag_set_u32(b, PidTagMessageFlags, m->read), 0);
	assert_int_equal(bag_set_u64(b, PidTagClientSubmitTime, TEST_NOW - 5000), 0);
	if (m->search_key)
		set_bytes(b, PidTagSearchKey, m->search_key, strlen(m->search_key));
	if (m->message_id)
		assert_int_equal(bag_set_text(b, PidTagInternetMessageId, m->message_id), 0);
	if (m->modified)
		assert_int_equal(bag_set_u64(b, PidTagLastModificationTime, m->modified), 0);
	if (m->points_to)
		set_node_id(b, PidTagSentMailEntryId, m->points_to);
	set_versions(b, m);
}

static status begin_folder(struct item_sink *sink, uint64_t id, enum folder_role role, const char *name, struct bag *props)
{
	struct folder_event e = { .id = id, .role = role, .props = props, .messages = { -1, -1, -1, -1 }, .associated = { -1, -1, -1, -1 } };

	assert_int_equal(bag_set_text(props, PidTagDisplayName, name), 0);
	return item_folder_begin(sink, &e);
}

static status emit(struct item_sink *sink, const struct script_message *m)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	struct message_event e = { .id = m->id, .confidence = 100 };
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct bag b;
	status st;

	bag_init(&b, &a);
	fill(&b, m);
	e.props = &b;
	st = item_message_begin(sink, &e);
	return st ? st : item_message_end(sink, &result);
}

static status emit_folder(const struct script *s, struct item_sink *sink, uint64_t id, const char *name)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	struct bag b;
	status st;

	bag_init(&b, &a);
	if (strcmp(name, "Inbox") == 0 && s->drafts) {
		set_node_id(&b, PidTagIpmAppointmentEntryId, 0x8122);
		set_node_id(&b, PidTagIpmDraftsEntryId, s->drafts);
	}
	st = begin_folder(sink, id, FOLDER_PLAIN, name, &b);
	for (size_t i = 0; !st && i < s->n; i++) {
		if (strcmp(s->v[i].folder, name) != 0)
			continue;
		if (s->stop_after && i >= s->stop_after)
			return ecUserCanceled;
		st = emit(sink, &s->v[i]);
	}
	return st ? st : item_folder_end(sink);
}

static status run_script(struct item_source *source, struct item_sink *sink, struct reason *why)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	const struct script *s = (const struct script *)source;
	struct bag store, props;
	status st;

	bag_init(&store, &a);
	bag_init(&props, &a);
	set_bytes(&store, PidTagRecordKey, script_key.b, 16);
	st = item_store_begin(sink, &(struct store_event){ .props = &store, .codepage = 1252, .format = "script" });
	if (!st)
		st = begin_folder(sink, 0x122, FOLDER_ROOT, "", &props);
	if (!st)
		st = begin_folder(sink, 0x8022, FOLDER_IPM_SUBTREE, "Top", &props);
	if (!st)
		st = emit_folder(s, sink, 0x8082, "Inbox");
	if (!st)
		st = emit_folder(s, sink, 0x80A2, "Other");
	if (!st && s->drafts)
		st = emit_folder(s, sink, s->drafts, "My drafts");
	for (unsigned i = 0; !st && i < 2; i++)
		st = item_folder_end(sink);
	if (!st)
		st = item_store_end(sink);
	if (st)
		*why = sink->why;
	return st;
}

static struct script script_of(const struct script_message *v, size_t n)
{
	return (struct script){ .source = { run_script }, .v = v, .n = n };
}

/* Importing ---------------------------------------------------------------------------------------------------------- */

struct outcome {
	status st;
	struct import_counts counts;
	struct ledger_counts messages;
};

static struct outcome import_into(struct mailbox *m, struct item_source *from, const struct filter_options *filter,
				  const struct import_options *o)
{
	struct outcome out = { .st = 0 };
	struct import *i = NULL;
	struct filter *f = NULL;
	struct ledger *l;
	struct reason why = { "" };

	if (import_new(m, o, &i, &why))
		fail_msg("%s", why.text);
	if (filter)
		assert_int_equal(filter_new(filter, import_sink(i), &f), 0);
	l = ledger_new(f ? filter_sink(f) : import_sink(i));
	assert_non_null(l);
	out.st = from->run(from, ledger_sink(l), &why);
	if (!out.st && import_finish(i, &why))
		fail_msg("%s", why.text);
	out.counts = *import_counts(i);
	out.messages = ledger_totals(l)->sum.messages;
	ledger_free(l);
	filter_free(f);
	import_free(i);
	return out;
}

static struct import_options as(const char *identity)
{
	return (struct import_options){ .name = "a file", .identity = bytes_of(identity, strlen(identity)) };
}

static struct outcome import_script(struct mailbox *m, const struct script_message *v, size_t n, const char *identity)
{
	struct script s = script_of(v, n);
	struct import_options o = as(identity);

	return import_into(m, &s.source, NULL, &o);
}

static uint64_t folder_named(struct mailbox *m, const char *path)
{
	uint64_t id = 0;

	mailbox_ok(m, folder_by_path(m, path, &id));
	return id;
}

static uint64_t items_in(struct mailbox *m, const char *path)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);

	return look_at_folder(m, folder_named(m, path), &a).items;
}

static uint64_t first_in(struct mailbox *m, const char *path)
{
	uint64_t id = 0;

	mailbox_ok(m, message_next(m, folder_named(m, path), false, false, 0, &id));
	return id;
}

static void text_of(struct mailbox *m, uint64_t id, uint16_t prop, char *out, size_t size)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	struct prop p;
	const char *text;

	mailbox_ok(m, message_value(m, id, prop, &a, &p));
	text = prop_text(&p, 1252, &a);
	(void)snprintf(out, size, "%s", text ? text : "");
}

static void tell(void *context, const struct compare_difference *d)
{
	(void)context;
	print_message("# %d %d: %s | %s | %s: %s -> %s\n", d->kind, d->side, d->path ? d->path : "", d->item ? d->item : "", d->property ? d->property : "",
		      d->value[0] ? d->value[0] : "(none)", d->value[1] ? d->value[1] : "(none)");
}

static void expect_same(struct item_source *a, struct mailbox *m)
{
	struct mailbox_source *source = NULL;
	struct item_source *sources[2] = { a, NULL };
	struct compare_summary summary;
	struct compare_options o = { .found = tell, .most = 3 };
	struct reason why = { "" };

	assert_int_equal(mailbox_source_new(m, NULL, &source, &why), 0);
	sources[1] = mailbox_source_source(source);
	if (compare_stores(sources, &o, &summary, &why))
		fail_msg("%s", why.text);
	mailbox_source_free(source);
	assert_true(compare_same(&summary));
}

/* Nothing twice -------------------------------------------------------------------------------------------------------- */

static void sample_twice(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, "import_twice");
	struct import_options o = as("sample"), none = { .name = "sample" };
	struct sample *s;
	struct outcome first, second, third;

	assert_int_equal(sample_new(&(struct sample_options){ .seed = 3, .messages = 120 }, &s), 0);
	first = import_into(m, sample_source(s), NULL, &o);
	assert_int_equal(first.st, 0);
	assert_int_equal(first.messages.failed, 0);
	assert_int_equal(first.messages.duplicate, 0);
	second = import_into(m, sample_source(s), NULL, &o);
	assert_int_equal(second.counts.added, 0);
	assert_int_equal(second.counts.known, first.counts.added);
	assert_false(second.counts.resumed);
	/* A copy of the file, of which nobody knows anything: by content. */
	third = import_into(m, sample_source(s), NULL, &none);
	assert_int_equal(third.counts.added, 0);
	assert_int_equal(third.counts.there, first.counts.added);
	o.again = true;
	third = import_into(m, sample_source(s), NULL, &o);
	assert_int_equal(third.counts.there, first.counts.added);
	expect_same(sample_source(s), m);
	sample_free(s);
	mailbox_close(m);
	engine_drop(e, "import_twice");
}

static void the_same_twice_adds_nothing(void **state)
{
	(void)state;
	on_each_engine(sample_twice);
}

static void copies(enum sql_engine e)
{
	static const struct script_message three[] = {
		{ .id = 4, .folder = "Inbox", .subject = "same" },
		{ .id = 36, .folder = "Inbox", .subject = "same" },
		{ .id = 68, .folder = "Inbox", .subject = "same" },
		{ .id = 100, .folder = "Other", .subject = "same" },
	};
	struct mailbox *m = fresh_mailbox(e, "import_copies");

	assert_int_equal(import_script(m, three, 4, "a").counts.added, 4);
	assert_int_equal(import_script(m, three, 4, "").counts.there, 4);
	assert_int_equal(items_in(m, "Inbox"), 3);
	/* One more than there are. */
	assert_int_equal(import_script(m, three, 2, "b").counts.added, 0);
	assert_int_equal(items_in(m, "Other"), 1);
	mailbox_close(m);
	engine_drop(e, "import_copies");
}

static void copies_in_one_source_stay(void **state)
{
	(void)state;
	on_each_engine(copies);
}

static void deleted_since(enum sql_engine e)
{
	static const struct script_message one[] = { { .id = 4, .folder = "Inbox", .subject = "gone" } };
	struct mailbox *m = fresh_mailbox(e, "import_deleted");
	struct script s = script_of(one, 1);
	struct import_options o = as("file");

	assert_int_equal(import_script(m, one, 1, "file").counts.added, 1);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, first_in(m, "Inbox"), DELETE_SOFT));
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(import_script(m, one, 1, "file").counts.known, 1);
	assert_int_equal(items_in(m, "Inbox"), 0);
	o.again = true;
	assert_int_equal(import_into(m, &s.source, NULL, &o).counts.added, 1);
	assert_int_equal(items_in(m, "Inbox"), 1);
	mailbox_close(m);
	engine_drop(e, "import_deleted");
}

static void what_was_deleted_since_stays_so(void **state)
{
	(void)state;
	on_each_engine(deleted_since);
}

static void anywhere(enum sql_engine e)
{
	static const struct script_message here[] = { { .id = 4, .folder = "Inbox", .subject = "moved" } };
	static const struct script_message there[] = { { .id = 4, .folder = "Other", .subject = "moved" } };
	struct mailbox *m = fresh_mailbox(e, "import_anywhere");
	struct script s = script_of(there, 1);
	struct import_options o = { .name = "x", .anywhere = true };

	assert_int_equal(import_script(m, here, 1, "a").counts.added, 1);
	assert_int_equal(import_into(m, &s.source, NULL, &o).counts.there, 1);
	assert_int_equal(import_script(m, there, 1, "b").counts.added, 1);
	mailbox_close(m);
	engine_drop(e, "import_anywhere");
}

static void the_folder_counts_unless_told(void **state)
{
	(void)state;
	on_each_engine(anywhere);
}

/* Several caches --------------------------------------------------------------------------------------------------------- */

static void two_caches(enum sql_engine e)
{
	static const char *const mails[] = { "IPM.Note", "IPM.Contact", NULL }, *const others[] = { "IPM.Note", "IPM.Appointment", NULL };
	struct mailbox *m = fresh_mailbox(e, "import_union"), *whole = fresh_mailbox(e, "import_whole");
	struct filter_options one = { .classes = mails }, two = { .classes = others }, rest = { .classes = NULL };
	struct import_options a = as("one"), b = as("two"), c = as("rest");
	struct sample *s;
	struct outcome first, second, third;

	assert_int_equal(sample_new(&(struct sample_options){ .seed = 11, .messages = 150 }, &s), 0);
	first = import_into(m, sample_source(s), &one, &a);
	second = import_into(m, sample_source(s), &two, &b);
	assert_true(first.counts.added > 0);
	assert_true(second.counts.added > 0);
	assert_true(second.counts.there > 0);
	third = import_into(m, sample_source(s), &rest, &c);
	assert_int_equal(third.counts.there, first.counts.added + second.counts.added);
	assert_int_equal(import_into(whole, sample_source(s), NULL, &a).counts.added,
			 first.counts.added + second.counts.added + third.counts.added);
	expect_same(sample_source(s), m);
	sample_free(s);
	mailbox_close(m);
	mailbox_close(whole);
	engine_drop(e, "import_union");
	engine_drop(e, "import_whole");
}

static void two_caches_become_their_union(void **state)
{
	(void)state;
	on_each_engine(two_caches);
}

static void read_somewhere(enum sql_engine e)
{
	static const struct script_message unread[] = { { .id = 4, .folder = "Inbox", .subject = "x", .search_key = "k" } };
	static const struct script_message read[] = { { .id = 4, .folder = "Inbox", .subject = "x", .search_key = "k", .read = true } };
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, "import_read");

	assert_int_equal(import_script(m, unread, 1, "a").counts.added, 1);
	assert_false(look_at(m, first_in(m, "Inbox"), &a).read);
	assert_int_equal(import_script(m, read, 1, "b").counts.there, 1);
	assert_true(look_at(m, first_in(m, "Inbox"), &a).read);
	assert_int_equal(import_script(m, unread, 1, "c").counts.there, 1);
	assert_true(look_at(m, first_in(m, "Inbox"), &a).read);
	mailbox_close(m);
	engine_drop(e, "import_read");
}

static void read_in_one_cache_is_read(void **state)
{
	(void)state;
	on_each_engine(read_somewhere);
}

/* Versions ------------------------------------------------------------------------------------------------------------------ */

#define DRAFT(text, ...) { .id = 4, .folder = "Inbox", .subject = "draft", .body = text, .search_key = "key", __VA_ARGS__ }

static void versions(enum sql_engine e)
{
	static const struct script_message first[] = { DRAFT("one", .change_key = "A5", .predecessors = "A5") };
	static const struct script_message later[] = { DRAFT("two", .change_key = "B1", .predecessors = "A5 B1") };
	static const struct script_message other[] = { DRAFT("three", .change_key = "C1", .predecessors = "A5 C1") };
	static const struct script_message bare[] = { DRAFT("four", .change_key = NULL) };
	struct mailbox *m = fresh_mailbox(e, "import_versions");
	char body[64];
	uint64_t id;

	assert_int_equal(import_script(m, first, 1, "a").counts.added, 1);
	id = first_in(m, "Inbox");
	assert_int_equal(import_script(m, later, 1, "b").counts.replaced, 1);
	assert_int_equal(items_in(m, "Inbox"), 1);
	assert_int_equal(first_in(m, "Inbox"), id);
	text_of(m, id, PidTagBody >> 16, body, sizeof body);
	assert_string_equal(body, "two");
	assert_int_equal(import_script(m, first, 1, "c").counts.older, 1);
	/* Both come of A5, neither of the other: both stay. */
	assert_int_equal(import_script(m, other, 1, "d").counts.added, 1);
	assert_int_equal(items_in(m, "Inbox"), 2);
	/* Without proof too. */
	assert_int_equal(import_script(m, bare, 1, "e").counts.added, 1);
	assert_int_equal(items_in(m, "Inbox"), 3);
	mailbox_close(m);
	engine_drop(e, "import_versions");
}

static void newer_versions_replace_older_ones(void **state)
{
	(void)state;
	on_each_engine(versions);
}

static void same_version(enum sql_engine e)
{
	static const struct script_message one[] = { DRAFT("one", .change_key = "A5", .predecessors = "A5", .modified = TEST_NOW - 50) };
	static const struct script_message two[] = { DRAFT("two", .change_key = "A5", .predecessors = "A5", .modified = TEST_NOW - 40) };
	static const struct script_message same[] = { DRAFT("three", .change_key = "A5", .predecessors = "A5", .modified = TEST_NOW - 40) };
	struct mailbox *m = fresh_mailbox(e, "import_same");

	assert_int_equal(import_script(m, one, 1, "a").counts.added, 1);
	assert_int_equal(import_script(m, two, 1, "b").counts.replaced, 1);
	assert_int_equal(import_script(m, one, 1, "c").counts.older, 1);
	assert_int_equal(import_script(m, same, 1, "d").counts.added, 1);
	mailbox_close(m);
	engine_drop(e, "import_same");
}

static void of_one_version_the_last_modified_stays(void **state)
{
	(void)state;
	on_each_engine(same_version);
}

static void same_mail(enum sql_engine e)
{
	static const struct script_message stored[] = {
		{ .id = 4, .folder = "Inbox", .subject = "s", .body = "as stored", .search_key = "k", .message_id = "<1@x>" } };
	static const struct script_message mailed[] = { { .folder = "Inbox", .subject = "s", .body = "as mailed", .message_id = "<1@x>" } };
	static const struct script_message forged[] = { { .folder = "Inbox", .subject = "other", .message_id = "<1@x>" } };
	static const struct script_message again[] = {
		{ .id = 4, .folder = "Inbox", .subject = "s", .body = "changed", .search_key = "k2", .message_id = "<1@x>" } };
	struct mailbox *m = fresh_mailbox(e, "import_mail");

	assert_int_equal(import_script(m, stored, 1, "a").counts.added, 1);
	assert_int_equal(import_script(m, mailed, 1, "").counts.mail, 1);
	assert_int_equal(import_script(m, forged, 1, "").counts.added, 1);
	assert_int_equal(import_script(m, again, 1, "b").counts.added, 1);
	assert_int_equal(items_in(m, "Inbox"), 3);
	mailbox_close(m);
	engine_drop(e, "import_mail");
}

static void the_same_mail_in_another_form(void **state)
{
	(void)state;
	on_each_engine(same_mail);
}

/* Interruptions ------------------------------------------------------------------------------------------------------------- */

#define MANY 2500

static void interrupted(enum sql_engine e)
{
	static struct script_message many[MANY];
	static char subjects[MANY][16];
	struct mailbox *m = fresh_mailbox(e, "import_stop");
	struct import_options o = as("many");
	struct script s = script_of(many, MANY);
	struct outcome out;

	o.batch = 1000;
	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(subjects[i], sizeof subjects[i], "%u", i);
		many[i] = (struct script_message){ .id = 4 + 32 * i, .folder = "Inbox", .subject = subjects[i] };
	}
	s.stop_after = 2100;
	assert_int_equal(import_into(m, &s.source, NULL, &o).st, ecUserCanceled);
	mailbox_close(m);
	m = open_mailbox(e, "import_stop");
	/* Two batches of a thousand were kept. */
	assert_int_equal(items_in(m, "Inbox"), 2000);
	s.stop_after = 0;
	out = import_into(m, &s.source, NULL, &o);
	assert_true(out.counts.resumed);
	assert_int_equal(out.counts.known, 2000);
	assert_int_equal(out.counts.added, MANY - 2000);
	assert_int_equal(items_in(m, "Inbox"), MANY);
	assert_false(import_into(m, &s.source, NULL, &o).counts.resumed);
	mailbox_close(m);
	engine_drop(e, "import_stop");
}

static void an_interrupted_import_goes_on(void **state)
{
	(void)state;
	on_each_engine(interrupted);
}

/* The n-th step fails: nothing that was committed is lost or doubled, and the next run completes it. */
static void failing(enum sql_engine e)
{
	static const struct script_message v[] = {
		{ .id = 4, .folder = "Inbox", .subject = "a", .points_to = 0x80A2, .modified = TEST_NOW - 9 },
		{ .id = 36, .folder = "Inbox", .subject = "b", .points_to = 36 },
		{ .id = 68, .folder = "Other", .subject = "c" },
	};
	unsigned n = 1;
	bool whole = false;

	for (; !whole && n < 2000; n += 7) {
		struct mailbox *m = fresh_mailbox(e, "import_fail");
		struct script s = script_of(v, 3);
		struct import_options o = as("f");
		struct reason why = { "" };
		struct import *i = NULL;
		status st;

		sql_fail_after(n);
		st = import_new(m, &o, &i, &why);
		if (!st)
			st = s.source.run(&s.source, import_sink(i), &why);
		if (!st)
			st = import_finish(i, &why);
		import_free(i);
		sql_fail_after(0);
		whole = !st;
		mailbox_close(m);
		m = open_mailbox(e, "import_fail");
		assert_int_equal(import_script(m, v, 3, "f").st, 0);
		assert_int_equal(items_in(m, "Inbox"), 2);
		assert_int_equal(items_in(m, "Other"), 1);
		mailbox_close(m);
		engine_drop(e, "import_fail");
	}
	assert_true(whole);
	assert_true(n > 50);
}

static void every_step_may_fail(void **state)
{
	(void)state;
	on_each_engine(failing);
}

/* Ids -------------------------------------------------------------------------------------------------------------------------- */

static void expect_folder_id(struct mailbox *m, const struct prop *p, uint64_t folder)
{
	struct entryid id;

	assert_non_null(p);
	assert_int_equal(entryid_decode(p->value, &id, NULL), 0);
	assert_int_equal(id.kind, ENTRYID_FOLDER);
	assert_true(guid_equal(&id.folder.provider, &mailbox_identity(m)->mailbox));
	assert_true(guid_equal(&id.folder.folder.id.replica, &mailbox_identity(m)->replica));
	assert_int_equal(global_counter_get(id.folder.folder.id.counter), folder);
}

static void ids(enum sql_engine e)
{
	static const struct script_message v[] = {
		{ .id = 4, .folder = "Inbox", .subject = "sent there", .points_to = 0x80A2, .modified = TEST_NOW - 9 },
		{ .id = 36, .folder = "Other", .subject = "points ahead", .points_to = 68, .modified = TEST_NOW - 9 },
		{ .id = 68, .folder = "Other", .subject = "pointed to" },
		{ .id = 100, .folder = "My drafts", .subject = "points nowhere", .points_to = 0x9994 },
	};
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)8 << 20);
	struct mailbox *m = fresh_mailbox(e, "import_ids");
	struct import_options o = as("ids");
	struct script s = script_of(v, 4);
	struct outcome out;
	struct bag inbox;
	struct prop p;
	struct entryid id;
	uint64_t at, to = 0;

	s.drafts = 0x81C2;
	out = import_into(m, &s.source, NULL, &o);
	assert_int_equal(out.counts.added, 4);
	assert_int_equal(out.counts.ids, 3); /* two of messages, one of the Inbox */
	assert_int_equal(out.counts.dangling, 2); /* a message, and the Inbox's calendar */
	mailbox_ok(m, message_value(m, first_in(m, "Inbox"), PidTagSentMailEntryId >> 16, &a, &p));
	expect_folder_id(m, &p, folder_named(m, "Other"));
	at = first_in(m, "Other");
	mailbox_ok(m, message_next(m, folder_named(m, "Other"), false, false, at, &to));
	mailbox_ok(m, message_value(m, at, PidTagSentMailEntryId >> 16, &a, &p));
	assert_int_equal(entryid_decode(p.value, &id, NULL), 0);
	assert_int_equal(id.kind, ENTRYID_MESSAGE);
	assert_int_equal(global_counter_get(id.message.message.id.counter), to);
	/* The folder that the source calls its drafts is the mailbox's. */
	bag_init(&inbox, &a);
	mailbox_ok(m, folder_props(m, role_folder(m, MAILBOX_INBOX), &inbox));
	expect_folder_id(m, bag_find(&inbox, PidTagIpmDraftsEntryId >> 16), role_folder(m, MAILBOX_DRAFTS));
	/* To whoever compares nothing has changed. */
	expect_same(&s.source, m);
	assert_int_equal(import_into(m, &s.source, NULL, &(struct import_options){ .name = "copy" }).counts.there, 4);
	mailbox_close(m);
	engine_drop(e, "import_ids");
}

static void ids_point_to_where_things_went(void **state)
{
	(void)state;
	on_each_engine(ids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_twice_adds_nothing),
		cmocka_unit_test(copies_in_one_source_stay),
		cmocka_unit_test(what_was_deleted_since_stays_so),
		cmocka_unit_test(the_folder_counts_unless_told),
		cmocka_unit_test(two_caches_become_their_union),
		cmocka_unit_test(read_in_one_cache_is_read),
		cmocka_unit_test(newer_versions_replace_older_ones),
		cmocka_unit_test(of_one_version_the_last_modified_stays),
		cmocka_unit_test(the_same_mail_in_another_form),
		cmocka_unit_test(an_interrupted_import_goes_on),
		cmocka_unit_test(every_step_may_fail),
		cmocka_unit_test(ids_point_to_where_things_went),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
