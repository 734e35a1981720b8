/* What settings make of an object, before anything is checked against others. */
#include "store/directory_private.h"

#include <strings.h>

#define VALUES_MOST 1000u
#define REFERENCES_MOST 100000u

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "out of memory: too much for one change of the directory");
}

bool directory_value_equal(const struct directory_attribute *a, const struct directory_value *x, const struct directory_value *y)
{
	switch (a->type) {
	case DIRECTORY_TEXT:
	case DIRECTORY_WORD:
		return strcmp(x->text, y->text) == 0;
	case DIRECTORY_GUID:
		return guid_equal(&x->guid, &y->guid);
	default:
		return x->number == y->number;
	}
}

/* As far as a list is concerned: without regard to case. */
static status same(struct directory *d, const struct directory_attribute *a, const struct directory_value *x, const struct directory_value *y, bool *yes)
{
	CLEANUP_BUF struct buf fx = BUF_MAX((size_t)1 << 16), fy = BUF_MAX((size_t)1 << 16);

	if (a->type != DIRECTORY_TEXT && a->type != DIRECTORY_WORD) {
		*yes = directory_value_equal(a, x, y);
		return ecNone;
	}
	fold(d->folding, x->text, &fx);
	fold(d->folding, y->text, &fy);
	*yes = bytes_equal(buf_bytes(&fx), buf_bytes(&fy));
	return fx.failed || fy.failed ? ecMemory : ecNone;
}

/* Where `v` is in the list; `n` when it is not. */
static status position(struct directory *d, const struct directory_attribute *a, const struct directory_value *list, size_t n,
		       const struct directory_value *v, size_t *at)
{
	bool yes = false;
	status s = ecNone;

	for (*at = 0; *at < n && !s; ++*at) {
		s = same(d, a, &list[*at], v, &yes);
		if (yes)
			break;
	}
	return s;
}

/* A copy that is checked and in its form. */
static status take_value(struct directory_draft *w, const struct directory_attribute *a, const struct directory_value *v,
			 struct directory_value *out, struct reason *why)
{
	status s = directory_check_value(a, v, why);

	if (s)
		return s;
	*out = *v;
	if (a->type == DIRECTORY_WORD)
		for (size_t i = 0; a->words[i]; i++)
			if (strcasecmp(a->words[i], v->text) == 0)
				out->text = a->words[i];
	if (a->type == DIRECTORY_TEXT || (a->type == DIRECTORY_REFERENCE && v->text))
		out->text = arena_strdup(w->arena, v->text);
	return v->text && !out->text ? no_memory(why) : ecNone;
}

/* A list ---------------------------------------------------------------------------------------------------------- */

static status add_values(struct directory *d, struct directory_draft *w, struct directory_entry *e, const struct directory_setting *g,
			 struct reason *why)
{
	const struct directory_attribute *a = e->attribute;
	size_t had = g->change == DIRECTORY_ADD && e->set ? e->n : 0, most = a->type == DIRECTORY_REFERENCE ? REFERENCES_MOST : VALUES_MOST;
	struct directory_value *list;

	if (had + g->n > most)
		return reason_set(why, ecTooBig, "%s: at most %zu values", a->name, most);
	list = arena_array(w->arena, had + g->n + 1, sizeof *list);
	if (!list)
		return no_memory(why);
	if (had)
		memcpy(list, e->values, had * sizeof *list);
	e->n = had;
	e->values = list;
	for (size_t i = 0; i < g->n; i++) {
		struct directory_value v;
		size_t at;
		status s = take_value(w, a, &g->values[i], &v, why);

		if (!s && position(d, a, list, e->n, &v, &at))
			s = no_memory(why);
		if (s)
			return s;
		/* The same again counts when it makes an address the primary one. */
		if (at == e->n)
			list[e->n++] = v;
		else if (a->syntax == SYNTAX_PROXY && proxy_is_primary(v.text))
			list[at] = v;
	}
	e->set = e->n > 0;
	return ecNone;
}

