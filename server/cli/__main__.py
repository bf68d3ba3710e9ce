"""``python -m server.cli`` is ``clinicledger``."""

from server.cli import main

if __name__ == "__main__":
    main()
