/* Hexadecimal digits. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdint.h>

#define HEX_UPPER "0123456789ABCDEF"
#define HEX_LOWER "0123456789abcdef"

/* What a digit is worth; -1: it is none. */
static inline int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* The byte that two digits are; -1: they are not two. The second is not looked at behind what is none, such as a NUL. */
static inline int hex_byte(const char *text)
{
	int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

	return low < 0 ? -1 : high << 4 | low;
}

/* Two of these digits, without a NUL; behind them. */
static inline char *hex_put(char *out, const char digits[static 16], uint8_t byte)
{
	*out++ = digits[byte >> 4];
	*out++ = digits[byte & 15];
	return out;
}

#endif
