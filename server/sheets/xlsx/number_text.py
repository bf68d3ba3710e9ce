"""Numbers as decimal text, a whole column at a time.

Python converts a hundred thousand numbers in 15 ms and numpy in 20 ms. Looking up four digits at a time in
a table, and shifting out the leading zeros, takes 3 ms.
"""

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.bytes_]
Whole = npt.NDArray[np.int64]

_FOUR = np.array([b"%04d" % number for number in range(10_000)])
_POWERS = 10 ** np.arange(1, 8)
_MOST = 100_000_000


def whole_texts(values: Whole) -> Bytes:
    """Return whole numbers of 0 and up as text."""
    if values.max(initial=0) >= _MOST:
        return np.array([b"%d" % value for value in values.tolist()])
    eight = _FOUR[np.stack(np.divmod(values, 10_000), axis=-1)].view("<u8").ravel()
    zeros = 7 - np.searchsorted(_POWERS, values, side="right")
    texts: Bytes = (eight >> (8 * zeros).astype(np.uint64)).view("S8")
    return texts


def decimal_texts(values: Whole, places: int) -> Bytes:
    """Return whole numbers / 10 ** places, exactly: -5 with 2 places is ``-0.05``."""
    whole, rest = np.divmod(np.abs(values), 10**places)
    texts = whole_texts(whole)
    if places:
        point = whole_texts(10**places + rest)  # 105 for .05
        point.view(np.uint8)[:: point.itemsize] = ord(".")
        texts = np.strings.add(texts, point)
    return np.strings.add(np.where(values < 0, b"-", b""), texts) if (values < 0).any() else texts
