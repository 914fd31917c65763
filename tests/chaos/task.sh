# task.sh - what the shell tasks of a storm do: "work N SECONDS" logs N lines, and notes in a file
# when it begins and ends. A lock that is held by all of an attempt's processes shows overlaps.
note() {
	echo "$1 $GODWIT_RUN $EPOCHREALTIME" >>"$CHAOS/notes"
}

work() {
	run=${GODWIT_RUN#*/}
	exec 9>>"$CHAOS/locks/${run%/*}"
	flock -n 9 || note overlap
	note start
	for i in $(seq "$1"); do
		echo "line $i"
		sleep "$2"
	done
	note end
}
