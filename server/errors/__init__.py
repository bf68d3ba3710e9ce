"""Every refusal, and every sentence staff can see.

Two kinds, never mixed. A *finding* is a remark about cells: the row it stands on is not paid, or
wants a look, and the rest of the sheet goes on. A *refusal* is a request that cannot be carried
out: nothing was written anywhere.
"""

from server.errors.books import (
    AlreadyPaidElsewhere,
    BadClinicId,
    BooksBusy,
    BooksNotOpened,
    ReasonNeeded,
    RequestIdReused,
    RunHasBlockers,
    RunIsClosed,
    SetupDoesNotFit,
    StaleSetup,
    UnknownClinic,
    UnknownOutput,
    UnknownRun,
)
from server.errors.clicks import (
    AddressUnusable,
    BadRequest,
    CertificateUnusable,
    ClinicMismatch,
    CodeUnusable,
    FolderInUse,
    FolderUnusable,
    ForeignRequest,
    MissingInput,
    MissingSheet,
    NoClinic,
    TokenNeeded,
    TokenUnknown,
    TooLarge,
    TooManyCodes,
    UnknownAddress,
    UnknownButton,
    WorkCutShort,
)
from server.errors.findings import (
    Finding,
)
from server.errors.logs import (
    AnotherClinicsLog,
    EmptySetup,
    EmptySheet,
    HeaderNotFound,
    ImplausiblePeriod,
    MissingColumn,
    OwnSheet,
    SetupUnusable,
)
from server.errors.refusal import (
    BillingError,
)
from server.errors.sentences import (
    SENTENCES,
    Sentence,
    Severity,
)

__all__ = [
    "SENTENCES",
    "AddressUnusable",
    "AlreadyPaidElsewhere",
    "AnotherClinicsLog",
    "BadClinicId",
    "BadRequest",
    "BillingError",
    "BooksBusy",
    "BooksNotOpened",
    "CertificateUnusable",
    "ClinicMismatch",
    "CodeUnusable",
    "EmptySetup",
    "EmptySheet",
    "Finding",
    "FolderInUse",
    "FolderUnusable",
    "ForeignRequest",
    "HeaderNotFound",
    "ImplausiblePeriod",
    "MissingColumn",
    "MissingInput",
    "MissingSheet",
    "NoClinic",
    "OwnSheet",
    "ReasonNeeded",
    "RequestIdReused",
    "RunHasBlockers",
    "RunIsClosed",
    "Sentence",
    "SetupDoesNotFit",
    "SetupUnusable",
    "Severity",
    "StaleSetup",
    "TokenNeeded",
    "TokenUnknown",
    "TooLarge",
    "TooManyCodes",
    "UnknownAddress",
    "UnknownButton",
    "UnknownClinic",
    "UnknownOutput",
    "UnknownRun",
    "WorkCutShort",
]
