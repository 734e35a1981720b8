/* Values against each other, and as bytes that sort. */
#include "store/restrict_private.h"

#include "store/restrict_text.h"

/* Of one text or list of bytes while it is compared. */
#define KEY_MAX ((size_t)64 << 20)

enum value_kind restrict_kind(uint16_t type)
{
	switch (type & (uint16_t)~(MV_FLAG | MV_INSTANCE)) {
	case PT_SHORT:
	case PT_LONG:
	case PT_I8:
	case PT_CURRENCY:
	case PT_BOOLEAN:
	case PT_ERROR:
		return VALUE_NUMBER;
	case PT_SYSTIME:
		return VALUE_TIME;
	case PT_FLOAT:
	case PT_DOUBLE:
	case PT_APPTIME:
		return VALUE_REAL;
	case PT_STRING8:
	case PT_UNICODE:
		return VALUE_TEXT;
	case PT_BINARY:
	case PT_CLSID:
	case PT_SVREID:
	case PT_OBJECT:
		return VALUE_BYTES;
	default:
		return VALUE_NONE;
	}
}

uint32_t restrict_count(const struct prop *p)
{
	size_t size = prop_type_fixed_size(prop_type(p) & (uint16_t)~MV_FLAG);

	if (p->flags & (PROP_LARGE | PROP_UNKNOWN_TYPE))
		return 0;
	if (!(prop_type(p) & MV_FLAG))
		return 1;
	if (prop_is_list(p->tag))
		return p->count;
	return size && p->value.n / size < p->count ? (uint32_t)(p->value.n / size) : size ? p->count : 0;
}

struct element restrict_element(const struct prop *p, uint32_t i)
{
	struct element e = { .type = prop_type(p) & (uint16_t)~MV_FLAG };
	size_t size = prop_type_fixed_size(e.type);

	if (!(prop_type(p) & MV_FLAG))
		e.value = p->value;
	else if (prop_is_list(p->tag))
		e.value = p->values[i];
	else
		e.value = bytes_of(p->value.p + i * size, size);
	return e;
}

/* Signed, or for times the bits of an unsigned one. False when the bytes are not the type's. */
static bool number(const struct element *e, int64_t *out)
{
	const uint8_t *p = e->value.p;

	if (e->value.n != prop_type_fixed_size(e->type) || !p)
		return false;
	switch (e->type) {
	case PT_BOOLEAN:
		*out = p[0] != 0;
		return true;
	case PT_SHORT:
		*out = (int16_t)le16(p);
		return true;
	case PT_LONG:
		*out = (int32_t)le32(p);
		return true;
	case PT_ERROR:
		*out = le32(p);
		return true;
	case PT_I8:
	case PT_CURRENCY:
	case PT_SYSTIME:
		*out = (int64_t)le64(p);
		return true;
	default:
		return false;
	}
}

static bool real(const struct element *e, double *out)
{
	int64_t n;
	float f;

	if (restrict_kind(e->type) == VALUE_NUMBER) {
		if (!number(e, &n))
			return false;
		*out = (double)n;
		return true;
	}
	if (restrict_kind(e->type) != VALUE_REAL || e->value.n != prop_type_fixed_size(e->type))
		return false;
	if (e->type == PT_FLOAT) {
		memcpy(&f, e->value.p, sizeof f);
		*out = (double)f;
	} else {
		memcpy(out, e->value.p, sizeof *out);
	}
	return *out == *out; /* what is no number does not compare */
}

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

int restrict_order(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : ORDER(a.n, b.n);
}

static bool compare_texts(const struct element *a, const struct element *b, unsigned codepage, int *order)
{
	CLEANUP_BUF struct buf x = BUF_MAX(KEY_MAX);
	CLEANUP_BUF struct buf y = BUF_MAX(KEY_MAX);

	text_sort_key(a->type, a->value, codepage, &x);
	text_sort_key(b->type, b->value, codepage, &y);
	*order = restrict_order(buf_bytes(&x), buf_bytes(&y));
	return !x.failed && !y.failed;
}

