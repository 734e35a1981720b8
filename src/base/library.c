#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

status library_load(const char *soname, const char *const *names, void *table, size_t size, struct reason *why)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	void *found[128];
	size_t n = 0;

	if (!library)
		return reason_set(why, ecNotFound, "the library %s is needed for this and cannot be loaded: %s", soname, dlerror());
	for (; n < sizeof found / sizeof *found && names[n]; n++) {
		found[n] = dlsym(library, names[n]);
		if (!found[n])
			return reason_set(why, ecNotFound, "the library %s that is installed has no %s", soname, names[n]);
	}
	if (n * sizeof *found != size)
		return reason_set(why, ecInvalidParam, "the table of %s is not of its functions", soname);
	memcpy(table, found, size);
	return ecNone;
}
