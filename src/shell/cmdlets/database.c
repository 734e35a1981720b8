/* Mailbox databases: where they are, whether they are mounted, whether they were ever backed up. */
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"

status database_show(struct call *c, const struct directory_object *o, struct object *shown)
{
	(void)shown;
	if (!directory_is_set(o, "LastVerifiedBackup"))
		call_warning(c, "The database '%s' has no verified backup: nobody knows whether it could be restored. "
				"'postern backup' makes one, 'postern backup verify' restores it for a test.", o->name);
	return ecNone;
}

/* The server needs no name where there is only one. */
status database_settle(struct call *c, const struct directory_object *o, struct settings *s)
{
	struct directory_query q = { .as = directory_class("ExchangeServer") };
	const struct directory_object *server;
	struct directory *d = NULL;
	uint64_t *ids = NULL;
	size_t n = 0;
	status rc = call_directory(c, &d);

	(void)o;
	if (rc || settings_have(s, "Server"))
		return rc;
	rc = directory_list(d, &q, c->item, &ids, &n, &c->why);
	if (rc)
		return rc;
	if (n != 1)
		return call_fail(c, ecInvalidParam, "-Server is needed where there are %zu servers; Get-ExchangeServer lists them", n);
	rc = directory_get(d, q.as, ids[0], c->item, &server, &c->why);
	return rc ? rc : settings_add(c, directory_cmdlet_of(c)->as, "Server", server->name, s, &c->why);
}

static status set_mounted(struct call *c, const struct value *in, bool mounted)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const struct directory_object *o = NULL;
	struct directory_value v = { .number = mounted };
	struct directory_setting s = { "Mounted", DIRECTORY_SET, &v, 1 };
	struct reason why = { "" };
	struct directory *d = NULL;
	bool go = false, changed = false;
	status rc = call_object(c, row->as, "Identity", in, &o);

	if (rc || !o)
		return rc;
	rc = call_should_process(c, row->row->name, call_target(c, o), &go);
	if (!rc && go)
		rc = call_directory(c, &d);
	if (rc || !go)
		return rc;
	rc = directory_update(d, row->as, o->id, &s, 1, &changed, &why);
	if (rc)
		return call_report(c, rc, &why);
	if (changed)
		log_change(c, call_target(c, o));
	else
		call_warning(c, "The database '%s' is %s already.", o->name, mounted ? "mounted" : "dismounted");
	return ecNone;
}

status database_mount(struct call *c, const struct value *in)
{
	return set_mounted(c, in, true);
}

status database_dismount(struct call *c, const struct value *in)
{
	return set_mounted(c, in, false);
}
