-- What the pages read: look-ups by an index, each with a limit.

-- name: counts
SELECT
  (SELECT count(*) FROM articles) AS articles,
  (SELECT count(*) FROM outlets) AS outlets,
  (SELECT count(*) FROM quotes) - (SELECT count(*) FROM quotes WHERE kind = 'term') AS quotes,
  (SELECT count(*) FROM speakers) - (SELECT count(*) FROM speakers WHERE kind = 'unnamed') AS speakers,
  (SELECT count(*) FROM matches) AS matches,
  (SELECT count(*) FROM passages WHERE boilerplate = 0 AND outlets > 1) AS passages,
  (SELECT count(*) FROM passages WHERE boilerplate = 1) AS furniture,
  (SELECT count(*) FROM families WHERE disputed = 1) AS disputed,
  (SELECT count(*) FROM variants WHERE touches_meaning = 1) AS altered,
  (SELECT min(published) FROM articles) AS first_published,
  (SELECT max(published) FROM articles) AS last_published,
  (SELECT count(*) FROM articles WHERE published IS NULL) AS undated;

-- name: days
SELECT substr(published, 1, 10) AS day, count(*) AS articles
FROM articles WHERE substr(published, 1, 10) IS NOT NULL GROUP BY substr(published, 1, 10);

-- name: newest_scan
SELECT id, started, finished, version, counts,
  (SELECT count(*) FROM problems WHERE scan_id = scans.id AND level = 'skipped') AS skipped,
  (SELECT count(*) FROM problems WHERE scan_id = scans.id AND level = 'noted') AS noted
FROM scans ORDER BY id DESC LIMIT 1;

-- name: most_reused
SELECT * FROM most_reused ORDER BY outlets DESC, articles DESC, words DESC LIMIT :limit;

-- name: altered
SELECT families.id AS family_id, families.text AS fullest, families.speaker_id,
  speakers.name AS speaker, families.outlets, variants.id AS variant_id, variants.reason,
  variants.edits, variants.start, variants."end", articles.text AS article_text,
  outlets.name AS outlet, articles.published
FROM families
CROSS JOIN variants ON variants.family_id = families.id AND variants.touches_meaning = 1
LEFT JOIN speakers ON speakers.id = families.speaker_id
LEFT JOIN articles ON articles.id = variants.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
ORDER BY families.outlets DESC, families.quotes DESC
LIMIT :limit;

-- name: disputed
SELECT families.id AS family_id, families.name AS quote, families.text, families.outlets,
  speakers.name AS speaker, families.speaker_id,
  (SELECT kind FROM disputes WHERE family_id = families.id ORDER BY kind = 'speaker' DESC LIMIT 1) AS kind,
  (SELECT group_concat(name, ' / ') FROM (
     SELECT DISTINCT said.name FROM quotes JOIN speakers AS said ON said.id = quotes.speaker_id
     WHERE quotes.family_id = families.id LIMIT 3)) AS credits
FROM families
LEFT JOIN speakers ON speakers.id = families.speaker_id
WHERE families.disputed = 1
ORDER BY families.outlets DESC, families.quotes DESC
LIMIT :limit;

-- name: most_quoted
SELECT id, name, kind, quotes, articles, outlets FROM speakers
WHERE kind <> 'unnamed' ORDER BY quotes DESC LIMIT :limit;

-- name: closest_matches
SELECT matches.id, matches.words, matches.score, matches.bits, matches.kind,
  a_outlet.name AS a_outlet, b_outlet.name AS b_outlet,
  a.title AS a_title, b.title AS b_title, a.published AS a_published, b.published AS b_published,
  substr(b.text, matches.b_start + 1, min(matches.b_end - matches.b_start, 240)) AS shared
