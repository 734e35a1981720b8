/* The writer as a sink: stores told event by event, then read back, checked and compared with what was told. */
#include "writing.h"

#include "base/utf16.h"
#include "mapi/compare.h"
#include "mapi/propset.h"
#include "pst/check.h"
#include "pst/writer.h"

/* A source that tells a story, the same each time. */
struct story {
	struct item_source source;
	void (*tell)(struct story *s);
	struct item_sink *sink;
	struct arena arena;
	struct name_map *names;
	const char *format;
	struct item_result last; /* of the message that ended last */
	unsigned failures;       /* messages that could not be written */
	status failed;           /* the first error of the sink: events after it are left out */
};

static void send(struct story *s, status result)
{
	if (!s->failed)
		s->failed = result;
}

#define SEND(s, event)                  \
	do {                            \
		if (!(s)->failed)       \
			send(s, event); \
	} while (0)

static status run_story(struct item_source *source, struct item_sink *sink, struct reason *why)
{
	struct story *s = (struct story *)source;

	s->sink = sink;
	s->failed = ecNone;
	s->failures = 0;
	arena_reset(&s->arena);
	s->tell(s);
	if (s->failed)
		(void)reason_set(why, s->failed, "%s", sink->why.text);
	return s->failed;
}

static void story_begin(struct story *s, void (*tell)(struct story *s))
{
	*s = (struct story){ .source = { .run = run_story }, .tell = tell, .names = name_map_new(), .format = "a story" };
	arena_init(&s->arena, (size_t)256 << 20);
	assert_non_null(s->names);
}

static void story_end(struct story *s)
{
	name_map_free(s->names);
	arena_free(&s->arena);
}

/* Telling ------------------------------------------------------------------------------------------------------ */

static struct bag bag_new(struct story *s)
{
	struct bag b;

	bag_init(&b, &s->arena);
	return b;
}

static struct bag named(struct story *s, const char *name)
{
	struct bag b = bag_new(s);

	assert_int_equal(bag_set_text(&b, PidTagDisplayName, name), 0);
	return b;
}

static void store(struct story *s)
{
	struct bag b = named(s, "Story");

	SEND(s, item_store_begin(s->sink, &(struct store_event){ .props = &b, .names = s->names, .codepage = 1252, .format = s->format }));
}

static void store_done(struct story *s)
{
	SEND(s, item_store_end(s->sink));
}

static void folder(struct story *s, const char *name, enum folder_role role, uint64_t id)
{
	struct bag b = named(s, name);

	SEND(s, item_folder_begin(s->sink, &(struct folder_event){ .id = id, .role = role, .props = &b }));
}

static void done(struct story *s)
{
	SEND(s, item_folder_end(s->sink));
}

/* Root, subtree and Inbox, as most stores begin. */
static void usual_folders(struct story *s)
{
	store(s);
	folder(s, "", FOLDER_ROOT, NID_ROOT_FOLDER);
	folder(s, "Top", FOLDER_IPM_SUBTREE, 0x8022);
	folder(s, "Deleted Items", FOLDER_WASTEBASKET, 0x8062);
	done(s);
	folder(s, "Inbox", FOLDER_PLAIN, 0x8082);
}

static void usual_end(struct story *s)
{
	done(s);
	done(s);
	folder(s, "Search Root", FOLDER_FINDER, 0x8042);
	done(s);
	done(s);
	store_done(s);
}

static struct bag mail(struct story *s, const char *subject)
{
	struct bag b = bag_new(s);

	assert_int_equal(bag_set_text(&b, PidTagMessageClass, "IPM.Note"), 0);
	assert_int_equal(bag_set_text(&b, PidTagSubject, subject), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, 1), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageSize, 1000), 0);
	return b;
}

static void begin_message(struct story *s, const struct bag *b, uint64_t id)
{
	SEND(s, item_message_begin(s->sink, &(struct message_event){ .id = id, .props = b, .confidence = 100 }));
}

static void end_message(struct story *s)
{
	s->last = (struct item_result){ .outcome = OUTCOME_WRITTEN };
	SEND(s, item_message_end(s->sink, &s->last));
	s->failures += s->last.outcome == OUTCOME_FAILED;
}

static void message(struct story *s, const char *subject, uint64_t id)
{
	struct bag b = mail(s, subject);

	begin_message(s, &b, id);
	end_message(s);
}

