//! The binary `tacho`: arguments in, tables or JSON out. No logic of the product lies here: `serve`
//! and `demo` start the server, `check`, `restore` and `config validate` call its crates, the others
//! ask a running server over HTTP. Start at `args.rs`; each command is one file in `commands/`.

mod args;
mod client;
mod commands;
mod context;
mod failure;
mod output;
mod stop;
mod time;

#[cfg(test)]
mod reference;

use clap::Parser as _;
use failure::Exit;
use std::io::Write as _;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let exit = match commands::run(cli) {
        Ok(exit) => exit,
        Err(error) => {
            let (exit, text) = failure::judge(&error);
            if let Some(text) = text {
                let text = output::escape::lines(&text);
                // Nobody is left to be told if this fails.
                let _ = std::io::stderr().lock().write_all(text.as_bytes());
            }
            exit
        }
    };
    ExitCode::from(exit as u8)
}

/// Help and version go to standard output with code 0, the rest to standard error with code 2.
fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Done
    } as u8)
}
