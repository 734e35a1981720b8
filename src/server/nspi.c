/* Every call of the address book: Bind and Unbind, where things are, and the way to all others. */
#include "server/nspi.h"

#include "base/utf16.h"
#include "server/autodiscover.h"
#include "server/nspi_work.h"
#include "server/person.h"

/* [MS-OXNSPI] 3.1.4.1.1 */
static status bind_call(const struct nspi_work *w, const void *request, void *response)
{
	const struct bind_request *q = request;
	struct bind_response *r = response;

	if (q->flags & NSPI_ANONYMOUS_LOGIN)
		r->error_code = ecNotSupported;
	else if (q->has_state && !nspi_codepage(q->state.code_page))
		r->error_code = ecUnknownCpid;
	else
		r->server = w->p->server;
	return ecNone;
}

static status unbind_call(const struct nspi_work *w, const void *request, void *response)
{
	struct unbind_response *r = response;

	(void)w;
	(void)request;
	r->error_code = NSPI_UNBIND_SUCCESS;
	return ecNone;
}

/* URLs ([MS-OXCMAPIHTTP] 2.2.5.18, 2.2.5.19) ---------------------------------------------------------------------------- */

/* As Autodiscover says it, for "6b29fc40-...@contoso.example"; *out stays NULL when the user has no mailbox. */
static status find_url(const struct nspi_work *w, struct directory *d, uint64_t user, const char *endpoint, struct arena *scratch, const char **out)
{
	struct autodiscover_url found;
	char guid[GUID_TEXT_SIZE];
	struct person who;
	status s = person_by_id(d, user, scratch, &who, w->why);

	if (s)
		return s == ecNotFound ? ecNone : s;
	const char *at = strrchr(who.smtp, '@');
	if (guid_is_zero(&who.mailbox) || !at)
		return ecNone;
	guid_format(&who.mailbox, guid);
	const char *id = arena_printf(scratch, "%s%s", guid, at);
	s = id ? autodiscover_mapi_endpoint(d, nspi_book_fqdn(w->caller->book), endpoint, id, scratch, &found, w->why) : ecMemory;
	if (s)
		return s;
	*out = found.inside ? found.inside : found.outside;
	return *out ? ecNone : ecMemory;
}

static status url(const struct nspi_work *w, uint64_t user, const char *endpoint, uint32_t *code, struct bytes *out)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)32 << 20);
	struct directory *d = NULL;
	const char *text = NULL;
	status s = host_directory(nspi_book_host(w->caller->book), &d, w->why);

	if (!s)
		s = find_url(w, d, user, endpoint, &scratch, &text);
	host_directory_return(nspi_book_host(w->caller->book), d);
	if (s)
		return s;
	if (!text) {
		*code = ecNotFound;
		return ecNone;
	}
	*out = utf16_bytes(w->a, text);
	return out->p ? ecNone : ecMemory;
}

/* The server's DN says no more than that it is ours: the mailbox is that of who asks. */
status nspi_get_mailbox_url(const struct nspi_work *w, const void *request, void *response)
{
	struct get_mailbox_url_response *r = response;

	(void)request;
	return url(w, w->caller->user, "emsmdb", &r->error_code, &r->url);
}

/* Of the user that the DN names, or of who asks when it names none. */
status nspi_get_address_book_url(const struct nspi_work *w, const void *request, void *response)
{
	const struct get_address_book_url_request *q = request;
	struct get_address_book_url_response *r = response;
	const char *dn = utf16_text(w->a, q->user_dn);
	const struct nspi_entry *e = dn ? nspi_by_dn(w->p, bytes_of(dn, strlen(dn))) : NULL;

	return url(w, e && e->mailbox ? e->id : w->caller->user, "nspi", &r->error_code, &r->url);
}

/* All ------------------------------------------------------------------------------------------------------------------- */

/* error_code is the second field of every response (MAPIHTTP_RESULT). */
static nspi_handler *const handlers[MAPIHTTP_REQUESTS] = {
	[MAPIHTTP_BIND] = bind_call,
	[MAPIHTTP_UNBIND] = unbind_call,
	[MAPIHTTP_COMPARE_MIDS] = nspi_compare_mids,
	[MAPIHTTP_DN_TO_MID] = nspi_dn_to_mid,
	[MAPIHTTP_GET_MATCHES] = nspi_get_matches,
	[MAPIHTTP_GET_PROP_LIST] = nspi_get_prop_list,
	[MAPIHTTP_GET_PROPS] = nspi_get_props,
	[MAPIHTTP_GET_SPECIAL_TABLE] = nspi_get_special_table,
	[MAPIHTTP_GET_TEMPLATE_INFO] = nspi_get_template_info,
	[MAPIHTTP_MOD_LINK_ATT] = nspi_mod_link_att,
	[MAPIHTTP_MOD_PROPS] = nspi_mod_props,
	[MAPIHTTP_QUERY_COLUMNS] = nspi_query_columns,
	[MAPIHTTP_QUERY_ROWS] = nspi_query_rows,
	[MAPIHTTP_RESOLVE_NAMES] = nspi_resolve_names,
	[MAPIHTTP_RESORT_RESTRICTION] = nspi_resort_restriction,
	[MAPIHTTP_SEEK_ENTRIES] = nspi_seek_entries,
	[MAPIHTTP_UPDATE_STAT] = nspi_update_stat,
	[MAPIHTTP_GET_MAILBOX_URL] = nspi_get_mailbox_url,
	[MAPIHTTP_GET_ADDRESS_BOOK_URL] = nspi_get_address_book_url,
};

status nspi_call(const struct nspi_caller *c, enum mapihttp_request type, const void *request, struct arena *a, void *response,
		 struct reason *why)
{
	struct nspi_work w = { .caller = c, .a = a, .why = why };
	status s;

	if (type >= MAPIHTTP_REQUESTS || !handlers[type])
		return reason_set(why, ecNotSupported, "this request is not one of the address book");
	s = nspi_book_picture(c->book, &w.p, why);
	if (s)
		return s;
	s = handlers[type](&w, request, response);
	nspi_picture_return(c->book, w.p);
	return s;
}
