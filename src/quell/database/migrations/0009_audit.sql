-- Who changed what: `actor` is the name of a key, the subject of a token or an account of the command line;
-- `resource` is the path of what was changed, percent-encoded; `status` is that of the answer.
create table audit_entry (
  seq bigint primary key,
  at bigint not null,
  actor text not null,
  operation text not null,
  resource text not null,
  status bigint not null,
  request_id text not null
);

create index audit_entry_at on audit_entry (at);
