#!/bin/sh
# headers.sh - compiles every public header alone, in C17 with strict warnings
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wcast-qual -Wwrite-strings -Werror"
include=${GW_SOURCE:-.}/core/include
jansson=$(pkg-config --cflags jansson)
compilers=${CC:-cc}
command -v clang >/dev/null && compilers="$compilers clang"

n=0
for compiler in $compilers; do
	for header in "$include"/godwit/*.h; do
		n=$((n + 1))
		name=godwit/${header##*/}
		printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$name" "$name" |
			"$compiler" -std=c17 $warnings -I"$include" $jansson -fsyntax-only -x c - &&
			echo "ok $n - $name with $compiler" || echo "not ok $n - $name with $compiler"
	done
done
echo "1..$n"
