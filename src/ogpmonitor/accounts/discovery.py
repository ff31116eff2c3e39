"""What a provider says about itself and its keys: asked for once in a while, with limits on time and size, and kept."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from ogpmonitor.accounts.problems import Reason, SignInRefused
from ogpmonitor.tenants.sign_in import ProviderFile, safe_address

SECONDS = 5.0  # for each step of a request
LONGEST = 10.0  # for a request as a whole, however slowly it trickles
MOST_BYTES = 512 * 1024
KEPT_SECONDS = 3600.0
KEYS_AGAIN_SECONDS = 30.0  # an unknown key is looked for at most this often
WELL_KNOWN = "/.well-known/openid-configuration"
# Signatures that only the provider can make. Never "none", and nothing whose key the provider shares.
ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"})


@dataclass(frozen=True)
class Metadata:
    """Where a provider is reached and what it can do."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    algorithms: frozenset[str]
    names_issuer: bool  # its answers carry `iss` (RFC 9207)
    client_auths: frozenset[str]


@dataclass
class _Kept:
    metadata: Metadata
    until: float
    keys: Mapping[str | None, Key] | None = None
    keys_until: float = 0.0
    keys_asked: float = float("-inf")


async def ask(
    method: str, address: str, *, headers: Mapping[str, str] | None = None, body: str = ""
) -> tuple[int, Mapping[str, Any]]:
    """The status and the JSON object that `address` answers with. No redirect is followed.

    Raises:
        SignInRefused: nobody answers, not in time, not with JSON, or with too much of it.
    """
    parts = bytearray()
    try:
        async with (
            asyncio.timeout(LONGEST),
            httpx.AsyncClient(timeout=SECONDS, trust_env=False, follow_redirects=False) as client,
            client.stream(
                method, address, headers={"Accept": "application/json", **(headers or {})}, content=body.encode()
            ) as answer,
        ):
            async for part in answer.aiter_bytes():
                parts += part
                if len(parts) > MOST_BYTES:
                    raise SignInRefused(Reason.NONSENSE, "an answer is too large")
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise SignInRefused(Reason.AWAY, type(error).__name__) from error
    if answer.status_code >= 500:
        raise SignInRefused(Reason.AWAY, f"status {answer.status_code}")
    try:
        told = json.loads(parts)
    except (ValueError, RecursionError) as error:
        raise SignInRefused(Reason.NONSENSE, "an answer is not JSON") from error
    if not isinstance(told, dict):
        raise SignInRefused(Reason.NONSENSE, "an answer is not an object")
    return answer.status_code, told


class Discovery:
    """What is known of each provider in this process."""

    def __init__(self) -> None:
        self._kept: dict[ProviderFile, _Kept] = {}
        self._locks: dict[ProviderFile, asyncio.Lock] = {}

    async def metadata(self, provider: ProviderFile) -> Metadata:
        """What `provider` announces, at most an hour old.

        Raises:
            SignInRefused: it does not answer, or says something that cannot be.
        """
        return (await self._known(provider)).metadata

    async def key(self, provider: ProviderFile, kid: object) -> Key:
        """The key called `kid`; without a name, the only one there is.

        A name that is not known yet is looked for again, at most twice a minute.

        Raises:
            SignInRefused: there is no such key, or the provider does not answer.
        """
        if kid is not None and not isinstance(kid, str):
            raise SignInRefused(Reason.NONSENSE, "the token's key has no name that could be one")
        kept = await self._known(provider)
        async with self._locks[provider]:
            now = time.monotonic()
            is_old = kept.keys is None or now > kept.keys_until
            is_new = kid is not None and kid not in (kept.keys or {})
            if is_old or (is_new and now - kept.keys_asked > KEYS_AGAIN_SECONDS):
                kept.keys_asked = now
                kept.keys = await _keys(kept.metadata.jwks_uri)
                kept.keys_until = now + KEPT_SECONDS
        keys = kept.keys or {}
        if kid is None and len(keys) == 1:
            return next(iter(keys.values()))
        if kid is None or kid not in keys:
            raise SignInRefused(Reason.NONSENSE, "the token names no key of the provider")
        return keys[kid]

    async def _known(self, provider: ProviderFile) -> _Kept:
        async with self._locks.setdefault(provider, asyncio.Lock()):
            kept = self._kept.get(provider)
            if kept is None or time.monotonic() > kept.until:
                fresh = _written(provider) or await _announced(provider)
                kept = self._kept[provider] = _Kept(fresh, time.monotonic() + KEPT_SECONDS)
            return kept


def _written(provider: ProviderFile) -> Metadata | None:
    """What our own file says of a provider that announces nothing."""
    if not (provider.authorization_endpoint and provider.token_endpoint and provider.jwks_uri):
        return None
    return Metadata(
        issuer=provider.issuer,
        authorization_endpoint=provider.authorization_endpoint,
        token_endpoint=provider.token_endpoint,
        jwks_uri=provider.jwks_uri,
        userinfo_endpoint=provider.userinfo_endpoint,
        end_session_endpoint=provider.end_session_endpoint,
        algorithms=frozenset({"RS256"}),
        names_issuer=False,
        client_auths=frozenset({provider.client_auth or "client_secret_post"}),
    )


async def _announced(provider: ProviderFile) -> Metadata:
    status, told = await ask("GET", provider.issuer.rstrip("/") + WELL_KNOWN)
    if status != 200 or told.get("issuer") != provider.issuer:
        raise SignInRefused(Reason.NONSENSE, "the announcement is not this issuer's")
    algorithms = frozenset(_names(told, "id_token_signing_alg_values_supported", ["RS256"])) & ASYMMETRIC
    if not algorithms:
        raise SignInRefused(Reason.NONSENSE, "the provider announces no signature that only it can make")
    try:
        return Metadata(
            issuer=provider.issuer,
            authorization_endpoint=safe_address(str(told["authorization_endpoint"])),
            token_endpoint=safe_address(str(told["token_endpoint"])),
            jwks_uri=safe_address(str(told["jwks_uri"])),
            userinfo_endpoint=_optional(told, "userinfo_endpoint"),
            end_session_endpoint=provider.end_session_endpoint or _optional(told, "end_session_endpoint"),
            algorithms=algorithms,
            names_issuer=told.get("authorization_response_iss_parameter_supported") is True,
            client_auths=frozenset(_names(told, "token_endpoint_auth_methods_supported", ["client_secret_basic"])),
        )
    except (KeyError, ValueError) as error:
        raise SignInRefused(Reason.NONSENSE, "the announcement is not complete") from error


def _names(told: Mapping[str, Any], key: str, otherwise: Sequence[str]) -> Sequence[str]:
    found = told.get(key, otherwise)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else otherwise


def _optional(told: Mapping[str, Any], key: str) -> str | None:
    return safe_address(str(told[key])) if told.get(key) else None


async def _keys(address: str) -> Mapping[str | None, Key]:
    """The provider's keys for signatures by name; what cannot be read or is for other ends is left aside."""
    status, told = await ask("GET", address)
    found = told.get("keys")
    if status != 200 or not isinstance(found, list):
        raise SignInRefused(Reason.NONSENSE, "the keys are not a set of keys")
    keys: dict[str | None, Key] = {}
    for one in found:
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or one.get("kty") not in {"RSA", "EC", "OKP"}:
            continue
        try:
            keys[one.get("kid")] = JWKRegistry.import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return keys
