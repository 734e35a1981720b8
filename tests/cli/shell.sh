#!/usr/bin/env bash
# postern shell as a script and as a person meet it: lines, scripts, standard input, exit codes, and a terminal.
. "$(dirname "$0")/../peers/lib.sh"
cd "$scratch" || exit 1
export XDG_STATE_HOME=$scratch/state

# --- one line ---
run "$POSTERN" shell -c "'b','a' | sort"
is '-c runs a line' "$code $out$err" $'0 a\nb'
run "$POSTERN" shell -c "'a'; Get-Command nothing-such"
is '-c: an error is exit code 2' "$code" 2
has '-c: the error names program and cmdlet' "$err" '^postern shell: Get-Command: no cmdlet has such a name$'
is '-c: what came before it is shown' "$out" a
run "$POSTERN" shell -c "Write-Outptu a"
has 'an unknown cmdlet: a suggestion' "$err" 'did you mean Write-Output'
run "$POSTERN" shell -c "1 | where {"
is 'a line that is not whole is an error' "$code" 2
run "$POSTERN" shell -c a -c b
is '-c twice is wrong usage' "$code" 64
run "$POSTERN" shell -c a script
is '-c and a script are wrong usage' "$code" 64
run "$POSTERN" shell --no-such-option
is 'an unknown option is wrong usage' "$code" 64
run "$POSTERN" shell --json -c "@{Name='x'; Size=1} | ft"
is '--json prints an array of objects' "$(jq -c . <<<"$out")" '[{"Name":"x","Size":1}]'
run "$POSTERN" shell --json -c "exit"
is '--json of nothing is an empty array' "$out" '[]'
"$POSTERN" shell -c "1" >/dev/full 2>err
is 'standard output is full' $? 2

# --- scripts ---
printf '#!/usr/bin/env postern shell\n# sorts\n3,1,2 |\n  sort |\n  select -First 2\n"done"\n' >sort.ps1
run "$POSTERN" shell sort.ps1
is 'a script runs' "$code $out" $'0 1\n2\ndone'
printf "'one'\n'two' |\n" >broken.ps1
run "$POSTERN" shell broken.ps1
is 'a script that is wrong does not run at all' "$code $out" '2 '
has 'a script that is wrong: file, line and place' "$err" 'broken.ps1: line 3, character 1: a cmdlet is missing before the end'
printf 'Get-Command nothing-such\n"still"\n' >errors.ps1
run "$POSTERN" shell errors.ps1 sort.ps1
is 'an error in a script does not stop the next' "$code ${out//$'\n'/ }" '2 still 1 2 done'
printf '"before"\nexit\n"behind"\n' >leave.ps1
run "$POSTERN" shell leave.ps1 sort.ps1
is 'exit ends the scripts' "$code $out" '0 before'
run "$POSTERN" shell not-there.ps1
is 'a script that is not there' "$code" 2
has 'a script that is not there is named' "$err" 'not-there.ps1'
printf '"\377\376"\n' >bad.ps1
run "$POSTERN" shell bad.ps1
is 'bytes that are no text cannot reach the terminal' "$out" $'\xEF\xBF\xBD\xEF\xBF\xBD'
head -c 2000000 /dev/zero | tr '\0' ' ' >long.ps1
run "$POSTERN" shell long.ps1
has 'a script that is too long' "$err" 'longer than a script may be'

# --- standard input ---
run "$POSTERN" shell <sort.ps1
is 'the standard input is a script' "$code $out" $'0 1\n2\ndone'
run "$POSTERN" shell - <sort.ps1
is '- is the standard input' "$code $out" $'0 1\n2\ndone'
run "$POSTERN" shell -c 'Read-Host | sort' <<<'typed'
is 'Read-Host reads a line of the standard input' "$code $out" '0 typed'
run "$POSTERN" shell -c 'Read-Host' </dev/null
is 'Read-Host at the end of the input fails' "$code" 2
run "$POSTERN" shell <<<"Read-Host"
has 'Read-Host does not read the script' "$err" 'nobody answers'
run "$POSTERN" shell -c 'Read-Host -AsSecureString' <<<'hunter2'
is 'a password is never shown' "$out" 'System.Security.SecureString'

