/* RopLogon ([MS-OXCSTOR] 2.2.1.1, 3.2.5.1). */
#include "rop/rops_logon.h"

#include "server/events.h"
#include "server/logon_object.h"
#include "server/policy.h"
#include "server/public_store.h"
#include "base/utf16.h"
#include "server/rop_call.h"
#include "server/server.h"
#include "store/folder.h"
#include "store/replid.h"

#include <stdio.h>
#include <strings.h>

#define ecUnknownUser 0x000003EBu
#define ecUnknownCodePage 0x000003EFu
#define ecLoginPerm 0x000003F2u
#define ecServerPaused 0x0000047Fu

#define LOGON_FLAGS_ALL (LOGON_PRIVATE | LOGON_UNDERCOVER | LOGON_GHOSTED)
#define OPEN_FLAGS_ALL                                                                                                             \
	(LOGON_OPEN_USE_ADMIN_PRIVILEGE | LOGON_OPEN_PUBLIC | LOGON_OPEN_HOME_LOGON | LOGON_OPEN_TAKE_OWNERSHIP |                  \
	 LOGON_OPEN_ALTERNATE_SERVER | LOGON_OPEN_IGNORE_HOME_MDB | LOGON_OPEN_NO_MAIL | LOGON_OPEN_USE_PER_MDB_REPLID_MAPPING | \
	 LOGON_OPEN_SUPPORT_PROGRESS)
/* It tracks a routing table that there is none of: clients only compare it with the last one. */
#define GWART_TIME 1u
#define ESSDN_MOST 1024u

struct attempt {
	struct rop_call *c;
	const struct rop_logon_request *request;
	struct directory *directory; /* borrowed */
	struct person owner;         /* whose mailbox it is */
	bool full;                   /* may do everything in it */
	struct guid mailbox;
};

/* Who, and where --------------------------------------------------------------------------------------------------------- */

/* The name of a mailbox as the client gives it, without its terminator. */
static const char *essdn_of(const struct attempt *a)
{
	struct bytes b = a->request->essdn;

	while (b.n && b.p[b.n - 1] == 0)
		b.n--;
	return b.n <= ESSDN_MOST && !memchr(b.p ? b.p : (const uint8_t *)"", 0, b.n) ? arena_strndup(a->c->arena, (const char *)b.p, b.n) : NULL;
}

static status find_owner(struct attempt *a)
{
	const char *essdn = a->request->essdn.n ? essdn_of(a) : NULL;
	status s = essdn && *essdn ? person_find(a->directory, essdn, a->c->arena, &a->owner, NULL) : ecNotFound;

	if (s == ecNotFound || (!s && guid_is_zero(&a->owner.mailbox)))
		return ecUnknownUser;
	a->mailbox = a->owner.mailbox;
	return s ? ecLoginFailure : ecNone;
}

/* Refused too often in ten seconds: the client is in a circle ([MS-OXCSTOR] 3.2.5.1.1). */
static status wrong_server(struct attempt *a)
{
	const struct clock *clock = host_clock(a->c->session->host);
	uint64_t now = clock->now(clock);
	uint64_t *at = a->c->session->wrong_server;

	if (at[0] && now - at[0] < 10 * FILETIME_PER_SECOND)
		return ecServerPaused;
	memmove(at, at + 1, 4 * sizeof *at);
	at[4] = now;
	return ecWrongServer;
}

static status redirect(struct attempt *a, const char *server_dn)
{
	struct rop_logon_redirect *r = arena_zalloc(a->c->arena, sizeof *r);
	status s = wrong_server(a);

	if (!r)
		return ecMemory;
	if (s != ecWrongServer)
		return s;
	r->logon_flags = a->request->logon_flags & LOGON_FLAGS_ALL;
	r->server_name = bytes_of(server_dn, strlen(server_dn) + 1);
	a->c->answer->body = r;
	return ecWrongServer;
}

/*
 * The database of the mailbox says to which server its clients go.  They are sent there only when it is one that the directory
 * knows, and this one is another: a name that stands for several servers is no reason.
 */
