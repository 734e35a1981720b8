/*
 * The offline address book: the global address list as a file that cached clients download ([MS-OXOAB] 2.9, version 4, full details), in the container
 * of compressed files with blocks that are stored as they are (2.11.2); what makes each generation of it out of the one before (2.10); and the manifest
 * that says where they are ([MS-OXWOAB] 2.2).
 *
 * Generations are numbered for the site (store/directory_generation.h).  Differences are kept in memory: a server that was started anew has none until
 * the next change.  There are no display templates in the files; those of the connection hold (GetTemplateInfo).
 */
#ifndef SERVER_OAB_H
#define SERVER_OAB_H

#include "net/http_server.h"
#include "server/nspi_book.h"

/* The longest file: about a million people. */
#define OAB_MOST ((size_t)1 << 30)

/* Differences that are offered: so many, and together no more than a part of the whole file. */
#define OAB_DIFFERENCES_MOST 32u
#define OAB_DIFFERENCES_PART 2u

#define OAB_NAME_SIZE 80u

enum oab_kind {
	OAB_FULL,
	OAB_DIFFERENCE, /* from the generation before */
};

struct oab_file {
	enum oab_kind kind;
	uint32_t sequence;   /* of the generation that it is, or makes */
	struct bytes data;
	size_t uncompressed; /* of the whole file that is in it, or that it makes */
};

/* Appends the uncompressed file. `sequence` grows whenever anything in it changes. */
status oab_details(const struct nspi_picture *p, uint32_t sequence, struct buf *out, struct reason *why) MUST;
/* Of what is in it, whatever its sequence. */
status oab_hash(const struct nspi_picture *p, uint8_t hash[static 20], struct reason *why) MUST;
/* "<guid>-data-<sequence>.lzx", "<guid>-binpatch-<sequence>.lzx" */
void oab_file_name(const struct nspi_picture *p, enum oab_kind kind, uint32_t sequence, char out[static OAB_NAME_SIZE]);
/* Appends the manifest of the files. */
status oab_manifest(const struct nspi_picture *p, const struct oab_file *files, size_t n, struct buf *out) MUST;

/* The files of a server, made anew when the directory changed and somebody asks. */
struct oab;
status oab_new(struct oab **out) MUST;
void oab_free(struct oab *o); /* NULL is fine */

/*
 * `handle` of the route "/oab/": "oab.xml" and the files that it names, whatever folder is before them; ranges of bytes, HEAD.  For everybody who has
 * proved to be somebody.
 */
void oab_handle(struct http_request *r);

#endif
