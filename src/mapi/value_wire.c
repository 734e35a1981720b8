#include "mapi/value_wire.h"

#include "base/utf16.h"
#include "mapi/entryid.h"
#include "mapi/restriction.h"

#define PRINT_CODEPAGE 1252
#define MV_BITS        (MV_FLAG | MV_INSTANCE)
#define VALUE_THERE    0xFF

/* What one value of the type looks like on the wire. */
enum form {
	FORM_UNKNOWN,
	FORM_NOTHING,
	FORM_FIXED,
	FORM_STR8,
	FORM_STR16,
	FORM_BINARY,
	FORM_SVREID,
	FORM_RESTRICTION,
	FORM_ACTIONS,
};

static enum form form_of(uint16_t type)
{
	switch (type) {
	case PT_UNSPECIFIED:
	case PT_NULL:
		return FORM_NOTHING;
	case PT_STRING8:
		return FORM_STR8;
	case PT_UNICODE:
		return FORM_STR16;
	case PT_OBJECT:
	case PT_BINARY:
		return FORM_BINARY;
	case PT_SVREID:
		return FORM_SVREID;
	case PT_SRESTRICTION:
		return FORM_RESTRICTION;
	case PT_ACTIONS:
		return FORM_ACTIONS;
	default:
		return type & MV_BITS || !prop_type_fixed_size(type) ? FORM_UNKNOWN : FORM_FIXED;
	}
}

/* The type of one value: that of an element, or of an instance of a multi-valued column. */
static uint16_t element_type(uint16_t type)
{
	return type & MV_FLAG ? type & (uint16_t)~MV_BITS : type;
}

static bool is_multivalued(uint16_t type)
{
	return (type & MV_BITS) == MV_FLAG;
}

/* Types that have a multi-valued form have it with the instance bit too. */
static bool type_exists(uint16_t type)
{
	return prop_type_known((type & MV_BITS) == MV_BITS ? type & (uint16_t)~MV_INSTANCE : type);
}

/*
 * In address books a byte before it says whether the value is there ([MS-OXCMAPIHTTP] 2.2.1.1), and
 * servers and clients have one before each element of a list as well.
 */
static bool has_presence(uint8_t counts, uint16_t type)
{
	return counts == WIRE_COUNTS_ADDRESS_BOOK &&
	       (is_multivalued(type) || element_type(type) == PT_UNICODE ||
		element_type(type) == PT_STRING8 || element_type(type) == PT_BINARY);
}

/* Decoding ------------------------------------------------------------------------------------- */

/*
 * A structure that says by itself where it ends: decoded to find that out, kept as bytes.
 * What it took in the arena is given back.
 */
static bool pull_raw(struct wire_in *in, const struct wire_type *t, void *scratch, struct bytes *v)
{
	const uint8_t *start = in->r.p;
	struct arena_mark mark = arena_mark(in->arena);
	bool ok;

	if (!wire_enter(in))
		return false;
	ok = wire_pull(in, t, scratch);
	wire_leave(in);
	arena_rewind(in->arena, mark);
	if (ok)
		*v = bytes_of(start, (size_t)(in->r.p - start));
	return ok;
}

static bool pull_one(struct wire_in *in, uint16_t type, struct bytes *v)
{
	struct restriction restriction;
	struct rule_actions actions;
	uint32_t n = 0;

	switch (form_of(type)) {
	case FORM_NOTHING:
		*v = bytes_of(NULL, 0);
		return true;
	case FORM_FIXED:
		return wire_pull_bytes(in, prop_type_fixed_size(type), v);
	case FORM_STR8:
		return wire_pull_str8(in, v);
	case FORM_STR16:
		return wire_pull_str16(in, v);
	case FORM_BINARY:
		return wire_pull_count(in, WIRE_COUNT, &n) && wire_pull_bytes(in, n, v);
	case FORM_SVREID:
		return wire_pull_count(in, 2, &n) && wire_pull_bytes(in, n, v);
	case FORM_RESTRICTION:
		return pull_raw(in, &restriction_wire, &restriction, v);
	case FORM_ACTIONS:
		return pull_raw(in, &rule_actions_wire, &actions, v);
	default:
		return wire_fail(in, ecCorruptData, "a property type that does not exist");
	}
}

