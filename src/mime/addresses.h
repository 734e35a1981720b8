/* Who: names and addresses of recipients and senders, as RFC 5322 wants them. */
#ifndef MIME_ADDRESSES_H
#define MIME_ADDRESSES_H

#include "mime/header.h"
#include "mime/view.h"

struct address {
	const char *name;    /* UTF-8; "" when it says no more than the address */
	const char *address; /* an addr-spec, never empty */
};

/* The properties that describe somebody. 0: there is none of the kind. */
struct address_tags {
	uint32_t name, type, email, smtp, entry_id;
};

extern const struct address_tags tags_of_recipient, tags_of_sender, tags_of_representing;

/*
 * False when the properties name nobody.  An address that is none of the Internet is encapsulated ("IMCEAEX-_O=...@invalid",
 * [MS-OXCMAIL] 2.1.3.4.2); a name without an address gets "name"@invalid.
 */
bool address_of(const struct view *v, const struct address_tags *tags, struct address *out);
/* From a name and an address of a kind; any may be NULL. */
bool address_from(struct arena *a, const char *name, const char *type, const char *email, struct address *out);
/* The parts of a one-off entry id [MS-OXCDATA] 2.2.5.1; false when it is none. */
bool address_from_one_off(struct arena *a, unsigned codepage, struct bytes entry_id, struct address *out);
/* As one of a list that `last` ends; without a comma after it then. */
void header_address(struct header *h, const struct address *address, bool last);

/* The other way: the type and address that an addr-spec encapsulates ("EX" and "/O=..."); false when it does not. */
bool address_decapsulate(struct arena *a, const char *addr_spec, const char **type, const char **email);

#endif
