-- name: columns-sqlite
-- The columns of all tables of a file, with their place in the primary key from 1, or 0.
select m.name as table_name, p.name as column_name, lower(p.type) as type, p.pk as place
from sqlite_master m, pragma_table_info(m.name) p
where m.type = 'table' and substr(m.name, 1, 7) <> 'sqlite_'
order by m.name, p.cid;

-- name: columns-postgresql
-- The columns of all tables of a schema, with their place in the primary key from 1, or 0.
select c.relname::text as table_name, a.attname::text as column_name,
  format_type(a.atttypid, a.atttypmod) as type, coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) as place
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_index i on i.indrelid = c.oid and i.indisprimary
where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
order by c.relname, a.attnum;

-- name: references-sqlite
-- Which table of a file refers to which.
select m.name as table_name, f."table" as parent
from sqlite_master m, pragma_foreign_key_list(m.name) f where m.type = 'table';

-- name: references-postgresql
-- Which table of a schema refers to which.
select c.relname::text as table_name, p.relname::text as parent
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class p on p.oid = k.confrelid
where k.contype = 'f' and k.connamespace = current_schema()::regnamespace;
