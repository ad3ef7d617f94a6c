"""Signing in and out, what becomes of credentials, and the record of what was done."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    # OAuth 2
    "oauth_denied": "The sign-in was refused on the service's page.",
    "oauth_expired": "The service gave up waiting. Begin again.",
    "oauth_ended": "The service accepts this sign-in no more. Sign in again.",
    "oauth_refused": "The service refused the sign-in: {detail}",
    "oauth_client_refused": "The service does not accept Watchkeeper's client id or scopes: {detail}",
    "oauth_strange": "The service gave a strange answer: {detail}",
    # renewed credentials
    "credentials_renewed_elsewhere": "Another worker is renewing this sign-in.",
    "credentials_renewal_slow": "The service did not renew this sign-in in time.",
    "login_over": "This sign-in is over.",
    "credentials_not_kept": "Credentials cannot be renewed here.",
}
