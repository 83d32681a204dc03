//! The program: everything is in the library.

fn main() -> std::process::ExitCode {
    countersign_build::cli::run()
}
