/* What the calls of the address book share: properties, rows and positions; for nspi*.c. */
#ifndef SERVER_NSPI_WORK_H
#define SERVER_NSPI_WORK_H

#include "server/nspi_book.h"

/* One call. */
struct nspi_work {
	const struct nspi_caller *caller;
	const struct nspi_picture *p;
	struct arena *a; /* of the response */
	struct reason *why;
};

/* Properties (server/nspi_props.c) ------------------------------------------------------------------------------------ */

struct nspi_want {
	unsigned codepage; /* of PT_STRING8 */
	bool ephemeral;    /* PidTagEntryId in that form */
	/*
	 * Of a row: tables are PT_NULL in it, there but not shown.  By itself one is a PT_ERROR with ecMemory, as everywhere in MAPI:
	 * to be opened (GetMatches).  What a table is on the wire no two descriptions of the protocol agree upon.
	 */
	bool row;
};

/*
 * The value of a property of an entry as the tag wants it: PT_UNSPECIFIED is the type it has.  What is not there, of no entry (NULL),
 * or of another type is a PT_ERROR with ecNotFound.
 */
status nspi_prop(const struct nspi_work *w, const struct nspi_entry *e, uint32_t tag, const struct nspi_want *want, struct prop *out) MUST;
bool nspi_has(const struct nspi_work *w, const struct nspi_entry *e, uint16_t id);
/*
 * All that can be a column, or what the entry (not NULL) has; texts as `text` says, tables (PT_OBJECT, of entries only) if `objects`.
 */
status nspi_tags(const struct nspi_work *w, const struct nspi_entry *e, uint16_t text, bool objects, struct nspi_ids *out) MUST;
/* Those in a row when nobody says which. */
extern const struct nspi_ids nspi_default_columns;
/* The objects of the directory that a property of an entry means, without those that are no recipients; false: it means none ever. */
bool nspi_objects(const struct nspi_work *w, const struct nspi_entry *e, uint16_t id, struct arena *a, const struct nspi_entry ***out, size_t *n);

/* Helpers for values of one's own; ecMemory. */
status nspi_set_u32(const struct nspi_work *w, uint32_t tag, uint32_t v, struct prop *out) MUST;
status nspi_set_bytes(const struct nspi_work *w, uint32_t tag, struct bytes v, struct prop *out) MUST;
/* PT_UNICODE, or in the code page. */
status nspi_set_text(const struct nspi_work *w, uint32_t tag, const char *utf8, unsigned codepage, struct prop *out) MUST;
status nspi_set_permanent(const struct nspi_work *w, uint32_t tag, uint32_t display_type, const char *dn, struct prop *out) MUST;
/* Values with their tags. */
status nspi_values_of(const struct nspi_work *w, const struct prop *props, uint32_t n, struct nspi_values *out) MUST;
/* Do we speak it? Unicode is none. */
bool nspi_codepage(uint32_t codepage);

/* Rows (server/nspi_rows.c) ------------------------------------------------------------------------------------------- */

/* One row; *errors is set when a value could not be had. */
status nspi_row_make(const struct nspi_work *w, const struct nspi_entry *e, const struct nspi_ids *columns, const struct nspi_want *want,
		     struct prop **out, bool *errors, size_t *bytes) MUST;
/* Rows of these entries (NULL among them: not there), as many as fit into an answer and at least one. */
status nspi_rows_make(const struct nspi_work *w, const struct nspi_entry *const *entries, uint32_t n, const struct nspi_ids *columns,
		      const struct nspi_want *want, struct nspi_rows *out) MUST;
/* Of a list from a position on; at most `most`. */
status nspi_rows_from(const struct nspi_work *w, const struct nspi_list *l, uint32_t from, uint32_t most, const struct nspi_ids *columns,
		      const struct nspi_want *want, struct nspi_rows *out) MUST;

/* Positions (server/nspi_stat.c) -------------------------------------------------------------------------------------- */

/*
 * [MS-OXNSPI] 3.1.4.5: the row that a STAT means, `delta` rows on, within 0 and l->n. *begin is where it was before that.
 * What it returns is for the client.
 */
uint32_t nspi_locate(const struct nspi_work *w, const struct nspi_list *l, const struct nspi_stat *stat, uint32_t *begin, uint32_t *at);
void nspi_stat_set(const struct nspi_work *w, const struct nspi_list *l, uint32_t at, struct nspi_stat *stat);
/* What a request needs of its STAT. */
enum nspi_need {
	NSPI_NEEDS_CONTAINER = 1,
	NSPI_NEEDS_CODEPAGE = 2, /* one of 8 bits; without this Unicode's is right too: there is no text in it */
};
/* What is wrong with the STAT of a request that has to have one: code page, then container; 0: nothing. */
uint32_t nspi_stat_check(const struct nspi_work *w, bool has_state, const struct nspi_stat *stat, unsigned needs);

/* Calls; each fills in a response whose error_code is 0 so far ---------------------------------------------------------- */

typedef status nspi_handler(const struct nspi_work *w, const void *request, void *response);

nspi_handler nspi_update_stat, nspi_compare_mids, nspi_resort_restriction;
nspi_handler nspi_query_rows, nspi_seek_entries, nspi_get_props, nspi_get_prop_list, nspi_query_columns;
nspi_handler nspi_get_matches, nspi_dn_to_mid, nspi_resolve_names;
nspi_handler nspi_get_special_table, nspi_get_template_info;
nspi_handler nspi_mod_props, nspi_mod_link_att;
nspi_handler nspi_get_mailbox_url, nspi_get_address_book_url;

#endif
