"""What a new setup would do to the setup that the books hold."""

from dataclasses import dataclass

from server.billing.clinics import Setup
from server.billing.names import fold
from server.billing.payroll.setup_matching import spellings


@dataclass(frozen=True, slots=True)
class SetupOnRecord:
    """What the books hold for a clinic whose setup is about to be saved. A new clinic has no providers."""

    setup: Setup
    is_licensed: bool = False

    def lacks_license(self, wished: Setup) -> bool:
        """Return whether a setup adds prices and no license is attested yet (rule: prices#license)."""
        return not self.is_licensed and not set(wished.prices) <= set(self.setup.prices)

    def is_replaced_by(self, wished: Setup) -> bool:
        """Return whether a setup would deactivate most of the clinic's providers.

        A workbook copied for a new clinic but saved under the old Clinic ID would do that. A clinic's own setup keeps
        most of its providers.
        """
        here = spellings(wished.providers)
        gone = [one for one in self.setup.providers if not any(fold(text) in here for text in one.spellings)]
        return 2 * len(gone) > len(self.setup.providers)
