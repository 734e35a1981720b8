#include "mapi/entryid.h"

#define HEAD_SIZE    20
#define FOLDER_SIZE  46
#define MESSAGE_SIZE 70
#define PST_SIZE     24

WIRE_DEFINE(short_term_id, SHORT_TERM_ID)
WIRE_DEFINE(global_id, GLOBAL_ID)
WIRE_DEFINE(long_term_id, LONG_TERM_ID)
WIRE_DEFINE(folder_entryid, FOLDER_ENTRYID)
WIRE_DEFINE(message_entryid, MESSAGE_ENTRYID)
WIRE_DEFINE(store_entryid, STORE_ENTRYID)
WIRE_DEFINE(address_book_entryid, ADDRESS_BOOK_ENTRYID)
WIRE_DEFINE(one_off_text8, ONE_OFF_TEXT8)
WIRE_DEFINE(one_off_text16, ONE_OFF_TEXT16)
WIRE_DEFINE(one_off_entryid, ONE_OFF_ENTRYID)
WIRE_DEFINE(contact_entryid, CONTACT_ENTRYID)
WIRE_DEFINE(pst_entryid, PST_ENTRYID)
WIRE_DEFINE(other_entryid, OTHER_ENTRYID)

_Static_assert((int)folder_entryid_wire_min == FOLDER_SIZE, "[MS-OXCDATA] 2.2.4.1");
_Static_assert((int)message_entryid_wire_min == MESSAGE_SIZE, "[MS-OXCDATA] 2.2.4.2");
_Static_assert((int)pst_entryid_wire_min == PST_SIZE, "[MS-PST] 2.4.3.2");
_Static_assert((int)long_term_id_wire_min == 24, "[MS-OXCDATA] 2.2.1.3.1");

const struct guid entryid_uid_one_off = { { 0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D,
					    0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02 } };
const struct guid entryid_uid_address_book = { { 0xDC, 0xA7, 0x40, 0xC8, 0xC0, 0x42, 0x10, 0x1A,
						 0xB4, 0xB9, 0x08, 0x00, 0x2B, 0x2F, 0xE1, 0x82 } };
const struct guid entryid_uid_contact = { { 0xFE, 0x42, 0xAA, 0x0A, 0x18, 0xC7, 0x1A, 0x10, 0xE8,
					    0x85, 0x0B, 0x65, 0x1C, 0x24, 0x00, 0x00 } };
const struct guid entryid_uid_store = { { 0x38, 0xA1, 0xBB, 0x10, 0x05, 0xE5, 0x10, 0x1A, 0xA1,
					  0xBB, 0x08, 0x00, 0x2B, 0x2A, 0x56, 0xC2 } };
const struct guid entryid_uid_mailbox = { { 0x1B, 0x55, 0xFA, 0x20, 0xAA, 0x66, 0x11, 0xCD, 0x9B,
					    0xC8, 0x00, 0xAA, 0x00, 0x2F, 0xC4, 0x5A } };
const struct guid entryid_uid_public = { { 0x1C, 0x83, 0x02, 0x10, 0xAA, 0x66, 0x11, 0xCD, 0x9B,
					   0xC8, 0x00, 0xAA, 0x00, 0x2F, 0xC4, 0x5A } };
const struct guid entryid_uid_public_folders = { { 0x1A, 0x44, 0x73, 0x90, 0xAA, 0x66, 0x11, 0xCD,
						   0x9B, 0xC8, 0x00, 0xAA, 0x00, 0x2F, 0xC4,
						   0x5A } };

/* Ids ------------------------------------------------------------------------------------------ */

uint64_t global_counter_get(const uint8_t counter[GLOBAL_COUNTER_SIZE])
{
	uint64_t v = 0;

	for (int i = 0; i < GLOBAL_COUNTER_SIZE; i++)
		v = v << 8 | counter[i];
	return v;
}

void global_counter_set(uint8_t counter[GLOBAL_COUNTER_SIZE], uint64_t v)
{
	for (int i = GLOBAL_COUNTER_SIZE; i-- > 0; v >>= 8)
		counter[i] = (uint8_t)v;
}

