"""Jobs of the sign-in; importing them registers them."""

from clinic.sign_in.reset_mail import send_password_reset

__all__ = ["send_password_reset"]
