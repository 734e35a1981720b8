#include "wire/field.h"

/* Deeper than this, arrays are empty and arms that contain themselves are not taken. */
#define SHALLOW   4
#define LIST_MAX  4
#define BYTES_MAX 24

static bool fill_fields(struct wire_random *r, const struct wire_type *t, void *dst);

/* Numbers: SplitMix64 -------------------------------------------------------------------------- */

void wire_random_init(struct wire_random *r, uint64_t seed, struct arena *arena)
{
	*r = (struct wire_random){ .state = seed, .arena = arena };
}

uint64_t wire_random_u64(struct wire_random *r)
{
	uint64_t z = r->state += 0x9E3779B97F4A7C15ull;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ z >> 27) * 0x94D049BB133111EBull;
	return z ^ z >> 31;
}

uint32_t wire_random_below(struct wire_random *r, uint32_t n)
{
	return (uint32_t)(wire_random_u64(r) % n);
}

/* The edges as often as all others together. */
static uint64_t odd_number(struct wire_random *r)
{
	switch (wire_random_below(r, 6)) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return wire_random_below(r, 16);
	default:
		return wire_random_u64(r);
	}
}

static void put_number(void *member, unsigned size, uint64_t v)
{
	switch (size) {
	case 1:
		*(uint8_t *)member = (uint8_t)v;
		break;
	case 2:
		*(uint16_t *)member = (uint16_t)v;
		break;
	case 4:
		*(uint32_t *)member = (uint32_t)v;
		break;
	default:
		*(uint64_t *)member = v;
	}
}

/* Bytes and text ------------------------------------------------------------------------------- */

static void scatter(struct wire_random *r, uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)wire_random_u64(r);
}

bool wire_random_bytes(struct wire_random *r, size_t n, struct bytes *v)
{
	uint8_t *p = arena_alloc(r->arena, n);

	if (!p)
		return false;
	scatter(r, p, n);
	*v = bytes_of(p, n);
	return true;
}

bool wire_random_str8(struct wire_random *r, struct bytes *v)
{
	size_t n = wire_random_below(r, BYTES_MAX);
	uint8_t *p = arena_alloc(r->arena, n);

	if (!p)
		return false;
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(1 + wire_random_below(r, 255));
	*v = bytes_of(p, n);
	return true;
}

bool wire_random_str16(struct wire_random *r, struct bytes *v)
{
	size_t n = wire_random_below(r, BYTES_MAX);
	uint8_t *p = arena_alloc(r->arena, 2 * n);

	if (!p)
		return false;
	for (size_t i = 0; i < n; i++)
		put_le16(p + 2 * i,
			 (uint16_t)(1 +
				    wire_random_below(r, wire_random_below(r, 2) ? 127 : 65535)));
	*v = bytes_of(p, 2 * n);
	return true;
}

/* Lists and what is nested --------------------------------------------------------------------- */

static uint32_t list_length(struct wire_random *r)
{
	return r->depth >= SHALLOW ? 0 : wire_random_below(r, LIST_MAX + 1);
}

static bool fill_numbers(struct wire_random *r, const struct wire_field *f, void *member)
{
	struct wire_list list = { list_length(r), NULL };
	char *p = arena_array(r->arena, list.n, f->element);

	if (!p)
		return false;
	for (uint32_t i = 0; i < list.n; i++)
		put_number(p + (size_t)i * f->element, f->element, odd_number(r));
	list.v = p;
	wire_list_put(member, list);
	return true;
}

static bool fill_list(struct wire_random *r, const struct wire_field *f, void *structure,
		      void *member)
{
	struct wire_list list = { list_length(r), NULL };
	uint32_t size = f->type->size;

	if (!(list.v = arena_array(r->arena, list.n, size)))
		return false;
	r->depth++;
	for (uint32_t i = 0; i < list.n; i++)
		if (!fill_fields(r, f->type, (char *)list.v + (size_t)i * size))
			return false;
	r->depth--;
	wire_list_put(member, list);
	if (f->kind == WIRE_COUNTED)
		put_number((char *)structure + f->selector, f->selector_width, list.n);
	return true;
}

