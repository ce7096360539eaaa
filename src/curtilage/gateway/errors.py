"""What the gateway tells a caller, beyond the shared kinds.

A policy's refusal is 400 or 403, never 5xx: clients retry 5xx by themselves.
"""

from curtilage.core.errors import (
    AuthenticationError,
    CurtilageError,
    DeniedError,
    InputError,
    LimitError,
    NotFoundError,
    PeerError,
    UnavailableError,
)
from curtilage.core.models import Demand
from curtilage.core.words import say


class UnknownModel(NotFoundError):
    code = "gateway.unknown-model"
    title = say("No route serves this model")
    hint = "Ask GET /v1/models for what is served, or add a route to the configuration."


class WrongProtocol(InputError):
    code = "gateway.wrong-protocol"
    title = say("This model's provider speaks another protocol")
    hint = "Call it with its own SDK and path; the gateway does not convert between protocols."
    status = 400


class UnknownRequest(NotFoundError):
    code = "gateway.unknown-request"
    title = say("No request with this id is known")
    hint = (
        "The id is in the reply's header x-curtilage-request-id. A caller who was turned away "
        "before it was known (a missing or wrong key, a path that is not served) is only counted, "
        "in a record of the kind caller.rejected."
    )


class NotOffered(InputError):
    code = "gateway.not-offered"
    title = say("The purpose or the policy is not one of those on offer")
    hint = say("Open the page again and choose from its lists: they may have changed meanwhile.")


class UnknownReply(NotFoundError):
    """To others it is as if it were not there: all callers share the provider's account."""

    code = "gateway.unknown-reply"
    title = say("No reply with this id is known to this caller")
    hint = (
        "Only what this key got through this service, in the same session, can be gone on from. "
        "Send the conversation itself instead."
    )


class UnknownItem(NotFoundError):
    """To others it is as if it were not there: all callers share the provider's account."""

    code = "gateway.unknown-item"
    title = say("An item, sound or message is named by an id that was not given to this caller")
    hint = (
        "Only what this key got through this service, in the same session, can be named by its "
        "id. Send items of other conversations with their sealed content, or leave them out."
    )


class UnknownHolding(NotFoundError):
    """To others it is as if it were not there: all callers share the provider's account."""

    code = "gateway.unknown-holding"
    title = say("No file, batch or job with this id is known to this caller")
    hint = "Only what this key uploaded or made through this service can be used."


class HoldsTooMuch(InputError):
    code = "gateway.holds-too-much"
    title = say("The file holds more protected values than can be kept for it")
    hint = "Split it into several files."
    status = 413


class UploadTooLarge(InputError):
    code = "gateway.upload-too-large"
    title = say("The upload is larger than this service takes")
    hint = "The setting is gateway.max_upload_bytes; a text that is no JSONL counts as one request."
    status = 413


class NotForThis(InputError):
    code = "gateway.not-for-this"
    title = say("The file was uploaded for another purpose")
    hint = "Upload it with the purpose that the operation names: `batch` or `fine-tune`."
    status = 400


class ReplyElsewhere(InputError):
    code = "gateway.reply-elsewhere"
    title = say("Another provider keeps what this request goes on from")
    hint = "Name a model that the same upstream serves, or send the conversation itself."
    status = 400


class NotKept(CurtilageError):
    """The provider has answered; only here something is missing."""

    code = "gateway.not-kept"
    title = say("What the provider keeps of this call could not be noted")
    hint = "Its reply is not given out, because nobody could go on from it. Try again shortly."
    status = 503


class KeptTooMuch(InputError):
    code = "gateway.kept-too-much"
    title = say("The conversation holds more protected values than can be kept for it")
    hint = "Send it with `store` set to false, and the conversation with each request."
    status = 413


class QueryRefused(InputError):
    code = "gateway.query-refused"
    title = say("The address has a query parameter that this path does not take")
    hint = "Send only parameters that the protocol has for this path, each once, and page in one direction."
    status = 400


