/* message.h - packets between the server, its task hosts and isolated tasks
 *
 * One packet of a SEQPACKET socket each: a head, a body, descriptors. A body over GW_BODY_INLINE
 * travels in a sealed memory file. Nothing that arrives is trusted: lengths, types and seals are
 * checked here, contents by whoever reads them. */
#ifndef GW_RUN_MESSAGE_H
#define GW_RUN_MESSAGE_H

#include <godwit/text.h>

#define GW_BODY_INLINE ((size_t)65536 - 64)
#define GW_BODY_MAX ((size_t)32 << 20)
#define GW_MESSAGE_FDS 4 /* the memory file of a large body included */

enum gw_message_type {
	/* Server to host, on the control socket */
	GW_MSG_SETUP, /* JSON: see host.c */
	GW_MSG_PROGRAM, /* run; code = argc; texts id, folder, argv…, env…; fds socket, out, err */
	GW_MSG_ISOLATED, /* run; text id; fds as above */
	GW_MSG_SIGNAL, /* run; code = signal; the run is being stopped */
	GW_MSG_DEADLINE, /* number = us of CLOCK_BOOTTIME */
	GW_MSG_DRAIN, /* finish what runs, then exit */

	/* Host to server, on the control socket */
	GW_MSG_LOADING, /* path of the module that is opened next */
	GW_MSG_READY, /* JSON: the description of its types */

	/* Host to server, on a run's socket */
	GW_MSG_NOT_STARTED, /* code = errno */
	GW_MSG_ENDED, /* code = wait status */

	/* Server to isolated task */
	GW_MSG_TASK, /* JSON {type, properties, poll, now, level} */
	GW_MSG_REPLY, /* JSON or text; code = 0; perhaps a descriptor */
	GW_MSG_REFUSED, /* code = enum gw_code; text of the error */

	/* Isolated task to server */
	GW_MSG_LINE, /* code = level; text */
	GW_MSG_RENDER, /* JSON {value, variables} */
	GW_MSG_DIRECTORY,
	GW_MSG_READ, /* URI */
	GW_MSG_WRITE, /* name; fd */
	GW_MSG_ASK, /* JSON {question, arguments} */
	GW_MSG_RESULT, /* JSON: effects, code = enum gw_code of what failed, 0 = nothing did */
};

struct gw_message {
	enum gw_message_type type;
	uint32_t run;
	int32_t code;
	int64_t number;
	struct gw_slice body; /* received: points into buffer */
	struct gw_str buffer;
	int fds[GW_MESSAGE_FDS]; /* received: owned; sent: borrowed */
	int n_fds;
};

enum gw_received { GW_RECEIVED, GW_NOTHING, GW_CLOSED, GW_GARBLED };

/* For received ones: frees the buffer and closes descriptors that were not taken (set to -1). */
GW_EXPORT void gw_message_clear(struct gw_message *m);
#define gw_auto_message __attribute__((cleanup(gw_message_clear))) struct gw_message

/* Waits for room, unless flags has MSG_DONTWAIT (then GW_BUSY). */
GW_EXPORT bool gw_message_send(int sock, const struct gw_message *m, int flags,
	struct gw_error *err);
/* Into a zeroed or reused message. With MSG_DONTWAIT there may be NOTHING; GARBLED is what no
 * honest peer sends. */
GW_EXPORT enum gw_received gw_message_receive(int sock, struct gw_message *m, int flags);

#endif
