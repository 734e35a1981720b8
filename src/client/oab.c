/* The manifest of an offline address book. */
#include "client/oab.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/gnutls_library.h"
#include "net/xml.h"

/* The manifest ------------------------------------------------------------------------------------------------------- */

enum element { OTHER, FULL, DIFFERENCE };

struct manifest_reading {
	struct oab_part now;
	struct oab_manifest *out;
	enum element in;
	unsigned version, list, found_in; /* lists count from 1 */
	bool good;                        /* what stands in its attributes */
};

static bool on_begin(void *arg, const char *space, const char *name, unsigned depth)
{
	struct manifest_reading *r = arg;

	(void)space;
	(void)depth;
	r->in = strcmp(name, "Full") == 0 ? FULL : strcmp(name, "Diff") == 0 ? DIFFERENCE : OTHER;
	r->version = 0;
	r->good = true;
	memset(&r->now, 0, sizeof r->now);
	if (strcmp(name, "OAL") == 0) {
		r->list++;
		r->out->n = r->found_in ? r->out->n : 0;
	}
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

static bool take_attribute(struct manifest_reading *r, const char *name, const char *value)
{
	uint64_t n = 0;
	bool good = true;

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

/* Without a difference the whole is taken: one that is not understood is no reason to give up. */
static bool on_attribute(void *arg, const char *name, const char *value, unsigned depth)
{
	struct manifest_reading *r = arg;

	(void)depth;
	if (r->in != OTHER && !take_attribute(r, name, value))
		r->good = false;
	return r->good || r->in == DIFFERENCE;
}

/* It becomes a part of an address: nothing but a name may. */
static bool is_file_name(const char *text)
{
	size_t n = strlen(text);

	if (!n || n >= sizeof ((struct oab_part *)0)->file || *text == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("._-", text[i]))
			return false;
	return true;
}

static void take_name(struct manifest_reading *r, const char *text, struct oab_part *out)
{
	(void)snprintf(r->now.file, sizeof r->now.file, "%s", text);
	*out = r->now;
}

static bool on_end(void *arg, const char *space, const char *name, unsigned depth, const char *text)
{
	struct manifest_reading *r = arg;
	enum element in = r->in;

	(void)space;
	(void)name;
	(void)depth;
	r->in = OTHER;
	if (in == OTHER || r->version != 32)
		return true;
	if (in == DIFFERENCE) {
		if (r->good && is_file_name(text) && (!r->found_in || r->found_in == r->list) && r->out->n < OAB_PARTS_MOST)
			take_name(r, text, &r->out->differences[r->out->n++]);
		return true;
	}
	if (r->found_in)
		return true;
	if (!is_file_name(text))
		return false;
	take_name(r, text, &r->out->full);
	r->found_in = r->list;
	return true;
}

status oab_read_manifest(struct bytes xml, struct oab_manifest *out, struct reason *why)
{
	static const struct xml_handler handler = { .begin = on_begin, .attribute = on_attribute, .end = on_end };
	struct oab_manifest found = { .n = 0 };
	struct manifest_reading r = { .out = &found, .list = 1 };
	status s = xml_read(xml, &handler, &r, why);

	if (s)
		return reason_prefix(why, s, "the list of address books (oab.xml)");
	if (!r.found_in)
		return reason_set(why, ecNotFound, "the server names no address book of version 4");
	*out = found;
	return ecNone;
}

const struct oab_part *oab_difference(const struct oab_manifest *m, uint32_t sequence)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->differences[i].sequence == sequence)
			return &m->differences[i];
	return NULL;
}

status oab_check(const struct oab_part *m, struct bytes container, struct reason *why)
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
