# circle.sh - from SQLite into another repository ($other) and back, with running servers, and with
# commands that are killed $kills times

pid_a=
pid_b=
trap 'kill -KILL $pid_a $pid_b 2>/dev/null; eval "${cleanup-}"; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

# configure NAME REPOSITORY: all share a storage, so that all see the same backups
configure() {
	cat >"$1.yml" <<END
godwit:
  server: {port: 0, management-port: 0, working-folder: $folder/work-$1}
  repository: $2
  storage: {local: {base-path: $folder/storage}}
  encryption: {secret-key: MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=}
END
}
configure a "{type: sqlite, sqlite: {path: $folder/a.db}}"
configure b "$other"
configure c "{type: sqlite, sqlite: {path: $folder/c.db}}"
configure d "{type: sqlite, sqlite: {path: $folder/d.db}}"
sed '/encryption/d' a.yml >nokey.yml

# start NAME: sets pid and server
start() {
	: >"$1.log"
	"$godwit" server standalone -c "$1.yml" 2>"$1.log" &
	pid=$!
	until grep -q ' ready at ' "$1.log"; do
		kill -0 "$pid" 2>/dev/null || { cat "$1.log"; return 1; }
		sleep 0.05
	done
	server=$(sed -n 's/.* ready at \(http[^,]*\),.*/\1/p' "$1.log")
}

call() {
	"$godwit" "$@" --server "$server"
}

create() {
	"$godwit" backups create "$@" >created 2>&1 || { cat created; return 1; }
	uri=$(sed -n 's/^Backup created: //p' created)
	[ -n "$uri" ]
}

cat >hello.yaml <<END
id: hello
namespace: company.team
labels: {team: a, "kind": "äöü"}
inputs:
  - {id: n, type: INT, defaults: 1}
triggers:
  - {id: new_year, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 0 1 1 *"}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "Hello {{ inputs.n }}"}
  - {id: back, type: io.kestra.plugin.core.debug.Return, format: "{{ execution.id }}"}
END
cat >other.yaml <<END
id: other
namespace: company.elsewhere
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: "from elsewhere"}
END

# ---- Making ----

ok "a server starts" start a
pid_a=$pid
ok "a flow is created" call flow create hello.yaml
sed -i 's/Hello/Good day/' hello.yaml
ok "and has a second revision" call flow update hello.yaml company.team hello
ok "another one too" call flow create other.yaml
ok "a tenant is created" call tenants create second
run_many() {
	i=0
	while [ "$i" -lt "$1" ]; do
		i=$((i + 1))
		call execution run company.team hello -i n=$i --wait >/dev/null || return 1
	done
	call execution run company.elsewhere other --wait
}
ok "executions run" run_many 100
ok "a backup without a key is refused with both ways out" \
	says 'encryption.secret-key.*--encryption-key.*--no-encryption' \
	"$godwit" backups create FULL -c nokey.yml
ok "and is a failure" status 1 "$godwit" backups create FULL -c nokey.yml
ok "a type that there is not is a mistake" status 2 "$godwit" backups create ALL -c a.yml
ok "without encryption one is warned" says 'WARN .*not encrypted' \
	"$godwit" backups create FULL --no-encryption -c nokey.yml
ok "with a key of its own it works" create FULL --encryption-key other -c nokey.yml
ok "that key is needed" status 4 "$godwit" backups verify "$uri" -c a.yml
ok "and is enough" says '^Backup verified: ' \
	"$godwit" backups verify "$uri" --encryption-key other -c nokey.yml
