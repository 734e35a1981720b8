/*
 * A picture of the directory for the address book: all that has addresses, in the order of display names, and how it is found by
 * minimal id, by DN and by a name somebody typed.  Drawn as a whole, never changed afterwards, counted: whoever took one may use it
 * while others already use the next.
 *
 * With 100,000 people a picture takes about 100 MB.  The first reads them all; those that follow read only what changed, and put all in
 * order.  One that took long to draw may be shown for ten times as long although the directory has changed meanwhile; one drawn in
 * less than NSPI_QUICK_MS never is.
 */
#ifndef SERVER_NSPI_BOOK_H
#define SERVER_NSPI_BOOK_H

#include "server/nspi.h"
#include "store/directory.h"

#define NSPI_QUICK_MS 250u
/* Rows of one answer that a list gives at most; and about so many bytes. */
#define NSPI_ROWS_MOST 50000u
#define NSPI_BYTES_MOST ((size_t)1536 << 10)

/* Texts of an entry that are kept as the directory has them. */
enum nspi_text {
	TEXT_DISPLAY_NAME,
	TEXT_DN,
	TEXT_ALIAS,
	TEXT_SMTP,
	TEXT_PRINTABLE,
	TEXT_GIVEN_NAME,
	TEXT_INITIALS,
	TEXT_SURNAME,
	TEXT_TITLE,
	TEXT_COMPANY,
	TEXT_DEPARTMENT,
	TEXT_OFFICE,
	TEXT_PHONE,
	TEXT_MOBILE,
	TEXT_HOME_PHONE,
	TEXT_FAX,
	TEXT_STREET,
	TEXT_CITY,
	TEXT_STATE,
	TEXT_POSTAL_CODE,
	TEXT_COUNTRY,
	TEXT_NOTES,
	TEXT_ASSISTANT,
	TEXT_PHONETIC,
	TEXT_EXTERNAL, /* the address elsewhere */
	TEXT_CUSTOM_1, /* to 15 */
	NSPI_TEXTS = TEXT_CUSTOM_1 + 15,
};

struct nspi_ids64 {
	uint64_t *v;
	size_t n;
};

struct nspi_texts {
	const char **v;
	size_t n;
};

struct nspi_blobs {
	struct bytes *v;
	size_t n;
};

struct nspi_entry {
	uint32_t mid;
	uint64_t id;
	struct guid guid;
	bool group, hidden; /* groups are also those whose members nobody lists: their display type says it */
	bool mailbox; /* has one; no group and no mere address */
	bool folder;  /* a public folder */
	uint32_t display_type, display_type_ex;
	uint64_t created, changed;
	struct bytes key; /* of the display name: the order of memcmp is that of the list */
	struct bytes spoken; /* of the name as it is spoken */
	struct nspi_kept_text {
		uint8_t text; /* enum nspi_text */
		const char *utf8;
	} *texts; /* those that there are, in order */
	size_t n_texts;
	struct nspi_texts proxies, phones, home_phones;
	struct nspi_blobs certificates, smime_certificates;
	uint64_t manager; /* 0: none */
	const char *database;
	/* Of objects in the directory, shown or not. */
	struct nspi_ids64 members, owners, delegates;
};

/* PidTagObjectType [MS-OXOABK] 2.2.3.10 */
enum nspi_object_type { NSPI_OBJECT_FOLDER = 3, NSPI_OBJECT_MAILUSER = 6, NSPI_OBJECT_DISTLIST = 8 };

static inline uint32_t nspi_object_type(const struct nspi_entry *e)
{
	return e->group ? NSPI_OBJECT_DISTLIST : e->folder ? NSPI_OBJECT_FOLDER : NSPI_OBJECT_MAILUSER;
}

/* An address list. Rows are indexes of entries, ascending. */
struct nspi_list {
	uint32_t mid; /* 0: the global one */
	struct guid guid;
	const char *name, *dn;
	uint32_t *rows;
	uint32_t n;
};

struct nspi_key {
	struct bytes key;
	uint32_t entry;
	bool whole; /* of by_name: a display name, alias or address, not a part of a name */
};

struct nspi_picture {
	struct arena arena;
	unsigned users; /* for nspi_book.c */
	uint64_t number; /* of the directory's change */
	uint64_t drawn;  /* monotonic ns */
	uint64_t took;   /* ns */
	struct guid server;
	const char *organization, *host; /* for DNs and URLs */
	struct nspi_entry *entries; /* in the order of display names */
	uint32_t n;
	struct nspi_key *by_mid; /* the key is not used; in the order of mids */
	struct nspi_key *by_dn;  /* folded; X500 addresses too */
	uint32_t n_dns;
	struct nspi_key *by_name; /* folded, for ambiguous name resolution */
	uint32_t n_names;
	struct nspi_list *lists; /* the global one first */
	uint32_t n_lists;
};

/* The picture of now; given back with nspi_picture_return. */
status nspi_book_picture(struct nspi_book *b, const struct nspi_picture **out, struct reason *why) MUST;
void nspi_picture_return(struct nspi_book *b, const struct nspi_picture *p);
/* The next call draws a new one, whatever it takes: somebody wants to see what they changed. */
void nspi_book_changed(struct nspi_book *b);
struct host *nspi_book_host(const struct nspi_book *b);
const char *nspi_book_fqdn(const struct nspi_book *b);

/*
 * Draws it (server/nspi_draw.c); all of it lives in p->arena.  What did not change since `before` (NULL: there is none) is copied from
 * it, and read no more.
 */
status nspi_draw(struct directory *d, const struct nspi_picture *before, struct nspi_picture *p, struct reason *why) MUST;

/* Finding; NULL when there is none ----------------------------------------------------------------------------------- */

const struct nspi_entry *nspi_by_mid(const struct nspi_picture *p, uint32_t mid);
const struct nspi_entry *nspi_by_id(const struct nspi_picture *p, uint64_t id);
const struct nspi_entry *nspi_by_dn(const struct nspi_picture *p, struct bytes dn);
const struct nspi_list *nspi_list(const struct nspi_picture *p, uint32_t container);
/* Where the entry is in a list; false when it is not. */
bool nspi_position(const struct nspi_picture *p, const struct nspi_list *l, const struct nspi_entry *e, uint32_t *out);
const struct nspi_entry *nspi_row(const struct nspi_picture *p, const struct nspi_list *l, uint32_t position);
/* The first row whose display name is at or after the one with this sort key; l->n: none is. */
uint32_t nspi_seek(const struct nspi_picture *p, const struct nspi_list *l, struct bytes key);
/* NULL when there is none. */
const char *nspi_text_of(const struct nspi_entry *e, enum nspi_text which);

/*
 * Ambiguous name resolution ([MS-OXNSPI] 3.1.4.7) of UTF-8 in a list: what is called exactly so, if that is one; else what begins so.
 * "=alice" is alice exactly. NSPI_MID_UNRESOLVED, _AMBIGUOUS or _RESOLVED, and then *out.
 */
status nspi_resolve(const struct nspi_picture *p, const struct nspi_list *l, const char *name, enum nspi_resolution *result,
		    const struct nspi_entry **out) MUST;
/* Does any name of the entry begin so? The text is folded (nspi_fold). */
bool nspi_name_begins(const struct nspi_entry *e, struct bytes folded);
/* Appends the text in small letters without accents. */
void nspi_fold(const char *utf8, struct buf *out);

#endif
