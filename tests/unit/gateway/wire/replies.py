"""What the tests of replies hold: one value of the caller, one of the app, one foreign token."""

from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.shield.tokens import ScopeKey, TokenMint

MINT = TokenMint(b"scope", ScopeKey(1, b"k" * 32))
MAIL = "ada@library.example"
QUOTED = 'Bob "The Boss" Smith'
APP = "Grace"
MAIL_TOKEN = MINT.mint("EMAIL_ADDRESS", MAIL)
QUOTED_TOKEN = MINT.mint("PERSON", QUOTED)
APP_TOKEN = MINT.mint("PERSON", APP)
FOREIGN = TokenMint(b"other", ScopeKey(1, b"x" * 32)).mint("PERSON", "Eve")


def hold(*, application: bool = True) -> Held:
    held = Held(application=application)
    held.hold(MAIL_TOKEN, HeldValue(MAIL, "EMAIL_ADDRESS", Origin.CALLER))
    held.hold(QUOTED_TOKEN, HeldValue(QUOTED, "PERSON", Origin.CALLER))
    held.hold(APP_TOKEN, HeldValue(APP, "PERSON", Origin.APPLICATION))
    return held
