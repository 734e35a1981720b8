/*
 * Texts as UTF-16 or in a code page: what a client asks for is not always how a value is kept ([MS-OXCDATA] 2.11.1.2).
 */
#ifndef MAPI_STRING_KIND_H
#define MAPI_STRING_KIND_H

#include "mapi/prop.h"

/*
 * Makes a PT_STRING8 or PT_UNICODE (or a list of them) the kind that `type` says; any other value, and any other `type`, stays as it
 * is.  What is converted lives in `a`. Large values (PROP_LARGE) get the tag and keep their size, which is then a guess.
 */
status string_kind_set(struct prop *p, uint16_t type, unsigned codepage, struct arena *a) MUST;

#endif
