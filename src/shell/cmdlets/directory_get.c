/* Get-: one object by its identity, or all that fit. */
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/wildcard.h"

#include <strings.h>

#define RESULTS_USUAL 1000

static const char *identity_name(const struct directory_cmdlet *d)
{
	return d->row->identity ? d->row->identity : "Identity";
}

/* Does the text of the attribute match? */
static bool matches(struct call *c, const struct object *shown, const char *attribute, const char *pattern)
{
	const struct value *v = object_get(shown, attribute);
	const char *text = v && v->kind != VALUE_NULL ? value_string(c->item, v) : NULL;

	return text && wildcard_match(pattern, text, false);
}

static bool has_name(struct call *c, const struct object *shown, const char *pattern)
{
	static const char *const names[] = { "Name", "DisplayName", "Alias", "PrimarySmtpAddress", "Identity", "UserPrincipalName" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (matches(c, shown, names[i], pattern))
			return true;
	return false;
}

/* Mailboxes of the servers themselves are in a list only when they are asked for: by a parameter, or by their kind. */
static bool is_of_wanted_kind(struct call *c, const struct object *shown)
{
	static const struct {
		const char *details, *parameter;
	} kinds[] = { { "PublicFolderMailbox", "PublicFolder" }, { "SystemMailbox", "Arbitration" } };
	const char *identity = call_text(c, identity_name(directory_cmdlet_of(c)));
	bool asked = (identity && !wildcard_has(identity)) || call_text(c, "RecipientTypeDetails"), own = false;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		bool is = matches(c, shown, "RecipientTypeDetails", kinds[i].details);

		if (call_switch(c, kinds[i].parameter))
			return is;
		own = own || is;
	}
	return asked || !own;
}

static status is_wanted(struct call *c, const struct object *shown, bool *yes)
{
	const struct directory_cmdlet *d = directory_cmdlet_of(c);
	const char *identity = call_text(c, identity_name(d));
	const struct expression *filter = call_block(c, "Filter");
	struct value in = value_object(shown), holds;
	status rc;

	*yes = is_of_wanted_kind(c, shown) && (!identity || !wildcard_has(identity) || has_name(c, shown, identity));
	for (size_t i = 0; *yes && d->row->filters && d->row->filters[i]; i++) {
		const char *pattern = call_text(c, d->row->filters[i]);

		*yes = !pattern || matches(c, shown, d->row->filters[i], pattern);
	}
	if (!*yes || !filter)
		return ecNone;
	rc = call_evaluate(c, filter, &in, &holds);
	*yes = !rc && value_truth(&holds);
	return rc;
}

static status emit_wanted(struct call *c, const struct directory_object *o, bool *emitted)
{
	const struct directory_cmdlet *d = directory_cmdlet_of(c);
	struct object *shown = directory_shown(c, o, &d->type);
	status rc;

	if (!shown || shown->failed)
		return call_fail(c, ecMemory, "an object needs too much memory");
	rc = is_wanted(c, shown, emitted);
	if (!rc && *emitted && d->row->show)
		rc = d->row->show(c, o, shown);
	return rc || !*emitted ? rc : call_emit_object(c, shown);
}

static status read_limit(struct call *c, uint64_t *most)
{
	const char *text = call_text(c, "ResultSize");
	struct value v = value_integer(RESULTS_USUAL);

	if (text && strcasecmp(text, "Unlimited") == 0)
		v = value_integer(INT64_MAX);
	else if (text && (!number_parse(text, &v) || v.kind != VALUE_INTEGER || v.integer < 1))
		return call_fail(c, ecInvalidParam, "-ResultSize takes a number above 0, or Unlimited, not '%.80s'", text);
	*most = (uint64_t)v.integer;
	return ecNone;
}

static status list(struct call *c, struct directory *d)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	struct directory_query q = { .as = row->as, .starts = call_text(c, "Anr") };
	struct arena_mark mark = arena_mark(c->item);
	struct reason why = { "" };
	uint64_t *ids = NULL, most = 0, shown = 0;
	size_t n = 0;
	status rc = read_limit(c, &most);

	if (rc)
		return rc;
	rc = directory_list(d, &q, &arena, &ids, &n, &why);
	if (rc)
		return call_fail(c, rc, "%s", why.text);
	for (size_t i = 0; i < n && !rc; i++) {
		const struct directory_object *o;
		bool emitted = false;

		rc = directory_get(d, row->as, ids[i], c->item, &o, &why);
		if (rc == ecNotFound) { /* removed meanwhile */
			rc = ecNone;
			continue;
		}
		if (rc)
			return call_fail(c, rc, "%s", why.text);
		if (shown == most) {
			call_warning(c, "There are more than %llu; -ResultSize Unlimited shows all.", (unsigned long long)most);
			return ecNone;
		}
		rc = emit_wanted(c, o, &emitted);
		shown += emitted;
		arena_rewind(c->item, mark);
	}
	return rc;
}

status directory_get_process(struct call *c, const struct value *in)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const char *identity = call_text(c, identity_name(row));
	const struct directory_object *o = NULL;
	struct directory *d = NULL;
	bool emitted;
	status rc = call_directory(c, &d);

	if (rc)
		return rc;
	if (!row->as->single && (!identity || wildcard_has(identity)))
		return list(c, d);
	rc = call_object(c, row->as, identity_name(row), in, &o);
	return rc || !o ? rc : emit_wanted(c, o, &emitted);
}
