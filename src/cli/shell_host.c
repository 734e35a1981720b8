#include "cli/shell_host.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/text.h"

static status write_text(void *context, const char *text, size_t n)
{
	(void)context;
	if (fwrite(text, 1, n, stdout) != n)
		return ecDiskError;
	/* A person, and whoever follows the pipe, sees each object when it is there. */
	return isatty(STDOUT_FILENO) && fflush(stdout) != 0 ? ecDiskError : ecNone;
}

static void error(struct host *h, const char *text)
{
	h->errors++;
	if (h->interactive)
		fprintf(stderr, "%s%s%s\n", text_style(stderr, TEXT_RED), text, text_style(stderr, TEXT_PLAIN));
	else if (h->source)
		complain("%s: %s", h->source, text);
	else
		complain("%s", text);
}

static void labelled(FILE *to, enum text_style style, const char *label, const char *text)
{
	fprintf(to, "%s%s%s%s\n", text_style(to, style), label, text, text_style(to, TEXT_PLAIN));
}

static void message(void *context, enum shell_message kind, status code, const char *text)
{
	struct host *h = context;

	(void)code;
	(void)fflush(stdout);
	switch (kind) {
	case SHELL_ERROR:
		error(h, text);
		return;
	case SHELL_WARNING:
		h->warnings++;
		if (!h->options->quiet)
			labelled(stderr, TEXT_YELLOW, "WARNING: ", text);
		return;
	case SHELL_VERBOSE:
		labelled(stderr, TEXT_DIM, "VERBOSE: ", text);
		return;
	case SHELL_WHAT_IF:
		/* What was asked for, so it is output; but programs read objects there. */
		labelled(h->options->json ? stderr : stdout, TEXT_PLAIN, "", text);
		return;
	}
}

/* Byte by byte, so that what stands behind the line stays for whoever reads next. */
static status read_line(struct buf *out)
{
	for (;;) {
		char c;
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0)
			return errno == EINTR ? ecUserCanceled : ecDiskError;
		if (n == 0)
			return out->n ? ecNone : ecNotFound;
		if (c == '\n')
			break;
		if (!c)
			return ecInvalidParam;
		buf_add_u8(out, (uint8_t)c);
	}
	if (out->n && out->p[out->n - 1] == '\r')
		buf_truncate(out, out->n - 1);
	return ecNone;
}

static status ask(void *context, const char *prompt, bool hidden, struct buf *answer)
{
	struct host *h = context;
	struct termios before, quiet;
	bool terminal = isatty(STDIN_FILENO);
	status rc;

	if (h->script_is_input && !terminal)
		return ecNotFound;
	(void)fflush(stdout);
	if (!terminal)
		return read_line(answer);
	fprintf(stderr, "%s: ", prompt);
	(void)fflush(stderr);
	hidden = hidden && tcgetattr(STDIN_FILENO, &before) == 0;
	if (hidden) {
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	rc = read_line(answer);
	if (hidden) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	return rc;
}

/* As PowerShell asks it, and Enter is yes as there. */
static enum shell_answer confirm(void *context, const char *question)
{
	(void)context;
	(void)fflush(stdout);
	for (;;) {
		CLEANUP_BUF struct buf answer = BUF_MAX(4096);

		fprintf(stderr, "Confirm\nAre you sure you want to perform this action?\n%s\n"
				"[Y] Yes  [A] Yes to All  [N] No  [L] No to All  (default is \"Y\"): ", question);
		(void)fflush(stderr);
		if (read_line(&answer))
			return SHELL_NO_TO_ALL;
		switch (answer.n ? answer.p[0] | 32 : 'y') {
		case 'y':
			return SHELL_YES;
		case 'a':
			return SHELL_YES_TO_ALL;
		case 'n':
			return SHELL_NO;
		case 'l':
			return SHELL_NO_TO_ALL;
		default:
			break;
		}
	}
}

unsigned host_width(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col : 0;
}

struct shell_host host_of(struct host *h)
{
	struct shell_host out = {
		.context = h,
		.write = write_text,
		.message = message,
		.ask = ask,
		.width = host_width(),
		.json = h->options->json,
	};

	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		out.confirm = confirm;
	return out;
}

int host_exit_code(const struct host *h)
{
	return h->errors ? EXIT_LOSS : h->warnings ? EXIT_WARNINGS : EXIT_COMPLETE;
}
