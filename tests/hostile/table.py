"""Every misbehaviour there is, by group: tests run the groups alone and all of them together."""

import coding_rows
import ending_rows
import endless_rows
import framing_rows
import http2_ending_rows
import http2_flood_rows
import http2_frame_rows
import redirect_rows
import stall_rows
import tls_rows

GROUPS = {
    "framing": framing_rows.ROWS,
    "endings": ending_rows.ROWS,
    "stalls": stall_rows.ROWS,
    "endless": endless_rows.ROWS,
    "codings": coding_rows.ROWS,
    "redirects": redirect_rows.ROWS,
    "tls": tls_rows.ROWS,
    "http2 frames": http2_frame_rows.ROWS,
    "http2 endings": http2_ending_rows.ROWS,
    "http2 stalls": http2_ending_rows.STALLS,
    "http2 floods": http2_flood_rows.ROWS,
}
ROWS = [row for rows in GROUPS.values() for row in rows]

assert len({row.name for row in ROWS}) == len(ROWS), "two rows of one name"
