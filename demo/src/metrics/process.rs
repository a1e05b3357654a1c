//! What the operating system knows about this process, from Linux' `/proc`; nothing elsewhere.

use std::fs;

/// Units of CPU times in `/proc`, a second; the kernel promises this number to programs.
const TICKS_PER_SECOND: f64 = 100.0;

/// Facts about the process at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct ProcessFacts {
    pub(crate) resident_bytes: u64,
    pub(crate) virtual_bytes: u64,
    pub(crate) thread_count: u64,
    pub(crate) cpu_user_s: f64,
    pub(crate) cpu_system_s: f64,
}

/// Facts about this process; none where there is no `/proc`.
pub(crate) fn facts() -> Option<ProcessFacts> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    read(&status, &stat)
}

/// Open files and sockets of this process.
pub(crate) fn open_file_count() -> Option<u64> {
    // One of them is the folder that is being listed.
    let count = fs::read_dir("/proc/self/fd").ok()?.count();
    Some(count.saturating_sub(1) as u64)
}

fn read(status: &str, stat: &str) -> Option<ProcessFacts> {
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    // The name of the program is in parentheses and may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = |index: usize| {
        let field = rest.split_whitespace().nth(index)?;
        field.parse::<f64>().ok()
    };
    Some(ProcessFacts {
        resident_bytes: field("VmRSS:")? * 1_024,
        virtual_bytes: field("VmSize:")? * 1_024,
        thread_count: field("Threads:")?,
        cpu_user_s: ticks(11)? / TICKS_PER_SECOND,
        cpu_system_s: ticks(12)? / TICKS_PER_SECOND,
    })
}

#[cfg(test)]
mod tests {
    use super::{ProcessFacts, facts, open_file_count, read};

    #[test]
    fn facts_are_read_from_their_lines() {
        let status = "Name:\ttacho\nVmSize:\t   4096 kB\nVmRSS:\t    512 kB\nThreads:\t7\n";
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 7 0 1000";
        let wanted = ProcessFacts {
            resident_bytes: 524_288,
            virtual_bytes: 4_194_304,
            thread_count: 7,
            cpu_user_s: 2.5,
            cpu_system_s: 0.5,
        };
        assert_eq!(read(status, stat), Some(wanted));
        assert_eq!(read("", stat), None);
        assert_eq!(read(status, "7 (x) S"), None);
    }

    #[test]
    fn this_process_has_memory_and_files() {
        if cfg!(target_os = "linux") {
            assert!(facts().unwrap().resident_bytes > 100_000);
            assert!(open_file_count().unwrap() >= 3);
        }
    }
}
