"""Where an app is: as it was told, else, on this machine alone, as the request says."""

from curtilage.core.door import Call
from curtilage.identity.relying.errors import ForeignHost
from curtilage.identity.relying.rules import is_loopback_host


def find_base(base_url: str, call: Call) -> str:
    """The address in front of the app's paths. Raises `ForeignHost`.

    A Host header is anybody's to choose, so it is believed only where it leads back to
    the machine of who asks."""
    if base_url:
        return base_url
    hosts = call.values("host")
    if len(hosts) != 1 or not is_loopback_host(hosts[0]):
        raise ForeignHost
    return f"http://{hosts[0]}"