class UnservedPath(NotFoundError):
    code = "gateway.unserved-path"
    title = say("This path is not served")
    hint = "Served: chat/completions, completions, responses, conversations, embeddings, models, files, batches, fine_tuning/jobs, audio/speech, audio/transcriptions, audio/translations, images/generations, messages, messages/count_tokens, messages/batches, Anthropic's files; of Azure: chat/completions, completions, embeddings, files, batches, fine_tuning/jobs; of Gemini: generateContent, streamGenerateContent, countTokens; of Bedrock: Converse, ConverseStream, CountTokens."


class UnservedMethod(InputError):
    code = "gateway.unserved-method"
    title = say("This path does not take this method")
    hint = "Send one of the methods that the header `allow` names."
    status = 405

    def __init__(self, *allowed: str) -> None:
        """`allowed` are the methods that it takes (RFC 9110 §15.5.6)."""
        super().__init__()
        self.allowed = allowed


class AmbiguousKey(AuthenticationError):
    code = "gateway.ambiguous-key"
    title = say("More than one key was sent, and they differ")
    hint = (
        "Send the Curtilage key in one place: Authorization, x-api-key, api-key or x-curtilage-key."
    )


class TokenRefused(AuthenticationError):
    """One answer for every access token that does not hold, whatever is wrong with it."""

    code = "gateway.token-refused"
    title = say("The access token is not valid here, or no longer")
    hint = "Get a new one for the resource of this gateway, from the issuer of this installation."


class ProofRefused(AuthenticationError):
    """One answer for every proof of possession that does not hold (RFC 9449 §7.1)."""

    code = "gateway.proof-refused"
    title = say("The DPoP proof does not hold for this request and token")
    hint = "Send one new proof with each request, for its method and the public address."


class NonceAsked(AuthenticationError):
    """The proof lacks the nonce of this service, or has an old one (RFC 9449 §9)."""

    code = "gateway.nonce-asked"
    title = "The DPoP proof needs the nonce of this reply"
    hint = "Put the value of the header DPoP-Nonce into a new proof, as its claim nonce."


class ScopeMissing(DeniedError):
    """The token does not say that its holder may do this (RFC 6750 §3.1)."""

    code = "gateway.scope-missing"
    title = say("The access token lacks a scope")
    hint = "Ask for a token with the scope that `www-authenticate` names."

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs the scope {scope}.")
        self.scope = scope


class StepUpAsked(AuthenticationError):
    """The policy asks for a surer or fresher sign-in than the caller's (RFC 9470 §3)."""

    code = "gateway.step-up"
    title = say("The policy asks for a surer or more recent sign-in")
    hint = "Let the person sign in again as `WWW-Authenticate` says; a key cannot reach it."

    def __init__(self, demand: Demand) -> None:
        super().__init__()
        self.demand = demand


class MissingKey(AuthenticationError):
    code = "gateway.missing-key"
    title = say("No Curtilage key was sent")
    hint = "Send it where the provider's key would go. `curtilage apikeys create NAME` makes one."


class SignatureSent(AuthenticationError):
    """A signature of AWS covers the body and the host; both change on the way."""

    code = "gateway.signature"
    title = say("The request is signed for AWS and cannot be passed on")
    hint = "Set AWS_BEARER_TOKEN_BEDROCK to the Curtilage key: then the SDK signs nothing."


class ProviderKeySent(AuthenticationError):
    code = "gateway.provider-key"
    title = say("A provider's key was sent where a Curtilage key is expected")
    hint = (
        "Send the Curtilage key there, or put it into x-curtilage-key and keep your own "
        "provider credential where it is."
    )


class PurposeNotHeld(DeniedError):
    """`needed` are the scopes of an access token that would do, None where it was a key."""

    code = "gateway.purpose-not-held"
    title = say("The key does not hold this purpose")
    hint = (
        "Name one of its purposes in x-curtilage-purpose; "
        "an access token has those of its scopes `purpose:…`."
    )

    def __init__(self, needed: tuple[str, ...] | None = None) -> None:
        super().__init__()
        self.needed = needed


class SubjectNotAllowed(DeniedError):
    code = "gateway.subject-not-allowed"
    title = say("The key may not speak for a person")
    hint = "Give the key the right `subject:assert`, or leave x-curtilage-subject out."


