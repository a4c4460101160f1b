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

-- name: add-sweep
-- Adds a sweep that waits to be begun.
insert into sweep (id, position, asked, versions, status, snapshot, row_count, shard_count, hit_rows, hit_count,
  fault_count, counts, faults, created, updated)
values (:id, :position, :asked, :versions, 'NotStarted', :snapshot, 0, 0, 0, 0, 0, '[]', '[]', :now, :now);

-- name: count-sweeps
-- How many sweeps there are, and the place of the next.
select count(*) as sweeps, coalesce(max(position), 0) + 1 as position from sweep;

-- name: get-sweep
-- A sweep without its snapshot.
select id, asked, versions, status, error, plan, stamp, row_count, shard_count, hit_rows, hit_count, fault_count,
  counts, faults, created, updated
from sweep where id = :id;

-- name: list-sweeps
-- A stretch of the sweeps, the newest first.
select id, asked, versions, status, error, plan, stamp, row_count, shard_count, hit_rows, hit_count, fault_count,
  counts, faults, created, updated
from sweep order by position desc limit :limit offset :skip;

-- name: get-sweep-snapshot
-- What a sweep asks, as it was at its start.
select snapshot from sweep where id = :id;

-- name: begin-sweep
-- Notes the plan of a sweep, once.
update sweep set status = 'Running', plan = :plan, stamp = :stamp, updated = :now where id = :id;

-- name: advance-sweep
-- Notes what one more shard came to.
update sweep
set row_count = :rows, shard_count = :shards, hit_rows = :hit_rows, hit_count = :hits, fault_count = :faults,
  counts = :counts, faults = :first_faults, updated = :now
where id = :id;

-- name: end-sweep
-- Ends a sweep; what it asked is not needed any more.
update sweep set status = :status, error = :error, snapshot = null, updated = :now where id = :id;

-- name: delete-sweep
-- Deletes a sweep with its hits.
delete from sweep where id = :id;

-- name: add-sweep-hit
-- Keeps a hit.
insert into sweep_hit (sweep_id, position, content) values (:sweep_id, :position, :content);

-- name: list-sweep-hits
-- A stretch of the hits of a sweep, in the order of the rows.
select content from sweep_hit where sweep_id = :sweep_id order by position limit :limit offset :skip;
