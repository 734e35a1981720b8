#include "cli/password_prompt.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static status take_line(FILE *from, char *out, size_t room, struct reason *why)
{
	if (!fgets(out, (int)room, from))
		return reason_set(why, ecUserCanceled, "no password was given");
	if (!strchr(out, '\n') && strlen(out) + 1 == room)
		return reason_set(why, ecTooBig, "the password is too long");
	out[strcspn(out, "\r\n")] = '\0';
	return *out ? ecNone : reason_set(why, ecUserCanceled, "no password was given");
}

static status ask_at(FILE *terminal, const char *question, char *out, size_t room, struct reason *why)
{
	struct termios was, quiet;
	int fd = fileno(terminal);
	status s;

	fprintf(terminal, "%s", question);
	(void)fflush(terminal);
	if (tcgetattr(fd, &was))
		return take_line(terminal, out, room, why);
	quiet = was;
	quiet.c_lflag &= (tcflag_t)~ECHO;
	(void)tcsetattr(fd, TCSAFLUSH, &quiet);
	s = take_line(terminal, out, room, why);
	(void)tcsetattr(fd, TCSAFLUSH, &was);
	fprintf(terminal, "\n");
	(void)fflush(terminal);
	return s;
}

status password_ask(const char *question, char *out, size_t room, struct reason *why)
{
	FILE *terminal = isatty(STDIN_FILENO) ? fopen("/dev/tty", "r+e") : NULL;
	status s;

	if (!terminal)
		return take_line(stdin, out, room, why);
	s = ask_at(terminal, question, out, room, why);
	(void)fclose(terminal);
	return s;
}
