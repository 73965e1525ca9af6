"""The staff member as the audit's actor."""

from clinic.platform.audit.actors import Actor


def staff_actor(user) -> Actor:
    """The signed-in member of staff as an `Actor`; raises ValueError for anybody else."""
    if user.pk is None or not user.is_authenticated:
        raise ValueError("only a signed-in member of staff is a staff actor")
    return Actor("staff", str(user.pk), str(user))
