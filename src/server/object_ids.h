/* Ids of objects as properties have them: entry ids, source keys, change keys. All append to a bag, in its arena. */
#ifndef SERVER_OBJECT_IDS_H
#define SERVER_OBJECT_IDS_H

#include "server/logon.h"

/* [MS-OXCDATA] 2.2.4.1, 2.2.4.2; ids as in the store. */
status object_put_folder_entryid(struct logon *l, uint64_t folder, uint32_t tag, struct bag *out) MUST;
status object_put_message_entryid(struct logon *l, uint64_t folder, uint64_t message, uint32_t tag, struct bag *out) MUST;
/* The replica and a counter: PidTagSourceKey of an id, PidTagChangeKey of a change number ([MS-OXCFXICS] 2.2.2.1, 2.2.2.2). */
status object_put_key(struct logon *l, uint64_t counter, uint32_t tag, struct bag *out) MUST;
/* PidTagPredecessorChangeList of a version that has no predecessors; `change_key` empty: that of `cn`. */
status object_put_predecessors(struct logon *l, struct bytes change_key, uint64_t cn, uint32_t tag, struct bag *out) MUST;

#endif
