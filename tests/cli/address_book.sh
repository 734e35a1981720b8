#!/usr/bin/env bash
# The address book of the cached mode from the command line: it comes with a sync, and names are found and written to with the server away.
. "$(dirname "$0")/../peers/lib.sh"

site=$scratch/site port=$((20000 + RANDOM % 20000))
url=https://localhost:$port
postern() { "$POSTERN" "$@"; }
manage() { POSTERN_DATA=$site postern shell --quiet "${@:2}" -c "$1" >/dev/null 2>"$scratch/managed" || sed 's/^/# /' "$scratch/managed"; }
printf 'correct horse\n' >"$scratch/password"
password="(Get-Content '$scratch/password' | ConvertTo-SecureString)"
manage "New-Mailbox alice -DisplayName 'Alice Baker' -Password $password | Out-Null
New-Mailbox ada -DisplayName 'Ada Lovelace' -Password $password | Out-Null
New-Mailbox adam -DisplayName 'Adam Ries' -Password $password | Out-Null
New-Mailbox rene -DisplayName 'René Müller-Lüdenscheidt' -Password $password | Out-Null
New-Mailbox twin1 -DisplayName 'John Smith' -Password $password | Out-Null
New-Mailbox twin2 -DisplayName 'John Smith' -Password $password | Out-Null
New-DistributionGroup 'All Hands' -Alias hands | Out-Null
Get-MapiVirtualDirectory | Set-MapiVirtualDirectory -InternalUrl $url/mapi
Get-OabVirtualDirectory | Set-OabVirtualDirectory -InternalUrl $url/oab
Get-AutodiscoverVirtualDirectory | Set-AutodiscoverVirtualDirectory -InternalUrl $url/autodiscover/autodiscover.xml" --create --organization Contoso --domain contoso.example --host localhost
serve() {
	"$POSTERN" serve --quiet --data "$site" --listen "127.0.0.1:$port" >"$scratch/served" 2>&1 &
	server=$!
	for _ in $(seq 300); do
		curl -s --cacert "$site/tls/authority.pem" "$url/healthcheck" >/dev/null && return
		sleep 0.1
	done
}
stop() {
	kill -9 $server
	wait $server 2>/dev/null
}
serve
export POSTERN_DATA=$scratch/laptop
profile=$POSTERN_DATA/profiles/alice@contoso.example
postern profile add alice@contoso.example --server "$url" --roots "$site/tls/authority.pem" <"$scratch/password" >/dev/null 2>&1
is 'a profile is made' $? 0
names() { postern mail address "$@" --json | jq -r '.[].name' | paste -sd,; }

# It comes --------------------------------------------------------------------------------------------------------------------

run postern mail address ada
is 'before a sync there is no address book' "$code:$out" 0:
has '... and the words say what brings it' "$err" 'postern sync'
run postern sync
is 'a sync' "$code" 0
has '... brings it' "$err" 'address book has [0-9]+ entries'
is 'from the file of the server' "$(jq -r .source "$profile/address-book.json")" oab
is 'it is its owner'"'"'s alone' "$(stat -c %a "$profile"/address-book.* | sort -u)" 600
was=$(stat -c %i "$profile/address-book.global")
run postern sync
is 'when nothing changed there' "$(stat -c %i "$profile/address-book.global")" "$was"
manage "Set-User ada -Title Countess"
run postern sync
is 'when something did, it comes anew' "$(postern mail address 'ada lov' --json | jq -r '.[0].title')" Countess
is '... by what is different' "$(jq -r .differences "$profile/address-book.json")" 1
was=$(stat -c %i "$profile/address-book.global")
manage "Set-Mailbox ada -MaxSendSize 3MB"
run postern sync
is 'what is not in it brings nothing' "$(stat -c %i "$profile/address-book.global")" "$was"
manage "Set-User ada -Title Princess"
curl -s --cacert "$site/tls/authority.pem" -u "alice@contoso.example:correct horse" "$url/oab/oab.xml" >/dev/null
manage "Set-User ada -Title Countess"
run postern sync
is 'several differences make one list' "$(jq -r .differences "$profile/address-book.json"):$(postern mail address 'ada lov' --json | jq -r '.[0].title')" 2:Countess
printf 'X' | dd of="$profile/address-book.oab" bs=1 seek=200 conv=notrunc 2>/dev/null
manage "Set-User ada -Office Attic"
run postern sync
is 'where the file that they are to is damaged, the whole comes' "$code:$(jq -r .differences "$profile/address-book.json")" 0:0
printf 'X' | dd of="$profile/address-book.global" bs=1 seek=200 conv=notrunc 2>/dev/null
run postern mail address ada
is 'one that is damaged is not believed' "$code:$out" 0:
has '... and said to be so' "$err" 'damaged'
postern sync --quiet >/dev/null
is '... and the next sync brings another' "$(names lovelace)" 'Ada Lovelace'