static status check_server(struct attempt *a)
{
	const struct server *here = a->c->session->server;
	const struct directory_object *mine, *theirs;
	const char *dn;

	if (!a->owner.rpc_server || !here || !here->fqdn)
		return ecNone;
	if (directory_find(a->directory, directory_class("ExchangeServer"), a->owner.rpc_server, a->c->arena, &theirs, NULL) ||
	    directory_find(a->directory, directory_class("ExchangeServer"), here->fqdn, a->c->arena, &mine, NULL) || mine->id == theirs->id)
		return ecNone;
	dn = directory_text(theirs, "ExchangeLegacyDN");
	return dn ? redirect(a, dn) : ecNone;
}

/* May they -------------------------------------------------------------------------------------------------------------- */

static void refused(struct attempt *a, status code, const struct reason *why)
{
	const struct session *s = a->c->session;
	char text[16];

	if (!s->server)
		return;
	counter_add(s->server->counters, COUNTER_RPC_REFUSED, 1);
	(void)snprintf(text, sizeof text, "%u", code);
	server_event4(s->server->events, SERVER_EVENT_CLIENT_REFUSED, s->client.process, s->user.smtp, text, why->text);
}

/* Settings that were changed since the client connected hold from here on. */
static status check_policy(struct attempt *a, const struct person *owner)
{
	const struct server *here = a->c->session->server;
	struct session *s = a->c->session;
	struct server_policy policy;
	struct reason why = { "" };
	status st = session_refresh(s, NULL);

	if (st)
		return ecLoginFailure;
	if (server_policy_read(a->directory, here && here->fqdn ? here->fqdn : "", a->c->arena, &policy, NULL))
		return ecLoginFailure;
	st = policy_logon(&policy, &s->user, owner, &s->client, &why);
	if (st)
		refused(a, st, &why);
	return st;
}

/* ids of the first mailbox on a session are good for all logons of it, so a second one has to ask for a mapping of its own. */
static status check_mapping(const struct attempt *a)
{
	const struct session *s = a->c->session;

	if (guid_is_zero(&s->first_mailbox) || guid_equal(&s->first_mailbox, &a->mailbox))
		return ecNone;
	return a->request->open_flags & LOGON_OPEN_USE_PER_MDB_REPLID_MAPPING ? ecNone : ecInvalidParam;
}

static status check_person(struct attempt *a)
{
	struct session *s = a->c->session;

	if (s->client.codepage && !codepage_name(s->client.codepage))
		return ecUnknownCodePage;
	if (person_full_access(a->directory, &s->user, &a->owner, &a->full, NULL))
		return ecLoginFailure;
	return (a->request->open_flags & LOGON_OPEN_USE_ADMIN_PRIVILEGE) && !a->full ? ecLoginPerm : ecNone;
}

/* Is there a folder of which a delegate may see anything? When people are free or busy is not asked for here. */
static status check_delegate(struct attempt *a, struct mailbox *m)
{
	const struct person *who = &a->c->session->user;
	struct principal p = { .person = &who->guid, .groups = who->groups, .n_groups = who->n_groups };
	uint32_t rights = 0;
	status s = ecNone;

	for (uint64_t id = 0; !s;) {
		s = folder_next(m, id, &id);
		if (s || !id)
			break;
		s = permission_effective(m, id, &p, &rights);
		if (!s && rights & ~(uint32_t)(RIGHT_FREE_BUSY_SIMPLE | RIGHT_FREE_BUSY_DETAILED))
			return ecNone;
	}
	return s ? ecLoginFailure : ecLoginPerm;
}

/* The logon ------------------------------------------------------------------------------------------------------------- */

static status copy_person(struct attempt *a, struct logon *l)
{
	const struct person *from = a->request->logon_flags & LOGON_PRIVATE ? &a->owner : &a->c->session->user;

	return person_by_id(a->directory, from->id, &l->arena, &l->person, NULL) ? ecLoginFailure : ecNone;
}

