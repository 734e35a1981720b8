#!/usr/bin/env bash
# Bad input: each has a clear outcome, and no half-written file under the final name.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

"$POSTERN" sample --seed 11 --messages 40 good.pst >/dev/null

nothing_written() {
	[ ! -e "$2" ] && [ -z "$(find . -name '*.part-*')" ]
	is "$1: nothing is left" $? 0
}

# refuses NAME PATTERN COMMAND...: exits with 2, says why, writes nothing to new.pst
refuses() {
	local name=$1 pattern=$2
	shift 2
	run "$@"
	is "$name: exit code" "$code" 2
	has "$name: says why" "$err" "$pattern"
	nothing_written "$name" new.pst
}

echo 'A shopping list is no store.' >list.txt
refuses 'not a store' 'not a mail store' "$POSTERN" convert list.txt new.pst
refuses 'inspect what is not a store' 'not a mail store' "$POSTERN" inspect list.txt
refuses 'check what is not a store' '.' "$POSTERN" check list.txt
refuses 'recover what is not a store' '.' "$POSTERN" recover list.txt new.pst
refuses 'diff with what is not a store' 'not a mail store' "$POSTERN" diff good.pst list.txt
head -c 4096 /dev/zero >zero.pst
refuses 'zeros named .pst' 'does not begin as a store' "$POSTERN" convert zero.pst new.pst
: >empty.pst
for command in 'convert empty.pst new.pst' 'inspect empty.pst' 'check empty.pst' 'recover empty.pst new.pst' \
	'diff empty.pst good.pst'; do
	# shellcheck disable=SC2086
	refuses "empty file: $command" 'empty' "$POSTERN" $command
done
mkdir folder
refuses 'a folder for check' 'is a folder' "$POSTERN" check folder
refuses 'a folder for recover' 'is a folder' "$POSTERN" recover folder new.pst
refuses 'an empty folder for convert' '.' "$POSTERN" convert folder new.pst
refuses 'no such file' 'No such file' "$POSTERN" convert nothere.pst new.pst
refuses 'no such file, recover' 'No such file' "$POSTERN" recover nothere.pst new.pst
refuses 'a device' '.' "$POSTERN" check /dev/zero
if [ "$(id -u)" != 0 ]; then
	cp good.pst secret.pst
	chmod 0 secret.pst
	refuses 'unreadable' 'Permission denied' "$POSTERN" convert secret.pst new.pst
elif command -v setpriv >/dev/null; then
	cp good.pst secret.pst
	chmod 0 secret.pst
	chmod 755 .
	refuses 'unreadable' 'Permission denied' \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$POSTERN" inspect secret.pst
else
	skip 'unreadable' 'root reads everything'
fi

# --- the source as destination, under every name ---
before=$(sha256sum <good.pst)
ln -s good.pst link.pst
ln good.pst hard.pst
mkdir sub
for same in good.pst ./good.pst sub/../good.pst link.pst hard.pst; do
	for force in '' --force; do
		# shellcheck disable=SC2086
		run "$POSTERN" convert $force good.pst "$same"
		is "onto itself as $same $force" "$code" 2
		has "onto itself as $same $force: says so" "$err" 'same file|exists'
		# shellcheck disable=SC2086
		run "$POSTERN" recover $force good.pst "$same"
		is "recover onto itself as $same $force" "$code" 2
	done
done
is 'the source is unharmed' "$(sha256sum <good.pst)" "$before"

# --- the destination ---
echo mine >taken.pst
run "$POSTERN" convert good.pst taken.pst
is 'the destination exists' "$code" 2
has 'the destination exists: names --force' "$err" '--force'
is 'the destination is kept' "$(cat taken.pst)" mine
run "$POSTERN" convert --force good.pst taken.pst
is '--force replaces it' "$code" 0
refuses 'no folder for the destination' 'no/such/folder' "$POSTERN" convert good.pst no/such/folder/new.pst
mkdir isfolder.pst
refuses 'the destination is a folder' 'is a folder' "$POSTERN" convert good.pst isfolder.pst

# --- the disk fills up in the middle ---
"$POSTERN" sample --seed 12 --size 20M larger.pst >/dev/null
full() {
	(
		ulimit -f 4096 # of 1024 bytes
		"$@"
	)
}
refuses 'file size limit' 'space|large|limit|disk' full "$POSTERN" convert larger.pst new.pst
refuses 'file size limit, recover' 'space|large|limit|disk' full "$POSTERN" recover larger.pst new.pst
mkdir small
if mount -t tmpfs -o size=8M none small 2>/dev/null; then
	run "$POSTERN" convert larger.pst small/new.pst
	is 'full disk: exit code' "$code" 2
	has 'full disk: says so' "$err" 'space'
	is 'full disk: nothing is left' "$(ls small)" ''
	umount small
elif unshare -rm true 2>/dev/null; then
	# shellcheck disable=SC2016
	run unshare -rm sh -c 'mount -t tmpfs -o size=8M none small && { "$0" convert larger.pst small/new.pst
		code=$?; ls small; exit $code; }' "$POSTERN"
	is 'full disk: exit code' "$code" 2
	has 'full disk: says so' "$err" 'space'
	is 'full disk: nothing is left' "$out" ''
else
	skip 'full disk' 'no small file system can be mounted here'
fi

# --- stopped in the middle ---
"$POSTERN" sample --seed 13 --size 400M huge.pst >/dev/null
stop() {
	local signal=$1 command=$2 wanted=$3 i
	set -m # else the shell has its background commands ignore SIGINT
	"$POSTERN" "$command" huge.pst new.pst >/dev/null 2>&1 &
	local pid=$!
	set +m
	for ((i = 0; i < 500; i++)); do
		[ -n "$(find . -name 'new.pst.part-*' -size +64k)" ] && break
		sleep 0.01
	done
	[ -n "$(find . -name 'new.pst.part-*')" ] || echo "# $signal $command: nothing was being written" >&2
	kill -s "$signal" "$pid"
	wait $pid 2>/dev/null
	is "$signal during $command: exit code" $? "$wanted"
	[ ! -e new.pst ]
	is "$signal during $command: nothing under the final name" $? 0
	if [ "$signal" != KILL ]; then
		is "$signal during $command: no part is left" "$(find . -name '*.part-*')" ''
	fi
	find . -name '*.part-*' -delete
}
stop TERM convert 143
stop INT recover 130
stop TERM recover 143
stop KILL convert 137
run "$POSTERN" convert huge.pst new.pst
is 'and then it works' "$code" 0
rm -f new.pst new.pst.ledger.json

# --- the source changes while it is read ---
cp huge.pst moving.pst
"$POSTERN" convert moving.pst new.pst >"$scratch/.out" 2>"$scratch/.err" &
pid=$!
for ((i = 0; i < 500; i++)); do
	[ -n "$(find . -name 'new.pst.part-*' -size +64k)" ] && break
	sleep 0.01
done
printf x >>moving.pst
wait $pid
is 'a source that changes: exit code' $? 2
has 'a source that changes: says so' "$(cat "$scratch/.err")" 'changed while'
nothing_written 'a source that changes' new.pst
done_testing
