#include "rop/rops_ics.h"

WIRE_DEFINE(message_read_state, MESSAGE_READ_STATE)
WIRE_DEFINE(long_term_id_range, LONG_TERM_ID_RANGE)
WIRE_DEFINE(long_term_id_ranges, LONG_TERM_ID_RANGES)
WIRE_DEFINE(rop_synchronization_configure_request, ROP_SYNCHRONIZATION_CONFIGURE_REQUEST)
WIRE_DEFINE(rop_synchronization_import_message_change_request,
	    ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE_REQUEST)
WIRE_DEFINE(rop_synchronization_import_message_change_response, ROP_MESSAGE_ID)
WIRE_DEFINE(rop_synchronization_import_read_state_changes_request,
	    ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES_REQUEST)
WIRE_DEFINE(rop_synchronization_import_hierarchy_change_request,
	    ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE_REQUEST)
WIRE_DEFINE(rop_synchronization_import_hierarchy_change_response, ROP_FOLDER_ID)
WIRE_DEFINE(rop_synchronization_import_deletes_request, ROP_SYNCHRONIZATION_IMPORT_DELETES_REQUEST)
WIRE_DEFINE(rop_synchronization_import_message_move_request,
	    ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE_REQUEST)
WIRE_DEFINE(rop_synchronization_import_message_move_response, ROP_MESSAGE_ID)
WIRE_DEFINE(rop_synchronization_open_collector_request, ROP_SYNCHRONIZATION_OPEN_COLLECTOR_REQUEST)
WIRE_DEFINE(rop_synchronization_get_transfer_state_request, ROP_OUTPUT_ONLY)
WIRE_DEFINE(rop_synchronization_upload_state_stream_begin_request,
	    ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN_REQUEST)
WIRE_DEFINE(rop_synchronization_upload_state_stream_continue_request,
	    ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE_REQUEST)
WIRE_DEFINE(rop_set_local_replica_midset_deleted_request,
	    ROP_SET_LOCAL_REPLICA_MIDSET_DELETED_REQUEST)
WIRE_DEFINE(rop_get_local_replica_ids_request, ROP_GET_LOCAL_REPLICA_IDS_REQUEST)
WIRE_DEFINE(rop_get_local_replica_ids_response, ROP_GET_LOCAL_REPLICA_IDS_RESPONSE)

/* MessageReadStatesSize, MessageReadStates ----------------------------------------------------- */

static uint32_t count_states(struct bytes data)
{
	struct reader r = reader_of(data);
	uint32_t n = 0;

	for (; !r.failed && reader_left(&r); n++)
		reader_bytes(&r, (size_t)reader_u16(&r) + 1);
	return n;
}

static bool pull_states(struct wire_in *in, struct message_read_states *states)
{
	for (uint32_t i = 0; i < states->n; i++)
		if (!wire_pull(in, &message_read_state_wire, &states->v[i]))
			return wire_fail_at(&in->error, NULL, i);
	return true;
}

static bool states_pull(struct wire_in *in, void *field)
{
	struct message_read_states *states = field;
	const uint8_t *end = in->r.end;
	uint32_t size = 0;

	*states = (struct message_read_states){ 0, NULL };
	if (!wire_pull_count(in, 2, &size))
		return false;
	if (size > reader_left(&in->r))
		return wire_fail(in, ecCorruptData, "the data ends too early");
	if (!size)
		return true;
	in->r.end = in->r.p + size;
	states->n = count_states(bytes_of(in->r.p, size));
	states->v = wire_pull_room(in, states->n, sizeof *states->v, message_read_state_wire_min);
	if (!states->v || !pull_states(in, states))
		return false;
	in->r.end = end;
	return true;
}

static bool states_push(struct wire_out *out, const void *field)
{
	const struct message_read_states *states = field;
	size_t size = 0;

	for (uint32_t i = 0; i < states->n; i++)
		size += states->v[i].message_id.n + message_read_state_wire_min;
	if (!wire_push_count(out, 2, size))
		return false;
	for (uint32_t i = 0; i < states->n; i++)
		if (!wire_push(out, &message_read_state_wire, &states->v[i]))
			return wire_fail_at(&out->error, NULL, i);
	return true;
}

static void states_print(struct buf *out, const void *field)
{
	const struct message_read_states *states = field;

	buf_add_u8(out, '[');
	for (uint32_t i = 0; i < states->n && !out->failed; i++) {
		if (i)
			buf_add_u8(out, ' ');
		wire_print_bytes(out, states->v[i].message_id);
		buf_add_str(out, states->v[i].mark_as_read ? " read" : " unread");
	}
	buf_add_u8(out, ']');
}

static bool states_equal(const void *a, const void *b)
{
	const struct message_read_states *x = a, *y = b;
	bool same = x->n == y->n;

	for (uint32_t i = 0; same && i < x->n; i++)
		same = wire_equal(&message_read_state_wire, &x->v[i], &y->v[i]);
	return same;
}

static bool states_random(struct wire_random *r, void *field)
{
	struct message_read_states *states = field;

	states->n = wire_random_below(r, 4);
	states->v = arena_array(r->arena, states->n, sizeof *states->v);
	for (uint32_t i = 0; states->v && i < states->n; i++)
		if (!wire_random_fill(r, &message_read_state_wire, &states->v[i]))
			return false;
	return states->v != NULL;
}

const struct wire_custom message_read_states_custom = { states_pull, states_push, states_print,
							states_equal, states_random };
