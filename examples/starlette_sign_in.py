"""People sign in to a Starlette application.

    curtilage clients create "Orchard notes" --redirect-uri http://localhost:8000/auth/callback \\
        --scope openid --scope profile
    ISSUER=http://localhost:8787 CLIENT_ID=… CLIENT_SECRET=… SECRET_KEY=… \\
        uvicorn --app-dir examples starlette_sign_in:app
"""

import os

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from curtilage.asgi import SessionMiddleware, require


@require()
async def home(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"Hello {request.state.session.name}")


@require(acr="aal2")
async def vault(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"Surely {request.state.session.name}")


@require(purpose="research")
async def research(request: Request) -> PlainTextResponse:
    return PlainTextResponse("For research")


async def call(request: Request) -> PlainTextResponse:
    token = await request.state.session.token()  # fresh, to call the gateway with
    return PlainTextResponse(f"A token of {len(token.split('.'))} parts")


sign_in = Middleware(
    SessionMiddleware,
    issuer=os.environ["ISSUER"],
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    secret_key=os.environ["SECRET_KEY"],
)
app = Starlette(
    routes=[
        Route("/", home),
        Route("/vault", vault),
        Route("/research", research),
        Route("/call", require()(call)),
    ],
    middleware=[sign_in],
)
