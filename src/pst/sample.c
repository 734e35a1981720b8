#include "pst/sample.h"

#include "mapi/propset.h"
#include "pst/sample_private.h"

#include <stdio.h>
#include <stdlib.h>

/* Folders ------------------------------------------------------------------------------------------------------- */

static status begin_folder(struct sample *s, const char *name, enum folder_role role, const char *class_name)
{
	struct folder_expect none = { -1, -1, -1, -1 };
	struct folder_event e = { .role = role, .messages = none, .associated = none };
	struct bag props;

	arena_reset(&s->arena);
	bag_init(&props, &s->arena);
	status st = bag_set_text(&props, PidTagDisplayName, name);
	if (!st && class_name)
		st = bag_set_text(&props, PidTagContainerClass, class_name);
	e.props = &props;
	return st ? st : item_folder_begin(s->sink, &e);
}

static status search_folder(struct sample *s)
{
	static const uint8_t criteria[] = { 0x04, 0x00, 0x1F, 0x00, 0x37, 0x00, 0x01, 0x00 };
	struct folder_expect none = { -1, -1, -1, -1 };
	struct bag props, search;

	arena_reset(&s->arena);
	bag_init(&props, &s->arena);
	bag_init(&search, &s->arena);
	status st = bag_set_text(&props, PidTagDisplayName, "Unread Mail");
	if (!st)
		st = bag_set_u32(&search, 0x660B0003, 0);
	if (!st)
		st = bag_set_bytes(&search, 0x66060102, bytes_of(criteria, sizeof criteria));
	struct folder_event e = { .role = FOLDER_SEARCH, .props = &props, .search = &search, .messages = none, .associated = none };
	if (!st)
		st = item_folder_begin(s->sink, &e);
	return st ? st : item_folder_end(s->sink);
}

static status fill(struct sample *s, enum sample_kind kind, uint64_t n)
{
	status st = ecNone;

	for (uint64_t i = 0; !st && i < n; i++)
		st = sample_message(s, kind);
	return st;
}

struct plan {
	const char *name, *class_name;
	enum folder_role role;
	enum sample_kind kind;
	uint64_t items;
};

static status plain_folder(struct sample *s, const struct plan *p)
{
	status st = begin_folder(s, p->name, p->role, p->class_name);

	if (!st)
		st = fill(s, p->kind, p->items);
	return st ? st : item_folder_end(s->sink);
}

/* Is there room for one more mail? By number, or by bytes. */
static bool more(const struct sample *s)
{
	return s->options.bytes ? s->emitted < s->options.bytes : s->messages < s->options.messages;
}

static status mails(struct sample *s, uint64_t most)
{
	status st = ecNone;

	for (uint64_t i = 0; !st && i < most && more(s); i++)
		st = sample_message(s, sample_random(s, 12) ? SAMPLE_MAIL : SAMPLE_MEETING);
	return st;
}

/* The bulk of the mail: in the Inbox alone, or also in folders of an archive. */
static status bulk(struct sample *s)
{
	char name[32];
	status st = begin_folder(s, "Inbox", FOLDER_PLAIN, "IPF.Note");

	if (!st)
		st = sample_message(s, SAMPLE_VIEW);
	if (!st)
		st = sample_message(s, SAMPLE_REPORT);
	if (!st)
		st = mails(s, s->options.huge_folder ? UINT64_MAX : 60);
	if (!st)
		st = item_folder_end(s->sink);
	if (!st)
		st = begin_folder(s, "Archiv für Übergröße", FOLDER_PLAIN, "IPF.Note");
	for (unsigned i = 1; !st && more(s); i++) {
		(void)snprintf(name, sizeof name, "Volume %u", i);
		st = begin_folder(s, name, FOLDER_PLAIN, "IPF.Note");
		if (!st)
			st = mails(s, 500);
		if (!st)
			st = item_folder_end(s->sink);
	}
	return st ? st : item_folder_end(s->sink);
}

