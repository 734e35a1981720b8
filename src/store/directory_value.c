/* Values to and from text, and what is wrong with them. */
#include "base/filetime.h"
#include "base/utf16.h"
#include "store/directory_rows.h"
#include "store/directory_syntax.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define SHOWN_MOST 60

/* What somebody wrote, so that it can be said back: short, and nothing in it that a terminal obeys. */
static const char *shown(const char *text, char room[static SHOWN_MOST + 4])
{
	size_t n = 0;

	for (; n < SHOWN_MOST && text[n]; n++)
		room[n] = (uint8_t)text[n] < 0x20 || text[n] == 0x7F ? '?' : text[n];
	/* Not within a character. */
	while (text[n] && n && ((uint8_t)text[n] & 0xC0) == 0x80)
		n--;
	memcpy(room + n, text[n] ? "..." : "", text[n] ? 4 : 1);
	if (!utf8_valid(room))
		for (size_t i = 0; i < n; i++)
			room[i] = (uint8_t)room[i] >= 0x80 ? '?' : room[i];
	return room;
}

static const char *const wanted[] = {
	[DIRECTORY_BOOL] = "$true or $false",
	[DIRECTORY_INTEGER] = "a whole number",
	[DIRECTORY_SIZE] = "a size like 1.5GB or 1572864",
	[DIRECTORY_DURATION] = "a length of time like 14.00:00:00 (days.hours:minutes:seconds)",
	[DIRECTORY_TIME] = "a time like 2026-11-24 or 2026-11-24T10:00:00Z",
	[DIRECTORY_TEXT] = "text",
	[DIRECTORY_WORD] = "one of its words",
	[DIRECTORY_GUID] = "a GUID like 01234567-89ab-cdef-0123-456789abcdef",
	[DIRECTORY_REFERENCE] = "the name of an object",
};

static status refuse(const struct directory_attribute *a, const char *text, struct reason *why)
{
	char room[SHOWN_MOST + 4];

	return reason_set(why, ecInvalidParam, "%s: \"%s\" is not %s%s", a->name, shown(text, room), wanted[a->type],
			  a->flags & DIRECTORY_UNLIMITED ? ", or Unlimited" : "");
}

static status refuse_word(const struct directory_attribute *a, const char *text, struct reason *why)
{
	CLEANUP_BUF struct buf list = BUF_MAX(300);
	char room[SHOWN_MOST + 4];

	for (size_t i = 0; a->words[i]; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", a->words[i]);
	return reason_set(why, ecInvalidParam, "%s: \"%s\" is none of %s", a->name, shown(text, room), buf_cstr(&list));
}

static const char *word(const struct directory_attribute *a, const char *text)
{
	for (size_t i = 0; a->words[i]; i++)
		if (strcasecmp(a->words[i], text) == 0)
			return a->words[i];
	return NULL;
}

/* Parsing ----------------------------------------------------------------------------------------------------- */

static bool parse_bool(const char *text, int64_t *out)
{
	static const struct {
		const char *text;
		int64_t value;
	} known[] = { { "true", 1 }, { "false", 0 }, { "$true", 1 }, { "$false", 0 }, { "1", 1 }, { "0", 0 }, { "yes", 1 }, { "no", 0 } };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcasecmp(known[i].text, text) == 0) {
			*out = known[i].value;
			return true;
		}
	return false;
}

static bool parse_integer(const char *text, int64_t *out)
{
	char *end;

	if ((*text < '0' || *text > '9') && *text != '-')
		return false;
	errno = 0;
	long long n = strtoll(text, &end, 10);
	if (errno || *end || end == text)
		return false;
	*out = n;
	return true;
}

static bool parse_time(const char *text, int64_t *out)
{
	uint64_t t;

	if (!filetime_parse(text, &t) || t > INT64_MAX)
		return false;
	*out = (int64_t)t;
	return true;
}

