"""All settings, read from the environment. ``docs`` and README name the variables a lab may set."""

from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe

from csp.constants import NONE, SELF
from kombu import Queue

from labnotebook import environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.folder("LABNOTEBOOK_DATA", BASE_DIR / "data")
PORT = environment.number("PORT", 8000, lowest=1, highest=65535)
WEB_HOST = environment.text("LABNOTEBOOK_HOST", "127.0.0.1")
# Where people reach the notebook, for links in mails; "" where nobody said it.
NOTEBOOK_ADDRESS = environment.text("LABNOTEBOOK_ADDRESS").rstrip("/")
WEB_WORKERS = environment.number("WEB_WORKERS", 2, lowest=1, highest=64)
WORKER_PROCESSES = environment.number("WORKER_PROCESSES", 2, lowest=1, highest=64)
DEBUG = environment.flag("DEBUG", default=False)
HTTPS = environment.flag("LABNOTEBOOK_HTTPS", default=False)

# 'manage.py up' keeps the key in the data folder. Commands that need none (check,
# makemigrations) get one that ends with the process; the web door refuses that one.
SECRET_KEY = environment.text("SECRET_KEY") or environment.read_secret(DATA_DIR, "secret_key")
SECRET_KEY_IS_FLEETING = not SECRET_KEY
if SECRET_KEY_IS_FLEETING:
    SECRET_KEY = token_urlsafe(50)

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS", [])
TRUSTED_PROXIES = environment.words("TRUSTED_PROXIES", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "django_cotton",
    "labnotebook",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "labnotebook.records",
    "synthesis",
    "devices",
    "analysis",
    "labnotebook.talk",
    "labnotebook.webhooks",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "labnotebook.clients.see_through_proxies",
    "labnotebook.clients.write_down_who_asked",
    "labnotebook.clients.remember_from_where",
    "labnotebook.clients.leave_nothing_behind",
    "labnotebook.middleware.GzipAnswers",
    "csp.middleware.CSPMiddleware",
    "labnotebook.middleware.keep_the_camera_here",
    "labnotebook.middleware.refuse_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "labnotebook.middleware.ask_nobody_for_the_health",
    "labnotebook.middleware.turn_strangers_bodies_away",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "labnotebook.people.middleware.note_who_is_here",
    "labnotebook.people.noting.note_what_left_and_what_was_refused",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "labnotebook.middleware.lead_back_from_forms",
]

ROOT_URLCONF = "labnotebook.urls"
WSGI_APPLICATION = "labnotebook.wsgi.application"

TEMPLATES = [
    {
        # django-cotton's app config puts its loader and tags in front of these.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "labnotebook.context.projects",
            ],
        },
    },
]
COTTON_DIR = "cotton"
COTTON_SNAKE_CASED_NAMES = False

# --- what is stored, and where

