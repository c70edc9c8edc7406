"""Network addresses."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a host name or address, with or without brackets, is this machine's loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
