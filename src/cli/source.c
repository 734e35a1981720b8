#include "cli/source.h"

#include "cli/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "client/profile_store.h"
#include "mapi/fingerprint.h"
#include "mime/mime.h"
#include "pst/check.h"
#include "pst/recover.h"

/* As much of a file's beginning as tells what it is. */
#define HEAD_SIZE 512

static bool ends_with(const char *path, const char *extension)
{
	size_t n = strlen(path), m = strlen(extension);

	return n > m && strcasecmp(path + n - m, extension) == 0;
}

static bool named_as_store(const char *path)
{
	return ends_with(path, ".pst") || ends_with(path, ".ost");
}

/* "Name:" at its start: a mail's header, a vCard's or a calendar's BEGIN. */
static bool begins_as_mail(const char *head, size_t n)
{
	size_t i = 0;

	while (i < n && (isalnum((unsigned char)head[i]) || head[i] == '-'))
		i++;
	return i > 1 && i < n && head[i] == ':';
}

static status not_a_store(const char *path, const unsigned char *head, size_t n, struct reason *why)
{
	char hex[3 * 8 + 1] = "";

	for (size_t i = 0; i < 8 && i < n; i++)
		snprintf(hex + 3 * i, 4, "%s%02X", i ? " " : "", head[i]);
	if (named_as_store(path))
		return reason_set(why, ecCorruptData,
				  "%s does not begin as a store does (21 42 44 4E): it begins with %s. If it is "
				  "a damaged .pst or .ost: postern recover SRC DST.pst",
				  path, hex);
	return reason_set(why, ecCorruptData,
			  "%s is not a mail store: it begins with %s, and that is neither .pst nor .ost nor "
			  "mbox nor mail",
			  path, hex);
}

static status guess(const char *path, struct input *in, enum source_kind *kind, struct reason *why)
{
	char head[HEAD_SIZE];
	size_t n;
	status st;

	if (in->size == 0)
		return reason_set(why, ecCorruptData, "%s is empty (0 bytes)", path);
	if (pst_recognize(in)) {
		*kind = SOURCE_PST;
		return ecNone;
	}
	st = input_read_some(in, 0, head, sizeof head, &n);
	if (st)
		return reason_set(why, st, "%s cannot be read", path);
	if (n >= 5 && memcmp(head, "From ", 5) == 0)
		*kind = SOURCE_MBOX;
	else if (!named_as_store(path) && begins_as_mail(head, n))
		*kind = SOURCE_EML;
	else
		return not_a_store(path, (const unsigned char *)head, n, why);
	return ecNone;
}

/* Damaged stores ------------------------------------------------------------------------------------------------- */

struct checking {
	const struct source_options *o;
};

static void on_check(void *context, uint64_t done, uint64_t total)
{
	const struct source_options *o = ((struct checking *)context)->o;

	if (o->progress)
		o->progress(o->context, "checking", done, total);
}

/* Is anything in it that cannot be read as it was? */
static bool is_damaged(struct source *s, const struct source_options *o)
{
	struct checking c = { o };
	struct check_options how = { .progress = on_check, .context = &c };
	struct check_summary found;

	return pst_check(s->input, &how, &found, NULL) || found.findings[CHECK_DAMAGE] || !found.complete;
}

static status open_rescued(struct source *s, const struct source_options *o, struct reason *why)
{
	struct recover_options how = { .undelete = o->undelete, .progress = o->progress, .context = o->context };
	status st = pst_recover_open(s->input, &how, &s->recovery, why);

	if (st)
		return reason_prefix(why, st, "%s", s->path);
	s->items = pst_recovery_source(s->recovery);
	s->format = pst_recovery_info(s->recovery)->format;
	s->doubtful = recovery_doubt(s->recovery, &s->doubt);
	return ecNone;
}

static status open_pst(struct source *s, const struct source_options *o, struct reason *why)
{
	status st = o->rescue == RESCUE_ALWAYS ? ecCorruptData : pst_open(s->input, &s->pst, why);

	if (!st && o->rescue == RESCUE_DAMAGED && is_damaged(s, o)) {
		pst_close(s->pst);
		s->pst = NULL;
		st = ecCorruptData;
	}
	if (st && o->rescue != RESCUE_NEVER && st != ecMemory)
		return open_rescued(s, o, why);
	if (st)
		return reason_prefix(why, st, "%s", s->path);
	s->items = pst_source(s->pst);
	s->format = pst_info(s->pst)->format;
	return ecNone;
}

