-- Held until the transaction ends: whoever completes steps of one learner and course, or merges two learners, follows each other.
create function lock_course_of(learner uuid, of_course uuid) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended(learner::text || of_course::text, 5))
$$;

-- Issues a learner's certificate of a course where every published step is done and they never had one; null where it issues none. Its
-- score is the mean of the best scores; where nothing of the course is scored, all of it was done.
-- A function, because every statement in it sees what was committed before that statement: the lock comes first, so of two last steps at the
-- same instant one is seen here (decision 0032), and the statement that completes a step calls it without a round trip more.
create function certify(learner uuid, of_course uuid, new_serial text) returns text language plpgsql as $$
declare
  issued text;
begin
  perform lock_course_of(learner, of_course);
  if exists (
    select from modules m join steps s on s.module_id = m.id and s.state = 'published'
      left join progress p on p.step_id = s.id and p.principal_id = learner
    where m.course_id = of_course and p.completed_at is null) then
    return null;
  end if;
  insert into certificates (serial, principal_id, course_id, ratio, step_count)
  select new_serial, learner, of_course, least(1, coalesce(avg(p.best_ratio), 1)), count(*)
  from modules m join steps s on s.module_id = m.id and s.state = 'published' join progress p on p.step_id = s.id and p.principal_id = learner
  where m.course_id = of_course and p.completed_at is not null
  having count(*) > 0 and not exists (select from certificates o where o.principal_id = learner and o.course_id = of_course)
  on conflict (principal_id, course_id) where revoked_at is null do nothing
  returning serial into issued;
  return issued;
end $$;
