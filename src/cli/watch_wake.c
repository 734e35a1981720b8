#include "cli/watch_wake.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SLEPT_MS   3000u  /* shorter, and connections are as they were */
#define NETWORK_MS 10000u /* a network that comes and goes is not run after */

static int asked_fd = -1; /* for the signal's handler */

static uint64_t milliseconds(clockid_t clock)
{
	struct timespec t = { 0, 0 };

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t watch_now_ms(void)
{
	return milliseconds(CLOCK_BOOTTIME);
}

/* One clock counts the time of sleep, the other does not. */
static uint64_t asleep_ms(void)
{
	uint64_t awake = milliseconds(CLOCK_MONOTONIC), all = watch_now_ms();

	return all > awake ? all - awake : 0;
}

static void on_signal(int signal)
{
	uint64_t one = 1;
	int was = errno;

	(void)signal;
	(void)!write(asked_fd, &one, sizeof one);
	errno = was;
}

static int open_routes(void)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK,
				  .nl_groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at)) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

void watch_wake_open(struct watch_wake *w)
{
	struct sigaction ask = { .sa_handler = on_signal };

	*w = (struct watch_wake){ .routes = open_routes(),
				  .asked = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
				  .asleep_ms = asleep_ms() };
	asked_fd = w->asked;
	(void)sigaction(SIGUSR1, &ask, NULL);
}

void watch_wake_close(struct watch_wake *w)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGUSR1, &ignore, NULL);
	asked_fd = -1;
	if (w->routes >= 0)
		(void)close(w->routes);
	if (w->asked >= 0)
		(void)close(w->asked);
}

void watch_wake_poll(const struct watch_wake *w, struct pollfd *v)
{
	v[0] = (struct pollfd){ w->routes, POLLIN, 0 };
	v[1] = (struct pollfd){ w->asked, POLLIN, 0 };
}

/* Of routes only the one to the world counts: others come and go with containers and the like. */
static bool is_of_default_route(const struct nlmsghdr *h)
{
	const struct rtmsg *r = NLMSG_DATA(h);

	return (h->nlmsg_type == RTM_NEWROUTE || h->nlmsg_type == RTM_DELROUTE) &&
	       h->nlmsg_len >= NLMSG_LENGTH(sizeof *r) && r->rtm_dst_len == 0 &&
	       r->rtm_table == RT_TABLE_MAIN;
}

static bool has_default_route(const char *bytes, size_t n)
{
	for (size_t at = 0; n - at >= sizeof(struct nlmsghdr);) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)(const void *)(bytes + at);

		if (h->nlmsg_len < sizeof *h || h->nlmsg_len > n - at)
			return false;
		if (is_of_default_route(h))
			return true;
		at += NLMSG_ALIGN(h->nlmsg_len) < n - at ? NLMSG_ALIGN(h->nlmsg_len) : n - at;
	}
	return false;
}

static bool read_routes(int fd)
{
	_Alignas(struct nlmsghdr) char room[16384];
	bool changed = false;
	ssize_t n;

	/* When there were more than the kernel keeps, there may have been one among them. */
	while ((n = recv(fd, room, sizeof room, MSG_DONTWAIT)) > 0 || (n < 0 && errno == ENOBUFS))
		changed = n < 0 || has_default_route(room, (size_t)n) || changed;
	return changed;
}

enum watch_woken watch_wake_look(struct watch_wake *w)
{
	uint64_t asleep = asleep_ms(), now = watch_now_ms(), n;
	bool slept = asleep > w->asleep_ms + SLEPT_MS,
	     network = w->routes >= 0 && read_routes(w->routes);

	w->asleep_ms = asleep;
	if (w->asked >= 0 && read(w->asked, &n, sizeof n) > 0)
		return WATCH_ASKED;
	if (slept)
		return WATCH_SLEPT;
	if (!network || (w->network_ms && now - w->network_ms < NETWORK_MS))
		return WATCH_NOT_WOKEN;
	w->network_ms = now;
	return WATCH_NETWORK;
}
