/* The functions of libpq that are used; it is loaded when a database of PostgreSQL is opened. */
#ifndef STORE_LIBPQ_H
#define STORE_LIBPQ_H

#include <libpq-fe.h>

#include "base/library.h"

#define LIBPQ_FUNCTIONS(F)          \
	F(PQclear)              \
	F(PQcmdTuples)          \
	F(PQconsumeInput)       \
	F(PQconnectdb)          \
	F(PQenterPipelineMode)  \
	F(PQerrorMessage)       \
	F(PQescapeIdentifier)   \
	F(PQexec)               \
	F(PQexecParams)         \
	F(PQexecPrepared)       \
	F(PQexitPipelineMode)   \
	F(PQfinish)             \
	F(PQfreemem)            \
	F(PQgetisnull)          \
	F(PQgetlength)          \
	F(PQgetResult)          \
	F(PQgetvalue)           \
	F(PQnotifies)           \
	F(PQntuples)            \
	F(PQpipelineSync)       \
	F(PQprepare)            \
	F(PQresultErrorField)   \
	F(PQresultStatus)       \
	F(PQsendQueryPrepared)  \
	F(PQsetNoticeReceiver)  \
	F(PQsocket)             \
	F(PQstatus)

LIBRARY_DECLARE(libpq_functions, LIBPQ_FUNCTIONS)

/* Once libpq_open() has succeeded. */
extern struct libpq_functions pq;
/* Loads it, once for the process. ecNotFound when it is not installed. */
status libpq_open(struct reason *why) MUST;

#endif
