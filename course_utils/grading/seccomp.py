"""A filter of system calls, for bubblewrap: what a submission has no business with is refused by the kernel.

Written in the kernel's filter language, see seccomp(2) and linux/bpf_common.h; for its `--seccomp`.
"""

import platform
from struct import pack

# Calls by what they are for, each with its number on x86_64 and on aarch64 (-: it is not there).
REFUSED = {
    "leave something behind": """
        add_key 248 217, request_key 249 218, keyctl 250 219,
        memfd_create 319 279, memfd_secret 447 447, shmget 29 194, semget 64 190, msgget 68 186,
        mq_open 240 180""",
    "change what is to be seen": """
        unshare 272 97, setns 308 268, mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51,
        open_tree 428 428, move_mount 429 429, fsopen 430 430, fsconfig 431 431, fsmount 432 432,
        fspick 433 433, mount_setattr 442 442, name_to_handle_at 303 264, open_by_handle_at 304 265""",
    "reach into other processes": """
        ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440,
        pidfd_getfd 438 438, kcmp 312 272, setpriority 141 140, ioprio_set 251 30, sched_setparam 142 118,
        sched_setscheduler 144 119, sched_setattr 314 274, sched_setaffinity 203 122""",
    "ask much of the kernel": """
        bpf 321 280, perf_event_open 298 241, userfaultfd 323 282, io_uring_setup 425 425,
        io_uring_enter 426 426, io_uring_register 427 427, kexec_load 246 104, kexec_file_load 320 294,
        init_module 175 105, finit_module 313 273, delete_module 176 106, syslog 103 116, vmsplice 278 75,
        fanotify_init 300 262, personality 135 92, uselib 134 -, modify_ldt 154 -, vhangup 153 58,
        ustat 136 -, sysfs 139 -""",
    "manage the machine": """
        settimeofday 164 170, clock_settime 227 112, adjtimex 159 171, clock_adjtime 305 266,
        sethostname 170 161, setdomainname 171 162, mbind 237 235, migrate_pages 256 238, move_pages 279 239,
        iopl 172 -, ioperm 173 -, quotactl 179 60, quotactl_fd 443 443, swapon 167 224, swapoff 168 225,
        reboot 169 142, acct 163 89""",
}
MACHINES = {
    "x86_64": (0, 0xC000003E),
    "aarch64": (1, 0xC00000B7),
}  # a column of numbers, linux/audit.h's name
CLONE, SOCKET, CLONE3 = (56, 220), (41, 198), 435  # clone3 hides its flags from a filter: glibc does without
LIMITS, ITSELF = (302, 261), 0  # prlimit64, and the process that it may be called for
LAST_KNOWN = 450
NEW_NAMESPACES = 0x7E020000  # the CLONE_NEW* of linux/sched.h
LOCAL, INTERNET, INTERNET_6 = 1, 2, 10  # families of sockets; the last two lead nowhere, and say so

ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
LOAD, IF_EQUAL, IF_ABOVE, IF_ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where they are in linux/seccomp.h's seccomp_data


def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction. The last two are how many of the next ones are skipped."""
    return pack("=HBBI", code, if_true, if_false, value)


def program(machine: str | None = None) -> bytes:
    """The filter for a kind of machine, by default this one. Raises KeyError for one that is not known."""
    column, architecture = MACHINES[machine or platform.machine()]
    calls = [call.split()[1:] for group in REFUSED.values() for call in group.split(",")]
    numbers = [int(call[column]) for call in calls if call[column] != "-"]
    return b"".join(
        [
            step(LOAD, ARCHITECTURE) + step(IF_EQUAL, architecture, 1) + step(RETURN, KILL),
            step(LOAD, NUMBER) + step(IF_ABOVE, LAST_KNOWN, 0, 1) + step(RETURN, ENOSYS),
            step(IF_EQUAL, CLONE3, 0, 1) + step(RETURN, ENOSYS),
            *(step(IF_EQUAL, number, 0, 1) + step(RETURN, EPERM) for number in numbers),
            step(IF_EQUAL, CLONE[column], 0, 4) + step(LOAD, FIRST_ARGUMENT),
            step(IF_ANY_BIT, NEW_NAMESPACES, 0, 1) + step(RETURN, EPERM) + step(RETURN, ALLOW),
            step(IF_EQUAL, LIMITS[column], 0, 4) + step(LOAD, FIRST_ARGUMENT),
            step(IF_EQUAL, ITSELF, 1) + step(RETURN, EPERM) + step(RETURN, ALLOW),
            step(IF_EQUAL, SOCKET[column], 0, 5) + step(LOAD, FIRST_ARGUMENT),
            *(
                step(IF_EQUAL, family, 3 - place)
                for place, family in enumerate((LOCAL, INTERNET, INTERNET_6))
            ),
            step(RETURN, EPERM) + step(RETURN, ALLOW),
        ]
    )
