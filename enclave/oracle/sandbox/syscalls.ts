/** Numbers of one system call; undefined where the architecture has none. */
export interface Syscall {
  readonly name: string;
  readonly x64?: number;
  readonly arm64?: number;
  /** Why a script has no business with it. */
  readonly reason: string;
}

const tracing = "reads or steers other processes";
const mounting = "changes what the file system shows";
const namespaces = "makes or enters namespaces, where more of the kernel can be reached";
const kernelCode = "loads code into the kernel or replaces it";
const keys = "kernel key rings are not separated by namespace";
const handles = "opens files past the paths that the sandbox shows";
const clocks = "sets the machine's clock";
const machine = "acts on the whole machine";
const hiddenMemory = "memory that no limit of the sandbox counts";
const attackSurface = "large kernel surface that no script needs";
const legacy = "obsolete, kept for programs of the past";

/** Refused with EPERM. Numbers: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and asm-generic/unistd.h. */
export const refusedSyscalls: readonly Syscall[] = [
  { name: "ptrace", x64: 101, arm64: 117, reason: tracing },
  { name: "process_vm_readv", x64: 310, arm64: 270, reason: tracing },
  { name: "process_vm_writev", x64: 311, arm64: 271, reason: tracing },
  { name: "kcmp", x64: 312, arm64: 272, reason: tracing },
  { name: "pidfd_getfd", x64: 438, arm64: 438, reason: tracing },
  { name: "mount", x64: 165, arm64: 40, reason: mounting },
  { name: "umount2", x64: 166, arm64: 39, reason: mounting },
  { name: "pivot_root", x64: 155, arm64: 41, reason: mounting },
  { name: "chroot", x64: 161, arm64: 51, reason: mounting },
  { name: "open_tree", x64: 428, arm64: 428, reason: mounting },
  { name: "move_mount", x64: 429, arm64: 429, reason: mounting },
  { name: "fsopen", x64: 430, arm64: 430, reason: mounting },
  { name: "fsconfig", x64: 431, arm64: 431, reason: mounting },
  { name: "fsmount", x64: 432, arm64: 432, reason: mounting },
  { name: "fspick", x64: 433, arm64: 433, reason: mounting },
  { name: "mount_setattr", x64: 442, arm64: 442, reason: mounting },
  { name: "unshare", x64: 272, arm64: 97, reason: namespaces },
  { name: "setns", x64: 308, arm64: 268, reason: namespaces },
  { name: "init_module", x64: 175, arm64: 105, reason: kernelCode },
  { name: "finit_module", x64: 313, arm64: 273, reason: kernelCode },
  { name: "delete_module", x64: 176, arm64: 106, reason: kernelCode },
  { name: "kexec_load", x64: 246, arm64: 104, reason: kernelCode },
  { name: "kexec_file_load", x64: 320, arm64: 294, reason: kernelCode },
  { name: "bpf", x64: 321, arm64: 280, reason: kernelCode },
  { name: "add_key", x64: 248, arm64: 217, reason: keys },
  { name: "request_key", x64: 249, arm64: 218, reason: keys },
  { name: "keyctl", x64: 250, arm64: 219, reason: keys },
  { name: "name_to_handle_at", x64: 303, arm64: 264, reason: handles },
  { name: "open_by_handle_at", x64: 304, arm64: 265, reason: handles },
  { name: "settimeofday", x64: 164, arm64: 170, reason: clocks },
  { name: "clock_settime", x64: 227, arm64: 112, reason: clocks },
  { name: "adjtimex", x64: 159, arm64: 171, reason: clocks },
  { name: "clock_adjtime", x64: 305, arm64: 266, reason: clocks },
  { name: "reboot", x64: 169, arm64: 142, reason: machine },
  { name: "acct", x64: 163, arm64: 89, reason: machine },
  { name: "swapon", x64: 167, arm64: 224, reason: machine },
  { name: "swapoff", x64: 168, arm64: 225, reason: machine },
  { name: "quotactl", x64: 179, arm64: 60, reason: machine },
  { name: "syslog", x64: 103, arm64: 116, reason: machine },
  { name: "sethostname", x64: 170, arm64: 161, reason: machine },
  { name: "setdomainname", x64: 171, arm64: 162, reason: machine },
  { name: "iopl", x64: 172, reason: machine },
  { name: "ioperm", x64: 173, reason: machine },
  { name: "memfd_create", x64: 319, arm64: 279, reason: hiddenMemory },
  { name: "memfd_secret", x64: 447, arm64: 447, reason: hiddenMemory },
  { name: "shmget", x64: 29, arm64: 194, reason: hiddenMemory },
  { name: "msgget", x64: 68, arm64: 186, reason: hiddenMemory },
  { name: "mq_open", x64: 240, arm64: 180, reason: hiddenMemory },
  { name: "perf_event_open", x64: 298, arm64: 241, reason: attackSurface },
  { name: "userfaultfd", x64: 323, arm64: 282, reason: attackSurface },
  { name: "io_uring_setup", x64: 425, arm64: 425, reason: attackSurface },
  { name: "io_uring_enter", x64: 426, arm64: 426, reason: attackSurface },
  { name: "io_uring_register", x64: 427, arm64: 427, reason: attackSurface },
  { name: "fanotify_init", x64: 300, arm64: 262, reason: attackSurface },
  { name: "move_pages", x64: 279, arm64: 239, reason: attackSurface },
  { name: "migrate_pages", x64: 256, arm64: 238, reason: attackSurface },
  { name: "personality", x64: 135, arm64: 92, reason: legacy },
  { name: "modify_ldt", x64: 154, reason: legacy },
  { name: "uselib", x64: 134, reason: legacy },
  { name: "ustat", x64: 136, reason: legacy },
  { name: "_sysctl", x64: 156, reason: legacy },
  { name: "nfsservctl", x64: 180, arm64: 42, reason: legacy },
  { name: "lookup_dcookie", x64: 212, arm64: 18, reason: legacy },
];

/** Calls whose arguments decide. */
export const socketCall: Syscall = {
  name: "socket",
  x64: 41,
  arm64: 198,
  reason: "families beyond unix and internet",
};
export const cloneCall: Syscall = { name: "clone", x64: 56, arm64: 220, reason: namespaces };
/** Its arguments lie in memory that a filter cannot read; with ENOSYS the C library falls back to `clone`. */
export const clone3Call: Syscall = { name: "clone3", x64: 435, arm64: 435, reason: namespaces };
