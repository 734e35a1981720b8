/* What the server's own files share about listeners, and about tasks on loops that a thread waits for. */
#ifndef NET_HTTP_LISTEN_H
#define NET_HTTP_LISTEN_H

#include "net/http_conn.h"

void http_listeners_stop(struct http_server *s);
void http_task_begin(struct http_server *s, struct loop *loop, struct task *t);
void http_task_done(struct http_server *s); /* by the task, as its last thing */
void http_tasks_wait(struct http_server *s);

#endif
