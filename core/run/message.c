/* message.c - sending and receiving packets */
#include "run/message.h"

#include "base/fd.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

struct head {
	uint32_t type;
	uint32_t run;
	int64_t number;
	int32_t code;
	uint32_t is_large; /* the last descriptor is the body */
};

union control {
	char data[CMSG_SPACE(GW_MESSAGE_FDS * sizeof(int))];
	struct cmsghdr align;
};

void gw_message_clear(struct gw_message *m)
{
	for (int i = 0; i < m->n_fds; i++)
		gw_fd_close(&m->fds[i]);
	m->n_fds = 0;
	gw_str_clear(&m->buffer);
}

static int make_memory_file(struct gw_slice content, struct gw_error *err)
{
	gw_auto_fd fd = memfd_create("godwit", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0) {
		gw_fail_errno(err, errno, "making a memory file");
		return -1;
	}
	if (!gw_fd_write_all(fd, content.data, content.len, err))
		return -1;
	if (lseek(fd, 0, SEEK_SET) != 0 || fcntl(fd, F_ADD_SEALS, SEALS) != 0) {
		gw_fail_errno(err, errno, "sealing a memory file");
		return -1;
	}
	int done = fd;
	fd = -1;
	return done;
}

static void attach(struct msghdr *msg, union control *control, const int *fds, int n)
{
	if (n == 0)
		return;
	msg->msg_control = control->data;
	msg->msg_controllen = CMSG_SPACE((size_t)n * sizeof(int));
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, (size_t)n * sizeof(int));
}

/* Too many descriptors on their way (ETOOMANYREFS) and lack of memory (ENOBUFS) pass. */
static bool send_packet(int sock, const struct msghdr *msg, int flags, struct gw_error *err)
{
	while (sendmsg(sock, msg, flags | MSG_NOSIGNAL) < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return gw_fail(err, GW_BUSY, "a socket is full");
		if (errno == ETOOMANYREFS || errno == ENOBUFS)
			nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
		else if (errno != EINTR)
			return gw_fail_errno(err, errno, "sending a message");
	}
	return true;
}

bool gw_message_send(int sock, const struct gw_message *m, int flags, struct gw_error *err)
{
	struct head head = { m->type, m->run, m->number, m->code, 0 };
	struct iovec parts[2] = { { &head, sizeof(head) }, { 0 } };
	struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 1 };
	union control control = { 0 };
	gw_auto_fd large = -1;
	int fds[GW_MESSAGE_FDS], n = m->n_fds;
	assert(n < GW_MESSAGE_FDS); /* one place is the large body's */
	memcpy(fds, m->fds, sizeof(fds));
	if (m->body.len > GW_BODY_MAX)
		return gw_fail(err, GW_INVALID, "a message of %zu bytes is too large (at most %zu)",
			m->body.len, GW_BODY_MAX);
	if (m->body.len > GW_BODY_INLINE) {
		large = make_memory_file(m->body, err);
		if (large < 0)
			return false;
		fds[n++] = large;
		head.is_large = 1;
	} else if (m->body.len > 0) {
		memcpy(&parts[1].iov_base, &m->body.data, sizeof(void *));
		parts[1].iov_len = m->body.len;
		msg.msg_iovlen = 2;
	}
	attach(&msg, &control, fds, n);
	return send_packet(sock, &msg, flags, err);
}

static void take_fds(struct msghdr *msg, struct gw_message *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return;
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(m->fds, CMSG_DATA(c), n * sizeof(int));
	m->n_fds = (int)n;
}

/* Only a sealed memory file is read: anything else could block or change under us. */
static bool take_large(struct gw_message *m)
{
	struct stat st;
	if (m->n_fds == 0)
		return false;
	gw_auto_fd fd = m->fds[--m->n_fds];
	int seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) != 0)
		return false;
	if (st.st_size < 0 || (size_t)st.st_size > GW_BODY_MAX)
		return false;
	size_t size = (size_t)st.st_size;
	gw_str_reserve(&m->buffer, size + 1);
	ssize_t got = pread(fd, m->buffer.data, size, 0);
	if (got < 0 || (size_t)got != size)
		return false;
	m->buffer.data[size] = '\0';
	m->buffer.len = size;
	return true;
}

static ssize_t receive_packet(int sock, struct msghdr *msg, int flags)
{
	ssize_t n;
	do
		n = recvmsg(sock, msg, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	return n;
}

enum gw_received gw_message_receive(int sock, struct gw_message *m, int flags)
{
	char body[GW_BODY_INLINE]; /* pages that nothing is written to cost nothing */
	struct head head = { 0 };
	struct iovec parts[2] = { { &head, sizeof(head) }, { body, sizeof(body) } };
	union control control;
	struct msghdr msg = { .msg_iov = parts,
		.msg_iovlen = 2,
		.msg_control = control.data,
		.msg_controllen = sizeof(control.data) };
	gw_str_reset(&m->buffer);
	for (int i = 0; i < m->n_fds; i++)
		gw_fd_close(&m->fds[i]);
	m->n_fds = 0;
	ssize_t n = receive_packet(sock, &msg, flags);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return GW_NOTHING;
	if (n <= 0)
		return GW_CLOSED;
	take_fds(&msg, m);
	if (n < (ssize_t)sizeof(head) || msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return GW_GARBLED;
	m->type = (enum gw_message_type)head.type;
	m->run = head.run;
	m->code = head.code;
	m->number = head.number;
	if (!head.is_large)
		gw_str_add(&m->buffer, body, (size_t)n - sizeof(head));
	else if (!take_large(m))
		return GW_GARBLED;
	m->body = gw_str_slice(&m->buffer);
	return GW_RECEIVED;
}
