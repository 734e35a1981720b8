/* What is around the file of an offline address book: manifest and container. */
#include "client/oab.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/crc32.h"
#include "base/reader.h"
#include "net/gnutls_library.h"
#include "net/xml.h"

/* [MS-OXOAB] 2.11.1, 2.11.2 */
#define CONTAINER_HIGH 3u
#define CONTAINER_LOW  1u
#define BLOCK_STORED   0u
#define CRC_SEED       0xFFFFFFFFu

/* The manifest ------------------------------------------------------------------------------------------------------- */

struct manifest_reading {
	struct oab_manifest now, *out;
	unsigned version;
	bool in_full, found;
};

static bool on_begin(void *arg, const char *space, const char *name, unsigned depth)
{
	struct manifest_reading *r = arg;

	(void)space;
	(void)depth;
	r->in_full = strcmp(name, "Full") == 0;
	r->version = 0;
	memset(&r->now, 0, sizeof r->now);
	return true;
}

static bool number(const char *text, uint64_t most, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return isdigit((unsigned char)*text) && !*end && !errno && *out <= most;
}

static bool take_hash(const char *text, char out[static 41])
{
	if (strlen(text) != 40)
		return false;
	for (size_t i = 0; i < 40; i++) {
		if (!isxdigit((unsigned char)text[i]))
			return false;
		out[i] = (char)tolower((unsigned char)text[i]);
	}
	return true;
}

static bool on_attribute(void *arg, const char *name, const char *value, unsigned depth)
{
	struct manifest_reading *r = arg;
	uint64_t n = 0;
	bool good = true;

	(void)depth;
	if (!r->in_full)
		return true;
	if (strcasecmp(name, "seq") == 0) {
		good = number(value, UINT32_MAX, &n);
		r->now.sequence = (uint32_t)n;
	} else if (strcasecmp(name, "ver") == 0) {
		good = number(value, UINT32_MAX, &n);
		r->version = (unsigned)n;
	} else if (strcasecmp(name, "size") == 0) {
		good = number(value, UINT64_MAX / 2, &r->now.size);
	} else if (strcasecmp(name, "uncompressedsize") == 0) {
		good = number(value, UINT64_MAX / 2, &r->now.uncompressed);
	} else if (strcasecmp(name, "SHA") == 0) {
		good = !*value || take_hash(value, r->now.sha1);
	}
	return good;
}

/* It becomes a part of an address: nothing but a name may. */
static bool is_file_name(const char *text)
{
	size_t n = strlen(text);

	if (!n || n >= sizeof ((struct oab_manifest *)0)->file || *text == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("._-", text[i]))
			return false;
	return true;
}

static bool on_end(void *arg, const char *space, const char *name, unsigned depth, const char *text)
{
	struct manifest_reading *r = arg;

	(void)space;
	(void)depth;
	if (strcmp(name, "Full") != 0 || !r->in_full || r->version != 32 || r->found)
		return true;
	if (!is_file_name(text))
		return false;
	(void)snprintf(r->now.file, sizeof r->now.file, "%s", text);
	*r->out = r->now;
	r->found = true;
	return true;
}

status oab_read_manifest(struct bytes xml, struct oab_manifest *out, struct reason *why)
{
	static const struct xml_handler handler = { .begin = on_begin, .attribute = on_attribute, .end = on_end };
	struct oab_manifest found = { .sequence = 0 };
	struct manifest_reading r = { .out = &found };
	status s = xml_read(xml, &handler, &r, why);

	if (s)
		return reason_prefix(why, s, "the list of address books (oab.xml)");
	if (!r.found)
		return reason_set(why, ecNotFound, "the server names no address book of version 4");
	*out = found;
	return ecNone;
}

status oab_check(const struct oab_manifest *m, struct bytes container, struct reason *why)
{
	uint8_t hash[20];
	char text[41];
	status s = *m->sha1 ? gnutls_load(why) : ecNone;

	if (m->size && container.n != m->size)
		return reason_set(why, ecCorruptData, "the address book has %zu bytes where its list says %llu", container.n, (unsigned long long)m->size);
	if (s || !*m->sha1)
		return s;
	if (gt.gnutls_hash_fast(GNUTLS_DIG_SHA1, container.p, container.n, hash))
		return reason_set(why, ecError, "the hash of the address book cannot be computed");
	for (size_t i = 0; i < sizeof hash; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
	return strcmp(text, m->sha1) == 0 ? ecNone : reason_set(why, ecCorruptData, "the address book is not the one that its list speaks of: its hash is another");
}

/* The container ------------------------------------------------------------------------------------------------------ */

static status take_block(struct reader *r, uint32_t most, struct buf *out, struct reason *why)
{
	uint32_t flags = reader_u32(r), packed = reader_u32(r), unpacked = reader_u32(r), crc = reader_u32(r);
	struct bytes data = reader_bytes(r, packed);

	if (r->failed || unpacked > most || !unpacked)
		return reason_set(why, ecCorruptData, "a block of the address book is cut off or has a size it cannot have");
	if (flags != BLOCK_STORED)
		return reason_set(why, ecNotSupported, "the address book is compressed (LZX), which is not read here");
	if (packed != unpacked)
		return reason_set(why, ecCorruptData, "a block of the address book has two sizes");
	if (crc32_pst(CRC_SEED, data) != crc)
		return reason_set(why, ecCorruptData, "a block of the address book is damaged");
	buf_add(out, data.p, data.n);
	return out->failed ? reason_set(why, ecTooBig, "the address book is too large") : ecNone;
}

status oab_unpack(struct bytes container, struct buf *out, struct reason *why)
{
	struct reader r = reader_of(container);
	uint32_t high = reader_u32(&r), low = reader_u32(&r), most = reader_u32(&r), size = reader_u32(&r);
	size_t begun = out->n;
	status s = ecNone;

	if (r.failed || high != CONTAINER_HIGH || low != CONTAINER_LOW)
		return reason_set(why, ecCorruptData, "what the server sends is no address book");
	while (!s && reader_left(&r) && out->n - begun <= size)
		s = take_block(&r, most, out, why);
	if (!s && out->n - begun != size)
		s = reason_set(why, ecCorruptData, "the address book has %zu bytes where it says %u", out->n - begun, size);
	return s;
}
