"""Values in disguise are found, and what is covered is all that the disguise took."""

import base64
import codecs

import pytest

from curtilage.detect.hidden.reader import DEPTH, build_hidden_text
from curtilage.detect.scanner import Scanner
from tests.unit.detect.engines import fast
from tests.unit.detect.hidden.hiding import found, hidden, hidden_plain, names, uncovered


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CARD = "4111 1111 1111 1111"
OPENAI = "sk-" + "proj-" + "aB3dE6gH9jK2mN5pQ8sT" * 3 + "T3Blbk" + "FJ" + "uV4wX7yZ1bC3dF6gH9kL" * 3
BODY = "aB3dE6gH9jK2mN5pQ8sTuV4wX7yZ1bC3dF6gH9kLmN2oP5qR"
PEM = f"-----BEGIN {'PRIVATE'} KEY-----\n{BODY}\n{BODY}\n-----END {'PRIVATE'} KEY-----"
PUTTY = (
    f"PuTTY-User-Key-{'File'}-3: ssh-ed25519\nEncryption: none\nComment: ada\nPublic-Lines: 2\n"
    f"{BODY}\n{BODY}\nPrivate-Lines: 1\n{BODY}\n"
)
SENTENCE = "My card is 4111 1111 1111 1111, thank you"
LONG_LETTER = "Dear all, nothing of interest stands in this line. " * 30

CASES = [
    ("Card: {}.", _base64(CARD), "CREDIT_CARD"),
    ("SSN {} ok", _base64("536-90-4399"), "US_SSN"),
    ("SSN {} ok", _base64("536-90-4399").rstrip("="), "US_SSN"),
    ("see {}", base64.urlsafe_b64encode(b"mail ada@orchard.example ?>").decode(), "EMAIL_ADDRESS"),
    ("path/{}", _base64(SENTENCE), "CREDIT_CARD"),
    ("{}", base64.b32encode(CARD.encode()).decode(), "CREDIT_CARD"),
    ("card {}", base64.b32encode(CARD.encode()).decode().lower(), "CREDIT_CARD"),
    ("card {}", CARD.encode().hex(), "CREDIT_CARD"),
    ("card {}", CARD.encode().hex(" "), "CREDIT_CARD"),
    ("card {}", " ".join(f"0x{byte:02X}" for byte in CARD.encode()), "CREDIT_CARD"),
    ("card {}", "".join(f"=3{char}" if char.isdigit() else "=20" for char in CARD), "CREDIT_CARD"),
    ("card {}", "4111 1111 11=\n11 1111", "CREDIT_CARD"),
    ("card {}", "4111\t1111=\n\t1111\t1111", "CREDIT_CARD"),
    ("phone {}", "(202=\n) 555-0143", "PHONE_NUMBER"),
    ("mail {}", "ada=40orchard.example", "EMAIL_ADDRESS"),
    ("mail {}", "ada%2540orchard.example", "EMAIL_ADDRESS"),
    ("mail {}", "ada&amp;#64;orchard.example", "EMAIL_ADDRESS"),
    ("card {}", "".join(f"%25{ord(char):02X}" for char in CARD), "CREDIT_CARD"),
    ("card \u202e{}\u202c", CARD[::-1], "CREDIT_CARD"),
    ("😀{}", "".join(chr(0xE0100 + byte - 16) for byte in b"ada@orchard.example"), "EMAIL_ADDRESS"),
    ("card {}", "⁴¹¹¹ ¹¹¹¹ ¹¹¹¹ ¹¹¹¹", "CREDIT_CARD"),
    ("card {}", "四一一一一一一一一一一一一一一一", "CREDIT_CARD"),
    ("IBAN {}", "DЕ89 3704 0044 0532 0130 00", "IBAN_CODE"),
    ("card {}", "4 1 1 1 - 1 1 1 1 - 1 1 1 1 - 1 1 1 1", "CREDIT_CARD"),
    ("card {}", ".".join(CARD), "CREDIT_CARD"),
    ("card {}", ", ".join(CARD), "CREDIT_CARD"),
    ("card {}", "_".join(CARD.replace(" ", "\t")), "CREDIT_CARD"),
    ("SSN {}", ", ".join("536-90-4399"), "US_SSN"),
    ("phone number {}", ", ".join("+1 202-555-0143"), "PHONE_NUMBER"),
    ("server {}", ", ".join("203.0.113.44"), "IP_ADDRESS"),
    ("mail {}", "a.d.a @ o r c h a r d . e x a m p l e", "EMAIL_ADDRESS"),
    ("card {}", "41-11 11-11 11-11 11-11", "CREDIT_CARD"),
    ("card {}", "4111/1111/1111/1111", "CREDIT_CARD"),
    ("SSN {}", "536 * 90 * 4399", "US_SSN"),
    ("card {}", "four one one one, " + " ".join(["one"] * 12), "CREDIT_CARD"),
    ("card {}", "four triple one double one double one double one double one double one double one", "CREDIT_CARD"),
    ("Kreditkarte {}", "vier eins eins eins " + " ".join(["eins"] * 12), "CREDIT_CARD"),
    ("téléphone {}", "zéro un, quatre-vingt-dix-neuf, zéro zéro, douze, trente-quatre", "PHONE_NUMBER"),
    ("SSN {}", "five three six dash nine zero dash four three nine nine", "US_SSN"),
    ("IBAN {}", "DE acht neun drei sieben null vier null null vier vier null fünf drei zwei null eins drei null null null", "IBAN_CODE"),
    ("Mail {} please", "ada at orchard dot example", "EMAIL_ADDRESS"),
    ("Mail {} please", "ada dot lovelace arobase orchard point fr", "EMAIL_ADDRESS"),
    ("Mail {} please", "ada [at] orchard [dot] example", "EMAIL_ADDRESS"),
    ("Mail {} please", "ada(at)orchard(.)example", "EMAIL_ADDRESS"),
    ("Mail {} please", "ada małpa orchard kropka pl", "EMAIL_ADDRESS"),
    ("server {}", "192[.]0[.]2[.]15", "IP_ADDRESS"),
    ("My SSN, written backwards, is {}.", "9934-09-635", "US_SSN"),
    ("{} si rebmun drac yM", CARD[::-1], "CREDIT_CARD"),
    ("Zl VONA vf {}", codecs.encode("DE89 3704 0044 0532 0130 00", "rot13"), "IBAN_CODE"),
    ("My login is passwor\nd = {}, keep it", "Rmrt82t82!", "SEC_PASSWORD_ASSIGN"),
    ("My login: password = {}", "8f\n> BzfHf25!", "SEC_PASSWORD_ASSIGN"),
    ("miK ,tseB .{} si tI", PEM[::-1], "SEC_PRIVATE_KEY"),
    ("My key, written backwards: {}", PUTTY[::-1], "SEC_PRIVATE_KEY"),
    ("card {}", "4111 1111\n> 1111 1111", "CREDIT_CARD"),
    ("SSN {}", "536-\n90-4399", "US_SSN"),
    ("SSN {}", "5369-\n04399", "US_SSN"),
    ("mail {}", "ada@orch-\nard.example", "EMAIL_ADDRESS"),
    ("| card | {} |", "4111 | 1111 | 1111 | 1111", "CREDIT_CARD"),
    ("card,{}", "4111,1111,1111,1111", "CREDIT_CARD"),
    ('{{"a":"{}"}}', '4111","b":"1111","c":"1111","d":"1111', "CREDIT_CARD"),
    ('{{"phone": ["{}"]}}', '(202)", "555", "0143', "PHONE_NUMBER"),
    ("# phone number\nfirst: {}\n", "(202)\nnext: 555\nlast: 0143", "PHONE_NUMBER"),
    ('x = "{}"  # phone', '(202" + ") 555-0143', "PHONE_NUMBER"),
    ('{{"phone":{{"a":"{}"}}}}', '(202","b":") 555-0143', "PHONE_NUMBER"),
    ('x = "{}"', '4111" + "1111" + "1111" + "1111', "CREDIT_CARD"),
    ('x = ("{}")', 'ada@orch"\n     "ard.example', "EMAIL_ADDRESS"),
    ('data: {{"delta":"My card is {}"}}', '4111 1111"}\n\ndata: {"delta":" 1111 1111', "CREDIT_CARD"),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "disguise", "kind"), CASES)
