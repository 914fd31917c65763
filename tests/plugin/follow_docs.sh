#!/bin/sh
# follow_docs.sh - does what docs/plugins.md says, against a fresh installation
# Every block of the page that is marked "sh" is run, in order, in one shell.
set -u
unset MAKEFLAGS MAKELEVEL MFLAGS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

# report STATUS NAME: one TAP line; what failed shows its output
report() {
	n=$((n + 1))
	[ "$1" = 0 ] && echo "ok $n - $2" && return
	echo "not ok $n - $2"
	sed 's/^/# /' "$work/log"
	exit 1
}

echo 1..3
make -s -C "$GW_BUILD" install DESTDIR="$work/root" >"$work/log" 2>&1
report $? "Godwit installs into an empty folder"

# As on a machine where it was installed into its prefix.
pc=$(find "$work/root" -name godwit.pc)
libdir=${pc%/pkgconfig/godwit.pc}
prefix=${libdir%/lib*}
mkdir "$work/bin" "$work/home"
cat >"$work/bin/pkg-config" <<EOF
#!/bin/sh
exec $(command -v pkg-config) --define-variable=prefix=$prefix "\$@"
EOF
chmod +x "$work/bin/pkg-config"
export PATH="$work/bin:$PATH" PKG_CONFIG_PATH="${pc%/godwit.pc}" LD_LIBRARY_PATH="$libdir"
CFLAGS="-g $(sed -n 's/^GW_SANITIZE = //p' "$GW_BUILD/Makefile")"
export CFLAGS

awk '/^```/ { inside = $0 == "```sh"; next } inside' "$GW_SOURCE/docs/plugins.md" >"$work/steps"
(cd "$work/home" && sh -eux "$work/steps") >"$work/log" 2>&1
report $? "what docs/plugins.md says builds a plugin whose test passes"

"$GW_BUILD/tests/lib/show_modules" "$work/home/hello" >"$work/log" 2>&1 &&
	grep -qx 'org.example.hello.Greet hello 0.1' "$work/log"
report $? "the plugin loads as a third party's"
