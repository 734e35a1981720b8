#include "store/restrict_private.h"

#include "store/restrict_text.h"

#define OPERAND_MAX ((size_t)16 << 20)

struct compiler {
	struct arena *arena;
	struct reason *why;
	unsigned codepage, depth, nodes;
};

static status compile(struct compiler *c, const struct restriction *r, struct restrict_node *out);

static status too_complex(struct compiler *c, const char *what)
{
	return reason_set(c->why, ecTooComplex, "the restriction %s", what);
}

/* `all` of them as children. */
static status compile_children(struct compiler *c, const struct restriction *all, size_t n, struct restrict_node *out)
{
	status s = ecNone;

	if (n > RESTRICT_NODES_MAX - c->nodes)
		return reason_set(c->why, ecTooComplex, "the restriction has more than %u conditions", RESTRICT_NODES_MAX);
	c->nodes += (unsigned)n;
	out->child = arena_array(c->arena, n ? n : 1, sizeof *out->child);
	if (!out->child)
		return reason_set(c->why, ecMemory, "out of memory");
	out->n = n;
	if (++c->depth > RESTRICT_DEPTH_MAX)
		return reason_set(c->why, ecTooComplex, "the restriction nests more than %u deep", RESTRICT_DEPTH_MAX);
	for (size_t i = 0; !s && i < n; i++)
		s = compile(c, &all[i], &out->child[i]);
	c->depth--;
	return s;
}

static status compile_child(struct compiler *c, const struct restriction *child, struct restrict_node *out)
{
	return child ? compile_children(c, child, 1, out) : too_complex(c, "has a condition without content");
}

static status keep_folded(struct compiler *c, const struct prop *value, struct restrict_node *out, bool as_key)
{
	CLEANUP_BUF struct buf folded = BUF_MAX(OPERAND_MAX);
	uint16_t type = prop_type(value);

	if (as_key)
		text_sort_key(type, value->value, c->codepage, &folded);
	else
		text_fold_value(type, value->value, c->codepage, out->folding, &folded);
	if (folded.failed)
		return reason_set(c->why, ecTooBig, "a text of the restriction is too long");
	out->folded = bytes_of(arena_memdup(c->arena, folded.n ? folded.p : (const uint8_t *)"", folded.n), folded.n);
	return out->folded.p ? ecNone : reason_set(c->why, ecMemory, "out of memory");
}

/* Numbers of any width compare with each other, texts with texts, bytes with bytes. */
static bool comparable(uint16_t a, uint16_t b)
{
	enum value_kind k = restrict_kind(a), l = restrict_kind(b);

	if (k == VALUE_NONE || l == VALUE_NONE)
		return false;
	return k == l || ((k == VALUE_NUMBER || k == VALUE_REAL) && (l == VALUE_NUMBER || l == VALUE_REAL));
}

static uint32_t plain_tag(uint32_t tag)
{
	return tag & MV_INSTANCE ? tag & ~(uint32_t)(MV_INSTANCE | MV_FLAG) : tag;
}

static status compile_content(struct compiler *c, const struct restriction_content *r, struct restrict_node *out)
{
	const struct prop *value = &r->value.prop;
	enum value_kind kind = restrict_kind(prop_type(value));

	out->tag = plain_tag(r->tag);
	out->fuzzy_low = r->fuzzy_low;
	out->value = value;
	if (r->fuzzy_low > FUZZY_PREFIX)
		return too_complex(c, "asks for a kind of match that does not exist");
	if (prop_type(value) & MV_FLAG || value->flags & PROP_LARGE || (kind != VALUE_TEXT && kind != VALUE_BYTES))
		return too_complex(c, "looks for content that is neither a text nor bytes");
	if (tag_type(out->tag) != PT_UNSPECIFIED && restrict_kind(tag_type(out->tag)) != kind)
		return too_complex(c, "looks for a text in a property of another type");
	if (kind == VALUE_BYTES) {
		out->folded = value->value;
		return ecNone;
	}
	if (r->fuzzy_high & (FUZZY_IGNORE_CASE | FUZZY_LOOSE))
		out->folding |= FOLD_LETTER_CASE;
	if (r->fuzzy_high & (FUZZY_IGNORE_NONSPACE | FUZZY_LOOSE))
		out->folding |= FOLD_MARKS;
	return keep_folded(c, value, out, false);
}

