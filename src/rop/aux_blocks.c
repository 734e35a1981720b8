#include "rop/aux_blocks.h"

#define V1   (1u << AUX_VERSION_1)
#define V2   (1u << AUX_VERSION_2)
#define BOTH (V1 | V2)

AUX_BLOCKS(WIRE_DEFINE)

static const struct {
	uint8_t type, versions;
	const struct wire_type *wire;
} blocks[] = {
	{ AUX_TYPE_PERF_REQUESTID, V1, &aux_perf_requestid_wire },
	{ AUX_TYPE_PERF_CLIENTINFO, V1, &aux_perf_clientinfo_wire },
	{ AUX_TYPE_PERF_SERVERINFO, V1, &aux_perf_serverinfo_wire },
	{ AUX_TYPE_PERF_SESSIONINFO, V1, &aux_perf_sessioninfo_wire },
	{ AUX_TYPE_PERF_SESSIONINFO, V2, &aux_perf_sessioninfo_v2_wire },
	{ AUX_TYPE_PERF_DEFMDB_SUCCESS, V1, &aux_perf_defmdb_success_wire },
	{ AUX_TYPE_PERF_DEFGC_SUCCESS, V1, &aux_perf_defgc_success_wire },
	{ AUX_TYPE_PERF_MDB_SUCCESS, V1, &aux_perf_mdb_success_wire },
	{ AUX_TYPE_PERF_MDB_SUCCESS, V2, &aux_perf_mdb_success_v2_wire },
	{ AUX_TYPE_PERF_GC_SUCCESS, V1, &aux_perf_gc_success_wire },
	{ AUX_TYPE_PERF_GC_SUCCESS, V2, &aux_perf_gc_success_v2_wire },
	{ AUX_TYPE_PERF_FAILURE, V1, &aux_perf_failure_wire },
	{ AUX_TYPE_PERF_FAILURE, V2, &aux_perf_failure_v2_wire },
	{ AUX_TYPE_CLIENT_CONTROL, V1, &aux_client_control_wire },
	{ AUX_TYPE_PERF_PROCESSINFO, BOTH, &aux_perf_processinfo_wire },
	{ AUX_TYPE_PERF_BG_DEFMDB_SUCCESS, V1, &aux_perf_defmdb_success_wire },
	{ AUX_TYPE_PERF_BG_DEFGC_SUCCESS, V1, &aux_perf_defgc_success_wire },
	{ AUX_TYPE_PERF_BG_MDB_SUCCESS, V1, &aux_perf_mdb_success_wire },
	{ AUX_TYPE_PERF_BG_MDB_SUCCESS, V2, &aux_perf_mdb_success_v2_wire },
	{ AUX_TYPE_PERF_BG_GC_SUCCESS, V1, &aux_perf_gc_success_wire },
	{ AUX_TYPE_PERF_BG_GC_SUCCESS, V2, &aux_perf_gc_success_v2_wire },
	{ AUX_TYPE_PERF_BG_FAILURE, V1, &aux_perf_failure_wire },
	{ AUX_TYPE_PERF_BG_FAILURE, V2, &aux_perf_failure_v2_wire },
	{ AUX_TYPE_PERF_FG_DEFMDB_SUCCESS, V1, &aux_perf_defmdb_success_wire },
	{ AUX_TYPE_PERF_FG_DEFGC_SUCCESS, V1, &aux_perf_defgc_success_wire },
	{ AUX_TYPE_PERF_FG_MDB_SUCCESS, V1, &aux_perf_mdb_success_wire },
	{ AUX_TYPE_PERF_FG_MDB_SUCCESS, V2, &aux_perf_mdb_success_v2_wire },
	{ AUX_TYPE_PERF_FG_GC_SUCCESS, V1, &aux_perf_gc_success_wire },
	{ AUX_TYPE_PERF_FG_GC_SUCCESS, V2, &aux_perf_gc_success_v2_wire },
	{ AUX_TYPE_PERF_FG_FAILURE, V1, &aux_perf_failure_wire },
	{ AUX_TYPE_PERF_FG_FAILURE, V2, &aux_perf_failure_v2_wire },
	{ AUX_TYPE_OSVERSIONINFO, V1, &aux_osversioninfo_wire },
	{ AUX_TYPE_EXORGINFO, V1, &aux_exorginfo_wire },
	{ AUX_TYPE_PERF_ACCOUNTINFO, V1, &aux_perf_accountinfo_wire },
	{ AUX_TYPE_SERVER_CAPABILITIES, V1, &aux_server_capabilities_wire },
	{ AUX_TYPE_ENDPOINT_CAPABILITIES, V1, &aux_endpoint_capabilities_wire },
	{ AUX_TYPE_CLIENT_CONNECTION_INFO, V1, &aux_client_connection_info_wire },
	{ AUX_TYPE_SERVER_SESSION_INFO, V1, &aux_server_session_info_wire },
	{ AUX_TYPE_PROTOCOL_DEVICE_IDENTIFICATION, V1, &aux_protocol_device_identification_wire },
};

const struct wire_type *aux_block_wire(uint8_t version, uint8_t type)
{
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
		if (blocks[i].type == type && version <= AUX_VERSION_2 &&
		    (blocks[i].versions & 1u << version))
			return blocks[i].wire;
	return NULL;
}

#define LISTED(T, L) &T##_wire,
const struct wire_type *const aux_wire_types[] = { AUX_BLOCKS(LISTED) NULL };
