#include "rop/rops_rule.h"

WIRE_DEFINE(rule_data, RULE_DATA)
WIRE_DEFINE(rop_modify_rules_request, ROP_MODIFY_RULES_REQUEST)
WIRE_DEFINE(rop_get_rules_table_request, ROP_TABLE_REQUEST)
WIRE_DEFINE(rop_update_deferred_action_messages_request,
	    ROP_UPDATE_DEFERRED_ACTION_MESSAGES_REQUEST)
