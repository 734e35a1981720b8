#include "rop/rop.h"

#include <stdio.h>
#include <strings.h>

#include "rop/rops_fasttransfer.h"
#include "rop/rops_folder.h"
#include "rop/rops_ics.h"
#include "rop/rops_logon.h"
#include "rop/rops_message.h"
#include "rop/rops_notification.h"
#include "rop/rops_permission.h"
#include "rop/rops_property.h"
#include "rop/rops_rule.h"
#include "rop/rops_stream.h"
#include "rop/rops_table.h"
#include "rop/rops_transport.h"

#define REQUEST_HAS(snake)    &rop_##snake##_request_wire
#define REQUEST_EMPTY(snake)  NULL
#define RESPONSE_HAS(snake)   &rop_##snake##_response_wire
#define RESPONSE_EMPTY(snake) NULL

static const struct rop_info infos[256] = {
#define ROP(number, ID, text, snake, what, indexes, asks, answers, fails) \
	[number] = { .name = text,                                        \
		     .id = number,                                        \
		     .kind = ROP_KIND_##what,                             \
		     .handles = ROP_HANDLES_##indexes,                    \
		     .request = REQUEST_##asks(snake),                    \
		     .response = RESPONSE_##answers(snake),               \
		     .failing = RESPONSE_##fails(snake) },
#include "rop/rop_list.def"
#undef ROP
};

/* Failures that more follows than the others. */
static const struct special {
	const struct wire_type *type;
	uint32_t return_value;
	uint8_t id;
} specials[] = {
	{ &rop_logon_redirect_wire, ecWrongServer, ROP_LOGON },
	{ &rop_move_copy_messages_null_destination_wire, ecDstNullObject, ROP_MOVE_COPY_MESSAGES },
	{ &rop_move_folder_null_destination_wire, ecDstNullObject, ROP_MOVE_FOLDER },
	{ &rop_copy_folder_null_destination_wire, ecDstNullObject, ROP_COPY_FOLDER },
	{ &rop_copy_to_null_destination_wire, ecDstNullObject, ROP_COPY_TO },
	{ &rop_copy_properties_null_destination_wire, ecDstNullObject, ROP_COPY_PROPERTIES },
	{ &rop_copy_to_stream_null_destination_wire, ecDstNullObject, ROP_COPY_TO_STREAM },
	{ &rop_fast_transfer_source_get_buffer_backoff_wire, ecServerBusy,
	  ROP_FAST_TRANSFER_SOURCE_GET_BUFFER },
};

const struct rop_info *rop_info(uint8_t id)
{
	return infos[id].name ? &infos[id] : NULL;
}

const struct rop_info *rop_info_by_name(const char *name)
{
	bool whole = !strncasecmp(name, "Rop", 3);

	for (unsigned id = 0; id < 256; id++)
		if (infos[id].name && !strcasecmp(infos[id].name + (whole ? 0 : 3), name))
			return &infos[id];
	return NULL;
}

const char *rop_name(uint8_t id, char scratch[ROP_NAME_SCRATCH])
{
	if (infos[id].name)
		return infos[id].name;
	(void)snprintf(scratch, ROP_NAME_SCRATCH, "reserved ROP 0x%02X", id);
	return scratch;
}

const struct wire_type *rop_response_type(const struct rop_response *r)
{
	const struct rop_info *info = rop_info(r->id);

	if (!info)
		return NULL;
	if (info->kind == ROP_KIND_NO_REQUEST || !r->return_value)
		return info->response;
	for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
		if (specials[i].id == r->id && specials[i].return_value == r->return_value)
			return specials[i].type;
	return info->failing;
}

/* Every layout once: bodies, special forms, and what is in them ---------------------------------- */

#define LIST_REQUEST_HAS(snake) &rop_##snake##_request_wire,
#define LIST_REQUEST_EMPTY(snake)
#define LIST_RESPONSE_HAS(snake) &rop_##snake##_response_wire,
#define LIST_RESPONSE_EMPTY(snake)

const struct wire_type *const rop_wire_types[] = {
#define ROP(number, ID, text, snake, what, indexes, asks, answers, fails) \
	LIST_REQUEST_##asks(snake) LIST_RESPONSE_##answers(snake)
#include "rop/rop_list.def"
#undef ROP
	&typed_string_wire,
	&property_problem_wire,
	&rop_server_wire,
	&rop_fast_transfer_source_get_buffer_backoff_wire,
	&rop_existing_folder_wire,
	&rop_move_copy_messages_null_destination_wire,
	&rop_move_folder_null_destination_wire,
	&rop_copy_folder_null_destination_wire,
	&message_read_state_wire,
	&long_term_id_range_wire,
	&long_term_id_ranges_wire,
	&logon_time_wire,
	&rop_logon_redirect_wire,
	&open_recipient_row_wire,
	&modify_recipient_row_wire,
	&read_recipient_row_wire,
	&backoff_rop_wire,
	&permission_data_wire,
	&rop_copy_properties_null_destination_wire,
	&rop_copy_to_null_destination_wire,
	&rule_data_wire,
	&rop_copy_to_stream_null_destination_wire,
	NULL,
};