/* What is not there is an empty value. */
static bool pull_there(struct wire_in *in, uint16_t type, bool *there)
{
	uint8_t flag = 1;

	if (has_presence(in->counts, type) && !wire_pull_u8(in, &flag))
		return false;
	*there = flag != 0;
	return true;
}

static bool pull_element(struct wire_in *in, uint16_t type, struct bytes *v)
{
	bool there = false;

	*v = bytes_of(NULL, 0);
	return pull_there(in, type, &there) && (!there || pull_one(in, type, v));
}

/* Elements of a fixed size stay where they are, one after the other. */
static bool pull_packed(struct wire_in *in, uint32_t n, size_t size, struct prop *value)
{
	if (n > reader_left(&in->r) / size)
		return wire_fail(in, ecCorruptData, "a count beyond the data");
	value->count = n;
	value->size = n * size;
	return wire_pull_bytes(in, n * size, &value->value);
}

static bool pull_many(struct wire_in *in, uint16_t type, struct prop *value)
{
	size_t size = prop_type_fixed_size(type);
	size_t least = type == PT_STRING8 || has_presence(in->counts, type) ? 1 : 2;
	struct bytes *list = NULL;
	uint32_t n = 0;

	if (!wire_pull_u32(in, &n))
		return false;
	if (size)
		return pull_packed(in, n, size, value);
	if (n && !(list = wire_pull_room(in, n, sizeof *list, least)))
		return false;
	value->count = n;
	value->size = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (!pull_element(in, type, &list[i]))
			return wire_fail_at(&in->error, NULL, i);
		value->size += list[i].n;
	}
	value->values = list;
	return true;
}

bool prop_value_pull(struct wire_in *in, uint32_t tag, struct prop *value)
{
	uint16_t type = tag_type(tag);

	bool there = false;

	*value = (struct prop){ .tag = tag, .count = !is_multivalued(type) };
	if (!type_exists(type))
		return wire_fail(in, ecCorruptData, "a property type that does not exist");
	if (!pull_there(in, type, &there) || !there)
		return !in->error.code;
	if (is_multivalued(type))
		return pull_many(in, element_type(type), value);
	if (!pull_one(in, element_type(type), &value->value))
		return false;
	value->size = value->value.n;
	return true;
}

/* Encoding ------------------------------------------------------------------------------------- */

/* Are these bytes one such structure, in the context they are going to? */
static bool push_raw(struct wire_out *out, const struct wire_type *t, void *scratch, struct bytes v)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(v.n * 64 + 4096);
	struct wire_in in;

	wire_in_init(&in, v, &arena);
	in.counts = out->counts;
	in.depth = out->depth;
	if (!wire_enter(&in) || !wire_pull(&in, t, scratch) || reader_left(&in.r))
		return wire_out_fail(out,
				     in.error.code == ecTooComplex ? ecTooComplex : ecInvalidParam,
				     "not what its type says");
	return wire_push_bytes(out, v);
}

static struct bytes trim8(struct bytes v)
{
	while (v.n && !v.p[v.n - 1])
		v.n--;
	return v;
}

static bool push_fixed(struct wire_out *out, uint16_t type, struct bytes v)
{
	if (v.n != prop_type_fixed_size(type))
		return wire_out_fail(out, ecInvalidParam, "a size that its type does not have");
	return wire_push_bytes(out, v);
}

