"""Settings of the portal, read from the environment (docs/contract.md, "Settings").

Production is the default: without `DEMO=1` or `DEBUG=1` the portal refuses to start on values that
are only fit for a demonstration.
"""

import ipaddress
from datetime import timedelta
from pathlib import Path

import structlog
from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from save_portal.documents import places
from save_portal.local import folder, postgres
from save_portal.settings.logging import LOGGING as LOGGING

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
LOCAL_DIR = folder.path()
DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)

# What is fit for a demonstration only, and what production has to say instead.
DEMO_VALUES = {
    "SECRET_KEY": "only-for-development-and-demonstrations-never-for-production-0123456789",
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "BASE_URL": "http://127.0.0.1:8000",
    "EMAIL_URL": f"file://{LOCAL_DIR / 'mail'}",
    "DEFAULT_FROM_EMAIL": "save-portal@localhost",
    "TOLL_FREE_NUMBER": "000-000-0000",
    "G845_MAIL_TO": (
        "USCIS SAVE Program|Status Verification Office|000 Demonstration Street|Anytown, MD 00000"
    ),
}
ITS_OWN = {
    "SECRET_KEY": "a secret of at least 50 characters of its own",
    "ALLOWED_HOSTS": "the host names it is served under, separated by commas",
    "BASE_URL": "the address under which people reach it, as mail names it",
    "EMAIL_URL": "a mail server",
    "DEFAULT_FROM_EMAIL": "the address that mail comes from",
    "TOLL_FREE_NUMBER": "the number that agencies call about an overdue answer",
    "G845_MAIL_TO": "the address to which Form G-845 is mailed, its lines separated by |",
}
if not (DEMO or DEBUG):
    for name, wanted in ITS_OWN.items():
        if env.str(name, "") in {"", DEMO_VALUES[name]}:
            raise ImproperlyConfigured(
                f"{name}: production needs {wanted}; set {name}, or DEMO=1 for a demonstration."
            )
SECRET_KEY = env.str("SECRET_KEY", DEMO_VALUES["SECRET_KEY"])
if len(SECRET_KEY) < 50 and not (DEMO or DEBUG):
    raise ImproperlyConfigured(f"SECRET_KEY: production needs {ITS_OWN['SECRET_KEY']}.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", DEMO_VALUES["ALLOWED_HOSTS"].split(","))

INSTALLED_APPS = [
    "save_portal.accounts",
    "save_portal.audit",
    "save_portal.outbox",
    "save_portal.documents",
    "save_portal.calendar",
    "save_portal.web",
    "save_portal.machines",
    "agreements",
    "agreements.training",
    "agreements.programs",
    "verification.records",
    "verification",
    "billing",
    "casecheck",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "oauth2_provider",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rest_framework",
    "rules.apps.AutodiscoverRulesConfig",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    # The JSON API leaves here: all that follows is for browsers.
    "save_portal.machines.middleware.MachinesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "save_portal.accounts.middleware.SessionLimitsMiddleware",
    "save_portal.accounts.middleware.TermsOfUseMiddleware",
    "save_portal.accounts.middleware.SecondFactorMiddleware",
    "save_portal.web.time_zone.AgencyTimeZoneMiddleware",
    # Last: the view of a signed-in user runs in one transaction, fenced to the user's agency.
    "save_portal.accounts.tenancy.TenancyMiddleware",
]

ROOT_URLCONF = "save_portal.urls"
WSGI_APPLICATION = "save_portal.wsgi.application"
ASGI_APPLICATION = "save_portal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "save_portal.web.context.portal",
                "billing.context.prices",
                "agreements.training.context.training",
            ],
        },
    }
]
FORM_RENDERER = "save_portal.web.forms.PortalRenderer"

# One pool a process; transactions are short, and nothing is kept on a connection between them.
DATABASES = {
    "default": {
        **env.dj_db_url("DATABASE_URL", postgres.url()),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1,
    "max_size": env.int("DATABASE_POOL_SIZE", 8),
    "timeout": 10,
    "max_lifetime": 1800,
    "max_idle": 300,
}

# Sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "save_portal.accounts.adapters.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "SAVE portal"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or DEBUG
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_ENABLE_ADMIN = False
AXES_CLIENT_IP_CALLABLE = "save_portal.web.client_address.of_limits"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
SESSION_WARNING_SECONDS = 15 * 60
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Machine access: tokens of an hour for client credentials, and nothing else of OAuth.
OAUTH2_PROVIDER_APPLICATION_MODEL = "machines.Client"
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "save_portal.machines.oauth.ClientValidator",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 60 * 60,
    "SCOPES": {"save": "Everything that the client is bound to"},
    "DEFAULT_SCOPES": ["save"],
    "PKCE_REQUIRED": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    **{
        f"COMPLIANT_BCP_RFC9700_{name}": True
        for name in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME",
            "REDIRECT_URI_MATCHING",
            "PKCE_REQUIRED",
        )
    },
}
REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_SCHEMA_CLASS": "save_portal.machines.schema.Described",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_AUTHENTICATION_CLASSES": [],
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "SAVE Portal API",
    "VERSION": "1.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": False,
    "POSTPROCESSING_HOOKS": ["save_portal.machines.schema.complete"],
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "SORT_OPERATIONS": False,
}
# Webhooks go to the open internet over TLS alone, unless the operator's network wants otherwise.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", False)
# How many requests one client may make in a minute.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", 6000)

