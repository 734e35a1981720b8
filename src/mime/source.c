/* Files of mail as a source: one message, an mbox, cards, a calendar, or a folder of all these. */
#include "mime/source_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "mime/ical_lib.h"
#include "mime/libraries.h"

/* As much of a file as tells what it is. */
#define HEAD_SIZE 512

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Kinds ----------------------------------------------------------------------------------------------- */

static bool has_extension(const char *name, const char *extension)
{
	size_t n = strlen(name), m = strlen(extension);

	return n > m && strcasecmp(name + n - m, extension) == 0;
}

enum file_kind file_kind_of_name(const char *name)
{
	static const struct {
		const char *extension;
		enum file_kind kind;
	} kinds[] = {
		{ ".eml", FILE_MAIL }, { ".mbox", FILE_MBOX }, { ".mbx", FILE_MBOX },
		{ ".vcf", FILE_CARD }, { ".ics", FILE_CALENDAR },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (has_extension(name, kinds[i].extension))
			return kinds[i].kind;
	return FILE_OTHER;
}

enum file_kind file_kind_of_content(struct input *in, enum file_kind named)
{
	char head[HEAD_SIZE + 1];
	size_t n = 0, at;

	if (input_read_some(in, 0, head, HEAD_SIZE, &n))
		return named;
	head[n] = '\0';
	at = strncmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	at += strspn(head + at, " \t\r\n");
	if (strncmp(head, "From ", 5) == 0)
		return FILE_MBOX;
	if (strncasecmp(head + at, "BEGIN:VCARD", 11) == 0)
		return FILE_CARD;
	if (strncasecmp(head + at, "BEGIN:VCALENDAR", 15) == 0)
		return FILE_CALENDAR;
	return named == FILE_OTHER || named == FILE_MBOX ? FILE_MAIL : named;
}

/* Folders --------------------------------------------------------------------------------------------- */

status begin_folder(struct reading *r, const char *name, enum folder_role role, const char *class_name)
{
	struct arena_mark mark = arena_mark(&r->arena);
	struct folder_event e = { .role = role, .messages = { -1, -1, -1, -1 }, .associated = { -1, -1, -1, -1 } };
	struct bag props;
	status st;

	bag_init(&props, &r->arena);
	e.props = &props;
	st = bag_set_text(&props, PidTagDisplayName, name);
	if (!st && class_name)
		st = bag_set_text(&props, PidTagContainerClass, class_name);
	if (!st)
		st = item_folder_begin(r->sink, &e);
	arena_rewind(&r->arena, mark);
	return st;
}

const char *folder_class_of(enum file_kind kind)
{
	return kind == FILE_CARD ? "IPF.Contact" : kind == FILE_CALENDAR ? "IPF.Appointment" : "IPF.Note";
}

/* The items of one file, into the folder that is open. */
status emit_file(struct reading *r, struct input *in, enum file_kind kind, const char *name)
{
	struct extent whole = { in, 0, in->size };
	struct mail_envelope envelope = { .name = name };

	switch (kind) {
	case FILE_MBOX:
		return mbox_emit(r, &whole, name);
	case FILE_CARD:
	case FILE_CALENDAR:
		return card_emit_all(r, &whole, &envelope);
	default:
		return mail_emit(r, &whole, 0, &envelope);
	}
}

/* A single file is a folder of its own name. */
static status run_file(struct mime_source *s, struct reading *r)
{
	char name[256];
	const char *base = base_name(s->path);
	const char *dot = strrchr(base, '.');
	status st, end;

	snprintf(name, sizeof name, "%.*s", (int)(dot && dot != base ? dot - base : 200), base);
	st = begin_folder(r, *name ? name : "Mail", FOLDER_PLAIN, folder_class_of(s->kind));
	if (st)
		return st;
	st = emit_file(r, s->in, s->kind, base);
	end = st ? st : item_folder_end(r->sink);
	return end;
}

/* Running --------------------------------------------------------------------------------------------- */

static status run_folders(struct mime_source *s, struct reading *r)
{
	status st = begin_folder(r, "", FOLDER_ROOT, NULL);

	if (!st)
		st = begin_folder(r, "Top of Personal Folders", FOLDER_IPM_SUBTREE, NULL);
	if (!st)
		st = s->in ? run_file(s, r) : maildir_is(s->path) ? maildir_emit_top(r, s->path) : tree_emit(r, s->path);
	if (!st)
		st = item_folder_end(r->sink);
	return st ? st : item_folder_end(r->sink);
}

static status run_store(struct mime_source *s, struct reading *r)
{
	struct arena_mark mark = arena_mark(&r->arena);
	struct store_event e = { .names = r->names, .codepage = 1252, .format = s->format };
	struct bag props;
	status st;

	bag_init(&props, &r->arena);
	e.props = &props;
	st = bag_set_text(&props, PidTagDisplayName, base_name(s->path));
	if (!st)
		st = item_store_begin(r->sink, &e);
	arena_rewind(&r->arena, mark);
	if (!st)
		st = run_folders(s, r);
	return st ? st : item_store_end(r->sink);
}

static status run(struct item_source *source, struct item_sink *sink, struct reason *why)
{
	struct mime_source *s = (struct mime_source *)source;
	struct reading r = { .sink = sink, .why = why };
	status st = mime_libraries(why);

	if (st)
		return st;
	r.names = reading_names();
	arena_init(&r.arena, READING_MEMORY);
	if (why)
		why->text[0] = '\0';
	sink->why.text[0] = '\0';
	st = r.names ? spool_new(SPOOL_MEMORY, &r.spool) : ecMemory;
	if (!st)
		st = run_store(s, &r);
	if (st && why && !why->text[0])
		reason_write(why, "%s", sink->why.text[0] ? sink->why.text : "the mail cannot be read, or scratch space is lacking");
	name_map_free(r.names);
	spool_free(r.spool);
	arena_free(&r.arena);
	ical_lib.icalmemory_free_ring();
	return st;
}

/* Opening --------------------------------------------------------------------------------------------- */

static const char *format_of(enum file_kind kind)
{
	return kind == FILE_MBOX ? "mbox" : kind == FILE_CARD ? "vCard" : kind == FILE_CALENDAR ? "iCalendar" : "mail message";
}

static status new_source(const char *path, struct mime_source **out, struct reason *why)
{
	struct mime_source *s = calloc(1, sizeof *s);

	if (s)
		s->path = strdup(path);
	if (!s || !s->path) {
		mime_source_close(s);
		return reason_set(why, ecMemory, "not enough memory");
	}
	s->source.run = run;
	*out = s;
	return ecNone;
}

/* Slashes at the end would hide the name of a folder. */
static void trim(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
}

/* A folder with nothing in it is more likely a wrong name than no mail. */
static bool is_empty_folder(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool empty = d != NULL;

	while (empty && (e = readdir(d)) != NULL)
		empty = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
	if (d)
		(void)closedir(d);
	return empty;
}

status mime_source_open(const char *path, struct mime_source **out, struct reason *why)
{
	struct mime_source *s;
	struct stat info;
	status st;

	if (stat(path, &info) != 0)
		return reason_set(why, errno == EACCES ? ecAccessDenied : ecNotFound, "%s: %s", path, strerror(errno));
	if (S_ISDIR(info.st_mode) && is_empty_folder(path))
		return reason_set(why, ecNotFound, "%s is an empty folder", path);
	st = new_source(path, &s, why);
	if (st)
		return st;
	trim(s->path);
	if (S_ISDIR(info.st_mode)) {
		s->format = maildir_is(path) ? "Maildir" : "folder of mail files";
		*out = s;
		return ecNone;
	}
	st = input_open_file(path, &s->in, why);
	if (st) {
		mime_source_close(s);
		return st;
	}
	s->own_input = true;
	s->kind = file_kind_of_content(s->in, file_kind_of_name(path));
	s->format = format_of(s->kind);
	*out = s;
	return ecNone;
}

status mime_source_open_input(struct input *in, struct mime_source **out, struct reason *why)
{
	struct mime_source *s;
	status st = new_source(in->name ? in->name : "mail", &s, why);

	if (st)
		return st;
	s->in = in;
	s->kind = file_kind_of_content(in, FILE_OTHER);
	s->format = format_of(s->kind);
	*out = s;
	return ecNone;
}

struct item_source *mime_source_items(struct mime_source *s)
{
	return &s->source;
}

const char *mime_source_format(const struct mime_source *s)
{
	return s->format;
}

void mime_source_close(struct mime_source *s)
{
	if (!s)
		return;
	if (s->own_input)
		input_close(s->in);
	free(s->path);
	free(s);
}
