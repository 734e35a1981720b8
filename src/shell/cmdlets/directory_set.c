/* Set-, New- and Remove-. */
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"

static const char *identity_name(const struct directory_cmdlet *d)
{
	return d->row->identity ? d->row->identity : "Identity";
}

/* All that was given, and what the row makes of it. */
static status gather(struct call *c, const struct directory_object *o, struct settings *s, struct reason *why)
{
	const struct directory_cmdlet *d = directory_cmdlet_of(c);
	status rc = call_settings(c, s, why);

	if (!rc && d->row->settle) {
		rc = d->row->settle(c, o, s);
		if (rc)
			reason_write(why, "%s", c->why.text);
	}
	return rc;
}

/* Settings and what the row does besides stand or fall together. */
static status update(struct call *c, const struct directory_object *o, const struct settings *s, bool *changed, struct reason *why)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	struct directory *d = NULL;
	status rc = call_directory(c, &d);

	if (rc)
		return reason_set(why, rc, "%s", c->why.text);
	if (!row->row->apply)
		return directory_update(d, row->as, o->id, s->items, s->n, changed, why);
	rc = directory_begin(d, why);
	if (!rc)
		rc = directory_update(d, row->as, o->id, s->items, s->n, changed, why);
	if (!rc)
		rc = row->row->apply(c, d, o, why);
	if (!rc)
		rc = directory_commit(d, why);
	if (rc)
		directory_rollback(d);
	return rc;
}

status directory_set_process(struct call *c, const struct value *in)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const struct directory_object *o = NULL;
	struct settings s = { .n = 0 };
	struct reason why = { "" };
	bool go = false, changed = false;
	status rc = call_object(c, row->as, identity_name(row), in, &o);

	if (rc || !o)
		return rc;
	rc = gather(c, o, &s, &why);
	if (rc)
		return call_report(c, rc, &why);
	rc = call_should_process(c, row->row->name, call_target(c, o), &go);
	if (rc || !go)
		return rc;
	rc = update(c, o, &s, &changed, &why);
	if (rc)
		return call_report(c, rc, &why);
	if (changed || call_has(c, "Password"))
		log_change(c, call_target(c, o));
	else
		call_verbose(c, "%s: nothing changed, everything was so already", o->name);
	warn_later(c, row->as, &s);
	return ecNone;
}

status directory_new_process(struct call *c, const struct value *in)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const char *name = call_text(c, "Name");
	struct settings s = { .n = 0 };
	struct reason why = { "" };
	struct directory *d = NULL;
	uint64_t id = 0;
	bool go = false;
	status rc = call_directory(c, &d);

	(void)in;
	if (rc)
		return rc;
	if (!name)
		return call_error(c, ecInvalidParam, "-Name is empty");
	rc = gather(c, NULL, &s, &why);
	if (rc)
		return call_report(c, rc, &why);
	rc = call_should_process(c, row->row->name, name, &go);
	if (rc || !go)
		return rc;
	rc = directory_create(d, row->as, name, 0, s.items, s.n, &id, &why);
	if (rc)
		return call_report(c, rc, &why);
	log_change(c, name);
	warn_later(c, row->as, &s);
	return directory_emit(c, row->as, id);
}

status directory_remove_process(struct call *c, const struct value *in)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const struct directory_object *o = NULL;
	struct reason why = { "" };
	struct directory *d = NULL;
	bool go = false;
	status rc = call_object(c, row->as, identity_name(row), in, &o);

	if (rc || !o)
		return rc;
	rc = call_should_process(c, row->row->name, call_target(c, o), &go);
	if (!rc && go)
		rc = call_directory(c, &d);
	if (rc || !go)
		return rc;
	rc = directory_remove(d, o->id, &why);
	if (rc)
		return call_report(c, rc, &why);
	log_change(c, call_target(c, o));
	return ecNone;
}
