/* Where public folders are ([MS-OXCSTOR] 2.2.1.6, 2.2.1.7, 3.2.5.6, 3.2.5.7): all of them in the one store of the site. */
#include "rop/rops_logon.h"

#include "server/rop_call.h"
#include "server/server.h"
#include "store/folder.h"

static status find_folder(struct rop_call *c, uint64_t wire_id)
{
	struct folder f;
	uint64_t id;

	return id_to_counter(wire_id, &id) ? folder_get(logon_mailbox(c->logon), id, c->arena, &f) : ecNotFound;
}

/* The X.500 address of this server. */
static status own_name(struct rop_call *c, const char **name)
{
	const struct server *here = c->session->server;
	const struct directory_object *o;
	struct directory *d = NULL;
	status s = host_directory(c->session->host, &d, NULL);

	if (!s)
		s = directory_find(d, directory_class("ExchangeServer"), here && here->fqdn ? here->fqdn : "", c->arena, &o, NULL);
	*name = s ? NULL : directory_text(o, "ExchangeLegacyDN");
	host_directory_return(c->session->host, d);
	return *name ? ecNone : ecError;
}

static status get_owning_servers(struct rop_call *c)
{
	const struct rop_get_owning_servers_request *r = c->request;
	struct rop_get_owning_servers_response *a = c->response;
	struct rop_server *servers = arena_array(c->arena, 1, sizeof *servers);
	const char *name = NULL;
	status s = servers ? find_folder(c, r->folder_id) : ecMemory;

	/* A mailbox has no public folders ([MS-OXCSTOR] 3.2.5.6). */
	if (!s && !c->logon->public_store)
		s = ecNotFound;
	if (!s)
		s = own_name(c, &name);
	if (s)
		return s;
	servers[0].name = bytes_of(name, strlen(name));
	a->owning_servers_count = a->cheap_servers_count = 1;
	a->owning_servers.v = servers;
	a->owning_servers.n = 1;
	return ecNone;
}

static status public_folder_is_ghosted(struct rop_call *c)
{
	const struct rop_public_folder_is_ghosted_request *r = c->request;
	struct rop_public_folder_is_ghosted_response *a = c->response;

	a->is_ghosted = 0;
	return c->logon->public_store ? find_folder(c, r->folder_id) : ecNone;
}

const struct rop_entry rops_public[] = {
	{ ROP_GET_OWNING_SERVERS, OBJECT_LOGON, get_owning_servers },
	{ ROP_PUBLIC_FOLDER_IS_GHOSTED, OBJECT_LOGON, public_folder_is_ghosted },
	{ 0, 0, NULL },
};
