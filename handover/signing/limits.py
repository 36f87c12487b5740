"""Limits of the check of presented files. Read by the checking child too, so nothing of Django may be imported here."""

LARGEST = 2 << 20  # bytes; our own certificates have 70 to 450 KiB
WALL_SECONDS = 12.0  # the child starts in half a second and judges in 20 ms; a busy machine takes longer
CPU_SECONDS = 4
MEMORY = 512 << 20  # bytes of address space; pyHanko and a file of ours need about 120 MiB
AT_ONCE = 2  # children of one process; whoever comes meanwhile waits
WAIT_SECONDS = 5.0
