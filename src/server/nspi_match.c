/* GetMatches: those of a list that fulfil a restriction, or those that a property of one means. */
#include "base/utf16.h"
#include "server/nspi_work.h"
#include "store/restrict.h"

#define SCRATCH_MOST ((size_t)16 << 20)
/* What is compared is made for each entry, and forgotten after it. */
#define ENTRY_MOST ((size_t)1 << 20)

/* An entry as a row of restrict.h. PidTagAnr has the value that was looked for, when the entry is called so. */
struct matching {
	struct restrict_row row;
	struct nspi_work work;
	const struct nspi_entry *entry;
	const struct prop *anr; /* the first value in the restriction; NULL: there is none */
	struct bytes anr_folded;
};

static status read_prop(struct restrict_row *row, uint32_t tag, bool whole, const struct prop **out)
{
	struct matching *m = (struct matching *)(void *)row;
	struct nspi_want want = { row->codepage, false, true };
	struct prop *p;
	status s;

	(void)whole;
	*out = NULL;
	if (tag_id(tag) == tag_id(PidTagAnr)) {
		*out = m->anr && nspi_name_begins(m->entry, m->anr_folded) ? m->anr : NULL;
		return ecNone;
	}
	if (!nspi_has(&m->work, m->entry, tag_id(tag)))
		return ecNone;
	p = arena_zalloc(m->work.a, sizeof *p);
	if (!p)
		return ecMemory;
	s = nspi_prop(&m->work, m->entry, tag_make(tag_id(tag), PT_UNSPECIFIED), &want, p);
	if (!s)
		*out = p;
	return s;
}

/* Does it ask for a property that there cannot be? */
static bool asks_for_none(const struct restriction *r)
{
	bool yes = false;

	switch (r->kind) {
	case RES_AND:
	case RES_OR:
		for (uint32_t i = 0; i < r->u.list.all.n && !yes; i++)
			yes = asks_for_none(&r->u.list.all.v[i]);
		return yes;
	case RES_NOT:
		return asks_for_none(r->u.negated.restriction);
	case RES_PROPERTY:
		return !tag_id(r->u.property.tag);
	case RES_CONTENT:
		return !tag_id(r->u.content.tag);
	case RES_EXIST:
		return !tag_id(r->u.exist.tag);
	default:
		return false;
	}
}

/* The value that names are to begin with: of the first PidTagAnr, wherever it is. */
static const struct prop *find_anr(const struct restriction *r)
{
	const struct prop *found = NULL;

	switch (r->kind) {
	case RES_AND:
	case RES_OR:
		for (uint32_t i = 0; i < r->u.list.all.n && !found; i++)
			found = find_anr(&r->u.list.all.v[i]);
		return found;
	case RES_NOT:
		return find_anr(r->u.negated.restriction);
	case RES_PROPERTY:
		return tag_id(r->u.property.tag) == tag_id(PidTagAnr) ? &r->u.property.value.prop : NULL;
	case RES_CONTENT:
		return tag_id(r->u.content.tag) == tag_id(PidTagAnr) ? &r->u.content.value.prop : NULL;
	default:
		return NULL;
	}
}

static status prepare_anr(struct matching *m, const struct restriction *filter, struct arena *scratch)
{
	CLEANUP_BUF struct buf folded = BUF_MAX(65536);
	const struct prop *p = find_anr(filter);
	uint16_t type = p ? prop_type(p) : PT_NULL;

	if (type != PT_STRING8 && type != PT_UNICODE)
		return ecNone;
	const char *text = prop_text(p, m->row.codepage, scratch);
	if (!text)
		return ecMemory;
	nspi_fold(text, &folded);
	if (folded.failed)
		return ecTooComplex;
	/* Nobody is called nothing. */
	if (!folded.n)
		return ecNone;
	m->anr_folded = bytes_of(arena_memdup(scratch, folded.p, folded.n), folded.n);
	m->anr = p;
	return m->anr_folded.p ? ecNone : ecMemory;
}

struct found {
	const struct nspi_entry **v;
	uint32_t n;
};

/* *code is what the client is told. */
static status match_list(const struct nspi_work *w, const struct get_matches_request *q, const struct nspi_list *l, struct found *out, uint32_t *code)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST), each = ARENA_BUDGET(ENTRY_MOST);
	struct matching m = { .row = { .prop = read_prop, .codepage = q->state.code_page }, .work = *w };
	struct restrict_node *node = NULL;
	uint32_t most = q->row_count < NSPI_ROWS_MOST ? q->row_count : NSPI_ROWS_MOST;
	status s;

	m.work.a = &each;
	*code = asks_for_none(q->filter) ? ecTooComplex : restrict_compile(q->filter, q->state.code_page, &scratch, &node, w->why);
	if (!*code)
		*code = prepare_anr(&m, q->filter, &scratch);
	if (*code)
		return ecNone;
	for (uint32_t i = 0; i < l->n; i++) {
		bool yes = false;

		m.entry = nspi_row(w->p, l, i);
		arena_reset(&each);
		s = restrict_matches(node, &m.row, &yes);
		if (s)
			return s;
		if (yes && out->n == most) {
			*code = ecTableTooBig;
			return ecNone;
		}
		if (yes)
			out->v[out->n++] = m.entry;
	}
	return ecNone;
}

