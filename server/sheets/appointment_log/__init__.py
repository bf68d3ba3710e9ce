"""The appointment log: its columns are recognized under the headings of any software, and its rows are read."""
