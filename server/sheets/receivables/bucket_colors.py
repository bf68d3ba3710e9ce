"""The colors of the aging buckets: green, yellow, orange, red, dark red (rule: receivables#buckets). A word always stands beside a color."""

from server.billing.receivables.aging_buckets import BUCKETS, Bucket

AGE_TINTS = ("C6E0B4", "FFE699", "F8CBAD", "F4A09A", "D9837B")
"""One for each of ``BUCKETS``, light enough for black text."""

BAR_COLORS = ("#3F8F3F", "#E0B000", "#E07B1A", "#C9302C", "#7B1616")
"""The same for bars without a text in them."""

_PLACES = {bucket.risk: place for place, bucket in enumerate(BUCKETS)}


def tint_of(bucket: Bucket) -> str:
    """Return the fill behind the text of a bucket. The parts of the last bucket share one."""
    return AGE_TINTS[_PLACES[bucket.risk]]


def bar_color_of(bucket: Bucket) -> str:
    """Return the color of the bar of a bucket, with a number sign."""
    return BAR_COLORS[_PLACES[bucket.risk]]