def test_a_value_in_disguise_is_found_and_all_of_the_disguise_covered(
    frame: str, disguise: str, kind: str
) -> None:
    text = frame.format(disguise)
    assert kind not in [item.type for item in fast().scan(text)]
    start = text.index(disguise)
    spans = [(item.start, item.end) for item in uncovered(text) if item.type == kind]
    assert spans
    assert any(first <= start + 1 and last >= start + len(disguise) - 1 for first, last in spans)


@pytest.mark.parametrize(
    ("frame", "disguise", "kind"),
    [
        ("mail {}", "ada.love-\nlace@orchard.example", "EMAIL_ADDRESS"),
        ("My OpenAI key is {}", f"{OPENAI[:60]}\n{OPENAI[60:]}", "SEC_OPENAI"),
        ('{{"OpenAI key":{{"a":"{}"}}}}', f'{OPENAI[:60]}","b":"{OPENAI[60:]}', "SEC_OPENAI"),
    ],
)
def test_a_part_that_looks_like_a_value_does_not_hide_the_whole(
    frame: str, disguise: str, kind: str
) -> None:
    text = frame.format(disguise)
    assert kind in [item.type for item in fast().scan(text)]
    start = text.index(disguise)
    (item,) = Scanner(fast(), hidden=hidden()).scan(text)
    assert (item.type, item.start, item.end) == (kind, start, start + len(disguise))


def test_one_trick_inside_another_is_undone_up_to_a_depth() -> None:
    said = CARD
    for _ in range(DEPTH):
        said = _base64(said)
    assert found(f"card {said} x") == [("CREDIT_CARD", said)]
    deeper = _base64(said)
    assert found(f"card {deeper} x") == []


