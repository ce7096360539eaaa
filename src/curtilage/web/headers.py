"""The headers that every answer of the shell carries.

Content-Security-Policy 3: nothing is allowed but our own files, and a script
only with the nonce of this answer, so that injected markup stays inert.
"""

from collections.abc import Mapping

HSTS = "max-age=63072000; includeSubDomains"  # two years, as RFC 6797 §6.1.1 lets us say
POLICY = (
    "default-src 'none'; "
    "script-src 'nonce-{nonce}'; "
    "style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self'; "
    "connect-src 'self'; "
    "font-src 'self'; "
    "form-action 'self'; "
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
SEALED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
NEVER_KEPT = "no-store"
KEPT_FOR_EVER = "public, max-age=31536000, immutable"


def page_headers(*, nonce: str, secure: bool) -> dict[str, str]:
    """Headers of an HTML page whose scripts carry `nonce`."""
    headers = {
        **ALWAYS,
        "content-security-policy": POLICY.format(nonce=nonce),
        "cache-control": NEVER_KEPT,
    }
    return _with_transport(headers, secure=secure)


def data_headers(*, secure: bool, cache: str = NEVER_KEPT) -> dict[str, str]:
    """Headers of what is not a page: if a browser shows it anyway, it does nothing."""
    headers = {**ALWAYS, "content-security-policy": SEALED, "cache-control": cache}
    return _with_transport(headers, secure=secure)


def _with_transport(headers: dict[str, str], *, secure: bool) -> dict[str, str]:
    if secure:
        headers["strict-transport-security"] = HSTS
    return headers
