#!/usr/bin/env bash
# A site with what the suites expect to find, and its server: site.sh POSTERN DIR PORT. Ends when the server answers; its process is in DIR/pid.
set -euo pipefail
postern=$1 dir=$2 port=$3
url=https://localhost:$port
password=Password01!
groups='MSOXNSPI_ATDG01:MSOXNSPI_TestUser01 MSOXCMAPIHTTP_ATDG01:MSOXCMAPIHTTP_User01'
users='MSOXCFOLD_TestUser01 MSOXCFOLD_TestUser02 MSOXCFXICS_TestUser MSOXCFXICS_TestUser2 MSOXCMSG_TestUser01 MSOXCMSG_TestUser02
MSOXCNOTIF_TestUser MSOXCPERM_TestUser01 MSOXCPERM_TestUser MSOXCPRPT_TestUser MSOXCROPS_TestUser MSOXCROPS_TestUser01 MSOXCRPC_TestUser MSOXCRPC_TestUser01
MSOXCSTOR_TestUser MSOXCSTOR_TestUser01 MSOXCSTOR_TestUser02 MSOXCSTOR_TestUser03 MSOXCTABL_TestUser01 MSOXCTABL_TestUser02
MSOXORULE_TestUser01 MSOXORULE_TestUser02 MSOXNSPI_TestUser01 MSOXNSPI_TestUser02 MSOXNSPI_TestUser MSOXCMAPIHTTP_User01 MSOXCMAPIHTTP_User02'
administrators='MSOXCFOLD_TestUser02 MSOXCMSG_TestUser02 MSOXCRPC_TestUser MSOXCSTOR_TestUser MSOXNSPI_TestUser01 MSOXCMAPIHTTP_User01
MSOXCFXICS_TestUser MSOXCPRPT_TestUser MSOXCROPS_TestUser MSOXORULE_TestUser01'
folders='MSOXCFOLD_PublicFolderMailEnabled MSOXCFXICS_GhostedPublicFolder MSOXCFXICS_PublicFolder01 MSOXCPRPT_PublicFolder01
MSOXNSPI_PublicFolderMailEnabled MSOXCROPS_PublicFolderGhosted'
mail_enabled='MSOXCFOLD_PublicFolderMailEnabled MSOXNSPI_PublicFolderMailEnabled'

mkdir -p "$dir"
dir=$(realpath "$dir")
export POSTERN_DATA=$dir/site
printf %s "$password" >"$dir/password"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=MSOXNSPI_TestUser01 -keyout /dev/null -outform DER \
	-out "$dir/certificate" 2>/dev/null
secret="(Get-Content '$dir/password' | ConvertTo-SecureString)"
{
	echo "Set-Mailbox Administrator -Password $secret"
	for user in $users; do echo "New-Mailbox $user -Password $secret | Out-Null"; done
	for group in $groups; do echo "New-DistributionGroup ${group%:*} -ManagedBy ${group#*:} | Out-Null"; done
	cat <<-PROPERTIES
	Set-User MSOXNSPI_TestUser01 -AssistantName assistant -PhoneticDisplayName phoneticdisplayname
	Set-User MSOXNSPI_TestUser02 -AssistantName assistant -PhoneticDisplayName phoneticdisplayname -Office Test -Department Test -OtherHomePhone BusinessOne
	Set-Mailbox MSOXNSPI_TestUser01 -UserCertificate '$(base64 -w 0 "$dir/certificate")'
	New-MailContact -Name MSOXNSPI_MailContact01 -ExternalEmailAddress MSOXNSPI_MailContact01@example.net | Out-Null
	New-DynamicDistributionGroup -Name MSOXNSPI_ADDG01 -IncludedRecipients AllRecipients | Out-Null
	PROPERTIES
	for folder in $folders; do echo "New-PublicFolder $folder | Out-Null"; done
	for folder in $mail_enabled; do echo "Enable-MailPublicFolder \\$folder"; done
	for user in $administrators; do echo "Add-RoleGroupMember 'Organization Management' -Member $user"; done
	echo "Get-MapiVirtualDirectory | Set-MapiVirtualDirectory -InternalUrl $url/mapi"
	echo "Get-AutodiscoverVirtualDirectory | Set-AutodiscoverVirtualDirectory -InternalUrl $url/autodiscover/autodiscover.xml"
} >"$dir/site.ps1"
"$postern" shell --quiet --create --organization contoso --domain contoso.com --host localhost -c 'Get-OrganizationConfig | Out-Null' 2>/dev/null
"$postern" shell --quiet "$dir/site.ps1"
"$postern" shell --json --quiet -c 'Get-Mailbox | Select-Object Name,LegacyExchangeDN' >"$dir/dn.json"
"$postern" serve --quiet --listen "127.0.0.1:$port" >"$dir/server.log" 2>&1 &
echo $! >"$dir/pid"
for _ in $(seq 200); do
	kill -0 "$(cat "$dir/pid")" 2>/dev/null || { cat "$dir/server.log" >&2; exit 1; }
	curl -sk "$url/healthcheck" >/dev/null && exit
	sleep .1
done
exit 1
