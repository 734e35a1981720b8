/*
 * The offline address book: the global address list as a file that cached clients download ([MS-OXOAB] 2.9, version 4, full details), in the container
 * of compressed files with blocks that are stored as they are (2.11.2), and the manifest that says where it is ([MS-OXWOAB] 2.2).
 *
 * There are no differential files: a client whose book is older takes the full one, which the manifest offers alone.  Nor are there display templates
 * in it; those of the connection hold (GetTemplateInfo).
 */
#ifndef SERVER_OAB_H
#define SERVER_OAB_H

#include "net/http_server.h"
#include "server/nspi_book.h"

/* The longest file: about a million people. */
#define OAB_MOST ((size_t)1 << 30)

/* Appends the uncompressed file. `sequence` grows whenever anything in it changes. */
status oab_details(const struct nspi_picture *p, uint32_t sequence, struct buf *out, struct reason *why) MUST;
/* Appends the container of it. */
void oab_store(struct bytes file, struct buf *out);
/* "<guid>-data-<sequence>.lzx"; room for 64. */
void oab_file_name(const struct nspi_picture *p, uint32_t sequence, char out[static 64]);
/* Appends the manifest of a container. */
status oab_manifest(const struct nspi_picture *p, uint32_t sequence, struct bytes container, size_t uncompressed, struct buf *out) MUST;

/* The files of a server, made anew when the directory changed and somebody asks. */
struct oab;
status oab_new(struct oab **out) MUST;
void oab_free(struct oab *o); /* NULL is fine */

/*
 * `handle` of the route "/oab/": "oab.xml" and the file that it names, whatever folder is before them; ranges of bytes, HEAD.  For everybody who has
 * proved to be somebody.
 */
void oab_handle(struct http_request *r);

#endif
