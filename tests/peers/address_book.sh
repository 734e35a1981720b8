#!/usr/bin/env bash
# The offline address book that this server hands out, read by libmspack: whole files and differences come out byte for byte.
. "$(dirname "$0")/lib.sh"

[ -n "${OAB_MSPACK:-}" ] || skip_all "libmspack is not here (libmspack-dev)"
command -v curl >/dev/null || skip_all "curl is not here"

mkdir "$scratch/pairs"
run "$OAB_MSPACK" random 150 "$scratch/pairs"
is 'differences of whatever changed' "$code:$err" 0:

site=$scratch/site port=$((20000 + RANDOM % 20000))
url=https://localhost:$port
printf 'correct horse\n' >"$scratch/password"
manage() { POSTERN_DATA=$site "$POSTERN" shell --quiet "${@:2}" -c "$1" >/dev/null 2>"$scratch/managed" || sed 's/^/# /' "$scratch/managed"; }
{
	echo "New-Mailbox alice -Password (Get-Content '$scratch/password' | ConvertTo-SecureString) | Out-Null"
	for i in $(seq 300); do echo "New-MailContact -Name 'Contact $i' -ExternalEmailAddress contact$i@example.net | Out-Null"; done
} >"$scratch/people.ps1"
manage "$(cat "$scratch/people.ps1")" --create --organization Contoso --domain contoso.example --host localhost
"$POSTERN" serve --quiet --data "$site" --listen "127.0.0.1:$port" >"$scratch/served" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; chmod -R u+rwX "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
get() { curl -sf --cacert "$site/tls/authority.pem" -u "alice@contoso.example:correct horse" "$url/oab/$1" -o "$2"; }
for _ in $(seq 300); do
	curl -s --cacert "$site/tls/authority.pem" "$url/healthcheck" >/dev/null && break
	sleep 0.1
done

# fetch ELEMENT FILE: what the first element of that kind names; its hash is that of the manifest.
fetch() {
	local line
	line=$(grep -m 1 "<$1 " "$scratch/oab.xml")
	get "$(sed 's/.*>\(.*\)<.*/\1/' <<<"$line")" "$scratch/$2"
	is "$2 is what oab.xml says" "$(sha1sum <"$scratch/$2" | cut -d' ' -f1)" "$(sed 's/.*SHA="\([^"]*\)".*/\1/' <<<"$line")"
}
whole() {
	fetch Full "$1.lzx"
	run "$OAB_MSPACK" whole "$scratch/$1.lzx" "$scratch/$1"
	is "$1 is read" "$code" 0
}

get oab.xml "$scratch/oab.xml"
whole first
is 'at first there are no differences' "$(grep -c '<Diff' "$scratch/oab.xml")" 0
change() {
	manage "$1"
	local was
	was=$(grep '<Full ' "$scratch/oab.xml")
	# A busy directory makes it come later.
	for _ in $(seq 50); do
		get oab.xml "$scratch/oab.xml" && [ "$(grep '<Full ' "$scratch/oab.xml")" != "$was" ] && break
		sleep 0.2
	done
	fetch Diff "$3.patch"
	run "$OAB_MSPACK" difference "$scratch/$3.patch" "$scratch/$2" "$scratch/$3"
	is "$3 is made of $2" "$code" 0
	whole "$3.whole"
	cmp -s "$scratch/$3" "$scratch/$3.whole" && pass '... byte for byte' || fail '... byte for byte'
	at_least '... by less than a tenth of it' $(($(stat -c %s "$scratch/$3.whole") / 10)) "$(stat -c %s "$scratch/$3.patch")"
}
change "Set-MailContact 'Contact 150' -DisplayName 'Zoë Øre'" first second
change "Remove-MailContact 'Contact 7' -Confirm:\$false" second third
change "New-MailContact -Name 'Another' -ExternalEmailAddress another@example.net | Out-Null" third fourth
is 'the differences so far' "$(grep -c '<Diff' "$scratch/oab.xml")" 3
done_testing
