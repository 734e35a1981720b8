/* Inside rop/globset: the commands of an encoded GLOBSET. [MS-OXCFXICS] 2.2.2.6 */
#ifndef ROP_GLOBSET_CODE_H
#define ROP_GLOBSET_CODE_H

enum globset_command {
	GLOBSET_END = 0x00,
	GLOBSET_PUSH_FIRST = 0x01, /* as many bytes as the command says */
	GLOBSET_PUSH_LAST = 0x06,
	GLOBSET_BITMASK = 0x42,
	GLOBSET_POP = 0x50,
	GLOBSET_RANGE = 0x52,
};

#endif
