/* Folders in other orders than that of arrival: the first page, when nothing is known of the order yet. */
#include "store.h"

#include "store/table.h"

static status first_page(struct place *p, void *context)
{
	struct sort_order_set by = { .orders = { .v = context, .n = 1 } };
	struct table *t = NULL;
	status s = table_open(p->m, TABLE_CONTENTS, p->inbox, 0, &t);

	if (!s)
		s = table_sort(t, &by);
	if (!s)
		s = read_first(p, t);
	table_free(t);
	return s;
}

status ask_sorted(struct place *p)
{
	static struct {
		const char *name;
		struct sort_order by;
	} orders[] = {
		{ "sort-received", { .tag = PidTagMessageDeliveryTime, .direction = SORT_ASCEND } },
		{ "sort-subject", { .tag = PidTagSubject, .direction = SORT_ASCEND } },
		{ "sort-sender", { .tag = PidTagSentRepresentingName, .direction = SORT_ASCEND } },
		{ "sort-size", { .tag = PidTagMessageSize, .direction = SORT_DESCEND } },
		{ "sort-importance", { .tag = PidTagImportance, .direction = SORT_DESCEND } },
	};
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof orders / sizeof *orders; i++)
		s = ask(p, orders[i].name, first_page, &orders[i].by);
	return s;
}
