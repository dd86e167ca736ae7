-- What a guest handed in becomes a user's when they sign in: the one change that append-only rows of theirs may see. Content, time,
-- version and points stay as they were.
create function refuse_all_but_adoption() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE'
    and to_jsonb(new) - array['principal_id', 'attempt_number', 'idempotency_key'] = to_jsonb(old) - array['principal_id', 'attempt_number', 'idempotency_key']
    and exists (select from guests g where g.id = old.principal_id)
    and exists (select from users u where u.id = new.principal_id) then
    return new;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

drop trigger submissions_append_only on submissions;
create trigger submissions_append_only before update or delete on submissions
  for each row execute function refuse_all_but_adoption();
drop trigger score_events_append_only on score_events;
create trigger score_events_append_only before update or delete on score_events
  for each row execute function refuse_all_but_adoption();

create index guests_migrated_at_idx on guests (migrated_at) where migrated_at is not null;