static status people_folders(struct sample *s)
{
	static const struct plan plans[] = {
		{ "Deleted Items", "IPF.Note", FOLDER_WASTEBASKET, SAMPLE_MAIL, 3 },
		{ "Sent Items", "IPF.Note", FOLDER_PLAIN, SAMPLE_MAIL, 5 },
		{ "Drafts", "IPF.Note", FOLDER_PLAIN, SAMPLE_MAIL, 0 },
		{ "Calendar", "IPF.Appointment", FOLDER_PLAIN, SAMPLE_APPOINTMENT, 12 },
		{ "Contacts", "IPF.Contact", FOLDER_PLAIN, SAMPLE_CONTACT, 10 },
		{ "Distribution Lists", "IPF.Contact", FOLDER_PLAIN, SAMPLE_DIST_LIST, 2 },
		{ "Tasks", "IPF.Task", FOLDER_PLAIN, SAMPLE_TASK, 5 },
		{ "Notes", "IPF.StickyNote", FOLDER_PLAIN, SAMPLE_NOTE, 4 },
		{ "Journal", "IPF.Journal", FOLDER_PLAIN, SAMPLE_JOURNAL, 3 },
		{ "Posts", "IPF.Note", FOLDER_PLAIN, SAMPLE_POST, 2 },
		{ "Every property type", "IPF.Note", FOLDER_PLAIN, SAMPLE_ALL_TYPES, 1 },
	};
	status st = bulk(s);

	for (size_t i = 0; !st && i < sizeof plans / sizeof *plans; i++)
		st = plain_folder(s, &plans[i]);
	if (st || !s->options.extremes)
		return st;
	st = begin_folder(s, "Extremes", FOLDER_PLAIN, "IPF.Note");
	if (!st)
		st = sample_extremes(s);
	return st ? st : item_folder_end(s->sink);
}

static status whole(struct sample *s)
{
	static const uint8_t key[16] = "postern sample.";
	struct bag props;

	bag_init(&props, &s->arena);
	status st = bag_set_text(&props, PidTagDisplayName, "Postern sample");
	if (!st)
		st = bag_set_bytes(&props, PidTagRecordKey, bytes_of(key, sizeof key));
	struct store_event store = { .props = &props, .names = s->names, .codepage = 1252, .format = "sample" };
	if (!st)
		st = item_store_begin(s->sink, &store);
	if (!st)
		st = begin_folder(s, "", FOLDER_ROOT, NULL);
	if (!st)
		st = begin_folder(s, "Top of Personal Folders", FOLDER_IPM_SUBTREE, NULL);
	if (!st)
		st = people_folders(s);
	if (!st)
		st = item_folder_end(s->sink);
	if (!st)
		st = begin_folder(s, "Search Root", FOLDER_FINDER, NULL);
	if (!st)
		st = search_folder(s);
	if (!st)
		st = item_folder_end(s->sink);
	if (!st)
		st = item_folder_end(s->sink);
	return st ? st : item_store_end(s->sink);
}

static status run(struct item_source *src, struct item_sink *sink, struct reason *why)
{
	struct sample *s = (struct sample *)((char *)src - offsetof(struct sample, source));

	/* Each run gives the same mail again. */
	s->random = s->options.seed;
	s->emitted = s->messages = 0;
	s->sink = sink;
	for (size_t i = 0; i < NOISE_SIZE; i += 8)
		put_le64(s->noise + i, sample_random(s, UINT64_MAX));
	arena_reset(&s->arena);
	status st = whole(s);
	if (st && why)
		*why = sink->why;
	return st;
}

status sample_new(const struct sample_options *options, struct sample **out)
{
	struct sample *s = calloc(1, sizeof *s);

	if (!s)
		return ecMemory;
	s->options = *options;
	s->source.run = run;
	arena_init(&s->arena, (size_t)24 << 20);
	s->names = name_map_new();
	s->noise = malloc(NOISE_SIZE);
	if (!s->names || !s->noise) {
		sample_free(s);
		return ecMemory;
	}
	*out = s;
	return ecNone;
}

struct item_source *sample_source(struct sample *s)
{
	return &s->source;
}

void sample_free(struct sample *s)
{
	if (!s)
		return;
	name_map_free(s->names);
	arena_free(&s->arena);
	free(s->noise);
	free(s);
}
