-- The ready queries of the database's own page in Datasette. `:name` becomes a field of a form.

-- name: who_said
-- title: Who said it: quotes that contain these words
-- description: Every quote with the words, oldest first, with its speaker and outlet. Words in any order; "in double quotes" as they stand.
SELECT
  quotes.text AS quote,
  speakers.name AS speaker,
  quotes.mention AS named_as,
  outlets.name AS outlet,
  articles.published,
  articles.title,
  quotes.confidence,
  quotes.family_id,
  quotes.article_id,
  quotes.id AS quote_id
FROM (SELECT rowid FROM quotes_fts WHERE quotes_fts MATCH escape_fts(:words) LIMIT 5000) AS found
JOIN quotes ON quotes.rowid = found.rowid
JOIN articles ON articles.id = quotes.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
LEFT JOIN speakers ON speakers.id = quotes.speaker_id
ORDER BY articles.published IS NULL, articles.published
LIMIT 500;

-- name: quotes_of
-- title: What somebody is quoted with
-- description: Utterances of the speakers whose name begins as given, newest first.
SELECT
  speakers.name AS speaker,
  families.text AS quote,
  families.first_published,
  families.outlets,
  families.quotes,
  families.disputed,
  families.id AS family_id,
  families.speaker_id
FROM speakers
JOIN families ON families.speaker_id = speakers.id
WHERE speakers.name LIKE :name || '%'
ORDER BY families.first_published DESC
LIMIT 500;

-- name: who_carried
-- title: Who carried these words
-- description: Every appearance of the passages that contain the words, oldest first. Furniture is left out.
SELECT
  passages.name AS passage,
  outlets.name AS outlet,
  articles.published,
  articles.title,
  appearances.similarity,
  passages.outlets,
  appearances.passage_id,
  appearances.article_id
FROM (SELECT rowid FROM passages_fts WHERE passages_fts MATCH escape_fts(:words) LIMIT 1000) AS found
JOIN passages ON passages.rowid = found.rowid AND passages.boilerplate = 0
JOIN appearances ON appearances.passage_id = passages.id
JOIN articles ON articles.id = appearances.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
ORDER BY articles.published IS NULL, articles.published
LIMIT 500;

-- name: first_to_say
-- title: Who had it first
-- description: Quotes that more than one outlet carries, with the outlet that had them first.
SELECT * FROM quote_first_seen WHERE outlets > 1 ORDER BY outlets DESC, quotes DESC LIMIT 500;

-- name: disputed
-- title: Disputed quotes
-- description: The same words with two speakers, or quoted in one outlet and written as its own in another.
SELECT * FROM disputed_quotes ORDER BY kind = 'speaker' DESC, family_id LIMIT 500;

-- name: altered
-- title: Altered quotes
-- description: Versions whose change touches the meaning (a number, a negation, a name, a modal), then other altered ones.
SELECT * FROM altered_quotes ORDER BY touches_meaning DESC, family_id LIMIT 500;

-- name: who_takes_from_whom
-- title: Who takes from whom
-- description: Passages that one outlet most likely took from another, and how long it took.
SELECT * FROM outlet_flow LIMIT 500;

-- name: reused_most
-- title: Most reused passages
-- description: The passages that most outlets carry. Furniture is left out.
SELECT * FROM most_reused ORDER BY outlets DESC, articles DESC, words DESC LIMIT 500;

-- name: followers
-- title: Outlets by how much they have first
-- description: Of the passages an outlet shares with others, how many it had first, how many it took.
SELECT
  outlets.name AS outlet,
  outlet_totals.articles,
  outlet_totals.shared_passages,
  outlet_totals.first_passages,
  outlet_totals.original_share,
  outlet_totals.given,
  outlet_totals.taken,
  outlet_totals.outlet_id
FROM outlet_totals
JOIN outlets ON outlets.id = outlet_totals.outlet_id
ORDER BY outlet_totals.original_share IS NULL, outlet_totals.original_share, outlet_totals.taken DESC
LIMIT 500;

-- name: matches_between
-- title: What two outlets share
-- description: Matches between two outlets, the surest first.
SELECT
  a.title AS earlier,
  b.title AS later,
  matches.kind,
  matches.words,
  matches.score,
  substr(a.text, matches.a_start + 1, matches.a_end - matches.a_start) AS earlier_words,
  substr(b.text, matches.b_start + 1, matches.b_end - matches.b_start) AS later_words,
  matches.id AS match_id
FROM outlets AS one
JOIN outlets AS other
JOIN matches
  ON (matches.a_outlet_id = one.id AND matches.b_outlet_id = other.id)
  OR (matches.a_outlet_id = other.id AND matches.b_outlet_id = one.id)
JOIN articles AS a ON a.id = matches.a_article_id
JOIN articles AS b ON b.id = matches.b_article_id
WHERE one.name = :one_outlet AND other.name = :other_outlet
ORDER BY matches.score DESC
LIMIT 500;

-- name: without_speaker
-- title: Quotes that nobody is named for
-- description: Direct quotes whose speaker the article does not tell; a place to look by hand.
SELECT
  quotes.text AS quote,
  outlets.name AS outlet,
  articles.title,
  quotes.evidence,
  quotes.article_id,
  quotes.id AS quote_id
FROM quotes
JOIN articles ON articles.id = quotes.article_id
LEFT JOIN outlets ON outlets.id = articles.outlet_id
WHERE quotes.kind = 'direct' AND quotes.speaker_id IS NULL
LIMIT 500;
