/*
 * What the requests to an address book share: STAT, entry ids, lists and rows ([MS-OXNSPI] 2.3,
 * [MS-OXCMAPIHTTP] 2.2.1).
 *
 * Values are in the form of mapi/prop.h and on the wire as AddressBookPropertyValue
 * (WIRE_COUNTS_ADDRESS_BOOK): strings, binaries and lists stand behind a byte that says whether
 * they are there.  One that is not there is read as an empty one.
 */
#ifndef ROP_NSPI_H
#define ROP_NSPI_H

#include "mapi/entryid.h"
#include "mapi/restriction.h"

/* [MS-OXCMAPIHTTP] 2.2.1.8, 2.2.5.12.1 and the ranges in [MS-OXNSPI] 2.3: no list is longer. */
#define NSPI_LIST_MAX 100000u

/* [MS-OXNSPI] 2.3.7 STAT: 36 bytes. */
#define NSPI_STAT(F, T)               \
	F(T, U32, sort_type)          \
	F(T, U32, container_id)       \
	F(T, U32, current_rec)        \
	F(T, U32, delta) /* signed */ \
	F(T, U32, num_pos)            \
	F(T, U32, total_recs)         \
	F(T, U32, code_page)          \
	F(T, U32, template_locale)    \
	F(T, U32, sort_locale)

WIRE_DECLARE(nspi_stat, NSPI_STAT)

/* [MS-OXNSPI] 2.2.10: sort_type. */
enum nspi_sort {
	NSPI_SORT_DISPLAY_NAME = 0x00000000,
	NSPI_SORT_PHONETIC_DISPLAY_NAME = 0x00000003,
	NSPI_SORT_DISPLAY_NAME_RO = 0x000003E8,
	NSPI_SORT_DISPLAY_NAME_W = 0x000003E9,
};

/* [MS-OXNSPI] 2.2.8: Minimal Entry IDs (MIds) with a meaning of their own. */
enum nspi_position {
	NSPI_MID_BEGINNING_OF_TABLE = 0x00000000,
	NSPI_MID_END_OF_TABLE = 0x00000002,
	NSPI_MID_CURRENT = 0x00000001,
};
/* [MS-OXNSPI] 2.2.9: what a name was resolved to. */
enum nspi_resolution {
	NSPI_MID_UNRESOLVED = 0x00000000,
	NSPI_MID_AMBIGUOUS = 0x00000001,
	NSPI_MID_RESOLVED = 0x00000002,
};
#define NSPI_MID_FIRST 0x00000010u /* below it nothing is an object */

/* [MS-OXNSPI] 2.2.3: display types. */
enum nspi_display_type {
	NSPI_DT_MAILUSER = 0x00000000,
	NSPI_DT_DISTLIST = 0x00000001,
	NSPI_DT_FORUM = 0x00000002,
	NSPI_DT_AGENT = 0x00000003,
	NSPI_DT_ORGANIZATION = 0x00000004,
	NSPI_DT_PRIVATE_DISTLIST = 0x00000005,
	NSPI_DT_REMOTE_MAILUSER = 0x00000006,
	NSPI_DT_CONTAINER = 0x00000100,
	NSPI_DT_TEMPLATE = 0x00000101,
	NSPI_DT_ADDRESS_TEMPLATE = 0x00000102,
	NSPI_DT_SEARCH = 0x00000200,
};

/* Flags of requests ([MS-OXNSPI] 2.2.11 to 2.2.13, 3.1.4.1). */
enum nspi_flag {
	NSPI_ANONYMOUS_LOGIN = 0x00000020,            /* Bind */
	NSPI_SKIP_OBJECTS = 0x00000001,               /* GetPropList, GetProps, QueryRows */
	NSPI_EPHEMERAL_IDS = 0x00000002,              /* GetProps, QueryRows */
	NSPI_ADDRESS_CREATION_TEMPLATES = 0x00000002, /* GetSpecialTable */
	NSPI_UNICODE_STRINGS = 0x00000004,            /* GetSpecialTable */
	NSPI_UNICODE_PROPTYPES = 0x80000000u,         /* QueryColumns */
	NSPI_DELETE = 0x00000001,                     /* ModLinkAtt */
	NSPI_TI_TEMPLATE = 0x00000001,                /* GetTemplateInfo */
	NSPI_TI_SCRIPT = 0x00000004,
	NSPI_TI_EMT = 0x00000010,
	NSPI_TI_HELPFILE_NAME = 0x00000020,
	NSPI_TI_HELPFILE_CONTENTS = 0x00000040,
};

