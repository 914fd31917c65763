# tap.sh - what shell tests share: TAP lines, a folder of their own, the program

# Without what the machine has configured.
unset GODWIT_CONFIGURATION KESTRA_CONFIGURATION NO_COLOR
godwit=$GW_BUILD/godwit
folder=$(mktemp -d)
n=0
trap 'rm -rf "$folder"' EXIT

# ok NAME COMMAND…: the command succeeds
ok() {
	name=$1
	shift
	n=$((n + 1))
	if "$@" >"$folder/out" 2>&1; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$folder/out"
	fi
}

# status WANTED COMMAND…: its exit status is this one; what it prints is in $folder/text
status() {
	wanted=$1
	shift
	got=0
	"$@" >"$folder/text" 2>&1 </dev/null || got=$?
	[ "$got" = "$wanted" ] && return
	echo "exit status $got instead of $wanted: $*"
	cat "$folder/text"
	return 1
}

# says PATTERN COMMAND…: it prints a line that matches, whatever its exit status is
says() {
	pattern=$1
	shift
	"$@" >"$folder/text" 2>&1 </dev/null || true
	grep -q -e "$pattern" "$folder/text" && return
	echo "no line matches $pattern: $*"
	cat "$folder/text"
	return 1
}

finish() {
	echo "1..$n"
}
