#!/usr/bin/env bash
# A company's files into its mailboxes: proposed, mapped, rescued, resumed.
. "$(dirname "$0")/../peers/lib.sh"
cd "$scratch" || exit 1
export POSTERN_DATA=$scratch/site

mkdir -p caches/deep
"$POSTERN" sample -q --seed 31 --messages 40 'caches/alice@corp.example.ost' >/dev/null 2>&1 ||
	{ "$POSTERN" sample -q --seed 31 --messages 40 a.pst >/dev/null && cp a.pst 'caches/alice@corp.example.ost'; }
"$POSTERN" sample -q --seed 32 --messages 30 caches/deep/bob.pst >/dev/null
"$POSTERN" sample -q --seed 33 --messages 30 damaged.pst >/dev/null
"$POSTERN" sample -q --damage header-zero --of damaged.pst caches/deep/carol.pst >/dev/null
"$POSTERN" sample -q --seed 34 --messages 5 caches/stray.pst >/dev/null
head -c 5000 /dev/urandom >caches/zed.pst
echo 'not mail' >caches/readme.txt

# --- the map is proposed ---
run "$POSTERN" rescue
is 'rescue needs a folder' "$code" 64
run "$POSTERN" rescue --from caches
has 'the map has a header' "$out" '^file,address,name'
has 'an address in the name of a file' "$out" '^alice@corp.example.ost,alice@corp.example,'
is 'a line for each store' "$(tail -n +2 <<<"$out" | wc -l)" 5
[ -e site ] && fail 'a proposal writes nothing' || pass 'a proposal writes nothing'
run "$POSTERN" rescue --from caches --json
is 'a proposal as JSON' "$(jq -r '.[] | select(.file == "alice@corp.example.ost").found_by' <<<"$out")" 'the name of the file'
mkdir empty
run "$POSTERN" rescue --from empty
is 'a folder without stores' "$code" 2

# --- maps that are wrong ---
printf 'who,what\r\na,b\r\n' >bad.csv
run "$POSTERN" rescue --from caches --map bad.csv
has 'a map without the columns' "$code $err" '^2 .*"file" and "address"'
printf 'file,address\r\n"a,b\r\n' >bad.csv
run "$POSTERN" rescue --from caches --map bad.csv
has 'a quote that never closes: the line' "$code $err" '^2 .*line 2'
run "$POSTERN" rescue --from caches --map /nonexistent.csv
is 'a map that is not there' "$code" 2

# --- the rescue ---
{
	printf '\xEF\xBB\xBFName;File;Address\r\n'
	printf '"Alice; of ""Sales""";alice@*.ost;alice@corp.example\r\n'
	printf 'Bob;deep/b*.pst;bob@corp.example\r\n'
	printf ';CAROL.pst;carol@other.example\n'
	printf 'Zed;zed.pst;zed@corp.example\n'
	printf 'Nobody;*.none;none@corp.example\n'
} >users.csv
run "$POSTERN" rescue --from caches --map users.csv --json --report report.json
is 'one file is bad' "$code" 2
result() { jq -r ".files[] | select(.file | test(\"$1\")) | $2" <<<"$out"; }
is 'a sound file' "$(result alice .result)" complete
at_least 'its items are in the mailbox' "$(result alice .added)" 40
is 'its mailbox was made' "$(result alice .mailbox_made)" true
is 'a damaged file is rescued' "$(result carol .damaged)" true
at_least 'a damaged file: its items' "$(result carol .added)" 30
is 'a bad file does not stop the others' "$(result zed .result)" failed
has 'a bad file: why' "$(result zed .failure)" 'zed.pst'
is 'a file of nobody' "$(result stray .result)" "nobody's"
has 'a row that fits nothing' "$err" 'no file fits \*\.none'
jq -e '.files | length == 5' report.json >/dev/null
is 'the report is saved' $? 0
run "$POSTERN" diff 'caches/alice@corp.example.ost' mailbox:alice@corp.example
is 'the mailbox holds the same' "$code" 0
run "$POSTERN" rescue --from caches --map users.csv --json
is 'a second run changes nothing' "$(jq '[.files[] | .added // 0] | add' <<<"$out")" 0
is 'a second run: the same mailboxes' "$(result alice .mailbox_made)" false
rm caches/zed.pst caches/stray.pst
run "$POSTERN" rescue --from caches --map users.csv
is 'all is well' "$((code < 2))" 1
has 'the table' "$out" 'alice@corp.example.ost +alice +[0-9]+ +0 '
has 'the report is named' "$out" 'The report is in .*/ledgers/rescue-'

# --- what was unsent, and two files of one person ---
cp caches/deep/bob.pst caches/deep/bob-old.pst
run "$POSTERN" rescue --from caches --map users.csv --json
is 'another file of the same person adds nothing' "$(result bob-old .added)" 0
at_least 'and is reported' "$(result bob-old .there_already)" 30
done_testing