static void recipient(struct story *s, unsigned number)
{
	struct bag b = bag_new(s);
	char name[64];

	(void)snprintf(name, sizeof name, "Recipient %u", number);
	assert_int_equal(bag_set_text(&b, PidTagDisplayName, name), 0);
	assert_int_equal(bag_set_u32(&b, PidTagRecipientType, 1 + number % 3), 0);
	assert_int_equal(bag_set_u32(&b, 0x30000003, number), 0); /* not in the template */
	SEND(s, item_recipient(s->sink, &b));
}

static void large_value(struct bag *b, uint32_t tag, size_t size)
{
	struct prop p = { .tag = tag, .flags = PROP_LARGE, .count = 1, .size = size };

	assert_non_null(bag_append(b, &p));
}

static void send_value(struct story *s, const struct bag *b, uint32_t tag)
{
	const struct prop *p = bag_find(b, tag_id(tag));
	uint8_t *data = pattern_new((size_t)p->size);

	SEND(s, item_value_begin(s->sink, p));
	for (size_t at = 0, part; at < p->size; at += part) {
		part = p->size - at < 60000 ? (size_t)p->size - at : 60000;
		SEND(s, item_value_chunk(s->sink, bytes_of(data + at, part)));
	}
	SEND(s, item_value_end(s->sink, true));
	free(data);
}

/* Writing and reading back ----------------------------------------------------------------------------------- */

static const struct pst_writer_options permute = { .encryption = PST_ENCRYPT_PERMUTE, .keep_ids = true };

static status write_story(struct writing *w, struct story *s, const struct pst_writer_options *options, struct reason *why)
{
	struct pst_writer *writer = NULL;

	*w = (struct writing){ .out = NULL };
	(void)snprintf(w->path, sizeof w->path, "%s", scratch_path("story.pst"));
	assert_int_equal(output_create(w->path, true, &w->out, why), 0);
	assert_int_equal(pst_writer_new(w->out, options, &writer, why), 0);
	status st = s->source.run(&s->source, pst_writer_sink(writer), why);
	if (!st)
		st = pst_writer_finish(writer, why);
	if (!st)
		st = output_commit(w->out, why);
	pst_writer_free(writer);
	return st;
}

static void tell_finding(void *context, const struct check_finding *f)
{
	(void)context;
	if (f->severity == CHECK_NOTE)
		return;
	print_message("check: %s (0x%llx at %lld): %s, not %s\n", f->what, (unsigned long long)f->id, (long long)f->offset,
		      f->found, f->expected);
}

/* Written, opened, and sound. */
static void write_and_check(struct writing *w, struct story *s, const struct pst_writer_options *options)
{
	struct check_options check = { .found = tell_finding };
	struct check_summary summary;
	struct reason why = { "" };

	if (write_story(w, s, options, &why))
		fail_msg("%s", why.text);
	assert_int_equal(input_open_file(w->path, &w->in, &why), 0);
	assert_int_equal(pst_check(w->in, &check, &summary, &why), 0);
	/* The blocks of a message that failed belong to nobody, which is worth a note. */
	assert_int_equal(summary.findings[CHECK_NOTE], s->failures ? 1 : 0);
	assert_int_equal(summary.findings[CHECK_WARNING] + summary.findings[CHECK_DAMAGE], 0);
	assert_int_equal(pst_open(w->in, &w->pst, &why), 0);
	w->db = &w->pst->db;
	arena_init(&w->arena, (size_t)64 << 20);
}

static void tell_difference(void *context, const struct compare_difference *d)
{
	(void)context;
	print_message("%s | %s | %s | %s: %s -> %s\n", d->path ? d->path : "", d->item ? d->item : "", d->part ? d->part : "",
		      d->property ? d->property : "", d->value[0] ? d->value[0] : "(none)", d->value[1] ? d->value[1] : "(none)");
}

/* The items of the store are those of the story. */
static struct compare_summary compare(struct writing *w, struct story *s)
{
	struct item_source *sources[2] = { &s->source, pst_source(w->pst) };
	struct compare_options options = { .found = tell_difference };
	struct compare_summary summary;
	struct reason why = { "" };

	if (compare_stores(sources, &options, &summary, &why))
		fail_msg("%s", why.text);
	assert_int_equal(summary.different + summary.moved + summary.only[0] + summary.only[1], 0);
	assert_int_equal(summary.problems[0] + summary.problems[1], 0);
	return summary;
}

