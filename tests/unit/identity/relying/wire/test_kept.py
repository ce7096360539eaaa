"""What an app keeps: version 1 never changes, and opens only where it was put."""

from curtilage.identity.relying.models import PendingLogin
from curtilage.identity.relying.wire.kept import (
    Boxes,
    derive_key,
    encode_login,
    encode_session,
    parse_login,
    parse_session,
)
from tests.fakes import FixedEntropy
from tests.fakes.clock import START
from tests.relying_house import a_record

LOGIN = PendingLogin("s", "n", "v", "/notes", START, "aal2", 300)


def test_the_bytes_of_version_1_never_change() -> None:
    assert encode_login(LOGIN) == b'[1,"s","n","v","/notes",1772443800,"aal2",300]'
    assert parse_login(encode_login(LOGIN)) == LOGIN
    kept = encode_session(a_record())
    assert kept == (
        b'{"v":1,"sub":"ada","acr":"aal1","amr":["pwd"],"at":1772443800.0,"scopes":["openid"],'
        b'"purposes":[],"name":"Ada Quill","sid":"sid-1","made":1772443800.0,'
        b'"ends":1772447400.0,"access":"access","access_ends":1772444400.0,"refresh":"refresh",'
        b'"id":"id"}'
    )
    assert parse_session(kept) == a_record()


def test_a_box_opens_with_its_key_in_its_place() -> None:
    old, new = derive_key("old" * 20), derive_key("new" * 20)
    boxes = Boxes([old], FixedEntropy())
    value = boxes.seal_login(LOGIN, place="a")
    assert boxes.find_login(value, place="a") == LOGIN
    assert Boxes([new, old], FixedEntropy()).find_login(value, place="a") == LOGIN
    assert Boxes([new], FixedEntropy()).find_login(value, place="a") is None
    for spoiled in ("", "!", value[:-1], value + "A", "A" * 4001, value.swapcase()):
        assert boxes.find_login(spoiled, place="a") is None
    assert boxes.find_login(value, place="b") is None
    box = boxes.seal_session(a_record(), key=b"k")
    assert boxes.find_session(box, key=b"k") == a_record()
    assert boxes.find_session(box, key=b"l") is None
    assert boxes.find_login(value, place="a") is not None
    assert boxes.find_session(b"", key=b"k") is None