class MalformedHeader(InputError):
    code = "gateway.malformed-header"
    title = say("A Curtilage header is not well formed")
    hint = "Send each header once, in visible ASCII."
    status = 400


class ModelNotHeld(DeniedError):
    code = "gateway.model-not-held"
    title = say("The key may not use this model")
    hint = "Name a model that it may use, which `/v1/models` lists, or let the key have this one."


class PolicyRefused(DeniedError):
    code = "gateway.policy-refused"
    title = say("The policy does not let this leave")
    hint = "`curtilage explain REQUEST_ID` says which rule decided."


class ContentBlocked(InputError):
    """The policy's treatment for something that was found is `block`."""

    code = "gateway.content-blocked"
    title = say("The request holds something that the policy blocks")
    hint = "Remove it, or use a purpose whose policy lets it leave in another form."
    status = 400


class HostileRefused(DeniedError):
    """The policy's action for hostile text that was found is `block`."""

    code = "gateway.hostile-refused"
    title = say("The request holds text that would turn the model against its user")
    hint = "Leave out the document or the result that holds it; `[hostile]` in the policy decides."


class HostileReply(DeniedError):
    """The policy's action for what a model's reply holds is `block`.

    The provider answered and is paid; nothing of what was found reaches the caller."""

    code = "gateway.hostile-reply"
    title = say("The reply holds what would carry data away, or a canary")
    hint = "See what the model was given to read; `[hostile]` in the policy decides."


class UnfitCanaryName(InputError):
    code = "gateway.unfit-canary-name"
    title = say("The name does not fit a canary")
    hint = "Use up to 64 small letters, digits, points, dashes and underscores."


class HostileAsked(DeniedError):
    """The policy's action is `ask`: somebody has to look at it first."""

    code = "gateway.hostile-asked"
    title = say("The request holds text that somebody should look at first")
    hint = "Once a person has seen it and wants it sent, send it again with the header {header}."

    def __init__(self, detail: str, *, approval: str) -> None:
        super().__init__(detail, hint=self.hint.format(header=f"x-curtilage-approval: {approval}"))


class HostRefused(InputError):
    code = "gateway.host-refused"
    title = say("The Host header names no address of this service")
    hint = "Add the name to server.allowed_hosts."
    status = 421


class OriginRefused(DeniedError):
    code = "gateway.origin-refused"
    title = say("The Origin header is not one that this service accepts")
    hint = "Add the origin to server.allowed_origins."


class MetricsRefused(DeniedError):
    code = "gateway.metrics-refused"
    title = say("The counters are for callers on this machine")
    hint = "Set server.metrics_public to open them, or server.trusted_proxies where a proxy is in front."


class BodyTooLarge(InputError):
    code = "gateway.body-too-large"
    title = say("The request is larger than this service takes")
    hint = "The setting is gateway.max_body_bytes."
    status = 413


class BodyTooSlow(InputError):
    """A body that does not come would hold one of the few places for ever."""

    code = "gateway.body-too-slow"
    title = say("The request's body did not arrive in time")
    hint = "The setting is gateway.read_timeout."
    status = 408


class KeyLimitReached(LimitError):
    code = "gateway.key-limit"
    title = say("The key's limit per minute is used up")
    hint = "Send fewer or shorter calls a minute, or have a key made with a higher limit (`--rpm`, `--tpm`)."


class BudgetUsedUp(LimitError):
    """OpenAI's SDKs know it as `insufficient_quota`. Nothing was sent."""

    code = "gateway.budget"
    title = say("A budget of the key has no room for this call")
    hint = (
        "Ask for a shorter reply (`max_tokens`), wait, or let whoever runs the service raise it: "
        "`curtilage apikeys budget`, `curtilage groups budget`, `curtilage users budget`, "
        "`curtilage clients budget`."
    )


class NoPrice(DeniedError):
    """A budget in money cannot be kept for a model whose price nobody knows."""

    code = "gateway.no-price"
    title = say("A budget in money holds here, and the price of this model is not known")
    hint = "Whoever runs the service has to add the model to [[prices]] of the configuration."


