# Dovecot and mbsync beside us, without installing them: Debian's packages are unpacked into the cache and laid over /usr in
# a mount namespace of their own; nothing of it is seen outside, no service runs. Sourced.
#
#   dovecot_prepare          0 when they are here
#   dovecot_settings DIR     writes DIR/dovecot.conf for mail in DIR/mail (a mailbox format in $dovecot_format)
#   dovecot_inside COMMAND   writes $scratch/inside, which runs the command there as the user that Dovecot wants

dovecot_packages=(dovecot-core dovecot-imapd isync libexttextcat-2.0-0 libexttextcat-data liblua5.3-0 libsodium23)

dovecot_prepare() {
	dovecot_root=$(realpath -m "${POSTERN_CACHE:-.cache}/peers/dovecot")
	[ -x "$dovecot_root/usr/lib/dovecot/imap" ] && return
	local debs
	debs=$(mktemp -d "$scratch/debs-XXXXXX")
	(cd "$debs" && apt-get download -qq "${dovecot_packages[@]}" >/dev/null 2>&1) || return 1
	mkdir -p "$dovecot_root"
	local deb
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dovecot_root" || return 1
	done
	[ -x "$dovecot_root/usr/lib/dovecot/imap" ]
}

dovecot_settings() {
	mkdir -p "$1/mail" "$1/run"
	cat >"$1/dovecot.conf" <<-END
		protocols = imap
		ssl = no
		base_dir = $1/run
		state_dir = $1/run
		log_path = $1/log
		mail_home = $1/run
		mail_location = $dovecot_format:$1/mail
		mail_uid = nobody
		mail_gid = nogroup
		default_internal_user = nobody
		default_internal_group = nogroup
		default_login_user = nobody
	END
	: >"$1/log"
	[ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$1"
}

# Dovecot refuses to serve root, also the root of a namespace.
dovecot_inside() {
	local namespace=(unshare -m) as='setpriv --reuid nobody --regid nogroup --clear-groups --'
	if [ "$(id -u)" != 0 ]; then
		namespace=(unshare -rm)
		as="unshare -U --map-user=$(id -u nobody) --map-group=$(id -g nobody) --"
	fi
	cat >"$scratch/overlaid" <<-END
		mount -t overlay overlay -o lowerdir=$dovecot_root/usr:/usr /usr || exit 90
		export HOME=$scratch USER=nobody
		exec $as "\$@"
	END
	printf '#!/bin/sh\nexec %s sh %s %s\n' "${namespace[*]}" "$scratch/overlaid" "$1" >"$scratch/inside"
	chmod 755 "$scratch/inside"
}