FROM matches
JOIN articles AS a ON a.id = matches.a_article_id
JOIN articles AS b ON b.id = matches.b_article_id
LEFT JOIN outlets AS a_outlet ON a_outlet.id = matches.a_outlet_id
LEFT JOIN outlets AS b_outlet ON b_outlet.id = matches.b_outlet_id
ORDER BY matches.bits DESC
LIMIT :limit;

-- name: newest_articles
SELECT articles.id, articles.title, articles.source, articles.published, articles.words,
  substr(articles.text, 1, 160) AS beginning, outlets.name AS outlet
FROM articles LEFT JOIN outlets ON outlets.id = articles.outlet_id
ORDER BY articles.published DESC
LIMIT :limit;

-- name: outlet_totals
SELECT outlet_totals.*, outlets.name, outlets.kind
FROM outlet_totals JOIN outlets ON outlets.id = outlet_totals.outlet_id
ORDER BY outlet_totals.given DESC, outlet_totals.shared_passages DESC, outlets.name
LIMIT :limit OFFSET :offset;

-- name: outlet_count
SELECT count(*) AS n FROM outlet_totals;

-- name: flows
SELECT outlet_flows.*, giver.name AS from_outlet, taker.name AS to_outlet
FROM outlet_flows
JOIN outlets AS giver ON giver.id = outlet_flows.from_outlet_id
JOIN outlets AS taker ON taker.id = outlet_flows.to_outlet_id
ORDER BY outlet_flows.passages DESC, outlet_flows.words DESC, giver.name, taker.name
LIMIT :limit OFFSET :offset;

-- name: flow_count
SELECT count(*) AS n, coalesce(sum(passages), 0) AS passages FROM outlet_flows;

-- name: search_speakers
SELECT speakers.id, speakers.name, speakers.kind, speakers.quotes, speakers.outlets
FROM speakers
WHERE speakers.id IN (
  SELECT id FROM speakers WHERE name LIKE :prefix ESCAPE '\'
  UNION SELECT speaker_id FROM speaker_names WHERE name LIKE :prefix ESCAPE '\'
  UNION SELECT speaker_id FROM speaker_names WHERE name LIKE :word ESCAPE '\'
  LIMIT 500)
ORDER BY speakers.quotes DESC
LIMIT :limit;

-- name: search_quotes
-- Only the first 2,000 finds are ranked: a word that every article has would cost as many reads.
WITH found AS (SELECT rowid, rank FROM quotes_fts WHERE quotes_fts MATCH :words LIMIT 2000)
SELECT quotes.id, quotes.text, quotes.family_id, quotes.article_id, quotes.kind,
  speakers.name AS speaker, quotes.speaker_id, outlets.name AS outlet, articles.published,
  families.outlets, families.disputed
FROM (SELECT rowid, rank FROM found ORDER BY rank LIMIT :limit) AS best
JOIN quotes ON quotes.rowid = best.rowid
JOIN articles ON articles.id = quotes.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
LEFT JOIN speakers ON speakers.id = quotes.speaker_id
LEFT JOIN families ON families.id = quotes.family_id
ORDER BY best.rank;

-- name: search_passages
WITH found AS (SELECT rowid, rank FROM passages_fts WHERE passages_fts MATCH :words LIMIT 2000)
SELECT passages.id, passages.name, passages.text, passages.outlets, passages.articles,
  passages.first_published, passages.boilerplate
FROM (
  SELECT found.rowid, found.rank FROM found
  JOIN passages ON passages.rowid = found.rowid
  ORDER BY passages.boilerplate, found.rank LIMIT :limit) AS best
JOIN passages ON passages.rowid = best.rowid
ORDER BY passages.boilerplate, best.rank;

-- name: search_articles
WITH
  found AS (SELECT rowid, rank FROM articles_fts WHERE articles_fts MATCH :words LIMIT 2000),
  best AS (SELECT rowid, rank FROM found ORDER BY rank LIMIT :limit)