static void replace_old(struct session *s, const struct logon *old)
{
	for (uint32_t h = 1; old && h <= s->objects.n; h++)
		if (object_table_find(&s->objects, h) == &old->object) {
			object_table_release(&s->objects, h);
			return;
		}
}

static status make_logon(struct attempt *a, struct logon **out)
{
	struct session *s = a->c->session;
	struct shared_mailbox *store = NULL;
	struct logon *l = NULL;
	status st = host_mailbox(s->host, &a->mailbox, &store, NULL);

	/* Another server has its clients, or a command works on it: the client is to come again. */
	if (st)
		return st == ecBusy ? ecServerBusy : ecLoginFailure;
	if (a->request->logon_flags & LOGON_PRIVATE && !a->full) {
		struct mailbox *m = shared_mailbox_lock(store);

		st = shared_mailbox_ready(store) ? ecServerBusy : check_delegate(a, m);
		shared_mailbox_unlock(store);
	}
	if (st) {
		host_mailbox_release(store);
		return st;
	}
	st = logon_object_new(s, a->c->asked->logon_id, store, &l);
	if (st)
		return st;
	l->public_store = !(a->request->logon_flags & LOGON_PRIVATE);
	l->owner = l->public_store ? s->user.administrator : a->full;
	l->open_flags = a->request->open_flags;
	l->replica = mailbox_identity(shared_mailbox_get(store))->replica;
	st = copy_person(a, l);
	if (st) {
		object_unref(&l->object);
		return st;
	}
	*out = l;
	return ecNone;
}

static status log_on(struct attempt *a, struct logon *l)
{
	struct session *s = a->c->session;

	replace_old(s, session_logon(s, l->id));
	if (session_set_logon(s, l->id, l)) {
		object_unref(&l->object);
		return ecMemory;
	}
	if (guid_is_zero(&s->first_mailbox) && !l->public_store)
		s->first_mailbox = a->mailbox;
	rop_call_open(a->c, &l->object);
	return ecNone;
}

/* Private --------------------------------------------------------------------------------------------------------------- */

static const enum mailbox_role private_folders[ROP_LOGON_FOLDERS] = {
	[LOGON_FOLDER_ROOT] = MAILBOX_ROOT,
	[LOGON_FOLDER_DEFERRED_ACTION] = MAILBOX_DEFERRED_ACTION,
	[LOGON_FOLDER_SPOOLER_QUEUE] = MAILBOX_SPOOLER_QUEUE,
	[LOGON_FOLDER_IPM_SUBTREE] = MAILBOX_IPM_SUBTREE,
	[LOGON_FOLDER_INBOX] = MAILBOX_INBOX,
	[LOGON_FOLDER_OUTBOX] = MAILBOX_OUTBOX,
	[LOGON_FOLDER_SENT_ITEMS] = MAILBOX_SENT_ITEMS,
	[LOGON_FOLDER_DELETED_ITEMS] = MAILBOX_DELETED_ITEMS,
	[LOGON_FOLDER_COMMON_VIEWS] = MAILBOX_COMMON_VIEWS,
	[LOGON_FOLDER_SCHEDULE] = MAILBOX_SCHEDULE,
	[LOGON_FOLDER_SEARCH] = MAILBOX_FINDER,
	[LOGON_FOLDER_VIEWS] = MAILBOX_VIEWS,
	[LOGON_FOLDER_SHORTCUTS] = MAILBOX_SHORTCUTS,
};

static struct logon_time time_of(const struct clock *clock)
{
	time_t now = (time_t)filetime_to_unix(clock->now(clock));
	struct tm tm = { 0 };

	(void)gmtime_r(&now, &tm);
	return (struct logon_time){ .seconds = (uint8_t)tm.tm_sec,
				    .minutes = (uint8_t)tm.tm_min,
				    .hour = (uint8_t)tm.tm_hour,
				    .day_of_week = (uint8_t)tm.tm_wday,
				    .day = (uint8_t)tm.tm_mday,
				    .month = (uint8_t)(tm.tm_mon + 1),
				    .year = (uint16_t)(tm.tm_year + 1900) };
}

