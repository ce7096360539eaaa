"""What the management API refuses before any use case is asked."""

from curtilage.core.errors import AuthenticationError, InputError


class CallerUnknown(AuthenticationError):
    """One answer for no key, a key or token that does not hold, and one for other doors."""

    code = "management.caller-unknown"
    title = "The management API does not know who calls"
    hint = "Send an API key with a right to manage, or an access token for this API, as Bearer."


class BodyUnreadable(InputError):
    code = "management.body-unreadable"
    title = "The body cannot be read"
    hint = "Send one JSON object in UTF-8, each name once, as application/json."
    status = 400


class UnacceptableMember(InputError):
    code = "management.unacceptable-member"
    title = "A member of the body is not what is expected"
    hint = "/api/openapi.json says what each call takes."


class UnacceptableQuery(InputError):
    code = "management.unacceptable-query"
    title = "The query is not what is expected"
    hint = "Send `after` as the answer before gave it in `next`, and `limit` from 1 to 200."