# --- files ---
run "$POSTERN" shell -c "@{Name='a \"b\"'; N=1} | Export-Csv -Path out.csv; Import-Csv out.csv | ConvertTo-Json -Compress"
is 'CSV out and in' "$code $out" '0 {"Name":"a \"b\"","N":"1"}'
run "$POSTERN" shell -c "1 | Export-Csv no/such/folder.csv"
is 'CSV into a folder that is not there' "$code" 2

# --- a person at a terminal ---
if ! command -v script >/dev/null; then
	skip 'a terminal' 'script(1) is not here'
	done_testing
	exit
fi

# What the person sees is in the file `seen`; they type through descriptor 3.
mkfifo keys
: >seen
script -qefc "stty cols 60 rows 24; exec $POSTERN shell" seen <keys >/dev/null 2>&1 &
exec 3>keys
# saw N TEXT: waits until TEXT, which may be of several lines, has been seen N times.
saw() {
	local i text
	text=$(tr '\n' '\1' <<<"$2")
	for ((i = 0; i < 600; i++)); do
		[ "$(tr '\n' '\1' <seen | grep -aoF -- "${text%$'\1'}" | wc -l)" -ge "$1" ] && return 0
		sleep 0.05
	done
	return 1
}
seen() { saw "$2" "$3" && pass "$1" || fail "$1" "not seen: $3" "$(tail -5 seen)"; }

seen 'a prompt' 1 'postern> '
printf 'write-ou\t"hel" | sort\r' >&3
seen 'Tab completes a cmdlet' 1 'Write-Output '
seen 'a line runs' 1 $'hel\r'
seen 'the prompt comes back' 2 'postern> '
printf 'Write-Output "two\r' >&3
seen 'an open string asks for more' 1 '>> '
printf 'lines"\r' >&3
seen 'lines are joined' 1 $'two\r\nlines\r'
seen 'the prompt comes back after them' 3 'postern> '
printf 'nonsense that is given up' >&3
saw 1 'given up'
printf '\003' >&3
seen 'Ctrl-C gives up the line' 4 'postern> '
printf '"%s" | %% { $_ }\r' "$(printf 'x%.0s' {1..20})" >&3
seen 'the next line runs' 5 'postern> '
printf 'Get-Command export-csv | fl Syn*\r' >&3
seen 'lines are as wide as the window' 1 $'comma-separated\r\n            values'
printf 'Nothing-Such\r' >&3
seen 'an error is said without the name of the program' 1 $'\nthere is no cmdlet '
printf 'Read-Host Secret -AsSecureString\r' >&3
saw 1 'Secret: '
printf 'hunter2\r' >&3
seen 'a password can be typed' 1 'System.Security.SecureString'
if grep -qaF hunter2 seen; then fail 'a password is not echoed'; else pass 'a password is not echoed'; fi
printf 'Read-Host Wait\r' >&3
saw 1 'Wait: '
printf '\003' >&3
seen 'Ctrl-C ends a pipeline' 1 'Read-Host: interrupted'
printf 'Get-Help Export\t -NoT\t\025exit\r' >&3
wait $!
is 'exit leaves, whatever went wrong before' $? 0
exec 3>&-
has 'the history is kept' "$(cat "$XDG_STATE_HOME/postern/history")" '^Write-Output "hel" \| sort$'
is 'nobody else reads the history' "$(stat -c %a "$XDG_STATE_HOME/postern/history" "$XDG_STATE_HOME/postern")" $'600\n700'
if grep -q hunter2 "$XDG_STATE_HOME/postern/history"; then fail 'no password in the history'; else pass 'no password in the history'; fi
done_testing
