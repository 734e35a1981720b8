/*
 * What is said of a message when it is opened ([MS-OXCMSG] 2.2.3.1.2): subject, recipients, whether it has named properties; in
 * RopOpenMessage, RopReloadCachedInformation and RopOpenEmbeddedMessage alike.
 */
#ifndef SERVER_MESSAGE_HEADER_H
#define SERVER_MESSAGE_HEADER_H

#include "rop/rops_message.h"
#include "server/message_object.h"
#include "server/rop_call.h"

/* Fills all of it, with as many recipients as there is room for. */
status message_header_fill(struct rop_call *c, struct message_object *m, struct rop_open_message_response *out) MUST;
/* Recipients from that row on, as many as there is room for. ecNotFound: no such row; ecBufferTooSmall: no room for one. */
status message_recipients_read(struct rop_call *c, struct message_object *m, uint32_t row_id, struct rop_read_recipients_response *out) MUST;

#endif
