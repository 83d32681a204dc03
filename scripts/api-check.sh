#!/bin/sh
# Holds the HTTP API to its own description with tools of others: two linters, generated clients, and a fuzzer, each against a
# real daemon with stand-ins behind it. Everything is kept in target/api-check.
set -eu

kept=target/api-check
document=host/openapi.json
here=$(pwd)

fail() {
    echo "$1" >&2
    exit 1
}

for tool in node npm python3; do
    command -v "$tool" >/dev/null || fail "$tool is missing: on Debian, sudo apt-get install nodejs npm python3-venv"
done
mkdir -p "$kept/ts"

echo "==> getting linters, generators and the fuzzer into $kept"
cp tests/api/package.json "$kept/package.json"
(cd "$kept" && npm install --silent --no-audit --no-fund) || fail "the npm registry could not be reached, and nothing was checked"
python3 -m venv "$kept/venv" || fail "python3-venv is missing: on Debian, sudo apt-get install python3-venv"
"$kept/venv/bin/pip" install --quiet --disable-pip-version-check --requirement tests/api/requirements.txt ||
    fail "PyPI could not be reached, and nothing was checked"
PATH="$here/$kept/venv/bin:$here/$kept/node_modules/.bin:$PATH"

echo "==> Redocly"
REDOCLY_TELEMETRY=off redocly lint --extends=recommended "$document"
echo "==> Spectral"
echo 'extends: ["spectral:oas"]' >"$kept/spectral.yaml"
spectral lint --fail-severity=warn --ruleset "$kept/spectral.yaml" "$document"

echo "==> generating clients"
openapi-python-client generate --path "$document" --output-path "$kept/python" --overwrite \
    --config tests/api/python-client.yaml
openapi-typescript "$document" --output "$kept/ts/api.d.ts"
rm -rf "$kept/go"
mkdir -p "$kept/go"
# A validator of its own comes before: the linters above are stricter.
openapi-generator-cli generate --generator-name go --input-spec "$document" --output "$kept/go/api" --skip-validate-spec \
    --additional-properties=packageName=api,withGoMod=false \
    --global-property=apiTests=false,modelTests=false,apiDocs=false,modelDocs=false >"$kept/go.log" 2>&1 ||
    fail "no Go client; $kept/go.log says why"

echo "==> starting a daemon with stand-ins behind it"
rm -rf "$kept/demo"
mkdir -p "$kept/demo"
cargo build --quiet --bin countersign --bin demo
DEMO_DIR="$here/$kept/demo" cargo run --quiet --bin demo >"$kept/demo.log" 2>&1 &
demo=$!
trap 'kill -INT "$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true' EXIT
export API_CHECK_ENV="$here/$kept/demo/env.json" PYTHONPATH="$here/tests/api" PYTHONDONTWRITEBYTECODE=1
waited=0
until [ -s "$API_CHECK_ENV" ]; do
    kill -0 "$demo" 2>/dev/null || fail "no daemon; $kept/demo.log says why"
    waited=$((waited + 1))
    [ "$waited" -lt 600 ] || fail "the daemon was not there after ten minutes"
    sleep 1
done

echo "==> the Python client"
python tests/api/client.py "$here/$kept/python"
echo "==> the TypeScript client"
cp tests/api/client.ts "$kept/ts/client.ts"
(cd "$kept" && tsc --strict --skipLibCheck --target es2022 --module nodenext --moduleResolution nodenext ts/client.ts)
(cd "$kept" && node ts/client.js "$(python "$here/tests/api/scene.py")" "$(python "$here/tests/api/scene.py")" "$(python "$here/tests/api/scene.py")")

echo "==> the Go client"
cp tests/api/client.go "$kept/go/client.go"
printf 'module check\n\ngo 1.23\n' >"$kept/go/go.mod"
# It needs nothing but what comes with Go.
(cd "$kept/go" && GOPROXY=off GOTOOLCHAIN=local GOCACHE="$here/$kept/go-cache" go build -o client .)
user=$(python -c 'import scene; print(scene.USER)')
"$kept/go/client" "$user" "$(python "$here/tests/api/scene.py")" "$(python "$here/tests/api/scene.py")" "$(python "$here/tests/api/scene.py")"

api=$(python -c 'import scene; print(scene.ENV["api"])')
status=0
for who in user administrator; do
    case "$who" in
    user) which=--exclude-path-regex ;;
    *) which=--include-path-regex ;;
    esac
    echo "==> schemathesis as $who"
    (cd "$kept" && API_CHECK_AS="$who" SCHEMATHESIS_HOOKS=hooks schemathesis \
        --config-file "$here/tests/api/schemathesis.toml" run "$here/$document" \
        --url "$api" "$which" '^/admin' --phases examples,coverage,fuzzing,stateful) || status=1
done
exit "$status"