/* Opening -------------------------------------------------------------------------------------------------------- */

static status open_mail(struct source *s, struct reason *why)
{
	status st = mime_source_open(s->path, &s->mime, why);

	if (st)
		return st;
	s->items = mime_source_items(s->mime);
	s->format = mime_source_format(s->mime);
	return ecNone;
}

static status open_mailbox(struct source *s, const char *identity, const struct source_options *o, struct reason *why)
{
	status st = place_open_mailbox(o->data, identity, false, &s->place, why);

	s->kind = SOURCE_MAILBOX;
	s->format = "mailbox";
	if (!st)
		st = mailbox_source_new(s->place.mailbox, NULL, &s->from, why);
	if (!st)
		s->items = mailbox_source_source(s->from);
	return st;
}

#define CACHE_NOTATION "cache:"
#define CACHE_PATIENCE_MS 30000u

static const char *cache_notation(const char *path)
{
	return strncmp(path, CACHE_NOTATION, strlen(CACHE_NOTATION)) == 0 ? path + strlen(CACHE_NOTATION) : NULL;
}

/* A path, and not NAME/STORE: it begins as one, or there is such a folder. */
static bool is_path(const char *which)
{
	struct stat st;

	return *which == '/' || *which == '.' || (strchr(which, '/') && stat(which, &st) == 0);
}

/* Of a profile, or one of its other stores; or in a folder that is named. */
static status open_cache(struct source *s, const char *which, const struct source_options *o, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	const char *folder = which;
	struct profile_store store;
	struct profile p;
	uint64_t headers = 0;
	status st = ecNone;

	if (!is_path(which)) {
		st = profile_store_named(site_default_location(o->data, &arena), which, &arena, &p, &store, why);
		folder = st ? NULL : store.folder;
	}
	s->kind = SOURCE_CACHE;
	s->format = "cache";
	if (!st)
		st = cache_open(folder, &clock_system, CACHE_PATIENCE_MS, &s->cache, why);
	if (!st)
		st = mailbox_source_new(cache_mailbox(s->cache), NULL, &s->from, why);
	if (!st && !cache_partial_count(s->cache, &headers) && headers)
		note("%s holds only the headers of %" PRIu64 " message%s: their bodies and attachments are at the server", which, headers, plural(headers));
	if (!st)
		s->items = mailbox_source_source(s->from);
	return st;
}

static status open_file(struct source *s, bool store_only, const struct source_options *o, struct reason *why)
{
	status st = input_open_file(s->path, &s->input, why);

	if (!st)
		st = guess(s->path, s->input, &s->kind, why);
	/* What is named as a store and does not begin as one is a damaged one. */
	if (st == ecCorruptData && s->input->size && named_as_store(s->path) && o->rescue != RESCUE_NEVER)
		return open_rescued(s, o, why);
	if (!st && store_only && s->kind != SOURCE_PST)
		st = reason_set(why, ecNotSupported, "%s is mail, but neither a .pst nor an .ost", s->path);
	if (st)
		return st;
	return s->kind == SOURCE_PST ? open_pst(s, o, why) : open_mail(s, why);
}

static status open_any(const char *path, bool store_only, const struct source_options *o, struct source *s, struct reason *why)
{
	const char *identity = store_only ? NULL : place_notation(path);
	struct stat st;

	*s = (struct source){ .path = path };
	if (identity)
		return open_mailbox(s, identity, o, why);
	if (!store_only && cache_notation(path))
		return open_cache(s, cache_notation(path), o, why);
	if (stat(path, &st) != 0)
		return reason_set(why, errno == EACCES ? ecAccessDenied : ecNotFound, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode) && !store_only) {
		s->kind = SOURCE_FOLDER;
		return open_mail(s, why);
	}
	return open_file(s, store_only, o, why);
}

