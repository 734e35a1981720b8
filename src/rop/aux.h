/*
 * Auxiliary blocks ([MS-OXCRPC] 2.2.2.2), which client and server send along with requests and
 * responses: each an AUX_HEADER of size, version and type, then what version and type say.
 * They stand in an extended buffer (rop/rpc_header.h), whose payload is what is read and written here.
 *
 * Texts lie where offsets from the beginning of the header point to; they are UTF-16LE and NUL-terminated.
 */
#ifndef ROP_AUX_H
#define ROP_AUX_H

#include "rop/aux_blocks.h"

#define AUX_HEADER_SIZE 4

struct aux_block {
	uint8_t version, type;
	struct bytes all;             /* with its header */
	const struct wire_type *wire; /* its layout; NULL when version and type are not known */
};

/* The next block; false at the end, and when what follows is none (then in->failed). */
bool aux_next(struct reader *in, struct aux_block *out);
/*
 * What stands behind the header, into the structure of block->wire; bytes that a later version of the
 * structure has in addition are ignored.  ecCorruptData when it is cut off, ecNotFound when the block is not known.
 */
status aux_block_decode(const struct aux_block *block, void *dst, struct reason *why) MUST;
/* The text at that offset, without its NUL; empty when the offset is 0 or outside the block. */
struct bytes aux_text(const struct aux_block *block, uint16_t offset);
/* The n bytes there; empty when they are not all in the block. */
struct bytes aux_bytes(const struct aux_block *block, uint16_t offset, uint16_t n);
/* Appends a block: the structure of its layout behind a header. ecInvalidParam, ecTooBig. */
status aux_block_write(uint8_t version, uint8_t type, const void *src, struct buf *out) MUST;

/* [MS-OXCRPC] 2.2.2.2.4 */
enum aux_client_mode {
	AUX_CLIENT_MODE_UNKNOWN = 0,
	AUX_CLIENT_MODE_CLASSIC = 1, /* online */
	AUX_CLIENT_MODE_CACHED = 2,
};
/* [MS-OXCRPC] 2.2.2.2.21: in connection_flags */
#define AUX_CONNECTION_CACHED 0x00000001u

/*
 * What policies and logs want to know of a client. Texts are UTF-16LE in the payload, empty when the
 * client did not say.
 */
struct aux_client_info {
	bool has_client, has_process, has_account, has_connection, has_session;
	uint16_t mode;                       /* as the client put it; see aux_client_mode_of */
	uint32_t adapter_speed;              /* kilobits per second */
	struct bytes machine, user, adapter; /* of AUX_PERF_CLIENTINFO */
	struct bytes ip, ip_mask, mac;
	struct bytes process; /* of AUX_PERF_PROCESSINFO */
	struct guid process_guid;
	struct guid session;    /* of AUX_PERF_SESSIONINFO, either version */
	struct guid account;    /* of AUX_PERF_ACCOUNTINFO */
	struct guid connection; /* of AUX_CLIENT_CONNECTION_INFO */
	struct bytes connection_context;
	uint32_t connection_attempts, connection_flags;
	uint32_t blocks, unknown_blocks; /* how many there were, and how many of no known kind */
};

/*
 * Of all blocks of a payload; blocks that are not known are skipped, as the specification demands.
 * When a block comes twice, the later one counts.  ecCorruptData, and *out untouched, when a block is cut
 * off or its size is wrong.
 */
status aux_client_info_read(struct bytes payload, struct aux_client_info *out,
			    struct reason *why) MUST;

/*
 * Cached when AUX_PERF_CLIENTINFO or AUX_CLIENT_CONNECTION_INFO say so; else classic when the former does;
 * else unknown.
 */
enum aux_client_mode aux_client_mode_of(const struct aux_client_info *info);

/*
 * For clients and tests: appends AUX_PERF_SESSIONINFO_V2, AUX_PERF_CLIENTINFO, AUX_PERF_PROCESSINFO,
 * AUX_PERF_ACCOUNTINFO and AUX_CLIENT_CONNECTION_INFO, each when it has been set (has_...). ecTooBig.
 */
status aux_client_info_write(const struct aux_client_info *info, struct buf *out) MUST;

/* What a server tells a client in its answer to Connect ([MS-OXCRPC] 3.1.4.1.2.1). */
struct aux_server_info {
	bool client_control;   /* AUX_CLIENT_CONTROL */
	uint32_t enable_flags; /* enum aux_enable_flag */
	uint32_t expiry_time;  /* milliseconds */
	bool os_version;       /* AUX_OSVERSIONINFO */
	uint32_t os_major, os_minor, os_build;
	uint16_t service_pack_major, service_pack_minor;
	bool organization;            /* AUX_EXORGINFO */
	uint32_t organization_flags;  /* enum aux_organization_flag */
	bool capabilities;            /* AUX_SERVER_CAPABILITIES */
	uint32_t capability_flags;    /* enum aux_capability_flag */
	bool endpoint;                /* AUX_ENDPOINT_CAPABILITIES */
	uint32_t endpoint_flags;      /* enum aux_endpoint_flag */
	struct bytes session_context; /* AUX_SERVER_SESSION_INFO, if not empty: UTF-16LE */
};

/* Appends the blocks that are asked for. ecTooBig. */
status aux_server_info_write(const struct aux_server_info *info, struct buf *out) MUST;
/* For clients: what of it the payload holds. ecCorruptData. */
status aux_server_info_read(struct bytes payload, struct aux_server_info *out,
			    struct reason *why) MUST;

#endif
