/* error.h - how everything in Godwit reports a failure: by value, on the caller's stack */
#ifndef GODWIT_ERROR_H
#define GODWIT_ERROR_H

#include <stdbool.h>

#define GW_EXPORT __attribute__((visibility("default")))
#define GW_PRINTF(nth, first) __attribute__((format(printf, nth, first)))

/* Few codes; core/base/error.c maps each to an HTTP status, an exit status and whether to retry. */
enum gw_code {
	GW_OK,
	GW_INVALID, /* the input is wrong; the message says where and how to mend it */
	GW_BAD_REQUEST, /* a request lacks something or cannot be read */
	GW_DENIED,
	GW_NOT_FOUND,
	GW_CONFLICT, /* a version, a state or a name stands in the way */
	GW_BUSY, /* a bounded queue is full: try again later */
	GW_UNAVAILABLE, /* a server or a disk does not answer: try again */
	GW_INTERNAL,
};

struct gw_error {
	enum gw_code code;
	char message[500]; /* one line, without a final stop; cut at a whole character */
};

/* Sets code and message; always returns false, so that callers can "return gw_fail(...)". */
GW_EXPORT bool gw_fail(struct gw_error *err, enum gw_code code, const char *format, ...)
	GW_PRINTF(3, 4);

/* Puts "what: " before a message already there; always returns false. */
GW_EXPORT bool gw_explain(struct gw_error *err, const char *format, ...) GW_PRINTF(2, 3);

/* As gw_fail, followed by ": " and the text of an errno value. */
GW_EXPORT bool gw_fail_errno(struct gw_error *err, int number, const char *format, ...)
	GW_PRINTF(3, 4);

#endif
