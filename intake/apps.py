"""The intake app."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Django looks for admin and checks only in an app's root: walk the folders, for what else registers, too."""
        root = Path(self.path)
        for module in ("admin", "checks", "job_kinds", "own_patients", "settles"):
            for found in sorted(root.glob(f"*/{module}.py")) + sorted(root.glob(f"{module}.py")):
                import_module(".".join((self.name, *found.relative_to(root).with_suffix("").parts)))
