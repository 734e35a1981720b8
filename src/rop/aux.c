#include "rop/aux.h"

#define AT_VERSION    2
#define AT_TYPE       3
#define TEXTS_MAX     0x1000u /* of one block; the whole auxiliary buffer is not longer */
#define AUX_ALIGNMENT 4
#define OS_SIZE       156u    /* of AUX_OSVERSIONINFO */

/* Reading -------------------------------------------------------------------------------------- */

bool aux_next(struct reader *in, struct aux_block *out)
{
	size_t left = reader_left(in);
	uint16_t size;

	if (in->failed || !left)
		return false;
	size = left >= AUX_HEADER_SIZE ? le16(in->p) : 0;
	if (size < AUX_HEADER_SIZE || size > left)
		return reader_fail(in);
	out->version = in->p[AT_VERSION];
	out->type = in->p[AT_TYPE];
	out->wire = aux_block_wire(out->version, out->type);
	out->all = reader_bytes(in, size);
	return true;
}

status aux_block_decode(const struct aux_block *block, void *dst, struct reason *why)
{
	struct arena none = ARENA_BUDGET(0); /* no layout has lists */
	struct wire_in in;

	if (!block->wire)
		return reason_set(why, ecNotFound,
				  "an auxiliary block of type 0x%02x, version %u is not known",
				  block->type, block->version);
	wire_in_init(&in, bytes_of(block->all.p + AUX_HEADER_SIZE, block->all.n - AUX_HEADER_SIZE),
		     &none);
	return wire_decode(&in, block->wire, dst) ? ecNone : wire_error_reason(&in.error, why);
}

struct bytes aux_text(const struct aux_block *block, uint16_t offset)
{
	struct bytes text = { NULL, 0 };

	if (!offset || offset >= block->all.n)
		return text;
	text.p = block->all.p + offset;
	while (text.n + 2 <= block->all.n - offset && le16(text.p + text.n))
		text.n += 2;
	return text;
}

struct bytes aux_bytes(const struct aux_block *block, uint16_t offset, uint16_t n)
{
	if (!offset || offset > block->all.n || n > block->all.n - offset)
		return bytes_of(NULL, 0);
	return bytes_of(block->all.p + offset, n);
}

/* A block as one of these; which one, its type says. */
union decoded {
	struct aux_perf_clientinfo client;
	struct aux_perf_processinfo process;
	struct aux_perf_sessioninfo session;
	struct aux_perf_sessioninfo_v2 session_v2;
	struct aux_perf_accountinfo account;
	struct aux_client_connection_info connection;
	struct aux_client_control control;
	struct aux_osversioninfo os;
	struct aux_exorginfo organization;
	struct aux_server_capabilities capabilities;
	struct aux_endpoint_capabilities endpoint;
	struct aux_server_session_info server_session;
};

static void take_client(const struct aux_block *b, const struct aux_perf_clientinfo *c,
			struct aux_client_info *out)
{
	out->has_client = true;
	out->mode = c->mode;
	out->adapter_speed = c->adapter_speed;
	out->machine = aux_text(b, c->machine_at);
	out->user = aux_text(b, c->user_at);
	out->adapter = aux_text(b, c->adapter_at);
	out->ip = aux_bytes(b, c->ip_at, c->ip_size);
	out->ip_mask = aux_bytes(b, c->ip_mask_at, c->ip_mask_size);
	out->mac = aux_bytes(b, c->mac_at, c->mac_size);
}

static void take_connection(const struct aux_block *b, const struct aux_client_connection_info *c,
			    struct aux_client_info *out)
{
	out->has_connection = true;
	out->connection = c->connection;
	out->connection_context = aux_text(b, c->context_at);
	out->connection_attempts = c->attempts;
	out->connection_flags = c->flags;
}

static status take_client_block(const struct aux_block *b, struct aux_client_info *out,
				struct reason *why)
{
	union decoded d;
	status s;

	if (b->wire != &aux_perf_clientinfo_wire && b->wire != &aux_perf_processinfo_wire &&
	    b->wire != &aux_perf_sessioninfo_wire && b->wire != &aux_perf_sessioninfo_v2_wire &&
	    b->wire != &aux_perf_accountinfo_wire && b->wire != &aux_client_connection_info_wire)
		return ecNone;
	s = aux_block_decode(b, &d, why);
	if (s)
		return s;
	if (b->wire == &aux_perf_clientinfo_wire) {
		take_client(b, &d.client, out);
	} else if (b->wire == &aux_perf_processinfo_wire) {
		out->has_process = true;
		out->process = aux_text(b, d.process.name_at);
		out->process_guid = d.process.process;
	} else if (b->wire == &aux_perf_accountinfo_wire) {
		out->has_account = true;
		out->account = d.account.account;
	} else if (b->wire == &aux_client_connection_info_wire) {
		take_connection(b, &d.connection, out);
	} else {
		out->has_session = true;
		out->session =
			b->version == AUX_VERSION_1 ? d.session.session : d.session_v2.session;
	}
	return ecNone;
}

