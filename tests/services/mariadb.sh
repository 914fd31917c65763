#!/bin/sh
# mariadb.sh - a throw-away MariaDB in a folder of its own
#   mariadb.sh start FOLDER [safe|fast] [--OPTION …]    prints SOCKET=…, PORT=…, …
#   mariadb.sh restart FOLDER                           as after a crash
#   mariadb.sh stop FOLDER                              and removes it
# It listens on a socket in the folder and on a free port of the loopback address; root has no
# password. fast: nothing is synced, so only the loss of power loses something. As root the server runs as MARIADB_USER (nobody).
set -eu

what=$1
dir=$2
user=${MARIADB_USER:-nobody}
server=$(command -v mariadbd || echo /usr/sbin/mariadbd)
[ -x "$server" ] || {
	echo "mariadb.sh: no mariadbd found; install MariaDB" >&2
	exit 1
}

as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
	else
		"$@"
	fi
}

# launch PORT: true once it answers
launch() {
	: >"$dir/log"
	# A redirected function would keep our own output open for as long as the server lives.
	# shellcheck disable=SC2046 # one option a word
	(
		exec >"$dir/log" 2>&1 </dev/null
		as_user setsid "$server" --no-defaults --datadir="$dir/data" --socket="$dir/s" \
			--pid-file="$dir/server.pid" --bind-address=127.0.0.1 --port="$1" \
			$(cat "$dir/options")
	) &
	pid=$!
	tries=0
	while kill -0 $pid 2>/dev/null && [ $tries -lt 1200 ]; do
		! grep -q "ready for connections" "$dir/log" || return 0
		sleep 0.05
		tries=$((tries + 1))
	done
	return 1
}

kill_server() {
	pid=$(cat "$dir/server.pid" 2>/dev/null) || return 0
	grep -aq "$dir/data" "/proc/$pid/cmdline" 2>/dev/null || return 0
	kill -9 "$pid"
	while [ -d "/proc/$pid/cwd" ]; do sleep 0.02; done
}

start() {
	mode=${1:-safe}
	[ $# = 0 ] || shift
	mkdir -p "$dir"
	[ "$(id -u)" != 0 ] || chown "$user" "$dir"
	dir=$(cd "$dir" && pwd -P)
	as_user mariadb-install-db --no-defaults --datadir="$dir/data" --skip-test-db \
		--auth-root-authentication-method=normal --skip-name-resolve \
		--innodb-flush-log-at-trx-commit=0 >"$dir/install.log" 2>&1 || {
		cat "$dir/install.log" >&2
		exit 1
	}
	options="--skip-log-bin --innodb-flush-log-at-trx-commit=1"
	[ "$mode" != fast ] || options="--skip-log-bin --innodb-flush-log-at-trx-commit=2
		--skip-innodb-doublewrite --innodb-flush-method=nosync"
	echo "$options $*" >"$dir/options"
	tries=0
	until port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000)) && launch "$port"; do
		tries=$((tries + 1)) # the port may be taken
		[ $tries -lt 5 ] || {
			cat "$dir/log" >&2
			exit 1
		}
	done
	echo "$port" >"$dir/port"
	echo "SOCKET=$dir/s"
	echo "PORT=$port"
	echo "ISOLATION=tx_isolation"
	echo "CLIENT='mariadb --no-defaults -uroot -S$dir/s'"
}

case $what in
start)
	shift 2
	start "$@"
	;;
restart)
	kill_server
	launch "$(cat "$dir/port")"
	;;
stop)
	kill_server
	rm -rf "$dir"
	;;
*)
	echo "mariadb.sh: start, restart or stop" >&2
	exit 2
	;;
esac
