#include "mapi/tag.h"

#include "mapi/propset.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* strcasecmp asks the locale what a letter is; these names are ASCII everywhere. */
static int folded(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static int compare_folded(const char *a, const char *b)
{
	while (*a && folded(*a) == folded(*b)) {
		a++;
		b++;
	}
	return folded(*a) - folded(*b);
}

/* A spelling and the row it belongs to; lists of them are ordered by compare_folded. */
struct spelling {
	const char *name;
	uint16_t row;
};

static int compare_spelling(const void *key, const void *row)
{
	return compare_folded(key, ((const struct spelling *)row)->name);
}

static const struct spelling *find_spelling(const char *name, const struct spelling *list, size_t n)
{
	return bsearch(name, list, n, sizeof *list, compare_spelling);
}

/* Tags -------------------------------------------------------------------------------------- */

/* TAG_FIRST_AB: where the tags of the address book begin. */
enum tag_rows {
#define TAG(tag, name, mapi) ROW_##name,
#define OTHER(tag, name) ROW_##name,
#include "mapi/tag_list.def"
	TAG_FIRST_AB,
	TAG_BEFORE_AB = TAG_FIRST_AB - 1,
#define AB_TAG(tag, name, mapi) ROW_##name,
#include "mapi/tag_list.def"
	TAGS,
};

static const struct tag_info tags[] = {
#define TAG(tag, name, mapi) { tag, #name, mapi },
#define OTHER(tag, name) { tag, #name, NULL },
#define AB_TAG(tag, name, mapi) { tag, #name, mapi },
#include "mapi/tag_list.def"
};

static const struct spelling tag_spellings[] = {
#define NAME(spelling, row) { #spelling, ROW_##row },
#include "mapi/tag_list.def"
};

/* The first row from `low` on, and before `high`, whose tag is >= the tag; else `high`. */
static size_t lower_bound(uint32_t tag, size_t low, size_t high)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tags[middle].tag < tag)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct tag_info *exact(uint32_t tag, size_t first, size_t end)
{
	size_t i = lower_bound(tag, first, end);

	return i < end && tags[i].tag == tag ? &tags[i] : NULL;
}

static const struct tag_info *nearest(uint32_t tag, size_t first, size_t end)
{
	uint16_t type = tag_type(tag) & (uint16_t)~MV_FLAG;
	const struct tag_info *info = exact(tag, first, end);
	size_t i;

	if (!info && (type == PT_STRING8 || type == PT_UNICODE))
		info = exact(tag ^ PT_STRING8 ^ PT_UNICODE, first, end);
	if (info)
		return info;
	i = lower_bound(tag_make(tag_id(tag), 0), first, end);
	return i < end && tag_id(tags[i].tag) == tag_id(tag) ? &tags[i] : NULL;
}

const struct tag_info *tag_info(uint32_t tag)
{
	return nearest(tag, 0, TAG_FIRST_AB);
}

const struct tag_info *tag_info_address_book(uint32_t tag)
{
	return nearest(tag, 0, TAGS);
}

const struct tag_info *tag_info_by_name(const char *name)
{
	const struct spelling *s = find_spelling(name, tag_spellings, COUNT(tag_spellings));

	return s ? &tags[s->row] : NULL;
}

const struct tag_info *tag_info_at(size_t i)
{
	return i < TAGS ? &tags[i] : NULL;
}

/* Types [MS-OXCDATA] 2.11.1 ----------------------------------------------------------------- */

/* What stands behind "Ptyp" and "PT_"; a type without a multi-valued form says so. */
static const struct type_info {
	uint16_t type;
	const char *name, *many_name, *mapi_name, *many_mapi_name;
} types[] = {
#define ONE(type, name) { PT_##type, "Ptyp" name, NULL, "PT_" #type, NULL }
#define BOTH(type, name) \
	{ PT_##type, "Ptyp" name, "PtypMultiple" name, "PT_" #type, "PT_MV_" #type }
	ONE(UNSPECIFIED, "Unspecified"),
	ONE(NULL, "Null"),
	BOTH(SHORT, "Integer16"),
	BOTH(LONG, "Integer32"),
	BOTH(FLOAT, "Floating32"),
	BOTH(DOUBLE, "Floating64"),
	BOTH(CURRENCY, "Currency"),
	BOTH(APPTIME, "FloatingTime"),
	ONE(ERROR, "ErrorCode"),
	ONE(BOOLEAN, "Boolean"),
	ONE(OBJECT, "Object"),
	BOTH(I8, "Integer64"),
	BOTH(STRING8, "String8"),
	BOTH(UNICODE, "String"),
	BOTH(SYSTIME, "Time"),
	BOTH(CLSID, "Guid"),
	ONE(SVREID, "ServerId"),
	ONE(SRESTRICTION, "Restriction"),
	ONE(ACTIONS, "RuleAction"),
	BOTH(BINARY, "Binary"),
#undef ONE
#undef BOTH
};

static int compare_type(const void *key, const void *row)
{
	return *(const uint16_t *)key - ((const struct type_info *)row)->type;
}

static const struct type_info *find_type(uint16_t type)
{
	uint16_t single = type & (uint16_t)~MV_FLAG;

	return bsearch(&single, types, COUNT(types), sizeof *types, compare_type);
}

const char *prop_type_name(uint16_t type)
{
	const struct type_info *t = find_type(type);

	return !t ? NULL : type & MV_FLAG ? t->many_name : t->name;
}

const char *prop_type_mapi_name(uint16_t type)
{
	const struct type_info *t = find_type(type);

	return !t ? NULL : type & MV_FLAG ? t->many_mapi_name : t->mapi_name;
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

/* Named properties -------------------------------------------------------------------------- */

enum named_rows {
#define LID(set, lid, name, type) NAMED_ROW_##name,
#define STRING(set, string, name, type) NAMED_ROW_##name,
#include "mapi/named_list.def"
	NAMES,
};

static const struct named_info names[] = {
#define LID(set, lid, name, type) { NAMED_LID, type, &set, lid, NULL, #name },
#define STRING(set, string, name, type) { NAMED_STRING, type, &set, 0, string, #name },
#include "mapi/named_list.def"
};

static const struct spelling named_spellings[] = {
#define NAMED(spelling, row) { #spelling, NAMED_ROW_##row },
#include "mapi/named_list.def"
};

static int compare_named(const void *key, const void *row)
{
	const struct named_info *a = key, *b = row;
	int order = memcmp(a->set->b, b->set->b, sizeof a->set->b);

	if (order)
		return order;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == NAMED_STRING)
		return compare_folded(a->string, b->string);
	return (a->lid > b->lid) - (a->lid < b->lid);
}

static const struct named_info *find_named(const struct named_info *key)
{
	return bsearch(key, names, NAMES, sizeof *names, compare_named);
}

const struct named_info *named_info_by_lid(const struct guid *set, uint32_t lid)
{
	struct named_info key = { .kind = NAMED_LID, .set = set, .lid = lid };

	return find_named(&key);
}

const struct named_info *named_info_by_string(const struct guid *set, const char *string)
{
	struct named_info key = { .kind = NAMED_STRING, .set = set, .string = string };

	return find_named(&key);
}

const struct named_info *named_info_by_name(const char *name)
{
	const struct spelling *s = find_spelling(name, named_spellings, COUNT(named_spellings));

	return s ? &names[s->row] : NULL;
}

const struct named_info *named_info_at(size_t i)
{
	return i < NAMES ? &names[i] : NULL;
}
