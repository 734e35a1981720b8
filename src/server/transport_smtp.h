/*
 * The way out: messages for others are given to the smart host that the directory names (TransportConfig), by SMTP, as MIME.
 */
#ifndef SERVER_TRANSPORT_SMTP_H
#define SERVER_TRANSPORT_SMTP_H

#include "server/message_part.h"
#include "server/server.h"

#define SMTP_ADDRESS_MAX 320u

enum smtp_tls { SMTP_TLS_NONE, SMTP_TLS_OPPORTUNISTIC, SMTP_TLS_REQUIRED };

struct smtp_host {
	char host[256]; /* "": there is none */
	uint16_t port;
	enum smtp_tls tls;
};

/* What the directory says now. */
status smtp_host_read(struct host *h, struct smtp_host *out, struct reason *why) MUST;
/* The message as mail, within `out`. ecTooBig beyond its maximum. */
status smtp_make_mail(const struct message_part *part, const struct name_map *names, struct buf *out, struct reason *why) MUST;
/*
 * To one recipient.  `from` "": nobody is told of failures.  ecBusy: it can be tried again; ecAccessDenied: it was refused for good; the
 * words are the host's.  ecNotFound: the library is not installed.
 */
status smtp_send(const struct smtp_host *to, const char *name, const char *from, const char *recipient, struct bytes mail, struct reason *why) MUST;

#endif
