"""The version of what add-ins and the service say to each other, so that halves of different versions notice it.

An add-in says its version in ``Accept: application/json;protocol=1``. That is not a header of its own, because a browser that
follows an answer into the object store would first ask the store about such a header. Each answer says the version of the
service. Other programs say nothing, and are answered.
"""

import re
from collections.abc import Mapping

from server.errors import AddInTooNew, AddInTooOld, BillingError

PROTOCOL = 1
"""It goes up with a change after which an add-in of before would do something wrong. The add-ins have the same number."""

PROTOCOL_HEADER = (b"x-protocol", str(PROTOCOL).encode())
"""Of every answer."""

_SAID = re.compile(r"application/json;\s*protocol=(\d{1,9})(?:\s*[,;]|\s*$)", re.ASCII)


def objection_to_protocol(headers: Mapping[str, str]) -> BillingError | None:
    """Return what is wrong with the version that a request says, ``None`` if it says none."""
    said = _SAID.search(headers.get("accept", ""))
    if said is None or int(said[1]) == PROTOCOL:
        return None
    return AddInTooOld() if int(said[1]) < PROTOCOL else AddInTooNew()
