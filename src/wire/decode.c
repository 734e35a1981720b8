#include "wire/field.h"

#include <stdio.h>

#define SHORT "the data ends too early"

static bool pull_fields(struct wire_in *in, const struct wire_type *t, void *dst);

/* Errors --------------------------------------------------------------------------------------- */

bool wire_fail(struct wire_in *in, status code, const char *what)
{
	if (!in->error.code) {
		in->error.code = code;
		in->error.what = what;
		in->error.offset = (size_t)(in->r.p - in->start);
	}
	return reader_fail(&in->r);
}

bool wire_fail_at(struct wire_error *e, const char *name, size_t i)
{
	char part[64];
	size_t old = strlen(e->path);
	int n = name ? snprintf(part, sizeof part, ".%s", name)
		     : snprintf(part, sizeof part, "[%zu]", i);
	size_t add = n < 0 ? 0 : (size_t)n < sizeof part ? (size_t)n : sizeof part - 1;

	/* Once it was cut, what comes before the cut is left out for good. */
	if (!strncmp(e->path, "...", 3))
		return false;
	if (old + add < sizeof e->path) {
		memmove(e->path + add, e->path, old + 1);
		memcpy(e->path, part, add);
	} else {
		memcpy(e->path, "...", 3);
	}
	return false;
}

status wire_error_reason(const struct wire_error *e, struct reason *why)
{
	/* The dot of the root, but not those of a path that was cut. */
	const char *path = e->path + (e->path[0] == '.' && e->path[1] != '.');

	reason_write(why, "%s at byte %zu: %s", path, e->offset, e->what ? e->what : "no error");
	return e->code;
}

void wire_in_init(struct wire_in *in, struct bytes data, struct arena *arena)
{
	if (!data.p)
		data = bytes_of("", 0);
	in->r = reader_of(data);
	in->arena = arena;
	in->context = NULL;
	in->start = data.p;
	in->counts = WIRE_COUNTS_16;
	in->depth = 0;
	in->error.code = 0;
	in->error.what = NULL;
	in->error.offset = 0;
	in->error.path[0] = '\0';
}

bool wire_enter(struct wire_in *in)
{
	if (in->depth == WIRE_DEPTH_MAX)
		return wire_fail(in, ecTooComplex, "nested too deeply");
	in->depth++;
	return true;
}

void wire_leave(struct wire_in *in)
{
	in->depth--;
}

/* Parts ---------------------------------------------------------------------------------------- */

static inline bool need(struct wire_in *in, size_t n)
{
	return n <= reader_left(&in->r) || wire_fail(in, ecCorruptData, SHORT);
}

static inline bool pull_u8(struct wire_in *in, uint8_t *v)
{
	if (!need(in, 1))
		return false;
	*v = *in->r.p++;
	return true;
}

static inline bool pull_u16(struct wire_in *in, uint16_t *v)
{
	if (!need(in, 2))
		return false;
	*v = le16(in->r.p);
	in->r.p += 2;
	return true;
}

static inline bool pull_u32(struct wire_in *in, uint32_t *v)
{
	if (!need(in, 4))
		return false;
	*v = le32(in->r.p);
	in->r.p += 4;
	return true;
}

static inline bool pull_u64(struct wire_in *in, uint64_t *v)
{
	if (!need(in, 8))
		return false;
	*v = le64(in->r.p);
	in->r.p += 8;
	return true;
}

static inline bool pull_bytes(struct wire_in *in, size_t n, struct bytes *v)
{
	if (!need(in, n))
		return false;
	*v = bytes_of(in->r.p, n);
	in->r.p += n;
	return true;
}

static inline bool pull_count(struct wire_in *in, unsigned width, uint32_t *n)
{
	uint8_t b = 0;
	uint16_t h = 0;
	bool ok;

	switch (wire_count_width(width, in->counts)) {
	case 1:
		ok = pull_u8(in, &b);
		*n = b;
		return ok;
	case 2:
		ok = pull_u16(in, &h);
		*n = h;
		return ok;
	default:
		return pull_u32(in, n);
	}
}

bool wire_pull_u8(struct wire_in *in, uint8_t *v)
{
	return pull_u8(in, v);
}

bool wire_pull_u16(struct wire_in *in, uint16_t *v)
{
	return pull_u16(in, v);
}

bool wire_pull_u32(struct wire_in *in, uint32_t *v)
{
	return pull_u32(in, v);
}

bool wire_pull_u64(struct wire_in *in, uint64_t *v)
{
	return pull_u64(in, v);
}

bool wire_pull_count(struct wire_in *in, unsigned width, uint32_t *n)
{
	return pull_count(in, width, n);
}

