#include "rop/recipient_row.h"

#include "base/utf16.h"
#include "rop/property_row.h"
#include "rop/rops_common.h"

#include <strings.h>

/* What the flags say --------------------------------------------------------------------------- */

static unsigned type_of(const struct recipient_row *r)
{
	return r->flags & RECIPIENT_TYPE_MASK;
}

static bool is_x500(const struct recipient_row *r)
{
	return type_of(r) == RECIPIENT_TYPE_X500;
}

static bool is_personal_dl(const struct recipient_row *r)
{
	return type_of(r) == RECIPIENT_TYPE_PERSONAL_DL_1 ||
	       type_of(r) == RECIPIENT_TYPE_PERSONAL_DL_2;
}

static bool has_address_type(const struct recipient_row *r)
{
	return type_of(r) == RECIPIENT_TYPE_NONE && (r->flags & RECIPIENT_OTHER);
}

/* The texts that a flag each announces, in their order. */
static const struct {
	uint16_t flag;
	uint16_t offset;
	uint32_t tag;
	const char *name;
} texts[] = {
#define TEXT(flag, member, tag)                                            \
	{                                                                  \
		flag, offsetof(struct recipient_row, member), tag, #member \
	}
	TEXT(RECIPIENT_EMAIL, email_address, PidTagEmailAddress),
	TEXT(RECIPIENT_DISPLAY, display_name, PidTagDisplayName),
	TEXT(RECIPIENT_SIMPLE, simple_display_name, PidTag7BitDisplayName),
	TEXT(RECIPIENT_TRANSMITTABLE, transmittable_display_name, PidTagTransmittableDisplayName),
};

#define TEXTS (sizeof texts / sizeof *texts)

static struct bytes *text_at(struct recipient_row *r, size_t i)
{
	return (struct bytes *)(void *)((char *)r + texts[i].offset);
}

static struct bytes text_of(const struct recipient_row *r, size_t i)
{
	return *(const struct bytes *)(const void *)((const char *)r + texts[i].offset);
}

/* Decoding ------------------------------------------------------------------------------------- */

static bool pull_counted(struct wire_in *in, struct bytes *v)
{
	uint32_t n = 0;

	return wire_pull_count(in, 2, &n) && wire_pull_bytes(in, n, v);
}

static bool pull_address(struct wire_in *in, struct recipient_row *r)
{
	if (is_x500(r))
		return wire_pull_u8(in, &r->address_prefix_used) &&
		       wire_pull_u8(in, &r->display_type) && wire_pull_str8(in, &r->x500_dn);
	if (is_personal_dl(r))
		return pull_counted(in, &r->entry_id) && pull_counted(in, &r->search_key);
	return !has_address_type(r) || wire_pull_str8(in, &r->address_type);
}

static bool pull_texts(struct wire_in *in, struct recipient_row *r)
{
	bool wide = r->flags & RECIPIENT_UNICODE;

	for (size_t i = 0; i < TEXTS; i++) {
		struct bytes *text = text_at(r, i);

		if (r->flags & texts[i].flag &&
		    !(wide ? wire_pull_str16(in, text) : wire_pull_str8(in, text)))
			return wire_fail_at(&in->error, texts[i].name, 0);
	}
	return true;
}

static bool pull_properties(struct wire_in *in, const uint32_t *columns, size_t n,
			    struct recipient_row *r)
{
	if (!wire_pull_u16(in, &r->column_count))
		return false;
	if (r->column_count > n)
		return wire_fail(in, ecCorruptData, "more properties than there are columns");
	r->properties = arena_array(in->arena, r->column_count, sizeof *r->properties);
	if (!r->properties)
		return wire_fail(in, ecMemory, "takes more memory than there may be");
	return property_row_pull(in, columns, r->column_count, r->properties);
}

status recipient_row_decode(struct bytes row, const uint32_t *columns, size_t n, struct arena *a,
			    struct recipient_row *out, struct reason *why)
{
	struct recipient_row r = { .flags = 0 };
	struct wire_in in;

	wire_in_init(&in, row, a);
	if (wire_pull_u16(&in, &r.flags) && pull_address(&in, &r) && pull_texts(&in, &r) &&
	    pull_properties(&in, columns, n, &r) && reader_left(&in.r))
		wire_fail(&in, ecCorruptData, "bytes are left over");
	if (in.error.code) {
		wire_fail_at(&in.error, "recipient_row", 0);
		return wire_error_reason(&in.error, why);
	}
	*out = r;
	return ecNone;
}

/* Encoding ------------------------------------------------------------------------------------- */

static bool push_counted(struct wire_out *out, struct bytes v)
{
	return wire_push_count(out, 2, v.n) && wire_push_bytes(out, v);
}

