/* Entries as rows: GetPropList, GetProps, QueryColumns, QueryRows, SeekEntries. */
#include "base/utf16.h"
#include "server/nspi_work.h"
#include "store/restrict_text.h"

/* Columns that are too many for one entry ([MS-OXNSPI] 3.1.4.1.7, constraint 6). */
#define COLUMNS_MOST 2000u
/* Rows that SeekEntries gives when it is asked for some. */
#define SEEK_ROWS 50u

static size_t size_of(const struct prop *p)
{
	size_t n = 8;

	if (!prop_is_list(p->tag))
		return n + p->value.n;
	for (uint32_t i = 0; i < p->count; i++)
		n += p->values[i].n + 5;
	return n;
}

status nspi_row_make(const struct nspi_work *w, const struct nspi_entry *e, const struct nspi_ids *columns, const struct nspi_want *want,
		     struct prop **out, bool *errors, size_t *bytes)
{
	struct prop *v = arena_array(w->a, (size_t)columns->n + 1, sizeof *v);

	if (!v)
		return reason_set(w->why, ecMemory, "the answer takes more memory than there is");
	for (uint32_t i = 0; i < columns->n; i++) {
		status s = nspi_prop(w, e, columns->v[i], want, &v[i]);

		if (s)
			return s;
		*errors |= prop_type(&v[i]) == PT_ERROR;
		*bytes += size_of(&v[i]);
	}
	*out = v;
	return ecNone;
}

static bool all_errors(const struct nspi_rows *rows, uint32_t column)
{
	for (uint32_t i = 0; i < rows->n; i++)
		if (prop_type(&rows->v[i].values[column]) != PT_ERROR)
			return false;
	return true;
}

/*
 * A column without a value in any of the rows is one of errors: on the wire tags stand with the columns, not with the values, and
 * clients look there for the type that the specification gives to what is not there ([MS-OXNSPI] 3.1.4.1.8, constraint 15).
 */
static bool say_errors(const struct nspi_work *w, struct nspi_rows *rows)
{
	uint32_t *tags = arena_memdup(w->a, rows->columns.v, rows->columns.n * sizeof *tags);

	for (uint32_t i = 0; tags && i < rows->columns.n; i++)
		if (all_errors(rows, i))
			tags[i] = tag_make(tag_id(tags[i]), PT_ERROR);
	rows->columns.v = tags;
	return tags != NULL;
}

status nspi_rows_make(const struct nspi_work *w, const struct nspi_entry *const *entries, uint32_t n, const struct nspi_ids *columns,
		      const struct nspi_want *want, struct nspi_rows *out)
{
	struct nspi_rows rows = { .columns = *columns, .v = arena_array(w->a, (size_t)n + 1, sizeof *rows.v) };
	size_t bytes = 0;
	bool errors = false;

	if (!rows.v)
		return reason_set(w->why, ecMemory, "the answer takes more memory than there is");
	for (; rows.n < n && (!rows.n || bytes < NSPI_BYTES_MOST); rows.n++) {
		status s = nspi_row_make(w, entries[rows.n], columns, want, &rows.v[rows.n].values, &errors, &bytes);

		if (s)
			return s;
	}
	if (errors && !say_errors(w, &rows))
		return reason_set(w->why, ecMemory, "the answer takes more memory than there is");
	*out = rows;
	return ecNone;
}

status nspi_rows_from(const struct nspi_work *w, const struct nspi_list *l, uint32_t from, uint32_t most, const struct nspi_ids *columns,
		      const struct nspi_want *want, struct nspi_rows *out)
{
	uint32_t n = l->n - from < most ? l->n - from : most;

	n = n < NSPI_ROWS_MOST ? n : NSPI_ROWS_MOST;
	const struct nspi_entry **entries = arena_array(w->a, (size_t)n + 1, sizeof *entries);

	if (!entries)
		return reason_set(w->why, ecMemory, "the answer takes more memory than there is");
	for (uint32_t i = 0; i < n; i++)
		entries[i] = nspi_row(w->p, l, from + i);
	return nspi_rows_make(w, entries, n, columns, want, out);
}

/* One entry --------------------------------------------------------------------------------------------------------- */

static uint16_t text_type(uint32_t codepage)
{
	return codepage == NSPI_CODEPAGE_UNICODE ? PT_UNICODE : PT_STRING8;
}