bool restrict_compare_elements(const struct element *a, const struct element *b, unsigned codepage, int *order)
{
	enum value_kind k = restrict_kind(a->type), l = restrict_kind(b->type);
	int64_t m, n;
	double x, y;

	if (k == VALUE_TEXT && l == VALUE_TEXT)
		return compare_texts(a, b, codepage, order);
	if (k == VALUE_BYTES && l == VALUE_BYTES) {
		*order = restrict_order(a->value, b->value);
		return true;
	}
	if (k == l && (k == VALUE_NUMBER || k == VALUE_TIME)) {
		if (!number(a, &m) || !number(b, &n))
			return false;
		*order = k == VALUE_TIME ? ORDER((uint64_t)m, (uint64_t)n) : ORDER(m, n);
		return true;
	}
	if (!real(a, &x) || !real(b, &y))
		return false;
	*order = ORDER(x, y);
	return true;
}

bool restrict_compare(const struct prop *a, const struct prop *b, unsigned codepage, int *order)
{
	uint32_t n = restrict_count(a), m = restrict_count(b);
	int found = 0;

	if (((prop_type(a) ^ prop_type(b)) & MV_FLAG) || (a->flags | b->flags) & PROP_LARGE)
		return false;
	for (uint32_t i = 0; i < n && i < m && !found; i++) {
		struct element x = restrict_element(a, i), y = restrict_element(b, i);

		if (!restrict_compare_elements(&x, &y, codepage, &found))
			return false;
	}
	*order = found ? found : ORDER(n, m);
	return true;
}

/* Keys ---------------------------------------------------------------------------------------------------------------- */

static void put_be(uint64_t v, struct buf *out)
{
	uint8_t *p = buf_extend(out, 8);

	if (p)
		put_be64(p, v);
}

#define SIGN ((uint64_t)1 << 63)

static bool put_number(const struct element *e, struct buf *out)
{
	enum value_kind kind = restrict_kind(e->type);
	uint64_t bits;
	int64_t n;
	double d;

	if (kind == VALUE_REAL) {
		if (!real(e, &d))
			return false;
		memcpy(&bits, &d, sizeof bits);
		put_be(bits & SIGN ? ~bits : bits | SIGN, out);
		return true;
	}
	if (!number(e, &n))
		return false;
	put_be(kind == VALUE_TIME ? (uint64_t)n : (uint64_t)n ^ SIGN, out);
	return true;
}

static void put_text(const struct element *e, unsigned codepage, size_t most, struct buf *out)
{
	size_t start = out->n;
	/* Letters beyond what counts are not looked at; a letter has four bytes at most. */
	struct bytes v = bytes_of(e->value.p, e->value.n > 4 * most ? 4 * most : e->value.n);

	text_sort_key(e->type, v, codepage, out);
	if (out->failed || out->n - start <= most)
		return;
	buf_truncate(out, start + most);
	if (!memchr(out->p + start, 0, most))
		buf_add_u8(out, 0);
	buf_add_u8(out, 0);
}

static void put_bytes(struct bytes v, size_t most, struct buf *out)
{
	for (size_t i = 0; i < v.n && i < most; i++) {
		buf_add_u8(out, v.p[i]);
		if (!v.p[i])
			buf_add_u8(out, 0xFF);
	}
	buf_add(out, "\0", 2);
}

static void put_value(const struct element *e, unsigned codepage, size_t most, struct buf *out)
{
	enum value_kind kind = restrict_kind(e->type);

	if (kind == VALUE_TEXT)
		put_text(e, codepage, most, out);
	else if (kind == VALUE_BYTES)
		put_bytes(e->value, most, out);
	else if (!put_number(e, out))
		put_be(0, out);
}

void restrict_sort_key(const struct prop *p, unsigned codepage, bool descending, size_t most, struct buf *out)
{
	bool there = p && restrict_count(p) && restrict_kind(prop_type(p)) != VALUE_NONE && prop_type(p) != PT_ERROR;
	size_t start = out->n;

	buf_add_u8(out, there);
	if (there) {
		struct element e = restrict_element(p, 0);

		put_value(&e, codepage, most, out);
	}
	for (size_t i = start; descending && i < out->n; i++)
		out->p[i] = (uint8_t)~out->p[i];
}
