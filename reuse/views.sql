-- What a newsroom asks, as views; the indexes that the pages look things up by; and the two derived
-- tables that summaries.sql fills. Made after the rows (an index before them costs four times as much).

-- The long views look names up in subqueries, not joins: SQLite leaves out a column that a query does
-- not use, but never a join under an aggregate, and Datasette counts every view it shows. Nor do they
-- have an ORDER BY, which would keep that from happening: their index gives the order.

CREATE INDEX IF NOT EXISTS articles_by_outlet ON articles(outlet_id, published);
CREATE INDEX IF NOT EXISTS articles_by_published ON articles(published);
CREATE INDEX IF NOT EXISTS articles_by_day ON articles(substr(published, 1, 10));
CREATE INDEX IF NOT EXISTS articles_by_language ON articles(language);

CREATE INDEX IF NOT EXISTS quotes_by_article ON quotes(article_id, start);
CREATE INDEX IF NOT EXISTS quotes_by_speaker ON quotes(speaker_id);
CREATE INDEX IF NOT EXISTS quotes_by_utterance ON quotes(utterance_id);
CREATE INDEX IF NOT EXISTS quotes_by_family ON quotes(family_id);
CREATE INDEX IF NOT EXISTS quotes_by_within ON quotes(within_id);
CREATE INDEX IF NOT EXISTS quotes_by_kind ON quotes(kind);

CREATE INDEX IF NOT EXISTS speakers_by_quotes ON speakers(quotes);
CREATE INDEX IF NOT EXISTS speakers_by_name ON speakers(name COLLATE NOCASE);
CREATE INDEX IF NOT EXISTS speakers_by_kind ON speakers(kind);
CREATE INDEX IF NOT EXISTS speaker_names_by_name ON speaker_names(name COLLATE NOCASE);

CREATE INDEX IF NOT EXISTS matches_by_a ON matches(a_article_id, b_article_id);
CREATE INDEX IF NOT EXISTS matches_by_b ON matches(b_article_id, a_article_id);
CREATE INDEX IF NOT EXISTS matches_by_passage ON matches(passage_id);
CREATE INDEX IF NOT EXISTS matches_by_score ON matches(score);
CREATE INDEX IF NOT EXISTS matches_by_bits ON matches(bits);
CREATE INDEX IF NOT EXISTS matches_by_kind ON matches(kind);
CREATE INDEX IF NOT EXISTS matches_by_outlets ON matches(a_outlet_id, b_outlet_id, score);
CREATE INDEX IF NOT EXISTS matches_by_b_outlet ON matches(b_outlet_id);

CREATE INDEX IF NOT EXISTS passages_by_reach ON passages(boilerplate, outlets DESC, articles DESC, words DESC);
CREATE INDEX IF NOT EXISTS passages_by_first ON passages(first_article_id);
CREATE INDEX IF NOT EXISTS appearances_by_passage ON appearances(passage_id);
CREATE INDEX IF NOT EXISTS appearances_by_article ON appearances(article_id, start);
CREATE INDEX IF NOT EXISTS appearances_by_source ON appearances(source_id);

CREATE INDEX IF NOT EXISTS families_by_reach ON families(disputed, outlets, quotes);
CREATE INDEX IF NOT EXISTS families_by_speaker ON families(speaker_id, first_published);
CREATE INDEX IF NOT EXISTS families_by_outlets ON families(outlets, quotes);
CREATE INDEX IF NOT EXISTS variants_by_family ON variants(family_id);
CREATE INDEX IF NOT EXISTS variants_by_article ON variants(article_id);
CREATE INDEX IF NOT EXISTS variants_by_quote ON variants(quote_id);
CREATE INDEX IF NOT EXISTS variants_by_source ON variants(source_id);
CREATE INDEX IF NOT EXISTS variants_by_change ON variants(touches_meaning, change);
CREATE INDEX IF NOT EXISTS variants_altered ON variants(touches_meaning DESC, family_id)
  WHERE touches_meaning = 1 OR change = 'altered';
CREATE INDEX IF NOT EXISTS disputes_by_family ON disputes(family_id);
CREATE INDEX IF NOT EXISTS disputes_by_kind ON disputes(kind);
CREATE INDEX IF NOT EXISTS disputes_by_a ON disputes(a_variant_id);
CREATE INDEX IF NOT EXISTS disputes_by_b ON disputes(b_variant_id);
CREATE INDEX IF NOT EXISTS problems_by_scan ON problems(scan_id, level);


-- Who had a quote first: one row an utterance, the first appearance known.
CREATE VIEW IF NOT EXISTS quote_first_seen AS
SELECT
  families.id AS family_id,
  families.name AS quote,
  families.speaker_id,
  (SELECT name FROM speakers WHERE id = families.speaker_id) AS speaker,
  families.first_published,
  (SELECT outlets.name FROM variants
   JOIN articles ON articles.id = variants.article_id
   JOIN outlets ON outlets.id = articles.outlet_id
   WHERE variants.id = families.first_variant_id) AS first_outlet,
  (SELECT article_id FROM variants WHERE id = families.first_variant_id) AS first_article_id,
  (SELECT articles.title FROM variants
   JOIN articles ON articles.id = variants.article_id
   WHERE variants.id = families.first_variant_id) AS first_title,
  families.outlets,
  families.quotes,
  families.disputed
FROM families;