ADDRESSES = DATA_DIR, environment.text("DATABASE_URL"), environment.text("DATABASE_OWNER_URL")
APPLICATION_ROLE = environment.application_role(*ADDRESSES)
DATABASES = {
    "default": {
        **environment.database(environment.database_url(*ADDRESSES)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, not in the broker: limits on sign-in must hold, and pages must work, when the
# broker is down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "labnotebook_cache",
    }
}

BLOB_ROOT = DATA_DIR / "blobs"
# With a bucket the blobs' place of record is there, and BLOB_ROOT a cache of it.
BLOB_BUCKET = environment.bucket(
    environment.text("LABNOTEBOOK_S3_BUCKET"),
    environment.text("LABNOTEBOOK_S3_ENDPOINT"),
    environment.text("LABNOTEBOOK_S3_REGION"),
)
BLOB_CACHE_BYTES = 10**9 * environment.number(
    "LABNOTEBOOK_S3_CACHE_GB", 20, lowest=1, highest=1_000_000
)
MAX_UPLOAD_BYTES = environment.number(
    "MAX_UPLOAD_BYTES",
    512 * 1024**2,
    lowest=1024,
    highest=(5 if BLOB_BUCKET else 64) * 1024**3,  # 5 GiB: what S3 takes in one request
)
FILE_UPLOAD_HANDLERS = ["labnotebook.records.files.HashingUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
MOST_FILES_AT_ONCE = 100
DATA_UPLOAD_MAX_NUMBER_FILES = MOST_FILES_AT_ONCE + 1  # the one too many is refused in words

STATIC_URL = "/static/"
STATIC_ROOT = environment.folder("STATIC_ROOT", DATA_DIR / "static")
STATIC_MANIFEST = environment.flag("STATIC_MANIFEST", default=not DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "labnotebook.staticfiles.ModuleStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
    **BLOB_BUCKET,
}

# --- jobs: Celery carries ids only; the job table in PostgreSQL is the truth

BROKER_URL = environment.broker("BROKER_URL", environment.embedded_broker_url(DATA_DIR))
CELERY_BROKER_URL = BROKER_URL
# What reaches others (mail, webhooks) goes by a queue of its own, for a worker that has a network.
CELERY_TASK_QUEUES = (
    Queue("celery", routing_key="celery"),
    Queue("outside", routing_key="outside"),
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 1_000_000  # kB
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"

# --- people

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "labnotebook.people.passwords.GuessableValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "labnotebook.accounts.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "login": "labnotebook.people.account_forms.LoginForm",
    "change_password": "labnotebook.people.account_forms.ChangePasswordForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# Without a server for outgoing mail, what would be sent is printed.
EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_PORT = environment.number("EMAIL_PORT", 587, lowest=1, highest=65535)
EMAIL_HOST_USER = environment.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_PASSWORD")
EMAIL_SECURITY = environment.one_of("EMAIL_SECURITY", ["starttls", "tls", "none"])
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", "notebook@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
# Sign in by another server (OpenID Connect); without an address there is none.
OIDC_ISSUER = environment.text("OIDC_ISSUER")
OIDC_NAME = environment.text("OIDC_NAME", "OpenID Connect")
OIDC_MAKES_PEOPLE = environment.flag("OIDC_MAKES_PEOPLE", default=False)
OIDC_CLIENT_ID = environment.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = environment.text("OIDC_CLIENT_SECRET")
SOCIALACCOUNT_ADAPTER = "labnotebook.people.openid.LabSocialAccountAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form could not lead there: form-action is 'self'
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "labnotebook.people.openid_provider.CheckedProvider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "lab",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}

MFA_ADAPTER = "labnotebook.people.second_factor.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Laboratory notebook"
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off
# Who needs a second factor; each project may demand it of its members besides.
SECOND_FACTOR = environment.one_of("SECOND_FACTOR", ["optional", "administrators", "everybody"])

# A session ends when nothing was asked in it for so long, and in any case so long after signing in.
SESSION_IDLE = timedelta(
    hours=environment.number("SESSION_IDLE_HOURS", 12, lowest=1, highest=24 * 365)
)
SESSION_LONGEST = timedelta(days=environment.number("SESSION_DAYS", 30, lowest=1, highest=365))
# How far back security events are shown; 0 is without end. They are in the chain of the record and stay in it.
SECURITY_EVENTS_DAYS = environment.number("SECURITY_EVENTS_DAYS", 0, lowest=0, highest=36500)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS

# --- what vouches for the record from outside

CHECKPOINT_FOLDERS = environment.words("CHECKPOINT_FOLDERS", [])
CHECKPOINT_ADDRESSES = environment.words("CHECKPOINT_ADDRESSES", [])
CHECKPOINT_MAIL = environment.words("CHECKPOINT_MAIL", [])
TIMESTAMP_ADDRESS = environment.text("TIMESTAMP_ADDRESS")  # of an authority, RFC 3161
TIMESTAMP_ROOTS = environment.text("TIMESTAMP_ROOTS")  # PEM file: whom its certificate comes from

# --- the backup that the notebook takes by itself

BACKUP_FOLDER = environment.text("LABNOTEBOOK_BACKUP_FOLDER")  # "" where none is scheduled
BACKUP_AT = environment.time_of_day("LABNOTEBOOK_BACKUP_AT", "03:00")  # in TIME_ZONE
# Of every backup, also those by hand; "" leaves them in the clear.
BACKUP_PASSPHRASE = environment.passphrase("LABNOTEBOOK_BACKUP_PASSPHRASE")

# --- other programs that are told of what happens

# Hosts that webhooks may lead to; ".example.org" is all below it, by addresses that are no inner ones.
WEBHOOK_HOSTS = [host.lower() for host in environment.words("WEBHOOK_HOSTS", [])]

# --- what a browser may do with our pages

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # a lab's server stands in no list that browsers ship
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- the API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "labnotebook.records.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "labnotebook.records.negotiation.PlainNegotiation",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "labnotebook.records.api.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "labnotebook.exceptions.exception_handler",
    "COERCE_DECIMAL_TO_STRING": False,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "DEFAULT_GENERATOR_CLASS": "labnotebook.records.api.schema.OneAtATimeGenerator",
    "TITLE": "Laboratory notebook",
    "DESCRIPTION": "Plan, make, measure, build, learn and ask: perovskite nanocrystals and LEDs.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "BatchState": "synthesis.models.batch.Batch.State",
        "PixelState": "devices.models.device.Pixel.State",
        "AnalysisState": "analysis.models.measurement.Analysis.State",
        "Appearance": "synthesis.models.batch.Batch.Appearance",
        "SecurityEventKind": "labnotebook.records.models.security_event.SecurityEvent.Kind",
        "MemberRole": "labnotebook.records.models.project.Role",
        "LayerRole": "devices.models.device.Layer.Role",
        "TaskState": "labnotebook.talk.models.task.Task.State",
        "NoticeKind": "labnotebook.talk.models.notice.Notice.Kind",
        "DeliveryState": "labnotebook.webhooks.models.webhook.Delivery.State",
        "MovementKind": "synthesis.models.movement.Movement.Kind",
        "MaterialKind": "synthesis.models.material.Material.Kind",
        "MaterialFileKind": "synthesis.models.material_file.MaterialFile.Kind",
        "RecipeKind": "synthesis.models.recipe.Recipe.Kind",
        "StructureLevel": "analysis.models.outcome.StructureLevel",
        "PhaseEvidence": "analysis.models.outcome.PhaseEvidence",
        "PhaseEnum": "analysis.models.outcome.Phase",
        "ForetoldPhase": [(name, name) for name in ("alpha", "mixed", "gamma", "delta", "failed")],
        "AmountUnit": [("mg", "mg"), ("ml", "mL")],
    },
}

# --- words and times

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.time_zone("LABNOTEBOOK_TIME_ZONE", "UTC")
# How long before a batch was planned its bench entries may lie: a paper notebook that is typed in later.
BACKDATING_DAYS = environment.number("LABNOTEBOOK_BACKDATING_DAYS", 366, lowest=0, highest=36500)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "access": {"format": "{asctime} {message}", "style": "{"},
    },
    # Whoever asks for the state is told it: a notebook that is only starting is no error of a request.
    "filters": {
        "but_not_of_the_state": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: (
                "request" not in vars(record) or vars(record)["request"].path != "/healthz"
            ),
        }
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["but_not_of_the_state"],
        },
        "access": {
            "class": "labnotebook.clients.AccessLog",
            "filename": str(DATA_DIR / "logs" / "access.log"),
            "delay": True,
            "formatter": "access",
        },
    },
    "root": {"handlers": ["stderr"], "level": environment.text("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "celery.app.trace": {"level": "WARNING"},
        "labnotebook.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
    },
}
