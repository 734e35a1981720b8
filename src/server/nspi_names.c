/* Names to minimal ids: DNs exactly, and what somebody typed as far as it is clear. */
#include "base/utf16.h"
#include "server/nspi_work.h"

#include <strings.h>

static status ids_room(const struct nspi_work *w, uint32_t n, struct nspi_ids *out)
{
	*out = (struct nspi_ids){ n, arena_array(w->a, (size_t)n + 1, sizeof *out->v) };
	return out->v ? ecNone : reason_set(w->why, ecMemory, "out of memory");
}

/* "/" and "/guid=..." are containers. */
static uint32_t mid_of(const struct nspi_work *w, struct bytes dn)
{
	const struct nspi_entry *e = nspi_by_dn(w->p, dn);

	if (e)
		return e->mid;
	for (uint32_t i = 1; i < w->p->n_lists; i++)
		if (dn.n == strlen(w->p->lists[i].dn) && strncasecmp((const char *)dn.p, w->p->lists[i].dn, dn.n) == 0)
			return w->p->lists[i].mid;
	return 0;
}

status nspi_dn_to_mid(const struct nspi_work *w, const void *request, void *response)
{
	const struct dn_to_mid_request *q = request;
	struct dn_to_mid_response *r = response;
	status s = ids_room(w, q->names.n, &r->mids);

	if (s)
		return s;
	for (uint32_t i = 0; i < q->names.n; i++)
		r->mids.v[i] = mid_of(w, q->names.v[i]);
	r->has_mids = MAPIHTTP_HAS;
	return ecNone;
}

static status resolve_all(const struct nspi_work *w, const struct resolve_names_request *q, const struct nspi_list *l,
			  const struct nspi_entry **found, uint32_t *n, struct nspi_ids *mids)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)4 << 20);

	for (uint32_t i = 0; i < q->names.n; i++) {
		enum nspi_resolution result = NSPI_MID_UNRESOLVED;
		const struct nspi_entry *e = NULL;

		arena_reset(&scratch);
		const char *name = utf16_text(&scratch, q->names.v[i]);
		/* What is too long to be a name is nobody's. */
		if (name && nspi_resolve(w->p, l, name, &result, &e))
			result = NSPI_MID_UNRESOLVED;
		mids->v[i] = result;
		if (result == NSPI_MID_RESOLVED)
			found[(*n)++] = e;
	}
	return ecNone;
}

status nspi_resolve_names(const struct nspi_work *w, const void *request, void *response)
{
	const struct resolve_names_request *q = request;
	struct resolve_names_response *r = response;
	struct nspi_want want = { q->state.code_page, false, true };
	const struct nspi_entry **found = arena_array(w->a, (size_t)q->names.n + 1, sizeof *found);
	uint32_t n = 0;
	status s = found ? ids_room(w, q->names.n, &r->mids) : reason_set(w->why, ecMemory, "out of memory");

	if (s)
		return s;
	r->code_page = q->state.code_page;
	r->error_code = nspi_stat_check(w, q->has_state, &q->state, NSPI_NEEDS_CODEPAGE | NSPI_NEEDS_CONTAINER);
	if (r->error_code)
		return ecNone;
	s = resolve_all(w, q, nspi_list(w->p, q->state.container_id), found, &n, &r->mids);
	if (!s)
		s = nspi_rows_make(w, found, n, q->has_tags ? &q->tags : &nspi_default_columns, &want, &r->rows);
	if (s)
		return s;
	r->has_mids = MAPIHTTP_HAS;
	r->has_rows = MAPIHTTP_HAS;
	return ecNone;
}