SELECT articles.id, articles.title, articles.source, articles.published, outlets.name AS outlet,
  (SELECT snippet(articles_fts, 1, char(57344), char(57345), '…', 24) FROM articles_fts
   WHERE articles_fts MATCH :words AND articles_fts.rowid = best.rowid) AS snippet
FROM best
JOIN articles ON articles.rowid = best.rowid
LEFT JOIN outlets ON outlets.id = articles.outlet_id
ORDER BY best.rank;

-- name: article
SELECT articles.*, outlets.name AS outlet, outlets.kind AS outlet_kind
FROM articles LEFT JOIN outlets ON outlets.id = articles.outlet_id
WHERE articles.id = :id;

-- name: article_quotes
SELECT quotes.*, speakers.name AS speaker, speakers.kind AS speaker_kind,
  families.outlets AS family_outlets, families.quotes AS family_quotes, families.disputed
FROM quotes
LEFT JOIN speakers ON speakers.id = quotes.speaker_id
LEFT JOIN families ON families.id = quotes.family_id
WHERE quotes.article_id = :id
ORDER BY quotes.start, quotes."end" DESC
LIMIT 2000;

-- name: article_variants
SELECT variants.*, families.outlets AS family_outlets, families.name AS family_name,
  source.article_id AS source_article_id, source_outlet.name AS source_outlet
FROM variants
LEFT JOIN families ON families.id = variants.family_id
LEFT JOIN variants AS source ON source.id = variants.source_id
LEFT JOIN articles AS source_article ON source_article.id = source.article_id
LEFT JOIN outlets AS source_outlet ON source_outlet.id = source_article.outlet_id
WHERE variants.article_id = :id
ORDER BY variants.start
LIMIT 2000;

-- name: article_appearances
SELECT appearances.id, appearances.passage_id, appearances.start, appearances."end",
  appearances.similarity, appearances.source_id, passages.name, passages.words,
  passages.articles, passages.outlets, passages.boilerplate, passages.first_article_id,
  passages.first_published, first_outlet.name AS first_outlet,
  source.article_id AS source_article_id, source_outlet.name AS source_outlet,
  source_article.published AS source_published
FROM appearances
JOIN passages ON passages.id = appearances.passage_id
LEFT JOIN articles AS first ON first.id = passages.first_article_id
LEFT JOIN outlets AS first_outlet ON first_outlet.id = first.outlet_id
LEFT JOIN appearances AS source ON source.id = appearances.source_id
LEFT JOIN articles AS source_article ON source_article.id = source.article_id
LEFT JOIN outlets AS source_outlet ON source_outlet.id = source_article.outlet_id
WHERE appearances.article_id = :id
ORDER BY appearances.start, appearances."end" DESC
LIMIT 2000;

-- name: article_matches
SELECT * FROM (
  SELECT matches.id, matches.passage_id, matches.words, matches.score, matches.kind,
    matches.a_start AS start, matches.a_end AS "end",
    matches.b_article_id AS other_id, 'later' AS other_is,
    other.title, other.published, other.source, outlets.name AS outlet
  FROM matches
  JOIN articles AS other ON other.id = matches.b_article_id
  LEFT JOIN outlets ON outlets.id = other.outlet_id
  WHERE matches.a_article_id = :id LIMIT 1000)
UNION ALL
SELECT * FROM (
  SELECT matches.id, matches.passage_id, matches.words, matches.score, matches.kind,
    matches.b_start, matches.b_end,
    matches.a_article_id, 'earlier',
    other.title, other.published, other.source, outlets.name
  FROM matches
  JOIN articles AS other ON other.id = matches.a_article_id
  LEFT JOIN outlets ON outlets.id = other.outlet_id
  WHERE matches.b_article_id = :id LIMIT 1000)
ORDER BY words DESC, score DESC;

-- name: decisions
SELECT * FROM decisions ORDER BY made_at LIMIT 5000;

-- name: match
SELECT matches.*, passages.name AS passage, passages.outlets AS passage_outlets,
  passages.articles AS passage_articles