static bool parse_number(const struct directory_attribute *a, const char *text, int64_t *out)
{
	if (a->flags & DIRECTORY_UNLIMITED && strcasecmp(text, "unlimited") == 0) {
		*out = DIRECTORY_UNLIMITED_VALUE;
		return true;
	}
	switch (a->type) {
	case DIRECTORY_BOOL:
		return parse_bool(text, out);
	case DIRECTORY_INTEGER:
		return parse_integer(text, out);
	case DIRECTORY_SIZE:
		return size_from_text(text, out);
	case DIRECTORY_DURATION:
		return duration_from_text(text, out);
	default:
		return parse_time(text, out);
	}
}

static status copy_text(const struct directory_attribute *a, const char *text, struct arena *arena, const char **out, struct reason *why)
{
	/* An address without a type is one of mail. */
	*out = a->syntax == SYNTAX_PROXY && a->type == DIRECTORY_TEXT && !strchr(text, ':') ? arena_printf(arena, "smtp:%s", text) :
											      arena_strdup(arena, text);
	return *out ? ecNone : reason_set(why, ecMemory, "out of memory");
}

status directory_parse(const struct directory_attribute *a, const char *text, struct arena *arena, struct directory_value *out, struct reason *why)
{
	struct directory_value v = { 0, NULL, { { 0 } } };
	status s = ecNone;

	switch (a->type) {
	case DIRECTORY_WORD:
		v.text = word(a, text);
		s = v.text ? ecNone : refuse_word(a, text, why);
		break;
	case DIRECTORY_TEXT:
	case DIRECTORY_REFERENCE:
		s = copy_text(a, text, arena, &v.text, why);
		break;
	case DIRECTORY_GUID:
		s = guid_parse(text, &v.guid) ? ecNone : refuse(a, text, why);
		break;
	default:
		s = parse_number(a, text, &v.number) ? ecNone : refuse(a, text, why);
	}
	if (!s && a->type != DIRECTORY_REFERENCE)
		s = directory_check_value(a, &v, why);
	if (!s)
		*out = v;
	return s;
}

/* Checking -------------------------------------------------------------------------------------------------------- */

static status check_text(const struct directory_attribute *a, const char *text, struct reason *why)
{
	char room[SHOWN_MOST + 4];
	const char *form;

	if (!text)
		return reason_set(why, ecInvalidParam, "%s: no text", a->name);
	/* Bytes first: what is far too long is not looked at character by character. */
	if (strlen(text) > 4 * (size_t)a->most)
		return reason_set(why, ecTooBig, "%s: at most %" PRId64 " characters", a->name, a->most);
	if (!utf8_valid(text))
		return reason_set(why, ecInvalidParam, "%s: \"%s\" is not UTF-8 text", a->name, shown(text, room));
	size_t n = utf8_length(text);
	if (n > (size_t)a->most)
		return reason_set(why, ecTooBig, "%s: %zu characters; at most %" PRId64 " are possible", a->name, n, a->most);
	if (n < (size_t)a->least)
		return reason_set(why, ecInvalidParam, "%s: it must not be empty; $null takes the value away", a->name);
	if (!syntax_holds(a->syntax, text, &form))
		return reason_set(why, ecInvalidParam, "%s: \"%s\" is not %s", a->name, shown(text, room), form);
	return ecNone;
}

static void print_limit(const struct directory_attribute *a, int64_t n, struct buf *out)
{
	struct directory_value v = { n, NULL, { { 0 } } };

	directory_print(a, &v, out);
}

static status check_number(const struct directory_attribute *a, int64_t n, struct reason *why)
{
	CLEANUP_BUF struct buf least = BUF_MAX(64), most = BUF_MAX(64), value = BUF_MAX(64);

	if (n == DIRECTORY_UNLIMITED_VALUE && a->flags & DIRECTORY_UNLIMITED)
		return ecNone;
	if (n >= a->least && n <= a->most)
		return ecNone;
	print_limit(a, a->least, &least);
	print_limit(a, a->most, &most);
	print_limit(a, n, &value);
	return reason_set(why, ecInvalidParam, "%s: %s is not between %s and %s%s", a->name, buf_cstr(&value), buf_cstr(&least), buf_cstr(&most),
			  a->flags & DIRECTORY_UNLIMITED ? ", nor Unlimited" : "");
}

