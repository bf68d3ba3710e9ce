"""Where an exception was raised, for the log: files and lines alone, because its text may quote a cell."""

PLACES_LOGGED = 6
"""How many of the innermost stack frames are named."""


def place_of(error: BaseException) -> str:
    """Return the files and lines that an exception passed, the innermost last."""
    places = []
    trace = error.__traceback__
    while trace:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-PLACES_LOGGED:])
