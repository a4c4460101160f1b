-- A sweep that a caller started. `asked`, `versions`, `plan`, `counts` and `faults` are JSON. `snapshot` is what it
-- asks as it was at the start, a database of its own, until it ends. The counts are of what is done.
create table sweep (
  id text primary key,
  position bigint not null,
  asked text not null,
  versions text not null,
  status text not null,
  error text,
  snapshot bytea,
  plan text,
  stamp text,
  row_count bigint not null,
  shard_count bigint not null,
  hit_rows bigint not null,
  hit_count bigint not null,
  fault_count bigint not null,
  counts text not null,
  faults text not null,
  created bigint not null,
  updated bigint not null
);

-- The first hits of a sweep, in the order of the rows, each as JSON.
create table sweep_hit (
  sweep_id text not null references sweep (id) on delete cascade,
  position bigint not null,
  content text not null,
  primary key (sweep_id, position)
);
