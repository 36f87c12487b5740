"""
Limits of the check of papers. Read by the checking child too, so nothing of Django may be imported here.

The figures without another source are those of the design's page on trust.
"""

MAX_FILE_SIZE = 25 * 1024 * 1024  # bytes; design: 25 MiB a file
MAX_FILES_A_REQUEST = 40  # ours: the pages of one photographed paper
MAX_TOGETHER = 200 * 1024 * 1024  # bytes a request; 40 photographs of a phone; keeps one from filling the disk

MAX_PIXELS = 40_000_000  # design: 40 megapixels, an A3 page at 400 dpi has 31
MAX_TAIL = 64 * 1024  # bytes of a phone's own notes behind a picture; seen: up to 2 KiB

MAX_ENTRIES = 5_000  # parts of an Office file; a report of 300 pages with 1,000 pictures has about 2,100
MAX_UNPACKED = 256 * 1024 * 1024  # bytes; ten times the largest upload
MAX_RATIO = 100  # unpacked to packed, once more than RATIO_FREE is unpacked; real tables reach 20 to 40
RATIO_FREE = 16 * 1024 * 1024  # bytes

WALL_SECONDS = 12.0  # design: nothing over 15 s, and the child's start counts
CPU_SECONDS = 10
MEMORY = 1024 * 1024 * 1024  # bytes of address space; 40 megapixels decoded need about 400 MiB
CHILDREN = 4  # at once in one process of ours: four of the largest pictures need 1.6 GiB together
TURN_SECONDS = 15.0  # until it is a child's turn; the page says then that it could not be checked
MAX_ANSWER = 4096  # bytes the child may say

DRAWN_SIDE = 1600  # pixels of the longer side of a page's picture; twice as many where it is zoomed into
MAX_DRAWN = 12 * 1024 * 1024  # bytes of one picture; the largest seen, a photograph of 3200 pixels, has 4 MiB
MAX_TOLD = 4 * 1024 * 1024  # bytes of what is told of a text
MAX_ROWS = 200  # lines of a text, rows of a table
MAX_LINE = 500  # characters of a line
MAX_CELLS = 20  # columns of a table
MAX_CELL = 100  # characters of a cell

A4 = (1654, 2339)  # pixels of a page made of a photograph: 200 dpi, enough for print of 6 points
MAX_SHEET = 2 * 1024 * 1024  # bytes of such a page
MAKING_SECONDS = 45.0  # all pictures of one paper together

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain",
    "csv": "text/csv",
}
