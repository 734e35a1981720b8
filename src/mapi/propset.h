/* The sets that named properties belong to ([MS-OXPROPS] 1.3.2): constants, and their names. */
#ifndef MAPI_PROPSET_H
#define MAPI_PROPSET_H

#include "base/guid.h"

#define SET(name, ...) extern const struct guid name;
#include "mapi/propset_list.def"

/* "PSETID_Appointment"; NULL for a set that is not known. */
const char *propset_name(const struct guid *set);
/* The i-th in the order of GUID bytes and, unless `name` is NULL, its name; NULL after the last. */
const struct guid *propset_at(size_t i, const char **name);

#endif
