//! What the system says about our process: memory, CPU, open files. Read from `/proc`; `None` on
//! systems without it.

use rustix::fs::{Mode, OFlags};

/// What the system says about our process.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Process {
    /// Resident bytes.
    pub resident_bytes: Option<u64>,
    /// Virtual bytes.
    pub virtual_bytes: Option<u64>,
    /// Seconds of CPU time, user and system.
    pub cpu_seconds: Option<f64>,
    /// Open files.
    pub open_files: Option<u64>,
    /// Files that may be open.
    pub open_files_max: Option<u64>,
    /// Threads.
    pub threads: Option<u64>,
}

/// Asks the system.
pub fn read() -> Process {
    let status = read_small("/proc/self/status");
    let stat = read_small("/proc/self/stat");
    let kib = |name: &str| field(status.as_deref(), name).map(|kib| kib * 1024);
    Process {
        resident_bytes: kib("VmRSS:"),
        virtual_bytes: kib("VmSize:"),
        cpu_seconds: stat.as_deref().and_then(cpu_seconds),
        open_files: open_files(),
        open_files_max: rustix::process::getrlimit(rustix::process::Resource::Nofile).current,
        threads: field(status.as_deref(), "Threads:"),
    }
}

/// Resident bytes alone, for the watch on memory.
pub fn resident_bytes() -> Option<u64> {
    field(read_small("/proc/self/status").as_deref(), "VmRSS:").map(|kib| kib * 1024)
}

/// Bytes of memory that this process could use: the lesser of machine and control group.
pub fn machine_bytes() -> Option<u64> {
    let machine = field(read_small("/proc/meminfo").as_deref(), "MemTotal:").map(|kib| kib * 1024);
    let group = [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ]
    .iter()
    .filter_map(|path| read_small(path)?.trim().parse::<u64>().ok())
    .min();
    [machine, group].into_iter().flatten().min()
}

fn field(text: Option<&str>, name: &str) -> Option<u64> {
    let line = text?.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Fields 14 and 15 of `stat`, in ticks of 1/100 s; the name in parentheses may hold anything.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let after = stat.rsplit_once(')')?.1;
    let mut fields = after.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) as f64 / 100.0)
}

fn open_files() -> Option<u64> {
    let folder = rustix::fs::open(
        "/proc/self/fd",
        OFlags::RDONLY | OFlags::DIRECTORY,
        Mode::empty(),
    );
    let entries = rustix::fs::Dir::read_from(folder.ok()?).ok()?;
    // Without `.`, `..` and the folder itself.
    Some((entries.flatten().count() as u64).saturating_sub(3))
}

/// Files of `/proc` have no length: they are read until they end, 16 KiB at most.
fn read_small(path: &str) -> Option<String> {
    let file = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut bytes = vec![0u8; 16 << 10];
    let mut filled = 0;
    while filled < bytes.len() {
        match rustix::io::read(&file, &mut bytes[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return None,
        }
    }
    bytes.truncate(filled);
    String::from_utf8(bytes).ok()
}

/// Lets the process open as many files as the system allows it to: blocks, connections and logs
/// share them, and the usual soft limit of 1,024 is meant for other programs.
pub fn raise_open_files_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::debug!(%error, "the limit of open files stays as it is");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{cpu_seconds, machine_bytes, read};

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_tells_about_us() {
        let process = read();
        assert!(process.resident_bytes.unwrap() > 1 << 20);
        assert!(process.open_files.unwrap() >= 3);
        assert!(process.threads.unwrap() >= 1);
        assert!(machine_bytes().unwrap() > 64 << 20);
    }

    #[test]
    fn names_with_blanks_and_parentheses_do_not_shift_fields() {
        let stat = "1 (a ) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0";
        assert_eq!(cpu_seconds(stat), Some(2.0));
    }
}
