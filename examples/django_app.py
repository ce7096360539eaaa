"""A Django application whose requests protect what they send to a model.

    python examples/django_app.py

It asks itself one question and prints the answer. The model is a function that
shows what it was sent; put a call of your own in its place.
"""

import sys

import django
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["testserver"],
    MIDDLEWARE=["curtilage.django.PrivacyMiddleware"],
    ROOT_URLCONF=__name__,
)
django.setup()


def model(prompt: str) -> str:
    sys.stdout.write(f"the model was sent  {prompt}\n")
    return f"On it: {prompt}"


def answer(request: HttpRequest) -> JsonResponse:
    reply = model(request.privacy.protect(request.GET["question"]))
    return JsonResponse({"answer": reply})


urlpatterns = [path("answer", answer)]

if __name__ == "__main__":
    reply = Client().get("/answer", {"question": "Mail ada@orchard.example"})
    sys.stdout.write(f"the person was told {reply.json()['answer']}\n")
