/* Round trips of Execute: how many a second, and how long the slowest take. */
#include "serve.h"

#include <stdio.h>
#include <stdlib.h>

#include "rop/rops_logon.h"

#define ROUND_SECONDS 5.0
#define TIMES_MOST    1000000u

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static size_t ask_for_a_while(struct mapi_client *c, unsigned n, struct rop_request *r, double *asked, double *times)
{
	size_t done = 0;
	double began = now();

	while (now() - began < ROUND_SECONDS && done + n < TIMES_MOST) {
		for (unsigned i = 0; i < n; i++) {
			asked[i] = now();
			good(&c[i], mapi_client_execute_begin(&c[i], r, 1), "Execute");
		}
		for (unsigned i = 0; i < n; i++) {
			good(&c[i], mapi_client_execute_end(&c[i], r, 1, NULL), "Execute");
			times[done++] = now() - asked[i];
			mapi_client_forget(&c[i]);
		}
	}
	return done;
}

void measure_round_trips(const char *who, unsigned n)
{
	static double times[TIMES_MOST];
	struct mapi_account a = served_account(&served, who);
	struct mapi_client *c = calloc(n, sizeof *c);
	double *asked = calloc(n, sizeof *asked);

	if (!c || !asked)
		die("round trips", "out of memory");
	for (unsigned i = 0; i < n; i++)
		begin(&c[i], &a);
	struct rop_long_term_id_from_id_request q = { .object_id = c[0].logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_request r = { .id = ROP_LONG_TERM_ID_FROM_ID, .input_handle_index = LOGON, .body = &q };
	double cpu = served_cpu_seconds(&served), began = now();
	size_t done = ask_for_a_while(c, n, &r, asked, times);
	double took = now() - began;

	cpu = served_cpu_seconds(&served) - cpu;
	qsort(times, done, sizeof *times, by_size);
	printf("execute_%u %.0f /s\n", n, (double)done / took);
	printf("execute_%u_cpu %.1f us\n", n, cpu / (double)done * 1e6);
	printf("execute_%u_p50 %.2f ms\n", n, times[done / 2] * 1e3);
	printf("execute_%u_p99 %.2f ms\n", n, times[done * 99 / 100] * 1e3);
	(void)fflush(stdout);
	for (unsigned i = 0; i < n; i++)
		end(&c[i]);
	free(asked);
	free(c);
}