static struct pc properties_of(struct writing *w, pst_nid nid)
{
	struct node_ref node = writing_find(w, nid);
	struct pc pc;

	assert_int_equal(pc_load(&pc, w->db, &w->arena, &node), 0);
	return pc;
}

static char *text_of(struct writing *w, pst_nid nid, uint32_t tag)
{
	struct pc pc = properties_of(w, nid);

	return bag_text(&pc.bag, tag_id(tag), 1252, &w->arena);
}

/* The one row of a table with that id, as properties. */
struct row_search {
	uint32_t id, row;
	bool found;
};

static status search_row(void *context, uint32_t row_id, uint32_t row)
{
	struct row_search *r = context;

	if (row_id == r->id) {
		r->row = row;
		r->found = true;
	}
	return ecNone;
}

static struct bag row_of(struct writing *w, pst_nid table, uint32_t id)
{
	struct row_search r = { .id = id };
	struct node_ref node = writing_find(w, table);
	unsigned flags = 0;
	struct bag bag;
	struct tc t;

	assert_int_equal(tc_open(&t, w->db, &w->arena, &node), 0);
	assert_int_equal(tc_walk(&t, search_row, &r), 0);
	assert_true(r.found);
	bag_init(&bag, &w->arena);
	assert_int_equal(tc_row_bag(&t, r.row, &bag, &flags), 0);
	return bag;
}

static pst_nid entry_id_of(struct writing *w, uint32_t tag)
{
	struct pc pc = properties_of(w, NID_MESSAGE_STORE);
	struct bytes id = bag_bytes(&pc.bag, tag_id(tag)), key = bag_bytes(&pc.bag, tag_id(PidTagRecordKey));

	assert_int_equal(id.n, 24);
	assert_int_equal(key.n, 16);
	assert_int_equal(le32(id.p), 0);
	assert_memory_equal(id.p + 4, key.p, 16);
	return le32(id.p + 20);
}

/* Stores --------------------------------------------------------------------------------------------------------- */

static void nothing(struct story *s)
{
	store(s);
	store_done(s);
}

/* All nodes that every store of Outlook's has, though the source had none. */
static void a_store_of_nothing(void **state)
{
	static const pst_nid nodes[] = { 0x21,	0x61,  0x122,  0x12D,  0x12E,  0x12F,  0x1E1,  0x201,  0x60D,  0x60E,	0x60F,
					 0x610, 0x62B, 0x671,  0x692,  0x8022, 0x802D, 0x802E, 0x802F, 0x8042, 0x804D, 0x804E,
					 0x804F, 0x8062, 0x806D, 0x806E, 0x806F };
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, nothing);
	write_and_check(&w, &s, &permute);
	for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
		(void)writing_find(&w, nodes[i]);
	assert_string_equal(text_of(&w, 0x8022, PidTagDisplayName), "Top of Personal Folders");
	assert_string_equal(text_of(&w, 0x8042, PidTagDisplayName), "Search Root");
	assert_string_equal(text_of(&w, 0x8062, PidTagDisplayName), "Deleted Items");
	assert_int_equal(writing_find(&w, 0x8022).parent, 0x122);
	assert_int_equal(writing_find(&w, 0x8042).parent, 0x122);
	assert_int_equal(writing_find(&w, 0x8062).parent, 0x8022);
	assert_int_equal(entry_id_of(&w, PidTagIpmSubTreeEntryId), 0x8022);
	assert_int_equal(entry_id_of(&w, PidTagIpmWastebasketEntryId), 0x8062);
	assert_int_equal(entry_id_of(&w, PidTagFinderEntryId), 0x8042);
	struct pc pc = properties_of(&w, NID_MESSAGE_STORE);
	assert_int_equal(bag_u32(&pc.bag, 0x67FF, 1), 0); /* there, and no password */
	assert_int_equal(bag_u32(&pc.bag, 0x35DF, 0) & 0x89, 0x89);
	writing_end(&w);
	story_end(&s);
}

static void folders_without_a_root(struct story *s)
{
	store(s);
	folder(s, "One", FOLDER_PLAIN, 0);
	message(s, "in one", 0);
	folder(s, "Below one", FOLDER_PLAIN, 0);
	done(s);
	done(s);
	folder(s, "Two", FOLDER_PLAIN, 0);
	done(s);
	store_done(s);
}

