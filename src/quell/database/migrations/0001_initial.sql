-- Types are those PostgreSQL names and SQLite accepts: bigint for counts and for times in microseconds
-- since 1970 (UTC), bytea for bytes, double precision for fractions.

create table change_sequence (
  id bigint primary key,
  seq bigint not null
);

insert into change_sequence (id, seq) values (1, 0);

-- What was touched, in order, so that other processes know what to read again.
create table change (
  seq bigint primary key,
  kind text not null,
  key text not null
);

-- A named bundle of samples. `id` differs when a name is used again after a deletion.
create table incident (
  id text primary key,
  medium text not null,
  name text not null,
  position bigint not null,
  description text,
  definition text,
  sensitivity double precision not null,
  created bigint not null,
  updated bigint not null,
  unique (medium, name)
);

-- One text of an incident. `literal` is what a literal match looks for. `reading` names the rules and
-- encoders that read the text: where it is not that of the running server, the text is read again.
-- `deployed` is 1 when the last deployment found the sample here.
create table incident_sample (
  id text primary key,
  incident_id text not null references incident (id) on delete cascade,
  position bigint not null,
  text text not null,
  literal text not null,
  reading text not null,
  added bigint not null,
  deployed bigint not null,
  unique (incident_id, position)
);

-- The embedding of a sample: little-endian float32, unit norm, one row per encoder.
create table incident_vector (
  sample_id text not null references incident_sample (id) on delete cascade,
  encoder text not null,
  revision text not null,
  vector bytea not null,
  primary key (sample_id, encoder)
);

-- The status of something that a client may ask for later.
create table operation (
  collection text not null,
  id text not null,
  subject text not null,
  status text not null,
  error_code text,
  error_message text,
  created bigint not null,
  updated bigint not null,
  primary key (collection, id)
);

create index operation_updated on operation (updated);
