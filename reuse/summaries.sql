-- The two derived tables, made again from the rows at the end of a scan (see views.sql).

DELETE FROM outlet_flows;
DELETE FROM outlet_totals;

-- A step is an appearance and the appearance it was most likely taken from, in another outlet.
-- Its lag is exact where both hours are known, else whole days: a day is no hour of that day.
INSERT INTO outlet_flows
WITH
  steps AS (
    SELECT
      giver.outlet_id AS from_outlet_id,
      taker.outlet_id AS to_outlet_id,
      appearances.passage_id,
      appearances.article_id,
      passages.words,
      taker.published,
      CASE
        WHEN length(giver.published) > 10 AND length(taker.published) > 10
          THEN (julianday(taker.published) - julianday(giver.published)) * 24
        ELSE (julianday(substr(taker.published, 1, 10))
              - julianday(substr(giver.published, 1, 10))) * 24
      END AS lag
    FROM appearances
    JOIN passages ON passages.id = appearances.passage_id AND passages.boilerplate = 0
    JOIN appearances AS source ON source.id = appearances.source_id
    JOIN articles AS taker ON taker.id = appearances.article_id
    JOIN articles AS giver ON giver.id = source.article_id
    WHERE giver.outlet_id <> taker.outlet_id
  ),
  ranked AS (
    SELECT
      from_outlet_id, to_outlet_id, lag,
      row_number() OVER (PARTITION BY from_outlet_id, to_outlet_id ORDER BY lag) AS place,
      count(*) OVER (PARTITION BY from_outlet_id, to_outlet_id) AS steps
    FROM steps
    WHERE lag IS NOT NULL
  ),
  medians AS (
    SELECT from_outlet_id, to_outlet_id, round(avg(lag), 2) AS lag
    FROM ranked
    WHERE place IN ((steps + 1) / 2, (steps + 2) / 2)
    GROUP BY from_outlet_id, to_outlet_id
  )
SELECT
  steps.from_outlet_id,
  steps.to_outlet_id,
  count(DISTINCT steps.passage_id),
  count(DISTINCT steps.article_id),
  sum(steps.words),
  medians.lag,
  min(steps.published),
  max(steps.published)
FROM steps
LEFT JOIN medians USING (from_outlet_id, to_outlet_id)
GROUP BY steps.from_outlet_id, steps.to_outlet_id
ORDER BY steps.from_outlet_id, steps.to_outlet_id;

-- Original share: of the passages that this outlet shares with others and whose first appearance is
-- known, those that it had first.
INSERT INTO outlet_totals
WITH
  carried AS (
    SELECT DISTINCT articles.outlet_id, passages.id AS passage_id, first.outlet_id AS first_outlet_id
    FROM appearances
    JOIN passages
      ON passages.id = appearances.passage_id AND passages.boilerplate = 0 AND passages.outlets > 1
    JOIN articles ON articles.id = appearances.article_id
    LEFT JOIN articles AS first ON first.id = passages.first_article_id
    WHERE articles.outlet_id IS NOT NULL
  ),
  shared AS (
    SELECT
      outlet_id,
      count(*) AS passages,
      count(first_outlet_id) AS dated,
      sum(first_outlet_id IS outlet_id) AS first
    FROM carried
    GROUP BY outlet_id
  ),
  written AS (SELECT outlet_id, count(*) AS articles FROM articles GROUP BY outlet_id),
  quoted AS (
    SELECT articles.outlet_id, count(*) AS quotes
    FROM quotes JOIN articles ON articles.id = quotes.article_id
    WHERE quotes.kind <> 'term'
    GROUP BY articles.outlet_id
  ),
  takes AS (SELECT to_outlet_id AS outlet_id, sum(passages) AS n FROM outlet_flows GROUP BY 1),
  gives AS (SELECT from_outlet_id AS outlet_id, sum(passages) AS n FROM outlet_flows GROUP BY 1)
SELECT
  outlets.id,
  coalesce(written.articles, 0),
  coalesce(quoted.quotes, 0),
  coalesce(shared.passages, 0),
  coalesce(shared.dated, 0),
  coalesce(shared.first, 0),
  coalesce(takes.n, 0),
  coalesce(gives.n, 0),
  CASE WHEN shared.dated > 0 THEN round(1.0 * shared.first / shared.dated, 4) END
FROM outlets
LEFT JOIN written ON written.outlet_id = outlets.id
LEFT JOIN quoted ON quoted.outlet_id = outlets.id
LEFT JOIN shared ON shared.outlet_id = outlets.id
LEFT JOIN takes ON takes.outlet_id = outlets.id
LEFT JOIN gives ON gives.outlet_id = outlets.id
ORDER BY outlets.id;