-- One utterance, two outlets that cannot both be right, or that differ in what they mark as quoted.
CREATE VIEW IF NOT EXISTS disputed_quotes AS
SELECT
  disputes.id AS dispute_id,
  disputes.kind,
  families.id AS family_id,
  families.name AS quote,
  a_outlet.name AS a_outlet,
  (SELECT name FROM speakers WHERE id = a_quote.speaker_id) AS a_speaker,
  substr(a_article.text, a.start + 1, a."end" - a.start) AS a_words,
  a_article.published AS a_published,
  a_article.id AS a_article_id,
  b_outlet.name AS b_outlet,
  (SELECT name FROM speakers WHERE id = b_quote.speaker_id) AS b_speaker,
  substr(b_article.text, b.start + 1, b."end" - b.start) AS b_words,
  b_article.published AS b_published,
  b_article.id AS b_article_id
FROM disputes
LEFT JOIN families ON families.id = disputes.family_id
LEFT JOIN variants AS a ON a.id = disputes.a_variant_id
LEFT JOIN quotes AS a_quote ON a_quote.id = a.quote_id
LEFT JOIN articles AS a_article ON a_article.id = a.article_id
LEFT JOIN outlets AS a_outlet ON a_outlet.id = a_article.outlet_id
LEFT JOIN variants AS b ON b.id = disputes.b_variant_id
LEFT JOIN quotes AS b_quote ON b_quote.id = b.quote_id
LEFT JOIN articles AS b_article ON b_article.id = b.article_id
LEFT JOIN outlets AS b_outlet ON b_outlet.id = b_article.outlet_id;


-- Versions whose words were altered, or whose change touches the meaning; those come first.
CREATE VIEW IF NOT EXISTS altered_quotes AS
SELECT
  variants.id AS variant_id,
  variants.family_id,
  variants.touches_meaning,
  variants.change,
  variants.reason,
  (SELECT speaker_id FROM families WHERE id = variants.family_id) AS speaker_id,
  (SELECT speakers.name FROM families JOIN speakers ON speakers.id = families.speaker_id
   WHERE families.id = variants.family_id) AS speaker,
  (SELECT text FROM families WHERE id = variants.family_id) AS fullest,
  (SELECT substr(text, variants.start + 1, variants."end" - variants.start) FROM articles
   WHERE id = variants.article_id) AS words,
  (SELECT outlets.name FROM articles JOIN outlets ON outlets.id = articles.outlet_id
   WHERE articles.id = variants.article_id) AS outlet,
  (SELECT published FROM articles WHERE id = variants.article_id) AS published,
  variants.article_id,
  (SELECT title FROM articles WHERE id = variants.article_id) AS title,
  variants.quote_id
FROM variants
WHERE variants.touches_meaning = 1 OR variants.change = 'altered';


-- The passages that most outlets carry. Furniture of the page is left out.
CREATE VIEW IF NOT EXISTS most_reused AS
SELECT
  passages.id AS passage_id,
  passages.name AS passage,
  passages.outlets,
  passages.articles,
  passages.words,
  (SELECT outlets.name FROM articles JOIN outlets ON outlets.id = articles.outlet_id
   WHERE articles.id = passages.first_article_id) AS first_outlet,
  passages.first_published,
  passages.first_article_id,
  (SELECT title FROM articles WHERE id = passages.first_article_id) AS first_title,
  passages.text
FROM passages
WHERE passages.boilerplate = 0 AND passages.outlets > 1;


-- Derived by summaries.sql at the end of a scan: as live views they would read every appearance.

CREATE TABLE IF NOT EXISTS outlet_flows (
  from_outlet_id TEXT NOT NULL REFERENCES outlets(id),
  to_outlet_id TEXT NOT NULL REFERENCES outlets(id),
  passages INTEGER NOT NULL,
  articles INTEGER NOT NULL,
  words INTEGER NOT NULL,
  median_lag_hours REAL,
  first_published TEXT,
  last_published TEXT,
  PRIMARY KEY (from_outlet_id, to_outlet_id)
);
CREATE INDEX IF NOT EXISTS outlet_flows_by_passages ON outlet_flows(passages);
CREATE INDEX IF NOT EXISTS outlet_flows_by_taker ON outlet_flows(to_outlet_id);

CREATE TABLE IF NOT EXISTS outlet_totals (
  outlet_id TEXT PRIMARY KEY REFERENCES outlets(id),
  articles INTEGER NOT NULL,
  quotes INTEGER NOT NULL,
  shared_passages INTEGER NOT NULL,
  dated_passages INTEGER NOT NULL,
  first_passages INTEGER NOT NULL,
  taken INTEGER NOT NULL,
  given INTEGER NOT NULL,
  original_share REAL
);
CREATE INDEX IF NOT EXISTS outlet_totals_by_given ON outlet_totals(given);

-- Who takes from whom: passages that the one outlet most likely took from the other.
CREATE VIEW IF NOT EXISTS outlet_flow AS
SELECT
  giver.name AS from_outlet,
  taker.name AS to_outlet,
  outlet_flows.passages,
  outlet_flows.articles,
  outlet_flows.words,
  outlet_flows.median_lag_hours,
  outlet_flows.first_published,
  outlet_flows.last_published,
  outlet_flows.from_outlet_id,
  outlet_flows.to_outlet_id
FROM outlet_flows
LEFT JOIN outlets AS giver ON giver.id = outlet_flows.from_outlet_id
LEFT JOIN outlets AS taker ON taker.id = outlet_flows.to_outlet_id
ORDER BY outlet_flows.passages DESC, outlet_flows.words DESC;
