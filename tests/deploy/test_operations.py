"""What docs/operations.md says can be done."""

import re
from pathlib import Path

import yaml

from streams.cli.main import _MODULES
from tests.deploy.kustomize import kustomized

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def headings(page: str) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    found = re.findall(r"(?m)^#+ (.*)$", page)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]*)#?([^)]*)\)", PAGE)
    assert links
    for file, anchor in links:
        target = ROOT / "docs" / file if file else ROOT / "docs/operations.md"
        assert target.exists(), file
        assert not anchor or anchor in headings(target.read_text(encoding="utf-8")), anchor


def test_every_command_exists() -> None:
    assert set(re.findall(r"(?m)(?:^    |\| )northwire (\w+)", PAGE)) <= _MODULES.keys()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)`", PAGE):
        assert f"\n{target}:" in makefile, target
    assert (
        set(re.findall(r"docker compose (?:run --rm -T|logs --no-log-prefix) ([a-z-]+)", PAGE))
        <= COMPOSE["services"].keys()
    )


def test_every_file_of_deploy_that_is_named_is_there() -> None:
    named = {name.rstrip("/.") for name in re.findall(r"deploy/[A-Za-z0-9/._-]+", PAGE)}
    assert len(named) > 8
    made = {name for name in named if name.startswith("deploy/kubernetes/site")}
    assert not [name for name in named - made if not (ROOT / name).exists()]


def test_the_example_of_what_differs_with_you_is_one_that_kustomize_takes(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    text = kustomized(example, tmp_path)
    made = list(yaml.safe_load_all(text))
    (settings,) = (manifest["data"] for manifest in made if manifest["kind"] == "ConfigMap")
    assert settings["NORTHWIRE_BOOTSTRAP_SERVERS"] == "kafka.example:9093"
    assert settings["NORTHWIRE_PARTITIONS"] == "6"
    images = re.findall(r"image: (\S+)", text)
    assert set(images) == {"registry.example/northwire:0.1.0"}
