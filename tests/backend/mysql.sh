#!/bin/sh
# mysql.sh SERVICE [CASE] - the conformance suite on a server that speaks MySQL's protocol
set -eu
service=$GW_SOURCE/tests/services/$1.sh
dir=$(mktemp -d "/tmp/gw-$1-XXXXXX")
trap '"$service" stop "$dir"; rm -f "$dir.env"' EXIT
trap 'exit 1' INT TERM
"$service" start "$dir" fast >"$dir.env" || {
	echo "Bail out! $1 does not start"
	exit 1
}
shift
. "$dir.env"
export GW_TEST_BACKEND=mysql
export GW_TEST_PORT="$PORT" GW_TEST_CLIENT="$CLIENT"
export GW_TEST_RESTART="$service restart $dir"
export GW_TEST_SETTINGS="{\"url\": \"mysql://root@127.0.0.1:$PORT/\"}"
"$GW_BUILD/tests/backend/suite" "$@"
