#include "store/folder_times.h"

status folder_times(struct mailbox *m, uint64_t folder, uint64_t *oldest, uint64_t *newest)
{
	static const char *const queries[] = {
		"SELECT received FROM message WHERE folder = $1 AND kind = 0 ORDER BY received LIMIT 1",
		"SELECT received FROM message WHERE folder = $1 AND kind = 0 ORDER BY received DESC LIMIT 1",
	};
	uint64_t found[2] = { 0, 0 };
	status s = ecNone;

	for (size_t i = 0; !s && i < 2; i++) {
		CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(mailbox_sql(m), queries[i]);
		bool row = false;

		sql_bind_i64(q, 1, (int64_t)folder);
		s = sql_step(q, &row);
		if (!s && row)
			found[i] = (uint64_t)sql_i64(q, 0);
	}
	if (s)
		return s;
	*oldest = found[0];
	*newest = found[1];
	return ecNone;
}
