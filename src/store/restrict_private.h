/* What the files of store/restrict.h share. */
#ifndef STORE_RESTRICT_PRIVATE_H
#define STORE_RESTRICT_PRIVATE_H

#include "store/restrict.h"

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_TIME, VALUE_REAL, VALUE_TEXT, VALUE_BYTES };

/* One value of a property, of many or the only one. */
struct element {
	uint16_t type; /* without MV_FLAG */
	struct bytes value;
};

/* Of a type, whether one value or many. */
enum value_kind restrict_kind(uint16_t type);
/* Values that are at hand. */
uint32_t restrict_count(const struct prop *p);
struct element restrict_element(const struct prop *p, uint32_t i);
/* Below, at or above 0: as memcmp, then the shorter first. */
int restrict_order(struct bytes a, struct bytes b);
bool restrict_compare_elements(const struct element *a, const struct element *b, unsigned codepage, int *order);

#endif
