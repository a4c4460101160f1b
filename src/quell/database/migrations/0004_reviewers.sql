-- Work that outlives the request which asked for it. `rank` orders kinds, the smallest first. A job is free
-- to be taken while `leased_until` is past, whether nobody has begun it or its worker has died; `owner` and
-- `attempt` together fence off a worker that was given up. `checkpoint` is where the next attempt goes on.
create table job (
  id text primary key,
  kind text not null,
  subject text not null,
  rank bigint not null,
  state text not null,
  attempt bigint not null,
  owner text not null,
  leased_until bigint not null,
  progress double precision not null,
  checkpoint bytea,
  error text,
  created bigint not null,
  updated bigint not null,
  unique (kind, subject)
);

create index job_free on job (state, leased_until);

-- A named auto reviewer. `latest` is the highest number that a version of it ever had.
create table reviewer (
  id text primary key,
  name text not null unique,
  position bigint not null,
  latest bigint not null,
  created bigint not null
);

-- One version of a reviewer. `labels` and `report` are JSON, `examples` is JSON Lines in UTF-8. `built` is what
-- the engine made of them, readable by that revision of it.
create table reviewer_version (
  id text primary key,
  reviewer_id text not null references reviewer (id) on delete cascade,
  version bigint not null,
  labels text not null,
  engine text not null,
  status text not null,
  error text,
  blob_url text,
  blob_delimiter text,
  blob_copy_url text,
  examples bytea,
  example_count bigint not null,
  revision text,
  built bytea,
  report text,
  created bigint not null,
  updated bigint not null,
  unique (reviewer_id, version)
);
