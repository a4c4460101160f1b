-- A named key: its SHA-256, never the key itself. `roles` are names with a comma between them, `rate` is "" where
-- there is none. After a rotation the digest before it stays valid until `previous_until`.
create table access_key (
  name text primary key,
  digest bytea not null unique,
  roles text not null,
  rate text not null,
  previous bytea,
  previous_until bigint not null,
  created bigint not null,
  updated bigint not null
);