/* As mail from files: its folders are where people look, below the subtree. */
static void a_source_without_a_root(void **state)
{
	struct writing w;
	struct story s;
	struct pc pc;

	(void)state;
	story_begin(&s, folders_without_a_root);
	write_and_check(&w, &s, &permute);
	assert_int_equal(entry_id_of(&w, PidTagIpmSubTreeEntryId), 0x8022);
	pc = properties_of(&w, 0x8022);
	assert_true(bag_bool(&pc.bag, tag_id(PidTagSubfolders), false));
	struct bag one = row_of(&w, 0x802D, 0x8082), two = row_of(&w, 0x802D, 0x80C2), below = row_of(&w, 0x808D, 0x80A2);
	assert_string_equal(bag_text(&one, tag_id(PidTagDisplayName), 1252, &w.arena), "One");
	assert_string_equal(bag_text(&two, tag_id(PidTagDisplayName), 1252, &w.arena), "Two");
	assert_string_equal(bag_text(&below, tag_id(PidTagDisplayName), 1252, &w.arena), "Below one");
	assert_int_equal(bag_u32(&one, tag_id(PidTagContentCount), 9), 1);
	writing_end(&w);
	story_end(&s);
}

static void same_size(struct story *s)
{
	usual_folders(s);
	message(s, s->format[0] == 'x' ? "abc" : "abd", 0x200024);
	usual_end(s);
}

static void read_bytes(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	uint8_t block[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(out, block, n);
	(void)fclose(f);
}

static void write_bytes(struct story *s, struct buf *out)
{
	struct writing w;

	write_and_check(&w, s, &permute);
	read_bytes(w.path, out);
	writing_end(&w);
}

/* The same story gives the same bytes; another one another record key, or two files would pass for one store. */
static void same_bytes_for_the_same_items(void **state)
{
	CLEANUP_BUF struct buf first = BUF_MAX(1 << 20), again = BUF_MAX(1 << 20), other = BUF_MAX(1 << 20);
	struct writing w;
	struct guid key;
	struct story s;

	(void)state;
	story_begin(&s, same_size);
	write_bytes(&s, &first);
	write_bytes(&s, &again);
	assert_int_equal(first.n, again.n);
	assert_memory_equal(first.p, again.p, first.n);
	write_and_check(&w, &s, &permute);
	key = pst_info(w.pst)->record_key;
	writing_end(&w);
	s.format = "x";
	write_bytes(&s, &other);
	assert_int_equal(first.n, other.n);
	write_and_check(&w, &s, &permute);
	assert_false(guid_equal(&key, &pst_info(w.pst)->record_key));
	writing_end(&w);
	story_end(&s);
}

/* Folders -------------------------------------------------------------------------------------------------------- */

static void counted(struct story *s)
{
	struct bag unread = mail(s, "unread"), associated = mail(s, "hidden");

	usual_folders(s);
	message(s, "read", 0);
	assert_int_equal(bag_set_u32(&unread, PidTagMessageFlags, 0), 0);
	begin_message(s, &unread, 0);
	end_message(s);
	SEND(s, item_message_begin(s->sink, &(struct message_event){ .associated = true, .props = &associated, .confidence = 100 }));
	end_message(s);
	folder(s, "Below", FOLDER_PLAIN, 0);
	done(s);
	usual_end(s);
}

static void counts_of_a_folder(void **state)
{
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, counted);
	write_and_check(&w, &s, &permute);
	struct bag row = row_of(&w, 0x802D, 0x8082);
	struct pc pc = properties_of(&w, 0x8082);
	const struct bag *const both[] = { &row, &pc.bag };
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(bag_u32(both[i], tag_id(PidTagContentCount), 99), 2);
		assert_int_equal(bag_u32(both[i], tag_id(PidTagContentUnreadCount), 99), 1);
		assert_true(bag_bool(both[i], tag_id(PidTagSubfolders), false));
	}
	(void)compare(&w, &s);
	writing_end(&w);
	story_end(&s);
}

