#!/bin/sh
# Looks for what a build takes from the machine, gets what it can get, and otherwise says what to install.
#   prerequisites.sh [COMPONENT…]    components of rustup needed besides, such as clippy
# Not here: the toolchain for providers, which `countersign-build toolchain` decides.
set -eu

stop() {
    echo "$1" >&2
    exit 1
}

can_link_c() {
    # Linking, not only compiling: a compiler without libc's development files is of no use to Rust either.
    echo 'int main(void) { return 0; }' | cc -x c - -o /dev/null 2>/dev/null
}

command -v cargo >/dev/null || stop "Rust is missing: install it from https://rustup.rs"
cargo --version >/dev/null || stop "cargo does not run: rustup toolchain install stable"
command -v git >/dev/null || stop "git is missing: install it with the system's package manager"

if ! can_link_c; then
    # SQLite and ring contain C, and rustc links with cc.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing gcc and libc6-dev with apt-get"
        apt-get update || echo "apt-get update failed; going on with the lists at hand" >&2
        DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends gcc libc6-dev
    fi
    can_link_c || stop "no working C compiler: install one, on Debian with: sudo apt-get install gcc libc6-dev"
fi

for component in "$@"; do
    case "$component" in
        rustfmt) subcommand=fmt ;;
        *) subcommand=$component ;;
    esac
    if ! cargo "$subcommand" --version >/dev/null 2>&1; then
        command -v rustup >/dev/null || stop "$component is missing: install it for the Rust in use"
        echo "adding $component with rustup"
        rustup component add "$component"
    fi
done
