#!/bin/sh
# Gets what tests in a browser take: Debian's Chromium with its driver, and axe-core, which finds barriers on a page.
#   browser.sh get        gets what it can and says what is missing; never fails, because all other tests go without
#   browser.sh skipped    says which tests were skipped for want of it, after they ran
set -eu

# axe-core is only run, in tests, and its licence (MPL-2.0) asks for no more then; it is not kept in the repository.
axe_version=4.14.1
# SHA-512 of the package, as its registry publishes it.
axe_sha512=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5

kept=target/browser
axe="$kept/axe-core.js"

has() {
    command -v "$1" >/dev/null
}

# Runs a command as the machine's administrator, without asking anybody for a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    has apt-get && { [ "$(id -u)" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }
}

install() {
    if ! may_install; then
        echo "missing for tests in a browser: $*; on Debian: sudo apt-get install $*" >&2
        return
    fi
    echo "installing $* with apt-get"
    as_root apt-get update --quiet=2 || echo "apt-get update failed; going on with the lists at hand" >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends "$@" ||
        echo "apt-get could not install $*: tests in a browser will be skipped" >&2
}

get_axe() {
    mkdir -p "$kept"
    got=$(mktemp -d "$kept/get.XXXXXX")
    # npm is used to fetch one package, and no script of it runs; nothing here needs Node otherwise.
    if (cd "$got" && npm pack "axe-core@$axe_version" --ignore-scripts --silent >/dev/null) &&
        echo "$axe_sha512  $got/axe-core-$axe_version.tgz" | sha512sum --check --status &&
        tar -xzf "$got/axe-core-$axe_version.tgz" -C "$got" package/axe.min.js; then
        mv "$got/package/axe.min.js" "$axe"
    else
        echo "axe-core $axe_version could not be had, or is not what it was: tests in a browser will be skipped" >&2
    fi
    rm -rf "$got"
}

case "${1:-}" in
    get)
        if ! has chromium || ! has chromedriver; then install chromium chromium-driver fonts-dejavu-core; fi
        # The file opens with its version.
        if ! head -n 1 "$axe" 2>/dev/null | grep -qF "axe v$axe_version"; then
            has npm || install npm
            get_axe
        fi
        ;;
    skipped)
        if [ -s "$kept/skipped" ]; then
            echo "$(wc -l <"$kept/skipped") tests in a browser were skipped, which counts as NOT PASSED:" >&2
            sort "$kept/skipped" | sed 's/^/    /' >&2
        fi
        ;;
    *)
        echo "browser.sh get | skipped" >&2
        exit 2
        ;;
esac
