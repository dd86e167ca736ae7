-- True where each of a learner's last `most` hand-ins to a question still waits.
-- A function, and not a part of the statement that takes a hand-in: there its tables would be opened for every hand-in, also where the counter has
-- answered already, which made the statement a fifth slower (bench/hand-in.ts).
create function is_crowded(learner uuid, placed_question uuid, most integer) returns boolean language plpgsql stable as $$
begin
  return not exists (
    select from (
      select o.id from submissions o where o.principal_id = learner and o.assignment_question_id = placed_question
      order by o.attempt_number desc limit most) latest
    where not exists (select from grading_jobs j where j.subject_id = latest.id and j.status in ('pending', 'pulled', 'retry')));
end
$$;
