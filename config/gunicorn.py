"""Settings of gunicorn, for `quickstart` and for services: gunicorn -c config/gunicorn.py"""

import os
import resource
import sys
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path(__file__).parents[1]))  # it may be started from any folder
try:
    chdir = str(settings.BASE_DIR)
except ImproperlyConfigured as error:
    sys.exit(f"Cannot start: {error}")

wsgi_app = "config.wsgi"
bind = "127.0.0.1:8000"
workers = 2
worker_class = "config.worker.Worker"  # threads for whole requests, none for slow visitors
threads = 4
worker_connections = 1000  # of each worker
sendfile = False  # the worker sends what a connection takes when it takes it
# Each connection is an open file. Systems begin with 256 or 1,024 and allow more.
few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
enough = worker_connections + 1_000
if few != resource.RLIM_INFINITY and few < enough:
    limit = enough if most == resource.RLIM_INFINITY else min(enough, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))
timeout = 60
graceful_timeout = 30  # seconds in which open requests are answered at a reload or stop
logconfig_dict = settings.LOGGING  # JSON lines; the app logs requests, gunicorn's own log is off
limit_request_line = 8190  # the most that gunicorn takes; nginx.conf stays below
max_requests = 10_000
max_requests_jitter = 1_000
# Only these proxies may say by X-Forwarded-Proto that a request came by https. No other header may
# change its scheme or path, since proxies pass such headers on from visitors.
forwarded_allow_ips = ",".join(settings.TRUSTED_PROXIES)
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""
# Nobody controls gunicorn through its socket, whose file would lie in the home folder.
control_socket_disable = True
