#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 30000u
#define MORE 65536u

struct trust {
	gnutls_certificate_credentials_t roots;
};

status trust_new(const char *root_file, struct trust **out, struct reason *why)
{
	struct trust *t = calloc(1, sizeof *t);

	if (!t || gnutls_certificate_allocate_credentials(&t->roots)) {
		free(t);
		return reason_set(why, ecMemory, "out of memory");
	}
	int n = gnutls_certificate_set_x509_trust_file(t->roots, root_file, GNUTLS_X509_FMT_PEM);
	if (n <= 0) {
		trust_free(t);
		return reason_set(why, ecNotFound, "%s: %s", root_file, n ? gnutls_strerror(n) : "there is no certificate in it");
	}
	*out = t;
	return ecNone;
}

void trust_free(struct trust *t)
{
	if (!t)
		return;
	gnutls_certificate_free_credentials(t->roots);
	free(t);
}

void link_init(struct link *l)
{
	*l = (struct link){ .fd = -1, .patience_ms = PATIENCE_MS, .in = BUF_MAX((size_t)64 << 20) };
}

void link_close(struct link *l)
{
	if (l->tls)
		gnutls_deinit(l->tls);
	if (l->fd >= 0)
		(void)close(l->fd);
	l->tls = NULL;
	l->fd = -1;
	buf_free(&l->in);
	l->in_at = 0;
}

static bool wait_for(const struct link *l, short what, unsigned ms)
{
	struct pollfd p = { .fd = l->fd, .events = what };
	int n;

	do
		n = poll(&p, 1, (int)ms);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

static status shake_hands(struct link *l, const struct link_place *at, struct reason *why)
{
	const char *name = at->name ? at->name : "localhost";
	gnutls_session_t s;

	if (gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL))
		return reason_set(why, ecMemory, "out of memory");
	l->tls = s;
	if (gnutls_set_default_priority(s) || gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, at->trust->roots) ||
	    gnutls_server_name_set(s, GNUTLS_NAME_DNS, name, strlen(name)))
		return reason_set(why, ecNetwork, "TLS cannot begin");
	gnutls_session_set_verify_cert(s, name, 0);
	gnutls_transport_set_int(s, l->fd);
	for (;;) {
		int r = gnutls_handshake(s);

		if (r == GNUTLS_E_SUCCESS)
			return ecNone;
		if (gnutls_error_is_fatal(r))
			return reason_set(why, ecNetwork, "TLS: %s", gnutls_strerror(r));
		if (!wait_for(l, gnutls_record_get_direction(s) ? POLLOUT : POLLIN, l->patience_ms))
			return reason_set(why, ecTimeout, "TLS: the server is silent");
	}
}

status link_open(struct link *l, const struct link_place *at, struct reason *why)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(at->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1;

	link_close(l);
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd >= 0 && at->from) {
		struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7F000000u | at->from) };

		(void)!bind(l->fd, (struct sockaddr *)&own, sizeof own);
	}
	if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&a, sizeof a)) {
		status st = reason_set(why, ecNetwork, "port %u: %s", (unsigned)at->port, strerror(errno));

		link_close(l);
		return st;
	}
	(void)setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	status st = at->trust ? shake_hands(l, at, why) : ecNone;
	if (st)
		link_close(l);
	return st;
}

status link_send(struct link *l, struct bytes b, struct reason *why)
{
	while (b.n) {
		ssize_t n = l->tls ? gnutls_record_send(l->tls, b.p, b.n) : send(l->fd, b.p, b.n, MSG_NOSIGNAL);

		if (l->tls && (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)) {
			if (!wait_for(l, POLLOUT, l->patience_ms))
				return reason_set(why, ecTimeout, "the server takes nothing");
			continue;
		}
		if (n <= 0)
			return reason_set(why, ecNetwork, "the server has closed");
		b = bytes_of(b.p + n, b.n - (size_t)n);
	}
	return ecNone;
}

bool link_ready(struct link *l, unsigned ms)
{
	return l->in.n > l->in_at || (l->tls && gnutls_record_check_pending(l->tls)) || wait_for(l, POLLIN, ms);
}

status link_more(struct link *l, struct reason *why)
{
	if (l->in_at == l->in.n) {
		buf_truncate(&l->in, 0);
		l->in_at = 0;
	}
	uint8_t *to = l->fd >= 0 && buf_reserve(&l->in, MORE) ? l->in.p + l->in.n : NULL;
	if (!to)
		return reason_set(why, ecNetwork, "not connected");
	for (;;) {
		if (!l->tls && !wait_for(l, POLLIN, l->patience_ms))
			return reason_set(why, ecTimeout, "the server is silent");
		ssize_t n = l->tls ? gnutls_record_recv(l->tls, to, MORE) : recv(l->fd, to, MORE, 0);

		if (n > 0) {
			(void)buf_extend(&l->in, (size_t)n);
			l->received += (uint64_t)n;
			return ecNone;
		}
		/* Session tickets come first, and are not what is asked for. */
		if (!l->tls || (n != GNUTLS_E_AGAIN && n != GNUTLS_E_INTERRUPTED))
			return reason_set(why, ecNetwork, "the server has closed");
		if (!wait_for(l, POLLIN, l->patience_ms))
			return reason_set(why, ecTimeout, "the server is silent");
	}
}
