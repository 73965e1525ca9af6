"""The clinic app: the ground both other apps stand on."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Django looks for admin and checks only in an app's root: walk the capability folders."""
        root = Path(self.path)
        for module in ("admin", "checks", "job_kinds"):
            for depth in ("", "*/", "platform/*/"):
                for found in sorted(root.glob(f"{depth}{module}.py")):
                    import_module(".".join((self.name, *found.relative_to(root).with_suffix("").parts)))
