"""People sign in to a Django application.

    curtilage clients create "Orchard notes" --redirect-uri http://localhost:8000/auth/callback \\
        --scope openid --scope profile
    ISSUER=http://localhost:8787 CLIENT_ID=… CLIENT_SECRET=… SECRET_KEY=… \\
        python examples/django_sign_in.py runserver --noreload
"""

import os
import sys

import django
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    MIDDLEWARE=["curtilage.django.SessionMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ["SECRET_KEY"],
    CURTILAGE={
        "sign_in": {
            "issuer": os.environ["ISSUER"],
            "client_id": os.environ["CLIENT_ID"],
            "client_secret": os.environ["CLIENT_SECRET"],
            "secret_key": os.environ["SECRET_KEY"],
        }
    },
)
django.setup()

from curtilage.django import require  # noqa: E402 - Django wants to be set up first


@require()
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Hello {request.curtilage.name}")


@require(acr="aal2")
async def vault(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Surely {request.curtilage.name}")


@require(purpose="research")
def research(request: HttpRequest) -> HttpResponse:
    return HttpResponse("For research")


@require()
def call(request: HttpRequest) -> HttpResponse:
    token = async_to_sync(request.curtilage.token)()  # fresh, to call the gateway with
    return HttpResponse(f"A token of {len(token.split('.'))} parts")


urlpatterns = [
    path("", home),
    path("vault", vault),
    path("research", research),
    path("call", call),
]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
