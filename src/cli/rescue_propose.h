/* Whose is it? A map for postern rescue, proposed from what the files say. */
#ifndef CLI_RESCUE_PROPOSE_H
#define CLI_RESCUE_PROPOSE_H

#include "cli/command.h"
#include "cli/rescue_files.h"

/* Prints the table (or JSON) and returns the exit code. */
int rescue_propose(const struct rescue_files *files, const struct common_options *o);

#endif
