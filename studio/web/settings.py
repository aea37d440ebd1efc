"""The one settings file. Values that depend on the surroundings come from `environment`, typed and checked there."""

import socket
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF

from studio.web import environment
from studio.web.static_version import static_version

ENV = environment.read()
BASE_DIR = environment.ROOT

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.hosts
CSRF_TRUSTED_ORIGINS = ENV.origins
FIRSTCUT_DATA = ENV.data
FIRSTCUT_URL = ENV.url
FIRSTCUT_WORKERS = ENV.workers
FIRSTCUT_MODELS = ENV.models
FIRSTCUT_MODEL_FOLDERS = ENV.model_folders
FIRSTCUT_HUB = ENV.hub
FIRSTCUT_TOGETHER = ENV.together
FIRSTCUT_MARKED = ENV.marked
FIRSTCUT_MARKED_MB = ENV.marked_mb
FIRSTCUT_HUB_TOKEN = ENV.hub_token
STORAGE_URL = ENV.storage_url
VALKEY_URL = ENV.valkey_url

# Rooms in the order in which they may know each other: each knows only those before it.
ROOMS = [
    "studio.events",
    "studio.accounts",
    "studio.projects",
    "studio.media",
    "studio.ledger",
    "studio.jobs",
    "studio.shelf",
    "studio.engines",
    "studio.providers",
    "studio.script",
    "studio.world",
    "studio.sound",
    "studio.shots",
    "studio.storyboard",
    "studio.material",
    "studio.timeline",
    "studio.review",
    "studio.work",
    "studio.screening",
    "studio.delivery",
    "studio.share",
    "studio.overview",
    "studio.realtime",
    "studio.notices",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    *ROOMS,
    "studio.web",
]
MIDDLEWARE = [
    "studio.web.middleware.sessions_given_back",
    "studio.web.middleware.security_headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "studio.web.static_files.StaticFiles",
    "studio.web.preparing.while_preparing",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "studio.web.language.in_their_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "studio.web.middleware.a_page_for_405",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "studio.web.urls"
ASGI_APPLICATION = "studio.web.asgi.application"
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
                "csp.context_processors.nonce",
                "studio.web.context.studio",
                "studio.overview.context.shell",
                "studio.notices.context.bell",
            ],
        },
    }
]

# --- people ---
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "studio.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"login": "studio.accounts.adapter.LoginForm"}
# Ten wrong passwords an hour for one address, twenty an hour from one machine, counted in Valkey for all web processes.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/h/key,20/h/ip",
    "login": "60/h/ip",
    "change_password": "10/h/user",
    "reset_password": "5/h/key,20/h/ip",
    # A client's link: its password and the code for an address likewise, a link's password from everywhere besides; see studio/share/limits.py.
    "link_password": "10/h/key,20/h/ip",
    "link_password_anywhere": "200/h/key",
    "link_name": "60/h/ip",
    "link_code": "10/h/key,40/d/key,20/h/ip",
    "link_proof": "10/h/key,20/h/ip",
    "link_note": "120/h/key",
    "link_status": "240/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.proxies

# --- storage ---
# A pool halves the median of a POST; workers hold one connection each and fork, so they do without.
_pooled: dict[str, Any] = {"pool": {"min_size": 1, "max_size": 16, "timeout": 10}} if ENV.part == "web" else {}
_database: dict[str, Any] = dict(ENV.database)
# A machine whose cable is pulled tells nobody. Its worker finds out within half a minute instead of hours (over a unix socket these say nothing) …
_lines: dict[str, Any] = {"connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
_given: dict[str, Any] = _database.get("OPTIONS", {})
_database["OPTIONS"] = {**_lines, **_given, **_pooled}
if ENV.part in {"clerk", "desk", "marks", "work", "gpu"}:
    # … and the database ends what it left half written, with all that locks. A worker's own pauses within a transaction last milliseconds.
    _database["OPTIONS"]["options"] = f"{_given.get('options', '')} -c idle_in_transaction_session_timeout=20s".strip()
_database["CONN_MAX_AGE"] = 0 if _pooled else 60
_database["CONN_HEALTH_CHECKS"] = True  # a database that was started again is no error page, for the price of one short question
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Tables the application's role may read and add to, but never change.
APPEND_ONLY_TABLES = ["events_event", "ledger_entry", "ledger_rate", "ledger_terms", "review_approval"]
# Tables whose rows it may add and delete, and of which it may change these columns only.
WRITTEN_ONCE_TABLES = {"timeline_cutrevision": "by_id", "share_sharedreel": "by_id", "share_shareditem": ""}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": environment.valkey_database(ENV.valkey_url, 1),
        "KEY_PREFIX": "firstcut",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- words and hours ---
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True  # see studio/web/language.py
LANGUAGES = [("en", "English"), ("de", "German"), ("fr", "French"), ("es", "Spanish"), ("ja", "Japanese"), ("zh-hans", "Chinese")]
# What a client meets speaks all of them; these are those that the whole studio speaks (CONTRIBUTING).
STUDIO_LANGUAGES = [code for code, _ in LANGUAGES]
FORMAT_MODULE_PATH = "studio.web.formats"
LOCALE_PATHS = [BASE_DIR / "studio" / "locale"]

# --- files the browser gets from us ---
# The version in the address lets a browser keep every file for ever, also the ones modules import from each other.
STATIC_URL = f"/static/{'live' if DEBUG else static_version(BASE_DIR)}/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 365 * 24 * 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# --- what a browser may do with a page of ours ---
_websockets = [origin.replace("http", "ws", 1) for origin in ENV.origins]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *_websockets],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.secure
# Two studios on one machine share the host name, and cookies know no port: each gets a name of its own.
_cookie = f"__Host-firstcut-{environment.installation(ENV.data)}" if ENV.secure else f"firstcut-{environment.installation(ENV.data)}"
SESSION_COOKIE_NAME = f"{_cookie}-session"
CSRF_COOKIE_NAME = f"{_cookie}-csrf"
LANGUAGE_COOKIE_NAME = f"{_cookie}-language"
CSRF_FAILURE_VIEW = "studio.web.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if ENV.secure:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- mail ---
EMAIL_ENABLED = bool(ENV.email_url)
if EMAIL_ENABLED:
    vars().update(environ.Env.email_url_config(ENV.email_url))
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = ENV.email_from
EMAIL_TIMEOUT = 20  # seconds for each word of a mail server

# --- workers ---
CELERY_BROKER_URL = environment.broker_url(ENV.valkey_url)
# A message can come again while a long job still runs; twelve hours makes that rare, the lease makes it harmless.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"visibility_timeout": 12 * 3600}
if not ENV.valkey_url.startswith("unix://") and hasattr(socket, "TCP_KEEPIDLE"):
    # A worker that waits for messages says nothing itself: without this it would never learn that the broker is another one by now.
    _alive = {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3}
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_keepalive": True, "socket_keepalive_options": _alive}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # True loops for ever on a job that exhausts memory
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "clerk"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "httpx": {"level": "WARNING"}, "httpx2": {"level": "WARNING"}},
}
