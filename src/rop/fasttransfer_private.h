/* What the writer and the reader of FastTransfer streams share. */
#ifndef ROP_FASTTRANSFER_PRIVATE_H
#define ROP_FASTTRANSFER_PRIVATE_H

#include "rop/fasttransfer.h"

/* How the name of a property follows its id. [MS-OXCFXICS] 2.2.4.1 namedPropInfo */
#define FT_NAME_LID 0u
#define FT_NAME_STRING 1u
/* Bytes of a name's text, which ends in a NUL. */
#define FT_NAME_MAX 65534u

/* Kinds of names in the private form. */
#define FT_ESCAPE_NO_NAME 0u
#define FT_ESCAPE_LID 1u
#define FT_ESCAPE_STRING 2u

enum ft_shape {
	FT_FIXED,
	FT_VARIABLE,
	FT_FIXED_LIST,
	FT_VARIABLE_LIST,
	FT_NO_SHAPE, /* the stream cannot say it */
};

enum ft_shape ft_shape(uint16_t type);
/* Bytes of one fixed value in the stream. */
size_t ft_fixed_size(uint16_t type);
/* Bytes of a terminator: 2, 1, or 0 for what has none. Of lists, that of each. */
unsigned ft_terminator(uint16_t type);

#endif
