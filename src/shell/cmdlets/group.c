/* Distribution groups, role groups and their members; contacts, which are named like groups. */
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"
#include "store/recipient_names.h"

#include <ctype.h>

const struct parameter group_new_parameters[] = {
	{ .name = "Members", .type = PARAMETER_TEXT, .flags = PARAMETER_LIST, .help = "Who is in it from the start." },
	{ .name = NULL },
};

const struct parameter group_member_parameters[] = {
	{ .name = "Member", .type = PARAMETER_TEXT, .position = 2, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE | PARAMETER_BY_NAME,
	  .help = "Who is added or removed; several come through the pipe." },
	{ .name = NULL },
};

/* A new group ---------------------------------------------------------------------------------------------------------- */

/* The letters and digits of the name that may stand in an address. */
static const char *alias_of(struct call *c, const char *name)
{
	char *alias = arena_alloc(c->item, strlen(name) + 1);
	size_t n = 0;

	for (; alias && *name && n < 60; name++)
		if (isalnum((unsigned char)*name) || *name == '-' || *name == '_')
			alias[n++] = *name;
	if (alias)
		alias[n] = '\0';
	return alias;
}

static status settle_x500(struct call *c, struct directory *d, const char *alias, struct settings *s)
{
	const struct directory_object *o = NULL;
	const char *root;
	status rc = directory_find(d, directory_class("OrganizationConfig"), NULL, c->item, &o, &c->why);

	if (rc)
		return rc;
	root = directory_text(o, "LegacyExchangeDN");
	if (!root)
		return ecNone;
	return settings_add(c, directory_cmdlet_of(c)->as, "LegacyExchangeDN", arena_printf(c->item, "%s/cn=Recipients/cn=%s", root, alias), s, &c->why);
}

static status settle_address(struct call *c, const char *alias, struct settings *s)
{
	const struct directory_class *as = directory_cmdlet_of(c)->as;
	const char *domain = NULL;
	struct directory *d = NULL;
	status rc = call_directory(c, &d);

	if (!rc && !settings_have(s, "Alias"))
		rc = settings_add(c, as, "Alias", alias, s, &c->why);
	if (!rc && !settings_have(s, "EmailAddresses") && !settings_have(s, "PrimarySmtpAddress")) {
		rc = recipient_default_domain(d, c->item, &domain, &c->why);
		if (!rc)
			rc = settings_add(c, as, "EmailAddresses", arena_printf(c->item, "SMTP:%s@%s", alias, domain), s, &c->why);
	}
	return rc ? rc : settle_x500(c, d, alias, s);
}

static status settle_members(struct call *c, struct settings *s)
{
	struct value_list members = call_list(c, "Members");
	const char **texts = arena_array(c->item, members.n, sizeof *texts);
	struct directory *d = NULL;
	struct directory_setting *more = arena_array(c->item, s->n + 1, sizeof *more);
	status rc = call_directory(c, &d);

	if (rc || !members.n)
		return rc;
	if (!texts || !more)
		return call_fail(c, ecMemory, "the members need too much memory");
	for (size_t i = 0; i < members.n; i++)
		texts[i] = members.items[i].text;
	if (s->n)
		memcpy(more, s->items, s->n * sizeof *more);
	rc = directory_setting(d, directory_cmdlet_of(c)->as, "Members", DIRECTORY_SET, texts, members.n, c->item, &more[s->n], &c->why);
	if (rc)
		return rc;
	s->items = more;
	s->cap = ++s->n;
	return ecNone;
}

/* What it is called, and its addresses. */
static status settle_names(struct call *c, struct settings *s)
{
	const char *alias = call_text(c, "Alias");
	status rc;

	if (!alias)
		alias = alias_of(c, call_text(c, "Name"));
	if (!alias || !*alias)
		return call_fail(c, ecInvalidParam, "Alias: none can be made of the name '%s'; give one", call_text(c, "Name"));
	rc = settings_have(s, "DisplayName") ? ecNone :
					       settings_add(c, directory_cmdlet_of(c)->as, "DisplayName", call_text(c, "Name"), s, &c->why);
	return rc ? rc : settle_address(c, alias, s);
}

