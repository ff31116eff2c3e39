"""OpenID Connect, the code flow: the way to the provider, and what is believed of what it answers."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError

from ogpmonitor.accounts.discovery import Discovery, Metadata, ask
from ogpmonitor.accounts.problems import Reason, SignInRefused
from ogpmonitor.accounts.providers import Provider
from ogpmonitor.accounts.run import keyed_hash, read_run

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SCOPES = {"claveunica": "openid run name", "entra": "openid profile"}
PROMPTS = {"google": "select_account"}  # Google asks for no password again when told to
TOLD_APART = ("email", "email_verified", "RolUnico")  # what is believed of the answer about a person
LONGEST_ID = 255


@dataclass(frozen=True)
class Secrets:
    """What only this browser's sign-in knows; made anew from its cookie and its state, kept nowhere."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Proof:
    """What a provider showed. `email` is there only where it is verified and the provider is believed for it."""

    issuer: str
    subject: str
    email: str | None
    is_unverified: bool  # an address was told, and not verified
    proved_at: datetime | None


class Client:
    """This deployment before its providers."""

    def __init__(self, discovery: Discovery, *, secret: str, skew: timedelta) -> None:
        self._discovery, self._secret, self._skew = discovery, secret, skew

    async def way_to(self, provider: Provider, secrets: Secrets, *, redirect_uri: str, proving: bool) -> str:
        """The address at the provider that a browser goes to. `proving` asks it for a new proof of who that is.

        Raises:
            SignInRefused: the provider is away or talks nonsense.
        """
        metadata = await self._discovery.metadata(provider.file)
        more: dict[str, str] = {}
        if proving:
            more = {"prompt": PROMPTS.get(provider.file.kind, "login"), "max_age": "0"}
        if provider.file.hosted_domain:
            more["hd"] = provider.file.hosted_domain
        return str(
            prepare_grant_uri(
                metadata.authorization_endpoint,
                client_id=provider.file.client_id,
                response_type="code",
                redirect_uri=redirect_uri,
                scope=SCOPES.get(provider.file.kind, "openid profile email"),
                state=secrets.state,
                nonce=secrets.nonce,
                code_challenge=create_s256_code_challenge(secrets.verifier),
                code_challenge_method="S256",
                **more,
            )
        )

    async def prove(
        self, provider: Provider, secrets: Secrets, *, code: str, issuer: str | None, redirect_uri: str
    ) -> Proof:
        """What the provider shows for `code`; `issuer` is who the answer says it comes from, if it says so.

        Raises:
            SignInRefused: the provider is away, or what it answers cannot be believed.
        """
        metadata = await self._discovery.metadata(provider.file)
        if (issuer is None and metadata.names_issuer) or issuer not in (None, metadata.issuer):
            raise SignInRefused(Reason.NONSENSE, "the answer comes from another issuer")
        tokens = await self._tokens(provider, metadata, code, secrets.verifier, redirect_uri)
        claims = await self._claims(provider, metadata, tokens, secrets.nonce)
        subject = str(claims["sub"])
        told: dict[str, Any] = dict(claims)
        if self._needs_userinfo(provider, claims) and metadata.userinfo_endpoint:
            more = await _userinfo(provider, metadata.userinfo_endpoint, tokens, subject)
            told |= {name: more[name] for name in TOLD_APART if name in more}
        return Proof(
            issuer=metadata.issuer,
            subject=self._subject(provider, told),
            email=_verified(provider, told),
            is_unverified=bool(told.get("email")) and told.get("email_verified") is not True,
            proved_at=_moment(claims.get("auth_time")),
        )

    async def way_out(self, provider: Provider, *, back: str) -> str | None:
        """Where the browser also signs out of the provider and comes `back`; None where it announces no such place.

        Raises:
            SignInRefused: the provider is away or talks nonsense.
        """
        metadata = await self._discovery.metadata(provider.file)
        if metadata.end_session_endpoint is None:
            return None
        names = {"claveunica": {"redirect": back}}
        parameters = names.get(
            provider.file.kind, {"client_id": provider.file.client_id, "post_logout_redirect_uri": back}
        )
        return _with(metadata.end_session_endpoint, parameters)

    async def _tokens(
        self, provider: Provider, metadata: Metadata, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        secret = provider.secret.get_secret_value() if provider.secret else ""
        auth = ClientAuth(provider.file.client_id, secret, _auth_method(provider, metadata))
        body = prepare_token_request("authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=verifier)
        address, headers, body = auth.prepare("POST", metadata.token_endpoint, dict(FORM), body)
        status, tokens = await ask("POST", address, headers=headers, body=body)
        if status != 200:
            error = str(tokens.get("error"))[:40]
            raise SignInRefused(Reason.NONSENSE, f"the code is not taken ({error if error.isascii() else '?'})")
        if not isinstance(tokens.get("id_token"), str) or not isinstance(tokens.get("access_token"), str):
            raise SignInRefused(Reason.NONSENSE, "the answer holds no tokens")
        return tokens

    async def _claims(
        self, provider: Provider, metadata: Metadata, tokens: Mapping[str, Any], nonce: str
    ) -> Mapping[str, Any]:
        """The claims of an ID token that the provider signed, now, for us, in answer to this very sign-in."""
        value = tokens["id_token"]
        client_id = provider.file.client_id
        try:
            header = jws.extract_compact(value.encode()).headers()
            if header.get("alg") not in metadata.algorithms:
                raise SignInRefused(Reason.NONSENSE, "the token is signed in a way the provider does not announce")
            key = await self._discovery.key(provider.file, header.get("kid"))
            token = jwt.decode(value, key, algorithms=[header["alg"]])
            claims = CodeIDToken(
                token.claims,
                token.header,
                {"iss": {"essential": True, "value": metadata.issuer}, "sub": {"essential": True}},
                {"nonce": nonce, "client_id": client_id, "access_token": tokens["access_token"]},
            )
            claims.validate(now=int(time.time()), leeway=int(self._skew.total_seconds()))
        except (JoseError, ValueError, TypeError) as error:
            raise SignInRefused(Reason.NONSENSE, type(error).__name__) from error
        if claims["aud"] not in (client_id, [client_id]):
            raise SignInRefused(Reason.NONSENSE, "the token is meant for somebody else")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_ID:
            raise SignInRefused(Reason.NONSENSE, "the token names nobody")
        _check_kind(provider, claims)
        return dict(claims)

    @staticmethod
    def _needs_userinfo(provider: Provider, claims: Mapping[str, Any]) -> bool:
        return provider.file.kind == "claveunica" or (provider.file.trust_email and "email" not in claims)

    def _subject(self, provider: Provider, told: Mapping[str, Any]) -> str:
        """What the person is called there, for good: in Entra by its directory, at ClaveÚnica by a hash of its RUN."""
        if provider.file.kind == "entra":
            return f"oid:{told['oid']}"
        if provider.file.kind != "claveunica":
            return str(told["sub"])
        role = told.get("RolUnico")
        try:
            run = read_run(f"{role['numero']}-{role['DV']}") if isinstance(role, dict) else ""
        except (KeyError, ValueError) as error:
            raise SignInRefused(Reason.NONSENSE, "no RUN, or its check digit is wrong") from error
        if not run:
            raise SignInRefused(Reason.NONSENSE, "no RUN")
        return keyed_hash(self._secret, "RUN", run)


async def _userinfo(provider: Provider, address: str, tokens: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
    method = "POST" if provider.file.kind == "claveunica" else "GET"
    status, told = await ask(method, address, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    if status != 200 or str(told.get("sub")) != subject:
        raise SignInRefused(Reason.NONSENSE, "what is told of the person is somebody else's")
    return told


def _check_kind(provider: Provider, claims: Mapping[str, Any]) -> None:
    """What one kind of provider promises beside the standard."""
    directory = provider.file.issuer.split("/")[3] if provider.file.kind == "entra" else None
    if directory and (claims.get("tid") != directory or not claims.get("oid")):
        raise SignInRefused(Reason.ELSEWHERE, "another directory")
    if provider.file.hosted_domain and claims.get("hd") != provider.file.hosted_domain:
        raise SignInRefused(Reason.ELSEWHERE, "another organisation")


def _verified(provider: Provider, told: Mapping[str, Any]) -> str | None:
    """The address, where the provider verified it and is believed for its domain."""
    email = told.get("email")
    if not provider.file.trust_email or told.get("email_verified") is not True or not isinstance(email, str):
        return None
    address = email.strip().lower()
    return address if address.rpartition("@")[2] in provider.file.email_domains else None


def _moment(seconds: object) -> datetime | None:
    """`seconds` since 1970 as an instant; None where that is no time."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None


def _auth_method(provider: Provider, metadata: Metadata) -> str:
    """As our file says, or else in a field of the form where the provider takes it: a header garbles some secrets."""
    if provider.file.client_auth:
        return provider.file.client_auth
    return "client_secret_post" if "client_secret_post" in metadata.client_auths else "client_secret_basic"


def _with(address: str, parameters: Mapping[str, str]) -> str:
    return address + ("&" if "?" in address else "?") + urlencode(parameters)