static status remove_values(struct directory *d, struct directory_draft *w, struct directory_entry *e, const struct directory_setting *g,
			    struct reason *why)
{
	struct directory_value *list = arena_array(w->arena, e->n + 1, sizeof *list);
	size_t at, n = e->set ? e->n : 0;

	if (!list)
		return no_memory(why);
	if (n)
		memcpy(list, e->values, n * sizeof *list);
	for (size_t i = 0; i < g->n; i++) {
		CLEANUP_BUF struct buf shown = BUF_MAX(200);
		status s = directory_check_value(e->attribute, &g->values[i], why);

		if (!s && position(d, e->attribute, list, n, &g->values[i], &at))
			s = no_memory(why);
		if (s)
			return s;
		if (at == n) {
			directory_print(e->attribute, &g->values[i], &shown);
			return reason_set(why, ecNotFound, "%s: there is no \"%s\" to remove", e->attribute->name, buf_cstr(&shown));
		}
		memmove(&list[at], &list[at + 1], (--n - at) * sizeof *list);
	}
	e->values = list;
	e->n = n;
	e->set = n > 0;
	return ecNone;
}

/* Addresses --------------------------------------------------------------------------------------------------------- */

/* "SMTP:" for the one at `primary`, "smtp:" for all others. */
static status set_primary(struct directory_draft *w, struct directory_entry *e, size_t primary, struct reason *why)
{
	struct directory_value *list = arena_array(w->arena, e->n + 1, sizeof *list);

	if (!list)
		return no_memory(why);
	memcpy(list, e->values, e->n * sizeof *list);
	for (size_t i = 0; i < e->n; i++) {
		if (!proxy_is_smtp(list[i].text))
			continue;
		list[i].text = arena_printf(w->arena, "%s:%s", i == primary ? "SMTP" : "smtp", proxy_address(list[i].text));
		if (!list[i].text)
			return no_memory(why);
	}
	e->values = list;
	return ecNone;
}

/* One primary address, wherever there are addresses of mail. */
static status settle_primary(struct directory_draft *w, struct directory_entry *e, enum directory_change change, struct reason *why)
{
	size_t primaries = 0, last = e->n, first = e->n;

	for (size_t i = 0; i < e->n; i++) {
		if (first == e->n && proxy_is_smtp(e->values[i].text))
			first = i;
		if (proxy_is_primary(e->values[i].text)) {
			primaries++;
			last = i;
		}
	}
	if (change == DIRECTORY_SET && primaries > 1)
		return reason_set(why, ecInvalidParam, "EmailAddresses: only one address may begin with SMTP: in capitals, the primary one");
	if (change == DIRECTORY_REMOVE && !primaries && first < e->n)
		return reason_set(why, ecInvalidParam,
				  "EmailAddresses: the primary address cannot be removed; make another one the primary first (PrimarySmtpAddress)");
	if (first == e->n)
		return ecNone;
	/* Of several, the one that was added now: an older one stands before it unless it was only promoted. */
	if (primaries > 1 && w->before) {
		const char *old = directory_text(w->before, "PrimarySmtpAddress");

		for (size_t i = 0; i < e->n; i++)
			if (proxy_is_primary(e->values[i].text) && (!old || strcasecmp(proxy_address(e->values[i].text), old) != 0))
				last = i;
	}
	return set_primary(w, e, primaries ? last : first, why);
}

/* Setting it makes it the primary one of EmailAddresses; the one before stays an address. */
static status apply_primary(struct directory *d, struct directory_draft *w, const struct directory_attribute *a, const struct directory_setting *g,
			    struct reason *why)
{
	size_t at = directory_row_index(w->object.kind, "EmailAddresses");
	struct directory_entry *e = &w->object.entries[at];
	struct directory_value v = { .text = NULL };

