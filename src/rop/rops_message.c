#include "rop/rops_message.h"

#include "rop/context_private.h"

WIRE_DEFINE(open_recipient_row, OPEN_RECIPIENT_ROW)
WIRE_DEFINE(modify_recipient_row, MODIFY_RECIPIENT_ROW)
WIRE_DEFINE(read_recipient_row, READ_RECIPIENT_ROW)
WIRE_DEFINE(rop_open_message_request, ROP_OPEN_MESSAGE_REQUEST)
WIRE_DEFINE(rop_open_message_response, ROP_MESSAGE_HEADER)
WIRE_DEFINE(rop_create_message_request, ROP_CREATE_MESSAGE_REQUEST)
WIRE_DEFINE(rop_create_message_response, ROP_CREATE_MESSAGE_RESPONSE)
WIRE_DEFINE(rop_save_changes_message_request, ROP_SAVE_CHANGES_MESSAGE_REQUEST)
WIRE_DEFINE(rop_save_changes_message_response, ROP_SAVE_CHANGES_MESSAGE_RESPONSE)
WIRE_DEFINE(rop_remove_all_recipients_request, ROP_REMOVE_ALL_RECIPIENTS_REQUEST)
WIRE_DEFINE(rop_modify_recipients_request, ROP_MODIFY_RECIPIENTS_REQUEST)
WIRE_DEFINE(rop_read_recipients_request, ROP_READ_RECIPIENTS_REQUEST)
WIRE_DEFINE(rop_read_recipients_response, ROP_READ_RECIPIENTS_RESPONSE)
WIRE_DEFINE(rop_reload_cached_information_request, ROP_RELOAD_CACHED_INFORMATION_REQUEST)
WIRE_DEFINE(rop_reload_cached_information_response, ROP_MESSAGE_HEADER)
WIRE_DEFINE(rop_set_message_status_request, ROP_SET_MESSAGE_STATUS_REQUEST)
WIRE_DEFINE(rop_set_message_status_response, ROP_SET_MESSAGE_STATUS_RESPONSE)
WIRE_DEFINE(rop_get_message_status_request, ROP_MESSAGE_ID)
WIRE_DEFINE(rop_get_message_status_response, ROP_GET_MESSAGE_STATUS_RESPONSE)
WIRE_DEFINE(rop_set_read_flags_request, ROP_SET_READ_FLAGS_REQUEST)
WIRE_DEFINE(rop_set_read_flags_response, ROP_PARTIAL_COMPLETION)
WIRE_DEFINE(rop_set_message_read_flag_request, ROP_SET_MESSAGE_READ_FLAG_REQUEST)
WIRE_DEFINE(rop_set_message_read_flag_response, ROP_SET_MESSAGE_READ_FLAG_RESPONSE)
WIRE_DEFINE(rop_open_attachment_request, ROP_OPEN_ATTACHMENT_REQUEST)
WIRE_DEFINE(rop_create_attachment_request, ROP_OUTPUT_ONLY)
WIRE_DEFINE(rop_create_attachment_response, ROP_CREATE_ATTACHMENT_RESPONSE)
WIRE_DEFINE(rop_delete_attachment_request, ROP_DELETE_ATTACHMENT_REQUEST)
WIRE_DEFINE(rop_save_changes_attachment_request, ROP_SAVE_CHANGES_ATTACHMENT_REQUEST)
WIRE_DEFINE(rop_open_embedded_message_request, ROP_OPEN_EMBEDDED_MESSAGE_REQUEST)
WIRE_DEFINE(rop_open_embedded_message_response, ROP_OPEN_EMBEDDED_MESSAGE_RESPONSE)
WIRE_DEFINE(rop_get_attachment_table_request, ROP_TABLE_REQUEST)
WIRE_DEFINE(rop_get_valid_attachments_response, ROP_GET_VALID_ATTACHMENTS_RESPONSE)

/* ClientData, which logons to public folders have ----------------------------------------------- */

static bool client_data_pull(struct wire_in *in, void *field)
{
	struct rop_client_data *data = field;
	struct bytes raw = { NULL, 0 };

	memset(data, 0, sizeof *data);
	if (!rop_wire_is_public(in))
		return true;
	if (!wire_pull_bytes(in, ROP_CLIENT_DATA_SIZE, &raw))
		return false;
	data->present = true;
	memcpy(data->value, raw.p, raw.n);
	return true;
}

static bool client_data_push(struct wire_out *out, const void *field)
{
	const struct rop_client_data *data = field;

	return !data->present || wire_push_bytes(out, bytes_of(data->value, sizeof data->value));
}

static void client_data_print(struct buf *out, const void *field)
{
	const struct rop_client_data *data = field;

	if (data->present)
		wire_print_bytes(out, bytes_of(data->value, sizeof data->value));
	else
		buf_add_str(out, "none");
}

static bool client_data_equal(const void *a, const void *b)
{
	const struct rop_client_data *x = a, *y = b;

	return x->present == y->present &&
	       (!x->present || !memcmp(x->value, y->value, sizeof x->value));
}

static bool client_data_random(struct wire_random *r, void *field)
{
	(void)r;
	memset(field, 0, sizeof(struct rop_client_data));
	return true;
}

const struct wire_custom rop_public_client_data_custom = { client_data_pull, client_data_push,
							   client_data_print, client_data_equal,
							   client_data_random };
