#include "net/http_chars.h"

#define ALL  (HTTP_TEXT | HTTP_TOKEN | HTTP_TARGET | HTTP_PATH | HTTP_HOST)
#define WORD (HTTP_TEXT | HTTP_TOKEN | HTTP_TARGET | HTTP_PATH) /* token and path, not in a host */
#define PATH (HTTP_TEXT | HTTP_TARGET | HTTP_PATH)
#define ODD  (HTTP_TEXT | HTTP_TARGET)

const uint8_t http_chars[256] = {
	['\t'] = HTTP_TEXT,
	[' '] = HTTP_TEXT,
	['!'] = WORD,
	['"'] = ODD,
	['#'] = HTTP_TEXT | HTTP_TOKEN,
	['$'] = WORD,
	['%'] = ALL,
	['&'] = WORD,
	['\''] = WORD,
	['('] = PATH,
	[')'] = PATH,
	['*'] = WORD,
	['+'] = WORD,
	[','] = PATH,
	['-'] = ALL,
	['.'] = ALL,
	['/'] = PATH,
	['0' ... '9'] = ALL,
	[':'] = PATH,
	[';'] = PATH,
	['<'] = ODD,
	['='] = PATH,
	['>'] = ODD,
	['?'] = PATH,
	['@'] = PATH,
	['A' ... 'Z'] = ALL,
	['['] = PATH,
	['\\'] = ODD,
	[']'] = PATH,
	['^'] = ODD | HTTP_TOKEN,
	['_'] = ALL,
	['`'] = ODD | HTTP_TOKEN,
	['a' ... 'z'] = ALL,
	['{'] = ODD,
	['|'] = ODD | HTTP_TOKEN,
	['}'] = ODD,
	['~'] = ALL,
	[0x80 ... 0xFF] = HTTP_TEXT,
};