	if (g->change != DIRECTORY_SET || g->n != 1)
		return reason_set(why, ecInvalidParam, "%s: it takes one address", a->name);
	status s = directory_check_value(a, &g->values[0], why);
	if (s)
		return s;
	v.text = arena_printf(w->arena, "smtp:%s", g->values[0].text);
	if (!v.text)
		return no_memory(why);
	s = add_values(d, w, e, &(struct directory_setting){ "EmailAddresses", DIRECTORY_ADD, &v, 1 }, why);
	if (s)
		return s;
	if (position(d, e->attribute, e->values, e->n, &v, &at))
		return no_memory(why);
	return set_primary(w, e, at, why);
}

/* One setting ------------------------------------------------------------------------------------------------------- */

static status apply_name(struct directory_draft *w, const struct directory_attribute *a, const struct directory_setting *g, struct reason *why)
{
	if (g->change != DIRECTORY_SET || g->n != 1)
		return reason_set(why, ecInvalidParam, "Name: it takes one name");
	status s = directory_check_value(a, &g->values[0], why);
	if (s)
		return s;
	w->object.name = arena_strdup(w->arena, g->values[0].text);
	return w->object.name ? ecNone : no_memory(why);
}

static status apply_one(struct directory *d, struct directory_draft *w, const struct directory_setting *g, struct reason *why)
{
	size_t i = directory_row_index(w->object.kind, g->attribute);
	struct directory_entry *e;
	status s;

	if (i == w->object.n)
		return reason_set(why, ecInvalidParam, "there is no attribute %s", g->attribute);
	e = &w->object.entries[i];
	const struct directory_attribute *a = e->attribute;
	if (strcmp(a->name, "Name") == 0)
		return apply_name(w, a, g, why);
	if (strcmp(a->name, "PrimarySmtpAddress") == 0)
		return apply_primary(d, w, a, g, why);
	if (a->flags & DIRECTORY_COMPUTED)
		return reason_set(why, ecInvalidParam, "%s follows from other values and cannot be set", a->name);
	if (!(a->flags & DIRECTORY_LIST) && (g->n > 1 || g->change != DIRECTORY_SET))
		return reason_set(why, ecInvalidParam, "%s: it takes one value", a->name);
	if (g->change == DIRECTORY_SET && !g->n) {
		const struct directory_entry *blank = directory_blank(d, w->object.kind, w->arena);

		if (!blank)
			return no_memory(why);
		*e = blank[i];
		return ecNone;
	}
	s = g->change == DIRECTORY_REMOVE ? remove_values(d, w, e, g, why) : add_values(d, w, e, g, why);
	if (!s && a->syntax == SYNTAX_PROXY && a->flags & DIRECTORY_UNIQUE)
		s = settle_primary(w, e, g->change, why);
	return s;
}

static bool entry_equal(const struct directory_entry *x, const struct directory_entry *y)
{
	if (x->set != y->set || (x->set && x->n != y->n))
		return false;
	for (size_t i = 0; x->set && i < x->n; i++)
		if (!directory_value_equal(x->attribute, &x->values[i], &y->values[i]))
			return false;
	return true;
}

status directory_apply(struct directory *d, struct directory_draft *w, const struct directory_setting *settings, size_t n, struct reason *why)
{
	status s = ecNone;

	w->changed = arena_array(w->arena, w->object.n, sizeof *w->changed);
	if (!w->changed)
		return no_memory(why);
	for (size_t i = 0; i < n && !s; i++)
		s = apply_one(d, w, &settings[i], why);
	if (s)
		return s;
	for (size_t i = 0; i < w->object.n; i++)
		w->changed[i] = w->before ? !entry_equal(&w->before->entries[i], &w->object.entries[i]) : w->object.entries[i].set;
	w->renamed = !w->before || strcmp(w->before->name, w->object.name) != 0;
	return ecNone;
}
