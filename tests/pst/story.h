/* Stores told event by event: a source that tells a story, and what came of it in the file. */
#ifndef TESTS_PST_STORY_H
#define TESTS_PST_STORY_H

#include "writing.h"

#include "mapi/compare.h"
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

static inline void send(struct story *s, status result)
{
	if (!s->failed)
		s->failed = result;
}

#define SEND(s, event)                  \
	do {                            \
		if (!(s)->failed)       \
			send(s, event); \
	} while (0)

static inline status run_story(struct item_source *source, struct item_sink *sink, struct reason *why)
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

static inline void story_begin(struct story *s, void (*tell)(struct story *s))
{
	*s = (struct story){ .source = { .run = run_story }, .tell = tell, .names = name_map_new(), .format = "a story" };
	arena_init(&s->arena, (size_t)256 << 20);
	assert_non_null(s->names);
}

static inline void story_end(struct story *s)
{
	name_map_free(s->names);
	arena_free(&s->arena);
}

/* Telling ------------------------------------------------------------------------------------------------------ */

static inline struct bag bag_new(struct story *s)
{
	struct bag b;

	bag_init(&b, &s->arena);
	return b;
}

static inline struct bag named(struct story *s, const char *name)
{
	struct bag b = bag_new(s);

	assert_int_equal(bag_set_text(&b, PidTagDisplayName, name), 0);
	return b;
}

static inline void store(struct story *s)
{
	struct bag b = named(s, "Story");

	SEND(s, item_store_begin(s->sink, &(struct store_event){ .props = &b, .names = s->names, .codepage = 1252, .format = s->format }));
}

static inline void store_done(struct story *s)
{
	SEND(s, item_store_end(s->sink));
}

static inline void folder(struct story *s, const char *name, enum folder_role role, uint64_t id)
{
	struct bag b = named(s, name);

	SEND(s, item_folder_begin(s->sink, &(struct folder_event){ .id = id, .role = role, .props = &b }));
}

static inline void done(struct story *s)
{
	SEND(s, item_folder_end(s->sink));
}

/* Root, subtree and Inbox, as most stores begin. */
static inline void usual_folders(struct story *s)
{
	store(s);
	folder(s, "", FOLDER_ROOT, NID_ROOT_FOLDER);
	folder(s, "Top", FOLDER_IPM_SUBTREE, 0x8022);
	folder(s, "Deleted Items", FOLDER_WASTEBASKET, 0x8062);
	done(s);
	folder(s, "Inbox", FOLDER_PLAIN, 0x8082);
}

static inline void usual_end(struct story *s)
{
	done(s);
	done(s);
	folder(s, "Search Root", FOLDER_FINDER, 0x8042);
	done(s);
	done(s);
	store_done(s);
}

static inline struct bag mail(struct story *s, const char *subject)
{
	struct bag b = bag_new(s);

	assert_int_equal(bag_set_text(&b, PidTagMessageClass, "IPM.Note"), 0);
	assert_int_equal(bag_set_text(&b, PidTagSubject, subject), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, 1), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageSize, 1000), 0);
	return b;
}

static inline void begin_message(struct story *s, const struct bag *b, uint64_t id)
{
	SEND(s, item_message_begin(s->sink, &(struct message_event){ .id = id, .props = b, .confidence = 100 }));
}

static inline void end_message(struct story *s)
{
	s->last = (struct item_result){ .outcome = OUTCOME_WRITTEN };
	SEND(s, item_message_end(s->sink, &s->last));
	s->failures += s->last.outcome == OUTCOME_FAILED;
}

static inline void message(struct story *s, const char *subject, uint64_t id)
{
	struct bag b = mail(s, subject);

	begin_message(s, &b, id);
	end_message(s);
}

