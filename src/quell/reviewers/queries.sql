-- name: get-reviewer
-- One reviewer by its name.
select id, name, latest from reviewer where name = :name;

-- name: count-reviewers
-- How many reviewers there are, and the position of the next one.
select count(*) as reviewers, coalesce(max(position), 0) + 1 as position from reviewer;

-- name: add-reviewer
-- Stores a new reviewer without versions.
insert into reviewer (id, name, position, latest, created) values (:id, :name, :position, 0, :created);

-- name: next-version
-- Gives the next version of a reviewer its number.
update reviewer set latest = latest + 1 where id = :id returning latest;

-- name: delete-reviewer
-- Deletes a reviewer; its versions go with it.
delete from reviewer where id = :id;

-- name: add-version
-- Stores a new version.
insert into reviewer_version (
  id, reviewer_id, version, labels, engine, status, blob_url, blob_delimiter, examples, example_count, created, updated
) values (
  :id, :reviewer_id, :version, :labels, :engine, 'NotStarted', :blob_url, :blob_delimiter, :examples,
  :example_count, :created, :created
);

-- name: get-version
-- One version of a reviewer by its number.
select v.id, r.name, v.version, v.labels, v.engine, v.status, v.error, v.blob_url, v.blob_delimiter,
  v.blob_copy_url, v.example_count, v.created
from reviewer_version v join reviewer r on r.id = v.reviewer_id
where r.name = :name and v.version = :version;

-- name: get-version-by-id
-- One version by its id.
select v.id, r.name, v.version, v.labels, v.engine, v.status, v.error, v.blob_url, v.blob_delimiter,
  v.blob_copy_url, v.example_count, v.created
from reviewer_version v join reviewer r on r.id = v.reviewer_id
where v.id = :id;

-- name: latest-version
-- The highest version of a reviewer that there is.
select v.id, r.name, v.version, v.labels, v.engine, v.status, v.error, v.blob_url, v.blob_delimiter,
  v.blob_copy_url, v.example_count, v.created
from reviewer_version v join reviewer r on r.id = v.reviewer_id
where r.name = :name order by v.version desc limit 1;

-- name: latest-ready-version
-- The highest version of a reviewer that can review.
select v.id, r.name, v.version, v.labels, v.engine, v.status, v.error, v.blob_url, v.blob_delimiter,
  v.blob_copy_url, v.example_count, v.created
from reviewer_version v join reviewer r on r.id = v.reviewer_id
where r.name = :name and v.status = 'Succeeded' order by v.version desc limit 1;

-- name: list-latest-versions
-- A stretch of the latest versions of all reviewers, the newest reviewer first.
select v.id, r.name, v.version, v.labels, v.engine, v.status, v.error, v.blob_url, v.blob_delimiter,
  v.blob_copy_url, v.example_count, v.created
from reviewer_version v join reviewer r on r.id = v.reviewer_id
where v.version = (select max(version) from reviewer_version where reviewer_id = r.id)
order by r.position desc limit :limit offset :skip;

-- name: list-versions
-- A stretch of the versions of a reviewer, the newest first.
select v.id, r.name, v.version, v.labels, v.engine, v.status, v.error, v.blob_url, v.blob_delimiter,
  v.blob_copy_url, v.example_count, v.created
from reviewer_version v join reviewer r on r.id = v.reviewer_id
where r.name = :name order by v.version desc limit :limit offset :skip;

-- name: count-versions
-- How many versions a reviewer has.
select count(*) as versions from reviewer_version where reviewer_id = :reviewer_id;

-- name: delete-version
-- Deletes one version.
delete from reviewer_version where id = :id;

-- name: read-examples
-- The examples of a version.
select examples from reviewer_version where id = :id;

-- name: read-built
-- What a reviewer is loaded from.
select revision, built, examples from reviewer_version where id = :id;

-- name: read-report
-- The report of a version.
select report from reviewer_version where id = :id;

-- name: begin-version
-- Notes that a version is being built.
update reviewer_version set status = 'Running', updated = :now where id = :id and status = 'NotStarted';

-- name: keep-examples
-- Stores the examples of a version, and where a copy of them is.
update reviewer_version
set examples = :examples, example_count = :example_count, blob_copy_url = :blob_copy_url, updated = :now
where id = :id;

-- name: publish-version
-- Stores what the engine built; the version can review from now on.
update reviewer_version
set status = 'Succeeded', error = null, revision = :revision, built = :built, blob_url = :blob_url, updated = :now
where id = :id;

-- name: fail-version
-- Notes why a version cannot be built, and keeps nothing of it but its definition.
update reviewer_version
set status = 'Failed', error = :error, examples = null, example_count = 0, blob_copy_url = null, built = null,
  revision = null, report = null, blob_url = :blob_url, updated = :now
where id = :id;

-- name: keep-report
-- Stores the report of a version.
update reviewer_version set report = :report, updated = :now where id = :id;

-- name: list-outdated
-- The versions that another revision of their engine built.
select id from reviewer_version
where status = 'Succeeded' and engine = :engine and (revision is null or revision <> :revision)
order by created;
