#!/bin/sh
# mysql.sh SERVICE [CASE] - the conformance suite on a server that speaks MySQL's protocol
set -eu
name=$1
shift
service=$GW_SOURCE/tests/services/$name.sh
dir=$(mktemp -d "/tmp/gw-$name-XXXXXX")
keys=$dir.keys
trap '"$service" stop "$dir"; rm -rf "$dir.env" "$keys"' EXIT
trap 'exit 1' INT TERM

# make_ca NAME: an authority of its own
make_ca() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$1" -keyout "$keys/$1.key" \
		-out "$keys/$1.pem" 2>/dev/null
}

mkdir "$keys"
make_ca authority
make_ca stranger
openssl req -newkey rsa:2048 -nodes -subj /CN=server -keyout "$keys/server.key" \
	-out "$keys/server.csr" 2>/dev/null
echo "subjectAltName = IP:127.0.0.1" >"$keys/server.ext"
openssl x509 -req -in "$keys/server.csr" -CA "$keys/authority.pem" -CAkey "$keys/authority.key" \
	-CAcreateserial -days 30 -extfile "$keys/server.ext" -out "$keys/server.pem" 2>/dev/null
chmod -R a+rX "$keys"

"$service" start "$dir" fast --ssl-ca="$keys/authority.pem" --ssl-cert="$keys/server.pem" \
	--ssl-key="$keys/server.key" >"$dir.env" || {
	echo "Bail out! $name does not start"
	exit 1
}
. "$dir.env"
export GW_TEST_BACKEND=mysql
export GW_TEST_PORT="$PORT" GW_TEST_SOCKET="$SOCKET" GW_TEST_CLIENT="$CLIENT"
export GW_TEST_ISOLATION="$ISOLATION"
export GW_TEST_CA="$keys/authority.pem" GW_TEST_OTHER_CA="$keys/stranger.pem"
export GW_TEST_RESTART="$service restart $dir"
# In the clear, so that a proxy can read what passes.
export GW_TEST_SETTINGS="{\"url\": \"mysql://root@127.0.0.1:$PORT/?sslMode=DISABLED\"}"
"$GW_BUILD/tests/backend/suite" "$@"
