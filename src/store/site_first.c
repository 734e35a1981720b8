/* A new organisation: all that is needed to use it, in one transaction of the directory. */
#include "store/site_private.h"

#include "store/directory_logon.h"
#include "store/directory_syntax.h"

#include <stdio.h>
#include <unistd.h>

#define NAME_MOST 256

struct names {
	const char *organization, *administrator;
	char domain[NAME_MOST], host[NAME_MOST], fqdn[2 * NAME_MOST];
};

/* Texts with these in braces have the names put in. */
static const char *fill(const struct names *n, const char *text, struct arena *arena)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);

	for (; *text; text++) {
		if (strncmp(text, "{fqdn}", 6) == 0) {
			buf_add_str(&b, n->fqdn);
			text += 5;
		} else if (strncmp(text, "{domain}", 8) == 0) {
			buf_add_str(&b, n->domain);
			text += 7;
		} else if (strncmp(text, "{host}", 6) == 0) {
			buf_add_str(&b, n->host);
			text += 5;
		} else if (strncmp(text, "{org}", 5) == 0) {
			buf_add_str(&b, n->organization);
			text += 4;
		} else {
			buf_add_u8(&b, (uint8_t)*text);
		}
	}
	return b.failed ? NULL : arena_strdup(arena, buf_cstr(&b));
}

#define ROOT "/o={org}/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
#define SETTINGS_MOST 6
#define VALUES_MOST 5

/* What is made, in order; a list has its values separated by commas. */
struct part {
	const char *class, *name;
	bool of_server;
	const char *settings[SETTINGS_MOST][2];
};

#define VDIR(c, n, path, methods)                                                                                  \
	{ c, n " (Default Web Site)", true,                                                                         \
	  { { "InternalUrl", "https://{fqdn}/" path }, { "InternalAuthenticationMethods", methods }, { "ExternalAuthenticationMethods", methods } } }

static const struct part parts[] = {
	{ "OrganizationConfig", "{org}", false, { { "DisplayName", "{org}" }, { "LegacyExchangeDN", ROOT } } },
	{ "AcceptedDomain", "{domain}", false, { { "DomainName", "{domain}" } } },
	{ "TransportConfig", "Transport Settings", false, { { NULL } } },
	{ "ExchangeServer",
	  "{host}",
	  false,
	  { { "Fqdn", "{fqdn}" },
	    { "ServerRole", "Mailbox,ClientAccess" },
	    { "ExchangeLegacyDN", ROOT "/cn=Configuration/cn=Servers/cn={host}" },
	    { "AutoDiscoverServiceCN", "{host}" },
	    { "AutoDiscoverServiceInternalUri", "https://{fqdn}/Autodiscover/Autodiscover.xml" } } },
	{ "RpcClientAccess", "RpcClientAccess", true, { { NULL } } },
	VDIR("OwaVirtualDirectory", "owa", "owa", "Basic,Fba"),
	VDIR("EcpVirtualDirectory", "ecp", "ecp", "Basic,Fba"),
	VDIR("WebServicesVirtualDirectory", "EWS", "EWS/Exchange.asmx", "Ntlm,WindowsIntegrated,WSSecurity,OAuth"),
	VDIR("ActiveSyncVirtualDirectory", "Microsoft-Server-ActiveSync", "Microsoft-Server-ActiveSync", "Basic"),
	VDIR("OabVirtualDirectory", "OAB", "OAB", "WindowsIntegrated,OAuth"),
	VDIR("MapiVirtualDirectory", "mapi", "mapi", "Ntlm,OAuth,Negotiate"),
	VDIR("AutodiscoverVirtualDirectory", "Autodiscover", "Autodiscover/Autodiscover.xml", "Basic,Ntlm,WindowsIntegrated,WSSecurity,OAuth"),
	VDIR("PowerShellVirtualDirectory", "PowerShell", "powershell", "Kerberos"),
	{ "OutlookAnywhere",
	  "Rpc (Default Web Site)",
	  true,
	  { { "InternalHostname", "{fqdn}" }, { "IISAuthenticationMethods", "Basic,Ntlm,Negotiate" } } },
	{ "MailboxDatabase",
	  "Mailbox Database",
	  false,
	  { { "Server", "{host}" },
	    { "RpcClientAccessServer", "{fqdn}" },
	    { "LegacyExchangeDN", ROOT "/cn=Configuration/cn=Servers/cn={host}/cn=Microsoft Private MDB" } } },
	{ "AddressList", "Default Global Address List", false, { { "DisplayName", "Default Global Address List" }, { "IsGlobal", "True" } } },
	{ "AddressList", "All Users", false, { { "DisplayName", "All Users" }, { "IncludedRecipients", "MailboxUsers" } } },
	{ "AddressList", "All Groups", false, { { "DisplayName", "All Groups" }, { "IncludedRecipients", "MailGroups" } } },
	{ "AddressList", "All Rooms", false, { { "DisplayName", "All Rooms" }, { "IncludedRecipients", "Resources" } } },
};

