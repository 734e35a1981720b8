#include "cli/recovery_doubt.h"

#include <inttypes.h>
#include <stdio.h>

bool recovery_cut_off(const struct pst_recovery *r)
{
	const struct pst_info *i = pst_recovery_info(r);

	return pst_recovery_summary(r)->header_used && i->stated_size > i->file_size;
}

bool recovery_doubt(const struct pst_recovery *r, struct recovery_doubt *out)
{
	const struct pst_info *i = pst_recovery_info(r);

	out->problem = (struct item_problem){ .kind = PROBLEM_FLAGGED, .count = 1, .code = ecCorruptData };
	out->problem.text = out->words;
	if (recovery_cut_off(r)) {
		out->problem.kind = PROBLEM_FOLDER;
		(void)snprintf(out->words, sizeof out->words,
			       "the file is cut off: %" PRIu64 " bytes of %" PRIu64
			       " are missing, and what stood there is lost",
			       i->stated_size - i->file_size, i->stated_size);
		return true;
	}
	(void)snprintf(out->words, sizeof out->words,
		       "the file's list of everything in it is gone: all that is there was taken, but whether that is all "
		       "there was cannot be proven");
	return !pst_recovery_summary(r)->nbt_used;
}
