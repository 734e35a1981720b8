#include "mapi/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct mapi_error errors[] = {
#define ERROR(code, name, aliases, kind, meaning, check, remedy, source) \
	{ code, name, aliases, ERROR_KIND_##kind, meaning, check, remedy, source },
#include "mapi/error_list.def"
#undef ERROR
};

#define ERRORS (sizeof errors / sizeof *errors)

const struct mapi_error *mapi_error_by_code(uint32_t code)
{
	size_t low = 0, high = ERRORS;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (errors[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ERRORS && errors[low].code == code ? &errors[low] : NULL;
}

/* Calls for the name and then each alias, until `look` says stop. */
static bool each_name(const struct mapi_error *e, bool (*look)(void *context, const char *name, size_t n), void *context)
{
	if (look(context, e->name, strlen(e->name)))
		return true;
	for (const char *a = e->aliases; a && *a; a += strspn(a, " ")) {
		size_t n = strcspn(a, " ");

		if (look(context, a, n))
			return true;
		a += n;
	}
	return false;
}

static bool is_name(void *context, const char *name, size_t n)
{
	return strlen(context) == n && strncasecmp(context, name, n) == 0;
}

const struct mapi_error *mapi_error_by_name(const char *name)
{
	for (size_t i = 0; i < ERRORS; i++)
		if (each_name(&errors[i], is_name, (void *)(uintptr_t)name))
			return &errors[i];
	return NULL;
}

static bool parse(const char *text, int base, uint32_t *out)
{
	char *end;

	errno = 0;
	long long v = strtoll(text, &end, base);
	if (errno || end == text || *end || v < INT32_MIN || v > (long long)UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

const struct mapi_error *mapi_error_lookup(const char *text)
{
	bool hex = strncasecmp(text, "0x", 2) == 0;
	const struct mapi_error *e = NULL;
	uint32_t code;

	if (parse(text, hex ? 16 : 10, &code))
		e = mapi_error_by_code(code);
	/* Logs print codes in hexadecimal without saying so. */
	if (!e && strlen(text) == 8 && parse(text, 16, &code))
		e = mapi_error_by_code(code);
	return e ? e : mapi_error_by_name(text);
}

const struct mapi_error *mapi_error_at(size_t i)
{
	return i < ERRORS ? &errors[i] : NULL;
}

size_t mapi_error_count(void)
{
	return ERRORS;
}

/* Suggestions -------------------------------------------------------------------------------------------------- */

#define NAME_MAX_LENGTH 48

/* Changes of one letter that lead from a to b, in any case of letters. */
static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned row[NAME_MAX_LENGTH + 1];

	if (n > NAME_MAX_LENGTH || m > NAME_MAX_LENGTH)
		return NAME_MAX_LENGTH;
	for (unsigned j = 0; j <= m; j++)
		row[j] = j;
	for (unsigned i = 1; i <= n; i++) {
		unsigned corner = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= m; j++) {
			unsigned above = row[j];
			bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
			unsigned best = corner + !same;

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			corner = above;
		}
	}
	return row[m];
}

struct likeness {
	const char *text;
	unsigned best;
};

static bool contains(const char *name, size_t n, const char *part)
{
	size_t m = strlen(part);

	for (size_t i = 0; m <= n && i <= n - m; i++)
		if (!strncasecmp(name + i, part, m))
			return true;
	return false;
}

static bool weigh(void *context, const char *name, size_t n)
{
	struct likeness *l = context;
	size_t m = strlen(l->text);
	unsigned d = m >= 4 && contains(name, n, l->text) ? 1 : distance(l->text, m, name, n);

	if (d < l->best)
		l->best = d;
	return false;
}

size_t mapi_error_suggest(const char *text, const struct mapi_error **out, size_t max)
{
	unsigned limit = (unsigned)strlen(text) / 3 + 1, weights[16] = { 0 };
	size_t n = 0;

	if (max > sizeof weights / sizeof *weights)
		max = sizeof weights / sizeof *weights;
	for (size_t i = 0; i < ERRORS; i++) {
		struct likeness l = { text, NAME_MAX_LENGTH };
		size_t at;

		(void)each_name(&errors[i], weigh, &l);
		if (l.best > limit)
			continue;
		for (at = n < max ? n : max; at > 0 && weights[at - 1] > l.best; at--)
			if (at < max) {
				weights[at] = weights[at - 1];
				out[at] = out[at - 1];
			}
		if (at < max) {
			weights[at] = l.best;
			out[at] = &errors[i];
			n += n < max;
		}
	}
	return n;
}

const char *mapi_error_kind_name(enum error_kind kind)
{
	static const char *const names[] = { "success", "warning", "fault", "policy", "transient", "information" };

	return names[kind];
}
