"""The job that looks up who asked to sign in."""

from clinic.platform.jobs.registry import job
from intake.access.sign_in import send_to_those_known


@job("send_sign_in")
def send_sign_in(contact: str, index: str, born: str) -> None:
    """`index` and `born` are blind indexes of what was typed; nobody may be known by them."""
    send_to_those_known("email" if contact == "email" else "phone", index, born)
