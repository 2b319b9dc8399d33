-- The database contract: tables that people, pages and checks read by name.
-- Offsets count characters of articles.text, half-open. Ids are short text made from content.

CREATE TABLE outlets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT CHECK (kind IN ('press', 'agency', 'origin')),
  owner TEXT
);

CREATE TABLE articles (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  outlet_id TEXT REFERENCES outlets(id),
  title TEXT,
  byline TEXT,
  url TEXT,
  published TEXT,
  language TEXT,
  text TEXT NOT NULL,
  words INTEGER NOT NULL
);

CREATE TABLE speakers (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'organisation', 'document', 'unnamed')),
  quotes INTEGER NOT NULL DEFAULT 0,
  articles INTEGER NOT NULL DEFAULT 0,
  outlets INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE speaker_names (
  speaker_id TEXT NOT NULL REFERENCES speakers(id),
  name TEXT NOT NULL,
  mentions INTEGER NOT NULL,
  PRIMARY KEY (speaker_id, name)
);

CREATE TABLE families (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  speaker_id TEXT REFERENCES speakers(id),
  text TEXT NOT NULL,
  quotes INTEGER NOT NULL,
  outlets INTEGER NOT NULL,
  first_variant_id TEXT REFERENCES variants(id) DEFERRABLE INITIALLY DEFERRED,
  first_published TEXT,
  disputed INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE quotes (
  id TEXT PRIMARY KEY,
  article_id TEXT NOT NULL REFERENCES articles(id),
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  text TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('direct', 'mixed', 'nested', 'indirect', 'term')),
  cue TEXT,
  mention TEXT,
  mention_start INTEGER,
  mention_end INTEGER,
  speaker_id TEXT REFERENCES speakers(id),
  confidence REAL NOT NULL,
  evidence TEXT NOT NULL,
  utterance_id TEXT NOT NULL,
  within_id TEXT REFERENCES quotes(id) DEFERRABLE INITIALLY DEFERRED,
  family_id TEXT REFERENCES families(id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE passages (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  words INTEGER NOT NULL,
  articles INTEGER NOT NULL,
  outlets INTEGER NOT NULL,
  first_article_id TEXT REFERENCES articles(id),
  first_published TEXT,
  boilerplate INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE appearances (
  id TEXT PRIMARY KEY,
  passage_id TEXT NOT NULL REFERENCES passages(id),
  article_id TEXT NOT NULL REFERENCES articles(id),
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  similarity REAL NOT NULL,
  source_id TEXT REFERENCES appearances(id) DEFERRABLE INITIALLY DEFERRED,
  signature BLOB
);

CREATE TABLE matches (
  id TEXT PRIMARY KEY,
  a_article_id TEXT NOT NULL REFERENCES articles(id),
  a_start INTEGER NOT NULL,
  a_end INTEGER NOT NULL,
  b_article_id TEXT NOT NULL REFERENCES articles(id),
  b_start INTEGER NOT NULL,
  b_end INTEGER NOT NULL,
  score REAL NOT NULL,
  similarity REAL NOT NULL,
  jaccard REAL NOT NULL,
  bits REAL NOT NULL,
  words INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN
    ('article', 'quotation', 'prose', 'quote_and_prose', 'caption', 'promotion')),
  a_outlet_id TEXT REFERENCES outlets(id),
  b_outlet_id TEXT REFERENCES outlets(id),
  passage_id TEXT REFERENCES passages(id)
);

CREATE TABLE variants (
  id TEXT PRIMARY KEY,
  family_id TEXT NOT NULL REFERENCES families(id),
  article_id TEXT NOT NULL REFERENCES articles(id),
  utterance_id TEXT,
  quote_id TEXT REFERENCES quotes(id),
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  change TEXT NOT NULL CHECK (change IN
    ('same', 'shortened', 'spliced', 'bracketed', 'altered', 'paraphrased')),
  edits TEXT NOT NULL,
  touches_meaning INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  source_id TEXT REFERENCES variants(id) DEFERRABLE INITIALLY DEFERRED,
  source_change TEXT CHECK (source_change IN
    ('same', 'shortened', 'spliced', 'bracketed', 'altered', 'paraphrased', 'extended')),
  source_edits TEXT,
  source_confidence REAL,
  credit TEXT
);

CREATE TABLE disputes (
  id TEXT PRIMARY KEY,
  family_id TEXT NOT NULL REFERENCES families(id),
  kind TEXT NOT NULL CHECK (kind IN ('speaker', 'quote_or_prose', 'marks')),
  a_variant_id TEXT NOT NULL REFERENCES variants(id),
  b_variant_id TEXT NOT NULL REFERENCES variants(id)
);

CREATE TABLE decisions (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('merge', 'split', 'not_reuse', 'speaker')),
  names TEXT NOT NULL,
  article_id TEXT,
  made_at TEXT NOT NULL
);

CREATE TABLE scans (
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,
  finished TEXT NOT NULL,
  version TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  settings TEXT NOT NULL,
  counts TEXT NOT NULL,
  seconds TEXT NOT NULL,
  minhash_scheme TEXT NOT NULL,
  minhash_seed INTEGER NOT NULL,
  minhash_permutations INTEGER NOT NULL
);

CREATE TABLE problems (
  id INTEGER PRIMARY KEY,
  scan_id INTEGER NOT NULL REFERENCES scans(id),
  source TEXT NOT NULL,
  place TEXT NOT NULL,
  reason TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('skipped', 'noted'))
);
