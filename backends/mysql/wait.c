/* wait.c - waiting for signals: the server sleeps for us, and who signals interrupts it
 *
 * The statement sleeps only if the signal is the one that was seen last, and who signals writes it
 * before looking for sleepers: so none is missed. A sleep ends by itself, too, which will do where
 * nobody can interrupt it: behind a proxy, on another server of a cluster. */
#include "backends/mysql/mysql.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define SLEEP_S "1.2"
#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 5000
#define INTERRUPTED 1317

bool waiter_init(struct waiter *w, struct gw_error *err)
{
	pthread_mutex_init(&w->lock, NULL);
	w->pause_ms = FIRST_PAUSE_MS;
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return w->wake_fd >= 0 || gw_fail_errno(err, errno, "eventfd");
}

void waiter_close(struct gw_backend *b)
{
	struct waiter *w = &b->waiter;
	link_close(w->link);
	if (w->wake_fd >= 0)
		close(w->wake_fd);
	pthread_mutex_destroy(&w->lock);
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- Sleeping ---- */

/* How the statement begins, within what a list of processes shows. */
static char *sleeper_mark(const struct gw_backend *b)
{
	return gw_sprintf("SELECT /* godwit %s */", b->database);
}

static bool fall_asleep(const struct gw_backend *b, struct waiter *w)
{
	gw_auto_free char *mark = sleeper_mark(b);
	gw_auto_str s = { 0 };
	gw_str_printf(&s,
		"%s v, SLEEP(IF(v = %" PRId64 ", " SLEEP_S ", 0)) FROM"
		" (SELECT COALESCE(MAX(\"version\"), 0) AS v FROM \"%s\".\"signal\""
		" WHERE \"tenant\" = '' AND \"key\" = 'signal') s",
		mark, w->seen, b->database);
	w->is_asleep = mysql_send_query(w->link->conn, gw_str_text(&s), s.len) == 0;
	return w->is_asleep;
}

/* Reads the answer; *news = it tells of another signal. */
static bool wake_up(struct waiter *w, bool *news)
{
	MYSQL *conn = w->link->conn;
	MYSQL_RES *result = NULL;
	w->is_asleep = false;
	if (mysql_read_query_result(conn) == 0)
		result = mysql_store_result(conn);
	MYSQL_ROW row = result ? mysql_fetch_row(result) : NULL;
	int64_t version = row ? strtoll(row[0], NULL, 10) : w->seen;
	*news = version != w->seen;
	w->seen = version;
	mysql_free_result(result);
	return row || mysql_errno(conn) == INTERRUPTED;
}

/* ---- The connection ---- */

/* The pauses grow while it fails. */
static bool connect_again(struct gw_backend *b, struct waiter *w)
{
	struct gw_error ignored;
	w->link = link_open(&b->patient, &ignored);
	if (w->link) {
		w->pause_ms = FIRST_PAUSE_MS;
		return true;
	}
	w->retry_at = now_ms() + w->pause_ms;
	w->pause_ms = w->pause_ms * 2 < LONGEST_PAUSE_MS ? w->pause_ms * 2 : LONGEST_PAUSE_MS;
	return false;
}

static void drop_link(struct waiter *w)
{
	link_close(w->link);
	w->link = NULL;
	w->is_asleep = false;
	w->retry_at = now_ms() + w->pause_ms;
}

/* Until the server answers, or until; true = woken by ourselves. */
static bool sleep_until(struct waiter *w, int64_t until, bool *answered)
{
	struct pollfd fds[] = { { .fd = w->wake_fd, .events = POLLIN },
		{ .fd = w->link ? link_fd(w->link) : -1, .events = POLLIN } };
	int64_t left = until - now_ms();
	uint64_t count;
	poll(fds, GW_LEN(fds), left > 0 ? (int)left : 0);
	*answered = fds[1].revents != 0;
	return read(w->wake_fd, &count, sizeof(count)) > 0;
}

bool mysql_wait(struct gw_backend *b, int timeout_ms)
{
	struct waiter *w = &b->waiter;
	gw_locked(&w->lock);
	for (int64_t until = now_ms() + timeout_ms;;) {
		bool answered, news = false;
		/* What was signalled while nobody listened is unknown: look. */
		if (!w->link && now_ms() >= w->retry_at && connect_again(b, w))
			return true;
		if (w->link && !w->is_asleep && !fall_asleep(b, w))
			drop_link(w);
		int64_t next = w->link || w->retry_at > until ? until : w->retry_at;
		if (sleep_until(w, next, &answered))
			return false;
		if (answered && !wake_up(w, &news))
			drop_link(w);
		if (news || (!answered && now_ms() >= until))
			return news;
	}
}

void mysql_wake(struct gw_backend *b)
{
	uint64_t one = 1;
	if (write(b->waiter.wake_fd, &one, sizeof(one)) < 0)
		return; /* it is full: a wake is on its way */
}

/* ---- Interrupting others ---- */

enum { PROCESS_ID, PROCESS_STATEMENT = 7 };

static void interrupt(struct link *link, const char *id)
{
	struct gw_error ignored;
	gw_auto_free char *kill = gw_sprintf("KILL QUERY %lu", strtoul(id, NULL, 10));
	link_run(link, kill, &ignored); /* who has just gone needs none */
}

void waiter_call(const struct gw_backend *b, struct link *link)
{
	gw_auto_free char *mark = sleeper_mark(b);
	struct gw_error ignored;
	MYSQL_RES *list = NULL;
	if (link_run(link, "SHOW PROCESSLIST", &ignored))
		list = mysql_store_result(link->conn);
	MYSQL_ROW row;
	while (list && (row = mysql_fetch_row(list)))
		if (row[PROCESS_STATEMENT] &&
			strncmp(row[PROCESS_STATEMENT], mark, strlen(mark)) == 0)
			interrupt(link, row[PROCESS_ID]);
	mysql_free_result(list);
}