static bool push_address(struct wire_out *out, const struct recipient_row *r)
{
	if (is_x500(r))
		return wire_push_u8(out, r->address_prefix_used) &&
		       wire_push_u8(out, r->display_type) && wire_push_str8(out, r->x500_dn);
	if (is_personal_dl(r))
		return push_counted(out, r->entry_id) && push_counted(out, r->search_key);
	return !has_address_type(r) || wire_push_str8(out, r->address_type);
}

static bool push_texts(struct wire_out *out, const struct recipient_row *r)
{
	bool wide = r->flags & RECIPIENT_UNICODE;

	for (size_t i = 0; i < TEXTS; i++) {
		struct bytes text = text_of(r, i);

		if (r->flags & texts[i].flag &&
		    !(wide ? wire_push_str16(out, text) : wire_push_str8(out, text)))
			return wire_fail_at(&out->error, texts[i].name, 0);
	}
	return true;
}

status recipient_row_encode(const struct recipient_row *r, const uint32_t *columns, size_t n,
			    struct buf *out, struct reason *why)
{
	size_t mark = out->n;
	struct wire_out o;

	if (out->failed || r->column_count > n)
		return reason_set(why, out->failed ? ecTooBig : ecInvalidParam, "recipient_row: %s",
				  out->failed ? "the buffer has failed before"
					      : "more properties than there are columns");
	wire_out_init(&o, out);
	if (wire_push_u16(&o, r->flags) && push_address(&o, r) && push_texts(&o, r) &&
	    wire_push_u16(&o, r->column_count) &&
	    property_row_push(&o, columns, r->column_count, r->properties))
		return ecNone;
	buf_truncate(out, mark);
	out->failed = false;
	wire_fail_at(&o.error, "recipient_row", 0);
	return wire_error_reason(&o.error, why);
}

/* To a bag ------------------------------------------------------------------------------------- */

static const struct {
	uint8_t type;
	const char *name;
} address_types[] = {
	{ RECIPIENT_TYPE_X500, "EX" },
	{ RECIPIENT_TYPE_MS, "MS" },
	{ RECIPIENT_TYPE_SMTP, "SMTP" },
	{ RECIPIENT_TYPE_FAX, "FAX" },
	{ RECIPIENT_TYPE_PROFS, "PROFS" },
	{ RECIPIENT_TYPE_PERSONAL_DL_1, "MAPIPDL" },
	{ RECIPIENT_TYPE_PERSONAL_DL_2, "MAPIPDL" },
};

#define ADDRESS_TYPES (sizeof address_types / sizeof *address_types)

static status set_text(struct bag *out, uint32_t tag, struct bytes text, bool wide,
		       unsigned codepage)
{
	struct bytes utf16le = text;

	if (!wide && !rop_text_widen(text, codepage, out->arena, &utf16le))
		return ecMemory;
	return bag_set_bytes(out, tag, utf16le);
}

static status address_to_bag(const struct recipient_row *r, const char *prefix, struct bag *out)
{
	for (size_t i = 0; i < ADDRESS_TYPES; i++)
		if (address_types[i].type == type_of(r))
			if (bag_set_text(out, PidTagAddressType, address_types[i].name))
				return ecMemory;
	if (has_address_type(r))
		return set_text(out, PidTagAddressType, r->address_type, false, 1252);
	if (is_x500(r)) {
		char *dn = arena_printf(out->arena, "%.*s%.*s", (int)r->address_prefix_used, prefix,
					(int)r->x500_dn.n, (const char *)r->x500_dn.p);

		if (!dn || bag_set_text(out, PidTagEmailAddress, dn))
			return ecMemory;
		return bag_set_u32(out, PidTagDisplayType, r->display_type);
	}
	if (is_personal_dl(r) && (bag_set_bytes(out, PidTagEntryId, r->entry_id) ||
				  bag_set_bytes(out, PidTagSearchKey, r->search_key)))
		return ecMemory;
	return ecNone;
}

static status texts_to_bag(const struct recipient_row *r, unsigned codepage, struct bag *out)
{
	bool wide = r->flags & RECIPIENT_UNICODE;

	for (size_t i = 0; i < TEXTS; i++)
		if (r->flags & texts[i].flag &&
		    set_text(out, texts[i].tag, text_of(r, i), wide, codepage))
			return ecMemory;
	if ((r->flags & RECIPIENT_SAME) && (r->flags & RECIPIENT_DISPLAY))
		return set_text(out, PidTagTransmittableDisplayName, r->display_name, wide,
				codepage);
	return ecNone;
}