FROM matches LEFT JOIN passages ON passages.id = matches.passage_id
WHERE matches.id = :id;

-- name: matches_of_pair
SELECT id, a_start, a_end, b_start, b_end, words, score FROM matches
WHERE a_article_id = :a AND b_article_id = :b ORDER BY a_start LIMIT 50;

-- name: match_between
SELECT id FROM matches
WHERE (a_article_id = :one AND b_article_id = :other) OR (a_article_id = :other AND b_article_id = :one)
ORDER BY passage_id = :passage DESC, words DESC LIMIT 1;

-- name: passage
SELECT passages.*, outlets.name AS first_outlet, articles.title AS first_title
FROM passages
LEFT JOIN articles ON articles.id = passages.first_article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
WHERE passages.id = :id;

-- name: passage_appearances
SELECT appearances.id, appearances.article_id, appearances.start, appearances."end",
  appearances.similarity, appearances.source_id, articles.title, articles.source,
  articles.published, outlets.name AS outlet, articles.outlet_id,
  source.article_id AS source_article_id, source_outlet.name AS source_outlet,
  substr(articles.text, appearances.start + 1, appearances."end" - appearances.start) AS text
FROM (
  SELECT appearances.id FROM appearances JOIN articles ON articles.id = appearances.article_id
  WHERE appearances.passage_id = :id
  ORDER BY articles.published IS NULL, articles.published, appearances.id
  LIMIT :limit OFFSET :offset) AS listed
JOIN appearances ON appearances.id = listed.id
JOIN articles ON articles.id = appearances.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
LEFT JOIN appearances AS source ON source.id = appearances.source_id
LEFT JOIN articles AS source_article ON source_article.id = source.article_id
LEFT JOIN outlets AS source_outlet ON source_outlet.id = source_article.outlet_id
ORDER BY articles.published IS NULL, articles.published, appearances.id;

-- name: passage_families
SELECT DISTINCT families.id, families.name, families.outlets, families.disputed, speakers.name AS speaker
FROM variants
JOIN families ON families.id = variants.family_id
LEFT JOIN speakers ON speakers.id = families.speaker_id
WHERE variants.article_id = :article AND variants.start < :end AND variants."end" > :start
LIMIT 10;

-- name: family
SELECT families.*, speakers.name AS speaker, speakers.kind AS speaker_kind,
  first.article_id AS first_article_id, outlets.name AS first_outlet, articles.title AS first_title
FROM families
LEFT JOIN speakers ON speakers.id = families.speaker_id
LEFT JOIN variants AS first ON first.id = families.first_variant_id
LEFT JOIN articles ON articles.id = first.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
WHERE families.id = :id;

-- name: family_variants
SELECT variants.*, articles.title, articles.published, articles.source AS article_source,
  outlets.name AS outlet, articles.outlet_id,
  substr(articles.text, variants.start + 1, variants."end" - variants.start) AS words,
  quotes.mention, quotes.speaker_id, quotes.confidence, quotes.evidence, quotes.kind AS quote_kind,
  speakers.name AS speaker, source.article_id AS source_article_id,
  source_outlet.name AS source_outlet
FROM (
  SELECT variants.id FROM variants JOIN articles ON articles.id = variants.article_id
  WHERE variants.family_id = :id
  ORDER BY articles.published IS NULL, articles.published, variants.id
  LIMIT :limit OFFSET :offset) AS listed
JOIN variants ON variants.id = listed.id
JOIN articles ON articles.id = variants.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
LEFT JOIN quotes ON quotes.id = variants.quote_id
LEFT JOIN speakers ON speakers.id = quotes.speaker_id
LEFT JOIN variants AS source ON source.id = variants.source_id
LEFT JOIN articles AS source_article ON source_article.id = source.article_id
LEFT JOIN outlets AS source_outlet ON source_outlet.id = source_article.outlet_id
ORDER BY articles.published IS NULL, articles.published, variants.id;