# With the server away ---------------------------------------------------------------------------------------------------------

stop
is 'by the beginning of a name' "$(names ada)" 'Ada Lovelace,Adam Ries'
is 'of any part of it' "$(names love)" 'Ada Lovelace'
is 'of several' "$(names ad lov)" 'Ada Lovelace'
is 'by alias' "$(names hands)" 'All Hands'
is 'by address' "$(names adam@con)" 'Adam Ries'
is 'without accents, in any case' "$(names 'RENE mull')" 'René Müller-Lüdenscheidt'
is 'by what is behind a hyphen' "$(names lüden)" 'René Müller-Lüdenscheidt'
is 'nobody' "$(names zzz)" ''
is 'the addresses alone' "$(postern mail address --addresses love)" ada@contoso.example
is 'a group is one' "$(postern mail address hands --json | jq '.[0].group')" true

write() { printf "Text\n" | "$POSTERN" mail compose --subject "$1" --body - "${@:2}" >"$scratch/.out" 2>"$scratch/.err"; code=$?; err=$(grep -v "is in the Outbox" "$scratch/.err"); }

write One --to 'lovelace, Adam Ries; rene'
is 'a letter to names, offline' "$code:$err" 0:
postern mail read "$(postern mail outbox --json | jq -r '.[0].id')" >"$scratch/letter"
for who in ada adam rene; do
	grep -q "$who@contoso.example" "$scratch/letter" && pass "... goes to $who" || { fail "... goes to $who"; sed 's/^/# /' "$scratch/letter"; }
done
write Two --to ad
is 'a beginning that several have' "$code" 2
has '... names them' "$err" 'Ada Lovelace.*Adam Ries'
write Three --to 'John Smith'
is 'a name that two have' "$code" 2
has '... tells them apart by address' "$err" 'twin1@contoso.example.*twin2@contoso.example'
write Four --to ada --cc nobody
is 'a name that nobody has' "$code" 2
has '... is told' "$err" 'called "nobody"'
is 'nothing of these was written' "$(postern mail outbox --json | jq length)" 1
write Five --to ad --draft
is 'a draft may wait for the rest of the name' "$code" 0
write Six --to ada
is 'an alias is meant, whatever else begins so' "$code" 0

# At a terminal: who is asked for, with Tab ---------------------------------------------------------------------------------------

if command -v script >/dev/null; then
	printf '#!/bin/sh\nprintf "Text\\n" >>"$1"\nsed -i "s/^Subject:.*/Subject: Asked/" "$1"\n' >"$scratch/editor"
	chmod +x "$scratch/editor"
	mkfifo "$scratch/keys"
	TERM=xterm EDITOR=$scratch/editor script -qefc "stty cols 200 rows 24; exec $POSTERN mail compose" "$scratch/seen" <"$scratch/keys" >/dev/null 2>&1 &
	typist=$!
	exec 9>"$scratch/keys"
	for _ in $(seq 100); do
		grep -q 'To: ' "$scratch/seen" 2>/dev/null && break
		sleep 0.1
	done
	printf 'ad\r' >&9
	for _ in $(seq 100); do
		grep -q 'may be' "$scratch/seen" && break
		sleep 0.1
	done
	grep -q 'may be' "$scratch/seen" && pass 'at a terminal, what is ambiguous is asked again' || fail 'at a terminal, what is ambiguous is asked again'
	printf 'lovel\tadam r\t\r' >&9
	exec 9>&-
	wait $typist
	id=$(postern mail outbox --json | jq -r '.[] | select(.subject == "Asked") | .id')
	postern mail read "$id" >"$scratch/letter"
	is 'Tab fills in who it is, and the next one' "$(grep -c -e '^To .*<ada@contoso.example>$' -e '^To .*<adam@contoso.example>$' "$scratch/letter")" 2
