-- The file of an image sample as it was sent, for those who ask for the sample and for reading it again.
-- `width` and `height` are pixels of the picture as shown. The sample's `text` and `literal` are empty.
create table incident_picture (
  sample_id text primary key references incident_sample (id) on delete cascade,
  content bytea not null,
  format text not null,
  width bigint not null,
  height bigint not null
);
