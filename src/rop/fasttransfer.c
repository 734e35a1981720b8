#include "rop/fasttransfer_private.h"

const struct guid FT_ESCAPE_SET = {
	{ 0x86, 0x0D, 0xF1, 0x90, 0x9C, 0x5D, 0x5A, 0x4E, 0x8E, 0x0B, 0x4C, 0x6C, 0x1E, 0x9D, 0x5F, 0x3A }
};

static const struct {
	uint32_t marker;
	const char *name;
} markers[] = {
	{ FT_NEW_ATTACH, "NewAttach" },
	{ FT_START_EMBED, "StartEmbed" },
	{ FT_END_EMBED, "EndEmbed" },
	{ FT_START_RECIP, "StartRecip" },
	{ FT_END_TO_RECIP, "EndToRecip" },
	{ FT_START_TOP_FOLDER, "StartTopFld" },
	{ FT_START_SUB_FOLDER, "StartSubFld" },
	{ FT_END_FOLDER, "EndFolder" },
	{ FT_START_MESSAGE, "StartMessage" },
	{ FT_END_MESSAGE, "EndMessage" },
	{ FT_END_ATTACH, "EndAttach" },
	{ FT_START_FAI_MESSAGE, "StartFAIMsg" },
	{ FT_INCR_SYNC_CHG, "IncrSyncChg" },
	{ FT_INCR_SYNC_DEL, "IncrSyncDel" },
	{ FT_INCR_SYNC_END, "IncrSyncEnd" },
	{ FT_INCR_SYNC_MESSAGE, "IncrSyncMessage" },
	{ FT_FX_ERROR_INFO, "FXErrorInfo" },
	{ FT_INCR_SYNC_READ, "IncrSyncRead" },
	{ FT_INCR_SYNC_STATE_BEGIN, "IncrSyncStateBegin" },
	{ FT_INCR_SYNC_STATE_END, "IncrSyncStateEnd" },
	{ FT_INCR_SYNC_PROGRESS_MODE, "IncrSyncProgressMode" },
	{ FT_INCR_SYNC_PROGRESS_PER_MESSAGE, "IncrSyncProgressPerMsg" },
	{ FT_INCR_SYNC_GROUP_INFO, "IncrSyncGroupInfo" },
	{ FT_INCR_SYNC_CHG_PARTIAL, "IncrSyncChgPartial" },
};

const char *ft_marker_name(uint32_t marker)
{
	for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
		if (markers[i].marker == marker)
			return markers[i].name;
	return NULL;
}

bool ft_is_marker(uint32_t tag)
{
	return tag >> 24 == 0x40 && ft_marker_name(tag);
}

/* Types --------------------------------------------------------------------------------------------------------- */

enum ft_shape ft_shape(uint16_t type)
{
	switch (type) {
	case PT_SHORT:
	case PT_LONG:
	case PT_FLOAT:
	case PT_DOUBLE:
	case PT_CURRENCY:
	case PT_APPTIME:
	case PT_ERROR:
	case PT_BOOLEAN:
	case PT_I8:
	case PT_SYSTIME:
	case PT_CLSID:
		return FT_FIXED;
	case PT_STRING8:
	case PT_UNICODE:
	case PT_BINARY:
	case PT_OBJECT:
	case PT_SVREID:
		return FT_VARIABLE;
	case PT_MV_SHORT:
	case PT_MV_LONG:
	case PT_MV_FLOAT:
	case PT_MV_DOUBLE:
	case PT_MV_CURRENCY:
	case PT_MV_APPTIME:
	case PT_MV_I8:
	case PT_MV_SYSTIME:
	case PT_MV_CLSID:
		return FT_FIXED_LIST;
	case PT_MV_STRING8:
	case PT_MV_UNICODE:
	case PT_MV_BINARY:
		return FT_VARIABLE_LIST;
	default:
		return FT_NO_SHAPE;
	}
}

size_t ft_fixed_size(uint16_t type)
{
	return type == PT_BOOLEAN ? 2 : prop_type_fixed_size(type);
}

unsigned ft_terminator(uint16_t type)
{
	switch (type & (uint16_t)~MV_FLAG) {
	case PT_UNICODE:
		return 2;
	case PT_STRING8:
		return 1;
	default:
		return 0;
	}
}

/* What can be said ---------------------------------------------------------------------------------------------- */

