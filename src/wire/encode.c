#include "wire/field.h"

static bool push_fields(struct wire_out *out, const struct wire_type *t, const void *src);

/* Errors --------------------------------------------------------------------------------------- */

bool wire_out_fail(struct wire_out *out, status code, const char *what)
{
	if (!out->error.code) {
		out->error.code = code;
		out->error.what = what;
		out->error.offset = out->buf->n;
	}
	return false;
}

static void clear_error(struct wire_out *out)
{
	out->depth = 0;
	out->error.code = 0;
	out->error.what = NULL;
	out->error.offset = 0;
	out->error.path[0] = '\0';
}

void wire_out_init(struct wire_out *out, struct buf *buf)
{
	out->buf = buf;
	out->context = NULL;
	out->counts = WIRE_COUNTS_16;
	clear_error(out);
}

bool wire_out_enter(struct wire_out *out)
{
	if (out->depth == WIRE_DEPTH_MAX)
		return wire_out_fail(out, ecTooComplex, "nested too deeply");
	out->depth++;
	return true;
}

void wire_out_leave(struct wire_out *out)
{
	out->depth--;
}

/* Parts ---------------------------------------------------------------------------------------- */

static uint8_t *more_room(struct wire_out *out, size_t n)
{
	uint8_t *p = buf_extend(out->buf, n);

	if (!p)
		wire_out_fail(out, ecTooBig, "does not fit");
	return p;
}

/* n > 0 bytes to fill in. */
static inline uint8_t *room(struct wire_out *out, size_t n)
{
	struct buf *b = out->buf;

	if (b->failed || n > b->cap - b->n || n > b->max - b->n)
		return more_room(out, n);
	b->n += n;
	return b->p + b->n - n;
}

static inline bool push_u8(struct wire_out *out, uint8_t v)
{
	uint8_t *p = room(out, 1);

	if (p)
		*p = v;
	return p != NULL;
}

static inline bool push_u16(struct wire_out *out, uint16_t v)
{
	uint8_t *p = room(out, 2);

	if (p)
		put_le16(p, v);
	return p != NULL;
}

static inline bool push_u32(struct wire_out *out, uint32_t v)
{
	uint8_t *p = room(out, 4);

	if (p)
		put_le32(p, v);
	return p != NULL;
}

static inline bool push_u64(struct wire_out *out, uint64_t v)
{
	uint8_t *p = room(out, 8);

	if (p)
		put_le64(p, v);
	return p != NULL;
}

static inline bool push_bytes(struct wire_out *out, struct bytes v)
{
	uint8_t *p;

	if (!v.n)
		return true;
	p = room(out, v.n);
	if (p)
		memcpy(p, v.p, v.n);
	return p != NULL;
}

/* The largest number that fits into a count of so many bytes. */
static size_t count_max(unsigned width)
{
	return width == 1 ? UINT8_MAX : width == 2 ? UINT16_MAX : UINT32_MAX;
}

static void put_count(uint8_t *p, unsigned width, size_t n)
{
	if (width == 1)
		*p = (uint8_t)n;
	else if (width == 2)
		put_le16(p, (uint16_t)n);
	else
		put_le32(p, (uint32_t)n);
}

bool wire_push_count(struct wire_out *out, unsigned width, size_t n)
{
	uint8_t *p;

	width = wire_count_width(width, out->counts);
	if (n > count_max(width))
		return wire_out_fail(out, ecInvalidParam, "more than its count can say");
	p = room(out, width);
	if (p)
		put_count(p, width, n);
	return p != NULL;
}

bool wire_push_u8(struct wire_out *out, uint8_t v)
{
	return push_u8(out, v);
}

bool wire_push_u16(struct wire_out *out, uint16_t v)
{
	return push_u16(out, v);
}

bool wire_push_u32(struct wire_out *out, uint32_t v)
{
	return push_u32(out, v);
}

bool wire_push_u64(struct wire_out *out, uint64_t v)
{
	return push_u64(out, v);
}

bool wire_push_bytes(struct wire_out *out, struct bytes v)
{
	return push_bytes(out, v);
}

bool wire_push_str8(struct wire_out *out, struct bytes v)
{
	if (v.n && memchr(v.p, 0, v.n))
		return wire_out_fail(out, ecInvalidParam, "text with a NUL inside");
	return push_bytes(out, v) && push_u8(out, 0);
}

bool wire_push_str16(struct wire_out *out, struct bytes v)
{
	if (v.n % 2)
		return wire_out_fail(out, ecInvalidParam, "half a character");
	for (size_t i = 0; i < v.n; i += 2)
		if (!(v.p[i] | v.p[i + 1]))
			return wire_out_fail(out, ecInvalidParam, "text with a NUL inside");
	return push_bytes(out, v) && push_u16(out, 0);
}

/* Lists and what is nested --------------------------------------------------------------------- */

static bool push_elements(struct wire_out *out, const struct wire_field *f, struct wire_list list)
{
	if (!list.n)
		return true;
	if (!wire_out_enter(out))
		return false;
	for (uint32_t i = 0; i < list.n; i++)
		if (!push_fields(out, f->type, (const char *)list.v + (size_t)i * f->type->size))
			return wire_fail_at(&out->error, NULL, i);
	wire_out_leave(out);
	return true;
}