status recipient_row_to_bag(const struct recipient_row *r, unsigned codepage, const char *prefix,
			    struct bag *out)
{
	if (address_to_bag(r, prefix, out) || texts_to_bag(r, codepage, out) ||
	    bag_set_bool(out, PidTagSendRichInfo, !(r->flags & RECIPIENT_NO_RICH_INFO)) ||
	    bag_set_bool(out, PidTagResponsibility, r->flags & RECIPIENT_RESPONSIBLE))
		return ecMemory;
	for (size_t i = 0; i < r->column_count; i++) {
		const struct prop *p = &r->properties[i];

		if (prop_type(p) != PT_ERROR && prop_type(p) != PT_NULL && bag_set(out, p))
			return ecMemory;
	}
	return ecNone;
}

/* From a bag ----------------------------------------------------------------------------------- */

static uint16_t type_named(const char *name)
{
	for (size_t i = 0; i < ADDRESS_TYPES; i++)
		if (!strcasecmp(address_types[i].name, name))
			return address_types[i].type;
	return RECIPIENT_OTHER;
}

static struct bytes ascii(const char *text)
{
	return bytes_of(text, strlen(text));
}

/* UTF-8; NULL when the bag has no such text. False without memory. */
static bool take_text(const struct bag *bag, uint32_t tag, struct arena *a, char **text)
{
	const struct prop *p = bag_find(bag, tag_id(tag));

	*text = NULL;
	if (!p || (p->flags & PROP_LARGE) ||
	    (prop_type(p) != PT_UNICODE && prop_type(p) != PT_STRING8))
		return true;
	*text = bag_text(bag, tag_id(tag), 1252, a);
	return *text != NULL;
}

static bool address_from_bag(const struct bag *bag, struct arena *a, struct recipient_row *r)
{
	char *type, *address;

	if (!take_text(bag, PidTagAddressType, a, &type) ||
	    !take_text(bag, PidTagEmailAddress, a, &address))
		return false;
	if (type && *type)
		r->flags |= type_named(type);
	if (is_x500(r)) {
		r->x500_dn = ascii(address ? address : "");
		r->display_type = (uint8_t)bag_u32(bag, tag_id(PidTagDisplayType), 0);
	} else if (is_personal_dl(r)) {
		r->entry_id = bag_bytes(bag, tag_id(PidTagEntryId));
		r->search_key = bag_bytes(bag, tag_id(PidTagSearchKey));
	} else if (has_address_type(r)) {
		r->address_type = ascii(type);
	}
	return true;
}

static bool texts_from_bag(const struct bag *bag, struct arena *a, struct recipient_row *r)
{
	for (size_t i = 0; i < TEXTS; i++) {
		char *text;

		if (texts[i].flag == RECIPIENT_EMAIL && is_x500(r))
			continue;
		if (!take_text(bag, texts[i].tag, a, &text))
			return false;
		if (!text)
			continue;
		r->flags |= texts[i].flag;
		*text_at(r, i) = utf16_bytes(a, text);
		if (!text_at(r, i)->p)
			return false;
	}
	if ((r->flags & RECIPIENT_DISPLAY) && (r->flags & RECIPIENT_TRANSMITTABLE) &&
	    bytes_equal(r->display_name, r->transmittable_display_name)) {
		r->flags &= (uint16_t)~RECIPIENT_TRANSMITTABLE;
		r->flags |= RECIPIENT_SAME;
	}
	return true;
}

static bool columns_from_bag(const struct bag *bag, const uint32_t *columns, size_t n,
			     struct arena *a, struct recipient_row *r)
{
	static const uint8_t not_found[4] = { 0x0F, 0x01, 0x04, 0x80 };

	r->column_count = (uint16_t)n;
	r->properties = arena_array(a, n, sizeof *r->properties);
	for (size_t i = 0; r->properties && i < n; i++) {
		const struct prop *p = bag_find(bag, tag_id(columns[i]));

		r->properties[i] = p ? *p
				     : (struct prop){ .tag = tag_make(tag_id(columns[i]), PT_ERROR),
						      .count = 1,
						      .size = 4,
						      .value = bytes_of(not_found, 4) };
	}
	return r->properties != NULL;
}

status recipient_row_from_bag(const struct bag *bag, const uint32_t *columns, size_t n,
			      struct arena *a, struct recipient_row *out)
{
	struct recipient_row r = { .flags = RECIPIENT_UNICODE };

	if (n > UINT16_MAX)
		return ecInvalidParam;
	if (bag_find(bag, tag_id(PidTagSendRichInfo)) &&
	    !bag_bool(bag, tag_id(PidTagSendRichInfo), true))
		r.flags |= RECIPIENT_NO_RICH_INFO;
	if (bag_bool(bag, tag_id(PidTagResponsibility), false))
		r.flags |= RECIPIENT_RESPONSIBLE;
	if (!address_from_bag(bag, a, &r) || !texts_from_bag(bag, a, &r) ||
	    !columns_from_bag(bag, columns, n, a, &r))
		return ecMemory;
	*out = r;
	return ecNone;
}
