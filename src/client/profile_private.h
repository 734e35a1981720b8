/* A profile: what its parts share. */
#ifndef CLIENT_PROFILE_PRIVATE_H
#define CLIENT_PROFILE_PRIVATE_H

#include <cjson/cJSON.h>

#include "client/profile.h"

/* profile_store.c: the additional mailboxes in profile.json. NULL: there are none; ecCorruptData. */
status profile_mailboxes_read(const cJSON *list, struct arena *arena, struct profile *p) MUST;
/* False without memory. */
bool profile_mailboxes_write(cJSON *all, const struct profile *p);

#endif
