#include "rop/mapihttp.h"

#include <strings.h>

WIRE_DEFINE(connect_request, CONNECT_REQUEST)
WIRE_DEFINE(connect_response, CONNECT_RESPONSE)
WIRE_DEFINE(execute_request, EXECUTE_REQUEST)
WIRE_DEFINE(execute_response, EXECUTE_RESPONSE)
WIRE_DEFINE(disconnect_request, DISCONNECT_REQUEST)
WIRE_DEFINE(disconnect_response, DISCONNECT_RESPONSE)
WIRE_DEFINE(notification_wait_request, NOTIFICATION_WAIT_REQUEST)
WIRE_DEFINE(notification_wait_response, NOTIFICATION_WAIT_RESPONSE)
WIRE_DEFINE(mapihttp_failure, MAPIHTTP_FAILURE)
WIRE_DEFINE(nspi_table, NSPI_TABLE)
WIRE_DEFINE(nspi_binaries, NSPI_BINARIES)
MAPIHTTP_ADDRESS_BOOK_BODIES(WIRE_DEFINE)

#define MAILBOX      MAPIHTTP_MAILBOX
#define ADDRESS_BOOK MAPIHTTP_ADDRESS_BOOK
#define BOTH         (MAPIHTTP_MAILBOX | MAPIHTTP_ADDRESS_BOOK)
#define FAILURE      &mapihttp_failure_wire
/* In a session context that is there already, or (BEGINS) one that it begins. */
#define TYPE(id, name, endpoint, body)                                           \
	[MAPIHTTP_##id] = { name,   MAPIHTTP_##id,        endpoint,              \
			    true,   &body##_request_wire, &body##_response_wire, \
			    FAILURE }
#define BEGINS(id, name, endpoint, body)                                         \
	[MAPIHTTP_##id] = { name,   MAPIHTTP_##id,        endpoint,              \
			    false,  &body##_request_wire, &body##_response_wire, \
			    FAILURE }

const struct mapihttp_type mapihttp_types[MAPIHTTP_REQUESTS] = {
	BEGINS(CONNECT, "Connect", MAILBOX, connect),
	TYPE(EXECUTE, "Execute", MAILBOX, execute),
	TYPE(DISCONNECT, "Disconnect", MAILBOX, disconnect),
	TYPE(NOTIFICATION_WAIT, "NotificationWait", MAILBOX, notification_wait),
	[MAPIHTTP_PING] = { "PING", MAPIHTTP_PING, BOTH, false, NULL, NULL, NULL },
	BEGINS(BIND, "Bind", ADDRESS_BOOK, bind),
	[MAPIHTTP_UNBIND] = { "Unbind", MAPIHTTP_UNBIND, ADDRESS_BOOK, true, &unbind_request_wire,
			      &unbind_response_wire, &unbind_failure_wire },
	TYPE(COMPARE_MIDS, "CompareMIds", ADDRESS_BOOK, compare_mids),
	TYPE(DN_TO_MID, "DNToMId", ADDRESS_BOOK, dn_to_mid),
	TYPE(GET_MATCHES, "GetMatches", ADDRESS_BOOK, get_matches),
	TYPE(GET_PROP_LIST, "GetPropList", ADDRESS_BOOK, get_prop_list),
	TYPE(GET_PROPS, "GetProps", ADDRESS_BOOK, get_props),
	TYPE(GET_SPECIAL_TABLE, "GetSpecialTable", ADDRESS_BOOK, get_special_table),
	TYPE(GET_TEMPLATE_INFO, "GetTemplateInfo", ADDRESS_BOOK, get_template_info),
	TYPE(MOD_LINK_ATT, "ModLinkAtt", ADDRESS_BOOK, mod_link_att),
	TYPE(MOD_PROPS, "ModProps", ADDRESS_BOOK, mod_props),
	TYPE(QUERY_COLUMNS, "QueryColumns", ADDRESS_BOOK, query_columns),
	TYPE(QUERY_ROWS, "QueryRows", ADDRESS_BOOK, query_rows),
	TYPE(RESOLVE_NAMES, "ResolveNames", ADDRESS_BOOK, resolve_names),
	TYPE(RESORT_RESTRICTION, "ResortRestriction", ADDRESS_BOOK, resort_restriction),
	TYPE(SEEK_ENTRIES, "SeekEntries", ADDRESS_BOOK, seek_entries),
	TYPE(UPDATE_STAT, "UpdateStat", ADDRESS_BOOK, update_stat),
	TYPE(GET_MAILBOX_URL, "GetMailboxUrl", ADDRESS_BOOK, get_mailbox_url),
	TYPE(GET_ADDRESS_BOOK_URL, "GetAddressBookUrl", ADDRESS_BOOK, get_address_book_url),
};

const struct mapihttp_type *mapihttp_find(const char *name)
{
	for (size_t i = 0; i < MAPIHTTP_REQUESTS; i++)
		if (!strcasecmp(mapihttp_types[i].name, name))
			return &mapihttp_types[i];
	return NULL;
}

/* Bodies --------------------------------------------------------------------------------------- */

/* A body of nothing, for what has none. */
static status read_body(const struct wire_type *body, struct bytes data, struct arena *a, void *dst,
			struct reason *why)
{
	struct wire_in in;