else
	skip 'Tab at a terminal' 'script is not installed'
fi

# Completion of the shell ------------------------------------------------------------------------------------------------------

complete_line() {
	COMP_LINE=$1 COMP_POINT=${#1} bash -c '
		eval "$("$POSTERN" completion)"
		compopt() { :; }
		postern() { "$POSTERN" "$@"; }
		line=$COMP_LINE
		line=${line//=/ = }; line=${line//@/ @ }
		COMP_WORDS=($line); case $COMP_LINE in *" ") COMP_WORDS+=("");; esac
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_postern
		printf "%s\n" "${COMPREPLY[@]}"'
}
export POSTERN
is 'Tab behind --to' "$(complete_line 'postern mail compose --to ada' | paste -sd,)" 'ada@contoso.example,adam@contoso.example'
is '... and with =' "$(complete_line 'postern mail compose --cc=love' | paste -sd,)" 'ada@contoso.example'
is '... and in the middle of an address' "$(complete_line 'postern mail compose --to adam@con' | paste -sd,)" 'contoso.example'
is '... and behind a comma' "$(complete_line 'postern mail compose --to rene@contoso.example,love' | paste -sd,)" 'contoso.example,ada@contoso.example'

# One's own --------------------------------------------------------------------------------------------------------------------

serve
write Seven --to 'Zoe Outside <zoe@elsewhere.example>'
postern sync --quiet >/dev/null 2>&1
for _ in $(seq 50); do
	postern sync --quiet >/dev/null 2>&1
	[ "$(names zoe)" ] && break
	sleep 0.1
done
is 'whom one has written to' "$(names zoe)" 'Zoe Outside'
is '... is known to be that' "$(postern mail address zoe --json | jq -r '.[0].from')" sent
cat >"$scratch/card.vcf" <<'X'
BEGIN:VCARD
VERSION:3.0
FN:Grace Hopper
N:Hopper;Grace;;;
EMAIL:grace@navy.example
END:VCARD
X
stop
POSTERN_DATA=$site postern import --quiet "$scratch/card.vcf" mailbox:alice --data "$site" >"$scratch/imported" 2>&1 || sed 's/^/# /' "$scratch/imported"
serve
postern sync --quiet >/dev/null 2>&1
postern mail move "$(postern mail list card --json | jq -r '.[0].id')" Contacts >/dev/null
postern sync --quiet >/dev/null 2>&1
is 'a contact' "$(names hopper)" 'Grace Hopper'
is '... is known to be that' "$(postern mail address hopper --json | jq -r '.[0].from')" contacts

# Without a file at the server -------------------------------------------------------------------------------------------------

jq '.oabUrl = ""' "$profile/profile.json" >"$scratch/p" && cp "$scratch/p" "$profile/profile.json"
run postern sync
has 'without a file, the list is read out' "$err" 'read out one by one'
is '... of the service' "$(jq -r .source "$profile/address-book.json")" nspi
is '... whole' "$(names ada)" 'Ada Lovelace,Adam Ries'
is '... with groups' "$(postern mail address hands --json | jq '.[0].group')" true
jq '.oabUrl = "https://localhost:1/oab" | .bookUrl = ""' "$profile/profile.json" >"$scratch/p" && cp "$scratch/p" "$profile/profile.json"
run postern sync
is 'an address book that does not come stops no mail' "$code" 0
has '... but is told' "$err" 'did not come'
is '... in Sync Issues too' "$(postern mail read "$(postern mail list 'Sync Issues' --json | jq -r '.[0].id')" | grep -c 'localhost:1/oab')" 1
is '... and what is here stays' "$(names lovelace)" 'Ada Lovelace'
run postern sync
is 'it is tried again later only' "$err" ''
jq '.oabUrl = ""' "$profile/profile.json" >"$scratch/p" && cp "$scratch/p" "$profile/profile.json"
run postern sync --address-book
has 'a server that offers none' "$err" 'offers no address book'
stop
done_testing