static bool fill_ref(struct wire_random *r, const struct wire_field *f, void *member)
{
	void *p = NULL;

	if (f->kind == WIRE_REF || (r->depth < SHALLOW && wire_random_below(r, 2))) {
		if (r->depth >= WIRE_DEPTH_MAX || !(p = arena_zalloc(r->arena, f->type->size)))
			return false;
		r->depth++;
		if (!fill_fields(r, f->type, p))
			return false;
		r->depth--;
	}
	wire_ref_put(member, p);
	return true;
}

static bool fill_union(struct wire_random *r, const struct wire_field *f, const void *structure,
		       void *member)
{
	const struct wire_arm *arm = wire_arm_of(f->arms, wire_selector(f, structure));

	return !arm || !arm->type || fill_fields(r, arm->type, member);
}

static bool fill_nested(struct wire_random *r, const struct wire_field *f, void *structure,
			void *member)
{
	switch (f->kind) {
	case WIRE_NUMBERS:
		return fill_numbers(r, f, member);
	case WIRE_ARRAY:
	case WIRE_COUNTED:
		return fill_list(r, f, structure, member);
	case WIRE_STRUCT:
	case WIRE_SIZED:
		return fill_fields(r, f->type, member);
	case WIRE_SIZED_REF:
	case WIRE_REF:
		return fill_ref(r, f, member);
	case WIRE_UNION:
		return fill_union(r, f, structure, member);
	default:
		return f->custom->random(r, member);
	}
}

static bool fill_member(struct wire_random *r, const struct wire_field *f, void *structure,
			void *member)
{
	switch (f->kind) {
	case WIRE_U8:
	case WIRE_U16:
	case WIRE_U32:
	case WIRE_U64:
		return true; /* filled before, for others depend on them */
	case WIRE_GUID:
	case WIRE_FIXED:
		scatter(r, member, f->size);
		return true;
	case WIRE_BYTES:
	case WIRE_REST:
		return wire_random_bytes(r, wire_random_below(r, BYTES_MAX), member);
	case WIRE_STR8:
		return wire_random_str8(r, member);
	case WIRE_STR16:
		return wire_random_str16(r, member);
	default:
		return fill_nested(r, f, structure, member);
	}
}

/* What decides over other fields --------------------------------------------------------------- */

static bool contains_itself(const struct wire_type *t)
{
	for (uint16_t i = 0; t && i < t->n_fields; i++)
		if (t->fields[i].kind == WIRE_REF)
			return true;
	return false;
}

/* Any arm; but one that comes to an end, if there is one, when it is deep enough. */
static const struct wire_arm *choose_arm(struct wire_random *r, const struct wire_arms *arms)
{
	uint32_t first = wire_random_below(r, (uint32_t)arms->n);

	for (uint32_t i = 0; i < arms->n && r->depth >= SHALLOW; i++) {
		const struct wire_arm *arm = &arms->arm[(first + i) % arms->n];

		if (!contains_itself(arm->type))
			return arm;
	}
	return &arms->arm[first];
}

static void choose(struct wire_random *r, const struct wire_field *f, void *structure)
{
	void *selector = (char *)structure + f->selector;

	if (f->kind == WIRE_UNION) {
		const struct wire_arm *arm = choose_arm(r, f->arms);

		put_number(selector, f->selector_width,
			   arm->other ? wire_random_u64(r) : arm->value);
	} else if (f->kind == WIRE_WHEN && f->test == WIRE_EQUALS && wire_random_below(r, 2)) {
		put_number(selector, f->selector_width, f->value);
	}
}

static bool fill_fields(struct wire_random *r, const struct wire_type *t, void *dst)
{
	const struct wire_field *end = t->fields + t->n_fields;

	for (const struct wire_field *f = t->fields; f < end; f++)
		if (f->kind <= WIRE_U64)
			put_number((char *)dst + f->offset, f->width, odd_number(r));
	for (const struct wire_field *f = t->fields; f < end; f++)
		choose(r, f, dst);
	for (const struct wire_field *f = t->fields; f < end; f++) {
		if (f->kind == WIRE_WHEN && !wire_holds(f, dst)) {
			f++;
			memset((char *)dst + f->offset, 0, f->size);
		} else if (f->kind != WIRE_WHEN &&
			   !fill_member(r, f, dst, (char *)dst + f->offset)) {
			return false;
		}
	}
	return true;
}

bool wire_random_fill(struct wire_random *r, const struct wire_type *t, void *dst)
{
	return fill_fields(r, t, dst);
}
