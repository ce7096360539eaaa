"""People sign in to a FastAPI application.

    curtilage clients create "Orchard notes" --redirect-uri http://localhost:8000/auth/callback \\
        --scope openid --scope profile
    ISSUER=http://localhost:8787 CLIENT_ID=… CLIENT_SECRET=… SECRET_KEY=… \\
        uvicorn --app-dir examples fastapi_sign_in:app
"""

import os
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import PlainTextResponse

from curtilage.asgi import Session, SessionMiddleware, require

app = FastAPI(default_response_class=PlainTextResponse)
app.add_middleware(
    SessionMiddleware,
    issuer=os.environ["ISSUER"],
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    secret_key=os.environ["SECRET_KEY"],
)


@app.get("/")
async def home(who: Annotated[Session, Depends(require())]) -> str:
    return f"Hello {who.name}"


@app.get("/vault")
async def vault(who: Annotated[Session, Depends(require(acr="aal2"))]) -> str:
    return f"Surely {who.name}"


@app.get("/research", dependencies=[Depends(require(purpose="research"))])
async def research() -> str:
    return "For research"


@app.get("/call")
async def call(who: Annotated[Session, Depends(require())]) -> str:
    token = await who.token()  # fresh, to call the gateway with
    return f"A token of {len(token.split('.'))} parts"
