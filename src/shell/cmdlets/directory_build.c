/* From rows and the directory's table of attributes to cmdlets with their parameters. */
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/shell.h"

#include <strings.h>

/* Names that completion offers at most. */
#define WORDS_MOST 500u

/* Identities for completion, of a site that can be opened without asking anybody. */
static void complete_identity(struct shell *s, const struct parameter *p, const char *prefix, void (*add)(void *to, const char *word), void *to)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	struct site_context *x = shell_context(s);
	struct directory_query q = { .as = p->subject, .starts = *prefix ? prefix : NULL };
	const struct directory_object *o;
	uint64_t *ids = NULL;
	size_t n = 0;

	if ((!x->site && x->open(x, NULL)) || directory_list(site_directory(x->site), &q, &arena, &ids, &n, NULL))
		return;
	for (size_t i = 0; i < n && i < WORDS_MOST; i++)
		if (!directory_get(site_directory(x->site), q.as, ids[i], &arena, &o, NULL))
			add(to, o->name);
}

static enum parameter_type type_of(const struct directory_attribute *a)
{
	switch (a->type) {
	case DIRECTORY_BOOL:
		return PARAMETER_BOOL;
	case DIRECTORY_INTEGER:
		return a->flags & DIRECTORY_UNLIMITED ? PARAMETER_TEXT : PARAMETER_INTEGER;
	case DIRECTORY_SIZE:
		return PARAMETER_SIZE;
	case DIRECTORY_TIME:
		return PARAMETER_TIME;
	case DIRECTORY_GUID:
		return PARAMETER_GUID;
	case DIRECTORY_WORD:
		return PARAMETER_WORD;
	default:
		return PARAMETER_TEXT;
	}
}

static bool is_parameter(const struct directory_row *r, const struct directory_attribute *a)
{
	if (a->flags & (DIRECTORY_READ_ONLY | DIRECTORY_SECRET))
		return false;
	switch (r->action) {
	case ACTION_SET:
		return !(a->flags & DIRECTORY_CREATE_ONLY);
	case ACTION_NEW:
	case ACTION_MAKE:
		return strcasecmp(a->name, "Name") != 0;
	case ACTION_CHANGE:
		for (size_t i = 0; r->attributes && r->attributes[i]; i++)
			if (strcasecmp(r->attributes[i], a->name) == 0)
				return true;
		return false;
	default:
		return false;
	}
}

/* Help of attributes is a phrase, that of parameters a sentence. */
static const char *sentence(struct arena *arena, const struct directory_attribute *a)
{
	return arena_printf(arena, "%s.%s", a->help, a->flags & DIRECTORY_LATER ? " Kept, but not in force yet." : "");
}

/* Parameters that Exchange calls otherwise than the attribute they set. */
static const char *alias_of(const struct directory_attribute *a)
{
	static const char *const names[][2] = { { "Default", "MakeDefault" } };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i][0], a->name) == 0)
			return names[i][1];
	return NULL;
}

static struct parameter of_attribute(struct arena *arena, const struct directory_row *r, const struct directory_attribute *a)
{
	struct parameter p = { .name = a->name, .alias = alias_of(a), .type = type_of(a), .flags = PARAMETER_NULLABLE, .words = a->words, .help = sentence(arena, a) };

	if (a->flags & DIRECTORY_LIST)
		p.flags |= PARAMETER_LIST | PARAMETER_CHANGES;
	if (r->action == ACTION_NEW)
		p.flags |= PARAMETER_BY_NAME;
	/* What has a value of its own when nobody gives one is not asked for. */
	if (r->action == ACTION_NEW && a->flags & DIRECTORY_MANDATORY && !a->otherwise && !r->settle)
		p.flags |= PARAMETER_MANDATORY;
	if (a->type == DIRECTORY_REFERENCE) {
		p.complete = complete_identity;
		p.subject = directory_class(a->refers);
	}
	return p;
}

static size_t attributes_of(const struct directory_class *as)
{
	size_t n = 0;

	while (as && directory_attribute_at(as, n))
		n++;
	return n;
}

