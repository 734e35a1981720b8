/* Recipients of open messages ([MS-OXCMSG] 2.2.3.4 to 2.2.3.6). */
#include "rop/recipient_row.h"
#include "rop/rops_message.h"
#include "server/message_header.h"
#include "server/message_part.h"
#include "server/rop_call.h"

static status remove_all(struct rop_call *c)
{
	struct message_object *m;
	struct message_part *part;
	status s;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNullObject;
	m = message_object_of(c->object);
	s = message_object_change(m, true, &part);
	if (s)
		return s;
	message_part_remove_recipients(part);
	s = message_display_settle(m);
	return s ? s : message_object_changed(m);
}

static status put_one(struct property_set *props, const struct prop *p)
{
	return p && prop_type(p) != PT_ERROR && prop_type(p) != PT_NULL ? property_set_put(props, p) : ecNone;
}

/*
 * All that the row says becomes the recipient, its columns first: RopReadRecipients has no columns before its rows, so that a
 * client of a new message reads them as the columns that it wrote ([MS-OXCROPS] 2.2.6.6.2).
 */
static status put_recipient(struct rop_call *c, struct message_part *part, const struct rop_modify_recipients_request *r,
			    const struct modify_recipient_row *row)
{
	const char *prefix = c->session->user.legacy_dn;
	struct recipient_row decoded;
	struct recipient *to;
	struct bag bag;
	status s = recipient_row_decode(row->recipient_row, r->recipient_columns.v, r->recipient_columns.n, c->arena, &decoded, NULL);

	bag_init(&bag, c->arena);
	if (!s)
		s = recipient_row_to_bag(&decoded, object_codepage(c->object), prefix ? prefix : "", &bag);
	if (!s)
		s = message_part_set_recipient(part, row->row_id, &to);
	for (uint32_t i = 0; !s && i < r->recipient_columns.n; i++)
		s = put_one(&to->props, bag_find(&bag, tag_id(r->recipient_columns.v[i])));
	for (size_t i = 0; !s && i < bag.n; i++)
		s = put_one(&to->props, &bag.v[i]);
	if (!s)
		s = property_set_put_u32(&to->props, PidTagRecipientType, recipient_type_from_rop(row->recipient_type));
	return s ? s : property_set_put_u32(&to->props, PidTagRowid, row->row_id);
}

static status modify(struct rop_call *c)
{
	const struct rop_modify_recipients_request *r = c->request;
	struct message_object *m;
	struct message_part *part;
	status s;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNullObject;
	m = message_object_of(c->object);
	s = message_object_change(m, true, &part);
	for (uint32_t i = 0; !s && i < r->recipient_rows.n; i++) {
		const struct modify_recipient_row *row = &r->recipient_rows.v[i];

		if (row->recipient_row.n)
			s = put_recipient(c, part, r, row);
		else
			message_part_remove_recipient(part, row->row_id);
	}
	if (!s)
		s = message_display_settle(m);
	return s ? s : message_object_changed(m);
}

static status read_some(struct rop_call *c)
{
	const struct rop_read_recipients_request *r = c->request;

	if (c->object->kind != OBJECT_MESSAGE)
		return ecNullObject;
	return message_recipients_read(c, message_object_of(c->object), r->row_id, c->response);
}

const struct rop_entry rops_recipient[] = {
	{ ROP_REMOVE_ALL_RECIPIENTS, OBJECT_ANY, remove_all },
	{ ROP_MODIFY_RECIPIENTS, OBJECT_ANY, modify },
	{ ROP_READ_RECIPIENTS, OBJECT_ANY, read_some },
	{ 0, 0, NULL },
};