/* The values of a setting; commas separate those of a list. */
static size_t split(char *text, bool list, const char *out[static VALUES_MOST])
{
	size_t n = 1;

	out[0] = text;
	for (; list && *text && n < VALUES_MOST; text++)
		if (*text == ',') {
			*text = '\0';
			out[n++] = text + 1;
		}
	return n;
}

static status prepare(struct site *s, const struct directory_class *c, const char *attribute, const char *text, struct arena *arena,
		      struct directory_setting *out, struct reason *why)
{
	bool list = directory_attribute(c, attribute)->flags & DIRECTORY_LIST;
	const char *texts[VALUES_MOST];
	size_t n = split((char *)(uintptr_t)text, list, texts);

	return directory_setting(s->directory, c, attribute, DIRECTORY_SET, texts, n, arena, out, why);
}

static status make_part(struct site *s, const struct names *names, const struct part *p, uint64_t *server, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	/* The name of a server is set in another view than its services. */
	struct directory_setting settings[SETTINGS_MOST];
	const char *name = fill(names, p->name, &arena);
	uint64_t id = 0;
	size_t n = 0;
	status st = name ? ecNone : reason_set(why, ecMemory, "out of memory");

	for (; n < SETTINGS_MOST && p->settings[n][0] && !st; n++) {
		const struct directory_class *c = directory_class(p->class);
		const char *text = fill(names, p->settings[n][1], &arena);

		if (!directory_attribute(c, p->settings[n][0]))
			c = directory_class("ClientAccessServer");
		st = text ? prepare(s, c, p->settings[n][0], text, &arena, &settings[n], why) : reason_set(why, ecMemory, "out of memory");
	}
	if (!st)
		st = directory_create(s->directory, directory_class(p->class), name, p->of_server ? *server : 0, settings, n, &id, why);
	if (!st && directory_class(p->class)->kind == KIND_SERVER)
		*server = id;
	return st ? reason_prefix(why, st, "%s", p->class) : ecNone;
}

/* The administrator -------------------------------------------------------------------------------------------------------------- */

static status make_administrator(struct site *s, const struct names *names, const struct guid *mailbox, const char *password, struct site_first *first,
				 struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	const struct directory_object *o;
	struct directory_setting *all, role[2];
	struct directory_value member, about = { .text = "May change everything" };
	uint64_t id = 0;
	size_t n = 0;
	status st = site_complete(s, names->administrator, NULL, mailbox, NULL, 0, &arena, &all, &n, why);

	if (!st)
		st = directory_create(s->directory, directory_class("User"), names->administrator, 0, all, n, &id, why);
	if (!st)
		st = directory_set_password(s->directory, id, password, why);
	member = (struct directory_value){ .number = (int64_t)id };
	role[0] = (struct directory_setting){ "Members", DIRECTORY_SET, &member, 1 };
	role[1] = (struct directory_setting){ "Description", DIRECTORY_SET, &about, 1 };
	if (!st)
		st = directory_create(s->directory, directory_class("RoleGroup"), "Organization Management", 0, role, 2, NULL, why);
	if (!st)
		st = directory_get(s->directory, directory_class("Mailbox"), id, &arena, &o, why);
	if (!st)
		(void)snprintf(first->address, sizeof first->address, "%s", directory_text(o, "PrimarySmtpAddress"));
	return st;
}

/* Names ----------------------------------------------------------------------------------------------------------------------------- */

