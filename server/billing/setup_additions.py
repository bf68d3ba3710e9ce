"""What can be added to a clinic's setup from a finding, one entry at a time (rule: payroll#fixes).

An addition changes no other row, except that a rate takes the place of a row that ends a rate on the same day.
Whether the setup with it can be saved is decided by the checks of Save setup.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from server.billing.clinics import Provider, Rate, Service, Setup, StatusWord


@dataclass(frozen=True, slots=True)
class ProviderSpelling:
    """Another spelling of a listed provider. ``provider`` is the name that sheets show."""

    provider: str
    spelling: str

    def added_to(self, setup: Setup) -> Setup:
        """Return the setup with the spelling."""
        providers = (
            replace(one, aliases=(*one.aliases, self.spelling)) if one.name == self.provider else one
            for one in setup.providers
        )
        return replace(setup, providers=tuple(providers))


@dataclass(frozen=True, slots=True)
class ServiceSpelling:
    """Another spelling of a listed service."""

    service: str
    spelling: str

    def added_to(self, setup: Setup) -> Setup:
        """Return the setup with the spelling."""
        services = (
            replace(one, aliases=(*one.aliases, self.spelling)) if one.code == self.service else one
            for one in setup.services
        )
        return replace(setup, services=tuple(services))


@dataclass(frozen=True, slots=True)
class NewProvider:
    """A provider who is not listed yet."""

    provider: Provider

    def added_to(self, setup: Setup) -> Setup:
        """Return the setup with the provider at the end of the list."""
        return replace(setup, providers=(*setup.providers, self.provider))


@dataclass(frozen=True, slots=True)
class NewService:
    """A service that is not listed yet."""

    service: Service

    def added_to(self, setup: Setup) -> Setup:
        """Return the setup with the service at the end of the list."""
        return replace(setup, services=(*setup.services, self.service))


@dataclass(frozen=True, slots=True)
class NewStatus:
    """A word of the logs and what it counts as."""

    word: StatusWord

    def added_to(self, setup: Setup) -> Setup:
        """Return the setup with the status at the end of the list."""
        return replace(setup, statuses=(*setup.statuses, self.word))


@dataclass(frozen=True, slots=True)
class NewRate:
    """A rate from its day on."""

    rate: Rate

    def added_to(self, setup: Setup) -> Setup:
        """Return the setup with the rate, in place of a row that ends a rate on the same day."""
        kept = (one for one in setup.rates if not self.replaces(one))
        return replace(setup, rates=(*kept, self.rate))

    def replaces(self, row: Rate) -> bool:
        """Return whether a row of the setup ends a rate of the same key on the same day."""
        key = (self.rate.provider, self.rate.service, self.rate.effective_from)
        return row.amount is None and (row.provider, row.service, row.effective_from) == key


Addition = ProviderSpelling | ServiceSpelling | NewProvider | NewService | NewStatus | NewRate


def setup_with(setup: Setup, additions: Iterable[Addition]) -> Setup:
    """Return the setup with everything added."""
    for addition in additions:
        setup = addition.added_to(setup)
    return setup
