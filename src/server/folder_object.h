/* An open folder: the object of OBJECT_FOLDER. */
#ifndef SERVER_FOLDER_OBJECT_H
#define SERVER_FOLDER_OBJECT_H

#include "server/logon.h"

/* Of a folder that is there; rights are checked by the caller. */
status folder_object_new(struct logon *l, uint64_t id, struct object **out) MUST;
/* As in the store; `o` is an OBJECT_FOLDER. */
uint64_t folder_object_id(const struct object *o);

#endif
