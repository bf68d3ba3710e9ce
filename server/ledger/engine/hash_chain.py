"""Chains of rows: each row keeps a hash of its content and of the hash of the row before.

A changed byte makes the row's hash wrong. A row left out, added or moved makes the next row's hash wrong.
"""

from collections.abc import Sequence
from hashlib import sha256

import orjson

NO_ROW_BEFORE = ""
"""The first row of a chain has this for the hash of the row before."""


def row_hash(content: Sequence[object]) -> str:
    """Return the hash of a row's content. The content must include the hash of the row before."""
    return sha256(orjson.dumps(content)).hexdigest()
