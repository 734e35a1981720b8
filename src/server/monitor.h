/* What those who watch the server ask: is it well (/healthcheck), and how much it does (/metrics, for administrators). */
#ifndef SERVER_MONITOR_H
#define SERVER_MONITOR_H

#include "server/counter.h"

#include "net/http_server.h"

/* `handle` of routes. */
void monitor_health(struct http_request *r);
void monitor_metrics(struct http_request *r);

/* Counters as Prometheus reads them: "postern_rpc_operations_total 12", with HELP and TYPE. */
void monitor_print(const struct counters *c, const struct http_counters *http, struct buf *out);

#endif
