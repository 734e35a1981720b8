#include "shell/cmdlets/site.h"

#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"
#include "shell/shell_private.h"

status call_site(struct call *c, struct site **out)
{
	struct site_context *x = c->context;
	struct reason why = { "" };
	status rc = x->site ? ecNone : x->open(x, &why);

	if (rc)
		return call_fail(c, rc, "%s", why.text);
	*out = x->site;
	return ecNone;
}

status call_directory(struct call *c, struct directory **out)
{
	struct site *s = NULL;
	status rc = call_site(c, &s);

	if (!rc)
		*out = site_directory(s);
	return rc;
}

status site_cmdlets(struct arena *a, const struct cmdlet *const *const **out)
{
	const struct cmdlet *const *const families[] = { event_log_cmdlets, health_cmdlets, mailbox_statistics_cmdlets, mailbox_permission_cmdlets,
							      access_permission_cmdlets, mailbox_repair_cmdlets, mailbox_recover_cmdlets, mailbox_request_cmdlets,
							      mailbox_search_cmdlets, public_folder_cmdlets, public_permission_cmdlets, public_mail_cmdlets };
	size_t n = sizeof families / sizeof *families;
	const struct cmdlet *const **tables = arena_array(a, n + 2, sizeof *tables);

	if (!tables || directory_cmdlets(a, &tables[0]))
		return ecMemory;
	for (size_t i = 0; i < n; i++)
		tables[i + 1] = families[i];
	*out = tables;
	return ecNone;
}
