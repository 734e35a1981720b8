/* Display templates: the pages that a client shows of an entry ([MS-OXOABKT] 2.2.2.1), and the script of an address ([MS-OXOABKT] 2.2.2.2). */
#ifndef SERVER_NSPI_TEMPLATE_H
#define SERVER_NSPI_TEMPLATE_H

#include "base/buf.h"

/* Appends the TRowSet of the pages of people or of groups. */
void nspi_template_pages(bool group, struct buf *out);
/* Appends a script that does nothing: addresses here need none. */
void nspi_template_script(struct buf *out);

#endif
