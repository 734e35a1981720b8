/*
 * Runs a command some times and prints what the median run cost: "CPU-seconds wall-seconds peak-KiB exit".
 * CPU is user and system time of the command and its children; its output is thrown away.
 *
 *   measure [-n RUNS] [-b COMMAND-BEFORE-EACH-RUN] COMMAND ARGUMENT...
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 99

struct run {
	double cpu, wall;
	long peak;
	int code;
};

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void execute(char **argv)
{
	int nothing = open("/dev/null", O_WRONLY);

	dup2(nothing, STDOUT_FILENO);
	dup2(nothing, STDERR_FILENO);
	execvp(argv[0], argv);
	_exit(127);
}

static int measure(char **argv, struct run *out)
{
	struct rusage use;
	double start = now();
	int state;
	pid_t pid = vfork();

	if (pid == 0)
		execute(argv);
	if (pid < 0 || wait4(pid, &state, 0, &use) != pid)
		return -1;
	out->wall = now() - start;
	out->cpu = seconds(use.ru_utime) + seconds(use.ru_stime);
	out->peak = use.ru_maxrss;
	out->code = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
	return 0;
}

static int by_cpu(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

int main(int argc, char **argv)
{
	struct run runs[RUNS_MAX];
	const char *before = NULL;
	long n = 5;
	int c;

	while ((c = getopt(argc, argv, "+n:b:")) != -1) {
		if (c == 'n')
			n = strtol(optarg, NULL, 10);
		else if (c == 'b')
			before = optarg;
		else
			return 64;
	}
	if (optind >= argc || n < 1 || n > RUNS_MAX)
		return 64;
	for (long i = 0; i < n; i++) {
		if (before && system(before) != 0)
			return 1;
		if (measure(argv + optind, &runs[i]))
			return 1;
	}
	qsort(runs, (size_t)n, sizeof *runs, by_cpu);
	printf("%.4f %.4f %ld %d\n", runs[n / 2].cpu, runs[n / 2].wall, runs[n / 2].peak,
	       runs[n / 2].code);
	return 0;
}