-- name: family_size
SELECT count(*) AS n FROM variants WHERE family_id = :id;

-- name: family_credits
SELECT speakers.name, quotes.speaker_id,
  count(*) AS versions, count(DISTINCT coalesce(articles.outlet_id, articles.id)) AS outlets,
  group_concat(DISTINCT outlets.name) AS outlet_names
FROM (SELECT * FROM variants WHERE family_id = :id LIMIT 5000) AS versions
JOIN articles ON articles.id = versions.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
LEFT JOIN quotes ON quotes.id = versions.quote_id
LEFT JOIN speakers ON speakers.id = quotes.speaker_id
GROUP BY 1, 2
ORDER BY outlets DESC, versions DESC
LIMIT 60;

-- name: family_disputes
SELECT disputes.id, disputes.kind, disputes.a_variant_id, disputes.b_variant_id,
  a_outlet.name AS a_outlet, a_speaker.name AS a_speaker, a.article_id AS a_article_id,
  a.quote_id AS a_quote_id,
  substr(a_article.text, a.start + 1, a."end" - a.start) AS a_words, a_article.published AS a_published,
  b_outlet.name AS b_outlet, b_speaker.name AS b_speaker, b.article_id AS b_article_id,
  b.quote_id AS b_quote_id,
  substr(b_article.text, b.start + 1, b."end" - b.start) AS b_words, b_article.published AS b_published
FROM disputes
JOIN variants AS a ON a.id = disputes.a_variant_id
JOIN variants AS b ON b.id = disputes.b_variant_id
JOIN articles AS a_article ON a_article.id = a.article_id
JOIN articles AS b_article ON b_article.id = b.article_id
LEFT JOIN outlets AS a_outlet ON a_outlet.id = a_article.outlet_id
LEFT JOIN outlets AS b_outlet ON b_outlet.id = b_article.outlet_id
LEFT JOIN quotes AS a_quote ON a_quote.id = a.quote_id
LEFT JOIN quotes AS b_quote ON b_quote.id = b.quote_id
LEFT JOIN speakers AS a_speaker ON a_speaker.id = a_quote.speaker_id
LEFT JOIN speakers AS b_speaker ON b_speaker.id = b_quote.speaker_id
WHERE disputes.family_id = :id
ORDER BY disputes.kind = 'speaker' DESC, disputes.kind, disputes.id
LIMIT 20;

-- name: quote
SELECT quotes.*, speakers.name AS speaker, speakers.kind AS speaker_kind,
  articles.title, articles.published, articles.source AS article_source, articles.text AS article_text,
  outlets.name AS outlet
FROM quotes
JOIN articles ON articles.id = quotes.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
LEFT JOIN speakers ON speakers.id = quotes.speaker_id
WHERE quotes.id = :id;

-- name: utterance
SELECT id, start, "end", text FROM quotes
WHERE utterance_id = :utterance AND article_id = :article ORDER BY start LIMIT 100;

-- name: speaker
SELECT * FROM speakers WHERE id = :id;

-- name: speaker_names
SELECT name, mentions FROM speaker_names WHERE speaker_id = :id ORDER BY mentions DESC, name LIMIT 100;

-- name: speaker_quotes
SELECT said.id, said.text, said.kind, said.cue, said.mention, said.confidence,
  said.evidence, said.family_id, said.article_id, said.utterance_id, said.start,
  articles.title, articles.source, articles.published, outlets.name AS outlet, articles.outlet_id,
  families.outlets AS family_outlets, families.disputed
FROM (SELECT * FROM quotes WHERE speaker_id = :id LIMIT 2000) AS said
JOIN articles ON articles.id = said.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
LEFT JOIN families ON families.id = said.family_id
ORDER BY articles.published IS NULL, articles.published DESC, said.article_id, said.start;