# Behind a proxy: the fields in which it hands on a client's address and certificate, and who it is.
CLIENT_ADDRESS_HEADER = env.str("CLIENT_ADDRESS_HEADER", "")
CLIENT_CERTIFICATE_HEADER = env.str("CLIENT_CERTIFICATE_HEADER", "")
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])
for header in ("CLIENT_ADDRESS_HEADER", "CLIENT_CERTIFICATE_HEADER"):
    if globals()[header] and not TRUSTED_PROXIES:
        raise ImproperlyConfigured(f"{header}: name in TRUSTED_PROXIES from whom it is believed.")
for proxy in TRUSTED_PROXIES:
    if proxy != "unix":
        ipaddress.ip_network(proxy)

# What a browser may do here
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
HTTPS = env.bool("HTTPS", not (DEMO or DEBUG))
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "save_portal.web.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

# Words, dates, files
LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/New_York"
USE_TZ = True
USE_I18N = True
# The portal speaks English, and to applicants ten languages (casecheck/languages.py).
LANGUAGES = [(c, c) for c in ("en", "es", "zh-hans", "vi", "tl", "ru", "uk", "ar", "ht", "ko")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["casecheck.formats"]
STATIC_URL = "/static/"
STATIC_ROOT = LOCAL_DIR / "static"
USWDS_DIST = BASE_DIR / "node_modules" / "@uswds" / "uswds" / "dist"
STATICFILES_DIRS: list[tuple[str, Path] | Path] = [
    BASE_DIR / "static",
    ("uswds/css", USWDS_DIST / "css"),
    ("uswds/js", USWDS_DIST / "js"),
    ("uswds/fonts", USWDS_DIST / "fonts"),
    ("uswds/img", USWDS_DIST / "img"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "save_portal.web.staticfiles.PortalStaticFiles"},
    "documents": places.storage(env.str("DOCUMENTS_URL", (LOCAL_DIR / "documents").as_uri())),
}
# Uploaded copies of documents: scanned for viruses where a scanner is named, then kept redrawn.
CLAMD_URL = env.str("CLAMD_URL", "")
places.scanner(CLAMD_URL)
FILE_UPLOAD_HANDLERS = [
    "save_portal.documents.handlers.LimitUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Mail leaves by the outbox only; a demonstration writes it to files.
EMAIL = env.dj_email_url("EMAIL_URL", DEMO_VALUES["EMAIL_URL"])
if EMAIL.get("EMAIL_FILE_PATH"):
    # The address's path comes without its first slash, and would be read from where we stand.
    EMAIL["EMAIL_FILE_PATH"] = f"/{EMAIL['EMAIL_FILE_PATH'].lstrip('/')}"
globals().update({key: value for key, value in EMAIL.items() if key.startswith("EMAIL_")})
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", DEMO_VALUES["DEFAULT_FROM_EMAIL"])
# The gateway for text messages to applicants: file:///folder, or https://name:password@host/path,
# which is sent {"to", "text"} as JSON. Without it none are sent, and none are offered.
SMS_URL = env.str("SMS_URL", (LOCAL_DIR / "texts").as_uri() if DEMO or DEBUG else "")
BASE_URL = env.str("BASE_URL", DEMO_VALUES["BASE_URL"])
# The lines of the address to which Form G-845 is mailed, for the window of the envelope.
G845_MAIL_TO = [
    line.strip() for line in env.str("G845_MAIL_TO", DEMO_VALUES["G845_MAIL_TO"]).split("|")
]
# Days for which a system's newest upload answers, as CIS=3,CCD=7; the others: three missed uploads.
SOURCE_MAX_AGE_DAYS: dict[str, int] = env.dict("SOURCE_MAX_AGE_DAYS", {}, subcast_values=int)
# What a Prometheus sends as its bearer token; without it there are no metrics.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# The page of the card provider, and the secret shared with it; a demonstration has a stand-in.
CARD_PAGE_URL = env.str("CARD_PAGE_URL", "")
CARD_PAGE_SECRET = env.str("CARD_PAGE_SECRET", "")
CARD_PAGE_NAME = env.str("CARD_PAGE_NAME", "the card provider")
if CARD_PAGE_URL and len(CARD_PAGE_SECRET) < 32:
    raise ImproperlyConfigured(
        "CARD_PAGE_SECRET: a card provider needs a shared secret of at least 32 characters."
    )
# Voter eligibility is contested (S1.5): off, and then no agreement can permit it and nobody asks.
VOTER_ELIGIBILITY = env.bool("VOTER_ELIGIBILITY", False)
TOLL_FREE_NUMBER = env.str("TOLL_FREE_NUMBER", DEMO_VALUES["TOLL_FREE_NUMBER"])

SILENCED_SYSTEM_CHECKS: list[str] = []

# Logs keep no address of a reader, so none is looked for.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
