/*
 * Writes down exchanges of operations as they were executed, to be replayed by tests/rop/exchanges.c: with POSTERN_RECORD=DIR in the environment the first small one of each
 * operation that succeeds, and the first that fails, becomes a file there ("02 RopOpenFolder done", "02 RopOpenFolder refused"); what is there already stays.
 */
#ifndef TESTS_SERVER_ROP_RECORD_H
#define TESTS_SERVER_ROP_RECORD_H

#include "rop/rop_buffer.h"

/* Whole buffers of one request and its answer, which is `r` (of RopRelease NULL). */
void rop_record(const struct rop_request *asked, const struct rop_response *r, const struct rop_columns *columns, bool is_public, struct bytes input, struct bytes output);

#endif