static status copy_name(const char *name, const char *what, enum directory_syntax syntax, char out[static NAME_MOST], struct reason *why)
{
	const char *wanted;

	if (strlen(name) >= NAME_MOST || !utf8_valid(name) || !syntax_holds(syntax, name, &wanted))
		return reason_set(why, ecInvalidParam, "the %s of the new organisation is not %s", what,
				  syntax == SYNTAX_DOMAIN ? "a domain like contoso.example" : "a host like mail.contoso.example");
	memcpy(out, name, strlen(name) + 1);
	return ecNone;
}

/* What the machine is called; "postern" when that is no name. */
static void host_name(char out[static NAME_MOST])
{
	const char *wanted;

	if (gethostname(out, NAME_MOST) != 0)
		out[0] = '\0';
	out[NAME_MOST - 1] = '\0';
	if (!syntax_holds(SYNTAX_HOST, out, &wanted))
		memcpy(out, "postern", 8);
}

static status choose_names(const struct site_options *o, struct names *n, struct reason *why)
{
	char machine[NAME_MOST];
	const char *dot, *wanted;
	status st;

	n->organization = o->organization ? o->organization : "Postern";
	n->administrator = o->administrator ? o->administrator : "Administrator";
	host_name(machine);
	st = copy_name(o->host ? o->host : machine, "host", SYNTAX_HOST, n->host, why);
	if (st)
		return st;
	dot = strchr(n->host, '.');
	st = copy_name(o->domain ? o->domain : dot && syntax_holds(SYNTAX_DOMAIN, dot + 1, &wanted) ? dot + 1 : "postern.invalid", "domain", SYNTAX_DOMAIN,
		       n->domain, why);
	(void)snprintf(n->fqdn, sizeof n->fqdn, dot ? "%s" : "%s.%s", n->host, n->domain);
	n->host[strcspn(n->host, ".")] = '\0';
	return st;
}

/* All -------------------------------------------------------------------------------------------------------------------------------- */

/* Mailboxes without a directory are somebody's mail: no new organisation is put over them. */
static status check_empty(struct site *s, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	struct site_entry *entries = NULL;
	size_t n = 0, settled = 0;
	status st = s->place->ops->list(s->place, &arena, &entries, &n, why);

	for (size_t i = 0; i < n && !st; i++)
		settled += !entries[i].pending;
	if (!st && settled)
		return reason_set(why, ecCorruptData, "there are %zu mailboxes here and no directory; restore the directory from a backup, or move them away",
				  settled);
	return st;
}

static status make_all(struct site *s, const struct names *names, const char *password, struct site_first *first, struct guid *mailbox,
		       struct reason *why)
{
	uint64_t server = 0;
	status st = check_empty(s, why);

	for (size_t i = 0; i < sizeof parts / sizeof *parts && !st; i++)
		st = make_part(s, names, &parts[i], &server, why);
	if (!st)
		st = site_make_store(s, mailbox, why);
	return st ? st : make_administrator(s, names, mailbox, password, first, why);
}

status site_first_start(struct site *s, const struct site_options *options, struct site_first *first, struct reason *why)
{
	struct site_first made = { .made = true };
	struct guid mailbox = { { 0 } };
	struct names names;
	uint64_t n = 0;
	status st = choose_names(options, &names, why);

	if (!st && !first)
		st = reason_set(why, ecInvalidParam, "nobody to tell the new administrator's password to");
	if (!st)
		st = site_sweep(s, why);
	if (!st)
		st = password_generate(made.password, why);
	if (!st)
		st = directory_begin(s->directory, why);
	if (st)
		return st;
	/* Two that start at once: the second finds what the first made. */
	st = directory_count(s->directory, &(struct directory_query){ .as = directory_class("OrganizationConfig") }, &n, why);
	if (!st && n) {
		directory_rollback(s->directory);
		explicit_bzero(&made, sizeof made);
		return ecNone;
	}
	if (!st)
		st = make_all(s, &names, made.password, &made, &mailbox, why);
	if (st)
		directory_rollback(s->directory);
	else
		st = directory_commit(s->directory, why);
	if (st) {
		if (!guid_is_zero(&mailbox))
			(void)!s->place->ops->remove(s->place, &(struct site_entry){ mailbox, true }, NULL);
	} else {
		(void)!s->place->ops->move(s->place, &(struct site_entry){ mailbox, true }, &(struct site_entry){ mailbox, false }, NULL);
		*first = made;
	}
	explicit_bzero(&made, sizeof made);
	return st;
}
