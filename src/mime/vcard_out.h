/* Contacts (vCard 3.0 [RFC 2426], [MS-OXVCARD]) and distribution lists (vCard 4.0 groups [RFC 6350] 6.1.4). */
#ifndef MIME_VCARD_OUT_H
#define MIME_VCARD_OUT_H

#include "mime/emit.h"
#include "mime/gather.h"

bool vcard_is_item(const char *class_name);
void vcard_write(struct emit *e, struct gather *g, const struct mail *m);

#endif
