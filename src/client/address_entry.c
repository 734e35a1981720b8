#include "client/address_entry.h"

#include <string.h>

#include "base/utf16.h"
#include "store/restrict_text.h"

#define TEXT_MOST    256u
#define OTHERS_MOST  4096u
#define ADDRESS_MOST 254u /* RFC 5321 4.5.3.1.3 */

void address_entry_init(struct address_entry *e)
{
	*e = (struct address_entry){ .name = "", .address = "", .alias = "", .given = "", .surname = "", .title = "", .department = "", .office = "", .phone = "", .others = "" };
}

void address_fold(const char *utf8, struct buf *out)
{
	CLEANUP_BUF struct buf wide = BUF_MAX((size_t)1 << 20);

	utf16_from_utf8(bytes_of(utf8, strlen(utf8)), &wide);
	text_fold(buf_bytes(&wide), FOLD_LETTER_CASE | FOLD_MARKS, out);
}

bool address_is_one(const char *text)
{
	const char *at = strchr(text, '@');

	if (!at || at == text || !at[1] || strchr(at + 1, '@') || strlen(text) > ADDRESS_MOST)
		return false;
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7F || strchr("<>()[],;:\"\\", *p))
			return false;
	return true;
}

/* A control character of either range (U+0000, U+0080), or a line's end of Unicode. */
static bool is_control(const uint8_t *p, size_t left)
{
	if (*p < ' ' || *p == 0x7F)
		return true;
	if (left > 1 && p[0] == 0xC2 && p[1] < 0xA0)
		return true;
	return left > 2 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9);
}

/* `keep`: a control character that stays. */
static const char *clean(const char *text, size_t most, char keep, struct arena *arena)
{
	CLEANUP_BUF struct buf wide = BUF_MAX((size_t)16 << 10), out = BUF_MAX((size_t)32 << 10);
	size_t n = strnlen(text, most);

	utf16_from_utf8(bytes_of(text, n), &wide);
	utf16_to_utf8(buf_bytes(&wide), &out);
	for (size_t i = 0; i < out.n; i++) {
		size_t length = out.p[i] < 0x80 ? 1 : out.p[i] < 0xE0 ? 2 : 3;

		if (out.p[i] != (uint8_t)keep && is_control(out.p + i, out.n - i))
			memset(out.p + i, ' ', length < out.n - i ? length : out.n - i);
	}
	while (out.n && out.p[out.n - 1] == ' ')
		buf_truncate(&out, out.n - 1);
	const char *done = buf_cstr(&out);
	return out.failed ? NULL : arena_strdup(arena, done + strspn(done, " "));
}

bool address_entry_clean(const struct address_entry *in, struct arena *arena, struct address_entry *out)
{
	const char *const from[ADDRESS_TEXTS] = { in->name,    in->address,	 in->alias,  in->given, in->surname,
						  in->title, in->department, in->office, in->phone, in->others };
	const char *to[ADDRESS_TEXTS];

	if (!address_is_one(in->address))
		return false;
	for (unsigned i = 0; i < ADDRESS_TEXTS; i++) {
		bool others = i == ADDRESS_TEXTS - 1;

		to[i] = *from[i] ? clean(from[i], others ? OTHERS_MOST : TEXT_MOST, others ? '\n' : '\0', arena) : "";
		if (!to[i])
			return false;
	}
	*out = (struct address_entry){ in->source, in->group, in->weight, to[0], to[1], to[2], to[3], to[4], to[5], to[6], to[7], to[8], to[9] };
	if (!*out->name)
		out->name = out->address;
	return address_is_one(out->address);
}
