#!/usr/bin/env bash
# Autodiscover as clients ask for it, with curl: each way to it, each form, with and without TLS.
. "$(dirname "$0")/lib.sh"

command -v curl >/dev/null || skip_all 'curl is not here'
command -v xmllint >/dev/null && lint=xmllint || lint=
export POSTERN_DATA=$scratch/site

"$POSTERN" serve --json --create --domain contoso.example --name mail.contoso.example --listen 127.0.0.1:0 --plain 127.0.0.1:0 \
	>"$scratch/out" 2>"$scratch/err" </dev/null &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; chmod -R u+rwX "$scratch"; rm -rf "$scratch"' EXIT
for _ in $(seq 200); do
	[ -s "$scratch/out" ] && break
	sleep 0.1
done
port=$(jq -r '.listen[] | select(.tls) | .port' "$scratch/out")
plain=$(jq -r '.listen[] | select(.tls | not) | .port' "$scratch/out")
password=$(awk '$1 == "password" { print $2 }' "$scratch/err")
url=https://mail.contoso.example:$port
me=Administrator@contoso.example

ask() {
	curl -sS --max-time 30 --cacert "$POSTERN_DATA/tls/authority.pem" --resolve "mail.contoso.example:$port:127.0.0.1" "$@"
}
outlook=http://schemas.microsoft.com/exchange/autodiscover/outlook
question() {
	printf '<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="%s/requestschema/2006"><Request><EMailAddress>%s</EMailAddress>' "$outlook" "$1"
	printf '<AcceptableResponseSchema>%s/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>' "$outlook"
}

# Outlook: no name first, then the 401, then again.
run ask -i -H 'Content-Type: text/xml' --data "$(question $me)" "$url/autodiscover/autodiscover.xml"
has 'without a name: 401 and what is accepted' "$out" '^WWW-Authenticate: Basic realm='
has '... and that SOAP is there' "$out" '^X-SOAP-Enabled: True'
run ask -u "$me:$password" -H 'Content-Type: text/xml' -H 'X-MapiHttpCapability: 1' --data "$(question $me)" "$url/Autodiscover/Autodiscover.xml"
has 'the path in any case; MAPI over HTTP for those who know it' "$out" '<Protocol Type="mapiHttp" Version="1">'
has '... with the URL of the mailbox' "$out" '<InternalUrl>https://mail.contoso.example/mapi/emsmdb/\?MailboxId=[0-9a-f-]{36}@contoso.example</InternalUrl>'
if [ -n "$lint" ]; then
	is 'it is well-formed XML' "$(xmllint --noout - <<<"$out" 2>&1)" ''
else
	skip 'it is well-formed XML' 'xmllint is not here'
fi
run ask -u "$me:$password" --data "$(question $me)" "$url/autodiscover/autodiscover.xml"
is 'not for those who do not' "$(grep -c mapiHttp <<<"$out")" 0
for name in "\\Administrator" "CONTOSO\\Administrator" administrator "$me"; do
	is "logged on as $name" "$(ask -u "$name:$password" --data "$(question $me)" "$url/autodiscover/autodiscover.xml" | grep -c '<Action>settings</Action>')" 1
done
has 'an address that there is not' "$(ask -u "$me:$password" --data "$(question nobody@contoso.example)" "$url/autodiscover/autodiscover.xml")" '<ErrorCode>500</ErrorCode>'
has 'rubbish' "$(ask -u "$me:$password" --data 'rubbish' "$url/autodiscover/autodiscover.xml")" '<ErrorCode>600</ErrorCode>'
is 'a body that is too long' "$(head -c 100000 /dev/zero | ask -u "$me:$password" -o /dev/null -w '%{http_code}' --data-binary @- "$url/autodiscover/autodiscover.xml")" 413

# What an administrator sets is there at once.
"$POSTERN" shell --quiet -c 'Get-MapiVirtualDirectory | Set-MapiVirtualDirectory -ExternalUrl https://mail.contoso.example/mapi
	Get-OwaVirtualDirectory | Set-OwaVirtualDirectory -ExternalUrl https://mail.contoso.example/owa -FailbackUrl https://failback.contoso.example/owa
	Get-MailboxDatabase | Set-MailboxDatabase -RpcClientAccessServer outlook.contoso.example -wa SilentlyContinue' </dev/null
run ask -u "$me:$password" -H 'X-MapiHttpCapability: 1' --data "$(question $me)" "$url/autodiscover/autodiscover.xml"
has 'ExternalUrl of mapi' "$out" '<ExternalUrl>https://mail.contoso.example/mapi/emsmdb/'
has 'ExternalUrl of owa' "$out" '>https://mail.contoso.example/owa</OWAUrl>'
has 'FailbackUrl of owa' "$out" '>https://failback.contoso.example/owa</OWAUrl>'
has 'RpcClientAccessServer of the database' "$out" '<Server>outlook.contoso.example</Server>'

# The other ways to it.
has 'http is sent to https' "$(curl -si --max-time 30 -H 'Host: autodiscover.contoso.example' "http://127.0.0.1:$plain/autodiscover/autodiscover.xml")" \
	'^Location: https://autodiscover.contoso.example/autodiscover/autodiscover.xml'
is 'JSON says where it is, to anybody' "$(ask "$url/autodiscover/autodiscover.json?Email=x@y.example&Protocol=AutodiscoverV1" | jq -r .Protocol)" AutodiscoverV1
soap='<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover"><s:Body>
<a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>'$me'</a:Mailbox></a:User></a:Users><a:RequestedSettings>
<a:Setting>UserDisplayName</a:Setting></a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></s:Body></s:Envelope>'
has 'SOAP' "$(ask -u "$me:$password" -H 'Content-Type: text/xml; charset=utf-8' --data "$soap" "$url/autodiscover/autodiscover.svc")" \
	'<Name>UserDisplayName</Name><Value>Administrator</Value>'
done_testing
