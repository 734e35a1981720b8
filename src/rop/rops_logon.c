#include "rop/rops_logon.h"

#include "rop/context_private.h"

WIRE_DEFINE(logon_time, LOGON_TIME)
WIRE_DEFINE(rop_logon_request, ROP_LOGON_REQUEST)
WIRE_DEFINE(rop_logon_response, ROP_LOGON_RESPONSE)
WIRE_DEFINE(rop_logon_redirect, ROP_LOGON_REDIRECT)
WIRE_DEFINE(rop_get_receive_folder_request, ROP_GET_RECEIVE_FOLDER_REQUEST)
WIRE_DEFINE(rop_get_receive_folder_response, ROP_GET_RECEIVE_FOLDER_RESPONSE)
WIRE_DEFINE(rop_set_receive_folder_request, ROP_SET_RECEIVE_FOLDER_REQUEST)
WIRE_DEFINE(rop_get_receive_folder_table_response, ROP_GET_RECEIVE_FOLDER_TABLE_RESPONSE)
WIRE_DEFINE(rop_get_store_state_response, ROP_GET_STORE_STATE_RESPONSE)
WIRE_DEFINE(rop_get_owning_servers_request, ROP_FOLDER_ID)
WIRE_DEFINE(rop_get_owning_servers_response, ROP_GET_OWNING_SERVERS_RESPONSE)
WIRE_DEFINE(rop_public_folder_is_ghosted_request, ROP_FOLDER_ID)
WIRE_DEFINE(rop_public_folder_is_ghosted_response, ROP_PUBLIC_FOLDER_IS_GHOSTED_RESPONSE)
WIRE_DEFINE(rop_long_term_id_from_id_request, ROP_LONG_TERM_ID_FROM_ID_REQUEST)
WIRE_DEFINE(rop_long_term_id_from_id_response, ROP_LONG_TERM_ID_FROM_ID_RESPONSE)
WIRE_DEFINE(rop_id_from_long_term_id_request, ROP_ID_FROM_LONG_TERM_ID_REQUEST)
WIRE_DEFINE(rop_id_from_long_term_id_response, ROP_ID_FROM_LONG_TERM_ID_RESPONSE)
WIRE_DEFINE(rop_get_per_user_long_term_ids_request, ROP_GET_PER_USER_LONG_TERM_IDS_REQUEST)
WIRE_DEFINE(rop_get_per_user_long_term_ids_response, ROP_GET_PER_USER_LONG_TERM_IDS_RESPONSE)
WIRE_DEFINE(rop_get_per_user_guid_request, ROP_GET_PER_USER_GUID_REQUEST)
WIRE_DEFINE(rop_get_per_user_guid_response, ROP_GET_PER_USER_GUID_RESPONSE)
WIRE_DEFINE(rop_read_per_user_information_request, ROP_READ_PER_USER_INFORMATION_REQUEST)
WIRE_DEFINE(rop_read_per_user_information_response, ROP_READ_PER_USER_INFORMATION_RESPONSE)
WIRE_DEFINE(rop_write_per_user_information_request, ROP_WRITE_PER_USER_INFORMATION_REQUEST)

/* FolderIds ------------------------------------------------------------------------------------ */

static bool folder_ids_pull(struct wire_in *in, void *field)
{
	struct rop_folder_ids *ids = field;

	for (size_t i = 0; i < ROP_LOGON_FOLDERS; i++)
		if (!wire_pull_u64(in, &ids->id[i]))
			return wire_fail_at(&in->error, NULL, i);
	return true;
}

static bool folder_ids_push(struct wire_out *out, const void *field)
{
	const struct rop_folder_ids *ids = field;

	for (size_t i = 0; i < ROP_LOGON_FOLDERS; i++)
		if (!wire_push_u64(out, ids->id[i]))
			return false;
	return true;
}

static void folder_ids_print(struct buf *out, const void *field)
{
	const struct rop_folder_ids *ids = field;

	for (size_t i = 0; i < ROP_LOGON_FOLDERS; i++)
		buf_printf(out, "%s0x%llx", i ? " " : "[", (unsigned long long)ids->id[i]);
	buf_add_u8(out, ']');
}

static bool folder_ids_equal(const void *a, const void *b)
{
	return !memcmp(a, b, sizeof(struct rop_folder_ids));
}

static bool folder_ids_random(struct wire_random *r, void *field)
{
	struct rop_folder_ids *ids = field;

	for (size_t i = 0; i < ROP_LOGON_FOLDERS; i++)
		ids->id[i] = wire_random_u64(r);
	return true;
}

const struct wire_custom rop_folder_ids_custom = { folder_ids_pull, folder_ids_push,
						   folder_ids_print, folder_ids_equal,
						   folder_ids_random };

/* A GUID that private logons have -------------------------------------------------------------- */

static bool private_guid_pull(struct wire_in *in, void *field)
{
	struct rop_optional_guid *guid = field;
	struct bytes raw = { NULL, 0 };

	memset(guid, 0, sizeof *guid);
	if (rop_wire_is_public(in))
		return true;
	if (!wire_pull_bytes(in, sizeof guid->value, &raw))
		return false;
	guid->present = true;
	memcpy(&guid->value, raw.p, raw.n);
	return true;
}

static bool private_guid_push(struct wire_out *out, const void *field)
{
	const struct rop_optional_guid *guid = field;

	return !guid->present || wire_push_bytes(out, bytes_of(&guid->value, sizeof guid->value));
}

static void private_guid_print(struct buf *out, const void *field)
{
	const struct rop_optional_guid *guid = field;

	if (guid->present)
		wire_print_bytes(out, bytes_of(&guid->value, sizeof guid->value));
	else
		buf_add_str(out, "none");
}

static bool private_guid_equal(const void *a, const void *b)
{
	const struct rop_optional_guid *x = a, *y = b;

	return x->present == y->present &&
	       (!x->present || !memcmp(&x->value, &y->value, sizeof x->value));
}

static bool private_guid_random(struct wire_random *r, void *field)
{
	struct rop_optional_guid *guid = field;
	struct bytes raw;

	guid->present = true;
	if (!wire_random_bytes(r, sizeof guid->value, &raw))
		return false;
	memcpy(&guid->value, raw.p, raw.n);
	return true;
}

const struct wire_custom rop_private_guid_custom = { private_guid_pull, private_guid_push,
						     private_guid_print, private_guid_equal,
						     private_guid_random };
