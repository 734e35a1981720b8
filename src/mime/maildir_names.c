#include "mime/maildir_names.h"

#include "base/utf16.h"

#define NAME_TEXT_MAX ((size_t)8 << 10)

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* U+2024 ONE DOT LEADER and U+2215 DIVISION SLASH */
#define DOT_LEADER     0x2024u
#define DIVISION_SLASH 0x2215u

static bool is_plain(unsigned unit)
{
	return unit >= 0x20 && unit < 0x7F && unit != '.' && unit != '/';
}

/* Code units in base64, the high byte first, without padding. */
static void put_shifted(const uint8_t *units, size_t n, struct buf *out)
{
	uint32_t bits = 0;
	unsigned held = 0;

	buf_add_u8(out, '&');
	for (size_t i = 0; i < n; i++) {
		unsigned unit = le16(units + 2 * i);

		unit = unit == '.' ? DOT_LEADER : unit == '/' ? DIVISION_SLASH : unit;
		bits = bits << 16 | unit;
		held += 16;
		for (; held >= 6; held -= 6)
			buf_add_u8(out, (uint8_t)digits[bits >> (held - 6) & 63]);
	}
	if (held)
		buf_add_u8(out, (uint8_t)digits[bits << (6 - held) & 63]);
	buf_add_u8(out, '-');
}

void maildir_name_encode(const char *utf8, struct buf *out)
{
	CLEANUP_BUF struct buf wide = BUF_MAX(2 * NAME_TEXT_MAX);
	size_t n, i = 0;

	utf16_from_utf8(bytes_of(utf8, strlen(utf8)), &wide);
	n = wide.n / 2;
	while (i < n) {
		unsigned unit = le16(wide.p + 2 * i);
		size_t from = i;

		if (is_plain(unit)) {
			buf_add_u8(out, (uint8_t)unit);
			if (unit == '&')
				buf_add_u8(out, '-');
			i++;
			continue;
		}
		while (i < n && !is_plain(le16(wide.p + 2 * i)))
			i++;
		put_shifted(wide.p + 2 * from, i - from, out);
	}
}

/* The base64 of a shifted run into UTF-16LE; false when it is none. */
static bool unshift(const char *p, size_t n, struct buf *wide)
{
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < n; i++) {
		const char *digit = p[i] ? strchr(digits, p[i]) : NULL;

		if (!digit)
			return false;
		bits = bits << 6 | (uint32_t)(digit - digits);
		held += 6;
		if (held >= 16) {
			unsigned unit = bits >> (held - 16) & 0xFFFF;

			buf_add_u16(wide, (uint16_t)(unit == DOT_LEADER ? '.' : unit == DIVISION_SLASH ? '/' : unit));
			held -= 16;
		}
	}
	return held < 6;
}

void maildir_name_decode(const char *name, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf wide = BUF_MAX(2 * NAME_TEXT_MAX);
		const char *end = name[i] == '&' ? memchr(name + i, '-', n - i) : NULL;
		size_t length = end ? (size_t)(end - name) - i - 1 : 0;

		if (end && !length) {
			buf_add_u8(out, '&');
			i++;
		} else if (end && unshift(name + i + 1, length, &wide)) {
			utf16_to_utf8(buf_bytes(&wide), out);
			i += length + 1;
		} else {
			buf_add_u8(out, (uint8_t)name[i]);
		}
	}
}

const char *maildir_flags(const char *file)
{
	const char *info = strstr(file, ":2,");

	return info ? info + 3 : NULL;
}