static bool push_one(struct wire_out *out, uint16_t type, struct bytes v)
{
	struct restriction restriction;
	struct rule_actions actions;

	switch (form_of(type)) {
	case FORM_NOTHING:
		return !v.n ||
		       wire_out_fail(out, ecInvalidParam, "a size that its type does not have");
	case FORM_FIXED:
		return push_fixed(out, type, v);
	case FORM_STR8:
		return wire_push_str8(out, trim8(v));
	case FORM_STR16:
		return wire_push_str16(out, v.n % 2 ? v : utf16_trim(v));
	case FORM_BINARY:
		return wire_push_count(out, WIRE_COUNT, v.n) && wire_push_bytes(out, v);
	case FORM_SVREID:
		return wire_push_count(out, 2, v.n) && wire_push_bytes(out, v);
	case FORM_RESTRICTION:
		return push_raw(out, &restriction_wire, &restriction, v);
	case FORM_ACTIONS:
		return push_raw(out, &rule_actions_wire, &actions, v);
	default:
		return wire_out_fail(out, ecInvalidParam, "a property type that does not exist");
	}
}

static bool push_there(struct wire_out *out, uint16_t type)
{
	return !has_presence(out->counts, type) || wire_push_u8(out, VALUE_THERE);
}

static bool push_many(struct wire_out *out, uint16_t type, const struct prop *value)
{
	size_t size = prop_type_fixed_size(type);

	if (size && value->value.n != value->count * size)
		return wire_out_fail(out, ecInvalidParam, "not as many as the count says");
	if (!wire_push_u32(out, value->count))
		return false;
	if (size)
		return wire_push_bytes(out, value->value);
	for (uint32_t i = 0; i < value->count; i++)
		if (!push_there(out, type) || !push_one(out, type, value->values[i]))
			return wire_fail_at(&out->error, NULL, i);
	return true;
}

bool prop_value_push(struct wire_out *out, const struct prop *value)
{
	uint16_t type = prop_type(value);

	if (!type_exists(type))
		return wire_out_fail(out, ecInvalidParam, "a property type that does not exist");
	if (value->flags & PROP_LARGE)
		return wire_out_fail(out, ecInvalidParam, "a large value that is not here");
	if (!push_there(out, type))
		return false;
	if (is_multivalued(type))
		return push_many(out, element_type(type), value);
	return push_one(out, element_type(type), value->value);
}

/* With type or tag ----------------------------------------------------------------------------- */

static bool typed_pull(struct wire_in *in, void *field)
{
	uint16_t type = 0;

	return wire_pull_u16(in, &type) && prop_value_pull(in, tag_make(0, type), field);
}

static bool typed_push(struct wire_out *out, const void *field)
{
	const struct prop *p = field;

	return wire_push_u16(out, prop_type(p)) && prop_value_push(out, p);
}

static bool tagged_pull(struct wire_in *in, void *field)
{
	uint32_t tag = 0;

	return wire_pull_u32(in, &tag) && prop_value_pull(in, tag, field);
}

static bool tagged_push(struct wire_out *out, const void *field)
{
	const struct prop *p = field;

	return wire_push_u32(out, p->tag) && prop_value_push(out, p);
}

/* Two bytes that are no type are the byte that says whether the value is there, and the next. */
static bool begins_with_presence(const struct wire_in *in)
{
	uint16_t type = reader_left(&in->r) < 2 ? PT_UNSPECIFIED : le16(in->r.p);

	return in->counts == WIRE_COUNTS_ADDRESS_BOOK &&
	       (type == PT_UNSPECIFIED || !type_exists(type));
}

static bool compared_pull(struct wire_in *in, void *field)
{
	uint8_t there = 1;

	if (begins_with_presence(in) && !wire_pull_u8(in, &there))
		return false;
	if (there)
		return tagged_pull(in, field);
	*(struct prop *)field = (struct prop){ .tag = PT_NULL, .count = 1 };
	return true;
}

static bool compared_push(struct wire_out *out, const void *field)
{
	return (out->counts != WIRE_COUNTS_ADDRESS_BOOK || wire_push_u8(out, VALUE_THERE)) &&
	       tagged_push(out, field);
}