static inline void recipient(struct story *s, unsigned number)
{
	struct bag b = bag_new(s);
	char name[64];

	(void)snprintf(name, sizeof name, "Recipient %u", number);
	assert_int_equal(bag_set_text(&b, PidTagDisplayName, name), 0);
	assert_int_equal(bag_set_u32(&b, PidTagRecipientType, 1 + number % 3), 0);
	assert_int_equal(bag_set_u32(&b, 0x30000003, number), 0); /* not in the template */
	SEND(s, item_recipient(s->sink, &b));
}

static inline void large_value(struct bag *b, uint32_t tag, size_t size)
{
	struct prop p = { .tag = tag, .flags = PROP_LARGE, .count = 1, .size = size };

	assert_non_null(bag_append(b, &p));
}

static inline void send_value(struct story *s, const struct bag *b, uint32_t tag)
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

static inline void nested(struct story *s, unsigned depth)
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

static inline void attachment(struct story *s, uint64_t id, uint32_t tag, uint32_t method, size_t size)
{
	struct bag a = bag_new(s);

	assert_int_equal(bag_set_u32(&a, PidTagAttachMethod, method), 0);
	large_value(&a, tag, size);
	SEND(s, item_attachment_begin(s->sink, &(struct attachment_event){ .id = id, .props = &a }));
	send_value(s, &a, tag);
	SEND(s, item_attachment_end(s->sink));
}

static inline void everything(struct story *s)
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

/* Writing and reading back ----------------------------------------------------------------------------------- */

static const struct pst_writer_options permute = { .encryption = PST_ENCRYPT_PERMUTE, .keep_ids = true };

static inline status write_story(struct writing *w, struct story *s, const struct pst_writer_options *options, struct reason *why)
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

static inline void tell_finding(void *context, const struct check_finding *f)
{
	(void)context;
	if (f->severity == CHECK_NOTE)
		return;
	print_message("check: %s (0x%llx at %lld): %s, not %s\n", f->what, (unsigned long long)f->id, (long long)f->offset,
		      f->found, f->expected);
}

/* Written, opened, and sound. */
static inline void write_and_check(struct writing *w, struct story *s, const struct pst_writer_options *options)
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

static inline void tell_difference(void *context, const struct compare_difference *d)
{
	(void)context;
	print_message("%s | %s | %s | %s: %s -> %s\n", d->path ? d->path : "", d->item ? d->item : "", d->part ? d->part : "",
		      d->property ? d->property : "", d->value[0] ? d->value[0] : "(none)", d->value[1] ? d->value[1] : "(none)");
}

/* The items of the store are those of the story. */
static inline struct compare_summary compare(struct writing *w, struct story *s)
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

static inline struct pc properties_of(struct writing *w, pst_nid nid)
{
	struct node_ref node = writing_find(w, nid);
	struct pc pc;

	assert_int_equal(pc_load(&pc, w->db, &w->arena, &node), 0);
	return pc;
}

static inline char *text_of(struct writing *w, pst_nid nid, uint32_t tag)
{
	struct pc pc = properties_of(w, nid);

	return bag_text(&pc.bag, tag_id(tag), 1252, &w->arena);
}

/* The one row of a table with that id, as properties. */
struct row_search {
	uint32_t id, row;
	bool found;
};

static inline status search_row(void *context, uint32_t row_id, uint32_t row)
{
	struct row_search *r = context;

	if (row_id == r->id) {
		r->row = row;
		r->found = true;
	}
	return ecNone;
}

static inline struct bag row_of(struct writing *w, pst_nid table, uint32_t id)
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

static inline pst_nid entry_id_of(struct writing *w, uint32_t tag)
{
	struct pc pc = properties_of(w, NID_MESSAGE_STORE);
	struct bytes id = bag_bytes(&pc.bag, tag_id(tag)), key = bag_bytes(&pc.bag, tag_id(PidTagRecordKey));

	assert_int_equal(id.n, 24);
	assert_int_equal(key.n, 16);
	assert_int_equal(le32(id.p), 0);
	assert_memory_equal(id.p + 4, key.p, 16);
	return le32(id.p + 20);
}

#endif
