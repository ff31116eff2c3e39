"""The smallest application there is, for what the server in front of ours does by itself."""

from typing import Any


def create_app() -> Any:
    """Answers how many bytes of a body it was sent."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        read, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            read, more = read + len(message.get("body", b"")), message.get("more_body", False)
        body = str(read).encode()
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
