"""`curtilage.django.PrivacyMiddleware` in a real Django, with and without async."""

import sys
from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("django")

from django.conf import settings

from curtilage.django import PrivacyMiddleware

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["testserver"],
        MIDDLEWARE=[f"{PrivacyMiddleware.__module__}.{PrivacyMiddleware.__name__}"],
        ROOT_URLCONF="curtilage_test_urls",
        CURTILAGE={"scope_of": lambda request: request.GET.get("chat", "one")},
    )

import django
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import path

ADA = "ada@orchard.example"
django.setup()


def answer(request: Any) -> Any:
    left = request.privacy.protect(f"Write to {ADA}")
    assert ADA not in left
    response = JsonResponse({"answer": f'"{left}"'})
    response["Content-Length"] = str(len(response.content))
    return response


async def answer_later(request: Any) -> Any:
    return JsonResponse({"answer": request.privacy.protect(f"Write to {ADA}")})


def stream(request: Any) -> Any:
    def pieces() -> Iterator[str]:
        left = request.privacy.protect(f"Gr\u00fc\u00dfe an {ADA}.")
        for at in range(0, len(left), 5):
            yield left[at : at + 5]

    return StreamingHttpResponse(pieces(), content_type="text/plain")


async def stream_later(request: Any) -> Any:
    async def pieces() -> AsyncIterator[str]:
        left = request.privacy.protect(f"Gr\u00fc\u00dfe an {ADA}.")
        for at in range(0, len(left), 5):
            yield left[at : at + 5]

    return StreamingHttpResponse(pieces(), content_type="text/plain")


def page(request: Any) -> Any:
    return HttpResponse(request.privacy.protect(ADA))  # HTML: nothing is restored there


def plain(_: Any) -> Any:
    return HttpResponse("QX1-EMAIL-7h3kd0x9m2vtrc5w-001pz8n4c6t0gkj2", content_type="text/plain")


urls = ModuleType("curtilage_test_urls")
urls.urlpatterns = [  # type: ignore[attr-defined]
    path(view.__name__, view) for view in (answer, answer_later, stream, stream_later, page, plain)
]
sys.modules[urls.__name__] = urls


def test_values_come_back_in_json_and_the_length_is_right() -> None:
    reply = Client().get("/answer")
    assert reply.json() == {"answer": f'"Write to {ADA}"'}
    assert int(reply["Content-Length"]) == len(reply.content)


async def test_values_come_back_where_the_view_is_async() -> None:
    reply = await AsyncClient().get("/answer_later")
    assert reply.json() == {"answer": f"Write to {ADA}"}


def test_values_come_back_in_a_stream_wherever_it_is_cut() -> None:
    said = b"".join(Client().get("/stream").streaming_content)
    assert said.decode() == f"Gr\u00fc\u00dfe an {ADA}."


async def test_values_come_back_in_a_stream_that_is_async() -> None:
    reply = await AsyncClient().get("/stream_later")
    said = b"".join([piece async for piece in reply.streaming_content])
    assert said.decode() == f"Gr\u00fc\u00dfe an {ADA}."


def test_markup_keeps_its_tokens_and_a_scope_its_own() -> None:
    tokens = [Client().get(f"/page?chat={chat}").content for chat in ("one", "two")]
    assert all(token.startswith(b"QX1-EMAIL-") for token in tokens)
    assert tokens[0] != tokens[1]


def test_where_nothing_was_protected_not_a_byte_changes() -> None:
    assert Client().get("/plain").content == b"QX1-EMAIL-7h3kd0x9m2vtrc5w-001pz8n4c6t0gkj2"