static void searching(struct story *s)
{
	struct bag criteria = bag_new(s), b = named(s, "Unread");

	assert_int_equal(bag_set_u32(&criteria, 0x660B0003, 5), 0);
	assert_int_equal(bag_set_bytes(&criteria, 0x660C0102, bytes_of("criteria", 8)), 0);
	store(s);
	folder(s, "", FOLDER_ROOT, NID_ROOT_FOLDER);
	folder(s, "Search Root", FOLDER_FINDER, 0);
	SEND(s, item_folder_begin(s->sink, &(struct folder_event){ .id = 0x8063, .role = FOLDER_SEARCH, .props = &b, .search = &criteria }));
	done(s);
	folder(s, "Without criteria", FOLDER_SEARCH, 0);
	done(s);
	done(s);
	done(s);
	store_done(s);
}

static void search_folders(void **state)
{
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, searching);
	write_and_check(&w, &s, &permute);
	struct pc pc = properties_of(&w, 0x8067);
	assert_int_equal(bag_u32(&pc.bag, 0x660B, 0), 5);
	assert_int_equal(bag_bytes(&pc.bag, 0x660C).n, 8);
	(void)writing_find(&w, 0x8066);
	(void)writing_find(&w, 0x8070);
	(void)row_of(&w, 0x804D, 0x8063);
	(void)compare(&w, &s);
	writing_end(&w);
	story_end(&s);
}

/* Messages ------------------------------------------------------------------------------------------------------- */

static void nested(struct story *s, unsigned depth)
{
	struct bag a = bag_new(s), b = mail(s, "embedded");

	assert_int_equal(bag_set_u32(&a, PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE), 0);
	SEND(s, item_attachment_begin(s->sink, &(struct attachment_event){ .props = &a }));
	SEND(s, item_message_begin(s->sink, &(struct message_event){ .embedded = true, .depth = depth, .props = &b, .confidence = 100 }));
	recipient(s, depth);
	if (depth < 20)
		nested(s, depth + 1);
	end_message(s);
	SEND(s, item_attachment_end(s->sink));
}

static void attachment(struct story *s, uint64_t id, uint32_t tag, uint32_t method, size_t size)
{
	struct bag a = bag_new(s);

	assert_int_equal(bag_set_u32(&a, PidTagAttachMethod, method), 0);
	large_value(&a, tag, size);
	SEND(s, item_attachment_begin(s->sink, &(struct attachment_event){ .id = id, .props = &a }));
	send_value(s, &a, tag);
	SEND(s, item_attachment_end(s->sink));
}

static void everything(struct story *s)
{
	struct bag b = mail(s, "everything");

	usual_folders(s);
	large_value(&b, PidTagBody, 300000);
	begin_message(s, &b, 0x200024);
	send_value(s, &b, PidTagBody);
	for (unsigned i = 0; i < 40; i++)
		recipient(s, i);
	attachment(s, 0x8025, PidTagAttachDataBinary, ATTACH_BY_VALUE, 9000000);
	attachment(s, 0x8025, PidTagAttachDataBinary, ATTACH_BY_VALUE, 70000); /* an id twice */
	attachment(s, 0, PidTagAttachDataObject, ATTACH_STORAGE, 100000);
	attachment(s, 0xFFFFFFE5, PidTagAttachDataBinary, ATTACH_BY_VALUE, 65537);
	nested(s, 1);
	end_message(s);
	usual_end(s);
}

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

static void bare(struct story *s)
{
	struct bag b = bag_new(s);

	assert_int_equal(bag_set_bytes(&b, 0x66000102, bytes_of("0123456789", 10)), 0);
	usual_folders(s);
	begin_message(s, &b, 0x200024);
	attachment(s, 0, PidTagAttachDataBinary, ATTACH_BY_VALUE, 70000);
	end_message(s);
	usual_end(s);
}

/* What tables and readers count on stands in the message and in its row. */
static void properties_that_are_missing(void **state)
{
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, bare);
	write_and_check(&w, &s, &permute);
	struct bag row = row_of(&w, 0x808E, 0x200024);
	struct pc pc = properties_of(&w, 0x200024);
	assert_int_equal(bag_u32(&pc.bag, tag_id(PidTagMessageFlags), 0), 0x11);
	assert_int_equal(bag_u32(&row, tag_id(PidTagMessageFlags), 0), 0x11);
	assert_true(bag_u32(&pc.bag, tag_id(PidTagMessageSize), 0) > 70000);
	assert_int_equal(bag_u32(&row, tag_id(PidTagMessageSize), 0), bag_u32(&pc.bag, tag_id(PidTagMessageSize), 0));
	writing_end(&w);
	story_end(&s);
}

