/*
 * Words: runs of letters, numbers and marks, folded without case and accents.  Scripts that are written without spaces
 * have a word of each letter: who looks for several looks for a phrase.
 */
#include "base/utf16.h"
#include "store/fulltext_private.h"
#include "store/restrict_text.h"

struct word_range {
	uint32_t first, last;
};

static const struct word_range ranges[] = {
#define WORD(first, last) { first, last },
#include "store/fulltext_words.def"
#undef WORD
};

/* Han, kana, Thai, Lao, Khmer, Myanmar. */
static bool stands_alone(uint32_t c)
{
	return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) || (c >= 0x3040 && c <= 0x30FF) ||
	       (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

static bool is_word(uint32_t c)
{
	size_t lo = 0, hi = sizeof ranges / sizeof *ranges;

	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	if (c >= 0x20000)
		return c <= 0x3FFFF;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c < ranges[mid].first)
			hi = mid;
		else if (c > ranges[mid].last)
			lo = mid + 1;
		else
			return true;
	}
	return false;
}

static size_t put_utf8(uint8_t *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (uint8_t)(0xC0 | c >> 6);
		to[1] = (uint8_t)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (uint8_t)(0xE0 | c >> 12);
		to[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		to[2] = (uint8_t)(0x80 | (c & 0x3F));
		return 3;
	}
	to[0] = (uint8_t)(0xF0 | c >> 18);
	to[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
	to[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
	to[3] = (uint8_t)(0x80 | (c & 0x3F));
	return 4;
}

static uint32_t next(const uint8_t **p, const uint8_t *end)
{
	uint32_t c = le16(*p);

	*p += 2;
	if ((c & 0xFC00) == 0xD800 && end - *p >= 2 && (le16(*p) & 0xFC00) == 0xDC00) {
		c = 0x10000 + ((c & 0x3FF) << 10) + (le16(*p) & 0x3FFu);
		*p += 2;
	}
	return c;
}

struct splitter {
	struct buf *out;
	uint8_t word[FULLTEXT_WORD_MAX + 8];
	size_t n;
};

static void end_word(struct splitter *s)
{
	if (s->n) {
		s->word[s->n++] = ' ';
		buf_add(s->out, s->word, s->n);
	}
	s->n = 0;
}

void fulltext_add_words(struct bytes text, struct buf *out)
{
	const uint8_t *p = text.p, *end = text.n ? text.p + (text.n & ~(size_t)1) : text.p;
	struct splitter s = { .out = out };

	while (p < end && !out->failed) {
		uint32_t c = next(&p, end);
		bool word = is_word(c), alone = word && stands_alone(c);

		if (!word || alone)
			end_word(&s);
		c = word ? text_fold_letter(c, FOLD_LETTER_CASE | FOLD_MARKS) : 0;
		if (c && s.n + 4 <= FULLTEXT_WORD_MAX)
			s.n += put_utf8(s.word + s.n, c);
		if (alone)
			end_word(&s);
	}
	end_word(&s);
}

status fulltext_split(const char *utf8, struct arena *arena, const char ***words, size_t *n)
{
	CLEANUP_BUF struct buf wide = BUF_MAX((size_t)1 << 20), all = BUF_MAX((size_t)1 << 20);
	const char **v;
	size_t count = 0;
	char *copy;

	utf16_from_utf8(bytes_of(utf8, strlen(utf8)), &wide);
	fulltext_add_words(buf_bytes(&wide), &all);
	if (wide.failed || all.failed)
		return ecTooBig;
	for (size_t i = 0; i < all.n; i++)
		count += all.p[i] == ' ';
	copy = arena_strndup(arena, all.n ? (const char *)all.p : "", all.n);
	v = arena_array(arena, count + 1, sizeof *v);
	if (!v || !copy)
		return ecMemory;
	for (size_t i = 0; i < count; i++) {
		v[i] = copy;
		copy += strcspn(copy, " ");
		*copy++ = '\0';
	}
	*words = v;
	*n = count;
	return ecNone;
}