ok "metadata are backed up" create FULL -c a.yml
ok "the summary is Kestra's" grep -Eq '^[0-9-]{10} [0-9:]{8},[0-9]{3} INFO  create  +[^ ]+ Backup summary: \[([A-Z_]+: [0-9]+, )*FLOW: 2, ([A-Z_]+: [0-9]+, )*TENANT: 1, ([A-Z_]+: [0-9]+(, )?)*\]$' created
ok "and so are the lines behind it" grep -Eq ' Backup instance created in [0-9]+ ms$' created
ok "and the last one" grep -Eq '^Backup created: kestra:///backups/full/backup-[0-9]{14}(-[0-9]+)?\.kestra$' created
ok "it is a file that Kestra's users would look for" test -f "storage/${uri#kestra:///}"

cat >nightly.yaml <<END
id: nightly
namespace: company.system
tasks:
  - {id: create, type: io.godwit.plugin.backup.Create, scope: TENANT, resources: [FLOW]}
  - {id: verify, type: io.godwit.plugin.backup.Verify, uri: "{{ outputs.create.uri }}"}
  - {id: prune, type: io.godwit.plugin.backup.Prune, keep: 1000}
END
ok "a flow can make backups" call flow create nightly.yaml
ok "and does" says ' SUCCESS ' call execution run company.system nightly --wait
ok "they are there" says 'TENANT .*kestra:///backups/tenants/main/backup-' \
	"$godwit" backups list -c a.yml
ok "the flow is deleted" call flow delete company.system nightly

# While executions go on: what is in the archive belongs together.
call_on() {
	while [ ! -f enough ]; do
		call execution run company.team hello --wait >/dev/null 2>&1
	done
}
call_on &
busy=$!
sleep 0.3
ok "a backup is made while executions go on" create FULL --include-data -c a.yml
touch enough
wait "$busy"
"$godwit" backups show "$uri" -c a.yml >shown
ok "it is readable as it was" says '^Backup verified' "$godwit" backups verify "$uri" -c a.yml
ok "and restores as a whole" says '^Backup restored from URI' "$godwit" backups restore "$uri" -c d.yml
linked() {
	python3 - "$folder/d.db" <<END
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
wrong = db.execute("SELECT count(*) FROM execution e WHERE e.taskruns != (SELECT count(*) "
    "FROM taskrun t WHERE t.tenant = e.tenant AND t.key LIKE e.key || '/%')").fetchone()[0]
total = db.execute("SELECT count(*) FROM execution").fetchone()[0]
print(total, "executions,", wrong, "without all their task runs")
sys.exit(total < 101 or wrong != 0)
END
}
ok "every execution has all its task runs" linked
rm -f d.db d.db-*
ok "the quiet repository is backed up" create FULL --include-data -c a.yml
first=$uri

# ---- Restoring ----

ok "the other server starts" start b
pid_b=$pid
ok "a dry run says what would be created" says '^flow  *3  *3  *0 ' \
	"$godwit" backups restore "$first" --dry-run -c b.yml
ok "and creates nothing" status 1 call flow update other.yaml company.elsewhere other
restore() {
	"$godwit" backups restore "$@" >restored 2>&1 || { cat restored; return 1; }
}
ok "the backup is restored while the server runs" restore "$first" -c b.yml
ok "it says from where" grep -q "INFO  restore  *[^ ]* Restoring from URI: $first" restored
ok "and what" grep -Eq 'Restoring FULL backup from Godwit version [0-9.]+ created at [0-9T:.-]+Z$' restored
ok "what the backup holds" grep -Eq 'Backup summary: \[.*EXECUTION: [0-9]+.*\]$' restored
ok "what came back" grep -Eq 'Restore summary: \[.*EXECUTION: [0-9]+.*\]$' restored
ok "and that it is done" grep -qx "Backup restored from URI: $first" restored
ok "the server answers with it" says '^state  *SUCCESS$' \
	call execution get "$(sqlite3_first() { python3 -c "import sqlite3; print(sqlite3.connect('$folder/a.db').execute('SELECT key FROM execution LIMIT 1').fetchone()[0])"; }; sqlite3_first)"
ok "flows go on there" says ' SUCCESS ' call execution run company.team hello --wait
ok "restoring again changes nothing" says '^execution  *[0-9]*  *0  *0 ' \
	"$godwit" backups restore "$first" --dry-run -c b.yml
