"""What can go wrong between a browser and the shell."""

from curtilage.core.errors import DeniedError, InputError, NotFoundError
from curtilage.core.words import say


class UnknownPage(NotFoundError):
    code = "web.unknown-page"
    title = say("There is no page at this address")
    hint = say("Check the address, or start again from the console.")


class WrongMethod(InputError):
    code = "web.wrong-method"
    title = say("This address does not answer that kind of request")
    hint = say("Open the page from a link; for programs the header `allow` names what it answers.")
    status = 405


class WrongHost(InputError):
    code = "web.wrong-host"
    title = say("This host name is not served here")
    hint = say("Open the address that the setting server.public_url names.")
    status = 421


class ForgedForm(DeniedError):
    code = "web.forged-form"
    title = say("This form could not be matched to your visit")
    hint = say("Nothing was changed. Open the page again and send the form once more.")


class FormTooLarge(InputError):
    code = "web.form-too-large"
    title = say("The form holds more than this page accepts")
    hint = say("Nothing was kept. Send less at once.")
    status = 413


class MalformedForm(InputError):
    code = "web.malformed-form"
    title = say("The form could not be read")
    hint = say("Send it from the page itself, as application/x-www-form-urlencoded in UTF-8.")
    status = 400


class SignInNeeded(DeniedError):
    code = "web.sign-in-needed"
    title = say("Sign in first")
    hint = say("Open the sign-in page, or send a key or token that may do this.")
    status = 401
