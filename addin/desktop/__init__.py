"""The desktop add-in: xlwings in Excel for Windows and macOS, or without Excel over openpyxl."""

import sys

# Excel starts a fresh Python for every click, and xlwings loads pandas wherever it is installed: half
# a second for nothing, as only plain values cross here. So xlwings is loaded while pandas cannot be
# found. Whoever imports pandas itself, before or after, gets it as ever.
if "pandas" not in sys.modules:
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        import xlwings  # noqa: F401
    finally:
        del sys.modules["pandas"]
