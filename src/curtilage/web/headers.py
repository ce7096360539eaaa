"""The headers that every answer of the shell carries.

Content-Security-Policy 3: nothing is allowed but our own files, and a script
only with the nonce of this answer, so that injected markup stays inert.
"""

import re
from collections.abc import Mapping, Sequence

HSTS = "max-age=63072000; includeSubDomains"  # two years, as RFC 6797 §6.1.1 lets us say
POLICY = (
    "default-src 'none'; "
    "script-src 'nonce-{nonce}'; "
    "style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self'; "
    "connect-src 'self'; "
    "font-src 'self'; "
    "form-action 'self'{leads_to}; "
    "frame-ancestors 'none'; "
    "base-uri 'none'"
)
ALWAYS: Mapping[str, str] = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SOURCE = re.compile(r"[a-z][a-z0-9+.-]*:(?://[A-Za-z0-9.\[\]:-]+)?")
SEALED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
NEVER_KEPT = "no-store"
KEPT_FOR_EVER = "public, max-age=31536000, immutable"


def page_headers(*, nonce: str, secure: bool, forms_lead_to: Sequence[str] = ()) -> dict[str, str]:
    """Headers of an HTML page whose scripts carry `nonce`. See `Page.forms_lead_to`."""
    leads_to = "".join(f" {_verify_origin(each)}" for each in forms_lead_to)
    headers = {
        **ALWAYS,
        "content-security-policy": POLICY.format(nonce=nonce, leads_to=leads_to),
        "cache-control": NEVER_KEPT,
    }
    return _with_transport(headers, secure=secure)


def data_headers(*, secure: bool, cache: str = NEVER_KEPT) -> dict[str, str]:
    """Headers of what is not a page: if a browser shows it anyway, it does nothing."""
    headers = {**ALWAYS, "content-security-policy": SEALED, "cache-control": cache}
    return _with_transport(headers, secure=secure)


def _verify_origin(source: str) -> str:
    """An origin or a scheme for a policy: nothing that could end the directive."""
    if SOURCE.fullmatch(source) is None:
        raise ValueError("expected an origin or a scheme")
    return source


def _with_transport(headers: dict[str, str], *, secure: bool) -> dict[str, str]:
    if secure:
        headers["strict-transport-security"] = HSTS
    return headers