static status open_source(const char *path, bool store_only, const struct source_options *o, struct source *s, struct reason *why)
{
	static const struct source_options none = { .rescue = RESCUE_NEVER };
	struct source new;
	status st = open_any(path, store_only, o ? o : &none, &new, why);

	if (st) {
		source_close(&new);
		return st;
	}
	*s = new;
	s->doubt.problem.text = s->doubt.words;
	return ecNone;
}

status source_open(const char *path, const struct source_options *o, struct source *s, struct reason *why)
{
	return open_source(path, false, o, s, why);
}

status source_open_store(const char *path, struct source *s, struct reason *why)
{
	return open_source(path, true, NULL, s, why);
}

void source_close(struct source *s)
{
	mailbox_source_free(s->from);
	cache_close(s->cache);
	place_close(&s->place);
	pst_recovery_close(s->recovery);
	pst_close(s->pst);
	mime_source_close(s->mime);
	input_close(s->input);
	*s = (struct source){ 0 };
}

struct mailbox *source_mailbox(const struct source *s)
{
	return s->cache ? cache_mailbox(s->cache) : s->place.mailbox;
}

#define IDENTITY_PIECE ((size_t)64 << 10)

static status add_piece(const struct source *s, uint64_t from, struct fingerprinter *f)
{
	uint8_t *piece = malloc(IDENTITY_PIECE);
	size_t n = 0;
	status st = piece ? input_read_some(s->input, from, piece, IDENTITY_PIECE, &n) : ecMemory;

	if (!st)
		fingerprinter_add(f, bytes_of(piece, n));
	free(piece);
	return st;
}

status source_identity(const struct source *s, struct buf *out)
{
	uint64_t size = s->input ? s->input->size : 0;
	struct fingerprinter f;
	struct fingerprint sum;
	struct stat info;
	status st;

	if (!s->input || stat(s->path, &info) != 0)
		return ecNone;
	fingerprinter_start(&f);
	st = add_piece(s, 0, &f);
	if (!st)
		st = add_piece(s, size > IDENTITY_PIECE ? size - IDENTITY_PIECE : 0, &f);
	if (st)
		return st;
	sum = fingerprinter_end(&f);
	buf_add_u8(out, s->recovery ? 2 : 1);
	buf_add_u64(out, size);
	buf_add_u64(out, (uint64_t)info.st_mtim.tv_sec);
	buf_add_u64(out, (uint64_t)info.st_mtim.tv_nsec);
	buf_add_u64(out, sum.lo);
	buf_add_u64(out, sum.hi);
	return buf_status(out);
}

bool source_changed(struct source *s)
{
	return s->input && input_changed(s->input);
}

enum destination_kind destination_guess(const char *path)
{
	if (place_notation(path))
		return DESTINATION_MAILBOX;
	if (ends_with(path, ".pst"))
		return DESTINATION_PST;
	return ends_with(path, ".mbox") ? DESTINATION_MBOX : DESTINATION_EML;
}

static status check_parent(const char *path, struct reason *why)
{
	char copy[PATH_MAX];
	struct stat st;
	const char *folder;

	if (strlen(path) >= sizeof copy)
		return reason_set(why, ecInvalidParam, "%s: the name is too long", path);
	memcpy(copy, path, strlen(path) + 1);
	folder = dirname(copy);
	if (stat(folder, &st) != 0)
		return reason_set(why, ecNotFound, "%s: there is no folder %s (%s)", path, folder,
				  strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return reason_set(why, ecInvalidParam, "%s: %s is not a folder", path, folder);
	return ecNone;
}

status destination_check(const char *path, const char *source, bool replace, bool folder,
			 struct reason *why)
{
	struct stat there, from;

	if (stat(path, &there) != 0)
		return check_parent(path, why);
	if (source && stat(source, &from) == 0 && from.st_dev == there.st_dev &&
	    from.st_ino == there.st_ino)
		return reason_set(why, ecInvalidParam,
				  "%s and %s are the same file; a source is never written to", source, path);
	if (S_ISDIR(there.st_mode) && !folder)
		return reason_set(why, ecInvalidParam, "%s is a folder; a file is written", path);
	if (!S_ISDIR(there.st_mode) && folder)
		return reason_set(why, ecInvalidParam, "%s is a file; a folder is written", path);
	if (!replace && !folder)
		return reason_set(why, ecDuplicateName, "%s exists; --force replaces it", path);
	return ecNone;
}
