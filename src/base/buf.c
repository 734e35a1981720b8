#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

static bool grow(struct buf *b, size_t need)
{
	size_t cap = b->cap > SIZE_MAX / 2 ? need : b->cap * 2;

	if (cap < need)
		cap = need < 64 ? 64 : need;
	uint8_t *p = realloc(b->p, cap);
	if (!p)
		return false;
	b->p = p;
	b->cap = cap;
	return true;
}

bool buf_reserve(struct buf *b, size_t more)
{
	if (b->failed || more > b->max - b->n) {
		b->failed = true;
		return false;
	}
	if (b->n + more > b->cap && !grow(b, b->n + more)) {
		b->failed = true;
		return false;
	}
	return true;
}

uint8_t *buf_extend(struct buf *b, size_t n)
{
	if (!buf_reserve(b, n ? n : 1))
		return NULL;
	uint8_t *p = b->p + b->n;
	b->n += n;
	return p;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (n && buf_reserve(b, n)) {
		memcpy(b->p + b->n, p, n);
		b->n += n;
	}
}

void buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_add_u8(struct buf *b, uint8_t v)
{
	buf_add(b, &v, 1);
}

void buf_add_u16(struct buf *b, uint16_t v)
{
	uint8_t *p = buf_extend(b, 2);

	if (p)
		put_le16(p, v);
}

void buf_add_u32(struct buf *b, uint32_t v)
{
	uint8_t *p = buf_extend(b, 4);

	if (p)
		put_le32(p, v);
}

void buf_add_u64(struct buf *b, uint64_t v)
{
	uint8_t *p = buf_extend(b, 8);

	if (p)
		put_le64(p, v);
}

void buf_add_zeros(struct buf *b, size_t n)
{
	if (n && buf_reserve(b, n)) {
		memset(b->p + b->n, 0, n);
		b->n += n;
	}
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || !buf_reserve(b, (size_t)n + 1)) {
		b->failed = true;
		return;
	}
	va_start(args, format);
	(void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, args);
	va_end(args);
	b->n += (size_t)n;
}

void buf_truncate(struct buf *b, size_t n)
{
	if (n < b->n)
		b->n = n;
}

const char *buf_cstr(struct buf *b)
{
	if (b->n == b->cap && !grow(b, b->n + 1))
		return "";
	b->p[b->n] = '\0';
	return (const char *)b->p;
}
