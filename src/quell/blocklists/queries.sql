-- name: get-list
-- One list by its name, with the number of its items.
select id, name, description, categories, reach, created, updated,
  (select count(*) from term_item where list_id = term_list.id) as items
from term_list where kind = :kind and name = :name;

-- name: list-lists
-- A stretch of the lists, newest first.
select id, name, description, categories, reach, created, updated,
  (select count(*) from term_item where list_id = term_list.id) as items
from term_list where kind = :kind
order by position desc limit :limit offset :skip;

-- name: list-names
-- The names of all lists, oldest first.
select name from term_list where kind = :kind order by position;

-- name: count-lists
-- How many lists there are, and the position of the next one.
select count(*) as lists, coalesce(max(position), 0) + 1 as position from term_list where kind = :kind;

-- name: add-list
-- Stores a new list.
insert into term_list (id, kind, name, position, description, categories, reach, created, updated)
values (:id, :kind, :name, :position, :description, :categories, :reach, :created, :updated);

-- name: update-list
-- Stores the changed fields of a list.
update term_list
set description = :description, categories = :categories, reach = :reach, updated = :updated
where id = :id;

-- name: touch-list
-- Notes that the items of a list have changed.
update term_list set updated = :updated where id = :id;

-- name: delete-list
-- Deletes a list; its items go with it.
delete from term_list where id = :id;

-- name: get-item
-- One item of a list by its id.
select id, text, is_regex, description from term_item where list_id = :list_id and id = :id;

-- name: find-item
-- One item of a list by its text.
select id, text, is_regex, description from term_item where list_id = :list_id and text = :text;

-- name: list-items
-- A stretch of the items of a list, newest first.
select id, text, is_regex, description from term_item where list_id = :list_id
order by position desc limit :limit offset :skip;

-- name: all-items
-- All items of a list, oldest first.
select id, text, is_regex, description from term_item where list_id = :list_id order by position;

-- name: next-item
-- The position of the next item of a list.
select coalesce(max(position), 0) + 1 as position from term_item where list_id = :list_id;

-- name: add-item
-- Stores a new item.
insert into term_item (id, list_id, position, text, is_regex, pattern_size, description, added)
values (:id, :list_id, :position, :text, :is_regex, :pattern_size, :description, :added);

-- name: update-item
-- Stores the changed fields of an item.
update term_item
set text = :text, is_regex = :is_regex, pattern_size = :pattern_size, description = :description
where id = :id;

-- name: remove-item
-- Removes one item.
delete from term_item where list_id = :list_id and id = :id;

-- name: clear-items
-- Removes all items of a list.
delete from term_item where list_id = :list_id;

-- name: count-items
-- How many items all lists of a kind have together.
select count(*) as items
from term_item join term_list on term_list.id = term_item.list_id where term_list.kind = :kind;

-- name: weigh-patterns
-- How many patterns a list has, and the size of all of them.
select count(*) as patterns, coalesce(sum(pattern_size), 0) as size
from term_item where list_id = :list_id and is_regex = 1;