/*
 * [MS-OXNSPI] 2.3.8.2 EphemeralEntryID: 32 bytes.  The first four are 0x87, 0, 0, 0; `one` is 1; the
 * provider is the ServerGuid that Bind returned.  2.3.8.3 PermanentEntryID is address_book_entryid
 * (mapi/entryid.h).
 */
#define NSPI_EPHEMERAL_TYPE 0x87u
#define NSPI_EPHEMERAL_ENTRYID(F, T) \
	F(T, U32, type)              \
	F(T, GUID, provider)         \
	F(T, U32, one)               \
	F(T, U32, display_type)      \
	F(T, U32, mid)

WIRE_DECLARE(nspi_ephemeral_entryid, NSPI_EPHEMERAL_ENTRYID)

enum nspi_entryid_kind { NSPI_ENTRYID_PERMANENT, NSPI_ENTRYID_EPHEMERAL };

struct nspi_entryid {
	enum nspi_entryid_kind kind;
	union {
		struct address_book_entryid permanent;
		struct nspi_ephemeral_entryid ephemeral;
	};
};

/* Either kind, by its first byte; ecInvalidParam for what is neither. Texts point into `data`. */
status nspi_entryid_decode(struct bytes data, struct nspi_entryid *out, struct reason *why) MUST;
/* Appends; kind, first bytes and constants are filled in here. */
status nspi_ephemeral_encode(const struct guid *server, uint32_t display_type, uint32_t mid,
			     struct buf *out) MUST;
status nspi_permanent_encode(uint32_t display_type, const char *dn, struct buf *out) MUST;

/* Lists ---------------------------------------------------------------------------------------- */

/*
 * A 32-bit count and so many 32-bit numbers: LargePropertyTagArray ([MS-OXCMAPIHTTP] 2.2.1.8),
 * arrays of MinimalEntryID.  More than NSPI_LIST_MAX are refused (ecTooBig).
 */
struct nspi_ids {
	uint32_t n;
	uint32_t *v;
};
extern const struct wire_custom nspi_ids_custom;

/* A 32-bit count of at most NSPI_LIST_MAX: of the COUNTED field behind it. */
extern const struct wire_custom nspi_count_custom;

/* StringsArray_r, WStringsArray_r ([MS-OXNSPI] 2.3.6): a count, then texts without their NULs. */
struct nspi_names {
	uint32_t n;
	struct bytes *v; /* bytes of ASCII, or UTF-16LE */
};
extern const struct wire_custom nspi_names8_custom, nspi_names16_custom;

/* [MS-OXCMAPIHTTP] 2.2.1.3 AddressBookPropertyValueList: values with their tags. */
#define NSPI_VALUES(F, T)                                   \
	F(T, CUSTOM, count, uint32_t, nspi_count_custom, 4) \
	F(T, COUNTED, all, count, tagged_value)
/* An entry id, undecoded: BinaryArray_r ([MS-OXNSPI] 2.3.5) is a count and these. */
#define NSPI_BINARY(F, T) F(T, BYTES, data, 4)

WIRE_DECLARE(nspi_values, NSPI_VALUES)
WIRE_DECLARE(nspi_binary, NSPI_BINARY)

/*
 * Columns, then a count and so many rows of values in the order of the columns: Columns, RowCount
 * and RowData with AddressBookPropertyRow ([MS-OXCMAPIHTTP] 2.2.1.7).
 *
 * Each row has columns.n values.  The tag of a value is that of its column; except that one of a
 * column without a type (PT_UNSPECIFIED) has the type that it is of, one that could not be had is of
 * PT_ERROR (a code in 4 bytes), and one that is not there at all of PT_NULL.  Whether a row needs flags
 * (0x00, 0x01) follows from that.
 */
struct nspi_row {
	struct prop *values;
};
struct nspi_rows {
	struct nspi_ids columns;
	uint32_t n;
	struct nspi_row *v;
};
extern const struct wire_custom nspi_rows_custom;

#define NSPI_ROWS_LEAST 8

#endif
