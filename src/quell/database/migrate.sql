-- name: create-schema-version
-- Makes the table that remembers which migrations were run.
create table if not exists schema_version (
  version bigint primary key,
  name text not null,
  applied bigint not null
);

-- name: schema-versions
-- The migrations that were run, oldest first.
select version, name from schema_version order by version;

-- name: record-migration
-- Remembers that a migration was run.
insert into schema_version (version, name, applied) values (:version, :name, :applied);
