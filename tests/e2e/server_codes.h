/* What a client knows of a server's refusals ([MS-OXCRPC] 3.1.4.1), written down here once more on purpose. */
#ifndef TESTS_E2E_SERVER_CODES_H
#define TESTS_E2E_SERVER_CODES_H

#define ecClientVerDisallowed 1247u
#define ecCachedModeRequired  1249u
#define ecProtocolDisabled    2008u
#define ecNotEncrypted        2416u

#define OUTLOOK_16 "Outlook/16.0.5134.1000"

#endif
