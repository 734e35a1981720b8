/* Is what a rescue found all there was? */
#ifndef CLI_RECOVERY_DOUBT_H
#define CLI_RECOVERY_DOUBT_H

#include "pst/recover.h"

struct recovery_doubt {
	struct item_problem problem;
	char words[240];
};

/* The file is shorter than it says it is. */
bool recovery_cut_off(const struct pst_recovery *r);
/*
 * What is found is all there is, but not always all there was: of what a cut file has lost nothing is known, and
 * without its node tree nobody knows what else it named.  False when there is no such doubt.
 */
bool recovery_doubt(const struct pst_recovery *r, struct recovery_doubt *out);

#endif
