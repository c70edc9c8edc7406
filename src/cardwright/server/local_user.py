"""The name of the user who runs this process."""

import getpass
import re


def local_user() -> str:
    """The local user's name, in the characters that an access key id may have."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        name = ""
    return re.sub(r"[^\w+=,.@-]", "-", name, flags=re.ASCII)[:64] or "local-user"
