"""Chains of rows: each row keeps a hash of its content and of the hash of the row before.

A changed byte anywhere makes a row's hash wrong; a row left out, added or moved makes the next one's.
"""

from collections.abc import Sequence
from hashlib import sha256

import orjson

NO_ROW_BEFORE = ""
"""What the first row of a chain has for the hash of the row before."""


def row_hash(content: Sequence[object]) -> str:
    """Return the hash of a row's content, which ends with, or holds, the hash of the row before."""
    return sha256(orjson.dumps(content)).hexdigest()
