-- The way back from `migrations/20260902000000_take_over_project.sql`, after the later ones were taken
-- back: runs what it wrote down, from the last to the first. The image columns stay, with their counts.
do $$
declare
    undo record;
begin
    for undo in select step from flowmeter.undo order by id desc loop
        execute undo.step;
    end loop;
end
$$;
drop schema flowmeter cascade;
