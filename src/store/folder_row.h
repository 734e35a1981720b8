/* Properties of a folder that follow from what the store knows of it ([MS-OXCFOLD] 2.2.2.2.1): for tables and for open folders. */
#ifndef STORE_FOLDER_ROW_H
#define STORE_FOLDER_ROW_H

#include "store/folder.h"

/* The value lives in `arena`. ecNotFound: it is none of these. */
status folder_row_value(struct mailbox *m, const struct folder *f, struct arena *arena, uint32_t tag, struct prop *out) MUST;

#endif