status directory_check_value(const struct directory_attribute *a, const struct directory_value *v, struct reason *why)
{
	switch (a->type) {
	case DIRECTORY_TEXT:
		return check_text(a, v->text, why);
	case DIRECTORY_WORD:
		return v->text && word(a, v->text) ? ecNone : refuse_word(a, v->text ? v->text : "", why);
	case DIRECTORY_GUID:
		return guid_is_zero(&v->guid) ? reason_set(why, ecInvalidParam, "%s: a GUID of zeros is none", a->name) : ecNone;
	case DIRECTORY_REFERENCE:
		return v->number > 0 ? ecNone : reason_set(why, ecInvalidParam, "%s: a reference to nothing", a->name);
	case DIRECTORY_TIME:
		return v->number >= 0 ? ecNone : reason_set(why, ecInvalidParam, "%s: a time before 1601", a->name);
	default:
		return check_number(a, v->number, why);
	}
}

/* Printing ---------------------------------------------------------------------------------------------------------- */

void directory_print(const struct directory_attribute *a, const struct directory_value *v, struct buf *out)
{
	char room[FILETIME_TEXT_SIZE > GUID_TEXT_SIZE ? FILETIME_TEXT_SIZE : GUID_TEXT_SIZE];

	switch (a->type) {
	case DIRECTORY_BOOL:
		buf_add_str(out, v->number ? "True" : "False");
		break;
	case DIRECTORY_INTEGER:
		if (a->flags & DIRECTORY_UNLIMITED && v->number == DIRECTORY_UNLIMITED_VALUE)
			buf_add_str(out, "Unlimited");
		else
			buf_printf(out, "%" PRId64, v->number);
		break;
	case DIRECTORY_SIZE:
		size_to_text(v->number, out);
		break;
	case DIRECTORY_DURATION:
		duration_to_text(v->number, out);
		break;
	case DIRECTORY_TIME:
		filetime_format((uint64_t)v->number, room);
		buf_add_str(out, room);
		break;
	case DIRECTORY_GUID:
		guid_format(&v->guid, room);
		buf_add_str(out, room);
		break;
	default:
		buf_add_str(out, v->text ? v->text : "");
	}
}

const char *directory_type_name(const struct directory_attribute *a, char *room, size_t size)
{
	static const char *const names[] = {
		[DIRECTORY_BOOL] = "Boolean", [DIRECTORY_INTEGER] = "Int32",  [DIRECTORY_SIZE] = "ByteQuantifiedSize",
		[DIRECTORY_DURATION] = "EnhancedTimeSpan", [DIRECTORY_TIME] = "DateTime", [DIRECTORY_TEXT] = "String",
		[DIRECTORY_WORD] = "String", [DIRECTORY_GUID] = "Guid", [DIRECTORY_REFERENCE] = "Object",
	};
	const char *name = a->type == DIRECTORY_REFERENCE ? a->refers : names[a->type];

	if (a->type == DIRECTORY_TEXT && a->syntax == SYNTAX_SMTP)
		name = "SmtpAddress";
	else if (a->type == DIRECTORY_TEXT && a->syntax == SYNTAX_PROXY)
		name = "ProxyAddress";
	else if (a->type == DIRECTORY_TEXT && a->syntax == SYNTAX_URL)
		name = "Uri";
	if (a->flags & DIRECTORY_UNLIMITED)
		(void)snprintf(room, size, "Unlimited<%s>", name);
	else
		(void)snprintf(room, size, "%s%s", name, a->flags & DIRECTORY_LIST ? "[]" : "");
	return room;
}
