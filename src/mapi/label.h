/* What a property and an item are called, for people and for JSON. */
#ifndef MAPI_LABEL_H
#define MAPI_LABEL_H

#include "mapi/named.h"
#include "mapi/prop.h"

/*
 * "PidTagSubject", "PidLidBusyStatus"; for a named property nobody has published, "Keywords of
 * {00020329-...}" or "0x8501 of {...}"; for an unknown tag "0x6630".  `names` may be NULL.  NULL without memory.
 */
const char *prop_label(const struct prop *p, const struct name_map *names, struct arena *a);

/*
 * What people know an item by: its subject without the mark of the prefix (01 and its length), else its display
 * name, else its class; "" when it has none of them.
 */
const char *item_title(const struct bag *props, unsigned codepage, struct arena *a);

#endif