/* How many parameters a row has at most. */
static size_t count(const struct directory_row *r, const struct directory_class *as)
{
	size_t n = 8 + attributes_of(as) + attributes_of(r->also ? directory_class(r->also) : NULL);

	for (const struct parameter *p = r->extra; p && p->name; p++)
		n++;
	for (size_t i = 0; r->filters && r->filters[i]; i++)
		n++;
	return n;
}

static const struct parameter get_parameters[] = {
	{ .name = "Filter", .type = PARAMETER_BLOCK, .help = "A condition: { Department -eq 'Sales' }." },
	{ .name = "ResultSize", .type = PARAMETER_TEXT, .help = "How many at most, 1000 unless given, or Unlimited." },
	{ .name = "Anr", .type = PARAMETER_TEXT, .help = "The beginning of a name, an alias or an address." },
	{ .name = NULL },
};

static struct parameter identity_parameter(const struct directory_row *r, const struct directory_class *as)
{
	struct parameter p = { .name = r->identity ? r->identity : "Identity", .type = PARAMETER_TEXT, .position = 1,
			       .flags = PARAMETER_BY_VALUE | PARAMETER_BY_NAME, .complete = complete_identity,
			       .subject = r->of ? directory_class(r->of) : as,
			       .help = "Its name, GUID, or anything else it is known by." };

	if (r->identity)
		p.alias = "Identity";
	if (r->action == ACTION_GET)
		p.help = "Its name, GUID, or anything else it is known by; with wildcards, all that match. All when not given.";
	else if (!as->single)
		p.flags |= PARAMETER_MANDATORY;
	return p;
}

static struct parameter name_parameter(void)
{
	return (struct parameter){ .name = "Name", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE | PARAMETER_BY_NAME,
				   .help = "What it is to be called." };
}

static size_t copy(struct parameter *to, const struct parameter *from)
{
	size_t n = 0;

	for (; from && from[n].name; n++)
		to[n] = from[n];
	return n;
}

/* Those of one class that `but` has not; NULL: all. *n grows by as many as there are. */
static status add_attributes(struct arena *arena, const struct directory_row *r, const struct directory_class *as, const struct directory_class *but,
			     struct parameter *p, size_t *n)
{
	const struct directory_attribute *a;

	for (size_t i = 0; (a = directory_attribute_at(as, i)) != NULL; i++) {
		if (!is_parameter(r, a) || (but && directory_attribute(but, a->name)))
			continue;
		p[*n] = of_attribute(arena, r, a);
		if (!p[(*n)++].help)
			return ecMemory;
	}
	return ecNone;
}

static status parameters(struct arena *arena, const struct directory_row *r, const struct directory_class *as, const struct parameter **out)
{
	struct parameter *p = arena_array(arena, count(r, as) + 1, sizeof *p);
	size_t n = 0;
	status rc;

	if (!p)
		return ecMemory;
	if (r->action != ACTION_MAKE)
		p[n++] = r->action == ACTION_NEW ? name_parameter() : identity_parameter(r, as);
	n += copy(p + n, r->extra);
	for (size_t i = 0; r->filters && r->filters[i]; i++)
		p[n++] = (struct parameter){ .name = r->filters[i], .type = PARAMETER_TEXT, .help = "Only those with this; wildcards may stand in it." };
	if (r->action == ACTION_GET && !as->single)
		n += copy(p + n, get_parameters);
	rc = add_attributes(arena, r, as, NULL, p, &n);
	if (!rc && r->also)
		rc = add_attributes(arena, r, directory_class(r->also), as, p, &n);
	if (!rc)
		*out = p;
	return rc;
}

