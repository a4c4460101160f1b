-- A blocklist or an allow-list. `id` differs when a name is used again after a deletion. `categories`
-- (names with a comma between them) and `reach` (code points) are those that an allow-list lifts.
create table term_list (
  id text primary key,
  kind text not null,
  name text not null,
  position bigint not null,
  description text,
  categories text not null,
  reach bigint not null,
  created bigint not null,
  updated bigint not null,
  unique (kind, name)
);

-- A term, or a pattern where `is_regex` is 1. `pattern_size` counts the instructions of a pattern.
create table term_item (
  id text primary key,
  list_id text not null references term_list (id) on delete cascade,
  position bigint not null,
  text text not null,
  is_regex bigint not null,
  pattern_size bigint not null,
  description text,
  added bigint not null,
  unique (list_id, position),
  unique (list_id, text)
);
