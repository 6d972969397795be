"""The tables of the library, as numbered steps: entry n of MIGRATIONS leads from version n to version n + 1.

A step that was ever released is never changed; a change of the tables is a new step. Word boxes are packed
(see documents.py), passages are spans of the document's text, paths are relative to the data folder and use
"/". `leftovers` names what is to be removed: files that nothing refers to, or the database file, when it
still holds traces of what was erased.
"""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE documents (
        id TEXT PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, title TEXT NOT NULL, author TEXT NOT NULL,
        file_name TEXT NOT NULL, file_path TEXT NOT NULL, source_path TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        page_count INTEGER NOT NULL, passage_count INTEGER NOT NULL, added_at TEXT NOT NULL,
        warnings TEXT NOT NULL
    );
    CREATE TABLE texts (
        document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE, title TEXT NOT NULL,
        text TEXT NOT NULL
    );
    CREATE TABLE pages (
        document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, number INTEGER NOT NULL,
        label TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, width REAL NOT NULL,
        height REAL NOT NULL,
        words BLOB NOT NULL, PRIMARY KEY (document_id, number)
    );
    CREATE TABLE passages (
        document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, number INTEGER NOT NULL,
        start INTEGER NOT NULL, "end" INTEGER NOT NULL, first_page INTEGER NOT NULL,
        last_page INTEGER NOT NULL,
        PRIMARY KEY (document_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE memories (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, model TEXT NOT NULL,
        model_sha256 TEXT NOT NULL, method TEXT NOT NULL, depth TEXT NOT NULL, state TEXT NOT NULL,
        message TEXT NOT NULL DEFAULT '', questions INTEGER NOT NULL DEFAULT 0, recall_before REAL,
        recall_after REAL,
        seconds REAL NOT NULL DEFAULT 0, size_bytes INTEGER NOT NULL DEFAULT 0,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL
    );
    CREATE INDEX memories_of_document ON memories (document_id);
    CREATE TABLE page_recalls (
        memory_id TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE, page INTEGER NOT NULL,
        before REAL NOT NULL, after REAL NOT NULL, questions INTEGER NOT NULL, PRIMARY KEY (memory_id, page)
    ) WITHOUT ROWID;
    CREATE TABLE questions (
        memory_id TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE, number INTEGER NOT NULL,
        passage INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL, evidence TEXT NOT NULL,
        kind TEXT NOT NULL, held_out INTEGER NOT NULL, PRIMARY KEY (memory_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE conversations (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, title TEXT NOT NULL,
        created_at TEXT NOT NULL
    );
    CREATE INDEX conversations_of_document ON conversations (document_id);
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        question TEXT NOT NULL, answer TEXT NOT NULL, asked_at TEXT NOT NULL
    );
    CREATE INDEX turns_of_conversation ON turns (conversation_id);
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE leftovers (path TEXT PRIMARY KEY) WITHOUT ROWID;
    """,
    """
    CREATE TABLE document_tags (
        document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, tag TEXT NOT NULL,
        PRIMARY KEY (document_id, tag)
    ) WITHOUT ROWID;
    CREATE TABLE seen_sources (
        document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE, size_bytes INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL, sha256 TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)
