/* The table of classes; the attributes of each kind stand in directory_rows_*.c. */
#include "store/directory_rows.h"

#include <strings.h>

#define ONLY(kind) (1u << (kind))
#define VDIR(n, k, h) { n, k, IN_ONE, ONLY(k), NULL, NULL, false, h }

static const struct directory_class classes[] = {
	{ "OrganizationConfig", KIND_ORGANIZATION, IN_ONE, ONLY(KIND_ORGANIZATION), NULL, NULL, true, "The organisation" },
	{ "AcceptedDomain", KIND_ACCEPTED_DOMAIN, IN_ONE, ONLY(KIND_ACCEPTED_DOMAIN), NULL, NULL, false, "A domain whose mail is ours" },
	{ "Mailbox", KIND_USER, IN_MAILBOX, ONLY(KIND_USER), "ExchangeGuid", NULL, false, "A user's mailbox" },
	{ "CASMailbox", KIND_USER, IN_CAS, ONLY(KIND_USER), "ExchangeGuid", NULL, false, "How clients may connect to a mailbox" },
	{ "User", KIND_USER, IN_USER, ONLY(KIND_USER), NULL, "ExternalEmailAddress", false, "A person, with or without a mailbox" },
	{ "MailContact", KIND_USER, IN_CONTACT, ONLY(KIND_USER), "ExternalEmailAddress", NULL, false, "Somebody elsewhere, shown in address lists" },
	{ "Contact", KIND_USER, IN_PERSON, ONLY(KIND_USER), "ExternalEmailAddress", NULL, false, "Somebody elsewhere, as a person" },
	{ "DistributionGroup", KIND_GROUP, IN_GROUP, ONLY(KIND_GROUP), NULL, "IncludedRecipients", false, "Several recipients under one address" },
	{ "DynamicDistributionGroup", KIND_GROUP, IN_DYNAMIC, ONLY(KIND_GROUP), "IncludedRecipients", NULL, false,
	  "All that fit what it says, under one address" },
	{ "MailPublicFolder", KIND_PUBLIC_FOLDER, IN_ONE, ONLY(KIND_PUBLIC_FOLDER), NULL, NULL, false, "A public folder that has addresses" },
	{ "Recipient", KIND_USER, IN_RECIPIENT, ONLY(KIND_USER) | ONLY(KIND_GROUP) | ONLY(KIND_PUBLIC_FOLDER), "EmailAddresses", NULL, false, "Anything that has addresses" },
	{ "RoleGroup", KIND_ROLE_GROUP, IN_ONE, ONLY(KIND_ROLE_GROUP), NULL, NULL, false, "Who may administer" },
	{ "MailboxDatabase", KIND_DATABASE, IN_ONE, ONLY(KIND_DATABASE), NULL, NULL, false, "What holds for a group of mailboxes" },
	{ "DisconnectedMailbox", KIND_DISCONNECTED, IN_ONE, ONLY(KIND_DISCONNECTED), NULL, NULL, false, "A mailbox of nobody, kept for a time" },
	{ "ExchangeServer", KIND_SERVER, IN_SERVER, ONLY(KIND_SERVER), NULL, NULL, false, "A server" },
	{ "ClientAccessServer", KIND_SERVER, IN_CAS_SERVER, ONLY(KIND_SERVER), NULL, NULL, false, "A server that clients connect to" },
	{ "RpcClientAccess", KIND_RPC_CLIENT_ACCESS, IN_ONE, ONLY(KIND_RPC_CLIENT_ACCESS), NULL, NULL, false, "How Outlook connects to a server" },
	VDIR("OwaVirtualDirectory", KIND_VDIR_OWA, "Mail in the browser"),
	VDIR("EcpVirtualDirectory", KIND_VDIR_ECP, "Settings in the browser"),
	VDIR("WebServicesVirtualDirectory", KIND_VDIR_EWS, "Exchange Web Services"),
	VDIR("ActiveSyncVirtualDirectory", KIND_VDIR_ACTIVESYNC, "Mobile devices"),
	VDIR("OabVirtualDirectory", KIND_VDIR_OAB, "Offline address books"),
	VDIR("MapiVirtualDirectory", KIND_VDIR_MAPI, "Outlook, MAPI over HTTP"),
	VDIR("AutodiscoverVirtualDirectory", KIND_VDIR_AUTODISCOVER, "How clients find everything else"),
	VDIR("PowerShellVirtualDirectory", KIND_VDIR_POWERSHELL, "Remote administration"),
	VDIR("OutlookAnywhere", KIND_VDIR_OUTLOOK_ANYWHERE, "Outlook, RPC over HTTP"),
	{ "TransportConfig", KIND_TRANSPORT, IN_ONE, ONLY(KIND_TRANSPORT), NULL, NULL, true, "How mail is carried" },
	{ "AddressList", KIND_ADDRESS_LIST, IN_ONE, ONLY(KIND_ADDRESS_LIST), NULL, NULL, false, "A list of recipients that clients show" },
	{ "ExchangeCertificate", KIND_CERTIFICATE, IN_ONE, ONLY(KIND_CERTIFICATE), NULL, NULL, false, "A certificate and what uses it" },
};

