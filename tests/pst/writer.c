/* The writer as a sink: what a store has beside its items, and what becomes of items that are odd. */
#include "story.h"

#include "base/utf16.h"
#include "mapi/propset.h"

/* Stores --------------------------------------------------------------------------------------------------------- */

static void nothing(struct story *s)
{
	store(s);
	store_done(s);
}

/* All nodes that every store of Outlook's has, though the source had none. */
static void a_store_of_nothing(void **state)
{
	static const pst_nid nodes[] = { 0x21,   0x61,   0x122,  0x12D,  0x12E,  0x12F,  0x1E1,  0x201,  0x261,  0x60D,  0x60E,
					 0x60F,  0x610,  0x62B,  0x64C,  0x671,  0x692,  0x6B6,  0x6D7,  0x6F8,  0xC01,  0xE01,
					 0xE41,  0xEC1,  0xEE1,  0xF01,  0xF21,  0x2223, 0x2226, 0x2227, 0x2230, 0x8022, 0x802D,
					 0x802E, 0x802F, 0x8042, 0x804D, 0x804E, 0x804F, 0x8062, 0x806D, 0x806E, 0x806F };
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
	assert_string_equal(text_of(&w, NID_SPAM_SEARCH_FOLDER, PidTagDisplayName), "SPAM Search Folder 2");
	assert_int_equal(writing_find(&w, NID_SPAM_SEARCH_FOLDER).parent, 0x122);
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
		cmocka_unit_test(properties_that_are_missing),
		cmocka_unit_test(a_message_that_cannot_be_written),
		cmocka_unit_test(events_out_of_place),
		cmocka_unit_test(disk_that_fills_up),
		cmocka_unit_test(text_of_an_ansi_store),
		cmocka_unit_test(named_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
