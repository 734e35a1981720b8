#include "pst/write_template.h"

#include <stdlib.h>

/* Columns in the order in which Outlook adds them, which is the order of their existence bits. */
static const uint32_t hierarchy[] = { 0x3001001F, 0x36020003, 0x36030003, 0x360A000B, 0x0E300102, 0x0E330014,
				      0x0E340102, 0x0E380003, 0x3613001F, 0x66350003, 0x66360003 };
static const uint32_t contents[] = { 0x0E170003, 0x001A001F, 0x0E070003, 0x00170003, 0x0042001F, 0x0037001F, 0x0E060040,
				     0x00390040, 0x0E080003, 0x0E04001F, 0x0E03001F, 0x0057000B, 0x0058000B, 0x00360003,
				     0x10970003, 0x0070001F, 0x00710102, 0x30130102, 0x65C60003, 0x30080040, 0x0E300102,
				     0x0E330014, 0x0E340102, 0x0E3D0102, 0x0E3C0102, 0x0E380003 };
static const uint32_t associated[] = { 0x0E170003, 0x001A001F, 0x0E070003, 0x3001001F, 0x70030003, 0x70040102, 0x70050102,
				       0x7006001F, 0x70070003, 0x6800001F, 0x6803000B, 0x68051003, 0x682F001F };
static const uint32_t search_contents[] = { 0x67F10003, 0x0E05001F, 0x0E170003, 0x001A001F, 0x0E070003, 0x00170003,
					    0x0042001F, 0x0037001F, 0x0E060040, 0x0E080003, 0x0E04001F, 0x0E03001F,
					    0x0057000B, 0x0058000B, 0x00360003, 0x0E2A000B, 0x30080040 };
static const uint32_t attachments[] = { 0x370B0003, 0x0E200003, 0x37050003, 0x3704001F };
static const uint32_t recipients[] = { 0x0E0F000B, 0x3002001F, 0x3003001F, 0x0FFF0102, 0x3001001F, 0x0C150003,
				       0x300B0102, 0x0FF90102, 0x0FFE0003, 0x39000003, 0x3A40000B, 0x39FF001F };
static const uint32_t receive_folders[] = { 0x66050003, 0x001A001F };
static const uint32_t outgoing_queue[] = { 0x0E140003, 0x0E100003, 0x00390040 };
static const uint32_t internal_6b6[] = { 0x0E330014, 0x0E370102, 0x0E380003 };
static const uint32_t internal_6d7[] = { 0x0E3E0102, 0x0E310102, 0x0E300102, 0x0E380003, 0x0E340102, 0x0E330014, 0x001A001F };
static const uint32_t internal_6f8[] = { 0x30070040, 0x0E330014 };

#define TEMPLATE(nid, tags) { nid, tags, sizeof tags / sizeof *tags }

const struct table_template template_hierarchy = TEMPLATE(NID_HIERARCHY_TABLE_TEMPLATE, hierarchy);
const struct table_template template_contents = TEMPLATE(NID_CONTENTS_TABLE_TEMPLATE, contents);
const struct table_template template_associated = TEMPLATE(NID_ASSOC_CONTENTS_TABLE_TEMPLATE, associated);
const struct table_template template_search_contents = TEMPLATE(NID_SEARCH_CONTENTS_TABLE_TEMPLATE, search_contents);
const struct table_template template_attachments = TEMPLATE(NID_ATTACHMENT_TABLE, attachments);
const struct table_template template_recipients = TEMPLATE(NID_RECIPIENT_TABLE, recipients);
static const struct table_template template_receive_folders = TEMPLATE(0x62B, receive_folders);
static const struct table_template template_outgoing_queue = TEMPLATE(0x64C, outgoing_queue);
static const struct table_template template_6b6 = TEMPLATE(0x6B6, internal_6b6);
static const struct table_template template_6d7 = TEMPLATE(0x6D7, internal_6d7);
static const struct table_template template_6f8 = TEMPLATE(0x6F8, internal_6f8);

static status write_table(struct file_writer *file, const struct table_template *t, uint32_t row_id, const struct bag *row,
			  pst_bid *data)
{
	struct tc_writer tc;
	pst_bid sub;
	status s = tc_writer_init(&tc, file, t->tags, t->n);

	if (s)
		return s;
	if (row)
		s = tc_writer_add(&tc, row_id, row);
	if (!s)
		s = tc_writer_finish(&tc, data, &sub);
	tc_writer_free(&tc);
	return s;
}

status template_table(struct file_writer *file, const struct table_template *t, pst_bid *data)
{
	return write_table(file, t, 0, NULL, data);
}

/* All classes are received by the root, as in a new store of Outlook's. */
static status write_receive_folders(struct file_writer *file, struct node_writer *nodes)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct bag row;
	pst_bid data;

	bag_init(&row, &arena);
	status s = bag_set_u32(&row, 0x66050003, NID_ROOT_FOLDER);
	if (!s)
		s = bag_set_bytes(&row, 0x001A001F, bytes_of(NULL, 0));
	if (!s)
		s = write_table(file, &template_receive_folders, 1, &row, &data);
	return s ? s : node_writer_add(nodes, template_receive_folders.nid, data, 0, 0);
}

static const struct table_template *const tables[] = {
	&template_hierarchy,   &template_contents,   &template_associated, &template_search_contents, &template_outgoing_queue,
	&template_attachments, &template_recipients, &template_6b6,        &template_6d7,             &template_6f8,
};

/* Queues and lists of Outlook's own upkeep, which an unused store has empty. */
static const pst_nid empty[] = { NID_SEARCH_MANAGEMENT_QUEUE, 0x261, 0xC01, 0xE01, 0xE41, 0xEC1, 0xEE1, 0xF01, 0xF21 };

/* The searches that run: the one without a scope, the others start when Outlook shows them. [MS-PST] 2.4.1 */
static status write_search_activity(struct file_writer *file, struct node_writer *nodes)
{
	uint8_t nid[4];
	pst_bid data;

	put_le32(nid, NID_SPAM_SEARCH_FOLDER);
	status s = file_block(file, nid, sizeof nid, false, &data);
	return s ? s : node_writer_add(nodes, NID_SEARCH_ACTIVITY_LIST, data, 0, 0);
}

void templates_reserve(struct node_writer *nodes)
{
	(void)node_writer_reserve(nodes, NID_MESSAGE_STORE);
	(void)node_writer_reserve(nodes, NID_NAME_TO_ID_MAP);
	(void)node_writer_reserve(nodes, template_receive_folders.nid);
	(void)node_writer_reserve(nodes, NID_SEARCH_ACTIVITY_LIST);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		(void)node_writer_reserve(nodes, tables[i]->nid);
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
		(void)node_writer_reserve(nodes, empty[i]);
}

status templates_write(struct file_writer *file, struct node_writer *nodes)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof tables / sizeof *tables; i++) {
		pst_bid data;

		s = template_table(file, tables[i], &data);
		if (!s)
			s = node_writer_add(nodes, tables[i]->nid, data, 0, 0);
	}
	for (size_t i = 0; !s && i < sizeof empty / sizeof *empty; i++)
		s = node_writer_add(nodes, empty[i], 0, 0, 0);
	if (!s)
		s = write_search_activity(file, nodes);
	return s ? s : write_receive_folders(file, nodes);
}