static bool is_display_sort(uint32_t sort)
{
	return sort == NSPI_SORT_DISPLAY_NAME || sort == NSPI_SORT_PHONETIC_DISPLAY_NAME;
}

/* May members or delegates be changed by the protocol at all? Who may is asked when somebody does (server/nspi_change.c). */
static bool can_change(uint32_t tag)
{
	return tag_id(tag) == tag_id(PidTagAddressBookMember) || tag_id(tag) == tag_id(PidTagAddressBookPublicDelegates);
}

/* The property is said by its name, whose number is a tag, or by the container of the STAT. */
static uint32_t property_of(const struct get_matches_request *q)
{
	return q->has_property_name ? q->property_id : q->state.container_id;
}

static status match_property(const struct nspi_work *w, const struct get_matches_request *q, struct found *out, uint32_t *code)
{
	const struct nspi_entry *e = nspi_by_mid(w->p, q->state.current_rec), **v = NULL;
	uint32_t tag = property_of(q);
	bool objects = tag_id(tag) >= 0x8000;
	size_t n = 0;

	if (!e) {
		*code = ecError;
		return ecNone;
	}
	if (q->state.sort_type == NSPI_SORT_DISPLAY_NAME_W && !can_change(tag)) {
		*code = ecNotSupported;
		return ecNone;
	}
	if (objects)
		objects = nspi_objects(w, e, tag_id(tag), w->a, &v, &n);
	/* What means no other objects means the one that has it, for clients that look at it as a table of one row. */
	if (!objects) {
		*code = is_display_sort(q->state.sort_type) ? ecNone : ecNotSupported;
		if (!*code && q->row_count)
			out->v[out->n++] = e;
		else if (!*code)
			*code = ecTableTooBig;
		return ecNone;
	}
	if (n > q->row_count || n > NSPI_ROWS_MOST)
		*code = ecTableTooBig;
	else
		*out = (struct found){ v, (uint32_t)n };
	return ecNone;
}

/* What GetMatches answered had the object of the request as its container: with that it is asked again, of everybody. */
static bool again(const struct get_matches_request *q)
{
	return q->state.container_id && q->state.container_id == q->state.current_rec;
}

static uint32_t check(const struct nspi_work *w, const struct get_matches_request *q)
{
	uint32_t code = nspi_stat_check(w, q->has_state, &q->state, NSPI_NEEDS_CODEPAGE | (q->has_filter && !again(q) ? NSPI_NEEDS_CONTAINER : 0));

	if (!code && q->state.sort_type != NSPI_SORT_DISPLAY_NAME && q->state.sort_type != NSPI_SORT_PHONETIC_DISPLAY_NAME &&
	    q->state.sort_type != NSPI_SORT_DISPLAY_NAME_RO && q->state.sort_type != NSPI_SORT_DISPLAY_NAME_W)
		code = ecError;
	return code;
}

static status answer(const struct nspi_work *w, const struct get_matches_request *q, const struct found *f, struct get_matches_response *r)
{
	struct nspi_want want = { q->state.code_page, true, true };
	uint32_t *mids = arena_array(w->a, (size_t)f->n + 1, sizeof *mids);
	status s = mids ? ecNone : reason_set(w->why, ecMemory, "out of memory");

	for (uint32_t i = 0; !s && i < f->n; i++)
		mids[i] = f->v[i]->mid;
	if (!s && q->has_columns)
		s = nspi_rows_make(w, f->v, f->n, &q->columns, &want, &r->rows);
	if (s)
		return s;
	/* Rows that do not fit are asked for with QueryRows. */
	r->has_rows = q->has_columns ? MAPIHTTP_HAS : 0;
	r->has_mids = MAPIHTTP_HAS;
	r->mids = (struct nspi_ids){ f->n, mids };
	r->has_state = MAPIHTTP_HAS;
	r->state = q->state;
	r->state.container_id = q->state.current_rec;
	return ecNone;
}

status nspi_get_matches(const struct nspi_work *w, const void *request, void *response)
{
	const struct get_matches_request *q = request;
	struct get_matches_response *r = response;
	const struct nspi_list *l = nspi_list(w->p, q->has_filter && again(q) ? 0 : q->state.container_id);
	struct found f = { arena_array(w->a, (size_t)(l ? l->n : 0) + 1, sizeof *f.v), 0 };
	status s;

	if (!f.v)
		return reason_set(w->why, ecMemory, "out of memory");
	r->error_code = check(w, q);
	if (r->error_code)
		return ecNone;
	s = q->has_filter && l ? match_list(w, q, l, &f, &r->error_code) : match_property(w, q, &f, &r->error_code);
	return s || r->error_code ? s : answer(w, q, &f, r);
}
