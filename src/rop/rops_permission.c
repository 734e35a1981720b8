#include "rop/rops_permission.h"

WIRE_DEFINE(permission_data, PERMISSION_DATA)
WIRE_DEFINE(rop_modify_permissions_request, ROP_MODIFY_PERMISSIONS_REQUEST)
WIRE_DEFINE(rop_get_permissions_table_request, ROP_TABLE_REQUEST)
