/*
 * Recipient rows ([MS-OXCDATA] 2.8.3): flags, the standard properties that the flags name, and a
 * property row with the first so many of the columns that stand before all the rows of the ROP
 * (RecipientColumns).
 */
#ifndef ROP_RECIPIENT_ROW_H
#define ROP_RECIPIENT_ROW_H

#include "mapi/value_wire.h"

/* [MS-OXCDATA] 2.8.3.1 RecipientFlags. */
enum recipient_flags {
	RECIPIENT_TYPE_MASK = 0x0007,
	RECIPIENT_EMAIL = 0x0008,         /* E: EmailAddress is there */
	RECIPIENT_DISPLAY = 0x0010,       /* D: DisplayName is there */
	RECIPIENT_TRANSMITTABLE = 0x0020, /* T: TransmittableDisplayName is there */
	RECIPIENT_SAME = 0x0040,          /* S: TransmittableDisplayName is DisplayName */
	RECIPIENT_RESPONSIBLE = 0x0080,   /* R: another transport takes care of it */
	RECIPIENT_NO_RICH_INFO = 0x0100,  /* N */
	RECIPIENT_UNICODE = 0x0200,       /* U: the texts are UTF-16 */
	RECIPIENT_SIMPLE = 0x0400,        /* I: SimpleDisplayName is there */
	RECIPIENT_OTHER = 0x8000,         /* O: AddressType is there, with RECIPIENT_TYPE_NONE */
};

enum recipient_address_type {
	RECIPIENT_TYPE_NONE = 0,
	RECIPIENT_TYPE_X500 = 1,
	RECIPIENT_TYPE_MS = 2,
	RECIPIENT_TYPE_SMTP = 3,
	RECIPIENT_TYPE_FAX = 4,
	RECIPIENT_TYPE_PROFS = 5,
	RECIPIENT_TYPE_PERSONAL_DL_1 = 6,
	RECIPIENT_TYPE_PERSONAL_DL_2 = 7,
};

/*
 * PidTagRecipientType ([MS-OXOMSG] 2.2.3.1): originator, To, Cc or Bcc, and flags of a message that is sent again.  ROPs have it
 * in one byte, the flags at its upper end ([MS-OXCMSG] 2.2.3.1.2).
 */
#define RECIPIENT_KIND   0x0000000Fu
#define RECIPIENT_RESEND 0x10000000u /* is to get it: did not the last time */
#define RECIPIENT_SENT   0x80000000u /* has it already */

static inline uint32_t recipient_type_from_rop(uint8_t type)
{
	return (type & 0x0Fu) | (uint32_t)(type & 0xF0u) << 24;
}

static inline uint8_t recipient_type_to_rop(uint32_t type)
{
	return (uint8_t)((type & 0x0Fu) | (type >> 24 & 0xF0u));
}

/* [MS-OXCDATA] 2.8.3.2. Texts are without terminator, UTF-16LE with RECIPIENT_UNICODE. */
struct recipient_row {
	uint16_t flags;
	uint8_t address_prefix_used; /* X500: bytes of the sender's prefix that DN goes without */
	uint8_t display_type;        /* X500 */
	struct bytes x500_dn;        /* X500: ASCII */
	struct bytes entry_id, search_key; /* personal distribution lists */
	struct bytes address_type;         /* RECIPIENT_OTHER: ASCII */
	struct bytes email_address, display_name, simple_display_name;
	struct bytes transmittable_display_name;
	uint16_t column_count; /* so many of the columns are in `properties` */
	struct prop *properties;
};

/* The row alone, as RecipientRow has it; values point into `row`, arrays are in `a`. */
status recipient_row_decode(struct bytes row, const uint32_t *columns, size_t n, struct arena *a,
			    struct recipient_row *out, struct reason *why) MUST;
/* Appends; `properties` in the order of the columns, PT_ERROR and PT_NULL as in property_row.h. */
status recipient_row_encode(const struct recipient_row *r, const uint32_t *columns, size_t n,
			    struct buf *out, struct reason *why) MUST;

/*
 * As the properties of a recipient: PidTagDisplayName, PidTagAddressType ("EX", "SMTP", ...),
 * PidTagEmailAddress, PidTag7BitDisplayName, PidTagTransmittableDisplayName, PidTagDisplayType, PidTagSearchKey
 * and PidTagEntryId of personal distribution lists, PidTagSendRichInfo, PidTagResponsibility, then
 * those of `properties`.  Texts become PT_UNICODE; `codepage` is that of 8-bit texts.
 * `prefix` is the part of the DN that address_prefix_used leaves out, or "".
 */
status recipient_row_to_bag(const struct recipient_row *r, unsigned codepage, const char *prefix,
			    struct bag *out) MUST;
/*
 * The other way: what a bag of a recipient says, with `columns` as the further properties.  The
 * bag's arena holds what is made.  Texts are UTF-16.
 */
status recipient_row_from_bag(const struct bag *bag, const uint32_t *columns, size_t n,
			      struct arena *a, struct recipient_row *out) MUST;

#endif
