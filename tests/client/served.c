#include "served.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_MS     60000
#define ARGUMENTS    24u
#define SHELL_ROOM   ((size_t)1 << 20)

/* Programs ------------------------------------------------------------------------------------------------------------------ */

/* Starts it; *from is where what it says (on stdout, and stderr too when `both`) can be read. */
static pid_t spawn(const char *const *argv, const char *folder, bool both, int *from)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		char errors[300];

		(void)snprintf(errors, sizeof errors, "%s/stderr", folder);
		int fd = both ? dup(ends[1]) : open(errors, O_WRONLY | O_CREAT | O_APPEND, 0600);

		if (dup2(ends[1], STDOUT_FILENO) < 0 || fd < 0 || dup2(fd, STDERR_FILENO) < 0 || setenv("XDG_STATE_HOME", folder, 1))
			_exit(126);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(ends[1]);
	if (pid < 0)
		(void)close(ends[0]);
	else
		*from = ends[0];
	return pid;
}

static int wait_for(pid_t pid)
{
	int how = 0;

	while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

static const char *program(void)
{
	const char *p = getenv("POSTERN");

	return p ? p : "postern";
}

static void site_of(const struct served *s, char out[static 300])
{
	(void)snprintf(out, 300, "%s%s", s->location ? s->location : s->folder, s->location ? "" : "/site");
}

int served_run(struct served *s, const char *const *arguments, struct buf *out)
{
	const char *argv[ARGUMENTS + 4] = { program() };
	char room[4096], site[300];
	size_t n = 1;
	int from = -1;
	ssize_t got;

	site_of(s, site);
	for (; *arguments && n < ARGUMENTS; arguments++)
		argv[n++] = *arguments;
	argv[n++] = "--data";
	argv[n] = site;
	pid_t pid = spawn(argv, s->folder, true, &from);
	if (pid < 0)
		return 126;
	while ((got = read(from, room, sizeof room)) > 0)
		if (out)
			buf_add(out, room, (size_t)got);
	(void)close(from);
	return wait_for(pid);
}

status served_shell(struct served *s, const char *command, struct buf *out)
{
	const char *argv[] = { "shell", "-c", command, NULL };
	CLEANUP_BUF struct buf said = BUF_MAX(SHELL_ROOM);
	int code = served_run(s, argv, &said);

	if (code)
		return reason_set(&s->why, ecError, "%s: exit code %d: %s", command, code, buf_cstr(&said));
	if (out)
		buf_add(out, said.p, said.n);
	return ecNone;
}

/* The organisation ------------------------------------------------------------------------------------------------------------ */

static status make_person(struct served *s, const char *name, const char **dn)
{
	CLEANUP_BUF struct buf said = BUF_MAX(SHELL_ROOM);
	char command[1024];

	(void)snprintf(command, sizeof command,
		       "New-Mailbox %s -Password (Get-Content '%s/password' | ConvertTo-SecureString) | Out-Null; Get-Mailbox %s | Select-Object -ExpandProperty LegacyExchangeDN",
		       name, s->folder, name);
	status st = served_shell(s, command, &said);
	if (st)
		return st;
	const char *text = buf_cstr(&said), *at = strstr(text, "/o=");
	*dn = at ? arena_strndup(&s->arena, at, strcspn(at, "\r\n")) : NULL;
	return *dn ? ecNone : reason_set(&s->why, ecNotFound, "%s has no name in the directory: %s", name, text);
}

static status make_folder(struct served *s)
{
	const char *temporary = getenv("TMPDIR");

	(void)snprintf(s->folder, sizeof s->folder, "%s/postern-served-XXXXXX", temporary ? temporary : "/tmp");
	return mkdtemp(s->folder) ? ecNone : reason_set(&s->why, ecDiskError, "%s: %s", s->folder, strerror(errno));
}

status served_make(struct served *s, const char *const *people)
{
	return served_make_at(s, NULL, people);
}

status served_join(struct served *s, const struct served *first)
{
	*s = (struct served){ .arena = ARENA_BUDGET((size_t)4 << 20), .people = first->people, .location = first->location };
	memcpy(s->dn, first->dn, sizeof s->dn);
	return make_folder(s);
}

status served_make_at(struct served *s, const char *location, const char *const *people)
{
	static const char *const make[] = { "shell", "--create", "--organization", "Contoso", "--domain", "contoso.example",
					    "--host", "mail.contoso.example", "-c", "Get-Mailbox | Out-Null", NULL };
	CLEANUP_BUF struct buf said = BUF_MAX(SHELL_ROOM);
	char path[300];

	*s = (struct served){ .arena = ARENA_BUDGET((size_t)4 << 20), .people = people, .location = location };
	status st = make_folder(s);
	if (st)
		return st;
	(void)snprintf(path, sizeof path, "%s/password", s->folder);
	FILE *f = fopen(path, "w");
	if (!f || fputs(SERVED_PASSWORD "\n", f) < 0 || fclose(f))
		return reason_set(&s->why, ecDiskError, "%s: %s", path, strerror(errno));
	if (served_run(s, make, &said))
		return reason_set(&s->why, ecError, "no organisation: %s", buf_cstr(&said));
	for (unsigned i = 0; people[i] && i < SERVED_PEOPLE && !st; i++)
		st = make_person(s, people[i], &s->dn[i]);
	return st;
}

static int drop(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

void served_free(struct served *s)
{
	(void)served_stop(s, SIGKILL);
	trust_free(s->trust);
	arena_free(&s->arena);
	if (*s->folder && !getenv("POSTERN_KEEP"))
		(void)nftw(s->folder, drop, 16, FTW_DEPTH | FTW_PHYS);
	*s->folder = '\0';
}

struct mapi_account served_account(const struct served *s, const char *person)
{
	struct mapi_account a = { .place = { .port = s->port, .trust = s->trust },
				  .user = person,
				  .password = SERVED_PASSWORD,
				  .dn = "",
				  .mode = AUX_CLIENT_MODE_CACHED,
				  .application = "Outlook/16.0.5134.1000" };

	for (unsigned i = 0; s->people[i] && i < SERVED_PEOPLE; i++)
		if (strcmp(s->people[i], person) == 0)
			a.dn = s->dn[i];
	return a;
}

/* The server ------------------------------------------------------------------------------------------------------------------ */

/* {"server":"...","listen":[{"address":"127.0.0.1","port":1,"tls":true},{... "tls":false}]} */
static bool read_ports(struct served *s, const char *line)
{
	for (const char *at = line; (at = strstr(at, "\"port\":"));) {
		char *end;
		unsigned long port = strtoul(at + 7, &end, 10);

		if (strncmp(end, ",\"tls\":true", 11) == 0)
			s->port = (uint16_t)port;
		else
			s->plain = (uint16_t)port;
		at = end;
	}
	return s->port && s->plain;
}

static status hear_ports(struct served *s, int from)
{
	char line[1024];
	size_t n = 0;

	while (n < sizeof line - 1) {
		struct pollfd p = { .fd = from, .events = POLLIN };

		if (poll(&p, 1, START_MS) != 1)
			return reason_set(&s->why, ecTimeout, "the server does not say where it listens");
		ssize_t got = read(from, line + n, sizeof line - 1 - n);
		if (got <= 0)
			return reason_set(&s->why, ecError, "the server ended; see %s/stderr", s->folder);
		n += (size_t)got;
		line[n] = '\0';
		if (strchr(line, '\n'))
			break;
	}
	return read_ports(s, line) ? ecNone : reason_set(&s->why, ecCorruptData, "the server says: %s", line);
}

status served_start(struct served *s, const char *const *further)
{
	const char *argv[ARGUMENTS + 1] = { program(), "serve", "--json", "--data", NULL, "--listen", NULL, "--plain", NULL };
	char site[300], secure[40], plain[40], root[340];
	size_t n = 9;
	int from = -1;

	site_of(s, site);
	(void)snprintf(secure, sizeof secure, "127.0.0.1:%u", (unsigned)s->port);
	(void)snprintf(plain, sizeof plain, "127.0.0.1:%u", (unsigned)s->plain);
	argv[4] = site;
	argv[6] = secure;
	argv[8] = plain;
	for (; further && *further && n < ARGUMENTS; further++)
		argv[n++] = *further;
	s->pid = spawn(argv, s->folder, false, &from);
	if (s->pid < 0) {
		s->pid = 0;
		return reason_set(&s->why, ecError, "%s: %s", argv[0], strerror(errno));
	}
	status st = hear_ports(s, from);
	(void)close(from);
	(void)snprintf(root, sizeof root, "%s/tls/authority.pem", site);
	if (s->location)
		(void)snprintf(root, sizeof root, "%s/postern/tls/authority.pem", s->folder);
	if (!st && !s->trust)
		st = trust_new(root, &s->trust, &s->why);
	if (st)
		(void)served_stop(s, SIGKILL);
	return st;
}

int served_stop(struct served *s, int signal)
{
	if (!s->pid)
		return 0;
	(void)kill(s->pid, signal);
	int code = wait_for(s->pid);
	s->pid = 0;
	return signal == SIGKILL ? 0 : code;
}

double served_cpu_seconds(const struct served *s)
{
	struct timespec t = { 0, 0 };
	clockid_t clock;

	if (clock_getcpuclockid(s->pid, &clock) || clock_gettime(clock, &t))
		return 0;
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

long served_resident_kb(const struct served *s)
{
	char path[64];
	long pages = 0;

	(void)snprintf(path, sizeof path, "/proc/%d/statm", (int)s->pid);
	FILE *f = fopen(path, "r");
	if (!f || fscanf(f, "%*s %ld", &pages) != 1)
		pages = 0;
	if (f)
		(void)fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}
