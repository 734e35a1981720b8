/* Which properties of a contact are which fields of a vCard [MS-OXVCARD] 2.1.3: one list for both ways. */
#ifndef MIME_CARD_FIELDS_H
#define MIME_CARD_FIELDS_H

#include "mapi/named.h"
#include "mapi/propset.h"
#include "mapi/tag.h"

/* A property by tag, or by name when `set` is not NULL. */
struct card_prop {
	uint32_t tag; /* or the LID */
	const struct guid *set;
};

struct card_text {
	const char *name, *type; /* "TEL" with "HOME,VOICE"; type NULL: none */
	struct card_prop prop;
	bool alias; /* read, but never written */
};
/* Single texts: NICKNAME, TITLE, TEL, URL ... */
extern const struct card_text card_texts[];
extern const size_t card_text_count;

/* In the order of N, ORG: `name` holds `count` of them. */
struct card_list {
	const char *name, *type;
	struct card_prop part[7]; /* tag 0: nothing stands there */
	unsigned count;
};
extern const struct card_list card_lists[];
extern const size_t card_list_count;

/* The three addresses of mail. */
struct card_email {
	uint32_t name, type, address, original;
};
extern const struct card_email card_emails[3];

#endif
