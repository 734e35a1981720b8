/*
 * Lines are read through readline's callbacks, so that signals are ours: Ctrl-C ends the running pipeline, or gives up
 * the line that is typed; a changed window changes the width.
 */
#include "cli/shell_terminal.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/readline_library.h"
#include "cli/readline_words.h"
#include "cli/shell_history.h"
#include "cli/text.h"

#define PROMPT "postern> "
#define PROMPT_MORE ">> "

static struct terminal {
	struct shell *shell;
	struct buf text;   /* the lines of a statement that is not whole yet */
	bool line_came;    /* a line or the end of the input came; what is read next waits until it has run */
	bool ended;
	bool reading;      /* the prompt stands there */
	volatile sig_atomic_t interrupted, resized;
	struct history history;
} terminal;

/* Completion ---------------------------------------------------------------------------------------------------- */

/* The word before the cursor, in all that was typed of the statement so far. */
static int complete(int count, int key)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)2 << 20);
	struct readline_words w = { .n = 0 };
	size_t before = terminal.text.n, start;

	(void)count;
	(void)key;
	buf_add(&text, terminal.text.p ? (const char *)terminal.text.p : "", before);
	buf_add(&text, *rl.rl_line_buffer, (size_t)*rl.rl_point);
	shell_complete(terminal.shell, buf_cstr(&text), text.n, &start, readline_words_add, &w);
	if (start < before)
		(void)rl.rl_ding();
	else
		readline_words_complete(&w, start - before, " ");
	readline_words_free(&w);
	return 0;
}

/* Lines --------------------------------------------------------------------------------------------------------- */

static void take_line(char *line)
{
	rl.rl_callback_handler_remove();
	terminal.reading = false;
	terminal.line_came = true;
	if (!line) {
		terminal.ended = true;
		fputs("\n", stderr);
		return;
	}
	history_add(&terminal.history, line);
	buf_add_str(&terminal.text, line);
	buf_add_u8(&terminal.text, '\n');
	free(line);
}

static void show_prompt(void)
{
	terminal.reading = true;
	terminal.line_came = false;
	rl.rl_callback_handler_install(terminal.text.n ? PROMPT_MORE : PROMPT, take_line);
}

static void give_up_line(void)
{
	if (terminal.reading) {
		rl.rl_free_line_state();
		rl.rl_callback_sigcleanup();
		rl.rl_callback_handler_remove();
		fputs("^C\n", stderr);
	}
	buf_clear(&terminal.text);
	show_prompt();
}

static void follow_window(void)
{
	terminal.resized = 0;
	shell_set_width(terminal.shell, host_width());
	if (terminal.reading)
		rl.rl_resize_terminal();
}

/* Until a line came. The signals are let in only while it waits. */
static void read_lines(const sigset_t *waiting)
{
	while (!terminal.line_came) {
		struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
		int n = ppoll(&input, 1, NULL, waiting);

		if (terminal.resized)
			follow_window();
		if (terminal.interrupted) {
			terminal.interrupted = 0;
			give_up_line();
		} else if (n > 0) {
			rl.rl_callback_read_char();
		} else if (n < 0 && errno != EINTR) {
			terminal.ended = terminal.line_came = true;
		}
	}
}

static void run_lines(void)
{
	const char *text = buf_cstr(&terminal.text);

	if (!terminal.ended && shell_is_incomplete(text, terminal.text.n))
		return;
	terminal.interrupted = 0;
	/* What went wrong has been said. */
	if (terminal.text.n && !terminal.text.failed)
		(void)(shell_run(terminal.shell, text, terminal.text.n) == ecNone);
	(void)fflush(stdout);
	buf_clear(&terminal.text);
	terminal.interrupted = 0;
}

/* Signals ------------------------------------------------------------------------------------------------------- */

static void on_signal(int sig)
{
	if (sig == SIGWINCH) {
		terminal.resized = 1;
		return;
	}
	terminal.interrupted = 1;
	shell_interrupt(terminal.shell);
}

static void take_signals(sigset_t *outside)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t ours;

	sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	action.sa_flags = SA_RESTART;
	(void)sigaction(SIGWINCH, &action, NULL);
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGWINCH);
	(void)sigprocmask(SIG_BLOCK, &ours, outside);
}

static void set_up(struct shell *s)
{
	terminal.shell = s;
	buf_init(&terminal.text, (size_t)1 << 20);
	(void)setlocale(LC_CTYPE, "");
	*rl.rl_readline_name = "postern";
	*rl.rl_catch_signals = 0;
	*rl.rl_catch_sigwinch = 0;
	(void)rl.rl_bind_key('\t', complete);
	history_open(&terminal.history);
}

status shell_terminal_run(struct shell *s, struct host *h, struct reason *why)
{
	sigset_t outside;
	status rc = readline_load(why);

	if (rc)
		return rc;
	set_up(s);
	take_signals(&outside);
	if (!h->options->quiet)
		fputs("Get-Command lists the cmdlets, Get-Help NAME explains one, Tab completes, exit leaves.\n", stderr);
	while (!terminal.ended && !shell_is_done(s)) {
		show_prompt();
		read_lines(&outside);
		/* While a pipeline runs, Ctrl-C is to be heard at once. */
		(void)sigprocmask(SIG_SETMASK, &outside, NULL);
		run_lines();
		take_signals(&(sigset_t){ 0 });
	}
	if (terminal.reading)
		rl.rl_callback_handler_remove();
	history_close(&terminal.history);
	buf_free(&terminal.text);
	return ecNone;
}
