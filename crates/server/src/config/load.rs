//! First stage: defaults, file, environment and flags, in this order, to values by path.

use super::check::{Checker, Given};
use super::problem::{Place, Problem, closest};
use super::read_settings::read_settings;
use super::settings::Config;
use super::shown::Shown;
use super::variable::{self, Meaning};
use super::{table, yaml};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_storage::error::ErrorKind;
use tacho_storage::io::{Io, read_limited};

/// Where values come from; what comes later wins.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file: its name for messages, and its text.
    pub file: Option<(String, String)>,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// Flags of the command line: path of the key, value, and the flag as it was written.
    pub flags: Vec<Flag>,
}

/// A flag of the command line that stands for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The flag as people write it, such as `--http`.
    pub name: String,
    /// Path of the key, such as `http.listen`.
    pub path: String,
    /// The value.
    pub value: String,
}

/// A configuration that can be used.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// What is worth knowing.
    pub warnings: Vec<Problem>,
    /// Every key in force as text without secrets; file, warnings and time are the caller's to add.
    pub shown: Shown,
}

/// Reads all sources. The errors are all that were found, in the order of the sources.
pub fn load(sources: &Sources) -> Result<Loaded, Vec<Problem>> {
    let mut checker = Checker::new(&sources.env);
    if let Some((name, text)) = &sources.file {
        let name: Arc<str> = name.as_str().into();
        match yaml::parse(&name, text) {
            Ok(documents) => documents
                .iter()
                .for_each(|document| checker.document(document)),
            Err(problem) => checker.errors.push(problem),
        }
    }
    take_env(&mut checker, &sources.env);
    take_flags(&mut checker, &sources.flags);
    let Checker {
        given,
        mut errors,
        warnings,
        ..
    } = checker;
    let values = Values { given };
    let config = read_settings(&values, &sources.env, &mut errors);
    if errors.is_empty() {
        Ok(Loaded {
            config,
            warnings,
            shown: Shown::new(&values),
        })
    } else {
        Err(errors)
    }
}

fn take_env(checker: &mut Checker<'_>, env: &BTreeMap<String, String>) {
    for (variable, text) in env {
        let place = Place::Variable(variable.clone());
        match variable::meaning(variable) {
            Meaning::None => {}
            Meaning::Key(key) => match variable::node(key, text, &place) {
                Ok(node) => checker.set(key, &node),
                Err(message) => checker.errors.push(Problem::new(place, key.path, message)),
            },
            Meaning::Unknown(near) => {
                let mut problem = Problem::new(place, "", "is no key of the configuration");
                problem.hint = near.map(|near| format!("did you mean {near}?"));
                checker.warnings.push(problem);
            }
        }
    }
}

fn take_flags(checker: &mut Checker<'_>, flags: &[Flag]) {
    for flag in flags {
        let place = Place::Flag(flag.name.clone());
        let Some(key) = table::find(&table::resolve_alias(&flag.path)) else {
            let mut problem = Problem::new(
                place,
                flag.path.clone(),
                format!("unknown key {:?}", flag.path),
            );
            problem.hint = closest(&flag.path, table::all().map(|key| key.path))
                .map(|near| format!("did you mean {near}?"));
            checker.errors.push(problem);
            continue;
        };
        match variable::node(key, &flag.value, &place) {
            Ok(node) => checker.set(key, &node),
            Err(message) => checker.errors.push(Problem::new(place, key.path, message)),
        }
    }
}

/// Values by path, as far as a source gave them.
#[derive(Debug, Default)]
pub struct Values {
    given: BTreeMap<&'static str, Given>,
}

impl Values {
    /// What a source gave for a key.
    pub fn given(&self, path: &str) -> Option<&Given> {
        self.given.get(path)
    }
}

/// The file to read: the one that was asked for, else the first that is there of `./tacho.yaml`,
/// `$XDG_CONFIG_HOME/tachograph/tacho.yaml` and `/etc/tachograph/tacho.yaml`. `None` if there is
/// none; an error if one that was asked for cannot be read.
pub fn find_file(
    io: &dyn Io,
    asked: Option<&Path>,
    env: &BTreeMap<String, String>,
) -> Result<Option<(String, String)>, Problem> {
    if let Some(path) = asked {
        return read_file(io, path).map(Some);
    }
    for path in usual_files(env) {
        if io.exists(&path).unwrap_or(false) {
            return read_file(io, &path).map(Some);
        }
    }
    Ok(None)
}

fn usual_files(env: &BTreeMap<String, String>) -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from("tacho.yaml")];
    if let Some(folder) = xdg_folder(env, "XDG_CONFIG_HOME", ".config") {
        files.push(folder.join("tachograph/tacho.yaml"));
    }
    files.push(PathBuf::from("/etc/tachograph/tacho.yaml"));
    files
}

/// A folder of the XDG base directory specification: the variable if it is an absolute path, else
/// the folder below `$HOME`.
pub fn xdg_folder(
    env: &BTreeMap<String, String>,
    variable: &str,
    below_home: &str,
) -> Option<PathBuf> {
    let set = env
        .get(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    set.or_else(|| {
        env.get("HOME")
            .filter(|home| !home.is_empty())
            .map(|home| Path::new(home).join(below_home))
    })
}

fn read_file(io: &dyn Io, path: &Path) -> Result<(String, String), Problem> {
    let name = path.display().to_string();
    let place = || Place::File {
        file: name.as_str().into(),
        line: 1,
        column: 1,
    };
    let bytes = read_limited(io, path, yaml::TEXT_BYTES_MAX as u64).map_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            Problem::new(place(), "", "there is no such file")
        } else {
            Problem::new(place(), "", format!("cannot be read: {error}"))
        }
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        Problem::new(place(), "", format!("is no UTF-8 text at byte {valid}"))
    })?;
    Ok((name, text))
}
