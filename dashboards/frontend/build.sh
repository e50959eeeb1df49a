#!/bin/sh
# Builds the browser's bundle into the directory given, unless it is up to date.
# Called by Maven; needs node (20 or newer) and npm, and the npm registry or npm's cache once.
set -eu
cd "$(dirname "$0")"
out=$1
texts=../src/main/resources/io/trivigil/dashboards/texts

stamp=$(cat package.json package-lock.json build.mjs build.sh src/* "$texts"/*.properties | cksum)
if [ -f "$out/.stamp" ] && [ "$(cat "$out/.stamp")" = "$stamp" ]; then
  exit 0
fi
for tool in node npm; do
  if ! command -v "$tool" > /dev/null 2>&1; then
    echo "The pages' scripts and styles are bundled with Node.js, and '$tool' is not on the PATH." >&2
    echo "Install Node.js 20 or newer with npm, or build without them: mvn -Dfrontend.skip ..." >&2
    exit 1
  fi
done
# npm leaves this file behind an installation; it is older than a lock file that changed since.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --omit=dev --prefer-offline --no-audit --no-fund --ignore-scripts --loglevel=error || {
    echo "npm ci failed: the libraries of dashboards/frontend/package-lock.json could not be fetched." >&2
    exit 1
  }
  touch node_modules/.package-lock.json
fi
node build.mjs "$out" "$texts"
echo "$stamp" > "$out/.stamp"
