/*
 * The rules of a folder ([MS-OXORULE] 2.2.1.3): what is done with messages that are delivered to it.  A rule is a bag of
 * properties; its id, which the mailbox gives it, and what rules are ordered and chosen by stand beside them.
 *
 * Rules of a folder that is deleted are deleted with it. Changes need a transaction (mailbox_begin).
 */
#ifndef STORE_RULE_H
#define STORE_RULE_H

#include "store/mailbox.h"

#define RULES_MAX 2048u /* of one folder */
#define RULE_SIZE_MAX ((size_t)256 << 10) /* of one rule, as it is stored */

/* PidTagRuleState [MS-OXORULE] 2.2.1.3.1.3 */
enum rule_state {
	RULE_ENABLED = 0x01,
	RULE_ERROR = 0x02,
	RULE_ONLY_WHEN_OOF = 0x04,
	RULE_KEEP_OOF_HISTORY = 0x08,
	RULE_EXIT_LEVEL = 0x10,
	RULE_SKIP_IF_SCL_IS_SAFE = 0x20,
	RULE_PARSE_ERROR = 0x40,
};

/* Of a rule with RULE_KEEP_OOF_HISTORY: who got its out-of-office reply, the server's own property. */
#define RULE_TOLD 0x67EA0102u

struct rule {
	uint64_t id; /* a GLOBCNT of the mailbox */
	uint32_t sequence, state;
	struct bag props; /* all that was set; PidTagRuleId is not among them */
};

/* In the order in which they are run: by sequence, those of the same one as they were made. Lives in `arena`. */
status rule_list(struct mailbox *m, uint64_t folder, struct arena *arena, struct rule **out, size_t *n) MUST;
/* ecNotFound: no such folder; ecTooBig: beyond what is said above. Values must be at hand; PidTagRuleId is left out. */
status rule_add(struct mailbox *m, uint64_t folder, const struct bag *props, uint64_t *id) MUST;
/* These properties become so, the others stay. ecNotFound: the folder has no such rule. */
status rule_modify(struct mailbox *m, uint64_t folder, uint64_t id, const struct bag *set) MUST;
status rule_remove(struct mailbox *m, uint64_t folder, uint64_t id) MUST;
/* All of a folder. */
status rule_clear(struct mailbox *m, uint64_t folder) MUST;
/* RULE_TOLD of all rules of the mailbox is empty. */
status rule_forget_told(struct mailbox *m) MUST;
status rule_count(struct mailbox *m, uint64_t folder, size_t *n) MUST;

#endif
