"""Settings: one file, everything that differs between places comes from the environment.

README.md has the table of variables. With `DEMONSTRATION=1` every value has a harmless default; without it the clinic's
own values and secrets must be given, and an unsafe combination refuses to start (`clinic.checks.refuse_unsafe_start`).
"""

from pathlib import Path

import django
import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMONSTRATION = env.bool("DEMONSTRATION", default=False)


def of_the_clinic(name: str, demonstration: str) -> str:
    """A value of the clinic itself: no default outside the demonstration, so no other clinic's number can leak."""
    return env.str(name, default=demonstration if DEMONSTRATION else "")


# The clinic (domain: settings with no default but 911 and 988)
CLINIC_NAME = of_the_clinic("CLINIC_NAME", "Juniper Bone Metastasis Clinic")
CLINIC_SHORT_NAME = of_the_clinic("CLINIC_SHORT_NAME", "Juniper Clinic")
CLINIC_ORGANIZATION = of_the_clinic("CLINIC_ORGANIZATION", "Juniper Cancer Center")
CLINIC_PHONE = of_the_clinic("CLINIC_PHONE", "202-555-0100")
CLINIC_ADDRESS = of_the_clinic("CLINIC_ADDRESS", "100 Example Avenue")
CLINIC_TTY = of_the_clinic("CLINIC_TTY", "711")
NURSE_LINE_PHONE = of_the_clinic("NURSE_LINE_PHONE", "202-555-0110")
NURSE_LINE_HOURS = of_the_clinic("NURSE_LINE_HOURS", "Mon-Fri 08:00-17:00")
AFTER_HOURS_PHONE = of_the_clinic("AFTER_HOURS_PHONE", "202-555-0120")
ON_CALL_PHYSICIAN_PHONE = of_the_clinic("ON_CALL_PHYSICIAN_PHONE", "202-555-0130")
ON_CALL_PAGE_ADDRESS = of_the_clinic("ON_CALL_PAGE_ADDRESS", "on-call@example.org")
ESCALATION_PAGE_ADDRESSES = env.list("ESCALATION_PAGE_ADDRESSES", default=[])  # paged too when nobody takes it on
EMERGENCY_NUMBER = env.str("EMERGENCY_NUMBER", default="911")
CRISIS_NUMBER = env.str("CRISIS_NUMBER", default="988")
CLINIC_PARKING = of_the_clinic(
    "CLINIC_PARKING", "Garage B, level 1. The door beside the elevator leads to us. Parking is free."
)
SUPPORT_US_URL = env.str("SUPPORT_US_URL", default="")  # the link is shown only when there is one

# Target times: minutes, hours and days, each to be signed off by the clinical lead
EMERGENCY_CONTACT_MINUTES = env.int("EMERGENCY_CONTACT_MINUTES", default=15)
EMERGENCY_ESCALATE_MINUTES = env.int("EMERGENCY_ESCALATE_MINUTES", default=5)  # nobody has taken the alert on
EMERGENCY_ESCALATE_TIMES = env.int("EMERGENCY_ESCALATE_TIMES", default=12)
URGENT_CONTACT_OPEN_HOURS = env.int("URGENT_CONTACT_OPEN_HOURS", default=4)
URGENT_CONTACT_CLOCK_HOURS = env.int("URGENT_CONTACT_CLOCK_HOURS", default=24)
PLANNED_CONTACT_BUSINESS_DAYS = env.int("PLANNED_CONTACT_BUSINESS_DAYS", default=2)
VISIT_DUE_DAYS = {
    "urgent": env.int("VISIT_DUE_DAYS_URGENT", default=3),
    "soon": env.int("VISIT_DUE_DAYS_SOON", default=7),
    "routine": env.int("VISIT_DUE_DAYS_ROUTINE", default=14),
}
BOOKING_HORIZON_DAYS = env.int("BOOKING_HORIZON_DAYS", default=182)
BOOKING_NOTICE_MINUTES = env.int("BOOKING_NOTICE_MINUTES", default=120)
HOLD_HOURS = {
    "emergency": env.int("HOLD_HOURS_URGENT", default=4),
    "urgent": env.int("HOLD_HOURS_URGENT", default=4),
    "soon": env.int("HOLD_HOURS_SOON", default=24),
    "routine": env.int("HOLD_HOURS_ROUTINE", default=48),
}
UNDO_MINUTES = env.int("UNDO_MINUTES", default=10)  # a change of a visit, a click on the day list
LATE_CANCELLATION_HOURS = env.int("LATE_CANCELLATION_HOURS", default=24)  # nearer than that is marked, never refused
# Freed time for those who wait: "offer" holds it for them in turn, "task" tells staff, "off" does nothing by itself
WAITLIST_MODE = env.str("WAITLIST_MODE", default="offer" if DEMONSTRATION else "task")
WAITLIST_HOLD_HOURS = env.int("WAITLIST_HOLD_HOURS", default=4)  # at most; others wait for the same time
WAITLIST_OFFER_HOURS = env.str("WAITLIST_OFFER_HOURS", default="08:00-20:00")  # when a message may reach a person
SELF_HOLD_MINUTES = env.int("SELF_HOLD_MINUTES", default=10)  # a time that a patient picks, until it is booked
RESERVE_RELEASE_HOURS = env.int("RESERVE_RELEASE_HOURS", default=24)
OVERBOOKING_ALLOWED = env.bool("OVERBOOKING_ALLOWED", default=False)  # by who has the right, with a reason, marked
DRAFT_DAYS = env.int("DRAFT_DAYS", default=30)
ARTICLE_REVIEW_MONTHS = env.int("ARTICLE_REVIEW_MONTHS", default=12)
ARTICLE_HIDDEN_MONTHS = env.int("ARTICLE_HIDDEN_MONTHS", default=18)
TRIAL_VERIFIED_DAYS = env.int("TRIAL_VERIFIED_DAYS", default=90)
RESOURCE_VERIFIED_DAYS = env.int("RESOURCE_VERIFIED_DAYS", default=365)
PATIENT_IDLE_MINUTES = env.int("PATIENT_IDLE_MINUTES", default=20)
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=15)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", default=10)
ASK_GENDER = env.bool("ASK_GENDER", default=False)  # a policy of the clinic: gender identity and pronouns

