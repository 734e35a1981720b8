/* What CopyTo and CopyProperties take along beside values: recipients, attachments, embedded messages, what is in folders. */
#ifndef SERVER_COPY_PARTS_H
#define SERVER_COPY_PARTS_H

#include "server/logon.h"

#define ecMessageCycle 0x00000504u
#define ecFolderCycle 0x8004060Bu

/* Which object it is, and its place, is not copied. */
bool copy_is_identity(uint32_t tag);
/* ecMessageCycle, ecFolderCycle: the destination is within the source. */
status copy_no_cycle(const struct object *from, const struct object *to) MUST;
/* A named property gets the id that the other mailbox has for its name. ecNotFound: the id has no name. */
status copy_named_tag(struct logon *from, struct logon *to, uint32_t tag) MUST;
status copy_named(struct logon *from, struct logon *to, struct prop *p) MUST;

/* Of messages: those of the destination are replaced. */
status copy_recipients_of(struct object *from, struct object *to) MUST;
status copy_attachments_of(struct object *from, struct object *to) MUST;
/* Of attachments. */
status copy_embedded_of(struct object *from, struct object *to) MUST;
/* Of folders of one mailbox. ecDuplicateName: a subfolder of that name is there. */
status copy_folder_contents(struct object *from, struct object *to, bool contents, bool associated, bool subfolders) MUST;

#endif