bool wire_pull_bytes(struct wire_in *in, size_t n, struct bytes *v)
{
	return pull_bytes(in, n, v);
}

bool wire_pull_str8(struct wire_in *in, struct bytes *v)
{
	size_t left = reader_left(&in->r);
	const uint8_t *nul = left ? memchr(in->r.p, 0, left) : NULL;

	if (!nul)
		return wire_fail(in, ecCorruptData, "text without its terminator");
	*v = bytes_of(in->r.p, (size_t)(nul - in->r.p));
	in->r.p = nul + 1;
	return true;
}

bool wire_pull_str16(struct wire_in *in, struct bytes *v)
{
	const uint8_t *p = in->r.p;

	for (size_t left = reader_left(&in->r); left >= 2; left -= 2, p += 2)
		if (!(p[0] | p[1])) {
			*v = bytes_of(in->r.p, (size_t)(p - in->r.p));
			in->r.p = p + 2;
			return true;
		}
	return wire_fail(in, ecCorruptData, "text without its terminator");
}

void *wire_pull_room(struct wire_in *in, uint32_t n, size_t size, size_t least)
{
	size_t total;
	void *v = NULL;

	if (n > reader_left(&in->r) / (least ? least : 1)) {
		wire_fail(in, ecCorruptData, "a count beyond the data");
		return NULL;
	}
	if (!__builtin_mul_overflow((size_t)n, size, &total))
		v = arena_alloc(in->arena, total);
	if (!v)
		wire_fail(in, ecMemory, "takes more memory than there may be");
	return v;
}

/* Lists and what is nested --------------------------------------------------------------------- */

static bool pull_elements(struct wire_in *in, const struct wire_field *f, void *member, uint32_t n)
{
	struct wire_list list = { n, NULL };
	uint32_t size = f->type->size;

	if (n) {
		if (!wire_enter(in))
			return false;
		list.v = wire_pull_room(in, n, size, f->type->wire_min);
		if (!list.v)
			return false;
		for (uint32_t i = 0; i < n; i++)
			if (!pull_fields(in, f->type, (char *)list.v + (size_t)i * size))
				return wire_fail_at(&in->error, NULL, i);
		wire_leave(in);
	}
	wire_list_put(member, list);
	return true;
}

static void load_numbers(void *v, const uint8_t *p, uint32_t n, unsigned size)
{
	switch (size) {
	case 2:
		for (uint32_t i = 0; i < n; i++)
			((uint16_t *)v)[i] = le16(p + 2 * (size_t)i);
		break;
	case 4:
		for (uint32_t i = 0; i < n; i++)
			((uint32_t *)v)[i] = le32(p + 4 * (size_t)i);
		break;
	default:
		for (uint32_t i = 0; i < n; i++)
			((uint64_t *)v)[i] = le64(p + 8 * (size_t)i);
	}
}

static bool pull_numbers(struct wire_in *in, const struct wire_field *f, void *member)
{
	struct wire_list list = { 0, NULL };

	if (!pull_count(in, f->width, &list.n))
		return false;
	if (list.n) {
		list.v = wire_pull_room(in, list.n, f->element, f->element);
		if (!list.v)
			return false;
		load_numbers(list.v, in->r.p, list.n, f->element);
		in->r.p += (size_t)list.n * f->element;
	}
	wire_list_put(member, list);
	return true;
}

/* A structure that fills a window of n bytes. */
static bool pull_window(struct wire_in *in, const struct wire_type *t, uint32_t n, void *dst)
{
	const uint8_t *end = in->r.end;

	if (!need(in, n))
		return false;
	in->r.end = in->r.p + n;
	if (!pull_fields(in, t, dst))
		return false;
	if (in->r.p != in->r.end)
		return wire_fail(in, ecCorruptData, "more bytes than the structure has");
	in->r.end = end;
	return true;
}

static bool pull_ref(struct wire_in *in, const struct wire_field *f, void *member)
{
	uint32_t n = 0;
	void *p;

	wire_ref_put(member, NULL);
	if (f->kind == WIRE_SIZED_REF && (!pull_count(in, f->width, &n) || !n))
		return !in->error.code;
	if (!wire_enter(in))
		return false;
	p = wire_pull_room(in, 1, f->type->size, f->type->wire_min);
	if (!p ||
	    !(f->kind == WIRE_REF ? pull_fields(in, f->type, p) : pull_window(in, f->type, n, p)))
		return false;
	wire_leave(in);
	wire_ref_put(member, p);
	return true;
}