static status cut_off(const struct reader *in, struct bytes payload, struct reason *why)
{
	return in->failed ? reason_set(why, ecCorruptData,
				       "an auxiliary block among %zu bytes is cut off or its size "
				       "is wrong",
				       payload.n)
			  : ecNone;
}

status aux_client_info_read(struct bytes payload, struct aux_client_info *out, struct reason *why)
{
	struct reader in = reader_of(payload);
	struct aux_client_info info = { 0 };
	struct aux_block block;
	status s = ecNone;

	while (!s && aux_next(&in, &block)) {
		info.blocks++;
		info.unknown_blocks += !block.wire;
		s = take_client_block(&block, &info, why);
	}
	s = s ? s : cut_off(&in, payload, why);
	if (!s)
		*out = info;
	return s;
}

enum aux_client_mode aux_client_mode_of(const struct aux_client_info *info)
{
	if (info->mode == AUX_CLIENT_MODE_CACHED ||
	    (info->connection_flags & AUX_CONNECTION_CACHED))
		return AUX_CLIENT_MODE_CACHED;
	return info->mode == AUX_CLIENT_MODE_CLASSIC ? AUX_CLIENT_MODE_CLASSIC
						     : AUX_CLIENT_MODE_UNKNOWN;
}

static status take_server_block(const struct aux_block *b, struct aux_server_info *out,
				struct reason *why)
{
	union decoded d;
	status s;

	if (b->wire != &aux_client_control_wire && b->wire != &aux_osversioninfo_wire &&
	    b->wire != &aux_exorginfo_wire && b->wire != &aux_server_capabilities_wire &&
	    b->wire != &aux_endpoint_capabilities_wire && b->wire != &aux_server_session_info_wire)
		return ecNone;
	s = aux_block_decode(b, &d, why);
	if (s)
		return s;
	if (b->wire == &aux_client_control_wire) {
		out->client_control = true;
		out->enable_flags = d.control.enable_flags;
		out->expiry_time = d.control.expiry_time;
	} else if (b->wire == &aux_osversioninfo_wire) {
		out->os_version = true;
		out->os_major = d.os.major;
		out->os_minor = d.os.minor;
		out->os_build = d.os.build;
		out->service_pack_major = d.os.service_pack_major;
		out->service_pack_minor = d.os.service_pack_minor;
	} else if (b->wire == &aux_exorginfo_wire) {
		out->organization = true;
		out->organization_flags = d.organization.flags;
	} else if (b->wire == &aux_server_capabilities_wire) {
		out->capabilities = true;
		out->capability_flags = d.capabilities.flags;
	} else if (b->wire == &aux_endpoint_capabilities_wire) {
		out->endpoint = true;
		out->endpoint_flags = d.endpoint.flags;
	} else {
		out->session_context = aux_text(b, d.server_session.context_at);
	}
	return ecNone;
}

status aux_server_info_read(struct bytes payload, struct aux_server_info *out, struct reason *why)
{
	struct reader in = reader_of(payload);
	struct aux_server_info info = { 0 };
	struct aux_block block;
	status s = ecNone;

	while (!s && aux_next(&in, &block))
		s = take_server_block(&block, &info, why);
	s = s ? s : cut_off(&in, payload, why);
	if (!s)
		*out = info;
	return s;
}

/* Writing -------------------------------------------------------------------------------------- */

status aux_block_write(uint8_t version, uint8_t type, const void *src, struct buf *out)
{
	const struct wire_type *wire = aux_block_wire(version, type);
	size_t at = out->n;
	struct wire_out w;
	status s;

	if (!wire)
		return ecInvalidParam;
	buf_add_u16(out, 0);
	buf_add_u8(out, version);
	buf_add_u8(out, type);
	wire_out_init(&w, out);
	s = out->failed ? ecTooBig : wire_encode(&w, wire, src);
	/* Texts end anywhere; the next block begins at a multiple of four again. */
	if (!s) {
		buf_add_zeros(out, (at - out->n) % AUX_ALIGNMENT);
		s = buf_status(out);
	}
	if (!s && out->n - at > UINT16_MAX)
		s = ecTooBig;
	if (s)
		buf_truncate(out, at < out->n ? at : out->n);
	else
		put_le16(out->p + at, (uint16_t)(out->n - at));
	return s;
}

/* Texts and bytes of a block, behind its fixed part. */
struct tail {
	struct buf *data;
	size_t fixed; /* bytes before it, with the header */
};

static uint16_t add_bytes(struct tail *t, struct bytes v)
{
	size_t at = t->fixed + t->data->n;

	if (!v.n)
		return 0;
	buf_add(t->data, v.p, v.n);
	return (uint16_t)at;
}

static uint16_t add_text(struct tail *t, struct bytes text)
{
	uint16_t at = add_bytes(t, text);

	if (at)
		buf_add_u16(t->data, 0);
	return at;
}

