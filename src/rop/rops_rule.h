/*
 * Rule ROPs ([MS-OXCROPS] 2.2.11): what they mean is in [MS-OXORULE] 2.2.
 */
#ifndef ROP_ROPS_RULE_H
#define ROP_ROPS_RULE_H

#include "rop/rops_common.h"

/* [MS-OXCROPS] 2.2.11.1.1.1 RuleData. */
#define RULE_DATA(F, T)           \
	F(T, U8, rule_data_flags) \
	F(T, ARRAY, property_values, 2, tagged_value)
/* [MS-OXCROPS] 2.2.11.1 RopModifyRules */
#define ROP_MODIFY_RULES_REQUEST(F, T) \
	F(T, U8, modify_rules_flags)   \
	F(T, ARRAY, rules_data, 2, rule_data)
/* [MS-OXCROPS] 2.2.11.2 RopGetRulesTable */
/* [MS-OXCROPS] 2.2.11.3 RopUpdateDeferredActionMessages */
#define ROP_UPDATE_DEFERRED_ACTION_MESSAGES_REQUEST(F, T) \
	F(T, BYTES, server_entry_id, 2)                   \
	F(T, BYTES, client_entry_id, 2)

WIRE_DECLARE(rule_data, RULE_DATA)
WIRE_DECLARE(rop_modify_rules_request, ROP_MODIFY_RULES_REQUEST)
WIRE_DECLARE(rop_get_rules_table_request, ROP_TABLE_REQUEST)
WIRE_DECLARE(rop_update_deferred_action_messages_request,
	     ROP_UPDATE_DEFERRED_ACTION_MESSAGES_REQUEST)

#endif
