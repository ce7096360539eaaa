"""Sound, pictures and files under a policy that lets them pass, through the real SDK."""

from base64 import b64encode
from collections.abc import Iterator

import anthropic
import openai
import pytest

from tests.fakes.filestore import FileStore, read_form
from tests.fakes.pictures import NOTE, a_jpeg, a_png, chunk, exif, segment
from tests.fakes.provider import Received, Step, chat_reply, message_reply, whole
from tests.integration.processes import eventually
from tests.integration.service import CREDENTIAL, RunningService, running_service

ADA = "ada.quill@orchard.example"
GPT = "gpt-4.1-mini"
LOADED = a_jpeg(segment(0xE1, exif(1)), segment(0xFE, NOTE))
POLICY = """\
format = 1
default = "token"

[purposes.assist]
title = "Answering people"

[opaque]
images = "allow"
audio = "allow"
files = "allow"
"""


@pytest.fixture(scope="module")
def open_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("open")
    (folder / "policies").mkdir()
    (folder / "policies" / "mine.toml").write_text(POLICY)
    settings = {"policy.dir": folder / "policies", "gateway.policy": "mine"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", CREDENTIAL)
        patch.setenv("ANTHROPIC_API_KEY", CREDENTIAL)
        with running_service(folder, **settings) as service:
            yield service


@pytest.fixture
def gpt(open_service: RunningService) -> Iterator[openai.OpenAI]:
    open_service.provider.reset()
    with client_of(open_service) as client:
        yield client


def client_of(service: RunningService, name: str = "test") -> openai.OpenAI:
    key = service.key(name=name)
    return openai.OpenAI(base_url=f"{service.url}/v1", api_key=key, max_retries=0)


def received(service: RunningService) -> Received:
    return service.provider.received[-1]


def picture(
    data: bytes, kind: str = "image/jpeg"
) -> openai.types.chat.ChatCompletionUserMessageParam:
    url = f"data:{kind};base64,{b64encode(data).decode()}"
    return {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}


def test_a_picture_leaves_without_what_is_beside_it(
    open_service: RunningService, gpt: openai.OpenAI
) -> None:
    open_service.provider.script = whole(chat_reply("A picture."))
    gpt.chat.completions.create(model=GPT, messages=[picture(LOADED)])
    sent = received(open_service).document["messages"][0]["content"][0]["image_url"]["url"]
    assert sent == f"data:image/jpeg;base64,{b64encode(a_jpeg()).decode()}"


def test_a_picture_that_is_not_one_is_refused(
    open_service: RunningService, gpt: openai.OpenAI
) -> None:
    for data, kind in (
        (LOADED, "image/png"),
        (LOADED[:40], "image/jpeg"),
        (b"%PDF-", "image/jpeg"),
    ):
        with pytest.raises(openai.BadRequestError) as refusal:
            gpt.chat.completions.create(model=GPT, messages=[picture(data, kind)])
        assert refusal.value.code == "gateway.malformed-media"
    assert not open_service.provider.received


def test_a_text_is_spoken_with_tokens_and_sound_comes_back_as_it_is(
    open_service: RunningService, gpt: openai.OpenAI
) -> None:
    sound = b"ID3" + bytes(range(256)) * 40
    open_service.provider.script = whole(sound, content_type="audio/mpeg")
    spoken = gpt.audio.speech.create(model="gpt-4o-mini-tts", voice="alloy", input=f"Write {ADA}")
    assert spoken.content == sound
    assert ADA.encode() not in received(open_service).body
    assert received(open_service).document["voice"] == "alloy"


def test_a_picture_is_drawn_from_tokens_and_its_prompt_comes_back(
    open_service: RunningService, gpt: openai.OpenAI
) -> None:
    def draw(asked: Received) -> list[Step]:
        prompt = asked.document["prompt"]
        return whole({"created": 1, "data": [{"b64_json": "AAAA", "revised_prompt": prompt}]})

    open_service.provider.script = draw
    drawn = gpt.images.generate(model="gpt-image-1", prompt=f"A card for {ADA}", size="1024x1024")
    assert drawn.data and drawn.data[0].revised_prompt == f"A card for {ADA}"
    assert ADA.encode() not in received(open_service).body


def test_sound_is_written_down_by_a_form_whose_fields_are_protected(
    open_service: RunningService, gpt: openai.OpenAI
) -> None:
    def write_down(asked: Received) -> list[Step]:
        prompt = read_form(asked)["prompt"].get_payload()
        return whole({"text": f"Hello {prompt}", "segments": [{"text": prompt}]})

    open_service.provider.script = write_down
    sound = b"ID3" + bytes(range(256)) * 1500
    written = gpt.audio.transcriptions.create(
        model="gpt-4o-transcribe", file=(f"{ADA}.mp3", sound), prompt=f"Said by {ADA}", language="en",
        timestamp_granularities=["word"],
    )  # fmt: skip
    assert written.text == f"Hello Said by {ADA}"
    form = read_form(received(open_service))
    assert form["file"].get_payload(decode=True) == sound
    assert str(form["file"].get_filename()).endswith(".mp3")
    assert form["timestamp_granularities[]"].get_payload() == "word"
    assert ADA.encode() not in received(open_service).body


def test_a_form_that_holds_no_sound_is_refused(
    open_service: RunningService, gpt: openai.OpenAI
) -> None:
    for name, data in (("a.mp3", LOADED), ("a.mp3", b"%PDF-1.7")):
        with pytest.raises(openai.BadRequestError):
            gpt.audio.transcriptions.create(model="whisper-1", file=(name, data))
    assert not open_service.provider.received


def test_files_that_no_scan_reads_pass_and_pictures_among_them_are_cleaned(
    open_service: RunningService, gpt: openai.OpenAI
) -> None:
    store = open_service.provider.script = FileStore()
    document, shot = b"%PDF-1.7 \xff\x00", a_png(chunk(b"tEXt", NOTE))
    for name, content, left in (("a.pdf", document, document), ("a.png", shot, a_png())):
        file = gpt.files.create(file=(name, content), purpose="user_data")
        assert store.files[file.id][1] == left
        assert gpt.files.content(file.id).content == left


def test_a_file_that_a_call_names_is_the_callers_and_its_values_come_back(
    open_service: RunningService, gpt: openai.OpenAI
) -> None:
    store = FileStore()
    open_service.provider.script = store
    file = gpt.files.create(file=("a.txt", f"Dear {ADA}".encode()), purpose="user_data")
    said = store.files[file.id][1].decode()
    open_service.provider.script = whole(chat_reply(f"It says: {said}"))
    asked = len(open_service.provider.received)
    named: openai.types.chat.ChatCompletionUserMessageParam = {
        "role": "user",
        "content": [{"type": "file", "file": {"file_id": file.id}}],
    }
    with client_of(open_service, "other") as other, pytest.raises(openai.NotFoundError) as refusal:
        other.chat.completions.create(model=GPT, messages=[named])
    assert refusal.value.code == "gateway.unknown-holding"
    assert len(open_service.provider.received) == asked
    answer = gpt.chat.completions.create(model=GPT, messages=[named])
    assert answer.choices[0].message.content == f"It says: Dear {ADA}"
    assert ADA.encode() not in received(open_service).body


def test_what_is_on_disk_while_it_waits_has_no_name(
    open_service: RunningService, gpt: openai.OpenAI
) -> None:
    content = b"waits on no disk under a name " * 20_000
    open_service.provider.script = FileStore()
    gpt.files.create(file=("a.txt", content), purpose="user_data")
    files = [path for path in open_service.folder.rglob("*") if path.is_file()]
    assert [path for path in files if content[:1000] in path.read_bytes()] == []
    eventually(lambda: open_service.worker.gateway.services.spools.open == 0)


def test_a_file_of_anthropics_is_named_by_its_owner_and_comes_back_in_the_reply(
    open_service: RunningService,
) -> None:
    """As a document, and put into a container; what it says to the model is restored."""
    store = FileStore()
    open_service.provider.reset()
    open_service.provider.script = store
    first, second = (
        anthropic.Anthropic(
            base_url=open_service.url, api_key=open_service.key(name=name), max_retries=0
        )
        for name in ("first", "second")
    )
    with first, second:
        file = first.beta.files.upload(file=("a.txt", f"Dear {ADA}".encode())).id
        kept = store.files[file][1].decode()
        assert ADA not in kept
        open_service.provider.script = whole(message_reply(kept))
        document = {"type": "document", "source": {"type": "file", "file_id": file}}
        for block in (document, {"type": "container_upload", "file_id": file}):
            said = [{"role": "user", "content": [block]}]
            asked = {"model": "claude-next", "max_tokens": 9, "messages": said}
            made = first.beta.messages.create(**asked)
            assert made.content[0].text == f"Dear {ADA}"
            assert file.encode() in received(open_service).body
            count = len(open_service.provider.received)
            with pytest.raises(anthropic.NotFoundError):
                second.beta.messages.create(**asked)
            assert len(open_service.provider.received) == count
