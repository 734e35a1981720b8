/* The property sets that name properties [MS-OXPROPS] 1.3.2. */
#ifndef MAPI_PROPSET_H
#define MAPI_PROPSET_H

#include "base/guid.h"

#define SET(name, ...) extern const struct guid name;
#include "mapi/propset_list.def"
#undef SET

/* "PSETID_Appointment"; NULL for a set that is not known. */
const char *propset_name(const struct guid *set);

#endif
