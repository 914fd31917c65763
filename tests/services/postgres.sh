#!/bin/sh
# postgres.sh - a throw-away PostgreSQL in a folder of its own
#   postgres.sh start FOLDER [safe|fast] [OPTION=VALUE …]    prints PGHOST=…, PGPORT=…, PGUSER=…
#   postgres.sh restart FOLDER                               as after a crash
#   postgres.sh stop FOLDER                                  and removes it
# It listens on a socket in the folder and on a free port of the loopback address. fast: nothing
# is synced. PGBIN: where initdb is. The server refuses root: then it runs as PGRUNAS (postgres).
set -eu

what=$1
dir=$2
user=${PGRUNAS:-postgres}
bin=${PGBIN:-}
for d in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
	[ -n "$bin" ] || [ ! -x "$d/initdb" ] || bin=$d
done
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)") || {
	echo "postgres.sh: no initdb found; install PostgreSQL or set PGBIN" >&2
	exit 1
}

as_user() {
	if [ "$(id -u)" = 0 ]; then
		runuser -u "$user" -- "$@"
	else
		"$@"
	fi
}

random_port() {
	echo $((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
}

start() {
	mode=${1:-safe}
	[ $# = 0 ] || shift
	mkdir -p "$dir"
	[ "$(id -u)" != 0 ] || chown "$user" "$dir"
	dir=$(cd "$dir" && pwd -P)
	cd "$dir"
	as_user "$bin/initdb" -D "$dir/data" -A trust -U postgres --no-sync --no-locale -E UTF8 \
		>"$dir.initdb.log"
	options="-k $dir -c listen_addresses=127.0.0.1"
	[ "$mode" != fast ] ||
		options="$options -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
	for option; do
		options="$options -c $option"
	done
	tries=0
	until as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 \
		-o "$options -c port=$(random_port)" start >/dev/null; do
		tries=$((tries + 1)) # the port may be taken
		[ $tries -lt 5 ] || {
			cat "$dir/log" >&2
			exit 1
		}
	done
	echo "PGHOST=$dir"
	echo "PGPORT=$(sed -n 4p "$dir/data/postmaster.pid")"
	echo "PGUSER=postgres"
}

case $what in
start)
	shift 2
	start "$@"
	;;
restart)
	cd /
	as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -m immediate -w -t 60 restart >/dev/null
	;;
stop)
	cd /
	as_user "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null || true
	rm -rf "$dir" "$dir.initdb.log"
	;;
*)
	echo "postgres.sh: start, restart or stop" >&2
	exit 2
	;;
esac
