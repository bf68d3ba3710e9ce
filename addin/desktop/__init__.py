"""The desktop add-in: xlwings in Excel for Windows and macOS, or without Excel over openpyxl."""

import sys

# Excel starts a fresh Python for every click, and xlwings loads pandas wherever it is installed: half
# a second that we do not need, because we only exchange plain values with Excel. So we load xlwings while
# pandas cannot be found. Code that imports pandas itself, before or after, still gets it.
if "pandas" not in sys.modules:
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        import xlwings  # noqa: F401
    finally:
        del sys.modules["pandas"]
