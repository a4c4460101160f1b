-- name: find-incident
-- The incident of a medium and name, with how many samples it has.
select i.id, i.name, i.sensitivity, i.updated,
  (select count(*) from incident_sample s where s.incident_id = i.id) as samples
from incident i where i.medium = :medium and i.name = :name;

-- name: find-list
-- The list of a kind and name, with how many items it has.
select l.id, l.name, l.updated, (select count(*) from term_item t where t.list_id = l.id) as items
from term_list l where l.kind = :kind and l.name = :name;

-- name: list-names
-- The names of all lists of a kind.
select name from term_list where kind = :kind order by position;

-- name: find-reviewer
-- The newest version of a reviewer that can review.
select r.id as reviewer_id, v.id, r.name, v.version, v.engine, v.updated
from reviewer r join reviewer_version v on v.reviewer_id = r.id
where r.name = :name and v.status = 'Succeeded' order by v.version desc limit 1;

-- name: copy-incident
-- An incident as it is stored.
select id, medium, name, position, description, definition, sensitivity, created, updated
from incident where id = :id;

-- name: copy-sample
-- The samples of an incident as they are stored.
select id, incident_id, position, text, literal, reading, added, deployed
from incident_sample where incident_id = :id order by position;

-- name: copy-vector
-- What was read of the samples of an incident.
select v.sample_id, v.encoder, v.revision, v.vector
from incident_vector v join incident_sample s on s.id = v.sample_id
where s.incident_id = :id order by s.position, v.encoder;

-- name: copy-picture
-- The pictures of an incident that have to be read again, being read by other rules.
select p.sample_id, p.content, p.format, p.width, p.height
from incident_picture p join incident_sample s on s.id = p.sample_id
where s.incident_id = :id and s.reading <> :reading order by s.position;

-- name: copy-list
-- A list as it is stored.
select id, kind, name, position, description, categories, reach, created, updated
from term_list where id = :id;

-- name: copy-item
-- The items of a list as they are stored.
select id, list_id, position, text, is_regex, pattern_size, description, added
from term_item where list_id = :id order by position;

-- name: copy-reviewer
-- A reviewer as it is stored.
select id, name, position, latest, created from reviewer where id = :id;

-- name: copy-version
-- A version of a reviewer with what its engine built.
select id, reviewer_id, version, labels, engine, status, error, blob_url, blob_delimiter, blob_copy_url,
  examples, example_count, revision, built, report, created, updated
from reviewer_version where id = :id;
