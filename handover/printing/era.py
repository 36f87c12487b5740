"""Dates as people in Japan read them: the western year with the era in brackets."""

from datetime import date

# First day of each era: Cabinet orders on the names of eras; Meiji from the day Japan took the Gregorian calendar.
ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1873, 1, 1), "明治"),
)
MEIJI_OFFSET = 1867  # 1873 was the sixth year of Meiji
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def era_date(day: date, language: str) -> str:
    """2026年（令和8年）11月27日 in Japanese, 27 November 2026 in any other language.

    `day` is the calendar day where the reader is; a datetime must be brought to local time first.
    A day before 1873 has no era here and prints with the western year alone.
    """
    if not language.startswith("ja"):
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    for first, name in ERAS:
        if (day.year, day.month, day.day) >= (first.year, first.month, first.day):
            year = day.year - (MEIJI_OFFSET if name == "明治" else first.year - 1)
            return f"{day.year}年（{name}{'元' if year == 1 else year}年）{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"
