/*
 * Identifiers of folders, messages, stores and people ([MS-OXCDATA] 2.2, [MS-PST] 2.4.3.2).
 */
#ifndef MAPI_ENTRYID_H
#define MAPI_ENTRYID_H

#include "wire/wire.h"

/* Ids ------------------------------------------------------------------------------------------ */

#define GLOBAL_COUNTER_SIZE 6

/* [MS-OXCDATA] 2.2.1.1 Folder ID, 2.2.1.2 Message ID: 8 bytes, mostly handled as a number. */
#define SHORT_TERM_ID(F, T) \
	F(T, U16, replica)  \
	F(T, FIXED, counter, GLOBAL_COUNTER_SIZE)
/* [MS-OXCDATA] 2.2.1.3 Global Identifier. */
#define GLOBAL_ID(F, T)     \
	F(T, GUID, replica) \
	F(T, FIXED, counter, GLOBAL_COUNTER_SIZE)
/* [MS-OXCDATA] 2.2.1.3.1 LongTermID. */
#define LONG_TERM_ID(F, T)          \
	F(T, STRUCT, id, global_id) \
	F(T, U16, pad)

WIRE_DECLARE(short_term_id, SHORT_TERM_ID)
WIRE_DECLARE(global_id, GLOBAL_ID)
WIRE_DECLARE(long_term_id, LONG_TERM_ID)

/* The counter as a number: its six bytes are in order of significance, unlike everything else. */
uint64_t global_counter_get(const uint8_t counter[GLOBAL_COUNTER_SIZE]);
void global_counter_set(uint8_t counter[GLOBAL_COUNTER_SIZE], uint64_t v);
/* A Folder or Message ID as the 64-bit number that ROPs and properties carry, and back. */
uint64_t short_term_id_get(const struct short_term_id *id);
struct short_term_id short_term_id_of(uint64_t v);

/* Entry ids ------------------------------------------------------------------------------------ */

enum entryid_kind {
	ENTRYID_OTHER, /* of a provider that is not known here */
	ENTRYID_FOLDER,
	ENTRYID_MESSAGE,
	ENTRYID_STORE,
	ENTRYID_ADDRESS_BOOK,
	ENTRYID_ONE_OFF,
	ENTRYID_CONTACT, /* a contact or a personal distribution list */
	ENTRYID_PST,
};

/* Who made it ([MS-OXCDATA] 2.2.2). */
extern const struct guid entryid_uid_one_off, entryid_uid_address_book, entryid_uid_contact,
	entryid_uid_store;
/* In the wrapped part of a store's entry id ([MS-OXCDATA] 2.2.4.3). */
extern const struct guid entryid_uid_mailbox, entryid_uid_public;
extern const struct guid
	entryid_uid_public_folders; /* [MS-OXCDATA] 2.2.2: in ids of public folders and messages */

/* [MS-OXCDATA] 2.2.4: what an id of a Store object points to. */
enum entryid_object {
	EITLT_PRIVATE_FOLDER = 0x0001,
	EITLT_PUBLIC_FOLDER = 0x0003,
	EITLT_WACKY_FOLDER = 0x0005,
	EITLT_PRIVATE_MESSAGE = 0x0007,
	EITLT_PUBLIC_MESSAGE = 0x0009,
	EITLT_WACKY_MESSAGE = 0x000B,
	EITLT_PUBLIC_FOLDER_BY_NAME = 0x000C,
};

#define ENTRYID_HEAD(F, T) \
	F(T, U32, flags)   \
	F(T, GUID, provider)

/* [MS-OXCDATA] 2.2.4.1 Folder EntryID: 46 bytes. */
#define FOLDER_ENTRYID(F, T) \
	ENTRYID_HEAD(F, T)   \
	F(T, U16, object)    \
	F(T, STRUCT, folder, long_term_id)
/* [MS-OXCDATA] 2.2.4.2 Message EntryID: 70 bytes. */
#define MESSAGE_ENTRYID(F, T)              \
	ENTRYID_HEAD(F, T)                 \
	F(T, U16, object)                  \
	F(T, STRUCT, folder, long_term_id) \
	F(T, STRUCT, message, long_term_id)

#define STORE_DLL_SIZE        14
#define STORE_WRAPPED_PUBLIC  0x06
#define STORE_WRAPPED_MAILBOX 0x0C

/*
 * [MS-OXCDATA] 2.2.4.3 Store Object EntryID.  Newer clients append more (the server's full name,
 * the address of the mailbox), which stays in `more`.
 */