status nspi_get_prop_list(const struct nspi_work *w, const void *request, void *response)
{
	const struct get_prop_list_request *q = request;
	struct get_prop_list_response *r = response;
	const struct nspi_entry *e = nspi_by_mid(w->p, q->mid);
	/* Of no object it is all that there are, as QueryColumns has them. */
	bool all = q->mid == NSPI_MID_BEGINNING_OF_TABLE;
	status s;

	if (!nspi_codepage(q->code_page) && q->code_page != NSPI_CODEPAGE_UNICODE)
		r->error_code = ecUnknownCpid;
	else if (!e && !all)
		r->error_code = ecInvalidObject;
	if (r->error_code)
		return ecNone;
	s = nspi_tags(w, e, text_type(q->code_page), all || !(q->flags & NSPI_SKIP_OBJECTS), &r->tags);
	if (!s)
		r->has_tags = MAPIHTTP_HAS;
	return s;
}

/* The row of a STAT, or NULL: positions are no entries here, but a place in the list is. */
static const struct nspi_entry *entry_of(const struct nspi_work *w, const struct nspi_stat *stat)
{
	return nspi_by_mid(w->p, stat->current_rec);
}

status nspi_get_props(const struct nspi_work *w, const void *request, void *response)
{
	const struct get_props_request *q = request;
	struct get_props_response *r = response;
	struct nspi_want want = { q->state.code_page, (q->flags & NSPI_EPHEMERAL_IDS) != 0, false };
	struct nspi_ids tags = q->tags;
	struct prop *props = NULL;
	bool errors = false;
	size_t bytes = 0;
	status s = ecNone;

	r->code_page = q->state.code_page;
	/* Like Exchange since 2010, a container that does not exist is not looked at: whoever is asked for is found without it. */
	if (!q->has_state)
		r->error_code = ecInvalidParam;
	else if (!nspi_codepage(q->state.code_page) && q->state.code_page != NSPI_CODEPAGE_UNICODE)
		r->error_code = ecUnknownCpid;
	else if (q->has_tags && tags.n > COLUMNS_MOST)
		r->error_code = ecTableTooBig;
	else if (!q->has_tags && !entry_of(w, &q->state) && q->state.current_rec)
		r->error_code = ecInvalidObject;
	if (r->error_code)
		return ecNone;
	if (!q->has_tags)
		s = nspi_tags(w, entry_of(w, &q->state), text_type(q->state.code_page), !(q->flags & NSPI_SKIP_OBJECTS), &tags);
	if (!s)
		s = nspi_row_make(w, entry_of(w, &q->state), &tags, &want, &props, &errors, &bytes);
	if (!s)
		s = nspi_values_of(w, props, tags.n, &r->values);
	if (s)
		return s;
	r->has_values = MAPIHTTP_HAS;
	r->error_code = errors ? ecWarnWithErrors : ecNone;
	return ecNone;
}

status nspi_query_columns(const struct nspi_work *w, const void *request, void *response)
{
	const struct query_columns_request *q = request;
	struct query_columns_response *r = response;
	status s = nspi_tags(w, NULL, q->flags & NSPI_UNICODE_PROPTYPES ? PT_UNICODE : PT_STRING8, true, &r->columns);

	if (!s)
		r->has_columns = MAPIHTTP_HAS;
	return s;
}

/* Tables ------------------------------------------------------------------------------------------------------------ */

static status explicit_rows(const struct nspi_work *w, const struct query_rows_request *q, const struct nspi_ids *columns,
			    const struct nspi_want *want, struct query_rows_response *r)
{
	uint32_t n = q->explicit_table.n < q->row_count ? q->explicit_table.n : q->row_count;
	const struct nspi_entry **entries = arena_array(w->a, (size_t)n + 1, sizeof *entries);

	if (!entries)
		return reason_set(w->why, ecMemory, "out of memory");
	for (uint32_t i = 0; i < n; i++)
		entries[i] = nspi_by_mid(w->p, q->explicit_table.v[i]);
	return nspi_rows_make(w, entries, n, columns, want, &r->rows);
}