/* Of the locked mailbox. */
static status describe_private(struct attempt *a, struct logon *l, struct mailbox *m, struct rop_logon_response *r)
{
	const struct session *s = a->c->session;
	bool own = s->user.id == a->owner.id;
	struct bag props;
	status st;

	bag_init(&props, a->c->arena);
	st = mailbox_props(m, &props);
	for (size_t i = 0; i < ROP_LOGON_FOLDERS && !st; i++) {
		uint64_t id = 0;

		st = folder_by_role(m, private_folders[i], &id);
		r->folder_ids.id[i] = id_from_counter(id);
	}
	r->response_flags = (uint8_t)(LOGON_RESPONSE_RESERVED | (l->owner ? LOGON_RESPONSE_OWNER_RIGHT : 0) | (own ? LOGON_RESPONSE_SEND_AS_RIGHT : 0) |
				      (bag_bool(&props, tag_id(PidTagOutOfOfficeState), false) ? LOGON_RESPONSE_OOF : 0));
	r->mailbox_guid = a->mailbox;
	r->logon_time = time_of(host_clock(s->host));
	r->gwart_time = GWART_TIME;
	return st ? ecLoginFailure : ecNone;
}

static status describe(struct attempt *a, struct logon *l)
{
	struct rop_logon_response *r = a->c->response;
	struct mailbox *m = shared_mailbox_lock(l->store);
	status s;

	r->logon_flags = a->request->logon_flags & LOGON_FLAGS_ALL;
	r->repl_id = REPLID_OWN;
	r->repl_guid = l->replica;
	s = shared_mailbox_ready(l->store) ? ecServerBusy : ecNone;
	if (!s)
		s = l->public_store ? public_store_folders(m, &r->folder_ids) : describe_private(a, l, m, r);
	shared_mailbox_unlock(l->store);
	return s;
}

static status open_store(struct attempt *a)
{
	struct logon *l = NULL;
	status s = make_logon(a, &l);

	if (s)
		return s;
	s = describe(a, l);
	if (s)
		object_unref(&l->object);
	return s ? s : log_on(a, l);
}

static status log_on_private(struct attempt *a)
{
	status s = find_owner(a);

	if (!s)
		s = check_server(a);
	if (!s)
		s = check_policy(a, &a->owner);
	if (!s)
		s = check_person(a);
	if (!s)
		s = check_mapping(a);
	return s ? s : open_store(a);
}

/* Public ---------------------------------------------------------------------------------------------------------------- */

/* [MS-OXCSTOR] 3.2.5.1.2. There is one public folder store, which every server of the site serves: never another server. */
static status log_on_public(struct attempt *a)
{
	struct session *s = a->c->session;
	status st;

	if (!(a->request->open_flags & LOGON_OPEN_PUBLIC) || a->request->open_flags & LOGON_OPEN_ALTERNATE_SERVER)
		return ecLoginFailure;
	st = check_policy(a, NULL);
	if (st)
		return st;
	if (guid_is_zero(&s->user.mailbox) || public_store_find(s->host, a->directory, &a->mailbox, NULL))
		return ecLoginFailure;
	return open_store(a);
}

static status rop_logon(struct rop_call *c)
{
	struct attempt a = { .c = c, .request = c->request };
	bool private = a.request->logon_flags & LOGON_PRIVATE;
	status s;

	if (a.request->logon_flags & ~LOGON_FLAGS_ALL || a.request->open_flags & ~(uint32_t)OPEN_FLAGS_ALL)
		return ecError;
	/* Who comes first to the public folders may find that they are to be made. */
	if (private ? host_directory_reading(c->session->host, &a.directory, NULL) : host_directory(c->session->host, &a.directory, NULL))
		return ecLoginFailure;
	s = private ? log_on_private(&a) : log_on_public(&a);
	host_directory_return(c->session->host, a.directory);
	return s;
}

const struct rop_entry rops_logon[] = {
	{ ROP_LOGON, 0, rop_logon },
	{ 0, 0, NULL },
};