# Secrets and safety
SECRET_KEY = env.str("SECRET_KEY", default="demonstration-only-" + "k" * 40 if DEMONSTRATION else "")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEMONSTRATION else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str(
    "PUBLIC_URL", default=f"http://localhost:{env.str('PORT', default='8000')}" if DEMONSTRATION else ""
)
# key id -> 32 random bytes in base64; the first one seals, all open (`python manage.py rotate_keys`)
FIELD_KEYS = env.dict(
    "FIELD_KEYS", default={"demo": "ZGVtb25zdHJhdGlvbi1vbmx5LWtleS0zMi1ieXRlcyE="} if DEMONSTRATION else {}
)
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY", default="demonstration-only-blind-index-key" if DEMONSTRATION else "")
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=not DEMONSTRATION)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.forms",  # so that widget templates are found among ours
    "crispy_forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "clinic.apps.ClinicConfig",
    "intake.apps.IntakeConfig",
    "scheduling.apps.SchedulingConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.site.middleware.ContentPolicy",
    "clinic.site.middleware.PrivacyHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.sign_in.middleware.StaffSessionLimits",
    "clinic.sign_in.middleware.SecondFactorRequired",
    "axes.middleware.AxesMiddleware",
]

BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    MIDDLEWARE.insert(0, "clinic.platform.client_address.ClientAddress")

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.site.context_processors.clinic",
            ],
        },
    }
]

# SQLite in WAL mode behind the fair writer queue is the embedded default; PostgreSQL by DATABASE_URL
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'clinic.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "clinic.platform.db.fair_sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["ENGINE"] = "clinic.platform.db.trusting_postgres"
    DATABASES["default"]["OPTIONS"] = {"prepare_threshold": 2} | DATABASES["default"].get("OPTIONS", {})
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 600  # SQLite too: opening it anew reads the whole schema for each request
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "clinic.accounts.backend.RolesBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "worklist:home"

# Staff sign-in (allauth); nobody signs up by themselves
ACCOUNT_ADAPTER = "clinic.sign_in.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"reset_password": "clinic.sign_in.forms.ForgottenPasswordForm"}
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False  # the second factor stands in between
PASSWORD_RESET_TIMEOUT = 30 * 60
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_ADAPTER = "clinic.sign_in.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMONSTRATION
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours: never longer than 15 minutes for the rightful person
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "clinic.sign_in.adapter.axes_username"
AXES_LOCKOUT_TEMPLATE = "sign_in/locked.html"
AXES_SENSITIVE_PARAMETERS = ["login", "password"]

# Cookies, headers
SECURE_COOKIES = not DEMONSTRATION
SESSION_ENGINE = "clinic.sign_in.session_store"
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE_COOKIES else "sessionid"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * STAFF_SESSION_HOURS
MESSAGE_STORAGE = "clinic.platform.sealed_messages.SealedMessages"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE_COOKIES else "csrftoken"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "clinic.site.views.csrf_failure"
SECURE_SSL_REDIRECT = SECURE_COOKIES and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 63072000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_COOKIES
SECURE_HSTS_PRELOAD = SECURE_COOKIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

