/* The parts of GNU readline that are used; it is loaded when somebody sits at a terminal. */
#ifndef CLI_READLINE_LIBRARY_H
#define CLI_READLINE_LIBRARY_H

#include <stdio.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/library.h"

/* Functions and variables alike: of a variable the table holds its address. */
#define READLINE_SYMBOLS(F)                \
	F(add_history)                 \
	F(append_history)              \
	F(history_truncate_file)       \
	F(read_history)                \
	F(readline)                    \
	F(rl_bind_key)                 \
	F(rl_callback_handler_install) \
	F(rl_callback_handler_remove)  \
	F(rl_callback_read_char)       \
	F(rl_callback_sigcleanup)      \
	F(rl_catch_signals)            \
	F(rl_catch_sigwinch)           \
	F(rl_crlf)                     \
	F(rl_delete_text)              \
	F(rl_ding)                     \
	F(rl_display_match_list)       \
	F(rl_forced_update_display)    \
	F(rl_free_line_state)          \
	F(rl_insert_text)              \
	F(rl_line_buffer)              \
	F(rl_point)                    \
	F(rl_readline_name)            \
	F(rl_resize_terminal)          \
	F(stifle_history)              \
	F(using_history)

LIBRARY_DECLARE(readline_symbols, READLINE_SYMBOLS)

/* Once readline_load() has succeeded. */
extern struct readline_symbols rl;
status readline_load(struct reason *why) MUST;

#endif
