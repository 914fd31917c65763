#!/bin/sh
# s3.sh - a throw-away S3 server in a folder of its own
#   s3.sh get                        builds it, once
#   s3.sh start FOLDER [OPTION …]    the same if needed; prints AWS_ENDPOINT_URL=…, AWS_ACCESS_KEY_ID=…,
#                                    AWS_SECRET_ACCESS_KEY=…, BUCKET=…, PORT=…; OPTIONs are the server's
#   s3.sh kill FOLDER                as a crash does
#   s3.sh restart FOLDER [OPTION …]  the same, and starts it again on the same port
#   s3.sh stop FOLDER                and removes it
# It is versitygw over a folder, built from the Go module proxy (100 s), and lies in
# $XDG_CACHE_HOME/godwit-tests. It checks signatures, and cannot hold both a and a/b. Wants curl and
# unzip.
set -eu

die() {
	echo "s3.sh: $*" >&2
	exit 1
}

version=v1.8.0
tree=${XDG_CACHE_HOME:-$HOME/.cache}/godwit-tests/versitygw-$version
key=godwit
secret=godwit-secret/+1
bucket=godwit

# The machine's Go, or one from the module proxy: Debian 12 has only an older one.
find_go() {
	go=$(command -v go || true)
	[ -z "$go" ] || ! GOTOOLCHAIN=local "$go" version | grep -qE 'go1\.(2[4-9]|[3-9][0-9])' ||
		return 0
	name=golang.org/toolchain@v0.0.1-go1.25.0.linux-$(dpkg --print-architecture)
	curl -sSfL -o "$work/go.zip" \
		"https://proxy.golang.org/${name%@*}/@v/${name#*@}.zip" || die "Go cannot be fetched"
	unzip -q "$work/go.zip" -d "$work"
	chmod +x "$work/$name/bin/"* "$work/$name/pkg/tool/"*/*
	go=$work/$name/bin/go
}

get() {
	[ ! -x "$tree/versitygw" ] || return 0
	mkdir -p "$tree"
	work=$(mktemp -d "$tree/new-XXXXXX")
	find_go
	GOBIN=$work "$go" install -trimpath -ldflags '-s -w' \
		"github.com/versity/versitygw/cmd/versitygw@$version" >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		die "versitygw cannot be built"
	}
	mv "$work/versitygw" "$tree/versitygw"
	rm -rf "$work"
}

# request METHOD URL: signed, without a body
request() {
	curl -sfk -m 5 -o /dev/null --aws-sigv4 aws:amz:us-east-1:s3 --user "$key:$secret" \
		-H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -X "$1" "$2"
}

is_alive() {
	pid=$(cat "$dir/pid" 2>/dev/null) &&
		tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -Fxq "$dir/store"
}

end() {
	! is_alive || kill -9 "$pid"
	while is_alive; do sleep 0.02; done
}

# run PORT [OPTION …]: starts the server and waits until it answers; false if it does not
run() {
	port=$1
	shift
	scheme=http
	case " $* " in *' --cert '*) scheme=https ;; esac
	url=$scheme://127.0.0.1:$port
	# the sidecar: no file system with extended attributes is needed
	ROOT_ACCESS_KEY=$key ROOT_SECRET_KEY=$secret setsid "$tree/versitygw" --port "127.0.0.1:$port" \
		--region us-east-1 --iam-dir "$dir/iam" "$@" posix --sidecar "$dir/side" "$dir/store" \
		>>"$dir/log" 2>&1 </dev/null &
	pid=$!
	echo $pid >"$dir/pid"
	echo "$port" >"$dir/port"
	tries=0
	until request GET "$url/"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] && kill -0 $pid 2>/dev/null || return 1
		sleep 0.05
	done
	is_alive
}

random_port() {
	echo $((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
}

start() {
	get
	mkdir "$dir/store" "$dir/side" "$dir/iam"
	tries=0
	until run "$(random_port)" "$@"; do
		tries=$((tries + 1)) # the port may be taken
		[ $tries -lt 3 ] || {
			tail -n 20 "$dir/log" >&2
			exit 1
		}
		end
	done
	request PUT "$url/$bucket" || die "the bucket cannot be made"
	echo "AWS_ENDPOINT_URL=$url"
	echo "AWS_ACCESS_KEY_ID=$key"
	echo "AWS_SECRET_ACCESS_KEY=$secret"
	echo "BUCKET=$bucket"
	echo "PORT=$port"
}

what=${1-}
if [ "$what" = get ]; then
	get
	exit
fi
mkdir -p "$2"
dir=$(cd "$2" && pwd -P)
shift 2
case $what in
start)
	start "$@"
	;;
restart)
	port=$(cat "$dir/port")
	end
	run "$port" "$@" || die "the server does not start again: see $dir/log"
	;;
kill)
	end
	;;
stop)
	end
	rm -rf "$dir"
	;;
*)
	die "get, start, kill, restart or stop"
	;;
esac