/* Failures ------------------------------------------------------------------------------------------------------- */

static struct item_result failed_result;

static void one_cannot_be_written(struct story *s)
{
	struct bag b = mail(s, "impossible");

	usual_folders(s);
	message(s, "before", 0x200024);
	begin_message(s, &b, 0x200044);
	attachment(s, 0, PidTagAttachDataBinary, ATTACH_BY_VALUE, 70000);
	for (uint16_t i = 0; i < 300; i++) {
		struct bag r = bag_new(s);

		assert_int_equal(bag_set_u32(&r, tag_make((uint16_t)(0x6700 + i % 0x90 + (i / 0x90 << 11)), PT_LONG), i), 0);
		SEND(s, item_recipient(s->sink, &r));
	}
	nested(s, 19);
	end_message(s);
	failed_result = s->last;
	message(s, "after", 0x200064);
	usual_end(s);
}

/* The failure is that message's: it has a reason, and leaves neither node nor row. */
static void a_message_that_cannot_be_written(void **state)
{
	struct node_ref node;
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, one_cannot_be_written);
	write_and_check(&w, &s, &permute);
	assert_int_equal(failed_result.outcome, OUTCOME_FAILED);
	assert_non_null(strstr(failed_result.why.text, "properties"));
	assert_int_equal(s.last.outcome, OUTCOME_WRITTEN);
	assert_int_equal(w.db->index->node(w.db, 0x200044, &node), ecNotFound);
	struct pc pc = properties_of(&w, 0x8082);
	assert_int_equal(bag_u32(&pc.bag, tag_id(PidTagContentCount), 9), 2);
	writing_end(&w);
	story_end(&s);
}

static void message_outside(struct story *s)
{
	store(s);
	message(s, "nowhere", 0);
	store_done(s);
}

static void recipient_outside(struct story *s)
{
	usual_folders(s);
	recipient(s, 1);
	usual_end(s);
}

static void never_ending(struct story *s)
{
	usual_folders(s);
}

static void expect_error(void (*tell)(struct story *), status expected)
{
	struct reason why = { "" };
	struct writing w;
	struct story s;

	story_begin(&s, tell);
	assert_int_equal(write_story(&w, &s, &permute, &why), expected);
	assert_true(why.text[0]);
	output_close(w.out);
	assert_int_not_equal(access(w.path, F_OK), 0);
	story_end(&s);
}

static void events_out_of_place(void **state)
{
	(void)state;
	expect_error(message_outside, ecInvalidParam);
	expect_error(recipient_outside, ecInvalidParam);
	expect_error(never_ending, ecInvalidParam);
}

static void disk_that_fills_up(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 12; n++) {
		output_fail_after(n);
		expect_error(everything, ecDiskError);
		output_fail_after(0);
	}
}

/* Text and names ------------------------------------------------------------------------------------------------- */

static struct prop ansi(uint32_t tag, const char *text)
{
	return (struct prop){ .tag = tag, .count = 1, .size = strlen(text), .value = bytes_of(text, strlen(text)) };
}

static void ansi_text(struct story *s)
{
	struct bag b = bag_new(s), other = bag_new(s), r = bag_new(s), a = bag_new(s);
	struct prop subject = ansi(0x0037001E, "\x83\x65\x83\x58\x83\x67"), /* code page 932 */
		broken = ansi(0x1000001E, "\x83\x65\x81"), name = ansi(0x3001001E, "\x83\x65"),
		    file = ansi(0x3707001E, "\x83\x65");

	assert_int_equal(bag_set_u32(&b, 0x3FFD0003, 932), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, 1), 0);
	assert_non_null(bag_append(&b, &subject));
	assert_non_null(bag_append(&b, &broken));
	assert_int_equal(bag_set_u32(&other, 0x3FFD0003, 1252), 0);
	assert_non_null(bag_append(&other, &name));
	assert_non_null(bag_append(&r, &name));
	assert_non_null(bag_append(&a, &file));
	usual_folders(s);
	begin_message(s, &b, 0x200024);
	SEND(s, item_recipient(s->sink, &other));
	SEND(s, item_recipient(s->sink, &r));
	SEND(s, item_attachment_begin(s->sink, &(struct attachment_event){ .id = 0x8025, .props = &a }));
	SEND(s, item_attachment_end(s->sink));
	end_message(s);
	usual_end(s);
}