static void print_value(struct buf *out, const void *field)
{
	struct prop p = *(const struct prop *)field;

	if ((prop_type(&p) & MV_BITS) == MV_BITS)
		p.tag &= ~(uint32_t)MV_BITS;
	prop_format(&p, PRINT_CODEPAGE, out);
}

static void typed_print(struct buf *out, const void *field)
{
	const char *name = prop_type_name(prop_type(field) & (uint16_t)~MV_INSTANCE);

	buf_printf(out, "%s ", name ? name : "unknown");
	print_value(out, field);
}

static void tagged_print(struct buf *out, const void *field)
{
	const struct prop *p = field;
	const struct tag_info *info = tag_info(p->tag);

	if (info && info->tag == p->tag)
		buf_printf(out, "%s ", info->name);
	else
		buf_printf(out, "0x%08x ", p->tag);
	print_value(out, field);
}

static bool value_equal(const void *a, const void *b)
{
	return prop_equal(a, b);
}

/* Random values -------------------------------------------------------------------------------- */

static const uint16_t all_types[] = {
	PT_UNSPECIFIED,
	PT_NULL,
	PT_SHORT,
	PT_LONG,
	PT_FLOAT,
	PT_DOUBLE,
	PT_CURRENCY,
	PT_APPTIME,
	PT_ERROR,
	PT_BOOLEAN,
	PT_OBJECT,
	PT_I8,
	PT_STRING8,
	PT_UNICODE,
	PT_SYSTIME,
	PT_CLSID,
	PT_SVREID,
	PT_SRESTRICTION,
	PT_ACTIONS,
	PT_BINARY,
	MV_FLAG | PT_SHORT,
	MV_FLAG | PT_LONG,
	MV_FLAG | PT_FLOAT,
	MV_FLAG | PT_DOUBLE,
	MV_FLAG | PT_CURRENCY,
	MV_FLAG | PT_APPTIME,
	MV_FLAG | PT_I8,
	MV_FLAG | PT_STRING8,
	MV_FLAG | PT_UNICODE,
	MV_FLAG | PT_SYSTIME,
	MV_FLAG | PT_CLSID,
	MV_FLAG | PT_BINARY,
	MV_BITS | PT_LONG,
	MV_BITS | PT_UNICODE,
};

static bool random_raw(struct wire_random *r, const struct wire_type *t, void *scratch,
		       struct bytes *v)
{
	CLEANUP_BUF struct buf b = BUF_MAX(1 << 16);
	struct wire_out out;

	if (r->depth >= WIRE_DEPTH_MAX)
		return false;
	r->depth++;
	bool ok = wire_random_fill(r, t, scratch);
	r->depth--;
	wire_out_init(&out, &b);
	out.counts = r->counts;
	if (!ok || wire_encode(&out, t, scratch))
		return false;
	*v = bytes_of(arena_memdup(r->arena, b.p, b.n), b.n);
	return v->p != NULL;
}

static bool random_one(struct wire_random *r, uint16_t type, struct bytes *v)
{
	struct restriction restriction;
	struct rule_actions actions;

	switch (form_of(type)) {
	case FORM_NOTHING:
		*v = bytes_of(NULL, 0);
		return true;
	case FORM_FIXED:
		return wire_random_bytes(r, prop_type_fixed_size(type), v);
	case FORM_STR8:
		return wire_random_str8(r, v);
	case FORM_STR16:
		return wire_random_str16(r, v);
	case FORM_RESTRICTION:
		return random_raw(r, &restriction_wire, &restriction, v);
	case FORM_ACTIONS:
		return random_raw(r, &rule_actions_wire, &actions, v);
	default:
		return wire_random_bytes(r, wire_random_below(r, 20), v);
	}
}

static bool random_many(struct wire_random *r, uint16_t type, struct prop *p)
{
	size_t size = prop_type_fixed_size(type);
	uint32_t n = wire_random_below(r, 4);
	struct bytes *list;

	p->count = n;
	if (size)
		return wire_random_bytes(r, n * size, &p->value);
	list = arena_array(r->arena, n, sizeof *list);
	for (uint32_t i = 0; list && i < n; i++)
		if (!random_one(r, type, &list[i]))
			return false;
	p->values = list;
	return list != NULL;
}

