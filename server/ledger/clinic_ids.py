"""Which clinic ids are allowed: each is a file name on every system that staff use."""

import re

from server.errors import BadClinicId

PATTERN = "[a-z0-9][a-z0-9-]{0,62}"

_RESERVED_BY_WINDOWS = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")


def check_clinic_id(clinic_id: str) -> str:
    """Return the id if it is safe as a file name; raises BadClinicId if not."""
    if not is_clinic_id(clinic_id):
        raise BadClinicId(clinic_id)
    return clinic_id


def is_clinic_id(text: str) -> bool:
    """Return whether a text is safe as a file name, and so allowed as an id."""
    return bool(re.fullmatch(PATTERN, text)) and not _RESERVED_BY_WINDOWS.fullmatch(text)
