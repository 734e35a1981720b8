/* The named property map of a .pst being written: node 0x61. [MS-PST] 2.4.7 */
#ifndef PST_WRITE_NAMES_H
#define PST_WRITE_NAMES_H

#include "mapi/named.h"
#include "pst/write_pc.h"

status names_write(const struct name_map *names, struct file_writer *file, pst_bid *data, pst_bid *sub) MUST;

#endif