#define UNITS 32u

/* Is one of so many code units NUL? Without a branch, so that the compiler looks at many of them at once. */
static bool has_nul_among(const uint8_t *p)
{
	uint16_t units[UNITS], found = 0;

	memcpy(units, p, sizeof units);
	for (size_t i = 0; i < UNITS; i++)
		found |= (uint16_t)-(units[i] == 0);
	return found;
}

static bool has_nul16(struct bytes v)
{
	size_t i = 0;

	for (; i + 2 * UNITS <= v.n; i += 2 * UNITS)
		if (has_nul_among(v.p + i))
			return true;
	for (; i + 2 <= v.n; i += 2)
		if (!le16(v.p + i))
			return true;
	return false;
}

/* Terminators at the end are kept and read back; one within would end the text for a client. */
static bool text_fits(uint16_t type, struct bytes v)
{
	if (!v.n)
		return true;
	if (ft_terminator(type) == 1) {
		while (v.n && !v.p[v.n - 1])
			v.n--;
		return !v.n || !memchr(v.p, 0, v.n);
	}
	if (v.n % 2)
		return false;
	while (v.n && !le16(v.p + v.n - 2))
		v.n -= 2;
	return !has_nul16(v);
}

static bool value_fits(uint16_t type, struct bytes v)
{
	return v.n <= UINT32_MAX - 2 && (!ft_terminator(type) || text_fits(type, v));
}

static bool name_fits(const struct prop_name *name)
{
	if (!name || guid_equal(&name->set, &FT_ESCAPE_SET))
		return false;
	return !name->by_string ||
	       (name->string.n <= FT_NAME_MAX && name->string.n % 2 == 0 && !has_nul16(name->string));
}

static const struct prop_name *name_of(const struct prop *p, const struct name_map *names)
{
	return names && prop_id(p) >= NAMED_ID_FIRST ? name_map_name(names, prop_id(p)) : NULL;
}

static bool tag_fits(const struct prop *p, const struct name_map *names)
{
	if (p->flags & (PROP_UNKNOWN_TYPE | PROP_ODD_SIZE))
		return false;
	return prop_id(p) >= NAMED_ID_FIRST ? name_fits(name_of(p, names)) : !ft_is_marker(p->tag);
}

static bool list_fits(const struct prop *p)
{
	for (uint32_t i = 0; i < p->count; i++)
		if (!value_fits(prop_type(p), p->values[i]))
			return false;
	return true;
}

bool ft_can_say(const struct prop *p, const struct name_map *names)
{
	uint16_t type = prop_type(p);
	size_t size = prop_type_fixed_size(type & (uint16_t)~MV_FLAG);

	if (!tag_fits(p, names))
		return false;
	switch (ft_shape(type)) {
	case FT_FIXED:
		return p->value.n == size && (type != PT_BOOLEAN || p->value.p[0] <= 1);
	case FT_VARIABLE:
		return value_fits(type, p->value);
	case FT_FIXED_LIST:
		return p->value.n == (uint64_t)p->count * size;
	case FT_VARIABLE_LIST:
		return list_fits(p);
	default:
		return false;
	}
}

bool ft_large_fits(const struct prop *p, const struct name_map *names)
{
	return tag_fits(p, names) && ft_shape(prop_type(p)) == FT_VARIABLE && p->size <= UINT32_MAX - 2 &&
	       (prop_type(p) != PT_UNICODE || p->size % 2 == 0);
}

static bool all_zeros(struct bytes v)
{
	return !v.n || (!v.p[0] && (v.n == 1 || memcmp(v.p, v.p + 1, v.n - 1) == 0));
}

bool ft_text_broken(uint16_t type, struct bytes piece, bool *ended)
{
	unsigned n = ft_terminator(type);

	if (!n || !piece.n)
		return false;
	if (*ended)
		return !all_zeros(piece);
	*ended = n == 1 || piece.n < 2 ? !piece.p[piece.n - 1] : !le16(piece.p + piece.n - 2);
	return !text_fits(type, piece);
}

/* Writing ------------------------------------------------------------------------------------------------------- */

void ft_put_marker(struct buf *out, enum ft_marker marker)
{
	buf_add_u32(out, (uint32_t)marker);
}

