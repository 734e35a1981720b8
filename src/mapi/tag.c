#include "mapi/tag.h"

#include "mapi/propset.h"

#include <strings.h>

static const struct tag_info tags[] = {
#define TAG(tag, name, mapi) { tag, #name, mapi },
#include "mapi/tag_list.def"
#undef TAG
};

#define TAGS (sizeof tags / sizeof *tags)

/* The first row whose tag is >= the tag. */
static size_t lower_bound(uint32_t tag)
{
	size_t low = 0, high = TAGS;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (tags[middle].tag < tag)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct tag_info *exact(uint32_t tag)
{
	size_t i = lower_bound(tag);

	return i < TAGS && tags[i].tag == tag ? &tags[i] : NULL;
}

const struct tag_info *tag_info(uint32_t tag)
{
	uint16_t type = tag_type(tag), kind = type & (uint16_t)~MV_FLAG;
	const struct tag_info *info = exact(tag);

	if (!info && (kind == PT_STRING8 || kind == PT_UNICODE))
		info = exact(tag ^ PT_STRING8 ^ PT_UNICODE);
	if (info)
		return info;
	size_t i = lower_bound(tag_make(tag_id(tag), 0));
	return i < TAGS && tag_id(tags[i].tag) == tag_id(tag) ? &tags[i] : NULL;
}

const struct tag_info *tag_info_by_name(const char *name)
{
	for (size_t i = 0; i < TAGS; i++)
		if (!strcasecmp(tags[i].name, name) || (tags[i].mapi_name && !strcasecmp(tags[i].mapi_name, name)))
			return &tags[i];
	return NULL;
}

const struct tag_info *tag_info_at(size_t i)
{
	return i < TAGS ? &tags[i] : NULL;
}

/* Types [MS-OXCDATA] 2.11.1 ------------------------------------------------------------------------------ */

static const struct type_info {
	uint16_t type;
	uint8_t size;
	bool many; /* has a multi-valued form */
	const char *name, *many_name;
} types[] = {
	{ PT_UNSPECIFIED, 0, false, "PtypUnspecified", NULL },
	{ PT_NULL, 0, false, "PtypNull", NULL },
	{ PT_SHORT, 2, true, "PtypInteger16", "PtypMultipleInteger16" },
	{ PT_LONG, 4, true, "PtypInteger32", "PtypMultipleInteger32" },
	{ PT_FLOAT, 4, true, "PtypFloating32", "PtypMultipleFloating32" },
	{ PT_DOUBLE, 8, true, "PtypFloating64", "PtypMultipleFloating64" },
	{ PT_CURRENCY, 8, true, "PtypCurrency", "PtypMultipleCurrency" },
	{ PT_APPTIME, 8, true, "PtypFloatingTime", "PtypMultipleFloatingTime" },
	{ PT_ERROR, 4, false, "PtypErrorCode", NULL },
	{ PT_BOOLEAN, 1, false, "PtypBoolean", NULL },
	{ PT_OBJECT, 0, false, "PtypObject", NULL },
	{ PT_I8, 8, true, "PtypInteger64", "PtypMultipleInteger64" },
	{ PT_STRING8, 0, true, "PtypString8", "PtypMultipleString8" },
	{ PT_UNICODE, 0, true, "PtypString", "PtypMultipleString" },
	{ PT_SYSTIME, 8, true, "PtypTime", "PtypMultipleTime" },
	{ PT_CLSID, 16, true, "PtypGuid", "PtypMultipleGuid" },
	{ PT_SVREID, 0, false, "PtypServerId", NULL },
	{ PT_SRESTRICTION, 0, false, "PtypRestriction", NULL },
	{ PT_ACTIONS, 0, false, "PtypRuleAction", NULL },
	{ PT_BINARY, 0, true, "PtypBinary", "PtypMultipleBinary" },
};

static const struct type_info *find_type(uint16_t type)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == type)
			return &types[i];
	return NULL;
}

const char *prop_type_name(uint16_t type)
{
	const struct type_info *t = find_type(type & (uint16_t)~MV_FLAG);

	return !t ? NULL : type & MV_FLAG ? t->many_name : t->name;
}

bool prop_type_known(uint16_t type)
{
	return prop_type_name(type) != NULL;
}

size_t prop_type_fixed_size(uint16_t type)
{
	/* On the path of every property read: a switch, not a search. */
	switch (type & (uint16_t)~MV_FLAG) {
	case PT_BOOLEAN:
		return 1;
	case PT_SHORT:
		return 2;
	case PT_LONG:
	case PT_FLOAT:
	case PT_ERROR:
		return 4;
	case PT_DOUBLE:
	case PT_CURRENCY:
	case PT_APPTIME:
	case PT_I8:
	case PT_SYSTIME:
		return 8;
	case PT_CLSID:
		return 16;
	default:
		return 0;
	}
}

/* Named properties ------------------------------------------------------------------------------------------ */

static const struct named_info names[] = {
#define LID(set, lid, name, type) { &set, lid, NULL, #name, type },
#define STRING(set, string, name, type) { &set, 0, string, #name, type },
#include "mapi/named_list.def"
#undef LID
#undef STRING
};

#define NAMES (sizeof names / sizeof *names)

const struct named_info *named_info_by_lid(const struct guid *set, uint32_t lid)
{
	for (size_t i = 0; i < NAMES; i++)
		if (!names[i].string && names[i].lid == lid && guid_equal(names[i].set, set))
			return &names[i];
	return NULL;
}

const struct named_info *named_info_by_string(const struct guid *set, const char *string)
{
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].string && guid_equal(names[i].set, set) && !strcasecmp(names[i].string, string))
			return &names[i];
	return NULL;
}

const struct named_info *named_info_by_name(const char *name)
{
	for (size_t i = 0; i < NAMES; i++)
		if (!strcasecmp(names[i].name, name))
			return &names[i];
	return NULL;
}

const struct named_info *named_info_at(size_t i)
{
	return i < NAMES ? &names[i] : NULL;
}
