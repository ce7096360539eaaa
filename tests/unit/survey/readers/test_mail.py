"""Headers, bodies and attachments of e-mail, each in its place."""

from email.message import EmailMessage

from curtilage.survey.models import Field, Part, Table
from curtilage.survey.readers.mail import DEEPEST, LONGEST
from tests.unit.survey.readers.unpacking import a_zip, items, notes, problems, texts


def a_message() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Grüße"
    message["From"] = "Ada <ada@x.example>"
    message["Message-ID"] = "<1@x.example>"
    message.set_content("first line\nöffnen\n")
    message.add_alternative("<p>Bob&amp;<b>Eve</b></p>", subtype="html")
    message.add_attachment(b"id,mail\n1,a\n2,b\n", maintype="text", subtype="csv", filename="t.csv")
    message.add_attachment(
        a_zip({"in.txt": b"zipped"}), maintype="application", subtype="zip", filename="ü.zip"
    )
    return message


def test_each_part_is_in_its_place() -> None:
    given = items("any.name", a_message().as_bytes())
    found = texts(given)
    assert found["part 1.1",] == "first line\nöffnen\n"
    assert found["part 1.2",].strip() == "Bob&Eve"
    assert found["attachment t.csv",] == "id\tmail\n1\ta\n2\tb\n"
    assert found["attachment ü.zip", "member in.txt"] == "zipped"
    assert any(isinstance(item, Table) and item.within == ("attachment t.csv",) for item in given)
    assert not problems(given) and not notes(given)


def test_headers_lead_back_to_their_names() -> None:
    given = items("a.eml", a_message().as_bytes())
    part = next(item for item in given if isinstance(item, Part))
    assert "Subject: Grüße\nFrom: Ada <ada@x.example>\n" in part.text
    for word, name in (("Grüße", "Subject"), ("ada@x", "From"), ("<1@x", "Message-ID")):
        place = part.text.index(word)
        assert part.place.spot(place, place + 3).field == Field(name)


def test_a_mailbox_is_read_message_by_message() -> None:
    one = b"From ada@x.example Thu Jan  1 00:00:00 2026\nSubject: a\n\nFrom here\n>From there\n\n"
    given = items("any", one + one.replace(b"Subject: a", b"Subject: b"))
    assert texts(given) == {
        ("message 1", "headers"): "Subject: a\n",
        ("message 1", "body"): "From here\nFrom there\n\n",
        ("message 2", "headers"): "Subject: b\n",
        ("message 2", "body"): "From here\nFrom there\n\n",
    }


def test_a_patch_is_a_text() -> None:
    patch = b"From " + b"a" * 40 + b" Mon Sep 17 00:00:00 2001\nFrom: Ada\n\n+x\n"
    assert list(texts(items("0001.patch", patch))) == [()]


def test_messages_in_messages_are_read_to_a_depth() -> None:
    message = a_message()
    for _ in range(6):
        outer = EmailMessage()
        outer["Message-ID"] = "<2@x.example>"
        outer.set_content("see below")
        outer.add_attachment(message)
        message = outer
    given = items("a.eml", message.as_bytes())
    assert "deeper" in problems(given)[0].why
    assert sum(text == "see below\n" for text in texts(given).values()) == 4


def test_parts_in_parts_are_read_to_a_depth() -> None:
    raw = b"text"
    for level in range(1000):
        raw = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n" % (level, level, raw)
    given = items("a.eml", raw)
    assert f"deeper than {DEEPEST}" in problems(given)[0].why


def test_what_is_encrypted_is_told() -> None:
    for kind in (b"multipart/encrypted; boundary=x", b"application/pkcs7-mime"):
        raw = b"To: ada\nContent-Type: " + kind + b"\n\n--x\n\nsealed\n--x--\n"
        given = items("a.eml", raw)
        assert "encrypted" in problems(given)[0].why and texts(given)["headers",].startswith(
            "To: ada"
        )


def test_what_encodings_say_is_not_believed() -> None:
    raw = (
        b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        b"Content-Transfer-Encoding: base64\n\n!YWRhIPw=\n"
    )
    given = items("a.eml", raw)
    assert texts(given)["body",] == "ada ü"
    assert [note.what.split(" ")[1] for note in notes(given)][:2] == ["transfer", "character"]


def test_a_message_that_is_too_long_is_read_from_its_beginning() -> None:
    raw = b"To: ada\nContent-Type: image/png\n\n" + bytes(LONGEST + 1)
    given = items("a.eml", b"Message-ID: <1@x>\n" + raw)
    assert ["longer than" in told.why for told in problems(given)] == [True]
    assert "To: ada" in texts(given)["headers",]


def test_binary_under_its_name_is_told() -> None:
    assert "Its name says e-mail" in problems(items("a.eml", bytes(100)))[0].why
