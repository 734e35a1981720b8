/* Sending ([MS-OXCROPS] 2.2.7, [MS-OXOMSG] 3.2.5). */
#include "rop/rops_transport.h"

#include "mapi/value_wire.h"
#include "server/notify_hub.h"
#include "server/rop_call.h"
#include "server/transport.h"
#include "store/folder.h"
#include "store/message.h"

#define ONE_MOST ((size_t)4 << 20)

/* [MS-OXOMSG] 2.2.3.1.1: prioritise and needs-spooler; others are not known. */
#define SUBMIT_FLAGS 0x03u

static struct transport *transport_of(const struct rop_call *c)
{
	return c->session->server ? c->session->server->transport : NULL;
}

static status submit_message(struct rop_call *c)
{
	const struct rop_submit_message_request *q = c->request;

	if (q->submit_flags & ~SUBMIT_FLAGS)
		return ecInvalidParam;
	return transport_of(c) ? transport_submit(transport_of(c), message_object_of(c->object)) : ecNotSupported;
}

/* What the server says about who sent it, and when: for the client's own copy. */
static status sent_properties(struct rop_call *c, struct rop_transport_send_response *out)
{
	static const uint32_t tags[] = {
		PidTagSenderName, PidTagSenderAddressType, PidTagSenderEmailAddress, PidTagSenderEntryId, PidTagSenderSearchKey,
		PidTagSentRepresentingName, PidTagSentRepresentingAddressType, PidTagSentRepresentingEmailAddress,
		PidTagSentRepresentingEntryId, PidTagSentRepresentingSearchKey, PidTagClientSubmitTime,
	};
	struct tagged_value *v = arena_array(c->arena, sizeof tags / sizeof *tags, sizeof *v);
	uint32_t n = 0;
	struct bag got;

	bag_init(&got, c->arena);
	status s = v ? c->object->class->get(c->object, tags, sizeof tags / sizeof *tags, ONE_MOST, &got) : ecMemory;
	if (s)
		return s;
	for (size_t i = 0; i < got.n && n < sizeof tags / sizeof *tags; i++)
		if (prop_type(&got.v[i]) != PT_ERROR)
			v[n++].prop = got.v[i];
	out->no_properties_returned = n == 0;
	out->property_values.v = v;
	out->property_values.n = n;
	return ecNone;
}

/* The transport is the server's: what its client would have the spooler do is done at once. */
static status transport_send(struct rop_call *c)
{
	status s = transport_of(c) ? transport_submit(transport_of(c), message_object_of(c->object)) : ecNotSupported;

	return s ? s : sent_properties(c, c->response);
}

static status abort_submit(struct rop_call *c)
{
	const struct rop_abort_submit_request *q = c->request;
	uint64_t folder, message;

	if (!transport_of(c) || c->logon->public_store)
		return ecNotSupported;
	if (!id_to_counter(q->folder_id, &folder) || !id_to_counter(q->message_id, &message))
		return ecNotFound;
	return transport_abort(transport_of(c), c->logon, message);
}

/* "EX", "SMTP": so many texts, each with its terminator. */
static status get_address_types(struct rop_call *c)
{
	static const char types[] = "EX\0SMTP";
	struct rop_get_address_types_response *a = c->response;

	a->address_type_count = 2;
	a->address_types = bytes_of(types, sizeof types);
	return ecNone;
}

/* The client says that it is the spooler; the server has no need of one ([MS-OXOMSG] 3.2.5.4). */
static status set_spooler(struct rop_call *c)
{
	return c->logon->public_store ? ecNotSupported : c->logon->owner ? ecNone : ecAccessDenied;
}

static status spooler_lock_message(struct rop_call *c)
{
	const struct rop_spooler_lock_message_request *q = c->request;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ONE_MOST);
	struct message_info i;
	uint64_t id;
	status s;

	if (c->logon->public_store)
		return ecNotSupported;
	if (q->lock_state > 2)
		return ecInvalidParam;
	if (!id_to_counter(q->message_id, &id))
		return ecNotFound;
	s = message_info(logon_mailbox(c->logon), id, &arena, &i);
	/* What the server carries itself is on its way; only drafts could be locked, and those need no lock. */
	return s ? s : logon_may(c->logon, i.folder, RIGHT_READ_ANY);
}

static status transport_new_mail(struct rop_call *c)
{
	const struct rop_transport_new_mail_request *q = c->request;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ONE_MOST);
	struct notify_event e = { .type = NOTIFY_NEW_MAIL, .message = true, .message_flags = q->message_flags };
	struct message_info i;
	status s;

	if (!id_to_counter(q->folder_id, &e.folder) || !id_to_counter(q->message_id, &e.object))
		return ecNotFound;
	s = message_info(logon_mailbox(c->logon), e.object, &arena, &i);
	if (!s && i.folder != e.folder)
		s = ecNotFound;
	if (!s)
		s = logon_may(c->logon, e.folder, RIGHT_READ_ANY);
	if (s)
		return s;
	for (size_t k = 0; k < q->message_class.n && k < NOTIFY_CLASS_MAX; k++)
		e.message_class[k] = (char)q->message_class.p[k];
	notify_hub_announce(c->session->server->notify, shared_mailbox_guid(c->logon->store), &e);
	return ecNone;
}

/* Where temporary objects of a transport are put. */
static status get_transport_folder(struct rop_call *c)
{
	struct rop_get_transport_folder_response *a = c->response;
	uint64_t id;
	status s = c->logon->public_store ? ecNotSupported : folder_by_role(logon_mailbox(c->logon), MAILBOX_OUTBOX, &id);

	if (!s)
		a->folder_id = id_from_counter(id);
	return s;
}

/*
 * No address type has options.  OptionsInfo is opaque; since Exchange 2013 it is an empty array ([MS-OXCROPS] 2.2.7.9.2, <7>), of
 * which the count is there all the same.
 */
static status options_data(struct rop_call *c)
{
	static const uint8_t none[4] = { 0 };
	struct rop_options_data_response *a = c->response;

	a->reserved = 1;
	a->options_info = bytes_of(none, sizeof none);
	return ecNone;
}

const struct rop_entry rops_transport[] = {
	{ ROP_SUBMIT_MESSAGE, OBJECT_MESSAGE, submit_message },
	{ ROP_ABORT_SUBMIT, OBJECT_LOGON, abort_submit },
	{ ROP_GET_ADDRESS_TYPES, OBJECT_LOGON, get_address_types },
	{ ROP_SET_SPOOLER, OBJECT_LOGON, set_spooler },
	{ ROP_SPOOLER_LOCK_MESSAGE, OBJECT_LOGON, spooler_lock_message },
	{ ROP_TRANSPORT_SEND, OBJECT_MESSAGE, transport_send },
	{ ROP_TRANSPORT_NEW_MAIL, OBJECT_LOGON, transport_new_mail },
	{ ROP_GET_TRANSPORT_FOLDER, OBJECT_LOGON, get_transport_folder },
	{ ROP_OPTIONS_DATA, OBJECT_LOGON, options_data },
	{ 0, 0, NULL },
};
