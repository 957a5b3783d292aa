"""The core fed by atheris with what nobody would write."""
