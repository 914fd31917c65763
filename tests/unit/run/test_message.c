/* test_message.c - packets, and what arrives that is none */
#include "tests/unit/test.h"

#include "base/fd.h"
#include "run/message.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static int pair[2];
static struct gw_error err;

static int connect_both(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int close_both(void **state)
{
	(void)state;
	gw_fd_close(&pair[0]);
	gw_fd_close(&pair[1]);
	return 0;
}

static void everything_arrives(void **state)
{
	(void)state;
	int ends[2];
	gw_auto_message m = { 0 };
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_true(gw_message_send(pair[0],
		&(struct gw_message){ .type = GW_MSG_ASK,
			.run = 7,
			.code = -2,
			.number = 1LL << 40,
			.body = gw_slice("a\0b", 3),
			.fds = { ends[1] },
			.n_fds = 1 },
		0, &err));
	assert_int_equal(gw_message_receive(pair[1], &m, 0), GW_RECEIVED);
	assert_int_equal(m.type, GW_MSG_ASK);
	assert_int_equal(m.run, 7);
	assert_int_equal(m.code, -2);
	assert_int_equal(m.number, 1LL << 40);
	assert_int_equal(m.body.len, 3);
	assert_memory_equal(m.body.data, "a\0b", 3);
	assert_int_equal(m.n_fds, 1);
	assert_int_equal(fcntl(m.fds[0], F_GETFD), FD_CLOEXEC);
	close(ends[0]);
	close(ends[1]);
}

static void a_body_may_be_large(void **state)
{
	(void)state;
	static const size_t sizes[] = { GW_BODY_INLINE, GW_BODY_INLINE + 1, GW_BODY_MAX };
	gw_auto_free char *text = gw_alloc(GW_BODY_MAX);
	memset(text, 'x', GW_BODY_MAX);
	for (size_t i = 0; i < GW_LEN(sizes); i++) {
		gw_auto_message m = { 0 };
		struct gw_message sent = { .type = GW_MSG_TASK, .body = gw_slice(text, sizes[i]) };
		assert_true(gw_message_send(pair[0], &sent, 0, &err));
		assert_int_equal(gw_message_receive(pair[1], &m, 0), GW_RECEIVED);
		assert_true(gw_slice_equal(m.body, sent.body));
		assert_int_equal(m.n_fds, 0);
	}
	assert_false(gw_message_send(pair[0],
		&(struct gw_message){ .body = gw_slice(text, GW_BODY_MAX + 1) }, 0, &err));
	assert_int_equal(err.code, GW_INVALID);
}

static void an_empty_socket_and_a_closed_one(void **state)
{
	(void)state;
	gw_auto_message m = { 0 };
	assert_int_equal(gw_message_receive(pair[1], &m, MSG_DONTWAIT), GW_NOTHING);
	gw_fd_close(&pair[0]);
	assert_int_equal(gw_message_receive(pair[1], &m, 0), GW_CLOSED);
	assert_false(gw_message_send(pair[1], &m, 0, &err));
}

static void a_full_socket_is_busy(void **state)
{
	(void)state;
	struct gw_message m = { .type = GW_MSG_LINE };
	int n = 0;
	while (gw_message_send(pair[0], &m, MSG_DONTWAIT, &err))
		n++;
	assert_true(n > 10);
	assert_int_equal(err.code, GW_BUSY);
}

static void short_packets_are_garbled(void **state)
{
	(void)state;
	gw_auto_message m = { 0 };
	assert_int_equal(send(pair[0], "x", 1, 0), 1);
	assert_int_equal(gw_message_receive(pair[1], &m, 0), GW_GARBLED);
}

/* A packet that says that the descriptor with it is its body. */
static void send_large(int fd)
{
	struct {
		uint32_t type, run;
		int64_t number;
		int32_t code;
		uint32_t is_large;
	} head = { .is_large = 1 };
	union {
		char data[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec part = { &head, sizeof(head) };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	if (fd >= 0) {
		msg.msg_control = control.data;
		msg.msg_controllen = sizeof(control.data);
		*CMSG_FIRSTHDR(&msg) = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(sizeof(int)) };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), &fd, sizeof(fd));
	}
	assert_int_equal(sendmsg(pair[0], &msg, 0), sizeof(head));
}

static void a_body_that_could_change_is_garbled(void **state)
{
	(void)state;
	int ends[2];
	gw_auto_message m = { 0 };
	FILE *file = tmpfile();
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	send_large(ends[0]); /* would block */
	assert_int_equal(gw_message_receive(pair[1], &m, 0), GW_GARBLED);
	send_large(fileno(file)); /* not sealed */
	assert_int_equal(gw_message_receive(pair[1], &m, 0), GW_GARBLED);
	send_large(-1);
	assert_int_equal(gw_message_receive(pair[1], &m, 0), GW_GARBLED);
	fclose(file);
	close(ends[0]);
	close(ends[1]);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, connect_both, close_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_arrives),
		TEST(a_body_may_be_large),
		TEST(an_empty_socket_and_a_closed_one),
		TEST(a_full_socket_is_busy),
		TEST(short_packets_are_garbled),
		TEST(a_body_that_could_change_is_garbled),
	};
	return RUN(tests);
}
