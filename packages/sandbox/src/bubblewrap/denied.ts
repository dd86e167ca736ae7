/**
 * System calls that a box refuses, and why (reliability-security.md 2.2 and 2.3). Most are not needed by any learner's
 * program; they are kernel attack surface, ways out of the box's bounds, or ways for two boxes to talk to each other
 * during an exam. `nr` is the call's number on [x86_64, aarch64]; null where that machine has no such call.
 */
export interface Denied {
  name: string
  nr: readonly [x86_64: number | null, aarch64: number | null]
  /** ENOSYS where programs know how to do without (glibc falls back from clone3 to clone), EPERM elsewhere. */
  errno: 'EPERM' | 'ENOSYS'
  why: string
  /** Refuse only some arguments. Kernels read these arguments as 32 bits, and so do we: the upper half must not hide a value. */
  when?: { argument: number } & ({ is_one_of: readonly number[] } | { is_none_of: readonly number[] } | { has_any_bit: number })
}

const surface = 'kernel attack surface no exercise needs'
const covert = 'lets two boxes signal each other through a file both can see'
const peers = "reads or changes another process's memory"
const mounts = 'changes what the box sees'
const machine = 'changes the machine'

function deny(
  name: string,
  x86_64: number | null,
  aarch64: number | null,
  why: string,
  errno: Denied['errno'] = 'EPERM',
  when?: Denied['when'],
): Denied {
  return { name, nr: [x86_64, aarch64], errno, why, ...(when && { when }) }
}

const CLONE_NEW_ANY = 0x7e02_0000
const AF_UNIX = 1
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c
const TIOCSETD = 0x5423
const F_GETLK = 5
const F_SETLK = 6
const F_SETLKW = 7
const F_OFD = [36, 37, 38]
const F_LEASES_AND_NOTIFY = [1024, 1025, 1026]
const F_HINTS = [1035, 1036, 1037, 1038]

export const denied: readonly Denied[] = [
  deny('io_uring_setup', 425, 425, `${surface}; runs calls that this filter never sees`, 'ENOSYS'),
  deny('io_uring_enter', 426, 426, surface, 'ENOSYS'),
  deny('io_uring_register', 427, 427, surface, 'ENOSYS'),
  deny('add_key', 248, 217, 'keyrings outlive the box and are shared between boxes of one user', 'ENOSYS'),
  deny('request_key', 249, 218, 'as add_key', 'ENOSYS'),
  deny('keyctl', 250, 219, 'as add_key', 'ENOSYS'),
  deny('clone3', 435, 435, 'hides its flags in memory, where a filter cannot read them', 'ENOSYS'),
  deny('io_setup', 206, 0, 'the number of asynchronous contexts is one count for the whole machine', 'ENOSYS'),
  deny('cachestat', 451, 451, 'shows which pages of a shared file another box has read', 'ENOSYS'),
  deny('statmount', 457, 457, 'shows paths of the host', 'ENOSYS'),
  deny('listmount', 458, 458, 'as statmount', 'ENOSYS'),

  deny('clone', 56, 220, 'new namespaces bring capabilities', 'EPERM', { argument: 0, has_any_bit: CLONE_NEW_ANY }),
  deny('unshare', 272, 97, 'new namespaces bring capabilities'),
  deny('setns', 308, 268, 'as unshare'),
  deny('ptrace', 101, 117, peers),
  deny('process_vm_readv', 310, 270, peers),
  deny('process_vm_writev', 311, 271, peers),
  deny('process_madvise', 440, 440, peers),
  deny('pidfd_getfd', 438, 438, peers),
  deny('kcmp', 312, 272, peers),
  deny('bpf', 321, 280, surface),
  deny('perf_event_open', 298, 241, surface),
  deny('userfaultfd', 323, 282, surface),
  deny('modify_ldt', 154, null, surface),
  deny('fanotify_init', 300, 262, surface),
  deny('lookup_dcookie', 212, 18, surface),
  deny('uselib', 134, null, surface),
  deny('personality', 135, 92, 'turns off address randomisation or selects another ABI', 'EPERM', { argument: 0, is_none_of: [0, 0xffff_ffff] }),

  deny('mount', 165, 40, mounts),
  deny('umount2', 166, 39, mounts),
  deny('pivot_root', 155, 41, mounts),
  deny('chroot', 161, 51, mounts),
  deny('open_tree', 428, 428, mounts),
  deny('move_mount', 429, 429, mounts),
  deny('fsopen', 430, 430, mounts),
  deny('fsconfig', 431, 431, mounts),
  deny('fsmount', 432, 432, mounts),
  deny('fspick', 433, 433, mounts),
  deny('mount_setattr', 442, 442, mounts),
  deny('name_to_handle_at', 303, 264, 'names a file without its path'),
  deny('open_by_handle_at', 304, 265, 'opens a file without its path'),
  deny('quotactl', 179, 60, mounts),
  deny('quotactl_fd', 443, 443, mounts),

  deny('flock', 73, 32, covert),
  deny('fcntl', 72, 25, `${covert}: locks, leases, notes, write hints`, 'EPERM', {
    argument: 1,
    is_one_of: [F_GETLK, F_SETLK, F_SETLKW, ...F_OFD, ...F_LEASES_AND_NOTIFY, ...F_HINTS],
  }),
  deny('ioctl', 16, 29, 'types into the terminal of whoever started us, or loads a line discipline', 'EPERM', {
    argument: 1,
    is_one_of: [TIOCSTI, TIOCLINUX, TIOCSETD],
  }),
  deny('socket', 41, 198, 'no network of any family: INET, VSOCK, NETLINK, PACKET, ALG', 'EPERM', { argument: 0, is_none_of: [AF_UNIX] }),
  deny('socketpair', 53, 199, 'as socket', 'EPERM', { argument: 0, is_none_of: [AF_UNIX] }),
  deny('mq_open', 240, 180, 'kernel memory outside the file size limit'),

  deny('reboot', 169, 142, machine),
  deny('kexec_load', 246, 104, machine),
  deny('kexec_file_load', 320, 294, machine),
  deny('init_module', 175, 105, machine),
  deny('finit_module', 313, 273, machine),
  deny('delete_module', 176, 106, machine),
  deny('swapon', 167, 224, machine),
  deny('swapoff', 168, 225, machine),
  deny('acct', 163, 89, machine),
  deny('syslog', 103, 116, 'reads the kernel log'),
  deny('iopl', 172, null, machine),
  deny('ioperm', 173, null, machine),
  deny('settimeofday', 164, 170, machine),
  deny('clock_settime', 227, 112, machine),
  deny('adjtimex', 159, 171, machine),
  deny('clock_adjtime', 305, 266, machine),
  deny('sethostname', 170, 161, machine),
  deny('setdomainname', 171, 162, machine),
  deny('vhangup', 153, 58, machine),
]
