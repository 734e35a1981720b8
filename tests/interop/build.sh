#!/usr/bin/env bash
# Compiles what runs the suites, and suites: build.sh SUITES BIN SUITE...
# SUITES: ExchangeMAPI/Source of a checkout of Microsoft's Interop-TestSuites; BIN: where programs go.
set -euo pipefail
suites=$(realpath "$1") bin=$2
shift 2
here=$(dirname "$(realpath "$0")")
mkdir -p "$bin"
bin=$(realpath "$bin")
common=$bin/common
flags=(-nologo -langversion:latest -warn:0 -r:"$bin/framework.dll" -r:System.Web.Services -r:System.Core -r:System.Xml -r:System)

mcs -nologo -langversion:latest -target:library -out:"$bin/framework.dll" "$here/framework.cs" "$here/sut.cs"
rm -rf "$common"
cp -r "$suites/Common/Common" "$common"
# Windows would log on to Autodiscover as who is at the keyboard; the certificate is of the site's own authority.
sed -i 's/CredentialCache.DefaultCredentials/new NetworkCredential(userName + "@" + domain, System.Environment.GetEnvironmentVariable("SUITE_PASSWORD"))/' \
	"$common/ExchangeMapiClient/AutoDiscover.cs"
perl -0pi -e 's/(bool ValidateServerCertificate\([^)]*\)\s*\{)/$1 if (certificate != null) return true;/' "$common/Common.cs"
find "$common" -name '*.cs' ! -name AssemblyInfo.cs >"$bin/common.files"
mcs "${flags[@]}" -target:library -out:"$bin/Common.dll" @"$bin/common.files"
mcs "${flags[@]}" -out:"$bin/run.exe" "$here/run.cs"
for suite; do
	find "$suites/$suite/Adapter" "$suites/$suite/TestSuite" "$here/adapters/$suite.cs" -name '*.cs' ! -name AssemblyInfo.cs >"$bin/$suite.files" 2>/dev/null || :
	mcs "${flags[@]}" -debug -target:library -r:"$bin/Common.dll" -out:"$bin/$suite.dll" @"$bin/$suite.files"
done