static status write_client(const struct aux_client_info *info, struct buf *out)
{
	CLEANUP_BUF struct buf data = BUF_MAX(TEXTS_MAX);
	struct tail t = { &data, AUX_HEADER_SIZE + aux_perf_clientinfo_wire_min };
	struct aux_perf_clientinfo c = { .adapter_speed = info->adapter_speed,
					 .client_id = 1,
					 .ip_size = (uint16_t)info->ip.n,
					 .ip_mask_size = (uint16_t)info->ip_mask.n,
					 .mac_size = (uint16_t)info->mac.n,
					 .mode = info->mode };

	c.machine_at = add_text(&t, info->machine);
	c.user_at = add_text(&t, info->user);
	c.ip_at = add_bytes(&t, info->ip);
	c.ip_mask_at = add_bytes(&t, info->ip_mask);
	c.adapter_at = add_text(&t, info->adapter);
	c.mac_at = add_bytes(&t, info->mac);
	c.data = buf_bytes(&data);
	return data.failed ? ecTooBig
			   : aux_block_write(AUX_VERSION_1, AUX_TYPE_PERF_CLIENTINFO, &c, out);
}

static status write_process(const struct aux_client_info *info, struct buf *out)
{
	CLEANUP_BUF struct buf data = BUF_MAX(TEXTS_MAX);
	struct tail t = { &data, AUX_HEADER_SIZE + aux_perf_processinfo_wire_min };
	struct aux_perf_processinfo p = { .process_id = 1, .process = info->process_guid };

	p.name_at = add_text(&t, info->process);
	p.data = buf_bytes(&data);
	return data.failed ? ecTooBig
			   : aux_block_write(AUX_VERSION_2, AUX_TYPE_PERF_PROCESSINFO, &p, out);
}

static status write_connection(const struct aux_client_info *info, struct buf *out)
{
	CLEANUP_BUF struct buf data = BUF_MAX(TEXTS_MAX);
	struct tail t = { &data, AUX_HEADER_SIZE + aux_client_connection_info_wire_min };
	struct aux_client_connection_info c = {
		.connection = info->connection,
		.attempts = info->connection_attempts,
		.flags = info->connection_flags,
	};

	c.context_at = add_text(&t, info->connection_context);
	c.data = buf_bytes(&data);
	return data.failed
		       ? ecTooBig
		       : aux_block_write(AUX_VERSION_1, AUX_TYPE_CLIENT_CONNECTION_INFO, &c, out);
}

status aux_client_info_write(const struct aux_client_info *info, struct buf *out)
{
	struct aux_perf_sessioninfo_v2 session = { .session_id = 1,
						   .session = info->session,
						   .connection_id = 1 };
	struct aux_perf_accountinfo account = { .client_id = 1, .account = info->account };
	status s = ecNone;

	if (info->has_session)
		s = aux_block_write(AUX_VERSION_2, AUX_TYPE_PERF_SESSIONINFO, &session, out);
	if (!s && info->has_client)
		s = write_client(info, out);
	if (!s && info->has_process)
		s = write_process(info, out);
	if (!s && info->has_account)
		s = aux_block_write(AUX_VERSION_1, AUX_TYPE_PERF_ACCOUNTINFO, &account, out);
	if (!s && info->has_connection)
		s = write_connection(info, out);
	return s;
}

static status write_os(const struct aux_server_info *info, struct buf *out)
{
	struct aux_osversioninfo os = {
		.size = OS_SIZE,
		.major = info->os_major,
		.minor = info->os_minor,
		.build = info->os_build,
		.service_pack_major = info->service_pack_major,
		.service_pack_minor = info->service_pack_minor,
	};

	return aux_block_write(AUX_VERSION_1, AUX_TYPE_OSVERSIONINFO, &os, out);
}

static status write_session(const struct aux_server_info *info, struct buf *out)
{
	CLEANUP_BUF struct buf data = BUF_MAX(TEXTS_MAX);
	struct tail t = { &data, AUX_HEADER_SIZE + aux_server_session_info_wire_min };
	struct aux_server_session_info s = { 0 };

	s.context_at = add_text(&t, info->session_context);
	s.data = buf_bytes(&data);
	return data.failed ? ecTooBig
			   : aux_block_write(AUX_VERSION_1, AUX_TYPE_SERVER_SESSION_INFO, &s, out);
}

status aux_server_info_write(const struct aux_server_info *info, struct buf *out)
{
	struct aux_client_control control = { info->enable_flags, info->expiry_time };
	struct aux_exorginfo organization = { info->organization_flags };
	struct aux_server_capabilities capabilities = { info->capability_flags };
	struct aux_endpoint_capabilities endpoint = { info->endpoint_flags };
	status s = ecNone;

	if (info->client_control)
		s = aux_block_write(AUX_VERSION_1, AUX_TYPE_CLIENT_CONTROL, &control, out);
	if (!s && info->os_version)
		s = write_os(info, out);
	if (!s && info->organization)
		s = aux_block_write(AUX_VERSION_1, AUX_TYPE_EXORGINFO, &organization, out);
	if (!s && info->capabilities)
		s = aux_block_write(AUX_VERSION_1, AUX_TYPE_SERVER_CAPABILITIES, &capabilities,
				    out);
	if (!s && info->endpoint)
		s = aux_block_write(AUX_VERSION_1, AUX_TYPE_ENDPOINT_CAPABILITIES, &endpoint, out);
	if (!s && info->session_context.n)
		s = write_session(info, out);
	return s;
}
