-- name: create-schema-version
-- Makes the table that remembers which migrations were run.
create table if not exists schema_version (
  version bigint primary key,
  name text not null,
  applied bigint not null
);

-- name: schema-version
-- The newest migration that was run.
select coalesce(max(version), 0) as version from schema_version;

-- name: record-migration
-- Remembers that a migration was run.
insert into schema_version (version, name, applied) values (:version, :name, :applied);
