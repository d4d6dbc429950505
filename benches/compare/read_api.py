"""What people would write first: users, ranges and numbers over HTTP with FastAPI and SQLite, every read by its key.

python read_api.py DATABASE USERS RANGES, which makes the database, listens on a free port of 127.0.0.1 and prints it.
Counts of ranges are stored, not counted; nothing is derived on read.
"""

import socket
import sqlite3
import sys

import uvicorn
from fastapi import FastAPI, HTTPException

PAGE = 100
STATES = ("free", "claimed", "assigned", "quarantined", "reserved", "never", "blocked", "absent", "foreign")


def fill(database: sqlite3.Connection, users: int, ranges: int) -> None:
    database.executescript(
        "CREATE TABLE users (no INTEGER PRIMARY KEY, id TEXT UNIQUE, upn TEXT, voice_licence TEXT, kind TEXT,"
        " number TEXT, range TEXT, exempt INTEGER, pin TEXT);"
        f"CREATE TABLE ranges (no INTEGER PRIMARY KEY, range TEXT UNIQUE, type TEXT, country TEXT, suspended INTEGER,"
        f" total INTEGER, {', '.join(f'n_{state} INTEGER' for state in STATES)});"
        "CREATE TABLE numbers (number TEXT PRIMARY KEY, range TEXT, type TEXT, state TEXT, user TEXT, since TEXT,"
        " until TEXT);"
    )
    each = users // ranges
    number = "+4930{:08}".format
    for no in range(users):
        row = (no, f"{no:032x}", f"user{no}@example.test", "phone-system", "person", number(no), f"range {no // each}", 0, None)
        database.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        row = (number(no), f"range {no // each}", "direct-routing", "assigned", f"{no:032x}", "2026-11-20T08:00:00Z", None)
        database.execute("INSERT INTO numbers VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    for no in range(ranges):
        row = (no, f"range {no}", "direct-routing", "DE", 0, 2 * each, each, 0, each, 0, 0, 0, 0, 0, 0)
        database.execute(f"INSERT INTO ranges VALUES ({', '.join('?' * len(row))})", row)
    database.commit()


def application(database: sqlite3.Connection) -> FastAPI:
    database.row_factory = sqlite3.Row
    api = FastAPI()

    def one(statement: str, key: str) -> dict:
        row = database.execute(statement, (key,)).fetchone()
        if row is None:
            raise HTTPException(404)
        return dict(row)

    @api.get("/users/{user}")
    async def user(user: str) -> dict:
        return one("SELECT * FROM users WHERE id = ?", user)

    @api.get("/users")
    async def users(cursor: int = -1, limit: int = PAGE) -> dict:
        rows = database.execute("SELECT * FROM users WHERE no > ? ORDER BY no LIMIT ?", (cursor, limit)).fetchall()
        items = [dict(row) for row in rows]
        return {"items": items, "next_cursor": str(items[-1]["no"]) if items else None}

    @api.get("/ranges")
    async def ranges(cursor: int = -1, limit: int = PAGE) -> dict:
        rows = database.execute("SELECT * FROM ranges WHERE no > ? ORDER BY no LIMIT ?", (cursor, limit)).fetchall()
        items = [dict(row) for row in rows]
        return {"items": items, "next_cursor": str(items[-1]["no"]) if items else None}

    @api.get("/numbers/{number}")
    async def number(number: str) -> dict:
        return one(
            "SELECT n.*, u.upn FROM numbers n LEFT JOIN users u ON u.id = n.user WHERE n.number = ?", number
        )

    return api


def main(path: str, users: int, ranges: int) -> None:
    database = sqlite3.connect(path, check_same_thread=False)
    fill(database, users, ranges)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application(database), log_level="error", access_log=False))
    print(listener.getsockname()[1], flush=True)
    server.run(sockets=[listener])


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
