"""The date of a measurement, as heads of real files write it; what can be read in two ways is not read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from analysis.readers.moments import moment_in

WEST = timezone(timedelta(hours=-6))


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        ({"startTimeStamp": "2024-03-08T11:13:20-06:00", "endTimeStamp": "2024-03-08T12:13:10-06:00"}, datetime(2024, 3, 8, 11, 13, 20, tzinfo=WEST)),
        ({"started": "2018-03-05T12:11:11.8167869+00:00"}, datetime(2018, 3, 5, 12, 11, 11, tzinfo=UTC)),
        ({"Date": "Wed Nov 16 18:07:25 GMT 2016"}, datetime(2016, 11, 16, 18, 7, 25, tzinfo=UTC)),
        ({"DATEMEASURED": "04-Mar-2010 20:59:14"}, datetime(2010, 3, 4, 20, 59, 14)),
        ({"File date and time": "20/May/2021 15:55"}, datetime(2021, 5, 20, 15, 55)),
        ({"Collection Time": "1/15/2014 4:59:54 PM", "Date/Time stamp": "1/15/2014 4:57:08 PM"}, datetime(2014, 1, 15, 16, 57, 8)),
        ({"Date": "2017-07-27", "Time": "13:26:44"}, datetime(2017, 7, 27, 13, 26, 44)),
        ({"04.04.2025 16": "46:56", "LuQY (%)": "0.04"}, datetime(2025, 4, 4, 16, 46, 56)),
        ({"2021-10-14": "13:58:16"}, datetime(2021, 10, 14, 13, 58, 16)),
        ({"2023-02-28": "3:58 PM"}, datetime(2023, 2, 28, 15, 58)),
        ({"Datum": "3. Mai 2024"}, datetime(2024, 5, 3)),
        ({"Date": "12.11.2026"}, datetime(2026, 11, 12)),
    ],
)  # fmt: skip
def test_a_date_that_can_be_read_in_one_way_only(head, moment):
    assert moment_in({"header": head}) == moment


@pytest.mark.parametrize(
    "head",
    [
        {"Date": "03/04/2010"},  # day or month first?
        {"DATE": "10/01/25", "TIME": "15:29:22"},
        {"Date": "31.02.2026"},
        {"Date": "2026-01-03", "Collection Time": "2026-02-04 10:00"},
        {"Comment - 1": "Configuration=Spinner, Creation date=1/20/2009 6:26:00 PM"},
        {"Keithley, SerialNo, Firmware": "MODEL 2400,C32   Oct  4 2010 14:20:11/A02"},
        {"Spectrometer": "USB2+H04851", "Time": "13:26:44"},
    ],
)
def test_what_says_no_day_for_sure_says_none(head):
    assert moment_in({"header": head}) is None
