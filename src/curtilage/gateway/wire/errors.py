"""What is wrong with a request's body or a provider's stream. Never with an echo of it.

A caller's fault is 400 (413, 415 where HTTP has a word for it), so that no SDK
tries again by itself.
"""

from curtilage.core.errors import DeniedError, InputError, PeerError
from curtilage.core.words import say


class MalformedBody(InputError):
    code = "gateway.malformed-body"
    title = say("The body is not valid JSON")
    hint = "Send one JSON document in UTF-8, as RFC 8259 says."
    status = 400


class DuplicateKey(InputError):
    """Readers disagree on which of two equal keys counts, so neither is scanned alone."""

    code = "gateway.duplicate-key"
    title = say("An object of the body has the same key twice")
    hint = "Send each key once."
    status = 400


class NumberOutOfRange(InputError):
    code = "gateway.number-out-of-range"
    title = say("The body holds a number that JSON readers do not agree on")
    hint = "Send integers within 64 bits, no NaN and no Infinity; longer numbers as strings."
    status = 400


class LoneSurrogate(InputError):
    code = "gateway.lone-surrogate"
    title = say("A string of the body holds half of a surrogate pair")
    hint = "Send both halves, or leave the character out."
    status = 400


class TooDeep(InputError):
    code = "gateway.too-deep"
    title = say("The body is nested too deeply")
    hint = "At most 64 arrays and objects may lie inside each other."
    status = 400


class TooManyValues(InputError):
    code = "gateway.too-many-values"
    title = say("The body holds too many values")
    hint = "Split the request."
    status = 413


class UnreadableEncoding(InputError):
    code = "gateway.content-encoding"
    title = say("The body's content-encoding cannot be read")
    hint = "Send it as it is, or compressed with gzip or deflate once."
    status = 415


class UnexpectedShape(InputError):
    """A field that the gateway itself relies on has another type."""

    code = "gateway.unexpected-shape"
    title = say("A field of the request has another type than the protocol says")
    hint = "Compare the request with the provider's own reference of this path."
    status = 400


class UnknownPart(InputError):
    """A kind of content whose fields are not known cannot be scanned, so it does not leave."""

    code = "gateway.unknown-part"
    title = say("A content part has a type that this service does not know")
    hint = "Only types of the provider's published protocol can be scanned; send it as text."
    status = 400


class ReferenceRefused(DeniedError):
    """Items, containers and their like lie in the provider's account, which callers share."""

    code = "gateway.reference-refused"
    title = say("Something is named by the provider's id alone, and could be another caller's")
    hint = "Send the item itself, or go on with `previous_response_id`."


class UnscannableContent(DeniedError):
    """Images, sound, files: nothing that a scan of text can judge."""

    code = "gateway.unscannable-content"
    title = say("The request holds content that cannot be scanned")
    hint = "Leave it out, or let the policy carry content of this kind."


class SignedTextRefused(DeniedError):
    """Signed thinking that holds personal data: altering it would break the signature."""

    code = "gateway.signed-text"
    title = say(
        "A signed block of the history holds data that must not leave, and cannot be altered"
    )
    hint = (
        'Leave thinking blocks of earlier turns out, or set `provider_blobs = "allow"` '
        "under [opaque] in the policy."
    )


class BrokenStream(PeerError):
    code = "gateway.broken-stream"
    title = say("The provider's stream does not follow its protocol")
    hint = "Do not rely on what came of the reply. Try again; if it lasts, look at what serves the model."


class MalformedForm(InputError):
    code = "gateway.malformed-form"
    title = say("The body is not a form that this service reads")
    hint = "Send multipart/form-data as RFC 7578 says, each field once, with one file."
    status = 400


class LineRefused(InputError):
    """One line of a file holds what may not leave, so none of them does."""

    code = "gateway.line-refused"
    title = say("A line of the file was refused")
    hint = "Mend the line or leave it out, then upload the whole file again."
    status = 400


class MalformedMedia(InputError):
    """What is inside a picture is taken out only where its structure is understood."""

    code = "gateway.malformed-media"
    title = say("A picture or a file of the request is not what it says, or is damaged")
    hint = "Send a whole JPEG, PNG, WebP or GIF in base64 under its own media type."
    status = 400


class MediaTooLarge(InputError):
    code = "gateway.media-too-large"
    title = say("A picture, sound or file of the request is larger than this service takes")
    hint = "The setting is gateway.max_media_bytes."
    status = 413