	if (!body)
		return data.n ? reason_set(why, ecCorruptData,
					   "a body of %zu bytes where none belongs", data.n)
			      : ecNone;
	wire_in_init(&in, data, a);
	in.counts = WIRE_COUNTS_ADDRESS_BOOK;
	return wire_decode_all(&in, body, dst, why);
}

static status write_body(const struct wire_type *body, const void *src, struct buf *out,
			 struct reason *why)
{
	struct wire_out w;

	if (!body)
		return ecNone;
	wire_out_init(&w, out);
	w.counts = WIRE_COUNTS_ADDRESS_BOOK;
	return wire_encode(&w, body, src) ? wire_error_reason(&w.error, why) : ecNone;
}

status mapihttp_request_read(const struct mapihttp_type *t, struct bytes body, struct arena *a,
			     void *dst, struct reason *why)
{
	struct wire_in in;

	if (!t->request_body)
		return read_body(NULL, body, a, dst, why);
	wire_in_init(&in, body, a);
	in.counts = WIRE_COUNTS_ADDRESS_BOOK;
	if (wire_decode(&in, t->request_body, dst))
		return ecNone;
	return wire_finish(&in, t->request_body, why);
}

status mapihttp_request_write(const struct mapihttp_type *t, const void *src, struct buf *out,
			      struct reason *why)
{
	return write_body(t->request_body, src, out, why);
}

status mapihttp_response_write(const struct mapihttp_type *t, const void *response, struct buf *out,
			       struct reason *why)
{
	return write_body(t->response_body, response, out, why);
}

status mapihttp_failure_write(const struct mapihttp_type *t, uint32_t status_code,
			      uint32_t error_code, struct buf *out)
{
	struct unbind_failure unbind = { .status_code = status_code, .error_code = error_code };
	struct mapihttp_failure failure = { .status_code = status_code };

	return write_body(t->failure_body,
			  t->request == MAPIHTTP_UNBIND ? (const void *)&unbind : &failure, out,
			  NULL);
}

/* The form for failure is read to see that it is whole; clients have no use for the rest of it. */
static status read_failure(const struct mapihttp_type *t, struct bytes body, struct arena *a,
			   struct reason *why)
{
	void *form = arena_alloc(a, t->failure_body->size);

	if (!form)
		return reason_set(why, ecMemory, "no memory for a failing response");
	return read_body(t->failure_body, body, a, form, why);
}

status mapihttp_response_read(const struct mapihttp_type *t, struct bytes body, struct arena *a,
			      uint32_t *status_code, void *dst, struct reason *why)
{
	uint32_t code = t->response_body && body.n >= 4 ? le32(body.p) : 0;
	status s = code ? read_failure(t, body, a, why)
			: read_body(t->response_body, body, a, dst, why);

	if (!s)
		*status_code = code;
	return s;
}

/* Codes ---------------------------------------------------------------------------------------- */

const char *mapihttp_code_name(unsigned code)
{
	static const char *const names[] = {
		[MAPIHTTP_SUCCESS] = "Success",
		[MAPIHTTP_UNKNOWN_FAILURE] = "Unknown Failure",
		[MAPIHTTP_INVALID_VERB] = "Invalid Verb",
		[MAPIHTTP_INVALID_PATH] = "Invalid Path",
		[MAPIHTTP_INVALID_HEADER] = "Invalid Header",
		[MAPIHTTP_INVALID_REQUEST_TYPE] = "Invalid Request Type",
		[MAPIHTTP_INVALID_CONTEXT_COOKIE] = "Invalid Context Cookie",
		[MAPIHTTP_MISSING_HEADER] = "Missing Header",
		[MAPIHTTP_ANONYMOUS_NOT_ALLOWED] = "Anonymous Not Allowed",
		[MAPIHTTP_TOO_LARGE] = "Too Large",
		[MAPIHTTP_CONTEXT_NOT_FOUND] = "Context Not Found",
		[MAPIHTTP_NO_PRIVILEGE] = "No Privilege",
		[MAPIHTTP_INVALID_REQUEST_BODY] = "Invalid Request Body",
		[MAPIHTTP_MISSING_COOKIE] = "Missing Cookie",
		[MAPIHTTP_RESERVED] = "Reserved",
		[MAPIHTTP_INVALID_SEQUENCE] = "Invalid Sequence",
		[MAPIHTTP_ENDPOINT_DISABLED] = "Endpoint Disabled",
		[MAPIHTTP_INVALID_RESPONSE] = "Invalid Response",
		[MAPIHTTP_ENDPOINT_SHUTTING_DOWN] = "Endpoint Shutting Down",
	};

	return code < sizeof names / sizeof *names ? names[code] : NULL;
}

/* All ------------------------------------------------------------------------------------------ */

#define LISTED(T, L) &T##_wire,

const struct wire_type *const mapihttp_wire_types[] = {
	&connect_request_wire,
	&connect_response_wire,
	&execute_request_wire,
	&execute_response_wire,
	&disconnect_request_wire,
	&disconnect_response_wire,
	&notification_wait_request_wire,
	&notification_wait_response_wire,
	&mapihttp_failure_wire,
	&nspi_stat_wire,
	&nspi_ephemeral_entryid_wire,
	&nspi_values_wire,
	&nspi_table_wire,
	&nspi_binaries_wire,
	MAPIHTTP_ADDRESS_BOOK_BODIES(LISTED) NULL,
};
