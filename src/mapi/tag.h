/*
 * Property types and tags ([MS-OXCDATA] 2.11.1, [MS-OXPROPS] 2) and the published named properties:
 * the numbers as constants, and how to find a name from a number and a number from a name.  All of
 * it is constant; lookups are binary searches.  The facts are in tag_list.def and named_list.def.
 */
#ifndef MAPI_TAG_H
#define MAPI_TAG_H

#include "base/guid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types [MS-OXCDATA] 2.11.1 ----------------------------------------------------------------- */

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
	PT_OBJECT = 0x000D, /* also PtypEmbeddedTable */
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
	PT_MV_SHORT = MV_FLAG | PT_SHORT,
	PT_MV_LONG = MV_FLAG | PT_LONG,
	PT_MV_FLOAT = MV_FLAG | PT_FLOAT,
	PT_MV_DOUBLE = MV_FLAG | PT_DOUBLE,
	PT_MV_CURRENCY = MV_FLAG | PT_CURRENCY,
	PT_MV_APPTIME = MV_FLAG | PT_APPTIME,
	PT_MV_I8 = MV_FLAG | PT_I8,
	PT_MV_STRING8 = MV_FLAG | PT_STRING8,
	PT_MV_UNICODE = MV_FLAG | PT_UNICODE,
	PT_MV_SYSTIME = MV_FLAG | PT_SYSTIME,
	PT_MV_CLSID = MV_FLAG | PT_CLSID,
	PT_MV_BINARY = MV_FLAG | PT_BINARY,

	/* Of a column, not of a value: a row for each of the many ([MS-OXCDATA] 2.11.1.3). */
	MV_INSTANCE = 0x2000,
};

/* "PtypString", "PtypMultipleString"; NULL for a type that does not exist. */
const char *prop_type_name(uint16_t type);
/* "PT_UNICODE", "PT_MV_UNICODE"; NULL for a type that does not exist. */
const char *prop_type_mapi_name(uint16_t type);
bool prop_type_known(uint16_t type);
/* Bytes of one value in the form of mapi/prop.h; 0 when it varies. MV_FLAG is not looked at. */
size_t prop_type_fixed_size(uint16_t type);

/* Tags -------------------------------------------------------------------------------------- */

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

/* PidTagSubject and all others whose id is below 0x8000. */
enum prop_tags {
#define TAG(tag, name, mapi) name = tag,
#define ALIAS(tag, name) name = tag,
#include "mapi/tag_list.def"
};

/*
 * The tags from 0x8000 that the address book fixes.  They are too big for an int, which C23 allows
 * an enumerator and C17 does not: hence the mark.
 */
__extension__ enum address_book_tags {
#define AB_TAG(tag, name, mapi) name = tag,
#include "mapi/tag_list.def"
};

struct tag_info {
	uint32_t tag;
	const char *name;      /* "PidTagSubject"; another's where there is no canonical name */
	const char *mapi_name; /* "PR_SUBJECT", or NULL */
};

/*
 * This tag; else the same id with the other kind of string; else the first of that id, whatever its
 * type (the caller compares); else NULL.  Always NULL from 0x8000: there every store gives its ids
 * to names of its own (mapi/named.h).
 */
const struct tag_info *tag_info(uint32_t tag);
/* The same for what an address book says, where ids from 0x8000 are fixed ([MS-OXOABK] 2.2). */
const struct tag_info *tag_info_address_book(uint32_t tag);
/* By any of its names, canonical or MAPI's, whatever the case of the letters; NULL when unknown. */
const struct tag_info *tag_info_by_name(const char *name);
/* The i-th in the order of tags, those of the address book last; NULL beyond them. */
const struct tag_info *tag_info_at(size_t i);

/* Named properties -------------------------------------------------------------------------- */

/* LIDs as constants: PidLidBusyStatus and all others. */
enum named_lids {
#define LID(set, lid, name, type) name = lid,
#include "mapi/named_list.def"
};

enum named_kind {
	NAMED_LID = 0,    /* MNID_ID */
	NAMED_STRING = 1, /* MNID_STRING */
};

struct named_info {
	uint8_t kind; /* enum named_kind */
	uint16_t type;
	const struct guid *set;
	uint32_t lid;       /* of NAMED_LID, else 0 */
	const char *string; /* of NAMED_STRING, ASCII; else NULL */
	const char *name;   /* "PidLidBusyStatus", "PidNameKeywords" */
};

const struct named_info *named_info_by_lid(const struct guid *set, uint32_t lid);
/* Whatever the case of its letters. */
const struct named_info *named_info_by_string(const struct guid *set, const char *string);
const struct named_info *named_info_by_name(const char *name);
/* The i-th in the order of the list; NULL beyond the last. */
const struct named_info *named_info_at(size_t i);

#endif
