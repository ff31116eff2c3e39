"""The files attached to a PDF, read in a process of its own: a stranger's PDF may be made to exhaust whoever reads it.

The process gets no environment but the way to its code, little memory, little time, and may write no file. Run as a
module it reads a PDF from its input and writes what is attached as JSON to its output.
"""

import asyncio
import base64
import json
import os
import resource
import sys
from contextlib import suppress

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
WALL_SECONDS = 20.0
MOST_FILES = 10
LARGEST_BYTES = 16 * 1024 * 1024
_AT_ONCE = asyncio.Semaphore(2)


async def attached_files(pdf: bytes) -> list[bytes]:
    """What is attached to `pdf`, at most ten files and 16 MB; nothing when it cannot be read within the limits."""
    async with _AT_ONCE:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", __spec__.name),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        try:
            told, _ = await asyncio.wait_for(process.communicate(pdf), WALL_SECONDS)
        except TimeoutError:
            return []
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return [base64.b64decode(file) for file in json.loads(told)] if process.returncode == 0 else []


def _limit_myself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read_attached() -> None:
    import logging  # noqa: PLC0415  only the process that reads needs these
    from io import BytesIO  # noqa: PLC0415  as above

    from pypdf import PdfReader  # noqa: PLC0415  as above: a server that reads no PDF never loads it

    logging.disable()
    reader = PdfReader(BytesIO(sys.stdin.buffer.read()))
    files: list[bytes] = []
    left = LARGEST_BYTES
    for attached in reader.attachment_list:
        content = attached.content
        left -= len(content)
        if left < 0 or len(files) == MOST_FILES:
            break
        files.append(content)
    sys.stdout.write(json.dumps([base64.b64encode(file).decode() for file in files]))


if __name__ == "__main__":
    _limit_myself()
    _read_attached()
