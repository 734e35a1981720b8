/* What ends a wait of `postern sync --watch` before its time: the network is another one, the machine was asleep, somebody asks (SIGUSR1). */
#ifndef CLI_WATCH_WAKE_H
#define CLI_WATCH_WAKE_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

enum watch_woken {
	WATCH_NOT_WOKEN,
	WATCH_NETWORK, /* there is another way to the world, or one again: what was connected may hang */
	WATCH_SLEPT, /* so is it after a sleep */
	WATCH_ASKED,
};

#define WATCH_WAKE_FDS 2u

struct watch_wake {
	int routes;          /* netlink; -1: the kernel does not tell */
	int asked;           /* an eventfd that the signal writes to */
	uint64_t asleep_ms;  /* so far */
	uint64_t network_ms; /* when the network was another one last */
};

/* SIGUSR1 is taken from here on, once for the program. What cannot be had is done without. */
void watch_wake_open(struct watch_wake *w);
void watch_wake_close(struct watch_wake *w);
/* Descriptors to wait on, WATCH_WAKE_FDS of them; a sleep is found out without. */
void watch_wake_poll(const struct watch_wake *w, struct pollfd *v);
/* Has anything happened since it was asked last? */
enum watch_woken watch_wake_look(struct watch_wake *w);
/* Milliseconds since the machine was started, sleep and all; a clock that is set does not move it. */
uint64_t watch_now_ms(void);

#endif
