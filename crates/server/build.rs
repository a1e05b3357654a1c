//! Compresses the built web UI (`web/dist`) and writes the table of its files that `src/ui/file.rs`
//! includes. It builds nothing else and calls no other program: `cargo xtask ui` makes the folder.

#[cfg(feature = "ui")]
fn main() {
    ui::main();
}

#[cfg(not(feature = "ui"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}

#[cfg(feature = "ui")]
#[expect(
    clippy::disallowed_methods,
    reason = "a build script reads and writes files and its environment"
)]
mod ui {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use sha2::{Digest as _, Sha256};
    use std::env;
    use std::fmt::Write as _;
    use std::fs;
    use std::io::Write as _;
    use std::path::{Path, PathBuf};
    use std::sync::Mutex;

    /// Relative to the manifest.
    const DIST: &str = "../../web/dist";
    const INDEX: &str = "index.html";
    /// What the server writes into the page.
    const PLACES: [&str; 2] = ["%NONCE%", "%BASE%"];
    /// Types whose files shrink.
    const COMPRESSIBLE: [&str; 6] = ["css", "js", "json", "svg", "txt", "webmanifest"];

    /// One file of the folder.
    struct Source {
        /// Relative to the folder, with `/`.
        name: String,
        bytes: Vec<u8>,
    }

    /// The same as the binary has it.
    struct Packed {
        /// gzip and brotli, if the file shrinks.
        compressed: Option<(Vec<u8>, Vec<u8>)>,
    }

    pub(super) fn main() {
        println!("cargo::rerun-if-changed=build.rs");
        println!("cargo::rerun-if-changed={DIST}");
        if let Err(message) = run() {
            println!("cargo::error={message}");
            std::process::exit(1);
        }
    }

    fn run() -> Result<(), String> {
        let folder = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join(DIST);
        let out = PathBuf::from(variable("OUT_DIR")?);
        let index = fs::read_to_string(folder.join(INDEX)).map_err(|error| {
            format!(
                "web/dist/{INDEX} cannot be read ({error}): run `cargo xtask ui` (it needs Node.js), \
                 take web/dist from the repository, or build without the UI: --no-default-features"
            )
        })?;
        for place in PLACES {
            if !index.contains(place) {
                return Err(format!(
                    "web/dist/{INDEX} has no {place}: run `cargo xtask ui`"
                ));
            }
        }
        let mut sources = Vec::new();
        collect(&folder, "", &mut sources)?;
        sources.retain(|source| source.name != INDEX);
        sources.sort_by(|left, right| left.name.cmp(&right.name));
        let packed = pack_all(&sources)?;
        let parts = out.join("ui");
        if parts.exists() {
            written(fs::remove_dir_all(&parts), &parts)?;
        }
        written(fs::create_dir_all(&parts), &parts)?;
        write(&out.join(INDEX), index.as_bytes())?;
        let table = table(&parts, &sources, &packed)?;
        write(&out.join("ui_files.rs"), table.as_bytes())
    }

    fn variable(name: &str) -> Result<String, String> {
        env::var(name).map_err(|error| format!("{name}: {error}"))
    }

    fn collect(folder: &Path, prefix: &str, sources: &mut Vec<Source>) -> Result<(), String> {
        let wrong = |error: std::io::Error| format!("read {}: {error}", folder.display());
        for entry in fs::read_dir(folder).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
            if !name.bytes().all(plain) {
                return Err(format!(
                    "web/dist/{name:?} has a name that is no plain path"
                ));
            }
            if entry.file_type().map_err(wrong)?.is_dir() {
                collect(&entry.path(), &format!("{name}/"), sources)?;
            } else {
                let bytes = fs::read(entry.path()).map_err(wrong)?;
                sources.push(Source { name, bytes });
            }
        }
        Ok(())
    }

    /// Compresses on all cores; the order is that of the sources.
    fn pack_all(sources: &[Source]) -> Result<Vec<Packed>, String> {
        let next = Mutex::new(0..sources.len());
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let work = || {
            let mut done = Vec::new();
            loop {
                let index = next
                    .lock()
                    .map_err(|_| "a thread failed".to_owned())?
                    .next();
                let Some(source) = index.and_then(|index| sources.get(index)) else {
                    return Ok(done);
                };
                done.push((source.name.as_str(), pack(source)?));
            }
        };
        let mut all: Vec<(&str, Packed)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            let mut all = Vec::new();
            for thread in threads {
                let done: Result<Vec<_>, String> = thread
                    .join()
                    .map_err(|_| "a thread failed while compressing".to_owned())?;
                all.extend(done?);
            }
            Ok::<_, String>(all)
        })?;
        all.sort_by_key(|(name, _)| *name);
        Ok(all.into_iter().map(|(_, packed)| packed).collect())
    }

    fn pack(source: &Source) -> Result<Packed, String> {
        let ending = source.name.rsplit('.').next().unwrap_or_default();
        if !COMPRESSIBLE.contains(&ending) {
            return Ok(Packed { compressed: None });
        }
        let wrong = |error: std::io::Error| format!("compress {}: {error}", source.name);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&source.bytes).map_err(wrong)?;
        let gzip = gzip.finish().map_err(wrong)?;
        let params = brotli::enc::BrotliEncoderParams {
            quality: 11,
            lgwin: 22,
            size_hint: source.bytes.len(),
            mode: brotli::enc::backward_references::BrotliEncoderMode::BROTLI_MODE_TEXT,
            ..Default::default()
        };
        let mut brotli = Vec::new();
        brotli::BrotliCompress(&mut source.bytes.as_slice(), &mut brotli, &params)
            .map_err(wrong)?;
        let smaller = gzip.len().max(brotli.len()) < source.bytes.len();
        let compressed = smaller.then_some((gzip, brotli));
        Ok(Packed { compressed })
    }

    /// Writes the contents and gives the table as Rust.
    fn table(parts: &Path, sources: &[Source], packed: &[Packed]) -> Result<String, String> {
        let mut table = String::from("&[\n");
        for (index, (source, packed)) in sources.iter().zip(packed).enumerate() {
            let content = match &packed.compressed {
                Some((gzip, brotli)) => {
                    write(&parts.join(format!("{index}.gz")), gzip)?;
                    write(&parts.join(format!("{index}.br")), brotli)?;
                    format!(
                        "Content::Compressed {{ gzip: include_bytes!(\"ui/{index}.gz\"), brotli: include_bytes!(\"ui/{index}.br\") }}"
                    )
                }
                None => {
                    write(&parts.join(index.to_string()), &source.bytes)?;
                    format!("Content::Plain(include_bytes!(\"ui/{index}\"))")
                }
            };
            let hash = Sha256::digest(&source.bytes);
            let hash = hash.iter().take(12).fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
            let _ = writeln!(
                table,
                "    File {{ path: \"/{}\", hash: \"{hash}\", length: {}, content: {content} }},",
                source.name,
                source.bytes.len(),
            );
        }
        table.push_str("]\n");
        Ok(table)
    }

    fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
        written(fs::write(path, bytes), path)
    }

    fn written(outcome: std::io::Result<()>, path: &Path) -> Result<(), String> {
        outcome.map_err(|error| format!("write {}: {error}", path.display()))
    }
}
