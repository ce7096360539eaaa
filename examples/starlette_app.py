"""An application whose requests protect what they send to a model.

    python examples/starlette_app.py

It asks itself one question and prints the answer. The model is a function that
shows what it was sent; put a call of your own in its place.
"""

import asyncio

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from curtilage.asgi import PrivacyMiddleware


async def model(prompt: str) -> str:
    print(f"the model was sent  {prompt}")
    return f"On it: {prompt}"


async def answer(request: Request) -> JSONResponse:
    question = request.query_params["question"]
    reply = await model(request.state.privacy.protect(question))
    return JSONResponse({"answer": reply})


app = Starlette(
    routes=[Route("/answer", answer)],
    middleware=[Middleware(PrivacyMiddleware)],
)


async def main() -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
        reply = await client.get("/answer", params={"question": "Mail ada@orchard.example"})
    print(f"the person was told {reply.json()['answer']}")


if __name__ == "__main__":
    asyncio.run(main())