# Language and time: rules are kept in the clinic's zone, moments in UTC
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", "English")]
LOCALE_PATHS = [BASE_DIR / "clinic" / "locale"]
CLINIC_TIME_ZONE = env.str("CLINIC_TIME_ZONE", default="America/Detroit" if DEMONSTRATION else "")
HOLIDAY_COUNTRY = env.str("HOLIDAY_COUNTRY", default="US")
HOLIDAY_STATE = env.str("HOLIDAY_STATE", default="MI" if DEMONSTRATION else "")
TIME_ZONE = CLINIC_TIME_ZONE or "UTC"
USE_TZ = True
USE_I18N = True

# Forms
CRISPY_ALLOWED_TEMPLATE_PACKS = ["clinic"]
CRISPY_TEMPLATE_PACK = "clinic"
CRISPY_FAIL_SILENTLY = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# Files that people add: they lie here under random names, never below the static tree. No page takes one by default
UPLOAD_FOLDER = env.str("UPLOAD_FOLDER", default=str(BASE_DIR / "var" / "uploads"))
CLAMD_SOCKET = env.str("CLAMD_SOCKET", default="")  # the Unix socket of clamd; empty: files are shown as not scanned
FILE_UPLOAD_HANDLERS = ["clinic.platform.files.RefuseFiles"]

# Static files: hashed names, kept for a year
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-built"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Messages: queued in the causing transaction, sent by the worker
mail_backend = env.str("EMAIL_BACKEND", default="django.core.mail.backends.filebased.EmailBackend")
mail_file_path = env.str("EMAIL_FILE_PATH", default=str(BASE_DIR / "var" / "mail"))
mail_server = {
    "host": env.str("EMAIL_HOST", default="localhost"),
    "port": env.int("EMAIL_PORT", default=25),
    "username": env.str("EMAIL_HOST_USER", default=""),
    "password": env.str("EMAIL_HOST_PASSWORD", default=""),
    "use_tls": env.bool("EMAIL_USE_TLS", default=False),
    "timeout": 10,
}
if django.VERSION >= (6, 1):  # the newer Django takes one dictionary and warns about the older names
    mail_options = {"smtp": mail_server, "filebased": {"file_path": mail_file_path}}
    MAILERS = {"default": {"BACKEND": mail_backend, "OPTIONS": mail_options.get(mail_backend.split(".")[-2], {})}}
else:
    EMAIL_BACKEND, EMAIL_FILE_PATH = mail_backend, mail_file_path
    EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = mail_server["host"], mail_server["port"], mail_server["timeout"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail_server["username"], mail_server["password"]
    EMAIL_USE_TLS = mail_server["use_tls"]
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="clinic@example.org" if DEMONSTRATION else "")
# Who writes, in e-mails and texts: a name that does not say what the clinic treats (domain 7)
MESSAGE_NAME = env.str("MESSAGE_NAME", default="") or CLINIC_SHORT_NAME

# Text messages: without a backend none are sent, and no page offers them (clinic/messages/texts/backends.py)
SMS_BACKEND = env.str("SMS_BACKEND", default="clinic.messages.texts.backends.FileBackend" if DEMONSTRATION else "")
SMS_FILE_PATH = env.str("SMS_FILE_PATH", default=mail_file_path)
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", default="")
SMS_GATEWAY_AUTH = env.str("SMS_GATEWAY_AUTH", default="Bearer")
SMS_GATEWAY_FORMAT = env.str("SMS_GATEWAY_FORMAT", default="json")
SMS_GATEWAY_TO_FIELD = env.str("SMS_GATEWAY_TO_FIELD", default="to")
SMS_GATEWAY_TEXT_FIELD = env.str("SMS_GATEWAY_TEXT_FIELD", default="text")
SMS_GATEWAY_SENDER_FIELD = env.str("SMS_GATEWAY_SENDER_FIELD", default="from")
SMS_GATEWAY_TIMEOUT = env.int("SMS_GATEWAY_TIMEOUT", default=10)  # seconds
SMS_ANSWER_TOKEN = env.str("SMS_ANSWER_TOKEN", default="")  # the provider sends it with each answer, such as STOP
SMS_ANSWER_FROM_FIELD = env.str("SMS_ANSWER_FROM_FIELD", default="from")
SMS_ANSWER_TEXT_FIELD = env.str("SMS_ANSWER_TEXT_FIELD", default="text")
SMS_SENDER = env.str("SMS_SENDER", default="")  # the clinic's number or name at the gateway, if it asks for one

EMBEDDED_WORKER = env.bool("EMBEDDED_WORKER", default=DEMONSTRATION)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "clinic.platform.logs.Scrub"}},
    "formatters": {"json": {"()": "clinic.platform.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["scrub"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

if not DEMONSTRATION:
    from clinic.checks import refuse_unsafe_start

    refuse_unsafe_start(globals())
