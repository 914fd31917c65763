/* link.c - connecting, what is set on each connection, transactions */
#include "backends/mysql/link.h"
#include "backends/mysql/prepared.h"

#include <godwit/mem.h>

#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

/* MySQL wants one to be chosen where statements name theirs; this one is always there. */
#define DATABASE_OF_ALL "information_schema"
#define LOCK_WAIT_S 5
#define SNAPSHOT_IDLE_S 86400 /* between two reads of a snapshot */
#define TRANSFER_S 3600 /* how long the server waits for us to read on */
#define ANSWER_GRACE_MAX (5 * GW_SECOND) /* beyond the server's own timeout */

/* ---- The library ---- */

static pthread_key_t thread_key;

static void leave_thread(void *unused)
{
	(void)unused;
	mysql_thread_end();
}

static void start_library(void)
{
	mysql_library_init(0, NULL, NULL);
	pthread_key_create(&thread_key, leave_thread);
}

/* Oracle's library keeps something for each thread. */
static void enter_thread(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start_library);
	if (pthread_getspecific(thread_key))
		return;
	mysql_thread_init();
	pthread_setspecific(thread_key, &thread_key);
}

/* ---- Encryption: the two libraries know it by different options ---- */

#ifdef LIBMARIADB

static void set_encryption(MYSQL *conn, const struct address *a)
{
	const my_bool on = 1, verify = a->encryption >= ENCRYPT_VERIFY_CA;
	if (a->encryption == ENCRYPT_NEVER)
		return;
	mysql_ssl_set(conn, a->key, a->cert, a->ca, NULL, NULL);
	mysql_options(conn, MYSQL_OPT_SSL_ENFORCE, &on);
	mysql_options(conn, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

#else

static void set_encryption(MYSQL *conn, const struct address *a)
{
	static const unsigned modes[] = {
		[ENCRYPT_NEVER] = SSL_MODE_DISABLED,
		[ENCRYPT_IF_OFFERED] = SSL_MODE_PREFERRED,
		[ENCRYPT] = SSL_MODE_REQUIRED,
		[ENCRYPT_VERIFY_CA] = SSL_MODE_VERIFY_CA,
		[ENCRYPT_VERIFY_HOST] = SSL_MODE_VERIFY_IDENTITY,
	};
	const bool on = true;
	mysql_options(conn, MYSQL_OPT_SSL_KEY, a->key);
	mysql_options(conn, MYSQL_OPT_SSL_CERT, a->cert);
	mysql_options(conn, MYSQL_OPT_SSL_CA, a->ca);
	mysql_options(conn, MYSQL_OPT_SSL_MODE, &modes[a->encryption]);
	mysql_options(conn, MYSQL_OPT_GET_SERVER_PUBLIC_KEY, &on);
}

#endif

/* MariaDB's library connects in the clear to a server that offers nothing else. */
static bool check_encryption(struct link *link, const struct address *a, struct gw_error *err)
{
	if (a->encryption < ENCRYPT || mysql_get_ssl_cipher(link->conn))
		return true;
	return gw_fail(err, GW_UNAVAILABLE,
		"MySQL: the server does not encrypt, and sslmode asks for it");
}

/* ---- Connecting ---- */

static unsigned seconds(int64_t us)
{
	return (unsigned)((us + GW_SECOND - 1) / GW_SECOND);
}

/* How long an answer may take: the server's own timeout and some. */
static unsigned patience_s(const struct pool *pool)
{
	int64_t limit = pool->statement_timeout;
	return seconds(limit + (limit < ANSWER_GRACE_MAX ? limit : ANSWER_GRACE_MAX));
}

static void set_options(MYSQL *conn, const struct pool *pool)
{
	const unsigned connect_s = seconds(pool->connect_timeout);
	const unsigned answer_s = patience_s(pool);
	const unsigned protocol = pool->address->host ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
	const unsigned off = 0;
	const unsigned long packet = 1UL << 30;
	mysql_options(conn, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	mysql_options(conn, MYSQL_OPT_WRITE_TIMEOUT, &answer_s);
	if (pool->statement_timeout)
		mysql_options(conn, MYSQL_OPT_READ_TIMEOUT, &answer_s);
	mysql_options(conn, MYSQL_OPT_PROTOCOL, &protocol);
	mysql_options(conn, MYSQL_OPT_LOCAL_INFILE, &off);
	mysql_options(conn, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
	mysql_options(conn, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	set_encryption(conn, pool->address);
}

int link_fd(const struct link *link)
{
	return (int)link->conn->net.fd;
}

/* Children do not inherit it, and a peer that is gone is noticed. */
static void set_socket(const struct link *link)
{
	const int on = 1, idle_s = 30, interval_s = 10, n_probes = 3;
	int fd = link_fd(link);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) != 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof(interval_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &n_probes, sizeof(n_probes));
}

static bool connect_to(struct link *link, const struct pool *pool, struct gw_error *err)
{
	const struct address *a = pool->address;
	set_options(link->conn, pool);
	if (!mysql_real_connect(link->conn, a->host, a->user, a->password, DATABASE_OF_ALL, a->port,
		    a->socket, 0)) {
		link_fail_conn(link, err);
		err->code = GW_UNAVAILABLE;
		return a->socket ? false : gw_explain(err, "%s:%u", a->host, a->port);
	}
	set_socket(link);
	return check_encryption(link, a, err);
}

/* ---- The server, and what is set on each connection so that its defaults do not matter ---- */

static bool check_version(struct link *link, struct gw_error *err)
{
	const unsigned least[] = { link->is_mariadb ? 10 : 8, link->is_mariadb ? 6 : 0 };
	char *end;
	unsigned long major = strtoul(link->version, &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	if (major > least[0] || (major == least[0] && minor >= least[1]))
		return true;
	return gw_fail(err, GW_INVALID,
		"MySQL: the server is %s; MySQL 8.0 or MariaDB 10.6 is wanted", link->version);
}

static bool ask_server(struct link *link, struct gw_error *err)
{
	static const char question[] = "SELECT version(), @@max_allowed_packet";
	MYSQL_RES *result = NULL;
	if (mysql_real_query(link->conn, question, sizeof(question) - 1) == 0)
		result = mysql_store_result(link->conn);
	MYSQL_ROW row = result ? mysql_fetch_row(result) : NULL;
	if (row) {
		link->version = gw_strdup(row[0]);
		link->packet_max = strtoul(row[1], NULL, 10);
		link->is_mariadb = strstr(row[0], "MariaDB") != NULL;
	}
	mysql_free_result(result);
	return row ? check_version(link, err) : link_fail_conn(link, err);
}

static bool set_session(struct link *link, int64_t timeout, struct gw_error *err)
{
	gw_auto_str set = { 0 };
	gw_str_printf(&set,
		"SET sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',"
		" time_zone = '+00:00', autocommit = 1, sql_safe_updates = 0,"
		" sql_select_limit = DEFAULT, innodb_lock_wait_timeout = %d,"
		" net_write_timeout = %d, %s = 'READ-COMMITTED'",
		LOCK_WAIT_S, TRANSFER_S,
		link->is_mariadb ? "tx_isolation" : "transaction_isolation");
	if (link->is_mariadb)
		gw_str_printf(&set, ", max_statement_time = %" PRId64 ".%06" PRId64,
			timeout / GW_SECOND, timeout % GW_SECOND);
	else
		gw_str_printf(&set, ", max_execution_time = %" PRId64, timeout / GW_MILLISECOND);
	return link_run(link, gw_str_text(&set), err);
}

static void close_link(struct gw_pool_item *item)
{
	struct link *link = (struct link *)item;
	mysql_close(link->conn);
	prepared_free_all(link); /* without a word to the server: it has forgotten them */
	free(link->version);
	free(link);
}

/* An idle connection has nothing to read, unless the server says farewell. */
static bool is_alive(struct gw_pool_item *item)
{
	struct pollfd p = { .fd = link_fd((struct link *)item), .events = POLLIN };
	return poll(&p, 1, 0) == 0;
}

static struct gw_pool_item *open_link(struct gw_pool *base, struct gw_error *err)
{
	const struct pool *pool = (struct pool *)base;
	struct link *link = gw_new(struct link);
	link->conn = mysql_init(NULL);
	if (connect_to(link, pool, err) && ask_server(link, err) &&
		set_session(link, pool->statement_timeout, err))
		return &link->item;
	close_link(&link->item);
	return NULL;
}

/* ---- The pool ---- */

void pool_init(struct pool *pool)
{
	pool->base = (struct gw_pool){
		.server = "MySQL", .open = open_link, .close = close_link, .is_alive = is_alive
	};
	gw_pool_init(&pool->base);
}

struct link *link_take(struct pool *pool, struct gw_error *err)
{
	enter_thread();
	return (struct link *)gw_pool_take(&pool->base, err);
}

void link_give(struct pool *pool, struct link *link)
{
	gw_pool_give(&pool->base, &link->item, !link->is_broken && !link->in_transaction);
}

struct link *link_open(struct pool *pool, struct gw_error *err)
{
	enter_thread();
	return (struct link *)open_link(&pool->base, err);
}

void link_close(struct link *link)
{
	if (link)
		close_link(&link->item);
}

/* ---- Statements without rows ---- */

bool link_run(struct link *link, const char *statement, struct gw_error *err)
{
	return mysql_real_query(link->conn, statement, strlen(statement)) == 0 ||
	       link_fail_conn(link, err);
}

bool link_begin(struct link *link, struct gw_error *err)
{
	link->in_transaction = link_run(link, "BEGIN", err);
	return link->in_transaction;
}

/* The isolation is that of the next transaction only. */
bool link_begin_snapshot(struct link *link, struct gw_error *err)
{
	gw_auto_str wait = { 0 };
	gw_str_printf(&wait, "SET wait_timeout = %d", SNAPSHOT_IDLE_S);
	link->in_transaction =
		link_run(link, gw_str_text(&wait), err) &&
		link_run(link, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", err) &&
		link_run(link, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", err);
	return link->in_transaction;
}

bool link_commit(struct link *link, struct gw_error *err)
{
	link->in_transaction = !link_run(link, "COMMIT", err);
	return !link->in_transaction;
}

void link_roll_back(struct link *link)
{
	struct gw_error ignored;
	if (link->in_transaction && !link->is_broken)
		link->in_transaction = !link_run(link, "ROLLBACK", &ignored);
}
