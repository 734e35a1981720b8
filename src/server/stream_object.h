/*
 * A stream on one property ([MS-OXCPRPT] 3.2.5.11 to 3.2.5.19).  What is written to a property of a message or attachment is there at once,
 * and saved with it; that of a folder is saved when the stream is committed or released.
 */
#ifndef SERVER_STREAM_OBJECT_H
#define SERVER_STREAM_OBJECT_H

#include "server/big_value.h"
#include "server/object.h"

/* [MS-OXCDATA] 2.4.2 */
#define ecStreamAccessDenied 0x80030005u
#define ecStreamSeekError 0x80030019u
#define ecStreamInvalidParam 0x80030057u
#define ecStreamSizeError 0x80030070u

struct stream_object;

/* The property of that object; `create`: empty, whatever it was. ecNotFound; ecNotSupported: no stream of that type; ecAccessDenied. */
status stream_object_open(struct object *owner, uint32_t tag, bool writable, bool create, struct stream_object **out) MUST;
/* The same bytes, another place in them. */
status stream_object_clone(struct stream_object *s, struct stream_object **out) MUST;
struct stream_object *stream_object_of(struct object *o);
struct object *stream_object_base(struct stream_object *s);
/* Of what is it a property? */
enum object_kind stream_object_owner(const struct stream_object *s);
uint64_t stream_object_size(const struct stream_object *s);
uint64_t stream_object_position(const struct stream_object *s);

/* From where it stands; it goes on behind what was read or written. *got < n only at the end. */
status stream_object_read(struct stream_object *s, void *to, size_t n, size_t *got) MUST;
/* ecStreamAccessDenied; ecTooBig beyond BIG_VALUE_MAX: nothing is written, and what a seek had lengthened is as it was. */
status stream_object_write(struct stream_object *s, struct bytes data) MUST;
status stream_object_resize(struct stream_object *s, uint64_t size) MUST;
/*
 * To a place from the beginning; one beyond the end lengthens with zeros what can be written, and they are saved with what is
 * written behind them, or when the stream is committed or released. ecStreamSeekError beyond BIG_VALUE_MAX.
 */
status stream_object_seek(struct stream_object *s, uint64_t position) MUST;
status stream_object_commit(struct stream_object *s) MUST;

#endif