/* 8-bit text becomes Unicode where its code page explains every byte, and stays as it is where not. */
static void text_of_an_ansi_store(void **state)
{
	struct node_ref node, table;
	unsigned flags = 0;
	struct writing w;
	struct story s;
	struct bag row;
	struct tc t;

	(void)state;
	story_begin(&s, ansi_text);
	s.format = "ANSI .pst";
	write_and_check(&w, &s, &permute);
	struct pc pc = properties_of(&w, 0x200024);
	assert_int_equal(bag_find(&pc.bag, 0x0037)->tag, PidTagSubject);
	assert_string_equal(bag_text(&pc.bag, 0x0037, 1252, &w.arena), "\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88");
	assert_int_equal(bag_find(&pc.bag, 0x1000)->tag, 0x1000001E);
	row = row_of(&w, 0x808E, 0x200024);
	assert_string_equal(bag_text(&row, 0x0037, 1252, &w.arena), "\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88");
	/* One recipient has a code page of its own; for the other, and the attachment, the message's is meant. */
	node = writing_find(&w, 0x200024);
	assert_int_equal(subnode_find(w.db, node.sub, NID_RECIPIENT_TABLE, &table), 0);
	assert_int_equal(tc_open(&t, w.db, &w.arena, &table), 0);
	bag_init(&row, &w.arena);
	assert_int_equal(tc_row_bag(&t, 0, &row, &flags), 0);
	assert_string_equal(bag_text(&row, 0x3001, 1252, &w.arena), "\xC6\x92" "e");
	bag_init(&row, &w.arena);
	assert_int_equal(tc_row_bag(&t, 1, &row, &flags), 0);
	assert_string_equal(bag_text(&row, 0x3001, 1252, &w.arena), "\xE3\x83\x86");
	assert_int_equal(subnode_find(w.db, node.sub, 0x8025, &table), 0);
	assert_int_equal(pc_load(&pc, w.db, &w.arena, &table), 0);
	assert_string_equal(bag_text(&pc.bag, 0x3707, 1252, &w.arena), "\xE3\x83\x86");
	writing_end(&w);
	story_end(&s);
}

static void with_names(struct story *s)
{
	struct bag b = mail(s, "named");

	assert_int_equal(bag_set_u32(&b, 0x81230003, 7), 0);
	assert_int_equal(bag_set_u32(&b, 0x81240003, 8), 0); /* has no name */
	large_value(&b, 0x85550102, 100000);
	usual_folders(s);
	begin_message(s, &b, 0x200024);
	send_value(s, &b, 0x85550102);
	end_message(s);
	usual_end(s);
}

static void named_properties(void **state)
{
	struct prop_name busy = { .set = PSETID_Appointment, .lid = 0x8205 }, large = { .set = PSETID_Common, .lid = 0x8500 };
	struct writing w;
	struct story s;

	(void)state;
	story_begin(&s, with_names);
	assert_int_equal(name_map_add(s.names, 0x8123, &busy), 0);
	assert_int_equal(name_map_add(s.names, 0x8555, &large), 0);
	write_and_check(&w, &s, &permute);
	struct pc pc = properties_of(&w, 0x200024);
	assert_int_equal(bag_u32(&pc.bag, 0x8123, 0), 7);
	assert_int_equal(bag_u32(&pc.bag, 0x8124, 0), 8);
	assert_int_equal(bag_find(&pc.bag, 0x8555)->size, 100000);
	(void)compare(&w, &s);
	writing_end(&w);
	story_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_store_of_nothing),
		cmocka_unit_test(a_source_without_a_root),
		cmocka_unit_test(same_bytes_for_the_same_items),
		cmocka_unit_test(counts_of_a_folder),
		cmocka_unit_test(search_folders),
		cmocka_unit_test(messages_with_everything),
		cmocka_unit_test(a_message_to_thousands),
		cmocka_unit_test(a_message_with_thousands_of_attachments),
		cmocka_unit_test(ids_that_repeat_or_cannot_be),
		cmocka_unit_test(properties_that_are_missing),
		cmocka_unit_test(a_message_that_cannot_be_written),
		cmocka_unit_test(events_out_of_place),
		cmocka_unit_test(disk_that_fills_up),
		cmocka_unit_test(text_of_an_ansi_store),
		cmocka_unit_test(named_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