ok "only a part is restored if wanted" says '^flow  *3  *0  *0  *1  *2 ' \
	"$godwit" backups restore "$first" --dry-run --resources FLOW --flow other -c b.yml
kill -TERM "$pid_b"
wait "$pid_b"
pid_b=
kill -TERM "$pid_a"
wait "$pid_a"
pid_a=

# ---- Back again: every document byte for byte ----

ok "the other repository is backed up" create FULL --include-data -c b.yml
second=$uri
ok "it equals its backup" status 0 "$godwit" backups verify "$second" --against-live -c b.yml
ok "and comes back into SQLite" restore "$second" -c c.yml
ok "which is the same as the other one" says '^The repositories are the same' \
	"$godwit" compare --from b.yml --to c.yml
ok "and holds all of the first backup" says '^execution  *[0-9]*  *[0-9]*  *[0-9]*  *0  *0$' \
	"$godwit" backups verify "$first" --against-live -c c.yml
ok "a tenant's backup goes into another tenant" create TENANT -c a.yml
ok "if that is there" says "tenant 'third' does not exist" \
	"$godwit" backups restore "$uri" --to-tenant third -c c.yml
ok "or may be created" restore "$uri" --to-tenant third --create-tenant -c c.yml
ok "a FULL one does not" says 'is for TENANT archives' \
	"$godwit" backups restore "$first" --to-tenant third -c c.yml
ok "repositories that differ are told apart" status 1 "$godwit" compare --from b.yml --to c.yml

# ---- Moving ----

ok "a repository moves without an archive" says '^The repositories are the same' \
	"$godwit" migrate --from b.yml --to d.yml
ok "and again" says ' 0 created, 0 updated' "$godwit" migrate --from b.yml --to d.yml
rm -f d.db d.db-*

# ---- Killed at many moments ----

# kill_after MILLISECONDS COMMAND…
kill_after() {
	delay=$1
	shift
	"$@" >/dev/null 2>&1 &
	victim=$!
	sleep "$(printf '0.%03d' "$delay")"
	kill -KILL "$victim" 2>/dev/null
	wait "$victim" 2>/dev/null
}
# Whether this file system has files without names: then nothing at all is left.
nameless() {
	python3 -c "import os; os.open('storage/.staging', os.O_TMPFILE | os.O_WRONLY)" 2>/dev/null
}
kill_creates() {
	i=0
	while [ "$i" -lt "$kills" ]; do
		kill_after $((i * 200 / kills)) "$godwit" backups create FULL --include-data -c b.yml
		i=$((i + 1))
	done
	nameless && find storage/.staging -type f | grep . && return 1
	for archive in storage/backups/full/*; do
		"$godwit" backups verify "$archive" -c b.yml >verified 2>&1 ||
			grep -q 'the key is not the one' verified || { cat verified; return 1; }
	done
}
ok "a backup that is killed is complete or absent" kill_creates
kill_restores() {
	i=0
	while [ "$i" -lt "$kills" ]; do
		kill_after $((60 + i * 200 / kills)) "$godwit" backups restore "$second" -c d.yml
		i=$((i + 1))
		[ $((i % 4)) != 0 ] || rm -f d.db d.db-*
	done
	"$godwit" backups restore "$second" -c d.yml
}
ok "a restore that is killed and repeated succeeds" kill_restores
ok "and ends in the same state" says '^The repositories are the same' \
	"$godwit" compare --from b.yml --to d.yml

ok "old backups are pruned" says ' backups deleted$' "$godwit" backups prune --keep 1 -c a.yml
ok "one of each is left" says '^FULL ' "$godwit" backups list -c a.yml
only_two() {
	[ "$("$godwit" backups list -c a.yml | grep -c kestra:///)" = 2 ]
}
ok "and no more" only_two
finish
