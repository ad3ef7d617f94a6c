"""Configurations of the real IMAP server."""

import grp
import os
import pwd
from pathlib import Path

CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = {host}
ssl = {ssl}
{certificate}
disable_plaintext_auth = {refuse_plaintext}
auth_mechanisms = plain login
auth_failure_delay = 0
mail_max_userip_connections = 10000
mail_location = maildir:~/Maildir
mail_fsync = never
lock_method = fcntl
first_valid_uid = 1
first_valid_gid = 1
default_process_limit = 2000
default_client_limit = 8000
{identity}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/users/%u
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  {chroot}
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = {implicit}
  }}
}}
service stats {{
  {chroot}
}}
"""


def configuration(folder: Path, host: str, imap_port: int, imaps_port: int, pem: Path | None) -> str:
    """Return the configuration of one server that keeps its own files in ``folder``, users and mails beside it.

    Port 0 closes a listener. ``pem`` holds key and certificate; without it the server knows no encryption.
    """
    uid, gid = mail_owner()
    return CONFIG.format(
        host=host,
        root=folder.parent,
        folder=folder,
        ssl="yes" if pem else "no",
        certificate=f"ssl_cert = <{pem}\nssl_key = <{pem}" if pem else "",
        refuse_plaintext="yes" if pem else "no",
        identity=_identity(),
        chroot="" if os.getuid() == 0 else "chroot =",
        uid=uid,
        gid=gid,
        imap_port=imap_port,
        imaps_port=imaps_port,
        implicit="yes" if pem else "no",
    )


def mail_owner() -> tuple[int, int]:
    """Return who owns the mails: this user, or, for root (whom dovecot refuses), somebody without rights."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _identity() -> str:
    if os.getuid() == 0:
        return ""
    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    return f"default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}"