uint64_t short_term_id_get(const struct short_term_id *id)
{
	uint8_t raw[8];

	put_le16(raw, id->replica);
	memcpy(raw + 2, id->counter, GLOBAL_COUNTER_SIZE);
	return le64(raw);
}

struct short_term_id short_term_id_of(uint64_t v)
{
	struct short_term_id id;
	uint8_t raw[8];

	put_le64(raw, v);
	id.replica = le16(raw);
	memcpy(id.counter, raw + 2, GLOBAL_COUNTER_SIZE);
	return id;
}

/* Entry ids ------------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	const struct wire_type *type;
} kinds[] = {
	[ENTRYID_OTHER] = { "other", &other_entryid_wire },
	[ENTRYID_FOLDER] = { "folder", &folder_entryid_wire },
	[ENTRYID_MESSAGE] = { "message", &message_entryid_wire },
	[ENTRYID_STORE] = { "store", &store_entryid_wire },
	[ENTRYID_ADDRESS_BOOK] = { "address book", &address_book_entryid_wire },
	[ENTRYID_ONE_OFF] = { "one-off", &one_off_entryid_wire },
	[ENTRYID_CONTACT] = { "contact", &contact_entryid_wire },
	[ENTRYID_PST] = { "pst", &pst_entryid_wire },
};

static bool is_folder(uint16_t object)
{
	return object == EITLT_PRIVATE_FOLDER || object == EITLT_PUBLIC_FOLDER ||
	       object == EITLT_WACKY_FOLDER || object == EITLT_PUBLIC_FOLDER_BY_NAME;
}

static bool is_message(uint16_t object)
{
	return object == EITLT_PRIVATE_MESSAGE || object == EITLT_PUBLIC_MESSAGE ||
	       object == EITLT_WACKY_MESSAGE;
}

static enum entryid_kind kind_of(struct bytes data)
{
	struct guid provider;

	if (data.n < HEAD_SIZE)
		return ENTRYID_OTHER;
	memcpy(provider.b, data.p + 4, sizeof provider.b);
	if (guid_equal(&provider, &entryid_uid_one_off))
		return ENTRYID_ONE_OFF;
	if (guid_equal(&provider, &entryid_uid_address_book))
		return ENTRYID_ADDRESS_BOOK;
	if (guid_equal(&provider, &entryid_uid_contact))
		return ENTRYID_CONTACT;
	if (guid_equal(&provider, &entryid_uid_store))
		return ENTRYID_STORE;
	if (data.n == PST_SIZE)
		return ENTRYID_PST;
	if (data.n == FOLDER_SIZE && is_folder(le16(data.p + HEAD_SIZE)))
		return ENTRYID_FOLDER;
	if (data.n == MESSAGE_SIZE && is_message(le16(data.p + HEAD_SIZE)))
		return ENTRYID_MESSAGE;
	return ENTRYID_OTHER;
}

status entryid_decode(struct bytes data, struct entryid *out, struct reason *why)
{
	struct entryid id = { .kind = kind_of(data) };
	CLEANUP_ARENA struct arena none = ARENA_BUDGET(0); /* no entry id has lists */
	struct wire_in in;
	status st;

	wire_in_init(&in, data, &none);
	(void)wire_decode(&in, kinds[id.kind].type, &id.other);
	st = wire_finish(&in, kinds[id.kind].type, why);
	if (!st)
		*out = id;
	return st;
}

status entryid_encode(const struct entryid *id, struct buf *out, struct reason *why)
{
	struct wire_out o;

	wire_out_init(&o, out);
	return wire_encode(&o, kinds[id->kind].type, &id->other) ? wire_error_reason(&o.error, why)
								 : ecNone;
}

bool entryid_equal(const struct entryid *a, const struct entryid *b)
{
	return a->kind == b->kind && wire_equal(kinds[a->kind].type, &a->other, &b->other);
}

void entryid_print(const struct entryid *id, struct buf *out)
{
	wire_print(kinds[id->kind].type, &id->other, out);
}

const char *entryid_kind_name(enum entryid_kind kind)
{
	return kinds[kind].name;
}