/* Type, id and name. [MS-OXCFXICS] 2.2.4.1 propDef */
static void put_definition(struct buf *out, uint32_t tag, const struct prop_name *name)
{
	buf_add_u32(out, tag);
	if (!name)
		return;
	buf_add(out, name->set.b, sizeof name->set.b);
	buf_add_u8(out, name->by_string ? FT_NAME_STRING : FT_NAME_LID);
	if (name->by_string) {
		buf_add(out, name->string.p, name->string.n);
		buf_add_u16(out, 0);
	} else {
		buf_add_u32(out, name->lid);
	}
}

static void put_one(struct buf *out, uint16_t type, struct bytes v)
{
	unsigned terminator = ft_terminator(type);

	buf_add_u32(out, (uint32_t)v.n + terminator);
	buf_add(out, v.p, v.n);
	buf_add_zeros(out, terminator);
}

static void put_value(struct buf *out, const struct prop *p)
{
	switch (ft_shape(prop_type(p))) {
	case FT_VARIABLE:
		put_one(out, prop_type(p), p->value);
		break;
	case FT_VARIABLE_LIST:
		buf_add_u32(out, p->count);
		for (uint32_t i = 0; i < p->count; i++)
			put_one(out, prop_type(p), p->values[i]);
		break;
	case FT_FIXED_LIST:
		buf_add_u32(out, p->count);
		buf_add(out, p->value.p, p->value.n);
		break;
	default:
		buf_add(out, p->value.p, p->value.n);
		if (prop_type(p) == PT_BOOLEAN)
			buf_add_u8(out, 0);
	}
}

static bool is_listed(const struct prop *p)
{
	return prop_is_list(p->tag) && !(p->flags & PROP_LARGE);
}

/* All of the private form but the value; the length is put in by whoever knows it. Returns where it stands. */
static size_t put_escape(struct buf *out, const struct prop *p, const struct prop_name *name)
{
	const struct prop_name private = { .set = FT_ESCAPE_SET, .lid = p->tag };

	put_definition(out, tag_make(NAMED_ID_FIRST, PT_BINARY), &private);
	size_t length = out->n;
	buf_add_u32(out, 0);
	buf_add_u16(out, p->flags);
	buf_add_u32(out, p->count);
	if (name && name->by_string && name->string.n > FT_NAME_MAX)
		name = NULL;
	buf_add_u8(out, !name ? FT_ESCAPE_NO_NAME : name->by_string ? FT_ESCAPE_STRING : FT_ESCAPE_LID);
	if (!name)
		return length;
	buf_add(out, name->set.b, sizeof name->set.b);
	if (name->by_string) {
		buf_add_u16(out, (uint16_t)name->string.n);
		buf_add(out, name->string.p, name->string.n);
	} else {
		buf_add_u32(out, name->lid);
	}
	return length;
}

static void put_length(struct buf *out, size_t at, uint64_t more)
{
	uint64_t n = out->n - at - 4 + more;

	if (out->failed)
		return;
	if (n > UINT32_MAX)
		out->failed = true;
	else
		put_le32(out->p + at, (uint32_t)n);
}

static void put_escaped(struct buf *out, const struct prop *p, const struct name_map *names)
{
	size_t length = put_escape(out, p, name_of(p, names));

	for (uint32_t i = 0; is_listed(p) && i < p->count; i++) {
		buf_add_u32(out, (uint32_t)p->values[i].n);
		buf_add(out, p->values[i].p, p->values[i].n);
	}
	if (!is_listed(p))
		buf_add(out, p->value.p, p->value.n);
	put_length(out, length, 0);
}

void ft_put_prop(struct buf *out, const struct prop *p, const struct name_map *names)
{
	if (!ft_can_say(p, names)) {
		put_escaped(out, p, names);
		return;
	}
	put_definition(out, p->tag, name_of(p, names));
	put_value(out, p);
}

void ft_put_large_begin(struct buf *out, const struct prop *p, const struct name_map *names, bool escape)
{
	if (escape) {
		size_t length = put_escape(out, p, name_of(p, names));

		put_length(out, length, p->size);
		return;
	}
	put_definition(out, p->tag, name_of(p, names));
	buf_add_u32(out, (uint32_t)p->size + ft_terminator(prop_type(p)));
}

void ft_put_large_end(struct buf *out, const struct prop *p, bool escape)
{
	if (!escape)
		buf_add_zeros(out, ft_terminator(prop_type(p)));
}
