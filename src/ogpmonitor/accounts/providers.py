"""The providers at which people sign in: each jurisdiction's own, and the platform's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import SecretStr

from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.localized import Localized
from ogpmonitor.tenants.directory import KnownTenant, TenantDirectory
from ogpmonitor.tenants.sign_in import PLATFORM, ProviderFile, secret_variable


@dataclass(frozen=True)
class Provider:
    """One provider, ready to be gone to. `only_in` is the tenant whose own it is, where alone its sessions count."""

    owner: str  # a jurisdiction's slug, or "platform"
    file: ProviderFile
    only_in: UUID | None
    secret: SecretStr | None

    @property
    def name(self) -> str:
        """What tells it from every other: "penalolen/entra"."""
        return f"{self.owner}/{self.file.key}"

    @property
    def label(self) -> Localized:
        return self.file.label

    @property
    def is_ready(self) -> bool:
        """Whether its secret is there, where it needs one."""
        return self.secret is not None or self.file.client_auth == "none"


class Providers:
    """Every provider by its owner and key. A jurisdiction's change with its file, the platform's with a new start."""

    def __init__(
        self, directory: TenantDirectory, platform: Sequence[ProviderFile], secrets: Mapping[str, SecretStr]
    ) -> None:
        self._directory, self._platform, self._secrets = directory, platform, secrets

    @property
    def platform(self) -> Sequence[Provider]:
        """The platform's own."""
        return self._ready(PLATFORM, None, self._platform)

    def of(self, tenant: KnownTenant) -> Sequence[Provider]:
        """A jurisdiction's own."""
        return self._ready(tenant.slug, tenant.id, tenant.file.sign_in.providers)

    def find(self, owner: str, key: str) -> Provider:
        """The provider of that name.

        Raises:
            NotFound: there is none, or its secret is not set.
        """
        tenant = next((one for one in self._directory.all if one.slug == owner), None)
        some = self.platform if owner == PLATFORM else self.of(tenant) if tenant else ()
        found = next((one for one in some if one.file.key == key), None)
        if found is None:
            raise NotFound("provider.not_found")
        return found

    def _ready(self, owner: str, only_in: UUID | None, files: Sequence[ProviderFile]) -> Sequence[Provider]:
        all_of_them = (
            Provider(owner, one, only_in, self._secrets.get(secret_variable(owner, one.key))) for one in files
        )
        return [one for one in all_of_them if one.is_ready]