/* What Format-Table shows unasked. */
static const struct {
	const char *class_name;
	const char *columns[6];
} tables[] = {
	{ "Mailbox", { "Name", "Alias", "ServerName", "ProhibitSendQuota" } },
	{ "CASMailbox", { "Name", "ActiveSyncEnabled", "OWAEnabled", "PopEnabled", "ImapEnabled" } },
	{ "User", { "Name", "RecipientType" } },
	{ "Recipient", { "Name", "RecipientType", "PrimarySmtpAddress" } },
	{ "DistributionGroup", { "Name", "DisplayName", "RecipientTypeDetails", "PrimarySmtpAddress" } },
	{ "DynamicDistributionGroup", { "Name", "IncludedRecipients", "PrimarySmtpAddress" } },
	{ "MailPublicFolder", { "Name", "Alias", "PrimarySmtpAddress" } },
	{ "MailContact", { "Name", "Alias", "ExternalEmailAddress" } },
	{ "Contact", { "Name", "Company", "Phone" } },
	{ "RoleGroup", { "Name", "Description", "Members" } },
	{ "AcceptedDomain", { "Name", "DomainName", "DomainType", "Default" } },
	{ "MailboxDatabase", { "Name", "Server", "Mounted", "LastVerifiedBackup" } },
	{ "DisconnectedMailbox", { "DisplayName", "MailboxGuid", "Database", "DisconnectDate" } },
	{ "ExchangeServer", { "Name", "Site", "ServerRole", "AdminDisplayVersion" } },
	{ "ClientAccessServer", { "Name" } },
	{ "RpcClientAccess", { "Server", "EncryptionRequired", "MaximumConnections", "BlockedClientVersions" } },
	{ "OutlookAnywhere", { "Name", "Server", "InternalHostname", "ExternalHostname" } },
	{ "AddressList", { "Name", "DisplayName", "IncludedRecipients" } },
	{ "ExchangeCertificate", { "Thumbprint", "Services", "Subject" } },
};

static const char *const virtual_columns[] = { "Name", "Server", "InternalUrl", "ExternalUrl", NULL };

static const char *const *columns_of(const struct directory_class *as)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strcmp(tables[i].class_name, as->name) == 0)
			return tables[i].columns;
	return directory_attribute(as, "ExternalUrl") ? virtual_columns : NULL;
}

static status (*const processes[])(struct call *, const struct value *) = {
	[ACTION_GET] = directory_get_process,
	[ACTION_SET] = directory_set_process,
	[ACTION_NEW] = directory_new_process,
	[ACTION_REMOVE] = directory_remove_process,
	[ACTION_CHANGE] = NULL,
	[ACTION_MAKE] = NULL,
	[ACTION_SHOW] = NULL,
};

static status build(struct arena *a, const struct directory_row *r, struct directory_cmdlet *out)
{
	const struct directory_class *as = directory_class(r->class_name);
	status rc;

	*out = (struct directory_cmdlet){
		.cmdlet = { .name = r->name, .aliases = r->aliases, .synopsis = r->synopsis, .example = r->example, .flags = r->flags,
			    .process = r->process ? r->process : processes[r->action] },
		.row = r,
		.as = as,
		.type = { as->name, columns_of(as) },
	};
	rc = parameters(a, r, as, &out->cmdlet.parameters);
	if (r->action == ACTION_GET || r->action == ACTION_NEW || r->action == ACTION_MAKE || r->action == ACTION_SHOW)
		out->cmdlet.output = as->name;
	if (r->action != ACTION_GET && r->action != ACTION_SHOW)
		out->cmdlet.flags |= CMDLET_WHAT_IF;
	if (r->action == ACTION_REMOVE)
		out->cmdlet.flags |= CMDLET_CONFIRM;
	return rc;
}

status directory_cmdlets(struct arena *a, const struct cmdlet *const **out)
{
	const struct cmdlet **list;
	struct directory_cmdlet *all;
	size_t n = 0;

	while (directory_cmdlet_rows[n].name)
		n++;
	all = arena_array(a, n, sizeof *all);
	list = arena_array(a, n + 1, sizeof *list);
	if (!all || !list)
		return ecMemory;
	for (size_t i = 0; i < n; i++) {
		if (build(a, &directory_cmdlet_rows[i], &all[i]))
			return ecMemory;
		list[i] = &all[i].cmdlet;
	}
	*out = list;
	return ecNone;
}
