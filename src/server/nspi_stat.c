/* Positions in address lists ([MS-OXNSPI] 3.1.4.5), and lists of entries put in order. */
#include "server/nspi_work.h"

#include <stdlib.h>

uint32_t nspi_stat_check(const struct nspi_work *w, bool has_state, const struct nspi_stat *stat, unsigned needs)
{
	if (!has_state)
		return ecInvalidParam;
	if (!nspi_codepage(stat->code_page) && (needs & NSPI_NEEDS_CODEPAGE || stat->code_page != NSPI_CODEPAGE_UNICODE))
		return ecUnknownCpid;
	return needs & NSPI_NEEDS_CONTAINER && !nspi_list(w->p, stat->container_id) ? ecInvalidBookmark : ecNone;
}

uint32_t nspi_locate(const struct nspi_work *w, const struct nspi_list *l, const struct nspi_stat *stat, uint32_t *begin, uint32_t *at)
{
	uint32_t position = 0;

	if (stat->current_rec == NSPI_MID_CURRENT) {
		uint64_t part = stat->total_recs ? (uint64_t)l->n * stat->num_pos / stat->total_recs : 0;

		position = part > l->n ? l->n : (uint32_t)part;
	} else if (stat->current_rec == NSPI_MID_END_OF_TABLE) {
		position = l->n;
	} else if (stat->current_rec != NSPI_MID_BEGINNING_OF_TABLE) {
		const struct nspi_entry *e = nspi_by_mid(w->p, stat->current_rec);

		if (!e || !nspi_position(w->p, l, e, &position))
			return ecNotFound;
	}
	int64_t moved = (int64_t)position + (int32_t)stat->delta;

	*begin = position;
	*at = moved < 0 ? 0 : moved > l->n ? l->n : (uint32_t)moved;
	return ecNone;
}

void nspi_stat_set(const struct nspi_work *w, const struct nspi_list *l, uint32_t at, struct nspi_stat *stat)
{
	const struct nspi_entry *e = nspi_row(w->p, l, at);

	stat->current_rec = e ? e->mid : NSPI_MID_END_OF_TABLE;
	stat->delta = 0;
	stat->num_pos = at;
	stat->total_recs = l->n;
}

status nspi_update_stat(const struct nspi_work *w, const void *request, void *response)
{
	const struct update_stat_request *q = request;
	struct update_stat_response *r = response;
	uint32_t begin = 0, at = 0;

	r->error_code = nspi_stat_check(w, q->has_state, &q->state, NSPI_NEEDS_CONTAINER);
	if (r->error_code)
		return ecNone;
	const struct nspi_list *l = nspi_list(w->p, q->state.container_id);
	r->error_code = nspi_locate(w, l, &q->state, &begin, &at);
	if (r->error_code)
		return ecNone;
	r->has_state = MAPIHTTP_HAS;
	r->state = q->state;
	nspi_stat_set(w, l, at, &r->state);
	if (q->delta_requested) {
		r->has_delta = MAPIHTTP_HAS;
		r->delta = at - begin;
	}
	return ecNone;
}

status nspi_compare_mids(const struct nspi_work *w, const void *request, void *response)
{
	const struct compare_mids_request *q = request;
	struct compare_mids_response *r = response;
	uint32_t one = 0, two = 0;

	r->error_code = nspi_stat_check(w, q->has_state, &q->state, NSPI_NEEDS_CONTAINER);
	if (r->error_code)
		return ecNone;
	const struct nspi_list *l = nspi_list(w->p, q->state.container_id);
	const struct nspi_entry *x = nspi_by_mid(w->p, q->mid1), *y = nspi_by_mid(w->p, q->mid2);

	if (!x || !y || !nspi_position(w->p, l, x, &one) || !nspi_position(w->p, l, y, &two))
		r->error_code = ecError;
	else
		r->result = (uint32_t)((one > two) - (one < two));
	return ecNone;
}

static int in_order(const void *a, const void *b)
{
	const struct nspi_entry *const *x = a, *const *y = b;

	return (*x > *y) - (*x < *y);
}

status nspi_resort_restriction(const struct nspi_work *w, const void *request, void *response)
{
	const struct resort_restriction_request *q = request;
	struct resort_restriction_response *r = response;
	const struct nspi_entry **found = arena_array(w->a, (size_t)q->mids.n + 1, sizeof *found);
	uint32_t *mids = arena_array(w->a, (size_t)q->mids.n + 1, sizeof *mids), n = 0;

	if (!found || !mids)
		return reason_set(w->why, ecMemory, "out of memory");
	r->error_code = nspi_stat_check(w, q->has_state, &q->state, 0);
	if (!r->error_code && q->state.sort_type != NSPI_SORT_DISPLAY_NAME && q->state.sort_type != NSPI_SORT_PHONETIC_DISPLAY_NAME)
		r->error_code = ecError;
	if (r->error_code)
		return ecNone;
	for (uint32_t i = 0; i < q->mids.n; i++) {
		found[n] = nspi_by_mid(w->p, q->mids.v[i]);
		n += found[n] != NULL;
	}
	qsort(found, n, sizeof *found, in_order);
	r->has_state = MAPIHTTP_HAS;
	r->state = q->state;
	r->state.total_recs = n;
	r->state.num_pos = n;
	for (uint32_t i = 0; i < n; i++) {
		mids[i] = found[i]->mid;
		if (mids[i] == q->state.current_rec && r->state.num_pos == n)
			r->state.num_pos = i;
	}
	if (r->state.num_pos == n) {
		r->state.num_pos = 0;
		r->state.current_rec = NSPI_MID_BEGINNING_OF_TABLE;
	}
	r->has_mids = MAPIHTTP_HAS;
	r->mids = (struct nspi_ids){ n, mids };
	return ecNone;
}