status group_settle(struct call *c, const struct directory_object *o, struct settings *s)
{
	status rc = settle_names(c, s);

	(void)o;
	return rc ? rc : settle_members(c, s);
}

status dynamic_group_settle(struct call *c, const struct directory_object *o, struct settings *s)
{
	const struct directory_class *as = directory_cmdlet_of(c)->as;
	status rc;

	(void)o;
	if (!settings_have(s, "IncludedRecipients"))
		return call_fail(c, ecInvalidParam, "IncludedRecipients: say who gets what is sent to the group; AllRecipients are all there are");
	rc = settings_add(c, as, "RecipientTypeDetails", "DynamicDistributionGroup", s, &c->why);
	return rc ? rc : settle_names(c, s);
}

status contact_settle(struct call *c, const struct directory_object *o, struct settings *s)
{
	const struct directory_class *as = directory_cmdlet_of(c)->as;
	const char *address = call_text(c, "ExternalEmailAddress");
	status rc;

	(void)o;
	if (!address)
		return call_fail(c, ecInvalidParam, "ExternalEmailAddress: say where messages for the contact are sent");
	rc = settings_add(c, as, "RecipientTypeDetails", "MailContact", s, &c->why);
	if (!rc && !settings_have(s, "EmailAddresses") && !settings_have(s, "PrimarySmtpAddress"))
		rc = settings_add(c, as, "EmailAddresses", arena_printf(c->item, "SMTP:%s", address), s, &c->why);
	return rc ? rc : settle_names(c, s);
}

/* Members --------------------------------------------------------------------------------------------------------------- */

static status change_member(struct call *c, const struct value *in, enum directory_change change)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const struct directory_object *group = NULL, *member = NULL;
	struct directory_value v = { .number = 0 };
	struct directory_setting s = { "Members", change, &v, 1 };
	struct reason why = { "" };
	struct directory *d = NULL;
	const char *target;
	bool go = false, changed = true;
	status rc = call_object(c, row->as, "Identity", NULL, &group);

	if (rc || !group)
		return rc;
	rc = call_object(c, directory_class("Recipient"), "Member", in, &member);
	if (rc || !member)
		return rc;
	v = (struct directory_value){ .number = (int64_t)member->id, .text = member->name };
	target = arena_printf(c->item, "%s, member '%s'", call_target(c, group), member->name);
	rc = call_should_process(c, row->row->name, target, &go);
	if (!rc && go)
		rc = call_directory(c, &d);
	if (rc || !go)
		return rc;
	rc = directory_update(d, row->as, group->id, &s, 1, &changed, &why);
	if (!rc && !changed && change == DIRECTORY_ADD)
		return call_error(c, ecDuplicateName, "'%s' is a member of '%s' already", member->name, group->name);
	if (rc == ecNotFound)
		return call_error(c, rc, "'%s' is no member of '%s'; Get-%sMember lists them", member->name, group->name, row->as->name);
	if (rc)
		return call_report(c, rc, &why);
	log_change(c, target);
	return ecNone;
}

status member_add(struct call *c, const struct value *in)
{
	return change_member(c, in, DIRECTORY_ADD);
}

status member_remove(struct call *c, const struct value *in)
{
	return change_member(c, in, DIRECTORY_REMOVE);
}

status member_list(struct call *c, const struct value *in)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const struct directory_object *group = NULL;
	const struct directory_value *members;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	uint64_t *ids;
	size_t n = 0;
	status rc = call_object(c, directory_class(row->row->of), "Identity", in, &group);

	if (rc || !group)
		return rc;
	members = directory_values(group, "Members", &n);
	ids = arena_array(&arena, n, sizeof *ids);
	if (!ids)
		return call_fail(c, ecMemory, "the members need too much memory");
	/* What was read goes with the first that is emitted. */
	for (size_t i = 0; i < n; i++)
		ids[i] = (uint64_t)members[i].number;
	for (size_t i = 0; i < n && !rc; i++)
		rc = directory_emit(c, row->as, ids[i]);
	return rc;
}
