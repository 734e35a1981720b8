#!/usr/bin/env bash
# Profiles: what others may look into is refused, what is damaged is left alone, what is too long is not cut; every setting is shown and can be changed.
. "$(dirname "$0")/../peers/lib.sh"

# One that nobody listens on.
free_port() {
	local port
	while port=$((20000 + RANDOM % 20000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
	echo "$port"
}
site=$scratch/site port=$(free_port)
url=https://localhost:$port
printf 'correct horse\n' >"$scratch/password"
postern() { "$POSTERN" "$@"; }
says() {
	grep -qF -- "$3" "$2" && pass "$1" || { fail "$1"; sed 's/^/# /' "$2" | head -20; }
}
POSTERN_DATA=$site postern shell --quiet --create --organization Contoso --domain contoso.example --host localhost \
	-c "New-Mailbox alice -Password (Get-Content '$scratch/password' | ConvertTo-SecureString) | Out-Null
Get-MapiVirtualDirectory | Set-MapiVirtualDirectory -InternalUrl $url/mapi; Get-AutodiscoverVirtualDirectory | Set-AutodiscoverVirtualDirectory -InternalUrl $url/autodiscover/autodiscover.xml" >/dev/null 2>&1
"$POSTERN" serve --quiet --data "$site" --listen "127.0.0.1:$port" >"$scratch/served" 2>&1 &
server=$!
for _ in $(seq 300); do
	curl -s --cacert "$site/tls/authority.pem" "$url/healthcheck" >/dev/null && break
	sleep 0.1
done
export POSTERN_DATA=$scratch/laptop
own=$POSTERN_DATA/profiles/alice
add() {
	postern profile add alice@contoso.example --server "$url" --roots "$site/tls/authority.pem" "$@"
}

# Passwords -------------------------------------------------------------------------------------------------------------------

long=$(printf 'x%.0s' $(seq 600))
add --name alice <<<"$long" >"$scratch/out" 2>&1
is 'a password that is too long' $? 2
says '... is refused' "$scratch/out" 'too long'
add --name alice --password-command "echo $long" >"$scratch/out" 2>&1
is 'and one that a command says' $? 2
says '... is not cut' "$scratch/out" 'is not cut'
add --name alice --password-command "printf 'correct horse\n'; seq 100000" --quiet
is 'a command may say more than the password' $? 0
postern profile remove alice
(umask 000 && add --name alice --quiet <"$scratch/password")
is 'a profile is made' $? 0
is 'its files are its owner'"'"'s alone, whatever the umask' "$(stat -c %a "$own" "$own/profile.json" "$own/secret" | paste -sd' ')" '700 600 600'
printf '%s\n' "$long" >"$own/secret"
postern sync >"$scratch/out" 2>&1 </dev/null
is 'a password that is too long in its file' $? 2
says '... is not cut either' "$scratch/out" 'is not cut'
cp "$scratch/password" "$own/secret"

# Others, and damage ------------------------------------------------------------------------------------------------------------

for folder in "$own" "$POSTERN_DATA/profiles"; do
	chmod 750 "$folder"
	postern sync >"$scratch/out" 2>&1
	is "a folder into which others may look is not used" $? 2
	says '... and the words say what to do' "$scratch/out" "chmod 700 '$folder'"
	chmod 700 "$folder"
done
cp "$own/profile.json" "$scratch/kept"
head -c 100 "$scratch/kept" >"$own/profile.json"
cp "$own/profile.json" "$scratch/damaged"
add --name alice <"$scratch/password" >"$scratch/out" 2>&1
is 'a damaged profile is not written over' $? 2
says '... and said where it is' "$scratch/out" "$own/profile.json"
postern profile set alice work-offline on >"$scratch/out" 2>&1
is '... nor changed' $? 2
is '... and as it was' "$(cmp "$own/profile.json" "$scratch/damaged" && echo same)" same
cp "$scratch/kept" "$own/profile.json"
add --name alice <"$scratch/password" >"$scratch/out" 2>&1
is 'nor one that is whole' $? 2

# Settings ----------------------------------------------------------------------------------------------------------------------

postern profile show >"$scratch/out"
says 'without a copy' "$scratch/out" 'none yet'
(umask 000 && postern sync --quiet >/dev/null)
is 'nor can others read what came' "$(find "$own" -type f -perm /077)" ''
postern profile show >"$scratch/out"
for word in size 'last synchronised' download keep shared-folders public-folders work-offline encrypt roots 'address book'; do
	says "show tells: $word" "$scratch/out" "  $word "
done
is 'it was synchronised' "$(postern profile show --json | jq '.size > 0 and .lastSynchronised != null and .pending == 0')" true
cp "$site/tls/authority.pem" "$scratch/authority.pem"
postern profile set --roots "$scratch/authority.pem"
is 'roots as an option' "$(postern profile show --json | jq -r .roots)" "$scratch/authority.pem"
postern profile set alice work-offline on --user alice
is 'a setting and an option' "$(postern profile show --json | jq -r '[.workOffline, .user] | tostring')" '[true,"alice"]'
postern profile set alice work-offline off --roots "$scratch/nowhere" >"$scratch/out" 2>&1
is 'all or nothing' "$? $(postern profile show --json | jq .workOffline)" '2 true'
postern profile set >"$scratch/out" 2>&1
is 'nothing to be set' $? 64
kill "$server"
wait "$server"
done_testing
