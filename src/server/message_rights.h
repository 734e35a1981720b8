/* What whoever asks may do with a message: by the rights in its folder, and whether they made it ([MS-OXCPERM] 2.2.7). */
#ifndef SERVER_MESSAGE_RIGHTS_H
#define SERVER_MESSAGE_RIGHTS_H

#include "server/logon.h"

/* Did the user of the session make it? By PidTagCreatorEntryId. */
status message_is_own(struct logon *l, uint64_t id, bool *own) MUST;
/* As OpenModeFlags say: 0 to read, 1 to read and write, 3 as far as may be. ecAccessDenied. */
status message_may_open(struct logon *l, uint64_t folder, uint64_t id, unsigned mode, bool *writable) MUST;
status message_may_edit(struct logon *l, uint64_t folder, uint64_t id) MUST;
status message_may_delete(struct logon *l, uint64_t folder, uint64_t id) MUST;

#endif
