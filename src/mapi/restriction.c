#include "mapi/restriction.h"

WIRE_DEFINE(restriction_list, RESTRICTION_LIST)
WIRE_DEFINE(restriction_not, RESTRICTION_NOT)
WIRE_DEFINE(restriction_content, RESTRICTION_CONTENT)
WIRE_DEFINE(restriction_property, RESTRICTION_PROPERTY)
WIRE_DEFINE(restriction_compare, RESTRICTION_COMPARE)
WIRE_DEFINE(restriction_bitmask, RESTRICTION_BITMASK)
WIRE_DEFINE(restriction_size, RESTRICTION_SIZE)
WIRE_DEFINE(restriction_exist, RESTRICTION_EXIST)
WIRE_DEFINE(restriction_sub, RESTRICTION_SUB)
WIRE_DEFINE(restriction_comment, RESTRICTION_COMMENT)
WIRE_DEFINE(restriction_count, RESTRICTION_COUNT)
WIRE_UNION_DEFINE(restriction_arms, RESTRICTION_ARMS)
WIRE_DEFINE(restriction, RESTRICTION)
WIRE_DEFINE(sort_order, SORT_ORDER)
WIRE_DEFINE(sort_order_set, SORT_ORDER_SET)

status restriction_decode(struct bytes data, enum wire_counts counts, struct arena *a,
			  struct restriction *out, struct reason *why)
{
	struct wire_in in;

	wire_in_init(&in, data, a);
	in.counts = (uint8_t)counts;
	return wire_decode_all(&in, &restriction_wire, out, why);
}

status restriction_encode(const struct restriction *r, enum wire_counts counts, struct buf *out,
			  struct reason *why)
{
	struct wire_out o;

	wire_out_init(&o, out);
	o.counts = (uint8_t)counts;
	return wire_encode(&o, &restriction_wire, r) ? wire_error_reason(&o.error, why) : ecNone;
}

bool restriction_equal(const struct restriction *a, const struct restriction *b)
{
	return wire_equal(&restriction_wire, a, b);
}

/* For people ----------------------------------------------------------------------------------- */

struct printer {
	struct buf *out;
	unsigned codepage;
	unsigned depth;
};

static void print(struct printer *p, const struct restriction *r);

static void print_tag(struct printer *p, uint32_t tag)
{
	const struct tag_info *info = tag_info(tag);

	if (info && tag_id(info->tag) < NAMED_ID_FIRST)
		buf_add_str(p->out, info->name);
	else
		buf_printf(p->out, "0x%08x", tag);
}

static const char *relop_text(uint8_t relop)
{
	switch (relop) {
	case RELOP_LT:
		return "<";
	case RELOP_LE:
		return "<=";
	case RELOP_GT:
		return ">";
	case RELOP_GE:
		return ">=";
	case RELOP_EQ:
		return "=";
	case RELOP_NE:
		return "!=";
	case RELOP_MEMBER_OF_DL:
		return "member of";
	default:
		return "(unknown operator)";
	}
}

static void print_list(struct printer *p, const struct restriction *r)
{
	const char *word = r->kind == RES_AND ? " and " : " or ";

	if (!r->u.list.all.n)
		buf_add_str(p->out, r->kind == RES_AND ? "(all)" : "(none)");
	for (uint32_t i = 0; i < r->u.list.all.n && !p->out->failed; i++) {
		buf_add_str(p->out, i ? word : "(");
		print(p, &r->u.list.all.v[i]);
	}
	if (r->u.list.all.n)
		buf_add_u8(p->out, ')');
}

static void print_content(struct printer *p, const struct restriction_content *c)
{
	static const char *const how[] = { "is", "contains", "starts with" };

	print_tag(p, c->tag);
	if (c->fuzzy_low < sizeof how / sizeof *how)
		buf_printf(p->out, " %s ", how[c->fuzzy_low]);
	else
		buf_printf(p->out, " matches(0x%x) ", c->fuzzy_low);
	prop_format(&c->value.prop, p->codepage, p->out);
	if (c->fuzzy_high & (FUZZY_IGNORE_CASE | FUZZY_LOOSE))
		buf_add_str(p->out, " (any case)");
	if (c->fuzzy_high & FUZZY_IGNORE_NONSPACE)
		buf_add_str(p->out, " (any accents)");
}

static void print_property(struct printer *p, const struct restriction_property *c)
{
	print_tag(p, c->tag);
	buf_printf(p->out, " %s ", relop_text(c->relop));
	prop_format(&c->value.prop, p->codepage, p->out);
}

static void print_compare(struct printer *p, const struct restriction_compare *c)
{
	print_tag(p, c->tag1);
	buf_printf(p->out, " %s ", relop_text(c->relop));
	print_tag(p, c->tag2);
}

static void print_bitmask(struct printer *p, const struct restriction_bitmask *c)
{
	print_tag(p, c->tag);
	buf_printf(p->out, " & 0x%x %s 0", c->mask, c->relop == BITMAP_EQZ ? "=" : "!=");
}

static void print_size(struct printer *p, const struct restriction_size *c)
{
	buf_add_str(p->out, "size(");
	print_tag(p, c->tag);
	buf_printf(p->out, ") %s %u", relop_text(c->relop), c->size);
}

static void print_sub(struct printer *p, const struct restriction_sub *c)
{
	buf_add_str(p->out, "any of ");
	print_tag(p, c->subobject);
	buf_add_str(p->out, " with ");
	print(p, c->restriction);
}

static void print_comment(struct printer *p, const struct restriction_comment *c)
{
	buf_printf(p->out, "comment(%u)", c->values.n);
	if (c->present) {
		buf_add_u8(p->out, ' ');
		print(p, c->restriction);
	}
}

static void print_exist(struct printer *p, const struct restriction_exist *c)
{
	buf_add_str(p->out, "has(");
	print_tag(p, c->tag);
	buf_add_u8(p->out, ')');
}

static void print_kind(struct printer *p, const struct restriction *r)
{
	switch (r->kind) {
	case RES_AND:
	case RES_OR:
		print_list(p, r);
		break;
	case RES_NOT:
		buf_add_str(p->out, "not ");
		print(p, r->u.negated.restriction);
		break;
	case RES_CONTENT:
		print_content(p, &r->u.content);
		break;
	case RES_PROPERTY:
		print_property(p, &r->u.property);
		break;
	case RES_COMPARE:
		print_compare(p, &r->u.compare);
		break;
	case RES_BITMASK:
		print_bitmask(p, &r->u.bitmask);
		break;
	case RES_SIZE:
		print_size(p, &r->u.size);
		break;
	case RES_EXIST:
		print_exist(p, &r->u.exist);
		break;
	case RES_SUB:
		print_sub(p, &r->u.sub);
		break;
	case RES_COMMENT:
		print_comment(p, &r->u.comment);
		break;
	case RES_COUNT:
		buf_printf(p->out, "first %u of ", r->u.count.count);
		print(p, r->u.count.restriction);
		break;
	default:
		buf_printf(p->out, "unknown(%u)", r->kind);
	}
}

static void print(struct printer *p, const struct restriction *r)
{
	if (!r || p->depth > WIRE_DEPTH_MAX) {
		buf_add_str(p->out, "...");
		return;
	}
	p->depth++;
	print_kind(p, r);
	p->depth--;
}

void restriction_print(const struct restriction *r, unsigned codepage, struct buf *out)
{
	struct printer p = { out, codepage, 0 };

	print(&p, r);
}
