/*
 * Property types and tags ([MS-OXCDATA] 2.11.1, [MS-OXPROPS]): the numbers, their canonical names, and how to find
 * one from the other.
 */
#ifndef MAPI_TAG_H
#define MAPI_TAG_H

#include "base/guid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum prop_types {
	PT_UNSPECIFIED = 0x0000,
	PT_NULL = 0x0001,
	PT_SHORT = 0x0002,
	PT_LONG = 0x0003,
	PT_FLOAT = 0x0004,
	PT_DOUBLE = 0x0005,
	PT_CURRENCY = 0x0006,
	PT_APPTIME = 0x0007,
	PT_ERROR = 0x000A,
	PT_BOOLEAN = 0x000B,
	PT_OBJECT = 0x000D,
	PT_I8 = 0x0014,
	PT_STRING8 = 0x001E,
	PT_UNICODE = 0x001F,
	PT_SYSTIME = 0x0040,
	PT_CLSID = 0x0048,
	PT_SVREID = 0x00FB,
	PT_SRESTRICTION = 0x00FD,
	PT_ACTIONS = 0x00FE,
	PT_BINARY = 0x0102,
	MV_FLAG = 0x1000, /* many values of the type */
};

static inline uint16_t tag_id(uint32_t tag)
{
	return (uint16_t)(tag >> 16);
}

static inline uint16_t tag_type(uint32_t tag)
{
	return (uint16_t)tag;
}

static inline uint32_t tag_make(uint16_t id, uint16_t type)
{
	return (uint32_t)id << 16 | type;
}

/* PidTagSubject and all others, by their canonical names. */
enum prop_tags {
#define TAG(tag, name, mapi) name = tag,
#include "mapi/tag_list.def"
#undef TAG
};

struct tag_info {
	uint32_t tag;
	const char *name;      /* "PidTagSubject" */
	const char *mapi_name; /* "PR_SUBJECT", or NULL */
};

/* This tag; else the same id with the other kind of string; else the same id with any type; else NULL. */
const struct tag_info *tag_info(uint32_t tag);
/* By either name, whatever the case of its letters; NULL when unknown. */
const struct tag_info *tag_info_by_name(const char *name);
const struct tag_info *tag_info_at(size_t i); /* in the order of tags; NULL beyond the last */

/* "PtypString"; NULL for a type that does not exist. */
const char *prop_type_name(uint16_t type);
bool prop_type_known(uint16_t type);
/* Bytes of one value in the form of mapi/prop.h; 0 when it varies. MV_FLAG is not looked at. */
size_t prop_type_fixed_size(uint16_t type);

/* Named properties: LIDs as constants, PidLidBusyStatus and all others. */
enum named_lids {
#define LID(set, lid, name, type) name = lid,
#define STRING(set, string, name, type)
#include "mapi/named_list.def"
#undef LID
#undef STRING
};

struct named_info {
	const struct guid *set;
	uint32_t lid;       /* when string is NULL */
	const char *string; /* ASCII, else NULL */
	const char *name;   /* "PidLidBusyStatus" */
	uint16_t type;
};

const struct named_info *named_info_by_lid(const struct guid *set, uint32_t lid);
const struct named_info *named_info_by_string(const struct guid *set, const char *string); /* any case */
const struct named_info *named_info_by_name(const char *name);
const struct named_info *named_info_at(size_t i);

#endif
