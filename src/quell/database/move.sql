-- name: create-move
-- Makes the table that remembers how far a move into this database is.
create table if not exists data_move (
  name text primary key,
  value text not null
);

-- name: drop-move
-- Forgets the move.
drop table data_move;

-- name: raise-guard
-- Keeps every server from this database until the move is finished.
insert into schema_version (version, name, applied) values (:version, :name, 0);

-- name: lower-guard
-- Lets servers in.
delete from schema_version where version = :version;

-- name: noted
-- All that is noted of the move.
select name, value from data_move;

-- name: note
-- Notes how far a table is.
insert into data_move (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value;

-- name: forget-notes
-- Forgets how far all tables are.
delete from data_move;
