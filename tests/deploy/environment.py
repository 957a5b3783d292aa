"""Files of NORTHWIRE_* variables, as systemd and kustomize read them."""

from pathlib import Path

from streams.settings import Settings, read_settings


def settings_in(file: Path) -> Settings:
    """The settings that a file makes. Raises `SettingsError` as a worker would."""
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = [line.removeprefix("NORTHWIRE_").split("=", 1) for line in lines if line and not line.startswith("#")]
    return read_settings(**{name.lower(): value for name, value in pairs})
