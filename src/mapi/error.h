/*
 * What the MAPI error codes mean, how to see what is behind them, and what to do: the complete list of
 * [MS-OXCDATA] 2.4, ordered by code.
 */
#ifndef MAPI_ERROR_H
#define MAPI_ERROR_H

#include <stddef.h>
#include <stdint.h>

enum error_kind {
	ERROR_KIND_SUCCESS,
	ERROR_KIND_WARNING,
	ERROR_KIND_FAULT,
	ERROR_KIND_POLICY,    /* somebody decided so; not necessarily a problem */
	ERROR_KIND_TRANSIENT, /* goes away by itself or by trying again */
	ERROR_KIND_INFO,
};

struct mapi_error {
	uint32_t code;       /* as on the wire */
	const char *name;    /* the name Exchange administrators meet: "ecCachedModeRequired" */
	const char *aliases; /* other names, separated by spaces, or NULL */
	enum error_kind kind;
	const char *meaning; /* plain words */
	const char *check;   /* how to see it, or NULL */
	const char *remedy;  /* what to do */
	const char *source;  /* "[MS-OXCDATA] 2.4.1" */
};

/* Each returns NULL when there is none. */
const struct mapi_error *mapi_error_by_code(uint32_t code);
const struct mapi_error *mapi_error_by_name(const char *name);   /* name or alias, in any case */
const struct mapi_error *mapi_error_lookup(const char *text);    /* "1249", "0x4E1", "-2147221233", "8004010f", or a name */
const struct mapi_error *mapi_error_at(size_t i);                /* in the order of codes */
size_t mapi_error_count(void);
/* The entries whose names are most like the text, best first; how many were put into `out`. */
size_t mapi_error_suggest(const char *text, const struct mapi_error **out, size_t max);
const char *mapi_error_kind_name(enum error_kind kind);

#endif