status nspi_query_rows(const struct nspi_work *w, const void *request, void *response)
{
	const struct query_rows_request *q = request;
	struct query_rows_response *r = response;
	struct nspi_want want = { q->state.code_page, (q->flags & NSPI_EPHEMERAL_IDS) != 0, true };
	bool listed = q->explicit_table.n == 0;
	const struct nspi_ids *columns = q->has_columns ? &q->columns : &nspi_default_columns;
	uint32_t begin = 0, at = 0;
	status s;

	r->error_code = nspi_stat_check(w, q->has_state, &q->state, NSPI_NEEDS_CODEPAGE | (listed ? NSPI_NEEDS_CONTAINER : 0));
	if (!r->error_code && listed && !q->row_count)
		r->error_code = ecInvalidParam;
	if (!r->error_code && columns->n > COLUMNS_MOST)
		r->error_code = ecTableTooBig;
	const struct nspi_list *l = nspi_list(w->p, q->state.container_id);
	if (!r->error_code && listed)
		r->error_code = nspi_locate(w, l, &q->state, &begin, &at);
	if (r->error_code)
		return ecNone;
	s = listed ? nspi_rows_from(w, l, at, q->row_count, columns, &want, &r->rows) : explicit_rows(w, q, columns, &want, r);
	if (s)
		return s;
	r->has_rows = MAPIHTTP_HAS;
	r->has_state = MAPIHTTP_HAS;
	r->state = q->state;
	if (listed)
		nspi_stat_set(w, l, at + r->rows.n, &r->state);
	return ecNone;
}

/* Seeking ------------------------------------------------------------------------------------------------------------ */

/* In a table of the client's, from its beginning; l NULL. */
static uint32_t seek_explicit(const struct nspi_work *w, const struct nspi_ids *table, struct bytes key)
{
	uint32_t i = 0;

	for (; i < table->n; i++) {
		const struct nspi_entry *e = nspi_by_mid(w->p, table->v[i]);
		size_t least = e && e->key.n < key.n ? e->key.n : key.n;
		int c = e ? memcmp(e->key.p, key.p, least) : -1;

		if (c > 0 || (c == 0 && e->key.n >= key.n))
			break;
	}
	return i;
}

static status seek_rows(const struct nspi_work *w, const struct seek_entries_request *q, const struct nspi_list *l, uint32_t at,
			struct seek_entries_response *r)
{
	struct nspi_want want = { q->state.code_page, true, true };
	const struct nspi_ids *table = &q->explicit_table;
	status s;

	if (!q->has_columns)
		return ecNone;
	if (l) {
		s = nspi_rows_from(w, l, at, SEEK_ROWS, &q->columns, &want, &r->rows);
	} else {
		uint32_t n = table->n - at;
		const struct nspi_entry **entries = arena_array(w->a, (size_t)n + 1, sizeof *entries);

		if (!entries)
			return reason_set(w->why, ecMemory, "out of memory");
		for (uint32_t i = 0; i < n; i++)
			entries[i] = nspi_by_mid(w->p, table->v[at + i]);
		s = nspi_rows_make(w, entries, n, &q->columns, &want, &r->rows);
	}
	if (!s)
		r->has_rows = MAPIHTTP_HAS;
	return s;
}

static uint32_t check_seek(const struct nspi_work *w, const struct seek_entries_request *q)
{
	uint32_t code = nspi_stat_check(w, q->has_state, &q->state, NSPI_NEEDS_CODEPAGE | NSPI_NEEDS_CONTAINER);
	uint16_t type = tag_type(q->target.prop.tag);

	if (code)
		return code;
	if (q->state.sort_type != NSPI_SORT_DISPLAY_NAME || !q->has_target || tag_id(q->target.prop.tag) != tag_id(PidTagDisplayName) ||
	    (type != PT_STRING8 && type != PT_UNICODE))
		return ecError;
	return q->has_columns && q->columns.n > COLUMNS_MOST ? ecTableTooBig : ecNone;
}

status nspi_seek_entries(const struct nspi_work *w, const void *request, void *response)
{
	const struct seek_entries_request *q = request;
	struct seek_entries_response *r = response;
	CLEANUP_BUF struct buf key = BUF_MAX((size_t)1 << 20);

	r->error_code = check_seek(w, q);
	if (r->error_code)
		return ecNone;
	text_sort_key(tag_type(q->target.prop.tag), q->target.prop.value, q->state.code_page, &key);
	if (key.failed) {
		r->error_code = ecTooComplex;
		return ecNone;
	}
	/* A table of the client's with nothing in it is none. */
	const struct nspi_list *l = q->explicit_table.n ? NULL : nspi_list(w->p, q->state.container_id);
	uint32_t n = l ? l->n : q->explicit_table.n;
	uint32_t at = l ? nspi_seek(w->p, l, buf_bytes(&key)) : seek_explicit(w, &q->explicit_table, buf_bytes(&key));

	if (at == n) {
		r->error_code = ecNotFound;
		return ecNone;
	}
	r->has_state = MAPIHTTP_HAS;
	r->state = q->state;
	r->state.current_rec = l ? nspi_row(w->p, l, at)->mid : q->explicit_table.v[at];
	r->state.num_pos = at;
	r->state.total_recs = n;
	return seek_rows(w, q, l, at, r);
}
