"""What can go wrong between a browser and the shell."""

from curtilage.core.errors import DeniedError, InputError, NotFoundError


class UnknownPage(NotFoundError):
    code = "web.unknown-page"
    title = "There is no page at this address"
    hint = "Check the address, or start again from the console."


class WrongMethod(InputError):
    code = "web.wrong-method"
    title = "This address does not answer that kind of request"
    status = 405


class WrongHost(InputError):
    code = "web.wrong-host"
    title = "This host name is not served here"
    hint = "Open the address that the setting server.public_url names."
    status = 421


class ForgedForm(DeniedError):
    code = "web.forged-form"
    title = "This form could not be matched to your visit"
    hint = "Nothing was changed. Open the page again and send the form once more."


class FormTooLarge(InputError):
    code = "web.form-too-large"
    title = "The form holds more than this page accepts"
    status = 413


class MalformedForm(InputError):
    code = "web.malformed-form"
    title = "The form could not be read"
    hint = "Send it from the page itself, as application/x-www-form-urlencoded in UTF-8."
    status = 400


class SignInNeeded(DeniedError):
    code = "web.sign-in-needed"
    title = "Sign in first"
    status = 401
