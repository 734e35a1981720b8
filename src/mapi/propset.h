/* The property sets that name properties ([MS-OXPROPS] 1.3.2): a constant for each, and what a GUID is called. */
#ifndef MAPI_PROPSET_H
#define MAPI_PROPSET_H

#include "base/guid.h"

#define SET(name, ...) extern const struct guid name;
#include "mapi/propset_list.def"

/* "PSETID_Appointment"; NULL for a set that is not known. */
const char *propset_name(const struct guid *set);
/* The i-th set in the order of GUID bytes and, when `name` is not NULL, its name; NULL beyond the last. */
const struct guid *propset_at(size_t i, const char **name);

#endif
