"""What kubectl makes of a kustomization of ours."""

import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "deploy/kubernetes"


def kustomized(kustomization: str, folder: Path) -> str:
    """The manifests of a kustomization.yaml that lies beside the base, put together in an empty folder.

    The test is skipped where there is no kubectl, which Debian does not package.
    """
    if shutil.which("kubectl") is None:
        pytest.skip("not run: there is no kubectl on the PATH")
    here = shutil.copytree(FOLDER, folder / "kubernetes") / "site"
    here.mkdir()
    (here / "kustomization.yaml").write_text(kustomization, encoding="utf-8")
    done = subprocess.run(["kubectl", "kustomize", here], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
