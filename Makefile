# What people run in this repository; `make` alone lists it. Decisions live in the programs called here.
#
# No cargo command below takes `-p`: cargo chooses dependencies' features by the packages it is asked for, and a second
# choice would build wasmtime a second time. For the same reason check, test and demo share the dev profile.

# rustup adds itself to the PATH of login shells only.
export PATH := $(PATH):$(HOME)/.cargo/bin

# Where tests and the demo look for components, whatever CARGO_TARGET_DIR says.
COMPONENTS := target/providers
PROVIDERS := $(patsubst providers/%/Cargo.toml,%,$(wildcard providers/*/Cargo.toml))

SCREENS := framed-create-branch-1280-light create-branch-required-1280-light set-up-saved-1280-light \
	create-pull-request-1280-dark repositories-1280-light admin-dry-run

# How long each fuzz target runs.
FUZZ_SECONDS ?= 600
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_targets/%.rs,%,$(wildcard tests/fuzz/fuzz_targets/*.rs))

.PHONY: help setup check test demo screens bench soak peers api-check fuzz release deny clean

help:
	@echo "make setup   get and build what the rest needs: toolchain, both programs, provider components, a browser for tests"
	@echo "make check   formatting, lints and the repository's own rules"
	@echo "make test    every test"
	@echo "make demo    the whole system on this machine, with stand-in git servers"
	@echo "make screens the pictures of the pages in the README, taken anew"
	@echo "make bench   the sandbox and the daemon side by side with native code, and the pages, in the release profile"
	@echo "make soak    a million calls that trap, turn for ever and flood, and what others have of it, in the release profile"
	@echo "make peers   the vendors' own clients (from PyPI and npm, in target/peers) against the stand-ins"
	@echo "make api-check linters, generated clients and a fuzzer (from npm and PyPI) against the HTTP API and its description"
	@echo "make fuzz    every fuzz target for ten minutes, or FUZZ_SECONDS (takes nightly Rust and cargo-fuzz)"
	@echo "make release target/release/countersign, the program to install, and countersign-build, which makes providers"
	@echo "make deny    advisories, licences and bans over all platforms (takes cargo-deny)"
	@echo "make clean   remove what was built"

setup:
	@echo "==> looking for Rust, git and a C compiler"
	@sh scripts/prerequisites.sh
	@echo "==> building countersign and countersign-build"
	@cargo build --bin countersign --bin countersign-build
	@echo "==> looking for a toolchain that builds provider components"
	@cargo run --quiet --bin countersign-build -- toolchain --install
	@for name in $(PROVIDERS); do \
		echo "==> building the $$name provider"; \
		out="$(COMPONENTS)/$$name.wasm"; \
		cargo run --quiet --bin countersign-build -- build "providers/$$name" --out "$$out" || exit 1; \
		test -f "$$out" || { echo "no $$out was written" >&2; exit 1; }; \
	done
	@echo "==> looking for a browser to test the pages with"
	@sh scripts/browser.sh get

check:
	@echo "==> looking for Rust, git, a C compiler, rustfmt and clippy"
	@sh scripts/prerequisites.sh rustfmt clippy
	@echo "==> checking the formatting"
	@cargo fmt --all --check
	@echo "==> linting"
	@cargo clippy --workspace --all-targets -- -D warnings
	@echo "==> checking the repository's own rules"
	@cargo test --test tidy

# Not with nextest: a process for every test would compile the provider component for every test.
# What was skipped for want of a browser is said last, however the tests came out.
test: setup
	@echo "==> running the tests and the examples in the documentation"
	@rm -f target/browser/skipped
	@status=0; cargo test --workspace || status=$$?; sh scripts/browser.sh skipped; exit $$status

demo: setup
	@echo "==> starting the demo"
	@cargo run --quiet --bin demo

# Six of the pictures that the browser tests take of every page, for the README.
screens: setup
	@echo "==> taking pictures of the pages"
	@cargo test --test browser
	@for name in $(SCREENS); do cp "target/screens/$$name.png" "tests/screens/$$name.png" || exit 1; done

bench: setup
	@echo "==> measuring in the release profile"
	@cargo run --release --bin bench

soak: setup
	@echo "==> a million broken calls and a user's flood, in the release profile"
	@cargo run --release --bin soak

peers:
	@echo "==> getting the vendors' clients into target/peers"
	@python3 -m venv target/peers || { echo "on Debian: sudo apt-get install python3-venv" >&2; exit 1; }
	@target/peers/bin/pip install --quiet --disable-pip-version-check --requirement tests/peers/requirements.txt
	@node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' && npm --version >/dev/null || \
		{ echo "Node.js 20 or newer and npm are missing: sudo apt-get install nodejs npm, or from nodejs.org" >&2; exit 1; }
	@cp tests/peers/package.json tests/peers/package-lock.json tests/peers/*.mjs target/peers/
	@npm ci --prefix target/peers --ignore-scripts --no-audit --no-fund --loglevel=error
	@echo "==> driving them against the stand-ins"
	@cargo run --quiet --bin peers

api-check: setup
	@echo "==> checking the HTTP API and its description"
	@sh scripts/api-check.sh

# Without a sanitizer: there is no unsafe code of ours to watch, and the sandbox handles signals itself. What is found lies in
# tests/fuzz/artifacts; once it is mended, it belongs into tests/fuzz/corpus-kept, where every `cargo test` tries it.
fuzz:
	@echo "==> looking for nightly Rust and cargo-fuzz"
	@rustup run nightly rustc --version >/dev/null 2>&1 || rustup toolchain install nightly --profile minimal
	@cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
	@for name in $(FUZZ_TARGETS); do \
		echo "==> fuzzing $$name for $(FUZZ_SECONDS) seconds"; \
		mkdir -p "target/fuzz/corpus/$$name" "tests/fuzz/corpus-kept/$$name" || exit 1; \
		cargo +nightly fuzz run "$$name" --fuzz-dir tests/fuzz --target-dir target/fuzz --sanitizer none \
			"target/fuzz/corpus/$$name" "tests/fuzz/corpus-kept/$$name" -- \
			-max_total_time=$(FUZZ_SECONDS) -len_control=0 -timeout=60 -rss_limit_mb=4096 -print_final_stats=1 || exit 1; \
	done

release:
	@echo "==> building countersign and countersign-build in the release profile"
	@cargo build --release --bin countersign --bin countersign-build

deny:
	@echo "==> checking dependencies with cargo-deny"
	@cargo deny --version >/dev/null 2>&1 || \
		{ echo "cargo-deny is missing: cargo install --locked cargo-deny" >&2; exit 1; }
	@cargo deny check

clean:
	@echo "==> removing what was built"
	@cargo clean
	@rm -rf $(COMPONENTS) target/api-check target/browser target/demo target/peers target/screens
