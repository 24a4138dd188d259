#!/usr/bin/env bash
# Make sure that a Chromium is here for the browser tests: an installed one, else the system's
# package (as root), else the one that Playwright brings for this user.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
python="${1:-.venv/bin/python}"
if "$python" - <<'PY' >/dev/null 2>&1
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())
PY
then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests ..."
  apt-get update -qq </dev/null || true
  if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      chromium fonts-dejavu-core </dev/null >/dev/null; then exit 0; fi
fi
echo "Installing Playwright's Chromium for the browser tests ..."
if "$python" -m playwright install chromium </dev/null; then exit 0; fi
echo "No Chromium could be installed. Install the package 'chromium' and run 'make test' again." >&2
exit 1
