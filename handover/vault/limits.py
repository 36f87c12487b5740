"""
Limits of the check of papers. Read by the checking child too, so nothing of Django may be imported here.

The figures without another source are those of the design's page on trust.
"""

MAX_FILE_SIZE = 25 * 1024 * 1024  # bytes; design: 25 MiB a file
MAX_FILES_A_REQUEST = 10  # ours: a page asks for one; keeps a single request from filling the disk

MAX_PIXELS = 40_000_000  # design: 40 megapixels, an A3 page at 400 dpi has 31
MAX_TAIL = 64 * 1024  # bytes of a phone's own notes behind a picture; seen: up to 2 KiB

MAX_ENTRIES = 5_000  # parts of an Office file; a report of 300 pages with 1,000 pictures has about 2,100
MAX_UNPACKED = 256 * 1024 * 1024  # bytes; ten times the largest upload
MAX_RATIO = 100  # unpacked to packed, once more than RATIO_FREE is unpacked; real tables reach 20 to 40
RATIO_FREE = 16 * 1024 * 1024  # bytes

WALL_SECONDS = 12.0  # design: nothing over 15 s, and the child's start counts
CPU_SECONDS = 10
MEMORY = 1024 * 1024 * 1024  # bytes of address space; 40 megapixels decoded need about 400 MiB
MAX_ANSWER = 4096  # bytes the child may say

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain",
    "csv": "text/csv",
}
