/*
 * The offline address book as servers hand it out: the manifest that says where it is ([MS-OXWOAB] 2.2), the containers the files come in (rop/oab_patch.h), and the
 * entries of a file ([MS-OXOAB] 2.9: version 4, full details).  Every byte is a stranger's.
 */
#ifndef CLIENT_OAB_H
#define CLIENT_OAB_H

#include "client/address_entry.h"

/* The largest container and file that are taken. */
#define OAB_FILE_MOST ((size_t)512 << 20)

struct oab_part {
	char file[256]; /* a name, without a folder */
	uint32_t sequence;
	uint64_t size, uncompressed; /* 0: it does not say */
	char sha1[41];               /* in small hexadecimal digits; "": it does not say */
};

/* More differences than these are not looked at: the newest stand first. */
#define OAB_PARTS_MOST 64u

struct oab_manifest {
	struct oab_part full;
	struct oab_part differences[OAB_PARTS_MOST]; /* of the same list, each from the sequence before its own */
	size_t n;
};

/*
 * The first list that has a full file of version 4; differences that are not what they should be are left out. ecNotFound: there is none; ecCorruptData: it is no
 * manifest.
 */
status oab_read_manifest(struct bytes xml, struct oab_manifest *out, struct reason *why) MUST;
/* The difference that makes this sequence; NULL: there is none. */
const struct oab_part *oab_difference(const struct oab_manifest *m, uint32_t sequence);
/* Is the container the one that the manifest speaks of: its size, its hash? ecCorruptData. */
status oab_check(const struct oab_part *p, struct bytes container, struct reason *why) MUST;

/* The entry and its texts stand until it returns. A status that is not 0 ends the reading, and comes back. */
typedef status oab_take(void *context, const struct address_entry *e);
/* Those that have an address of the Internet. *name: what the list is called, in `arena`. ecCorruptData, ecNotSupported (another version). */
status oab_read(struct bytes file, oab_take *take, void *context, struct arena *arena, const char **name, struct reason *why) MUST;

#endif