const struct wire_arm *wire_arm_of(const struct wire_arms *arms, uint32_t value)
{
	const struct wire_arm *other = NULL;

	for (const struct wire_arm *a = arms->arm, *end = a + arms->n; a < end; a++) {
		if (a->other)
			other = a;
		else if (a->value == value)
			return a;
	}
	return other;
}

static bool pull_union(struct wire_in *in, const struct wire_field *f, const void *structure,
		       void *member)
{
	const struct wire_arm *arm = wire_arm_of(f->arms, wire_selector(f, structure));

	if (!arm)
		return wire_fail(in, ecCorruptData, "of an unknown kind");
	if (arm->type && !pull_fields(in, arm->type, member))
		return wire_fail_at(&in->error, arm->name, 0);
	return true;
}

static bool pull_counted_bytes(struct wire_in *in, const struct wire_field *f, struct bytes *v)
{
	uint32_t n = 0;

	return pull_count(in, f->width, &n) && pull_bytes(in, n, v);
}

static bool pull_fixed(struct wire_in *in, const struct wire_field *f, void *member)
{
	if (!need(in, f->size))
		return false;
	memcpy(member, in->r.p, f->size);
	in->r.p += f->size;
	return true;
}

static bool pull_nested(struct wire_in *in, const struct wire_field *f, void *structure,
			void *member)
{
	uint32_t n = 0;

	switch (f->kind) {
	case WIRE_NUMBERS:
		return pull_numbers(in, f, member);
	case WIRE_ARRAY:
		return pull_count(in, f->width, &n) && pull_elements(in, f, member, n);
	case WIRE_COUNTED:
		return pull_elements(in, f, member, wire_selector(f, structure));
	case WIRE_STRUCT:
		return pull_fields(in, f->type, member);
	case WIRE_SIZED:
		return pull_count(in, f->width, &n) && pull_window(in, f->type, n, member);
	case WIRE_SIZED_REF:
	case WIRE_REF:
		return pull_ref(in, f, member);
	case WIRE_UNION:
		return pull_union(in, f, structure, member);
	default:
		return f->custom->pull(in, member);
	}
}

static inline bool pull_plain(struct wire_in *in, const struct wire_field *f, void *structure,
			      void *member)
{
	switch (f->kind) {
	case WIRE_U8:
		return pull_u8(in, member);
	case WIRE_U16:
		return pull_u16(in, member);
	case WIRE_U32:
		return pull_u32(in, member);
	case WIRE_U64:
		return pull_u64(in, member);
	case WIRE_GUID:
	case WIRE_FIXED:
		return pull_fixed(in, f, member);
	case WIRE_BYTES:
		return pull_counted_bytes(in, f, member);
	case WIRE_REST:
		return pull_bytes(in, reader_left(&in->r), member);
	case WIRE_STR8:
		return wire_pull_str8(in, member);
	case WIRE_STR16:
		return wire_pull_str16(in, member);
	default:
		return pull_nested(in, f, structure, member);
	}
}

static bool pull_fields(struct wire_in *in, const struct wire_type *t, void *dst)
{
	for (const struct wire_field *f = t->fields, *end = f + t->n_fields; f < end; f++) {
		if (f->kind == WIRE_WHEN && !wire_holds(f, dst)) {
			f++;
			memset((char *)dst + f->offset, 0, f->size);
		} else if (f->kind != WIRE_WHEN &&
			   !pull_plain(in, f, dst, (char *)dst + f->offset)) {
			return wire_fail_at(&in->error, f->name, 0);
		}
	}
	return true;
}

/* Whole structures ----------------------------------------------------------------------------- */

bool wire_pull(struct wire_in *in, const struct wire_type *t, void *dst)
{
	return pull_fields(in, t, dst);
}

bool wire_decode(struct wire_in *in, const struct wire_type *t, void *dst)
{
	if (in->error.code)
		return false;
	return pull_fields(in, t, dst) || wire_fail_at(&in->error, t->name, 0);
}

status wire_finish(struct wire_in *in, const struct wire_type *t, struct reason *why)
{
	if (!in->error.code && reader_left(&in->r)) {
		wire_fail(in, ecCorruptData, "bytes are left over");
		wire_fail_at(&in->error, t->name, 0);
	}
	return in->error.code ? wire_error_reason(&in->error, why) : ecNone;
}

status wire_decode_all(struct wire_in *in, const struct wire_type *t, void *dst, struct reason *why)
{
	void *scratch = arena_alloc(in->arena, t->size);
	status st;

	if (!scratch)
		return reason_set(why, ecMemory, "%s: takes more memory than there may be",
				  t->name);
	(void)wire_decode(in, t, scratch);
	st = wire_finish(in, t, why);
	if (!st && t->size)
		memcpy(dst, scratch, t->size);
	return st;
}
