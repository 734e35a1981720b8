/* Inside the transport: the rules of a folder while a message is delivered to it ([MS-OXORULE] 3.2.5.1). */
#ifndef SERVER_TRANSPORT_RULES_H
#define SERVER_TRANSPORT_RULES_H

#include "mapi/value_wire.h"
#include "server/transport_private.h"
#include "store/restrict.h"

/* ActionType [MS-OXORULE] 2.2.5.1.1 */
enum rule_op {
	OP_MOVE = 0x01,
	OP_COPY = 0x02,
	OP_REPLY = 0x03,
	OP_OOF_REPLY = 0x04,
	OP_DEFER_ACTION = 0x05,
	OP_BOUNCE = 0x06,
	OP_FORWARD = 0x07,
	OP_DELEGATE = 0x08,
	OP_TAG = 0x09,
	OP_DELETE = 0x0A,
	OP_MARK_AS_READ = 0x0B,
};

/* PidTagRuleError [MS-OXORULE] 2.2.7.2 */
enum rule_error {
	RULE_ERROR_PARSE = 4,
	RULE_ERROR_PROCESS = 5,
	RULE_ERROR_FOLDER = 6,
	RULE_ERROR_TEMPLATE = 10,
	RULE_ERROR_EXECUTE = 11,
};

/* A standard rule, or an extended one (`message` is its FAI message). */
struct delivery_rule {
	uint64_t id, message;
	uint32_t sequence, state;
	const char *provider;
	uint8_t counts; /* enum wire_counts of its structures */
	struct restrict_node *condition; /* NULL: every message */
	struct rule_actions actions;
	struct bytes told; /* digests of who got an out-of-office reply (ST_KEEP_OOF_HIST) */
	bool broken;       /* it cannot be read */
};

/* What the client is to do: one deferred action message for each provider. */
struct deferred {
	struct deferred *next;
	const char *provider;
	uint64_t rule; /* the first */
	uint16_t n;    /* actions */
	unsigned rules;
	const struct delivery_rule *last; /* of them */
	struct buf blocks;
};

#define RULE_MOVES_MAX 32u

struct rule_run {
	struct delivery *d;
	uint64_t folder; /* whose rules they are */
	const struct delivery_rule *rule;
	uint64_t moves[RULE_MOVES_MAX];
	size_t n_moves;
	bool deleted;    /* no more rules but those of the out-of-office state */
	struct deferred *deferred;
};

/* In the order of their sequence numbers. */
status rules_gather(struct delivery *d, struct delivery_rule **out, size_t *n) MUST;

/* transport_actions.c: *error (enum rule_error): it could not be done, which is no failure of the delivery. */
status rule_act(struct rule_run *r, const struct rule_action *a, uint32_t *error) MUST;

/* transport_deferred.c ([MS-OXORULE] 3.2.5.1.2, 3.2.5.1.3) */
status rule_defer(struct rule_run *r, const struct rule_action *a) MUST;
void rule_forget_deferred(struct rule_run *r);
/* The deferred action messages, when it is known where the message is. */
status rule_write_deferred(struct rule_run *r) MUST;
/* A deferred error message, once for each rule. */
status rule_write_error(struct rule_run *r, uint32_t error, uint32_t action_type, uint32_t action_number) MUST;

#endif