static status compile_property(struct compiler *c, const struct restriction_property *r, struct restrict_node *out)
{
	const struct prop *value = &r->value.prop;

	out->tag = plain_tag(r->tag);
	out->relop = r->relop;
	out->value = value;
	if (r->relop == RELOP_MEMBER_OF_DL)
		return too_complex(c, "asks for members of a distribution list");
	if (r->relop > RELOP_NE)
		return too_complex(c, "compares with an operator that does not exist");
	if (value->flags & PROP_LARGE || restrict_kind(prop_type(value)) == VALUE_NONE ||
	    (tag_type(out->tag) != PT_UNSPECIFIED && !comparable(tag_type(out->tag), prop_type(value))))
		return too_complex(c, "compares values of different types");
	return restrict_kind(prop_type(value)) == VALUE_TEXT && !(prop_type(value) & MV_FLAG) ? keep_folded(c, value, out, true) : ecNone;
}

static status compile_compare(struct compiler *c, const struct restriction_compare *r, struct restrict_node *out)
{
	out->tag = plain_tag(r->tag1);
	out->tag2 = plain_tag(r->tag2);
	out->relop = r->relop;
	if (r->relop > RELOP_NE)
		return too_complex(c, "compares with an operator that does not exist");
	return comparable(tag_type(r->tag1), tag_type(r->tag2)) ? ecNone : too_complex(c, "compares properties of different types");
}

static status compile_bitmask(struct compiler *c, const struct restriction_bitmask *r, struct restrict_node *out)
{
	out->tag = r->tag;
	out->relop = r->relop;
	out->number = r->mask;
	if (r->relop > BITMAP_NEZ)
		return too_complex(c, "tests bits with an operator that does not exist");
	return tag_type(r->tag) == PT_LONG ? ecNone : too_complex(c, "tests bits of what is no 32-bit number");
}

static status compile_size(struct compiler *c, const struct restriction_size *r, struct restrict_node *out)
{
	out->tag = r->tag;
	out->relop = r->relop;
	out->number = r->size;
	return r->relop <= RELOP_NE ? ecNone : too_complex(c, "compares with an operator that does not exist");
}

static status compile_sub(struct compiler *c, const struct restriction_sub *r, struct restrict_node *out)
{
	out->tag = r->subobject;
	if (tag_id(r->subobject) != tag_id(PidTagMessageRecipients) && tag_id(r->subobject) != tag_id(PidTagMessageAttachments))
		return too_complex(c, "looks into objects that are neither recipients nor attachments");
	return compile_child(c, r->restriction, out);
}

static status compile_comment(struct compiler *c, const struct restriction_comment *r, struct restrict_node *out)
{
	return r->present ? compile_child(c, r->restriction, out) : ecNone;
}

static status compile_count(struct compiler *c, const struct restriction_count *r, struct restrict_node *out)
{
	out->number = out->left = r->count;
	return compile_child(c, r->restriction, out);
}

static status compile(struct compiler *c, const struct restriction *r, struct restrict_node *out)
{
	*out = (struct restrict_node){ .kind = r->kind };
	switch (r->kind) {
	case RES_AND:
	case RES_OR:
		return compile_children(c, r->u.list.all.v, r->u.list.all.n, out);
	case RES_NOT:
		return compile_child(c, r->u.negated.restriction, out);
	case RES_CONTENT:
		return compile_content(c, &r->u.content, out);
	case RES_PROPERTY:
		return compile_property(c, &r->u.property, out);
	case RES_COMPARE:
		return compile_compare(c, &r->u.compare, out);
	case RES_BITMASK:
		return compile_bitmask(c, &r->u.bitmask, out);
	case RES_SIZE:
		return compile_size(c, &r->u.size, out);
	case RES_EXIST:
		out->tag = r->u.exist.tag;
		return ecNone;
	case RES_SUB:
		return compile_sub(c, &r->u.sub, out);
	case RES_COMMENT:
		return compile_comment(c, &r->u.comment, out);
	case RES_COUNT:
		return compile_count(c, &r->u.count, out);
	default:
		return too_complex(c, "has a condition of a kind that does not exist");
	}
}

status restrict_compile(const struct restriction *r, unsigned codepage, struct arena *arena, struct restrict_node **out, struct reason *why)
{
	struct compiler c = { .arena = arena, .why = why, .codepage = codepage };
	struct restrict_node *root = arena_zalloc(arena, sizeof *root);
	status s = root ? compile(&c, r, root) : reason_set(why, ecMemory, "out of memory");

	if (!s)
		*out = root;
	return s;
}

void restrict_restart(struct restrict_node *n)
{
	if (!n)
		return;
	n->left = n->number;
	for (size_t i = 0; i < n->n; i++)
		restrict_restart(&n->child[i]);
}
