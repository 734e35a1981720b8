#include "client/address_fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/input.h"
#include "base/output.h"
#include "client/address_book.h"
#include "rop/oab_patch.h"

status address_get(const struct address_update *u, const char *name, size_t most, struct buf *out,
		   struct reason *why)
{
	char url[2048];
	size_t n = strlen(u->oab_url);
	struct session_file f = {
		.url = url, .most = most, .canceled = u->canceled, .context = u->context
	};

	(void)snprintf(url, sizeof url, "%.1024s%s%s", u->oab_url,
		       n && u->oab_url[n - 1] == '/' ? "" : "/", name);
	return session_get(u->session, &f, out, why);
}

/* One file, and that it is what the manifest says. */
static status get_part(const struct address_update *u, const struct oab_part *p, struct buf *out,
		       struct reason *why)
{
	status s;

	if (p->size > OAB_FILE_MOST || p->uncompressed > OAB_FILE_MOST)
		return reason_set(why, ecTooBig,
				  "the address book has %" PRIu64 " bytes, which is too many",
				  p->uncompressed > p->size ? p->uncompressed : p->size);
	s = address_get(u, p->file, p->size ? (size_t)p->size : OAB_FILE_MOST, out, why);
	return s ? s : oab_check(p, buf_bytes(out), why);
}

static status check_size(const struct oab_part *p, const struct buf *file, struct reason *why)
{
	if (!p->uncompressed || file->n == p->uncompressed)
		return ecNone;
	return reason_set(why, ecCorruptData,
			  "the address book has %zu bytes where its list says %" PRIu64, file->n,
			  p->uncompressed);
}

/* The whole ------------------------------------------------------------------------------------------------------------ */

static status get_whole(const struct address_update *u, const struct oab_part *p, struct buf *file,
			struct reason *why)
{
	CLEANUP_BUF struct buf container = BUF_MAX(OAB_FILE_MOST);
	status s = get_part(u, p, &container, why);

	if (!s)
		s = oab_unpack(buf_bytes(&container), file, why);
	return s ? s : check_size(p, file, why);
}

/* Differences ---------------------------------------------------------------------------------------------------------- */

static void path_of(const struct address_update *u, char path[static 4096])
{
	(void)snprintf(path, 4096, "%s/%s", u->folder, ADDRESS_BOOK_FILE);
}

static status read_kept(const struct address_update *u, struct buf *out)
{
	CLEANUP_INPUT struct input *in = NULL;
	char path[4096];
	status s;

	path_of(u, path);
	s = input_open_file(path, &in, NULL);
	if (s)
		return s;
	uint8_t *p = in->size <= OAB_FILE_MOST ? buf_extend(out, (size_t)in->size) : NULL;
	return p ? input_read(in, 0, p, (size_t)in->size) : ecTooBig;
}

void address_keep(const struct address_update *u, struct bytes file)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	char path[4096];

	path_of(u, path);
	if (!output_create(path, true, &o, NULL)) {
		output_keep_private(o);
		if (!output_append(o, file.p, file.n) && !output_commit(o, NULL))
			return;
	}
	(void)unlink(path);
}

/* Are they all there, and less than the whole? */
static bool worthwhile(const struct oab_manifest *m, const struct address_state *s)
{
	uint64_t all = 0;

	if (strcmp(s->source, "oab") != 0 || s->sequence >= m->full.sequence ||
	    m->full.sequence - s->sequence > OAB_PARTS_MOST)
		return false;
	for (uint32_t n = s->sequence + 1; n <= m->full.sequence; n++) {
		const struct oab_part *p = oab_difference(m, n);

		if (!p || !p->size || p->size > OAB_FILE_MOST)
			return false;
		all += p->size;
	}
	return all < m->full.size;
}

static status get_difference(const struct address_update *u, const struct oab_part *p,
			     struct buf *file, struct reason *why)
{
	CLEANUP_BUF struct buf patch = BUF_MAX(OAB_FILE_MOST), newer = BUF_MAX(OAB_FILE_MOST);
	struct buf older;
	status s = get_part(u, p, &patch, why);

	if (!s)
		s = oab_patch_apply(buf_bytes(&patch), buf_bytes(file), &newer, why);
	if (s)
		return s;
	older = *file;
	*file = newer;
	newer = older;
	return ecNone;
}

static status get_differences(const struct address_update *u, const struct oab_manifest *m,
			      const struct address_state *s, struct buf *file, struct reason *why)
{
	status st = read_kept(u, file);

	for (uint32_t n = s->sequence + 1; !st && n <= m->full.sequence; n++)
		st = get_difference(u, oab_difference(m, n), file, why);
	return st ? st : check_size(&m->full, file, why);
}

status address_fetch(const struct address_update *u, const struct oab_manifest *m,
		     const struct address_state *s, struct buf *file, uint32_t *differences,
		     struct reason *why)
{
	status st = ecNotFound;

	*differences = 0;
	if (worthwhile(m, s))
		st = get_differences(u, m, s, file, why);
	if (!st)
		*differences = m->full.sequence - s->sequence;
	if (!st || st == ecUserCanceled)
		return st;
	buf_clear(file);
	return get_whole(u, &m->full, file, why);
}
