#!/usr/bin/env bash
# What a suite asks the administrator of the server to do: sut.sh WHAT ARGUMENTS... ($SUITE_POSTERN, $SUITE_DATA, $SUITE_URL, $SUITE_PASSWORD)
set -euo pipefail
export POSTERN_DATA=$SUITE_DATA
what=$1; shift
case $what in
dn) "$SUITE_POSTERN" shell --json --quiet -c "Get-Mailbox $1 | Select-Object LegacyExchangeDN" | sed -n 's/.*"LegacyExchangeDN": "\(.*\)".*/\1/p' ;;
disable) "$SUITE_POSTERN" shell --quiet -c "Disable-Mailbox $1 -Confirm:\$false" >/dev/null ;;
enable) "$SUITE_POSTERN" shell --quiet -c "Enable-Mailbox $1 | Out-Null" ;;
count) "$SUITE_POSTERN" shell --json --quiet -c 'Get-Recipient | Where-Object { $_.HiddenFromAddressListsEnabled -ne $true } | Select-Object Name' | grep -c '"Name"' ;;
# From, to, subject: with the cached-mode client, as a person would.
send)
	export POSTERN_DATA=$SUITE_DATA/../clients/$1
	mkdir -p "$POSTERN_DATA"
	if ! "$SUITE_POSTERN" profile --quiet show >/dev/null 2>&1; then
		"$SUITE_POSTERN" profile --quiet --server "$SUITE_URL" --roots "$SUITE_DATA/tls/authority.pem" --password-command "echo '$SUITE_PASSWORD'" add "$1@contoso.com" >/dev/null
		"$SUITE_POSTERN" sync --quiet >/dev/null
	fi
	echo "$3" | "$SUITE_POSTERN" mail --quiet --to "$2@contoso.com" --subject "$3" --body - compose >/dev/null
	"$SUITE_POSTERN" sync --quiet >/dev/null
	;;
esac
