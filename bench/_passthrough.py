"""The ordinary way to write a gateway: FastAPI and httpx, doing no work at all.

`PYTHON _passthrough.py PORT PROVIDER_PORT`, run by the peers' own Python.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask


def build(provider: str) -> FastAPI:
    client = httpx.AsyncClient(
        base_url=provider, timeout=60, limits=httpx.Limits(max_connections=256)
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await client.aclose()

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> Response:
        body = await request.body()
        headers = {"content-type": "application/json", "authorization": "Bearer bench"}
        if b'"stream":true' not in body:
            reply = await client.post("/v1/chat/completions", content=body, headers=headers)
            return Response(reply.content, reply.status_code, media_type="application/json")
        call = client.build_request("POST", "/v1/chat/completions", content=body, headers=headers)
        streamed = await client.send(call, stream=True)
        return StreamingResponse(
            streamed.aiter_raw(),
            streamed.status_code,
            media_type="text/event-stream",
            background=BackgroundTask(streamed.aclose),
        )

    return app


if __name__ == "__main__":
    uvicorn.run(
        build(f"http://127.0.0.1:{sys.argv[2]}"),
        port=int(sys.argv[1]),
        log_level="error",
        access_log=False,
    )