class Busy(UnavailableError):
    code = "gateway.busy"
    title = say("Too many calls at once")
    hint = "Try again shortly, or raise gateway.max_concurrent."


class NoSpace(UnavailableError):
    code = "gateway.no-space"
    title = say("The disk has no room for an upload")
    hint = "Make room where the data directory is, or send smaller files. Nothing has left."


class Draining(UnavailableError):
    code = "gateway.draining"
    title = say("This worker is shutting down")
    hint = "Try again; another worker takes the call."


class SnapshotStale(UnavailableError):
    code = "gateway.stale"
    title = say("Keys and policy could not be confirmed in time")
    hint = "The control process does not answer; `curtilage doctor` looks further."


class ControlSilent(UnavailableError):
    code = "gateway.control-silent"
    title = say("The part of the service that shows pages does not answer")
    hint = "It is started again by itself; try again shortly."


class NoCredential(UnavailableError):
    """Trying again does not help: the service has to be started with the variable set."""

    code = "gateway.no-credential"
    title = say("No credential for this provider is configured")
    hint = (
        "Name the variable that holds it in upstreams.<name>.api_key_env, set it, and start the "
        "service again."
    )

    def __init__(self, variable: str = "") -> None:
        advice = f"Set {variable} in the service's environment, and start it again."
        super().__init__(hint=advice if variable else "")


class CredentialRefused(PeerError):
    """The provider does not take our credential. Its own words may quote a part of it."""

    code = "gateway.credential-refused"
    title = say("The provider refused the credential of this service")
    hint = (
        "Your key is fine. Whoever runs the service has to look at the variable that holds the "
        "provider's key (`api_key_env` of the upstream)."
    )


class InternalFault(CurtilageError):
    """A bug of ours. Nothing more was sent; the log says where."""

    code = "gateway.internal"
    title = say("The gateway failed")
    hint = "Nothing more was sent to the provider. The service's log names the request."


class UpstreamResting(UnavailableError):
    """Its breaker is open in this worker. Nothing was sent."""

    code = "gateway.upstream-resting"
    title = say("The provider failed too often, and is left alone for a moment")
    hint = "Try again in some seconds. `curtilage doctor` says whether it can be reached."


class UpstreamBusy(UnavailableError):
    code = "gateway.upstream-busy"
    title = say("As many calls as this provider may have at once are under way")
    hint = "Try again shortly, or raise upstreams.<name>.max_concurrent."


class UpstreamFailed(PeerError):
    """The provider could not be reached or broke off.

    `reason` is one of connect, timeout, idle, broken, encoded, oversize. `sent` says
    whether anything may have reached the provider: only then is a retry wrong.
    """

    code = "gateway.upstream-failed"
    title = say("The provider did not answer as its protocol says")
    hint = "The provider may have worked on it, and charge for it: send it again only where that does no harm."

    def __init__(self, reason: str, *, sent: bool) -> None:
        hint = _OVERSIZE if reason == "oversize" else ""
        super().__init__(_REASONS[reason], hint=hint if sent else _UNSENT)
        self.reason = reason
        self.sent = sent
        if reason in ("timeout", "idle"):
            self.status = 504  # type: ignore[misc]  # the one case of this class that is a time-out


def name_upstream(error: UpstreamFailed | UpstreamResting | UpstreamBusy, name: str) -> None:
    """Say of which upstream an error tells: by its configured name, never its address."""
    if name and not error.detail.endswith(")."):
        error.detail = f"{error.detail.removesuffix('.')} (upstream {name})."


_REASONS = {
    "connect": "The provider could not be reached.",
    "timeout": "The provider did not answer in time.",
    "idle": "The provider fell silent for longer than gateway.idle_timeout.",
    "broken": "The provider's answer broke off or was not HTTP.",
    "encoded": "The provider's answer came compressed, though it was asked for as it is.",
    "oversize": "The provider's answer is larger than gateway.max_reply_bytes.",
}
_UNSENT = (
    "Nothing was sent: try again. `curtilage doctor` says whether the provider can be reached."
)
_OVERSIZE = "Ask for less at once, or have gateway.max_reply_bytes raised."
