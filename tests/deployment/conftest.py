"""The chart, rendered by Helm itself. Without Helm (`.ci/run` fetches it) these tests are skipped."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from ogpmonitor.settings import ROOT, Settings

CHART = ROOT / "helm" / "ogpmonitor"
DEPLOY = ROOT / "deploy"
EXAMPLES = ("small", "standard", "large")
CONSOLE = ("--set", "console.enabled=true")
Object = dict[str, Any]
Helm = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def helm() -> Helm:
    """Runs Helm on the chart; the caller looks at how it ended."""
    fetched = ROOT / "build" / "helm" / "helm"
    found = os.environ.get("OGPMONITOR_TEST_HELM") or (str(fetched) if fetched.exists() else shutil.which("helm"))
    if not found:
        pytest.skip("Helm is not there; OGPMONITOR_TEST_HELM names one, and .ci/run fetches one where Go is installed")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([found, *arguments], check=False, cwd=CHART, capture_output=True, text=True, timeout=60)

    return run


class Rendered:
    """Every object of one release."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.objects: list[Object] = [each for each in yaml.safe_load_all(text) if each]

    def all(self, kind: str) -> list[Object]:
        return [each for each in self.objects if each["kind"] == kind]

    def one(self, kind: str, ending: str = "") -> Object:
        (found,) = [each for each in self.all(kind) if each["metadata"]["name"].endswith(ending)]
        return found

    @property
    def pods(self) -> list[Object]:
        """What each kind of pod is made from: its labels and its spec."""
        return [each["spec"]["template"] for each in self.objects if each["kind"] in {"Deployment", "Job"}]

    @property
    def containers(self) -> list[Object]:
        return [
            container
            for pod in self.pods
            for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]
        ]


@pytest.fixture(scope="session")
def render(helm: Helm) -> Callable[..., Rendered]:
    """What an example comes to, with `more` arguments."""

    def rendered(example: str, *more: str) -> Rendered:
        done = helm("template", "ogp", ".", "--namespace", "governments", "--values", f"examples/{example}.yaml", *more)
        assert done.returncode == 0, done.stderr
        return Rendered(done.stdout)

    return rendered


@pytest.fixture(
    scope="session",
    params=[*((name,) for name in EXAMPLES), *((name, *CONSOLE) for name in ("small", "large"))],
    ids=" ".join,
)
def release(request: pytest.FixtureRequest, render: Callable[..., Rendered]) -> Rendered:
    """Each of the examples; two of them once more with a console."""
    return render(*request.param)


def environment(container: Object) -> dict[str, Object]:
    """The variables of a container by their names."""
    return {each["name"]: each for each in container["env"]}


def taken(given: Mapping[str, str]) -> Settings:
    """The settings a process would have in that environment, and with no other variable of ours.

    Raises:
        ValidationError: it would not start.
    """
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("OGPMONITOR_")}
    os.environ.update(given)
    try:
        return Settings()
    finally:
        for name in given:
            os.environ.pop(name, None)
        os.environ.update(before)
