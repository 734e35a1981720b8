/* What is done with every layout (tests/wire/layouts.c), with those that surround ROPs. */
#include "rop/aux_blocks.h"
#include "rop/mapihttp.h"
#include "rop/property_group.h"

#define WIRE_ROOMS mapihttp_wire_types, aux_wire_types, property_group_wire_types
#include "wire/layouts.c"
