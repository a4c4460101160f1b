-- name: get-incident
-- One incident by its name, with the number of its samples.
select id, name, description, definition, sensitivity, created, updated,
  (select count(*) from incident_sample where incident_id = incident.id) as samples
from incident where medium = :medium and name = :name;

-- name: list-incidents
-- A stretch of the incidents, newest first.
select id, name, description, definition, sensitivity, created, updated,
  (select count(*) from incident_sample where incident_id = incident.id) as samples
from incident where medium = :medium
order by position desc limit :limit offset :skip;

-- name: incident-names
-- The names of all incidents, oldest first.
select name from incident where medium = :medium order by position;

-- name: count-incidents
-- How many incidents there are, and the position of the next one.
select count(*) as incidents, coalesce(max(position), 0) + 1 as position
from incident where medium = :medium;

-- name: add-incident
-- Stores a new incident.
insert into incident (id, medium, name, position, description, definition, sensitivity, created, updated)
values (:id, :medium, :name, :position, :description, :definition, :sensitivity, :created, :updated);

-- name: update-incident
-- Stores the changed fields of an incident.
update incident
set description = :description, definition = :definition, sensitivity = :sensitivity, updated = :updated
where id = :id;

-- name: touch-incident
-- Notes that the samples of an incident have changed.
update incident set updated = :updated where id = :id;

-- name: delete-incident
-- Deletes an incident; its samples and their vectors go with it.
delete from incident where id = :id;

-- name: get-sample
-- One sample of an incident.
select id, text from incident_sample where incident_id = :incident_id and id = :id;

-- name: get-any-sample
-- One sample of any incident, by its id alone.
select id, text from incident_sample where id = :id;

-- name: list-samples
-- A stretch of the samples of an incident, newest first.
select id, text from incident_sample where incident_id = :incident_id
order by position desc limit :limit offset :skip;

-- name: count-samples
-- How many samples an incident has, how many of them were deployed, and the position of the next one.
select count(*) as samples, coalesce(sum(deployed), 0) as deployed, coalesce(max(position), 0) + 1 as position
from incident_sample where incident_id = :incident_id;

-- name: add-sample
-- Stores one sample.
insert into incident_sample (id, incident_id, position, text, literal, reading, added, deployed)
values (:id, :incident_id, :position, :text, :literal, :reading, :added, 0);

-- name: remove-sample
-- Removes one sample; its vectors go with it.
delete from incident_sample where incident_id = :incident_id and id = :id;

-- name: deploy-samples
-- Makes the samples of this moment the deployed ones.
update incident_sample set deployed = 1 where incident_id = :incident_id;

-- name: reread-sample
-- Stores how a sample was read this time.
update incident_sample set literal = :literal, reading = :reading where id = :id;

-- name: drop-vectors
-- Forgets the embeddings of a sample.
delete from incident_vector where sample_id = :sample_id;

-- name: add-vector
-- Stores the embedding of a sample by one encoder.
insert into incident_vector (sample_id, encoder, revision, vector)
values (:sample_id, :encoder, :revision, :vector);

-- name: matching-samples
-- What matching needs of the samples of an incident, in the order they were added.
select id, text, literal, reading from incident_sample
where incident_id = :incident_id and deployed >= :deployed order by position;

-- name: matching-vectors
-- The embeddings of the samples of an incident by one encoder, in the order the samples were added.
select vector.sample_id as sample_id, vector.vector as vector
from incident_vector as vector join incident_sample as sample on sample.id = vector.sample_id
where sample.incident_id = :incident_id and sample.deployed >= :deployed and vector.encoder = :encoder
order by sample.position;

-- name: matching-counts
-- How many samples of an incident each encoder has read.
select vector.encoder as encoder, count(*) as samples
from incident_vector as vector join incident_sample as sample on sample.id = vector.sample_id
where sample.incident_id = :incident_id and sample.deployed >= :deployed
group by vector.encoder;

-- name: outdated-samples
-- Samples that were read by other rules or encoders than those of the running server, after one of them.
select sample.id as id
from incident_sample as sample join incident on incident.id = sample.incident_id
where incident.medium = :medium and sample.reading <> :reading and sample.id > :after
order by sample.id limit :limit;

-- name: any-samples
-- Whether there are samples at all.
select exists (
  select 1 from incident_sample as sample join incident on incident.id = sample.incident_id
  where incident.medium = :medium
) as present;

-- name: add-picture
-- Stores the file of an image sample.
insert into incident_picture (sample_id, content, format, width, height)
values (:sample_id, :content, :format, :width, :height);

-- name: get-picture
-- The file of an image sample.
select content from incident_picture where sample_id = :sample_id;

-- name: incident-bytes
-- How many bytes the files of an incident's samples have.
select coalesce(sum(length(picture.content)), 0) as size
from incident_picture as picture join incident_sample as sample on sample.id = picture.sample_id
where sample.incident_id = :incident_id;

-- name: stored-bytes
-- How many bytes are stored of how samples were read, by medium.
select incident.medium as medium, sum(length(vector.vector)) as size
from incident_vector as vector
join incident_sample as sample on sample.id = vector.sample_id
join incident on incident.id = sample.incident_id
group by incident.medium order by incident.medium desc;