static const struct {
	const char *name;
	const struct directory_rows *rows;
} kinds[DIRECTORY_KINDS] = {
	[KIND_ORGANIZATION] = { "Organization", &directory_rows_organization },
	[KIND_ACCEPTED_DOMAIN] = { "AcceptedDomain", &directory_rows_domain },
	[KIND_USER] = { "User", &directory_rows_user },
	[KIND_GROUP] = { "Group", &directory_rows_group },
	[KIND_DATABASE] = { "Database", &directory_rows_database },
	[KIND_DISCONNECTED] = { "DisconnectedMailbox", &directory_rows_disconnected },
	[KIND_SERVER] = { "Server", &directory_rows_server },
	[KIND_RPC_CLIENT_ACCESS] = { "RpcClientAccess", &directory_rows_rpc },
	[KIND_VDIR_OWA] = { "owa", &directory_rows_owa },
	[KIND_VDIR_ECP] = { "ecp", &directory_rows_ecp },
	[KIND_VDIR_EWS] = { "ews", &directory_rows_ews },
	[KIND_VDIR_ACTIVESYNC] = { "activesync", &directory_rows_activesync },
	[KIND_VDIR_OAB] = { "oab", &directory_rows_oab },
	[KIND_VDIR_MAPI] = { "mapi", &directory_rows_mapi },
	[KIND_VDIR_AUTODISCOVER] = { "autodiscover", &directory_rows_autodiscover },
	[KIND_VDIR_POWERSHELL] = { "powershell", &directory_rows_powershell },
	[KIND_VDIR_OUTLOOK_ANYWHERE] = { "anywhere", &directory_rows_anywhere },
	[KIND_TRANSPORT] = { "Transport", &directory_rows_transport },
	[KIND_ADDRESS_LIST] = { "AddressList", &directory_rows_address_list },
	[KIND_CERTIFICATE] = { "Certificate", &directory_rows_certificate },
	[KIND_ROLE_GROUP] = { "RoleGroup", &directory_rows_role_group },
	[KIND_PUBLIC_FOLDER] = { "PublicFolder", &directory_rows_public_folder },
};

const struct directory_class *directory_class(const char *name)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strcasecmp(classes[i].name, name) == 0)
			return &classes[i];
	return NULL;
}

const struct directory_class *directory_class_at(size_t i)
{
	return i < sizeof classes / sizeof *classes ? &classes[i] : NULL;
}

const struct directory_rows *directory_rows(enum directory_kind kind)
{
	return kinds[kind].rows;
}

const char *directory_kind_name(enum directory_kind kind)
{
	return kinds[kind].name;
}

bool directory_kind_by_name(const char *name, enum directory_kind *out)
{
	for (size_t i = 0; i < DIRECTORY_KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0) {
			*out = (enum directory_kind)i;
			return true;
		}
	return false;
}

size_t directory_row_index(enum directory_kind kind, const char *name)
{
	const struct directory_rows *r = kinds[kind].rows;
	size_t i = 0;

	/* Asked for every value that is read: most names differ in their first letter. */
	while (i < r->n && ((r->rows[i].name[0] ^ name[0]) & ~0x20 || strcasecmp(r->rows[i].name, name) != 0))
		i++;
	return i;
}

const struct directory_attribute *directory_attribute_at(const struct directory_class *c, size_t i)
{
	const struct directory_rows *r = kinds[c->kind].rows;

	for (size_t at = 0; at < r->n; at++)
		if (r->rows[at].views & c->view && i-- == 0)
			return &r->rows[at];
	return NULL;
}

const struct directory_attribute *directory_attribute(const struct directory_class *c, const char *name)
{
	const struct directory_rows *r = kinds[c->kind].rows;
	size_t i = directory_row_index(c->kind, name);

	return i < r->n && r->rows[i].views & c->view ? &r->rows[i] : NULL;
}
