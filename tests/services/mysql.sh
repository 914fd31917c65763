#!/bin/sh
# mysql.sh - a throw-away Oracle MySQL in a folder of its own
#   mysql.sh start FOLDER [safe|fast] [--OPTION …]    prints SOCKET=…, PORT=…, …
#   mysql.sh restart FOLDER                           as after a crash
#   mysql.sh stop FOLDER                              and removes it
# It listens on a socket in the folder and on a free port of the loopback address; root has no
# password. fast: nothing is synced, so only the loss of power loses something. As root the server
# runs as MYSQL_USER (nobody).
#
# Debian's release has no MySQL: the packages of MYSQL_SUITE (sid) are fetched once, unpacked into
# MYSQL_TREE (~/.cache/godwit/mysql) and started through the loader that came with them. Nothing
# else on the machine changes. The client is MariaDB's.
set -eu

what=$1
dir=$2
user=${MYSQL_USER:-nobody}
tree=${MYSQL_TREE:-${XDG_CACHE_HOME:-$HOME/.cache}/godwit/mysql}
suite=${MYSQL_SUITE:-sid}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# ---- The server's files ----

# apt-get on lists of its own, with an empty status: so packages come with all that they need
apt() {
	apt-get -qq -o Dir::Etc::sourcelist="$tree.new/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$tree.new/lists" \
		-o Dir::State::status="$tree.new/status" -o Dir::Cache="$tree.new/cache" \
		-o APT::Sandbox::User=root -o APT::Install-Recommends=false "$@"
}

# Names of the packages, without those that the server never touches
names() {
	apt --print-uris -y install mysql-server-core |
		awk '/^\047/ { split($2, part, "_"); print part[1] }' |
		grep -vE '^(perl|libperl|libgdbm|libdb5|libcrypt1$|libbz2|gcc-|libc-gconv|openssl-provider|libtirpc-common)'
}

get() {
	rm -rf "$tree.new"
	mkdir -p "$tree.new/lists/partial" "$tree.new/cache/archives/partial" "$tree.new/root"
	mirror=$(cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null |
		sed -nE 's/^(URIs:|deb( \[[^]]*\])?) *([^ ]+).*/\3/p' | head -n 1)
	echo "deb [signed-by=$keyring] ${mirror:-http://deb.debian.org/debian} $suite main" \
		>"$tree.new/sources.list"
	: >"$tree.new/status"
	apt update
	(cd "$tree.new/cache" && apt download $(names))
	for package in "$tree.new"/cache/*.deb; do dpkg-deb -x "$package" "$tree.new/root"; done
	rm -rf "$tree.new/cache" "$tree.new/lists" "$tree.new/root/usr/share/doc" \
		"$tree.new/root/usr/share/man" "$tree.new/root/usr/share/locale"
	rm -rf "$tree"
	mv "$tree.new" "$tree"
}

as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
	else
		"$@"
	fi
}

mysqld() {
	as_user setsid -w "$dir/tree/usr/lib64/ld-linux-x86-64.so.2" \
		--library-path "$dir/tree/usr/lib/x86_64-linux-gnu" "$dir/tree/usr/sbin/mysqld" \
		--no-defaults --basedir="$dir/tree/usr" --datadir="$dir/data" \
		--lc-messages-dir="$dir/tree/usr/share/mysql" \
		--character-sets-dir="$dir/tree/usr/share/mysql/charsets" \
		--plugin-dir="$dir/tree/usr/lib/mysql/plugin" --secure-file-priv=NULL \
		--mysqlx=OFF --skip-log-bin "$@"
}

# ---- The server ----

# launch PORT: true once it answers
launch() {
	: >"$dir/log"
	# A redirected function would keep our own output open for as long as the server lives.
	# shellcheck disable=SC2046 # one option a word
	(
		exec >"$dir/log" 2>&1 </dev/null
		mysqld --socket="$dir/s" --pid-file="$dir/server.pid" --bind-address=127.0.0.1 \
			--port="$1" $(cat "$dir/options")
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
	[ -d "$tree" ] || get >&2
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd -P)
	# The tree may lie where the server's user must not look.
	cp -al "$tree/root" "$dir/tree" 2>/dev/null || cp -a "$tree/root" "$dir/tree"
	[ "$(id -u)" != 0 ] || chown "$user" "$dir"
	chmod 755 "$dir"
	mysqld --initialize-insecure --innodb-flush-log-at-trx-commit=0 --skip-innodb-doublewrite \
		--innodb-flush-method=nosync >"$dir/install.log" 2>&1 || {
		cat "$dir/install.log" >&2
		exit 1
	}
	options="--innodb-flush-log-at-trx-commit=1"
	[ "$mode" != fast ] || options="--innodb-flush-log-at-trx-commit=2
		--skip-innodb-doublewrite --innodb-flush-method=nosync --performance-schema=OFF"
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
	echo "ISOLATION=transaction_isolation"
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
	echo "mysql.sh: start, restart or stop" >&2
	exit 2
	;;
esac