def test_a_number_in_words_inside_an_encoding_is_found() -> None:
    said = _base64("my card is four one one one " + "one " * 12)
    assert found(said) == [("CREDIT_CARD", said)]


def test_a_long_encoding_is_covered_only_where_it_holds_the_value() -> None:
    said = _base64(f"{LONG_LETTER}{SENTENCE}. {LONG_LETTER}")
    ((kind, covered),) = found(f"attached: {said}")
    assert kind == "CREDIT_CARD"
    assert len(covered) < 40
    at = said.index(covered)
    before, after = base64.b64decode(said[: at // 4 * 4]), said[-(-(at + len(covered)) // 4) * 4 :]
    left = before + base64.b64decode(after)
    assert b"4111" not in left


def test_what_is_known_already_is_not_read_again() -> None:
    text = f"card {_base64(CARD)}"
    finding = uncovered(text)[0]
    assert list(hidden().readings(text, [finding])) == []


def test_a_finding_beside_what_was_read_is_none_of_the_reading() -> None:
    text = f"mail ada@orchard.example, card {_base64(CARD)}"
    assert [kind for kind, _ in found(text)] == ["CREDIT_CARD"]


def test_a_wrong_check_digit_in_disguise_is_no_card() -> None:
    assert found("card four one one one " + "one " * 11 + "two") == []
    assert found("card: 41-11 11-11 11-11 11-12") == []


def test_readings_of_a_text_are_bounded() -> None:
    text = f"card {_base64(CARD)} four one one two " * 3000
    sizes = [len(reading.text) for reading in hidden().readings(text)]
    assert sizes
    assert sum(sizes) <= 2 * len(text) + 4096


@pytest.mark.parametrize(("frame", "disguise", "kind"), CASES[::5])
def test_both_engines_of_patterns_give_the_same_readings(
    frame: str, disguise: str, kind: str
) -> None:
    text = frame.format(disguise)
    expected = [(reading.name, reading.text) for reading in hidden().readings(text)]
    assert [(reading.name, reading.text) for reading in hidden_plain().readings(text)] == expected


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="backend"):
        build_hidden_text(backend="perl")


ORDINARY = [
    "One two, buckle my shoe; three four, knock at the door. Nine, ten, a big fat hen.",
    "For sales press one, for support press two, or hold the line for an operator.",
    "Meet me at the corner at seven; look at this point in the text.",
    'name = "first" + "_" + "last"\npath = "a" "b"',
    "commit 0f8d3c7e5b9a1d2f4c6e8a0b2d4f6a8c0e1f3a5b in build 2026.11.28",
    "id 6f1c2d3e-4b5a-6978-8a9b-0c1d2e3f4a5b and sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "Площадь круга равна произведению числа пи на квадрат радиуса.",
    "Το εμβαδόν του κύκλου είναι ίσο με το γινόμενο.",
    "مساحة الدائرة تساوي حاصل ضرب العدد في مربع نصف القطر",
    "x² + y² = z², and m³ is a volume 🙂👩‍👩‍👧‍👦🇩🇪",
    "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]",
    "| 2024 | 1200 | 3400 |\n| 2025 | 1300 | 3500 |",
    "total 64\n-rw-r--r-- 1 root root 1234 Nov 28 20:11 file_with_a_long_name_here.txt",
    "https://docs.example/path/to/some-page_with_words?query=value&other=1#fragment",
    "SELECT id, name FROM people WHERE born > '1990-01-01' ORDER BY 2",
    "10:41:07.123 INFO request finished id=7f3a9c status=200 bytes=48213 ms=12",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_says_nothing_else(text: str) -> None:
    assert found(text) == []
    assert len(names(text)) <= 2


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "ada", "mail": "lovelace@orchard.example", "city": "Bern"}',
        "Write to\nada@orchard.example\nor call",
        "Tel. +1 202-555-0143\n1 copy",
        "ada@orchard.example\nKim",
    ],
)
def test_a_value_is_not_made_longer_by_what_stands_beside_it(text: str) -> None:
    plain = fast().scan(text)
    for reading in hidden().readings(text, plain):
        assert not [item for item in fast().scan(reading.text) if reading.keeps(item)]


def test_what_a_program_puts_together_belongs_together() -> None:
    text = 'host = "203.0.113." + "189"'
    spans = [
        reading.span(item.start, item.end)
        for reading in hidden().readings(text, fast().scan(text))
        for item in fast().scan(reading.text)
        if reading.keeps(item)
    ]
    assert (text.index("203"), len(text) - 1) in spans


def test_a_reading_leads_back_beside_what_is_invisible() -> None:
    text = "=1111\u202c one one one one one one"
    for reading in hidden().readings(text):
        spans = [reading.span(at, at + 1) for at in range(len(reading.text))]
        assert all(0 <= start <= end <= len(text) for start, end in spans)
