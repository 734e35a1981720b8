#include "pst/check.h"

#include "pst/check_private.h"
#include "pst/pst.h"

#include <stdio.h>
#include <stdlib.h>

/* Header --------------------------------------------------------------------------------------------------- */

static void header_finding(struct checker *c, enum check_severity severity, const char *what, const char *expected, const char *found)
{
	check_report(c, &(struct check_finding){ severity, CHECK_HEADER, 0, 0, true, what, expected, found });
}

static void check_header(struct checker *c)
{
	const struct pst_header *h = &c->db.header;
	char expected[CHECK_TEXT], found[CHECK_TEXT];

	if (!h->magic_ok)
		header_finding(c, CHECK_WARNING, "magic number", "!BDN", "something else");
	if (!h->crc_partial_ok) {
		(void)snprintf(found, sizeof found, "0x%08x", h->crc_partial);
		header_finding(c, CHECK_WARNING, "partial CRC", "the CRC of the 471 bytes from offset 8", found);
	}
	if (!h->crc_full_ok) {
		(void)snprintf(found, sizeof found, "0x%08x", h->crc_full);
		header_finding(c, CHECK_WARNING, "full CRC", "the CRC of the 516 bytes from offset 8", found);
	}
	if (!h->sentinel_ok)
		header_finding(c, CHECK_WARNING, "sentinel", "0x80", "another value");
	if (h->encryption > 2)
		header_finding(c, CHECK_DAMAGE, "encryption method", "0, 1 or 2", "another value");
	if (h->root.file_eof != c->db.in->size) {
		(void)snprintf(expected, sizeof expected, "%llu bytes", (unsigned long long)h->root.file_eof);
		(void)snprintf(found, sizeof found, "%llu bytes", (unsigned long long)c->db.in->size);
		header_finding(c, h->root.file_eof > c->db.in->size ? CHECK_DAMAGE : CHECK_WARNING, "file size", expected, found);
	}
}

/* The whole ------------------------------------------------------------------------------------------------ */

static status open_file(struct checker *c, struct input *in, struct reason *why)
{
	uint8_t data[PST_HEADER_SIZE];
	struct pst_header h;

	if (in->size == 0)
		return reason_set(why, ecCorruptData, "%s is empty", in->name);
	if (in->size < sizeof data || input_read(in, 0, data, sizeof data))
		return reason_set(why, ecCorruptData, "%s is not an Outlook store: it is too short", in->name);
	if (memcmp(data, "!BDN", 4) != 0 && !pst_format_of_version(le16(data + 10)))
		return reason_set(why, ecCorruptData, "%s is not an Outlook store, or its header is destroyed; try postern recover",
				  in->name);
	status s = pst_header_decode(bytes_of(data, sizeof data), &h, why);
	if (!s && ndb_init(&c->db, in, &h))
		s = reason_set(why, ecMemory, "out of memory");
	return s;
}

static status run(struct checker *c)
{
	check_header(c);
	status s = check_btrees(c);
	if (!s)
		s = check_maps(c);
	return s ? s : check_nodes(c);
}

status pst_check(struct input *in, const struct check_options *options, struct check_summary *summary, struct reason *why)
{
	struct checker c = { .options = options, .summary = summary };

	*summary = (struct check_summary){ 0 };
	status s = open_file(&c, in, why);
	if (s)
		return s;
	arena_init(&c.arena, (size_t)24 << 20);
	s = run(&c);
	summary->complete = !s;
	/* A tree that cannot be walked on has been reported; only memory and the disk stop the check itself. */
	if (s == ecMemory || s == ecDiskError)
		(void)reason_set(why, s, "%s", s == ecMemory ? "out of memory" : c.db.why.text);
	else
		s = ecNone;
	free(c.references);
	free(c.leaves);
	arena_free(&c.arena);
	ndb_free(&c.db);
	return s;
}
