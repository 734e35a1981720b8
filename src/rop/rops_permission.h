/*
 * Permission ROPs ([MS-OXCROPS] 2.2.10): what they mean is in [MS-OXCPERM] 2.2.
 */
#ifndef ROP_ROPS_PERMISSION_H
#define ROP_ROPS_PERMISSION_H

#include "rop/rops_common.h"

/* [MS-OXCROPS] 2.2.10.1.1.1 PermissionData. */
#define PERMISSION_DATA(F, T)           \
	F(T, U8, permission_data_flags) \
	F(T, ARRAY, property_values, 2, tagged_value)
/* [MS-OXCROPS] 2.2.10.1 RopModifyPermissions */
#define ROP_MODIFY_PERMISSIONS_REQUEST(F, T) \
	F(T, U8, modify_flags)               \
	F(T, ARRAY, permissions_data, 2, permission_data)
/* [MS-OXCROPS] 2.2.10.2 RopGetPermissionsTable */

WIRE_DECLARE(permission_data, PERMISSION_DATA)
WIRE_DECLARE(rop_modify_permissions_request, ROP_MODIFY_PERMISSIONS_REQUEST)
WIRE_DECLARE(rop_get_permissions_table_request, ROP_TABLE_REQUEST)

#endif