static bool push_counted(struct wire_out *out, const struct wire_field *f, const void *structure,
			 struct wire_list list)
{
	if (list.n != wire_selector(f, structure))
		return wire_out_fail(out, ecInvalidParam, "not as many as the count says");
	return push_elements(out, f, list);
}

static bool push_numbers(struct wire_out *out, const struct wire_field *f, struct wire_list list)
{
	uint8_t *p;

	if (!wire_push_count(out, f->width, list.n))
		return false;
	if (!list.n)
		return true;
	p = room(out, (size_t)list.n * f->element);
	for (uint32_t i = 0; p && i < list.n; i++, p += f->element) {
		if (f->element == 2)
			put_le16(p, ((const uint16_t *)list.v)[i]);
		else if (f->element == 4)
			put_le32(p, ((const uint32_t *)list.v)[i]);
		else
			put_le64(p, ((const uint64_t *)list.v)[i]);
	}
	return p != NULL;
}

/* The length is filled in when it is known; found by its offset, for the buffer may move. */
static bool push_window(struct wire_out *out, const struct wire_field *f, const void *src)
{
	unsigned width = wire_count_width(f->width, out->counts);
	size_t at = out->buf->n, n;

	if (!room(out, width) || !push_fields(out, f->type, src))
		return false;
	n = out->buf->n - at - width;
	if (n > count_max(width))
		return wire_out_fail(out, ecInvalidParam, "longer than its length can say");
	put_count(out->buf->p + at, width, n);
	return true;
}

static bool push_ref(struct wire_out *out, const struct wire_field *f, const void *p)
{
	if (!p && f->kind == WIRE_SIZED_REF)
		return wire_push_count(out, f->width, 0);
	if (!p)
		return wire_out_fail(out, ecInvalidParam, "missing");
	if (!wire_out_enter(out))
		return false;
	if (!(f->kind == WIRE_REF ? push_fields(out, f->type, p) : push_window(out, f, p)))
		return false;
	wire_out_leave(out);
	return true;
}

static bool push_union(struct wire_out *out, const struct wire_field *f, const void *structure,
		       const void *member)
{
	const struct wire_arm *arm = wire_arm_of(f->arms, wire_selector(f, structure));

	if (!arm)
		return wire_out_fail(out, ecInvalidParam, "of an unknown kind");
	if (arm->type && !push_fields(out, arm->type, member))
		return wire_fail_at(&out->error, arm->name, 0);
	return true;
}

static bool push_nested(struct wire_out *out, const struct wire_field *f, const void *structure,
			const void *member)
{
	struct wire_list list;

	switch (f->kind) {
	case WIRE_NUMBERS:
		return push_numbers(out, f, wire_list_get(member));
	case WIRE_ARRAY:
		list = wire_list_get(member);
		return wire_push_count(out, f->width, list.n) && push_elements(out, f, list);
	case WIRE_COUNTED:
		return push_counted(out, f, structure, wire_list_get(member));
	case WIRE_STRUCT:
		return push_fields(out, f->type, member);
	case WIRE_SIZED:
		return push_window(out, f, member);
	case WIRE_SIZED_REF:
	case WIRE_REF:
		return push_ref(out, f, wire_ref_get(member));
	case WIRE_UNION:
		return push_union(out, f, structure, member);
	default:
		return f->custom->push(out, member);
	}
}

static inline bool push_plain(struct wire_out *out, const struct wire_field *f,
			      const void *structure, const void *member)
{
	const struct bytes *b = member;

	switch (f->kind) {
	case WIRE_U8:
		return push_u8(out, *(const uint8_t *)member);
	case WIRE_U16:
		return push_u16(out, *(const uint16_t *)member);
	case WIRE_U32:
		return push_u32(out, *(const uint32_t *)member);
	case WIRE_U64:
		return push_u64(out, *(const uint64_t *)member);
	case WIRE_GUID:
	case WIRE_FIXED:
		return push_bytes(out, bytes_of(member, f->size));
	case WIRE_BYTES:
		return wire_push_count(out, f->width, b->n) && push_bytes(out, *b);
	case WIRE_REST:
		return push_bytes(out, *b);
	case WIRE_STR8:
		return wire_push_str8(out, *b);
	case WIRE_STR16:
		return wire_push_str16(out, *b);
	default:
		return push_nested(out, f, structure, member);
	}
}

static bool push_fields(struct wire_out *out, const struct wire_type *t, const void *src)
{
	for (const struct wire_field *f = t->fields, *end = f + t->n_fields; f < end; f++) {
		if (f->kind == WIRE_WHEN)
			f += wire_holds(f, src) ? 0 : 1;
		else if (!push_plain(out, f, src, (const char *)src + f->offset))
			return wire_fail_at(&out->error, f->name, 0);
	}
	return true;
}

/* Whole structures ----------------------------------------------------------------------------- */

bool wire_push(struct wire_out *out, const struct wire_type *t, const void *src)
{
	return push_fields(out, t, src);
}

status wire_encode(struct wire_out *out, const struct wire_type *t, const void *src)
{
	struct buf *b = out->buf;
	size_t mark = b->n;

	clear_error(out);
	if (b->failed) {
		wire_out_fail(out, ecTooBig, "the buffer has failed before");
	} else if (!push_fields(out, t, src)) {
		buf_truncate(b, mark);
		b->failed = false;
	}
	if (out->error.code)
		wire_fail_at(&out->error, t->name, 0);
	return out->error.code;
}
