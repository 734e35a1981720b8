/*
 * An Outlook store file, .pst or .ost, opened read-only: ANSI (versions 14 and 15), Unicode (23) and the
 * 4K-page .ost of Outlook 2013 and later (36).  [MS-PST]
 *
 * Opening needs a readable header and B-tree roots; wrong checksums and signatures are warnings, not gates.
 * When more than that is gone, pst/recover.h finds the pages and blocks by their trailers instead.
 */
#ifndef PST_PST_H
#define PST_PST_H

#include "base/input.h"
#include "mapi/item.h"

enum pst_encryption { PST_ENCRYPT_NONE = 0, PST_ENCRYPT_PERMUTE = 1, PST_ENCRYPT_CYCLIC = 2 };

struct pst;

struct pst_info {
	unsigned version;        /* wVer: 14, 15, 23, 36 */
	unsigned client_version; /* wVerClient: 19 .pst, 12 .ost */
	bool is_ost, is_ansi, is_4k;
	unsigned encryption; /* enum pst_encryption */
	uint64_t file_size, stated_size;
	bool password;           /* a password is set (only its CRC is kept; it protects nothing) */
	uint32_t password_crc;
	const char *display_name; /* of the store, UTF-8, may be "" */
	struct guid record_key;   /* PidTagRecordKey: what entry ids of a .pst name */
	struct guid store_uid;    /* .ost: property 0x6615 */
	const char *format;       /* "Unicode .pst", "ANSI .pst", "Unicode .ost", "4K-page .ost" */
};

/* The input stays the caller's and must outlive the store. */
status pst_open(struct input *in, struct pst **out, struct reason *why) MUST;
void pst_close(struct pst *p);
void pst_cleanup(struct pst **p);
const struct pst_info *pst_info(const struct pst *p);

/* Does the file begin as a store (its magic number and a version we know)? For guessing a file's kind. */
bool pst_recognize(struct input *in);

/* Everything in it. Owned by the store; may be run any number of times. */
struct item_source *pst_source(struct pst *p);

#define CLEANUP_PST __attribute__((cleanup(pst_cleanup)))

#endif