#define STORE_ENTRYID(F, T)                                               \
	ENTRYID_HEAD(F, T)                                                \
	F(T, U8, version)                                                 \
	F(T, U8, flag)                                                    \
	F(T, FIXED, dll, STORE_DLL_SIZE)                                  \
	F(T, U32, wrapped_flags)                                          \
	F(T, GUID, wrapped_provider)                                      \
	F(T, U32, wrapped_type)                                           \
	F(T, STR8, server)                                                \
	F(T, WHEN, wrapped_type, STORE_WRAPPED_MAILBOX, STR8, mailbox_dn) \
	F(T, REST, more)

/*
 * [MS-OXCDATA] 2.2.5.2 Address Book EntryID; with a NUL after the DN, as [MS-OXNSPI] 2.2.9.3
 * PermanentEntryID.
 */
#define ADDRESS_BOOK_ENTRYID(F, T) \
	ENTRYID_HEAD(F, T)         \
	F(T, U32, version)         \
	F(T, U32, type)            \
	F(T, STR8, dn)

/* [MS-OXCDATA] 2.2.5.1 One-Off EntryID: texts in UTF-16 or in the code page of who made it. */
enum one_off_bits {
	ONE_OFF_NO_RICH_INFO = 0x0001, /* M: plain MIME */
	ONE_OFF_FORMAT = 0x001E,
	ONE_OFF_MAE = 0x0060,
	ONE_OFF_DONT_LOOK_UP = 0x1000, /* L */
	ONE_OFF_UNICODE = 0x8000,      /* U */
};

#define ONE_OFF_TEXT8(F, T) \
	F(T, STR8, name)    \
	F(T, STR8, type)    \
	F(T, STR8, address)
#define ONE_OFF_TEXT16(F, T) \
	F(T, STR16, name)    \
	F(T, STR16, type)    \
	F(T, STR16, address)
#define ONE_OFF_ENTRYID(F, T)                                                \
	ENTRYID_HEAD(F, T)                                                   \
	F(T, U16, version)                                                   \
	F(T, U16, bits)                                                      \
	F(T, WHEN_NONE, bits, ONE_OFF_UNICODE, STRUCT, text8, one_off_text8) \
	F(T, WHEN_ANY, bits, ONE_OFF_UNICODE, STRUCT, text16, one_off_text16)

/* [MS-OXCDATA] 2.2.5.3 Contact Address EntryID, 2.2.5.4 Personal Distribution List EntryID. */
#define CONTACT_ENTRYID(F, T)   \
	ENTRYID_HEAD(F, T)      \
	F(T, U32, version)      \
	F(T, U32, type)         \
	F(T, U32, index)        \
	F(T, BYTES, entryid, 4) \
	F(T, REST, more)

/* [MS-PST] 2.4.3.2: the provider is the record key of the store. 24 bytes. */
#define PST_ENTRYID(F, T)  \
	ENTRYID_HEAD(F, T) \
	F(T, U32, nid)

#define OTHER_ENTRYID(F, T) \
	ENTRYID_HEAD(F, T)  \
	F(T, REST, data)

WIRE_DECLARE(folder_entryid, FOLDER_ENTRYID)
WIRE_DECLARE(message_entryid, MESSAGE_ENTRYID)
WIRE_DECLARE(store_entryid, STORE_ENTRYID)
WIRE_DECLARE(address_book_entryid, ADDRESS_BOOK_ENTRYID)
WIRE_DECLARE(one_off_text8, ONE_OFF_TEXT8)
WIRE_DECLARE(one_off_text16, ONE_OFF_TEXT16)
WIRE_DECLARE(one_off_entryid, ONE_OFF_ENTRYID)
WIRE_DECLARE(contact_entryid, CONTACT_ENTRYID)
WIRE_DECLARE(pst_entryid, PST_ENTRYID)
WIRE_DECLARE(other_entryid, OTHER_ENTRYID)

struct entryid {
	enum entryid_kind kind;
	union {
		struct other_entryid other;
		struct folder_entryid folder;
		struct message_entryid message;
		struct store_entryid store;
		struct address_book_entryid address_book;
		struct one_off_entryid one_off;
		struct contact_entryid contact;
		struct pst_entryid pst;
	};
};

/*
 * By provider, then by size and object type: a 24-byte id of an unknown provider is one of a .pst.
 * What begins as one kind and is not whole is ecCorruptData.  Texts point into `data`.
 */
status entryid_decode(struct bytes data, struct entryid *out, struct reason *why) MUST;
status entryid_encode(const struct entryid *id, struct buf *out, struct reason *why) MUST;
bool entryid_equal(const struct entryid *a, const struct entryid *b);
void entryid_print(const struct entryid *id, struct buf *out);
/* "folder", "one-off" ... */
const char *entryid_kind_name(enum entryid_kind kind);

#endif
