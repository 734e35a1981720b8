#!/usr/bin/env bash
# The cookbook docs/administration.md, line by line in a new organisation.  In its boxes a line is a command for the shell;
# "#> TEXT" is a line that it shows (blanks count once), "#! N" its exit code when it is none of 0 and 1.
. "$(dirname "$0")/../peers/lib.sh"
cd "$scratch" || exit 1
export POSTERN_DATA=$scratch/site XDG_STATE_HOME=$scratch/state

run "$POSTERN" shell -c 'Get-Mailbox'
is 'without an organisation: exit code' "$code" 2
has 'without an organisation: what to do' "$err" 'there is no Postern organisation at .*postern shell --create'
run "$POSTERN" shell --domain contoso.example -c 'Get-Mailbox'
is '--domain without --create is wrong usage' "$code" 64
run "$POSTERN" shell --create --organization Contoso --domain contoso.example --host mail.contoso.example -c 'Get-Mailbox | Out-Null'
is 'an organisation is made' "$code" 0
has 'its administrator is shown' "$err" 'address +Administrator@contoso\.example'
has 'and the password' "$err" 'password +[[:alnum:]-]{16,}'
password=$(sed -n 's/.*password  *//p' <<<"$err")
run "$POSTERN" shell --create -c 'Get-Mailbox | Out-Null'
is 'the second time nothing is made or shown' "$code$out$err" 0
if grep -rqF "$password" "$scratch/site"; then fail 'the password is stored nowhere'; else pass 'the password is stored nowhere'; fi
is 'the site is closed to others' "$(stat -c %a "$POSTERN_DATA")" 700

squeeze() { sed -E 's/[[:space:]]+/ /g; s/^ //; s/ $//'; }

command= wanted=() code_wanted=
# What was collected of one command is run and compared.
finish() {
	[ -n "$command" ] || return 0
	run "$POSTERN" shell -c "$command"
	if [ -n "$code_wanted" ]; then
		is "exit code: $command" "$code" "$code_wanted"
	elif [ "$code" -le 1 ]; then
		pass "runs: $command"
	else
		fail "runs: $command" "exit code $code: $err"
	fi
	local shown line
	shown=$(printf '%s\n%s\n' "$out" "$err" | squeeze)
	for line in "${wanted[@]}"; do
		if grep -qF -- "$(squeeze <<<"$line")" <<<"$shown"; then
			pass "shows: $line"
		else
			fail "shows: $line" "in: $shown"
		fi
	done
	if [ ${#wanted[@]} -eq 0 ] && [ -z "$code_wanted" ]; then
		is "shows nothing: $command" "$out" ''
	fi
	command= wanted=() code_wanted=
}

inside=
while IFS= read -r line; do
	case $line in
	'```postern') inside=yes ;;
	'```') finish && inside= ;;
	'#> '*) [ -n "$inside" ] && wanted+=("${line#\#> }") ;;
	'#! '*) [ -n "$inside" ] && code_wanted=${line#\#! } ;;
	*)
		[ -n "$inside" ] || continue
		finish
		command=$line
		;;
	esac
done <"$POSTERN_SOURCE/docs/administration.md"
at_least 'the cookbook has lines' "$number" 100

# --- passwords: from a file, from the input, never from the line ---
printf 'correct horse battery\n' >password.txt
run "$POSTERN" shell -c 'Set-Mailbox alice -Password (Get-Content password.txt | ConvertTo-SecureString)'
is 'a password from a file' "$code$err" 0
run "$POSTERN" shell -c 'Set-Mailbox alice -Password (Read-Host -AsSecureString)' <password.txt
is 'a password from the input' "$code$err" 0
run "$POSTERN" shell -c 'Set-Mailbox alice -Password (Read-Host -AsSecureString)' <<<'short'
is 'a password that is too short' "$code" 2
has 'says how long it must be' "$err" '12'
if grep -rqF 'correct horse' "$scratch/site"; then fail 'no password is stored as it is'; else pass 'no password is stored as it is'; fi

# --- many people, and programs that read ---
printf 'Name,Alias,Department\nDora,dora,Sales\nEmil,emil,\n' >people.csv
run "$POSTERN" shell --quiet -c 'Import-Csv people.csv | New-Mailbox | % Alias'
is 'people from a CSV file' "$out" $'dora\nemil'
run "$POSTERN" shell --json -c 'Get-Mailbox dora'
is 'JSON of a mailbox' "$(jq -r '.[0] | .Alias, .UseDatabaseQuotaDefaults, (.EmailAddresses | length)' <<<"$out")" $'dora\ntrue\n1'
# --- certificates of others ---
if command -v openssl >/dev/null; then
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=other.example \
		-addext subjectAltName=DNS:other.example >/dev/null 2>&1
	openssl pkcs12 -export -inkey key.pem -in cert.pem -out other.pfx -passout pass:secret >/dev/null 2>&1
	run "$POSTERN" shell -c 'Import-ExchangeCertificate other.pfx -Password (Read-Host -AsSecureString) | % CertificateDomains' <<<secret
	is 'a certificate from a .pfx' "$code$out" 0other.example
	run "$POSTERN" shell -c 'Import-ExchangeCertificate other.pfx -Password (Read-Host -AsSecureString)' <<<wrong
	is 'a .pfx and a wrong password' "$code" 2
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key2.pem -out cert2.pem -days 30 -subj /CN=two.example >/dev/null 2>&1
	cat key.pem cert2.pem >mixed.pem
	run "$POSTERN" shell -c 'Import-ExchangeCertificate mixed.pem'
	has 'a key that is not that of the certificate' "$err" 'the private key is not that of the certificate'
	is 'keys are closed to others' "$(stat -c %a "$POSTERN_DATA"/certificates/*.pem)" 600
else
	skip 'certificates of others' 'openssl is not here'
fi
chmod 755 "$POSTERN_DATA"
run "$POSTERN" shell -c 'Get-Mailbox'
is 'a site that others can enter is refused' "$code" 2
done_testing
