#include "mime/gmime_text.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "base/filetime.h"
#include "mime/gmime_lib.h"
#include "mime/libraries.h"
#include "mime/words.h"

#define TEXT_MAX ((size_t)64 << 10)
/* Addresses are parsed in pieces of about this size, so that a long list needs little memory. */
#define ADDRESS_PIECE ((size_t)2 << 10)
#define ADDRESS_PIECE_MAX ((size_t)64 << 10)
#define DECODE_PIECE ((size_t)16 << 10)

static GMimeParserOptions *parser_options;

static void make_options(void)
{
	static const char *fallbacks[] = { "utf-8", "windows-1252", NULL };

	parser_options = gmime.g_mime_parser_options_new();
	gmime.g_mime_parser_options_set_fallback_charsets(parser_options, fallbacks);
	gmime.g_mime_parser_options_set_allow_addresses_without_domain(parser_options, TRUE);
}

/* Made once, and read only from then on. */
static GMimeParserOptions *options(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, make_options);
	return parser_options;
}

static char *lower_copy(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s ? s : "");

	for (char *c = copy; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/*
 * The value for GMime, bounded: what is longer than any value should be is cut.  Runs of encoded words become one: GMime
 * 3.2 joins them before it decodes, and ends at the padding of the first.
 */
static char *for_gmime(const char *s)
{
	CLEANUP_BUF struct buf joined = BUF_MAX(4 * TEXT_MAX);
	char *cut = strndup(s, TEXT_MAX);

	if (!cut)
		return NULL;
	words_join(cut, &joined);
	if (joined.failed)
		return cut;
	free(cut);
	return strdup(buf_cstr(&joined));
}

/* GMime may hand out what is not UTF-8; then its bytes are no characters. */
static const char *utf8_copy(struct arena *a, const char *s)
{
	char *valid = gmime.g_utf8_make_valid(s, -1);
	const char *copy = arena_strdup(a, valid);

	gmime.g_free(valid);
	return copy;
}

static const char *optional_copy(struct arena *a, const char *s, bool *failed)
{
	const char *copy = s && *s ? utf8_copy(a, s) : NULL;

	*failed = *failed || (s && *s && !copy);
	return copy;
}

static void take_type(struct arena *a, const char *value, struct content_type *out, bool *failed)
{
	char *text = for_gmime(value ? value : "text/plain");
	GMimeContentType *ct = text ? gmime.g_mime_content_type_parse(options(), text) : NULL;

	free(text);
	if (!ct) {
		*failed = true;
		return;
	}
	out->type = lower_copy(a, gmime.g_mime_content_type_get_media_type(ct));
	out->subtype = lower_copy(a, gmime.g_mime_content_type_get_media_subtype(ct));
	*failed = !out->type || !out->subtype;
	const char *boundary = gmime.g_mime_content_type_get_parameter(ct, "boundary");
	if (boundary)
		out->boundary = arena_strdup(a, boundary);
	out->charset = optional_copy(a, gmime.g_mime_content_type_get_parameter(ct, "charset"), failed);
	out->name = optional_copy(a, gmime.g_mime_content_type_get_parameter(ct, "name"), failed);
	out->method = optional_copy(a, gmime.g_mime_content_type_get_parameter(ct, "method"), failed);
	gmime.g_object_unref(ct);
}

static void take_disposition(struct arena *a, const char *value, struct content_type *out, bool *failed)
{
	char *text = for_gmime(value);
	GMimeContentDisposition *d = text ? gmime.g_mime_content_disposition_parse(options(), text) : NULL;
	const char *name, *date;

	free(text);
	if (!d)
		return;
	out->attachment = gmime.g_mime_content_disposition_is_attachment(d);
	date = gmime.g_mime_content_disposition_get_parameter(d, "modification-date");
	out->modified = date ? header_decode_date(date) : 0;
	name = optional_copy(a, gmime.g_mime_content_disposition_get_parameter(d, "filename"), failed);
	if (name)
		out->name = name;
	gmime.g_object_unref(d);
}

bool content_type_parse(struct arena *a, const char *type, const char *disposition, struct content_type *out)
{
	struct content_type ct = { .type = "text" };
	bool failed = false;

	take_type(a, type, &ct, &failed);
	if (disposition)
		take_disposition(a, disposition, &ct, &failed);
	if (failed)
		return false;
	*out = ct;
	return true;
}

const char *header_decode(struct arena *a, const char *value)
{
	CLEANUP_BUF struct buf text = BUF_MAX(4 * TEXT_MAX);
	char *cut = strndup(value, TEXT_MAX);

	if (!cut)
		return NULL;
	words_decode(cut, &text);
	free(cut);
	return text.failed ? NULL : arena_strdup(a, buf_cstr(&text));
}

const char *header_ascii(struct arena *a, const char *value)
{
	char *copy = arena_strndup(a, value, TEXT_MAX < strlen(value) ? TEXT_MAX : strlen(value));

	for (char *c = copy; c && *c; c++)
		if (*c < 32 || *c == 127)
			*c = (unsigned char)*c >= 0x80 ? '?' : ' ';
	return copy;
}

uint64_t header_decode_date(const char *value)
{
	GDateTime *date = strlen(value) < 1000 ? gmime.g_mime_utils_header_decode_date(value) : NULL;
	uint64_t out = 0;

	if (date) {
		out = filetime_from_unix(gmime.g_date_time_to_unix(date));
		gmime.g_date_time_unref(date);
	}
	return out;
}

/* Addresses ------------------------------------------------------------------------------------------- */

struct address_walk {
	bool (*found)(void *context, const char *name, const char *address);
	void *context;
	bool stopped;
};

/* Without the macros of GObject, which call functions by their own names. */
static bool is_group(InternetAddress *ia)
{
	return gmime.g_type_check_instance_is_a((GTypeInstance *)ia, gmime.internet_address_group_get_type());
}

static void walk_list(struct address_walk *w, InternetAddressList *list, unsigned depth)
{
	int n = list ? gmime.internet_address_list_length(list) : 0;

	for (int i = 0; i < n && !w->stopped; i++) {
		InternetAddress *ia = gmime.internet_address_list_get_address(list, i);
		const char *name = gmime.internet_address_get_name(ia);

		if (is_group(ia)) {
			if (depth < 4)
				walk_list(w, gmime.internet_address_group_get_members((InternetAddressGroup *)ia), depth + 1);
			continue;
		}
		const char *address = gmime.internet_address_mailbox_get_addr((InternetAddressMailbox *)ia);
		char *valid_name = name ? gmime.g_utf8_make_valid(name, -1) : NULL;
		char *valid_address = address ? gmime.g_utf8_make_valid(address, -1) : NULL;
		if (valid_name || valid_address)
			w->stopped = !w->found(w->context, valid_name, valid_address);
		gmime.g_free(valid_name);
		gmime.g_free(valid_address);
	}
}

/* How much of the list to parse at once: up to a comma between addresses, with whole groups. */
static size_t piece_length(const char *s)
{
	bool quoted = false, bracket = false, group = false;
	unsigned comments = 0;
	size_t i = 0;

	for (; i < ADDRESS_PIECE_MAX && s[i]; i++) {
		char c = s[i];

		if (c == '\\' && s[i + 1] && (quoted || comments)) {
			i++;
		} else if (c == '"' && !comments) {
			quoted = !quoted;
		} else if (!quoted && (c == '(' || c == ')')) {
			comments = c == '(' ? comments + 1 : comments ? comments - 1 : 0;
		} else if (!quoted && !comments) {
			bracket = c == '<' ? true : c == '>' ? false : bracket;
			group = c == ':' && !bracket ? true : c == ';' ? false : group;
			if (c == ',' && !bracket && !group && i >= ADDRESS_PIECE)
				return i + 1;
		}
	}
	return i;
}

void header_each_address(const char *value, bool (*found)(void *context, const char *name, const char *address), void *context)
{
	struct address_walk w = { found, context, false };

	while (*value && !w.stopped) {
		size_t n = piece_length(value);
		char *piece = strndup(value, n), *joined = piece ? for_gmime(piece) : NULL;
		InternetAddressList *list = joined ? gmime.internet_address_list_parse(options(), joined) : NULL;

		walk_list(&w, list, 0);
		if (list)
			gmime.g_object_unref(list);
		free(piece);
		free(joined);
		value += n;
	}
}

/* Contents -------------------------------------------------------------------------------------------- */

struct decoding {
	GMimeEncoding state;
	status (*piece)(void *context, struct bytes b);
	void *context;
	char *room;
};

static status decode_piece(void *context, struct bytes b)
{
	struct decoding *d = context;

	while (b.n) {
		size_t part = b.n < DECODE_PIECE ? b.n : DECODE_PIECE;
		size_t n = gmime.g_mime_encoding_step(&d->state, (const char *)b.p, part, d->room);
		status st = n ? d->piece(d->context, bytes_of(d->room, n)) : ecNone;

		if (st)
			return st;
		b = bytes_of(b.p + part, b.n - part);
	}
	return ecNone;
}

static GMimeContentEncoding gmime_encoding(enum part_encoding encoding)
{
	return encoding == PART_BASE64 ? GMIME_CONTENT_ENCODING_BASE64 :
	       encoding == PART_QUOTED ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE :
					 GMIME_CONTENT_ENCODING_UUENCODE;
}

status content_decode(const struct extent *body, enum part_encoding encoding,
		      status (*piece)(void *context, struct bytes b), void *context)
{
	struct decoding d = { .piece = piece, .context = context };
	size_t n;
	status st;

	if (encoding == PART_IDENTITY)
		return extent_each(body, piece, context);
	gmime.g_mime_encoding_init_decode(&d.state, gmime_encoding(encoding));
	d.room = malloc(gmime.g_mime_encoding_outlen(&d.state, DECODE_PIECE) + 64);
	if (!d.room)
		return ecMemory;
	st = extent_each(body, decode_piece, &d);
	n = st ? 0 : gmime.g_mime_encoding_flush(&d.state, "", 0, d.room);
	if (n)
		st = piece(context, bytes_of(d.room, n));
	free(d.room);
	return st;
}