static bool value_random(struct wire_random *r, uint16_t id, struct prop *p)
{
	uint32_t types = sizeof all_types / sizeof *all_types;
	uint16_t type;

	do
		type = all_types[wire_random_below(r, types)];
	while (r->depth > 2 && (type == PT_SRESTRICTION || type == PT_ACTIONS));
	*p = (struct prop){ .tag = tag_make(id, type), .count = 1 };
	return is_multivalued(type) ? random_many(r, element_type(type), p)
				    : random_one(r, element_type(type), &p->value);
}

static bool typed_random(struct wire_random *r, void *field)
{
	return value_random(r, 0, field);
}

static bool tagged_random(struct wire_random *r, void *field)
{
	return value_random(r, (uint16_t)wire_random_u64(r), field);
}

const struct wire_custom typed_value_custom = { typed_pull, typed_push, typed_print, value_equal,
						typed_random };
const struct wire_custom tagged_value_custom = { tagged_pull, tagged_push, tagged_print,
						 value_equal, tagged_random };
const struct wire_custom compared_value_custom = { compared_pull, compared_push, tagged_print,
						   value_equal, tagged_random };

WIRE_DEFINE(typed_value, TYPED_VALUE)
WIRE_DEFINE(tagged_value, TAGGED_VALUE)
WIRE_DEFINE(compared_value, COMPARED_VALUE)
WIRE_DEFINE(tagged_values, TAGGED_VALUES)

/* Names ---------------------------------------------------------------------------------------- */

WIRE_DEFINE(property_lid, PROPERTY_LID)
WIRE_DEFINE(property_text, PROPERTY_TEXT)
WIRE_DEFINE(property_string, PROPERTY_STRING)
WIRE_UNION_DEFINE(property_name_arms, PROPERTY_NAME_ARMS)
WIRE_DEFINE(property_name, PROPERTY_NAME)

bool property_name_get(const struct property_name *from, struct prop_name *to)
{
	if (from->kind == PROPERTY_NAME_LID)
		*to = (struct prop_name){ .set = from->set, .lid = from->u.number.lid };
	else if (from->kind == PROPERTY_NAME_STRING)
		*to = (struct prop_name){ .set = from->set,
					  .by_string = true,
					  .string = from->u.string.name.text };
	else
		return false;
	return true;
}

bool property_name_set(const struct prop_name *name, struct property_name *to)
{
	if (!name) {
		*to = (struct property_name){ .kind = PROPERTY_NAME_NONE };
	} else if (!name->by_string) {
		*to = (struct property_name){ .kind = PROPERTY_NAME_LID, .set = name->set };
		to->u.number.lid = name->lid;
	} else {
		struct bytes text = utf16_trim(name->string);

		if (text.n > PROPERTY_NAME_MAX)
			return false;
		*to = (struct property_name){ .kind = PROPERTY_NAME_STRING, .set = name->set };
		to->u.string.name.text = text;
	}
	return true;
}

/* Rule actions -------------------------------------------------------------------- */

WIRE_DEFINE(rule_action, RULE_ACTION)
WIRE_DEFINE(rule_action_block, RULE_ACTION_BLOCK)
WIRE_DEFINE(rule_actions, RULE_ACTIONS)

const struct wire_type *const mapi_wire_types[] = {
	&typed_value_wire,          &tagged_value_wire,    &tagged_values_wire,
	&property_name_wire,        &sort_order_set_wire,  &rule_actions_wire,
	&restriction_wire,          &short_term_id_wire,   &long_term_id_wire,
	&folder_entryid_wire,       &message_entryid_wire, &store_entryid_wire,
	&address_book_entryid_wire, &one_off_entryid_wire, &contact_entryid_wire,
	&pst_entryid_wire,          &other_entryid_wire,   NULL,
};
