#include "rop/rops_transport.h"

WIRE_DEFINE(rop_submit_message_request, ROP_SUBMIT_MESSAGE_REQUEST)
WIRE_DEFINE(rop_abort_submit_request, ROP_ABORT_SUBMIT_REQUEST)
WIRE_DEFINE(rop_get_address_types_response, ROP_GET_ADDRESS_TYPES_RESPONSE)
WIRE_DEFINE(rop_spooler_lock_message_request, ROP_SPOOLER_LOCK_MESSAGE_REQUEST)
WIRE_DEFINE(rop_transport_send_response, ROP_TRANSPORT_SEND_RESPONSE)
WIRE_DEFINE(rop_transport_new_mail_request, ROP_TRANSPORT_NEW_MAIL_REQUEST)
WIRE_DEFINE(rop_get_transport_folder_response, ROP_FOLDER_ID)
WIRE_DEFINE(rop_options_data_request, ROP_OPTIONS_DATA_REQUEST)
WIRE_DEFINE(rop_options_data_response, ROP_OPTIONS_DATA_RESPONSE)

/* HelpFileSize, HelpFile, HelpFileName --------------------------------------------------------- */

static bool help_file_pull(struct wire_in *in, void *field)
{
	struct rop_help_file *file = field;
	uint32_t n = 0;

	memset(file, 0, sizeof *file);
	return wire_pull_count(in, 2, &n) && wire_pull_bytes(in, n, &file->data) &&
	       (!n || wire_pull_str8(in, &file->name));
}

static bool help_file_push(struct wire_out *out, const void *field)
{
	const struct rop_help_file *file = field;

	return wire_push_count(out, 2, file->data.n) && wire_push_bytes(out, file->data) &&
	       (!file->data.n || wire_push_str8(out, file->name));
}

static void help_file_print(struct buf *out, const void *field)
{
	const struct rop_help_file *file = field;

	wire_print_bytes(out, file->data);
	if (file->data.n) {
		buf_add_u8(out, ' ');
		wire_print_str8(out, file->name);
	}
}

static bool help_file_equal(const void *a, const void *b)
{
	const struct rop_help_file *x = a, *y = b;

	return bytes_equal(x->data, y->data) && (!x->data.n || bytes_equal(x->name, y->name));
}

static bool help_file_random(struct wire_random *r, void *field)
{
	struct rop_help_file *file = field;

	memset(file, 0, sizeof *file);
	return wire_random_bytes(r, wire_random_below(r, 4), &file->data) &&
	       (!file->data.n || wire_random_str8(r, &file->name));
}

const struct wire_custom rop_help_file_custom = { help_file_pull, help_file_push, help_file_print,
						  help_file_equal, help_file_random };
