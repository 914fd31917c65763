#!/bin/sh
# with.sh - a command with a server of its own
#   with.sh postgres|mariadb|mysql|elasticsearch COMMAND…
# Starts the server, runs the command, stops the server; the status is the command's. Inside
# of another with.sh of the same name the command gets that one's server. GW_TEST_… say where it is:
#   SERVICE BACKEND SETTINGS    its name here, the backend's, and how the backend reaches it, in JSON
#   PLACES                      the setting that names a place in it: each test has one of its own
#   HOST PORT URL RESTART       the last a command: as after a crash
#   CLIENT ISOLATION SOCKET CA OTHER_CA    of MariaDB and MySQL
# MariaDB and MySQL show a certificate; nothing is synced: only the loss of power would lose something.
set -eu
name=$1
shift
[ "${GW_TEST_SERVICE-}" != "$name" ] || exec "$@"
here=$(cd "$(dirname "$0")" && pwd)
service=$here/$name.sh
dir=$(mktemp -d "/tmp/gw-$name-XXXXXX")
keys=$dir.keys
trap '"$service" stop "$dir"; rm -rf "$dir.env" "$keys"' EXIT
trap 'exit 1' INT TERM

# make_ca NAME: an authority of its own
make_ca() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$1" -keyout "$keys/$1.key" \
		-out "$keys/$1.pem" 2>/dev/null
}

make_keys() {
	mkdir "$keys"
	make_ca authority
	make_ca stranger
	openssl req -newkey rsa:2048 -nodes -subj /CN=server -keyout "$keys/server.key" \
		-out "$keys/server.csr" 2>/dev/null
	echo "subjectAltName = IP:127.0.0.1" >"$keys/server.ext"
	openssl x509 -req -in "$keys/server.csr" -CA "$keys/authority.pem" \
		-CAkey "$keys/authority.key" -CAcreateserial -days 30 -extfile "$keys/server.ext" \
		-out "$keys/server.pem" 2>/dev/null
	chmod -R a+rX "$keys"
}

# start OPTION…
start() {
	"$service" start "$dir" "$@" >"$dir.env" || {
		echo "Bail out! $name does not start"
		exit 1
	}
	. "$dir.env"
}

case $name in
postgres)
	start safe fsync=off
	PORT=$PGPORT
	export GW_TEST_BACKEND=postgres GW_TEST_PLACES=schema GW_TEST_HOST=127.0.0.1
	export GW_TEST_URL="postgresql://postgres@127.0.0.1:$PORT/postgres"
	export GW_TEST_SETTINGS="{\"url\": \"$GW_TEST_URL\"}"
	;;
mariadb | mysql)
	make_keys
	start fast --ssl-ca="$keys/authority.pem" --ssl-cert="$keys/server.pem" \
		--ssl-key="$keys/server.key"
	export GW_TEST_BACKEND=mysql GW_TEST_PLACES=database
	export GW_TEST_SOCKET="$SOCKET" GW_TEST_CLIENT="$CLIENT" GW_TEST_ISOLATION="$ISOLATION"
	export GW_TEST_CA="$keys/authority.pem" GW_TEST_OTHER_CA="$keys/stranger.pem"
	# In the clear, so that a proxy can read what passes.
	export GW_TEST_SETTINGS="{\"url\": \"mysql://root@127.0.0.1:$PORT/?sslMode=DISABLED\"}"
	;;
elasticsearch)
	start
	export GW_TEST_BACKEND=elasticsearch GW_TEST_PLACES=prefix
	export GW_TEST_URL="http://127.0.0.1:$PORT"
	export GW_TEST_SETTINGS="{\"hosts\": \"$GW_TEST_URL\"}"
	;;
*)
	echo "with.sh: there is no server $name" >&2
	exit 2
	;;
esac
export GW_TEST_SERVICE="$name" GW_TEST_PORT="$PORT" GW_TEST_RESTART="$service restart $dir"
"$@"
