"""What is said about the columns of an appointment log: which were read, and what stands in for those it lacks."""

from server.errors.sentence import Sentence, Severity

_R, _I = Severity.REVIEW, Severity.INFO

COLUMNS: dict[str, Sentence] = {
    "total-of-parts": Sentence(_I, "“{total}” is the sum of {parts}, so it is read alone.", "Nothing to do."),
    "total-differs-from-parts": Sentence(
        _R,
        "“{total}” is read here, and it is not the sum of {parts}.",
        "Find out which of the amounts is right; “{total}” is what pay rests on.",
    ),
    "filled-means": Sentence(
        _I,
        "Under “{heading}”, a filled cell was read as {yes} (in {yes_count}), an empty one as {no} (in {no_count}).",
        "Nothing to do if that is how this clinic means it.",
    ),
    "all-attended": Sentence(
        _I,
        "The log has no status column, so every row was read as an attended visit, as answered for this clinic.",
        "If it holds other visits too, export it with the status of each visit.",
    ),
    "one-service": Sentence(
        _I,
        "The log has no service column, so every visit was read as {service}, as answered for this clinic.",
        "If there were other services too, export the log with the service of each visit.",
    ),
    "columns-not-read": Sentence(
        _I,
        "The log has {columns} that payroll did not read: {names}.",
        "Nothing to do unless one of them should change what is paid.",
    ),
}
