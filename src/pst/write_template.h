/* What every store that Outlook makes has: the columns of its tables and its fixed nodes. [MS-PST] 2.4, 2.7 */
#ifndef PST_WRITE_TEMPLATE_H
#define PST_WRITE_TEMPLATE_H

#include "pst/write_nodes.h"
#include "pst/write_tc.h"

struct table_template {
	pst_nid nid; /* of the template node */
	const uint32_t *tags;
	unsigned n;
};

extern const struct table_template template_hierarchy, template_contents, template_associated, template_search_contents,
	template_attachments, template_recipients;

/* Marks the fixed ids as taken, before any folder can ask for one. */
void templates_reserve(struct node_writer *nodes);
/* The nodes with fixed ids that say nothing of the store's content: templates, queues, internal tables. */
status templates_write(struct file_writer *file, struct node_writer *nodes) MUST;
/* An empty table of that kind. */
status template_table(struct file_writer *file, const struct table_template *t, pst_bid *data) MUST;

#endif
